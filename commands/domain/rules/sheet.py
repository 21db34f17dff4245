"""The sheet: the numbers of a tally by column and pile, which is all that a rule looks at."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

from commands.domain.tally import Pile, Tally

Row: TypeAlias = Sequence[int]
"""One number for each pile."""

NOTHING: Final[Row] = (0,) * len(Pile)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Heads and weights of every column, and of the whole roll; never changed once it is made.

    Weights are integers: the weight times `scale`. `named` says on which pile each organisation lies that the
    rule names, by id in lower case; who is not on the roll is missing. `unreached` counts the silent
    organisations that no notice of the opening reached. `columns` are in the order of the roll; organisations
    without one are in the totals only.
    """

    columns: tuple[str, ...]
    heads: Sequence[Row]
    weights: Sequence[Row]
    all_heads: Row
    all_weights: Row
    scale: int
    named: Mapping[str, Pile]
    unreached: int

    def row(self, column: str, *, weighed: bool) -> Row:
        """The numbers of one column, or of the whole roll for ""; zeros for a column that the roll does
        not have.
        """
        if not column:
            return self.all_weights if weighed else self.all_heads
        folded = column.casefold()
        for place, name in enumerate(self.columns):
            if name.casefold() == folded:
                return (self.weights if weighed else self.heads)[place]
        return NOTHING


def sheet(tally: Tally, names: Iterable[str]) -> Sheet:
    """The sheet of a tally, with the piles of the organisations in `names`."""
    scale = math.lcm(*{seat.weight.denominator for seat, _ in tally.places})
    wanted = {name.casefold() for name in names}
    places: dict[str, int] = {}
    columns: list[str] = []
    heads: list[list[int]] = []
    weights: list[list[int]] = []
    all_heads, all_weights = [0] * len(Pile), [0] * len(Pile)
    named: dict[str, Pile] = {}
    unreached = 0
    for seat, pile in tally.places:
        weight = scaled(seat.weight, scale)
        all_heads[pile] += 1
        all_weights[pile] += weight
        if pile is Pile.SILENT and not seat.reached:
            unreached += 1
        if wanted and seat.organisation.casefold() in wanted:
            named[seat.organisation.casefold()] = pile
        if not seat.column:
            continue
        if seat.column not in places:
            same = (place for place, name in enumerate(columns) if name.casefold() == seat.column.casefold())
            places[seat.column] = next(same, len(columns))
            if places[seat.column] == len(columns):
                columns.append(seat.column)
                heads.append([0] * len(Pile))
                weights.append([0] * len(Pile))
        place = places[seat.column]
        heads[place][pile] += 1
        weights[place][pile] += weight
    return Sheet(tuple(columns), heads, weights, all_heads, all_weights, scale, named, unreached)


def scaled(weight: Fraction, scale: int) -> int:
    """A weight as an integer; `scale` must be a multiple of its denominator."""
    return weight.numerator * (scale // weight.denominator)
