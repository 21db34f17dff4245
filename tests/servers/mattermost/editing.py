"""Changes to a post: who may make them by REST until when, and what they leave behind."""

from __future__ import annotations

from tests.servers.mattermost.attachments import stored_props
from tests.servers.mattermost.model import Channel, Json, Post, Refused, invalid
from tests.servers.mattermost.reading import view
from tests.servers.mattermost.rights import is_member, may_post, require
from tests.servers.mattermost.web import Answer, Request, Route
from tests.servers.mattermost.world import World


def check_size(world: World, message: str, props: Json) -> None:
    """Refuse what is longer than the server stores, counted in characters."""
    if len(message) > world.settings.max_post:
        raise Refused(400, "model.post.is_valid.message_length.app_error")
    if len(repr(props)) > world.settings.max_props:
        raise Refused(400, "model.post.is_valid.props.app_error")


def overwrite(
    world: World, post: Post, *, message: str, props: Json, pinned: bool, reacted: bool, files: list[str]
) -> None:
    """Replace what a post says: one more row of history, and one event for the members; rights have been checked."""
    check_size(world, message, props)
    post.history.append(
        {"message": post.message, "props": post.props, "edit_at": post.edited_at, "files": post.file_ids}
    )
    now = world.milliseconds()
    is_edited = message != post.message or files != post.file_ids
    is_edited = is_edited or props.get("attachments") != post.props.get("attachments")
    post.message, post.props, post.file_ids = message, props, files
    post.is_pinned, post.has_reactions = pinned, reacted
    post.updated_at = now
    if is_edited:
        post.edited_at = now
    channel = world.channels[post.channel_id]
    world.publish(channel.members, "post_edited", {"post": view(world, post)})


def checked_edit(world: World, request: Request, changes_message: bool) -> tuple[Post, Channel]:
    """The post of the request, if the caller may change it by REST: the author, in time."""
    post = world.posts.get(request.params["post_id"])
    require(post is not None and not post.deleted_at)
    assert post is not None
    channel = world.channel(post.channel_id)
    require(post.user_id == request.caller.id and may_post(request.caller, channel))
    check_time(world, post, changes_message)
    return post, channel


def check_time(world: World, post: Post, changes_message: bool) -> None:
    """Refuse an edit after the limit, in the reading that the settings choose."""
    limit = world.settings.edit_limit
    if limit < 0 or not (changes_message or world.settings.limits_every_edit):
        return
    if limit == 0 or world.milliseconds() > post.created_at + limit * 1000:
        raise Refused(400, "api.post.update_post.permissions_time_limit.app_error", seconds=limit)


def patch_post(world: World, request: Request) -> Answer:
    """PUT /posts/{id}/patch: what is given replaces, whole; what is not stays."""
    given = request.fields()
    post, channel = checked_edit(world, request, given.get("message") is not None)
    if channel.deleted_at:
        raise Refused(400, "api.post.patch_post.can_not_update_post_in_deleted.error")
    props = given.get("props")
    overwrite(
        world,
        post,
        message=post.message if given.get("message") is None else given["message"],
        props=post.props if props is None else stored_props(props, world.new_id),
        pinned=post.is_pinned if given.get("is_pinned") is None else given["is_pinned"],
        reacted=post.has_reactions,
        files=list(post.file_ids if given.get("file_ids") is None else given["file_ids"]),
    )
    return Answer(200, view(world, post))


def put_post(world: World, request: Request) -> Answer:
    """PUT /posts/{id}: loses the pin and the reactions, on older servers the props as well."""
    given = request.fields()
    if given.get("id") != request.params["post_id"]:
        raise invalid("id")
    post, channel = checked_edit(world, request, True)
    if channel.deleted_at:
        raise Refused(400, "api.post.update_post.can_not_update_post_in_deleted.error")
    props = given.get("props")
    kept = post.props if world.settings.release >= (11, 7) else {}
    overwrite(
        world,
        post,
        message=given.get("message") or "",
        props=kept if props is None else stored_props(props, world.new_id),
        pinned=bool(given.get("is_pinned")),
        reacted=bool(given.get("has_reactions")),
        files=list(post.file_ids),
    )
    return Answer(200, view(world, post))


def set_pin(world: World, request: Request) -> Answer:
    """POST /posts/{id}/pin and /unpin: any member, yet under the newer edit limit too; a row of history each."""
    post = world.post(request.params["post_id"])
    channel = world.channel(post.channel_id)
    require(is_member(request.caller, channel))
    check_time(world, post, False)
    if channel.deleted_at:
        raise Refused(400, "api.post.patch_post.can_not_update_post_in_deleted.error")
    pinned = request.path.endswith("/pin")
    overwrite(
        world,
        post,
        message=post.message,
        props=post.props,
        pinned=pinned,
        reacted=post.has_reactions,
        files=list(post.file_ids),
    )
    return Answer(200, {"status": "OK"})


ROUTES = [
    Route("PUT", "/api/v4/posts/{post_id}", put_post),
    Route("PUT", "/api/v4/posts/{post_id}/patch", patch_post),
    Route("POST", "/api/v4/posts/{post_id}/pin", set_pin),
    Route("POST", "/api/v4/posts/{post_id}/unpin", set_pin),
]
