"""`consultatie voorwaarde|bezwaar nr organisatie …`: the board's answer to a condition or an objection.

    /consultatie voorwaarde 003 ipo ingewilligd|afgewezen "antwoord"
    /consultatie bezwaar 003 npd behandeld "antwoord"

It changes nobody's no into a yes: a condition that is met counts as consent only when the organisation
confirms it with `hef-op`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Final

from commands import lookup
from commands.command import Call, Command, OrganisationWord, Part, Passage, Quoted, Reply, word
from commands.domain import events
from commands.domain.errors import NothingToAnswer
from commands.domain.item import Step
from commands.domain.number import ItemNumber
from commands.domain.position import Answer, Stance
from commands.domain.rights import take
from commands.domain.values import Line, Value
from commands.ports import Transaction
from commands.rounds import receipt, require_running
from commands.vocabulary import Words


@dataclass(frozen=True, slots=True)
class ConditionArgs:
    """Whose condition, what became of it, and the answer in words."""

    item: Annotated[ItemNumber, word("nr")]
    organisation: Annotated[OrganisationWord, word("organisatie")]
    status: Annotated[Answer, word("status", only=(Answer.MET, Answer.REFUSED))]
    answer: Annotated[Quoted, word("antwoord")]


@dataclass(frozen=True, slots=True)
class ObjectionArgs:
    """Whose objection, that it was addressed, and the answer in words."""

    item: Annotated[ItemNumber, word("nr")]
    organisation: Annotated[OrganisationWord, word("organisatie")]
    status: Annotated[Answer, word("status", only=(Answer.ADDRESSED,))]
    answer: Annotated[Quoted, word("antwoord")]


def condition(tx: Transaction, call: Call, args: ConditionArgs) -> Reply:
    """Answer a condition: it is met, or refused."""
    return _answer(tx, call, args, CONDITION, Stance.AGREE_IF)


def objection(tx: Transaction, call: Call, args: ObjectionArgs) -> Reply:
    """Answer an objection: it is addressed, not necessarily accommodated (RFC 7282)."""
    return _answer(tx, call, args, OBJECTION, Stance.OBJECT)


def _answer(
    tx: Transaction, call: Call, args: ConditionArgs | ObjectionArgs, command: Command, stance: Stance
) -> Reply:
    """Keep the answer beside the position; a button or form asks before it replaces an earlier one."""
    before = tx.items.locked(args.item)
    item = take(call.actor, before, Step.DISPOSE)
    require_running(before, call.received_at)
    if refusal := lookup.hidden(item, call.received_at):
        raise refusal
    organisation = lookup.organisation(call.board, args.organisation)
    position = tx.positions.current(item, organisation.id)
    if position is None or position.stance is not stance:
        raise NothingToAnswer(item.number, organisation.short)
    text = lookup.text(args.answer)
    values: dict[str, Value] = {
        "item": item.number,
        "title": item.title,
        "organisation": organisation.short,
        "stance": stance,
        "status": args.status,
        "before": position.answer or "",
    }
    said = Passage(Line("reply.dispose.said", {"organisation": organisation.short}), position.text)
    answer = Passage(Line("reply.dispose.answer", {}), text)
    if position.answer is not None and not call.is_typed and not call.is_confirmed:
        return Reply("reply.dispose.confirm", values, (said, answer), lookup.confirm(command.name, args))
    answered = replace(position, answer=args.status, answer_text=text)
    event = events.position_answered(item, answered, args.status, text, call.act())
    entry = tx.positions.answer(item, answered, event)
    tx.outbox.refresh(item)
    parts: list[Part] = [said, answer]
    if stance is Stance.AGREE_IF and args.status is Answer.MET:
        example = lookup.example(call, f"/standpunt {item.number} hef-op", f"/position {item.number} lift")
        parts.append(Line("reply.dispose.to-confirm", {"organisation": organisation.short, "example": example}))
    parts.append(receipt(call, entry))
    return Reply("reply.dispose.answered", values, tuple(parts))


CONDITION: Final = Command(
    "consult condition",
    Words("consultatie", "consult"),
    ConditionArgs,
    condition,
    verb=Words("voorwaarde", "condition"),
    example=Words(
        '003 ipo ingewilligd "Punt 2 noemt voor bestaande contracten 1 januari 2031."',
        '003 ipo met "Point 2 names 1 January 2031 for existing contracts."',
    ),
)
OBJECTION: Final = Command(
    "consult objection",
    Words("consultatie", "consult"),
    ObjectionArgs,
    objection,
    verb=Words("bezwaar", "objection"),
    example=Words(
        '003 npd behandeld "De aansluitkosten worden betrokken bij de investeringsagenda."',
        '003 npd addressed "The costs of connection go into the investment agenda."',
    ),
)
COMMANDS: Final = (CONDITION, OBJECTION)
