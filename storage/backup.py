"""A copy of the live register in one SQLite file, which can be opened anywhere, with a check of all its chains."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, insert, select, update

from storage.engine import begin, database_url, reading_engine, writing_engine
from storage.log import Ledger
from storage.migrate import SchemaState, migrate, schema_state
from storage.session import Session
from storage.tables import METADATA, cards, dossiers, outbox

_ROWS: Final = 1000


def backup(url: str, path: Path) -> str | None:
    """Copy the register at a URL to a SQLite file, while it is in use; the file must not be there yet.

    The copy is one state of the register, whatever is written meanwhile. It comes from SQLite page by page, from
    PostgreSQL row by row. What was still to be sent is marked as perhaps sent, so that a restored copy looks before it
    sends. Returns None when all chains of the copy hold, else the first fault as "log/sequence". Raises
    FileExistsError, and ValueError for a database without a register.
    """
    if path.exists():
        raise FileExistsError(path)
    if schema_state(url) is SchemaState.EMPTY:
        raise ValueError("there is no register to copy")
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        if database_url(url).get_backend_name() == "sqlite":
            _copy_pages(url, unfinished)
        else:
            _copy_rows(url, unfinished)
        fault = _finish(unfinished)
        os.replace(unfinished, path)
    finally:
        for name in ("", "-wal", "-shm"):
            unfinished.with_name(f"{unfinished.name}{name}").unlink(missing_ok=True)
    return fault


def _copy_pages(url: str, path: Path) -> None:
    with (
        closing(sqlite3.connect(str(database_url(url).database))) as source,
        closing(sqlite3.connect(path)) as target,
    ):
        source.backup(target)


def _copy_rows(url: str, path: Path) -> None:
    copy = f"sqlite+pysqlite:///{path}"
    migrate(copy)
    source, target = reading_engine(url), writing_engine(copy)
    try:
        with (
            source.connect() as reading,
            begin(reading, writing=False),
            target.connect() as writing,
            begin(writing, writing=True),
        ):
            _copy_tables(reading, writing)
    finally:
        source.dispose()
        target.dispose()


def _copy_tables(reading: Connection, writing: Connection) -> None:
    for table in METADATA.sorted_tables:
        statement = select(table).execution_options(yield_per=_ROWS)
        for rows in reading.execute(statement).mappings().partitions():
            writing.execute(insert(table), [dict(row) for row in rows])


def _finish(path: Path) -> str | None:
    """Mark what may have been sent, check the chains, and leave one file that needs no others."""
    engine = writing_engine(f"sqlite+pysqlite:///{path}")
    try:
        with engine.connect() as connection:
            with begin(connection, writing=True):
                connection.execute(
                    update(outbox).where(outbox.c.state == "pending", outbox.c.attempt == 0).values(attempt=1)
                )
                connection.execute(
                    update(cards).where(cards.c.wanted > cards.c.shown, cards.c.attempt == 0).values(attempt=1)
                )
            with begin(connection, writing=False):
                fault = _first_fault(connection)
            connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
    finally:
        engine.dispose()
    return fault


def _first_fault(connection: Connection) -> str | None:
    session = Session(connection, lambda: datetime.min.replace(tzinfo=UTC), os.urandom, writing=False)
    ledger = Ledger(session)
    for log in connection.execute(select(dossiers.c.log).order_by(dossiers.c.log)).scalars().all():
        sequence = ledger.first_fault(log)
        if sequence is not None:
            return f"{log}/{sequence}"
    return None
