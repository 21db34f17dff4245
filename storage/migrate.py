"""The schema: what state a database is in, and bringing it to this version's."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from storage.engine import begin, database_url, reading_engine, writing_engine

HEAD: Final = "0001"
"""The newest revision that this version knows."""

KNOWN: Final = ("0001",)
"""All revisions, in order."""

FOLDER: Final = Path(__file__).with_name("migrations")
_LOCK: Final = 0x53616D656E  # any number that is ours: two replicas that start at once migrate one after the other


class SchemaState(StrEnum):
    """How a database compares with this version of the program."""

    EMPTY = "empty"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"


class NewerSchema(Exception):
    """The register was written by a newer version; this one would not understand it."""

    def __init__(self, revision: str) -> None:
        super().__init__(f"the register has schema {revision}, which is newer than {HEAD}: use the newer program")
        self.revision = revision


class OlderSchema(Exception):
    """The register was written by an older version, and must be migrated first."""

    def __init__(self, revision: str) -> None:
        super().__init__(f"the register has schema {revision}, which is older than {HEAD}: migrate it first")
        self.revision = revision


def schema_state(url: str) -> SchemaState:
    """What state the schema of a database is in. Raises ValueError for a database of something else."""
    parsed = database_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").exists():
        return SchemaState.EMPTY
    engine = reading_engine(url)
    try:
        with engine.connect() as connection, begin(connection, writing=False):
            return _state(_revision(connection))
    finally:
        engine.dispose()


def require_current(url: str) -> None:
    """Make sure that the schema is this version's: an empty database is migrated; raises NewerSchema or OlderSchema."""
    state = schema_state(url)
    if state is SchemaState.CURRENT:
        return
    if state is SchemaState.EMPTY:
        migrate(url)
        return
    engine = reading_engine(url)
    try:
        with engine.connect() as connection, begin(connection, writing=False):
            revision = _revision(connection) or ""
    finally:
        engine.dispose()
    raise NewerSchema(revision) if state is SchemaState.NEWER else OlderSchema(revision)


def migrate(url: str, folder: Path = FOLDER) -> None:
    """Bring the schema to the newest revision of a folder of migrations, in one transaction: all of it, or
    nothing.

    Nothing happens when it is there already. Two processes that migrate at once do so one after the other.
    Raises NewerSchema, and ValueError for a database of something else.
    """
    from alembic import command  # it takes long to load, and a migration is rare
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(folder))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    engine = writing_engine(url, migrating=True)
    try:
        with engine.connect() as connection, begin(connection, writing=True):
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
            revision = _revision(connection)
            if revision is not None and revision not in known:
                raise NewerSchema(revision)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            _require_whole(connection)
    finally:
        engine.dispose()


def _require_whole(connection: Connection) -> None:
    """With foreign keys off a migration could leave a row without its parent: then none of it happened."""
    if connection.dialect.name == "sqlite":
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if orphans:
            raise RuntimeError(f"the migration would leave {len(orphans)} rows without what they refer to")


def _revision(connection: Connection) -> str | None:
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    if "alembic_version" not in tables:
        raise ValueError("the database holds tables of something else: choose an empty one")
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found


def _state(revision: str | None) -> SchemaState:
    if revision is None:
        return SchemaState.EMPTY
    if revision == HEAD:
        return SchemaState.CURRENT
    return SchemaState.OLDER if revision in KNOWN else SchemaState.NEWER
