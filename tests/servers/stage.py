"""A board on a Mattermost server: the program with its routes on a socket, and people who type, click and fill in."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import TypeVar, cast

import uvicorn

from bot.app import App, build_app
from bot.boardfile import read_board
from bot.boardload import apply, plan
from bot.clock import Clock, SteppedClock
from bot.config import Config
from bot.connect import Connections, connect
from bot.delivery import deliver_due
from bot.scheduler import tick
from bot.service import Server
from bot.startup import start
from bot.web import build_web
from commands.domain.events import Act, channel_linked
from commands.domain.item import Item
from commands.domain.number import ItemNumber
from tests.servers.live import LiveMattermost
from tests.servers.mattermost import Channel, Dialog, FakeMattermost, Post, Seen, Settings, Team, User

START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
TRIGGERS = {
    "nl": ("consultatie", "standpunt", "reactie", "mandaat", "besluit", "overlegbeheer"),
    "en": ("consult", "position", "comment", "mandate", "decision", "boardadmin"),
}
OFFICERS = ("voorzitter", "secretaris", "beheer")
SPEAKERS = ("vng", "ipo", "uvw")
BOARD = """
[board]
id = "BOD"
name = "BO Digitalisering"
outage = "close"

[[organisation]]
id = "vng"
name = "Vereniging van Nederlandse Gemeenten"
short = "VNG"
column = "gemeenten"

[[organisation]]
id = "ipo"
name = "Interprovinciaal Overleg"
short = "IPO"
column = "provincies"

[[organisation]]
id = "uvw"
name = "Unie van Waterschappen"
short = "UvW"
column = "waterschappen"
"""

T = TypeVar("T")


def a_board_of(names: Sequence[str]) -> str:
    """A board with an organisation for each name."""
    return BOARD.partition("[[organisation]]")[0] + "".join(
        f'[[organisation]]\nid = "{name}"\nname = "Organisatie {name}"\nshort = "{name.upper()}"\ncolumn = "leden"\n'
        for name in names
    )


@dataclass
class Stage:
    """One board in one channel; `people` by name. The clock of a fake server stands still until it is moved.

    A real server knows of `server` only what people do and see.
    """

    server: FakeMattermost
    clock: Clock
    app: App
    team: Team
    channel: Channel
    people: dict[str, User]
    bot: User
    connections: Connections
    address: str

    def say(self, person: str, text: str, channel: Channel | None = None) -> str:
        """Type a command; what only the person sees in answer, empty when that is a form."""
        user = self.people[person]
        seen = self.server.execute(user, channel or self.channel, text)
        assert seen.ok, seen
        self.settle()
        return str((seen.body or {}).get("text", ""))

    def press(self, person: str, post: Post, label: str) -> Seen:
        """Press a button of a message."""
        seen = self.server.click_label(self.people[person], post.id, label)
        self.settle()
        return seen

    def dialog(self, person: str) -> Dialog:
        """The newest form on a person's screen."""
        return self.server.dialogs(self.people[person])[-1]

    def send(self, person: str, dialog: Dialog, **values: object) -> Seen:
        """Fill in and send a form."""
        seen = self.server.submit(self.people[person], dialog, values)
        self.settle()
        return seen

    def posts(self) -> list[Post]:
        """What the bot has posted in the channel."""
        return [each for each in self.server.posts(self.channel) if each.user_id == self.bot.id]

    def card(self) -> Post:
        """The newest post in the channel that is a card with a form."""
        return next(
            post for post in reversed(self.posts()) if "fields" in str(post.props) or "actions" in str(post.props)
        )

    def told(self, person: str) -> list[Post]:
        """The bot's direct messages to a person."""
        return self.server.direct(self.people[person], self.bot)

    def settle(self) -> None:
        """Deliver what is due."""
        deliver_due(self.app)

    def move(self, to: datetime) -> None:
        """Set the clock, and do what is due then."""
        assert isinstance(self.clock, SteppedClock)
        self.clock.set(to)
        tick(self.app)
        self.settle()

    def item(self, number: int = 1) -> Item:
        """An item as it is stored."""
        year = self.clock.now().year
        return self.app.store.read(lambda tx: tx.items.get(ItemNumber("BOD", year, number)))


