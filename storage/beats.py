"""The recorded ticks of the program, by which an outage is measured and not guessed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select

from storage.session import Session
from storage.statement import replaced, upsert
from storage.tables import absences, beats

_NAME: Final = "tick"
_REHEARSAL: Final = "rehearsal"
_CLEARED: Final = "cleared"
_BEAT = upsert(beats, **replaced("at"))
_LAST = select(beats.c.at).where(beats.c.name == _NAME)
_IS_REHEARSAL = select(beats.c.at).where(beats.c.name == _REHEARSAL)
_WHEN_CLEARED = select(beats.c.at).where(beats.c.name == _CLEARED)
_AWAY = upsert(absences, **replaced("ended_at"))
_ABSENCES = select(absences).where(absences.c.ended_at > bindparam("after")).order_by(absences.c.ended_at)


class Beats:
    """The last tick of any process of this register."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def beat(self, now: datetime) -> None:
        """Record that a process runs at this instant."""
        self._session.do(_BEAT, {"name": _NAME, "at": now})

    def last(self) -> datetime | None:
        """The instant of the last tick of any process; None before the first."""
        found: datetime | None = self._session.read(_LAST, {}, beats).scalar_one_or_none()
        return found

    def away(self, began_at: datetime, ended_at: datetime) -> None:
        """Record that no process ran from its last tick until now."""
        self._session.do(_AWAY, {"began_at": began_at, "ended_at": ended_at})

    def absences(self, after: datetime) -> tuple[tuple[datetime, datetime], ...]:
        """The times in which no process ran and that ended after an instant, each with start and end, in order."""
        rows = self._session.read(_ABSENCES, {"after": after}, absences)
        return tuple((row.began_at, row.ended_at) for row in rows)

    def cleared(self, now: datetime) -> None:
        """Record that what need not be remembered any more was cleared away at this instant."""
        self._session.do(_BEAT, {"name": _CLEARED, "at": now})

    def last_cleared(self) -> datetime | None:
        """When any process cleared away last; None before the first time."""
        found: datetime | None = self._session.read(_WHEN_CLEARED, {}, beats).scalar_one_or_none()
        return found

    def rehearse(self, now: datetime) -> None:
        """Mark this register as made by playback: nothing in it is a real decision."""
        self._session.do(_BEAT, {"name": _REHEARSAL, "at": now})

    def is_rehearsal(self) -> bool:
        """Whether this register was made by playback."""
        return self._session.read(_IS_REHEARSAL, {}, beats).scalar_one_or_none() is not None
