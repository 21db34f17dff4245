"""`consultatie rectificeer nr "tekst" "reden"`: decision `nr/B2` that corrects the last one, which stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Final

from commands import lookup
from commands.command import Call, Command, Passage, Quoted, Reply, word
from commands.decision_text import rectified
from commands.domain import events
from commands.domain.decision import Decision
from commands.domain.item import Step
from commands.domain.number import DecisionNumber, ItemNumber
from commands.domain.rights import take
from commands.domain.values import Line, Value
from commands.ports import Transaction
from commands.rounds import receipt
from commands.vocabulary import Words


@dataclass(frozen=True, slots=True)
class Args:
    """Which item, the corrected text, and why."""

    item: Annotated[ItemNumber, word("nr")]
    text: Annotated[Quoted, word("tekst")]
    reason: Annotated[Quoted, word("reden")]


def run(tx: Transaction, call: Call, args: Args) -> Reply:
    """Correct the last decision on the item; a button or form asks first and shows the text."""
    item = take(call.actor, tx.items.locked(args.item), Step.RECTIFY)
    last = tx.decisions.of(item)[-1]
    decision = Decision(
        number=DecisionNumber(item.number, item.decisions + 1),
        at=call.received_at,
        version=last.version,
        text="",
        corrects=last.number,
        reason=lookup.text(args.reason),
        person=call.actor.code,
    )
    lines = [call.word(call.board, line) for line in rectified(call.board, decision)]
    decision = replace(decision, text="\n".join([*lines, lookup.text(args.text)]))
    values: dict[str, Value] = {
        "decision": decision.number,
        "corrects": last.number,
        "item": item.number,
        "title": item.title,
    }
    text = Passage(Line("reply.establish.text", {}), decision.text)
    if not call.is_typed and not call.is_confirmed:
        return Reply("reply.rectify.confirm", values, (text,), lookup.confirm(COMMAND.name, args))
    item = replace(item, decisions=decision.number.sequence)
    entry = tx.decisions.append(item, decision, events.decision_rectified(item, decision, call.act()))
    tx.outbox.refresh(item)
    tx.outbox.announce(item, entry)
    reference = receipt(call, entry)
    return Reply("reply.rectify.rectified", values, (text, reference))


COMMAND: Final = Command(
    "consult rectify",
    Words("consultatie", "consult"),
    Args,
    run,
    verb=Words("rectificeer", "rectify"),
    example=Words(
        '003 "Punt 2 noemt 1 januari 2031." "In B1 stond een verkeerd jaartal."',
        '003 "Point 2 names 1 January 2031." "B1 had a wrong year."',
    ),
)