def text_of(post: Post) -> str:
    """Everything that a message shows, without what makes a button work."""
    parts = [post.message]
    for each in post.props.get("attachments") or ():
        parts += [each.get("title", ""), each.get("text", "")]
        parts += [f"{field['title']} {field['value']}" for field in each.get("fields") or ()]
        parts += [f"[{action['name']}]" for action in each.get("actions") or ()]
    return "\n".join(parts)


def eventually(work: Callable[[], T], seconds: float = 10) -> T:
    """What `work` gives as soon as it is true; AssertionError when it never is."""
    until = time.monotonic() + seconds
    while True:
        found = work()
        if found:
            return found
        if time.monotonic() > until:
            raise AssertionError("it never happened")
        time.sleep(0.005)


@contextlib.contextmanager
def a_stage(folder: Path, *, settings: Settings | None = None, board: str = BOARD, url: str = "") -> Iterator[Stage]:
    """A fake server with a team, a channel, a board and its people, and the program beside it."""
    clock = SteppedClock(START)
    with FakeMattermost(clock, settings) as server, on_stage(folder, server, clock, board=board, url=url) as stage:
        yield stage


@contextlib.contextmanager
def on_stage(
    folder: Path,
    server: FakeMattermost | LiveMattermost,
    clock: Clock,
    *,
    board: str = BOARD,
    url: str = "",
    speakers: Sequence[str] = SPEAKERS,
) -> Iterator[Stage]:
    """A team, a channel, a board and its people on a server, and the program beside it.

    `speakers` are the persons with a mandate, each for the organisation with the same id.
    """
    with contextlib.ExitStack() as stack:
        team = server.team("overheid")
        people = {name: server.user(name, [team], locale="nl") for name in (*OFFICERS, *speakers)}
        bot = server.bot("samenspraak", teams=[team])
        bot.owner = people["beheer"]
        channel = server.channel("bo-digitalisering", team, private=True, members=[*people.values(), bot])
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        tokens = {
            f"{team.id}/{trigger}": server.command(trigger, team, f"{address}/mattermost/command").token
            for triggers in TRIGGERS.values()
            for trigger in triggers
        }
        config = Config.model_validate(
            {
                "storage": {"url": url or f"sqlite:///{folder / 'register.db'}"},
                "mattermost": {
                    "url": server.url,
                    "callback_url": address,
                    "token": bot.token,
                    "keys": ["a" * 40],
                    "command_tokens": tokens,
                },
            }
        )
        connections = connect(config, clock)
        app = stack.enter_context(build_app(config, clock, connections.platforms))
        _load(app, folder, board + _people(people, speakers))
        app.store.write(lambda tx: _link(tx, channel)).result()
        start(app)
        tick(app)
        routes = stack.enter_context(connections.serving(app))
        stack.enter_context(serving(app, routes, listening))
        yield Stage(cast(FakeMattermost, server), clock, app, team, channel, people, bot, connections, address)


def _people(people: dict[str, User], speakers: Sequence[str]) -> str:
    parts = []
    for name, user in people.items():
        parts.append(f'[[person]]\nid = "{name}"\nname = "{name}"\nlocale = "nl"\nmattermost = "{user.id}"\n')
    for name in speakers:
        parts.append(
            f'[[mandate]]\nperson = "{name}"\norganisation = "{name}"\nrole = "representative"\nfrom = 2026-01-01\n'
        )
    for name, role in (("voorzitter", "chair"), ("secretaris", "secretary"), ("beheer", "admin")):
        parts.append(f'[[role]]\nperson = "{name}"\nrole = "{role}"\n')
    return "\n".join(parts)


def _load(app: App, folder: Path, text: str) -> None:
    path = folder / "bod.toml"
    path.write_text(text, "utf-8")
    read, now = read_board(path), app.clock.now()
    app.store.write(lambda tx: apply(tx, plan(tx, read, str(path), now), now, "tester")).result()


def _link(tx, channel: Channel) -> None:
    event = channel_linked("BOD", "mattermost", channel.id, Act("mattermost", tx.now))
    tx.boards.link(tx.boards.get("BOD"), "mattermost", channel.id, event)


@contextlib.contextmanager
def serving(app: App, routes, listening: socket.socket) -> Iterator[None]:
    """The program on a socket, in a thread of its own."""
    server = Server(uvicorn.Config(build_web(app, routes), log_config=None, access_log=False, lifespan="off"))
    thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    eventually(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
