"""Accounts, teams, channels and memberships by REST."""

from __future__ import annotations

from tests.servers.mattermost.model import Channel, Json, Membership, Refused, Team, User, forbidden, invalid
from tests.servers.mattermost.rights import is_member, is_team_admin, may_add, may_read, require
from tests.servers.mattermost.web import Answer, Request, Route
from tests.servers.mattermost.world import World


def view_user(world: World, user: User, *, to_itself: bool = False) -> Json:
    """An account as others see it; itself it sees a little more."""
    shown: Json = {
        "id": user.id,
        "create_at": user.created_at,
        "update_at": user.created_at,
        "delete_at": user.deactivated_at,
        "username": user.name,
        "auth_data": "",
        "auth_service": "",
        "email": f"{user.name}@example.test" if world.settings.show_email else "",
        "nickname": "",
        "first_name": user.first_name,
        "last_name": user.last_name,
        "position": "",
        "roles": " ".join(sorted(user.roles)),
        "locale": user.locale,
        "timezone": {"automaticTimezone": "", "manualTimezone": user.timezone, "useAutomaticTimezone": "false"},
        "remote_id": "",
        "disable_welcome_email": False,
    }
    if user.is_bot:
        shown |= {"is_bot": True, "bot_description": ""}
    if to_itself:
        del shown["auth_data"], shown["remote_id"]
        first = "true" if user.first_name_mentions else "false"
        shown |= {
            "notify_props": {
                "channel": "true" if user.channel_mentions else "false",
                "comments": "never",
                "desktop": "mention",
                "desktop_sound": "true",
                "desktop_threads": "all",
                "email": "true",
                "email_threads": "all",
                "first_name": first,
                "mention_keys": ",".join(user.mention_keys),
                "push": "mention",
                "push_status": "online",
                "push_threads": "all",
            },
            "last_password_update": user.created_at,
        }
    return shown


def view_channel(channel: Channel) -> Json:
    """A channel."""
    return {
        "id": channel.id,
        "create_at": channel.created_at,
        "update_at": channel.created_at,
        "delete_at": channel.deleted_at,
        "team_id": channel.team.id if channel.team else "",
        "type": channel.kind,
        "display_name": channel.name.capitalize() if channel.team else "",
        "name": channel.name,
        "header": "",
        "purpose": "",
        "last_post_at": channel.last_post_at,
        "total_msg_count": channel.post_count,
        "extra_update_at": 0,
        "creator_id": channel.creator_id,
        "scheme_id": None,
        "props": None,
        "group_constrained": None,
        "autotranslation": False,
        "shared": False,
        "total_msg_count_root": channel.root_count,
        "policy_id": None,
        "last_root_post_at": channel.last_post_at,
        "banner_info": None,
        "policy_enforced": False,
        "policy_is_active": False,
        "default_category_name": "",
    }


def view_membership(channel: Channel, user_id: str) -> Json:
    """One person's place in a channel."""
    place = channel.members[user_id]
    return {
        "channel_id": channel.id,
        "user_id": user_id,
        "roles": "channel_user",
        "last_viewed_at": 0,
        "msg_count": channel.post_count,
        "mention_count": place.mentions,
        "mention_count_root": place.mentions,
        "urgent_mention_count": 0,
        "msg_count_root": channel.root_count,
        "notify_props": {
            "channel_auto_follow_threads": "off",
            "desktop": "default",
            "email": "default",
            "ignore_channel_mentions": "default",
            "mark_unread": "all",
            "push": "default",
        },
        "last_update_at": place.joined_at,
        "scheme_guest": False,
        "scheme_user": True,
        "scheme_admin": False,
        "explicit_roles": "",
        "autotranslation_disabled": False,
    }


def view_team(team: Team) -> Json:
    """A team."""
    return {"id": team.id, "name": team.name, "display_name": team.name.capitalize(), "type": "O", "delete_at": 0}


def view_team_member(team: Team, user_id: str) -> Json:
    """One person's place in a team."""
    roles = team.members[user_id]
    return {
        "team_id": team.id,
        "user_id": user_id,
        "roles": " ".join(sorted(roles)),
        "delete_at": 0,
        "scheme_guest": "team_guest" in roles,
        "scheme_user": "team_user" in roles,
        "scheme_admin": "team_admin" in roles,
        "explicit_roles": "",
    }


