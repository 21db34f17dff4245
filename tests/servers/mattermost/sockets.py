"""Real sockets under the web edge, to be kept open, cut and reset."""

from __future__ import annotations

import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.servers.mattermost.faults import Fault, Kind
from tests.servers.mattermost.web import Edge, Request


class Sockets(ThreadingHTTPServer):
    """Listens on loopback; remembers its connections, to close them when it stops."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, edge: Edge) -> None:
        super().__init__(("127.0.0.1", 0), Connection)
        self.edge = edge
        self.open: set[socket.socket] = set()
        self.accepted = 0
        self._served = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def start(self) -> None:
        """Begin to answer."""
        self._served.start()

    def stop(self) -> None:
        """Stop answering, and close every connection."""
        self.shutdown()
        self._served.join()
        for one in list(self.open):
            cut(one)
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers go away in the middle: that is what tests of faults are about."""


class Connection(BaseHTTPRequestHandler):
    """One connection, kept open between requests."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Sockets

    def setup(self) -> None:
        """Remember the connection."""
        super().setup()
        self.server.open.add(self.connection)
        self.server.accepted += 1
        self.number = self.server.accepted

    def finish(self) -> None:
        """Forget the connection."""
        self.server.open.discard(self.connection)
        super().finish()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is written: requests are kept in a list."""

    def respond(self) -> None:
        """Answer one request, or let the connection break as a fault demands."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        world = self.server.edge.world
        request = Request(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers,
            body,
            world.milliseconds(),
            self.number,
        )
        given = self.server.edge.answer(request)
        if isinstance(given, Fault):
            self.close_connection = True
            if given.kind is Kind.RESET:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            else:
                cut(self.connection)
            return
        content = given.content
        self.send_response(given.status)
        self.send_header("Content-Type", given.media_type)
        self.send_header("Content-Length", str(len(content)))
        for name, value in given.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = respond  # noqa: N815 - names that the standard library looks for

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date header tells the time of the server's clock."""
        return super().date_time_string(
            self.server.edge.world.milliseconds() / 1000 if timestamp is None else timestamp
        )


def cut(one: socket.socket) -> None:
    """Close both directions of a connection."""
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
