"""What is still needed, from whom, and what can still come of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from commands.domain.outcome import Outcome, Reason
from commands.domain.position import Answer, Position, Stance
from commands.domain.roll import Roll
from commands.domain.rules.ballots.needed import needed_ballots
from commands.domain.rules.ballots.prospects import MOST_WAYS as MOST_BALLOTS
from commands.domain.rules.ballots.prospects import Prospects, prospects
from commands.domain.rules.base import (
    NO_OBJECTION,
    Amount,
    AnyOf,
    Comparison,
    DecisionRule,
    Measure,
    Objections,
    Part,
    SilencePolicy,
)
from commands.domain.rules.checks import (
    Check,
    QuorumBasis,
    QuorumCheck,
    Sides,
    Test,
    amount,
    quorum_checks,
    test,
)
from commands.domain.rules.decide import outcome_of
from commands.domain.rules.describe import family, requirement, shown
from commands.domain.rules.explain import name, short
from commands.domain.rules.judge import Judge
from commands.domain.rules.reach import MOST_WAYS, Possibility, Reach, reach
from commands.domain.rules.sheet import Sheet, sheet
from commands.domain.tally import Pile, Tally, tally
from commands.domain.values import Line, Value


@dataclass(frozen=True, slots=True)
class Outlook:
    """How an open round stands.

    `possible` holds every outcome that can still be reached when those who answered stay with their answer,
    while the silent ones may file anything of this kind of item, recuse themselves, or stay silent. Until
    closing everybody may also change a position; that is not counted here. `is_exact` is False where a roll on which
    many silent organisations differ in weight or column was not looked through to the end: then `possible`
    may hold outcomes that cannot be reached, and never lacks one.

    `needed` says what stands between now and an adopted outcome that is not held; empty when nothing does.
    Each line is exact on its own, with everything else staying as it is: with one vote less it would not do.
    `waiting_for` holds the ids of the eligible organisations that have not answered, in the order of the
    roll. `now` is the outcome if the round ended now. `certain` holds the winners of a ballot, in codes, once every
    outcome that can still be reached has the same.
    """

    possible: frozenset[Possibility]
    is_exact: bool
    needed: tuple[Line, ...]
    waiting_for: tuple[str, ...]
    now: Outcome
    certain: tuple[str, ...] = ()


def outlook(
    rule: DecisionRule,
    roll: Roll,
    positions: Iterable[Position],
    *,
    repeat: bool = False,
    most_ways: int = MOST_WAYS,
) -> Outlook:
    """How a round stands under its rule; arguments as of `decide`.

    A rule for either kind of item is taken as both: narrow it first with `asked_as`. `most_ways` bounds the
    work for large rolls.
    """
    judge = Judge(rule, repeat=repeat)
    counted = tally(roll, positions, rule)
    numbers = sheet(counted, rule.named_organisations)
    now = outcome_of(judge, counted, numbers)
    certain: tuple[str, ...] = ()
    reached: Reach | Prospects
    if rule.ballot is not None:
        reached = prospects(judge, counted, numbers, most_ways=min(most_ways, MOST_BALLOTS))
        certain = tuple(rule.ballot.options[each] for each in reached.certain)
    else:
        reached = reach(judge, counted, numbers, most_ways=most_ways)
    return Outlook(
        possible=reached.possible,
        is_exact=reached.is_exact,
        needed=() if now.is_adopted else tuple(_needed(judge, counted, numbers, now)),
        waiting_for=now.silent,
        now=now,
        certain=certain,
    )


def _needed(judge: Judge, counted: Tally, numbers: Sheet, now: Outcome) -> Iterator[Line]:
    if now.reason is Reason.NO_ELIGIBLE:
        yield Line("needed.eligible", {})
        return
    lines = [*_obstacles(judge, counted, numbers), *_reached(judge.rule, counted)]
    if judge.quorum is not None:
        for part in quorum_checks(judge.quorum, judge.sides, numbers):
            if not part.holds:
                lines.append(_quorum(part, judge, counted, numbers))
    if judge.rule.ballot is not None:
        lines += needed_ballots(judge.rule, judge.rule.ballot, counted)
    else:
        lines += _support(judge, counted, numbers)
    if not lines:
        lines.append(Line("needed.answer", {}))
    yield from lines


# --- who stands in the way ----------------------------------------------------------------------------------


def _obstacles(judge: Judge, counted: Tally, numbers: Sheet) -> Iterator[Line]:
    blocking = _blocking_piles(judge, numbers)
    for seat, pile in counted.places:
        position = counted.positions.get(seat.organisation)
        if position is not None and pile in blocking:
            yield Line(f"needed.{_obstacle(position, judge.rule)}", {"organisation": name(seat)})
    for seat in counted.held_by:
        reservation = counted.positions[seat.organisation].reservation
        until = reservation.until if reservation is not None else None
        yield Line("needed.reservation", {"organisation": name(seat), "until": until or ""})


def _blocking_piles(judge: Judge, numbers: Sheet) -> tuple[Pile, ...]:
    objections = judge.rule.objections
    if objections is Objections.COUNTED:
        return ()
    if objections is not Objections.BLOCK_UNTIL_ANSWERED or judge.answered_block(numbers):
        return (Pile.AGAINST, Pile.ANSWERED)
    return (Pile.AGAINST,)


def _obstacle(position: Position, rule: DecisionRule) -> str:
    if position.stance is Stance.AGREE_IF:
        match position.answer:
            case Answer.MET:
                return "condition.met"
            case Answer.REFUSED:
                return "condition.refused"
            case Answer.ADDRESSED | None:
                return "condition.open"
    if position.answer is Answer.ADDRESSED:
        return "objection.answered"
    return "objection.unanswered" if rule.objections is Objections.BLOCK_UNTIL_ANSWERED else "objection.open"


def _reached(rule: DecisionRule, counted: Tally) -> Iterator[Line]:
    if rule.silence is not SilencePolicy.NOT_COUNTED:
        for seat in counted.seats(Pile.SILENT):
            if not seat.reached:
                yield Line("needed.reached", {"organisation": name(seat)})


# --- the quorum ---------------------------------------------------------------------------------------------


def _quorum(part: QuorumCheck, judge: Judge, counted: Tally, numbers: Sheet) -> Line:
    present = judge.sides.present
    absent = Pile.SILENT not in present
    no_quorum = _support_line(_change(Line("needed.quorum", {})))
    if part.limit is None:
        return Line("needed.quorum.required", {"organisation": short(part.name, counted)})
    if part.basis is QuorumBasis.COLUMNS:
        waiting = tuple(
            column
            for column, row in zip(numbers.columns, numbers.heads, strict=True)
            if not amount(row, present) and row[Pile.SILENT]
        )
        count = _whole(part.limit, part.base, exceed=False) - part.have
        if count > len(waiting):
            return no_quorum
        return Line("needed.quorum.columns", {"count": count, "columns": waiting})
    silent = (numbers.all_weights if part.basis is QuorumBasis.WEIGHT else numbers.all_heads)[Pile.SILENT]
    coming = silent if absent else 0
    if part.basis is QuorumBasis.WEIGHT:
        limit = part.limit.value * (part.base if part.limit.is_share else numbers.scale)
        if limit - part.have > coming or part.base == 0:
            return no_quorum
        return Line("needed.quorum.weight", {"weight": shown((limit - part.have) / numbers.scale)})
    count = _whole(part.limit, part.base, exceed=part.exceed) - part.have
    if count > coming:
        return no_quorum
    return Line("needed.quorum.organisations", {"count": count})


def _whole(limit: Amount, base: int, *, exceed: bool) -> int:
    """The least whole number that meets the limit."""
    exact = limit.value * base if limit.is_share else limit.value
    return math.floor(exact) + 1 if exceed else math.ceil(exact)


# --- the rule -----------------------------------------------------------------------------------------------


def _support(judge: Judge, counted: Tally, numbers: Sheet) -> Iterator[Line]:
    rule, on = judge.rule, judge.sides
    blocks = rule.objections is not Objections.COUNTED
    for condition in rule.criteria:
        if blocks and condition == NO_OBJECTION:
            continue  # those who object are named
        tested = test(condition, on, numbers)
        if not tested.holds:
            yield from _condition(tested, rule, on, numbers)
    for each in rule.required:
        pile = numbers.named.get(each.casefold())
        if pile not in on.parts[Part.FOR] and pile is not Pile.RECUSED:
            yield Line("needed.required", {"organisation": short(each, counted)})


def _condition(tested: Test, rule: DecisionRule, on: Sides, numbers: Sheet) -> Iterator[Line]:
    """What a condition lacks. Of alternatives only those that silent organisations can bring about."""
    if not isinstance(tested.condition, AnyOf):
        for check in tested.results[0].checks:
            if not check.holds:
                lacks = _missing(check, rule, on, numbers)
                yield _support_line(lacks or _change(requirement(check.criterion, rule, check.column)))
        return
    ways = []
    for result in tested.results:
        lacking = [_missing(check, rule, on, numbers) for check in result.checks if not check.holds]
        parts = tuple(each for each in lacking if each is not None)
        if len(parts) == len(lacking):
            ways.append(Line("needed.all-of", {"parts": parts}))
    if not ways:
        yield _support_line(_change(requirement(tested.condition, rule)))
        return
    yield _support_line(reduce(lambda one, other: Line("needed.or", {"first": one, "second": other}), ways))


def _missing(check: Check, rule: DecisionRule, on: Sides, numbers: Sheet) -> Line | None:
    """How many silent organisations, or how much weight, must still be for; None if all will not do."""
    criterion = check.criterion
    weighed = criterion.measure is Measure.WEIGHT
    row = numbers.row(check.column, weighed=weighed)
    share, whole = criterion.limit.numerator, criterion.limit.denominator
    scale = numbers.scale if weighed else 1
    of, base = on.parts[criterion.of], on.bases[criterion.base] if criterion.base is not None else ()
    limit = share * check.base if criterion.base is not None else share * scale
    sign = 1 if criterion.comparison.is_lower else -1
    # Each silent organisation that becomes for closes the gap by `gain`, or by that for each unit of weight.
    gap = sign * (limit - whole * check.have)
    gain = sign * sum(
        direction * (whole * (pile in of) - share * (pile in base))
        for pile, direction in ((Pile.FOR, 1), (Pile.SILENT, -1))
    )
    passes_line = criterion.comparison in (Comparison.MORE_THAN, Comparison.LESS_THAN)
    amount_ = Fraction(max(gap, 0), gain) if gain > 0 else None
    values: dict[str, Value] = {"column": check.column}
    if amount_ is not None and not weighed:
        count = max(math.floor(amount_) + 1 if passes_line else math.ceil(amount_), 1)
        if count <= row[Pile.SILENT]:
            key = "participating" if criterion.of is Part.PARTICIPATING else f"for.{family(rule)}"
            return Line(f"needed.{key}", {**values, "count": count})
    elif amount_ is not None:
        passes = passes_line or amount_ == 0
        if amount_ < row[Pile.SILENT] or (amount_ == row[Pile.SILENT] and not passes):
            key = "more-than" if passes else "at-least"
            return Line(f"needed.weight.{key}", {**values, "weight": shown(amount_ / scale)})
    return None


def _change(what: Line) -> Line:
    """No silent organisation can bring this about: somebody must change a position."""
    return Line("needed.change", {"what": what})


def _support_line(what: Line) -> Line:
    return Line("needed.support", {"what": what})
