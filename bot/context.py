"""What an act is about: the boards it can concern, the person on each of them, and the item that a number means."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from bot.platforms.base import Incoming
from commands.command import Command, ItemWord
from commands.domain.board import Account, Board, Person
from commands.domain.errors import AmbiguousItem, NoBoard, UnknownAccount, UnknownBoard, UnknownItem
from commands.domain.mandate import Actor
from commands.domain.number import ItemNumber
from commands.ports import Transaction


@dataclass(frozen=True, slots=True)
class Context:
    """The boards of a call with the person's actors, and the arguments with every item number looked up."""

    boards: tuple[Board, ...]
    actors: tuple[Actor, ...]
    args: Any

    @property
    def zone(self) -> ZoneInfo | None:
        """The zone of the board, when there is one."""
        return self.boards[0].zone if self.boards else None


def find_context(
    tx: Transaction, person: Person, account: Account, incoming: Incoming, command: Command, args: Any
) -> Context:
    """Find out what an act concerns.

    A channel belongs to one board; a full number may name an item of any board that the person is on. In a direct
    message a short number is sought in the open items of all the person's boards. Raises UnknownAccount, NoBoard,
    UnknownBoard, UnknownItem or AmbiguousItem; an item of a board that the person is not on is unknown to him.
    """
    own = tx.people.boards_of(person.id)
    here = tx.boards.of_channel(incoming.platform, incoming.channel) if incoming.channel else None
    if incoming.channel and here is None and not command.anywhere:
        raise NoBoard()
    if here is not None and here.id not in own:
        raise UnknownAccount(account.id)
    names = (here.id,) if here is not None else own
    wanted = getattr(args, "board", None)
    if wanted:
        board = tx.boards.get(wanted)
        if board is None or board.id not in own:
            raise UnknownBoard(wanted)
        names = (board.id,)
    found = {}
    for field in dataclasses.fields(args):
        value = getattr(args, field.name)
        if isinstance(value, ItemWord):
            number = _find_item(tx, value, names, own, is_direct=here is None)
            found[field.name] = number
            names = (tx.items.get(number).board,)
    boards = tuple(board for name in names if (board := tx.boards.get(name)) is not None)
    actors = tuple(
        actor
        for board in boards
        if (actor := tx.people.actor(person, board, account, incoming.received_at, incoming.operator)) is not None
    )
    if len(actors) != len(boards):
        raise UnknownAccount(account.id)
    return Context(boards, actors, dataclasses.replace(args, **found) if found else args)


def _find_item(
    tx: Transaction, word: str, here: tuple[str, ...], own: tuple[str, ...], *, is_direct: bool
) -> ItemNumber:
    full = ItemNumber.parse(word)
    numbers = tx.items.find(word, own if full is not None else here, only_open=is_direct and full is None)
    if is_direct and not numbers:
        numbers = tx.items.find(word, own)
    if not numbers:
        raise UnknownItem(word)
    if is_direct and full is None and len({tx.items.get(number).board for number in numbers}) > 1:
        raise AmbiguousItem(word, numbers)
    return numbers[0]
