"""The server itself: is it there, what does it tell about its settings, and its files."""

from __future__ import annotations

import re

from tests.servers.mattermost.model import File, Json, Refused, invalid
from tests.servers.mattermost.rights import is_member, may_read, require
from tests.servers.mattermost.web import Answer, Request, Route
from tests.servers.mattermost.world import World

NAME = re.compile(rb'\bname="([^"]*)"')
MEDIA_TYPE = re.compile(rb"content-type: *([^\r\n]+)", re.IGNORECASE)
FILE_NAME = re.compile(rb'filename="([^"]*)"')


def ping(world: World, request: Request) -> Answer:
    """GET /system/ping."""
    return Answer(200, {"status": "OK", "ActiveSearchBackend": "database", "AndroidLatestVersion": ""})


def config(world: World, request: Request) -> Answer:
    """GET /config/client: less without login; older servers want `format=old`."""
    settings = world.settings
    if settings.release < (11, 0) and request.query.get("format") != "old":
        raise Refused(501, "api.config.client.old_format.app_error")
    shown: Json = {
        "AsymmetricSigningPublicKey": world.keys.public if settings.serves_key else "",
        "Version": settings.version,
        "BuildNumber": f"{settings.version}",
        "SiteName": "Mattermost",
    }
    if request.user is not None:
        shown |= {
            "SiteURL": world.site_url,
            "PostEditTimeLimit": str(settings.edit_limit),
            "EnableCommands": "true" if settings.commands else "false",
            "MaxPostSize": str(settings.max_post),
            "EnableBotAccountCreation": "false",
            "RestrictDirectMessage": "team" if settings.restrict_direct else "any",
        }
    return Answer(200, shown)


def whole_config(world: World, request: Request) -> Answer:
    """GET /config: every setting, for a system administrator."""
    require(request.caller.is_system_admin)
    settings = world.settings
    service: Json = {
        "SiteURL": world.site_url,
        "PostEditTimeLimit": settings.edit_limit,
        "EnableCommands": settings.commands,
        "AllowedUntrustedInternalConnections": settings.allowed_internal,
        "DisableBotsWhenOwnerIsDeactivated": settings.bots_follow_owner,
    }
    return Answer(200, {"ServiceSettings": service, "RateLimitSettings": {"Enable": settings.rate_limit}})


def parts_of(media_type: str, body: bytes) -> list[tuple[bytes, bytes]]:
    """Headers and content of each part of a multipart body."""
    _, _, boundary = media_type.partition("boundary=")
    if not boundary:
        raise invalid("multipart")
    pieces = body.split(b"--" + boundary.strip('"').encode())[1:-1]
    return [(head, content[:-2]) for head, _, content in (piece.partition(b"\r\n\r\n") for piece in pieces)]


def upload(world: World, request: Request) -> Answer:
    """POST /files: a member of the channel."""
    fields: dict[str, bytes] = {}
    found: list[tuple[str, str, bytes]] = []
    for head, content in parts_of(request.headers.get("content-type", ""), request.body):
        name, named = NAME.search(head), FILE_NAME.search(head)
        if named is not None:
            media = MEDIA_TYPE.search(head)
            kind = media.group(1).decode() if media else "application/octet-stream"
            found.append((named.group(1).decode(), kind, content))
        elif name is not None:
            fields[name.group(1).decode()] = content
    channel = world.channels.get(fields.get("channel_id", b"").decode() or request.query.get("channel_id", ""))
    require(channel is not None and is_member(request.caller, channel))
    assert channel is not None
    infos = []
    for file_name, media_type, content in found:
        now = world.milliseconds()
        file = File(world.new_id(), request.caller.id, channel.id, file_name, media_type, content, now)
        world.files[file.id] = file
        infos.append(view(file))
    return Answer(201, {"file_infos": infos, "client_ids": []})


def view(file: File) -> Json:
    """What is told about a file."""
    return {
        "id": file.id,
        "user_id": file.user_id,
        "channel_id": file.channel_id,
        "post_id": file.post_id,
        "create_at": file.created_at,
        "name": file.name,
        "extension": file.name.rpartition(".")[2],
        "size": len(file.content),
        "mime_type": file.media_type,
    }


def readable(world: World, request: Request) -> File:
    """The file of the request: whoever reads the channel of its post reads it, before that its owner alone."""
    file = world.files.get(request.params["file_id"])
    if file is None:
        raise Refused(404, "app.file_info.get.app_error")
    is_own = file.user_id == request.caller.id
    require(is_own or (bool(file.post_id) and may_read(request.caller, world.channel(file.channel_id))))
    return file


def download(world: World, request: Request) -> Answer:
    """GET /files/{id}."""
    file = readable(world, request)
    return Answer(200, file.content, file.media_type)


def info(world: World, request: Request) -> Answer:
    """GET /files/{id}/info."""
    return Answer(200, view(readable(world, request)))


ROUTES = [
    Route("GET", "/api/v4/system/ping", ping, login=False),
    Route("GET", "/api/v4/config/client", config, login=False),
    Route("GET", "/api/v4/config", whole_config),
    Route("POST", "/api/v4/files", upload),
    Route("GET", "/api/v4/files/{file_id}", download),
    Route("GET", "/api/v4/files/{file_id}/info", info),
]
