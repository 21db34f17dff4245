"""Reading the rows of a table of cases, with the row and key of what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeVar

from bot.cases import Document
from bot.problems import FileProblem
from commands.domain.rules.data import RuleProblem, read_number
from commands.domain.values import Code, Line

T = TypeVar("T")
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Row:
    """One row being read."""

    key: str
    data: Mapping[str, object]

    def get(self, key: str, kind: type[T], default: T | None = None) -> T:
        """A value of this type; what has no default may not be missing."""
        if key not in self.data:
            if default is None:
                raise FileProblem("", None, f"{self.key}.{key}", "", Line("file.missing-key", {}))
            return default
        value = self.data[key]
        if not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool):
            raise self.wrong(key, _EXAMPLES.get(kind, kind.__name__))
        return value

    def texts(self, key: str) -> list[str]:
        """A list of texts, empty where it is missing."""
        values = self.get(key, list, [])
        if not all(isinstance(each, str) for each in values):
            raise self.wrong(key, '["…"]')
        return values

    def numbers(self, key: str) -> list[int]:
        """A list of whole numbers, empty where it is missing."""
        values = self.get(key, list, [])
        if not all(isinstance(each, int) and not isinstance(each, bool) for each in values):
            raise self.wrong(key, "[1]")
        return values

    def rows(self, key: str) -> list[Row]:
        """A list of tables."""
        found = self.get(key, list)
        return [
            Row(f"{self.key}.{key}[{index}]", mapping(f"{self.key}.{key}", each)) for index, each in enumerate(found)
        ]

    def choice(self, key: str, words: type[Word], default: Word) -> Word:
        """One of the words of an enumeration."""
        word = self.get(key, str, default.value)
        try:
            return words(word)
        except ValueError:
            choices = tuple(Code(f'"{each.value}"') for each in words)
            problem = Line("file.choice", {"choices": choices})
            raise FileProblem("", None, f"{self.key}.{key}", word, problem) from None

    def weight(self, key: str) -> Fraction:
        """An exact number, 1 where it is missing."""
        try:
            return read_number(self.data.get(key, "1"), key)
        except RuleProblem:
            raise self.wrong(key, '"1.5"') from None

    def wrong(self, key: str, example: str) -> FileProblem:
        """The problem that a value is not of the type of the example."""
        return wrong(f"{self.key}.{key}", self.data.get(key), example)


def section_rows(document: Document, section: str) -> list[object]:
    """The rows of one table of a document."""
    found = document.get(section, [])
    if not isinstance(found, list):
        raise wrong(section, found, f"[[{section}]]")
    return found


def mapping(key: str, value: object) -> Mapping[str, object]:
    """A table."""
    if not isinstance(value, dict):
        raise wrong(key, value, "{…}")
    return value


def wrong(key: str, value: object, example: str) -> FileProblem:
    """The problem that a value is not of the type of the example."""
    shown = "" if value is None else str(value)[:60]
    return FileProblem("", None, key, shown, Line("file.wrong-type", {"type": Code(example)}))


_EXAMPLES: Final[Mapping[type, str]] = {str: '"…"', int: "1", bool: "true", list: "[…]", dict: "{…}"}
