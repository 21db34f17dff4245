"""`consultatie open`: roll, rule and text are frozen, a deadline is set, and every mandate holder is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from commands.domain.board import CalendarSettings
from commands.domain.item import State
from commands.domain.position import Kind
from commands.domain.round import Round
from commands.domain.rules import RULES
from commands.domain.rules.base import Amount, Answers, OnRepeat, Quorum
from commands.domain.rules.data import read_rule
from tests.commands.changes import change_board, end_mandates
from tests.commands.table import (
    ADMIN,
    ADVISER,
    CHAIR,
    DEPUTY,
    GUEST,
    IPO,
    RIJK,
    SECRETARY,
    UVW,
    VNG,
    Table,
)
from tests.factories import DEADLINE, NOON, an_organisation

HOLDERS = sorted([RIJK, VNG, DEPUTY, IPO, UVW, ADVISER])
LATER = NOON + timedelta(minutes=1)


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant in January 2027; Amsterdam is an hour ahead."""
    return datetime(2027, 1, day, hour, minute, tzinfo=UTC)


def the_round(table: Table) -> Round:
    """The newest round of the item."""
    round = table.item.round
    assert round is not None
    return round


def test_a_round_opens_on_the_newest_version_with_a_frozen_roll_and_rule(table: Table):
    table.drafted()

    heard = table.say(CHAIR, '/consultatie open 001 --termijn "10 werkdagen"', at=LATER)

    round, roll = the_round(table), table.read(lambda tx: tx.rolls.of(table.item))
    assert heard.refusal == ""
    assert table.item.state is State.OPEN
    assert (round.number, round.version, round.opened_at, round.closes_at) == (1, "1.0", LATER, DEADLINE)
    assert round.rule == RULES["consensus"]
    assert (round.repeat, round.closed_at, round.outcome, round.asked_at) == (False, None, None, None)
    assert [seat.organisation for seat in roll.seats] == ["rijk", "vng", "ipo", "uvw", "logius"]
    assert [seat.organisation for seat in roll.voting] == ["rijk", "vng", "ipo", "uvw"]
    assert table.kinds() == ["item-drafted", "round-opened"]
    for part in (
        "Ronde 1",
        "versie 1.0",
        "maandag 25 januari 2027 om 17:00 (CET, UTC+01:00)",
        "10 werkdagen",
    ):
        assert part in heard.text


def test_every_mandate_holder_is_told_and_the_channel_sees_the_card(table: Table):
    table.drafted()

    heard = table.say(SECRETARY, "/consultatie open 001")

    assert heard.told == HOLDERS
    assert "BOD-2027-001" in heard.posted
    assert "25 januari 2027" in heard.posted


def test_an_organisation_without_a_holder_is_named_to_the_opener(table: Table):
    table.drafted()
    end_mandates(table, "ipo", "vng")

    heard = table.say(CHAIR, "/consultatie open 001")

    assert heard.told == sorted([RIJK, UVW, ADVISER])
    assert "VNG en IPO" in heard.text


def test_a_consultation_opens_without_rule(table: Table):
    table.drafted("--soort consultatie")

    heard = table.say(CHAIR, "/consultatie open 001")

    assert the_round(table).rule is None
    assert table.item.kind is Kind.CONSULTATION
    assert "geen beslisregel" in heard.text


def test_a_board_without_a_voting_organisation_cannot_open(table: Table):
    table.drafted()
    change_board(table, organisations=(an_organisation("logius", voting=False),))

    assert table.say(CHAIR, "/consultatie open 001").refusal == "no-voting-organisation"


def test_later_changes_of_the_board_do_not_touch_a_running_round(table: Table):
    table.opened()

    change_board(table, organisations=(an_organisation("rijk"),), quorum=Quorum(required=("rijk",)))

    assert the_round(table).rule == RULES["consensus"]
    assert len(table.read(lambda tx: tx.rolls.of(table.item)).voting) == 4


# --- who and when -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", [ADMIN, VNG, ADVISER, GUEST])
def test_only_chair_and_secretary_open(table: Table, person: str):
    table.drafted()

    assert table.say(person, "/consultatie open 001").refusal == "not-allowed"
    assert table.item.state is State.DRAFT


