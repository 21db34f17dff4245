"""Rolls, positions and rules to test with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from fractions import Fraction

from commands.domain.outcome import Code, Outcome, Reason
from commands.domain.position import Position, Reservation, ReservationKind, Stance
from commands.domain.roll import Roll, Seat
from commands.domain.rules.base import (
    NO_OBJECTION,
    Answers,
    DecisionRule,
    Objections,
    SilencePolicy,
)

NOON = datetime(2027, 3, 31, 12, tzinfo=UTC)

SILENCE = DecisionRule(
    "stille-ronde",
    "Stille ronde",
    Answers.CONSENT,
    (NO_OBJECTION,),
    silence=SilencePolicy.CONSENT,
    objections=Objections.BREAK_SILENCE,
)

SILENT = None
SUSPENSIVE = Reservation(ReservationKind.CONSTITUENCY, suspensive=True)
NOT_SUSPENSIVE = Reservation(ReservationKind.FINANCIAL)


def a_seat(organisation: str, column: str = "", weight: str | int = 1, **changes) -> Seat:
    return Seat(organisation, organisation, organisation.upper(), column, Fraction(weight), **changes)


def a_position(organisation: str, stance: Stance, text: str = "", **changes) -> Position:
    return Position(organisation, stance, 1, "1.0", NOON, text, **changes)


def a_roll(*seats: Seat) -> Roll:
    return Roll(tuple(seats))


def voters(**numbers: int) -> tuple[Roll, list[Position]]:
    """A roll of organisations of weight 1 without columns, so many of each: for_, against, abstain,
    silent, recused.
    """
    seats, positions = [], []
    for word, number in numbers.items():
        for place in range(number):
            seats.append(a_seat(f"{word}{place}"))
            stance = STANCES[word]
            if stance is not None:
                positions.append(a_position(seats[-1].organisation, stance, "reasons" * (word == "against")))
    return a_roll(*seats), positions


STANCES = {
    "for_": Stance.FOR,
    "against": Stance.AGAINST,
    "abstain": Stance.ABSTAIN,
    "silent": SILENT,
    "recused": Stance.RECUSE,
}


def ended(outcome: Outcome) -> tuple[Code, Reason | None]:
    return outcome.code, outcome.reason


def vote_answers(organisation: str) -> Iterator[Position | None]:
    """Everything that a silent organisation can still do in a vote, as far as an outcome can show it."""
    yield None
    yield a_position(organisation, Stance.FOR)
    yield a_position(organisation, Stance.FOR, "a statement")
    yield a_position(organisation, Stance.AGAINST)
    yield a_position(organisation, Stance.AGAINST, "reasons")
    yield a_position(organisation, Stance.ABSTAIN)
    yield a_position(organisation, Stance.RECUSE, "interest")


def consent_answers(organisation: str) -> Iterator[Position | None]:
    """The same for consent."""
    yield None
    yield a_position(organisation, Stance.AGREE)
    yield a_position(organisation, Stance.NO_OBJECTION, "a statement")
    yield a_position(organisation, Stance.RESERVATION, "a reservation", reservation=SUSPENSIVE)
    yield a_position(organisation, Stance.AGREE_IF, "a condition")
    yield a_position(organisation, Stance.ABSTAIN)
    yield a_position(organisation, Stance.RECUSE, "interest")


def filed(positions: Iterable[Position | None]) -> list[Position]:
    return [each for each in positions if each is not None]
