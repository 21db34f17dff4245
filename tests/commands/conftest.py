"""A table of people for each test, on a SQLite register of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from storage.migrate import migrate
from tests.commands.table import Table, a_table


@pytest.fixture(params=["sqlite"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """What a command does is the same on each database; the storage tests hold the two together."""
    return str(request.param)


@pytest.fixture
def table(migrated_url: Callable[[Callable[[str], None]], str]) -> Iterator[Table]:
    """Two boards with their people, on Sunday 10 January 2027."""
    with a_table(migrated_url(migrate)) as table:
        yield table
