"""Holding the numbers of a sheet against criteria and quorum: exact, in integers, one check a step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from commands.domain.rules.base import (
    EACH,
    Amount,
    AnyOf,
    Base,
    Comparison,
    Condition,
    Criterion,
    DecisionRule,
    Measure,
    Objections,
    Part,
    Quorum,
    SilencePolicy,
)
from commands.domain.rules.sheet import Row, Sheet
from commands.domain.tally import Pile

Piles: TypeAlias = tuple[Pile, ...]

ELIGIBLE: Piles = tuple(pile for pile in Pile if pile is not Pile.RECUSED)


@dataclass(frozen=True, slots=True)
class Sides:
    """Which piles each part, each base and the quorum take together, as the rule says."""

    parts: dict[Part, Piles]
    bases: dict[Base, Piles]
    present: Piles


def sides(rule: DecisionRule, *, answered_block: bool = False) -> Sides:
    """The sides under this rule; with `answered_block` an answered objection counts as against after all."""
    silent = (Pile.SILENT,)
    for_ = (Pile.FOR, *(silent if rule.silence is SilencePolicy.CONSENT else ()))
    against = (
        Pile.AGAINST,
        *(silent if rule.silence is SilencePolicy.AGAINST else ()),
        *((Pile.ANSWERED,) if answered_block else ()),
    )
    abstain = (Pile.ABSTAIN, *(silent if rule.silence is SilencePolicy.ABSTAIN else ()))
    cast = for_ + against
    participating = tuple({*cast, *abstain, Pile.ANSWERED})
    return Sides(
        parts={
            Part.FOR: for_,
            Part.AGAINST: against,
            Part.ABSTAIN: abstain,
            Part.NOT_FOR: tuple(pile for pile in ELIGIBLE if pile not in for_),
            Part.PARTICIPATING: participating,
        },
        bases={Base.CAST: cast, Base.PARTICIPATING: participating, Base.ELIGIBLE: ELIGIBLE},
        present=_present(rule),
    )


def _present(rule: DecisionRule) -> Piles:
    if rule.objections is Objections.BREAK_SILENCE:
        return ELIGIBLE  # the quorum of a silence procedure is on delivery, which is looked at before
    present: Piles = (Pile.FOR, Pile.AGAINST, Pile.ANSWERED)
    if rule.quorum is None or rule.quorum.abstentions_count:
        present += (Pile.ABSTAIN,)
        if rule.silence is SilencePolicy.ABSTAIN:
            present += (Pile.SILENT,)
    return present


def amount(row: Row, piles: Piles) -> int:
    """What lies on these piles together."""
    return sum(row[pile] for pile in piles)


# --- criteria -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Check:
    """One criterion held against one column, or the whole roll. `base` is 0 where the limit is a number.

    `have` and `base` are heads, or weights times the scale of the sheet. `tied` says that it fails at for =
    against.
    """

    criterion: Criterion
    column: str
    have: int
    base: int
    holds: bool
    tied: bool


@dataclass(frozen=True, slots=True)
class Result:
    """One criterion with its checks, several where it is held against each column."""

    checks: tuple[Check, ...]
    holds: bool
    tied: bool


@dataclass(frozen=True, slots=True)
class Test:
    """One condition of a rule with the results of its alternatives, one where it has none.

    `tied` says that a tie alone makes it fail.
    """

    condition: Condition
    results: tuple[Result, ...]
    holds: bool
    tied: bool


def test(condition: Condition, on: Sides, sheet: Sheet) -> Test:
    """Hold one condition against the sheet."""
    alternatives = condition.alternatives if isinstance(condition, AnyOf) else (condition,)
    results = tuple(_result(each, on, sheet) for each in alternatives)
    holds = any(each.holds for each in results)
    return Test(condition, results, holds, not holds and any(each.tied for each in results))


def _result(criterion: Criterion, on: Sides, sheet: Sheet) -> Result:
    checks = tuple(check(criterion, column, row, on, sheet.scale) for column, row in _rows(criterion, on, sheet))
    holds = all(each.holds for each in checks)
    return Result(checks, holds, not holds and all(each.holds or each.tied for each in checks))


def _rows(criterion: Criterion, on: Sides, sheet: Sheet) -> Iterator[tuple[str, Row]]:
    weighed = criterion.measure is Measure.WEIGHT
    if criterion.column != EACH:
        yield criterion.column, sheet.row(criterion.column, weighed=weighed)
        return
    base = on.bases[criterion.base or Base.ELIGIBLE]
    for place, column in enumerate(sheet.columns):
        if amount(sheet.heads[place], base):
            yield column, (sheet.weights if weighed else sheet.heads)[place]


def check(criterion: Criterion, column: str, row: Row, on: Sides, scale: int) -> Check:
    """Hold one criterion against one row."""
    have = amount(row, on.parts[criterion.of])
    base = amount(row, on.bases[criterion.base]) if criterion.base is not None else 0
    share, whole = criterion.limit.numerator, criterion.limit.denominator
    number = share * scale if criterion.measure is Measure.WEIGHT else share
    match criterion.comparison:
        case Comparison.AT_LEAST:
            holds = base > 0 and have * whole >= share * base  # nothing is not two thirds of nothing
        case Comparison.MORE_THAN:
            holds = have * whole > share * base
        case Comparison.AT_MOST:
            holds = have * whole <= share * base
        case Comparison.LESS_THAN:
            holds = have * whole < share * base
        case Comparison.MINIMUM:
            holds = have * whole >= number
        case Comparison.MAXIMUM:
            holds = have * whole <= number
    tied = base > 0 and 2 * have == base and criterion.can_tie
    return Check(criterion, column, have, base, holds, tied)


# --- quorum -------------------------------------------------------------------------------------------------


class QuorumBasis(StrEnum):
    """What a part of a quorum looks at."""

    ORGANISATIONS = "organisations"
    WEIGHT = "weight"
    COLUMNS = "columns"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class QuorumCheck:
    """One part of the quorum. `exceed` says that the limit must be passed; `limit` is None for `REQUIRED`.

    `name` is the organisation that is required. One that recused itself is `excused`.
    """

    basis: QuorumBasis
    have: int
    base: int
    limit: Amount | None
    exceed: bool
    holds: bool
    name: str = ""
    excused: bool = False


def quorum_checks(quorum: Quorum, on: Sides, sheet: Sheet) -> tuple[QuorumCheck, ...]:
    """Hold every part of a quorum against the sheet."""
    heads, eligible = amount(sheet.all_heads, on.present), amount(sheet.all_heads, ELIGIBLE)
    checks = []
    for limit, exceed in ((quorum.organisations, False), (quorum.organisations_more_than, True)):
        if limit is not None:
            checks.append(_reached(QuorumBasis.ORGANISATIONS, heads, eligible, limit, exceed=exceed))
    if quorum.weight is not None:
        have, base = amount(sheet.all_weights, on.present), amount(sheet.all_weights, ELIGIBLE)
        checks.append(_reached(QuorumBasis.WEIGHT, have, base, quorum.weight, scale=sheet.scale))
    if quorum.columns is not None:
        have = sum(amount(row, on.present) > 0 for row in sheet.heads)
        base = sum(amount(row, ELIGIBLE) > 0 for row in sheet.heads)
        checks.append(_reached(QuorumBasis.COLUMNS, have, base, quorum.columns))
    for name in quorum.required:
        pile = sheet.named.get(name.casefold())
        excused = pile is Pile.RECUSED
        has_come = pile is not None and pile in on.present
        checks.append(
            QuorumCheck(QuorumBasis.REQUIRED, int(has_come), 1, None, False, has_come or excused, name, excused)
        )
    return tuple(checks)


def _reached(
    basis: QuorumBasis, have: int, base: int, limit: Amount, *, exceed: bool = False, scale: int = 1
) -> QuorumCheck:
    share, whole = limit.value.numerator, limit.value.denominator
    needed = share * (base if limit.is_share else scale)
    holds = have * whole > needed if exceed else have * whole >= needed
    if limit.is_share and base == 0:
        holds = False
    return QuorumCheck(basis, have, base, limit, exceed, holds)
