"""The arithmetic of a decision, line by line, with every number that was held against a limit."""

from __future__ import annotations

import math
from fractions import Fraction

from commands.domain.outcome import Outcome, Reason
from commands.domain.roll import Seat
from commands.domain.rules.base import AnyOf, Comparison, DecisionRule, Measure, SilencePolicy
from commands.domain.rules.checks import Check, QuorumBasis, QuorumCheck, Test
from commands.domain.rules.describe import family, needed, requirement, shown
from commands.domain.rules.judge import Judge, Verdict
from commands.domain.rules.sheet import Sheet
from commands.domain.tally import Pile, Tally
from commands.domain.values import Line, Value


def explain(judge: Judge, tally: Tally, sheet: Sheet, verdict: Verdict, outcome: Outcome) -> tuple[Line, ...]:
    """The counts, the steps as far as they were taken, and the outcome."""
    rule = judge.rule
    lines = [_counts(tally, rule)]
    if sheet.all_heads[Pile.SILENT]:
        lines.append(Line(f"describe.silence.{rule.silence.value}", {}))
    lines += _named("explain.unreasoned", tally.seats(Pile.UNREASONED))
    lines += _named("explain.answered", tally.seats(Pile.ANSWERED))
    if outcome.reason is Reason.NOT_REACHED:
        lines += _named("explain.not-reached", tuple(each for each in tally.seats(Pile.SILENT) if not each.reached))
    if rule.quorum is not None and judge.quorum is None:
        lines.append(Line("explain.quorum.none-on-repeat", {}))
    lines += [quorum_line(each, sheet, tally) for each in verdict.quorum]
    if verdict.whole_column:
        lines.append(Line("explain.whole-column", {}))
    for test in verdict.tests:
        lines += _test(test, rule, sheet)
    if verdict.came_to_the_rule:
        lines += _required(rule, tally, verdict)
    if verdict.tied:
        lines += _tie(judge, verdict)
    if rule.silence is SilencePolicy.CONSENT and outcome.is_adopted:
        if not any(sheet.all_heads[pile] for pile in Pile if pile not in (Pile.SILENT, Pile.RECUSED)):
            lines.append(Line("explain.nobody-answered", {}))
        elif not sheet.all_heads[Pile.FOR]:
            lines.append(Line("explain.nobody-for", {}))
    if outcome.reason is Reason.OBJECTION or outcome.reason is Reason.SILENCE_BROKEN:
        lines += _named("explain.objecting", tally.seats(Pile.AGAINST, Pile.ANSWERED))
    if outcome.is_adopted or outcome.held_by:
        lines += _named("explain.noted", tally.noted)
        lines += _named("explain.held-by", tally.held_by if outcome.held_by else ())
    lines.append(Line("explain.outcome", {"code": outcome.code, "reason": outcome.reason or ""}))
    return tuple(lines)


def quorum_line(check: QuorumCheck, sheet: Sheet, tally: Tally) -> Line:
    """One part of the quorum with its numbers."""
    verdict = _verdict(holds=check.holds)
    if check.limit is None:
        state = "excused" if check.excused else "met" if check.holds else "not-met"
        return Line(f"explain.quorum.required.{state}", {"organisation": short(check.name, tally)})
    scale = sheet.scale if check.basis is QuorumBasis.WEIGHT else 1
    return Line(
        f"explain.quorum.{check.basis.value}",
        {
            "have": shown(Fraction(check.have, scale)),
            "base": shown(Fraction(check.base, scale)),
            "needed": needed(check.limit, exceed=check.exceed),
            "verdict": verdict,
        },
    )


def short(organisation: str, tally: Tally) -> str:
    """The short name of an organisation that a rule names; the id where it is not on the roll."""
    folded = organisation.casefold()
    return next((name(seat) for seat, _ in tally.places if seat.organisation.casefold() == folded), organisation)


def name(seat: Seat) -> str:
    """The name of an organisation within a sentence."""
    return seat.short or seat.name or seat.organisation


def _counts(tally: Tally, rule: DecisionRule) -> Line:
    counts = tally.counts
    return Line(
        f"explain.counts.{family(rule)}",
        {
            "for": counts.for_,
            "against": counts.against,
            "abstain": counts.abstain,
            "silent": counts.silent,
            "recused": counts.recused,
            "eligible": counts.eligible,
        },
    )


def _test(test: Test, rule: DecisionRule, sheet: Sheet) -> list[Line]:
    if not isinstance(test.condition, AnyOf):
        return [_check(each, rule, sheet) for each in test.results[0].checks]
    lines = [Line("explain.any-of", {"verdict": _verdict(holds=test.holds, tied=test.tied)})]
    return lines + [_check(each, rule, sheet) for result in test.results for each in result.checks]


def _check(check: Check, rule: DecisionRule, sheet: Sheet) -> Line:
    criterion = check.criterion
    weighed = criterion.measure is Measure.WEIGHT
    scale = sheet.scale if weighed else 1
    values: dict[str, Value] = {
        "requirement": requirement(criterion, rule, check.column),
        "have": shown(Fraction(check.have, scale)),
        "verdict": _verdict(holds=check.holds, tied=check.tied),
    }
    if criterion.base is None:
        return Line("explain.test.number", values)
    if check.base == 0:
        return Line("explain.test.nothing", values)
    values["base"] = shown(Fraction(check.base, scale))
    values["needed"] = _limit(criterion.comparison, criterion.limit * Fraction(check.base, scale), weighed=weighed)
    return Line("explain.test.share", values)


def _limit(comparison: Comparison, exact: Fraction, *, weighed: bool) -> Line:
    """The limit in numbers; for heads the whole number that it comes down to."""
    if weighed:
        return Line(f"limit.{comparison.value.replace('_', '-')}.number", {"limit": shown(exact)})
    match comparison:
        case Comparison.AT_LEAST | Comparison.MINIMUM:
            return Line("limit.at-least.number", {"limit": math.ceil(exact)})
        case Comparison.MORE_THAN:
            return Line("limit.at-least.number", {"limit": math.floor(exact) + 1})
        case Comparison.AT_MOST | Comparison.MAXIMUM:
            return Line("limit.at-most.number", {"limit": math.floor(exact)})
        case Comparison.LESS_THAN:
            return Line("limit.less-than.number", {"limit": shown(exact)})


def _required(rule: DecisionRule, tally: Tally, verdict: Verdict) -> list[Line]:
    piles = {seat.organisation.casefold(): pile for seat, pile in tally.places}
    lines = []
    for each in rule.required:
        excused = piles.get(each.casefold()) is Pile.RECUSED
        state = "excused" if excused else "not-met" if each in verdict.unmet else "met"
        lines.append(Line(f"explain.required.{family(rule)}.{state}", {"organisation": short(each, tally)}))
    return lines


def _tie(judge: Judge, verdict: Verdict) -> list[Line]:
    lines = [Line(f"describe.tie.{judge.rule.tie.value}", {})]
    if verdict.is_full:
        lines.append(Line("explain.tie.full", {}))
    if judge.repeat:
        lines.append(Line("explain.tie.repeat", {}))
    return lines


def _named(key: str, seats: tuple[Seat, ...]) -> list[Line]:
    return [Line(key, {"organisations": tuple(name(each) for each in seats)})] if seats else []


def _verdict(*, holds: bool, tied: bool = False) -> Line:
    return Line("verdict.met" if holds else "verdict.tied" if tied else "verdict.not-met", {})
