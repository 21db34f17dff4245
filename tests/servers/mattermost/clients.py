"""What people's clients do: type commands, click what they see, fill in dialogs, all over the server's REST interface."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from tests.servers.mattermost.attachments import actions_of, visible_props
from tests.servers.mattermost.model import Channel, Json, Team, User
from tests.servers.mattermost.world import World

EMPTY: tuple[object, ...] = ("", None, [])


class NotShown(AssertionError):
    """A person cannot do this: there is no such button, field or choice on the screen."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a client got back from the server."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the server accepted it."""
        return self.status < 300

    @property
    def error_id(self) -> str:
        """The id of the refusal; empty when there is none."""
        return str(self.body.get("id", "")) if not self.ok and isinstance(self.body, dict) else ""


@dataclass(slots=True, eq=False)
class Dialog:
    """A dialog on somebody's screen. `url`, `callback_id` and a cancel's state stay those of the first step.

    `typed` holds everything filled in so far: the web client sends earlier values again where a field is now empty.
    """

    user: User
    url: str
    callback_id: str
    first_state: str
    shown: Json
    is_open: bool = True
    typed: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    error: str = ""

    @property
    def title(self) -> str:
        """The title of the step that is shown."""
        return str(self.shown["title"])

    @property
    def introduction(self) -> str:
        """The text above the fields."""
        return str(self.shown["introduction_text"])

    @property
    def elements(self) -> list[Json]:
        """The fields of the step that is shown, in order."""
        return list(self.shown["elements"] or ())

    @property
    def names(self) -> list[str]:
        """The names of the fields, in order."""
        return [one["name"] for one in self.elements]

    def element(self, name: str) -> Json:
        """A field by name."""
        found = next((one for one in self.elements if one["name"] == name), None)
        if found is None:
            raise NotShown(f"no field {name!r} in {self.title!r}: {self.names}")
        return found


class Clients:
    """The clients of all people of one server."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._dialogs: list[Dialog] = []
        self._dialog_events = 0
        self._showing: dict[str, tuple[Channel, Team | None]] = {}

    def call(
        self, user: User | None, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Seen:
        """One call of the REST interface (`path` below /api/v4), or of another address of the server, as somebody."""
        sent = dict(headers or {})
        if user is not None:
            sent.setdefault("Authorization", f"Bearer {user.token}")
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        whole = path if path.startswith(("/api/", "/hooks/")) else f"/api/v4{path}"
        line = HTTPConnection(urlsplit(self.world.url).netloc, timeout=60)
        try:
            line.request(method, whole, content, sent)
            response = line.getresponse()
            got = response.read()
        finally:
            line.close()
        is_json = response.getheader("Content-Type", "").startswith("application/json")
        return Seen(response.status, json.loads(got) if is_json else got, dict(response.getheaders()))

    def show(self, user: User, channel: Channel, team: Team | None = None) -> None:
        """What a person has on the screen: that is the channel and the team a dialog is sent with."""
        known = self._showing.get(user.id, (channel, None))[1]
        anywhere = next((one for one in self.world.teams.values() if user.id in one.members), None)
        self._showing[user.id] = (channel, channel.team or team or known or anywhere)

    def execute(self, user: User, channel: Channel, text: str, root_id: str = "", team: Team | None = None) -> Seen:
        """Type a slash command."""
        self.show(user, channel, team)
        shown = self._showing[user.id][1]
        body = {"channel_id": channel.id, "team_id": shown.id if shown else "", "command": text, "root_id": root_id}
        return self.call(user, "POST", "/commands/execute", body)

    def click(self, user: User, post_id: str, action_id: str, selected_option: str | None = None) -> Seen:
        """Press a button or choose in a menu; on a message of somebody's own the client sends the cookie along."""
        post = self.world.posts.get(post_id)
        whisper = self._ephemeral(post_id) if post is None else None
        channel_id = post.channel_id if post is not None else whisper["channel_id"] if whisper else ""
        if channel_id in self.world.channels:
            self.show(user, self.world.channels[channel_id])
        body: Json = {} if selected_option is None else {"selected_option": selected_option}
        for action in actions_of(whisper["props"]) if whisper else ():
            if action["id"] == action_id:
                body["cookie"] = action.get("cookie", "")
        return self.call(user, "POST", f"/posts/{post_id}/actions/{action_id}", body)

    def click_label(self, user: User, post_id: str, label: str, option: str | None = None) -> Seen:
        """Press the button with these words, or choose the option with these words in the menu with that name."""
        action = self.action(post_id, label)
        if action.get("disabled"):
            raise NotShown(f"{label!r} cannot be pressed")
        if option is None:
            return self.click(user, post_id, action["id"])
        values = {one["text"]: one["value"] for one in action.get("options") or ()}
        if option not in values:
            raise NotShown(f"no choice {option!r} in {label!r}: {list(values)}")
        return self.click(user, post_id, action["id"], values[option])

    def action(self, post_id: str, label: str) -> Json:
        """The button or menu with these words on a post as readers see it."""
        actions = actions_of(self._props(post_id))
        found = next((one for one in actions if one.get("name") == label), None)
        if found is None:
            raise NotShown(f"no button {label!r}: {[one.get('name') for one in actions]}")
        return found

    def dialogs(self, user: User) -> list[Dialog]:
        """All dialogs that were opened for a person, the newest last."""
        with self.world.lock:
            events = self.world.events[self._dialog_events :]
            self._dialog_events = len(self.world.events)
            for event in events:
                if event.name == "open_dialog":
                    given = event.data["dialog"]
                    shown = given["dialog"]
                    owner = self.world.users[event.user_id]
                    opened = Dialog(owner, given["url"], shown["callback_id"], shown["state"], shown)
                    self._dialogs.append(opened)
            return [one for one in self._dialogs if one.user is user]

    def submit(self, user: User, dialog: Dialog, values: Mapping[str, Any], *, unchecked: bool = False) -> Seen:
        """Fill in and send a dialog as the web client does; `unchecked` leaves out what the client checks.

        Empty values are left out, yet what was typed in an earlier try or step goes along. Afterwards the dialog is
        closed, or holds the errors, or shows its next step.
        """
        if not dialog.is_open:
            raise NotShown(f"{dialog.title!r} is closed")
        entered = {name: value for name, value in values.items() if value not in EMPTY}
        filled = {
            one["name"]: prefilled(one) for one in dialog.elements if one["default"] and one["name"] not in values
        }
        sent = filled | dialog.typed | entered
        if not unchecked:
            for name, value in values.items():
                check(dialog.element(name), value)
            for one in dialog.elements:
                is_filled = one["name"] in filled | entered or one["name"] in dialog.typed.keys() - values.keys()
                if not (one["optional"] or is_filled or one["type"] == "bool"):
                    raise NotShown(f"{one['name']!r} must be filled in")
        dialog.typed = sent
        seen = self.forge(user, self._submission(user, dialog, sent, dialog.shown["state"]))
        answer = seen.body if seen.ok and isinstance(seen.body, dict) else {}
        dialog.errors = dict(answer.get("errors") or {})
        dialog.error = answer.get("error") or ""
        if answer.get("type") == "form" and answer.get("form"):
            dialog.shown = answer["form"]
        elif seen.ok and not dialog.errors and not dialog.error:
            dialog.is_open = False
        return seen

    def cancel(self, user: User, dialog: Dialog) -> Seen | None:
        """Close a dialog without sending it; the bot hears of it when it asked to, with the state of the first step."""
        dialog.is_open = False
        if not dialog.shown["notify_on_cancel"]:
            return None
        return self.forge(user, self._submission(user, dialog, {}, dialog.first_state) | {"cancelled": True})

    def forge(self, user: User, submission: Json) -> Seen:
        """Send any submission, with or without a dialog."""
        return self.call(user, "POST", "/actions/dialogs/submit", submission)

    def _submission(self, user: User, dialog: Dialog, values: Json, state: str) -> Json:
        channel, team = self._showing.get(user.id, (None, None))
        return {
            "type": "dialog_submission",
            "url": dialog.url,
            "callback_id": dialog.callback_id,
            "state": state,
            "channel_id": channel.id if channel else "",
            "team_id": team.id if team else "",
            "submission": values,
            "cancelled": False,
        }

    def ephemerals(self, user: User) -> list[Json]:
        """The messages that were shown to one person alone, the newest last."""
        with self.world.lock:
            events = [one for one in self.world.events if one.user_id == user.id and one.name == "ephemeral_message"]
        return [one.data["post"] for one in events]

    def _ephemeral(self, post_id: str) -> Json | None:
        with self.world.lock:
            events = [one.data["post"] for one in self.world.events if one.name == "ephemeral_message"]
        return next((one for one in events if one["id"] == post_id), None)

    def _props(self, post_id: str) -> Json:
        post = self.world.posts.get(post_id)
        if post is not None:
            return visible_props(post.props)
        whisper = self._ephemeral(post_id)
        if whisper is None:
            raise NotShown(f"no message {post_id}")
        props: Json = whisper["props"]
        return props


def prefilled(element: Json) -> Any:
    """What a field holds when the dialog opens."""
    return element["default"] == "true" if element["type"] == "bool" else element["default"]


def check(element: Json, value: Any) -> None:
    """What the web client checks before it sends: a choice is among the options, a text has the right length."""
    name, options = element["name"], element["options"] or ()
    if element["type"] in ("select", "radio") and options and value:
        chosen = value if isinstance(value, list) else [value]
        allowed = [one["value"] for one in options]
        if not set(chosen) <= set(allowed):
            raise NotShown(f"no choice {value!r} in {name!r}: {allowed}")
    if isinstance(value, str) and element["type"] in ("text", "textarea") and value:
        longest = element["max_length"] or (3000 if element["type"] == "textarea" else 150)
        if not element["min_length"] <= len(value) <= longest:
            raise NotShown(f"{name!r} holds {element['min_length']} to {longest} characters, not {len(value)}")
