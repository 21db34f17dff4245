"""Attachments of a post: the form they are stored in, what readers get of them, and Slack's syntax."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from tests.servers.mattermost.model import Json

TEXTS = (
    "fallback",
    "color",
    "pretext",
    "author_name",
    "author_link",
    "author_icon",
    "title",
    "title_link",
    "text",
    "image_url",
    "thumb_url",
    "footer",
    "footer_icon",
)
ACTION_KEYS = (
    "id",
    "type",
    "name",
    "tooltip",
    "disabled",
    "style",
    "data_source",
    "options",
    "default_option",
    "integration",
)
SLACK_LINK = re.compile(r"<([^|<>!\n\s]+)\|([^\n>]+)>")
SLACK_PLACE = re.compile(r"<!(here|channel|all)>")
SLACK_USER = re.compile(r"<@([a-z0-9]{26})>")


def stored_props(props: Json | None, new_id: Callable[[], str]) -> Json:
    """Props as they are stored: attachments in full form, actions without an id given a new one."""
    stored = deepcopy(props or {})
    if isinstance(stored.get("attachments"), list):
        stored["attachments"] = stored_attachments(stored["attachments"], new_id)
    return stored


def stored_attachments(attachments: list[Any], new_id: Callable[[], str]) -> list[Any]:
    """Attachments in full form; what is no attachment stays as it is."""
    return [_attachment(one, new_id) if isinstance(one, dict) else one for one in attachments]


def _attachment(given: Json, new_id: Callable[[], str]) -> Json:
    full: Json = {"id": 0, **{key: given.get(key) or "" for key in TEXTS}, "ts": given.get("ts")}
    fields = given.get("fields")
    full["fields"] = None
    if fields is not None:
        full["fields"] = [
            {"title": one.get("title", ""), "value": one.get("value"), "short": bool(one.get("short"))}
            for one in fields
        ]
    actions = [
        {"id": action.get("id") or new_id(), **{key: action[key] for key in ACTION_KEYS[1:] if action.get(key)}}
        for action in given.get("actions") or ()
    ]
    if actions:
        full["actions"] = actions
    return full


def visible_props(props: Json) -> Json:
    """Props as every reader gets them, the author too: no integration."""
    shown = deepcopy(props)
    for action in actions_of(shown):
        action.pop("integration", None)
    return shown


def sealed_props(props: Json, seal: Callable[[Json], str]) -> Json:
    """Props of a message that is stored nowhere: each integration travels in a cookie."""
    shown = deepcopy(props)
    for action in actions_of(shown):
        if action.get("integration"):
            action["cookie"] = seal(action)
        action.pop("integration", None)
    return shown


def actions_of(props: Json) -> list[Json]:
    """All actions in props, in order."""
    attachments = props.get("attachments")
    if not isinstance(attachments, list):
        return []
    return [action for one in attachments if isinstance(one, dict) for action in one.get("actions") or ()]


def slack_links(text: str) -> str:
    """Slack's links as Markdown."""
    return SLACK_LINK.sub(r"[\2](\1)", text)


def slack_text(text: str, name_of: Callable[[str], str]) -> str:
    """Slack's links, places and people in Mattermost's own writing."""
    written = SLACK_PLACE.sub(r"@\1", slack_links(text))
    return SLACK_USER.sub(lambda found: name_of(found.group(1)), written)


def slack_attachments(attachments: list[Any], name_of: Callable[[str], str]) -> list[Any]:
    """Attachments with Slack's syntax rewritten in every text that is shown."""
    rewritten = deepcopy(attachments)
    for one in rewritten:
        if not isinstance(one, dict):
            continue
        for key in ("pretext", "text", "title"):
            if one.get(key):
                one[key] = slack_text(one[key], name_of)
        for entry in one.get("fields") or ():
            if isinstance(entry.get("value"), str):
                entry["value"] = slack_text(entry["value"], name_of)
    return rewritten
