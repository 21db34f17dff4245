"""What can still come of a ballot: the outcomes, and whether the winners are certain.

While there are few ways to answer all are tried. Beyond that a margin decides: what every method can still shift
between two options is known, and winners that keep ahead of all that are certain whatever the silent do.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, combinations_with_replacement, permutations, product
from typing import Final, TypeAlias

from commands.domain.ballot import Availability, Marks
from commands.domain.outcome import Code, Reason
from commands.domain.rules.ballots.count import Count, conclude, count, count_ballots, winners
from commands.domain.rules.ballots.dates import Dates
from commands.domain.rules.ballots.ranking import Ranking
from commands.domain.rules.ballots.runoff import Runoff
from commands.domain.rules.ballots.sums import Sums
from commands.domain.rules.ballots.votes import Votes, cast, votes
from commands.domain.rules.base import Balloting, Measure, Method
from commands.domain.rules.judge import Judge
from commands.domain.rules.reach import Alike, Laid, Possibility, Reaching
from commands.domain.rules.sheet import Sheet
from commands.domain.tally import Pile, Tally

MOST_WAYS: Final = 1_500

_Answer: TypeAlias = tuple[Pile, Marks]
_Way: TypeAlias = tuple[tuple[Alike, _Answer], ...]


@dataclass(frozen=True, slots=True)
class Prospects:
    """What is possible when who answered stays with that; without `is_exact` some of it may not be.

    `certain` are the winners in every outcome that can still be reached, in the order of the options; empty where one
    can be reached that has others or none. Where a pairwise or run-off ranking was not looked through to the end, it
    may be empty although no answer could change them.
    """

    possible: frozenset[Possibility]
    is_exact: bool
    certain: tuple[int, ...]


def prospects(judge: Judge, tally: Tally, numbers: Sheet, *, most_ways: int = MOST_WAYS) -> Prospects:
    """The prospects of an open round; the rule of `judge` must be one of a ballot."""
    ballot = judge.rule.ballot
    if ballot is None:
        raise ValueError(judge.rule.id)
    return _Prospects(judge, tally, numbers, ballot).prospects(most_ways)


class _Prospects:
    def __init__(self, judge: Judge, tally: Tally, numbers: Sheet, ballot: Balloting) -> None:
        self.judge = judge
        self.tally = tally
        self.numbers = numbers
        self.ballot = ballot
        self.reaching = Reaching(judge, tally, numbers)
        self.votes = votes(tally, ballot)
        self.marks: list[Marks] = list(zip(*self.votes.columns, strict=True)) if self.votes.voters else []
        recused = {seat.organisation.casefold() for seat in tally.seats(Pile.RECUSED)}
        self.required = tuple(name for name in judge.rule.required if name.casefold() not in recused)

    def prospects(self, most_ways: int) -> Prospects:
        alike = self.reaching.kinds
        answers = self._number_of_ballots() + len(self.reaching.options) - 1
        ways = math.prod(math.comb(each.size + answers - 1, answers - 1) for each in alike)
        return self._try_all() if ways <= most_ways else self._by_margin()

    # --- all ways of answering ------------------------------------------------------------------------------

    def _number_of_ballots(self) -> int:
        """How many `ballots` gives, or a number above that; computed, not counted."""
        options, ballot = len(self.ballot.options), self.ballot
        match ballot.method:
            case Method.CHOICE | Method.APPROVAL:
                return sum(math.comb(options, size) for size in range(1, (ballot.paper().most or options) + 1))
            case Method.PAIRWISE | Method.BORDA:
                return _weak_orders(options)
            case Method.IRV:
                return sum(math.perm(options, size) for size in range(1, options + 1))
            case Method.POINTS:
                return math.comb(ballot.budget + options, options)
            case Method.DATE:
                return 1 << 2 * options

    def _try_all(self) -> Prospects:
        to_come = self.reaching.kinds != ()
        answers: list[_Answer] = [(Pile.FOR, marks) for marks in ballots(self.ballot)] if to_come else []
        answers += [(pile, (0,) * len(self.ballot.options)) for pile in self.reaching.options if pile is not Pile.FOR]
        possible: set[Possibility] = set()
        ends: set[tuple[int, ...]] = set()
        for way in _ways(self.reaching.kinds, answers):
            endings, won = self._end(way)
            possible |= endings
            ends.add(won)
        return Prospects(frozenset(possible), True, ends.pop() if len(ends) == 1 else ())

    def _end(self, way: _Way) -> tuple[frozenset[Possibility], tuple[int, ...]]:
        laid: list[Laid] = [(each, pile, 1) for each, (pile, _) in way]
        verdict = self.judge.judge(self.reaching.laid(laid))
        if not verdict.is_adopted:
            return frozenset({Possibility(verdict.code, verdict.reason)}), ()
        gone = {each.name for each, (pile, _) in way if pile is Pile.RECUSED}
        required = tuple(name for name in self.required if name.casefold() not in gone)
        found = count(self._with(way), self.ballot, required)
        code, reason = conclude(found, self.ballot.winners)
        if code is not Code.ADOPTED:
            return frozenset({Possibility(code, reason)}), ()
        with_support = any(pile is Pile.FOR for _, (pile, _) in way)
        return self.reaching.adopted(with_support=with_support), winners(found, self.ballot.winners)

    def _with(self, way: _Way) -> Votes:
        cast_now = [(each, marks) for each, (pile, marks) in way if pile in (Pile.FOR, Pile.ABSTAIN)]
        weighed = self.ballot.measure is Measure.WEIGHT
        return cast(
            [*self.marks, *(marks for _, marks in cast_now)],
            [*self.votes.weights, *(each.weight if weighed else 1 for each, _ in cast_now)],
            self.votes.scale,
            [*self.votes.voters, *(each.name for each, _ in cast_now)],
            len(self.ballot.options),
        )

    # --- margins --------------------------------------------------------------------------------------------

    def _by_margin(self) -> Prospects:
        judge = Judge(replace(self.judge.rule, required=()), repeat=self.judge.repeat)
        reached = Reaching(judge, self.tally, self.numbers).reach(MOST_WAYS)
        adopted = {each for each in reached.possible if each.code in (Code.ADOPTED, Code.ADOPTED_WITH_NOTE)}
        found = count_ballots(self.tally, self.judge.rule, self.ballot)
        won = winners(found, self.ballot.winners)
        if not adopted:
            return Prospects(reached.possible, reached.is_exact, ())
        if won and self._is_safe(found, won):
            return Prospects(reached.possible, reached.is_exact, won if adopted == reached.possible else ())
        others = {Possibility(Code.NO_DECISION, Reason.TIE)}
        if self.ballot.at_least is not None or self.ballot.method is Method.DATE:
            others.add(Possibility(Code.REJECTED))
        return Prospects(reached.possible | others, False, ())

    def _coming(self) -> int:
        """The weight that may still be cast."""
        weighed = self.ballot.measure is Measure.WEIGHT
        return sum(each.size * (each.weight if weighed else 1) for each in self.reaching.kinds)

    def _is_safe(self, found: Count, won: tuple[int, ...]) -> bool:
        """Whether no answers of the silent take these winners their place."""
        coming = self._coming()
        match found:
            case Sums():
                return self._are_sums_safe(found, won, coming)
            case Ranking() if self.ballot.method is Method.BORDA:
                swing = 2 * coming * (len(found.borda) - 1)
                others = [borda for option, borda in enumerate(found.borda) if option not in won]
                return not others or min(found.borda[each] for each in won) > max(others) + swing
            case Ranking():
                return len(won) == 1 and self._beats_all(found, won[0], coming)
            case Runoff():
                first = found.rounds[0].counts
                return 2 * first[won[0]] > sum(first.values(), Fraction(coming))
            case Dates():
                return self._is_date_safe(found, won[0], coming)

    def _are_sums_safe(self, found: Sums, won: tuple[int, ...], coming: int) -> bool:
        ballot, sums = self.ballot, found.sums
        most = (ballot.cap or ballot.budget) if ballot.method is Method.POINTS else 1
        swing = coming * min(most, ballot.budget) if ballot.method is Method.POINTS else coming
        share, base = ballot.at_least, found.base + coming
        if share is not None and any(sums[each] * share.denominator < share.numerator * base for each in won):
            return False
        chasing = [
            sums[each] + swing
            for each in range(len(sums))
            if each not in won and (share is None or (sums[each] + swing) * share.denominator >= share.numerator * base)
        ]
        return not chasing or (len(won) == ballot.winners and min(sums[each] for each in won) > max(chasing))

    def _beats_all(self, found: Ranking, one: int, coming: int) -> bool:
        pairs, ratio = found.pairwise, self.ballot.over_default
        others = [each for each in range(len(pairs)) if each != one]
        if self.ballot.default:
            default = self.ballot.options.index(self.ballot.default)
            if one == default:
                return all(
                    pairs[each][one] + coming <= pairs[one][each]
                    or (pairs[each][one] + coming) * ratio.denominator < pairs[one][each] * ratio.numerator
                    for each in others
                )
            ahead, behind = pairs[one][default], pairs[default][one] + coming
            if ahead * ratio.denominator < behind * ratio.numerator:
                return False
        return all(pairs[one][each] > pairs[each][one] + coming for each in others)

    def _is_date_safe(self, found: Dates, one: int, coming: int) -> bool:
        silent = {each.name for each in self.reaching.kinds if each.name}
        if any(name.casefold() in silent for name in self.required):
            return False  # it may yet say that it cannot come
        slots = self.ballot.slots
        for slot in range(len(found.available)):
            if slot == one or found.missing[slot]:
                continue
            at_best = (found.available[slot] + coming, found.yes[slot] + coming)
            now = (found.available[one], found.yes[one])
            if at_best[0] < self.ballot.minimum * self.votes.scale or at_best < now:
                continue
            if at_best > now or not slots or slots[slot] <= slots[one]:
                return False
        return True


def ballots(ballot: Balloting) -> Iterator[Marks]:
    """Every ballot that says something, of those that always count the same only one."""
    options = range(len(ballot.options))
    match ballot.method:
        case Method.CHOICE | Method.APPROVAL:
            most = ballot.paper().most or len(options)
            for size in range(1, min(most, len(options)) + 1):
                for chosen in combinations(options, size):
                    yield tuple(int(each in chosen) for each in options)
        case Method.PAIRWISE | Method.BORDA:
            seen = set()
            for places in product(range(1, len(options) + 1), repeat=len(options)):
                levels = sorted(set(places))
                seen.add(tuple(levels.index(each) + 1 for each in places))
            yield from sorted(seen)
        case Method.IRV:
            for size in (*range(1, len(options) - 1), len(options)):
                for ranked in permutations(options, size):
                    yield tuple(ranked.index(each) + 1 if each in ranked else 0 for each in options)
        case Method.POINTS:
            most = min(ballot.cap or ballot.budget, ballot.budget)
            yield from (points for points in _divisions(len(options), ballot.budget, most) if any(points))
        case Method.DATE:
            for answers in product(Availability, repeat=len(options)):
                if any(answers):
                    yield tuple(int(each) for each in answers)


def _divisions(options: int, budget: int, most: int) -> Iterator[Marks]:
    """All ways to give each option at most `most` points, and all of them at most the budget."""
    if not options:
        yield ()
        return
    for points in range(min(budget, most) + 1):
        for rest in _divisions(options - 1, budget - points, most):
            yield (points, *rest)


def _weak_orders(options: int) -> int:
    """How many orders there are of so many options, equal places allowed (the ordered Bell numbers)."""
    orders = [1]
    for size in range(1, options + 1):
        orders.append(sum(math.comb(size, first) * orders[size - first] for first in range(1, size + 1)))
    return orders[options]


def _ways(alike: tuple[Alike, ...], answers: list[_Answer]) -> Iterator[_Way]:
    """All ways in which the silent can answer; of those that are alike only how many answer what."""
    if not alike:
        yield ()
        return
    for rest in _ways(alike[1:], answers):
        for own in combinations_with_replacement(answers, alike[0].size):
            yield (*((alike[0], each) for each in own), *rest)
