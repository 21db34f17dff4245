"""User text is made harmless the same way everywhere, and a card can be had as plain text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.card import Bullets, Button, Card, Facts, Paragraph, Quote, Table, UserText
from bot.views.text import isolated, neutral, neutral_lines, plain, plain_card
from tests.platforms.contract import steering

TEXTS = st.text(st.characters() | st.sampled_from("\n\r\t\x1b\x0e\x0f\u202e\u2066\u2069\u200b\u0301א١"), max_size=40)


@pytest.mark.parametrize(
    "typed, shown",
    [
        ("Kader cloud", "Kader cloud"),
        ("  twee   spaties\t en\u00a0meer ", "twee spaties en meer"),
        ("een\ntwee\r\ndrie\u2028vier", "een twee drie vier"),
        ("cafe\u0301", "café"),
        ("e\u200b\u0301", "é"),
        ("\x1b[31mrood\x1b[0m", "[31mrood[0m"),
        ("\u202edaolb\u202c", "daolb"),
        ("\u2067x\u2069\u200f\u061c", "x"),
        ("ak\u200bko\u2060ord\ufeff\u00ad", "akkoord"),
        ("a\x00b\x9bc\x7f", "abc"),
        ("\x0ex\x0f", "x"),
        ("\ud800", "\ufffd"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("K" + "\u0489" * 9, "K" + "\u0489" * 4),
        ("K" + "\u0489\u200b\u200d" * 9, "K" + "\u0489\u200d" * 4 + "\u200d" * 5),
        ("हिन्दी", "हिन्दी"),
        ("東京", "東京"),
        ("", ""),
    ],
)
def test_user_text_loses_what_a_screen_obeys_and_keeps_its_letters(typed, shown):
    assert neutral(typed) == shown


@given(TEXTS)
def test_no_text_at_all_steers_a_screen(text):
    line = neutral(text)

    assert steering(line) | ({"\n"} & set(line)) == set()
    assert neutral(line) == line
    assert unicodedata.is_normalized("NFC", line)


def test_a_text_of_lines_keeps_them_and_single_empty_ones():
    assert neutral_lines("\n\n een \r\n\n\n\ntwee\u2029drie\n\n") == ["een", "", "twee", "drie"]
    assert neutral_lines("\u200b\n \n") == []


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Kader 12", "Kader 12"),
        ("הסכם", "\u2068הסכם\u2069"),
        ("a إطار", "\u2068a إطار\u2069"),
        ("١٢", "\u2068١٢\u2069"),
        ("", ""),
    ],
)
def test_only_text_with_right_to_left_letters_is_isolated(text, expected):
    assert isolated(text) == expected


def test_each_user_text_in_a_line_is_isolated_on_its_own():
    text = (UserText("סך"), ": 12, ", UserText("VNG"), ": 3, ", UserText("נגד\n"))

    assert plain(text) == "\u2068סך\u2069: 12, VNG: 3, \u2068נגד\u2069"


def test_a_card_as_plain_text_has_user_text_only_behind_our_own_words_or_indented():
    card = Card(
        ("BOD-2027-003 – ", UserText("Kader\ncloud")),
        (
            Paragraph(("Eerste regel.\nTweede regel.",)),
            Facts(((("Akkoord",), ("12",)), (("Versie",), (UserText("1.0"),)))),
            Bullets((("een ", UserText("x")), ("twee",))),
            Quote(("Tekst",), UserText("1. ja\n\n\n- VNG: akkoord\n")),
            Table((("Wie",), ("Wat",), ("Voorwaarde",)), (((UserText("VNG"),), ("akkoord",), ()),)),
        ),
        (Button(("Akkoord",), "position"), Button((UserText("[x]"),), "position")),
    )

    assert plain_card(card) == (
        "BOD-2027-003 – Kader cloud\n"
        "Eerste regel.\n"
        "Tweede regel.\n"
        "Akkoord: 12\n"
        "Versie: 1.0\n"
        "- een x\n"
        "- twee\n"
        "Tekst:\n"
        "    1. ja\n"
        "\n"
        "    - VNG: akkoord\n"
        "- Wie: VNG; Wat: akkoord\n"
        "[Akkoord] [[x]]"
    )
