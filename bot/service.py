"""The program as a service: the alarm clock, delivery and health, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Iterator
from threading import Event, Thread
from typing import Final

import structlog
import uvicorn

from bot.app import App
from bot.connect import Connections
from bot.delivery import deliver_due
from bot.scheduler import alarm_clock
from bot.startup import start
from bot.web import build_web

KEEP_ALIVE: Final = 5
"""Seconds that an idle connection stays open. A Mattermost server opens a new one for every click."""
BACKLOG: Final = 2048
"""Connections that may wait to be accepted: a room full of people who click at once."""

log = structlog.get_logger()


class Server(uvicorn.Server):
    """uvicorn, but signals are ours: it would end the process before anything else is closed."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Let `serve` handle them."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """A socket on which health is served. Raises OSError when the address is taken or not ours."""
    listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    # What is accepted takes it over: head and body of an answer are two writes, and the second must not wait for the
    # acknowledgement of the first.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def serve(app: App, listening: socket.socket, connections: Connections) -> None:
    """Serve on a socket until SIGTERM or SIGINT, then finish what is under way and return."""
    start(app)
    with connections.serving(app) as routes, alarm_clock(app), delivering(app):
        config = uvicorn.Config(
            build_web(app, routes),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE,
            backlog=BACKLOG,
        )
        server = Server(config)
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(_serve(server, listening))


async def _serve(server: Server, listening: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, lambda: setattr(server, "should_exit", True))
    await server.serve(sockets=[listening])


@contextlib.contextmanager
def delivering(app: App) -> Iterator[None]:
    """Deliver soon after each commit, and not only at the next tick."""
    wanted = Event()

    def work() -> None:
        while wanted.wait() and not app.stopping.is_set():
            wanted.clear()
            try:
                deliver_due(app)
            except Exception:
                log.exception("delivery-failed", actie="bezorgen", resultaat="fout")

    thread = Thread(target=work, name="delivery", daemon=True)
    app.store.on_commit(wanted.set)
    thread.start()
    try:
        yield
    finally:
        app.stopping.set()
        wanted.set()
        thread.join()
