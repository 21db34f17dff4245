"""The tally: what each voting organisation of a roll filed, before any rule has an opinion on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction

from commands.domain.outcome import Counts
from commands.domain.position import Answer, Position, Stance, latest
from commands.domain.roll import Roll, Seat
from commands.domain.rules.base import DecisionRule, Objections, Unreasoned


class Pile(IntEnum):
    """Where the answer of one organisation lies. `SILENT` stays apart, whatever silence counts as."""

    FOR = 0
    AGAINST = 1
    ABSTAIN = 2
    SILENT = 3
    RECUSED = 4
    UNREASONED = 5
    """Against without reasons, under a rule that drops those: shown as against, counted nowhere."""
    ANSWERED = 6
    """An objection that the board answered, under a rule where that makes a difference; shown as against."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The voting organisations in the order of the roll, each with the pile that its answer lies on.

    `positions` holds the current position of each organisation that has one, by id. `piles` holds the same
    organisations by pile.
    """

    places: tuple[tuple[Seat, Pile], ...]
    positions: Mapping[str, Position]
    piles: Mapping[Pile, tuple[Seat, ...]]

    def seats(self, *piles: Pile) -> tuple[Seat, ...]:
        """The organisations on these piles, in the order of the roll."""
        if len(piles) == 1:
            return self.piles[piles[0]]
        return tuple(seat for seat, pile in self.places if pile in piles)

    def weight(self, *piles: Pile) -> Fraction:
        """The weight of the organisations on these piles together."""
        return sum((seat.weight for seat in self.seats(*piles)), Fraction(0))

    @property
    def counts(self) -> Counts:
        """How many organisations filed what."""
        return _counts([len(self.piles[pile]) for pile in Pile])

    @property
    def columns(self) -> dict[str, Counts]:
        """The same by column, in the order of the roll; organisations without a column are in none."""
        columns: dict[str, list[int]] = {}
        for seat, pile in self.places:
            if seat.column:
                columns.setdefault(seat.column, [0] * len(Pile))[pile] += 1
        return {name: _counts(numbers) for name, numbers in columns.items()}

    @property
    def held_by(self) -> tuple[Seat, ...]:
        """The organisations whose suspensive reservation is open."""
        return tuple(seat for seat in self.seats(Pile.FOR) if _is_suspensive(self.positions[seat.organisation]))

    @property
    def noted(self) -> tuple[Seat, ...]:
        """The organisations that are for with a statement or a reservation that is not suspensive."""
        return tuple(seat for seat in self.seats(Pile.FOR) if _is_noted(self.positions[seat.organisation]))


def tally(roll: Roll, positions: Iterable[Position], rule: DecisionRule) -> Tally:
    """Lay the current position of every voting organisation on its pile.

    `positions` are those of the round, in any order; of each organisation its latest in-time one counts. What
    an adviser or an organisation outside the roll filed is left out.
    """
    current = latest(tuple(positions))
    places: list[tuple[Seat, Pile]] = []
    piles: dict[Pile, list[Seat]] = {pile: [] for pile in Pile}
    own: dict[str, Position] = {}
    for seat in roll.voting:
        position = current.get(seat.organisation)
        pile = Pile.SILENT if position is None else _pile(position, rule)
        places.append((seat, pile))
        piles[pile].append(seat)
        if position is not None:
            own[seat.organisation] = position
    return Tally(tuple(places), own, {pile: tuple(seats) for pile, seats in piles.items()})


def _pile(position: Position, rule: DecisionRule) -> Pile:
    match position.stance:
        case Stance.FOR | Stance.AGREE | Stance.NO_OBJECTION | Stance.RESERVATION | Stance.BALLOT:
            return Pile.FOR
        case Stance.AGAINST | Stance.OBJECT | Stance.AGREE_IF:
            return _against(position, rule)
        case Stance.ABSTAIN:
            return Pile.ABSTAIN
        case Stance.RECUSE:
            return Pile.RECUSED
        case Stance.SUPPORT | Stance.SUPPORT_WITH_COMMENTS | Stance.NO_COMMENTS | Stance.NO_SUPPORT | Stance.WITHDRAWN:
            return Pile.SILENT


def _against(position: Position, rule: DecisionRule) -> Pile:
    if rule.unreasoned_against is Unreasoned.DROPPED and not position.text.strip():
        return Pile.UNREASONED
    answered = position.stance is Stance.OBJECT and position.answer is Answer.ADDRESSED
    if answered and rule.objections is Objections.BLOCK_UNTIL_ANSWERED:
        return Pile.ANSWERED
    return Pile.AGAINST


def _is_suspensive(position: Position) -> bool:
    reservation = position.reservation
    return position.stance is Stance.RESERVATION and reservation is not None and reservation.suspensive


def _is_noted(position: Position) -> bool:
    if position.stance is Stance.RESERVATION:
        return not _is_suspensive(position)
    return bool(position.text.strip())


def _counts(numbers: Sequence[int]) -> Counts:
    return Counts(
        for_=numbers[Pile.FOR],
        against=numbers[Pile.AGAINST] + numbers[Pile.UNREASONED] + numbers[Pile.ANSWERED],
        abstain=numbers[Pile.ABSTAIN],
        silent=numbers[Pile.SILENT],
        recused=numbers[Pile.RECUSED],
    )
