"""A Mattermost server for tests, on a real socket: people and channels to set up, clients to drive, records to read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Self

from bot.clock import Clock, SteppedClock
from tests.servers.mattermost import actions, commands, dialogs, editing, people, posts, reading, registration, system
from tests.servers.mattermost.clients import Clients
from tests.servers.mattermost.faults import Faults
from tests.servers.mattermost.model import Channel, Command, Event, File, Json, Membership, Post, Settings, Team, User
from tests.servers.mattermost.outgoing import Call
from tests.servers.mattermost.sockets import Sockets
from tests.servers.mattermost.web import Edge, Request
from tests.servers.mattermost.world import World

START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
ROUTES = [
    *posts.ROUTES,
    *editing.ROUTES,
    *reading.ROUTES,
    *actions.ROUTES,
    *commands.ROUTES,
    *dialogs.ROUTES,
    *registration.ROUTES,
    *people.ROUTES,
    *system.ROUTES,
]


class FakeMattermost(Clients):
    """One server. It listens as soon as it is made; use it as a context manager, or `close` it.

    `settings` may be changed at any moment. `faults` spoil calls to the server, `callback_faults` its calls to the bot.
    """

    def __init__(self, clock: Clock | None = None, settings: Settings | None = None) -> None:
        super().__init__(World(clock or SteppedClock(START), settings or Settings()))
        self._edge = Edge(self.world, ROUTES)
        self._sockets = Sockets(self._edge)
        self.world.url = self._sockets.url
        self._sockets.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop, and close every connection."""
        self._sockets.stop()
        self.world.caller.close()

    def restart(self) -> None:
        """What a restart of the server forgets: which pending ids were used. Keys and all else stay."""
        with self.world.lock:
            self.world.pending.clear()

    # --- what it is and what it remembers ---

    @property
    def url(self) -> str:
        """Where the server listens."""
        return self.world.url

    @property
    def clock(self) -> Clock:
        """The server's clock."""
        return self.world.clock

    @property
    def settings(self) -> Settings:
        """What an administrator can set."""
        return self.world.settings

    @property
    def faults(self) -> Faults:
        """What goes wrong between a caller and the server; people's clients are spared unless asked."""
        return self.world.faults

    @property
    def callback_faults(self) -> Faults:
        """What goes wrong between the server and the bot, by kind: command, click, dialog."""
        return self.world.callback_faults

    @property
    def requests(self) -> list[Request]:
        """Every request that reached the server, in order, with its answer and the fault it met."""
        return self._edge.requests

    @property
    def calls(self) -> list[Call]:
        """Every call that the server made to the bot, in order."""
        return self.world.caller.calls

    @property
    def public_key(self) -> str:
        """The key that signs trigger ids, as served."""
        return self.world.keys.public

    def trigger(self, user: User) -> str:
        """A trigger id that proves an act of a person now."""
        return self.world.keys.trigger(self.world.new_id(), user.id, self.world.milliseconds())

    def events(self, user: User) -> list[Event]:
        """What a user's client was told, in order."""
        with self.world.lock:
            return [one for one in self.world.events if one.user_id == user.id]

    # --- setting up ---

    def team(self, name: str) -> Team:
        """A new team."""
        team = Team(self.world.new_id(), name)
        self.world.teams[team.id] = team
        return team

    def user(self, name: str, teams: Iterable[Team] = (), locale: str = "en", **more: Any) -> User:
        """A new person, in these teams; `guest=True` for a guest, `admin=True` for a system administrator."""
        guest, admin = more.pop("guest", False), more.pop("admin", False)
        user = User(self.world.new_id(), name, self.world.new_id(), self.world.milliseconds(), locale, **more)
        if guest:
            user.roles = {"system_guest"}
        if admin:
            user.roles = {"system_user", "system_admin"}
        self.world.users[user.id] = user
        self.world.tokens[user.token] = user
        for team in teams:
            team.members[user.id] = {"team_guest" if guest else "team_user"}
        return user

    def bot(self, name: str, owner: User | None = None, teams: Iterable[Team] | None = None) -> User:
        """A new bot account, a plain member of these teams (of all there are, when none are named)."""
        joined = list(self.world.teams.values()) if teams is None else teams
        return self.user(name, joined, first_name=name.capitalize(), is_bot=True, owner=owner, timezone="")

    def channel(self, name: str, team: Team, private: bool = False, members: Iterable[User] = ()) -> Channel:
        """A new channel of a team."""
        now, kind = self.world.milliseconds(), "P" if private else "O"
        channel = Channel(self.world.new_id(), name, kind, team, now, "")
        channel.members = {one.id: Membership(now) for one in members}
        self.world.channels[channel.id] = channel
        return channel

    def direct_channel(self, one: User, other: User) -> Channel:
        """The direct channel of two accounts."""
        return self.world.direct(one, other)

    def command(self, trigger: str, team: Team, url: str, creator: User | None = None) -> Command:
        """A slash command of a team, made by an administrator of it."""
        now = self.world.milliseconds()
        maker = creator.id if creator else ""
        made = Command(self.world.new_id(), self.world.new_id(), maker, team.id, trigger, now, now, url)
        made.auto_complete = True
        self.world.commands[made.id] = made
        return made

    # --- what administrators do ---

    def promote(self, user: User, team: Team) -> None:
        """Make somebody administrator of a team."""
        team.members[user.id] = {"team_user", "team_admin"}

    def demote(self, user: User, team: Team) -> None:
        """Make somebody a plain member of a team again."""
        team.members[user.id] = {"team_user"}

    def join(self, user: User, channel: Channel) -> None:
        """Put somebody in a channel."""
        channel.members.setdefault(user.id, Membership(self.world.milliseconds()))

    def leave(self, user: User, channel: Channel) -> None:
        """Take somebody out of a channel."""
        channel.members.pop(user.id, None)

    def archive(self, channel: Channel) -> None:
        """Archive a channel."""
        channel.deleted_at = self.world.milliseconds()

    def unarchive(self, channel: Channel) -> None:
        """Bring an archived channel back."""
        channel.deleted_at = 0

    def deactivate(self, user: User) -> None:
        """Close an account; the bots it owns stop with it, unless the settings say otherwise."""
        now = self.world.milliseconds()
        user.deactivated_at = now
        if self.settings.bots_follow_owner:
            for bot in self.world.users.values():
                if bot.owner is user:
                    bot.deactivated_at = now

    def reactivate(self, user: User) -> None:
        """Open an account again, with its old token; its bots stay as they are."""
        user.deactivated_at = 0

    # --- what people see ---

    def say(self, user: User, channel: Channel, message: str, root_id: str = "", **more: Any) -> Post:
        """Write a message as a person does."""
        self.show(user, channel)
        body = {"channel_id": channel.id, "message": message, "root_id": root_id, **more}
        seen = self.call(user, "POST", "/posts", body)
        assert seen.ok, seen
        return self.world.posts[seen.body["id"]]

    def delete(self, user: User, post: Post) -> None:
        """Delete a message as its author or an administrator of the team does."""
        seen = self.call(user, "DELETE", f"/posts/{post.id}")
        assert seen.ok, seen

    def posts(self, channel: Channel) -> list[Post]:
        """The messages of a channel that stand there, oldest first."""
        with self.world.lock:
            return [one for one in self.world.posts.values() if one.channel_id == channel.id and not one.deleted_at]

    def direct(self, user: User, bot: User | None = None) -> list[Post]:
        """The messages between a person and a bot, oldest first."""
        found = bot or next(one for one in self.world.users.values() if one.is_bot)
        name = "__".join(sorted((user.id, found.id)))
        with self.world.lock:
            channel = next((one for one in self.world.channels.values() if one.name == name), None)
        return self.posts(channel) if channel is not None else []

    def view(self, post: Post) -> Json:
        """A message as its readers get it."""
        with self.world.lock:
            return reading.view(self.world, post)

    def files(self, post: Post) -> list[File]:
        """The files of a message."""
        return [self.world.files[one] for one in post.file_ids]

    def mentions(self, user: User) -> int:
        """How many messages notified a person by naming him or everybody, direct messages without a name not counted."""
        return sum(one.members[user.id].explicit for one in self.world.channels.values() if user.id in one.members)