def test_an_open_round_is_not_opened_again(table: Table):
    table.opened()

    assert table.say(CHAIR, "/consultatie open 001").refusal == "not-possible"


# --- the deadline -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "drafted, opened, closes_at",
    [
        ("", "", utc(25, 16)),  # ten working days, of the board
        ('--termijn "5 werkdagen"', "", utc(18, 16)),  # of the item
        ('--termijn "5 werkdagen"', '--termijn "6 werkdagen"', utc(19, 16)),  # of this round
        ("", '--sluit "dinsdag 19 januari 2027 12:00"', utc(19, 11)),
        ("", '--sluit "zaterdag 16 januari 2027 12:00"', utc(16, 11)),  # asked for in so many words
        ("", '--termijn "dinsdag 19 januari 2027 12:00"', utc(19, 11)),
        ("", '--termijn "72 uur"', utc(14, 11, 1)),  # Thursday, three working days
        ("", '--termijn "96 uur"', utc(15, 11, 1)),
        ("", '--termijn "5 dagen"', utc(18, 16)),  # a Saturday, moved by the guard
        ("", '--termijn "1 week"', utc(18, 16)),
    ],
)
def test_a_round_closes_by_its_term_or_deadline(table: Table, drafted: str, opened: str, closes_at: datetime):
    table.drafted(*filter(None, [drafted]))

    heard = table.say(CHAIR, f"/consultatie open 001 {opened}", at=LATER)

    assert heard.refusal == ""
    assert the_round(table).closes_at == closes_at


def test_a_term_with_fewer_than_two_working_days_is_moved_and_the_answer_says_so(table: Table):
    table.drafted()
    change_board(table, calendar=CalendarSettings(closed=(date(2027, 1, 18),)))

    heard = table.say(CHAIR, '/consultatie open 001 --termijn "72 uur"', at=utc(15, 15))  # Friday 16:00

    # Monday is closed: Tuesday is the first working day, Wednesday the second.
    assert the_round(table).closes_at == utc(20, 15)
    assert "maandag 18 januari 2027 om 16:00" in heard.text
    assert "woensdag 20 januari 2027 om 16:00" in heard.text
    assert "18 januari 2027." in heard.text


@pytest.mark.parametrize(
    "flag, refusal, earliest",
    [
        ('--termijn "71 uur"', "term-too-short", "donderdag 14 januari 2027 om 12:01"),
        ('--termijn "2 werkdagen"', "term-too-short", "donderdag 14 januari 2027 om 12:01"),
        ('--sluit "donderdag 14 januari 2027 12:00"', "term-too-short", "donderdag 14 januari 2027 om 12:01"),
        ('--sluit "10 januari 2027 12:00"', "deadline-past", ""),
        ('--termijn "ooit"', "deadline-unclear", ""),
        ('--termijn "5 werkdagen" --sluit "19 januari 2027 12:00"', "choose-term", ""),
    ],
)
def test_a_first_round_lasts_at_least_72_hours(table: Table, flag: str, refusal: str, earliest: str):
    table.drafted()

    heard = table.say(CHAIR, f"/consultatie open 001 {flag}", at=LATER)

    assert heard.refusal == refusal
    assert earliest in heard.text
    assert table.item.state is State.DRAFT


def test_a_deadline_with_fewer_than_two_working_days_is_refused(table: Table):
    table.drafted()

    # 72 hours after Friday 16:00, but Monday is the only working day in between.
    heard = table.say(CHAIR, '/consultatie open 001 --sluit "maandag 18 januari 2027 16:30"', at=utc(15, 15))

    assert heard.refusal == "term-too-short"
    assert "dinsdag 19 januari 2027 om 16:00" in heard.text


