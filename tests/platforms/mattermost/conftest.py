"""A Mattermost server with our client and renderer, and what people see and do there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from markdown_it.token import Token

from bot.clock import SteppedClock
from bot.platforms.base import Incoming, Platform, PostRef
from bot.platforms.mattermost.client import MattermostClient, Settings
from bot.platforms.mattermost.incoming import read_click, read_command
from bot.platforms.mattermost.render import Renderer
from bot.platforms.mattermost.trigger import TriggerKey, Triggers
from bot.seal import Seal
from tests.platforms.contract import Shown
from tests.platforms.mattermost.corpus import LOOKED_FOR, READER
from tests.servers.mattermost import FakeMattermost, Post
from tests.servers.mattermost.mentions import mentioned

NOON: Final = datetime(2027, 3, 1, 11, 0, tzinfo=UTC)
NOBODY: Final = "http://127.0.0.1:9"
"""Where the server sends what people do: it keeps what it sent, and nobody need be there to read that."""
LINKS: Final = ("a hashtag", "a channel", "an address", "an e-mail address", "a mention to click")


class MattermostStage:
    """A server with a board's channel, two members and the bot; what people see is read as the web client reads it."""

    can_search = True

    def __init__(self, server: FakeMattermost) -> None:
        self.server = server
        self.clock = server.clock
        team = server.team("vereniging")
        self.jan, self.noor = server.user("jan", [team]), server.user("noor", [team])
        self.bot = server.bot("samenspraak", server.user("beheer", [team]))
        self.raad = server.channel("raad", team, private=True, members=[self.bot, self.jan, self.noor])
        made = [server.command(trigger, team, f"{NOBODY}/command") for trigger in ("standpunt", "peiling", "stand")]
        self.tokens = {f"{each.team_id}/{each.trigger}": each.token for each in made}
        self.seal = Seal(["een sleutel met tweeëndertig tekens, of meer"])
        renderer = Renderer(self.seal, f"{NOBODY}/click", self.clock.now, timedelta(days=90), b"ids")
        self.client = MattermostClient(Settings(server.url, self.bot.token), renderer, self.clock.now)
        self.triggers = Triggers(TriggerKey(self.client.signing_key))
        self.platform: Platform = self.client
        self.channel, self.account, self.other_account = self.raad.id, self.jan.id, self.noor.id

    def in_channel(self) -> Sequence[Shown]:
        return [self._shown(post) for post in self.server.posts(self.raad)]

    def told(self, account: str) -> Sequence[Shown]:
        return [self._shown(post) for post in self._direct(account) if not post.file_ids]

    def files(self, account: str) -> Sequence[tuple[str, bytes]]:
        return [(file.name, file.content) for post in self._direct(account) for file in self.server.files(post)]

    def press(self, ref: PostRef, label: str, account: str) -> Incoming:
        self.server.click_label(self.server.world.users[account], ref.post, label)
        return read_click(self.server.calls[-1].body, self.seal, self.triggers, self.clock.now()).act()

    def type(self, text: str, account: str, channel: str) -> Incoming:
        user = self.server.world.users[account]
        place = self.server.world.channels[channel] if channel else self.server.direct_channel(user, self.bot)
        self.server.execute(user, place, text)
        call = self.server.calls[-1]
        return read_command(dict(call.headers), call.body, self.tokens, self.triggers, self.clock.now()).incoming

    def _direct(self, account: str) -> list[Post]:
        return self.server.direct(self.server.world.users[account], self.bot)

    def _shown(self, post: Post) -> Shown:
        channel = self.server.world.channels[post.channel_id]
        others = [self.jan, self.noor]
        text = "\n".join(map(_visible, _texts(post)))
        alerts = mentioned(post.message, post.props, others, channel, self.server.settings.max_notifications)
        links = [each for markdown in _texts(post) for each in _tokens(markdown) if each.type in ("link_open", "image")]
        clickable = [found for name in LINKS for found in LOOKED_FOR[name].findall(text)]
        return Shown(text, len(alerts), len(links) + len(clickable))


@pytest.fixture
def stage() -> Iterator[MattermostStage]:
    """A server of this test's own."""
    with FakeMattermost(SteppedClock(NOON)) as server:
        yield MattermostStage(server)


def _texts(post: Post) -> list[str]:
    """All markdown of a post that is shown, in reading order."""
    found = [post.message]
    for each in post.attachments:
        fields: list[dict[str, Any]] = each.get("fields") or []
        found += [each["title"], each["text"], *(part for field in fields for part in (field["title"], field["value"]))]
        found += [action["name"] for action in each.get("actions") or ()]
    return found


def _tokens(markdown: str) -> list[Token]:
    return [child for token in READER.parse(markdown) for child in (token, *(token.children or ()))]


def _visible(markdown: str) -> str:
    """The words of a markdown text, each block and each line on its own."""
    blocks = [token.children or [] for token in READER.parse(markdown) if token.type == "inline"]
    return "\n".join("".join("\n" if "break" in each.type else each.content for each in block) for block in blocks)
