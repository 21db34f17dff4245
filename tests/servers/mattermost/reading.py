"""Posts as readers get them: one, a thread, a channel, and what a post said before."""

from __future__ import annotations

from typing import Any

from tests.servers.mattermost.attachments import visible_props
from tests.servers.mattermost.model import Json, Post
from tests.servers.mattermost.rights import may_read, require
from tests.servers.mattermost.web import Answer, Request, Route
from tests.servers.mattermost.world import World


def view(world: World, post: Post, *, with_metadata: bool = True) -> Json:
    """A post as a reader gets it."""
    replies = [one for one in world.replies.get(post.id, ()) if not one.deleted_at]
    shown: Json = {
        "id": post.id,
        "create_at": post.created_at,
        "update_at": post.updated_at,
        "edit_at": post.edited_at,
        "delete_at": post.deleted_at,
        "is_pinned": post.is_pinned,
        "user_id": post.user_id,
        "channel_id": post.channel_id,
        "root_id": post.root_id,
        "original_id": "",
        "message": post.message,
        "type": post.type,
        "props": visible_props(post.props),
        "hashtags": "",
        "file_ids": list(post.file_ids),
        "pending_post_id": "",
        "remote_id": "",
        "reply_count": len(replies),
        "last_reply_at": max((one.created_at for one in replies), default=0),
        "participants": None,
    }
    if post.has_reactions:
        shown["has_reactions"] = True
    if with_metadata:
        shown["metadata"] = metadata(world, post)
    return shown


def metadata(world: World, post: Post) -> Json:
    """What hangs on a post: attachments, files, reactions."""
    found: Json = {}
    if post.attachments:
        found["embeds"] = [{"type": "message_attachment"}]
    if post.file_ids:
        found["files"] = [{"id": one, "name": world.files[one].name} for one in post.file_ids]
    if post.has_reactions:
        found["reactions"] = list(post.reactions)
    return found


def listed(world: World, posts: list[Post], *, deleted: bool = False) -> Json:
    """A list of posts, newest first in `order`."""
    kept = [one for one in posts if deleted or not one.deleted_at]
    order = [one.id for one in reversed(kept)]
    posted: dict[str, Any] = {one.id: view(world, one) for one in kept}
    return {"order": order, "posts": posted, "next_post_id": "", "prev_post_id": ""}


def get_post(world: World, request: Request) -> Answer:
    """GET /posts/{id}."""
    post = world.post(request.params["post_id"])
    require(may_read(request.caller, world.channel(post.channel_id)))
    return Answer(200, view(world, post))


def get_thread(world: World, request: Request) -> Answer:
    """GET /posts/{id}/thread."""
    post = world.post(request.params["post_id"])
    require(may_read(request.caller, world.channel(post.channel_id)))
    root = post.root_id or post.id
    return Answer(200, listed(world, [world.posts[root], *world.replies.get(root, ())]))


def get_history(world: World, request: Request) -> Answer:
    """GET /posts/{id}/edit_history: the author alone, newest first."""
    post = world.post(request.params["post_id"])
    require(post.user_id == request.caller.id)
    rows = [
        view(world, post)
        | {
            "original_id": post.id,
            "message": row["message"],
            "props": visible_props(row["props"]),
            "edit_at": row["edit_at"],
        }
        for row in reversed(post.history)
    ]
    return Answer(200, rows)


def get_channel_posts(world: World, request: Request) -> Answer:
    """GET /channels/{id}/posts: newest first, by page or since a moment."""
    channel = world.channel(request.params["channel_id"])
    require(may_read(request.caller, channel))
    posts = [one for one in world.posts.values() if one.channel_id == channel.id]
    since = int(request.query.get("since") or 0)
    if since:
        return Answer(200, listed(world, [one for one in posts if one.updated_at > since], deleted=True))
    page, size = int(request.query.get("page") or 0), int(request.query.get("per_page") or 60)
    newest = [one for one in reversed(posts) if not one.deleted_at]
    return Answer(200, listed(world, list(reversed(newest[page * size : (page + 1) * size]))))


ROUTES = [
    Route("GET", "/api/v4/posts/{post_id}", get_post),
    Route("GET", "/api/v4/posts/{post_id}/thread", get_thread),
    Route("GET", "/api/v4/posts/{post_id}/edit_history", get_history),
    Route("GET", "/api/v4/channels/{channel_id}/posts", get_channel_posts),
]
