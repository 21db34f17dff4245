"""People around a table: a register on SQLite, two boards, the console, and what each of them sees and hears.

Everything goes through the dispatcher and the delivery of the program itself; the test only sets the clock.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from bot.app import App, build_app
from bot.clock import SteppedClock
from bot.config import Config
from bot.delivery import deliver_due
from bot.dispatch import dispatch
from bot.platforms.base import Incoming
from bot.platforms.console.client import NAME, ConsoleClient, direct
from bot.scheduler import next_instant, tick
from bot.startup import start
from bot.views.card import Button
from bot.views.text import plain_card
from commands.command import Attachment
from commands.domain import events
from commands.domain.board import Board, Organisation, Person, Role, RoleGrant
from commands.domain.item import Item
from commands.domain.ledger import Entry
from commands.domain.mandate import Mandate, MandateRole
from commands.domain.number import ItemNumber
from commands.domain.position import Position
from storage.transaction import Tx
from tests.factories import (
    DEADLINE,
    NOON,
    ORGANISATIONS,
    a_board,
    a_mandate,
    a_person,
    an_act,
    an_organisation,
    the_people,
)

T = TypeVar("T")

TEXT: Final = "Het overleg besluit:\n1. het kader vast te stellen;\n2. het te evalueren."
NUMBER: Final = ItemNumber("BOD", 2027, 1)
MINUTE: Final = timedelta(minutes=1)

CHAIR: Final = "voorzitter"
SECRETARY: Final = "secretaris"
ADMIN: Final = "beheerder"
RIJK: Final = "rijk-vertegenwoordiger"
VNG: Final = "vng-vertegenwoordiger"
DEPUTY: Final = "vng-plaatsvervanger"
IPO: Final = "ipo-vertegenwoordiger"
UVW: Final = "uvw-vertegenwoordiger"
ADVISER: Final = "logius-vertegenwoordiger"
GUEST: Final = "toehoorder"
STRANGER: Final = "onbekende"
UNREACHED: Final = "zonder-account"


@dataclass(frozen=True)
class Heard:
    """What one act brought about: the private answer, the posts, and who was told what."""

    text: str
    refusal: str
    buttons: tuple[Button, ...]
    attachments: tuple[Attachment, ...]
    posted: str
    messages: Mapping[str, str]

    @property
    def told(self) -> list[str]:
        """The persons who got a direct message, sorted."""
        return sorted(self.messages)


class Table:
    """Two boards that have come together: BOD, and VP, on which only the VNG is as well.

    Each act comes a minute after the one before, unless it says when.
    """

    def __init__(self, app: App, clock: SteppedClock, client: ConsoleClient) -> None:
        self.app = app
        self.clock = clock
        self.client = client
        self._ids = itertools.count(1)
        self._last_post = 0

    # --- acts -----------------------------------------------------------------------------------------------

    def say(
        self, person: str, text: str, *, at: datetime | None = None, channel: str = "BOD", event: str = ""
    ) -> Heard:
        """Type a line in a channel; `channel` is empty in a direct message."""
        return self._act(person, at, channel, event, text=text)

    def press(
        self,
        person: str,
        command: str,
        values: Mapping[str, str] | None = None,
        *,
        at: datetime | None = None,
        **more: str,
    ) -> Heard:
        """Press a button or send a form, with values under English names."""
        return self._act(person, at, "BOD", "", command=command, values={**(values or {}), **more})

    def choose(self, person: str, button: Button) -> Heard:
        """Press one of the buttons of an answer."""
        return self._act(person, None, "BOD", "", command=button.command, values=button.values)

    def at_once(self, person: str, text: str, events: Sequence[str]) -> list[Heard]:
        """Type a line that is delivered several times at the same instant, under these ids of the event."""
        self.clock.set(self.clock.now() + MINUTE)
        pending = [dispatch(self.app, self._incoming(person, "BOD", each, text=text)) for each in events]
        answers = [each.result() for each in pending]
        return [self._heard(plain_card(each.card), each.refusal, each.card.buttons, ()) for each in answers]

    def wait_until(self, at: datetime) -> Heard:
        """Let the clock move on, with everything that the program does by itself on the way."""
        while (soon := next_instant(self.app, self.clock.now())) is not None and soon <= at:
            self.clock.set(soon)
            tick(self.app)
        self.clock.set(at)
        tick(self.app)
        return self._heard("", "", (), ())

    def _act(
        self,
        person: str,
        at: datetime | None,
        channel: str,
        event: str,
        *,
        text: str | None = None,
        command: str | None = None,
        values: Mapping[str, str] | None = None,
    ) -> Heard:
        self.clock.set(at or self.clock.now() + MINUTE)
        incoming = self._incoming(person, channel, event, text=text, command=command, values=values)
        answer = dispatch(self.app, incoming).result()
        return self._heard(plain_card(answer.card), answer.refusal, answer.card.buttons, answer.attachments)

    def _incoming(
        self,
        person: str,
        channel: str,
        event: str,
        *,
        text: str | None = None,
        command: str | None = None,
        values: Mapping[str, str] | None = None,
    ) -> Incoming:
        return Incoming(
            platform=NAME,
            account=person,
            channel=channel,
            received_at=self.clock.now(),
            event_id=event or f"event-{next(self._ids)}",
            text=text,
            command=command,
            values=values,
        )

    def _heard(
        self,
        text: str,
        refusal: str,
        buttons: tuple[Button, ...],
        attachments: tuple[Attachment, ...],
    ) -> Heard:
        deliver_due(self.app)
        everyone = {each.id for board in ("BOD", "VP") for each in self.read(_people_of(board))}
        posted, messages = self._new("BOD"), {each: self._new(direct(each)) for each in everyone}
        conversations = ("BOD", "VP", *map(direct, everyone))
        self._last_post = max((int(post.id) for each in conversations for post in self.client.posts(each)), default=0)
        return Heard(
            text,
            refusal,
            buttons,
            attachments,
            posted,
            {each: said for each, said in messages.items() if said},
        )

    def _new(self, conversation: str) -> str:
        posts = self.client.posts(conversation)
        return "\n".join(post.text for post in posts if int(post.id) > self._last_post)

    # --- an item --------------------------------------------------------------------------------------------

    def drafted(self, *flags: str) -> None:
        """The secretary drafts BOD-2027-001 at NOON: by consent, unless a flag says otherwise."""
        flags = ("--soort instemming", *flags) if not any("--soort" in each for each in flags) else flags
        said = self.say(SECRETARY, f'/consultatie nieuw "Kader" --tekst "{TEXT}" {" ".join(flags)}', at=NOON)
        assert not said.refusal, said.text

    def opened(self, *flags: str) -> None:
        """The chair opens it a minute later, until DEADLINE."""
        self.drafted(*flags)
        said = self.say(CHAIR, '/consultatie open 001 --termijn "10 werkdagen"')
        assert not said.refusal, said.text
        assert self.item.round is not None
        assert self.item.round.closes_at == DEADLINE

    def established(self) -> None:
        """Everybody agrees, the round closes at DEADLINE, and the chair establishes it on the next day."""
        self.opened()
        for person in (RIJK, VNG, IPO, UVW):
            self.say(person, "/standpunt 001 akkoord")
        self.wait_until(DEADLINE + timedelta(seconds=5))
        said = self.say(CHAIR, "/consultatie stel-vast 001", at=DEADLINE + timedelta(days=1))
        assert not said.refusal, said.text

    def join(self, organisation: str) -> None:
        """Another organisation joins BOD, with a representative."""
        person = a_person(f"{organisation}-vertegenwoordiger")
        self._reload(
            lambda board: (*board.organisations, an_organisation(organisation)),
            person,
            a_mandate(organisation),
        )

    def join_vp(self, person: str) -> None:
        """A person of BOD comes on VP as well."""

        def work(tx: Tx) -> None:
            board = tx.boards.get("VP")
            assert board is not None
            new = replace(board, revision=board.revision + 1)
            people = (*tx.people.on_board("VP"), a_person(person))
            event = events.board_loaded(new, ["person"], replace(an_act(), received_at=self.clock.now()))
            tx.boards.save(new, people, (), event)

        self.app.store.write(work).result()

    def rename(self, organisation: str, short: str) -> None:
        """An organisation of BOD gets another name."""
        self._reload(
            lambda board: tuple(
                replace(each, short=short) if each.id == organisation else each for each in board.organisations
            )
        )

    def _reload(
        self,
        change: Callable[[Board], tuple[Organisation, ...]],
        person: Person | None = None,
        mandate: Mandate | None = None,
    ) -> None:
        """Load the file of BOD again, with other organisations."""

        def work(tx: Tx) -> None:
            board = tx.boards.get("BOD")
            assert board is not None
            new = replace(board, organisations=change(board), revision=board.revision + 1)
            people = tx.people.on_board("BOD") + ((person,) if person else ())
            act = replace(an_act(), received_at=self.clock.now())
            event = events.board_loaded(new, ["organisation"], act)
            tx.boards.save(new, people, (mandate,) if mandate else (), event)

        self.app.store.write(work).result()

    def on_vp(self) -> ItemNumber:
        """An item by consent that is open on the other board."""
        for line in (
            f'/consultatie nieuw "Elders" --soort instemming --tekst "{TEXT}"',
            '/consultatie open 001 --termijn "10 werkdagen"',
        ):
            said = self.say("secretaris-vp", line, channel="VP")
            assert not said.refusal, said.text
        return ItemNumber("VP", 2027, 1)

    # --- what is kept ---------------------------------------------------------------------------------------

    def read(self, work: Callable[[Tx], T]) -> T:
        """Look into the register."""
        return self.app.store.read(work)

    @property
    def item(self) -> Item:
        """BOD-2027-001 as it stands."""
        return self.read(lambda tx: tx.items.get(NUMBER))

    def current(self, organisation: str) -> Position | None:
        """The position of an organisation that counts now."""
        return self.read(lambda tx: tx.positions.current(tx.items.get(NUMBER), organisation))

    def filed(self, organisation: str) -> list[Position]:
        """Everything that an organisation filed in the newest round, in order."""
        positions = self.read(lambda tx: tx.positions.all(tx.items.get(NUMBER)))
        return [each for each in positions if each.organisation == organisation]

    def entries(self, log: str = str(NUMBER)) -> list[Entry]:
        """A whole log, in order."""

        def work(tx: Tx) -> list[Entry]:
            head = tx.log.head(log)
            return [tx.log.entry(log, number) for number in range(1, head.sequence + 1)] if head else []

        return self.read(work)

    def kinds(self, log: str = str(NUMBER)) -> list[str]:
        """The kinds of the entries of a log, in order."""
        return [each.kind for each in self.entries(log)]


def _people_of(board: str):
    return lambda tx: tx.people.on_board(board)


@contextmanager
def a_table(url: str) -> Iterator[Table]:
    """Open a register at the URL of a migrated database, and put both boards in it."""
    clock = SteppedClock(NOON - timedelta(days=1))
    client = ConsoleClient(clock.now)
    config = Config.model_validate({"storage": {"url": url}})
    with build_app(config, clock, [client]) as app:
        app.store.write(_load).result()
        start(app)
        yield Table(app, clock, client)


def _load(tx: Tx) -> None:
    act = replace(an_act(), received_at=NOON - timedelta(days=1))
    board = a_board(
        organisations=(
            *(an_organisation(each) for each in ORGANISATIONS),
            an_organisation("logius", voting=False, column="adviseurs"),
        )
    )
    people = (
        *the_people(),
        *(a_person(each) for each in (DEPUTY, ADVISER, GUEST)),
        a_person(UNREACHED, accounts=()),
    )
    mandates = (
        *(a_mandate(each) for each in (*ORGANISATIONS, "logius")),
        a_mandate("vng", id="vng-2", person=DEPUTY, role=MandateRole.DEPUTY),
    )
    other = a_board(
        "VP",
        organisations=tuple(an_organisation(each) for each in ("vng", "npd")),
        roles=(RoleGrant("secretaris-vp", Role.SECRETARY), RoleGrant("beheerder-vp", Role.ADMIN)),
    )
    vp_people = tuple(a_person(each) for each in (VNG, "npd-vertegenwoordiger", "secretaris-vp", "beheerder-vp"))
    vp_mandates = tuple(a_mandate(each, id=f"vp-{each}", board="VP") for each in ("vng", "npd"))
    for each, persons, held in ((board, people, mandates), (other, vp_people, vp_mandates)):
        tx.boards.save(each, persons, held, events.board_loaded(each, [], act))
        tx.boards.link(each, NAME, each.id, events.channel_linked(each.id, NAME, each.id, act))
