"""The votes: the ballots of a round as columns of marks, one for each option."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any, TypeAlias

from commands.domain.ballot import Marks, read_ballot
from commands.domain.position import Stance
from commands.domain.rules.base import Balloting, Measure
from commands.domain.rules.sheet import scaled
from commands.domain.tally import Pile, Tally

Order: TypeAlias = tuple[tuple[int, ...], ...]
"""Options by their place in the list, best first; equal ones together, in the order of the options."""


@dataclass(frozen=True, slots=True)
class Votes:
    """All ballots, those of abstentions as empty ones.

    `columns` holds for each option the mark on each ballot. Weights are integers: the weight times `scale`, or 1 where
    organisations are counted.
    """

    voters: tuple[str, ...]
    weights: tuple[int, ...]
    scale: int
    columns: tuple[Marks, ...]

    @property
    def options(self) -> range:
        """The places of the options."""
        return range(len(self.columns))

    @property
    def total(self) -> int:
        """The weight of all ballots."""
        return sum(self.weights)

    def sum(self, selected: Iterable[object]) -> int:
        """The weight of the ballots for which `selected`, in their order, is true."""
        return sum(compress(self.weights, selected))


def votes(tally: Tally, ballot: Balloting) -> Votes:
    """The votes of a tally: a ballot for each organisation that filed one, an empty one for each that abstains."""
    paper, empty = ballot.paper(), (0,) * len(ballot.options)
    seats = tally.seats(Pile.FOR, Pile.ABSTAIN)
    marks = []
    for seat in seats:
        position = tally.positions[seat.organisation]
        marks.append(read_ballot(paper, position.ballot).marks if position.stance is Stance.BALLOT else empty)
    scale = math.lcm(*{seat.weight.denominator for seat, _ in tally.places}) if ballot.measure is Measure.WEIGHT else 1
    weights = [scaled(seat.weight, scale) if ballot.measure is Measure.WEIGHT else 1 for seat in seats]
    return cast(marks, weights, scale, [seat.organisation for seat in seats], len(ballot.options))


def cast(marks: Sequence[Marks], weights: Sequence[int], scale: int, voters: Sequence[str], options: int) -> Votes:
    """Votes from ballots, their weights times `scale`, and who cast them, in the same order."""
    columns = tuple(zip(*marks, strict=True)) if marks else ((),) * options
    return Votes(tuple(voters), tuple(weights), scale, columns)


def grouped(numbers: Sequence[Any], options: Iterable[int]) -> Order:
    """These options by their number, or row of numbers, highest first; equal ones together."""
    found = list(options)
    levels = sorted({numbers[each] for each in found}, reverse=True)
    return tuple(tuple(each for each in found if numbers[each] == level) for level in levels)
