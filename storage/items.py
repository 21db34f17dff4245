"""Items with their versions and rounds: finding them, locking them, and keeping what a step made of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Executable, Select, bindparam, func, insert, select, text, update

from commands.domain.draft import Version
from commands.domain.errors import UnknownItem
from commands.domain.events import Event
from commands.domain.item import Item
from commands.domain.ledger import Entry
from commands.domain.number import ItemNumber
from commands.domain.roll import Roll
from commands.domain.round import Round
from storage.cache import MISSING, Cache
from storage.itemrows import (
    ITEMS,
    ROUNDS,
    VERSIONS,
    item_changes,
    new_item_row,
    new_round_row,
    new_version_row,
    read_item,
    read_round,
    read_version,
    round_changes,
    version_changes,
)
from storage.log import Ledger
from storage.rolls import Rolls
from storage.session import LockedElsewhere, Session
from storage.statement import write
from storage.tables import UNFINISHED, dossiers, items, rounds, texts, versions

_NEW_ITEM = write(items, insert(items))
_ITEM = write(
    items,
    update(items)
    .where(items.c.number == bindparam("key"))
    .values(
        {
            name: bindparam(name)
            for name in (
                "state",
                "version",
                "rule",
                "term",
                "visible",
                "subject",
                "meeting",
                "round",
                "decisions",
            )
        }
    ),
)
_NEW_VERSION = write(versions, insert(versions))
_VERSION = write(
    versions,
    update(versions)
    .where(versions.c.item == bindparam("key"), versions.c.label == bindparam("of"))
    .values({name: bindparam(name) for name in ("substantive", "contest_until", "contested")}),
)
_NEW_ROUND = write(rounds, insert(rounds))
_ROUND_CHANGES = (
    "version",  # an editorial version keeps the round
    "closes_at",
    "closed_at",
    "ending",
    "outcome",
    "asked_at",
    "down_from",
    "down_until",
    "remind_at",
    "reminded",
)
_ROUND = write(
    rounds,
    update(rounds)
    .where(rounds.c.item == bindparam("key"), rounds.c.number == bindparam("of"))
    .values({name: bindparam(name) for name in _ROUND_CHANGES}),
)

_IN_ORDER = (items.c.prefix, items.c.year, items.c.sequence)
_ONE = ITEMS.where(items.c.number == bindparam("number"))
_OF_BOARD = ITEMS.where(items.c.board == bindparam("board")).order_by(*_IN_ORDER)
_UNFINISHED = text(UNFINISHED)
_OPEN_OF_BOARD = ITEMS.where(items.c.board == bindparam("board"), _UNFINISHED).order_by(*_IN_ORDER)
_OF_DOSSIER = ITEMS.where(items.c.dossier == bindparam("dossier")).order_by(*_IN_ORDER)
_LOCK = (
    select(dossiers.c.log)
    .where(dossiers.c.log == select(items.c.dossier).where(items.c.number == bindparam("number")).scalar_subquery())
    .with_for_update()
)
_LOCK_NOW = _LOCK.with_for_update(skip_locked=True)
_EXISTS = select(items.c.number).where(items.c.number == bindparam("number"))
_LAST = (
    select(items.c.sequence)
    .where(items.c.prefix == bindparam("prefix"), items.c.year == bindparam("year"))
    .order_by(items.c.sequence.desc())
    .limit(1)
)
_OPEN: Final = text("closed_at IS NULL")
_FOUND = select(items.c.prefix, items.c.year, items.c.sequence)
_BY_SEQUENCE = _FOUND.where(
    items.c.board.in_(bindparam("boards", expanding=True)), items.c.sequence == bindparam("sequence")
)
_BY_YEAR = _BY_SEQUENCE.where(items.c.year == bindparam("year"))
_FIND: Final = {
    (False, False): _BY_SEQUENCE,
    (True, False): _BY_YEAR,
    (False, True): _BY_SEQUENCE.where(_UNFINISHED),
    (True, True): _BY_YEAR.where(_UNFINISHED),
}
"""The statement by whether a year is given, and whether the item must be open."""

_WORD: Final = re.compile(r"(?:(?:(?P<prefix>[A-Za-z0-9]+)-)?(?P<year>\d{4})-)?(?P<sequence>\d{1,6})", re.ASCII)


def _waiting(column: Any, condition: str, is_before: Any) -> Select[Any]:
    """Items with an open round for which an instant has come, earliest first.

    With other writers about, only those whose dossier nobody else is working on, and these are locked.
    """
    return (
        select(items.c.prefix, items.c.year, items.c.sequence, items.c.dossier)
        .select_from(rounds)
        .join(items, items.c.number == rounds.c.item)
        .join(dossiers, dossiers.c.log == items.c.dossier)
        .where(_OPEN, text(condition), is_before)
        .order_by(column)
        .limit(bindparam("limit"))
    )


_DUE = _waiting(rounds.c.closes_at, "asked_at IS NULL", rounds.c.closes_at < bindparam("before"))
_ASKED = _waiting(rounds.c.asked_at, "asked_at IS NOT NULL", rounds.c.asked_at < bindparam("before"))
_REMIND = _waiting(rounds.c.remind_at, "remind_at IS NOT NULL", rounds.c.remind_at <= bindparam("before"))
_CLAIM = {each: each.with_for_update(of=dossiers, skip_locked=True) for each in (_DUE, _ASKED, _REMIND)}
_NEXT_CLOSE = select(func.min(rounds.c.closes_at)).where(
    _OPEN, text("asked_at IS NULL"), rounds.c.closes_at > bindparam("after")
)
_NEXT_REMINDER = select(func.min(rounds.c.remind_at)).where(
    _OPEN, text("remind_at IS NOT NULL"), rounds.c.remind_at > bindparam("after")
)


class Items:
    """`commands.ports.Items`."""

    def __init__(self, session: Session, ledger: Ledger, rolls: Rolls) -> None:
        self._session = session
        self._ledger = ledger
        self._rolls = rolls
        self._items: Cache[ItemNumber, Item] = session.cache()
        self._found: Cache[tuple[str, tuple[str, ...], bool], tuple[ItemNumber, ...]] = session.cache()

    def find(self, word: str, boards: Sequence[str], *, only_open: bool = False) -> tuple[ItemNumber, ...]:
        """The items that a typed number can mean among these boards, newest year first."""
        key = (word, tuple(boards), only_open)
        known = self._found.get(key)
        if known is not MISSING:
            return known
        found = self._search(word, list(boards), only_open=only_open)
        self._found.put(key, found)
        return found

    def locked(self, number: ItemNumber) -> Item:
        """The item, its dossier's row locked until the transaction ends.

        Raises UnknownItem, and LockedElsewhere when the unit would have to wait, and may not.
        """
        known = self._items.get(number)
        if known is not MISSING:
            return known
        session = self._session
        if session.shared and session.writing:
            lock = _LOCK if session.may_wait else _LOCK_NOW
            log = session.read(lock, {"number": str(number)}, items, dossiers).scalar_one_or_none()
            if log is None:
                raise LockedElsewhere if self.is_taken(number) else UnknownItem(str(number))
            session.held(log)
        return self.get(number)

    def get(self, number: ItemNumber) -> Item:
        """The item without a lock, for reading. Raises UnknownItem."""
        known = self._items.get(number)
        if known is not MISSING:
            return known
        row = self._session.look_up(_ONE, {"number": str(number)}).one_or_none()
        if row is None:
            raise UnknownItem(str(number))
        item = read_item(row)
        if self._session.holds(item.dossier):
            self._items.put(number, item)
        return item

    def next_number(self, board: str, year: int) -> ItemNumber:
        """The highest number of board and year plus one; a number is never used again."""
        last = self._session.read(_LAST, {"prefix": board, "year": year}, items).scalar_one_or_none()
        return ItemNumber(board, year, (last or 0) + 1)

    def is_taken(self, number: ItemNumber) -> bool:
        """Whether a number exists or ever existed."""
        return self._session.read(_EXISTS, {"number": str(number)}, items).one_or_none() is not None

    def of_board(self, board: str) -> tuple[Item, ...]:
        """All items drafted on a board, by number."""
        return self._many(_OF_BOARD, board=board)

    def open_of_board(self, board: str) -> tuple[Item, ...]:
        """The items of a board that are not established, escalated or withdrawn, by number."""
        return self._many(_OPEN_OF_BOARD, board=board)

    def of_dossier(self, dossier: str) -> tuple[Item, ...]:
        """The items of a dossier, by number."""
        return self._many(_OF_DOSSIER, dossier=dossier)

    def versions(self, item: Item) -> tuple[str, ...]:
        """The labels of all versions, in order."""
        return tuple(each.label for each in self.every_version(item))

    def every_version(self, item: Item) -> tuple[Version, ...]:
        """All versions, in order."""
        rows = self._session.read(VERSIONS, {"number": str(item.number)}, versions, texts)
        return tuple(read_version(row) for row in rows)

    def every_round(self, item: Item) -> tuple[Round, ...]:
        """All rounds, in order."""
        rows = self._session.read(ROUNDS, {"number": str(item.number)}, rounds, texts)
        return tuple(read_round(row) for row in rows)

    def record(self, item: Item, event: Event, *, roll: Roll | None = None) -> Entry:
        """Keep the item as it is now, with its version and round, and append the event to its dossier's log."""
        before = self._before(item.number)
        entry = self._ledger.append(item.dossier, item.board, event)
        number = str(item.number)
        if before is None:
            self._session.add(_NEW_ITEM, new_item_row(item, entry))
        else:
            self._session.put(_ITEM, number, {"key": number, **item_changes(item)})
        if before is None or before.version.label != item.version.label:
            item = replace(item, version=replace(item.version, sequence=entry.sequence))
            self._session.add(_NEW_VERSION, new_version_row(number, item.version, entry))
        elif before.version != item.version:
            changes = version_changes(item.version)
            self._session.put(
                _VERSION, (number, item.version.label), {"key": number, "of": item.version.label, **changes}
            )
        self._record_round(number, before.round if before else None, item.round, entry)
        if roll is not None:
            self._rolls.freeze(item, roll)
        self._items.put(item.number, item)
        self._found.forget()
        return entry

    def due(self, before: datetime, limit: int) -> tuple[ItemNumber, ...]:
        """Items whose open round closes before an instant and waits for no choice of the chair, earliest first."""
        return self._waiting(_DUE, before, limit)

    def asked(self, before: datetime, limit: int) -> tuple[ItemNumber, ...]:
        """Items whose round has waited since before an instant for the chair's choice after an outage."""
        return self._waiting(_ASKED, before, limit)

    def reminders_due(self, now: datetime, limit: int) -> tuple[ItemNumber, ...]:
        """Items whose open round has a reminder due, earliest first."""
        return self._waiting(_REMIND, now, limit)

    def next_due(self, after: datetime) -> datetime | None:
        """The earliest deadline, later than an instant, of any open round that waits for no choice of the chair."""
        found: datetime | None = self._session.read(_NEXT_CLOSE, {"after": after}, rounds).scalar_one()
        return found

    def next_reminder(self, after: datetime) -> datetime | None:
        """The earliest reminder, later than an instant, of any open round."""
        found: datetime | None = self._session.read(_NEXT_REMINDER, {"after": after}, rounds).scalar_one()
        return found

    def forget(self) -> None:
        """Read every item again."""
        self._session.settle()
        self._items.forget()
        self._found.forget()

    def _before(self, number: ItemNumber) -> Item | None:
        try:
            return self.get(number)
        except UnknownItem:
            return None

    def _record_round(self, number: str, before: Round | None, now: Round | None, entry: Entry) -> None:
        if now is None or now == before:
            return
        if before is None or before.number != now.number:
            self._session.add(_NEW_ROUND, new_round_row(number, now, entry))
        else:
            self._session.put(_ROUND, (number, now.number), {"key": number, "of": now.number, **round_changes(now)})

    def _search(self, word: str, boards: list[str], *, only_open: bool) -> tuple[ItemNumber, ...]:
        parameters: dict[str, Any] = {"boards": boards}
        match = _WORD.fullmatch(word.strip())
        if match is None:
            return ()
        parameters["sequence"] = int(match["sequence"])
        if match["year"]:
            parameters["year"] = int(match["year"])
        statement = _FIND[bool(match["year"]), only_open]
        numbers = [
            ItemNumber(row.prefix, row.year, row.sequence) for row in self._session.read(statement, parameters, items)
        ]
        if prefix := match["prefix"]:
            numbers = [each for each in numbers if each.board.casefold() == prefix.casefold()]
        return tuple(sorted(numbers, key=lambda each: (-each.year, each.board, each.sequence)))

    def _waiting(self, statement: Select[Any], before: datetime, limit: int) -> tuple[ItemNumber, ...]:
        claims = self._session.shared and self._session.writing
        rows = self._session.read(
            _CLAIM[statement] if claims else statement,
            {"before": before, "limit": limit},
            items,
            rounds,
            dossiers,
        ).all()
        for row in rows if claims else ():
            self._session.held(row.dossier)
        return tuple(ItemNumber(row.prefix, row.year, row.sequence) for row in rows)

    def _many(self, statement: Executable, **parameters: str) -> tuple[Item, ...]:
        return tuple(
            read_item(row) for row in self._session.read(statement, parameters, items, versions, rounds, texts)
        )
