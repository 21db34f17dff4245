"""A card as lines for a terminal.

Only the title, its rule and the numbered choices begin at the left edge. Everything else is indented and a
quotation has a bar before each line, so that nothing a user typed can stand where we speak, or look like a
choice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from bot.views.card import Block, Bullets, Button, Card, Facts, Paragraph, Quote, Table, Text
from bot.views.text import USER_END, USER_START, isolated, marked, neutral_lines, unmarked

INDENT: Final = "  "
QUOTE_BAR: Final = "│ "
NARROWEST: Final = 20
"""Columns below which lines are no longer made shorter."""

_GAP: Final = "   "
_OWN_WORDS: Final = re.compile(f"(?:^|(?<={USER_END}))[^{USER_START}{USER_END}]+")
_BOLD: Final = "\x1b[1m{}\x1b[0m"


def render(card: Card, width: int, numbers: Sequence[int] = (), *, bold: bool = False) -> list[str]:
    """The card as lines of at most `width` columns; `numbers` are those of its buttons, in their order.

    Without numbers the buttons are not shown. A title above something has a line under it; with `bold` our
    own words in it are bold, for a terminal, and that carries no meaning of its own.
    """
    width = max(width, NARROWEST)
    title = wrapped(marked(card.title), width, "", INDENT)
    lines = [_shown(line, bold=bold and bool(card.blocks)) for line in title]
    if card.blocks:
        lines.append("─" * max(map(columns, title)))
    for block in card.blocks:
        lines += _block(block, width)
    if card.buttons and numbers:
        lines.append("")
        lines += _choices(zip(numbers, card.buttons, strict=True), width)
    return lines


def for_console(card: Card) -> Card:
    """The card with only what a terminal shows: whole, and without the buttons that open a form."""
    buttons = tuple(button for button in card.buttons if not button.asks)
    return Card(card.title, card.blocks, buttons)


def wrapped(line: str, width: int, first: str, rest: str) -> list[str]:
    """A marked line broken at spaces, the first line after `first` and the others after `rest`.

    The markers are made whole on each line. A word that is longer than a line is broken where it must be.
    """
    lines: list[str] = []
    current, inside = first, ""
    filled = False
    for word in _words(line, width - max(columns(first), columns(rest))):
        if filled and columns(current) + 1 + columns(word) > width:
            lines.append(current + (USER_END if inside else ""))
            current, filled = rest + inside, False
        current += f" {word}" if filled else word
        filled = True
        if USER_START in word or USER_END in word:
            inside = USER_START if word.rfind(USER_START) > word.rfind(USER_END) else ""
    return [*lines, current + (USER_END if inside else "")]


def columns(text: str) -> int:
    """The columns that a text takes in a terminal: two for a wide letter, none for marks and markers."""
    return sum(map(_columns, text))


def _columns(sign: str) -> int:
    if unicodedata.category(sign) in {"Mn", "Me", "Cf", "Cc"}:
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _words(line: str, width: int) -> Iterable[str]:
    for word in line.split(" "):
        while columns(word) > width:
            end = _break(word, width)
            yield word[:end]
            word = word[end:]
        yield word


def _break(word: str, width: int) -> int:
    """How many characters of a word fit; at least one, and its marks go along with a letter."""
    used = 0
    for place, sign in enumerate(word):
        used += _columns(sign)
        if used > width and place:
            return place
    return len(word)


def _shown(line: str, *, bold: bool) -> str:
    if bold:
        line = _OWN_WORDS.sub(lambda match: _BOLD.format(match[0]) if match[0].strip() else match[0], line)
    return unmarked(line)


def _block(block: Block, width: int) -> list[str]:
    match block:
        case Paragraph(text):
            return _lines(text, width, INDENT, INDENT)
        case Quote(label, text):
            bar = INDENT + QUOTE_BAR
            quoted = [
                bar + isolated(line)
                for each in neutral_lines(text.text)
                for line in wrapped(each, width - columns(bar), "", "")
            ]
            return [*_lines((*label, ":"), width, INDENT, INDENT * 2), *(line.rstrip() for line in quoted)]
        case Facts(rows):
            return [line for label, value in rows for line in _lines((*label, ": ", *value), width, INDENT, INDENT * 2)]
        case Bullets(items):
            return [line for item in items for line in _lines(item, width, f"{INDENT}- ", INDENT * 2)]
        case Table(_, ()):
            return []
        case Table(header, rows):
            return _table(header, rows, width) or _list(header, rows, width)


def _lines(text: Text, width: int, first: str, rest: str) -> list[str]:
    return [unmarked(line) for part in marked(text).split("\n") for line in wrapped(part, width, first, rest)]


def _table(header: tuple[Text, ...], rows: tuple[tuple[Text, ...], ...], width: int) -> list[str]:
    """The table in aligned columns with a rule under its header; nothing when it does not fit."""
    cells = [[unmarked(marked(cell)) for cell in row] for row in (header, *rows)]
    widths = [max(map(columns, column)) for column in zip(*cells, strict=True)]
    if len(INDENT) + sum(widths) + len(_GAP) * (len(widths) - 1) > width:
        return []
    rule = ["─" * each for each in widths]
    return [
        (
            INDENT + _GAP.join(cell + " " * (wide - columns(cell)) for cell, wide in zip(row, widths, strict=True))
        ).rstrip()
        for row in (cells[0], rule, *cells[1:])
    ]


def _list(header: tuple[Text, ...], rows: tuple[tuple[Text, ...], ...], width: int) -> list[str]:
    lines: list[str] = []
    for row in rows:
        first = f"{INDENT}- "
        for name, cell in zip(header, row, strict=True):
            if cell:
                lines += _lines((*name, ": ", *cell), width, first, INDENT * 3)
                first = INDENT * 2
    return lines


def _choices(choices: Iterable[tuple[int, Button]], width: int) -> list[str]:
    """Numbered choices, as many on a line as fit, each whole; a line has nothing else on it."""
    lines: list[str] = []
    for number, button in choices:
        first, *rest = [unmarked(line) for line in wrapped(f"[{number}] {marked(button.label)}", width, "", INDENT * 2)]
        if lines and not rest and columns(lines[-1] + _GAP + first) <= width:
            lines[-1] += _GAP + first
        else:
            lines += [first, *rest]
    return lines
