"""A rule in words: the sentences that are shown before anybody answers, built from its data alone."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce

from commands.domain.rules.ballots.words import describe_ballot
from commands.domain.rules.base import (
    EACH,
    Amount,
    Answers,
    AnyOf,
    Base,
    Comparison,
    Condition,
    Criterion,
    DecisionRule,
    Measure,
    Objections,
    OnRepeat,
    Part,
    Quorum,
    Unreasoned,
)
from commands.domain.values import Code, Line, Value

_CONSENT_PARTS = (Part.FOR, Part.AGAINST, Part.NOT_FOR)


def title(rule: DecisionRule) -> Value:
    """The name of a rule: a board's own title, or the word for a named rule."""
    return rule.title or Line(f"rule.{rule.id}", {})


def describe(rule: DecisionRule) -> tuple[Line, ...]:
    """What the rule asks, in the order in which it is evaluated: quorum, criteria, objections, silence, tie.

    Works for every rule, named or a board's own; what cannot matter is left out.
    """
    lines = [Line("describe.rule", {"title": title(rule)})]
    if rule.quorum is not None:
        lines += _quorum(rule.quorum)
    if rule.ballot is not None:
        lines += describe_ballot(rule, rule.ballot)
        lines.append(Line(f"describe.silence.{rule.silence.value}", {}))
        return tuple(lines)
    lines += [Line("describe.criterion", {"requirement": requirement(each, rule)}) for each in rule.criteria]
    lines += [Line(f"describe.required.{family(rule)}", {"organisation": each}) for each in rule.required]
    if rule.objections is not Objections.COUNTED:
        lines.append(Line(f"describe.objections.{rule.objections.value}", {}))
    lines.append(Line(f"describe.silence.{rule.silence.value}", {}))
    if rule.unreasoned_against is Unreasoned.DROPPED:
        lines.append(Line("describe.unreasoned.dropped", {}))
    if any(each.can_tie for each in rule.each_criterion):
        lines.append(Line(f"describe.tie.{rule.tie.value}", {}))
    return tuple(lines)


def requirement(condition: Condition, rule: DecisionRule, column: str | None = None) -> Line:
    """A condition as a part of a sentence; `column` takes the place of "each column"."""
    if isinstance(condition, AnyOf):
        first, *others = (requirement(each, rule) for each in condition.alternatives)
        return reduce(lambda one, other: Line("criterion.or", {"first": one, "second": other}), others, first)
    own = _on_its_own(condition, rule)
    where = condition.column if column is None else column
    if where == EACH:
        of_share = condition.comparison.is_share
        return Line(f"criterion.each-column.{'share' if of_share else 'number'}", {"requirement": own})
    return Line("criterion.in-column", {"column": where, "requirement": own}) if where else own


def shown(value: Fraction) -> Value:
    """An exact number to show: an integer, a decimal where that is exact, else a fraction."""
    if value.denominator == 1:
        return value.numerator
    places, rest = 0, value.denominator
    while rest % 10 == 0 or rest % 5 == 0 or rest % 2 == 0:
        rest //= 10 if rest % 10 == 0 else 5 if rest % 5 == 0 else 2
        places += 1
    if rest != 1:
        return value
    digits = str(value.numerator * 10**places // value.denominator).rjust(places + 1, "0")
    return Code(f"{digits[:-places]}.{digits[-places:]}")


def shown_share(share: Fraction) -> Value:
    """An exact share to show: a simple fraction as it is, else a percentage where that is whole."""
    percent = share * 100
    if share.denominator <= 10 or percent.denominator != 1:
        return share
    return Code(f"{percent.numerator} %")


def needed(limit: Amount, *, exceed: bool) -> Line:
    """The limit of a quorum as a part of a sentence."""
    kind = "share" if limit.is_share else "number"
    if limit.is_share and limit.value == 1:
        return Line("limit.all", {})
    return Line(
        f"limit.{'more-than' if exceed else 'at-least'}.{kind}",
        {"limit": shown_share(limit.value) if limit.is_share else shown(limit.value)},
    )


def family(rule: DecisionRule) -> str:
    """The family of words for this rule: those of consent, or those of a vote."""
    return "consent" if rule.answers is Answers.CONSENT else "vote"


def _on_its_own(criterion: Criterion, rule: DecisionRule) -> Line:
    values: dict[str, Value] = {"what": _what(criterion, rule)}
    comparison, limit = criterion.comparison, criterion.limit
    if criterion.base is None:
        if comparison is Comparison.MAXIMUM and limit == 0:
            return Line("criterion.none", values)
        return Line(f"criterion.{comparison.value}", {**values, "limit": shown(limit)})
    values["base"] = _base(criterion.base, criterion.measure, rule)
    if comparison is Comparison.AT_LEAST and limit == 1:
        return Line("criterion.all", values)
    if comparison is Comparison.MORE_THAN and limit == Fraction(1, 2):
        return Line("criterion.more-than-half", values)
    return Line(f"criterion.{comparison.value.replace('_', '-')}", {**values, "share": shown_share(limit)})


def _what(criterion: Criterion, rule: DecisionRule) -> Line:
    of = criterion.of
    words = f".{family(rule)}" if of in _CONSENT_PARTS else ""
    return Line(f"criterion.of.{criterion.measure.value}.{of.value}{words}", {})


def _base(base: Base, measure: Measure, rule: DecisionRule) -> Line:
    words = f".{family(rule)}" if base is Base.CAST else ""
    return Line(f"criterion.base.{measure.value}.{base.value}{words}", {})


def _quorum(quorum: Quorum) -> list[Line]:
    lines = []
    for basis, limit, exceed in (
        ("organisations", quorum.organisations, False),
        ("organisations", quorum.organisations_more_than, True),
        ("weight", quorum.weight, False),
        ("columns", quorum.columns, False),
    ):
        if limit is not None:
            lines.append(Line(f"describe.quorum.{basis}", {"needed": needed(limit, exceed=exceed)}))
    lines += [Line("describe.quorum.required", {"organisation": each}) for each in quorum.required]
    if not quorum.abstentions_count:
        lines.append(Line("describe.quorum.without-abstentions", {}))
    if quorum.on_repeat is OnRepeat.NONE:
        lines.append(Line("describe.quorum.none-on-repeat", {}))
    return lines
