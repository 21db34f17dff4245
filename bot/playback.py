"""Playback: a script through the same dispatcher, tick and delivery as in production, on the clock of the script."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain, count
from pathlib import Path
from random import Random
from typing import Any, Final

from bot.app import App, build_app
from bot.boardfile import BoardFile
from bot.boardload import apply, plan
from bot.clock import SteppedClock
from bot.config import Config
from bot.delivery import deliver_due
from bot.dispatch import Answer, dispatch
from bot.expect import Facts, failures
from bot.platforms.base import Incoming, PlatformRefused, PlatformUnavailable, PostRef
from bot.platforms.console.client import NAME, ConsoleClient, direct
from bot.platforms.console.transcript import Post
from bot.problems import FileProblem
from bot.scheduler import next_instant, tick
from bot.script import DIRECT, Incident, Script, ScriptStep
from bot.startup import start
from bot.views.card import Card
from bot.views.text import plain_card
from commands.domain.board import Account, Person
from commands.domain.dossier import ItemRecord
from commands.domain.values import Line
from commands.exports.json import item_as_json
from storage.transaction import Tx

PLAYBACK: Final = "playback"
"""Who acts in the log for what a script sets up."""


class Stage:
    """The console as a platform that a script can take down, or that cannot reach some people."""

    def __init__(self, client: ConsoleClient) -> None:
        self.client = client
        self.is_down = False
        self.unreachable: set[str] = set()

    @property
    def name(self) -> str:
        """`console`."""
        return NAME

    def post(self, channel: str, card: Card, key: str) -> PostRef:
        """As the console, unless it is down."""
        self._require_up()
        return self.client.post(channel, card, key)

    def update(self, ref: PostRef, card: Card, key: str) -> None:
        """As the console, unless it is down."""
        self._require_up()
        self.client.update(ref, card, key)

    def tell(self, account: str, card: Card, key: str) -> PostRef:
        """As the console, unless it is down or the person cannot be reached."""
        self._require_up()
        if account in self.unreachable:
            raise PlatformRefused(f"{account} cannot be reached")
        return self.client.tell(account, card, key)

    def find(self, conversation: str, key: str) -> PostRef | None:
        """As the console, unless it is down."""
        self._require_up()
        return self.client.find(conversation, key)

    def send_file(self, account: str, name: str, media_type: str, content: bytes, key: str) -> PostRef:
        """As the console, unless it is down."""
        self._require_up()
        return self.client.send_file(account, name, media_type, content, key)

    def account_id(self, name: str) -> str:
        """As the console."""
        return self.client.account_id(name)

    def _require_up(self) -> None:
        if self.is_down:
            raise PlatformUnavailable("the platform is down")


@dataclass(frozen=True, slots=True)
class Message:
    """Something that was said during a playback; `to` is a person's id, or `channel`."""

    at: datetime
    to: str
    board: str
    text: str


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that did not hold: the step (from 1), its line in the file, what was expected, and what was seen."""

    step: int
    line: int | None
    what: Line


@dataclass(slots=True)
class Played:
    """What a playback ended in."""

    title: str
    items: list[dict[str, Any]] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    passed: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing to show of a playback, as it happens: a step that begins, an answer, a post or a direct message.

    An expectation that did not hold is shown as `failure`.
    """

    kind: str
    at: datetime
    person: str = ""
    where: str = ""
    text: str = ""
    is_refused: bool = False
    failure: Failure | None = None


def unheard(shown: Shown) -> None:
    """Show nothing of a playback."""


def play(
    script: Script, config: Config, *, show: Callable[[Shown], None] | None = None, transcript: Path | None = None
) -> Played:
    """Play a script on the database of the configuration, which must be empty or made by playback."""
    with Performance(script, config, show or unheard, transcript) as performance:
        return performance.play()


