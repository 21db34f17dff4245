"""Slash commands: what the bot is sent, and what its answer shows to whom."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from tests.servers.mattermost import ephemeral, posts
from tests.servers.mattermost.attachments import slack_attachments, slack_text, stored_attachments
from tests.servers.mattermost.model import Channel, Command, Hook, Json, Refused, Team, User, forbidden, invalid
from tests.servers.mattermost.outgoing import BotAnswer, CallFailed
from tests.servers.mattermost.rights import is_member, may_post, require
from tests.servers.mattermost.web import Answer, Request, Route
from tests.servers.mattermost.world import World

AT = re.compile(r"\B@([A-Za-z0-9][A-Za-z0-9._:-]*)")
TILDE = re.compile(r"\B~([A-Za-z0-9_-]+)")
USES = 5
LIFE = 30 * 60 * 1000  # milliseconds
FAILED = "api.command.execute_command.failed.app_error"


def execute(world: World, request: Request) -> Answer:
    """POST /commands/execute: as a person's client does when a message starts with a slash."""
    given, user = request.fields(), request.caller
    typed = str(given.get("command") or "")
    if len(typed) < 2 or not typed.startswith("/"):
        raise invalid("command")
    with world.lock:
        channel = world.channels.get(given.get("channel_id") or "")
        require(channel is not None and may_post(user, channel))
        assert channel is not None
        if channel.deleted_at:
            raise Refused(400, "api.command.execute_command.deleted.error")
        team = channel.team or world.teams.get(given.get("team_id") or "")
        if team is None or user.id not in team.members:
            raise forbidden()
        trigger, text = cut_trigger(typed)
        command = find(world, team, trigger)
        if command is None:
            raise Refused(404, "api.command.execute_command.not_found.app_error", trigger=trigger)
        root_id = str(given.get("root_id") or "")
        hook = Hook(world.new_id(), command.id, user.id, channel.id, root_id, world.milliseconds())
        world.hooks[hook.id] = hook
        client_id = world.new_id()
        body = form(world, command, user, channel, team, hook, text, client_id)
    try:
        with world.caller.exchange(
            "command", command.url, body, "application/x-www-form-urlencoded", f"Token {command.token}"
        ) as answer:
            parsed = read_answer(answer, trigger)
            with world.lock:
                shown = respond(world, user, channel, root_id, parsed, trigger)
    except CallFailed:
        raise Refused(500, FAILED, trigger=trigger) from None
    return Answer(200, shown | {"trigger_id": client_id})


def cut_trigger(typed: str) -> tuple[str, str]:
    """The trigger in lower case, and the text after exactly one white-space character."""
    blank = next((place for place, sign in enumerate(typed) if sign.isspace()), len(typed))
    return typed[1:blank].lower(), typed[blank + 1 :]


def find(world: World, team: Team, trigger: str) -> Command | None:
    """The command of a team with this trigger; it outlives the account that made it."""
    return next((one for one in world.commands.values() if one.team_id == team.id and one.trigger == trigger), None)


def form(
    world: World, command: Command, user: User, channel: Channel, team: Team, hook: Hook, text: str, client_id: str
) -> bytes:
    """What the bot is sent, keys in order."""
    fields: dict[str, list[str]] = {
        "channel_id": [channel.id],
        "channel_name": [channel.name],
        "command": [f"/{command.trigger}"],
        "response_url": [f"{world.site_url}/hooks/commands/{hook.id}"],
        "root_id": [hook.root_id],
        "team_domain": [team.name],
        "team_id": [team.id],
        "text": [text],
        "token": [command.token],
        "trigger_id": [world.keys.trigger(client_id, user.id, world.milliseconds())],
        "user_id": [user.id],
        "user_name": [user.name],
    }
    people = named_people(world, team, text)
    if people:
        fields["user_mentions"], fields["user_mentions_ids"] = list(people), list(people.values())
    channels = named_channels(world, team, text)
    if channels:
        fields["channel_mentions"], fields["channel_mentions_ids"] = list(channels), list(channels.values())
    return urlencode(sorted(fields.items()), doseq=True).encode()


