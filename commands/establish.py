"""`consultatie stel-vast nr ["conclusie"] [--afwijkend "reden"]`: the chair establishes decision `nr/B1`.

An adopted outcome is established as it is, and so is one that reservations held, once they are all lifted.
Anything else needs a reason to deviate: then the decision is on the newest version.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Final

from commands import lookup
from commands.command import Call, Command, Passage, Quoted, Reply, flag, word
from commands.decision_text import established
from commands.domain import events
from commands.domain.decision import Decision
from commands.domain.errors import DeviationRequired
from commands.domain.item import Item, Step
from commands.domain.number import DecisionNumber, ItemNumber
from commands.domain.rights import take
from commands.domain.values import Code, Line, Value
from commands.ports import Transaction
from commands.rounds import receipt, round_of
from commands.standing import obstacle, standing
from commands.vocabulary import Words

NO_TEXT: Final = Quoted("")


@dataclass(frozen=True, slots=True)
class Args:
    """Which item; what the chair concludes besides it, such as actions; and why the decision deviates."""

    item: Annotated[ItemNumber, word("nr")]
    conclusion: Annotated[Quoted, word("conclusie")] = NO_TEXT
    deviating: Annotated[Quoted, flag("afwijkend")] = NO_TEXT


def run(tx: Transaction, call: Call, args: Args) -> Reply:
    """Establish the decision; a button or form asks first and shows the text."""
    before = tx.items.locked(args.item)
    item = take(call.actor, before, Step.ESTABLISH)
    roll, held = tx.rolls.of(item), standing(tx.positions.all(item))
    deviation, conclusion = lookup.text(args.deviating), lookup.text(args.conclusion)
    because = obstacle(before, roll, held)
    if because is not None and not deviation:
        raise DeviationRequired(item.number, (because,), _deviating(call, item))
    decision = Decision(
        number=DecisionNumber(item.number, item.decisions + 1),
        at=call.received_at,
        version=item.version.label if deviation else round_of(item).version,
        text="",
        conclusion=conclusion,
        deviation=deviation,
        person=call.actor.code,
    )
    lines = established(call.board, before, round_of(item), decision, roll, held)
    words = [call.word(call.board, line) for line in lines]
    decision = replace(decision, text="\n".join([*words, conclusion] if conclusion else words))
    values: dict[str, Value] = {
        "decision": decision.number,
        "item": item.number,
        "title": item.title,
        "version": decision.version,
        "deviation": deviation,
    }
    text = Passage(Line("reply.establish.text", {}), decision.text)
    if not call.is_typed and not call.is_confirmed:
        return Reply("reply.establish.confirm", values, (text,), lookup.confirm(COMMAND.name, args))
    item = replace(item, decisions=decision.number.sequence)
    entry = tx.decisions.append(item, decision, events.decision_established(item, decision, call.act()))
    tx.outbox.refresh(item)
    tx.outbox.announce(item, entry)
    reference = receipt(call, entry)
    return Reply("reply.establish.established", values, (text, reference))


def _deviating(call: Call, item: Item) -> Code:
    """A correct line that establishes the item all the same."""
    return lookup.example(
        call,
        f'/consultatie stel-vast {item.number} --afwijkend "De vergadering heeft anders besloten."',
        f'/consult establish {item.number} --deviating "The meeting decided otherwise."',
    )


COMMAND: Final = Command(
    "consult establish",
    Words("consultatie", "consult"),
    Args,
    run,
    verb=Words("stel-vast", "establish"),
    example=Words(
        '003 "Actie: BZK opent de marktplaats vóór 1 oktober."',
        '003 "Action: BZK opens the marketplace before 1 October."',
    ),
)
