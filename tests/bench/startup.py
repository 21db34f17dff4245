"""What whole commands take: seconds for help, the demonstration and a service until it is ready, memory when it idles."""

from __future__ import annotations

import contextlib
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bot.clock import SystemClock
from tests.servers.mattermost import FakeMattermost

RUNS = 5
IDLE_SECONDS = 5


def start() -> dict[str, float]:
    """Medians of five runs of help, and one run of the demonstration."""
    help_times = [_seconds("--help") for _ in range(RUNS)]
    with tempfile.TemporaryDirectory() as folder:
        demo = _seconds("demo", "--fast", "--out", folder)
    return {"help_seconds": statistics.median(help_times), "demo_seconds": demo}


def idle() -> dict[str, float]:
    """The memory of a service on SQLite that has a Mattermost server and nothing to do, in MiB, a while after its start."""
    with tempfile.TemporaryDirectory() as folder, FakeMattermost(SystemClock()) as server, socket.socket() as probe:
        team = server.team("bench")
        bot = server.bot("samenspraak", teams=[team])
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        given = {
            "BOT__HEALTH_PORT": str(port),
            "MATTERMOST__URL": server.url,
            "MATTERMOST__CALLBACK_URL": f"http://127.0.0.1:{port}",
            "MATTERMOST__TOKEN": bot.token,
            "MATTERMOST__KEYS": json.dumps(["k" * 40]),
        }
        with _serving(Path(folder) / "bench.db", given) as process:
            _wait_until_ready(port)
            time.sleep(IDLE_SECONDS)
            status = Path(f"/proc/{process.pid}/status").read_text()
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
    return {"idle_mib": int(kilobytes) / 1024}


def until_ready(database: Path) -> float:
    """From the start of `samenspraak run` on a database to the first 200 of /ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.perf_counter()
    with _serving(database, {"BOT__HEALTH_PORT": str(port)}):
        _wait_until_ready(port)
        return time.perf_counter() - began


@contextlib.contextmanager
def _serving(database: Path, given: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "bot", "run", "--database", f"sqlite:///{database}"]
    environment = {f"SAMENSPRAAK_{name}": value for name, value in given.items()}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_ready(port: int) -> None:
    end = time.perf_counter() + 60
    while time.perf_counter() < end:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=1):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    raise RuntimeError("not ready within a minute")


def _seconds(*arguments: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "bot", *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began
