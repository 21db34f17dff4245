"""A real Mattermost server, driven as people's own clients do; made for tests, and so full of test people."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from threading import RLock, Thread
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

from tests.servers.mattermost.clients import Clients, Seen
from tests.servers.mattermost.model import Channel, Command, Event, Json, Membership, Post, Team, User

PASSWORD = secrets.token_urlsafe(16) + "aA1!"


class LiveWorld:
    """What the clients need to know of a server: its address, and what each person's window was told."""

    def __init__(self, url: str, server: LiveMattermost) -> None:
        self.url = url
        self.lock = RLock()
        self.users: dict[str, User] = {}
        self.teams: dict[str, Team] = {}
        self.channels: dict[str, Channel] = {}
        self.events: list[Event] = []
        self.posts = LivePosts(server)


class LivePosts:
    """The posts of the server, each fetched when it is asked for."""

    def __init__(self, server: LiveMattermost) -> None:
        self._server = server

    def get(self, post: str) -> Post | None:
        """A post as its readers see it; None when it is gone."""
        seen = self._server.call(self._server.admin, "GET", f"/posts/{post}")
        return _post(seen.body) if seen.ok else None


class LiveMattermost(Clients):
    """A server at an address, with the token of a system administrator. What it makes has a name of its own each run."""

    def __init__(self, url: str, token: str) -> None:
        self.admin = User("", "admin", token, 0)
        super().__init__(LiveWorld(url, self))  # type: ignore[arg-type] # the part of a world that clients use
        me = self._must(self.call(self.admin, "GET", "/users/me"))
        self.admin.id = me["id"]
        self.world.users[self.admin.id] = self.admin
        self.run = secrets.token_hex(4)
        self._sockets = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._sockets.close()
        for user in self.world.users.values():  # a server without a licence has room for 250 people
            if user is not self.admin:
                self.call(self.admin, "DELETE", f"/users/{user.id}")

    @property
    def url(self) -> str:
        """Where the server listens."""
        return self.world.url

    def version(self) -> str:
        """The version that the server tells."""
        return self.call(self.admin, "GET", "/system/ping").headers.get("X-Version-Id", "")

    # --- setting up ---

    def team(self, name: str) -> Team:
        """A new open team, with room for a board of many."""
        room = {"TeamSettings": {"MaxUsersPerTeam": 200}}
        self._must(self.call(self.admin, "PUT", "/config/patch", room))
        made = self._post("/teams", {"name": f"{name}-{self.run}", "display_name": name, "type": "O"})
        team = Team(made["id"], made["name"], {self.admin.id: {"team_user", "team_admin"}})
        self.world.teams[team.id] = team
        return team

    def user(self, name: str, teams: Iterable[Team] = (), locale: str = "nl") -> User:
        """A new person in these teams, logged in, with a window that hears what the server tells it."""
        email = f"{name}-{self.run}@example.org"
        body = {"email": email, "username": f"{name}-{self.run}", "password": PASSWORD, "locale": locale}
        made = self._post("/users", body)
        login = self.call(None, "POST", "/users/login", {"login_id": email, "password": PASSWORD})
        user = User(made["id"], made["username"], login.headers["Token"], 0, locale)
        self.world.users[user.id] = user
        for team in teams:
            self._join_team(user, team)
        self._listen(user)
        return user

    def bot(self, name: str, teams: Iterable[Team] = ()) -> User:
        """A new bot account with a token, a plain member of these teams."""
        made = self._post("/bots", {"username": f"{name}-{self.run}", "display_name": name})
        token = self._post(f"/users/{made['user_id']}/tokens", {"description": "test"})["token"]
        bot = User(made["user_id"], made["username"], token, 0, is_bot=True)
        self.world.users[bot.id] = bot
        for team in teams:
            self._join_team(bot, team)
        return bot

    def channel(self, name: str, team: Team, private: bool = False, members: Iterable[User] = ()) -> Channel:
        """A new channel."""
        kind = "P" if private else "O"
        body = {"team_id": team.id, "name": f"{name}-{self.run}", "display_name": name, "type": kind}
        made = self._post("/channels", body)
        channel = Channel(made["id"], made["name"], kind, team, 0, self.admin.id)
        self.world.channels[channel.id] = channel
        for user in members:
            self._post(f"/channels/{channel.id}/members", {"user_id": user.id})
            channel.members[user.id] = Membership(0)
        return channel

    def command(self, trigger: str, team: Team, url: str) -> Command:
        """A slash command."""
        body = {"team_id": team.id, "trigger": trigger, "method": "P", "url": url, "auto_complete": True}
        made = self._post("/commands", body)
        return Command(made["id"], made["token"], self.admin.id, team.id, trigger, 0, 0, url)

    # --- what people see ---

    def posts(self, channel: Channel) -> list[Post]:
        """The messages of a channel, oldest first."""
        found = self._must(self.call(self.admin, "GET", f"/channels/{channel.id}/posts?per_page=200"))
        return [_post(found["posts"][each]) for each in reversed(found["order"])]

    def direct_channel(self, one: User, other: User) -> Channel:
        """The direct channel of two accounts."""
        made = self._must(self.call(one, "POST", "/channels/direct", [one.id, other.id]))
        return self.world.channels.setdefault(made["id"], Channel(made["id"], made["name"], "D", None, 0, one.id))

    def direct(self, user: User, bot: User) -> list[Post]:
        """The messages between a person and a bot, oldest first."""
        if not self._has_direct(user, bot):
            return []
        channel = self.direct_channel(user, bot)
        seen = self.call(user, "GET", f"/channels/{channel.id}/posts?per_page=200")
        if seen.status == 403:  # for a moment it is there without its members
            return []
        found = self._must(seen)
        return [_post(found["posts"][each]) for each in reversed(found["order"]) if found["posts"][each]["type"] == ""]

    def _has_direct(self, user: User, bot: User) -> bool:
        """Whether the direct channel is there; two who make it at the same moment get in each other's way."""
        name = "__".join(sorted((user.id, bot.id)))
        seen = self.call(user, "GET", "/users/me/channels")
        return seen.ok and any(each["name"] == name for each in seen.body)

    def fetch(self, user: User, post: Post) -> list[bytes]:
        """The files of a message, as a reader gets them."""
        found = [self.call(user, "GET", f"/files/{each}") for each in post.file_ids]
        assert all(each.ok for each in found), found
        return [each.body for each in found]

    # --- calling ---

    def _post(self, path: str, body: Any) -> Json:
        return self._must(self.call(self.admin, "POST", path, body))

    def _must(self, seen: Seen) -> Json:
        assert seen.ok, seen
        found: Json = seen.body
        return found

    def _join_team(self, user: User, team: Team) -> None:
        self._post(f"/teams/{team.id}/members", {"team_id": team.id, "user_id": user.id})
        team.members[user.id] = {"team_user"}

    def _listen(self, user: User) -> None:
        address = self.url.replace("http", "ws", 1) + "/api/v4/websocket"
        line = self._sockets.enter_context(
            connect(address, additional_headers={"Authorization": f"Bearer {user.token}"}, max_size=None)
        )
        Thread(target=self._hear, args=(user, line), daemon=True).start()

    def _hear(self, user: User, line: ClientConnection) -> None:
        for name, data in _told(line):
            with self.world.lock:
                self.world.events.append(Event(user.id, name, data, 0))


def _told(line: ClientConnection) -> Iterator[tuple[str, Json]]:
    """The events of a window, with the JSON that the server puts into strings decoded."""
    for message in line:
        event = json.loads(message)
        data = event.get("data") or {}
        decoded = {
            key: json.loads(value) if key in ("dialog", "post") and isinstance(value, str) else value
            for key, value in data.items()
        }
        yield event.get("event", ""), decoded


def _post(found: Json) -> Post:
    return Post(
        found["id"], found["user_id"], found["channel_id"], found["message"], found.get("props") or {},
        found["create_at"], found["update_at"], file_ids=list(found.get("file_ids") or ()),
    )  # fmt: skip
