"""What a message is about: an entry of a log with everything around it that a view needs, read in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from commands.domain.board import Board
from commands.domain.events import hash_in
from commands.domain.item import Item
from commands.domain.ledger import Entry
from commands.domain.number import ItemNumber
from commands.domain.position import Position, latest
from commands.domain.roll import Roll
from commands.domain.values import Value
from commands.ports import Transaction


@dataclass(frozen=True, slots=True)
class Happening:
    """An entry of a log, its free texts by field (None for a removed one), and the item as it is now.

    `names` gives the short name of each organisation as it was on the roll, or as it is on the board.
    """

    entry: Entry
    board: Board
    texts: Mapping[str, str | None]
    names: Mapping[str, str]
    full_names: Mapping[str, str]
    item: Item | None = None
    roll: Roll = Roll(())
    positions: Mapping[str, Position] | None = None
    late: tuple[Position, ...] = ()

    def code(self, field: str) -> str:
        """A field of the entry that holds a code; empty when it has none."""
        value = self.entry.body.get(field, "")
        return value if isinstance(value, str) else ""

    def instant(self, field: str) -> datetime:
        """A field of the entry that holds an instant."""
        return datetime.fromisoformat(self.code(field))

    def number(self, field: str) -> int:
        """A field of the entry that holds a number; 0 when it has none."""
        value = self.entry.body.get(field, 0)
        return value if isinstance(value, int) else 0

    def day(self, field: str) -> date:
        """A field of the entry that holds a day."""
        return date.fromisoformat(self.code(field))

    def organisations(self, field: str) -> tuple[str, ...]:
        """A field of the entry that lists organisations, as short names."""
        value = self.entry.body.get(field, [])
        return tuple(self.short(each) for each in value if isinstance(each, str)) if isinstance(value, list) else ()

    def short(self, organisation: str) -> str:
        """The short name of an organisation."""
        return self.names.get(organisation, organisation)

    def named(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """The values of a line with the id of an organisation as its short name."""
        organisation = values.get("organisation")
        return {**values, "organisation": self.short(organisation)} if isinstance(organisation, str) else dict(values)

    def text(self, field: str) -> str:
        """A free text of the entry; empty when it has none or when it was removed."""
        return self.texts.get(field) or ""

    def about(self) -> dict[str, Value]:
        """The values that most sentences need."""
        values: dict[str, Value] = {"board": self.board.name}
        if self.item is not None:
            values |= {"item": self.item.number, "title": self.item.title, "version": self.item.version.label}
            values["meeting"] = self.item.meeting or ""
        organisation = self.code("organisation")
        if organisation:
            values["organisation"] = self.short(organisation)
        return values


def gather(
    tx: Transaction, log: str, sequence: int, board: Board, number: ItemNumber | None, *, with_roll: bool = True
) -> Happening:
    """Read what a message about an entry needs.

    Without the roll a message costs the same however many organisations there are: direct messages go to each of them.
    """
    entry = tx.log.entry(log, sequence)
    names = {each.id: each.short for each in board.organisations}
    full_names = {each.id: each.name for each in board.organisations}
    texts = {
        field: tx.log.text(log, found) for field, value in entry.body.items() if (found := hash_in(value)) is not None
    }
    if number is None:
        return Happening(entry, board, texts, names, full_names)
    item = _as_of(entry, tx.items.get(number), tx)
    if not with_roll:
        return Happening(entry, board, texts, names, full_names, item)
    roll = tx.rolls.of(item) if item.round else Roll(())
    filed = tx.positions.all(item) if item.round else ()
    names |= {seat.organisation: seat.short for seat in roll.seats}
    full_names |= {seat.organisation: seat.name for seat in roll.seats}
    late = tuple(each for each in filed if each.filing == "late")
    return Happening(entry, board, texts, names, full_names, item, roll, latest(filed), late)


def _as_of(entry: Entry, item: Item, tx: Transaction) -> Item:
    """The item with the round that the entry is about: another one may have been opened since."""
    number = entry.body.get("round")
    if item.round is None or number == item.round.number or entry.body.get("item") != str(item.number):
        return item
    return next((replace(item, round=each) for each in tx.items.every_round(item) if each.number == number), item)
