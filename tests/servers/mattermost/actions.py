"""Clicks on buttons and menus: how they reach the bot, and what its answer does to the post."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import Any

from tests.servers.mattermost import editing, ephemeral
from tests.servers.mattermost.attachments import slack_links, stored_props
from tests.servers.mattermost.model import Channel, Json, Post, Refused, User, forbidden
from tests.servers.mattermost.outgoing import BotAnswer, CallFailed
from tests.servers.mattermost.rights import may_read, require
from tests.servers.mattermost.web import Answer, Request, Route
from tests.servers.mattermost.world import World

BROKEN = "api.post.do_action.action_integration.app_error"
KEPT_PROPS = ("from_webhook", "override_username", "override_icon_url")
OLD_ID = re.compile(r"[A-Za-z0-9]+")


def perform(world: World, request: Request) -> Answer:
    """POST /posts/{id}/actions/{action}: the action is looked up in the post as it stands now."""
    user, post_id = request.caller, request.params["post_id"]
    given = request.fields() if request.body else {}
    if world.settings.release < (11, 10) and OLD_ID.fullmatch(request.params["action"]) is None:
        return Answer(
            404, {"id": "api.context.404.app_error", "message": "Sorry, we could not find the page."} | lost(request)
        )
    with world.lock:
        post = world.posts.get(post_id)
        if given.get("cookie"):
            found = world.keys.read_cookie(given["cookie"])
            require(may_read(user, world.channel(found["channel_id"])))
            if post is None and found["post_id"] != post_id:
                raise Refused(400, BROKEN)
        elif post is None:
            raise forbidden()
        if post is not None:
            require(may_read(user, world.channel(post.channel_id)))
            found = stored_action(world.post(post_id), request.params["action"])
        before = deepcopy(post.props) if post is not None else {}
        client_id = world.new_id()
        trigger_id = world.keys.trigger(client_id, user.id, world.milliseconds())
        channel = world.channel(found["channel_id"])
        body = click_body(user, channel, post_id, found, given.get("selected_option") or "", trigger_id)
    try:
        url = found["integration"].get("url", "")
        with world.caller.exchange("click", url, body, "application/json") as answer, world.lock:
            apply(world, user, post_id, found, before, read_answer(answer))
    except CallFailed:
        raise Refused(400, BROKEN) from None
    return Answer(200, {"status": "OK", "trigger_id": client_id})


def lost(request: Request) -> Json:
    """The rest of the answer to a path that does not exist."""
    detail = f"There doesn't appear to be an api call for the url='{request.path}'.  "
    return {
        "detailed_error": detail + "Typo? are you missing a team_id or user_id as part of the url?",
        "status_code": 404,
    }


def stored_action(post: Post, action_id: str) -> Json:
    """The first action of the post with this id, with the facts that a cookie holds for a message without a post."""
    action = next((one for one in post.actions if one["id"] == action_id), None)
    if action is None or not action.get("integration"):
        raise Refused(404, "api.post.do_action.action_id.app_error")
    return {
        "channel_id": post.channel_id,
        "root_id": post.root_id or post.id,
        "type": action.get("type", ""),
        "data_source": action.get("data_source", ""),
        "integration": action["integration"],
    }


def click_body(user: User, channel: Channel, post_id: str, found: Json, option: str, trigger_id: str) -> bytes:
    """What the bot is sent: context keys sorted, numbers as floats, the chosen option whatever it is."""
    context = as_decoded(found["integration"].get("context") or {})
    if option:
        context["selected_option"] = option
    body = {
        "user_id": user.id,
        "user_name": user.name,
        "channel_id": channel.id,
        "channel_name": channel.name,
        "team_id": channel.team.id if channel.team else "",
        "team_domain": channel.team.name if channel.team else "",
        "post_id": post_id,
        "trigger_id": trigger_id,
        "type": found["type"],
        "data_source": found["data_source"],
        "context": dict(sorted(context.items())),
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def as_decoded(value: Any) -> Any:
    """A value after the server has read it as JSON: every number a float."""
    if isinstance(value, dict):
        return {key: as_decoded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_decoded(one) for one in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def read_answer(answer: BotAnswer) -> Json:
    """The bot's answer: only status 200 with JSON or nothing is accepted."""
    if answer.status != 200:
        raise Refused(400, BROKEN)
    if not answer.body:
        return {}
    try:
        parsed = json.loads(answer.body)
    except ValueError:
        raise Refused(400, BROKEN) from None
    if not isinstance(parsed, dict):
        raise Refused(400, BROKEN)
    return parsed


def apply(world: World, user: User, post_id: str, found: Json, before: Json, answer: Json) -> None:
    """Do what the answer asks: rewrite the post, and show the clicker a message of his own."""
    if answer.get("update") is not None:
        update(world, post_id, before, answer["update"])
    text = answer.get("ephemeral_text") or ""
    if text:
        message = text if answer.get("skip_slack_parsing") else slack_links(text)
        given = {"channel_id": found["channel_id"], "root_id": found["root_id"], "message": message}
        kept = {key: before[key] for key in KEPT_PROPS if key in before}
        ephemeral.send(world, user.id, {**given, "props": kept}, user.id)


def update(world: World, post_id: str, before: Json, given: Json) -> None:
    """Rewrite the post without regard to rights or the edit limit: what is not given is wiped, but for the props."""
    post = world.post(post_id)
    if world.channel(post.channel_id).deleted_at:
        raise Refused(400, "api.post.update_post.can_not_update_post_in_deleted.error")
    if given.get("props") is None:
        props = before
    else:
        props = {key: value for key, value in given["props"].items() if key not in KEPT_PROPS}
        props = stored_props(props, world.new_id) | {key: before[key] for key in KEPT_PROPS if key in before}
    editing.overwrite(
        world,
        post,
        message=given.get("message") or "",
        props=props,
        pinned=post.is_pinned,
        reacted=post.has_reactions,
        files=[one for one in given.get("file_ids") or () if one in post.file_ids],
    )


ROUTES = [Route("POST", "/api/v4/posts/{post_id}/actions/{action}", perform, lock=False)]
