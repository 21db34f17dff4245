"""Rankings compared pair by pair: the table, Schulze's order by winning votes, Borda's sums and first places.

M. Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner election
method", Social Choice and Welfare 36 (2011), 267-303.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import lt

from commands.domain.ballot import Marks
from commands.domain.rules.ballots.votes import Order, Votes, grouped
from commands.domain.rules.base import Balloting, Method

_LAST = 1_000_000_000
"""The place of an option that a ballot does not rank: below all that it does."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """What rankings come to. `pairwise[a][b]` is the weight of the ballots that prefer a to b.

    `borda` holds twice the sum of each option, so that half a point is an integer: 0 for the last place of a ballot, 1
    more for each place higher, the average where places are equal. `first` is the weight of the ballots that put it
    first, in equal parts where several are. `strongest[a][b]` is the strength of the strongest path from a to b. `undecided`
    holds the options that are equal by Schulze and that Borda or first places put in order.
    """

    pairwise: tuple[tuple[int, ...], ...]
    borda: tuple[int, ...]
    first: tuple[Fraction, ...]
    strongest: tuple[tuple[int, ...], ...]
    order: Order
    dropped: tuple[int, ...]
    undecided: Order = ()


def rank(votes: Votes, ballot: Balloting) -> Ranking:
    """The ranking by the method of the rule, pairwise or Borda, with the numbers of both."""
    pairwise = compare(votes)
    borda = borda_doubled(pairwise, votes.total)
    first = first_places(votes)
    if ballot.method is Method.BORDA:
        return Ranking(pairwise, borda, first, (), grouped(borda, votes.options), ())
    dropped = _behind_default(pairwise, ballot)
    kept = [each for each in votes.options if each not in dropped]
    strongest = strongest_paths(pairwise, kept)
    order, undecided = _in_order(strongest, kept, list(zip(borda, first, strict=True)))
    return Ranking(pairwise, borda, first, strongest, order, dropped, undecided)


def compare(votes: Votes) -> tuple[tuple[int, ...], ...]:
    """The table of pairs: how much weight prefers the option of the row to that of the column."""
    columns = [placed(column) for column in votes.columns]
    if len(set(votes.weights)) <= 1:
        each = votes.weights[0] if votes.weights else 0
        return tuple(tuple(each * sum(map(lt, one, other)) for other in columns) for one in columns)
    return tuple(tuple(votes.sum(map(lt, one, other)) for other in columns) for one in columns)


def placed(column: Marks) -> Marks:
    """The places of one option, the last one where a ballot gives none."""
    return tuple(mark or _LAST for mark in column)


def borda_doubled(pairwise: Sequence[Sequence[int]], total: int) -> tuple[int, ...]:
    """Twice the Borda sums: of every pair 2 for each ballot that prefers the option, 1 for each that is indifferent."""
    options = range(len(pairwise))
    return tuple(
        sum(total + pairwise[one][other] - pairwise[other][one] for other in options if other != one) for one in options
    )


def first_places(votes: Votes) -> tuple[Fraction, ...]:
    """The weight of the ballots on which each option comes first, in equal parts for equal firsts."""
    first = [Fraction(0)] * len(votes.columns)
    for weight, marks in zip(votes.weights, zip(*votes.columns, strict=True), strict=True):
        best = min((mark for mark in marks if mark), default=0)
        top = [option for option, mark in enumerate(marks) if mark and mark == best]
        for option in top:
            first[option] += Fraction(weight, len(top))
    return tuple(first)


def strongest_paths(pairwise: Sequence[Sequence[int]], among: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """The strongest path between every two options: the strength of a path is that of its weakest victory (Schulze)."""
    options = range(len(pairwise))
    path = [
        [pairwise[a][b] if a in among and b in among and pairwise[a][b] > pairwise[b][a] else 0 for b in options]
        for a in options
    ]
    for through in among:
        for start in among:
            if start != through:
                for end in among:
                    if end in (start, through):
                        continue
                    path[start][end] = max(path[start][end], min(path[start][through], path[through][end]))
    return tuple(map(tuple, path))


def _behind_default(pairwise: Sequence[Sequence[int]], ballot: Balloting) -> tuple[int, ...]:
    """The options that do not beat the default option by its ratio (Debian Constitution, A.5)."""
    if not ballot.default:
        return ()
    default = ballot.options.index(ballot.default)
    ratio = ballot.over_default
    dropped = []
    for option, row in enumerate(pairwise):
        ahead, behind = row[default], pairwise[default][option]
        wins = ahead > behind and ahead * ratio.denominator >= behind * ratio.numerator
        if option != default and not wins:
            dropped.append(option)
    return tuple(dropped)


def _in_order(
    strongest: Sequence[Sequence[int]], options: Sequence[int], breakers: Sequence[tuple[int, Fraction]]
) -> tuple[Order, Order]:
    """Best first: those that no remaining option beats; among these the highest Borda sum, then the most first places.

    With it come the groups in which these had to say more than Schulze does.
    """
    order, undecided, rest = [], [], list(options)
    while rest:
        unbeaten = [a for a in rest if not any(strongest[b][a] > strongest[a][b] for b in rest)]
        best = max(breakers[each] for each in unbeaten)
        group = tuple(each for each in unbeaten if breakers[each] == best)
        if len(group) < len(unbeaten):
            undecided.append(tuple(unbeaten))
        order.append(group)
        rest = [each for each in rest if each not in group]
    return tuple(order), tuple(undecided)
