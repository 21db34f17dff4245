"""Fifty people who click at once on a real Mattermost server, on a card of ours and on one of a bot that does nothing.

The environment names the server, as for the live tests (`tests/journeys/test_live.py`).
"""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from threading import Thread

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.clock import SystemClock
from bot.service import Server, delivering
from tests.servers.live import LiveMattermost
from tests.servers.mattermost import Post, Seen
from tests.servers.stage import Stage, a_board_of, eventually, on_stage, text_of

URL = os.environ.get("SAMENSPRAAK_TEST_MATTERMOST_URL", "")
TOKEN = os.environ.get("SAMENSPRAAK_TEST_MATTERMOST_TOKEN", "")
PEOPLE = [f"lid{number}" for number in range(50)]
ROUNDS = 3


def fifty() -> dict[str, float]:
    """Clicks a second on our card as a share of those on the other, medians of interleaved rounds, and what became of them.

    The last receipt is counted in seconds from the first click of its round.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        LiveMattermost(URL, TOKEN) as server,
        on_stage(Path(folder), server, SystemClock(), board=a_board_of(PEOPLE), speakers=PEOPLE) as stage,
        _trivial(stage) as bait,
        delivering(stage.app),
    ):
        rounds = [_round(stage, server, bait, number) for number in range(1, ROUNDS + 1)]
        filed = stage.app.store.read(lambda tx: [len(tx.positions.all(item)) for item in tx.items.of_board("BOD")])
        return {
            "live_clicks_share_of_trivial_bot": median(each.ours for each in rounds)
            / median(each.theirs for each in rounds),
            "live_clicks_recorded": sum(filed) / (ROUNDS * len(PEOPLE)),
            "live_last_receipt_seconds": median(each.last for each in rounds),
        }


@dataclass(frozen=True, slots=True)
class Round:
    """Clicks a second on our card and on the other, and when the last receipt was there."""

    ours: float
    theirs: float
    last: float


def _round(stage: Stage, server: LiveMattermost, bait: Post, number: int) -> Round:
    stage.say("secretaris", f'/consultatie nieuw "Kader {number}" --tekst "Het overleg besluit {number}."')
    stage.say("voorzitter", f"/consultatie open {number} --termijn '10 werkdagen'")
    (card,) = eventually(lambda: _cards(stage, number), 30)
    since = time.monotonic()
    ours = _rate(lambda who: server.click_label(stage.people[who], card.id, f"Akkoord: {number:03}"))
    eventually(lambda: all(_has_receipt(stage, who, number) for who in PEOPLE), 120)
    last = time.monotonic() - since
    return Round(ours, _rate(lambda who: server.click(stage.people[who], bait.id, "ja")), last)


def _rate(click: Callable[[str], Seen]) -> float:
    with ThreadPoolExecutor(len(PEOPLE)) as pool:
        since = time.monotonic()
        seen = list(pool.map(click, PEOPLE))
    assert all(each.ok for each in seen)
    return len(PEOPLE) / (time.monotonic() - since)


def _cards(stage: Stage, number: int) -> list[Post]:
    return [post for post in stage.posts() if post.actions and f"-{number:03}" in post.message]


def _has_receipt(stage: Stage, person: str, number: int) -> bool:
    texts: Sequence[str] = [text_of(post) for post in stage.told(person)]
    return any(text.startswith("Vastgelegd") and f"-{number:03}" in text for text in texts)


@contextlib.contextmanager
def _trivial(stage: Stage) -> Iterator[Post]:
    """A post with a button of a bot that answers `{}`."""

    async def nothing(request: Request) -> JSONResponse:
        await request.body()
        return JSONResponse({})

    listening = socket.create_server(("127.0.0.1", 0))
    app = Starlette(routes=[Route("/click", nothing, methods=["POST"])])
    served = Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
    thread = Thread(target=served.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/click"
    button = {"id": "ja", "type": "button", "name": "Ja", "integration": {"url": url, "context": {"t": "x"}}}
    props = {"attachments": [{"text": "Ja?", "actions": [button]}]}
    body = {"channel_id": stage.channel.id, "message": "Ja?", "props": props}
    made = stage.server.call(stage.bot, "POST", "/posts", body)
    try:
        yield next(post for post in stage.posts() if post.id == made.body["id"])
    finally:
        served.should_exit = True
        thread.join()
