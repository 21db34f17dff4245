"""The whole program in a test: a register, a clock that the test sets, and a chat server that can fail.

Everything goes through the dispatcher, the tick and the delivery of the program itself. The chat of the console keeps
its posts in a file, so that the program, or a process that holds it, can die and come back to the same chat server.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from random import Random
from secrets import token_hex
from typing import Any, Final, TypeVar

from bot.app import App, build_app
from bot.boardfile import BoardFile, read_board
from bot.boardload import apply, plan
from bot.clock import Clock, SteppedClock
from bot.config import Config
from bot.delivery import deliver_due
from bot.dispatch import Pending, dispatch
from bot.platforms.base import Incoming, PlatformRefused, PlatformUnavailable, PostGone, PostRef
from bot.platforms.console.client import NAME, ConsoleClient, direct
from bot.platforms.console.transcript import Post
from bot.scheduler import next_instant, tick
from bot.startup import start
from bot.views.card import Button, Card
from bot.views.text import plain_card
from commands.domain import events
from commands.domain.events import Act
from commands.domain.item import Item
from commands.domain.ledger import Entry
from commands.domain.number import ItemNumber
from commands.domain.position import Position
from storage.transaction import Tx

T = TypeVar("T")

START: Final = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
"""Monday 11 January 2027, 10:00 in Amsterdam: when the world begins."""

DEADLINE: Final = datetime(2027, 1, 25, 16, 0, tzinfo=UTC)
"""Monday 25 January 2027, 17:00 in Amsterdam: ten working days later, when the rounds opened here close."""

GRACE: Final = timedelta(seconds=2)
MICROSECOND: Final = timedelta(microseconds=1)
SECOND: Final = timedelta(seconds=1)
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)

ITEM: Final = ItemNumber("BOD", 2027, 1)
LOG: Final = str(ITEM)
CHANNEL: Final = "BOD"
CHAIR: Final = "voorzitter"
SECRETARY: Final = "secretaris"
ADMIN: Final = "beheerder"
ORGANISATIONS: Final = ("rijk", "vng", "ipo", "uvw")
RIJK, VNG, IPO, UVW = MEMBERS = tuple(f"{each}-vertegenwoordiger" for each in ORGANISATIONS)
DEPUTY: Final = "vng-plaatsvervanger"

RECEIPT: Final = re.compile(r"\b[0-9a-f]{64}\b")
"""The full reference of a receipt, as people get to see it."""


# --- the board file -------------------------------------------------------------------------------------------


def board_text(
    id: str = "BOD",
    organisations: tuple[str, ...] = ORGANISATIONS,
    *,
    outage: str = "close",
    chair_until: str = "",
) -> str:
    """A board file: a chair, a secretary, an administrator, and a representative for each organisation.

    The VNG has a deputy as well. `chair_until` is the chair's last day.
    """
    roles = [(CHAIR, "chair", chair_until), (SECRETARY, "secretary", ""), (ADMIN, "admin", "")]
    parts = [f'[board]\nid = "{id}"\nname = "Overleg {id}"\nrule = "consensus"\noutage = "{outage}"\n']
    parts += [f'[[organisation]]\nid = "{each}"\nname = "Organisatie {each}"\n' for each in organisations]
    members = [(f"{each}-vertegenwoordiger", each, "representative") for each in organisations]
    if "vng" in organisations:
        members.append((DEPUTY, "vng", "deputy"))
    for person in (*(role[0] for role in roles), *(member[0] for member in members)):
        parts.append(f'[[person]]\nid = "{person}"\nname = "Persoon {person}"\nconsole = "{person}"\n')
    for person, organisation, role in members:
        parts.append(
            f'[[mandate]]\nperson = "{person}"\norganisation = "{organisation}"\nrole = "{role}"\nfrom = 2026-01-01\n'
        )
    for person, role, until in roles:
        end = f"until = {until}\n" if until else ""
        parts.append(f'[[role]]\nperson = "{person}"\nrole = "{role}"\n{end}')
    return "\n".join(parts)


# --- a chat server that fails -----------------------------------------------------------------------------------


class Fault(StrEnum):
    """What can go wrong with one request to the chat server."""

    LOST_BEFORE = "lost-before"
    """It never arrives."""
    LOST_AFTER = "lost-after"
    """It is carried out, but the answer never arrives."""
    TOO_MANY = "too-many"
    """Not now: again after RETRY_AFTER."""
    REFUSED = "refused"
    """The server will not have it, now or ever."""
    BROKEN = "broken"
    """The client of the platform fails on it, as only a bug can."""


RETRY_AFTER: Final = timedelta(seconds=90)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the server got it. `text` is what is to be shown, `fault` what went wrong with it."""

    at: datetime
    method: str
    conversation: str
    key: str
    text: str = ""
    fault: Fault | None = None


