"""F2 at the store: a process killed while it writes loses nothing that was acknowledged, and leaves nothing half."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from storage.store import open_store
from tests.factories import NUMBER
from tests.storage.register import an_open_round

KILLS = 10
ACKNOWLEDGED = 200
"""Positions that each process has acknowledged, at the least, before it is killed."""

WRITER = textwrap.dedent(
    """
    import sys
    from functools import partial
    from storage.store import open_store
    from tests.factories import NOON, ORGANISATIONS
    from tests.storage.register import append

    with open_store(sys.argv[1], lambda: NOON) as store:
        waiting = []
        for number in range(1_000_000):
            waiting.append(store.write(partial(append, organisation=ORGANISATIONS[number % 4], text=f"Tekst {number}")))
            if len(waiting) == 32:
                print(waiting.pop(0).result().hash, flush=True)
    """
)


def killed(url: str) -> list[str]:
    """The hashes that a process acknowledged before it was killed."""
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, url],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    assert process.stdout is not None
    with process.stdout:
        first = [process.stdout.readline().strip() for _ in range(ACKNOWLEDGED)]
        process.kill()
        rest = process.stdout.read().split("\n")[:-1]  # what was not written to its end was not acknowledged
    process.wait()
    return [*first, *rest]


def check(url, clock, kills):
    with open_store(url, clock) as store:
        item = an_open_round(store)
    acknowledged: list[str] = []
    for _ in range(kills):
        acknowledged += killed(url)

    with open_store(url, clock) as store:
        positions = store.read(lambda tx: tx.positions.all(item))
        entries = store.read(lambda tx: tuple(tx.log.entries(item.dossier)))
        assert store.read(lambda tx: tx.log.first_fault(item.dossier)) is None
        texts = store.read(lambda tx: tx.log.texts(item.dossier))

    hashes = [each.hash for each in positions]
    assert len(acknowledged) >= kills * ACKNOWLEDGED
    assert len(set(acknowledged)) == len(acknowledged)
    assert set(acknowledged) <= set(hashes)
    assert hashes == [each.hash for each in entries if each.kind == "position-filed"]
    assert [each.sequence for each in entries] == list(range(1, len(entries) + 1))
    assert len(positions) <= len(texts)
    assert all(each.text.startswith("Tekst ") for each in positions)
    assert item.number == NUMBER


def test_f2_a_writer_killed_while_it_writes_loses_nothing_that_it_acknowledged(url, clock):
    check(url, clock, 1)


@pytest.mark.kill
def test_f2_a_writer_killed_ten_times_loses_nothing_that_it_acknowledged(url, clock):
    check(url, clock, KILLS)
