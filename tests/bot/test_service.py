"""`samenspraak run` as a real process: it is healthy, closes rounds by itself, and ends when it is told to."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SteppedClock, SystemClock
from commands.domain.item import State
from storage.store import open_store
from tests.faults.world import CHAIR, DAY, SECOND, SECRETARY, VNG, World, board_text

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60.0
"""Seconds that a busy machine may take for what takes one."""


@dataclass(frozen=True, slots=True)
class Service:
    """A running process, and where it answers."""

    process: subprocess.Popen[str]
    port: int

    def get(self, path: str) -> tuple[int, dict[str, Any]]:
        """Status and document of a path; (0, {}) while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)
        except OSError:
            return 0, {}


def free_port() -> int:
    with contextlib.closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@contextlib.contextmanager
def running(url: str, port: int | None = None) -> Iterator[Service]:
    port = port or free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "LC_ALL": "en_GB.UTF-8",
        "SAMENSPRAAK_STORAGE__URL": url,
        "SAMENSPRAAK_BOT__HEALTH_PORT": str(port),
        "SAMENSPRAAK_BOT__GRACE_SECONDS": "0.1",
    }
    command = [sys.executable, "-m", "bot", "run"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield Service(process, port)
    finally:
        process.kill()
        process.communicate()


def within_patience(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not (held := holds()) and time.monotonic() < end:
        time.sleep(0.05)
    return held


def is_ready(service: Service) -> bool:
    return service.get("/ready")[0] == 200


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_is_alive_and_ready_and_a_signal_ends_it_cleanly(tmp_path, how):
    with running(f"sqlite:///{tmp_path}/register.db") as service:
        assert within_patience(lambda: is_ready(service))
        assert service.get("/live") == (200, {"status": "ok"})
        assert service.get("/ready")[1]["undelivered_age"] == 0

        service.process.send_signal(how)
        out, err = service.process.communicate(timeout=PATIENCE)

        assert (service.process.returncode, out) == (0, "")
        assert "Traceback" not in err


def test_a_round_closes_by_itself_while_it_runs(tmp_path):
    url = f"sqlite:///{tmp_path}/register.db"
    begun = SystemClock().now() - 7 * DAY + 4 * SECOND
    world = World(tmp_path, url, SteppedClock(begun)).up()
    try:
        world.load(board_text(outage="close"))
        world.must(SECRETARY, '/consultatie nieuw "Kader" --tekst "1. Ja." --soort instemming')
        world.must(CHAIR, "/consultatie open 1 --termijn '168 uur'")
        number = world.read(lambda tx: tx.items.open_of_board("BOD"))[0].number
        world.must(VNG, "/standpunt 1 akkoord")
        assert world.item(number).state is State.OPEN
    finally:
        world.down()

    with running(url) as service:
        assert within_patience(lambda: is_ready(service))
        with open_store(url, SystemClock().now) as store:
            closed = within_patience(lambda: store.read(lambda tx: tx.items.get(number)).state is State.CLOSED)

    assert closed


def test_a_port_that_is_taken_is_named_in_a_sentence(tmp_path):
    with contextlib.closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with running(f"sqlite:///{tmp_path}/register.db", port) as service:
            out, err = service.process.communicate(timeout=PATIENCE)

    assert (service.process.returncode, out) == (2, "")
    assert str(port) in err
    assert "Traceback" not in err
