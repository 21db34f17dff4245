"""Tables of cases: a board tries a rule, its calendar or a deadline phrase before it uses it.

What a file holds is known by its keys; each kind of table has a module of its own, named in `_run`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from bot.problems import FileProblem, read_toml
from commands.domain.values import Line

Document = Mapping[str, object]


class Status(StrEnum):
    """What became of a row."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not-run"  # this version does not know the row, or a rule in it


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One row of a table: what it expects and what came out, in codes and UTC instants.

    `section` and `index` (from 0) say which row of the file it is; `file` and `line` (from 1, None when it is
    not known) are filled in from them.
    """

    name: str
    status: Status
    expected: str
    got: str
    section: str = ""
    index: int = 0
    file: str = ""
    line: int | None = None


RULE_KEYS: Final = frozenset({"rule", "members", "roll", "case", "ranking", "points", "date", "approval"})
TIME_KEYS: Final = frozenset({"calendar", "year", "terms", "now", "phrase"})

_TABLE: Final = re.compile(r"\[\[\s*([\w-]+)\s*\]\]\s*(?:#.*)?")
_LIST: Final = re.compile(r"([\w-]+)\s*=\s*\[\s*(?:#.*)?")
_ROW: Final = re.compile(r"([\w-]+)\[(\d+)\]")


def run_cases(paths: Iterable[Path]) -> Iterator[CaseResult]:
    """Run the rows of files in order; a file is read and run when its first result is asked for.

    FileProblem for a file that is not TOML, is no table of cases, or has a row that cannot be read. In the
    `key` of such a problem a row is written as "deadline[3]", counted from 0.
    """
    for path in paths:
        document, text = read_toml(path)
        lines = _row_lines(text)
        try:
            for result in _run(document):
                line = _line_of(lines, result.section, result.index)
                yield replace(result, file=str(path), line=result.line or line)
        except FileProblem as problem:
            problem.file = problem.file or str(path)
            problem.line = problem.line or _line_of_key(lines, text, problem.key)
            raise


def _run(document: Document) -> Iterator[CaseResult]:
    keys = document.keys() - {"title"}
    runs: list[Callable[[Document], Iterable[CaseResult]]] = []
    # Imported here: who tries a phrase need not wait for the rules, nor the other way round.
    if keys & RULE_KEYS:
        from bot.cases_rules import run as run_rules

        runs.append(run_rules)
    if keys & {"year", "terms", "phrase"}:
        from bot.cases_time import run as run_time

        runs.append(run_time)
    if not runs:
        raise FileProblem("", None, "", "", Line("file.no-cases", {}))
    for run in runs:
        yield from run(document)
    for key in sorted(keys - RULE_KEYS - TIME_KEYS):
        rows = document[key]
        if not isinstance(rows, list):
            raise FileProblem("", None, key, "", Line("file.unknown-key", {}))
        for index in range(len(rows)):
            yield CaseResult(f"{key} {index + 1}", Status.NOT_RUN, "", "", key, index)


def _row_lines(text: str) -> dict[str, list[int]]:
    """On which line each row begins, by the name of its table, for rows under `[[name]]` or one on a line."""
    lines: dict[str, list[int]] = {}
    inside = ""
    for number, line in enumerate(map(str.strip, text.splitlines()), start=1):
        if table := _TABLE.fullmatch(line):
            lines.setdefault(table[1], []).append(number)
        elif opened := _LIST.fullmatch(line):
            inside = opened[1]
        elif line.startswith("]"):
            inside = ""
        elif inside and line.startswith("{"):
            lines.setdefault(inside, []).append(number)
    return lines


def _line_of_key(lines: Mapping[str, list[int]], text: str, key: str) -> int | None:
    """The line of a row, and of any other key the first line that sets it."""
    if row := _ROW.search(key):
        return _line_of(lines, row[1], int(row[2]))
    sets = re.compile(rf"\s*{re.escape(key.rpartition('.')[2])}\s*=")
    return next((number for number, line in enumerate(text.splitlines(), start=1) if sets.match(line)), None)


def _line_of(lines: Mapping[str, list[int]], section: str, index: int) -> int | None:
    numbers = lines.get(section, [])
    return numbers[index] if index < len(numbers) else None
