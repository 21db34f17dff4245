"""A board in a Mattermost channel, with many organisations and open items, and the clicks of its people, ready to send."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from sqlalchemy import create_engine, update

import bot.service
from bot.app import App, build_app
from bot.boardload import apply, plan
from bot.clock import Clock, SystemClock
from bot.config import Config
from bot.connect import connect
from bot.dispatch import dispatch
from bot.platforms.base import Incoming
from bot.platforms.mattermost.client import NAME
from bot.seal import Seal, Sealed
from commands.domain.events import Act, channel_linked
from storage.engine import database_url
from storage.tables import outbox
from storage.transaction import Tx
from tests.bench.board import BOARD, board_file
from tests.bench.serving import signature
from tests.servers.mattermost.triggers import Keys

SECRETARY = "s" * 26
SECRET = "bench" * 8
OTHER = "other" * 8
_numbers = count()


@dataclass(frozen=True)
class Room:
    """Where and by whom is clicked, and what a server signs with. `accounts` are people of one organisation each."""

    accounts: tuple[str, ...]
    channel: str
    keys: Keys
    secret: str = SECRET

    def clicks(self, item: str) -> Iterator[bytes]:
        """One click of each account on the button that agrees with an item: as a server sends it when it is asked for."""
        return (as_request("/mattermost/click", each) for each in self._bodies(item))

    def floor(self, item: str) -> Iterator[bytes]:
        """The same for the floor."""
        return (as_request("/floor", each) for each in self._bodies(item))

    def with_foreign_seal(self) -> Room:
        """Whose buttons are not ours."""
        return replace(self, secret=OTHER)

    def with_foreign_key(self) -> Room:
        """Whose trigger ids are another server's."""
        return replace(self, keys=Keys())

    def _bodies(self, item: str) -> Iterator[bytes]:
        now = datetime.now(UTC)
        values = {"item": item, "stance": "agree"}
        sealed = Sealed("click", "position", values, self.channel, now + timedelta(days=1))
        token = Seal([self.secret]).close(sealed, now)
        return (self._body(each, token) for each in self.accounts)

    def _body(self, account: str, token: str) -> bytes:
        click = {
            "user_id": account,
            "user_name": account,
            "channel_id": self.channel,
            "channel_name": "bench",
            "team_id": "t" * 26,
            "team_domain": "bench",
            "post_id": "p" * 26,
            "trigger_id": self.keys.trigger(f"{next(_numbers):026d}", account, time.time_ns() // 1_000_000),
            "type": "button",
            "data_source": "",
            "context": {"t": token},
        }
        return json.dumps(click, separators=(",", ":")).encode()


def as_request(path: str, body: bytes) -> bytes:
    """A request with its signature for the floor, which others do not look at."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
        f"User-Agent: Mattermost-Bot/1.1\r\nX-Signature: {signature(body)}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def settings(database: str, mattermost: str, port: int, token: str = "t" * 26) -> dict[str, Any]:
    """The configuration of a bot for a server at an address, which reaches the bot on a port."""
    return {
        "storage": {"url": database},
        "mattermost": {
            "url": mattermost,
            "callback_url": f"http://127.0.0.1:{port}",
            "token": token,
            "keys": [SECRET],
        },
    }


def listen() -> socket.socket:
    """A socket of the program on a free port."""
    return bot.service.listen("127.0.0.1", 0)


def people(number: int) -> tuple[str, ...]:
    """So many ids of accounts."""
    return tuple(f"v{index:025d}" for index in range(number))


@contextlib.contextmanager
def opened(
    config: dict[str, Any],
    accounts: Sequence[str],
    channel: str,
    items: int = 1,
    clock: Clock | None = None,
    term: str = "20 werkdagen",
) -> Iterator[tuple[App, tuple[str, ...]]]:
    """An application with a board of one organisation for each account, and the numbers of items on which all may file.

    That they opened counts as told to everybody: nothing waits to be delivered but their cards.
    """
    read, clock = Config.model_validate(config), clock or SystemClock()
    with build_app(read, clock, connect(read, clock).platforms) as app:
        now, file = clock.now(), board_file(tuple(accounts), NAME, SECRETARY)
        app.store.write(lambda tx: apply(tx, plan(tx, file, "bench", now), now, "bench")).result()
        app.store.write(partial(_link, channel=channel)).result()
        for number in range(1, items + 1):
            _type(app, channel, '/consultatie nieuw "Bench" --tekst "1. Besluit."')
            _type(app, channel, f"/consultatie open {number} --termijn '{term}'")
        take_for_told(app)
        yield app, tuple(f"{BOARD}-{now.year}-{number:03d}" for number in range(1, items + 1))


def take_for_told(app: App) -> None:
    """Let nobody be told what waits to be told."""
    engine = create_engine(database_url(app.config.storage_url))
    with engine.begin() as connection:
        connection.execute(update(outbox).values(state="sent", settled_at=app.clock.now()))
    engine.dispose()


def _type(app: App, channel: str, text: str) -> None:
    event = f"bench-{next(_numbers)}"
    answer = dispatch(app, Incoming(NAME, SECRETARY, channel, app.clock.now(), event, text=text)).result()
    if answer.refusal:
        raise RuntimeError(answer.refusal)


def _link(tx: Tx, channel: str) -> None:
    board = tx.boards.get(BOARD)
    assert board is not None
    tx.boards.link(board, NAME, channel, channel_linked(BOARD, NAME, channel, Act(NAME, tx.now)))
