"""Instant run-off: the option with the fewest ballots goes, and its ballots move to their next choice, to the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from commands.domain.rules.ballots.ranking import borda_doubled, compare
from commands.domain.rules.ballots.votes import Order, Votes, grouped


class Going(StrEnum):
    """Why the options of a round go."""

    FEWEST = "fewest"
    BORDA = "borda"
    """Several had the fewest; the one with the lower Borda sum goes."""
    TOGETHER = "together"
    """Several have the fewest, and all of them together fewer than any other: their order changes nothing."""
    LOT = "lot"
    """Several have the fewest and are equal in every way: only a lot could say which one goes."""


@dataclass(frozen=True, slots=True)
class RunoffRound:
    """One round: the weight of the ballots for each option that is left, and of those that name none of these.

    `out` are the options that go, or between which only a lot could say; none in the last round. `tied` are all that
    have the fewest, in the last round only where the last two are equal.
    """

    counts: dict[int, Fraction]
    exhausted: Fraction
    out: tuple[int, ...] = ()
    going: Going | None = None
    tied: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Runoff:
    """All rounds, and the order: the winner, then the others in reverse order of leaving.

    Where only a lot can say who goes, all that are left stand first together.
    """

    rounds: tuple[RunoffRound, ...]
    borda: tuple[int, ...]
    pairwise: tuple[tuple[int, ...], ...]
    order: Order
    dropped: tuple[int, ...] = ()


def run_off(votes: Votes) -> Runoff:
    """Eliminate until two are left, whether or not one has more than half before.

    Of several with the fewest the one with the lowest Borda sum over all options goes. An equal place that a ballot
    comes to is divided over the options there; a ballot that names none of those left is exhausted.
    """
    pairwise = compare(votes)
    borda = borda_doubled(pairwise, votes.total)
    left = list(votes.options)
    rounds: list[RunoffRound] = []
    order: list[tuple[int, ...]] = []
    while left:
        round = _count(votes, left)
        if len(left) <= 2:
            ranks = [(round.counts.get(each, Fraction(0)), borda[each]) for each in votes.options]
            order += reversed(grouped(ranks, left))
            is_tied = len(set(round.counts.values())) < len(left)
            rounds.append(replace(round, tied=tuple(left) if is_tied else ()))
            break
        round = _who_goes(round, borda)
        rounds.append(round)
        if round.going is Going.LOT:
            order.append(tuple(left))
            break
        order.append(round.out)
        left = [each for each in left if each not in round.out]
    return Runoff(tuple(rounds), borda, pairwise, tuple(reversed(order)))


def _count(votes: Votes, left: Iterable[int]) -> RunoffRound:
    counts = dict.fromkeys(left, Fraction(0))
    exhausted = Fraction(0)
    columns = [votes.columns[each] for each in counts]
    sums: dict[tuple[int, ...], int] = {}
    for weight, marks in zip(votes.weights, zip(*columns, strict=True), strict=True):
        best = min((mark for mark in marks if mark), default=0)
        top = tuple(option for option, mark in zip(counts, marks, strict=True) if mark and mark == best)
        sums[top] = sums.get(top, 0) + weight
    for top, weight in sums.items():
        for option in top:
            counts[option] += Fraction(weight, len(top))
        if not top:
            exhausted += weight
    return RunoffRound(counts, exhausted)


def _who_goes(round: RunoffRound, borda: tuple[int, ...]) -> RunoffRound:
    fewest = min(round.counts.values())
    tied = tuple(each for each, count in round.counts.items() if count == fewest)
    lowest = tuple(each for each in tied if borda[each] == min(borda[one] for one in tied))
    others = [count for count in round.counts.values() if count > fewest]
    if len(tied) == 1:
        going = Going.FEWEST
    elif len(lowest) == 1:
        going = Going.BORDA
    elif others and len(tied) * fewest < min(others):
        going = Going.TOGETHER
    else:
        going = Going.LOT
    return replace(round, out=lowest, going=going, tied=tied)
