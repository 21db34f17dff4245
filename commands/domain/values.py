"""The values that a reply, a refusal or a line of an explanation may carry; the edge gives them words.

A plain `str` is always somebody else's text (a name, a title, a reason): the edge neutralises it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Union

from commands.domain.number import DecisionNumber, ItemNumber


@dataclass(frozen=True, slots=True)
class Reference:
    """The full hash (64 hexadecimal characters) of a log entry; people are shown its first twelve."""

    hash: str

    def __str__(self) -> str:
        return f"{self.hash[:4]}-{self.hash[4:8]}-{self.hash[8:12]}"


@dataclass(frozen=True, slots=True)
class Code:
    """A fixed word of the program itself, such as a command line to type; shown as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence to come: the id of the sentence and what fills it."""

    key: str
    values: Mapping[str, Value]


# typing.Union, because the alias is recursive and Python 3.11 has no `type` statement.
Value = Union[  # noqa: UP007
    str,
    int,
    datetime,
    date,
    timedelta,
    Fraction,
    StrEnum,
    ItemNumber,
    DecisionNumber,
    Reference,
    Code,
    Line,
    tuple["Value", ...],
]
