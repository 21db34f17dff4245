"""The decision text: what is decided on which version, with notes of organisations and who did not answer.

It is generated as lines and worded in the board's language; the chair adds a conclusion and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from commands.domain.board import Board
from commands.domain.decision import Decision
from commands.domain.item import Item, State
from commands.domain.position import ReservationKind, Stance
from commands.domain.roll import Roll
from commands.domain.round import Round
from commands.domain.values import Code, Line, Value
from commands.standing import Standing

PLAIN: Final = frozenset({Stance.AGREE, Stance.NO_OBJECTION, Stance.SUPPORT, Stance.NO_COMMENTS})
"""Stances that need no note, unless they come with a statement."""


def established(
    board: Board, item: Item, round: Round, decision: Decision, roll: Roll, held: Mapping[str, Standing]
) -> Iterator[Line]:
    """The lines of an established decision. `item` is the item before it; the conclusion comes after them."""
    yield Line(
        "decision.established",
        {"decision": decision.number, "board": board.name, "title": item.title, "version": decision.version},
    )
    if item.document is not None:
        fixed = "fixed" if item.document.sha256 else "not-fixed"
        yield Line(f"decision.document.{fixed}", {"url": item.document.url, "sha256": Code(item.document.sha256)})
    if item.state is State.ADJOURNED and item.meeting is not None and item.meeting <= board.today(decision.at):
        yield Line("decision.meeting", {"meeting": item.meeting})
    if decision.deviates:
        outcome = round.outcome
        values: dict[str, Value] = {"deviation": decision.deviation}
        if outcome is None:
            yield Line("decision.without-outcome", values)
        else:
            yield Line("decision.deviates", {**values, "outcome": outcome.code, "reason": outcome.reason or ""})
    for seat in roll.voting:
        if seat.organisation in held:
            yield from _notes(board, seat.short, held[seat.organisation])
    silent = tuple(seat.name for seat in roll.voting if seat.organisation not in held)
    if silent:
        yield Line("decision.silent", {"version": round.version, "organisations": silent})


def rectified(board: Board, decision: Decision) -> Iterator[Line]:
    """The lines above the corrected text of a rectification."""
    assert decision.corrects is not None  # noqa: S101 - a rectification always names what it corrects
    yield Line(
        "decision.rectified",
        {
            "decision": decision.number,
            "corrects": decision.corrects,
            "board": board.name,
            "reason": decision.reason,
        },
    )


def _notes(board: Board, organisation: str, held: Standing) -> Iterator[Line]:
    """The note of one organisation; none where it agreed without a word."""
    position = held.position
    values: dict[str, Value] = {"organisation": organisation, "text": position.text}
    reservation = position.reservation
    if held.lifted is not None:
        yield Line(
            "decision.note.lifted",
            {**values, "stance": held.lifted, "day": board.today(position.received_at)},
        )
    elif reservation is not None:
        kind: ReservationKind = reservation.kind
        suspensive = "suspensive" if reservation.suspensive else "plain"
        yield Line(
            f"decision.note.reservation.{suspensive}",
            {
                **values,
                "reservation": Line(f"decision.reservation.{kind.value}", {}),
                "until": reservation.until or "",
            },
        )
    elif position.text or position.stance not in PLAIN:
        yield Line("decision.note", {**values, "stance": position.stance})
    if position.answer is not None:
        yield Line(
            "decision.note.answer",
            {"organisation": organisation, "status": position.answer, "answer": position.answer_text},
        )
