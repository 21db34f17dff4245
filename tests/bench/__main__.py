"""Run the benchmarks that are named, or all, and print their figures.

    python -m tests.bench [--json] [NAME…]

Every figure is a ratio measured within one run, except where its name carries a unit. Nothing here is a test: figures
depend on the machine, ratios much less.
"""

from __future__ import annotations

import argparse
import json
import sys

from tests.bench import scale, startup, throughput

BENCHMARKS = {
    "dispatch": throughput.dispatch,
    "slow-disk": throughput.slow_disk,
    "scale": scale.cost_by_size,
    "startup": startup.start,
}


def main() -> int:
    """The program."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=" ".join(BENCHMARKS))
    parser.add_argument("--json", action="store_true", help="one JSON document")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark named {unknown[0]}; there are {', '.join(BENCHMARKS)}")
    figures: dict[str, float] = {}
    for name in given.names or BENCHMARKS:
        if not given.json:
            print(f"{name} …", file=sys.stderr, flush=True)
        figures |= BENCHMARKS[name]()
    if given.json:
        print(json.dumps({"figures": figures}, indent=2))
    else:
        for name, figure in figures.items():
            print(f"{name}: {figure:.3g}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
