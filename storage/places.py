"""An organisation's place in a round, read in one statement: its seat, and its position that counts now."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import Row, bindparam, select

from commands.domain.item import Item
from commands.domain.position import (
    Answer,
    Basis,
    Filing,
    Position,
    Reservation,
    ReservationKind,
    Stance,
)
from commands.domain.roll import Seat
from storage.cache import MISSING, Cache
from storage.log import kept
from storage.session import Session
from storage.tables import current_positions, positions, seats, texts

SEAT_COLUMNS: Final = (
    seats.c.organisation.label("seat_organisation"),
    seats.c.name,
    seats.c.short,
    seats.c.seat_column,
    seats.c.weight,
    seats.c.voting,
    seats.c.reached,
)

position_text = texts.alias("position_text")
answer_text = texts.alias("answer_text")
POSITION_COLUMNS: Final = (
    *(each for each in positions.c if each.name != "item"),
    position_text.c.text.label("position_text"),
    answer_text.c.text.label("answer_text"),
)
IS_ITS_TEXT: Final = (position_text.c.log == bindparam("log")) & (position_text.c.hash == positions.c.text_hash)
IS_ITS_ANSWER: Final = (answer_text.c.log == bindparam("log")) & (answer_text.c.hash == positions.c.answer_hash)

_PLACE = (
    select(*SEAT_COLUMNS, *POSITION_COLUMNS)
    .select_from(seats)
    .outerjoin(
        current_positions,
        (current_positions.c.item == seats.c.item)
        & (current_positions.c.round == seats.c.round)
        & (current_positions.c.organisation == seats.c.organisation),
    )
    .outerjoin(
        positions,
        (positions.c.item == current_positions.c.item)
        & (positions.c.round == current_positions.c.round)
        & (positions.c.sequence == current_positions.c.sequence),
    )
    .outerjoin(position_text, IS_ITS_TEXT)
    .outerjoin(answer_text, IS_ITS_ANSWER)
    .where(
        seats.c.item == bindparam("item_is"),
        seats.c.round == bindparam("round_is"),
        seats.c.organisation == bindparam("organisation_is"),
    )
)


@dataclass(frozen=True, slots=True)
class Place:
    """A seat of a round with the latest position in time, a withdrawn one too."""

    seat: Seat
    position: Position | None


class Places:
    """The places of the newest rounds of items that a transaction has read."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._places: Cache[tuple[str, int, str], Place | None] = session.cache()

    def of(self, item: Item, organisation: str) -> Place | None:
        """The place of an organisation in the item's newest round; None when it has none."""
        if item.round is None:
            return None
        key = (str(item.number), item.round.number, organisation)
        known = self._places.get(key)
        if known is not MISSING:
            return known
        keys = {"log": item.dossier, "item_is": key[0], "round_is": key[1], "organisation_is": organisation}
        row = self._session.look_up(_PLACE, keys).one_or_none()
        found = None if row is None else Place(read_seat(row), None if row.sequence is None else read_position(row))
        if self._session.holds(item.dossier):
            self._places.put(key, found)
        return found

    def take(self, item: Item, place: Place) -> None:
        """Hold a place as this unit leaves it."""
        if item.round is not None:
            self._places.put((str(item.number), item.round.number, place.seat.organisation), place)

    def forget(self) -> None:
        """Read every place again."""
        self._session.settle()
        self._places.forget()


def read_seat(row: Row[Any]) -> Seat:
    """The seat of a row with SEAT_COLUMNS."""
    return Seat(
        row.seat_organisation,
        row.name,
        row.short,
        row.seat_column,
        Fraction(row.weight),
        row.voting,
        row.reached,
    )


def read_position(row: Row[Any]) -> Position:
    """The position of a row with POSITION_COLUMNS."""
    return Position(
        organisation=row.organisation,
        stance=Stance(row.stance),
        round=row.round,
        version=row.version,
        received_at=row.received_at,
        text=kept(row.text_hash, row.position_text),
        points=read_points(row.points),
        basis=Basis(row.basis) if row.basis else None,
        reservation=Reservation(ReservationKind(row.reservation), row.suspensive, row.until)
        if row.reservation
        else None,
        ballot=row.ballot,
        filing=Filing(row.filing),
        answer=Answer(row.answer) if row.answer else None,
        answer_text=kept(row.answer_hash, row.answer_text),
        mandate=row.mandate,
        person=row.person,
        sequence=row.sequence,
        hash=row.hash,
    )


def read_points(points: str) -> tuple[int, ...]:
    """Numbers of decision points from a column."""
    return tuple(int(each) for each in points.split(",")) if points else ()


def write_points(points: tuple[int, ...]) -> str:
    """Numbers of decision points for a column."""
    return ",".join(map(str, points))
