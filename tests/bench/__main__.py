"""Run the benchmarks that are named, or all, and print their figures.

    python -m tests.bench [--json] [--seconds N] [NAME…]

Every figure is a ratio measured within one run, except where its name carries a unit. Nothing here is a test: figures
depend on the machine, ratios much less.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from tests.bench import clicks, live, rush, scale, startup, throughput

Benchmark: TypeAlias = Callable[[], dict[str, float]]

SECONDS = 60.0
BENCHMARKS: dict[str, Benchmark] = {
    "dispatch": throughput.dispatch,
    "slow-disk": throughput.slow_disk,
    "scale": scale.cost_by_size,
    "startup": startup.start,
    "idle": startup.idle,
    "http-sqlite": clicks.on_sqlite,
    "http-postgres": clicks.on_postgres,
    "vote-now": rush.vote_now,
    "edits": rush.edits,
    **({"live": live.fifty} if live.URL and live.TOKEN else {}),
}
STEADY = "open-loop"


def main() -> int:
    """The program."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=" ".join((*BENCHMARKS, STEADY)))
    parser.add_argument(
        "--seconds", type=float, default=SECONDS, help=f"how long {STEADY} lasts (default: %(default)g)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document")
    given = parser.parse_args()
    benchmarks: dict[str, Benchmark] = {**BENCHMARKS, STEADY: partial(rush.steady, given.seconds)}
    unknown = [name for name in given.names if name not in benchmarks]
    if unknown:
        parser.error(f"no benchmark named {unknown[0]}; there are {', '.join(benchmarks)}")
    figures: dict[str, float] = {}
    for name in given.names or benchmarks:
        if not given.json:
            print(f"{name} …", file=sys.stderr, flush=True)
        figures |= benchmarks[name]()
    if given.json:
        print(json.dumps({"figures": figures}, indent=2))
    else:
        for name, figure in figures.items():
            print(f"{name}: {figure:.3g}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
