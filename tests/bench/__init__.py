"""Benchmarks on demand: ratios measured within one run. `python -m tests.bench [--json] [NAME…]`."""
