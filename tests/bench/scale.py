"""What one vote costs when the register holds a thousand or a million positions."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from tests.bench.board import Ground, ground, reopened
from tests.bench.fill import fill
from tests.bench.startup import until_ready

ORGANISATIONS = 1000
VOTES = 1500
ROUNDS = 3


def cost_by_size() -> dict[str, float]:
    """The median time of one vote by one caller, at a million stored positions over that at a thousand."""
    with tempfile.TemporaryDirectory() as small, tempfile.TemporaryDirectory() as large:
        with ground(Path(small), ORGANISATIONS):
            pass
        with ground(Path(large), ORGANISATIONS):
            pass
        fill(Path(small) / "bench.db", 1_000)
        fill(Path(large) / "bench.db", 1_000_000)
        few: list[float] = []
        many: list[float] = []
        with reopened(Path(small), ORGANISATIONS) as at_1k, reopened(Path(large), ORGANISATIONS) as at_1m:
            for _ in range(ROUNDS):
                few += _times(at_1k)
                many += _times(at_1m)
        ready = until_ready(Path(large) / "bench.db")
    return {
        "cost_at_1m_vs_1k": statistics.median(many) / statistics.median(few),
        "ready_seconds_at_1m": ready,
        "vote_milliseconds_at_1k": statistics.median(few) * 1000,
    }


def _times(at: Ground) -> list[float]:
    times = []
    for number in range(VOTES):
        began = time.perf_counter()
        at.file(number)
        times.append(time.perf_counter() - began)
    return times
