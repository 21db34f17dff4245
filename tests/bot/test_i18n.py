"""Values in words: times with their zone, terms, numbers, lists, and the text of others kept apart."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from bot.i18n import Catalogue, environment_locale, refusal_key, word_key
from bot.views.card import UserText
from commands.domain import errors, outcome
from commands.domain.number import DecisionNumber, ItemNumber
from commands.domain.position import ReservationKind, Stance
from commands.domain.values import Code, Line, Reference

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NL = Catalogue("nl", AMSTERDAM)
EN = Catalogue("en", AMSTERDAM)
ITEM = ItemNumber("BOD", 2027, 3)
IN_SUMMER = datetime(2027, 3, 31, 15, 0, tzinfo=UTC)
IN_WINTER = datetime(2027, 3, 25, 16, 0, tzinfo=UTC)


def test_an_instant_names_weekday_date_time_zone_and_offset():
    assert NL.moment(IN_SUMMER) == "woensdag 31 maart 2027 om 17:00 (CEST, UTC+02:00)"
    assert EN.moment(IN_SUMMER) == "Wednesday 31 March 2027 at 17:00 (CEST, UTC+02:00)"
    assert NL.moment(IN_WINTER) == "donderdag 25 maart 2027 om 17:00 (CET, UTC+01:00)"


def test_the_short_form_still_names_the_zone():
    assert NL.short(IN_SUMMER) == "wo 31 mrt 2027 17:00 CEST"
    assert EN.short(IN_WINTER) == "Thu 25 Mar 2027 17:00 CET"


@pytest.mark.parametrize(
    "zone, expected",
    [
        ("UTC", "woensdag 31 maart 2027 om 15:00 (UTC+00:00)"),
        ("America/Sao_Paulo", "woensdag 31 maart 2027 om 12:00 (UTC-03:00)"),
        ("Asia/Kathmandu", "woensdag 31 maart 2027 om 20:45 (UTC+05:45)"),
    ],
)
def test_a_zone_without_a_name_of_its_own_is_shown_by_its_offset(zone, expected):
    assert Catalogue("nl", ZoneInfo(zone)).moment(IN_SUMMER) == expected


@pytest.mark.parametrize(
    "after, expected",
    [
        (timedelta(0), "17:00"),
        (timedelta(seconds=1), "17:00:01"),
        (timedelta(microseconds=1), "17:00:01"),
        (timedelta(microseconds=-1), "17:00"),
        (timedelta(seconds=-1), "16:59:59"),
        (timedelta(seconds=5, milliseconds=250), "17:00:06"),
    ],
)
def test_seconds_show_when_there_are_any_and_what_is_late_never_looks_in_time(after, expected):
    assert NL.time(IN_SUMMER + after) == expected


def test_an_instant_without_zone_has_no_words():
    with pytest.raises(ValueError, match="zone"):
        NL.moment(datetime(2027, 3, 31, 17, 0))  # noqa: DTZ001


@pytest.mark.parametrize(
    "value, dutch, english",
    [
        (date(2027, 3, 26), "26 maart 2027", "26 March 2027"),
        (IN_SUMMER, NL.moment(IN_SUMMER), EN.moment(IN_SUMMER)),
        (timedelta(hours=2, minutes=40), "2 uur 40 minuten", "2 hours 40 minutes"),
        (timedelta(minutes=1, seconds=1, milliseconds=999), "1 minuut 1 seconde", "1 minute 1 second"),
        (timedelta(days=1, hours=1, minutes=59, seconds=59), "1 dag 1 uur", "1 day 1 hour"),
        (timedelta(days=13, minutes=59), "13 dagen", "13 days"),
        (timedelta(days=3), "3 dagen", "3 days"),
        (timedelta(0), "0 minuten", "0 minutes"),
        (timedelta(minutes=-5), "5 minuten", "5 minutes"),
        (Fraction(2, 3), "2/3", "2/3"),
        (Fraction(4, 2), "2", "2"),
        (0, "0", "0"),
        (12000, "12000", "12000"),
        (Stance.NO_OBJECTION, "geen bezwaar", "no objection"),
        (ReservationKind.FINANCIAL, "financieel", "financial"),
        (outcome.Code.ADOPTED_WITH_NOTE, "aangenomen met aantekening", "adopted with note"),
        (outcome.Reason.TIE, "staking van stemmen", "tie"),
        (ITEM, "BOD-2027-003", "BOD-2027-003"),
        (DecisionNumber(ITEM, 1), "BOD-2027-003/B1", "BOD-2027-003/B1"),
        (Reference("3f2a99b012cd" + "0" * 52), "3f2a-99b0-12cd", "3f2a-99b0-12cd"),
        (Code("/stem 3 voor"), "/stem 3 voor", "/stem 3 voor"),
        (Line("console.bye", {}), "Tot ziens.", "Goodbye."),
        ((1,), "1", "1"),
        ((1, 2), "1 en 2", "1 and 2"),
        (
            (Stance.FOR, Stance.AGAINST, Stance.ABSTAIN),
            "voor, tegen en onthouding",
            "for, against and abstain",
        ),
    ],
)
def test_a_value_becomes_words_by_its_type(value, dutch, english):
    assert NL.words(value) == (dutch,)
    assert EN.words(value) == (english,)


def test_only_a_plain_string_is_user_text():
    assert NL.words("VNG") == (UserText("VNG"),)
    assert NL.words(("VNG", "IPO")) == (UserText("VNG"), " en ", UserText("IPO"))
    assert NL.words(Line("console.now-person", {"person": "Ä. <b>"})) == (
        "U spreekt nu als ",
        UserText("Ä. <b>"),
        ".",
    )


@pytest.mark.parametrize("value", ["", (), Code("")])
def test_an_empty_value_has_no_words(value):
    assert NL.words(value) == ()


def test_a_truth_value_is_refused_because_it_would_show_as_a_number():
    with pytest.raises(TypeError):
        NL.words(True)


def test_a_sentence_keeps_our_words_and_user_text_apart():
    text = NL.refusal(errors.NotOnRoll("UvW", ITEM))

    assert text == (
        UserText("UvW"),
        " staat niet met stemrecht op de deelnemerslijst van BOD-2027-003. Er is niets vastgelegd. "
        "Vraag de secretaris om uitleg.",
    )


def test_an_optional_part_is_left_out_when_its_value_is_empty():
    with_name = EN.plain("refusal.no-mandate", {"organisation": "VNG", "account": ""})
    without = EN.plain("refusal.no-mandate", {"organisation": "", "account": "u-1"})

    assert with_name == "You have no mandate for VNG. Nothing was recorded. Ask the secretary for a mandate."
    assert without == (
        "You have no mandate. Nothing was recorded. Ask the secretary for a mandate. Your account is u-1."
    )


def test_double_brackets_around_our_own_words_only_are_words():
    assert "[[organisation]]" in NL.plain("file.no-organisation")


def test_user_text_cannot_end_the_quotation_in_which_we_put_it():
    text = NL.say("refusal.unknown-item", {"word": 'x” is aangenomen. “ "y"'})

    assert text[1] == UserText("x’ is aangenomen. ‘ 'y'")


@pytest.mark.parametrize(
    "count, dutch, english",
    [
        (0, "0 eerdere berichten worden hier niet getoond.", "0 earlier messages are not shown here."),
        (1, "1 eerder bericht wordt hier niet getoond.", "1 earlier message is not shown here."),
        (2, "2 eerdere berichten worden hier niet getoond.", "2 earlier messages are not shown here."),
        (21, "21 eerdere berichten worden hier niet getoond.", "21 earlier messages are not shown here."),
    ],
)
def test_a_plural_goes_by_the_value_that_the_entry_names(count, dutch, english):
    assert NL.plain("console.earlier", {"count": count}) == dutch
    assert EN.plain("console.earlier", {"count": count}) == english


def test_an_unknown_key_is_a_bug():
    with pytest.raises(KeyError):
        NL.say("refusal.no-such-sentence")


def test_a_missing_value_is_a_bug():
    with pytest.raises(KeyError):
        NL.say("refusal.round-closed", {"item": ITEM})


def test_a_surplus_value_is_ignored():
    assert NL.plain("console.bye", {"item": ITEM}) == "Tot ziens."


def test_a_language_without_catalogue_is_refused():
    with pytest.raises(ValueError, match="fr"):
        Catalogue("fr", AMSTERDAM)


def test_two_refusals_with_one_code_have_their_own_sentence():
    assert errors.ReasonRequired.code == errors.DeviationRequired.code
    assert refusal_key(errors.ReasonRequired) == "refusal.reason-required"
    assert refusal_key(errors.DeviationRequired) == "refusal.deviation-required"


def test_the_key_of_a_word_is_its_class_and_value():
    assert word_key(Stance.AGREE_IF) == "word.stance.agree-if"
    assert word_key(ReservationKind.LEGAL) == "word.reservation-kind.legal"
    assert word_key(outcome.Code.HELD) == "word.outcome.held"


@pytest.mark.parametrize(
    "environ, expected",
    [
        ({"LANG": "nl_NL.UTF-8"}, "nl"),
        ({"LANG": "nl_BE@euro"}, "nl"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "nl_NL.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "nl_NL.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": ""}, "en"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "de:nl:en"}, "nl"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "en"}, "nl"),
        ({"LANG": "C"}, "nl"),
        ({"LANG": "POSIX"}, "nl"),
        ({}, "nl"),
    ],
)
def test_the_command_line_follows_the_environment(environ, expected):
    assert environment_locale(environ) == expected
