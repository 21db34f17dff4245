"""What a Mattermost server brings in, verified and then decoded: a typed command, a click, a form that was sent.

Nothing in a request is believed for being there. A command is proved by its token and the signed trigger, a click by our
own seal and the signed trigger, a form by our own seal, which was handed to a user who had been proved. Tokens, trigger
ids and response addresses are secrets, and in no `repr`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NoReturn, TypeAlias
from urllib.parse import parse_qsl

from bot.platforms.base import Incoming
from bot.platforms.mattermost.client import NAME
from bot.platforms.mattermost.trigger import Forged, KeyUnavailable, KeyWanted, Triggers
from bot.seal import BadSeal, Seal, Sealed

__all__ = [
    "Click",
    "CommandCall",
    "Forged",
    "KeyUnavailable",
    "KeyWanted",
    "Malformed",
    "Submission",
    "read_click",
    "read_command",
    "read_submission",
]

Value: TypeAlias = str | bool | list[str]
"""What one element of a form holds; a number comes as its text."""

_ID: Final = re.compile(r"[a-z0-9]{26}")
_DIRECT: Final = re.compile(r"[a-z0-9]{26}__[a-z0-9]{26}")
"""The name of the channel of two people; no other channel may have such a name."""
_LISTS: Final = frozenset({"user_mentions", "user_mentions_ids", "channel_mentions", "channel_mentions_ids"})
"""The fields of a command that may occur several times."""
_MOST_FIELDS: Final = 1000


class Malformed(Exception):
    """A request that cannot be understood, whoever sent it."""


@dataclass(frozen=True, slots=True)
class CommandCall:
    """A typed command. `trigger_id` opens a form for half a minute, `response_url` posts as the user for half an hour.

    `root_id` is the post whose thread it was typed in, or anything else: the server does not check it. `team` is, in a
    direct message, the one that the user's window shows.
    """

    incoming: Incoming
    trigger_id: str = field(repr=False)
    response_url: str = field(repr=False)
    root_id: str
    team: str


@dataclass(frozen=True, slots=True)
class Click:
    """A click on a button of ours. `channel` is empty in a direct message; `post` is where the button stands.

    Whether that post is the one that we made, and whether a one-time seal was used before, is not known here. `at` is
    the server's time (UTC).
    """

    account: str
    channel: str
    post: str
    sealed: Sealed
    trigger_id: str = field(repr=False)
    at: datetime
    received_at: datetime
    event_id: str

    def act(self) -> Incoming:
        """What the button stands for, as an act of the person who clicked."""
        return Incoming(
            NAME, self.account, self.channel, self.received_at, self.event_id,
            command=self.sealed.command, values=dict(self.sealed.values), platform_at=self.at,
            once=_once(self.sealed),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Submission:
    """A form that was sent, or closed when `cancelled`. `channel` is where it was opened, empty in a direct message.

    An element that was left empty is not in `values`. The same content sent twice has the same `event_id`; all contents
    of one form have the same `once`. Both are empty for a form that does nothing.
    """

    account: str
    channel: str
    sealed: Sealed
    values: Mapping[str, Value]
    cancelled: bool
    received_at: datetime
    event_id: str
    once: str


def read_command(
    headers: Mapping[str, str], body: bytes, tokens: Mapping[str, str], triggers: Triggers, now: datetime
) -> CommandCall:
    """A typed command, received at `now`. `tokens` are those of the commands, by `team/trigger`.

    The token counts that stands in the form: a server can be set up to send an Authorization header of its own instead.
    A header that does hold a token must hold the same one. Raises `Forged` or `Malformed`.
    """
    form = _form(body)
    command, team, user = form["command"], _id(form, "team_id"), _id(form, "user_id")
    _check_token(form["token"], tokens.get(f"{team}/{command.removeprefix('/')}", ""), headers)
    channel = _channel(form)
    trigger = triggers.check(form["trigger_id"], user, now)
    text = f"{command} {form['text']}" if form["text"] else command
    incoming = Incoming(NAME, user, channel, now, f"{NAME}-{trigger.id}", text=text, platform_at=trigger.at)
    return CommandCall(incoming, form["trigger_id"], form["response_url"], form.get("root_id", ""), team)


def read_click(body: bytes, seal: Seal, triggers: Triggers, now: datetime, *, may_ask: bool = True) -> Click:
    """A click, received at `now`: the seal is ours, for this channel and this person. Raises `Forged` or `Malformed`.

    Unless it may ask the server for its key, which can take seconds, this raises `KeyWanted` where it would.
    """
    click = _object(body)
    context = click.get("context")
    if not isinstance(context, dict):
        raise Malformed("context")
    sealed = _opened(_text(context, "t"), "click", seal, now)
    user, post, channel, trigger_id = (
        _id(click, "user_id"),
        _id(click, "post_id"),
        _channel(click),
        _text(click, "trigger_id"),
    )
    if channel != sealed.channel:
        raise Forged("channel")
    if sealed.account and not _same(sealed.account, user):
        raise Forged("account")
    trigger = triggers.check(trigger_id, user, now, may_ask=may_ask)
    return Click(user, channel, post, sealed, trigger_id, trigger.at, now, f"{NAME}-{trigger.id}")


def read_submission(body: bytes, seal: Seal, now: datetime) -> Submission:
    """A form that was sent or closed, received at `now`, by the person for whom we opened it.

    Where it was sent from is what the window happens to show: the channel is the sealed one. What the form may hold is
    not checked, here or at the server. Raises `Forged` or `Malformed`.
    """
    sent = _object(body)
    sealed = _opened(_text(sent, "state"), "dialog", seal, now)
    if not sealed.account or not _same(sealed.account, _id(sent, "user_id")):
        raise Forged("account")
    if sealed.command and not sealed.nonce:
        raise Forged("nonce")
    cancelled = sent.get("cancelled", False)
    if sent.get("type", "dialog_submission") != "dialog_submission" or not isinstance(cancelled, bool):
        raise Malformed("type")
    values = _values(sent.get("submission"))
    once = _once(sealed)
    event_id = f"{once}-{_digest(values)}" if once else ""
    return Submission(sealed.account, sealed.channel, sealed, values, cancelled, now, event_id, once)


# --- proof -----------------------------------------------------------------------------------------------------


def _check_token(given: str, expected: str, headers: Mapping[str, str]) -> None:
    """The token of the command, in the form and in the header if that has one; a command we do not know has none."""
    scheme, _, in_header = next(
        (value for name, value in headers.items() if name.lower() == "authorization"), ""
    ).partition(" ")
    is_same = _same(expected, given) and (scheme != "Token" or _same(expected, in_header))
    if not expected or not is_same:
        raise Forged("token")


def _opened(token: str, purpose: str, seal: Seal, now: datetime) -> Sealed:
    try:
        return seal.open(token, purpose, now)
    except BadSeal:
        raise Forged("seal") from None


def _same(expected: str, given: str) -> bool:
    """Whether two texts are equal; the time it takes tells nothing about them."""
    return hmac.compare_digest(expected.encode(), given.encode())


def _once(sealed: Sealed) -> str:
    return f"{NAME}-{sealed.nonce}" if sealed.nonce else ""


# --- decoding --------------------------------------------------------------------------------------------------


def _form(body: bytes) -> dict[str, str]:
    """The single-valued fields of a command; none of them may occur twice."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise Malformed("form") from None
    single = [(name, value) for name, value in pairs if name not in _LISTS]
    form = dict(single)
    needed = {
        "token",
        "command",
        "text",
        "team_id",
        "channel_id",
        "channel_name",
        "user_id",
        "trigger_id",
        "response_url",
    }
    if len(form) < len(single) or not form.keys() >= needed or not form["command"].startswith("/"):
        raise Malformed("form")
    return form


