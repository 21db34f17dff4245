"""Opening a register, writing to it and reading from it."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from typing import Any, Final, TypeVar, cast

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from commands.domain.board import Account, Board
from commands.domain.errors import StorageFailed
from storage.engine import as_refusal, begin, reading_engine, writing_engine
from storage.migrate import require_current
from storage.session import Session
from storage.transaction import Tx
from storage.writer import Writer

T = TypeVar("T")

GROUP_LIMIT: Final = 256
"""The most units of work in one commit: a bound on how long the first of them waits for the last."""


def open_store(
    url: str,
    clock: Callable[[], datetime],
    *,
    group_limit: int = GROUP_LIMIT,
    before_commit: Callable[[], None] = lambda: None,
    random_bytes: Callable[[int], bytes] = os.urandom,
) -> Store:
    """Open the register at a URL; an empty database gets its tables first.

    `clock` gives aware UTC instants. `group_limit` is the most units of work in one commit, `before_commit`
    runs before each of them, in the writer's thread; `random_bytes` makes salts and codes. Raises NewerSchema
    or OlderSchema when the register was made by another version, and ValueError for a URL that cannot hold
    one.
    """
    require_current(url)
    return Store(url, clock, group_limit, before_commit, random_bytes)


class Store:
    """A register: units of work that write go through one queue, reads run beside it in the caller's thread."""

    def __init__(
        self,
        url: str,
        clock: Callable[[], datetime],
        group_limit: int,
        before_commit: Callable[[], None],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self.url = url
        self._clock = clock
        self._random_bytes = random_bytes
        self._boards: dict[str, Board] = {}
        self._callbacks: list[Callable[[], None]] = []
        self._reading = reading_engine(url)
        self._writing = writing_engine(url)
        self._closed = False
        self._writer = Writer(
            self._writing,
            lambda connection: self._open_tx(connection, writing=True),
            group_limit=group_limit,
            before_commit=before_commit,
            committed=self._wake,
        )

    def write(self, work: Callable[[Tx], T], *, event_id: str = "", account: Account | None = None) -> Future[T]:
        """Run a unit of work in the writer's thread; the future holds its result after the commit.

        What it raises drops everything that it collected, and is raised by the future. `work` may be run more
        than once before it succeeds, never with effect more than once. Raises Busy or StorageFailed when
        nothing could be recorded, and Unconfirmed when that is not known. `event_id` is what the work will ask
        `tx.inbox` for, and `account` is of whom it will ask `tx.people`, so that a group asks for all at once.
        """
        if self._closed:
            raise StorageFailed
        return cast("Future[T]", self._writer.submit(work, event_id, account))

    def read(self, work: Callable[[Tx], T]) -> T:
        """Run a unit of work on one state of the register, beside the writer. It must not write.

        It sees every write whose future is done. Raises Busy or StorageFailed when it cannot be read.
        """
        try:
            with self._reading.connect() as connection, begin(connection, writing=False):
                session, tx = self._open_tx(connection, writing=False)
                session.start()
                session.begin()
                return work(tx)
        except DBAPIError as error:
            raise as_refusal(error) from error

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Call this after each commit that leaves something to deliver, in the writer's thread: it must be quick."""
        self._callbacks.append(callback)

    @property
    def is_failing(self) -> bool:
        """Whether the last attempt to write failed for a reason of storage: full, broken or cut off."""
        return self._writer.is_failing

    def close(self) -> None:
        """Finish what is in the queue and close the database; closing twice is harmless."""
        if not self._closed:
            self._closed = True
            self._writer.close()
            self._reading.dispose()
            self._writing.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_error: Any) -> None:
        self.close()

    def _open_tx(self, connection: Connection, *, writing: bool) -> tuple[Session, Tx]:
        session = Session(connection, self._clock, self._random_bytes, writing=writing)
        return session, Tx(session, self._boards)

    def _wake(self) -> None:
        for callback in self._callbacks:
            callback()