def test_a_next_round_lasts_at_least_24_hours_and_two_working_days(table: Table):
    table.opened()
    table.say(CHAIR, '/consultatie sluit 001 "Een nieuwe ronde."', at=utc(12, 9))

    short = table.say(CHAIR, '/consultatie open 001 --termijn "23 uur"', at=utc(12, 10))
    heard = table.say(CHAIR, '/consultatie open 001 --termijn "24 uur"', at=utc(12, 10))

    assert short.refusal == "term-too-short"
    assert heard.refusal == ""
    assert (the_round(table).number, the_round(table).closes_at) == (2, utc(14, 10))


def test_a_term_beyond_the_known_days_off_is_warned_of(table: Table):
    table.drafted()

    heard = table.say(CHAIR, '/consultatie open 001 --sluit "1 februari 2029 17:00"')

    assert heard.refusal == ""
    assert "31 december 2028" in heard.text


def test_the_first_reminder_is_set(table: Table):
    table.opened()

    assert the_round(table).remind_at == utc(18, 8)  # 09:00 on the fifth working day before


# --- the rule -----------------------------------------------------------------------------------------------


def test_the_quorum_of_the_board_holds_for_a_named_rule(table: Table):
    quorum = Quorum(columns=Amount(Fraction(4)), required=("rijk",))
    change_board(table, quorum=quorum)

    table.opened()

    rule = the_round(table).rule
    assert rule is not None
    assert (rule.id, rule.quorum) == ("consensus", quorum)


def test_a_rule_of_the_boards_own_keeps_what_its_file_says(table: Table):
    data = {"title": "Eigen", "answers": "consent", "criteria": [{"of": "for", "minimum": 1}]}
    own = read_rule("eigen", data)
    change_board(table, rules={"eigen": own}, quorum=Quorum(columns=Amount(Fraction(4))))

    table.opened("--regel eigen")

    assert the_round(table).rule == own
    assert own.quorum is None


def test_a_rule_for_either_kind_is_asked_as_consent(table: Table):
    table.opened("--regel strict-unanimity")

    rule = the_round(table).rule
    assert rule is not None
    assert rule.answers is Answers.CONSENT


def test_a_rule_that_the_board_no_longer_has_is_refused(table: Table):
    data = {"title": "Eigen", "answers": "consent", "criteria": [{"of": "for", "minimum": 1}]}
    change_board(table, rules={"eigen": read_rule("eigen", data)})
    table.drafted("--regel eigen")
    change_board(table, rules={})

    assert table.say(CHAIR, "/consultatie open 001").refusal == "unknown-rule"


def test_after_a_round_without_quorum_the_next_is_a_repeat_and_so_is_the_one_after(table: Table):
    change_board(table, quorum=Quorum(required=("rijk",), on_repeat=OnRepeat.NONE))
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")
    table.say(CHAIR, '/consultatie sluit 001 "Klaar."')
    first = the_round(table)

    heard = table.say(CHAIR, "/consultatie open 001")
    table.say(VNG, "/standpunt 001 akkoord")
    table.say(CHAIR, '/consultatie sluit 001 "Klaar."')
    second = the_round(table)
    table.say(CHAIR, "/consultatie open 001")

    assert first.outcome is not None
    assert second.outcome is not None
    assert (first.repeat, first.outcome.reason) == (False, "quorum")
    assert (second.repeat, second.outcome.code) == (True, "adopted")
    assert "herhaling" in heard.text
    assert the_round(table).repeat is True


def test_a_round_of_more_than_five_years_is_refused(table: Table):
    table.drafted()

    heard = table.say(CHAIR, "/consultatie open 001 --termijn '900 weken'")

    assert heard.refusal == "term-too-long"
    assert table.item.state is State.DRAFT


def test_an_adviser_is_told_what_he_may_do_and_gets_no_buttons(table: Table):
    table.drafted()

    heard = table.say(CHAIR, '/consultatie open 001 --termijn "10 werkdagen"')

    assert "vraagt uw standpunt" in heard.messages[VNG]
    assert "akkoord" in heard.messages[VNG]
    assert "U kunt advies geven" in heard.messages[ADVISER]
    assert '/reactie BOD-2027-001 "uw advies"' in heard.messages[ADVISER]
    assert "akkoord" not in heard.messages[ADVISER]
