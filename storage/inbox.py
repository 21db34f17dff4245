"""Acts that were answered or refused already, with their first answer: an act that arrives twice is done once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select

from commands.ports import Answered
from storage.cache import MISSING, Cache
from storage.session import Session
from storage.statement import write
from storage.tables import inbox
from storage.values import decode_values, encode_values

_ANSWER = write(inbox, insert(inbox))
_ONE = select(inbox).where(inbox.c.event == bindparam("event"))
_MANY = select(inbox).where(inbox.c.event.in_(bindparam("events", expanding=True)))
_OLD = select(inbox.c.event).where(inbox.c.at < bindparam("before")).order_by(inbox.c.at).limit(bindparam("most"))
_PURGE = delete(inbox).where(inbox.c.event.in_(_OLD))


class Inbox:
    """`commands.ports.Inbox`, and what the dispatcher needs beside it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._answers: Cache[str, Answered | None] = session.cache()

    def answered(self, event_id: str) -> Answered | None:
        """The answer that an act got when it arrived before."""
        known = self._answers.get(event_id)
        if known is not MISSING:
            return known
        row = self._session.read(_ONE, {"event": event_id}, inbox).one_or_none()
        found = None if row is None else _answered(row)
        self._answers.put(event_id, found)
        return found

    def remember(self, event_id: str, answered: Answered) -> None:
        """Keep the first answer to an act."""
        self._session.add(
            _ANSWER,
            {
                "event": event_id,
                "at": answered.at,
                "key": answered.key,
                "values": encode_values(answered.values),
                "refusal": answered.refusal,
                "request": answered.request,
            },
        )
        self._answers.put(event_id, answered)

    def fetch(self, event_ids: Iterable[str]) -> None:
        """Read the answers of a whole group at once."""
        wanted = [each for each in event_ids if each]
        if not wanted:
            return
        for each in wanted:
            self._answers.put(each, None)
        for row in self._session.read(_MANY, {"events": wanted}, inbox):
            self._answers.put(row.event, _answered(row))
        self._answers.keep()

    def purge(self, before: datetime, most: int) -> int:
        """Forget at most so many of the answers given before an instant, oldest first; returns how many."""
        self._answers.forget()
        return self._session.do(_PURGE, {"before": before, "most": most}).rowcount


def _answered(row: Row[Any]) -> Answered:
    return Answered(row.at, row.key, decode_values(row.values), row.refusal, row.request)
