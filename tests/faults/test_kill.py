"""The process is killed, as by a power cut: what people were told is kept, and what was begun is finished once."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import postgres
from tests.faults.test_model import SEED

ROOT = Path(__file__).parents[2]


def program(name: str, *arguments: object) -> dict[str, Any]:
    """Run one of the programs of this folder, and read what it found."""
    command = [sys.executable, "-m", f"tests.faults.{name}", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


DATABASES = [
    pytest.param("sqlite", marks=pytest.mark.kill),
    pytest.param("postgresql", marks=pytest.mark.long),
]


@pytest.mark.parametrize("kind", DATABASES)
def test_f01_a_close_that_is_killed_at_any_effect_ends_in_one_outcome_and_one_post(tmp_path: Path, kind: str):
    found = program("killing", "close", tmp_path, kind)

    assert found["problems"] == []
    assert found["killed"] == 2 * len(found["effects"])
    assert found["effects"][:2] == ["log entry", "commit"]
    assert {"log entry", "commit", "chat post", "chat update", "transcript"} == set(found["effects"])


@pytest.mark.parametrize("kind", DATABASES)
def test_f02_a_vote_that_is_killed_at_any_effect_is_kept_when_it_was_acknowledged(tmp_path: Path, kind: str):
    found = program("killing", "vote", tmp_path, kind)

    assert found["problems"] == []
    assert found["killed"] == 2 * len(found["effects"])
    assert found["effects"][:3] == ["log entry", "commit", "receipt"]
    assert {"log entry", "commit", "receipt", "chat tell", "chat update", "transcript"} == set(found["effects"])


def storm(url: str, folder: Path, kills: int, receipts: int) -> dict[str, Any]:
    """The random run, with its seed on show for when it fails."""
    number = int(os.environ.get(SEED) or random.randrange(2**32))
    print(f"to repeat this: {SEED}={number}")  # noqa: T201 - shown when the test fails
    return program("storming", url, folder, number, kills, receipts)


@pytest.mark.kill
def test_f02_of_five_thousand_receipts_none_is_lost_or_doubled_by_ten_kills(tmp_path: Path):
    found = storm(f"sqlite:///{tmp_path / 'register.db'}", tmp_path, 10, 5_000)

    assert found["problems"] == []
    assert found["killed"] >= 10
    assert found["receipts"] >= 5_000
    assert set(found["refused"]) <= {"round-closed"}


@pytest.mark.long
def test_f02_nor_on_postgresql(tmp_path: Path, postgres_server: postgres.Server):
    with postgres_server.database() as url:
        found = storm(url, tmp_path, 10, 5_000)

    assert found["problems"] == []
    assert found["killed"] >= 10
    assert found["receipts"] >= 5_000
