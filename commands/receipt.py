"""The receipt of a position: what was understood, for whom, when, until when it can be changed, how to check it."""

from __future__ import annotations

from commands.command import Part, Passage
from commands.domain.item import Item
from commands.domain.position import Filing, Position
from commands.domain.values import Code, Line, Reference, Value


def about(item: Item, position: Position, name: str) -> dict[str, Value]:
    """What was recorded, for whom, on what, and when."""
    return {
        "organisation": name,
        "stance": position.stance,
        "item": item.number,
        "title": item.title,
        "version": position.version,
        "at": position.received_at,
        "reference": Reference(position.hash),
    }


def receipt(item: Item, position: Position) -> tuple[Part, ...]:
    """What was understood, when it was received, until when it can be changed, and how to check it."""
    parts: list[Part] = [*said(position)]
    parts.append(Line("receipt.at", {"at": position.received_at}))
    round = item.round
    if position.filing is Filing.IN_TIME and round is not None and round.is_open:
        parts.append(Line("receipt.until", {"closes_at": round.closes_at}))
    parts.append(Line("receipt.verify", {"hash": Code(position.hash)}))
    return tuple(parts)


def points_line(points: tuple[int, ...]) -> Line:
    """The decision points that something is about."""
    return (
        Line("position.points", {"points": points}) if len(points) > 1 else Line("position.point", {"point": points[0]})
    )


def said(position: Position) -> tuple[Part, ...]:
    """All that a position says beyond its stance, as it was understood."""
    parts: list[Part] = []
    if position.points:
        parts.append(points_line(position.points))
    if position.basis is not None:
        parts.append(Line("position.basis", {"basis": position.basis}))
    if position.reservation is not None:
        reserved = position.reservation
        key = "position.reservation.suspensive" if reserved.suspensive else "position.reservation"
        parts.append(Line(key, {"kind": reserved.kind, "until": reserved.until or ""}))
    if position.text:
        parts.append(Passage(Line("position.text", {}), position.text))
    return tuple(parts)
