"""Dialogs: opened with a trigger id alone, submitted by anybody with anything."""

from __future__ import annotations

import json
from typing import Any

from tests.servers.mattermost.model import Json, Refused, forbidden, invalid
from tests.servers.mattermost.outgoing import BotAnswer, CallFailed
from tests.servers.mattermost.rights import may_read, require
from tests.servers.mattermost.web import Answer, Request, Route
from tests.servers.mattermost.world import World

BROKEN = "api.post.do_action.action_integration.app_error"
UNREADABLE = "app.submit_interactive_dialog.decode_json_error"
INVALID = "app.submit_interactive_dialog.invalid_response"
TEXTS = ("subtype", "default", "placeholder", "help_text")
KNOWN_TYPES = ("", "ok", "form", "navigate")


def open_dialog(world: World, request: Request) -> Answer:
    """POST /actions/dialogs/open: whoever holds a fresh trigger id of a user shows that user a dialog."""
    given = request.fields()
    life = world.settings.trigger_life
    client_id, user_id = world.keys.read_trigger(str(given.get("trigger_id") or ""), world.milliseconds(), life)
    if not given.get("url"):
        raise invalid("url")
    shown = {"trigger_id": client_id, "url": given["url"], "dialog": full_dialog(world, given.get("dialog") or {})}
    world.publish([user_id], "open_dialog", {"dialog": shown})
    return Answer(200, {"status": "OK"})


def full_dialog(world: World, given: Json) -> Json:
    """A dialog in the form that a client receives; limits of length are not enforced."""
    elements = given.get("elements")
    shown: Json = {key: given.get(key) or "" for key in ("callback_id", "title", "introduction_text", "icon_url")}
    shown["elements"] = None if elements is None else [full_element(world, one) for one in elements]
    shown["submit_label"] = given.get("submit_label") or ""
    shown["notify_on_cancel"] = bool(given.get("notify_on_cancel"))
    shown["state"] = given.get("state") or ""
    if given.get("source_url"):
        shown["source_url"] = given["source_url"]
    return shown


def full_element(world: World, given: Json) -> Json:
    """One element, with everything that was left out."""
    shown: Json = {key: given.get(key) or "" for key in ("display_name", "name", "type", *TEXTS)}
    shown["optional"] = bool(given.get("optional"))
    shown["min_length"] = given.get("min_length") or 0
    shown["max_length"] = given.get("max_length") or 0
    shown["data_source"] = given.get("data_source") or ""
    shown["options"] = given.get("options")
    if world.settings.release >= (11, 0):
        shown["multiselect"] = bool(given.get("multiselect"))
    for key in ("data_source_url", "min_date", "max_date", "time_interval", "refresh", "datetime_config"):
        if given.get(key):
            shown[key] = given[key]
    return shown


def forward(world: World, request: Request, kind: str) -> BotAnswer:
    """Send on what a client submitted: everything as it came, but for the user, the channel and the team checked."""
    given = request.fields()
    if not given.get("url"):
        raise invalid("url")
    with world.lock:
        channel = world.channels.get(given.get("channel_id") or "")
        require(channel is not None and may_read(request.caller, channel))
        team = world.teams.get(given.get("team_id") or "")
        if team is None or request.caller.id not in team.members:
            raise forbidden()
    submission = given.get("submission")
    sent = {
        "type": kind,
        "callback_id": given.get("callback_id") or "",
        "state": given.get("state") or "",
        "user_id": request.caller.id,
        "channel_id": given["channel_id"],
        "team_id": given["team_id"],
        "submission": dict(sorted(submission.items())) if isinstance(submission, dict) else None,
        "cancelled": bool(given.get("cancelled")),
    }
    body = json.dumps(sent, ensure_ascii=False, separators=(",", ":")).encode()
    try:
        with world.caller.exchange("dialog", given["url"], body, "application/json") as answer:
            if answer.status != 200:
                raise Refused(400, BROKEN)
            return answer
    except CallFailed:
        raise Refused(400, BROKEN) from None


def submit(world: World, request: Request) -> Answer:
    """POST /actions/dialogs/submit."""
    kind = str(request.fields().get("type") or "dialog_submission")
    answer = forward(world, request, kind if kind == "refresh" else "dialog_submission")
    if not answer.body:
        return Answer(200, {})
    parsed = decoded(answer)
    shown: Json = {key: parsed[key] for key in ("error", "errors") if parsed.get(key)}
    if world.settings.release >= (11, 1):
        shown |= next_step(world, parsed)
    return Answer(200, shown)


def next_step(world: World, parsed: Json) -> Json:
    """What the answer says about going on."""
    kind = parsed.get("type") or ""
    if kind not in KNOWN_TYPES or (kind == "form" and not parsed.get("form")):
        raise Refused(400, INVALID)
    shown: Json = {"type": kind} if kind else {}
    if parsed.get("form"):
        shown["form"] = full_dialog(world, parsed["form"])
    return shown


def look_up(world: World, request: Request) -> Answer:
    """POST /actions/dialogs/lookup: options while somebody types."""
    answer = forward(world, request, "dialog_lookup")
    items = decoded(answer).get("items") if answer.body else None
    return Answer(200, {"items": items or []})


def decoded(answer: BotAnswer) -> Json:
    """The bot's answer, an object."""
    try:
        parsed: Any = json.loads(answer.body)
    except ValueError:
        raise Refused(500, UNREADABLE) from None
    if not isinstance(parsed, dict):
        raise Refused(500, UNREADABLE)
    return parsed


ROUTES = [
    Route("POST", "/api/v4/actions/dialogs/open", open_dialog, login=False),
    Route("POST", "/api/v4/actions/dialogs/submit", submit, lock=False),
    Route("POST", "/api/v4/actions/dialogs/lookup", look_up, lock=False),
]
