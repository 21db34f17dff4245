"""Faults on demand of the fake Mattermost, on the way in and on the way to the bot, and its record of what happened."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

import pytest

from tests.servers.mattermost import Post
from tests.servers.mattermost.faults import Fault
from tests.servers.recordings import Stage
from tests.servers.stub_bot import Reply


def card(stage: Stage) -> Post:
    """A card with one button."""
    return stage.post([{"text": "kies", "actions": [stage.button()]}], "Kaart")


def wait_for(fault: Fault, count: int) -> None:
    """Give other threads time until so many requests wait to be reordered."""
    ends_at = time.monotonic() + 5
    while fault.waiting < count:
        assert time.monotonic() < ends_at
        time.sleep(0.001)


def test_updates_that_overtake_each_other_end_on_the_wrong_one(stage: Stage):
    post = card(stage)
    props = {"attachments": [{"text": "kies", "actions": [stage.button()]}]}
    stage.bot.replies = [Reply({"update": {"message": str(n), "props": props}}) for n in (1, 2, 3)]
    fault = stage.server.callback_faults.reorder(3, method="click", applied=True)
    with ThreadPoolExecutor(3) as pool:
        for arrived in (1, 2, 3):
            pool.submit(stage.server.click, stage["jan"], post.id, "ja")
            wait_for(fault, arrived)

    assert post.message == "1"
    assert [row["message"] for row in post.history] == ["Kaart", "3", "2"]


def test_faults_spoil_the_calls_they_were_planned_for_and_spare_people(stage: Stage):
    faults, body = stage.server.faults, {"channel_id": stage.council.id, "message": "kaart"}

    def post():
        return stage.server.call(stage["stem"], "POST", "/posts", body)

    faults.drop_before(path="/posts$")
    stage.server.say(stage["jan"], stage.council, "een mens")
    with pytest.raises((OSError, HTTPException)):
        post()
    assert len(stage.server.posts(stage.council)) == 1
    faults.drop_after(path="/posts$")
    with pytest.raises((OSError, HTTPException)):
        post()
    assert len(stage.server.posts(stage.council)) == 2
    faults.reset(path="/posts$", applied=True)
    with pytest.raises((OSError, HTTPException)):
        post()
    assert len(stage.server.posts(stage.council)) == 3
    faults.duplicate(path="/posts$")
    assert post().ok
    assert len(stage.server.posts(stage.council)) == 5
    faults.answer(502, path="/posts$", applied=True)
    assert post().status == 502
    faults.answer(429, path="/posts$", retry_after=7)
    assert post().headers["Retry-After"] == "7"
    faults.answer(503, "api.unavailable", path="/posts$")
    assert post().error_id == "api.unavailable"
    assert len(stage.server.posts(stage.council)) == 6
    assert post().ok
    met = [one.fault for one in stage.server.requests if one.path == "/api/v4/posts"]
    assert met == ["", "drop", "drop", "reset", "duplicate", "answer", "answer", "answer", ""]


def test_requests_to_the_server_go_on_in_reverse_order(stage: Stage):
    fault = stage.server.faults.reorder(2, method="POST", path="/posts$")
    with ThreadPoolExecutor(2) as pool:
        for arrived, message in ((1, "een"), (2, "twee")):
            body = {"channel_id": stage.council.id, "message": message}
            pool.submit(stage.server.call, stage["stem"], "POST", "/posts", body)
            wait_for(fault, arrived)

    assert [one.message for one in stage.server.posts(stage.council)] == ["twee", "een"]


@pytest.mark.parametrize(("fault", "calls"), [("drop_before", 0), ("drop_after", 1), ("duplicate", 2)])
def test_faults_between_the_server_and_the_bot(stage: Stage, fault: str, calls: int):
    post = card(stage)
    getattr(stage.server.callback_faults, fault)(method="click")

    seen = stage.server.click(stage["jan"], post.id, "ja")

    assert len(stage.bot.received) == calls
    assert seen.ok is (fault == "duplicate")


def test_all_that_happens_is_on_record(stage: Stage):
    post = card(stage)
    stage.server.click(stage["jan"], post.id, "ja")

    last, call = stage.server.requests[-1], stage.server.calls[-1]

    assert (last.method, last.path, last.user, last.status) == (
        "POST",
        f"/api/v4/posts/{post.id}/actions/ja",
        stage["jan"],
        200,
    )
    assert (call.kind, call.url, call.status, call.error) == ("click", f"{stage.bot.url}/btn", 200, "")
    assert stage.bot.received[-1].raw.encode() == call.body
