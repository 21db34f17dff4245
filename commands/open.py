"""`consultatie open nr`: freezes roll, rule and text, starts a round, and tells every mandate holder.

    /consultatie open 003 [--termijn "10 werkdagen" | --sluit "vrijdag 17:00"]

A first round lasts at least 72 hours, a next one 24, and both at least two working days. A term with fewer
working days is moved by the guard; a deadline with fewer is refused. Without either, the term of the item or
board holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Final

from commands import lookup, when
from commands.command import Call, Command, Part, Reply, flag, word
from commands.domain import events
from commands.domain.calendar import Calendar
from commands.domain.errors import ChooseTerm, NoRecipients, TermTooShort
from commands.domain.item import Item, Step
from commands.domain.number import ItemNumber
from commands.domain.outcome import Reason
from commands.domain.rights import take
from commands.domain.roll import Roll
from commands.domain.round import Round
from commands.domain.rules.describe import title
from commands.domain.values import Line, Value
from commands.ports import Notice, Transaction
from commands.rounds import holders, next_reminder, receipt, require_foreseeable, roll_of, rule_for
from commands.vocabulary import Words

FIRST_ROUND: Final = timedelta(hours=72)
NEXT_ROUND: Final = timedelta(hours=24)
WORKING_DAYS: Final = 2


@dataclass(frozen=True, slots=True)
class Args:
    """Which item, and until when: a term or a deadline."""

    item: Annotated[ItemNumber, word("nr")]
    term: Annotated[str, flag("termijn")] = ""
    closes: Annotated[str, flag("sluit")] = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a round closes; `moved_from` is the plain end of the term where the guard moved it."""

    at: datetime
    moved_from: datetime | None = None


def run(tx: Transaction, call: Call, args: Args) -> Reply:
    """Open the next round of an item on its newest version."""
    board, opened_at = call.board, call.received_at
    before = tx.items.locked(args.item)
    item = take(call.actor, before, Step.OPEN)
    if args.term and args.closes:
        raise ChooseTerm(lookup.example(call, f"/consultatie open {item.number}", f"/consult open {item.number}"))
    roll = roll_of(board)
    if not roll.voting:
        raise NoRecipients(board.name)
    number = before.round.number + 1 if before.round else 1
    deadline = _deadline(call, args, item.term or board.term, FIRST_ROUND if number == 1 else NEXT_ROUND)
    require_foreseeable(opened_at, deadline.at)
    round = Round(
        number=number,
        version=item.version.label,
        opened_at=opened_at,
        closes_at=deadline.at,
        rule=rule_for(board, item.rule, item.kind) if item.is_counted else None,
        repeat=_is_repeat(before.round),
    )
    round = replace(round, remind_at=next_reminder(call.calendar, round, opened_at))
    item = replace(item, round=round)
    values: dict[str, Value] = {
        "item": item.number,
        "title": item.title,
        "version": round.version,
        "round": round.number,
        "closes_at": deadline.at,
    }
    found = holders(tx, board, opened_at)
    without = tuple(seat.short for seat in roll.voting if seat.organisation not in found)
    understood = tuple(_understood(call, item, roll, deadline, without))
    if not call.is_typed and not call.is_confirmed:
        return Reply("reply.open.confirm", values, understood, lookup.confirm(COMMAND.name, args))
    entry = tx.items.record(item, events.round_opened(item, round, roll, call.act()), roll=roll)
    tx.outbox.refresh(item)  # the first one of a round is a new post: it announces the round
    persons = dict.fromkeys(person for seat in roll.seats for person in found.get(seat.organisation, ()))
    tx.outbox.tell(Notice.OPENED, persons, item.dossier, entry.sequence, item)
    return Reply("reply.open.opened", values, (*understood, receipt(call, entry)))


def _deadline(call: Call, args: Args, default: str, shortest: timedelta) -> Deadline:
    """The deadline that was asked for. Raises TermTooShort, and what `when` raises."""
    opened, calendar = call.received_at, call.calendar
    phrase = args.closes or args.term or default
    term = None if args.closes else when.term(phrase)
    if term is None:
        closes = when.understand(phrase, opened, calendar)
        if closes - opened < shortest or _working_days(calendar, opened, closes) < WORKING_DAYS:
            raise _too_short(call, closes, shortest)
        return Deadline(closes)
    end = term.end(opened, calendar)
    if end - opened < shortest:
        raise _too_short(call, end, shortest)
    closes = calendar.guarded(opened, end, WORKING_DAYS)
    return Deadline(closes, end if closes != end else None)


def _too_short(call: Call, closes: datetime, shortest: timedelta) -> TermTooShort:
    earliest = call.calendar.guarded(call.received_at, call.received_at + shortest, WORKING_DAYS)
    return TermTooShort(closes, earliest, shortest // timedelta(hours=1), WORKING_DAYS)


def _working_days(calendar: Calendar, opened: datetime, closes: datetime) -> int:
    return calendar.working_days_between(calendar.local_date(opened), calendar.local_date(closes))


def _is_repeat(before: Round | None) -> bool:
    """Whether an earlier round of the item ended without quorum."""
    if before is None:
        return False
    return before.repeat or (before.outcome is not None and before.outcome.reason is Reason.QUORUM)


def _understood(call: Call, item: Item, roll: Roll, deadline: Deadline, without: tuple[str, ...]) -> Iterator[Part]:
    """What was frozen, and what the opener should know: a moved deadline, days off, who cannot be reached."""
    calendar, opened, round = call.calendar, call.received_at, item.round
    assert round is not None  # noqa: S101 - just opened
    if deadline.moved_from is not None:
        yield Line(
            "reply.open.moved",
            {"before": deadline.moved_from, "closes_at": deadline.at, "working_days": WORKING_DAYS},
        )
    yield Line("reply.open.working-days", {"count": _working_days(calendar, opened, deadline.at)})
    weekdays = tuple(day for day, _ in calendar.days_without_work(opened, deadline.at) if day.weekday() < 5)
    if weekdays:
        yield Line("reply.open.days-off", {"days": weekdays})
    if calendar.passes_known_end(deadline.at):
        assert calendar.known_until is not None  # noqa: S101 - nothing lies beyond no end
        yield Line("reply.open.calendar-end", {"known_until": calendar.known_until})
    if round.rule is not None:
        yield Line("reply.open.rule", {"rule": title(round.rule), "count": len(roll.voting)})
    else:
        yield Line("reply.open.no-rule", {"count": len(roll.voting)})
    if round.repeat:
        yield Line("reply.open.repeat", {})
    if without:
        yield Line("reply.open.without-holder", {"organisations": without})


COMMAND: Final = Command(
    "consult open",
    Words("consultatie", "consult"),
    Args,
    run,
    verb=Words("open", "open"),
    example=Words('003 --termijn "10 werkdagen"', '003 --term "10 working days"'),
)
