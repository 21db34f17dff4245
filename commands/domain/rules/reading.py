"""Reading values from the tables of a rule: words, names, lists and exact numbers, each with what is wrong about it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeVar

from commands.domain.values import Code, Line, Value

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
    ONLY_FOR_DATES = "only-for-dates"
    WHOLE_NUMBER = "whole-number"
    RATIO = "ratio"
    INSTANT = "instant"
    AS_MANY = "as-many"


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


def problem(key: str, value: object, remedy: Remedy, choices: Iterable[str] = (), suggestion: str = "") -> RuleProblem:
    """The problem; its sentence may use the `choices` there are, and the nearest one as `suggestion`."""
    shown = "true" if value is True else "false" if value is False else str(value)
    values: dict[str, Value] = {
        "suggestion": Code(suggestion),
        "choices": tuple(Code(each) for each in choices),
    }
    return RuleProblem(key, shown, Line(f"rule-problem.{remedy.value}", values))


def read_number(value: object, key: str) -> Fraction:
    """An exact number from an integer or a string such as "2/3" or "18.49"; raises `RuleProblem`."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST:
        return Fraction(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return Fraction(value.strip())
    raise problem(key, value, Remedy.EXACT_NUMBER)


def read_whole(table: Mapping[str, object], name: str, key: str, *, least: int, default: int) -> int:
    """A whole number of at least `least`; raises `RuleProblem`."""
    value = table.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value < _MOST:
        raise problem(path(key, name), value, Remedy.WHOLE_NUMBER, (str(least),))
    return value


def read_word(
    table: Mapping[str, object],
    name: str,
    key: str,
    words: type[_Word],
    default: _Word | None,
    absent: Remedy = Remedy.MISSING_KEY,
) -> _Word:
    """A word of an enumeration, without case; None as `default` means that it may not be missing."""
    choices = tuple(each.value for each in words)
    if name not in table:
        if default is None:
            raise problem(path(key, name), "", absent, choices)
        return default
    value = table[name]
    folded = value.casefold() if isinstance(value, str) else ""
    for each in words:
        if each.value == folded:
            return each
    raise problem(path(key, name), value, Remedy.ONE_OF, choices, nearest(folded, choices))


def read_text(table: Mapping[str, object], name: str, key: str, default: str | None) -> str:
    """A text that says something; None as `default` means that it may not be missing."""
    if name not in table:
        if default is None:
            raise problem(path(key, name), "", Remedy.MISSING_KEY)
        return default
    value = table[name]
    if not isinstance(value, str) or not (value.strip() or default == value):
        raise problem(path(key, name), value, Remedy.TEXT)
    return value


def read_names(table: Mapping[str, object], name: str, key: str) -> tuple[str, ...]:
    """A list of texts, none of them twice."""
    names: list[str] = []
    for place, value in enumerate(read_list(table, name, key), 1):
        where = f"{path(key, name)}[{place}]"
        if not isinstance(value, str) or not value.strip():
            raise problem(where, value, Remedy.TEXT)
        if value.casefold() in (each.casefold() for each in names):
            raise problem(where, value, Remedy.TWICE)
        names.append(value)
    return tuple(names)


def read_truth(table: Mapping[str, object], name: str, key: str, *, default: bool) -> bool:
    """True or false."""
    value = table.get(name, default)
    if not isinstance(value, bool):
        raise problem(path(key, name), value, Remedy.TRUTH_VALUE)
    return value


def read_list(table: Mapping[str, object], name: str, key: str) -> list[object]:
    """A list, empty where it is missing."""
    value = table.get(name, [])
    if not isinstance(value, list):
        raise problem(path(key, name), value, Remedy.LIST)
    return value


def read_table(value: object, key: str) -> Mapping[str, object]:
    """A table."""
    if not isinstance(value, Mapping):
        raise problem(key, value, Remedy.TABLE)
    return value


def only(table: Mapping[str, object], keys: tuple[str, ...], key: str) -> None:
    """Refuse any key but these."""
    for name in table:
        if name not in keys:
            raise problem(path(key, name), name, Remedy.UNKNOWN_KEY, keys, nearest(name, keys))


def nearest(word: str, words: Iterable[str]) -> str:
    """The word that looks most like this one; empty where none does."""
    return next(iter(difflib.get_close_matches(word, list(words), n=1)), "")


def path(key: str, name: str) -> str:
    """The path of a name within a table."""
    return f"{key}.{name}" if key else name
