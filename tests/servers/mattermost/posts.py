"""New posts: who may write where, what is stored, whom it notifies; and posts that go."""

from __future__ import annotations

import time

from tests.servers.mattermost import ephemeral
from tests.servers.mattermost.attachments import stored_props
from tests.servers.mattermost.editing import check_size
from tests.servers.mattermost.mentions import mentioned
from tests.servers.mattermost.model import Channel, Json, Post, Refused, User, invalid
from tests.servers.mattermost.reading import view
from tests.servers.mattermost.rights import is_member, is_team_admin, may_post, may_read, require
from tests.servers.mattermost.web import Answer, Request, Route
from tests.servers.mattermost.world import World

PENDING_LIFE = 30_000  # milliseconds
ROOT_INVALID = "api.post.create_post.root_id.app_error"


def create(world: World, user: User, channel: Channel, given: Json) -> Post:
    """Store a new post, count mentions and tell the members; rights have been checked."""
    message, root_id = given.get("message") or "", given.get("root_id") or ""
    if channel.deleted_at:
        raise Refused(400, "api.post.create_post.can_not_post_to_deleted.error")
    if root_id:
        root = world.posts.get(root_id)
        if root is None or root.deleted_at or root.channel_id != channel.id or root.root_id:
            raise Refused(400, ROOT_INVALID)
    props = stored_props(given.get("props"), world.new_id)
    if user.is_bot and "from_webhook" not in props:
        props["from_bot"] = "true"
    check_size(world, message, props)
    now = world.milliseconds()
    post = Post(world.new_id(), user.id, channel.id, message, props, now, now, root_id, given.get("type") or "")
    for file_id in given.get("file_ids") or ():
        file = world.files.get(file_id)
        if file is not None and file.user_id == user.id and not file.post_id:
            file.post_id = post.id
            post.file_ids.append(file_id)
    world.posts[post.id] = post
    if root_id:
        world.replies.setdefault(root_id, []).append(post)
    channel.post_count += 1
    channel.root_count += not root_id
    channel.last_post_at = now
    _notify(world, user, channel, post)
    return post


def _notify(world: World, user: User, channel: Channel, post: Post) -> None:
    others = [world.users[one] for one in channel.members if one != user.id]
    named = mentioned(post.message, post.props, others, channel, world.settings.max_notifications)
    for one in others:
        membership = channel.members[one.id]
        membership.explicit += one.id in named
        membership.mentions += one.id in named or channel.kind == "D"
    data = {
        "channel_display_name": channel.name.capitalize(),
        "channel_name": channel.name,
        "channel_type": channel.kind,
        "post": view(world, post),
        "sender_name": f"@{user.name}",
        "set_online": True,
        "team_id": channel.team.id if channel.team else "",
    }
    world.publish(channel.members, "posted", data)


def create_post(world: World, request: Request) -> Answer:
    """POST /posts."""
    given = request.fields()
    user = request.caller
    pending = str(given.get("pending_post_id") or "")
    with world.lock:
        channel = world.channels.get(given.get("channel_id") or "")
        require(channel is not None and may_post(user, channel))
        assert channel is not None
        if str(given.get("type") or "").startswith("system_"):
            raise invalid("type")
        earlier = _earlier(world, user, pending)
        if earlier is not None:
            return Answer(201, view(world, earlier, with_metadata=False))
        if pending:
            world.pending[pending] = (world.milliseconds(), "")
    time.sleep(world.settings.create_seconds)
    with world.lock:
        try:
            post = create(world, user, channel, given)
        except Refused:
            world.pending.pop(pending, None)
            raise
        if pending:
            world.pending[pending] = (world.milliseconds(), post.id)
        return Answer(201, view(world, post) | {"pending_post_id": pending})


def _earlier(world: World, user: User, pending: str) -> Post | None:
    """The post that the same pending id made within its life, whoever made it, if the caller may read it."""
    at, post_id = world.pending.get(pending, (-PENDING_LIFE, ""))
    if not pending or world.milliseconds() - at > PENDING_LIFE:
        return None
    if not post_id:
        raise Refused(500, "api.post.deduplicate_create_post.pending")
    post = world.posts.get(post_id)
    if post is None or post.deleted_at or not may_read(user, world.channel(post.channel_id)):
        return None
    return post


def delete_post(world: World, request: Request) -> Answer:
    """DELETE /posts/{id}: the author, or an administrator of the team."""
    post = world.post(request.params["post_id"])
    channel = world.channel(post.channel_id)
    is_own = post.user_id == request.caller.id and is_member(request.caller, channel)
    require(is_own or is_team_admin(request.caller, channel.team))
    now = world.milliseconds()
    for one in (post, *world.replies.get(post.id, ())):
        one.deleted_at = one.updated_at = now
    world.publish(channel.members, "post_deleted", {"post": view(world, post)})
    return Answer(200, {"status": "OK"})


def create_ephemeral(world: World, request: Request) -> Answer:
    """POST /posts/ephemeral: only for system administrators and an extended role."""
    require(request.caller.is_system_admin)
    given = request.fields()
    post = given.get("post") or {}
    shown = ephemeral.send(world, given.get("user_id") or "", post, request.caller.id)
    return Answer(201, shown)


def react(world: World, request: Request) -> Answer:
    """POST /reactions: a member of the channel, for itself."""
    given = request.fields()
    post = world.post(given.get("post_id") or "")
    require(given.get("user_id") == request.caller.id and is_member(request.caller, world.channel(post.channel_id)))
    now = world.milliseconds()
    reaction = {
        "user_id": request.caller.id,
        "post_id": post.id,
        "emoji_name": given.get("emoji_name") or "",
        "create_at": now,
        "update_at": now,
        "delete_at": 0,
        "remote_id": "",
        "channel_id": post.channel_id,
    }
    post.reactions.append(reaction)
    post.has_reactions = True
    return Answer(201, reaction)


ROUTES = [
    Route("POST", "/api/v4/posts", create_post, lock=False),
    Route("POST", "/api/v4/posts/ephemeral", create_ephemeral),
    Route("DELETE", "/api/v4/posts/{post_id}", delete_post),
    Route("POST", "/api/v4/reactions", react),
]
