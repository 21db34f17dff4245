"""`consultatie krachtenveld nr`: who stands where, organisation by decision point.

What was filed in an earlier round is shown as such, and not counted. Refused while positions are hidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from commands.command import Call, Command, Grid, Part, Passage, Reply, word
from commands.domain.errors import NotPossible
from commands.domain.item import Item, Step
from commands.domain.number import ItemNumber
from commands.domain.position import Filing, Position, latest
from commands.domain.roll import Seat
from commands.domain.values import Line, Value
from commands.glance import name
from commands.lookup import hidden, short
from commands.ports import Transaction
from commands.vocabulary import Words


@dataclass(frozen=True, slots=True)
class Args:
    """Which item."""

    item: Annotated[ItemNumber, word("nr")]


def run(tx: Transaction, call: Call, args: Args) -> Reply:
    """The table of positions, then the texts filed with them in the order of the roll, then the advice."""
    item = tx.items.get(args.item)
    round = item.round
    if round is None:
        raise NotPossible(item.number, item.state, Step.FILE)
    if refusal := hidden(item, call.received_at):
        raise refusal
    filed = tx.positions.all(item)
    current, lifted = latest(filed), _lifted(filed)
    earlier = _earlier(tx, item, round.number)
    voting = tx.rolls.of(item).voting
    points = [each.number for each in item.version.points]
    rows: list[tuple[Value, ...]] = []
    texts: list[Part] = []
    for seat in voting:
        position = current.get(seat.organisation)
        shown = position or earlier.get(seat.organisation)
        rows.append(_row(call, item, seat, position, shown, lifted.get(seat.organisation), points))
        if shown is not None and shown.text:
            texts.append(Passage(_label(call, seat, shown), shown.text))
    header = (
        Line("matrix.organisation", {}),
        Line("matrix.stance", {}),
        *(Line("matrix.point", {"point": number}) for number in points),
        Line("matrix.basis", {}),
        Line("matrix.date", {}),
        Line("matrix.version", {}),
    )
    values: dict[str, Value] = {
        "item": item.number,
        "title": item.title,
        "version": item.version.label,
        "round": round.number,
    }
    advice = [
        Passage(Line("matrix.advice", {"organisation": short(call.board, each.organisation)}), each.text)
        for each in tx.positions.comments(item)
    ]
    return Reply("reply.matrix", values, (Grid(header, tuple(rows)), *texts, *advice))


def _row(
    call: Call,
    item: Item,
    seat: Seat,
    position: Position | None,
    shown: Position | None,
    lifted: Position | None,
    points: list[int],
) -> tuple[Value, ...]:
    if shown is None:
        return (name(call.board, seat), Line("matrix.silent", {}), *("" for _ in points), "", "", "")
    stance: Value = shown.stance
    if position is None:
        key = "matrix.earlier-round" if shown.version == item.version.label else "matrix.earlier-version"
        stance = Line(key, {"stance": shown.stance, "version": shown.version, "round": shown.round})
    elif lifted is not None:
        stance = Line("matrix.lifted", {"stance": shown.stance, "now": lifted.stance})
    elif shown.reservation is not None:
        key = "matrix.suspensive" if shown.reservation.suspensive else "matrix.reservation"
        stance = Line(key, {"stance": shown.stance, "kind": shown.reservation.kind})
    elif shown.answer is not None:
        stance = Line("matrix.answered", {"stance": shown.stance, "answer": shown.answer})
    at_points: tuple[Value, ...] = tuple(
        shown.stance if number in (shown.points or points) and position is not None else "" for number in points
    )
    day = call.board.today(shown.received_at)
    return (name(call.board, seat), stance, *at_points, shown.basis or "", day, shown.version)


def _label(call: Call, seat: Seat, shown: Position) -> Line:
    return Line(
        "matrix.text",
        {"organisation": name(call.board, seat), "stance": shown.stance, "version": shown.version},
    )


def _lifted(filed: tuple[Position, ...]) -> dict[str, Position]:
    """What an organisation lifted after the end of the round."""
    return {each.organisation: each for each in filed if each.filing is Filing.AFTER}


def _earlier(tx: Transaction, item: Item, newest: int) -> dict[str, Position]:
    """The last position of each organisation in the rounds before the newest."""
    found: dict[str, Position] = {}
    for number in range(1, newest):
        found |= latest(tx.positions.all(item, number))
    return found


COMMAND: Final = Command(
    "consult matrix",
    Words("consultatie", "consult"),
    Args,
    run,
    verb=Words("krachtenveld", "matrix"),
    example=Words("003", "003"),
    reads=True,
)
