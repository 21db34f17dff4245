"""Reading a table of a TOML file key by key: what is wrong is named with file, line, key, value and remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

from bot.problems import FileProblem, read_toml
from commands.domain.values import Code, Line, Value
from commands.text import suggest

T = TypeVar("T")

_HEADER: Final = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?")


@dataclass(frozen=True, slots=True)
class Source:
    """A TOML file with its text, so that a problem can name the line.

    `counted` is the header of the array whose tables are known by their number, counted from 1, such as "step".
    """

    path: str
    text: str
    counted: str = ""

    def line(self, header: str, index: int, key: str) -> int | None:
        """The line (from 1) of a key below the n-th (from 0) table with this header; of the header without such a key.

        The parts of a key with points in it are sought in the tables inside that table.
        """
        lines = self.text.splitlines()
        starts = [number for number, line in enumerate(lines) if _header(line) == header] if header else [-1]
        if index >= len(starts):
            return None
        start = starts[index]
        others = (n for n in range(start + 1, len(lines)) if _is_outside(_header(lines[n]), header))
        end = next(others, len(lines))
        path = re.split(r"[.[]", key)
        for depth in range(len(path) - 1, -1, -1):
            inner = ".".join((header, *path[:depth]))
            at = next((n for n in range(start + 1, end) if _header(lines[n]) == inner), None) if depth else start
            if at is None:
                continue
            stop = next((n for n in range(at + 1, end) if _header(lines[n]) is not None), end)
            named = re.compile(rf"\s*[\"']?{re.escape(path[depth])}[\"']?\s*[.=]")
            found = next((n for n in range(at + 1, stop) if key and named.match(lines[n])), None)
            if found is not None or depth:
                return (at if found is None else found) + 1
        return max(start, 0) + 1

    def problem(self, header: str, index: int, key: str, value: object, remedy: Line) -> FileProblem:
        """What is wrong with one key."""
        is_counted = bool(header) and header == self.counted
        path = (f"{header} {index + 1}", key) if is_counted else (header, key)
        name = (", " if is_counted else ".").join(part for part in path if part)
        shown = "" if value is None else str(value)[:60]
        return FileProblem(self.path, self.line(header, index, key), name, shown, remedy)


def _header(line: str) -> str | None:
    """The name in a line that opens a table; None for any other line."""
    match = _HEADER.fullmatch(line)
    return match[1] if match else None


def _is_outside(name: str | None, header: str) -> bool:
    """Whether a line that opens the table `name` ends the table `header`."""
    return name is not None and not (header and name.startswith(header + "."))


def open_toml(path: Path) -> tuple[dict[str, Any], Source]:
    """Read a TOML file. Raises FileProblem."""
    document, text = read_toml(path)
    return document, Source(str(path), text)


@dataclass(slots=True)
class Table:
    """One table being read; `done` refuses every key that nobody asked for."""

    source: Source
    header: str
    index: int
    data: Mapping[str, Any]
    prefix: str = ""
    _asked: set[str] = field(default_factory=set)

    def problem(self, key: str, remedy: str, **values: Value) -> FileProblem:
        """What is wrong with a key of this table; `remedy` is the id of a sentence below `file.`."""
        value = self.data.get(key)
        return self.source.problem(self.header, self.index, self.prefix + key, value, Line(f"file.{remedy}", values))

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        self._asked.add(key)
        return key in self.data

    def read(self, key: str, kind: type[T], default: T | None = None) -> T:
        """A value of one type; missing without a default is a problem."""
        if not self.has(key):
            if default is None:
                raise self.problem(key, "missing-key")
            return default
        value = self.data[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.problem(key, "wrong-type", type=Code(_TYPES.get(kind, kind.__name__)))
        if kind is str and "\0" in self.data[key]:
            raise self.problem(key, "forbidden-character")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """A text of one line or more."""
        return self.read(key, str, default)

    def filled(self, key: str) -> str:
        """A text that may not be empty."""
        value = self.text(key)
        if not value.strip():
            raise self.problem(key, "empty")
        return value

    def choice(self, key: str, kind: type[StrEnum], default: StrEnum | None = None) -> StrEnum:
        """One of the values of an enumeration."""
        return kind(self.one_of(key, [each.value for each in kind], default.value if default is not None else None))

    def one_of(self, key: str, known: Collection[str], default: str | None = None) -> str:
        """One of the words that are known here."""
        value = self.text(key, default)
        if value not in known:
            raise self.not_among(key, value, known)
        return value

    def not_among(self, key: str, value: str, known: Collection[str], remedy: str = "choice") -> FileProblem:
        """A word that is not one of those known here: the nearest one, or else `remedy`, which may name all `choices`."""
        near = suggest(value, known)
        values: dict[str, Value] = {"suggestion": Code(near), "choices": tuple(Code(each or '""') for each in known)}
        line = Line("file.choice.suggested" if near else f"file.{remedy}", values)
        return self.source.problem(self.header, self.index, self.prefix + key, value, line)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty without the key."""
        values = self.read(key, list, [])
        if not all(isinstance(each, str) for each in values):
            raise self.problem(key, "wrong-type", type=Code('["…"]'))
        return tuple(values)

    def day(self, key: str) -> date | None:
        """A day, as TOML writes one or as text; None without the key."""
        if not self.has(key):
            return None
        return self._day(key, self.data[key])

    def days(self, key: str) -> tuple[date, ...]:
        """A list of days; empty without the key."""
        return tuple(self._day(key, each) for each in self.read(key, list, []))

    def _day(self, key: str, value: object) -> date:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise self.problem(key, "wrong-type", type=Code("2027-12-31")) from None

    def table(self, key: str) -> Table | None:
        """A table inside this one; None without the key."""
        if not self.has(key):
            return None
        return Table(self.source, self.header, self.index, self.read(key, dict), f"{self.prefix}{key}.")

    def convert(self, key: str, value: str, make: Callable[[str], T], remedy: str, **values: Value) -> T:
        """A text turned into something else; ValueError becomes a problem."""
        try:
            return make(value)
        except (ValueError, KeyError, ZeroDivisionError):
            raise self.problem(key, remedy, **values) from None

    def done(self) -> None:
        """Refuse the first key that was not asked for."""
        for key in self.data:
            if key not in self._asked:
                if best := suggest(key, sorted(self._asked)):
                    raise self.problem(key, "unknown-key.suggested", suggestion=Code(best))
                raise self.problem(key, "unknown-key")


def tables(source: Source, document: Mapping[str, Any], header: str) -> tuple[Table, ...]:
    """The tables of an array `[[header]]`."""
    found = document.get(header, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise source.problem("", 0, header, None, Line("file.wrong-type", {"type": Code(f"[[{header}]]")}))
    return tuple(Table(source, header, index, each) for index, each in enumerate(found))


def only(source: Source, document: Mapping[str, Any], known: Iterable[str]) -> None:
    """Refuse a top-level key that is not known."""
    Table(source, "", 0, document, _asked=set(known)).done()


_TYPES = {str: '"…"', bool: "true", int: "1", list: "[…]", dict: "{…}"}
