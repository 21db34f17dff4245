"""`standpunt mijn`: what my organisation filed and still owes, on all boards where I may speak for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Final

from commands import filing, lookup
from commands.command import Call, Command, Part, Passage, Reply, flag
from commands.domain.board import Board
from commands.domain.errors import NoMandate
from commands.domain.item import Item, State
from commands.domain.position import Position
from commands.domain.values import Code, Line, Reference, Value
from commands.ports import Transaction
from commands.vocabulary import Words


@dataclass(frozen=True, slots=True)
class Args:
    """Nothing: the board of the channel, or in a direct message all of the person's."""

    board: Annotated[str, flag("overleg")] = ""


def run(tx: Transaction, call: Call, args: Args) -> Reply:
    """What is owed first, then what was filed. Refused, with the reason, without any valid mandate."""
    spoken_for = [
        (board, actor, mandate.organisation)
        for board, actor in zip(call.boards, call.actors, strict=True)
        for mandate in actor.mandates_at(call.received_at)
    ]
    if not spoken_for:
        _refuse(call)
    owed: list[Part] = []
    filed: list[Part] = []
    for board, _, organisation in spoken_for:
        for item in tx.items.open_of_board(board.id):
            _add(tx, board, item, organisation, call.received_at, owed, filed)
    names = tuple(dict.fromkeys(lookup.short(board, organisation) for board, _, organisation in spoken_for))
    if not owed and not filed:
        return Reply("reply.mine.nothing", {"organisations": names})
    return Reply("reply.mine", {"organisations": names}, (*owed, *filed))


def _refuse(call: Call) -> None:
    """Say why no mandate is valid, by the first board on which the person ever had one."""
    everyone = list(zip(call.boards, call.actors, strict=True))
    known = [each for each in everyone if each[1].mandates] or everyone
    if not known:
        raise NoMandate("", "")
    board, actor = known[0]
    actor.mandate_for(None, call.received_at, Code(""), partial(lookup.short, board))


def _add(
    tx: Transaction,
    board: Board,
    item: Item,
    organisation: str,
    at: datetime,
    owed: list[Part],
    filed: list[Part],
) -> None:
    """Add what an organisation owes or filed on an item that is not finished."""
    round = item.round
    if round is None:
        return
    seat = tx.rolls.seat(item, organisation)
    if seat is None or not seat.voting:
        return
    values: dict[str, Value] = {
        "organisation": lookup.short(board, organisation),
        "item": item.number,
        "title": item.title,
        "version": item.version.label,
        "closes_at": round.closes_at,
    }
    position = filing.standing(tx, item, organisation, at)
    if position is not None:
        filed += _filed(tx, item, position, values)
    elif item.state is State.OPEN and filing.takes(round, at):
        owed.append(Line("mine.owes", values))


def _filed(tx: Transaction, item: Item, position: Position, values: dict[str, Value]) -> list[Part]:
    """A position with who filed it, and until when it can be changed while its round is open."""
    person = tx.people.by_code(position.person)
    line = Line(
        "mine.filed" if item.state is State.OPEN else "mine.closed",
        {
            **values,
            "version": position.version,
            "stance": position.stance,
            "at": position.received_at,
            "person": person.name if person else "",
            "reference": Reference(position.hash),
        },
    )
    return [line, Passage(Line("position.text", {}), position.text)] if position.text else [line]


COMMAND: Final = Command(
    "position mine",
    Words("standpunt", "position"),
    Args,
    run,
    verb=Words("mijn", "mine"),
    reads=True,
)
