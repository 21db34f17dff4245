"""The database is locked, full, or a copy: nobody is told anything that is not so."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine, event, make_url
from starlette.types import Message

import storage.engine
import storage.writer
from bot.exporting import export_to
from bot.scheduler import tick
from bot.web import build_web
from commands.domain.errors import Busy
from commands.domain.item import State
from commands.exports.verify import check as verify
from storage.backup import backup
from tests.faults.invariants import check
from tests.faults.world import (
    CHAIR,
    DEADLINE,
    GRACE,
    IPO,
    MICROSECOND,
    MINUTE,
    RIJK,
    SECOND,
    UVW,
    VNG,
    World,
    a_world,
    down,
    sound,
)

HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


def file_of(world: World) -> Path:
    """The file of the database."""
    return Path(make_url(world.url).database or "")


@contextmanager
def locked(world: World) -> Iterator[None]:
    """Another process writes, and does not finish."""
    command = [sys.executable, "-c", HOLD, str(file_of(world))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"locked\n"
        try:
            yield
        finally:
            process.stdin.close()


def ready(world: World) -> int:
    """What the ready probe answers, as an HTTP status."""
    found: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        found.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/ready",
        "raw_path": b"/ready",
        "query_string": b"",
        "headers": [],
    }
    asyncio.run(build_web(world.app)(scope, receive, send))
    return int(found[0]["status"])


# --- locked -------------------------------------------------------------------------------------------------------


def test_f16_a_database_that_another_process_holds_is_waited_for_three_seconds_and_then_busy(world: World):
    entries = world.entries()

    with locked(world):
        started = time.monotonic()
        said = world.say(VNG, "/standpunt 1 akkoord")
        waited = time.monotonic() - started
    again = world.say(VNG, "/standpunt 1 akkoord")

    assert said.refusal == "busy"
    assert "Er is niets vastgelegd." in said.text
    assert 2.9 <= waited <= 4.5
    assert len(world.entries()) == len(entries) + 1
    assert again.refusal == ""
    check(world, quiet=False)


def test_f16_a_close_that_finds_the_database_locked_runs_at_a_later_tick(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(storage.writer, "LOCK_SECONDS", 0.2)
    monkeypatch.setattr(storage.engine, "LOCK_SECONDS", 0.2)
    world.must(VNG, "/standpunt 1 akkoord")
    world.jump(DEADLINE - MINUTE)
    world.clock.set(DEADLINE + GRACE + MICROSECOND)

    with locked(world):
        with pytest.raises(Busy):
            tick(world.app)
        locked_state = world.item().state
    world.clock.set(DEADLINE + 5 * SECOND)
    world.settle()

    assert (locked_state, world.item().state) == (State.OPEN, State.CLOSED)
    round = world.item().round
    assert round is not None
    assert round.closed_at == DEADLINE
    check(world)


# --- full ---------------------------------------------------------------------------------------------------------


class Disk:
    """A disk of a fixed size: a connection made while it is full cannot make the file larger."""

    def __init__(self) -> None:
        self.most = 0

    def limit(self, connection: sqlite3.Connection, _record: object) -> None:
        """Keep a new connection within the disk."""
        if self.most:
            connection.execute(f"PRAGMA max_page_count={self.most}")


@pytest.fixture
def disk() -> Iterator[Disk]:
    disk = Disk()
    event.listen(Engine, "connect", disk.limit)
    yield disk
    event.remove(Engine, "connect", disk.limit)


def test_f17_a_full_disk_is_told_in_words_seen_by_the_probe_and_over_without_a_restart(world: World, disk: Disk):
    world.must(VNG, "/standpunt 1 akkoord")
    before_full = ready(world)
    with closing(sqlite3.connect(file_of(world))) as connection:
        disk.most = connection.execute("PRAGMA page_count").fetchone()[0]
    world.restart()  # the connection that writes is made on the full disk
    entries = world.entries()

    refused = [world.say(IPO, f'/standpunt 1 bezwaar "{"x" * 50_000}"') for _ in range(3)]
    while_full, head = ready(world), world.entries()
    disk.most = 0
    accepted = world.say(RIJK, "/standpunt 1 akkoord")

    assert {each.refusal for each in refused} == {"storage-failed"}
    assert all("Er is niets vastgelegd." in each.text for each in refused)
    assert (before_full, while_full, ready(world)) == (200, 503, 200)
    assert head == entries
    assert accepted.refusal == ""
    assert world.filed("ipo") == []
    world.jump(DEADLINE + MINUTE)
    check(world)


# --- a copy ---------------------------------------------------------------------------------------------------------


def by_backup(world: World, target: Path) -> None:
    """Copy the database as the program does it."""
    assert backup(world.url, target) is None


def by_snapshot(world: World, target: Path) -> None:
    """Copy the database as a snapshot of the disk would: the program knows nothing of it."""
    with closing(sqlite3.connect(file_of(world))) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


@pytest.mark.parametrize("copy_live", [by_backup, by_snapshot])
def test_f40_a_copy_made_while_messages_wait_announces_nothing_again(
    world: World, tmp_path: Path, copy_live: Callable[[World, Path], None]
):
    world.jump(DEADLINE - MINUTE)
    world.chat.judge = down
    world.must(CHAIR, "/consultatie herinner 1")
    world.must(VNG, "/standpunt 1 akkoord")  # direct messages and a card wait, and so will the result
    world.clock.set(DEADLINE + GRACE + MICROSECOND)
    tick(world.app)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    copy_live(world, folder / "register.db")
    world.chat.judge = sound
    world.advance(DEADLINE + 10 * MINUTE)
    check(world)
    sent = [each for each in world.chat.requests if each.method in {"post", "tell", "update"}]
    shutil.copy(world.folder / "transcript.jsonl", folder)

    with a_world(folder, f"sqlite:///{folder / 'register.db'}", DEADLINE + 20 * MINUTE) as copy:
        copy.receipts += world.receipts
        copy.advance(DEADLINE + 30 * MINUTE)

        assert len(sent) >= 5
        assert {each.method for each in copy.chat.requests} <= {"find", "update"}
        assert len([each for each in copy.chat.requests if each.method == "find"]) >= 4
        assert copy.texts() == world.texts()
        check(copy)


def test_f40_a_copy_made_while_people_file_is_whole_and_its_dossier_holds(world: World, tmp_path: Path):
    stop: list[bool] = []

    def work(person: str) -> None:
        number = 0
        while not stop:
            number += 1
            world.must(person, f'/standpunt 1 bezwaar "Reden {number}."')

    threads = [Thread(target=work, args=(each,)) for each in (VNG, IPO, RIJK, UVW)]
    for each in threads:
        each.start()
    patience = time.monotonic() + 60
    while len(world.receipts) < 4 and time.monotonic() < patience:
        time.sleep(0.01)
    held = list(world.receipts)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    by_backup(world, folder / "register.db")
    stop.append(True)
    for each in threads:
        each.join()
    shutil.copy(world.folder / "transcript.jsonl", folder)  # nothing was delivered in the meantime

    assert len(held) >= 4
    with a_world(folder, f"sqlite:///{folder / 'register.db'}") as copy:
        copy.receipts += held
        check(copy, quiet=False)
        copy.must(CHAIR, '/consultatie sluit 1 "Iedereen heeft gereageerd."')
        (dossier,) = export_to(copy.app, tmp_path / "out", "dossier", number="BOD-2027-001").written
        report = verify(str(dossier), held)
    assert report.ok, report.lines("en")
    assert report.outcomes == 1
