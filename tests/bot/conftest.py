"""A board in a register, ready to be copied: what most tests of the edge begin with."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.world import World, board_text


@pytest.fixture(scope="session")
def _register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register with the board BOD, loaded at START; nothing is open."""
    folder = tmp_path_factory.mktemp("register")
    world = World(folder, f"sqlite:///{folder}/register.db").up()
    try:
        world.load(board_text())
    finally:
        world.down()
    return folder / "register.db"


@pytest.fixture
def world(_register: Path, tmp_path: Path) -> Iterator[World]:
    """A running program with the board BOD, at START."""
    copy = tmp_path / "register.db"
    with closing(sqlite3.connect(_register)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    world = World(tmp_path, f"sqlite:///{copy}").up()
    try:
        yield world
    finally:
        world.down()
