"""Which outcomes can still be reached: who answered stays with that, who is silent may file anything or stay
silent.

Two sets close in on each other. What is *seen* was reached by a way of answering that was tried, so it is
possible. What is not *open* is excluded by arithmetic: by the least and the most that each criterion can
still come to, and, for a rule to which more support never does harm, by everybody who is silent answering
for. When the two are equal, the answer is exact, whatever the size. When they are not, all ways of answering
are tried if there are at most `MOST_WAYS`, counting organisations that make no difference to the rule as one
kind. Beyond that the larger set is given and `is_exact` is False.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, TypeAlias

from commands.domain.outcome import Code, Reason
from commands.domain.rules.base import (
    Answers,
    Measure,
    Objections,
    SilencePolicy,
    Unreasoned,
)
from commands.domain.rules.checks import Piles
from commands.domain.rules.judge import Judge
from commands.domain.rules.limits import Limits
from commands.domain.rules.sheet import Row, Sheet, scaled
from commands.domain.tally import Pile, Tally

MOST_WAYS: Final = 4_000
_MOST_TURNS: Final = 12
_MOST_WORK: Final = 20_000


@dataclass(frozen=True, slots=True)
class Possibility:
    """One way in which a round can end: the code of its outcome, and the reason where there is one."""

    code: Code
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """The outcomes that can still be reached; without `is_exact` there may be some among them that cannot."""

    possible: frozenset[Possibility]
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Alike:
    """Silent organisations between which the rule sees no difference. `column` is a place, -1 for none."""

    column: int
    weight: int
    is_reached: bool
    name: str
    size: int


Laid: TypeAlias = tuple[Alike, Pile, int]
"""So many of a kind, laid on a pile."""


def reach(judge: Judge, tally: Tally, numbers: Sheet, *, most_ways: int = MOST_WAYS) -> Reach:
    """The outcomes that are still possible from this tally and its sheet, under the rule of `judge`."""
    return Reaching(judge, tally, numbers).reach(most_ways)


class Reaching:
    """The outcomes that a tally can still come to, under one rule."""

    def __init__(self, judge: Judge, tally: Tally, numbers: Sheet) -> None:
        rule = judge.rule
        self.judge = judge
        self.now = numbers
        self.is_held = bool(tally.held_by)
        self.is_noted = bool(tally.noted) or self.now.all_heads[Pile.ANSWERED] > 0
        self.may_reserve = rule.answers in (Answers.CONSENT, Answers.EITHER)
        self.options: Piles = (Pile.FOR, Pile.AGAINST, Pile.ABSTAIN, Pile.SILENT, Pile.RECUSED)
        if rule.ballot is not None:
            self.options = (Pile.FOR, Pile.ABSTAIN, Pile.SILENT, Pile.RECUSED)
        elif rule.unreasoned_against is Unreasoned.DROPPED and rule.answers is not Answers.CONSENT:
            self.options += (Pile.UNREASONED,)  # an objection always has its reasons
        self.fixed = self._without_silent()
        self.kinds = self._kinds(tally)

    def reach(self, most_ways: int) -> Reach:
        """All of them, trying at most so many ways of answering."""
        if not self.kinds:
            return Reach(frozenset(self.endings(())), True)
        open_ = self._open()
        seen: set[Possibility] = set()
        for endings in islice(self._telling_endings(), self._most_tries()):
            seen |= endings
            if seen >= open_:
                return Reach(frozenset(seen), True)
        if self._number_of_ways() > most_ways:
            return Reach(frozenset(open_), False)
        for way in self._all_ways(self.kinds):
            seen |= self.endings(way)
            if seen >= open_:
                break
        return Reach(frozenset(seen), True)

    def _most_tries(self) -> int:
        return max(len(self.options), _MOST_WORK // (10 + len(self.kinds)))

    # --- one way of answering -------------------------------------------------------------------------------

    def endings(self, parts: Sequence[Laid]) -> frozenset[Possibility]:
        """What this way of answering can end in; support may come with a reservation or a statement."""
        verdict = self.judge.judge(self.laid(parts))
        if not verdict.is_adopted:
            return frozenset({Possibility(verdict.code, verdict.reason)})
        return self.adopted(with_support=any(pile is Pile.FOR and number for _, pile, number in parts))

    def adopted(self, *, with_support: bool) -> frozenset[Possibility]:
        """What adoption can turn into, with or without new support."""
        held = Possibility(Code.HELD, Reason.RESERVATION)
        if self.is_held:
            return frozenset({held})
        endings = {Possibility(Code.ADOPTED_WITH_NOTE if self.is_noted else Code.ADOPTED)}
        if with_support:
            endings.add(Possibility(Code.ADOPTED_WITH_NOTE))
            if self.may_reserve:
                endings.add(held)
        return frozenset(endings)

    def laid(self, parts: Iterable[Laid]) -> Sheet:
        """The sheet when the silent ones answer like this."""
        fixed = self.fixed
        heads, weights = [list(row) for row in fixed.heads], [list(row) for row in fixed.weights]
        all_heads, all_weights = list(fixed.all_heads), list(fixed.all_weights)
        named, unreached = dict(fixed.named), 0
        for kind, pile, number in parts:
            weight = kind.weight * number
            all_heads[pile] += number
            all_weights[pile] += weight
            if kind.column >= 0:
                heads[kind.column][pile] += number
                weights[kind.column][pile] += weight
            if kind.name:
                named[kind.name] = pile
            if pile is Pile.SILENT and not kind.is_reached:
                unreached += number
        return Sheet(fixed.columns, heads, weights, all_heads, all_weights, fixed.scale, named, unreached)

    # --- what cannot be excluded ----------------------------------------------------------------------------

    def _open(self) -> frozenset[Possibility]:
        limits = Limits(
            self.judge,
            self.fixed,
            tuple((kind.column, kind.weight, kind.name, kind.size) for kind in self.kinds),
            self.options,
        )
        no = Code.NO_DECISION
        open_: set[Possibility] = set()
        if limits.can_lack_eligible():
            open_.add(Possibility(no, Reason.NO_ELIGIBLE))
        silence_counts = self.judge.rule.silence is not SilencePolicy.NOT_COUNTED
        if silence_counts and not all(kind.is_reached for kind in self.kinds):
            open_.add(Possibility(no, Reason.NOT_REACHED))
        if limits.can_miss_quorum():
            open_.add(Possibility(no, Reason.QUORUM))
        for reason in limits.undecided():
            open_.add(Possibility(no, reason))
        if not limits.can_meet_quorum():
            return frozenset(open_)
        if limits.is_monotone:
            may_adopt = self.judge.judge(self.laid(self._uniform(Pile.FOR))).is_adopted
        else:
            may_adopt = limits.can_hold()
        if may_adopt:
            open_ |= self.adopted(with_support=True)
        if limits.can_object():
            broken = self.judge.rule.objections is Objections.BREAK_SILENCE
            open_.add(Possibility(no, Reason.SILENCE_BROKEN if broken else Reason.OBJECTION))
        open_ |= {Possibility(code, reason) for code, reason in limits.ties()}
        if limits.can_reject():
            open_.add(Possibility(Code.REJECTED))
        return frozenset(open_)

    # --- ways of answering ----------------------------------------------------------------------------------

    def _telling_endings(self) -> Iterator[frozenset[Possibility]]:
        """What is seen on the ways that tell most: all the same, and the turns between two answers."""
        for pile in self.options:
            yield self.endings(self._uniform(pile))
        pairs = [(one, other) for one in self.options for other in self.options if one < other]
        for kinds, aside in self._arrangements():
            for one, other in pairs:
                yield from self._turning_points(kinds, one, other, aside)

    def _uniform(self, pile: Pile) -> Sequence[Laid]:
        return tuple((kind, pile, kind.size) for kind in self.kinds)

    def _arrangements(self) -> Iterator[tuple[tuple[Alike, ...], tuple[Laid, ...]]]:
        """Orders of the kinds, each first once: as they are, and with one organisation of it aside."""
        for turn in range(min(len(self.kinds), _MOST_TURNS)):
            first, *others = self.kinds[turn:] + self.kinds[:turn]
            yield (first, *others), ()
            rest = replace(first, size=first.size - 1)
            for pile in self.options:
                yield (rest, *others), ((first, pile, 1),)

    def _turning_points(
        self, kinds: tuple[Alike, ...], one: Pile, other: Pile, aside: tuple[Laid, ...]
    ) -> Iterator[frozenset[Possibility]]:
        """On the way from all `one` to all `other`, one at a time: both sides of every change."""

        def ends(step: int) -> frozenset[Possibility]:
            parts = list(aside)
            for kind in kinds:
                turned = min(kind.size, step)
                step -= turned
                if turned:
                    parts.append((kind, other, turned))
                if kind.size > turned:
                    parts.append((kind, one, kind.size - turned))
            return self.endings(parts)

        total = sum(kind.size for kind in kinds)
        spans = [(0, ends(0), total, ends(total))]
        yield spans[0][1] | spans[0][3]
        while spans:
            low, first, high, last = spans.pop()
            if first != last and high - low > 1:
                middle = (low + high) // 2
                found = ends(middle)
                yield found
                spans += [(low, first, middle, found), (middle, found, high, last)]

    def _number_of_ways(self) -> int:
        others = len(self.options) - 1
        return math.prod(math.comb(kind.size + others, others) for kind in self.kinds)

    def _all_ways(self, kinds: tuple[Alike, ...]) -> Iterator[tuple[Laid, ...]]:
        if not kinds:
            yield ()
            return
        for rest in self._all_ways(kinds[1:]):
            for numbers in _shares(kinds[0].size, len(self.options)):
                own = zip(self.options, numbers, strict=True)
                yield (*((kinds[0], pile, number) for pile, number in own if number), *rest)

    # --- the tally, as far as the rule sees it --------------------------------------------------------------

    def _without_silent(self) -> Sheet:
        now = self.now
        sees_columns = self._sees_columns()
        return Sheet(
            columns=now.columns if sees_columns else (),
            heads=[_cleared(row) for row in now.heads] if sees_columns else (),
            weights=[_cleared(row) for row in now.weights] if sees_columns else (),
            all_heads=_cleared(now.all_heads),
            all_weights=_cleared(now.all_weights),
            scale=now.scale,
            named={name: pile for name, pile in now.named.items() if pile is not Pile.SILENT},
            unreached=0,
        )

    def _sees_columns(self) -> bool:
        rule, quorum = self.judge.rule, self.judge.quorum
        return (
            any(each.column for each in rule.each_criterion)
            or (quorum is not None and quorum.columns is not None)
            or rule.objections is Objections.BLOCK_UNTIL_ANSWERED
        )

    def _sees_weights(self) -> bool:
        rule, quorum = self.judge.rule, self.judge.quorum
        return (
            any(each.measure is Measure.WEIGHT for each in rule.each_criterion)
            or (quorum is not None and quorum.weight is not None)
            or (rule.ballot is not None and rule.ballot.measure is Measure.WEIGHT)
        )

    def _kinds(self, tally: Tally) -> tuple[Alike, ...]:
        places = {name.casefold(): place for place, name in enumerate(self.fixed.columns)}
        sees_weights = self._sees_weights()
        sees_reached = self.judge.rule.silence is not SilencePolicy.NOT_COUNTED
        sizes: dict[tuple[int, int, bool, str], int] = {}
        for seat in tally.seats(Pile.SILENT):
            name = seat.organisation.casefold() if self.now.named else ""
            key = (
                places.get(seat.column.casefold(), -1),
                scaled(seat.weight, self.now.scale) if sees_weights else 0,
                seat.reached or not sees_reached,
                name if name in self.now.named else "",
            )
            sizes[key] = sizes.get(key, 0) + 1
        heaviest_first = sorted(sizes.items(), key=lambda each: (-each[0][1], each[0]))
        return tuple(Alike(*key, size) for key, size in heaviest_first)


def _cleared(row: Row) -> Row:
    return tuple(0 if pile is Pile.SILENT else number for pile, number in zip(Pile, row, strict=True))


def _shares(size: int, parts: int) -> Iterator[tuple[int, ...]]:
    """All ways to divide a number over so many parts."""
    if parts == 1:
        yield (size,)
        return
    for first in range(size + 1):
        for rest in _shares(size - first, parts - 1):
            yield (first, *rest)
