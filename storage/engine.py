"""Engines for SQLite and PostgreSQL: one that writes, one that reads beside it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, NullPool, RootTransaction, create_engine, event, make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

from commands.domain.errors import Busy, StorageFailed

LOCK_SECONDS: Final = 3
"""How long a unit of work waits for somebody else's lock before it is refused as busy."""

_POLL_MILLISECONDS: Final = 50

_BUSY_STATES: Final = ("55P03",)  # lock_not_available
_RETRY_STATES: Final = ("40001", "40P01", "23505")  # serialization failure, deadlock, unique violation
_UNIQUE: Final = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)


def database_url(url: str) -> URL:
    """The URL with its driver. Raises ValueError for a database that cannot hold a register."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        raise ValueError(f"{parsed.get_backend_name()} is not a database for a register: use SQLite or PostgreSQL")
    if not parsed.database or parsed.database == ":memory:":
        raise ValueError("a register needs a file: memory cannot be read beside the writer, and keeps nothing")
    return parsed.set(drivername="sqlite+pysqlite")


def writing_engine(url: str, *, migrating: bool = False) -> Engine:
    """The engine of the one writer, or of a migration.

    On SQLite the writer waits for the lock of another process in short turns, so that it can look at its
    queue in between. A migration waits as long as others do, and has foreign keys off: rebuilding a table
    with them on would delete what refers to it.
    """
    parsed = database_url(url)
    if parsed.get_backend_name() == "postgresql":
        return _postgres(parsed, poolclass=NullPool, isolation_level="READ COMMITTED")
    _make_folder(parsed)
    engine = create_engine(parsed, poolclass=NullPool, hide_parameters=True)
    event.listen(
        engine,
        "connect",
        _pragmas(
            f"busy_timeout={LOCK_SECONDS * 1000 if migrating else _POLL_MILLISECONDS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            f"foreign_keys={'OFF' if migrating else 'ON'}",
            "cache_size=-16384",
        ),
    )
    return engine


def reading_engine(url: str) -> Engine:
    """The engine of reads: each transaction sees one state of the database, and can change nothing."""
    parsed = database_url(url)
    if parsed.get_backend_name() == "postgresql":
        return _postgres(
            parsed,
            pool_size=8,
            max_overflow=24,
            pool_pre_ping=True,
            isolation_level="REPEATABLE READ",
            execution_options={"postgresql_readonly": True},
        )
    engine = create_engine(parsed, pool_size=8, max_overflow=56, hide_parameters=True)
    event.listen(engine, "connect", _pragmas(f"busy_timeout={LOCK_SECONDS * 1000}", "query_only=ON"))
    return engine


def begin(connection: Connection, *, writing: bool) -> RootTransaction:
    """Start a transaction. On SQLite one that writes takes the lock at once: a later upgrade could not wait for it."""
    transaction = connection.begin()
    if connection.dialect.name == "sqlite":
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
        except DBAPIError:
            transaction.rollback()
            raise
    return transaction


def as_refusal(error: DBAPIError) -> Exception:
    """What a caller hears of an error of the database; an error of the program itself stays what it is."""
    if isinstance(error, (DataError, IntegrityError, ProgrammingError)):
        return error
    return Busy() if is_busy(error) else StorageFailed()


def is_busy(error: DBAPIError) -> bool:
    """Whether somebody else held a lock for too long."""
    if isinstance(error.orig, sqlite3.Error):
        return _code(error) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return _state(error) in _BUSY_STATES


def is_worth_repeating(error: DBAPIError) -> bool:
    """Whether the same unit of work may succeed when it is run again: it lost a race, or the connection."""
    if isinstance(error.orig, sqlite3.Error):
        return _code(error) in _UNIQUE
    return _state(error) in _RETRY_STATES or is_cut_off(error)


def is_cut_off(error: DBAPIError) -> bool:
    """Whether the connection is gone, or could not be made."""
    state = _state(error)
    return error.connection_invalidated or state is None or state[:2] in ("08", "57")


def _code(error: DBAPIError) -> int:
    return int(getattr(error.orig, "sqlite_errorcode", 0))


def _state(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def _postgres(url: URL, **options: Any) -> Engine:
    return create_engine(
        url,
        hide_parameters=True,
        connect_args={
            "connect_timeout": LOCK_SECONDS,
            "options": f"-c lock_timeout={LOCK_SECONDS * 1000} -c timezone=UTC -c synchronous_commit=on",
        },
        **options,
    )


def _pragmas(*pragmas: str) -> Any:
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is sent by `begin`, so that DDL rolls back too
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    return set_up


def _make_folder(url: URL) -> None:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
