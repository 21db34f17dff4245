"""Health: alive is that the program answers, ready that it can record and watches the deadlines."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from bot.delivery import deliver_due
from bot.web import STALE, build_web, health
from tests.faults.world import HOUR, MICROSECOND, START, VNG, World, down


def get(world: World, path: str) -> tuple[int, Any]:
    """The status and the document that a path gives, straight from the application, without a network."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": [],
        "http_version": "1.1", "scheme": "http", "server": ("test", 80), "client": ("test", 1), "root_path": "",
    }  # fmt: skip
    asyncio.run(build_web(world.app)(scope, receive, send))
    body = b"".join(each.get("body", b"") for each in sent)
    return sent[0]["status"], json.loads(body) if body.startswith(b"{") else body


def test_alive_is_that_the_program_answers(world):
    assert get(world, "/live") == (200, {"status": "ok"})


def test_ready_is_that_it_can_record_and_watches_the_deadlines(world):
    assert get(world, "/ready") == (200, {"status": "ok", "tick_age": 0, "undelivered_age": 0})


def test_a_tick_of_a_minute_ago_is_good_enough_and_an_older_one_is_not(world):
    world.clock.set(START + STALE)
    assert health(world.app)["status"] == "ok"

    world.clock.set(START + STALE + MICROSECOND)
    assert get(world, "/ready") == (503, {"status": "tick", "tick_age": 60, "undelivered_age": 0})


def test_a_program_that_never_ticked_is_not_ready(tmp_path):
    from bot.app import build_app
    from bot.clock import SteppedClock
    from bot.config import Config

    config = Config.model_validate({"storage": {"url": f"sqlite:///{tmp_path}/new.db"}})
    with build_app(config, SteppedClock(START), []) as app:
        assert health(app)["status"] == "tick"


def test_a_chat_platform_that_is_down_makes_nothing_unready(world):
    world.open_item()
    world.chat.judge = down
    world.must(VNG, "/standpunt 1 akkoord")
    world.clock.set(START + HOUR)
    world.app.store.write(lambda tx: tx.beats.beat(START + HOUR)).result()
    deliver_due(world.app)

    status, found = get(world, "/ready")

    assert (status, found["status"]) == (200, "ok")
    assert found["undelivered_age"] == 3600


def test_a_register_that_cannot_be_read_is_not_ready(world):
    world.app.store.close()
    (world.folder / "register.db").write_bytes(b"this is no database" * 100)

    assert get(world, "/ready") == (503, {"status": "storage"})


@pytest.mark.parametrize("path", ["/", "/metrics", "/live/x"])
def test_there_is_nothing_else(world, path):
    assert get(world, path)[0] == 404


def test_health_names_no_item_and_nobody(world):
    world.open_item()

    assert set(health(world.app)) == {"status", "tick_age", "undelivered_age"}
