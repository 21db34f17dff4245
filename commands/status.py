"""`consultatie stand [nr]`: where an item stands, what is still needed and from whom.

While positions are hidden until closing it says only who has answered: to everyone, the chair included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from commands.command import Call, Command, Listing, Part, Passage, Reply, flag, word
from commands.domain.item import Item, State
from commands.domain.number import ItemNumber
from commands.domain.outcome import Code, Reason
from commands.domain.position import Filing, Position, latest
from commands.domain.roll import Roll, Seat
from commands.domain.round import Round
from commands.domain.rules.base import DecisionRule
from commands.domain.rules.describe import title
from commands.domain.rules.outlook import outlook
from commands.domain.values import Line, Value
from commands.filing import STANCES
from commands.glance import item_line, name, names, next_step
from commands.ports import Transaction
from commands.standing import standing
from commands.vocabulary import Words


@dataclass(frozen=True, slots=True)
class Args:
    """Which item; without one all open items of the board, or in a direct message of the person's boards."""

    item: Annotated[ItemNumber | None, word("nr")] = None
    board: Annotated[str, flag("overleg")] = ""


def run(tx: Transaction, call: Call, args: Args) -> Reply:
    """The state of one item, or of all open items in a line each."""
    if args.item is None:
        return _all(tx, call)
    item = tx.items.get(args.item)
    round = item.round
    values: dict[str, Value] = {
        "item": item.number,
        "title": item.title,
        "state": item.state,
        "version": item.version.label,
    }
    if round is None:
        return Reply("reply.status.draft", values, (_text(item),))
    roll, positions = tx.rolls.of(item), tx.positions.all(item)
    parts = [*_deadline(call, item, round), *_answered(call, item, roll, latest(positions))]
    if item.state is State.OPEN and not item.is_hidden and round.rule is not None:
        parts += _outlook(round.rule, roll, positions, repeat=round.repeat)
    late = {each.organisation for each in positions if each.filing is Filing.LATE}
    if late:
        seats = [seat for seat in roll.seats if seat.organisation in late]
        parts.append(Line("status.late", {"organisations": names(call.board, seats)}))
    parts += _since(tx, call, item, roll, positions)
    parts.append(_text(item))
    return Reply("reply.status.item", {**values, "round": round.number}, tuple(parts))


def _text(item: Item) -> Passage:
    """The newest version in full: a card shows only its decision points."""
    return Passage(Line("status.text", {"version": item.version.label}), item.version.text)


def _deadline(call: Call, item: Item, round: Round) -> list[Part]:
    """Until when can be answered, and what is waited for; or how the round ended."""
    if item.state is not State.OPEN:
        lines: list[Part] = [Line("status.closed", {"closed_at": round.closed_at or round.closes_at})]
        if round.outcome is not None:
            lines.append(Line("status.outcome", _outcome(round.outcome.code, round.outcome.reason)))
        return lines
    if round.asked_at is not None:
        return [Line("status.asked", {"closes_at": round.closes_at})]
    if call.received_at > round.closes_at:
        return [Line("status.closing", {"closes_at": round.closes_at})]
    left = round.closes_at - call.received_at
    lines = [Line("status.closes", {"closes_at": round.closes_at, "left": left})]
    until = item.version.contest_until
    if not item.version.substantive and until is not None and call.received_at <= until:
        lines.append(Line("status.contestable", {"version": item.version.label, "until": until}))
    return lines


def _answered(call: Call, item: Item, roll: Roll, current: Mapping[str, Position]) -> list[Part]:
    """Who has answered, by stance unless that is hidden, and who has not."""
    given = [seat for seat in roll.voting if seat.organisation in current]
    owed = [seat for seat in roll.voting if seat.organisation not in current]
    parts: list[Part] = [Line("status.answered", {"answered": len(given), "total": len(roll.voting)})]
    if item.is_hidden:
        parts += _hidden(call, item, given, current)
    elif given:
        parts.append(Listing(tuple(_stances(call, item, given, current))))
    if owed:
        parts.append(Line("status.owed", {"organisations": names(call.board, owed)}))
    return parts


def _since(tx: Transaction, call: Call, item: Item, roll: Roll, positions: tuple[Position, ...]) -> Iterator[Part]:
    """What was lifted after the end of the round, and what the item waits for now."""
    if not item.is_hidden:
        held = standing(positions)
        for seat in roll.voting:
            found = held.get(seat.organisation)
            if found is not None and found.lifted is not None:
                values: dict[str, Value] = {
                    "organisation": name(call.board, seat),
                    "before": found.lifted,
                    "stance": found.position.stance,
                    "at": found.position.received_at,
                }
                yield Line("status.lifted", values)
    if item.state is State.ADJOURNED:
        yield Line("status.next.adjourned", {"meeting": item.meeting or ""})
    elif (step := next_step(tx, call.board, item)) is not None:
        yield Line(f"status.{step.key}", step.values)


def _hidden(call: Call, item: Item, given: list[Seat], current: Mapping[str, Position]) -> list[Part]:
    """Who has answered and nothing more, but to mandate holders what their own organisation filed."""
    parts: list[Part] = [Line("status.hidden" if item.state is State.OPEN else "status.stays-hidden", {})]
    if given:
        parts.append(Line("status.given", {"organisations": names(call.board, given)}))
    own = {each.organisation for each in call.actor.mandates_at(call.received_at)}
    for seat in given:
        if seat.organisation in own:
            stance = current[seat.organisation].stance
            parts.append(Line("status.own", {"organisation": name(call.board, seat), "stance": stance}))
    return parts


def _stances(call: Call, item: Item, given: list[Seat], current: Mapping[str, Position]) -> list[Line]:
    lines = []
    for stance in STANCES.get(item.kind, ()):
        seats = [seat for seat in given if current[seat.organisation].stance is stance]
        if seats:
            organisations = names(call.board, seats)
            values: dict[str, Value] = {"stance": stance, "count": len(seats), "organisations": organisations}
            lines.append(Line("status.stance", values))
    return lines


def _outlook(rule: DecisionRule, roll: Roll, positions: tuple[Position, ...], *, repeat: bool) -> list[Part]:
    """What is still needed for an adopted outcome, and what can still come of it."""
    found = outlook(rule, roll, positions, repeat=repeat)
    parts: list[Part] = [
        Line("status.rule", {"title": title(rule)}),
        Line("status.now", _outcome(found.now.code, found.now.reason)),
    ]
    if found.needed:
        parts += [Line("status.needed", {}), Listing(found.needed)]
    else:
        parts.append(Line("status.nothing-needed", {}))
    order = list(Code)
    ways = sorted(found.possible, key=lambda each: (order.index(each.code), each.reason or ""))
    outcomes = tuple(Line("status.way", _outcome(each.code, each.reason)) for each in ways)
    parts.append(Line("status.possible" if found.is_exact else "status.possible-at-most", {"outcomes": outcomes}))
    return parts


def _outcome(code: Code, reason: Reason | None) -> dict[str, Value]:
    return {"outcome": code, "reason": reason or ""}


def _all(tx: Transaction, call: Call) -> Reply:
    lines = tuple(item_line(tx, board, item) for board in call.boards for item in tx.items.open_of_board(board.id))
    values: dict[str, Value] = {"boards": tuple(board.name for board in call.boards)}
    if not lines:
        return Reply("reply.status.none", values)
    return Reply("reply.status.all", values, (Listing(lines),))


COMMAND: Final = Command(
    "consult status",
    Words("consultatie", "consult"),
    Args,
    run,
    verb=Words("stand", "status"),
    example=Words("003", "003"),
    reads=True,
)
