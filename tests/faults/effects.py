"""One seam for every side effect of the program: commits, log entries, chat calls, lines of the transcript, receipts.

The seam counts, and can end the process before or after the n-th effect, as a power cut would: by SIGKILL.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import wraps
from threading import RLock, current_thread
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

from bot.platforms.console.transcript import Transcript
from storage.log import Ledger


class Side(StrEnum):
    """Where the process ends: before the effect, or after it."""

    BEFORE = "before"
    AFTER = "after"


class Effects:
    """Counts effects once `armed`; dies at the one numbered `at` (from 1), when that is given."""

    def __init__(self, at: int = 0, side: Side = Side.BEFORE) -> None:
        self.armed = False
        self.names: list[str] = []
        self._at = at
        self._side = side
        self._lock = RLock()

    @contextlib.contextmanager
    def around(self, name: str) -> Iterator[None]:
        """One effect."""
        if not self.armed:
            yield
            return
        with self._lock:
            self.names.append(name)
            number = len(self.names)
        if number == self._at and self._side is Side.BEFORE:
            os.kill(os.getpid(), signal.SIGKILL)
        yield
        if number == self._at and self._side is Side.AFTER:
            os.kill(os.getpid(), signal.SIGKILL)

    def install(self) -> None:
        """Put the seam around what this process does from now on; for a process that ends soon."""
        for owner, method, name in (
            (DefaultDialect, "do_commit", "commit"),
            (Ledger, "append", "log entry"),
            (Transcript, "add", "transcript"),
            (Transcript, "edit", "transcript"),
        ):
            setattr(owner, method, self._wrapped(getattr(owner, method), name))

    def _wrapped(self, method: Callable[..., Any], name: str) -> Callable[..., Any]:
        @wraps(method)
        def around(*args: Any, **more: Any) -> Any:
            if name == "commit" and current_thread().name != "writer":  # the end of a transaction that only read
                return method(*args, **more)
            with self.around(name):
                return method(*args, **more)

        return around