def who(world: World, request: Request, name: str = "user_id") -> User:
    """The account in the path; `me` is the caller."""
    return request.caller if request.params[name] == "me" else world.user(request.params[name])


def get_user(world: World, request: Request) -> Answer:
    """GET /users/{id}."""
    user = who(world, request)
    return Answer(200, view_user(world, user, to_itself=user is request.caller))


def get_user_by_name(world: World, request: Request) -> Answer:
    """GET /users/username/{name}."""
    name = request.params["name"].lower()
    found = next((one for one in world.users.values() if one.name == name), None)
    if found is None:
        raise Refused(404, "app.user.missing_account.const")
    return Answer(200, view_user(world, found))


def get_users_by(world: World, request: Request) -> Answer:
    """POST /users/ids and /users/usernames: those that exist."""
    wanted = request.json()
    if not isinstance(wanted, list):
        raise invalid("ids")
    key = "id" if request.path.endswith("/ids") else "name"
    return Answer(200, [view_user(world, one) for one in world.users.values() if getattr(one, key) in wanted])


def get_user_teams(world: World, request: Request) -> Answer:
    """GET /users/{id}/teams: one's own."""
    user = who(world, request)
    require(user is request.caller or request.caller.is_system_admin)
    return Answer(200, [view_team(one) for one in world.teams.values() if user.id in one.members])


def own_team(world: World, request: Request) -> Team:
    """The team in the path, by id or name, if the caller is in it."""
    wanted = request.params.get("team_id") or request.params.get("team")
    team = next((one for one in world.teams.values() if wanted in (one.id, one.name)), None)
    if team is None:
        raise Refused(404, "app.team.get.find.app_error")
    require(request.caller.id in team.members or request.caller.is_system_admin)
    return team


def get_team(world: World, request: Request) -> Answer:
    """GET /teams/{id} and /teams/name/{name}."""
    return Answer(200, view_team(own_team(world, request)))


def get_team_member(world: World, request: Request) -> Answer:
    """GET /teams/{id}/members/{user}."""
    team, user = own_team(world, request), who(world, request)
    if user.id not in team.members:
        raise Refused(404, "app.team.get_member.missing.app_error")
    return Answer(200, view_team_member(team, user.id))


def add_team_member(world: World, request: Request) -> Answer:
    """POST /teams/{id}/members: an administrator of the team."""
    team = own_team(world, request)
    require(is_team_admin(request.caller, team))
    other = world.user(str(request.fields().get("user_id") or ""))
    team.members.setdefault(other.id, {"team_user"})
    return Answer(201, view_team_member(team, other.id))


def get_bot(world: World, request: Request) -> Answer:
    """GET /bots/{id}: its owner, or an administrator of the server; a disabled one only when that is asked for."""
    user = world.user(request.params["user_id"])
    require(user.owner is request.caller or request.caller.is_system_admin)
    if not user.is_bot or (user.deactivated_at and request.query.get("include_deleted") != "true"):
        raise Refused(404, "store.sql_bot.get.missing.app_error")
    owner = user.owner.id if user.owner is not None else ""
    view: Json = {"user_id": user.id, "username": user.name, "owner_id": owner, "delete_at": user.deactivated_at}
    return Answer(200, view)


def get_channel_by_name(world: World, request: Request) -> Answer:
    """GET /teams/…/channels/name/{name}: what the caller may read."""
    team, name = own_team(world, request), request.params["name"]
    channel = next((one for one in world.channels.values() if one.team is team and one.name == name), None)
    if channel is None or channel.deleted_at:
        raise Refused(404, "app.channel.get_by_name.missing.app_error")
    if not may_read(request.caller, channel):
        raise Refused(404, "app.channel.get_by_name.missing.app_error")
    return Answer(200, view_channel(channel))


def readable(world: World, request: Request) -> Channel:
    """The channel in the path, if the caller may read it."""
    channel = world.channel(request.params["channel_id"])
    require(may_read(request.caller, channel))
    return channel


