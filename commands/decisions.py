"""`besluit`: the register of established decisions.

/besluit toon nr
/besluit zoek "woorden"
/besluit lijst
/besluit exporteer nr [--formaat csv|json|md|dossier]
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Final

from commands import lookup
from commands.command import Call, Command, Listing, Part, Passage, Quoted, Reply, flag, word
from commands.domain.board import Role
from commands.domain.decision import Decision
from commands.domain.errors import NoDecision
from commands.domain.item import Item
from commands.domain.number import ItemNumber
from commands.domain.position import Filing
from commands.domain.rights import require_role
from commands.domain.values import Code, Line, Value
from commands.export import files, hidden_in, say
from commands.ports import Transaction
from commands.vocabulary import Format, Words

TRIGGER: Final = Words("besluit", "decision")
MOST: Final = 30
"""Decisions shown in one answer; how many more there are is said."""


# --- show ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShowArgs:
    """Which item's decision."""

    item: Annotated[ItemNumber, word("nr")]


def show(tx: Transaction, call: Call, args: ShowArgs) -> Reply:
    """The decision on an item, its rectifications, and what was lifted since."""
    item = tx.items.get(args.item)
    decisions = tx.decisions.of(item)
    if not decisions:
        raise NoDecision(item.number)
    parts: list[Part] = []
    for each in decisions:
        label = Line("decision.label", {"decision": each.number, "at": each.at, "version": each.version})
        parts.append(Passage(label, each.text))
        if each.corrects is not None:
            parts.append(Line("decision.corrects", {"decision": each.number, "corrects": each.corrects}))
        parts += [Passage(Line(f"decision.{name}", {}), text) for name, text in _reasons(each) if text]
    parts += [
        Line(
            "decision.lifted",
            {"organisation": lookup.short(call.board, each.organisation), "at": each.received_at},
        )
        for each in tx.positions.all(item)
        if each.filing is Filing.AFTER
    ]
    return Reply("reply.decision.show", {"item": item.number, "title": item.title}, tuple(parts))


def _reasons(decision: Decision) -> tuple[tuple[str, str], ...]:
    return ("deviation", decision.deviation), ("reason", decision.reason)


SHOW: Final = Command(
    "decision show",
    TRIGGER,
    ShowArgs,
    show,
    verb=Words("toon", "show"),
    example=Words("003", "003"),
    reads=True,
)


# --- search and list ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SearchArgs:
    """Words that must all be in number, title or text."""

    query: Annotated[Quoted, word("zoekwoorden")]


def search(tx: Transaction, call: Call, args: SearchArgs) -> Reply:
    """The decisions in which all these words stand, newest first."""
    query = lookup.title(args.query)
    found = [each for board in call.boards for each in tx.decisions.search(board.id, query)]
    key = "reply.decision.found" if found else "reply.decision.not-found"
    return Reply(key, {"query": query, "count": len(found)}, _lines(found))


SEARCH: Final = Command(
    "decision search",
    TRIGGER,
    SearchArgs,
    search,
    verb=Words("zoek", "search"),
    example=Words('"overheidscloud 2027"', '"cloud 2027"'),
    reads=True,
)


@dataclass(frozen=True, slots=True)
class ListArgs:
    """Nothing: the decisions of the board, or in a direct message of all boards of the person."""

    board: Annotated[str, flag("overleg")] = ""


def list_(tx: Transaction, call: Call, args: ListArgs) -> Reply:
    """The established decisions, newest first."""
    found = [each for board in call.boards for each in tx.decisions.of_board(board.id)]
    boards = tuple(board.name for board in call.boards)
    key = "reply.decision.list" if found else "reply.decision.empty"
    return Reply(key, {"boards": boards, "count": len(found)}, _lines(found))


LIST: Final = Command("decision list", TRIGGER, ListArgs, list_, verb=Words("lijst", "list"), reads=True)


def _lines(found: Iterable[tuple[Item, Decision]]) -> tuple[Part, ...]:
    every = tuple(found)
    lines = tuple(
        Line(
            "decision.line",
            {
                "decision": decision.number,
                "title": item.title,
                "version": decision.version,
                "at": decision.at,
                "corrects": decision.corrects or "",
            },
        )
        for item, decision in every[:MOST]
    )
    if not lines:
        return ()
    more = len(every) - MOST
    return (Listing(lines), Line("decision.more", {"count": more})) if more > 0 else (Listing(lines),)


# --- export -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ExportArgs:
    """Which dossier, in which form."""

    item: Annotated[ItemNumber, word("nr")]
    format: Annotated[Format, flag("formaat")] = Format.DOSSIER


def export(tx: Transaction, call: Call, args: ExportArgs) -> Reply:
    """The dossier of an item as a file; to chair, secretary and administrator."""
    require_role(call.actor, Role.CHAIR, Role.SECRETARY, Role.ADMIN)
    dossier = tx.dossiers.load(args.item)
    if hidden := hidden_in(dossier, call.received_at):
        raise hidden
    attachments = tuple(files((dossier,), args.format, say(call, call.board)))
    fault = tx.log.first_fault(dossier.number)
    values: dict[str, Value] = {
        "dossier": dossier.number,
        "format": Code(args.format.value),
        "file": attachments[0].name,
    }
    parts = () if fault is None else (Line("log.fault", {"log": dossier.number, "sequence": fault}),)
    return Reply("reply.export.dossier", values, parts, attachments=attachments)


EXPORT: Final = Command(
    "decision export",
    TRIGGER,
    ExportArgs,
    export,
    verb=Words("exporteer", "export"),
    example=Words("003 --formaat dossier", "003 --format dossier"),
    reads=True,
)


COMMANDS: Final = (SHOW, SEARCH, LIST, EXPORT)
