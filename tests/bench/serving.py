"""The program as it is run, in a process of its own, with one more route: the floor that figures are ratios of."""

from __future__ import annotations

import contextlib
import hmac
import json
import multiprocessing
import os
import socket
import sys
from collections.abc import Iterator
from hashlib import sha256
from multiprocessing.process import BaseProcess
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.app import App, build_app
from bot.clock import SystemClock
from bot.config import Config
from bot.connect import Connections, connect
from bot.logs import configure_logs
from bot.service import serve

KEY = b"floor" * 8


class WithFloor(Connections):
    """The platforms, and the floor beside them."""

    @contextlib.contextmanager
    def serving(self, app: App) -> Iterator[list[Route]]:
        """One route more."""
        with super().serving(app) as routes:
            yield [*routes, Route("/floor", floor, methods=["POST"])]


async def floor(request: Request) -> Response:
    """The least that a genuine request costs: read it, check its MAC, decode it, answer."""
    body = await request.body()
    if not hmac.compare_digest(hmac.digest(KEY, body, "sha256").hex(), request.headers["x-signature"]):
        return Response(status_code=401)
    json.loads(body)
    return JSONResponse({})


def signature(body: bytes) -> str:
    """What the floor checks."""
    return hmac.new(KEY, body, sha256).hexdigest()


@contextlib.contextmanager
def served(settings: dict[str, Any], listening: socket.socket) -> Iterator[BaseProcess]:
    """A process that serves until the context ends; it logs as usual, to nowhere."""
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(settings, listening), daemon=True)
    process.start()
    try:
        yield process
    finally:
        process.terminate()
        process.join(30)


def _serve(settings: dict[str, Any], listening: socket.socket) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    config, clock = Config.model_validate(settings), SystemClock()
    configure_logs(config.bot.log_level)
    connections = connect(config, clock)
    with build_app(config, clock, connections.platforms) as app:
        serve(app, listening, WithFloor(connections.platforms, connections.mattermost))