def get_channel(world: World, request: Request) -> Answer:
    """GET /channels/{id}."""
    return Answer(200, view_channel(readable(world, request)))


def archive_channel(world: World, request: Request) -> Answer:
    """DELETE /channels/{id}: archived; a member may."""
    channel = world.channel(request.params["channel_id"])
    require(channel.kind != "D" and (is_member(request.caller, channel) or is_team_admin(request.caller, channel.team)))
    channel.deleted_at = world.milliseconds()
    return Answer(200, {"status": "OK"})


def list_members(world: World, request: Request) -> Answer:
    """GET /channels/{id}/members, by page."""
    channel = readable(world, request)
    page, size = int(request.query.get("page") or 0), int(request.query.get("per_page") or 60)
    users = list(channel.members)[page * size : (page + 1) * size]
    return Answer(200, [view_membership(channel, one) for one in users])


def get_member(world: World, request: Request) -> Answer:
    """GET /channels/{id}/members/{user}."""
    channel, user = readable(world, request), who(world, request)
    if user.id not in channel.members:
        raise Refused(404, "app.channel.get_member.missing.app_error")
    return Answer(200, view_membership(channel, user.id))


def add_member(world: World, request: Request) -> Answer:
    """POST /channels/{id}/members."""
    channel = world.channel(request.params["channel_id"])
    other = world.user(str(request.fields().get("user_id") or ""))
    if not may_add(request.caller, channel, other):
        raise forbidden()
    channel.members.setdefault(other.id, Membership(world.milliseconds()))
    return Answer(201, view_membership(channel, other.id))


def remove_member(world: World, request: Request) -> Answer:
    """DELETE /channels/{id}/members/{user}: oneself, or a member another one."""
    channel, other = world.channel(request.params["channel_id"]), who(world, request)
    require(channel.kind != "D" and (is_member(request.caller, channel) or is_team_admin(request.caller, channel.team)))
    channel.members.pop(other.id, None)
    return Answer(200, {"status": "OK"})


def create_direct(world: World, request: Request) -> Answer:
    """POST /channels/direct: with anybody, unless the server keeps people to their teams."""
    pair = request.json()
    if not isinstance(pair, list) or len(pair) != 2:
        raise invalid("user_ids")
    require(request.caller.id in pair or request.caller.is_system_admin)
    one, other = world.user(pair[0]), world.user(pair[1])
    shared = any(one.id in team.members and other.id in team.members for team in world.teams.values())
    if world.settings.restrict_direct and not shared:
        raise Refused(403, "api.channel.create_channel.direct_channel.team_restricted_error")
    return Answer(201, view_channel(world.direct(request.caller, other if one is request.caller else one)))


ROUTES = [
    Route("GET", "/api/v4/users/username/{name}", get_user_by_name),
    Route("POST", "/api/v4/users/ids", get_users_by),
    Route("POST", "/api/v4/users/usernames", get_users_by),
    Route("GET", "/api/v4/users/{user_id}", get_user),
    Route("GET", "/api/v4/users/{user_id}/teams", get_user_teams),
    Route("GET", "/api/v4/teams/name/{team}", get_team),
    Route("GET", "/api/v4/teams/name/{team}/channels/name/{name}", get_channel_by_name),
    Route("GET", "/api/v4/teams/{team_id}", get_team),
    Route("GET", "/api/v4/teams/{team_id}/members/{user_id}", get_team_member),
    Route("GET", "/api/v4/teams/{team_id}/channels/name/{name}", get_channel_by_name),
    Route("POST", "/api/v4/teams/{team_id}/members", add_team_member),
    Route("GET", "/api/v4/bots/{user_id}", get_bot),
    Route("POST", "/api/v4/channels/direct", create_direct),
    Route("GET", "/api/v4/channels/{channel_id}", get_channel),
    Route("DELETE", "/api/v4/channels/{channel_id}", archive_channel),
    Route("GET", "/api/v4/channels/{channel_id}/members", list_members),
    Route("POST", "/api/v4/channels/{channel_id}/members", add_member),
    Route("GET", "/api/v4/channels/{channel_id}/members/{user_id}", get_member),
    Route("DELETE", "/api/v4/channels/{channel_id}/members/{user_id}", remove_member),
]
