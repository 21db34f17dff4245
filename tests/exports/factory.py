"""Dossiers for tests, made as storage makes them: events sealed with salts and linked into one chain."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from commands.domain import events
from commands.domain.board import Board
from commands.domain.comment import Comment
from commands.domain.decision import Decision
from commands.domain.dossier import Dossier, ItemRecord, RoundRecord
from commands.domain.draft import Version
from commands.domain.events import Act, Event
from commands.domain.item import Item
from commands.domain.ledger import GENESIS, Entry, KeptText, Plain, link
from commands.domain.number import DecisionNumber
from commands.domain.outcome import Outcome
from commands.domain.position import Answer, Filing, Position, Reservation, ReservationKind, Stance
from commands.domain.roll import Roll
from commands.domain.round import Ending, Round
from commands.domain.rules.decide import decide
from commands.domain.values import Line
from commands.exports import EXPORTS
from commands.exports.dossier import write_events, write_folder
from commands.vocabulary import Format
from tests.factories import (
    DAY,
    DEADLINE,
    HOUR,
    NOON,
    NUMBER,
    SECOND,
    a_board,
    a_position,
    a_roll,
    a_round,
    an_item,
)

OPERATOR = "j.jansen-op-kantoor"
"""The operating-system user of every act by role."""


def say(line: Line) -> str:
    """A sentence as its key and its values, so that a test sees all of them and no wording."""
    values = " ".join(f"{name}={_shown(value)}" for name, value in line.values.items())
    return f"{line.key} {values}".strip()


def _shown(value: object) -> str:
    if isinstance(value, Line):
        return f"({say(value)})"
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    return str(value)


class Story:
    """One item from draft to decision: keeps the log, and beside it what storage would keep."""

    def __init__(self, item: Item | None = None, board: Board | None = None, roll: Roll | None = None) -> None:
        self.item = item or an_item()
        self.board = board or a_board()
        self.roll = roll or a_roll()
        self.entries: list[Entry] = []
        self.texts: dict[str, KeptText] = {}
        self.versions: list[Version] = []
        self.rounds: list[RoundRecord] = []
        self.decisions: list[Decision] = []
        self.record(events.item_drafted(self.item, self.board, self.act(NOON, role="secretaris")))
        self.versions.append(replace(self.item.version, sequence=1))

    def act(self, at: datetime, organisation: str = "", role: str = "voorzitter") -> Act:
        """An act of an organisation's holder, or of somebody with a role."""
        if organisation:
            mandate = 2 + [seat.organisation for seat in self.roll.seats].index(organisation)
            return Act("mattermost", at, f"code-{organisation}", mandate, platform_at=at)
        return Act("console", at, f"code-{role}", operator=OPERATOR)

    def record(self, event: Event, at: datetime | None = None) -> Entry:
        """Append an event, at its time of receipt unless it was written later."""
        body, kept = events.seal(event, lambda: hashlib.md5(str(len(self.texts)).encode()).digest())
        for text in kept:
            # Two texts of one event would get the same salt: that is no harm to a test.
            self.texts[text.hash] = text
        last = self.entries[-1] if self.entries else None
        received = datetime.fromisoformat(str(body["received_at"]))
        written = max(at or received, last.at if last else received)
        entry = link(
            self.item.dossier,
            last.sequence + 1 if last else 1,
            written,
            event.kind,
            body,
            last.hash if last else GENESIS,
        )
        self.entries.append(entry)
        return entry

    @property
    def round(self) -> Round:
        """The newest round."""
        return self.rounds[-1].round

    def _keep(self, **changes: Any) -> None:
        self.rounds[-1] = replace(self.rounds[-1], **changes)
        self.item = replace(self.item, round=self.rounds[-1].round)

    def open(self, at: datetime = NOON, closes_at: datetime = DEADLINE, **changes: Any) -> None:
        """Open the next round on the newest version."""
        number = len(self.rounds) + 1
        changes = {"version": self.item.version.label, "opened_at": at, "closes_at": closes_at, **changes}
        round = a_round(number, **changes)
        self.rounds.append(RoundRecord(round, self.roll, (), ()))
        self.item = replace(self.item, round=round)
        self.record(events.round_opened(self.item, round, self.roll, self.act(at)))

    def extend(self, at: datetime, closes_at: datetime) -> None:
        """Move the deadline."""
        before = self.round.closes_at
        self._keep(round=replace(self.round, closes_at=closes_at))
        self.record(events.round_extended(self.item, self.round, before, "Meer tijd.", self.act(at)))

    def file(
        self,
        organisation: str,
        stance: Stance,
        at: datetime,
        text: str = "",
        *,
        lifts: int = 0,
        **changes: Any,
    ) -> Position:
        """File a position in the newest round."""
        position = a_position(
            organisation,
            stance=stance,
            received_at=at,
            text=text,
            round=self.round.number,
            version=self.item.version.label,
            **changes,
        )
        event = events.position_filed(self.item, position, self.act(at, organisation), lifts=lifts)
        entry = self.record(event, at + timedelta(microseconds=250))
        position = replace(position, sequence=entry.sequence, hash=entry.hash)
        self._keep(positions=(*self.rounds[-1].positions, position))
        return position

    def answer(self, position: Position, answer: Answer, text: str, at: datetime) -> None:
        """Answer a condition or an objection."""
        self.record(events.position_answered(self.item, position, answer, text, self.act(at)))
        answered = replace(position, answer=answer, answer_text=text)
        positions = tuple(answered if each == position else each for each in self.rounds[-1].positions)
        self._keep(positions=positions)

    def comment(self, organisation: str, text: str, at: datetime) -> None:
        """A remark of an adviser."""
        comment = Comment(organisation, self.round.number, self.item.version.label, at, text)
        entry = self.record(events.comment_made(self.item, comment, self.act(at, organisation)))
        self._keep(comments=(*self.rounds[-1].comments, replace(comment, sequence=entry.sequence)))

    def revise(self, label: str, text: str, at: datetime) -> None:
        """A substantive version, which ends an open round without outcome."""
        version = Version(label, text, at, note="Punt 2 is gewijzigd.")
        self.item = replace(self.item, version=version)
        entry = self.record(events.version_added(self.item, self.act(at, role="secretaris")))
        self.versions.append(replace(version, sequence=entry.sequence))
        if self.rounds and self.round.is_open:
            self.close(at, Ending.NEW_VERSION)

    def close(
        self,
        at: datetime | None = None,
        ending: Ending = Ending.DEADLINE,
        outcome: Outcome | None = None,
        *,
        by_chair: bool = False,
    ) -> Entry:
        """End the newest round; the rule gives the outcome unless one is given."""
        counted = ending in {Ending.DEADLINE, Ending.CHAIR, Ending.OBJECTION}
        if outcome is None and counted and self.round.rule is not None:
            outcome = decide(self.round.rule, self.roll, self.rounds[-1].positions, repeat=self.round.repeat)
        at = at or self.round.closes_at
        self._keep(round=replace(self.round, closed_at=at, ending=ending, outcome=outcome))
        by_clock = ending is Ending.DEADLINE and not by_chair
        act = Act("clock", at + 2 * SECOND) if by_clock else self.act(at)
        return self.record(events.round_closed(self.item, self.round, "", act))

    def establish(self, text: str, at: datetime, **changes: Any) -> None:
        """Establish a decision, or rectify the one before with `corrects`."""
        number = DecisionNumber(self.item.number, len(self.decisions) + 1)
        decision = Decision(number, at, self.item.version.label, text, **changes)
        event = events.decision_rectified if decision.corrects else events.decision_established
        entry = self.record(event(self.item, decision, self.act(at)))
        self.decisions.append(replace(decision, sequence=entry.sequence))

    def dossier(self, *, without_texts: Iterable[str] = ()) -> Dossier:
        """The dossier as it is now, without the texts of these hashes."""
        record = ItemRecord(self.item, tuple(self.versions), tuple(self.rounds), tuple(self.decisions))
        gone = set(without_texts)
        texts = {hash: text for hash, text in self.texts.items() if hash not in gone}
        return Dossier(self.item.dossier, self.board, (record,), tuple(self.entries), texts)


