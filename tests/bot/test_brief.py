"""The brief card of an item: few words, no position given away, and the form behind the first button."""

from __future__ import annotations

import pytest

from bot.i18n import LOCALES
from bot.views.brief import LONGEST, brief, tone
from bot.views.card import Brief, Tone
from bot.views.item import item_card
from bot.views.text import plain
from commands.domain.item import State, Visibility
from commands.domain.number import ItemNumber
from commands.domain.outcome import Code
from commands.domain.position import Kind
from tests.factories import DEADLINE, HOUR, ORGANISATIONS, a_position, a_round, an_open_item, an_outcome
from tests.views import a_catalogue, a_happening, an_item_of, every_item, every_notice, two_positions

ITEMS = dict(every_item())
LONGEST_LABEL = 24


def lines(drawn: Brief) -> list[str]:
    return list(map(plain, drawn.lines))


def labels(drawn: Brief) -> list[str]:
    return [plain(button.label) for button in drawn.buttons]


def details(drawn: Brief) -> dict[str, str]:
    return {plain(name): plain(value) for name, value in drawn.details}


# --- how much ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", ITEMS)
def test_a_brief_card_is_short_whatever_it_is_about(name, locale):
    drawn = brief(ITEMS[name], a_catalogue(locale))

    assert len("\n".join(lines(drawn))) <= LONGEST
    assert 1 <= len(drawn.lines) <= 8
    assert len(drawn.buttons) <= 3
    assert [each for each in labels(drawn) if len(each) > LONGEST_LABEL] == []


# --- what it says --------------------------------------------------------------------------------------------


def test_an_open_item_says_what_is_asked_until_when_who_is_silent_and_by_which_rule():
    item = an_item_of(Kind.CONSENT, State.OPEN)

    drawn = brief(a_happening(item, two_positions(Kind.CONSENT)), a_catalogue())

    assert lines(drawn) == [
        "Kan uw organisatie instemmen met versie 1.0?",
        "Sluit: maandag 25 januari 2027 om 17:00 (CET, UTC+01:00)",
        "Stand: 2 van 4 organisaties (per ma 11 jan 2027 14:00 CET); nog niet: RIJK en UVW",
        "Regel: consensus. Het besluit wordt genomen als ten minste één organisatie instemt en niemand bezwaar heeft.",
    ]


def test_the_positions_the_rule_and_the_document_are_told_in_full():
    item = an_item_of(Kind.CONSENT, State.OPEN)

    told = details(brief(a_happening(item, two_positions(Kind.CONSENT)), a_catalogue()))

    assert told["Standpunten"] == "akkoord: 1 en bezwaar: 1"
    assert told["Zo wordt besloten"].startswith("Beslisregel: consensus. Nodig: ")
    assert told["Document"] == f"https://example.org/kader_v2.pdf (SHA-256 {'5e' * 32})"


def test_of_many_silent_organisations_eight_are_named():
    happening = a_happening(organisations=tuple(f"o{number}" for number in range(1, 401)))

    (stand,) = [line for line in lines(brief(happening, a_catalogue())) if line.startswith("Stand:")]

    assert stand.endswith("; nog niet: O1, O2, O3, O4, O5, O6, O7, O8 en 392 andere")


@pytest.mark.parametrize(
    "length, named",
    [
        (20, ["RIJK", "VNG", "IPO", "UVW"]),
        (50, ["RIJK", "VNG"]),
        (90, ["RIJK"]),
        (300, []),
    ],
)
def test_as_many_silent_organisations_are_named_as_fit(length, named):
    happening = a_happening(organisations=tuple(f"{each}-{'x' * length}" for each in ORGANISATIONS))

    stand = lines(brief(happening, a_catalogue()))[2]

    assert [each for each in ("RIJK", "VNG", "IPO", "UVW") if each in stand] == named
    assert ("andere" in stand) == (0 < len(named) < 4)


def test_a_closed_item_says_what_came_of_it():
    item = an_open_item(
        state=State.CLOSED, round=a_round(closed_at=DEADLINE, ending="deadline", outcome=an_outcome(code=Code.ADOPTED))
    )

    drawn = brief(a_happening(item, {"vng": a_position()}), a_catalogue())

    assert lines(drawn)[:3] == [
        "gesloten: aangenomen. Versie 1.0, ronde 1.",
        "Gesloten op: maandag 25 januari 2027 om 17:00 (CET, UTC+01:00)",
        "Stand: 1 van 4 organisaties; geen reactie: RIJK, IPO en UVW",
    ]
    assert drawn.buttons == ()


