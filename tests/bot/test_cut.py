"""A text is made shorter between letters as people see them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.cut import cut

FAMILY = "👩\u200d👩\u200d👧"


@pytest.mark.parametrize(
    "text, most, shown",
    [
        ("Kader", 5, "Kader"),
        ("Kader", 4, "Kad…"),
        ("Kader cloud", 7, "Kader…"),
        ("Kader", 1, "…"),
        ("ab" + "e\u0323\u0301", 4, "ab…"),
        ("a" + FAMILY, 5, "a…"),
        (FAMILY + "a" * 9, 6, FAMILY + "…"),
        ("a👍🏽bc", 3, "a…"),
        ("🇳🇱🇧🇪🇩🇪", 4, "🇳🇱…"),
        ("🇳🇱🇧🇪🇩🇪", 5, "🇳🇱🇧🇪…"),
        ("हिन्दी", 2, "…"),
        ("\u1112\u1161\u11ab\u1100", 3, "…"),
        ("", 1, ""),
    ],
)
def test_a_long_text_ends_between_two_letters(text, most, shown):
    assert cut(text, most) == shown


@given(st.text(max_size=30), st.integers(1, 20))
def test_a_cut_text_is_its_beginning_and_fits(text, most):
    shown = cut(text, most)

    assert len(shown) <= most
    assert text.startswith(shown.removesuffix("…"))
    assert (shown == text) or shown.endswith("…")
    rest = text[len(shown) - 1 :].lstrip() if shown != text else ""
    assert not rest or unicodedata.category(rest[0]) not in {"Mn", "Mc", "Me"} or shown == "…"
