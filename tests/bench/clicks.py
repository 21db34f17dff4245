"""Clicks per second through the whole program, over HTTP, against the floor: a route that decodes and checks a MAC."""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvloop

from tests import postgres
from tests.bench.callers import closed
from tests.bench.room import Room, listen, opened, people, settings
from tests.bench.serving import served
from tests.bench.sink import Sink

ORGANISATIONS = 1000
CONNECTIONS = 32
ROUNDS = 5
CHANNEL = "c" * 26


@dataclass(frozen=True)
class Figures:
    """Medians of the rounds: requests per second on the floor, votes, votes until their receipts went out, forgeries."""

    floor: float
    votes: float
    receipted: float
    foreign_seal: float
    foreign_key: float


def on_sqlite() -> dict[str, float]:
    """On SQLite with synchronous FULL."""
    with tempfile.TemporaryDirectory() as folder:
        figures = measured(f"sqlite:///{Path(folder) / 'bench.db'}")
    return {
        "http_sqlite_share_of_floor": figures.votes / figures.floor,
        "http_sqlite_share_of_floor_with_receipts_sent": figures.receipted / figures.floor,
        "http_sqlite_per_second": figures.votes,
        "http_floor_per_second": figures.floor,
        "reject_share_of_floor": figures.foreign_seal / figures.floor,
        "reject_trigger_share_of_floor": figures.foreign_key / figures.floor,
    }


def on_postgres() -> dict[str, float]:
    """On PostgreSQL that waits for its disk; no figures where its programs are not found."""
    programs = postgres.find_programs(os.environ)
    if programs is None:
        return {}
    durable = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
    with postgres.running(programs, durable) as server, server.database() as url:
        figures = measured(url, forgeries=False)
    return {
        "http_postgres_share_of_floor": figures.votes / figures.floor,
        "http_postgres_share_of_floor_with_receipts_sent": figures.receipted / figures.floor,
        "http_postgres_per_second": figures.votes,
    }


def measured(database: str, *, forgeries: bool = True) -> Figures:
    """32 connections; every vote is the first of its organisation on an item. All in turn, five rounds after one more."""
    return uvloop.run(_measured(database, forgeries))


async def _measured(database: str, forgeries: bool) -> Figures:
    sink = Sink()
    server = await asyncio.get_running_loop().create_server(sink.protocol, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    room = Room(people(ORGANISATIONS), CHANNEL, sink.keys)
    with listen() as listening:
        port = listening.getsockname()[1]
        config = settings(database, url, port)
        with opened(config, room.accounts, CHANNEL, ROUNDS + 1) as (_, items):
            pass
        rates: dict[str, list[float]] = {name: [] for name in ("floor", "votes", "receipted", "seal", "key")}
        with served(config, listening):
            for item in items:
                floor = await closed(port, list(room.floor(item)) * 3, CONNECTIONS)
                before, began = len(sink.told), time.perf_counter()
                votes = await closed(port, list(room.clicks(item)), CONNECTIONS)
                await until(partial(_told, sink, before + ORGANISATIONS))
                receipted = ORGANISATIONS / (time.perf_counter() - began)
                if votes.errors() or floor.errors() or sink.forms:
                    raise RuntimeError(f"{votes.errors()} votes went wrong")
                rates["floor"].append(floor.per_second)
                rates["votes"].append(votes.per_second)
                rates["receipted"].append(receipted)
                if forgeries:
                    for name, forger in (("seal", room.with_foreign_seal()), ("key", room.with_foreign_key())):
                        forged = await closed(port, list(forger.clicks(item)), CONNECTIONS)
                        if forged.errors(401, b""):
                            raise RuntimeError("a forged click was taken")
                        rates[name].append(forged.per_second)
    server.close()
    medians = {name: statistics.median(each[1:]) if each else 0.0 for name, each in rates.items()}
    return Figures(medians["floor"], medians["votes"], medians["receipted"], medians["seal"], medians["key"])


def _told(sink: Sink, number: int) -> bool:
    return len(sink.told) == number


async def until(is_so: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until something is so; RuntimeError when it never is."""
    end = time.perf_counter() + seconds
    while not is_so():
        if time.perf_counter() > end:
            raise RuntimeError("it never happened")
        await asyncio.sleep(0.005)