class Performance:
    """One playback on its way: the clock, the stage, and the application that goes down and comes back."""

    def __init__(self, script: Script, config: Config, show: Callable[[Shown], None], transcript: Path | None) -> None:
        self.script = script
        self.config = config
        self.clock = SteppedClock(script.start)
        self.stage = Stage(ConsoleClient(self.clock.now, transcript))
        self.stage.client.listen(self._heard)
        self._show = show
        self._boards = _on_stage(script.boards)
        self._people = {person.id: person for each in self._boards for person in each.people}
        self._accounts = {each.accounts[0].id: each.id for each in self._people.values()}
        self._running = ExitStack()
        self._app: App | None = None
        self._posted: list[str] = []
        self._notified: list[str] = []
        self._last: Incoming | None = None
        self._seen: set[tuple[str, str]] = set()
        self._played = Played(script.title)

    def __enter__(self) -> Performance:
        with ExitStack() as opening:
            opening.callback(self._running.close)
            self._open().store.read(_require_rehearsal)
            self._up()
            self._load()
            opening.pop_all()
        return self

    def __exit__(self, *problem: object) -> None:
        self._running.close()

    @property
    def app(self) -> App:
        """The application while it runs."""
        if self._app is None:
            raise RuntimeError("the program is down at this point of the script")
        return self._app

    def play(self) -> Played:
        """Play every step, in order, and report what was expected and not found."""
        for step in self.script.steps:
            self._advance(step.at)
            answer = self._do(step)
            if self._app is not None:
                deliver_due(self.app)
            self._check(step, answer)
        if self._app is not None:
            app = self.app
            boards = {each.board.id: each.board for each in self.script.boards}
            self._played.items = [
                item_as_json(each, partial(app.word, boards[each.item.board])) for each in self._records()[0].values()
            ]
        return self._played

    def _advance(self, to: datetime) -> None:
        """Move the clock, and let everything that is due on the way happen in order."""
        while self._app is not None:
            soon = next_instant(self.app, self.clock.now())
            if soon is None or soon > to:
                break
            self.clock.set(soon)
            tick(self.app)
            deliver_due(self.app)
        self.clock.set(max(to, self.clock.now()))
        if self._app is not None:
            tick(self.app)
            deliver_due(self.app)

    def _do(self, step: ScriptStep) -> Answer | None:
        if step.incident is not None:
            return self._happen(step.incident, step)
        if step.say is None and step.do is None:
            return None
        incoming = Incoming(
            platform=NAME,
            account=self._people[step.person].accounts[0].id,
            channel="" if step.where == DIRECT else step.where,
            received_at=self.clock.now(),
            event_id=secrets.token_hex(16),
            text=step.say.strip() if step.say is not None else None,
            command=step.do,
            values=step.values if step.do is not None else None,
        )
        self._last = incoming
        pressed = " ".join((step.do or "", *(f"{key}={value}" for key, value in step.values.items())))
        said = step.say.strip() if step.say is not None else f"[{pressed}]"
        self._show(Shown("act", self.clock.now(), step.person, step.where, said))
        return self._answer(incoming, step.person)

    def _answer(self, incoming: Incoming, person: str) -> Answer:
        answer = dispatch(self.app, incoming).result()
        text = plain_card(answer.card)
        self._played.messages.append(Message(self.clock.now(), person, incoming.channel, text))
        self._show(Shown("answer", self.clock.now(), person, incoming.channel, text, bool(answer.refusal)))
        for attachment in answer.attachments:
            self.stage.send_file(
                incoming.account, attachment.name, attachment.media_type, attachment.content, secrets.token_hex(8)
            )
        return answer

    def _happen(self, incident: Incident, step: ScriptStep) -> Answer | None:
        self._show(Shown("incident", self.clock.now(), text=incident.value))
        match incident:
            case Incident.BOT_DOWN:
                self._down()
            case Incident.BOT_UP:
                self._up()
            case Incident.RESTART:
                self._down()
                self._up()
            case Incident.PLATFORM_DOWN:
                self.stage.is_down = True
            case Incident.PLATFORM_UP:
                self.stage.is_down = False
            case Incident.UNDELIVERABLE:
                self.stage.unreachable |= {self._people[each].accounts[0].id for each in step.persons}
            case Incident.DELIVERABLE:
                self.stage.unreachable -= {self._people[each].accounts[0].id for each in step.persons}
            case Incident.DUPLICATE:
                if self._last is not None:
                    again = dataclasses.replace(self._last, received_at=self.clock.now())
                    return self._answer(again, self._accounts[again.account])
        return None

    def _open(self) -> App:
        if self._app is None:
            self._app = self._running.enter_context(
                build_app(self.config, self.clock, [self.stage], random=Random(0))  # noqa: S311 - only spreads retries
            )
        return self._app

    def _up(self) -> None:
        app = self._open()
        start(app)
        tick(app)
        deliver_due(app)

    def _down(self) -> None:
        self._app = None
        self._running.close()
        self._running = ExitStack()

    def _load(self) -> None:
        """Load the boards; each has its channel on the stage, because its people have accounts there."""

        def work(tx: Tx) -> None:
            now = self.clock.now()
            tx.beats.rehearse(now)
            for file in self._boards:
                apply(tx, plan(tx, file, self.script.path, now), now, PLAYBACK)

        self.app.store.write(work).result()

    def _heard(self, post: Post) -> None:
        is_new = (post.conversation, post.id) not in self._seen
        self._seen.add((post.conversation, post.id))
        if post.conversation.startswith(direct("")):
            person = self._accounts.get(post.conversation.removeprefix(direct("")), "")
            if is_new:
                self._notified.append(person)
            to, board = person, ""
        else:
            if is_new:
                self._posted.append(post.text)
            to, board = "channel", post.conversation
        if is_new:
            self._played.messages.append(Message(self.clock.now(), to, board, post.text))
        kind = "edit" if not is_new else "post" if to == "channel" else "tell"
        self._show(Shown(kind, self.clock.now(), to if kind == "tell" else "", board, post.text))

    def _check(self, step: ScriptStep, answer: Answer | None) -> None:
        records, newest = self._records() if self._app is not None else ({}, "")
        facts = Facts(
            refusal=answer.refusal if answer else "",
            reply=plain_card(answer.card) if answer else "",
            posted="\n".join(self._posted),
            notified=tuple(sorted(set(self._notified))),
            records=records,
            newest=newest,
        )
        found = failures(step.expect, facts)
        self._played.passed += found.passed
        for what in found.failed:
            failure = Failure(step.index, step.line, what)
            self._played.failures.append(failure)
            self._show(Shown("failure", self.clock.now(), failure=failure))
        self._posted, self._notified = [], []

    def _records(self) -> tuple[dict[str, ItemRecord], str]:
        """Every item of the boards of the script, by number, and the number of the one whose log changed last."""

        def read(tx: Tx) -> tuple[dict[str, ItemRecord], str]:
            found: dict[str, ItemRecord] = {}
            changed: dict[str, datetime] = {}
            for file in self.script.boards:
                for dossier in tx.dossiers.of_board(file.board.id):
                    found |= {str(each.item.number): each for each in dossier.items}
                    changed |= {str(each.body.get("item", "")): each.at for each in dossier.entries}
            newest = max(found, key=lambda number: changed[number], default="")
            return dict(sorted(found.items())), newest

        return self.app.store.read(read)


