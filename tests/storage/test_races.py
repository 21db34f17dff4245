"""F13 and F14: positions race against closing, on one register from two processes. Nothing is counted that was refused,
nothing is missing that was acknowledged, and every round is closed once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial

import pytest
from sqlalchemy import NullPool, create_engine, text

from commands.domain import events
from commands.domain.errors import RoundClosed
from commands.domain.item import State
from commands.domain.number import ItemNumber
from commands.domain.outcome import Counts
from commands.domain.position import latest
from commands.domain.round import Ending
from storage import items as items_module
from storage import log as log_module
from storage.store import Store, open_store
from storage.transaction import Tx
from tests.factories import (
    HOUR,
    NOON,
    a_board,
    a_position,
    a_roll,
    a_round,
    an_act,
    an_item,
    an_open_item,
    an_organisation,
    an_outcome,
)
from tests.storage.register import load

VOTERS = tuple(f"org{number}" for number in range(8))
CLOSERS = 2
AT_ONCE = 20
"""Rounds that race at the same time."""


@dataclass
class Round:
    """What everyone was told about one round."""

    number: ItemNumber
    acknowledged: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)


def vote(tx: Tx, number: ItemNumber, organisation: str) -> None:
    item = tx.items.locked(number)
    if item.round is None or not item.round.takes(NOON + HOUR):
        raise RoundClosed(number, NOON)
    assert tx.rolls.seat(item, organisation) is not None
    position = a_position(organisation)
    tx.positions.append(item, position, events.position_filed(item, position, an_act()))


def close(tx: Tx, number: ItemNumber) -> int | None:
    """Close the round and tell the total; None when somebody else has closed it."""
    item = tx.items.locked(number)
    if item.round is None or not item.round.is_open:
        return None
    total = len(latest(tx.positions.all(item)))
    outcome = an_outcome(counts=Counts(for_=total, silent=len(VOTERS) - total))
    round = replace(item.round, closed_at=NOON + HOUR, ending=Ending.DEADLINE, outcome=outcome)
    closed = replace(item, state=State.CLOSED, round=round)
    tx.items.record(closed, events.round_closed(closed, round, "", an_act()))
    return total


def open_rounds(store: Store, count: int) -> list[Round]:
    board = a_board(organisations=tuple(an_organisation(each) for each in VOTERS))
    load(store, board)
    roll = a_roll(*VOTERS)

    def work(tx: Tx, number: ItemNumber) -> None:
        item = an_item(number)
        tx.items.record(item, events.item_drafted(item, board, an_act()))
        opened = an_open_item(number, round=a_round(rule=None))
        tx.items.record(opened, events.round_opened(opened, a_round(rule=None), roll, an_act()), roll=roll)

    numbers = [ItemNumber("BOD", 2027, each) for each in range(1, count + 1)]
    for future in [store.write(partial(work, number=each)) for each in numbers]:
        future.result()
    return [Round(each) for each in numbers]


def race(stores: tuple[Store, ...], rounds: list[Round], seed: int) -> None:
    """All votes and closes of some rounds at once, in an order that the seed decides, spread over the processes."""
    chance = random.Random(seed)
    for start in range(0, len(rounds), AT_ONCE):
        acts = [(each, who) for each in rounds[start : start + AT_ONCE] for who in (*VOTERS, *range(CLOSERS))]
        chance.shuffle(acts)
        waiting: list[tuple[Round, str | int, Future[int | None]]] = []
        for each, who in acts:
            store = chance.choice(stores)
            if isinstance(who, str):
                waiting.append((each, who, store.write(partial(vote, number=each.number, organisation=who))))
            else:
                waiting.append((each, who, store.write(partial(close, number=each.number))))
        for each, who, future in waiting:
            note(each, who, future)


def note(round: Round, who: str | int, future: Future[int | None]) -> None:
    if isinstance(who, int):
        total = future.result()
        round.totals += [] if total is None else [total]
        return
    try:
        future.result()
    except RoundClosed:
        round.refused.append(who)
    else:
        round.acknowledged.append(who)


def check(store: Store, rounds: list[Round]) -> Counter[str]:
    """What is wrong in the register, held against what everyone was told."""
    wrong: Counter[str] = Counter()

    def look(tx: Tx) -> None:
        for each in rounds:
            item = tx.items.get(each.number)
            stored = sorted(position.organisation for position in tx.positions.all(item))
            wrong["not closed once"] += len(each.totals) != 1
            wrong["acknowledged and missing, or refused and there"] += stored != sorted(each.acknowledged)
            wrong["total differs"] += each.totals != [len(stored)]
            assert item.round is not None
            assert item.round.outcome is not None
            wrong["outcome differs"] += item.round.outcome.counts.for_ != len(stored)
            kinds = [entry.kind for entry in tx.log.entries(item.dossier)]
            wrong["position after the close"] += kinds[-1] != "round-closed"
            wrong["log broken"] += tx.log.first_fault(item.dossier) is not None

    store.read(look)
    return +wrong


@pytest.fixture
def stores(url, clock) -> Iterator[tuple[Store, ...]]:
    """The same register, opened by two processes' worth of writers."""
    with open_store(url, clock) as first, open_store(url, clock) as second:
        yield first, second


