"""Accepted positions per second through the dispatcher, against one commit per request and against the ordinary way."""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.bench.board import ground
from tests.bench.load import per_second, ratio_of_medians
from tests.bench.ordinary import ordinary_way

ORGANISATIONS = 1000
SECONDS = 3.0
ROUNDS = 5


def dispatch() -> dict[str, float]:
    """32 callers on SQLite with synchronous FULL; the three ways in turn, five rounds, medians."""
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(3)]
        grouped = stack.enter_context(ground(folders[0], ORGANISATIONS))
        single = stack.enter_context(ground(folders[1], ORGANISATIONS, group_limit=1))
        ordinary = stack.enter_context(ordinary_way(folders[2], ORGANISATIONS))
        rates: dict[str, list[float]] = {"grouped": [], "single": [], "ordinary": []}
        for _ in range(ROUNDS):
            rates["grouped"].append(per_second(grouped.file, 32, SECONDS))
            rates["single"].append(per_second(single.file, 32, SECONDS))
            rates["ordinary"].append(per_second(ordinary, 32, SECONDS))
    return {
        "dispatch_vs_commit_per_request": ratio_of_medians(rates["grouped"], rates["single"]),
        "dispatch_vs_session_per_request": ratio_of_medians(rates["grouped"], rates["ordinary"]),
        "dispatch_per_second": sorted(rates["grouped"])[ROUNDS // 2],
    }


def slow_disk() -> dict[str, float]:
    """A sleep of 5 ms before every commit, and 128 callers."""

    def sleep() -> None:
        time.sleep(0.005)

    with ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2)]
        grouped = stack.enter_context(ground(folders[0], ORGANISATIONS, before_commit=sleep))
        single = stack.enter_context(ground(folders[1], ORGANISATIONS, group_limit=1, before_commit=sleep))
        rates: dict[str, list[float]] = {"grouped": [], "single": []}
        for _ in range(3):
            rates["grouped"].append(per_second(grouped.file, 128, SECONDS))
            rates["single"].append(per_second(single.file, 128, SECONDS))
    return {"dispatch_vs_commit_per_request_slow_disk": ratio_of_medians(rates["grouped"], rates["single"])}