def test_a_round_that_waits_for_the_chair_says_so_and_takes_nothing():
    drawn = brief(a_happening(an_open_item(round=a_round(asked_at=DEADLINE + HOUR))), a_catalogue())

    assert "Na de storing kiest de voorzitter tussen verlengen en sluiten." in lines(drawn)
    assert labels(drawn) == ["Stand bekijken: 003"]


# --- what can be done ----------------------------------------------------------------------------------------


def test_an_open_card_has_the_form_a_direct_answer_and_the_status():
    drawn = brief(a_happening(), a_catalogue())

    assert [(plain(each.label), each.command, dict(each.values), each.asks) for each in drawn.buttons] == [
        ("Standpunt geven: 003", "position", {"item": "BOD-2027-003", "round": "1/1.0"}, True),
        ("Akkoord: 003", "position", {"item": "BOD-2027-003", "stance": "agree", "round": "1/1.0"}, False),
        ("Stand bekijken: 003", "consult status", {"item": "BOD-2027-003"}, False),
    ]


def test_a_consultation_is_answered_with_a_comment():
    drawn = brief(a_happening(an_item_of(Kind.CONSULTATION, State.OPEN)), a_catalogue("en"))

    assert [(plain(each.label), each.command, each.values.get("stance")) for each in drawn.buttons] == [
        ("Give response: 003", "comment", None),
        ("Support: 003", "comment", "support"),
        ("View status: 003", "consult status", None),
    ]


@pytest.mark.parametrize("kind", Kind)
def test_a_card_with_hidden_positions_shows_none_and_has_no_button_that_gives_one_away(kind):
    item = an_item_of(kind, State.OPEN, Visibility.AFTER_CLOSE)

    drawn = brief(a_happening(item, two_positions(kind)), a_catalogue())

    assert [(each.asks, "stance" in each.values) for each in drawn.buttons] == [(True, False), (False, False)]
    assert "Standpunten" not in details(drawn)
    assert "Standpunten zijn verborgen tot de sluiting, voor iedereen." in lines(drawn)


@pytest.mark.parametrize("state", [each for each in State if each is not State.OPEN])
@pytest.mark.parametrize("kind", Kind)
def test_an_item_that_is_not_open_has_no_buttons(kind, state):
    assert brief(a_happening(an_item_of(kind, state)), a_catalogue()).buttons == ()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", Kind)
def test_the_longest_number_still_fits_on_every_button(kind, locale):
    item = an_item_of(kind, State.OPEN, number=ItemNumber("BOD", 2027, 999999))

    shown = labels(brief(a_happening(item), a_catalogue(locale)))

    assert all(each.endswith(": 999999") for each in shown)
    assert [each for each in shown if len(each) > LONGEST_LABEL] == []


# --- on the cards --------------------------------------------------------------------------------------------


def test_the_card_of_an_item_has_its_brief_form_and_its_tone():
    happening = a_happening()

    card = item_card(happening, a_catalogue())

    assert card.brief == brief(happening, a_catalogue())
    assert card.tone is Tone.OPEN


@pytest.mark.parametrize(
    "item, expected",
    [
        (an_item_of(Kind.CONSENT, State.OPEN), Tone.OPEN),
        (an_open_item(round=a_round(asked_at=DEADLINE)), Tone.ATTENTION),
        (an_item_of(Kind.CONSENT, State.CLOSED), Tone.CLOSED),
        (an_item_of(Kind.CONSENT, State.ESTABLISHED), Tone.CLOSED),
        (an_item_of(Kind.CONSENT, State.DRAFT), Tone.PLAIN),
    ],
)
def test_the_tone_follows_the_state(item, expected):
    assert tone(item) is expected


@pytest.mark.parametrize("name", ["opened", "reminder", "extended"])
def test_a_direct_message_that_asks_for_an_answer_opens_the_form(name):
    seen = every_notice()[name].brief
    hidden = every_notice(visible=Visibility.AFTER_CLOSE)[name].brief

    assert seen is not None
    assert hidden is not None
    assert [each.asks for each in seen.buttons] == [True, False, False]
    assert [("stance" in each.values, each.asks) for each in hidden.buttons] == [(False, True), (False, False)]


def test_a_direct_message_that_only_tells_has_no_brief_form():
    told = {name for name, card in every_notice().items() if card.brief is None}

    assert told == set(every_notice()) - {"opened", "reminder", "extended"}
