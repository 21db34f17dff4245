"""The web edge: health for whoever watches over the program, and the routes of the chat platforms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.app import App

STALE: Final = timedelta(seconds=60)
"""A tick older than this means that deadlines are no longer watched."""


def build_web(app: App, routes: Sequence[Route] = ()) -> Starlette:
    """The routes: `/live` (the program answers), `/ready` (it can record, and watches the deadlines), and more."""

    async def live(request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def ready(request: Request) -> JSONResponse:
        found = await run_in_threadpool(health, app)
        return JSONResponse(found, 200 if found["status"] == "ok" else 503)

    return Starlette(routes=[Route("/live", live), Route("/ready", ready), *routes])


def health(app: App) -> dict[str, str | int]:
    """Whether the register can be written, how old the last tick is, and how old the oldest undelivered message is.

    Ages are whole seconds. A chat platform that is down makes nothing unready; one that does not accept our token does:
    acts still come in, and no message goes out.
    """
    now = app.clock.now()
    if app.store.is_failing:
        return {"status": "storage"}
    try:
        last = app.store.read(lambda tx: tx.beats.last())
        oldest = app.store.read(lambda tx: tx.delivery.oldest_undelivered())
    except Exception:
        return {"status": "storage"}
    age = now - last if last is not None else STALE * 2
    undelivered = int((now - oldest).total_seconds()) if oldest is not None else 0
    status = "ok" if age <= STALE else "tick"
    if status == "ok" and any(getattr(each, "is_rejected", False) for each in app.platforms.values()):
        status = "token"
    return {"status": status, "tick_age": int(age.total_seconds()), "undelivered_age": undelivered}
