"""`consultatie lijst`: everything that is not finished, first what waits for the reader.

In a channel the board of that channel; in a direct message all boards of the person, one after another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

from commands import filing, lookup
from commands.command import Call, Command, Listing, Part, Reply, flag
from commands.domain.board import Board, Role
from commands.domain.item import Item, State
from commands.domain.mandate import Actor
from commands.domain.round import Ending
from commands.domain.values import Code, Line, Value
from commands.glance import item_line, next_step
from commands.ports import Transaction
from commands.standing import NEXT_ROUND
from commands.vocabulary import Words


@dataclass(frozen=True, slots=True)
class Args:
    """Nothing, or one board in a direct message."""

    board: Annotated[str, flag("overleg")] = ""


def run(tx: Transaction, call: Call, args: Args) -> Reply:
    """What waits for the reader, by board, and then every item that is not finished."""
    waiting: list[Line] = []
    others: list[Part] = []
    for board, actor in zip(call.boards, call.actors, strict=True):
        items = tx.items.open_of_board(board.id)
        waiting += _waiting(tx, call, board, actor, items)
        if items:
            others.append(Line("overview.board", {"board": board.name}))
            others.append(Listing(tuple(item_line(tx, board, item) for item in items)))
    values: dict[str, Value] = {"boards": tuple(board.name for board in call.boards)}
    if not waiting and not others:
        return Reply("reply.overview.empty", values)
    first: tuple[Part, ...] = (Line("overview.nothing-waits", {}),)
    if waiting:
        first = (Line("overview.waiting", {}), Listing(tuple(waiting)))
    return Reply("reply.overview", values, (*first, *others))


def _waiting(tx: Transaction, call: Call, board: Board, actor: Actor, items: tuple[Item, ...]) -> Iterator[Line]:
    """What waits for this person on one board: by role first, then by mandate."""
    for item in items:
        yield from _by_role(tx, board, item, actor)
    if actor.has(Role.CHAIR, Role.SECRETARY, Role.ADMIN):
        for about, _, target in tx.outbox.dead(board.id):
            person = tx.people.get(target)
            yield Line("overview.undelivered", {"item": Code(about), "to": person.name if person else target})
    own = [each.organisation for each in actor.mandates_at(call.received_at)]
    for number, position in tx.positions.reservations_due(board.today(call.received_at), board.id):
        item = tx.items.get(number)
        if position.organisation in own or (actor.has(Role.CHAIR) and not item.is_hidden):
            until = position.reservation.until if position.reservation else None
            values = {
                **_about(item),
                "organisation": lookup.short(board, position.organisation),
            }
            yield Line("overview.reservation-due", {**values, "until": until or ""})
    for item in items:
        yield from _by_mandate(tx, call, board, item, own)


def _by_role(tx: Transaction, board: Board, item: Item, actor: Actor) -> Iterator[Line]:
    """What chair and secretary still have to do about an item."""
    round = item.round
    leads = actor.has(Role.CHAIR, Role.SECRETARY)
    if item.state is State.DRAFT and leads:
        yield Line("overview.to-open", _about(item))
    if round is None:
        return
    if item.state is State.OPEN and round.asked_at is not None and actor.has(Role.CHAIR):
        yield Line("overview.outage", {**_about(item), "closes_at": round.closes_at})
    if item.state is State.CLOSED and round.ending in NEXT_ROUND:
        if leads:
            key = "overview.contested" if round.ending is Ending.CONTEST else "overview.next-round"
            yield Line(key, {**_about(item), "version": item.version.label})
    elif item.state is State.CLOSED and actor.has(Role.CHAIR):
        if item.is_counted:
            outcome, step = round.outcome.code if round.outcome is not None else "", next_step(tx, board, item)
            yield Line("overview.to-establish", {**_about(item), "outcome": outcome, "next": step or ""})
        else:
            yield Line("overview.consulted", _about(item))
    if item.state is State.ADJOURNED and actor.has(Role.CHAIR):
        yield Line("overview.adjourned", {**_about(item), "meeting": item.meeting or ""})


def _by_mandate(tx: Transaction, call: Call, board: Board, item: Item, own: list[str]) -> Iterator[Line]:
    """What the reader's organisations still owe, and what they may still contest."""
    round = item.round
    if item.state is not State.OPEN or round is None or not filing.takes(round, call.received_at):
        return
    until = item.version.contest_until
    for organisation in own:
        seat = tx.rolls.seat(item, organisation)
        if seat is None or not seat.voting:
            continue
        values = {**_about(item), "organisation": lookup.short(board, organisation)}
        if tx.positions.current(item, organisation) is None:
            yield Line("overview.owes", {**values, "closes_at": round.closes_at})
        if not item.version.substantive and until is not None and call.received_at <= until:
            yield Line("overview.contestable", {**values, "version": item.version.label, "until": until})


def _about(item: Item) -> dict[str, Value]:
    return {"item": item.number, "title": item.title}


COMMAND: Final = Command(
    "consult list",
    Words("consultatie", "consult"),
    Args,
    run,
    verb=Words("lijst", "list"),
    reads=True,
)
