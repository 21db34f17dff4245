"""Rules and quorums from data and back: what a board file says, and what a log or an export keeps.

The same keys both ways, so that `read_rule(rule.id, rule_as_data(rule))` is the rule again. Shares and
numbers are exact: integers, or strings such as "2/3" and "0.65"; a floating-point number is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Final

from commands.domain.ledger import Plain
from commands.domain.rules import BALLOT_RULES, RULES
from commands.domain.rules.ballots.data import balloting_as_data, read_balloting
from commands.domain.rules.base import (
    EACH,
    NO_OBJECTION,
    Amount,
    Answers,
    AnyOf,
    Balloting,
    Base,
    Comparison,
    Condition,
    Criterion,
    DecisionRule,
    Measure,
    Method,
    Objections,
    OnRepeat,
    Part,
    Quorum,
    SilencePolicy,
    TiePolicy,
    Unreasoned,
)
from commands.domain.rules.reading import (
    Remedy,
    only,
    path,
    problem,
    read_list,
    read_names,
    read_table,
    read_text,
    read_truth,
    read_word,
)
from commands.domain.rules.reading import RuleProblem as RuleProblem
from commands.domain.rules.reading import read_number as read_number

_RULE_KEYS: Final = (
    "title",
    "answers",
    "criteria",
    "required",
    "quorum",
    "silence",
    "tie",
    "unreasoned_against",
    "objections",
)
_BALLOT_RULE_KEYS: Final = ("title", "answers", "required", "quorum", "silence")
_CRITERION_KEYS: Final = ("of", "base", "measure", "column", *(each.value for each in Comparison))
_QUORUM_KEYS: Final = (
    "organisations",
    "organisations_more_than",
    "weight",
    "columns",
    "required",
    "abstentions_count",
    "on_repeat",
)


def read_rule(name: str, data: Mapping[str, object]) -> DecisionRule:
    """The rule with this id from the keys of its table; raises `RuleProblem` at the first thing that is
    wrong.

    `objections` may be left out: a consent rule with the criterion `{ of = "against", maximum = 0 }` blocks
    on an objection, any other counts it.
    """
    answers = read_word(data, "answers", "", Answers, default=None)
    if answers is Answers.BALLOT:
        return _ballot_rule(name, data)
    only(data, _RULE_KEYS, "")
    title = read_text(data, "title", "", default="" if name in RULES else None)
    criteria = tuple(
        _condition(each, f"criteria[{place}]") for place, each in enumerate(read_list(data, "criteria", ""), 1)
    )
    required = read_names(data, "required", "")
    if not criteria and not required:
        raise problem("criteria", "", Remedy.NO_CRITERIA)
    quorum = data.get("quorum")
    silence = read_word(data, "silence", "", SilencePolicy, SilencePolicy.NOT_COUNTED)
    blocks = answers is Answers.CONSENT and NO_OBJECTION in criteria
    objections = read_word(data, "objections", "", Objections, Objections.BLOCK if blocks else Objections.COUNTED)
    if objections is not Objections.COUNTED and not blocks:
        raise problem("objections", objections.value, Remedy.NEEDS_NO_OBJECTION)
    if objections is Objections.BREAK_SILENCE and silence is not SilencePolicy.CONSENT:
        raise problem("silence", silence.value, Remedy.NEEDS_CONSENT)
    return DecisionRule(
        id=name,
        title=title,
        answers=answers,
        criteria=criteria,
        required=required,
        quorum=None if quorum is None else read_quorum(quorum, "quorum"),
        silence=silence,
        tie=read_word(data, "tie", "", TiePolicy, TiePolicy.REJECTED),
        unreasoned_against=read_word(data, "unreasoned_against", "", Unreasoned, Unreasoned.COUNTED),
        objections=objections,
    )


def _ballot_rule(name: str, data: Mapping[str, object]) -> DecisionRule:
    ballot = read_balloting({key: value for key, value in data.items() if key not in _BALLOT_RULE_KEYS})
    silence = read_word(data, "silence", "", SilencePolicy, SilencePolicy.NOT_COUNTED)
    if silence not in (SilencePolicy.NOT_COUNTED, SilencePolicy.ABSTAIN):
        choices = (SilencePolicy.NOT_COUNTED.value, SilencePolicy.ABSTAIN.value)
        raise problem("silence", silence.value, Remedy.ONE_OF, choices)
    required = read_names(data, "required", "")
    if required and ballot.method is not Method.DATE:
        raise problem("required", ", ".join(required), Remedy.ONLY_FOR_DATES)
    quorum = data.get("quorum")
    return DecisionRule(
        id=name,
        title=read_text(data, "title", "", default="" if name in BALLOT_RULES else None),
        answers=Answers.BALLOT,
        criteria=(),
        required=required,
        quorum=None if quorum is None else read_quorum(quorum, "quorum"),
        silence=silence,
        ballot=ballot,
    )


def read_quorum(data: object, key: str = "") -> Quorum:
    """A quorum from its table, as a rule or a board has it; raises `RuleProblem`. `key` is the path to it
    within a rule.

    A string below one, or a fraction of exactly one ("1/1"), is a share; everything else is a number.
    """
    table = read_table(data, key)
    only(table, _QUORUM_KEYS, key)
    quorum = Quorum(
        organisations=_amount(table, "organisations", key),
        organisations_more_than=_amount(table, "organisations_more_than", key),
        weight=_amount(table, "weight", key),
        columns=_amount(table, "columns", key),
        required=read_names(table, "required", key),
        abstentions_count=read_truth(table, "abstentions_count", key, default=True),
        on_repeat=read_word(table, "on_repeat", key, OnRepeat, OnRepeat.SAME),
    )
    amounts = (quorum.organisations, quorum.organisations_more_than, quorum.weight, quorum.columns)
    if not any(amounts) and not quorum.required:
        raise problem(key, "", Remedy.EMPTY_QUORUM, _QUORUM_KEYS[:5])
    return quorum


def rule_as_data(rule: DecisionRule) -> dict[str, Plain]:
    """Everything of a rule but its id, in one canonical way: equal rules give equal data, every key is there.

    Only the quorum is left out where there is none. The rule of a ballot has the keys of its method in place of
    criteria.
    """
    if rule.ballot is not None:
        return _ballot_rule_as_data(rule, rule.ballot)
    data: dict[str, Plain] = {
        "title": rule.title,
        "answers": rule.answers.value,
        "criteria": [_condition_as_data(each) for each in rule.criteria],
        "required": list(rule.required),
        "silence": rule.silence.value,
        "tie": rule.tie.value,
        "unreasoned_against": rule.unreasoned_against.value,
        "objections": rule.objections.value,
    }
    if rule.quorum is not None:
        data["quorum"] = quorum_as_data(rule.quorum)
    return data


def _ballot_rule_as_data(rule: DecisionRule, ballot: Balloting) -> dict[str, Plain]:
    data: dict[str, Plain] = {
        "title": rule.title,
        "answers": rule.answers.value,
        "required": list(rule.required),
        "silence": rule.silence.value,
        **balloting_as_data(ballot),
    }
    if rule.quorum is not None:
        data["quorum"] = quorum_as_data(rule.quorum)
    return data


def quorum_as_data(quorum: Quorum) -> dict[str, Plain]:
    """A quorum in one canonical way; what it does not ask is left out."""
    data: dict[str, Plain] = {
        "required": list(quorum.required),
        "abstentions_count": quorum.abstentions_count,
        "on_repeat": quorum.on_repeat.value,
    }
    for key, amount in (
        ("organisations", quorum.organisations),
        ("organisations_more_than", quorum.organisations_more_than),
        ("weight", quorum.weight),
        ("columns", quorum.columns),
    ):
        if amount is not None:
            value = amount.value
            data[key] = f"{value.numerator}/{value.denominator}" if amount.is_share else _number_as_data(value)
    return data


# --- reading ------------------------------------------------------------------------------------------------


def _condition(data: object, key: str) -> Condition:
    table = read_table(data, key)
    if "any_of" not in table:
        return _criterion(table, key)
    only(table, ("any_of",), key)
    alternatives = tuple(
        _criterion(read_table(each, f"{key}.any_of[{place}]"), f"{key}.any_of[{place}]")
        for place, each in enumerate(read_list(table, "any_of", key), 1)
    )
    if not alternatives:
        raise problem(f"{key}.any_of", "", Remedy.NO_ALTERNATIVES)
    return AnyOf(alternatives)


def _criterion(table: Mapping[str, object], key: str) -> Criterion:
    only(table, _CRITERION_KEYS, key)
    of = read_word(table, "of", key, Part, default=None)
    measure = read_word(table, "measure", key, Measure, Measure.ORGANISATIONS)
    column = read_text(table, "column", key, default="")
    given = [each for each in Comparison if each.value in table]
    if len(given) != 1:
        names = ", ".join(each.value for each in given)
        raise problem(key, names, Remedy.ONE_COMPARISON, (each.value for each in Comparison))
    comparison = given[0]
    where = path(key, comparison.value)
    limit = read_number(table[comparison.value], where)
    base = None
    if comparison.is_share:
        base = read_word(table, "base", key, Base, default=None, absent=Remedy.NEEDS_BASE)
        if limit > 1:
            raise problem(where, table[comparison.value], Remedy.SHARE)
        if (comparison is Comparison.MORE_THAN and limit == 1) or (comparison is Comparison.LESS_THAN and limit == 0):
            raise problem(where, table[comparison.value], Remedy.REACHABLE_SHARE)
    elif "base" in table:
        raise problem(path(key, "base"), table["base"], Remedy.NO_BASE)
    if column.casefold() == EACH:
        column = EACH
    return Criterion(of, comparison, limit, base, measure, column)


def _amount(table: Mapping[str, object], name: str, key: str) -> Amount | None:
    if name not in table:
        return None
    value = read_number(table[name], path(key, name))
    written = table[name]
    is_share = isinstance(written, str) and (value < 1 or (value == 1 and "/" in written))
    return Amount(value, is_share)


# --- writing ------------------------------------------------------------------------------------------------


def _condition_as_data(condition: Condition) -> dict[str, Plain]:
    if isinstance(condition, AnyOf):
        return {"any_of": [_criterion_as_data(each) for each in condition.alternatives]}
    return _criterion_as_data(condition)


def _criterion_as_data(criterion: Criterion) -> dict[str, Plain]:
    write: Callable[[Fraction], Plain] = str if criterion.comparison.is_share else _number_as_data
    data: dict[str, Plain] = {"of": criterion.of.value, "measure": criterion.measure.value}
    if criterion.base is not None:
        data["base"] = criterion.base.value
    if criterion.column:
        data["column"] = criterion.column
    data[criterion.comparison.value] = write(criterion.limit)
    return data


def _number_as_data(value: Fraction) -> Plain:
    return value.numerator if value.denominator == 1 else str(value)
