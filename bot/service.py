"""The program as a service: the alarm clock, delivery and health, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Iterator
from threading import Event, Thread

import structlog
import uvicorn

from bot.app import App
from bot.delivery import deliver_due
from bot.scheduler import alarm_clock
from bot.startup import start
from bot.web import build_web

log = structlog.get_logger()


class Server(uvicorn.Server):
    """uvicorn, but signals are ours: it would end the process before anything else is closed."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Let `serve` handle them."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """A socket on which health is served. Raises OSError when the address is taken or not ours."""
    return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)


def serve(app: App, listening: socket.socket) -> None:
    """Serve on a socket until SIGTERM or SIGINT, then finish what is under way and return."""
    start(app)
    with alarm_clock(app), delivering(app):
        config = uvicorn.Config(
            build_web(app),
            log_config=None,
            access_log=False,
            server_header=False,
        )
        server = Server(config)
        asyncio.run(_serve(server, listening))


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
