"""`consultatie trek-in nr "reden"`: the chair withdraws an item; an open round ends without outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from commands import lookup
from commands.command import Call, Command, Quoted, Reply, word
from commands.domain import events
from commands.domain.item import State, Step
from commands.domain.number import ItemNumber
from commands.domain.rights import take
from commands.domain.round import Ending
from commands.domain.values import Value
from commands.ports import Transaction
from commands.rounds import end_round, receipt, require_running, round_of
from commands.vocabulary import Words


@dataclass(frozen=True, slots=True)
class Args:
    """Which item, and why."""

    item: Annotated[ItemNumber, word("nr")]
    reason: Annotated[Quoted, word("reden")]


def run(tx: Transaction, call: Call, args: Args) -> Reply:
    """Withdraw the item; a button or form asks first. A draft is withdrawn without a post."""
    before = tx.items.locked(args.item)
    item = take(call.actor, before, Step.WITHDRAW)
    is_open = before.state is State.OPEN
    if not (is_open and round_of(before).asked_at is not None):
        require_running(before, call.received_at)
    reason = lookup.text(args.reason)
    values: dict[str, Value] = {
        "item": item.number,
        "title": item.title,
        "state": before.state,
        "reason": reason,
    }
    if not call.is_typed and not call.is_confirmed:
        return Reply("reply.withdraw.confirm", values, choices=lookup.confirm(COMMAND.name, args))
    if is_open:
        item, _ = end_round(tx, item, Ending.WITHDRAWAL, call.received_at, call.act(), reason)
    entry = tx.items.record(item, events.item_withdrawn(item, reason, call.act()))
    if item.round is not None:
        tx.outbox.refresh(item)
        tx.outbox.announce(item, entry)
    reference = receipt(call, entry)
    return Reply("reply.withdraw.withdrawn", values, (reference,))


COMMAND: Final = Command(
    "consult withdraw",
    Words("consultatie", "consult"),
    Args,
    run,
    verb=Words("trek-in", "withdraw"),
    example=Words('003 "Het voorstel is achterhaald."', '003 "The proposal is out of date."'),
)
