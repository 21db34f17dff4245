"""What can no longer be: the least and the most that each criterion can come to over all answers still
possible.

Each test here looks at one criterion, or one part of the quorum, at a time. So it never excludes what is
possible; what it lets through may still fail for two criteria together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from commands.domain.outcome import Code, Reason
from commands.domain.rules.base import (
    EACH,
    Amount,
    AnyOf,
    Base,
    Comparison,
    Condition,
    Criterion,
    Measure,
    Objections,
    Part,
    TiePolicy,
)
from commands.domain.rules.checks import ELIGIBLE, Piles, Sides, amount
from commands.domain.rules.judge import Judge
from commands.domain.rules.sheet import Row, Sheet
from commands.domain.tally import Pile

Open: TypeAlias = tuple[int, int, str, int]
"""Column (a place, -1 for none), weight, name, and number of silent organisations of a kind."""

_DECISIVE = (Pile.FOR, Pile.AGAINST)


@dataclass(frozen=True, slots=True)
class _Scope:
    """A row of what is fixed, and what may still come in it: heads or weight, and the lightest of them.

    `is_whole` says that every silent organisation is in it.
    """

    row: Row
    coming: int
    lightest: int
    is_whole: bool


def is_monotone(condition: Condition) -> bool:
    """Whether an answer for, in place of any other answer or silence, never makes it fail."""
    if isinstance(condition, AnyOf):
        return all(is_monotone(each) for each in condition.alternatives)
    of, each_column = condition.of, condition.column == EACH
    if each_column and (condition.measure is Measure.WEIGHT or condition.base is None):
        return False  # a column can drop out of "each" when its organisations recuse themselves
    if condition.comparison.is_lower:
        return of is Part.FOR or of is Part.PARTICIPATING
    if of is Part.NOT_FOR:
        return not each_column or condition.base is Base.ELIGIBLE
    return of is Part.AGAINST


class Limits:
    """The limits of a rule from what is fixed, the silent organisations, and what they may do."""

    def __init__(self, judge: Judge, fixed: Sheet, silent: Iterable[Open], options: Piles) -> None:
        self.judge = judge
        self.rule = judge.rule
        self.fixed = fixed
        self.silent = tuple(silent)
        self.options = options
        self.is_monotone = all(is_monotone(each) for each in self.rule.criteria)
        self._names = frozenset(name for _, _, name, _ in self.silent if name)
        self._has_decisive = any(fixed.all_heads[pile] for pile in (*_DECISIVE, Pile.ANSWERED))
        self._blocks = self.rule.objections is not Objections.COUNTED

    # --- the steps before the rule --------------------------------------------------------------------------

    def can_lack_eligible(self) -> bool:
        """Whether everybody may yet be recused."""
        return amount(self.fixed.all_heads, ELIGIBLE) == 0

    def undecided(self) -> Iterator[Reason]:
        """Why there may be no decisive answer."""
        if self._has_decisive or self.rule.objections is Objections.BREAK_SILENCE:
            return
        idle = tuple(pile for pile in self.options if pile not in (*_DECISIVE, Pile.ABSTAIN))
        if not self.fixed.all_heads[Pile.ABSTAIN] and self.can_meet_quorum(idle):
            yield Reason.NO_REPLIES
        if self.can_meet_quorum((*idle, Pile.ABSTAIN)):
            yield Reason.ONLY_ABSTENTIONS

    def can_meet_quorum(self, options: Piles | None = None) -> bool:
        """Whether each part of the quorum can be met; `options` are the answers allowed."""
        return all(can_meet for can_meet, _ in self._quorum(options or self.options))

    def can_miss_quorum(self) -> bool:
        """Whether a part of the quorum can be missed."""
        return any(can_miss for _, can_miss in self._quorum(self.options))

    def _quorum(self, options: Piles) -> Iterator[tuple[bool, bool]]:
        """For each part of the quorum: whether it can be met, and whether it can be missed."""
        quorum, present = self.judge.quorum, self.judge.sides.present
        if quorum is None:
            return
        for limit, exceed, weighed in (
            (quorum.organisations, False, False),
            (quorum.organisations_more_than, True, False),
            (quorum.weight, False, True),
        ):
            if limit is not None:
                share, whole = limit.value.numerator, limit.value.denominator
                per_eligible = share if limit.is_share else 0
                number = 0 if limit.is_share else share * (self.fixed.scale if weighed else 1)
                gain = {
                    pile: (whole if pile in present else 0) - (per_eligible if pile in ELIGIBLE else 0) for pile in Pile
                }
                scope = self._scope("", weighed=weighed)
                low, high = _sums(gain, scope, options)
                low, high = low - number, high - number
                is_empty = limit.is_share and amount(scope.row, ELIGIBLE) == 0 and weighed
                yield (high > 0, low <= 0) if exceed else (high >= 0, low < 0 or is_empty)
        if quorum.columns is not None:
            yield self._quorum_of_columns(quorum.columns, options)
        for name in quorum.required:
            pile = self.fixed.named.get(name.casefold())
            if name.casefold() in self._names:
                absent = any(each not in present and each is not Pile.RECUSED for each in options)
                yield True, absent
            else:
                has_come = pile is not None and (pile in present or pile is Pile.RECUSED)
                yield has_come, not has_come

    def _quorum_of_columns(self, limit: Amount, options: Piles) -> tuple[bool, bool]:
        present = self.judge.sides.present
        with_silent = {column for column, _, _, _ in self.silent}
        can_come = any(pile in present for pile in options)
        can_stay_away = any(pile not in present and pile is not Pile.RECUSED for pile in options)
        sure = can = dead = maybe = 0
        for place, row in enumerate(self.fixed.heads):
            if amount(row, present):
                sure += 1
                can += 1
                continue
            is_eligible = amount(row, ELIGIBLE) > 0
            if place in with_silent and can_come:
                can += 1
            elif is_eligible:
                dead += 1
            if is_eligible or (place in with_silent and can_stay_away):
                maybe += 1
        share, whole = limit.value.numerator, limit.value.denominator
        if limit.is_share:
            return can * whole >= share * (can + dead), sure * whole < share * (sure + maybe) or sure + maybe == 0
        return can * whole >= share, sure * whole < share

    # --- the rule -------------------------------------------------------------------------------------------

    def can_hold(self) -> bool:
        """Whether each condition can hold."""
        return all(map(self._can_be_for, self.rule.required)) and all(
            any(self._can_criterion_hold(each) for each in _alternatives(condition)) for condition in self.rule.criteria
        )

    def can_object(self) -> bool:
        """Whether an objection can stand in the way; a silent organisation may always object."""
        return self._blocks

    def can_reject(self) -> bool:
        """Whether a condition can fail without a tie or an objection that says otherwise."""
        options = self.options
        if self._blocks:
            if self.fixed.all_heads[Pile.AGAINST] or self.fixed.all_heads[Pile.ANSWERED]:
                return False
            against = self.judge.sides.parts[Part.AGAINST]
            options = tuple(pile for pile in options if pile not in against)
        for_ = self.judge.sides.parts[Part.FOR]
        for name in self.rule.required:
            pile = self.fixed.named.get(name.casefold())
            if name.casefold() in self._names:
                if any(each not in for_ and each is not Pile.RECUSED for each in options):
                    return True
            elif pile is None or (pile not in for_ and pile is not Pile.RECUSED):
                return True
        return any(self._can_fail(condition, options) for condition in self.rule.criteria)

    def ties(self) -> Iterator[tuple[Code, Reason | None]]:
        """What a tie can end in, other than rejected."""
        if self._blocks:
            return  # equal votes there are objections
        for is_full in (True, False):
            code, reason = self.judge.after_tie(is_full=is_full)
            can_tie = any(self._can_tie(each, is_full=is_full) for each in self.rule.each_criterion)
            if code is not Code.REJECTED and can_tie and (not is_full or self._can_be_full()):
                yield code, reason

    def _can_be_for(self, name: str) -> bool:
        pile = self.fixed.named.get(name.casefold())
        return name.casefold() in self._names or pile is Pile.RECUSED or pile in self.judge.sides.parts[Part.FOR]

    def _can_be_full(self) -> bool:
        return not any(self.fixed.all_heads[pile] for pile in ELIGIBLE if pile not in _DECISIVE)

    def _can_fail(self, condition: Condition, options: Piles) -> bool:
        if isinstance(condition, AnyOf):
            return all(self._can_criterion_fail(each, options) for each in condition.alternatives)
        return self._can_criterion_fail(condition, options, but_for_a_tie=not self._tie_can_reject())

    def _tie_can_reject(self) -> bool:
        if self.rule.tie is TiePolicy.HELD:
            return self.judge.repeat or self._can_be_full()
        return self.rule.tie is TiePolicy.REJECTED

    def _can_criterion_hold(self, criterion: Criterion) -> bool:
        comparison = criterion.comparison
        for scope, base in self._scopes(criterion):
            if criterion.column == EACH and not amount(scope.row, base):
                continue  # the column may be left out of "each"
            low, high = self._range(criterion, scope, self.options)
            match comparison:
                case Comparison.AT_LEAST | Comparison.MINIMUM:
                    holds = high >= 0
                case Comparison.MORE_THAN:
                    holds = high > 0
                case Comparison.AT_MOST | Comparison.MAXIMUM:
                    holds = low <= 0
                case Comparison.LESS_THAN:
                    holds = low < 0
            if not holds:
                return False
        return True

    def _can_criterion_fail(self, criterion: Criterion, options: Piles, *, but_for_a_tie: bool = False) -> bool:
        return any(
            self._can_scope_fail(criterion, scope, base, options, but_for_a_tie=but_for_a_tie)
            for scope, base in self._scopes(criterion)
        )

    def _can_scope_fail(
        self, criterion: Criterion, scope: _Scope, base: Piles, options: Piles, *, but_for_a_tie: bool
    ) -> bool:
        low, high = self._range(criterion, scope, options)
        match criterion.comparison:
            case Comparison.AT_LEAST:
                return low < 0 or not self._is_sure(base, scope, options)
            case Comparison.MORE_THAN:
                if but_for_a_tie and criterion.can_tie:
                    return low < 0 or (low == 0 and not self._is_sure(base, scope, options))
                return low <= 0
            case Comparison.MINIMUM:
                return low < 0
            case Comparison.AT_MOST | Comparison.MAXIMUM:
                return high > 0
            case Comparison.LESS_THAN:
                return high >= 0

    def _can_tie(self, criterion: Criterion, *, is_full: bool) -> bool:
        if not criterion.can_tie:
            return False
        gain = self._gain(criterion)
        gains = [gain[pile] for pile in self.options]
        idle = [gain[pile] for pile in self.options if pile not in (*_DECISIVE, Pile.RECUSED)]
        someone_is_idle = not is_full and self._can_be_full()
        for scope, _ in self._scopes(criterion):
            low, high = self._range(criterion, scope, self.options)
            if someone_is_idle and scope.is_whole:  # then one silent organisation at least does not vote
                low += (min(idle) - min(gains)) * scope.lightest
                high -= (max(gains) - max(idle)) * scope.lightest
            if low <= 0 <= high:
                return True
        return False

    def _is_sure(self, base: Piles, scope: _Scope, options: Piles) -> bool:
        """Whether the base of a share cannot be empty."""
        return self._span({pile: int(pile in base) for pile in Pile}, scope, options)[0] > 0

    def _range(self, criterion: Criterion, scope: _Scope, options: Piles) -> tuple[int, int]:
        """The least and the most of what is counted minus its limit, in units that make both integers."""
        low, high = self._span(self._gain(criterion), scope, options)
        if criterion.base is not None:
            return low, high
        number = criterion.limit.numerator * (self.fixed.scale if criterion.measure is Measure.WEIGHT else 1)
        return low - number, high - number

    def _gain(self, criterion: Criterion) -> dict[Pile, int]:
        """What one head, or one unit of weight, on each pile adds to what is counted minus its limit."""
        on: Sides = self.judge.sides
        share, whole = criterion.limit.numerator, criterion.limit.denominator
        of = on.parts[criterion.of]
        base: Piles = on.bases[criterion.base] if criterion.base is not None else ()
        return {pile: whole * (pile in of) - share * (pile in base) for pile in Pile}

    def _span(self, gain: dict[Pile, int], scope: _Scope, options: Piles) -> tuple[int, int]:
        """The least and the most of a sum once the rule is looked at: somebody answered for or against by
        then.
        """
        low, high = _sums(gain, scope, options)
        decisive = [gain[pile] for pile in options if pile in _DECISIVE]
        needs_none = self._has_decisive or self.rule.objections is Objections.BREAK_SILENCE
        if decisive and scope.is_whole and not needs_none:
            low += (min(decisive) - min(gain[pile] for pile in options)) * scope.lightest
            high -= (max(gain[pile] for pile in options) - max(decisive)) * scope.lightest
        return low, high

    def _scopes(self, criterion: Criterion) -> Iterator[tuple[_Scope, Piles]]:
        weighed = criterion.measure is Measure.WEIGHT
        base = self.judge.sides.bases[criterion.base or Base.ELIGIBLE]
        columns = self.fixed.columns if criterion.column == EACH else (criterion.column,)
        for column in columns:
            yield self._scope(column, weighed=weighed), base

    def _scope(self, column: str, *, weighed: bool) -> _Scope:
        folded = column.casefold()
        places = [place for place, name in enumerate(self.fixed.columns) if name.casefold() == folded]
        within = [each for each in self.silent if not column or each[0] in places]
        weights = [each[1] if weighed else 1 for each in within]
        return _Scope(
            row=self.fixed.row(column, weighed=weighed),
            coming=sum(weight * each[3] for weight, each in zip(weights, within, strict=True)),
            lightest=min(weights, default=0),
            is_whole=len(within) == len(self.silent),
        )


def _alternatives(condition: Condition) -> tuple[Criterion, ...]:
    return condition.alternatives if isinstance(condition, AnyOf) else (condition,)


def _sums(gain: dict[Pile, int], scope: _Scope, options: Piles) -> tuple[int, int]:
    """The least and the most of a sum over all answers."""
    fixed = sum(gain[pile] * number for pile, number in zip(Pile, scope.row, strict=True))
    least, most = min(gain[pile] for pile in options), max(gain[pile] for pile in options)
    return fixed + scope.coming * least, fixed + scope.coming * most
