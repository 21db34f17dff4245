"""The state of one server: everything it knows, behind one lock."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from threading import RLock

from bot.clock import Clock
from tests.servers.mattermost.faults import Faults
from tests.servers.mattermost.model import (
    Channel,
    Command,
    Event,
    File,
    Hook,
    Json,
    Membership,
    Post,
    Refused,
    Settings,
    Team,
    User,
)
from tests.servers.mattermost.outgoing import Caller
from tests.servers.mattermost.triggers import Keys

ALPHABET = "ybndrfg8ejkmcpqxot1uwisza345h769"


class World:
    """Everything a server holds. Whoever reads or changes it holds `lock`; calls to the bot are made without it."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self.clock = clock
        self.settings = settings
        self.lock = RLock()
        self.random = Random(26)
        self.url = ""
        self.keys = Keys()
        self.faults = Faults()
        self.callback_faults = Faults()
        self.caller = Caller(settings, self.callback_faults, self.milliseconds)
        self.teams: dict[str, Team] = {}
        self.users: dict[str, User] = {}
        self.tokens: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.posts: dict[str, Post] = {}
        self.replies: dict[str, list[Post]] = {}
        self.files: dict[str, File] = {}
        self.commands: dict[str, Command] = {}
        self.hooks: dict[str, Hook] = {}
        self.pending: dict[str, tuple[int, str]] = {}
        self.events: list[Event] = []

    @property
    def site_url(self) -> str:
        """The configured address of the server, as people and integrations are told."""
        return self.settings.site_url or self.url

    def milliseconds(self) -> int:
        """The server's time, in milliseconds since 1970."""
        return round(self.clock.now().timestamp() * 1000)

    def new_id(self) -> str:
        """A fresh id of 26 characters."""
        with self.lock:
            return "".join(self.random.choices(ALPHABET, k=26))

    def publish(self, users: Iterable[str], name: str, data: Json) -> None:
        """Deliver an event to the clients of these users."""
        at = self.milliseconds()
        with self.lock:
            self.events.extend(Event(user, name, data, at) for user in users)

    def user_by_token(self, token: str) -> User | None:
        """The account that a token opens; None when there is none or it has been closed."""
        with self.lock:
            found = self.tokens.get(token)
        return found if found is not None and not found.deactivated_at else None

    def user(self, user_id: str) -> User:
        """An account by id."""
        try:
            return self.users[user_id]
        except KeyError:
            raise Refused(404, "app.user.missing_account.const") from None

    def channel(self, channel_id: str) -> Channel:
        """A channel by id, archived or not."""
        try:
            return self.channels[channel_id]
        except KeyError:
            raise Refused(404, "app.channel.get.existing.app_error") from None

    def post(self, post_id: str) -> Post:
        """A post by id that has not been deleted."""
        post = self.posts.get(post_id)
        if post is None or post.deleted_at:
            raise Refused(404, "app.post.get.app_error")
        return post

    def direct(self, one: User, other: User) -> Channel:
        """The direct channel of two accounts, made when it is not there yet."""
        name = "__".join(sorted((one.id, other.id)))
        with self.lock:
            for channel in self.channels.values():
                if channel.kind == "D" and channel.name == name:
                    return channel
            now = self.milliseconds()
            channel = Channel(self.new_id(), name, "D", None, now, one.id)
            channel.members = {one.id: Membership(now), other.id: Membership(now)}
            self.channels[channel.id] = channel
            return channel
