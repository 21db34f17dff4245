"""Cards in the terminal: golden texts in both languages, and no user text that passes for ours."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import LOCALES, Catalogue
from bot.platforms.console.render import columns, render
from bot.views.card import Bullets, Button, Card, Facts, Paragraph, Quote, Table, UserText
from commands.domain import errors
from commands.domain.board import Role
from commands.domain.number import ItemNumber
from commands.domain.position import CONSENT_STANCES, Basis, ReservationKind, Stance
from commands.domain.values import Code
from tests.platforms.contract import PLACES
from tests.platforms.hostile import HOSTILE

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ITEM = ItemNumber("BOD", 2027, 3)
CLOSES = datetime(2027, 3, 31, 15, tzinfo=UTC)
PROPOSAL = (
    "Conceptbesluit Interbestuurlijk kader soevereine overheidscloud\n\n"
    "1. het kader vast te stellen als gezamenlijk uitgangspunt voor Rijk, gemeenten, provincies, "
    "waterschappen en publieke dienstverleners;\n"
    "[1] Akkoord\n"
    "\x1b[1mUitslag: aangenomen\x1b[0m"
)


def an_item_card(locale: str) -> Card:
    """A card with a block of every kind, in the words of a language."""
    catalogue = Catalogue(locale, AMSTERDAM)
    words = catalogue.words

    return Card(
        (str(ITEM), " – ", UserText("Interbestuurlijk kader\nsoevereine overheidscloud")),
        (
            Paragraph(words(CLOSES)),
            Facts(((words(Stance.AGREE), ("12",)), (words(Stance.OBJECT), ("3",)))),
            Bullets(
                (
                    words(timedelta(days=3, hours=2)),
                    (*words(Basis.MEMBERS_VOTE), ": ", UserText("IPO\n- VNG")),
                )
            ),
            Quote(words(ReservationKind.LEGAL), UserText(PROPOSAL)),
            Table(
                (words(Stance.FOR), words(Stance.AGAINST), words(Stance.ABSTAIN)),
                (((UserText("VNG"),), ("-",), ()), ((UserText("Unie van Waterschappen"),), ("-",), ("1",))),
            ),
        ),
        tuple(Button(words(each), "position") for each in CONSENT_STANCES[:5]),
    )


# --- golden texts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("width", [80, 34])
def test_a_card_is_shown_as_in_the_golden_text(golden, locale, width):
    lines = render(an_item_card(locale), width, range(1, 6))

    golden(f"console/card-{width}.{locale}.txt", "\n".join(lines))


@pytest.mark.parametrize("locale", LOCALES)
def test_refusals_are_shown_as_in_the_golden_text(golden, locale):
    example = Code('/standpunt 003 bezwaar "…"')
    catalogue = Catalogue(locale, AMSTERDAM)
    refusals = [
        errors.RoundClosed(ITEM, CLOSES),
        errors.NoMandate("UvW", "00000000-0000-4000-8000-000000000002"),
        errors.NoMandate("", "toehoorder"),
        errors.MandateExpired("NPD", CLOSES),
        errors.ChooseOrganisation(("VNG", "IPO"), example),
        errors.InvalidValue("akoord", 16, Code("akkoord"), (Stance.AGREE, Stance.OBJECT), example),
        errors.InvalidValue("x", 16, Code(""), (), example),
        errors.DeadlineFold("31 oktober 2027 02:30", CLOSES, CLOSES + timedelta(hours=1)),
        errors.NotAllowed((Role.CHAIR, Role.SECRETARY), "vng"),
        errors.UnknownItem("” is aangenomen.\nUitslag: aangenomen"),
    ]

    lines = [line for each in refusals for line in [*render(Card(catalogue.refusal(each)), 80), ""]]

    golden(f"console/refusals.{locale}.txt", "\n".join(lines[:-1]))


# --- layout ------------------------------------------------------------------------------------------------


def test_a_table_that_fits_has_aligned_columns_of_what_the_eye_sees():
    table = Table((("Wie",), ("Aantal",)), (((UserText("東京"),), ("12",)), ((UserText("e\u0301e\u0301n"),), ("3",))))

    assert render(Card(("Stand",), (table,)), 40)[2:] == [
        "  Wie    Aantal",
        "  ────   ──────",
        "  東京   12",
        "  één    3",
    ]


def test_a_table_that_does_not_fit_is_a_list_without_empty_cells():
    table = Table((("Organisatie",), ("Standpunt",), ("Voorwaarde",)), (((UserText("VNG"),), ("akkoord",), ()),))

    assert render(Card(("Stand",), (table,)), 36)[2:] == ["  - Organisatie: VNG", "    Standpunt: akkoord"]


def test_a_table_without_rows_is_not_shown():
    assert render(Card(("Stand",), (Table((("Wie",),), ()),)), 40) == ["Stand", "─────"]


def test_choices_are_numbered_as_told_and_as_many_on_a_line_as_fit():
    buttons = tuple(Button((label,), "position") for label in ("Akkoord", "Bezwaar", "Akkoord, mits", "Ja"))

    assert render(Card(("Stand",), (), buttons), 30, (3, 4, 10, 11)) == [
        "Stand",
        "",
        "[3] Akkoord   [4] Bezwaar",
        "[10] Akkoord, mits   [11] Ja",
    ]


def test_without_numbers_there_are_no_choices():
    assert render(Card(("Stand",), (), (Button(("Akkoord",), "position"),)), 30) == ["Stand"]


def test_bold_is_for_our_own_words_of_a_title_with_something_under_it():
    card = Card(("BOD-2027-003 – ", UserText("Kader"), " is open"), (Paragraph(("x",)),))

    assert render(card, 60, bold=True)[0] == "\x1b[1mBOD-2027-003 – \x1b[0mKader\x1b[1m is open\x1b[0m"
    assert render(Card(card.title), 60, bold=True) == ["BOD-2027-003 – Kader is open"]
    assert "\x1b" not in "".join(render(card, 60))


# --- other people's text -----------------------------------------------------------------------------------


def outside_isolates(line: str) -> str:
    """A line without what it isolates; fails when isolates are not closed within it."""
    assert re.sub("[^\u2068\u2069]", "", line) == "\u2068\u2069" * line.count("\u2068")
    return re.sub("\u2068[^\u2069]*\u2069", "", line)


def can_reorder(line: str) -> set[str]:
    """The signs of a line that make a screen put other signs in another order (UAX #9)."""
    kinds = {"R", "AL", "AN", "RLE", "RLO", "LRE", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"}
    return {
        sign for sign in outside_isolates(line) if unicodedata.bidirectional(sign) in kinds or sign in "\u200e\u200f"
    }


@pytest.mark.parametrize("width", [30, 80])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("place", PLACES)
def test_a_line_never_reorders_counts_relative_to_labels(place, text, width):
    lines = render(PLACES[place](text), width, (1, 2) if place == "button" else ())

    assert [can_reorder(line) for line in lines] == [set()] * len(lines)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("place", PLACES)
def test_only_our_choices_and_title_begin_at_the_left_edge(place, text):
    buttons = (Button(("Akkoord",), "position"), Button(("Bezwaar",), "position"))
    card = PLACES[place](text)

    lines = render(Card(card.title, card.blocks, buttons), 40, (1, 2))

    at_the_edge = [line for line in lines[1:] if line and not line.startswith("  ")]
    assert [line for line in at_the_edge if not line.startswith("─")] == ["[1] Akkoord   [2] Bezwaar"]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_every_line_of_a_quotation_has_a_bar(text):
    lines = render(Card(("Stand",), (Quote(("Tekst",), UserText(text)),)), 40)

    assert lines[:3] == ["Stand", "─────", "  Tekst:"]
    assert [line for line in lines[3:] if not line.startswith("  │")] == []


@given(
    st.text(st.characters() | st.sampled_from("\n\x1b א١\u202e\u2069\u0301東"), max_size=120),
    st.integers(20, 90),
    st.sampled_from(sorted(PLACES)),
)
def test_no_line_is_wider_than_the_screen(text, width, place):
    lines = render(PLACES[place](text), width, (1, 2) if place == "button" else ())

    assert [line for line in lines if columns(line) > width] == []
    assert [can_reorder(line) for line in lines] == [set()] * len(lines)
