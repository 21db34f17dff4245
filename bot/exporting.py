"""Exports on the command line: the same files as the export command writes, into a folder."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from bot.app import App
from commands.domain.board import Board
from commands.domain.dossier import Dossier
from commands.export import dossiers_of, files, hidden_in
from commands.vocabulary import Format
from storage.transaction import Tx


def export_to(app: App, folder: Path, form: str, *, number: str | None = None, board: str | None = None) -> list[Path]:
    """Write one dossier, or all of a board, and return the paths; empty when there is nothing with that name.

    Each file appears whole or not at all. Raises HiddenUntilClose where positions are hidden until a round closes,
    before anything is written: no role gets them anywhere.
    """
    format = Format(form)

    def find(tx: Tx) -> tuple[Board | None, tuple[Dossier, ...]]:
        if board is not None:
            found = tx.boards.get(board)
            return found, () if found is None else dossiers_of(tx, found, format)
        numbers = tx.items.find(number or "", [each.id for each in tx.boards.all()])
        dossiers = tuple(tx.dossiers.load(each) for each in numbers[:1])
        return (dossiers[0].board if dossiers else None), dossiers

    of, dossiers = app.store.read(find)
    for dossier in dossiers:
        if hidden := hidden_in(dossier):
            raise hidden
    written: list[Path] = []
    for file in files(dossiers, format, partial(app.word, of)) if of is not None else ():
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / file.name
        part = path.with_suffix(path.suffix + ".part")
        part.write_bytes(file.content)
        part.replace(path)
        written.append(path)
    return written
