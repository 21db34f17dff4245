"""Files of the register for people to keep: dossiers in a format, one file or all of them in one archive."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from commands.command import Attachment, Call
from commands.domain.board import Board
from commands.domain.dossier import Dossier
from commands.domain.errors import HiddenUntilClose, StaysHidden
from commands.domain.values import Line
from commands.exports import EXPORTS
from commands.exports.base import Say
from commands.lookup import hidden
from commands.ports import Transaction
from commands.vocabulary import Format

WITH_BOARD: Final = frozenset({Format.JSON, Format.DOSSIER})
"""The formats that hold a log, and so also the board's own dossier."""

_EARLIEST: Final = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # what a ZIP archive can hold first: the same files give the same bytes


def hidden_in(dossier: Dossier, at: datetime) -> HiddenUntilClose | None:
    """The refusal of a dossier in which positions are hidden at an instant; None when nothing is."""
    for record in dossier.items:
        if refusal := hidden(record.item, at):
            return refusal
    return None


def left_out(hidden: HiddenUntilClose) -> Line:
    """Which item is missing from an export, and until when."""
    key = "export.left-out.ended" if isinstance(hidden, StaysHidden) else "export.left-out"
    return Line(key, {"item": hidden.item, "closes_at": hidden.closes_at})


def dossiers_of(tx: Transaction, board: Board, format: Format) -> tuple[Dossier, ...]:
    """What the export of a whole board holds: every dossier, and with logs also the board's own."""
    own = (tx.dossiers.load_board(board.id),) if format in WITH_BOARD else ()
    return (*tx.dossiers.of_board(board.id), *own)


def files(dossiers: Iterable[Dossier], format: Format, say: Say) -> Iterator[Attachment]:
    """One file for each dossier; the same dossiers give the same bytes."""
    export = EXPORTS[format]
    for dossier in dossiers:
        content = io.BytesIO()
        export.write(dossier, say, content)
        yield Attachment(export.file_name(dossier), export.media_type, content.getvalue())


def say(call: Call, board: Board) -> Say:
    """Sentences in the language of a board."""

    def word(line: Line) -> str:
        return call.word(board, line)

    return word


def bundle(name: str, attachments: Iterable[Attachment]) -> Attachment:
    """Several files as one ZIP archive, for a platform that sends one file at a time."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in attachments:
            archive.writestr(zipfile.ZipInfo(each.name, _EARLIEST), each.content, zipfile.ZIP_DEFLATED)
    return Attachment(f"{name}.zip", "application/zip", content.getvalue())
