"""Boards, their channels, and applying a board file."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy.exc import IntegrityError

from commands.domain import events
from commands.domain.board import Account
from commands.domain.ledger import GENESIS
from commands.domain.mandate import MandateRole
from storage.store import open_store
from tests.factories import NOON, a_board, a_mandate, a_person, an_act, the_people
from tests.storage.register import load


def test_a_board_is_found_by_its_id_without_case(store):
    board = load(store)

    assert store.read(lambda tx: tx.boards.get("bod")) == board
    assert store.read(lambda tx: tx.boards.get("BODY")) is None


def test_all_boards_come_by_id(store):
    second, first = load(store, a_board("TOP"), channel="top"), load(store, a_board("BOD"), channel="bod")

    assert store.read(lambda tx: tx.boards.all()) == (first, second)


def test_loading_a_board_is_an_entry_in_its_own_log(store):
    board = a_board()

    entry = store.write(
        lambda tx: tx.boards.save(board, the_people(), [], events.board_loaded(board, ["board.name"], an_act()))
    ).result()

    assert (entry.log, entry.sequence, entry.at, entry.kind, entry.previous) == (
        "BOD",
        1,
        NOON,
        "board-loaded",
        GENESIS,
    )
    assert entry.body["changes"] == ["board.name"]
    assert store.read(lambda tx: tx.log.head("BOD")) == entry


def test_a_changed_board_replaces_the_one_before(store):
    load(store)
    changed = a_board(name="Een nieuwe naam", revision=2)

    seen = store.write(
        lambda tx: (
            tx.boards.save(changed, the_people(), [], events.board_loaded(changed, [], an_act())),
            tx.boards.get("BOD"),
        )
    ).result()

    assert seen[1] == changed
    assert store.read(lambda tx: tx.boards.get("BOD")) == changed


@pytest.mark.parametrize("revision", [0, 1])
def test_a_board_whose_revision_does_not_follow_is_not_saved(store, revision):
    board = load(store)
    stale = a_board(name="Van een ander", revision=revision)

    with pytest.raises(ValueError, match=f"revision {revision} does not follow 1"):
        store.write(lambda tx: tx.boards.save(stale, [], [], events.board_loaded(stale, [], an_act()))).result()

    assert store.read(lambda tx: tx.boards.get("BOD")) == board


def test_a_board_that_a_dropped_unit_saved_is_not_there(store):
    load(store)
    changed = a_board(name="Een nieuwe naam", revision=2)

    def work(tx):
        tx.boards.save(changed, the_people(), [], events.board_loaded(changed, [], an_act()))
        assert tx.boards.get("BOD") == changed
        tx.drop()
        return tx.boards.get("BOD")

    assert store.write(work).result() == a_board()
    assert store.read(lambda tx: tx.boards.get("BOD")) == a_board()
    assert store.read(lambda tx: tx.people.on_board("BOD")) == the_people()


def test_the_people_of_a_board_are_replaced_and_keep_their_code(store):
    load(store)
    changed = a_board(revision=2)
    moved = a_person("vng-vertegenwoordiger", code="", name="Nieuwe naam", accounts=(Account("mattermost", "u1"),))
    newcomer = a_person("nieuw", code="", accounts=())

    def work(tx):
        before = tx.people.boards_of("voorzitter")
        tx.boards.save(changed, [newcomer, moved], [], events.board_loaded(changed, [], an_act()))
        return before, tx.people.boards_of("voorzitter"), tx.people.boards_of("nieuw")

    assert store.write(work).result() == (("BOD",), (), ("BOD",))

    found = store.read(lambda tx: tx.people.on_board("BOD"))
    assert [each.id for each in found] == ["nieuw", "vng-vertegenwoordiger"]
    assert found[1] == replace(moved, code="code-vng-vertegenwoordiger")
    assert len(found[0].code) == 16
    assert store.read(lambda tx: tx.people.by_account("console", "vng-vertegenwoordiger")) is None
    assert store.read(lambda tx: tx.people.get("voorzitter")) == a_person("voorzitter")
    assert store.read(lambda tx: tx.people.boards_of("voorzitter")) == ()


def test_an_account_of_somebody_else_cannot_be_taken(store):
    load(store)
    changed = a_board(revision=2)
    thief = a_person("dief", accounts=(Account("console", "voorzitter"),))

    with pytest.raises(IntegrityError):
        store.write(
            lambda tx: tx.boards.save(changed, [thief], [], events.board_loaded(changed, [], an_act()))
        ).result()

    owner = store.read(lambda tx: tx.people.by_account("console", "voorzitter"))
    assert owner == a_person("voorzitter")


def test_mandates_of_a_board_file_are_granted_by_its_entry_and_kept_when_it_changes(store):
    load(store)
    changed = a_board(revision=2)
    ended = a_mandate("vng", until=NOON.date(), sequence=1)
    added = a_mandate("ipo", id="ipo-2", role=MandateRole.DEPUTY)

    store.write(
        lambda tx: tx.boards.save(changed, the_people(), [ended, added], events.board_loaded(changed, [], an_act()))
    ).result()

    found = {each.id: each for each in store.read(lambda tx: tx.people.mandates("BOD"))}
    assert found["vng-1"] == ended
    assert found["ipo-2"] == replace(added, sequence=3)
    assert found["ipo-1"] == a_mandate("ipo", sequence=1)


def test_a_channel_belongs_to_the_board_it_was_linked_to(store):
    board = load(store)
    event = events.channel_linked("BOD", "mattermost", "c1", an_act())

    def work(tx):
        before = tx.boards.of_channel("mattermost", "c1"), tx.boards.channels("BOD")
        entry = tx.boards.link(board, "mattermost", "c1", event)
        return before, entry, tx.boards.of_channel("mattermost", "c1"), tx.boards.channels("BOD")

    before, entry, linked, channels = store.write(work).result()

    assert before == (None, (("console", "main"),))
    assert (linked, channels) == (board, (("console", "main"), ("mattermost", "c1")))
    assert (entry.log, entry.sequence, entry.body["channel"]) == ("BOD", 3, "c1")
    assert store.read(lambda tx: tx.boards.of_channel("mattermost", "c1")) == board
    assert store.read(lambda tx: tx.boards.of_channel("console", "c1")) is None
    assert store.read(lambda tx: tx.boards.channels("BOD")) == (("console", "main"), ("mattermost", "c1"))


def test_a_channel_cannot_belong_to_two_boards(store):
    load(store)
    top = load(store, a_board("TOP"), channel="top")

    with pytest.raises(IntegrityError):
        store.write(
            lambda tx: tx.boards.link(top, "console", "main", events.channel_linked("TOP", "console", "main", an_act()))
        ).result()

    assert store.read(lambda tx: tx.boards.of_channel("console", "main")) == a_board()
    assert store.read(lambda tx: tx.log.head("TOP")).sequence == 2


def test_a_board_that_was_read_before_its_unit_was_dropped_is_not_held(url, clock):
    """Two processes: what one read of its own change, and dropped, must not stand for what the other saved."""
    mine, other = a_board(name="Van mij", revision=2), a_board(name="Van een ander", revision=2)

    def save(tx, board):
        return tx.boards.save(board, the_people(), [], events.board_loaded(board, [], an_act()))

    def read_and_drop(tx):
        save(tx, mine)
        save(tx, a_board("TOP"))
        assert tx.boards.get("BOD") == mine
        tx.drop()

    with open_store(url, clock) as first, open_store(url, clock) as second:
        load(first)
        first.write(read_and_drop).result()
        second.write(partial(save, board=other)).result()

        assert first.write(lambda tx: tx.boards.get("BOD")).result() == other
        assert first.read(lambda tx: tx.boards.get("BOD")) == other
