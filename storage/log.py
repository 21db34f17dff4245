"""The logs of dossiers: appending an entry with its texts, and reading them back.

`Ledger.append` is used by the repositories only, together with the rows that the entry records.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import bindparam, insert, select, update

from commands.domain.events import Event, hash_in, seal
from commands.domain.ledger import GENESIS, Entry, KeptText, Plain, first_fault, instant, link
from storage.cache import MISSING, Cache
from storage.session import LockedElsewhere, Session
from storage.statement import write
from storage.tables import dossiers, entries, texts

REMOVED: Final = "[…]"
"""What stands where a text was taken out of the register: the sign for something left out, in every language."""

_PAGE: Final = 1000

_NEW_DOSSIER = write(dossiers, insert(dossiers))
_HEAD = write(
    dossiers,
    update(dossiers)
    .where(dossiers.c.log == bindparam("key"))
    .values(sequence=bindparam("sequence"), hash=bindparam("hash"), at=bindparam("at")),
)
_ENTRY = write(entries, insert(entries))
_TEXT = write(texts, insert(texts))

_READ_HEAD = select(dossiers.c.sequence, dossiers.c.hash, dossiers.c.at).where(dossiers.c.log == bindparam("log"))
_LOCK_HEAD = _READ_HEAD.with_for_update()
_LOCK_HEAD_NOW = _READ_HEAD.with_for_update(skip_locked=True)
_READ_ENTRY = select(entries.c.line, entries.c.hash).where(
    entries.c.log == bindparam("log"), entries.c.sequence == bindparam("sequence")
)
_READ_PAGE = (
    select(entries.c.sequence, entries.c.hash, entries.c.line)
    .where(entries.c.log == bindparam("log"), entries.c.sequence > bindparam("after"))
    .order_by(entries.c.sequence)
    .limit(_PAGE)
)
_READ_TEXT = select(texts.c.text).where(texts.c.log == bindparam("log"), texts.c.hash == bindparam("hash"))
_READ_TEXTS = (
    select(texts.c.hash, texts.c.salt, texts.c.text).where(texts.c.log == bindparam("log")).order_by(texts.c.hash)
)
_READ_LOGS = select(dossiers.c.log).where(dossiers.c.board == bindparam("board"))


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a log: the number, hash and instant of its last entry; 0 and GENESIS for an empty one."""

    sequence: int
    hash: str
    at: datetime


_EMPTY: Final = Head(0, GENESIS, datetime.min.replace(tzinfo=UTC))


