"""Exports on the command line: the same files as the export command writes, into a folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.app import App
from commands.domain.board import Board
from commands.domain.dossier import Dossier
from commands.domain.values import Line
from commands.export import dossiers_of, files, hidden_in, left_out
from commands.vocabulary import Format
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Exported:
    """The paths that were written, and a line on each item that was left out because its positions are hidden.

    Both are empty when there is nothing with that name.
    """

    written: tuple[Path, ...] = ()
    left_out: tuple[Line, ...] = ()


def export_to(app: App, folder: Path, form: str, *, number: str | None = None, board: str | None = None) -> Exported:
    """Write one dossier, or all of a board. Each file appears whole or not at all.

    A dossier in which positions are hidden is left out: no role gets them anywhere.
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
    if of is None:
        return Exported()
    now = app.clock.now()
    hidden = tuple(left_out(refusal) for each in dossiers if (refusal := hidden_in(each, now)))
    shown = [each for each in dossiers if not hidden_in(each, now)]
    written: list[Path] = []
    for file in files(shown, format, partial(app.word, of)):
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / file.name
        part = path.with_suffix(path.suffix + ".part")
        part.write_bytes(file.content)
        part.replace(path)
        written.append(path)
    return Exported(tuple(written), hidden)
