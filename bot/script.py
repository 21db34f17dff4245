"""Scenario files: a scripted procedure, read and checked whole before anything is played."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.boardfile import BoardFile, read_board, read_document
from bot.reading import Source, Table, only, open_toml, tables
from bot.scriptwords import ANY, COUNTED, FORMS, OUTCOMES, REASONS, REFUSALS, STATES, arguments
from commands.domain.calendar import Calendar
from commands.domain.errors import DeadlineFold, DeadlineGap
from commands.domain.number import ItemNumber
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


_YEARS: Final = (1900, 2199)
"""Years for which there are calendars."""

LISTS: Final = ("reply", "posted", "absent", "notified", "text", "ranking")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What should be true after a step; None where nothing was said.

    `item` holds the keys of an item with what they should be; `closes_at` is an instant (UTC).
    """

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
    """A scripted procedure with the boards that it needs. `start` and the instants of the steps are UTC."""

    path: str
    title: str
    boards: tuple[BoardFile, ...]
    start: datetime
    steps: tuple[ScriptStep, ...]


def read_script(path: Path) -> Script:
    """Read and check a scenario file. Raises FileProblem, which names file, line, key, value and remedy."""
    document, source = open_toml(path)
    source = dataclasses.replace(source, counted="step")
    only(source, document, ("title", "boards", "start", "step", *BOARD_KEYS))
    head = Table(source, "", 0, document)
    title = head.filled("title")
    boards = _boards(head, document, source, path)
    zone = boards[0].board.zone
    start = _instant(head, "start", zone)
    steps: list[ScriptStep] = []
    names = _Names.of(boards)
    for table in tables(source, document, "step"):
        before = steps[-1].at if steps else start
        steps.append(_step(table, zone, before, names))
    _refuse_impossible(source, steps)
    return Script(str(path), title, boards, start, tuple(steps))


@dataclass(frozen=True, slots=True)
class _Names:
    """What the boards of a script have: their ids, and those of persons, organisations and columns, in order."""

    boards: tuple[str, ...]
    people: tuple[str, ...]
    organisations: tuple[str, ...]
    columns: tuple[str, ...]

    @classmethod
    def of(cls, boards: tuple[BoardFile, ...]) -> _Names:
        """The names in board files."""
        organisations = [organisation for each in boards for organisation in each.board.organisations]
        return cls(
            tuple(each.board.id for each in boards),
            tuple(dict.fromkeys(person.id for each in boards for person in each.people)),
            tuple(dict.fromkeys(each.id for each in organisations)),
            tuple(dict.fromkeys(each.column for each in organisations)),
        )


def _boards(head: Table, document: dict[str, Any], source: Source, path: Path) -> tuple[BoardFile, ...]:
    files = [read_board(path.parent / name) for name in head.texts("boards")]
    if "board" in document:
        files.append(read_document({key: document[key] for key in BOARD_KEYS if key in document}, source))
    if not files:
        raise head.problem("boards", "missing-key")
    return tuple(files)


def _step(table: Table, zone: ZoneInfo, before: datetime, names: _Names) -> ScriptStep:
    at = _instant(table, "at", zone)
    if at < before:
        raise table.problem("at", "step-backwards")
    incident = Incident(table.choice("event", Incident)) if table.has("event") else None
    persons = _listed(table, "persons", names.people, "unknown-person")
    say = table.text("say") if table.has("say") else None
    do = table.text("do") if table.has("do") else None
    if sum(each is not None for each in (say, do, incident)) > 1:
        raise table.problem("say", "one-act")
    values = _values(table, do)
    person, where = table.text("as", ""), table.text("in", "")
    if say is not None or do is not None:
        person, where = table.filled("as"), table.filled("in")
        if person not in names.people:
            raise table.not_among("as", person, names.people, "unknown-person")
        if where != DIRECT and where not in names.boards:
            raise table.not_among("in", where, (*names.boards, DIRECT), "unknown-board")
    elif incident is None and (person or where):
        raise table.problem("say", "missing-key")
    if incident in (Incident.UNDELIVERABLE, Incident.DELIVERABLE) and not persons:
        raise table.problem("persons", "missing-key")
    expect = _expectation(table, zone, names)
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


def _values(step: Table, do: str | None) -> dict[str, str]:
    """The values of a form, as a client would send them: text under the English names of its arguments."""
    if do is not None and do.casefold() not in FORMS:
        raise step.not_among("do", do, FORMS)
    table = step.table("with")
    if table is None:
        return {}
    if do is None:
        raise step.problem("with", "no-form")
    known = arguments(do)
    for key in table.data:
        if key.replace("_", "-").casefold() not in known:
            raise table.not_among(key, key, known)
    return {key: _as_text(table, key, value) for key, value in table.data.items()}


