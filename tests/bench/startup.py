"""How long whole commands take, in seconds: help, the demonstration, and a service until it is ready."""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

RUNS = 5


def start() -> dict[str, float]:
    """Medians of five runs of help, and one run of the demonstration."""
    help_times = [_seconds("--help") for _ in range(RUNS)]
    with tempfile.TemporaryDirectory() as folder:
        demo = _seconds("demo", "--fast", "--out", folder)
    return {"help_seconds": statistics.median(help_times), "demo_seconds": demo}


def until_ready(database: Path) -> float:
    """From the start of `samenspraak run` on a database to the first 200 of /ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "bot", "run", "--database", f"sqlite:///{database}"]
    began = time.perf_counter()
    process = subprocess.Popen(command, env={"SAMENSPRAAK_BOT__HEALTH_PORT": str(port)}, stderr=subprocess.DEVNULL)
    try:
        while time.perf_counter() - began < 60:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=1):
                    return time.perf_counter() - began
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.02)
        raise RuntimeError("not ready within a minute")
    finally:
        process.terminate()
        process.wait(30)


def _seconds(*arguments: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "bot", *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began
