"""A platform-neutral message: our own words and other people's text are different types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class UserText:
    """Text that somebody typed, or a name from a board file: a renderer neutralises it, always."""

    text: str


Text: TypeAlias = tuple[str | UserText, ...]
"""A line of a message: our words as `str`, everything else as `UserText`."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One or more sentences."""

    text: Text


@dataclass(frozen=True, slots=True)
class Quote:
    """A longer user text, set apart from our own words, with who wrote it or what it is."""

    label: Text
    text: UserText


@dataclass(frozen=True, slots=True)
class Facts:
    """Short facts, each a label and a value."""

    rows: tuple[tuple[Text, Text], ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list in which the order means nothing, or is said in words."""

    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """An overview. A renderer that cannot show a table well shows a list: per row, `header: cell`."""

    header: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]


Block: TypeAlias = Paragraph | Quote | Facts | Bullets | Table


@dataclass(frozen=True, slots=True)
class Button:
    """A command with some arguments already given; `values` has English argument names and values.

    One that `asks` opens the form of the command with these values filled in.
    """

    label: Text
    command: str
    values: Mapping[str, str] = field(default_factory=dict)
    asks: bool = False


class Tone(StrEnum):
    """What a message is, for a platform that can show it beside the words; it never carries meaning alone."""

    PLAIN = "plain"
    OPEN = "open"
    CLOSED = "closed"
    ATTENTION = "attention"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True)
class Brief:
    """A card in few words, for a platform that has forms and little room on a card.

    `lines` fit together in 350 characters. `details` are longer facts that must not be cut, each a label and a value.
    There are at most three `buttons`, the main one first.
    """

    lines: tuple[Text, ...]
    details: tuple[tuple[Text, Text], ...] = ()
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """One message. `title` is never empty; blocks come in reading order.

    `brief` says the same in few words, where that is possible. `cut` is said where a platform has to leave out the end
    of a long text.
    """

    title: Text
    blocks: tuple[Block, ...] = ()
    buttons: tuple[Button, ...] = ()
    brief: Brief | None = None
    tone: Tone = Tone.PLAIN
    cut: Text = ()
