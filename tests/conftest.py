"""What every test may ask for: databases, and settings that make a run the same on each machine."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Literal, cast

import pytest
from hypothesis import settings

from tests import postgres

Kind = Literal["sqlite", "postgresql"]
Migrate = Callable[[str], None]

# No deadline per example: two busy cores must not decide about a test. A failure prints how to repeat it.
settings.register_profile("samenspraak", deadline=None, print_blob=True)
settings.load_profile("samenspraak")


pytest.register_assert_rewrite("tests.platforms.contract")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Golden texts are written anew on demand, to be reviewed."""
    parser.addoption("--regenerate", action="store_true", help="write the golden texts anew, to be reviewed")


MEMORY = Path("/dev/shm")  # memory that looks like a disk, where there is one
ENOUGH = 2 * 1024**3


def pytest_configure(config: pytest.Config) -> None:
    """Keep the databases of tests in memory where that is possible: waiting for a disk would be most of their time.

    What a test proves does not depend on it: a killed process loses nothing that reached the system, on disk or not.
    """
    is_worker = hasattr(config, "workerinput")
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH and os.access(MEMORY, os.W_OK)
    if config.option.basetemp is None and has_room and not is_worker:
        folder = tempfile.mkdtemp(prefix="samenspraak-tests-", dir=MEMORY)
        config.option.basetemp = str(Path(folder) / "tests")
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


@pytest.fixture(scope="session")
def postgres_programs() -> Path:
    """The folder with PostgreSQL's programs. Without them, what needs it is skipped; in CI it fails."""
    programs = postgres.find_programs(os.environ)
    if programs is None:
        missing = f"no PostgreSQL programs; install it, or name their folder in {postgres.BIN_SETTING}"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return programs


@pytest.fixture(scope="session")
def postgres_server(postgres_programs: Path) -> Iterator[postgres.Server]:
    """A PostgreSQL server for the whole session."""
    with postgres.running(postgres_programs) as server:
        yield server


@pytest.fixture
def empty_postgres_url(postgres_server: postgres.Server) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of this test's own."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> Kind:
    """The kind of database; a test that asks for it, or for what builds on it, runs once on each."""
    return cast(Kind, request.param)


@pytest.fixture
def database_url(database_kind: Kind, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of this test's own: a SQLite file that is not there yet, or PostgreSQL."""
    if database_kind == "sqlite":
        return _sqlite_url(tmp_path / "register.db")
    return cast(str, request.getfixturevalue("empty_postgres_url"))


@pytest.fixture(scope="session")
def _templates() -> dict[tuple[Kind, Migrate], str]:
    """What stands ready to be cloned: the path of a SQLite file, or the name of a PostgreSQL database."""
    return {}


@pytest.fixture
def migrated_url(
    database_kind: Kind,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    _templates: dict[tuple[Kind, Migrate], str],
) -> Iterator[Callable[[Migrate], str]]:
    """Give `migrate`, get the URL of a migrated database of this test's own.

    `migrate` takes the URL of an empty database and fills it; it runs once in a session for each kind, and
    must leave no connection open. Each call here clones what it made (20 to 40 ms).
    """
    with ExitStack() as databases:

        def clone_sqlite(migrate: Migrate) -> str:
            template = _templates.get((database_kind, migrate))
            if template is None:
                template = str(tmp_path_factory.mktemp("template") / "register.db")
                migrate(_sqlite_url(Path(template)))
                _templates[database_kind, migrate] = template
            copy = tmp_path / f"register-{len(list(tmp_path.glob('register-*.db')))}.db"
            with closing(sqlite3.connect(template)) as source, closing(sqlite3.connect(copy)) as target:
                source.backup(target)  # a copy of the file would miss what still stands in the WAL
            return _sqlite_url(copy)

        def clone_postgres(migrate: Migrate) -> str:
            server = cast(postgres.Server, request.getfixturevalue("postgres_server"))
            template = _templates.get((database_kind, migrate))
            if template is None:
                template = server.template()
                migrate(server.url(template))
                _templates[database_kind, migrate] = template
            return databases.enter_context(server.database(template))

        yield clone_sqlite if database_kind == "sqlite" else clone_postgres


def _sqlite_url(path: Path) -> str:
    return f"sqlite+pysqlite:///{path}"