def test_f13_f14_positions_race_against_closing(stores):
    rounds = open_rounds(stores[0], 40)

    race(stores, rounds, seed=1)

    assert check(stores[0], rounds) == {}
    assert sum(len(each.refused) for each in rounds) > 0
    assert sum(len(each.acknowledged) for each in rounds) > 0


@pytest.mark.race
def test_f13_f14_positions_race_against_closing_1500_times(stores):
    rounds = open_rounds(stores[0], 1500)

    race(stores, rounds, seed=2)

    assert check(stores[0], rounds) == {}
    assert sum(len(each.refused) for each in rounds) > 1500
    assert sum(len(each.acknowledged) for each in rounds) > 1500


@pytest.mark.race
@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_f13_f14_a_build_without_locks_is_found_out(migrated_url, clock, monkeypatch):
    """Without row locks, and without the keys of the log that would still tell, totals differ from what is stored."""
    from storage.migrate import migrate

    url = migrated_url(migrate)
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for table in ("entries", "positions"):
            connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT pk_{table} CASCADE"))
    for name in ("_LOCK", "_LOCK_NOW"):
        monkeypatch.setattr(items_module, name, items_module._LOCK.with_for_update(key_share=True, read=True))
    for name in ("_LOCK_HEAD", "_LOCK_HEAD_NOW"):
        monkeypatch.setattr(log_module, name, log_module._READ_HEAD)

    with open_store(url, clock) as first, open_store(url, clock) as second:
        rounds = open_rounds(first, 200)
        race((first, second), rounds, seed=3)
        wrong = check(first, rounds)

    assert wrong["total differs"] > 0
    assert wrong["log broken"] > 0


def test_f14_a_position_received_in_time_and_committed_before_the_close_is_counted(stores):
    (round,) = open_rounds(stores[0], 1)

    stores[1].write(lambda tx: vote(tx, round.number, "org0")).result()

    assert stores[0].write(lambda tx: close(tx, round.number)).result() == 1
    assert stores[1].write(lambda tx: close(tx, round.number)).result() is None
    with pytest.raises(RoundClosed):
        stores[1].write(lambda tx: vote(tx, round.number, "org1")).result()


def test_two_processes_that_want_the_same_dossiers_in_another_order_do_not_wait_for_each_other(stores):
    rounds = open_rounds(stores[0], 2)
    item = stores[0].read(lambda tx: tx.items.get(rounds[0].number))
    other = stores[0].read(lambda tx: tx.items.get(rounds[1].number))

    def note_both(store, first, second):
        return [
            store.write(partial(vote, number=each.number, organisation=f"org{number}"))
            for number in range(4)
            for each in (first, second)
        ]

    futures = note_both(stores[0], item, other) + note_both(stores[1], other, item)

    for each in futures:
        each.result()
    for each in (item, other):
        assert len(stores[0].read(lambda tx, i=each: tx.positions.all(i))) == 8
        assert stores[0].read(lambda tx, i=each: tx.log.first_fault(i.dossier)) is None
