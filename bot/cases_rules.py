"""Cases of decision rules: members with their votes, or a roll with its votes, and the outcome expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from bot.cases import CaseResult, Document, Status
from bot.cases_ballots import run_ballots
from bot.cases_rows import Row, mapping, section_rows
from bot.problems import FileProblem
from commands.domain.outcome import Outcome
from commands.domain.position import Position, Reservation, ReservationKind, Stance
from commands.domain.roll import Roll, Seat
from commands.domain.rules import RULES, rule_id, with_base
from commands.domain.rules.base import Answers, Base, DecisionRule, SilencePolicy, TiePolicy, Unreasoned
from commands.domain.rules.data import RuleProblem, read_quorum, read_rule
from commands.domain.rules.decide import decide
from commands.domain.values import Line

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
_FILED_AT: Final = datetime(2000, 1, 1, tzinfo=UTC)


def run(document: Document) -> Iterator[CaseResult]:
    """Run `[[case]]` under the rules of `[rule]` and the named ones; a row for several rules gives a result
    for each.

    The tables of ballots follow. A row with a key, a vote or a rule that this version does not know is not run. One
    that lacks a key, or has a value of another type, is a FileProblem.
    """
    tables = _Tables(document)
    for index, data in enumerate(section_rows(document, "case")):
        row = Row(f"case[{index}]", mapping(f"case[{index}]", data))
        name = row.get("name", str)
        several = "rules" in row.data
        for word in row.texts("rules") if several else [row.get("rule", str)]:
            yield _result(f"{name}: {word}" if several else name, index, row, word, tables)
    yield from run_ballots(document, tables.rules)


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
        for name, data in mapping("rule", document.get("rule", {})).items():
            try:
                self.rules[name] = read_rule(name, mapping(f"rule.{name}", data))
            except RuleProblem as problem:
                key = ".".join(part for part in ("rule", name, problem.key) if part)
                raise FileProblem("", None, key, problem.value, problem.remedy) from None
        self._members = mapping("members", document.get("members", {}))
        self._rolls = mapping("roll", document.get("roll", {}))

    def rule(self, word: str) -> DecisionRule:
        found = self.rules.get(word) or RULES.get(rule_id(word) or "")
        if found is None or found.ballot is not None:
            raise _NotKnown
        return found

    def members(self, row: Row) -> list[_Member]:
        if "members" in row.data:
            name = row.get("members", str)
            groups = self._members.get(name)
            if not isinstance(groups, list):
                raise row.wrong("members", "[members]")
            return list(_members(f"members.{name}", groups))
        name = row.get("roll", str)
        if name not in self._rolls:
            raise row.wrong("roll", "[roll]")
        return list(_votes_on(mapping(f"roll.{name}", self._rolls[name]), f"roll.{name}", row))


def _members(key: str, groups: list[object]) -> Iterator[_Member]:
    number = 0
    for index, data in enumerate(groups):
        group = Row(f"{key}[{index}]", mapping(f"{key}[{index}]", data))
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


def _votes_on(columns: Mapping[str, object], key: str, row: Row) -> Iterator[_Member]:
    votes = {name: vote for vote in _VOTES for name in row.texts(vote)}
    others = row.get("others", str, "silent")
    if others not in _VOTES:
        raise _NotKnown
    names = set()
    for column, data in columns.items():
        seats = Row(f"{key}.{column}", mapping(f"{key}.{column}", data))
        for name in seats.data:
            names.add(name)
            yield _Member(Seat(name, name, name, column, seats.weight(name)), votes.get(name, others))
    if strangers := votes.keys() - names:
        name = min(strangers)
        raise FileProblem("", None, f"{row.key}.{votes[name]}", name, Line("file.unknown-organisation", {}))


def _result(name: str, index: int, row: Row, word: str, tables: _Tables) -> CaseResult:
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


def _with_settings(rule: DecisionRule, row: Row) -> DecisionRule:
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
