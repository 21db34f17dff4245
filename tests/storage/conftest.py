"""A register for each test: on SQLite and on PostgreSQL, with a clock that the test sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy import create_engine

from storage.migrate import migrate
from storage.store import Store, open_store
from storage.tables import METADATA
from tests import postgres
from tests.conftest import Kind
from tests.factories import NOON


@dataclass
class Clock:
    """The instant that a test says it is."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that stands at NOON until a test moves it."""
    return Clock()


@pytest.fixture(scope="session")
def _shared_postgres_url(postgres_server: postgres.Server) -> Iterator[str]:
    """The URL of one migrated database, for the tests of this folder one after the other."""
    with postgres_server.database() as url:
        migrate(url)
        yield url


@pytest.fixture
def url(
    database_kind: Kind, request: pytest.FixtureRequest, migrated_url: Callable[[Callable[[str], None]], str]
) -> str:
    """The URL of a migrated register without content.

    On PostgreSQL it is the same database every time, emptied: that takes a fraction of the time of a new one.
    """
    if database_kind == "sqlite":
        return migrated_url(migrate)
    url: str = request.getfixturevalue("_shared_postgres_url")
    engine = create_engine(url)
    with engine.begin() as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(table.delete())
    engine.dispose()
    return url


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[Store]:
    """An empty register."""
    with open_store(url, clock) as store:
        yield store
