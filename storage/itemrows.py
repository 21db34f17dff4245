"""Items, versions and rounds as rows: the columns that make one up, with its texts, and the way there and back."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Row, Select, bindparam, select

from commands.domain.draft import Document, Version
from commands.domain.item import Item, State, Visibility
from commands.domain.ledger import Entry
from commands.domain.number import ItemNumber
from commands.domain.position import Kind
from commands.domain.round import Ending, Round
from commands.domain.rules.base import DecisionRule
from storage.boardtext import decode_rule, encode_rule
from storage.log import field, kept
from storage.outcometext import decode_outcome, encode_outcome
from storage.tables import items, rounds, texts, versions

_title, _document, _text, _note, _urgent = (
    texts.alias(name) for name in ("title_text", "document_text", "version_text", "note_text", "urgent_text")
)
VERSION_COLUMNS: Final = (
    versions.c.label,
    _text.c.text.label("version_text"),
    _note.c.text.label("note_text"),
    versions.c.text_hash,
    versions.c.note_hash,
    versions.c.created_at.label("version_at"),
    versions.c.substantive,
    versions.c.contest_until,
    versions.c.contested,
    versions.c.sequence.label("version_sequence"),
)
ROUND_COLUMNS: Final = (
    rounds.c.number.label("round_number"),
    rounds.c.version.label("round_version"),
    rounds.c.opened_at,
    rounds.c.closes_at,
    rounds.c.rule.label("round_rule"),
    rounds.c.closed_at,
    rounds.c.ending,
    rounds.c.outcome,
    rounds.c.repeat,
    rounds.c.urgent_hash,
    _urgent.c.text.label("urgent_text"),
    rounds.c.asked_at,
    rounds.c.down_from,
    rounds.c.down_until,
    rounds.c.remind_at,
    rounds.c.reminded,
)


def _kept_in(log: Any, hash: Any, kept_text: Any) -> Any:
    return (kept_text.c.log == log) & (kept_text.c.hash == hash)


ITEMS: Final[Select[Any]] = (
    select(
        items,
        _title.c.text.label("title_text"),
        _document.c.text.label("document_text"),
        *VERSION_COLUMNS,
        *ROUND_COLUMNS,
    )
    .join(versions, (versions.c.item == items.c.number) & (versions.c.label == items.c.version))
    .outerjoin(rounds, (rounds.c.item == items.c.number) & (rounds.c.number == items.c.round))
    .outerjoin(_title, _kept_in(items.c.dossier, items.c.title_hash, _title))
    .outerjoin(_document, _kept_in(items.c.dossier, items.c.document_hash, _document))
    .outerjoin(_text, _kept_in(items.c.dossier, versions.c.text_hash, _text))
    .outerjoin(_note, _kept_in(items.c.dossier, versions.c.note_hash, _note))
    .outerjoin(_urgent, _kept_in(items.c.dossier, rounds.c.urgent_hash, _urgent))
)
"""Items with their newest version and newest round."""

VERSIONS: Final = (
    select(*VERSION_COLUMNS)
    .select_from(items)
    .join(versions, versions.c.item == items.c.number)
    .outerjoin(_text, _kept_in(items.c.dossier, versions.c.text_hash, _text))
    .outerjoin(_note, _kept_in(items.c.dossier, versions.c.note_hash, _note))
    .where(items.c.number == bindparam("number"))
    .order_by(versions.c.sequence)
)
ROUNDS: Final = (
    select(*ROUND_COLUMNS)
    .select_from(items)
    .join(rounds, rounds.c.item == items.c.number)
    .outerjoin(_urgent, _kept_in(items.c.dossier, rounds.c.urgent_hash, _urgent))
    .where(items.c.number == bindparam("number"))
    .order_by(rounds.c.number)
)


def item_number(text: str) -> ItemNumber:
    """The number of an item from the column that holds it."""
    board, year, sequence = text.rsplit("-", 2)
    return ItemNumber(board, int(year), int(sequence))


def read_item(row: Row[Any]) -> Item:
    document = kept(row.document_hash, row.document_text)
    return Item(
        number=ItemNumber(row.prefix, row.year, row.sequence),
        dossier=row.dossier,
        board=row.board,
        kind=Kind(row.kind),
        title=kept(row.title_hash, row.title_text),
        state=State(row.state),
        created_at=row.created_at,
        version=read_version(row),
        rule=row.rule,
        term=row.term,
        visible=Visibility(row.visible),
        subject=row.subject,
        meeting=row.meeting,
        document=Document(document, row.document_sha256) if document else None,
        round=None if row.round_number is None else read_round(row),
        decisions=row.decisions,
    )


def read_version(row: Row[Any]) -> Version:
    return Version(
        label=row.label,
        text=kept(row.text_hash, row.version_text),
        created_at=row.version_at,
        note=kept(row.note_hash, row.note_text),
        substantive=row.substantive,
        contest_until=row.contest_until,
        contested=row.contested,
        sequence=row.version_sequence,
    )


def read_round(row: Row[Any]) -> Round:
    return Round(
        number=row.round_number,
        version=row.round_version,
        opened_at=row.opened_at,
        closes_at=row.closes_at,
        rule=_rule(row.round_rule) if row.round_rule else None,
        closed_at=row.closed_at,
        ending=Ending(row.ending) if row.ending else None,
        outcome=decode_outcome(row.outcome),
        repeat=row.repeat,
        urgent=kept(row.urgent_hash, row.urgent_text),
        asked_at=row.asked_at,
        down_from=row.down_from,
        down_until=row.down_until,
        remind_at=row.remind_at,
        reminded=row.reminded,
    )


@lru_cache(maxsize=256)
def _rule(text: str) -> DecisionRule:
    return decode_rule(text)


def item_changes(item: Item) -> dict[str, Any]:
    return {
        "state": item.state.value,
        "version": item.version.label,
        "rule": item.rule,
        "term": item.term,
        "visible": item.visible.value,
        "subject": item.subject,
        "meeting": item.meeting,
        "round": item.round.number if item.round else 0,
        "decisions": item.decisions,
    }


def new_item_row(item: Item, entry: Entry) -> dict[str, Any]:
    return {
        "number": str(item.number),
        "prefix": item.number.board,
        "year": item.number.year,
        "sequence": item.number.sequence,
        "dossier": item.dossier,
        "board": item.board,
        "kind": item.kind.value,
        "title_hash": field(entry, "title"),
        "created_at": item.created_at,
        "document_hash": field(entry, "document"),
        "document_sha256": item.document.sha256 if item.document else "",
        **item_changes(item),
    }


def version_changes(version: Version) -> dict[str, Any]:
    return {
        "substantive": version.substantive,
        "contest_until": version.contest_until,
        "contested": version.contested,
    }


def new_version_row(item: str, version: Version, entry: Entry) -> dict[str, Any]:
    return {
        "item": item,
        "label": version.label,
        "sequence": entry.sequence,
        "text_hash": field(entry, "text"),
        "note_hash": field(entry, "note"),
        "created_at": version.created_at,
        **version_changes(version),
    }


def round_changes(round: Round) -> dict[str, Any]:
    return {
        "version": round.version,
        "closes_at": round.closes_at,
        "closed_at": round.closed_at,
        "ending": round.ending.value if round.ending else "",
        "outcome": encode_outcome(round.outcome),
        "asked_at": round.asked_at,
        "down_from": round.down_from,
        "down_until": round.down_until,
        "remind_at": round.remind_at,
        "reminded": round.reminded,
    }


def new_round_row(item: str, round: Round, entry: Entry) -> dict[str, Any]:
    return {
        "item": item,
        "number": round.number,
        "opened_at": round.opened_at,
        "rule": encode_rule(round.rule) if round.rule else "",
        "repeat": round.repeat,
        "urgent_hash": field(entry, "urgent"),
        **round_changes(round),
    }
