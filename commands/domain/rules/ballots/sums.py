"""Choice, approval and points: what each option gets together, and the order of those sums."""

from __future__ import annotations

from dataclasses import dataclass

from commands.domain.rules.ballots.votes import Order, Votes, grouped
from commands.domain.rules.base import Balloting, Method


@dataclass(frozen=True, slots=True)
class Sums:
    """The sum of each option, in the order of the options, and what they are a share of.

    For a choice `base` is the weight of the ballots that choose, for an approval that of all ballots, for points all
    that could be divided; what of these was not is `unspent`.
    """

    sums: tuple[int, ...]
    base: int
    unspent: int
    order: Order
    dropped: tuple[int, ...]


def add_up(votes: Votes, ballot: Balloting) -> Sums:
    """Add up the marks of each option; weighed where the rule weighs."""
    if ballot.method is Method.POINTS:
        sums = tuple(sum(map(int.__mul__, votes.weights, column)) for column in votes.columns)
        base = votes.total * ballot.budget
        return Sums(sums, base, base - sum(sums), grouped(sums, votes.options), ())
    sums = tuple(map(votes.sum, votes.columns))
    base = votes.total if ballot.method is Method.APPROVAL else votes.sum(map(any, zip(*votes.columns, strict=True)))
    share = ballot.at_least
    kept = [each for each in votes.options if share is None or sums[each] * share.denominator >= share.numerator * base]
    dropped = tuple(each for each in votes.options if each not in kept)
    return Sums(sums, base, 0, grouped(sums, kept), dropped)
