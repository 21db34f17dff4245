"""What loading a board file changes: each setting with what it was and what it becomes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from bot.boardfile import BoardFile
from commands.domain.board import Board, Organisation, Person
from commands.domain.rules.data import quorum_as_data, rule_as_data
from commands.domain.values import Line, Value

Settings: TypeAlias = dict[str, str]
"""The value of each key as it is shown; a key without a value is not there."""

NOTHING: Final = Line("board.diff.nothing", {})


@dataclass(frozen=True, slots=True)
class Difference:
    """What a file would change, as lines to show and as codes for the log; both are empty when it changes nothing."""

    lines: tuple[Line, ...]
    codes: tuple[str, ...]


def difference(old: BoardFile | None, new: BoardFile) -> Difference:
    """What loading a file changes, key by key; people are named only in the lines, which go to the administrator."""
    if old is None:
        line = Line(
            "board.diff.new",
            {"board": new.board.id, "organisations": len(new.board.organisations), "people": len(new.people)},
        )
        return Difference((line,), ("new",))
    lines: list[Line] = []
    codes: list[str] = []
    for key, before, after in _changed(_board(old.board), _board(new.board)):
        lines.append(Line("board.diff.key", {"key": key, "before": before, "after": after}))
        codes.append(f"board.{key.partition('.')[0]}")
    for what, was, becomes in (
        ("organisation", _organisations(old.board), _organisations(new.board)),
        ("person", _people(old.people), _people(new.people)),
        ("mandate", _mandates(old), _mandates(new)),
        ("role", _roles(old.board), _roles(new.board)),
    ):
        for id, line in _compared(what, was, becomes):
            lines.append(line)
            codes.append(f"{what}.{id}" if what == "organisation" else what)
    return Difference(tuple(lines), tuple(dict.fromkeys(codes)))


def _compared(what: str, before: Mapping[str, Settings], after: Mapping[str, Settings]) -> Iterator[tuple[str, Line]]:
    """What comes, what goes and what changes, each in the order of its file."""
    for id in after:
        if id not in before:
            yield id, Line(f"board.diff.{what}.added", {"id": id})
    for id in before:
        if id not in after:
            yield id, Line(f"board.diff.{what}.removed", {"id": id})
    for id in before:
        for key, was, becomes in _changed(before[id], after.get(id, before[id])):
            yield id, Line(f"board.diff.{what}.changed", {"id": id, "key": key, "before": was, "after": becomes})


def _changed(before: Settings, after: Settings) -> Iterator[tuple[str, Value, Value]]:
    for key in dict.fromkeys((*before, *after)):
        if before.get(key, "") != after.get(key, ""):
            yield key, before.get(key) or NOTHING, after.get(key) or NOTHING


# --- everything as it is shown, by the keys of the file -----------------------------------------------------------


def _board(board: Board) -> Settings:
    of = board.constituency_of
    quorum: Mapping[str, object] = {} if board.quorum is None else quorum_as_data(board.quorum)
    return {
        "id": board.id,
        "name": board.name,
        "timezone": board.timezone,
        "locale": board.locale,
        "closing_time": board.closing_time.strftime("%H:%M"),
        "rule": board.rule,
        "term": board.term,
        **{f"quorum.{key}": _shown(value) for key, value in quorum.items()},
        "higher_board": board.higher_board,
        "calendar.country": board.calendar.country,
        "calendar.closed": _days(board.calendar.closed),
        "calendar.open": _days(board.calendar.open),
        "silence_subjects": ", ".join(board.silence_subjects),
        "outage": board.outage.value,
        "constituency_of": "" if of is None else f"{of.board} {of.organisation}",
        **{
            f"rules.{name}.{key}": _shown(value)
            for name, rule in board.rules.items()
            for key, value in rule_as_data(rule).items()
        },
    }


def _organisations(board: Board) -> dict[str, Settings]:
    return {each.id: _organisation(each) for each in board.organisations}


def _organisation(organisation: Organisation) -> Settings:
    return {
        "name": organisation.name,
        "short": organisation.short,
        "column": organisation.column,
        "weight": str(organisation.weight),
        "voting": _shown(organisation.voting),
        "oin": organisation.oin,
        "tooi": organisation.tooi,
    }


def _people(people: Iterable[Person]) -> dict[str, Settings]:
    return {
        each.id: {
            "name": each.name,
            "locale": each.locale,
            **{account.platform: account.id for account in each.accounts},
            "prefers": each.prefers,
        }
        for each in people
    }


def _mandates(file: BoardFile) -> dict[str, Settings]:
    return {
        f"{each.person} {each.organisation} {each.valid_from}": {"role": each.role.value, "until": _day(each.until)}
        for each in file.mandates
        if each.revoked_at is None
    }


def _roles(board: Board) -> dict[str, Settings]:
    return {
        f"{each.person} {each.role.value}": {"from": _day(each.valid_from), "until": _day(each.until)}
        for each in board.roles
    }


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _days(days: Iterable[date]) -> str:
    return ", ".join(each.isoformat() for each in sorted(days))


def _shown(value: object) -> str:
    """A value of a rule as the file has it; text is shown bare, and an empty list as nothing."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False) if value not in ([], {}) else ""
