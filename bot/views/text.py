"""Plain text of lines and cards, and what makes other people's text harmless in any of them.

Two markers say where user text begins and ends while a line is put together. They are control characters, and
`neutral` takes those out of every user text, so that nobody can type them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from bot.views.card import Block, Bullets, Card, Facts, Paragraph, Quote, Table, Text, UserText

USER_START: Final = "\x0e"
USER_END: Final = "\x0f"
FIRST_STRONG_ISOLATE: Final = "\u2068"
POP_DIRECTIONAL_ISOLATE: Final = "\u2069"

_MOST_MARKS: Final = 4
"""Combining marks kept on one letter: no script needs more, and a flood of them covers the lines around."""

_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})
_JOINERS: Final = frozenset({"\u200c", "\u200d"})  # Persian, Indic scripts and emoji are spelled with these
_LINE_ENDS: Final = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_MARKED: Final = re.compile(f"{USER_START}([^{USER_END}]*){USER_END}")


def neutral(text: str) -> str:
    """User text as one harmless line: composed (NFC), single spaces, no controls or invisible signs.

    Directional controls, escape characters, zero-width signs and floods of combining marks are gone; a lone
    surrogate becomes U+FFFD. Letters of every script stay.
    """
    return " ".join(_visible(_LINE_ENDS.sub(" ", text)).split())


def neutral_lines(text: str) -> list[str]:
    """User text as harmless lines, each as `neutral` makes it.

    Several empty lines become one, and there are none at either end.
    """
    lines: list[str] = []
    for line in map(neutral, _LINE_ENDS.split(text)):
        if line or (lines and lines[-1]):
            lines.append(line)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def isolated(text: str) -> str:
    """Neutral text that cannot pull the words around it out of their order where right-to-left is shown.

    Text without right-to-left letters comes back as it is, so that nothing invisible is copied along with it.
    """
    if any(unicodedata.bidirectional(sign) in _RIGHT_TO_LEFT for sign in text):
        return f"{FIRST_STRONG_ISOLATE}{text}{POP_DIRECTIONAL_ISOLATE}"
    return text


def marked(text: Text) -> str:
    """One line in which each neutralised user text stands between the two markers."""
    return "".join(
        f"{USER_START}{neutral(part.text)}{USER_END}" if isinstance(part, UserText) else part for part in text
    )


def unmarked(line: str) -> str:
    """A line of `marked` for show: the markers gone, right-to-left user text isolated."""
    return _MARKED.sub(lambda match: isolated(match[1]), line)


def plain(text: Text) -> str:
    """A line as one string, user text neutralised."""
    return unmarked(marked(text))


def plain_card(card: Card) -> str:
    """A card as plain text: the title, the blocks, and the labels of the buttons between square brackets.

    Only quotations are indented, by four spaces, so that no user text can pass for a line of ours.
    """
    lines = [plain(card.title)]
    for block in card.blocks:
        lines += _plain_block(block)
    if card.buttons:
        lines.append(" ".join(f"[{plain(button.label)}]" for button in card.buttons))
    return "\n".join(lines)


def _plain_block(block: Block) -> list[str]:
    match block:
        case Paragraph(text):
            return [plain(text)]
        case Quote(label, text):
            quoted = [f"    {isolated(line)}".rstrip() for line in neutral_lines(text.text)]
            return [f"{plain(label)}:", *quoted]
        case Facts(rows):
            return [f"{plain(label)}: {plain(value)}" for label, value in rows]
        case Bullets(items):
            return [f"- {plain(item)}" for item in items]
        case Table(header, rows):
            return [f"- {as_list_item(header, row)}" for row in rows]


def as_list_item(header: tuple[Text, ...], row: tuple[Text, ...]) -> str:
    """A row of a table as one line of `header: cell` with `;` in between; empty cells are left out."""
    return "; ".join(f"{plain(name)}: {plain(cell)}" for name, cell in zip(header, row, strict=True) if plain(cell))


def _visible(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for sign in unicodedata.normalize("NFC", text):
        category = unicodedata.category(sign)
        if category == "Cc" and sign != "\t":
            continue
        if category == "Cf":  # does not start a new letter: the marks around it are counted together
            if sign in _JOINERS:
                kept.append(sign)
            continue
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks > _MOST_MARKS:
            continue
        if category == "Cs":
            kept.append("\ufffd")
        else:
            kept.append(" " if sign == "\t" or category == "Zs" else sign)
    # Taking an invisible sign out from between a letter and its mark may let the two compose.
    return unicodedata.normalize("NFC", "".join(kept))
