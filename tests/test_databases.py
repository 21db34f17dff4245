"""The databases that other tests stand on: each test gets its own, and nothing is left behind."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests import postgres


def execute(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            result = connection.execute(text(statement))
            return [tuple(row) for row in result] if result.returns_rows else []
    finally:
        engine.dispose()


def test_a_new_database_is_empty(database_url):
    execute(database_url, "CREATE TABLE item (number TEXT)")

    rows = execute(database_url, "SELECT * FROM item")

    assert rows == []


def test_a_second_test_does_not_see_the_table_of_the_first(database_url):
    execute(database_url, "CREATE TABLE item (number TEXT)")

    rows = execute(database_url, "SELECT * FROM item")

    assert rows == []


def test_migration_runs_once_and_each_clone_stands_alone(migrated_url):
    runs = []

    def migrate(url: str) -> None:
        runs.append(url)
        execute(url, "CREATE TABLE item (number TEXT)")
        execute(url, "INSERT INTO item VALUES ('BOD-2027-003')")

    first, second = migrated_url(migrate), migrated_url(migrate)
    execute(first, "DELETE FROM item")

    assert execute(first, "SELECT number FROM item") == []
    assert execute(second, "SELECT number FROM item") == [("BOD-2027-003",)]
    assert len(runs) == 1


def test_a_database_is_dropped_while_somebody_is_still_connected(postgres_server):
    with postgres_server.database() as url:
        engine = create_engine(url)
        name = engine.url.database
        engine.connect()

    found = execute(postgres_server.url("postgres"), f"SELECT 1 FROM pg_database WHERE datname = '{name}'")
    engine.dispose()

    assert found == []


def test_the_server_stops_after_use_and_takes_its_folder_along(postgres_programs):
    with postgres.running(postgres_programs) as server:
        connection = psycopg.connect(host=str(server.folder), port=postgres.PORT, user="postgres")

    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    assert not server.folder.exists()


def test_programs_are_found_in_the_named_folder_first(tmp_path):
    for program in postgres.PROGRAMS:
        (tmp_path / program).touch()

    found = postgres.find_programs({postgres.BIN_SETTING: str(tmp_path), "PATH": os.defpath})

    assert found == tmp_path


def test_a_named_folder_without_the_programs_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=str(tmp_path)):
        postgres.find_programs({postgres.BIN_SETTING: str(tmp_path)})


def test_programs_on_the_path_are_followed_to_where_they_are(tmp_path):
    installed, linked = tmp_path / "lib", tmp_path / "bin"
    installed.mkdir()
    linked.mkdir()
    for program in postgres.PROGRAMS:
        (installed / program).touch(mode=0o755)
    (linked / "initdb").symlink_to(installed / "initdb")

    found = postgres.find_programs({"PATH": str(linked)})

    assert found == Path(installed).resolve()
