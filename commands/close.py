"""`consultatie sluit nr "reden"`: the chair closes before the deadline; at the deadline the clock closes.

After an outage around the deadline the chair chooses, where the board says so: `verleng`, or `sluit` with the
result of an on-time close. Without an answer the round closes so by itself after two working days.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Final

from commands import lookup
from commands.command import Call, Command, Part, Quoted, Reply, word
from commands.domain import events
from commands.domain.board import Board, Outage, Role
from commands.domain.errors import RoundClosed
from commands.domain.events import Act
from commands.domain.item import Item, State, Step
from commands.domain.number import ItemNumber
from commands.domain.rights import take
from commands.domain.round import Ending, Round
from commands.domain.values import Line, Value
from commands.ports import Notice, Transaction
from commands.rounds import CLOCK, Times, end_round, receipt, round_of
from commands.vocabulary import Words

PATIENCE: Final = 2
"""Working days that the chair has to choose after an outage."""


@dataclass(frozen=True, slots=True)
class Args:
    """Which item, and why now."""

    item: Annotated[ItemNumber, word("nr")]
    reason: Annotated[Quoted, word("reden")]


def run(tx: Transaction, call: Call, args: Args) -> Reply:
    """Close the open round now, or as of its deadline after an outage; a button or form asks first."""
    item = take(call.actor, tx.items.locked(args.item), Step.CLOSE)
    round = round_of(item)
    is_past = call.received_at > round.closes_at
    if is_past and round.asked_at is None:
        raise RoundClosed(item.number, round.closes_at)  # by the clock, in a moment
    reason = lookup.text(args.reason)
    silent = tuple(seat.short for seat in tx.rolls.unanswered(item))
    at = round.closes_at if is_past else call.received_at
    values: dict[str, Value] = {
        "item": item.number,
        "title": item.title,
        "closes_at": round.closes_at,
        "closed_at": at,
        "silent": silent,
        "reason": reason,
    }
    if not call.is_typed and not call.is_confirmed:
        return Reply("reply.close.confirm", values, choices=lookup.confirm(COMMAND.name, args))
    item, entry = end_round(tx, item, Ending.DEADLINE if is_past else Ending.CHAIR, at, call.act(), reason)
    tx.outbox.announce(item, entry)
    parts: list[Part] = []
    outcome = round_of(item).outcome
    if outcome is None:
        parts.append(Line("reply.close.no-outcome", {}))
    else:
        parts.append(Line("reply.close.outcome", {"outcome": outcome.code, "reason": outcome.reason or ""}))
    parts.append(receipt(call, entry))
    return Reply("reply.close.closed", values, tuple(parts))


# --- by the clock ----------------------------------------------------------------------------------------


def close_due(tx: Transaction, number: ItemNumber, now: datetime, times: Times) -> bool:
    """Close the round of an item whose deadline has passed, or leave the choice to the chair after an outage.

    The result is that of a close at the deadline, however late it runs. Repeating it does nothing; returns
    whether something was done.
    """
    item = tx.items.locked(number)
    round = item.round
    if item.state is not State.OPEN or round is None or round.asked_at is not None or now <= round.closes_at:
        return False
    board = _board(tx, item)
    absence = _absence(tx, round, times) if board.outage is Outage.ASK_CHAIR else None
    if absence is None:
        _close_at_deadline(tx, item, now)
    else:
        _ask_chair(tx, board, item, absence, now)
    return True


def close_asked(tx: Transaction, number: ItemNumber, now: datetime, times: Times) -> bool:
    """Close a round as of its deadline when the chair let the time to choose pass; returns whether it did."""
    item = tx.items.locked(number)
    round = item.round
    if item.state is not State.OPEN or round is None or round.asked_at is None:
        return False
    calendar = times.calendars(_board(tx, item))
    last = calendar.nth_working_day(calendar.local_date(round.asked_at), PATIENCE)
    if now <= calendar.nearest(last, calendar.closing_time):
        return False
    _close_at_deadline(tx, item, now)
    return True


def _close_at_deadline(tx: Transaction, item: Item, now: datetime) -> None:
    closes_at = round_of(item).closes_at
    item, entry = end_round(tx, item.after(Step.CLOSE), Ending.DEADLINE, closes_at, Act(CLOCK, now))
    tx.outbox.announce(item, entry)


def _ask_chair(tx: Transaction, board: Board, item: Item, absence: tuple[datetime, datetime], now: datetime) -> None:
    """Leave the round open, though it takes nothing, and tell the chair how long nobody could file."""
    waiting = replace(round_of(item), asked_at=now, down_from=absence[0], down_until=absence[1], remind_at=None)
    item = replace(item, round=waiting)
    entry = tx.items.record(item, events.outage_found(item, waiting, Act(CLOCK, now)))
    tx.outbox.refresh(item)
    tx.outbox.announce(item, entry)
    tx.outbox.tell(Notice.OUTAGE, board.holders(Role.CHAIR, now), item.dossier, entry.sequence, item)


def _absence(tx: Transaction, round: Round, times: Times) -> tuple[datetime, datetime] | None:
    """The absence around a deadline in which nobody could file for too long; None when there was none.

    Several absences count together, and are given from the start of the first to the end of the last. What
    the chair has decided on before is not asked again.
    """
    begins = max(round.closes_at - times.window, round.down_until or round.opened_at)
    absences = [each for each in tx.beats.absences(begins) if each[0] < round.closes_at]
    missed = sum((min(end, round.closes_at) - max(start, begins) for start, end in absences), timedelta(0))
    return (absences[0][0], absences[-1][1]) if missed > times.outage else None


def _board(tx: Transaction, item: Item) -> Board:
    board = tx.boards.get(item.board)
    assert board is not None  # noqa: S101 - an item's board stays
    return board


COMMAND: Final = Command(
    "consult close",
    Words("consultatie", "consult"),
    Args,
    run,
    verb=Words("sluit", "close"),
    example=Words('003 "Alle geledingen hebben gereageerd."', '003 "All columns have answered."'),
)