def named_people(world: World, team: Team, text: str) -> dict[str, str]:
    """Every member of the team who is named, once, in no order that means anything."""
    known = {world.users[one].name.lower(): one for one in team.members}
    found: dict[str, str] = {}
    for name in AT.findall(text.lower()):
        shorter = name.rstrip("._:-")
        for one in (name, shorter):
            if one in known:
                found[one] = known[one]
                break
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def named_channels(world: World, team: Team, text: str) -> dict[str, str]:
    """Every public channel of the team that is named."""
    known = {one.name: one.id for one in world.channels.values() if one.team is team and one.kind == "O"}
    found = {name: known[name] for name in TILDE.findall(text.lower()) if name in known}
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def read_answer(answer: BotAnswer, trigger: str) -> Json:
    """The bot's answer: status 200 only; what is not declared as JSON is a text."""
    if answer.status != 200:
        reason = answer.reason or HTTPStatus(answer.status).phrase
        response = f"{answer.status} {reason}"
        raise Refused(500, "api.command.execute_command.failed_resp.app_error", trigger=trigger, response=response)
    try:
        return parse(answer.media_type, answer.body)
    except ValueError:
        raise Refused(500, FAILED, trigger=trigger) from None


def parse(media_type: str, body: bytes) -> Json:
    """An answer to a command, from the body of an answer or of a request to its `response_url`."""
    if media_type.split(";")[0].strip().lower() != "application/json":
        return {"text": body.decode("utf-8", "replace")}
    parsed = json.loads(body)
    if not isinstance(parsed, dict):
        raise ValueError("no object")
    return parsed


def respond(world: World, user: User, channel: Channel, root_id: str, given: Json, trigger: str) -> Json:
    """Post what the answer says, as the caller; gives what the caller's client gets back."""
    shown: Json = {
        "response_type": given.get("response_type") or "",
        "text": given.get("text") or "",
        "username": given.get("username") or "",
        "channel_id": given.get("channel_id") or "",
        "icon_url": given.get("icon_url") or "",
        "type": given.get("type") or "",
        "props": given.get("props"),
        "goto_location": given.get("goto_location") or "",
        "trigger_id": "",
        "skip_slack_parsing": bool(given.get("skip_slack_parsing")),
        "attachments": given.get("attachments"),
        "extra_responses": given.get("extra_responses"),
    }
    shown["attachments"] = post_answer(world, user, channel, root_id, given, trigger)
    for extra in given.get("extra_responses") or ():
        post_answer(world, user, channel, root_id, extra, trigger)
    return shown


def post_answer(
    world: World, user: User, channel: Channel, root_id: str, given: Json, trigger: str
) -> list[Any] | None:
    """Post one answer; gives its attachments in the form in which the client gets them."""

    def name_of(user_id: str) -> str:
        return f"@{world.users[user_id].name}" if user_id in world.users else f"<@{user_id}>"

    if given.get("channel_id"):
        other = world.channels.get(given["channel_id"])
        if other is None or not is_member(user, other):
            raise Refused(500, "api.command.execute_command.create_post_failed.app_error", trigger=trigger)
        channel = other
    text, attachments = given.get("text") or "", given.get("attachments")
    if not given.get("skip_slack_parsing"):
        text = slack_text(text, name_of)
    props: Json = dict(given.get("props") or {}) | {"from_webhook": "true"}
    if attachments:
        attachments = stored_attachments(slack_attachments(attachments, name_of), world.new_id)
        props["attachments"] = attachments
    if given.get("response_type") == "in_channel":
        post = {"message": text, "props": props, "root_id": root_id, "type": given.get("type") or ""}
        try:
            posts.create(world, user, channel, post)
        except Refused:
            failed = "api.command.execute_command.create_post_failed.app_error"
            raise Refused(500, failed, trigger=trigger) from None
    elif text or attachments:
        whisper = {"channel_id": channel.id, "root_id": root_id, "message": text, "props": props}
        sent = ephemeral.send(world, user.id, whisper, user.id)
        if attachments:
            attachments = sent["props"]["attachments"]
    return attachments or None


def use_hook(world: World, request: Request) -> Answer:
    """POST /hooks/commands/{id}: no credential but the address itself, five times in thirty minutes."""
    hook = world.hooks.get(request.params["hook_id"])
    failed = "web.command_webhook.general.app_error"
    if hook is None or hook.command_id not in world.commands or world.milliseconds() - hook.created_at > LIFE:
        raise Refused(404, failed, hook=request.params["hook_id"])
    try:
        given = parse(request.headers.get("content-type", ""), request.body)
    except ValueError:
        raise Refused(400, "web.command_webhook.parse.app_error") from None
    if hook.uses >= USES:
        raise Refused(400, failed, hook=hook.id)
    hook.uses += 1
    command = world.commands[hook.command_id]
    respond(world, world.user(hook.user_id), world.channel(hook.channel_id), hook.root_id, given, command.trigger)
    return Answer(200, b"ok", "text/plain")


ROUTES = [
    Route("POST", "/api/v4/commands/execute", execute, lock=False),
    Route("POST", "/hooks/commands/{hook_id}", use_hook, login=False),
]
