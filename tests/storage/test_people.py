"""Persons, their accounts, roles and mandates."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from commands.domain import events
from commands.domain.board import Account, Role, RoleGrant
from tests.factories import NOON, a_board, a_mandate, a_person, an_act, an_actor, the_people
from tests.storage.register import load


def test_a_person_is_found_by_account_id_and_code(store):
    load(store)
    person = a_person("vng-vertegenwoordiger")

    assert store.read(lambda tx: tx.people.by_account("console", "vng-vertegenwoordiger")) == person
    assert store.read(lambda tx: tx.people.get("VNG-Vertegenwoordiger")) == person
    assert store.read(lambda tx: tx.people.by_code("code-vng-vertegenwoordiger")) == person


def test_somebody_unknown_is_not_found(store):
    load(store)

    assert store.read(lambda tx: tx.people.by_account("teams", "vng-vertegenwoordiger")) is None
    assert store.read(lambda tx: tx.people.get("iemand")) is None
    assert store.read(lambda tx: tx.people.by_code("code-iemand")) is None


def test_the_people_of_a_board_come_in_the_order_of_its_file(store):
    load(store)

    assert store.read(lambda tx: tx.people.on_board("BOD")) == the_people()


def test_a_person_can_be_on_several_boards(store):
    load(store, a_board("TOP"), channel="top")
    load(store)

    assert store.read(lambda tx: tx.people.boards_of("voorzitter")) == ("BOD", "TOP")


def test_a_linked_account_follows_those_of_the_file(store):
    board = load(store)
    person, account = a_person("vng-vertegenwoordiger"), Account("mattermost", "u1")
    event = events.account_linked("BOD", person.code, account.platform, an_act())

    entry = store.write(lambda tx: tx.people.link(person, account, board, event)).result()

    known = replace(person, accounts=(*person.accounts, account))
    assert store.read(lambda tx: tx.people.by_account("mattermost", "u1")) == known
    assert (entry.log, entry.kind) == ("BOD", "account-linked")
    assert "u1" not in str(entry.body)


def test_an_account_belongs_to_one_person(store):
    board = load(store)
    thief, account = a_person("ipo-vertegenwoordiger"), Account("console", "voorzitter")
    event = events.account_linked("BOD", thief.code, account.platform, an_act())

    with pytest.raises(IntegrityError):
        store.write(lambda tx: tx.people.link(thief, account, board, event)).result()

    assert store.read(lambda tx: tx.people.by_account("console", "voorzitter")) == a_person("voorzitter")


def test_an_actor_has_the_mandates_of_the_board_and_the_roles_of_the_day(store):
    today, tomorrow = NOON.date(), NOON.date() + timedelta(days=1)
    roles = (
        RoleGrant("vng-vertegenwoordiger", Role.SECRETARY, until=today),
        RoleGrant("vng-vertegenwoordiger", Role.ADMIN, valid_from=tomorrow),
        RoleGrant("voorzitter", Role.CHAIR),
    )
    board = load(store, a_board(roles=roles))
    load(store, a_board("TOP"), channel="top")
    person = a_person("vng-vertegenwoordiger")

    actor = store.read(lambda tx: tx.people.actor(person, board, person.accounts[0], NOON, operator="root"))

    assert actor == an_actor(roles=(Role.SECRETARY,), mandates=(a_mandate("vng", sequence=1),), operator="root")


def test_who_is_on_the_board_without_a_mandate_is_an_actor_without_a_voice(store):
    board = load(store)
    chair = a_person("voorzitter")

    actor = store.read(lambda tx: tx.people.actor(chair, board, chair.accounts[0], NOON))

    assert (actor.roles, actor.mandates) == ((Role.CHAIR,), ())


def test_who_is_not_on_the_board_is_no_actor_there(store):
    load(store)
    top = a_board("TOP")
    store.write(
        lambda tx: tx.boards.save(top, [a_person("voorzitter")], [], events.board_loaded(top, [], an_act()))
    ).result()
    person = a_person("vng-vertegenwoordiger")

    assert store.read(lambda tx: tx.people.actor(person, top, person.accounts[0], NOON)) is None


def test_a_granted_mandate_names_its_entry_and_is_seen_at_once(store):
    board = load(store)
    deputy = a_mandate("vng", id="vng-2", person="ipo-vertegenwoordiger")
    person = a_person("ipo-vertegenwoordiger")

    def work(tx):
        before = tx.people.actor(person, board, person.accounts[0], NOON)
        held_before = tx.people.mandates("BOD", "vng")
        entry = tx.people.grant(deputy, events.mandate_granted(deputy, person.code, an_act()))
        after = tx.people.actor(person, board, person.accounts[0], NOON)
        return before, held_before, entry, after, tx.people.mandates("BOD", "vng")

    before, held_before, entry, after, held_after = store.write(work).result()

    granted = replace(deputy, sequence=entry.sequence)
    assert (entry.log, entry.sequence) == ("BOD", 3)
    assert before.mandates == (a_mandate("ipo", sequence=1),)
    assert held_before == (a_mandate("vng", sequence=1),)
    assert held_after == (a_mandate("vng", sequence=1), granted)
    assert after.mandates == (a_mandate("ipo", sequence=1), granted)
    assert store.read(lambda tx: tx.people.mandates("BOD", "vng")) == (a_mandate("vng", sequence=1), granted)
    assert store.read(lambda tx: len(tx.people.mandates("BOD"))) == 5


def test_a_revoked_mandate_is_kept_with_its_end_to_the_microsecond(store):
    load(store)
    end = NOON + timedelta(microseconds=1)
    revoked = a_mandate("vng", sequence=1, revoked_at=end)

    store.write(
        lambda tx: tx.people.revoke(revoked, events.mandate_revoked(revoked, "code-vng-vertegenwoordiger", an_act()))
    ).result()

    assert store.read(lambda tx: tx.people.mandates("BOD", "vng")) == (revoked,)


def test_who_has_no_mandates_gets_none(store):
    load(store)

    assert store.read(lambda tx: tx.people.mandates("BOD", "unie")) == ()
    assert store.read(lambda tx: tx.people.mandates("TOP")) == ()


def test_what_is_fetched_for_a_group_is_what_each_would_read(store):
    board = load(store)
    load(store, a_board("TOP"), channel="top")
    names = ("vng-vertegenwoordiger", "voorzitter", "niemand")

    def seen(tx, *, together: bool) -> list[object]:
        if together:
            tx.people.fetch([Account("console", name) for name in names])
        found = [tx.people.by_account("console", name) for name in names]
        here = [person for person in found if person is not None]
        actors = [tx.people.actor(person, board, person.accounts[0], NOON) for person in here]
        boards = [tx.people.boards_of(person.id) for person in here]
        return [found, actors, boards, tx.people.mandates("BOD", "vng"), tx.people.mandates("TOP", "vng")]

    alone = store.read(lambda tx: seen(tx, together=False))

    assert store.read(lambda tx: seen(tx, together=True)) == alone
    assert alone[0] == [a_person("vng-vertegenwoordiger"), a_person("voorzitter"), None]
