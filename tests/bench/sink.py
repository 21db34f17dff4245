"""The least that stands in for a Mattermost server: it takes every post and edit, and costs next to nothing."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any, cast

from tests.servers.mattermost.triggers import Keys

BOT = "b" * 26


@dataclass
class Sink:
    """What it was told: when a receipt went to whom, and when a card was edited, by the clock of `time.perf_counter`."""

    keys: Keys = field(default_factory=Keys)
    told: list[tuple[float, str]] = field(default_factory=list)
    edited: list[float] = field(default_factory=list)
    forms: int = 0

    def answer(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        """The answer to a call of the bot."""
        if path.startswith("/api/v4/config/client"):
            return {"AsymmetricSigningPublicKey": self.keys.public}
        if path == "/api/v4/channels/direct":
            return {"id": "d" + json.loads(body)[1][1:]}
        if path == "/api/v4/posts":
            post: dict[str, Any] = json.loads(body)
            if post["channel_id"].startswith("d"):
                self.told.append((time.perf_counter(), post["channel_id"]))
            return post | {"id": "p" * 26, "user_id": BOT}
        if method == "PUT":
            self.edited.append(time.perf_counter())
            return {"id": "p" * 26, "user_id": BOT, "message": ""}
        self.forms += path.endswith("/dialogs/open")
        return {"id": BOT}

    def protocol(self) -> asyncio.Protocol:
        """A connection to it."""
        return _Connection(self)


class _Connection(asyncio.Protocol):
    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._seen = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._seen += data
        head, found, body = self._seen.partition(b"\r\n\r\n")
        if not found:
            return
        _, _, rest = head.lower().partition(b"content-length:")
        if len(body) < int(rest.partition(b"\r\n")[0] or 0):
            return
        self._seen = b""
        method, path, _ = head.decode("latin-1").split(" ", 2)
        answer = json.dumps(self._sink.answer(method, path, body)).encode()
        self._transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Version-Id: 11.6.0\r\n"
            + f"Content-Length: {len(answer)}\r\n\r\n".encode()
            + answer
        )
