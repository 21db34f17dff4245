"""What every export format has in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Protocol, TypeAlias

from commands.domain.dossier import Dossier, RoundRecord
from commands.domain.position import latest
from commands.domain.values import Line
from commands.vocabulary import Format

Say: TypeAlias = Callable[[Line], str]
"""Gives a sentence as one line of plain text in the language of the board, with user text neutralised."""


class Export(Protocol):
    """One format. The same dossier in the same language gives the same bytes: no clock, no chance."""

    @property
    def format(self) -> Format:
        """The format by which people ask for it."""
        ...

    @property
    def media_type(self) -> str:
        """The media type of the file (RFC 6838)."""
        ...

    def file_name(self, dossier: Dossier) -> str:
        """The name of the file: ASCII letters, digits, dots, dashes and underscores."""
        ...

    def write(self, dossier: Dossier, say: Say, to: BinaryIO) -> None:
        """Write the whole file to an open binary stream, which stays open."""
        ...


class Sink(Protocol):
    """What takes bytes: any binary stream."""

    def write(self, data: bytes, /) -> object:
        """Take the next bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Utf8:
    """A text stream over bytes, without a buffer to forget and without a say over line ends."""

    to: Sink

    def write(self, text: str) -> int:
        """Take the next characters."""
        self.to.write(text.encode())
        return len(text)


def counting(record: RoundRecord) -> frozenset[int]:
    """The entries of the positions that the rule of a round counts: the latest in time of each voting organisation.

    Empty for a round without a rule, where nothing is counted.
    """
    if record.round.rule is None:
        return frozenset()
    voting = {seat.organisation for seat in record.roll.voting}
    return frozenset(each.sequence for each in latest(record.positions).values() if each.organisation in voting)
