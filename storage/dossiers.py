"""Whole dossiers, for exports and views."""

from __future__ import annotations

from commands.domain.board import Board
from commands.domain.dossier import Dossier, ItemRecord, RoundRecord
from commands.domain.item import Item
from commands.domain.number import ItemNumber
from commands.domain.round import Round
from storage.boards import Boards
from storage.decisions import Decisions
from storage.items import Items
from storage.log import Ledger
from storage.positions import Positions
from storage.rolls import Rolls


class Dossiers:
    """`commands.ports.Dossiers`."""

    def __init__(
        self,
        boards: Boards,
        items: Items,
        rolls: Rolls,
        positions: Positions,
        decisions: Decisions,
        ledger: Ledger,
    ) -> None:
        self._boards = boards
        self._items = items
        self._rolls = rolls
        self._positions = positions
        self._decisions = decisions
        self._ledger = ledger

    def load(self, number: ItemNumber) -> Dossier:
        """The dossier that holds an item. Raises UnknownItem."""
        item = self._items.get(number)
        return self._load(item.dossier, item.board)

    def load_board(self, board: str) -> Dossier:
        """The board's own dossier."""
        return self._load(board, board)

    def of_board(self, board: str) -> tuple[Dossier, ...]:
        """Every dossier of a board with items in it, by number."""
        names = dict.fromkeys(item.dossier for item in self._items.of_board(board))
        return tuple(self._load(name, board) for name in names)

    def _load(self, log: str, board: str) -> Dossier:
        return Dossier(
            number=log,
            board=self._board(board),
            items=tuple(self._record(item) for item in self._items.of_dossier(log)),
            entries=tuple(self._ledger.entries(log)),
            texts=self._ledger.texts(log),
        )

    def _board(self, board: str) -> Board:
        found = self._boards.get(board)
        if found is None:
            raise LookupError(f"no board {board}")
        return found

    def _record(self, item: Item) -> ItemRecord:
        return ItemRecord(
            item,
            self._items.every_version(item),
            tuple(self._round(item, each) for each in self._items.every_round(item)),
            self._decisions.of(item),
        )

    def _round(self, item: Item, round: Round) -> RoundRecord:
        return RoundRecord(
            round,
            self._rolls.of_round(item, round.number),
            self._positions.all(item, round.number),
            self._positions.comments(item, round.number),
        )
