"""A bot that understands nothing: it keeps what it is sent and answers what it was told to."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs


@dataclass(frozen=True, slots=True)
class Received:
    """One request as the bot got it."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    raw: str
    connection: int

    @property
    def body(self) -> Any:
        """The body, parsed by its type: form fields as lists."""
        kind = dict(self.headers).get("Content-Type", "")
        if kind == "application/x-www-form-urlencoded":
            return parse_qs(self.raw, keep_blank_values=True)
        return json.loads(self.raw)


@dataclass(slots=True)
class Reply:
    """What the bot answers; a text is sent as it is, anything else as JSON."""

    body: Any = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    delay: float = 0.0


class StubBot(ThreadingHTTPServer):
    """Listens on loopback from the start; `replies` are used up in order, then `reply` is given for ever."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Listener)
        self.received: list[Received] = []
        self.replies: list[Reply] = []
        self.reply = Reply()
        self.connections = 0
        self.open: set[socket.socket] = set()
        self._served = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self._served.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def forget(self) -> None:
        """As new."""
        self.received.clear()
        self.replies.clear()
        self.reply = Reply()

    def close(self) -> None:
        """Stop, and close every connection."""
        self.shutdown()
        self._served.join()
        for one in list(self.open):
            one.close()
        self.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The other side may be gone before the answer."""


class Listener(BaseHTTPRequestHandler):
    """One connection to the bot."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: StubBot

    def setup(self) -> None:
        """Count the connection."""
        super().setup()
        self.server.connections += 1
        self.number = self.server.connections
        self.server.open.add(self.connection)

    def finish(self) -> None:
        """Forget the connection."""
        self.server.open.discard(self.connection)
        super().finish()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is written."""

    def respond(self) -> None:
        """Keep the request, give the reply."""
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        headers = list(self.headers.items())
        self.server.received.append(Received(self.command, self.path, headers, raw, self.number))
        reply = self.server.replies.pop(0) if self.server.replies else self.server.reply
        time.sleep(reply.delay)
        content = reply.body.encode() if isinstance(reply.body, str) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = respond  # noqa: N815 - names that the standard library looks for
