"""What the units of work of a transaction read and collected, and when that goes to the database.

A transaction holds a group of units. Each unit collects its writes apart; they join the group's when the unit
succeeds and are dropped when it refuses. At the end, and before a read that could miss them, what was
collected goes to the database, statement by statement with `executemany`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, CursorResult, Executable, Table

from storage.cache import Cache
from storage.pending import Pending
from storage.statement import Write

_MOST_HELD: Final = 5000
"""How many values of a kind are held from one transaction to the next: a bound on memory."""


class LockedElsewhere(Exception):
    """Somebody else works on a dossier that a unit needs, and the group holds others: the unit must wait its turn.

    To wait for one lock while holding another is how two writers come to wait for each other.
    """


class Session:
    """The state of a connection, shared by its repositories: one transaction after the other.

    On SQLite, what was read is held for the next transaction as long as nobody else has committed in between. `shared`
    says that others may write at the same time (PostgreSQL): then it is held for one transaction, and what lies in a
    dossier only while its row is locked. `writing` is False in a read transaction. `now` is the injected clock at the
    start of the unit. `may_wait` says that the unit may wait for a lock.
    """

    def __init__(
        self,
        connection: Connection,
        clock: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
        *,
        writing: bool,
    ) -> None:
        self.connection = connection
        self.random_bytes = random_bytes
        self.writing = writing
        self.shared = connection.dialect.name != "sqlite"
        self.now = clock()
        self.wakes_delivery = False
        self.transaction = 0
        self._clock = clock
        self._group = Pending()
        self._own = Pending()
        self._own_wakes_delivery = False
        self._caches: list[Cache[Any, Any]] = []
        self._version: object = None
        self.may_wait = True
        self._locked: set[str] = set()
        self._locked_before: set[str] | None = None

    # --- transactions and units of work ----------------------------------------------------------------------

    def start(self) -> None:
        """A transaction has begun: hold on to nothing that another may have changed since the last one."""
        self.transaction += 1
        self.wakes_delivery = False
        self._locked.clear()
        held = _MOST_HELD if self._is_unchanged() else -1
        for cache in self._caches:
            cache.clear(above=held)

    def begin(self) -> None:
        """Start a unit of work. Only one that comes before any lock of the group may wait for a lock."""
        self.now = self._clock()
        self.may_wait = not self._locked

    def keep(self) -> None:
        """The unit succeeded: its writes and values join the group's."""
        if self._locked_before is not None:
            self.connection.exec_driver_sql("RELEASE SAVEPOINT unit")
            self._locked_before = None
        self._group.take(self._own)
        self.wakes_delivery |= self._own_wakes_delivery
        self._own_wakes_delivery = False
        for cache in self._caches:
            cache.keep()

    def drop(self) -> None:
        """Forget what this unit collected, also what went to the database already."""
        if self._locked_before is not None:
            self.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT unit")
            self.connection.exec_driver_sql("RELEASE SAVEPOINT unit")
            self._locked, self._locked_before = self._locked_before, None  # row locks went with the savepoint
        self._own.clear()
        self._own_wakes_delivery = False
        for cache in self._caches:
            cache.drop()

    def flush(self) -> None:
        """Send what the kept units collected to the database."""
        if self._group:
            self._group.flush(self.connection)

    def require_writing(self) -> None:
        """Refuse to go on where nothing may be written."""
        if not self.writing:
            raise RuntimeError("a unit of work that only reads has written")

    # --- collecting -----------------------------------------------------------------------------------------

    def add(self, write: Write, row: Mapping[str, Any]) -> None:
        """Collect a row."""
        self.require_writing()
        rows = self._own.added.get(write)
        if rows is None:
            self._own.added[write] = [row]
        else:
            rows.append(row)

    def put(self, write: Write, key: Hashable, row: Mapping[str, Any]) -> None:
        """Collect a row that replaces an earlier one with the same key."""
        self.require_writing()
        rows = self._own.put.get(write)
        if rows is None:
            self._own.put[write] = {key: row}
        else:
            rows[key] = row

    def wake_delivery(self) -> None:
        """This unit leaves something to deliver."""
        self._own_wakes_delivery = True

    def cache(self) -> Cache[Any, Any]:
        """A new cache that follows the units of this transaction."""
        cache: Cache[Any, Any] = Cache()
        self._caches.append(cache)
        return cache

    # --- reading and immediate writing ------------------------------------------------------------------------

    def read(self, statement: Executable, parameters: Mapping[str, Any], *tables: Table) -> CursorResult[Any]:
        """Read, after what was collected for these tables has gone to the database."""
        if self._own.touches(tables):
            self._flush_own()
        elif self._group.touches(tables):
            self._group.flush(self.connection)
        return self.connection.execute(statement, parameters)

    def look_up(self, statement: Executable, parameters: Mapping[str, Any]) -> CursorResult[Any]:
        """Read what no collected row can change: a value that a cache holds from the moment it is collected."""
        return self.connection.execute(statement, parameters)

    def settle(self) -> None:
        """Send everything collected so far to the database, so that what caches held of it can be read again."""
        self._flush_own()

    def do(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    ) -> CursorResult[Any]:
        """Change rows at once, as a part of this unit."""
        self.require_writing()
        self._flush_own()
        return self.connection.execute(statement, parameters)

    def _is_unchanged(self) -> bool:
        """Whether nobody else has committed since the last transaction of this connection."""
        if self.shared:
            return False
        # SQLite: the number changes with a commit of any other connection, and with none of this one.
        before, self._version = self._version, self.connection.exec_driver_sql("PRAGMA data_version").scalar()
        return before == self._version

    def _flush_own(self) -> None:
        self._group.flush(self.connection)
        if self._locked_before is None:
            self.connection.exec_driver_sql("SAVEPOINT unit")
            self._locked_before = set(self._locked)
        self._own.flush(self.connection)

    # --- locks ------------------------------------------------------------------------------------------------

    def holds(self, log: str) -> bool:
        """Whether nobody else can change what lies under this log until the transaction ends."""
        return not self.shared or not self.writing or log in self._locked

    def held(self, log: str) -> None:
        """The row of this log was locked, or made, by this transaction."""
        if self.shared:
            self._locked.add(log)