def _require_rehearsal(tx: Tx) -> None:
    """Make sure that nothing here is real: a register without boards, or one made by playback. Raises FileProblem."""
    if tx.boards.all() and not tx.beats.is_rehearsal():
        raise FileProblem("--database", None, "", "", Line("problem.not-rehearsal", {}))


def _on_stage(boards: tuple[BoardFile, ...]) -> tuple[BoardFile, ...]:
    """The boards with an account on the stage, first, for each person: whoever is in a board file can act in a script.

    Who has none on the console gets one that is nobody else's. It has the id of another account of his, as a refusal
    shows him his account, or else his own id.
    """
    people = dict.fromkeys(person for each in boards for person in each.people)
    taken = {account.id for person in people for account in person.accounts if account.platform == NAME}
    given: dict[Person, Person] = {}
    for person in people:
        own = [each for each in person.accounts if each.platform == NAME]
        others = [each for each in person.accounts if each.platform != NAME]
        if not own:
            wanted = chain((each.id for each in others), [person.id], (f"{person.id}-{number}" for number in count(2)))
            own = [Account(NAME, next(each for each in wanted if each not in taken))]
            taken.add(own[0].id)
        given[person] = dataclasses.replace(person, accounts=(*own, *others))
    return tuple(dataclasses.replace(each, people=tuple(given[person] for person in each.people)) for each in boards)
