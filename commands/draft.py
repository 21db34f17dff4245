"""`consultatie nieuw "titel" --tekst …`: drafts an item; numbered lines of its text become decision points.

    /consultatie nieuw "titel" --tekst "1. …" [--soort consultatie|instemming|…] [--regel consensus]
                 [--termijn "10 werkdagen"] [--versie 1.0] [--document URL --sha256 …] [--nummer BOD-2027-003]
                 [--dossier nr] [--vergadering datum] [--zichtbaar open|na-sluiting] [--overleg BOARD]

A consultation has no rule; any other kind has that of the board unless one is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Final

from commands import lookup, when
from commands.command import Call, Command, Listing, Part, Quoted, Reply, flag, word
from commands.domain import events
from commands.domain.board import Board, Role
from commands.domain.calendar import Term
from commands.domain.draft import Document, Version
from commands.domain.errors import (
    DeadlinePast,
    DeadlineUnclear,
    DocumentIncomplete,
    InvalidNumber,
    NotBuiltYet,
    NumberTaken,
    RuleDoesNotFit,
    UnknownItem,
)
from commands.domain.item import Item, State, Visibility
from commands.domain.number import ItemNumber
from commands.domain.position import Kind
from commands.domain.rights import require_role
from commands.domain.rules.base import DecisionRule
from commands.domain.rules.describe import title
from commands.domain.values import Code, Line, Value
from commands.ports import Transaction
from commands.rounds import points_line, receipt, rule_for, version_label
from commands.text import plain
from commands.vocabulary import VOCABULARY, Words

BUILT: Final = (Kind.CONSULTATION, Kind.CONSENT)
"""The kinds of item that this version has."""

FIRST_VERSION: Final = "1.0"
LONGEST_ADDRESS: Final = 2_000

_SHA256: Final = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Args:
    """The new item. `board` is where it is drafted; the dispatcher looks it up."""

    title: Annotated[Quoted, word("titel")]
    text: Annotated[Quoted, flag("tekst")]
    kind: Annotated[Kind, flag("soort", among=BUILT)] = Kind.CONSENT
    rule: Annotated[str, flag("regel")] = ""
    term: Annotated[str, flag("termijn")] = ""
    version: Annotated[str, flag("versie")] = FIRST_VERSION
    document: Annotated[str, flag("document")] = ""
    sha256: Annotated[str, flag("sha256")] = ""
    number: Annotated[str, flag("nummer")] = ""
    dossier: Annotated[ItemNumber | None, flag("dossier")] = None
    meeting: Annotated[str, flag("vergadering")] = ""
    visible: Annotated[Visibility, flag("zichtbaar")] = Visibility.OPEN
    board: Annotated[str | None, flag("overleg")] = None


def run(tx: Transaction, call: Call, args: Args) -> Reply:
    """Draft an item. Nobody is told and nothing is posted: that is for opening it."""
    board = call.board
    require_role(call.actor, Role.SECRETARY, Role.CHAIR)
    rule = _rule(call, board, args)
    term = when.term(args.term) if args.term else None
    if args.term and term is None:
        raise DeadlineUnclear(args.term)
    label = version_label(args.version)
    version = Version(label, lookup.draft(args.text), created_at=call.received_at)
    number = _number(tx, call, board, args.number)
    item = Item(
        number=number,
        dossier=_dossier(tx, board, args) or str(number),
        board=board.id,
        kind=args.kind,
        title=lookup.title(args.title),
        state=State.DRAFT,
        created_at=call.received_at,
        version=version,
        rule=rule.id if rule else "",
        term=str(term) if term else "",
        visible=args.visible,
        meeting=_meeting(call, args),
        document=_document(args),
    )
    entry = tx.items.record(item, events.item_drafted(item, board, call.act()))
    values: dict[str, Value] = {
        "item": item.number,
        "title": item.title,
        "version": version.label,
        "board": board.name,
    }
    parts = (
        *_understood(item, rule, term),
        receipt(call, entry),
        Line(
            "reply.draft.next",
            {"example": lookup.example(call, f"/consultatie open {number}", f"/consult open {number}")},
        ),
    )
    return Reply("reply.draft.recorded", values, parts)


def _rule(call: Call, board: Board, args: Args) -> DecisionRule | None:
    """The rule that will decide; None for a consultation."""
    if args.kind not in BUILT:
        raise NotBuiltYet(VOCABULARY[Kind][args.kind].in_language(call.language))
    if args.kind is not Kind.CONSULTATION:
        return rule_for(board, args.rule or board.rule, args.kind)
    if args.rule:
        raise RuleDoesNotFit(args.rule, args.kind)
    return None


def _number(tx: Transaction, call: Call, board: Board, given: str) -> ItemNumber:
    """The next number of the board, or a given one with the prefix of the board or of a higher one."""
    if not given:
        return tx.items.next_number(board.id, board.today(call.received_at).year)
    number = ItemNumber.parse(given)
    if number is None or number.board.casefold() not in _prefixes(tx, board):
        raise InvalidNumber(given)
    if tx.items.is_taken(number):
        raise NumberTaken(number)
    return number


def _prefixes(tx: Transaction, board: Board) -> frozenset[str]:
    """The prefixes that a board may use, without case: its own, and those of the boards above it."""
    found: dict[str, None] = {}
    above: Board | None = board
    while above is not None and above.id.casefold() not in found:
        found[above.id.casefold()] = None
        above = tx.boards.get(above.higher_board) if above.higher_board else None
    return frozenset(found)


def _dossier(tx: Transaction, board: Board, args: Args) -> str:
    """The dossier of an item that is there already, locked; empty for a dossier of its own."""
    if args.dossier is None:
        return ""
    if args.board and args.board.casefold() != board.id.casefold():
        raise UnknownItem(str(args.dossier))  # it lies with another board than the one asked for
    return tx.items.locked(args.dossier).dossier


def _meeting(call: Call, args: Args) -> date | None:
    """The day of the meeting, today or later. Raises DeadlinePast, and what `when.day` raises."""
    if not args.meeting:
        return None
    today = call.board.today(call.received_at)
    day = when.day(args.meeting, today)
    if day < today:
        raise DeadlinePast(args.meeting, datetime.combine(day, time(0), call.board.zone))
    return day


def _document(args: Args) -> Document | None:
    if args.sha256 and not (args.document and _SHA256.fullmatch(args.sha256)):
        raise DocumentIncomplete(args.sha256)
    if not args.document:
        return None
    address = plain(lookup.text(args.document, LONGEST_ADDRESS))
    if not address.casefold().startswith(("https://", "http://")):
        raise DocumentIncomplete(address)
    return Document(address, args.sha256.lower())


def _understood(item: Item, rule: DecisionRule | None, term: Term | None) -> Iterator[Part]:
    """What was understood, so that a slip is seen before the round opens."""
    if rule is None:
        yield Line("reply.draft.kind", {"kind": item.kind})
    else:
        yield Line("reply.draft.kind-rule", {"kind": item.kind, "rule": title(rule)})
    points = item.version.points
    yield points_line(item.version)
    if points:
        yield Listing(tuple(Line("reply.draft.point", {"number": each.number, "text": each.text}) for each in points))
    if term is not None:
        yield Line("reply.draft.term", {"term": Line(f"term.{term.unit.value}", {"count": term.count})})
    if item.meeting is not None:
        yield Line("reply.draft.meeting", {"meeting": item.meeting})
    if item.visible is Visibility.AFTER_CLOSE:
        yield Line("reply.draft.hidden", {})
    if item.document is not None:
        fixed = "fixed" if item.document.sha256 else "not-fixed"
        yield Line(f"reply.draft.document.{fixed}", {"url": item.document.url, "sha256": Code(item.document.sha256)})
    if item.dossier != str(item.number):
        yield Line("reply.draft.dossier", {"dossier": Code(item.dossier)})


COMMAND: Final = Command(
    "consult new",
    Words("consultatie", "consult"),
    Args,
    run,
    verb=Words("nieuw", "new"),
    example=Words(
        '"Kader soevereine cloud" --tekst "1. Het kader vast te stellen." --soort instemming',
        '"Sovereign cloud framework" --text "1. To adopt the framework." --kind consent',
    ),
)
