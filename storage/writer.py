"""The writer thread: takes what waits in the queue into one transaction, one flush, one commit, then the replies."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final

from sqlalchemy import Connection, Engine, RootTransaction
from sqlalchemy.exc import DBAPIError

from commands.domain.board import Account
from commands.domain.errors import StorageFailed, Unconfirmed
from storage.engine import LOCK_SECONDS, as_refusal, begin, is_busy, is_cut_off, is_worth_repeating
from storage.session import LockedElsewhere, Session
from storage.transaction import Tx

_TRIES: Final = 3
_PAUSE_SECONDS: Final = 0.05
_SHORT_LOCK: Final = "SET LOCAL lock_timeout = '200ms'"
"""On PostgreSQL, once a group has waited for a lock in vain: its units do not each wait as long again."""


@dataclass(slots=True, eq=False)
class Unit:
    """A unit of work on its way. `since` is when it was handed in, in seconds of the monotonic clock.

    `in_doubt` says that a commit of it was sent of which no answer came. Only a later run that succeeds ends that:
    it finds by the event id what was recorded, or does it now. A run that fails proves nothing, for the database may
    still be busy with the first commit.
    """

    work: Callable[[Tx], Any]
    event_id: str
    account: Account | None
    future: Future[Any]
    since: float
    result: Any = None
    error: BaseException | None = field(default=None)
    in_doubt: bool = False

    def answer(self) -> None:
        """Give the caller what came of it."""
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Writer:
    """One thread that owns the one connection that writes.

    A group is whatever waits, at most `group_limit` units; 1 is a commit for each request. `open_tx` makes
    the repositories of a transaction, `before_commit` runs before every commit, `committed` after one that
    leaves something to deliver.
    """

    def __init__(
        self,
        engine: Engine,
        open_tx: Callable[[Connection], tuple[Session, Tx]],
        *,
        group_limit: int,
        before_commit: Callable[[], None],
        committed: Callable[[], None],
    ) -> None:
        self.is_failing = False
        self._engine = engine
        self._open_tx = open_tx
        self._group_limit = group_limit
        self._before_commit = before_commit
        self._committed = committed
        self._queue: SimpleQueue[Unit | None] = SimpleQueue()
        self._connection: Connection | None = None
        self._opened: tuple[Session, Tx] | None = None
        self._deferred: list[Unit] = []
        self._closing = False
        self._thread = Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Tx], Any], event_id: str, account: Account | None = None) -> Future[Any]:
        """Put a unit of work in the queue."""
        future: Future[Any] = Future()
        self._queue.put(Unit(work, event_id, account, future, time.monotonic()))
        return future

    def close(self) -> None:
        """Finish everything that is in the queue, and stop."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while self._deferred or not self._closing:
            group, self._deferred = self._deferred, []
            if not group:
                self._take(group, self._queue.get())
            self._take_waiting(group)
            try:
                self._together(group)
            except BaseException as error:  # whatever happens, the thread lives and everyone is answered
                self._discard(None)
                for unit in group:
                    if not unit.future.done():
                        unit.future.set_exception(error)
        self._discard(None)

    def _take(self, group: list[Unit], unit: Unit | None) -> None:
        if unit is None:
            self._closing = True
        elif unit.future.set_running_or_notify_cancel():
            group.append(unit)

    def _take_waiting(self, group: list[Unit]) -> None:
        with suppress(Empty):
            while len(group) < self._group_limit and not self._closing:
                self._take(group, self._queue.get_nowait())

    # --- a group, and its units one by one -------------------------------------------------------------------

    def _together(self, group: list[Unit]) -> None:
        """Run a group in one transaction; when that fails, its units one by one, so that none spoils another's."""
        transaction = self._begin(group, growing=True)
        if transaction is None:
            return
        try:
            self._transact(group, transaction)
        except Exception as error:  # the unit to blame will fail again alone
            self._discard(transaction)
            if len(group) == 1 and not self._may_repeat(error):
                self._fail(group[0], error)
                return
            if self._is_cut_off(error):  # wait for the database once, and not once for each
                transaction = self._begin(group, growing=False)
                if transaction is None:
                    return
                transaction.rollback()
            for unit in group:
                self._alone(unit, error)

    def _alone(self, unit: Unit, error: Exception) -> None:
        for _ in range(_TRIES):
            hurried = isinstance(error, DBAPIError) and is_busy(error)
            transaction = self._begin([unit], growing=False)
            if transaction is None:
                return
            try:
                self._transact([unit], transaction, hurried=hurried)
            except Exception as again:  # told to the caller below
                self._discard(transaction)
                error = again
                if not self._may_repeat(error):
                    break
            else:
                return
        self._fail(unit, error)

    def _transact(self, group: Sequence[Unit], transaction: RootTransaction, *, hurried: bool = False) -> None:
        if self._opened is None:
            self._opened = self._open_tx(transaction.connection)
        session, tx = self._opened
        session.start()
        if hurried and session.shared:
            transaction.connection.exec_driver_sql(_SHORT_LOCK)
        tx.inbox.fetch(unit.event_id for unit in group)
        tx.people.fetch(unit.account for unit in group if unit.account is not None)
        done: list[Unit] = []
        deferred: list[Unit] = []
        for unit in group:
            (done if _run_unit(unit, session, tx) else deferred).append(unit)
        session.flush()
        self._before_commit()
        try:
            transaction.commit()
        except DBAPIError as error:
            for unit in done:
                unit.in_doubt = unit.in_doubt or self._is_cut_off(error)
            raise
        self.is_failing = False
        self._deferred = deferred
        for unit in done:
            unit.answer()
        if session.wakes_delivery:
            with suppress(Exception):  # it only wakes others, who look for themselves as well
                self._committed()

    # --- the connection ----------------------------------------------------------------------------------------

    def _begin(self, group: list[Unit], *, growing: bool) -> RootTransaction | None:
        """Start a transaction; None when that cannot be done in time, and the units were told so.

        While it waits for another's lock or for the database to come back, what arrives joins the group.
        """
        started = time.monotonic()
        while group:
            try:
                if self._connection is None:
                    self._connection = self._engine.connect()
                return begin(self._connection, writing=True)
            except DBAPIError as error:
                busy = is_busy(error)
                if not busy:
                    self._discard(None)
                waits = busy or self._is_cut_off(error)
                late = time.monotonic() - LOCK_SECONDS
                for unit in [each for each in group if not waits or max(each.since, started) <= late]:
                    group.remove(unit)
                    self._fail(unit, error)
                if waits and not busy:
                    time.sleep(_PAUSE_SECONDS)
                if growing:
                    self._take_waiting(group)
        return None

    def _discard(self, transaction: RootTransaction | None) -> None:
        with suppress(DBAPIError):
            if transaction is not None:
                transaction.rollback()
        with suppress(DBAPIError):
            if self._connection is not None:
                self._connection.close()
        self._connection, self._opened = None, None

    def _is_cut_off(self, error: Exception) -> bool:
        """Whether the connection to a server is gone; SQLite has none."""
        return self._engine.dialect.name != "sqlite" and isinstance(error, DBAPIError) and is_cut_off(error)

    def _may_repeat(self, error: Exception) -> bool:
        return isinstance(error, DBAPIError) and is_worth_repeating(error)

    def _fail(self, unit: Unit, error: Exception) -> None:
        """Tell the caller that nothing was recorded, and why; what no storage is to blame for is told as it is.

        Of a unit in doubt the caller hears that it is not known.
        """
        if isinstance(error, DBAPIError):
            refusal = as_refusal(error)
            self.is_failing = isinstance(refusal, StorageFailed)
            if unit.in_doubt:
                refusal = Unconfirmed()
            refusal.__cause__ = None if refusal is error else error
            unit.future.set_exception(refusal)
        else:
            unit.future.set_exception(error)


def _run_unit(unit: Unit, session: Session, tx: Tx) -> bool:
    """Run a unit within its group; False when it must wait for the next one."""
    session.begin()
    unit.result, unit.error = None, None
    try:
        unit.result = unit.work(tx)
    except DBAPIError:
        raise  # the transaction may be broken
    except LockedElsewhere:
        session.drop()
        return False
    except BaseException as error:  # a refusal or a bug: the caller hears it after the commit
        unit.error = error
        session.drop()
    else:
        session.keep()
    return True
