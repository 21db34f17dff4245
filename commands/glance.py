"""What several overviews show alike: an item in one line, and organisations by what they are called now."""

from __future__ import annotations

from collections.abc import Iterable

from commands.domain.board import Board
from commands.domain.item import Item, State
from commands.domain.roll import Seat
from commands.domain.values import Line, Value
from commands.ports import Transaction
from commands.standing import NEXT_ROUND, holding, obstacle, standing


def name(board: Board, seat: Seat) -> str:
    """What an organisation of the roll is called now; as at opening when the board no longer has it."""
    found = board.organisation(seat.organisation)
    return found.short if found else seat.short


def names(board: Board, seats: Iterable[Seat]) -> tuple[Value, ...]:
    """What organisations of the roll are called now, in their order."""
    return tuple(name(board, seat) for seat in seats)


def next_step(tx: Transaction, board: Board, item: Item) -> Line | None:
    """What comes next for a closed item: a decision, a lift by somebody, a reason to deviate, or a next round.

    None for any other state, and for a consultation, about which nothing needs to be established.
    """
    round = item.round
    if round is None or item.state is not State.CLOSED or not item.is_counted:
        return None
    if round.ending in NEXT_ROUND:
        return Line("next.round", {"version": item.version.label})
    roll, held = tx.rolls.of(item), standing(tx.positions.all(item))
    reserved = holding(round.outcome, held) if round.outcome is not None else ()
    because = obstacle(item, roll, held)
    if because is None:
        return Line("next.establish", {})
    if reserved:
        seats = [seat for seat in roll.voting if seat.organisation in reserved]
        return Line("next.reservation", {"organisations": names(board, seats)})
    return Line("next.deviating", {"because": because})


def item_line(tx: Transaction, board: Board, item: Item) -> Line:
    """An item that is not finished in one line: how many still owe until when, or the outcome and what comes next."""
    values: dict[str, Value] = {"item": item.number, "title": item.title, "state": item.state}
    round = item.round
    if item.state is State.OPEN and round is not None:
        owed = len(tx.rolls.unanswered(item))
        return Line("item.line.open", {**values, "closes_at": round.closes_at, "count": owed})
    outcome = round.outcome if round is not None and item.state is State.CLOSED else None
    step = next_step(tx, board, item)
    return Line("item.line", {**values, "outcome": outcome.code if outcome else "", "next": step or ""})