Judge = Callable[[Request], Fault | None]


def sound(request: Request) -> Fault | None:
    """The judge of a server that works."""
    return None


def down(request: Request) -> Fault | None:
    """The judge of a server that cannot be reached."""
    return Fault.LOST_BEFORE


def first_of_each(fault: Fault, *methods: str) -> Judge:
    """A judge by whom the first request of each message by these methods goes wrong."""
    met: set[tuple[str, str, str]] = set()

    def judge(request: Request) -> Fault | None:
        message = request.method, request.conversation, request.key
        if request.method not in methods or message in met:
            return None
        met.add(message)
        return fault

    return judge


def nothing(name: str) -> AbstractContextManager[None]:
    """The seam of side effects when nobody counts them."""
    return contextlib.nullcontext()


class FaultyConsole:
    """The console as a chat server that can fail, and that forgets what it was asked before.

    A post with a key that is there already becomes a second post, as on a server that takes every request for a new
    one: only who looks first with `find` sends once. `judge` says what goes wrong with a request; `requests` holds all.
    """

    def __init__(
        self, clock: Clock, transcript: Path, around: Callable[[str], AbstractContextManager[None]] = nothing
    ) -> None:
        self._clock = clock
        self._around = around
        self._inner = ConsoleClient(clock.now, transcript)
        self.judge: Judge = sound
        self.requests: list[Request] = []
        self._deleted: set[str] = set()

    @property
    def name(self) -> str:
        """`console`."""
        return NAME

    def post(self, channel: str, card: Card, key: str) -> PostRef:
        """Always a new post."""
        return self._request(
            "post", channel, key, card, lambda: self._inner.post(channel, card, self._free(channel, key))
        )

    def tell(self, account: str, card: Card, key: str) -> PostRef:
        """Always a new direct message."""
        to = direct(account)
        return self._request("tell", to, key, card, lambda: self._inner.tell(account, card, self._free(to, key)))

    def update(self, ref: PostRef, card: Card, key: str) -> None:
        """Replace a post."""
        self._request("update", ref.conversation, key, card, lambda: self._change(ref, card, key))

    def find(self, conversation: str, key: str) -> PostRef | None:
        """Look for a post by its key."""
        return self._request("find", conversation, key, None, lambda: self._look(conversation, key))

    def send_file(self, account: str, name: str, media_type: str, content: bytes, key: str) -> PostRef:
        """Send a file."""
        send = lambda: self._inner.send_file(account, name, media_type, content, key)  # noqa: E731
        return self._request("file", direct(account), key, None, send)

    def account_id(self, name: str) -> str:
        """The name itself: it is asked for nothing that could fail."""
        return self._inner.account_id(name)

    def posts(self, conversation: str) -> tuple[Post, ...]:
        """What stands in a channel, or in `@account`."""
        return tuple(each for each in self._inner.posts(conversation) if each.id not in self._deleted)

    def delete(self, post: Post) -> None:
        """Somebody deletes a post of ours."""
        self._deleted.add(post.id)

    def _change(self, ref: PostRef, card: Card, key: str) -> None:
        if ref.post in self._deleted:
            raise PostGone("somebody deleted it")
        self._inner.update(ref, card, key)

    def _look(self, conversation: str, key: str) -> PostRef | None:
        found = self._inner.find(conversation, key)
        return None if found is not None and found.post in self._deleted else found

    def _free(self, conversation: str, key: str) -> str:
        copies = sum(unnumbered(each.key) == key for each in self._inner.posts(conversation))
        return f"{key}#{copies + 1}" if copies else key

    def _request(self, method: str, conversation: str, key: str, card: Card | None, do: Callable[[], T]) -> T:
        with self._around(f"chat {method}"):
            request = Request(self._clock.now(), method, conversation, key, plain_card(card) if card else "")
            fault = self.judge(request)
            self.requests.append(replace(request, fault=fault))
            if fault is Fault.LOST_BEFORE:
                raise PlatformUnavailable("the chat server cannot be reached")
            if fault is Fault.TOO_MANY:
                raise PlatformUnavailable("too many requests", RETRY_AFTER.total_seconds())
            if fault is Fault.REFUSED:
                raise PlatformRefused("the chat server will not have it")
            if fault is Fault.BROKEN:
                raise RuntimeError("a bug in the client of the platform")
            result = do()
            if fault is Fault.LOST_AFTER:
                raise PlatformUnavailable("no answer came")
            return result