def a_story(number: str = str(NUMBER)) -> Story:
    """Two rounds: reservation lifted, condition met, objection answered, a new version, a late position."""
    story = Story(an_item(dossier=number))
    story.open()
    story.file("rijk", Stance.AGREE, NOON + HOUR)
    reserved = story.file(
        "vng",
        Stance.RESERVATION,
        NOON + 2 * HOUR,
        "Onder voorbehoud van de commissie.",
        reservation=Reservation(ReservationKind.CONSTITUENCY, suspensive=True, until=(NOON + DAY).date()),
    )
    condition = story.file("ipo", Stance.AGREE_IF, NOON + 3 * HOUR, "Een jaar langer.", points=(2,))
    objection = story.file("uvw", Stance.OBJECT, NOON + 4 * HOUR, "Geen dekking; é, ☃ en “meer”.")
    story.comment("uvw", "Zie ook de bijlage.", NOON + 5 * HOUR)
    story.file("vng", Stance.AGREE, NOON + DAY, lifts=reserved.sequence)
    story.answer(condition, Answer.MET, "Punt 2 geeft een jaar langer.", NOON + DAY)
    story.answer(objection, Answer.ADDRESSED, "De dekking volgt.", NOON + DAY)
    story.revise("1.1", "Het overleg besluit:\n1. het kader vast te stellen.", NOON + 2 * DAY)
    story.open(NOON + 3 * DAY)
    story.file("rijk", Stance.AGREE, NOON + 4 * DAY)
    story.file("ipo", Stance.NO_OBJECTION, NOON + 5 * DAY)
    story.file(
        "vng",
        Stance.RESERVATION,
        DEADLINE,
        "Onder voorbehoud van dekking.",
        reservation=Reservation(ReservationKind.FINANCIAL),
    )
    story.close()
    story.file("uvw", Stance.AGREE, DEADLINE + HOUR, "Alsnog akkoord.", filing=Filing.LATE)
    story.establish("BOD-2027-003/B1: het kader is vastgesteld.", DEADLINE + DAY)
    return story


def exported(dossier: Dossier, format: Format) -> bytes:
    """The file of a dossier in a format."""
    content = io.BytesIO()
    EXPORTS[format].write(dossier, say, content)
    return content.getvalue()


def lines(entries: Sequence[Entry]) -> bytes:
    """The log of a dossier as it is exported."""
    content = io.BytesIO()
    write_events(entries, content)
    return content.getvalue()


def relinked(entries: Iterable[tuple[str, Mapping[str, Plain], datetime]], log: str) -> list[Entry]:
    """A new chain over these kinds, bodies and times: what a forger makes who can write the whole log."""
    chain: list[Entry] = []
    for kind, body, at in entries:
        previous = chain[-1].hash if chain else GENESIS
        chain.append(link(log, len(chain) + 1, at, kind, body, previous))
    return chain


def in_folder(folder: Path, dossier: Dossier) -> Path:
    """The dossier as a folder."""
    write_folder(dossier, say, folder)
    return folder