class Ledger:
    """`commands.ports.Log`, and the way to append."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._heads: Cache[str, Head | None] = session.cache()

    def append(self, log: str, board: str, event: Event) -> Entry:
        """Collect an entry at the end of a log, with the texts of its event; a log that is not there is made.

        The row of the log is locked, so that the entry follows the one that is really the last. Its instant
        is never before that of the last entry, whatever the clock says.
        """
        session = self._session
        session.require_writing()
        head = self.locked(log)
        body, kept_texts = seal(event, lambda: session.random_bytes(16))
        for each in kept_texts:
            session.add(_TEXT, {"log": log, "hash": each.hash, "salt": each.salt, "text": each.text})
        last = head or _EMPTY
        entry = link(log, last.sequence + 1, max(last.at, session.now), event.kind, body, last.hash)
        if head is None:
            session.add(
                _NEW_DOSSIER,
                {"log": log, "board": board, "sequence": entry.sequence, "hash": entry.hash, "at": entry.at},
            )
            session.held(log)
        else:
            session.put(_HEAD, log, {"key": log, "sequence": entry.sequence, "hash": entry.hash, "at": entry.at})
        session.add(_ENTRY, {"log": log, "sequence": entry.sequence, "hash": entry.hash, "line": to_line(entry)})
        self._heads.put(log, Head(entry.sequence, entry.hash, entry.at))
        return entry

    def locked(self, log: str) -> Head | None:
        """The head of a log, its row locked until the transaction ends; None when there is no such log.

        Raises LockedElsewhere when the unit would have to wait, and may not.
        """
        if self._session.holds(log):
            head = self._heads.get(log)
            if head is not MISSING:
                return head
        session = self._session
        lock = _LOCK_HEAD if session.may_wait else _LOCK_HEAD_NOW
        row = session.read(lock, {"log": log}, dossiers).one_or_none()
        if row is None and not session.may_wait and session.look_up(_READ_HEAD, {"log": log}).one_or_none():
            raise LockedElsewhere
        found = None if row is None else Head(row.sequence, row.hash, row.at)
        if found is not None:
            session.held(log)
        self._heads.put(log, found)
        return found

    def head(self, log: str) -> Entry | None:
        """The last entry of a log."""
        row = self._session.read(_READ_HEAD, {"log": log}, dossiers).one_or_none()
        return None if row is None else self.entry(log, row.sequence)

    def entry(self, log: str, sequence: int) -> Entry:
        """One entry. Raises LookupError when there is none."""
        row = self._session.read(_READ_ENTRY, {"log": log, "sequence": sequence}, entries).one_or_none()
        if row is None:
            raise LookupError(f"no entry {sequence} in log {log}")
        return from_line(row.line, row.hash)

    def entries(self, log: str) -> Iterator[Entry]:
        """All entries in order, a page at a time."""
        for _, hash, line in self._rows(log):
            yield from_line(line, hash)

    def text(self, log: str, hash: str) -> str | None:
        """A free text by its hash; None when it was removed."""
        found: str | None = self._session.read(_READ_TEXT, {"log": log, "hash": hash}, texts).scalar_one_or_none()
        return found

    def texts(self, log: str) -> dict[str, KeptText]:
        """All texts that are still kept beside a log, by hash."""
        rows = self._session.read(_READ_TEXTS, {"log": log}, texts)
        return {row.hash: KeptText(row.hash, row.salt, row.text) for row in rows}

    def first_fault(self, log: str) -> int | None:
        """The first entry that breaks the chain; None when it holds. Memory stays constant.

        An entry that cannot be read breaks it too, and so does an end that is not the one that was written
        last.
        """
        head = self._session.read(_READ_HEAD, {"log": log}, dossiers).one_or_none()
        last = _EMPTY if head is None else Head(head.sequence, head.hash, head.at)
        checked = _Checked(0, GENESIS)
        try:
            fault = first_fault(self._checked(log, checked))
        except _Unreadable as unreadable:
            return unreadable.sequence
        if fault is not None:
            return fault
        if (checked.sequence, checked.hash) == (last.sequence, last.hash):
            return None
        return min(checked.sequence, last.sequence) + 1 if checked.sequence != last.sequence else last.sequence

    def logs(self, board: str) -> tuple[str, ...]:
        """The names of the board's own log and of those of its dossiers: the board's first, the others sorted."""
        names = {row.log for row in self._session.read(_READ_LOGS, {"board": board}, dossiers)}
        return tuple(sorted(names, key=lambda name: (name != board, name)))

    def _checked(self, log: str, checked: _Checked) -> Iterator[Entry]:
        for sequence, hash, line in self._rows(log):
            try:
                entry = from_line(line, hash)
                readable = entry.log == log and entry.sequence == sequence and to_line(entry) == line
            except (ValueError, KeyError, TypeError, AttributeError):
                readable = False
            if not readable:
                raise _Unreadable(min(sequence, checked.sequence + 1))
            checked.sequence, checked.hash = sequence, hash
            yield entry

    def _rows(self, log: str) -> Iterator[tuple[int, str, str]]:
        after = 0
        while True:
            page = self._session.read(_READ_PAGE, {"log": log, "after": after}, entries).all()
            for row in page:
                yield row.sequence, row.hash, row.line
                after = row.sequence
            if len(page) < _PAGE:
                return


@dataclass(slots=True)
class _Checked:
    sequence: int
    hash: str


class _Unreadable(Exception):
    def __init__(self, sequence: int) -> None:
        super().__init__(sequence)
        self.sequence = sequence


def field(entry: Entry, name: str) -> str:
    """A text of the entry's body by its name, as the hash under which it is kept; empty when there is none."""
    return hash_in(entry.body.get(name)) or ""


def kept(hash: str, text: str | None) -> str:
    """The text of a row: as it is kept, REMOVED when it was taken out, empty when there never was one."""
    if not hash:
        return ""
    return REMOVED if text is None else text


def to_line(entry: Entry) -> str:
    """The canonical JSON of an entry: what its hash is made of."""
    body: Mapping[str, Plain] = entry.body
    return json.dumps(
        {
            "at": instant(entry.at),
            "body": body,
            "kind": entry.kind,
            "log": entry.log,
            "previous": entry.previous,
            "sequence": entry.sequence,
        },
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )


def from_line(line: str, hash: str) -> Entry:
    """The entry that a line holds. Raises ValueError or KeyError for a line that is none."""
    data = json.loads(line)
    at = datetime.fromisoformat(data["at"])
    return Entry(data["log"], data["sequence"], at, data["kind"], data["body"], data["previous"], hash)
