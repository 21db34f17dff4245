"""The frozen rolls of rounds: one row for each organisation."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, select

from commands.domain.item import Item
from commands.domain.position import Stance
from commands.domain.roll import Roll, Seat
from storage.places import SEAT_COLUMNS, Places, read_seat
from storage.session import Session
from storage.statement import write
from storage.tables import current_positions, seats

_SEAT = write(seats, insert(seats))

_ROLL = (
    select(*SEAT_COLUMNS)
    .where(seats.c.item == bindparam("item"), seats.c.round == bindparam("round"))
    .order_by(seats.c.place)
)
_UNANSWERED = (
    select(*SEAT_COLUMNS)
    .outerjoin(
        current_positions,
        (current_positions.c.item == seats.c.item)
        & (current_positions.c.round == seats.c.round)
        & (current_positions.c.organisation == seats.c.organisation)
        & (current_positions.c.stance != Stance.WITHDRAWN.value),
    )
    .where(
        seats.c.item == bindparam("item"),
        seats.c.round == bindparam("round"),
        seats.c.voting,
        current_positions.c.sequence.is_(None),
    )
    .order_by(seats.c.place)
)


class Rolls:
    """`commands.ports.Rolls`."""

    def __init__(self, session: Session, places: Places) -> None:
        self._session = session
        self._places = places

    def of(self, item: Item) -> Roll:
        """The roll of the item's newest round, in the order of the board file."""
        return self.of_round(item, item.round.number if item.round else 0)

    def of_round(self, item: Item, round: int) -> Roll:
        """The roll of one round, in the order of the board file."""
        rows = self._session.read(_ROLL, {"item": str(item.number), "round": round}, seats)
        return Roll(tuple(read_seat(row) for row in rows))

    def seat(self, item: Item, organisation: str) -> Seat | None:
        """One seat of the newest round, without reading the others."""
        place = self._places.of(item, organisation)
        return None if place is None else place.seat

    def unanswered(self, item: Item) -> tuple[Seat, ...]:
        """The voting seats of the newest round without a position that counts, in the order of the roll."""
        if item.round is None:
            return ()
        keys = {"item": str(item.number), "round": item.round.number}
        return tuple(read_seat(row) for row in self._session.read(_UNANSWERED, keys, seats, current_positions))

    def freeze(self, item: Item, roll: Roll) -> None:
        """Collect the roll of the item's newest round."""
        number = item.round.number if item.round else 0
        for place, seat in enumerate(roll.seats):
            self._session.add(
                _SEAT,
                {
                    "item": str(item.number),
                    "round": number,
                    "organisation": seat.organisation,
                    "place": place,
                    "name": seat.name,
                    "short": seat.short,
                    "seat_column": seat.column,
                    "weight": str(seat.weight),
                    "voting": seat.voting,
                    "reached": seat.reached,
                },
            )
        self._places.forget()
