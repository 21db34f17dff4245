"""The clock: the only reader of the time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The present instant, UTC, with microseconds."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """The present instant, UTC."""
        return datetime.fromtimestamp(time.time_ns() // 1000 / 1_000_000, UTC)


class SteppedClock:
    """A clock that stands still until it is set: for scripts, demonstrations and tests."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._lock = Lock()

    def now(self) -> datetime:
        """The instant to which it was set last, UTC."""
        with self._lock:
            return self._now

    def set(self, at: datetime) -> None:
        """Move to an instant; backwards too, as a real clock may."""
        with self._lock:
            self._now = at.astimezone(UTC)


class RunningClock:
    """A clock that starts at a given instant and runs on from there, for a console on a demonstration."""

    def __init__(self, start: datetime) -> None:
        self._start = start.astimezone(UTC)
        self._since = time.monotonic()

    def now(self) -> datetime:
        """The given start plus the time that has passed since, UTC."""
        return self._start + timedelta(seconds=time.monotonic() - self._since)
