"""`consultatie herinner nr`: a message to who has not answered; and the same by the clock.

The first reminder of a round goes to representatives only, later ones to deputies as well. An organisation
without a representative gets the first one through its deputies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Final

from commands.command import Call, Command, Part, Reply, word
from commands.domain import events
from commands.domain.board import Board
from commands.domain.events import Act
from commands.domain.item import Item, State, Step
from commands.domain.ledger import Entry
from commands.domain.mandate import MandateRole
from commands.domain.number import ItemNumber
from commands.domain.rights import take
from commands.domain.roll import Seat
from commands.domain.values import Line, Value
from commands.ports import Notice, Transaction
from commands.rounds import CLOCK, Times, holders, next_reminder, receipt, require_running, round_of
from commands.vocabulary import Words

LATE: Final = timedelta(minutes=10)
"""How late a reminder may go outside office hours; what an outage held up longer waits for the next one."""


@dataclass(frozen=True, slots=True)
class Args:
    """Which item."""

    item: Annotated[ItemNumber, word("nr")]


@dataclass(frozen=True, slots=True)
class Debtors:
    """Who has not answered: the organisations with somebody to remind, with whom; and those with nobody."""

    persons: Mapping[Seat, tuple[str, ...]]
    without: tuple[Seat, ...]


def run(tx: Transaction, call: Call, args: Args) -> Reply:
    """Remind now. Records nothing when everybody has answered, or when there is nobody to remind."""
    before = tx.items.locked(args.item)
    item = take(call.actor, before, Step.REMIND)
    require_running(before, call.received_at)
    round = round_of(item)
    owing = debtors(tx, call.board, item, call.received_at)
    values: dict[str, Value] = {
        "item": item.number,
        "title": item.title,
        "closes_at": round.closes_at,
        "organisations": tuple(seat.short for seat in owing.persons),
    }
    parts: list[Part] = []
    if owing.without:
        names = tuple(seat.short for seat in owing.without)
        parts.append(Line("reply.remind.without-holder", {"organisations": names}))
    if not owing.persons:
        key = "reply.remind.unreachable" if owing.without else "reply.remind.nobody"
        return Reply(key, values, tuple(parts))
    item = replace(item, round=replace(round, reminded=round.reminded + 1))
    entry = _send(tx, item, owing, call.act())
    parts.append(receipt(call, entry))
    return Reply("reply.remind.sent", values, tuple(parts))


def remind_due(tx: Transaction, number: ItemNumber, now: datetime, times: Times) -> bool:
    """Send the reminder that is due, once however many were missed, and set the next; whether one was due.

    Between 17:00 and 09:00 and on days off nothing is sent. Repeating it does nothing.
    """
    item = tx.items.locked(number)
    round = item.round
    if item.state is not State.OPEN or round is None or round.remind_at is None or now < round.remind_at:
        return False
    board = tx.boards.get(item.board)
    assert board is not None  # noqa: S101 - an item's board stays
    calendar = times.calendars(board)
    owing = Debtors({}, ())
    if now <= round.closes_at and (now - round.remind_at <= LATE or calendar.is_office_hour(now)):
        owing = debtors(tx, board, item, now)
    ahead = replace(round, remind_at=next_reminder(calendar, round, now), reminded=round.reminded + bool(owing.persons))
    _send(tx, replace(item, round=ahead), owing, Act(CLOCK, now))
    return True


def debtors(tx: Transaction, board: Board, item: Item, at: datetime) -> Debtors:
    """Who has not answered in the open round, in the order of the roll, with whom to remind at an instant."""
    is_first = round_of(item).reminded == 0
    found = holders(tx, board, at, first=MandateRole.REPRESENTATIVE if is_first else None)
    silent = tx.rolls.unanswered(item)
    return Debtors(
        {seat: found[seat.organisation] for seat in silent if seat.organisation in found},
        tuple(seat for seat in silent if seat.organisation not in found),
    )


def _send(tx: Transaction, item: Item, owing: Debtors, act: Act) -> Entry:
    """Record the reminder, which may concern nobody, and tell the persons."""
    organisations = [seat.organisation for seat in owing.persons]
    entry = tx.items.record(item, events.reminded(item, round_of(item), organisations, act))
    persons = dict.fromkeys(person for each in owing.persons.values() for person in each)
    tx.outbox.tell(Notice.REMINDER, persons, item.dossier, entry.sequence, item)
    return entry


COMMAND: Final = Command(
    "consult remind",
    Words("consultatie", "consult"),
    Args,
    run,
    verb=Words("herinner", "remind"),
    example=Words("003", "003"),
)
