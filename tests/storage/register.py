"""Steps by which a test fills a register, each in a unit of work of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from commands.domain import events
from commands.domain.board import Board
from commands.domain.item import Item
from commands.domain.ledger import Entry
from commands.domain.number import ItemNumber
from commands.domain.position import Position
from commands.domain.round import Round
from storage.store import Store
from storage.transaction import Tx
from tests.factories import (
    NUMBER,
    ORGANISATIONS,
    a_board,
    a_mandate,
    a_position,
    a_roll,
    a_round,
    an_act,
    an_item,
    an_open_item,
    the_people,
)

CHANNEL = ("console", "main")


def load(store: Store, board: Board | None = None, *, channel: str = CHANNEL[1]) -> Board:
    """A board with its people and mandates, and a channel."""
    loaded = board or a_board()
    granted = [a_mandate(each, board=loaded.id) for each in ORGANISATIONS]

    def work(tx: Tx) -> None:
        tx.boards.save(loaded, the_people(), granted, events.board_loaded(loaded, [], an_act()))
        linked = events.channel_linked(loaded.id, CHANNEL[0], channel, an_act())
        tx.boards.link(loaded, CHANNEL[0], channel, linked)

    store.write(work).result()
    return loaded


def draft(store: Store, number: ItemNumber = NUMBER, **changes: Any) -> Item:
    """A draft on the board BOD."""
    item = an_item(number, **changes)
    event = events.item_drafted(item, a_board(item.board), an_act())
    store.write(lambda tx: tx.items.record(item, event)).result()
    return get(store, number)


def open_round(store: Store, number: ItemNumber = NUMBER, *organisations: str, **changes: Any) -> Item:
    """The first round of a draft, with these organisations (those of the board when none is named) on its roll."""
    round, roll = a_round(**changes), a_roll(*organisations)

    def work(tx: Tx) -> None:
        drafted = tx.items.locked(number)
        item = an_open_item(number, round=round, version=drafted.version, board=drafted.board)
        tx.items.record(item, events.round_opened(item, round, roll, an_act()), roll=roll)

    store.write(work).result()
    return get(store, number)


def an_open_round(store: Store, number: ItemNumber = NUMBER, **changes: Any) -> Item:
    """A board with an item that has an open round."""
    load(store)
    draft(store, number)
    return open_round(store, number, **changes)


def file(store: Store, organisation: str = "vng", number: ItemNumber = NUMBER, **changes: Any) -> Position:
    """A position in the newest round."""
    return store.write(lambda tx: append(tx, organisation, number, **changes)).result()


def append(tx: Tx, organisation: str = "vng", number: ItemNumber = NUMBER, **changes: Any) -> Position:
    """A position in the newest round, as a part of a unit of work."""
    item = tx.items.locked(number)
    position = a_position(organisation, **changes)
    return tx.positions.append(item, position, events.position_filed(item, position, an_act()))


def get(store: Store, number: ItemNumber = NUMBER) -> Item:
    """An item as it is kept."""
    return store.read(lambda tx: tx.items.get(number))


def head(store: Store, log: str = str(NUMBER)) -> Entry:
    """The last entry of a log that is not empty."""
    found = store.read(lambda tx: tx.log.head(log))
    assert found is not None
    return found


def round_of(item: Item) -> Round:
    """The newest round of an item that has one."""
    assert item.round is not None
    return item.round


def record(tx: Tx, item: Item) -> Entry:
    """Keep an item, with an event that is possible in every state."""
    return tx.items.record(item, events.reminded(item, item.round or a_round(), ["vng"], an_act()))


@contextmanager
def held(store: Store) -> Iterator[None]:
    """Keep the writer busy, so that everything written meanwhile waits and becomes one group."""
    started, release = threading.Event(), threading.Event()

    def work(tx: Tx) -> None:
        started.set()
        release.wait()

    holding = store.write(work)
    started.wait()
    try:
        yield
    finally:
        release.set()
        holding.result()
