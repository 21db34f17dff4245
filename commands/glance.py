"""What several overviews show alike: an item in one line, and organisations by what they are called now."""

from __future__ import annotations

from collections.abc import Iterable

from commands.domain.board import Board
from commands.domain.item import Item, State
from commands.domain.roll import Seat
from commands.domain.values import Line, Value
from commands.ports import Transaction


def name(board: Board, seat: Seat) -> str:
    """What an organisation of the roll is called now; as at opening when the board no longer has it."""
    found = board.organisation(seat.organisation)
    return found.short if found else seat.short


def names(board: Board, seats: Iterable[Seat]) -> tuple[Value, ...]:
    """What organisations of the roll are called now, in their order."""
    return tuple(name(board, seat) for seat in seats)


def item_line(tx: Transaction, item: Item) -> Line:
    """An item that is not finished in one line; while it is open with its deadline and how many still owe."""
    values: dict[str, Value] = {"item": item.number, "title": item.title, "state": item.state}
    round = item.round
    if item.state is State.OPEN and round is not None:
        owed = len(tx.rolls.unanswered(item))
        return Line("item.line.open", {**values, "closes_at": round.closes_at, "count": owed})
    outcome = round.outcome if round is not None and item.state is State.CLOSED else None
    return Line("item.line", {**values, "outcome": outcome.code if outcome else ""})
