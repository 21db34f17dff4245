"""Many people at once: votes at a steady pace, a thousand within a second, and how often the card is edited meanwhile."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import chain
from math import ceil
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import uvloop

from bot.app import App
from bot.clock import SteppedClock, SystemClock
from bot.delivery import deliver_due
from bot.dispatch import dispatch
from bot.platforms.base import Incoming
from bot.platforms.mattermost.client import NAME
from bot.scheduler import next_instant, tick
from commands.domain.number import ItemNumber
from storage.store import open_store
from tests.bench.callers import Load, open_loop
from tests.bench.clicks import CHANNEL, ORGANISATIONS, until
from tests.bench.room import Room, listen, opened, people, settings, take_for_told
from tests.bench.serving import served
from tests.bench.sink import Sink
from tests.servers.mattermost import FakeMattermost

RATE = 500
PEOPLE = 1000
VOTES = 10_000
T = TypeVar("T")
START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


# --- a steady pace -------------------------------------------------------------------------------------------


def steady(seconds: float) -> dict[str, float]:
    """500 votes a second on SQLite, each at its own time; how long they took from then on, and how many went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        load = uvloop.run(_steady(f"sqlite:///{Path(folder) / 'bench.db'}", int(RATE * seconds)))
    return {
        "open_loop_p99_ms": load.percentile(0.99) * 1000,
        "open_loop_p50_ms": load.percentile(0.5) * 1000,
        "open_loop_errors": load.errors(),
        "open_loop_per_second": load.per_second,
    }


async def _steady(database: str, number: int) -> Load:
    sink = Sink()
    server = await asyncio.get_running_loop().create_server(sink.protocol, "127.0.0.1", 0)
    room = Room(people(ORGANISATIONS), CHANNEL, sink.keys)
    with listen() as listening:
        port = listening.getsockname()[1]
        config = settings(database, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", port)
        with opened(config, room.accounts, CHANNEL, 1 + ceil(number / ORGANISATIONS)) as (_, items):
            pass
        with served(config, listening):
            await open_loop(port, room.clicks(items[0]), RATE / 2, ORGANISATIONS)  # the first click waits for the start
            requests = chain.from_iterable(map(room.clicks, items[1:]))
            load = await open_loop(port, requests, RATE, number)
            await until(lambda: len(sink.told) == ORGANISATIONS + number, 120)
    server.close()
    return load


# --- all at once ---------------------------------------------------------------------------------------------


def vote_now() -> dict[str, float]:
    """1 000 people within one second on one round, with a Mattermost server that has them all."""
    with tempfile.TemporaryDirectory() as folder, FakeMattermost(SystemClock()) as server:
        team = server.team("bench")
        users = [server.user(f"v{number}", [team]) for number in range(PEOPLE)]
        bot = server.bot("samenspraak")
        channel = server.channel("bench", team, members=[bot])
        room = Room(tuple(each.id for each in users), channel.id, server.world.keys)
        with listen() as listening:
            port = listening.getsockname()[1]
            config = settings(f"sqlite:///{Path(folder) / 'bench.db'}", server.url, port, bot.token)
            with opened(config, room.accounts, channel.id) as (_, (item,)):
                number = ItemNumber.parse(item)
                assert number is not None
            with served(config, listening), ProcessPoolExecutor(1, get_context("spawn")) as pool:
                pool.submit(time.time).result()
                (card,) = _eventually(lambda: server.posts(channel))
                began = time.time()
                load = pool.submit(_burst, port, list(room.clicks(item))).result()
                time.sleep(max(0.0, began + 5 - time.time()))
                edits = len(card.history)
                _eventually(lambda: all(server.direct(each, bot) for each in users), 120)
                told = [server.direct(each, bot) for each in users]
            with open_store(config["storage"]["url"], SystemClock().now) as store:
                recorded = store.read(lambda tx: len(tx.positions.all(tx.items.get(number))))
    last = max(posts[0].created_at for posts in told) / 1000
    return {
        "vote_now_recorded": recorded,
        "vote_now_errors": load.errors(),
        "vote_now_slowest_click_ms": max(load.took) * 1000,
        "vote_now_receipts": sum(map(len, told)),
        "vote_now_receipts_before_the_answer": sum(
            posts[0].created_at / 1000 < load.ended[index] - 0.001 for index, posts in enumerate(told)
        ),
        "vote_now_last_receipt_seconds": last - min(load.ended.values()),
        "vote_now_edits_in_5_seconds": edits,
    }


def _burst(port: int, requests: list[bytes]) -> Load:
    return uvloop.run(open_loop(port, iter(requests), PEOPLE, len(requests)))


# --- the card ------------------------------------------------------------------------------------------------


def edits() -> dict[str, float]:
    """10 000 votes in the last minute of a round, by a clock that is set: how often its card is edited until the end."""
    clock = SteppedClock(START)
    with tempfile.TemporaryDirectory() as folder, FakeMattermost(clock) as server:
        team = server.team("bench")
        bot = server.bot("samenspraak")
        channel = server.channel("bench", team, members=[bot])
        config = settings(f"sqlite:///{Path(folder) / 'bench.db'}", server.url, 1, bot.token)
        voters = people(ORGANISATIONS)
        with opened(config, voters, channel.id, clock=clock) as (app, (item,)):
            number = ItemNumber.parse(item)
            assert number is not None
            round = app.store.read(lambda tx: tx.items.get(number)).round
            assert round is not None
            start = round.closes_at - timedelta(seconds=60)
            deliver_due(app)
            clock.set(start)
            tick(app)
            take_for_told(app)
            (card,) = server.posts(channel)
            before, step = len(card.history), timedelta(seconds=60) / (VOTES // 10)
            for turn in range(VOTES // 10):
                _reach(app, clock, start + step * turn)
                votes = [_vote(clock, channel.id, voters, item, turn * 10 + each) for each in range(10)]
                for answer in [dispatch(app, each) for each in votes]:
                    if answer.result().refusal:
                        raise RuntimeError(answer.result().refusal)
                deliver_due(app)
            _reach(app, clock, round.closes_at)
            edited = len(card.history) - before
            _reach(app, clock, round.closes_at + timedelta(seconds=60))
            last = max(card.updated_at, server.posts(channel)[-1].created_at) / 1000
            if len(server.posts(channel)) < 2:
                raise RuntimeError("no result was posted")
    return {
        "edits_per_10000_votes": edited,
        "final_seconds_after_deadline": last - round.closes_at.timestamp(),
    }


def _vote(clock: SteppedClock, channel: str, voters: Sequence[str], item: str, number: int) -> Incoming:
    """Another stance each time the same organisation comes round."""
    round, place = divmod(number, len(voters))
    values = {"item": item, "stance": ("agree", "abstain")[round % 2], "confirmed": "true"}
    event = f"vote-{number}"
    return Incoming(NAME, voters[place], channel, clock.now(), event, command="position", values=values)


def _reach(app: App, clock: SteppedClock, at: datetime) -> None:
    """Set the clock to every instant until then at which something is due, and then to it."""
    while (soon := next_instant(app, clock.now())) is not None and soon <= at:
        clock.set(soon)
        tick(app)
        deliver_due(app)
    clock.set(at)
    deliver_due(app)


def _eventually(work: Callable[[], T], seconds: float = 30) -> T:
    """What `work` gives as soon as it is true; RuntimeError when it never is."""
    end = time.perf_counter() + seconds
    while not (found := work()):
        if time.perf_counter() > end:
            raise RuntimeError("it never happened")
        time.sleep(0.05)
    return found
