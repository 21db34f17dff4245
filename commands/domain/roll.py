"""The roll: the organisations of a round, frozen when it opens."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Seat:
    """One organisation on the roll, with its names, column, weight and voting right as they were at opening.

    `reached` is False when no notice of the opening could be delivered to any of its mandate holders.
    """

    organisation: str
    name: str
    short: str
    column: str
    weight: Fraction = Fraction(1)
    voting: bool = True
    reached: bool = True


@dataclass(frozen=True, slots=True)
class Roll:
    """All seats of a round, in the order of the board file."""

    seats: tuple[Seat, ...]

    @property
    def voting(self) -> tuple[Seat, ...]:
        """The seats with a vote; advisers are on the roll without one."""
        return tuple(seat for seat in self.seats if seat.voting)

    def seat(self, organisation: str) -> Seat | None:
        """The seat of one organisation; None when it is not on the roll."""
        return next((seat for seat in self.seats if seat.organisation == organisation), None)
