"""Cases of decision rules: members with their votes, or a roll with its votes, and the outcome expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeVar

from bot.cases import RULE_KEYS, CaseResult, Document, Status
from bot.problems import FileProblem
from commands.domain.outcome import Outcome
from commands.domain.position import Position, Reservation, ReservationKind, Stance
from commands.domain.roll import Roll, Seat
from commands.domain.rules import RULES, rule_id, with_base
from commands.domain.rules.base import Answers, Base, DecisionRule, SilencePolicy, TiePolicy, Unreasoned
from commands.domain.rules.data import RuleProblem, read_number, read_quorum, read_rule
from commands.domain.rules.decide import decide
from commands.domain.values import Code, Line

T = TypeVar("T")
Word = TypeVar("Word", bound=StrEnum)

_VOTES: Final = ("for", "against", "abstain", "silent", "recused")
_CASE_KEYS: Final = frozenset(
    {
        *("name", "rule", "rules", "members", "roll", *_VOTES, "others"),
        *("base", "silence", "quorum", "tie", "unreasoned_against", "repeat"),
        *("outcome", "reason", "because"),
    }
)
_MEMBER_KEYS: Final = frozenset(
    {"vote", "count", "weight", "column", "id", "reasoned", "reached", "note", "suspensive"}
)
_LATER: Final = sorted(RULE_KEYS - {"rule", "members", "roll", "case"})
_FILED_AT: Final = datetime(2000, 1, 1, tzinfo=UTC)


def run(document: Document) -> Iterator[CaseResult]:
    """Run `[[case]]` under the rules of `[rule]` and the named ones; a row for several rules gives a result
    for each.

    A row with a key, a vote or a rule that this version does not know is not run, nor is any row of the other
    tables. One that lacks a key, or has a value of another type, is a FileProblem.
    """
    tables = _Tables(document)
    for index, data in enumerate(_rows(document, "case")):
        row = _Row(f"case[{index}]", _mapping(f"case[{index}]", data))
        name = row.get("name", str)
        several = "rules" in row.data
        for word in row.texts("rules") if several else [row.get("rule", str)]:
            yield _result(f"{name}: {word}" if several else name, index, row, word, tables)
    for section in _LATER:
        for index, data in enumerate(_rows(document, section)):
            row = _Row(f"{section}[{index}]", _mapping(f"{section}[{index}]", data))
            name = row.get("name", str)
            yield CaseResult(f"{section} {name}", Status.NOT_RUN, "", "", section, index)


@dataclass(frozen=True, slots=True)
class _Row:
    """One row being read."""

    key: str
    data: Mapping[str, object]

    def get(self, key: str, kind: type[T], default: T | None = None) -> T:
        if key not in self.data:
            if default is None:
                raise FileProblem("", None, f"{self.key}.{key}", "", Line("file.missing-key", {}))
            return default
        value = self.data[key]
        if not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool):
            raise self.wrong(key, _EXAMPLES.get(kind, kind.__name__))
        return value

    def texts(self, key: str) -> list[str]:
        values = self.get(key, list, [])
        if not all(isinstance(each, str) for each in values):
            raise self.wrong(key, '["…"]')
        return values

    def choice(self, key: str, words: type[Word], default: Word) -> Word:
        word = self.get(key, str, default.value)
        try:
            return words(word)
        except ValueError:
            choices = tuple(Code(f'"{each.value}"') for each in words)
            problem = Line("file.choice", {"choices": choices})
            raise FileProblem("", None, f"{self.key}.{key}", word, problem) from None

    def weight(self, key: str) -> Fraction:
        try:
            return read_number(self.data.get(key, "1"), key)
        except RuleProblem:
            raise self.wrong(key, '"1.5"') from None

    def wrong(self, key: str, example: str) -> FileProblem:
        return _wrong(f"{self.key}.{key}", self.data.get(key), example)


class _NotKnown(Exception):
    """A row that this version cannot run."""


@dataclass(frozen=True, slots=True)
class _Member:
    """One voting organisation and what it filed."""

    seat: Seat
    vote: str
    reasoned: bool = True
    note: bool = False
    suspensive: bool = False


class _Tables:
    """The rules, groups of members and rolls that the rows of a document refer to."""

    def __init__(self, document: Document) -> None:
        self.rules: dict[str, DecisionRule] = {}
        for name, data in _mapping("rule", document.get("rule", {})).items():
            try:
                self.rules[name] = read_rule(name, _mapping(f"rule.{name}", data))
            except RuleProblem as problem:
                key = ".".join(part for part in ("rule", name, problem.key) if part)
                raise FileProblem("", None, key, problem.value, problem.remedy) from None
        self._members = _mapping("members", document.get("members", {}))
        self._rolls = _mapping("roll", document.get("roll", {}))

    def rule(self, word: str) -> DecisionRule:
        found = self.rules.get(word) or RULES.get(rule_id(word) or "")
        if found is None:
            raise _NotKnown
        return found

    def members(self, row: _Row) -> list[_Member]:
        if "members" in row.data:
            name = row.get("members", str)
            groups = self._members.get(name)
            if not isinstance(groups, list):
                raise row.wrong("members", "[members]")
            return list(_members(f"members.{name}", groups))
        name = row.get("roll", str)
        if name not in self._rolls:
            raise row.wrong("roll", "[roll]")
        return list(_votes_on(_mapping(f"roll.{name}", self._rolls[name]), f"roll.{name}", row))


def _members(key: str, groups: list[object]) -> Iterator[_Member]:
    number = 0
    for index, data in enumerate(groups):
        group = _Row(f"{key}[{index}]", _mapping(f"{key}[{index}]", data))
        vote = group.get("vote", str)
        if vote not in _VOTES or group.data.keys() - _MEMBER_KEYS:
            raise _NotKnown
        for _ in range(group.get("count", int, 1)):
            number += 1
            name = group.get("id", str, f"lid-{number}")
            column, weight = group.get("column", str, ""), group.weight("weight")
            reached = group.get("reached", bool, True)
            yield _Member(
                Seat(name, name, name, column, weight, reached=reached),
                vote,
                group.get("reasoned", bool, True),
                group.get("note", bool, False),
                group.get("suspensive", bool, False),
            )


def _votes_on(columns: Mapping[str, object], key: str, row: _Row) -> Iterator[_Member]:
    votes = {name: vote for vote in _VOTES for name in row.texts(vote)}
    others = row.get("others", str, "silent")
    if others not in _VOTES:
        raise _NotKnown
    names = set()
    for column, data in columns.items():
        seats = _Row(f"{key}.{column}", _mapping(f"{key}.{column}", data))
        for name in seats.data:
            names.add(name)
            yield _Member(Seat(name, name, name, column, seats.weight(name)), votes.get(name, others))
    if strangers := votes.keys() - names:
        name = min(strangers)
        raise FileProblem("", None, f"{row.key}.{votes[name]}", name, Line("file.unknown-organisation", {}))


def _result(name: str, index: int, row: _Row, word: str, tables: _Tables) -> CaseResult:
    not_run = CaseResult(name, Status.NOT_RUN, "", "", "case", index)
    if row.data.keys() - _CASE_KEYS:
        return not_run
    try:
        rule, members = _with_settings(tables.rule(word), row), tables.members(row)
    except _NotKnown:
        return not_run
    roll = Roll(tuple(member.seat for member in members))
    positions = [position for member in members for position in _positions(member, rule)]
    outcome = decide(rule, roll, positions, repeat=row.get("repeat", bool, False))
    reason = row.get("reason", str, "")
    expected = row.get("outcome", str) + (f"/{reason}" if reason else "")
    got = _shown(outcome)
    return CaseResult(name, Status.PASSED if expected == got else Status.FAILED, expected, got, "case", index)


def _with_settings(rule: DecisionRule, row: _Row) -> DecisionRule:
    if "base" in row.data:
        rule = with_base(rule, row.choice("base", Base, Base.CAST))
    if "quorum" in row.data:
        try:
            rule = replace(rule, quorum=read_quorum(row.data["quorum"], "quorum"))
        except RuleProblem as problem:
            raise FileProblem("", None, f"{row.key}.{problem.key}", problem.value, problem.remedy) from None
    return replace(
        rule,
        silence=row.choice("silence", SilencePolicy, rule.silence),
        tie=row.choice("tie", TiePolicy, rule.tie),
        unreasoned_against=row.choice("unreasoned_against", Unreasoned, rule.unreasoned_against),
    )


def _positions(member: _Member, rule: DecisionRule) -> Iterator[Position]:
    """The position of a member; none when it is silent. On a consent rule "for" is consent."""
    consents = rule.answers is Answers.CONSENT
    reservation, text = None, ""
    match member.vote:
        case "for":
            stance = Stance.AGREE if consents else Stance.FOR
            text = "note" if member.note else ""
            if member.suspensive:
                stance = Stance.RESERVATION
                reservation = Reservation(ReservationKind.CONSTITUENCY, suspensive=True)
        case "against":
            stance = Stance.OBJECT if consents else Stance.AGAINST
            text = "reasons" if member.reasoned else ""
        case "abstain":
            stance = Stance.ABSTAIN
        case "recused":
            stance = Stance.RECUSE
        case _:
            return
    yield Position(member.seat.organisation, stance, 1, "1.0", _FILED_AT, text, reservation=reservation)


def _shown(outcome: Outcome) -> str:
    return outcome.code.value + (f"/{outcome.reason.value}" if outcome.reason else "")


def _rows(document: Document, section: str) -> list[object]:
    rows = document.get(section, [])
    if not isinstance(rows, list):
        raise _wrong(section, rows, f"[[{section}]]")
    return rows


def _mapping(key: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise _wrong(key, value, "{…}")
    return value


def _wrong(key: str, value: object, example: str) -> FileProblem:
    shown = "" if value is None else str(value)[:60]
    return FileProblem("", None, key, shown, Line("file.wrong-type", {"type": Code(example)}))


_EXAMPLES: Final[Mapping[type, str]] = {str: '"…"', int: "1", bool: "true", list: "[…]"}