def _object(body: bytes) -> dict[str, Any]:
    """A JSON object in UTF-8 that says everything once."""
    try:
        found = json.loads(body.decode(), object_pairs_hook=_each_once, parse_constant=_no_constant)
        if b"\\u" in body:
            json.dumps(found, ensure_ascii=False).encode()  # half a sign cannot be stored
    except (ValueError, RecursionError):
        raise Malformed("json") from None
    if not isinstance(found, dict):
        raise Malformed("json")
    return found


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key occurs twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise Malformed(name)
    return value


def _id(fields: Mapping[str, Any], name: str) -> str:
    value = _text(fields, name)
    if not _ID.fullmatch(value):
        raise Malformed(name)
    return value


def _channel(fields: Mapping[str, Any]) -> str:
    """The channel; empty in a direct message."""
    channel = _id(fields, "channel_id")
    return "" if _DIRECT.fullmatch(_text(fields, "channel_name")) else channel


def _values(submission: object) -> dict[str, Value]:
    if submission is None:
        return {}
    if not isinstance(submission, dict):
        raise Malformed("submission")
    return {name: _value(value) for name, value in submission.items() if value is not None}


def _value(value: object) -> Value:
    match value:
        case str() | bool():
            return value
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case list() if all(isinstance(each, str) for each in value):
            return list(value)
        case _:
            raise Malformed("submission")


def _digest(values: Mapping[str, Value]) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the values in one canonical form."""
    text = json.dumps(values, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
