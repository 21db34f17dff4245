"""Positions as CSV: one row for each position ever filed, late and replaced ones too.

RFC 4180 with commas, every cell quoted, and a byte order mark, without which Excel takes UTF-8 for something
else. A Dutch Excel that opens a file by a double click expects semicolons: import the file as text instead.
"""

from __future__ import annotations

import codecs
import csv
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from commands.domain.dossier import Dossier, ItemRecord, RoundRecord
from commands.domain.ledger import instant
from commands.domain.position import Position
from commands.exports.base import Say, Sink, Utf8, counting
from commands.exports.names import file_name
from commands.vocabulary import Format

COLUMNS: Final = (
    "item",
    "title",
    "round",
    "version",
    "organisation",
    "name",
    "column",
    "weight",
    "voting",
    "stance",
    "ballot",
    "text",
    "points",
    "basis",
    "reservation",
    "suspensive",
    "until",
    "received_at",
    "filing",
    "counted",
    "answer",
    "answer_text",
    "entry",
    "hash",
)
"""Codes are English. `counted` says whether it is the position of its organisation that the round counts."""

FORMULA_SIGNS: Final = frozenset("=+-@\t\r\n＝＋－＠")
"""What makes a spreadsheet take a cell for a formula (OWASP, "CSV Injection"), full-width signs included."""


@dataclass(frozen=True, slots=True)
class CsvExport:
    """The positions of a dossier for a spreadsheet; codes are English, instants UTC."""

    separator: str = ","
    byte_order_mark: bool = True
    format: Format = Format.CSV
    media_type: str = "text/csv; charset=utf-8"

    def file_name(self, dossier: Dossier) -> str:
        """The number of the dossier."""
        return file_name(dossier.number, "csv")

    def write(self, dossier: Dossier, say: Say, to: Sink) -> None:
        """Write a header and a row for each position, by item, round and order of the log."""
        if self.byte_order_mark:
            to.write(codecs.BOM_UTF8)
        rows = csv.writer(Utf8(to), delimiter=self.separator, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
        rows.writerow(COLUMNS)
        for item in dossier.items:
            for round in item.rounds:
                rows.writerows(map(guarded, row) for row in _rows(item, round))


def guarded(cell: str) -> str:
    """The text of a cell behind an apostrophe when a spreadsheet could take it for a formula.

    Spaces and invisible signs in front do not hide a formula sign from this guard.
    """
    for sign in cell:
        if sign in FORMULA_SIGNS:
            return f"'{cell}"
        if unicodedata.category(sign) not in {"Zs", "Cc", "Cf"}:
            break
    return cell


def _rows(item: ItemRecord, round: RoundRecord) -> Iterator[Iterable[str]]:
    counted = counting(round)
    for position in round.positions:
        yield _row(item, round, position, counted=position.sequence in counted)


def _row(item: ItemRecord, round: RoundRecord, position: Position, *, counted: bool) -> Iterator[str]:
    seat = round.roll.seat(position.organisation)
    reservation = position.reservation
    yield from (str(item.item.number), item.item.title, str(position.round), position.version)
    yield position.organisation
    if seat is None:
        yield from ("", "", "", "")
    else:
        yield from (seat.name, seat.column, str(seat.weight), _yes(seat.voting))
    yield from (position.stance.value, position.ballot, position.text, ", ".join(map(str, position.points)))
    yield position.basis.value if position.basis else ""
    yield reservation.kind.value if reservation else ""
    yield _yes(reservation.suspensive) if reservation else ""
    yield reservation.until.isoformat() if reservation and reservation.until else ""
    yield from (instant(position.received_at), position.filing.value, _yes(counted))
    yield from (position.answer.value if position.answer else "", position.answer_text)
    yield from (str(position.sequence), position.hash)


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
