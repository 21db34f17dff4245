"""Scenario files: a scripted procedure, read and checked whole before anything is played."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from bot.boardfile import BoardFile, read_board, read_document
from bot.reading import Source, Table, only, open_toml, tables
from commands.domain.values import Code, Line

BOARD_KEYS: Final = ("board", "organisation", "person", "mandate", "role", "rule")
DIRECT: Final = "direct"


class Incident(StrEnum):
    """What can happen to the program or the platform in a script, instead of an act."""

    BOT_DOWN = "bot-down"
    BOT_UP = "bot-up"
    PLATFORM_DOWN = "platform-down"
    PLATFORM_UP = "platform-up"
    UNDELIVERABLE = "undeliverable"
    DELIVERABLE = "deliverable"
    DUPLICATE = "duplicate"
    RESTART = "restart"


ITEM_KEYS: Final = {
    "number": str,
    "state": str,
    "round": int,
    "version": str,
    "closes_at": str,
    "outcome": str,
    "reason": str,
    "for": int,
    "against": int,
    "abstain": int,
    "silent": list,
    "comments": dict,
    "columns": dict,
    "late": list,
    "decision": str,
}
"""What can be expected of an item, with the type of each."""

LISTS: Final = ("reply", "posted", "absent", "notified", "text", "ranking")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What should be true after a step; None where nothing was said."""

    refusal: str = ""
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    chosen: str | None = None
    item: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """One step: the clock moves to `at`, then an act, an incident, or nothing.

    `line` is where the step stands in the file, `index` counts from 1.
    """

    index: int
    line: int | None
    at: datetime
    person: str = ""
    where: str = ""
    say: str | None = None
    do: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    incident: Incident | None = None
    persons: tuple[str, ...] = ()
    expect: Expectation = Expectation()


@dataclass(frozen=True, slots=True)
class Script:
    """A scripted procedure with the boards that it needs. `start` is UTC."""

    path: str
    title: str
    boards: tuple[BoardFile, ...]
    start: datetime
    steps: tuple[ScriptStep, ...]


def read_script(path: Path) -> Script:
    """Read and check a scenario file. Raises FileProblem, which names file, line, key, value and remedy."""
    document, source = open_toml(path)
    only(source, document, ("title", "boards", "start", "step", *BOARD_KEYS))
    head = Table(source, "", 0, document)
    title = head.filled("title")
    boards = _boards(head, document, source, path)
    zone = boards[0].board.zone
    start = _instant(head, "start", zone)
    steps: list[ScriptStep] = []
    people = {person.id for each in boards for person in each.people}
    for table in tables(source, document, "step"):
        before = steps[-1].at if steps else start
        steps.append(_step(table, zone, before, people, {each.board.id for each in boards}))
    _refuse_impossible(source, steps)
    return Script(str(path), title, boards, start, tuple(steps))


def _boards(head: Table, document: dict[str, Any], source: Source, path: Path) -> tuple[BoardFile, ...]:
    files = [read_board(path.parent / name) for name in head.texts("boards")]
    if "board" in document:
        files.append(read_document({key: document[key] for key in BOARD_KEYS if key in document}, source))
    if not files:
        raise head.problem("boards", "missing-key")
    return tuple(files)


def _step(table: Table, zone: Any, before: datetime, people: set[str], boards: set[str]) -> ScriptStep:
    at = _instant(table, "at", zone)
    if at < before:
        raise table.problem("at", "step-backwards")
    incident = Incident(table.choice("event", Incident)) if table.has("event") else None
    persons = table.texts("persons")
    _all_known(table, "persons", persons, people)
    say = table.text("say") if table.has("say") else None
    do = table.text("do") if table.has("do") else None
    if sum(each is not None for each in (say, do, incident)) > 1:
        raise table.problem("say", "one-act")
    values = _values(table)
    person, where = table.text("as", ""), table.text("in", "")
    if say is not None or do is not None:
        person, where = table.filled("as"), table.filled("in")
        if person not in people:
            raise table.problem("as", "unknown-person")
        if where != DIRECT and where not in boards:
            raise table.problem("in", "unknown-board")
    if incident in (Incident.UNDELIVERABLE, Incident.DELIVERABLE) and not persons:
        raise table.problem("persons", "missing-key")
    expect = _expectation(table, people)
    table.done()
    line = table.source.line("step", table.index, "")
    return ScriptStep(table.index + 1, line, at, person, where, say, do, values, incident, persons, expect)


def _refuse_impossible(source: Source, steps: list[ScriptStep]) -> None:
    """Nothing can be done with a program that does not run, which stops and starts by turns; nothing repeats no act."""
    is_down = has_acted = False
    for step in steps:
        stops = step.incident in (Incident.BOT_DOWN, Incident.RESTART, Incident.DUPLICATE)
        starts = step.incident is Incident.BOT_UP
        if step.incident is Incident.DUPLICATE and not has_acted:
            raise source.problem("step", step.index - 1, "event", Incident.DUPLICATE, Line("file.no-act-before", {}))
        has_acted |= step.say is not None or step.do is not None
        if is_down and (stops or step.say is not None or step.do is not None):
            raise source.problem("step", step.index - 1, "at", step.index, Line("file.bot-is-down", {}))
        if starts and not is_down:
            raise source.problem("step", step.index - 1, "event", Incident.BOT_UP, Line("file.bot-is-up", {}))
        is_down = step.incident is Incident.BOT_DOWN or (is_down and not starts)


def _values(table: Table) -> dict[str, str]:
    """The values of a form, as a client would send them: text."""
    given = table.read("with", dict, {})
    return {str(key): _as_text(value) for key, value in given.items()}


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(_as_text(each) for each in value)
    return str(value)


def _expectation(step: Table, people: set[str]) -> Expectation:
    table = step.table("expect")
    if table is None:
        return Expectation()
    lists = {key: table.texts(key) for key in LISTS if table.has(key)}
    _all_known(table, "notified", lists.get("notified", ()), people)
    item = table.table("item")
    expected: dict[str, Any] = {}
    if item is not None:
        for key, kind in ITEM_KEYS.items():
            if item.has(key):
                expected[key] = item.read(key, kind)
        item.done()
    chosen = table.text("chosen") if table.has("chosen") else None
    expectation = Expectation(table.text("refusal", ""), lists, chosen, expected)
    table.done()
    return expectation


def _all_known(table: Table, key: str, names: tuple[str, ...], people: set[str]) -> None:
    for name in names:
        if name not in people:
            raise table.source.problem(
                table.header, table.index, table.prefix + key, name, Line("file.unknown-person", {})
            )


def _instant(table: Table, key: str, zone: Any) -> datetime:
    """An instant of a script: board time unless it carries an offset."""
    if not table.has(key):
        raise table.problem(key, "missing-key")
    value = table.data[key]
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise table.source.problem(
            table.header, table.index, key, value, Line("file.wrong-type", {"type": Code("2027-01-11T09:00")})
        ) from None
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)
