"""`consultatie verleng nr --tot … "reden"`: a later deadline for all, before the old one passes.

After it only when an outage left the choice to the chair. A term counts from the old deadline.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Final

from commands import lookup, when
from commands.command import Call, Command, Quoted, Reply, flag, word
from commands.domain import events
from commands.domain.errors import DeadlinePassed, NotLater
from commands.domain.item import Step
from commands.domain.number import ItemNumber
from commands.domain.rights import take
from commands.domain.values import Line, Value
from commands.ports import Notice, Transaction
from commands.rounds import holders_on_roll, next_reminder, receipt, require_foreseeable, round_of
from commands.vocabulary import Words


@dataclass(frozen=True, slots=True)
class Args:
    """Which item, until when, and why."""

    item: Annotated[ItemNumber, word("nr")]
    until: Annotated[str, flag("tot")]
    reason: Annotated[Quoted, word("reden")]


def run(tx: Transaction, call: Call, args: Args) -> Reply:
    """Move the deadline of the open round; a button or form asks first."""
    item = take(call.actor, tx.items.locked(args.item), Step.EXTEND)
    round = round_of(item)
    if call.received_at > round.closes_at and round.asked_at is None:
        raise DeadlinePassed(item.number, round.closes_at)
    closes_at = when.understand(args.until, call.received_at, call.calendar, base=round.closes_at)
    require_foreseeable(call.received_at, closes_at)
    if closes_at <= round.closes_at:
        raise NotLater(item.number, round.closes_at)
    reason = lookup.text(args.reason)
    values: dict[str, Value] = {
        "item": item.number,
        "title": item.title,
        "before": round.closes_at,
        "closes_at": closes_at,
        "reason": reason,
    }
    if not call.is_typed and not call.is_confirmed:
        return Reply("reply.extend.confirm", values, choices=lookup.confirm(COMMAND.name, args))
    extended = replace(round, closes_at=closes_at, asked_at=None)
    extended = replace(extended, remind_at=next_reminder(call.calendar, extended, call.received_at))
    item = replace(item, round=extended)
    entry = tx.items.record(item, events.round_extended(item, extended, round.closes_at, reason, call.act()))
    tx.outbox.refresh(item)
    tx.outbox.announce(item, entry)
    persons = holders_on_roll(tx, call.board, item, call.received_at)
    tx.outbox.tell(Notice.EXTENDED, persons, item.dossier, entry.sequence, item)
    calendar = call.calendar
    days = calendar.working_days_between(calendar.local_date(round.closes_at), calendar.local_date(closes_at))
    parts = [Line("reply.extend.working-days", {"count": days})]
    if calendar.passes_known_end(closes_at):
        parts.append(Line("reply.open.calendar-end", {"known_until": calendar.known_until or ""}))
    parts.append(receipt(call, entry))
    return Reply("reply.extend.extended", values, tuple(parts))


COMMAND: Final = Command(
    "consult extend",
    Words("consultatie", "consult"),
    Args,
    run,
    verb=Words("verleng", "extend"),
    example=Words(
        '003 --tot "4 december 2026 17:00" "Het IPO heeft meer tijd gevraagd."',
        '003 --until "4 December 2026 17:00" "IPO asked for more time."',
    ),
)
