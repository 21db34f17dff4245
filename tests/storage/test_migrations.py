"""F19: the schema is made and changed whole or not at all, and a newer one is refused."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine, inspect, make_url, text

import storage.migrate
from storage.migrate import FOLDER, HEAD, KNOWN, NewerSchema, OlderSchema, SchemaState, migrate, schema_state
from storage.store import open_store
from storage.tables import METADATA
from tests.factories import NUMBER, ORGANISATIONS
from tests.storage.register import an_open_round, file, get

SECOND_REVISION = '''
"""A second revision, as a later release has it: a new table, a new column, and rows that are filled in."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table("extra", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("word", sa.String()))
    with op.batch_alter_table("items") as batch:
        batch.add_column(sa.Column("colour", sa.String(), nullable=False, server_default="none"))
        batch.alter_column("term", new_column_name="period")
    op.execute("INSERT INTO extra (id, word) VALUES (1, 'one')")
    op.execute("UPDATE items SET colour = 'blue'")
'''


@pytest.fixture
def newer(tmp_path) -> Path:
    """The migrations of a later release."""
    folder: Path = tmp_path / "migrations"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "0002_second.py").write_text(SECOND_REVISION)
    return folder


def look(url, *statements):
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        return [connection.execute(text(each)) for each in statements]


def shape(url):
    """The tables of a database with their columns; None where there is no database."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).exists():
        return {}
    inspector = inspect(create_engine(url, poolclass=NullPool))
    return {name: [each["name"] for each in inspector.get_columns(name)] for name in inspector.get_table_names()}


def test_the_schema_of_the_migrations_is_that_of_the_tables(database_url):
    migrate(database_url)

    with create_engine(database_url, poolclass=NullPool).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_the_program_knows_its_newest_revision():
    scripts = ScriptDirectory(str(FOLDER))

    assert scripts.get_current_head() == HEAD
    assert tuple(reversed([each.revision for each in scripts.walk_revisions()])) == KNOWN


def test_an_empty_database_is_migrated_when_it_is_opened(database_url, clock):
    assert schema_state(database_url) is SchemaState.EMPTY

    with open_store(database_url, clock) as store:
        an_open_round(store)

    assert schema_state(database_url) is SchemaState.CURRENT
    with open_store(database_url, clock) as store:
        assert get(store).number == NUMBER


def test_asking_for_the_state_makes_no_file(tmp_path):
    url = f"sqlite:///{tmp_path}/not/there.db"

    assert schema_state(url) is SchemaState.EMPTY

    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_a_new_register_is_made(tmp_path, clock):
    with open_store(f"sqlite:///{tmp_path}/not/there.db", clock) as store:
        an_open_round(store)

    assert (tmp_path / "not" / "there.db").exists()


def test_migrating_twice_changes_nothing(url, clock):
    with open_store(url, clock) as store:
        an_open_round(store)
    before = shape(url)

    migrate(url)

    assert shape(url) == before
    with open_store(url, clock) as store:
        assert get(store).number == NUMBER


def test_a_newer_register_is_refused_and_left_alone(url, clock):
    look(url, "UPDATE alembic_version SET version_num = '9999'")

    assert schema_state(url) is SchemaState.NEWER
    for attempt in (lambda: open_store(url, clock), lambda: migrate(url)):
        with pytest.raises(NewerSchema, match="schema 9999") as refused:
            attempt()
        assert refused.value.revision == "9999"
    look(url, f"UPDATE alembic_version SET version_num = '{HEAD}'")


def test_an_older_register_is_refused_until_it_is_migrated(url, clock, monkeypatch):
    monkeypatch.setattr(storage.migrate, "HEAD", "0002")
    monkeypatch.setattr(storage.migrate, "KNOWN", ("0001", "0002"))

    assert schema_state(url) is SchemaState.OLDER
    with pytest.raises(OlderSchema, match="schema 0001") as refused:
        open_store(url, clock)
    assert refused.value.revision == "0001"


def test_a_database_of_something_else_is_refused(database_url):
    look(database_url, "CREATE TABLE customers (name TEXT)")

    with pytest.raises(ValueError, match="something else"):
        schema_state(database_url)
    with pytest.raises(ValueError, match="something else"):
        migrate(database_url)

    assert list(shape(database_url)) == ["customers"]


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x"])
def test_a_url_that_cannot_hold_a_register_is_refused(url):
    with pytest.raises(ValueError, match=r"needs a file|not a database for a register"):
        schema_state(url)


def test_two_processes_that_open_an_empty_database_at_once_both_can(database_url, clock):
    failures = []

    def open_it():
        try:
            open_store(database_url, clock).close()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert failures == []
    assert schema_state(database_url) is SchemaState.CURRENT


def test_f19_an_open_round_survives_the_next_release(migrated_url, clock, newer):
    url = migrated_url(migrate)
    with open_store(url, clock) as store:
        an_open_round(store)
        filed = file(store)

    migrate(url, newer)

    assert "colour" in shape(url)["items"]
    assert "extra" in shape(url)
    with pytest.raises(NewerSchema):
        open_store(url, clock)
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT number, colour, period FROM items")).all() == [
            (str(NUMBER), "blue", "10 working days")
        ]
        assert connection.execute(text("SELECT sequence FROM positions")).scalars().all() == [filed.sequence]
        assert connection.execute(text("SELECT count(*) FROM seats")).scalar() == len(ORGANISATIONS)


def test_f19_a_migration_that_leaves_rows_without_what_they_refer_to_does_not_happen(tmp_path, clock, newer):
    url = f"sqlite:///{tmp_path}/register.db"
    with open_store(url, clock) as store:
        an_open_round(store)
    (newer / "versions" / "0002_second.py").write_text(
        SECOND_REVISION.replace("UPDATE items SET colour = 'blue'", "DELETE FROM rounds")
    )

    with pytest.raises(RuntimeError, match="rows without what they refer to"):
        migrate(url, newer)

    assert schema_state(url) is SchemaState.CURRENT
    with open_store(url, clock) as store:
        assert get(store).round is not None


KILLER = textwrap.dedent(
    """
    import os, signal, sys
    from pathlib import Path
    from sqlalchemy import Engine, event
    import alembic.command
    import storage.tables  # once, not in each child
    from storage.migrate import migrate

    url, folder, first, last = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])

    def run(number):
        executed = 0

        @event.listens_for(Engine, "before_cursor_execute")
        def count(*_):
            nonlocal executed
            executed += 1
            if executed == number:
                os.kill(os.getpid(), signal.SIGKILL)

        migrate(url.replace("NUMBER", str(number)), folder)

    for number in range(first, last):
        child = os.fork()
        if child == 0:
            run(number)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(number, "killed" if os.WIFSIGNALED(status) else "finished", flush=True)
        if not os.WIFSIGNALED(status):
            break
    """
)


def kill_at(url, folder, first, last):
    """Migrate and be killed before each statement in turn; returns the numbers of the killed and the finished run."""
    done = subprocess.run(
        [sys.executable, "-c", KILLER, url, str(folder), str(first), str(last)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(FOLDER.parent.parent)},
    )
    runs = [line.split() for line in done.stdout.splitlines()]
    return [int(number) for number, end in runs if end == "killed"], [int(n) for n, end in runs if end == "finished"]


def check_old_or_new(tmp_path, clock, newer, points):
    """Kill the next release's migration at these points; returns the number at which it was no longer killed."""
    url = f"sqlite:///{tmp_path}/NUMBER.db"
    with open_store(url.replace("NUMBER", "old"), clock) as store:
        item = an_open_round(store)
    old = shape(url.replace("NUMBER", "old"))
    for number in points:
        shutil.copy(tmp_path / "old.db", tmp_path / f"{number}.db")

    killed, finished = kill_at(url, newer, points.start, points.stop)

    for number in killed:
        one = url.replace("NUMBER", str(number))
        assert shape(one) == old
        with open_store(one, clock) as store:
            assert get(store) == item
        with closing(sqlite3.connect(tmp_path / f"{number}.db")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    again = url.replace("NUMBER", str(killed[-1]))
    migrate(again, newer)
    assert shape(again) != old
    return killed, finished, [shape(url.replace("NUMBER", str(each))) == shape(again) for each in finished]


def test_f19_a_migration_killed_half_way_leaves_the_old_schema(tmp_path, clock, newer):
    killed, finished, _ = check_old_or_new(tmp_path, clock, newer, range(8, 10))

    assert (killed, finished) == ([8, 9], [])


@pytest.mark.kill
def test_f19_a_migration_killed_at_any_statement_leaves_the_old_schema_or_the_new(tmp_path, clock, newer):
    killed, _, new = check_old_or_new(tmp_path, clock, newer, range(1, 60))

    assert len(killed) > 10
    assert new == [True]


def check_empty(tmp_path, clock, points):
    """Kill the first migration at these points."""
    url = f"sqlite:///{tmp_path}/NUMBER.db"

    killed, finished = kill_at(url, FOLDER, points.start, points.stop)

    for number in killed:
        assert shape(url.replace("NUMBER", str(number))) == {}
    with open_store(url.replace("NUMBER", str(killed[-1])), clock) as store:
        an_open_round(store)
    return killed, finished


def test_f19_a_first_migration_killed_half_way_leaves_an_empty_database(tmp_path, clock):
    assert check_empty(tmp_path, clock, range(20, 22)) == ([20, 21], [])


@pytest.mark.kill
def test_f19_a_first_migration_killed_at_any_statement_leaves_an_empty_database(tmp_path, clock):
    killed, finished = check_empty(tmp_path, clock, range(1, 200))

    assert len(killed) > len(METADATA.tables)
    assert len(finished) == 1


@pytest.mark.kill
@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_f19_a_migration_of_postgresql_killed_at_any_statement_leaves_the_old_schema_or_the_new(
    migrated_url, clock, newer
):
    url = migrated_url(migrate)
    with open_store(url, clock) as store:
        item = an_open_round(store)
    old = shape(url)

    for number in range(1, 60):
        killed, _ = kill_at(url, newer, number, number + 1)
        if not killed:
            break
        assert shape(url) == old
        with open_store(url, clock) as store:
            assert get(store) == item

    assert number > 8
    assert shape(url)["extra"] == ["id", "word"]