def unnumbered(key: str) -> str:
    """The key of a post as the program gave it."""
    return key.partition("#")[0]


# --- the world --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """The private answer to an act: its text, the code of the refusal, the buttons."""

    text: str
    refusal: str
    buttons: tuple[Button, ...]

    @property
    def receipt(self) -> str:
        """The full reference in it; empty when there is none."""
        found = RECEIPT.search(self.text)
        return found[0] if found and not self.refusal else ""


@dataclass(frozen=True, slots=True)
class Sent:
    """An act on its way."""

    pending: Pending
    receipts: list[str] = field(default_factory=list)

    def wait(self) -> Said:
        """Wait for the answer; a receipt in it is kept as one that somebody holds."""
        answer = self.pending.result(30)
        said = Said(plain_card(answer.card), answer.refusal, answer.card.buttons)
        if said.receipt:
            self.receipts.append(said.receipt)
        return said


class World:
    """A register with its chat server; the program on it can go down and come back. `receipts` are what people hold."""

    def __init__(
        self,
        folder: Path,
        url: str,
        clock: Clock | None = None,
        *,
        around: Callable[[str], AbstractContextManager[None]] = nothing,
        config: Mapping[str, Any] | None = None,
    ) -> None:
        self.folder = folder
        self.url = url
        self.clock: Any = clock or SteppedClock(START)
        self.chat = FaultyConsole(self.clock, folder / "transcript.jsonl", around)
        self.receipts: list[str] = []
        self.config = Config.model_validate({"storage": {"url": url}, **(config or {})})
        # Not the address of this object: a register that was cloned remembers the acts of a world that is gone by now.
        self._name = token_hex(8)
        self._ids = itertools.count(1)
        self._running = ExitStack()
        self._app: App | None = None

    # --- the program -------------------------------------------------------------------------------------------

    @property
    def app(self) -> App:
        """The program while it runs."""
        if self._app is None:
            raise RuntimeError("the program is down")
        return self._app

    def up(self, *, settled: bool = True) -> World:
        """Start the program; `settled` also does what is due at once, as its alarm clock would."""
        self._app = self._running.enter_context(build_app(self.config, self.clock, [self.chat], random=Random(0)))
        start(self._app)
        if settled:
            self.settle()
        return self

    def down(self) -> None:
        """End the program cleanly."""
        self._app = None
        self._running.close()
        self._running = ExitStack()

    def restart(self) -> None:
        """Down and up again."""
        self.down()
        self.up()

    def settle(self) -> None:
        """Tick, and deliver what is due."""
        tick(self.app)
        deliver_due(self.app)

    def advance(self, to: datetime) -> None:
        """Let the clock move on, with everything that the program does by itself on the way."""
        while (soon := next_instant(self.app, self.clock.now())) is not None and soon <= to:
            self.clock.set(soon)
            self.settle()
        self.clock.set(to)
        self.settle()

    def jump(self, to: datetime) -> None:
        """Set the clock, and do what is due by then all at once; much faster than `advance` over many days."""
        self.clock.set(to)
        self.settle()

    # --- people --------------------------------------------------------------------------------------------------

    def load(self, text: str) -> BoardFile:
        """Load a board file, and link the channel of the board when it is new."""
        path = self.folder / "board.toml"
        path.write_text(text, "utf-8")
        read = read_board(path)
        now = self.clock.now()

        def work(tx: Tx) -> None:
            apply(tx, plan(tx, read, str(path), now), now, "tests")
            if tx.boards.of_channel(NAME, read.board.id) is None:
                event = events.channel_linked(read.board.id, NAME, read.board.id, Act("command-line", now))
                tx.boards.link(read.board, NAME, read.board.id, event)

        self.app.store.write(work).result()
        return read

    def send(
        self,
        person: str,
        text: str | None = None,
        *,
        command: str | None = None,
        values: Mapping[str, str] | None = None,
        at: datetime | None = None,
        event: str = "",
        channel: str = CHANNEL,
        clicked_at: datetime | None = None,
    ) -> Sent:
        """Type a line, or press a button; the answer is not waited for. `at` is when it is received."""
        incoming = Incoming(
            platform=NAME,
            account=person,
            channel=channel,
            received_at=at or self.clock.now(),
            event_id=event or f"event-{self._name}-{next(self._ids)}",
            text=text,
            command=command,
            values=values,
            platform_at=clicked_at,
        )
        return Sent(dispatch(self.app, incoming), self.receipts)

    def say(self, person: str, text: str, **more: Any) -> Said:
        """Type a line and wait for the answer."""
        return self.send(person, text, **more).wait()

    def press(self, person: str, command: str, /, *, event: str = "", **values: str) -> Said:
        """Press a button or send a form, and wait for the answer."""
        return self.send(person, command=command, values=values, event=event).wait()

    def must(self, person: str, text: str, **more: Any) -> Said:
        """As `say`; it must be accepted."""
        said = self.say(person, text, **more)
        if said.refusal:
            raise AssertionError(said.text)
        return said

    def open_item(self, title: str = "Kader", number: int = 1, *flags: str) -> None:
        """Draft an item and open it until DEADLINE."""
        more = " ".join(flags)
        self.must(
            SECRETARY, f'/consultatie nieuw "{title}" --tekst "1. Het kader vast te stellen." --soort instemming {more}'
        )
        self.must(CHAIR, f'/consultatie open {number} --sluit "25 januari 2027 17:00"')
        deliver_due(self.app)

    # --- what there is -------------------------------------------------------------------------------------------

    def read(self, work: Callable[[Tx], T]) -> T:
        """Look into the register."""
        return self.app.store.read(work)

    def item(self, number: ItemNumber = ITEM) -> Item:
        """An item as it stands."""
        return self.read(lambda tx: tx.items.get(number))

    def filed(self, organisation: str = "", number: ItemNumber = ITEM) -> list[Position]:
        """Everything filed in the newest round, in the order of the log; of one organisation, or of all."""
        found = self.read(lambda tx: tx.positions.all(tx.items.get(number)))
        return [each for each in found if not organisation or each.organisation == organisation]

    def entries(self, log: str = LOG) -> list[Entry]:
        """A whole log, in order."""
        return self.read(lambda tx: list(tx.log.entries(log)))

    def kinds(self, log: str = LOG) -> list[str]:
        """The kinds of the entries of a log, in order."""
        return [each.kind for each in self.entries(log)]

    def texts(self, conversation: str = CHANNEL) -> list[str]:
        """What stands in a channel, or in `@account`."""
        return [each.text for each in self.chat.posts(conversation)]

    def results(self, number: ItemNumber = ITEM) -> list[Post]:
        """The posts of closings of an item that stand in the channel."""
        closings = {each.sequence for each in self.entries(str(number)) if each.kind == "round-closed"}
        keys = {f"{number}/{each}/announce" for each in closings}
        return [each for each in self.chat.posts(CHANNEL) if unnumbered(each.key) in keys]


@contextlib.contextmanager
def a_world(folder: Path, url: str, at: datetime = START, **more: Any) -> Iterator[World]:
    """A world on a database that holds a register already, with the program running in it."""
    world = World(folder, url, SteppedClock(at), **more)
    try:
        yield world.up()
    finally:
        world.down()


def fill(url: str, folder: Path, *, outage: str = "close") -> None:
    """Fill an empty database: the board, and BOD-2027-001 open until DEADLINE, all at START."""
    world = World(folder, url).up()
    try:
        world.load(board_text(outage=outage))
        world.open_item()
    finally:
        world.down()
