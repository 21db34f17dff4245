"""How many statements a request takes, and that none of the hot ones reads a whole table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, NullPool, create_engine, event

from commands.domain import events
from commands.domain.position import Stance
from commands.domain.values import Reference, Value
from commands.ports import Answered, Notice
from storage.store import open_store
from storage.tables import METADATA
from storage.transaction import Tx
from tests.factories import DAY, HOUR, NOON, NUMBER, SECOND, a_board, a_position, a_round, an_act
from tests.storage.register import an_open_round, append, draft, file, get, load, open_round, record

LARGEST = 100


@contextmanager
def statements() -> Iterator[list[tuple[str, Any, bool]]]:
    """Every statement that is executed meanwhile, with its parameters, and whether for many rows."""
    seen: list[tuple[str, Any, bool]] = []

    def note(connection, cursor, statement, parameters, context, executemany):
        seen.append((statement, parameters, executemany))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def accept(tx: Tx, person: str, event_id: str, **changes: Any) -> str:
    """What accepting a position takes of the register, from the account to the answer."""
    assert tx.inbox.answered(event_id) is None
    known, board = tx.people.by_account("console", person), tx.boards.of_channel("console", "main")
    assert known is not None
    assert board is not None
    actor = tx.people.actor(known, board, known.accounts[0], NOON)
    assert actor is not None
    organisation = actor.mandates[0].organisation
    item = tx.items.locked(tx.items.find("3", [board.id])[0])
    assert tx.rolls.seat(item, organisation) is not None
    tx.positions.current(item, organisation)
    position = a_position(organisation, **changes)
    kept = tx.positions.append(item, position, events.position_filed(item, position, an_act()))
    others = [each.person for each in tx.people.mandates(board.id, organisation) if each.person != known.id]
    tx.outbox.tell(Notice.POSITION, [*others, "voorzitter"], item.dossier, kept.sequence, item)
    tx.outbox.refresh(item)
    answer: dict[str, Value] = {"item": item.number, "stance": kept.stance, "reference": Reference(kept.hash)}
    tx.inbox.remember(event_id, Answered(NOON, "position.recorded", answer))
    return kept.hash


def counted(url, clock, event_id):
    """The statements of one position in a process that has read nothing before."""
    with open_store(url, clock) as store:
        store.write(lambda tx: tx.now).result()
        with statements() as seen:
            store.write(
                lambda tx: accept(tx, "vng-vertegenwoordiger", event_id, text="Ja."), event_id=event_id
            ).result()
    return len(seen)


def test_accepting_a_position_takes_the_same_statements_however_many_there_are(store, url, clock):
    an_open_round(store)
    counted(url, clock, "first")

    few = counted(url, clock, "second")
    for number in range(LARGEST):
        file(store, ("rijk", "ipo", "uvw")[number % 3], text=f"Tekst {number}")
    many = counted(url, clock, "third")

    assert many == few <= 22


def test_a_person_and_what_he_may_do_take_two_statements_at_most(store):
    board = load(store)

    def work(tx):
        with statements() as seen:
            person = tx.people.by_account("console", "vng-vertegenwoordiger")
            tx.people.actor(person, board, person.accounts[0], NOON)
        return len(seen)

    assert store.read(work) == 2


def test_a_group_takes_fewer_statements_than_its_units(url, clock):
    with open_store(url, clock) as store:
        an_open_round(store)
        with statements() as alone:
            store.write(lambda tx: accept(tx, "vng-vertegenwoordiger", "a"), event_id="a").result()

        with statements() as together:
            store.write(lambda tx: [append(tx, each) for each in ("rijk", "vng", "ipo", "uvw")]).result()

        inserts = [statement for statement, _, _ in together if statement.startswith("INSERT INTO entries")]
        assert len(inserts) == 1
        assert len(together) < len(alone)


def test_a_changed_card_is_one_row_however_many_positions_changed_it(store):
    item = an_open_round(store)

    with statements() as seen:
        store.write(lambda tx: [tx.outbox.refresh(item) for _ in range(20)]).result()

    assert [many for statement, _, many in seen if "INTO cards" in statement] == [False]


# --- plans ------------------------------------------------------------------------------------------------------


def accept_all(store):
    for number, person in enumerate(("vng", "ipo", "vng")):
        name, event_id = f"{person}-vertegenwoordiger", f"a{number}"
        store.write(lambda tx, n=name, e=event_id: accept(tx, n, e, text="Ja."), event_id=event_id).result()


def tick(store):
    """What the clock asks of the register, and what delivery does."""
    now = NOON + 30 * DAY

    def look(tx):
        return (
            tx.items.due(now, 10),
            tx.items.asked(now, 10),
            tx.items.reminders_due(now, 10),
            tx.items.next_due(NOON),
            tx.items.next_reminder(NOON),
            tx.delivery.next_due(),
            tx.delivery.oldest_undelivered(),
            tx.beats.last(),
            tx.beats.absences(NOON),
            tx.outbox.dead("BOD"),
        )

    store.read(look)
    store.write(look).result()
    store.write(lambda tx: tx.beats.beat(now)).result()
    messages = store.write(lambda tx: tx.delivery.claim(now, 10, HOUR)).result()
    assert len(messages) >= 3
    settle = (
        lambda tx, each: tx.delivery.sent(each, now, post="post"),
        lambda tx, each: tx.delivery.retry(each, now + SECOND),
        lambda tx, each: tx.delivery.dead(each, now),
    )
    for number, message in enumerate(messages):
        store.write(lambda tx, do=settle[number % 3], each=message: do(tx, each)).result()
    store.write(lambda tx: (tx.inbox.purge(NOON, 10), tx.delivery.purge(NOON, 10), tx.beats.last_cleared())).result()


def look_up(store):
    """What a person asks of the register."""
    item = get(store)

    def look(tx):
        tx.people.get("voorzitter")
        tx.people.by_code("code-voorzitter")
        tx.people.on_board("BOD")
        tx.people.boards_of("voorzitter")
        tx.people.mandates("BOD")
        tx.boards.channels("BOD")
        tx.items.find("BOD-2027-003", ["BOD"], only_open=True)
        tx.items.open_of_board("BOD")
        tx.items.of_board("BOD")
        tx.items.next_number("BOD", 2027)
        tx.items.is_taken(NUMBER)
        tx.items.versions(item)
        tx.rolls.of(item)
        tx.rolls.unanswered(item)
        tx.positions.all(item)
        tx.positions.comments(item)
        tx.decisions.of(item)
        tx.decisions.of_board("BOD")
        tx.log.head(item.dossier)
        tx.log.entry(item.dossier, 1)
        tx.log.first_fault(item.dossier)
        tx.log.logs("BOD")
        tx.dossiers.load(NUMBER)
        tx.delivery.card_post(NUMBER, "console", "main")

    store.read(look)


def close(store):
    """A deadline: everything a close reads and writes."""

    def work(tx):
        item = tx.items.locked(NUMBER)
        tx.rolls.of(item)
        tx.positions.all(item)
        closed = replace(item, round=replace(item.round, closed_at=NOON))
        tx.outbox.announce(closed, record(tx, closed))
        tx.outbox.refresh(closed)

    store.write(work).result()


HOT = {"accept": accept_all, "tick": tick, "look up": look_up, "close": close}
PARTIAL = {
    index.name
    for table in METADATA.sorted_tables
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
}
"""Indexes of the rows that something must still be done with."""


@pytest.fixture
def stocked(store):
    """A register with something in every table that the hot statements read."""
    load(store)
    load(store, a_board("TOP"), channel="top")
    for sequence in range(1, 9):
        number = replace(NUMBER, sequence=sequence)
        draft(store, number)
        open_round(store, number, remind_at=NOON, asked_at=NOON if sequence == 8 else None)
        for organisation in ("rijk", "vng", "ipo"):
            file(store, organisation, number, text="Nee.", stance=Stance.OBJECT)
    item = get(store)
    store.write(
        lambda tx: tx.outbox.tell(Notice.OPENED, ["vng-vertegenwoordiger", "voorzitter"], item.dossier, 2, item)
    ).result()
    again = replace(item, round=a_round(1))
    store.write(
        lambda tx: (tx.outbox.refresh(again), tx.outbox.announce(again, tx.log.entry(item.dossier, 2)))
    ).result()
    return store


@pytest.mark.parametrize("name", HOT)
def test_no_hot_statement_reads_a_whole_table(stocked, url, name):
    with statements() as seen:
        HOT[name](stocked)

    plans = {
        statement: plan(url, statement, parameters)
        for statement, parameters, many in seen
        if not many and is_planned(statement)
    }
    plans |= {s: plan(url, s, p[0]) for s, p, many in seen if many and is_planned(s)}
    assert len(plans) >= 5
    assert {statement: tables for statement, tables in plans.items() if tables} == {}


def is_planned(statement: str) -> bool:
    return re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE)", statement) is not None and "sqlite_master" not in statement


def plan(url: str, statement: str, parameters: Any) -> set[str]:
    """The tables that a statement reads whole."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            # What "SCAN" goes through whole; a partial index holds only what is waited for.
            found = (re.match(r"SCAN (\S+)(?: USING (?:COVERING )?INDEX (\S+))?", row.detail) for row in rows)
            return {match[1] for match in found if match and match[2] not in PARTIAL}
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explained = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar()
        data = json.loads(explained) if isinstance(explained, str) else explained or [{}]
        return set(_sequential(data[0]["Plan"]))


def _sequential(node: dict[str, object]) -> Iterator[str]:
    if node["Node Type"] == "Seq Scan":
        yield str(node["Relation Name"])
    children = node.get("Plans", [])
    assert isinstance(children, list)
    for child in children:
        yield from _sequential(child)


def test_a_statement_without_an_index_is_found_out(stocked, url):
    assert plan(url, "SELECT * FROM positions WHERE ballot = 'x'", ()) == {"positions"}
