"""`consultatie houd-aan nr "reden"`: the chair adjourns a closed item, for a meeting or a next round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from commands import lookup
from commands.command import Call, Command, Quoted, Reply, word
from commands.domain import events
from commands.domain.item import Step
from commands.domain.number import ItemNumber
from commands.domain.rights import take
from commands.domain.values import Value
from commands.ports import Notice, Transaction
from commands.rounds import holders_on_roll, receipt
from commands.vocabulary import Words


@dataclass(frozen=True, slots=True)
class Args:
    """Which item, and why."""

    item: Annotated[ItemNumber, word("nr")]
    reason: Annotated[Quoted, word("reden")]


def run(tx: Transaction, call: Call, args: Args) -> Reply:
    """Adjourn the item and tell every mandate holder."""
    item = take(call.actor, tx.items.locked(args.item), Step.ADJOURN)
    reason = lookup.text(args.reason)
    entry = tx.items.record(item, events.item_adjourned(item, reason, call.act()))
    tx.outbox.refresh(item)
    tx.outbox.announce(item, entry)
    persons = holders_on_roll(tx, call.board, item, call.received_at)
    tx.outbox.tell(Notice.ADJOURNED, persons, item.dossier, entry.sequence, item)
    values: dict[str, Value] = {
        "item": item.number,
        "title": item.title,
        "reason": reason,
        "meeting": item.meeting or "",
    }
    reference = receipt(call, entry)
    return Reply("reply.adjourn.adjourned", values, (reference,))


COMMAND: Final = Command(
    "consult adjourn",
    Words("consultatie", "consult"),
    Args,
    run,
    verb=Words("houd-aan", "adjourn"),
    example=Words('003 "De secretaris brengt een nieuwe versie uit."', '003 "The secretary prepares a new version."'),
)
