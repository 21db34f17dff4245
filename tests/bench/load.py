"""Callers that each do one thing after another, counted for a while."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from itertools import count
from threading import Barrier, Thread


def per_second(act: Callable[[int], None], callers: int, seconds: float) -> float:
    """How many acts are done per second by so many callers at once; each act gets a number of its own.

    What one caller raises is raised here, at the end.
    """
    numbers = count()
    done = [0] * callers
    problems: list[BaseException] = []
    ready = Barrier(callers + 1)

    def call(index: int) -> None:
        try:
            ready.wait()
            end = time.perf_counter() + seconds
            while time.perf_counter() < end:
                act(next(numbers))
                done[index] += 1
        except BaseException as problem:
            problems.append(problem)

    threads = [Thread(target=call, args=(index,), daemon=True) for index in range(callers)]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    if problems:
        raise problems[0]
    return sum(done) / took


def ratio_of_medians(first: list[float], second: list[float]) -> float:
    """The median of one series over that of another, measured in turn."""
    return statistics.median(first) / statistics.median(second)
