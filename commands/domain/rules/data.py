"""Rules and quorums from data and back: what a board file says, and what a log or an export keeps.

The same keys both ways, so that `read_rule(rule.id, rule_as_data(rule))` is the rule again. Shares and
numbers are exact: integers, or strings such as "2/3" and "0.65"; a floating-point number is refused.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeVar

from commands.domain.ledger import Plain
from commands.domain.rules import RULES
from commands.domain.rules.base import (
    EACH,
    NO_OBJECTION,
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
    SilencePolicy,
    TiePolicy,
    Unreasoned,
)
from commands.domain.values import Code, Line, Value

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

_NUMBER: Final = re.compile(r"\d{1,18}(?:/[1-9]\d{0,17}|\.\d{1,18})?", re.ASCII)
_MOST: Final = 10**18

_Word = TypeVar("_Word", bound=StrEnum)


class Remedy(StrEnum):
    """What to do about a problem in a rule."""

    UNKNOWN_KEY = "unknown-key"
    MISSING_KEY = "missing-key"
    ONE_OF = "one-of"
    ONE_COMPARISON = "one-comparison"
    TABLE = "table"
    LIST = "list"
    TEXT = "text"
    TRUTH_VALUE = "truth-value"
    EXACT_NUMBER = "exact-number"
    SHARE = "share"
    REACHABLE_SHARE = "reachable-share"
    NEEDS_BASE = "needs-base"
    NO_BASE = "no-base"
    NO_CRITERIA = "no-criteria"
    NO_ALTERNATIVES = "no-alternatives"
    EMPTY_QUORUM = "empty-quorum"
    NEEDS_NO_OBJECTION = "needs-no-objection"
    NEEDS_CONSENT = "needs-consent"
    TWICE = "twice"


@dataclass(eq=False)  # not frozen: Python sets __traceback__ on exceptions
class RuleProblem(Exception):
    """A rule or quorum that cannot be read: where, what stands there, and the sentence that says what to do
    about it.

    `key` is the path within the table that was read, such as `criteria[2].at_least`, counted from 1; empty
    for the table itself. `value` is what stands there, as text.
    """

    key: str
    value: str
    remedy: Line

    def __str__(self) -> str:
        return f"{self.key}: {self.value}: {self.remedy.key}"


def _problem(key: str, value: object, remedy: Remedy, choices: Iterable[str] = (), suggestion: str = "") -> RuleProblem:
    """The problem; its sentence may use the `choices` there are, and the nearest one as `suggestion`."""
    shown = "true" if value is True else "false" if value is False else str(value)
    values: dict[str, Value] = {
        "suggestion": Code(suggestion),
        "choices": tuple(Code(each) for each in choices),
    }
    return RuleProblem(key, shown, Line(f"rule-problem.{remedy.value}", values))


def read_rule(name: str, data: Mapping[str, object]) -> DecisionRule:
    """The rule with this id from the keys of its table; raises `RuleProblem` at the first thing that is
    wrong.

    `objections` may be left out: a consent rule with the criterion `{ of = "against", maximum = 0 }` blocks
    on an objection, any other counts it.
    """
    _only(data, _RULE_KEYS, "")
    title = _text(data, "title", "", default="" if name in RULES else None)
    answers = _word(data, "answers", "", Answers, default=None)
    criteria = tuple(
        _condition(each, f"criteria[{place}]") for place, each in enumerate(_list(data, "criteria", ""), 1)
    )
    required = _names(data, "required", "")
    if not criteria and not required:
        raise _problem("criteria", "", Remedy.NO_CRITERIA)
    quorum = data.get("quorum")
    silence = _word(data, "silence", "", SilencePolicy, SilencePolicy.NOT_COUNTED)
    blocks = answers is Answers.CONSENT and NO_OBJECTION in criteria
    objections = _word(data, "objections", "", Objections, Objections.BLOCK if blocks else Objections.COUNTED)
    if objections is not Objections.COUNTED and not blocks:
        raise _problem("objections", objections.value, Remedy.NEEDS_NO_OBJECTION)
    if objections is Objections.BREAK_SILENCE and silence is not SilencePolicy.CONSENT:
        raise _problem("silence", silence.value, Remedy.NEEDS_CONSENT)
    return DecisionRule(
        id=name,
        title=title,
        answers=answers,
        criteria=criteria,
        required=required,
        quorum=None if quorum is None else read_quorum(quorum, "quorum"),
        silence=silence,
        tie=_word(data, "tie", "", TiePolicy, TiePolicy.REJECTED),
        unreasoned_against=_word(data, "unreasoned_against", "", Unreasoned, Unreasoned.COUNTED),
        objections=objections,
    )


def read_quorum(data: object, key: str = "") -> Quorum:
    """A quorum from its table, as a rule or a board has it; raises `RuleProblem`. `key` is the path to it
    within a rule.

    A string below one, or a fraction of exactly one ("1/1"), is a share; everything else is a number.
    """
    table = _table(data, key)
    _only(table, _QUORUM_KEYS, key)
    quorum = Quorum(
        organisations=_amount(table, "organisations", key),
        organisations_more_than=_amount(table, "organisations_more_than", key),
        weight=_amount(table, "weight", key),
        columns=_amount(table, "columns", key),
        required=_names(table, "required", key),
        abstentions_count=_truth(table, "abstentions_count", key, default=True),
        on_repeat=_word(table, "on_repeat", key, OnRepeat, OnRepeat.SAME),
    )
    amounts = (quorum.organisations, quorum.organisations_more_than, quorum.weight, quorum.columns)
    if not any(amounts) and not quorum.required:
        raise _problem(key, "", Remedy.EMPTY_QUORUM, _QUORUM_KEYS[:5])
    return quorum


def rule_as_data(rule: DecisionRule) -> dict[str, Plain]:
    """Everything of a rule but its id, in one canonical way: equal rules give equal data, every key is there.

    Only the quorum is left out where there is none.
    """
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
    table = _table(data, key)
    if "any_of" not in table:
        return _criterion(table, key)
    _only(table, ("any_of",), key)
    alternatives = tuple(
        _criterion(_table(each, f"{key}.any_of[{place}]"), f"{key}.any_of[{place}]")
        for place, each in enumerate(_list(table, "any_of", key), 1)
    )
    if not alternatives:
        raise _problem(f"{key}.any_of", "", Remedy.NO_ALTERNATIVES)
    return AnyOf(alternatives)


def _criterion(table: Mapping[str, object], key: str) -> Criterion:
    _only(table, _CRITERION_KEYS, key)
    of = _word(table, "of", key, Part, default=None)
    measure = _word(table, "measure", key, Measure, Measure.ORGANISATIONS)
    column = _text(table, "column", key, default="")
    given = [each for each in Comparison if each.value in table]
    if len(given) != 1:
        names = ", ".join(each.value for each in given)
        raise _problem(key, names, Remedy.ONE_COMPARISON, (each.value for each in Comparison))
    comparison = given[0]
    path = _path(key, comparison.value)
    limit = read_number(table[comparison.value], path)
    base = None
    if comparison.is_share:
        base = _word(table, "base", key, Base, default=None, absent=Remedy.NEEDS_BASE)
        if limit > 1:
            raise _problem(path, table[comparison.value], Remedy.SHARE)
        if (comparison is Comparison.MORE_THAN and limit == 1) or (comparison is Comparison.LESS_THAN and limit == 0):
            raise _problem(path, table[comparison.value], Remedy.REACHABLE_SHARE)
    elif "base" in table:
        raise _problem(_path(key, "base"), table["base"], Remedy.NO_BASE)
    if column.casefold() == EACH:
        column = EACH
    return Criterion(of, comparison, limit, base, measure, column)


def _amount(table: Mapping[str, object], name: str, key: str) -> Amount | None:
    if name not in table:
        return None
    value = read_number(table[name], _path(key, name))
    written = table[name]
    is_share = isinstance(written, str) and (value < 1 or (value == 1 and "/" in written))
    return Amount(value, is_share)


def read_number(value: object, key: str) -> Fraction:
    """An exact number from an integer or a string such as "2/3" or "18.49"; raises `RuleProblem`."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST:
        return Fraction(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return Fraction(value.strip())
    raise _problem(key, value, Remedy.EXACT_NUMBER)


def _word(
    table: Mapping[str, object],
    name: str,
    key: str,
    words: type[_Word],
    default: _Word | None,
    absent: Remedy = Remedy.MISSING_KEY,
) -> _Word:
    choices = tuple(each.value for each in words)
    if name not in table:
        if default is None:
            raise _problem(_path(key, name), "", absent, choices)
        return default
    value = table[name]
    folded = value.casefold() if isinstance(value, str) else ""
    for each in words:
        if each.value == folded:
            return each
    raise _problem(_path(key, name), value, Remedy.ONE_OF, choices, _nearest(folded, choices))


def _text(table: Mapping[str, object], name: str, key: str, default: str | None) -> str:
    if name not in table:
        if default is None:
            raise _problem(_path(key, name), "", Remedy.MISSING_KEY)
        return default
    value = table[name]
    if not isinstance(value, str) or not (value.strip() or default == value):
        raise _problem(_path(key, name), value, Remedy.TEXT)
    return value


def _names(table: Mapping[str, object], name: str, key: str) -> tuple[str, ...]:
    names: list[str] = []
    for place, value in enumerate(_list(table, name, key), 1):
        path = f"{_path(key, name)}[{place}]"
        if not isinstance(value, str) or not value.strip():
            raise _problem(path, value, Remedy.TEXT)
        if value.casefold() in (each.casefold() for each in names):
            raise _problem(path, value, Remedy.TWICE)
        names.append(value)
    return tuple(names)


def _truth(table: Mapping[str, object], name: str, key: str, *, default: bool) -> bool:
    value = table.get(name, default)
    if not isinstance(value, bool):
        raise _problem(_path(key, name), value, Remedy.TRUTH_VALUE)
    return value


def _list(table: Mapping[str, object], name: str, key: str) -> list[object]:
    value = table.get(name, [])
    if not isinstance(value, list):
        raise _problem(_path(key, name), value, Remedy.LIST)
    return value


def _table(value: object, key: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise _problem(key, value, Remedy.TABLE)
    return value


def _only(table: Mapping[str, object], keys: tuple[str, ...], key: str) -> None:
    for name in table:
        if name not in keys:
            raise _problem(_path(key, name), name, Remedy.UNKNOWN_KEY, keys, _nearest(name, keys))


def _nearest(word: str, words: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(word, list(words), n=1)), "")


def _path(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


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
