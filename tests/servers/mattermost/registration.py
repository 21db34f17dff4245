"""Slash commands as an administrator of the team keeps them."""

from __future__ import annotations

import re

from tests.servers.mattermost.model import Command, Json, Refused, invalid
from tests.servers.mattermost.rights import may_command, require
from tests.servers.mattermost.web import Answer, Request, Route
from tests.servers.mattermost.world import World

TRIGGER = re.compile(r"[A-Za-z0-9_./-]{1,128}")
BUILT_IN = ("away", "dnd", "echo", "help", "invite", "join", "leave", "me", "msg", "online", "shrug", "settings")
TEXTS = ("display_name", "description", "auto_complete_desc", "auto_complete_hint", "username", "icon_url")
LONGEST = {"url": 1024, "display_name": 64, "description": 128}


def view(command: Command) -> Json:
    """A command as an administrator sees it, with its token."""
    return {
        "id": command.id,
        "token": command.token,
        "create_at": command.created_at,
        "update_at": command.updated_at,
        "delete_at": 0,
        "creator_id": command.creator_id,
        "team_id": command.team_id,
        "trigger": command.trigger,
        "method": command.method,
        "username": command.username,
        "icon_url": command.icon_url,
        "auto_complete": command.auto_complete,
        "auto_complete_desc": command.auto_complete_desc,
        "auto_complete_hint": command.auto_complete_hint,
        "display_name": command.display_name,
        "description": command.description,
        "url": command.url,
        "plugin_id": "",
    }


def offered(command: Command) -> Json:
    """A command as any member sees it: no token, address or creator."""
    return view(command) | {"token": "", "creator_id": "", "url": "", "method": "", "username": "", "icon_url": ""}


def fill(world: World, command: Command, given: Json) -> None:
    """Take over what an administrator wrote, if the server stores such a thing."""
    trigger = str(given.get("trigger") or "").lower()
    if TRIGGER.fullmatch(trigger) is None:
        raise Refused(400, "model.command.is_valid.trigger.app_error")
    url = str(given.get("url") or "")
    if not url.startswith(("http://", "https://")):
        raise Refused(400, "model.command.is_valid.url_http.app_error")
    for key, longest in LONGEST.items():
        if len(str(given.get(key) or "")) > longest:
            raise Refused(400, f"model.command.is_valid.{key}.app_error")
    others = [one for one in world.commands.values() if one.team_id == command.team_id and one.id != command.id]
    if trigger in BUILT_IN or any(one.trigger == trigger for one in others):
        raise Refused(400, "api.command.duplicate_trigger.app_error")
    command.trigger, command.url = trigger, url
    command.method = given.get("method") or "P"
    command.auto_complete = bool(given.get("auto_complete"))
    for key in TEXTS:
        setattr(command, key, given.get(key) or "")
    command.updated_at = world.milliseconds()


def create(world: World, request: Request) -> Answer:
    """POST /commands; `autocomplete_data` is echoed and never stored."""
    given = request.fields()
    team = world.teams.get(given.get("team_id") or "")
    require(team is not None and may_command(request.caller, team))
    assert team is not None
    now = world.milliseconds()
    command = Command(world.new_id(), world.new_id(), request.caller.id, team.id, "", now, now, "")
    fill(world, command, given)
    world.commands[command.id] = command
    echo = {key: given[key] for key in ("autocomplete_data",) if given.get(key)}
    return Answer(201, view(command) | echo)


def owned(world: World, request: Request) -> Command:
    """The command of the request, for an administrator of its team."""
    command = world.commands.get(request.params["command_id"])
    if command is None:
        raise Refused(404, "store.sql_command.get.missing.app_error")
    require(may_command(request.caller, world.teams[command.team_id]))
    return command


def read(world: World, request: Request) -> Answer:
    """GET /commands/{id}."""
    return Answer(200, view(owned(world, request)))


def update(world: World, request: Request) -> Answer:
    """PUT /commands/{id}: the token stays."""
    command, given = owned(world, request), request.fields()
    if given.get("id") != command.id:
        raise invalid("id")
    if given.get("team_id") != command.team_id:
        raise Refused(400, "api.command.team_mismatch.app_error")
    fill(world, command, given)
    return Answer(200, view(command))


def new_token(world: World, request: Request) -> Answer:
    """PUT /commands/{id}/regen_token."""
    command = owned(world, request)
    command.token = world.new_id()
    return Answer(200, {"token": command.token})


def delete(world: World, request: Request) -> Answer:
    """DELETE /commands/{id}: its `response_url`s die with it."""
    command = owned(world, request)
    del world.commands[command.id]
    return Answer(200, {"status": "OK"})


def list_commands(world: World, request: Request) -> Answer:
    """GET /commands: all of them with tokens for an administrator, what is offered for others."""
    team = world.teams.get(request.query.get("team_id") or "")
    require(team is not None and request.caller.id in team.members)
    assert team is not None
    commands = [one for one in world.commands.values() if one.team_id == team.id]
    if may_command(request.caller, team):
        return Answer(200, [view(one) for one in commands])
    require(request.query.get("custom_only") != "true")
    return Answer(200, [offered(one) for one in commands if one.auto_complete])


def autocomplete(world: World, request: Request) -> Answer:
    """GET /teams/{id}/commands/autocomplete: for any member."""
    team = world.teams.get(request.params["team_id"])
    require(team is not None and request.caller.id in team.members)
    assert team is not None
    found = [offered(one) for one in world.commands.values() if one.team_id == team.id and one.auto_complete]
    built_in = [{"id": "", "team_id": "", "trigger": name, "auto_complete": True} for name in BUILT_IN]
    return Answer(200, built_in + found)


ROUTES = [
    Route("POST", "/api/v4/commands", create),
    Route("GET", "/api/v4/commands", list_commands),
    Route("GET", "/api/v4/commands/{command_id}", read),
    Route("PUT", "/api/v4/commands/{command_id}", update),
    Route("DELETE", "/api/v4/commands/{command_id}", delete),
    Route("PUT", "/api/v4/commands/{command_id}/regen_token", new_token),
    Route("GET", "/api/v4/teams/{team_id}/commands/autocomplete", autocomplete),
]
