"""Board files: read one whole, and check it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, cast
from zoneinfo import available_timezones

from bot.closed_days import COUNTRIES
from bot.i18n import LOCALES
from bot.platforms import PLATFORMS
from bot.problems import FileProblem
from bot.reading import Source, Table, only, open_toml, tables
from commands.domain.board import (
    Account,
    Board,
    CalendarSettings,
    ConstituencyOf,
    Organisation,
    Outage,
    Person,
    Role,
    RoleGrant,
)
from commands.domain.mandate import Mandate, MandateRole
from commands.domain.rules import RULES, rule_id
from commands.domain.rules.base import DecisionRule
from commands.domain.rules.data import RuleProblem, read_quorum, read_rule
from commands.domain.values import Code, Line
from commands.when import term

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)
_BOARD_ID: Final = re.compile(r"[A-Za-z0-9]{1,20}", re.ASCII)
_OIN: Final = re.compile(r"\d{20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class BoardFile:
    """One board file as it was read: the board, its people, and the mandates that it lists."""

    board: Board
    people: tuple[Person, ...]
    mandates: tuple[Mandate, ...]


def read_board(path: Path) -> BoardFile:
    """Read and check a board file. Raises FileProblem, which names file, line, key, value and remedy."""
    document, source = open_toml(path)
    return read_document(document, source)


def read_document(document: dict[str, Any], source: Source) -> BoardFile:
    """Read a board from a TOML document, such as one written inside a scenario."""
    only(source, document, ("board", "organisation", "person", "mandate", "role", "rule"))
    if not isinstance(document.get("board"), dict):
        raise source.problem("", 0, "board", None, Line("file.missing-key", {}))
    head = Table(source, "board", 0, document["board"])
    organisations = _organisations(source, document)
    people = _people(source, document, head.text("locale", "nl"))
    rules = _rules(source, document, organisations)
    board = _board(head, organisations, rules)
    known = {each.id for each in people}
    roles = tuple(_role(table, known) for table in tables(source, document, "role"))
    ids = {each.id for each in organisations}
    mandates = tuple(
        _mandate(table, board.id, known, ids, number)
        for number, table in enumerate(tables(source, document, "mandate"), 1)
    )
    _refuse_overlap(source, mandates)
    return BoardFile(dataclasses.replace(board, roles=roles), people, mandates)


# --- the parts of a file ----------------------------------------------------------------------------------------


def _board(head: Table, organisations: tuple[Organisation, ...], rules: dict[str, DecisionRule]) -> Board:
    id = head.filled("id")
    if not _BOARD_ID.fullmatch(id):
        raise head.problem("id", "board-id")
    zone = head.text("timezone", "Europe/Amsterdam")
    if zone not in available_timezones():
        raise head.problem("timezone", "timezone")
    locale = head.text("locale", "nl")
    if locale not in LOCALES:
        raise head.problem("locale", "choice", choices=tuple(Code(each) for each in LOCALES))
    rule = head.text("rule", "consensus")
    rule = rule_id(rule) or rule
    if rule not in rules and rule not in RULES:
        raise head.problem("rule", "unknown-rule")
    phrase = head.text("term", "10 working days")
    if term(phrase) is None:
        raise head.problem("term", "term")
    quorum = None
    if (given := head.table("quorum")) is not None:
        try:
            quorum = read_quorum(given.data)
        except RuleProblem as problem:
            raise _rule_problem(head.source, "board", 0, "quorum", problem) from None
        _check_names(head, "quorum", quorum.required, organisations)
    constituency = None
    if (of := head.table("constituency_of")) is not None:
        constituency = ConstituencyOf(of.filled("board"), of.filled("organisation"))
        of.done()
    board = Board(
        id=id,
        name=head.filled("name"),
        organisations=organisations,
        timezone=zone,
        locale=locale,
        closing_time=head.convert("closing_time", head.text("closing_time", "17:00"), _clock_time, "clock-time"),
        rule=rule,
        term=phrase,
        quorum=quorum,
        higher_board=head.text("higher_board", ""),
        calendar=_calendar(head),
        silence_subjects=head.texts("silence_subjects"),
        outage=cast(Outage, head.choice("outage", Outage, Outage.ASK_CHAIR)),
        constituency_of=constituency,
        rules=rules,
    )
    head.done()
    return board


def _calendar(head: Table) -> CalendarSettings:
    table = head.table("calendar")
    if table is None:
        return CalendarSettings()
    country = table.text("country", "NL")
    if country not in COUNTRIES:
        raise table.problem("country", "choice", choices=tuple(Code(each or '""') for each in COUNTRIES))
    settings = CalendarSettings(country, table.days("closed"), table.days("open"))
    table.done()
    return settings


def _organisations(source: Source, document: dict[str, Any]) -> tuple[Organisation, ...]:
    found: dict[str, Organisation] = {}
    for table in tables(source, document, "organisation"):
        id = _id(table)
        if id.casefold() in {each.casefold() for each in found}:
            raise table.problem("id", "taken")
        weight = table.convert("weight", table.text("weight", "1"), _weight, "weight")
        column = table.text("column", "") or id
        if not _ID.fullmatch(column):  # it becomes a key in the log, which holds ASCII keys only
            raise table.problem("column", "id")
        oin = table.text("oin", "")
        if oin and not _OIN.fullmatch(oin):
            raise table.problem("oin", "oin")
        found[id] = Organisation(
            id=id,
            name=table.filled("name"),
            short=table.text("short", "") or id,
            column=column,
            weight=weight,
            voting=table.read("voting", bool, True),
            oin=oin,
            tooi=table.text("tooi", ""),
        )
        table.done()
    if not found:
        raise source.problem("", 0, "organisation", None, Line("file.no-organisation", {}))
    return tuple(found.values())


def _people(source: Source, document: dict[str, Any], default_locale: str) -> tuple[Person, ...]:
    found: dict[str, Person] = {}
    accounts: set[Account] = set()
    for table in tables(source, document, "person"):
        id = _id(table)
        if id.casefold() in {each.casefold() for each in found}:
            raise table.problem("id", "taken")
        locale = table.text("locale", default_locale)
        if locale not in LOCALES:
            raise table.problem("locale", "choice", choices=tuple(Code(each) for each in LOCALES))
        own = tuple(Account(name, table.text(name)) for name in PLATFORMS if table.has(name))
        for account in own:
            if account in accounts:
                raise table.problem(account.platform, "taken")
            accounts.add(account)
        prefers = table.text("prefers", "")
        if prefers and prefers not in PLATFORMS:
            raise table.problem("prefers", "choice", choices=tuple(Code(each) for each in PLATFORMS))
        found[id] = Person(id=id, name=table.filled("name"), locale=locale, accounts=own, prefers=prefers)
        table.done()
    return tuple(found.values())


def _rules(
    source: Source, document: dict[str, Any], organisations: tuple[Organisation, ...]
) -> dict[str, DecisionRule]:
    given = document.get("rule", {})
    if not isinstance(given, dict):
        raise source.problem("", 0, "rule", None, Line("file.wrong-type", {"type": Code("[rule.…]")}))
    columns = {each.column for each in organisations}
    found: dict[str, DecisionRule] = {}
    for id, data in given.items():
        header = f"rule.{id}"
        if rule_id(id) is not None:
            raise source.problem(header, 0, "", None, Line("file.rule-name-taken", {}))
        try:
            rule = read_rule(id, data)
        except RuleProblem as problem:
            raise _rule_problem(source, header, 0, "", problem) from None
        for column in rule.named_columns:
            if column not in columns:
                raise source.problem(header, 0, "criteria", column, Line("file.unknown-column", {}))
        for organisation in rule.named_organisations:
            if organisation not in {each.id for each in organisations}:
                raise source.problem(header, 0, "required", organisation, Line("file.unknown-organisation", {}))
        found[id] = rule
    return found


def _role(table: Table, people: set[str]) -> RoleGrant:
    grant = RoleGrant(
        person=_known(table, "person", people, "unknown-person"),
        role=cast(Role, table.choice("role", Role)),
        valid_from=table.day("from"),
        until=table.day("until"),
    )
    if grant.valid_from and grant.until and grant.until < grant.valid_from:
        raise table.problem("until", "period")
    table.done()
    return grant


def _mandate(table: Table, board: str, people: set[str], organisations: set[str], number: int) -> Mandate:
    valid_from = table.day("from")
    if valid_from is None:
        raise table.problem("from", "missing-key")
    mandate = Mandate(
        id=f"{board}-{number}",
        person=_known(table, "person", people, "unknown-person"),
        board=board,
        organisation=_known(table, "organisation", organisations, "unknown-organisation"),
        role=cast(MandateRole, table.choice("role", MandateRole, MandateRole.REPRESENTATIVE)),
        valid_from=valid_from,
        until=table.day("until"),
    )
    if mandate.until is not None and mandate.until < valid_from:
        raise table.problem("until", "period")
    table.done()
    return mandate


def _refuse_overlap(source: Source, mandates: tuple[Mandate, ...]) -> None:
    """One person has at most one mandate for an organisation at a time."""
    for index, later in enumerate(mandates):
        for earlier in mandates[:index]:
            if (later.person, later.organisation) != (earlier.person, earlier.organisation):
                continue
            if later.valid_from <= (earlier.until or date.max) and earlier.valid_from <= (later.until or date.max):
                raise source.problem("mandate", index, "from", later.valid_from, Line("file.overlap", {}))


def _id(table: Table) -> str:
    id = table.filled("id")
    if not _ID.fullmatch(id):
        raise table.problem("id", "id")
    return id


def _known(table: Table, key: str, known: set[str], remedy: str) -> str:
    value = table.filled(key)
    if value not in known:
        raise table.problem(key, remedy)
    return value


def _check_names(table: Table, key: str, names: Iterable[str], organisations: tuple[Organisation, ...]) -> None:
    for name in names:
        if name not in {each.id for each in organisations}:
            raise table.source.problem(table.header, 0, key, name, Line("file.unknown-organisation", {}))


def _rule_problem(source: Source, header: str, index: int, key: str, problem: RuleProblem) -> FileProblem:
    path = ".".join(part for part in (key, problem.key) if part)
    return source.problem(header, index, path, problem.value, problem.remedy)


def _clock_time(text: str) -> time:
    return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a wall time without a day


def _weight(text: str) -> Fraction:
    weight = Fraction(text)
    if weight < 0 or "/" in text or "e" in text.lower():
        raise ValueError(text)
    return weight
