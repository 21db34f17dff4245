"""A board's settings as JSON text and back: everything of its file but the people and the mandates."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, time
from fractions import Fraction

from commands.domain.board import (
    Board,
    CalendarSettings,
    ConstituencyOf,
    Organisation,
    Outage,
    Role,
    RoleGrant,
)
from commands.domain.rules.base import DecisionRule
from commands.domain.rules.data import quorum_as_data, read_quorum, read_rule, rule_as_data


def encode_board(board: Board) -> str:
    """The settings as JSON text."""
    data = {
        "id": board.id,
        "name": board.name,
        "revision": board.revision,
        "timezone": board.timezone,
        "locale": board.locale,
        "closing_time": board.closing_time.isoformat(),
        "rule": board.rule,
        "term": board.term,
        "quorum": None if board.quorum is None else quorum_as_data(board.quorum),
        "higher_board": board.higher_board,
        "calendar": {
            "country": board.calendar.country,
            "closed": _days(board.calendar.closed),
            "open": _days(board.calendar.open),
        },
        "silence_subjects": list(board.silence_subjects),
        "outage": board.outage.value,
        "constituency_of": None
        if board.constituency_of is None
        else [board.constituency_of.board, board.constituency_of.organisation],
        "organisations": [
            {
                "id": each.id,
                "name": each.name,
                "short": each.short,
                "column": each.column,
                "weight": str(each.weight),
                "voting": each.voting,
                "oin": each.oin,
                "tooi": each.tooi,
            }
            for each in board.organisations
        ],
        "roles": [
            {
                "person": each.person,
                "role": each.role.value,
                "valid_from": each.valid_from.isoformat() if each.valid_from else None,
                "until": each.until.isoformat() if each.until else None,
            }
            for each in board.roles
        ],
        "rules": {name: encode_rule(rule) for name, rule in board.rules.items()},
    }
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)


def decode_board(text: str) -> Board:
    """What `encode_board` wrote."""
    data = json.loads(text)
    calendar = data["calendar"]
    return Board(
        id=data["id"],
        name=data["name"],
        revision=data["revision"],
        timezone=data["timezone"],
        locale=data["locale"],
        closing_time=time.fromisoformat(data["closing_time"]),
        rule=data["rule"],
        term=data["term"],
        quorum=None if data["quorum"] is None else read_quorum(data["quorum"]),
        higher_board=data["higher_board"],
        calendar=CalendarSettings(calendar["country"], _read_days(calendar["closed"]), _read_days(calendar["open"])),
        silence_subjects=tuple(data["silence_subjects"]),
        outage=Outage(data["outage"]),
        constituency_of=None if data["constituency_of"] is None else ConstituencyOf(*data["constituency_of"]),
        organisations=tuple(
            Organisation(
                each["id"],
                each["name"],
                each["short"],
                each["column"],
                Fraction(each["weight"]),
                each["voting"],
                each["oin"],
                each["tooi"],
            )
            for each in data["organisations"]
        ),
        roles=tuple(
            RoleGrant(each["person"], Role(each["role"]), _read_day(each["valid_from"]), _read_day(each["until"]))
            for each in data["roles"]
        ),
        rules={name: decode_rule(rule) for name, rule in data["rules"].items()},
    )


def encode_rule(rule: DecisionRule) -> str:
    """A decision rule with its id as JSON text."""
    return json.dumps({"id": rule.id, "rule": rule_as_data(rule)}, separators=(",", ":"), ensure_ascii=False)


def decode_rule(text: str) -> DecisionRule:
    """What `encode_rule` wrote."""
    data = json.loads(text)
    return read_rule(data["id"], data["rule"])


def _days(days: Iterable[date]) -> list[str]:
    return [day.isoformat() for day in days]


def _read_days(days: list[str]) -> tuple[date, ...]:
    return tuple(date.fromisoformat(day) for day in days)


def _read_day(day: str | None) -> date | None:
    return None if day is None else date.fromisoformat(day)
