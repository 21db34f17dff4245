"""Established decisions and their rectifications."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Row, bindparam, insert, select

from commands.domain.decision import Decision
from commands.domain.events import Event
from commands.domain.item import Item
from commands.domain.ledger import Entry
from commands.domain.number import DecisionNumber, ItemNumber
from storage.items import Items
from storage.log import field, kept
from storage.session import Session
from storage.statement import write
from storage.tables import decisions, items, texts

_DECISION = write(decisions, insert(decisions))

_TEXTS: Final = {name: texts.alias(f"{name}_text") for name in ("text", "conclusion", "deviation", "reason")}
_DECISIONS = select(
    decisions,
    items.c.prefix,
    items.c.year,
    items.c.sequence.label("item_sequence"),
    *(each.c.text.label(f"{name}_kept") for name, each in _TEXTS.items()),
).join(items, items.c.number == decisions.c.item)
for _name, _kept in _TEXTS.items():
    _DECISIONS = _DECISIONS.outerjoin(
        _kept, (_kept.c.log == items.c.dossier) & (_kept.c.hash == decisions.c[f"{_name}_hash"])
    )
_OF_ITEM = _DECISIONS.where(decisions.c.item == bindparam("item")).order_by(decisions.c.number)
_OF_BOARD = _DECISIONS.where(items.c.board == bindparam("board"))


class Decisions:
    """`commands.ports.Decisions`."""

    def __init__(self, session: Session, items: Items) -> None:
        self._session = session
        self._items = items

    def append(self, item: Item, decision: Decision, event: Event) -> Entry:
        """Keep a decision with the item as it is after it."""
        entry = self._items.record(item, event)
        self._session.add(
            _DECISION,
            {
                "item": str(decision.number.item),
                "number": decision.number.sequence,
                "sequence": entry.sequence,
                "at": decision.at,
                "version": decision.version,
                "text_hash": field(entry, "text"),
                "conclusion_hash": field(entry, "conclusion"),
                "deviation_hash": field(entry, "deviation"),
                "corrects": decision.corrects.sequence if decision.corrects else 0,
                "reason_hash": field(entry, "reason"),
                "person": decision.person,
            },
        )
        return entry

    def of(self, item: Item) -> tuple[Decision, ...]:
        """The decisions on an item, in order."""
        rows = self._session.read(_OF_ITEM, {"item": str(item.number)}, decisions, texts)
        return tuple(_decision(row) for row in rows)

    def of_board(self, board: str) -> tuple[tuple[Item, Decision], ...]:
        """All decisions of a board, newest first."""
        rows = self._session.read(_OF_BOARD, {"board": board}, decisions, items, texts)
        return self._with_items(board, (_decision(row) for row in rows))

    def search(self, board: str, words: str) -> tuple[tuple[Item, Decision], ...]:
        """The decisions whose number, title or text holds all these words, without case; newest first."""
        wanted = words.casefold().split()
        return tuple(
            (item, decision)
            for item, decision in self.of_board(board)
            if all(word in f"{decision.number}\n{item.title}\n{decision.text}".casefold() for word in wanted)
        )

    def _with_items(self, board: str, found: Iterable[Decision]) -> tuple[tuple[Item, Decision], ...]:
        known = {item.number: item for item in self._items.of_board(board)}
        newest = sorted(found, key=lambda each: (each.at, each.number), reverse=True)
        return tuple((known[each.number.item], each) for each in newest)


def _decision(row: Row[Any]) -> Decision:
    number = ItemNumber(row.prefix, row.year, row.item_sequence)
    return Decision(
        number=DecisionNumber(number, row.number),
        at=row.at,
        version=row.version,
        text=kept(row.text_hash, row.text_kept),
        conclusion=kept(row.conclusion_hash, row.conclusion_kept),
        deviation=kept(row.deviation_hash, row.deviation_kept),
        corrects=DecisionNumber(number, row.corrects) if row.corrects else None,
        reason=kept(row.reason_hash, row.reason_kept),
        person=row.person,
        sequence=row.sequence,
    )