def _as_text(table: Table, key: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(_as_text(table, key, each) for each in value)
    if isinstance(value, dict):
        raise table.problem(key, "wrong-type", type=Code('"…"'))
    return str(value)


def _expectation(step: Table, zone: ZoneInfo, names: _Names) -> Expectation:
    table = step.table("expect")
    if table is None:
        return Expectation()
    lists = {key: table.texts(key) for key in LISTS if table.has(key)}
    _listed(table, "notified", names.people, "unknown-person")
    refusal = table.text("refusal", "")
    if refusal not in ("", ANY, *REFUSALS):
        raise table.not_among("refusal", refusal, REFUSALS)
    item = table.table("item")
    chosen = table.text("chosen") if table.has("chosen") else None
    expectation = Expectation(refusal, lists, chosen, {} if item is None else _item(item, zone, names))
    table.done()
    return expectation


def _item(table: Table, zone: ZoneInfo, names: _Names) -> dict[str, Any]:
    """What is expected of an item."""
    expected: dict[str, Any] = {}
    for key, known in (("state", STATES), ("outcome", OUTCOMES), ("reason", REASONS)):
        if table.has(key):
            expected[key] = table.one_of(key, known)
    for key in ("round", *COUNTED):
        if table.has(key):
            expected[key] = table.read(key, int)
    for key in ("silent", "late"):
        if table.has(key):
            expected[key] = list(_listed(table, key, names.organisations, "unknown-organisation"))
    if table.has("number"):
        expected["number"] = _number(table)
    if table.has("decision"):
        expected["decision"] = _decision(table)
    if table.has("version"):
        expected["version"] = table.text("version")
    if table.has("closes_at"):
        expected["closes_at"] = _instant(table, "closes_at", zone)
    if (comments := table.table("comments")) is not None:
        expected["comments"] = {point: comments.read(point, int) for point in comments.data}
    if (columns := table.table("columns")) is not None:
        expected["columns"] = {name: _column(columns, name, names) for name in columns.data}
    table.done()
    return expected


def _column(columns: Table, name: str, names: _Names) -> dict[str, int]:
    if name not in names.columns:
        raise columns.not_among(name, name, names.columns, "unknown-column")
    columns.read(name, dict)
    table = columns.table(name)
    counts = {key: table.read(key, int) for key in COUNTED if table is not None and table.has(key)}
    if table is not None:
        table.done()
    return counts


def _listed(table: Table, key: str, known: tuple[str, ...], remedy: str) -> tuple[str, ...]:
    """A list of names that are all known."""
    for name in table.texts(key):
        if name not in known:
            raise table.not_among(key, name, known, remedy)
    return table.texts(key)


def _number(table: Table) -> str:
    number = ItemNumber.parse(table.text("number"))
    if number is None:
        raise table.problem("number", "wrong-type", type=Code("BOD-2027-003"))
    return str(number)


def _decision(table: Table) -> str:
    """The number of a decision; empty where there is none."""
    text = table.text("decision")
    item, _, sequence = text.partition("/")
    if not text:
        return ""
    if ItemNumber.parse(item) is None or not re.fullmatch(r"[Bb][1-9]\d*", sequence, re.ASCII):
        raise table.problem("decision", "wrong-type", type=Code("BOD-2027-003/B1"))
    return f"{ItemNumber.parse(item)}/{sequence.upper()}"


def _instant(table: Table, key: str, zone: ZoneInfo) -> datetime:
    """An instant of a script (UTC): board time unless it carries an offset."""
    if not table.has(key):
        raise table.problem(key, "missing-key")
    value = table.data[key]
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise table.problem(key, "wrong-type", type=Code("2027-01-11T09:00")) from None
    if not _YEARS[0] <= at.year <= _YEARS[1]:
        raise table.problem(key, "wrong-type", type=Code("2027-01-11T09:00"))
    if at.tzinfo is not None:
        return at.astimezone(UTC)
    try:
        return Calendar(zone, at.time(), frozenset()).at(at.date(), at.time())
    except (DeadlineGap, DeadlineFold) as refusal:
        remedy = "time-gap" if isinstance(refusal, DeadlineGap) else "time-fold"
        earlier, later = (Code(each.astimezone(zone).isoformat()) for each in (refusal.earlier, refusal.later))
        raise table.problem(key, remedy, earlier=earlier, later=later) from None
