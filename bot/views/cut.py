"""Long text made shorter without breaking a letter that people see as one."""

from __future__ import annotations

import unicodedata
from typing import Final

ELLIPSIS: Final = "…"

_JOINERS: Final = frozenset({"\u200c", "\u200d"})
_SKIN_TONES: Final = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS: Final = range(0x1F1E6, 0x1F200)


def cut(text: str, most: int) -> str:
    """The text itself, or as much of its beginning as fits in `most` characters together with an ellipsis.

    `most` is at least 1. A letter stays with its marks, an emoji with its parts, the two signs of a flag together.
    """
    if len(text) <= most:
        return text
    place = most - len(ELLIPSIS)
    while place and not _is_between_letters(text, place):
        place -= 1
    return text[:place].rstrip() + ELLIPSIS


def _is_between_letters(text: str, place: int) -> bool:
    """Whether a text may be broken before this place; a simplification of UAX 29 that breaks too little at worst."""
    before, after = text[place - 1], text[place]
    if after in _JOINERS or before in _JOINERS or unicodedata.category(after) in {"Mn", "Mc", "Me"}:
        return False
    if ord(after) in _SKIN_TONES:
        return False
    if ord(before) in _FLAG_LETTERS and ord(after) in _FLAG_LETTERS:
        letters = 0
        while letters < place and ord(text[place - 1 - letters]) in _FLAG_LETTERS:
            letters += 1
        return letters % 2 == 0
    return not (_is_hangul_part(before) and _is_hangul_part(after))


def _is_hangul_part(sign: str) -> bool:
    """Whether it is a letter of a Korean syllable that is not composed."""
    return "\u1100" <= sign <= "\u11ff"
