"""Taking texts and persons out of the register: they are gone everywhere, and the chains stay valid."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import NullPool, create_engine, select

from commands.domain import events
from commands.domain.board import Account, Role, RoleGrant
from commands.domain.draft import Document
from commands.domain.events import hash_in
from commands.domain.ledger import first_fault
from commands.domain.position import Stance
from commands.ports import Notice
from storage.tables import METADATA
from tests.factories import HOUR, NOON, NUMBER, a_board, a_decision, a_person, an_act, an_item
from tests.storage.register import an_open_round, draft, file, get, head, load, open_round

LOG = "BOD-2027-003"
SECRET = "Jan Jansen van de afdeling heeft dit bedacht"


def whole_database(url):
    """Every value of every row, as one text."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return "\n".join(str(row) for table in METADATA.sorted_tables for row in connection.execute(select(table)))


def remove(store, hash, log=LOG):
    return store.write(lambda tx: tx.privacy.remove_text(log, hash, events.text_removed(hash, an_act()))).result()


def test_a_removed_text_is_nowhere_any_more_and_the_chain_holds(store, url):
    item = an_open_round(store)
    file(store, stance=Stance.OBJECT, text=SECRET)
    hash = hash_in(head(store).body["text"])
    assert SECRET in whole_database(url)

    entry = remove(store, hash)

    assert SECRET not in whole_database(url)
    assert (entry.kind, entry.sequence, entry.body["removed"]) == ("text-removed", 4, hash)
    assert store.read(lambda tx: tx.log.first_fault(LOG)) is None
    assert store.read(lambda tx: tx.log.text(LOG, hash)) is None
    (position,) = store.read(lambda tx: tx.positions.all(item))
    assert (position.text, position.stance) == ("[…]", Stance.OBJECT)
    dossier = store.read(lambda tx: tx.dossiers.load(NUMBER))
    assert first_fault(dossier.entries) is None
    assert hash not in dossier.texts


def test_a_removed_text_is_not_held_for_the_next_unit_either(store):
    load(store)
    draft(store, title=SECRET, document=Document(f"https://example.org/{SECRET}"))
    drafted = head(store)

    assert store.write(lambda tx: tx.items.locked(NUMBER)).result().title == SECRET
    remove(store, hash_in(drafted.body["title"]))
    remove(store, hash_in(drafted.body["document"]))

    item = store.write(lambda tx: tx.items.locked(NUMBER)).result()
    assert (item.title, item.document) == ("[…]", Document("[…]"))
    assert get(store) == item


def test_a_decision_whose_reason_was_removed_still_deviates(store):
    an_open_round(store)
    item, decision = get(store), a_decision(deviation=SECRET)
    store.write(
        lambda tx: tx.decisions.append(item, decision, events.decision_established(item, decision, an_act()))
    ).result()

    remove(store, hash_in(head(store).body["deviation"]))

    (kept,) = store.read(lambda tx: tx.decisions.of(item))
    assert (kept.deviation, kept.deviates) == ("[…]", True)


def test_a_text_that_is_not_kept_cannot_be_removed(store):
    an_open_round(store)
    hash = "ab" * 32

    for log in (LOG, "BOD-2027-009"):
        with pytest.raises(LookupError, match=f"log {log} keeps no text {hash}"):
            remove(store, hash, log)

    assert head(store).sequence == 2


def test_who_a_person_is_can_be_erased_and_what_the_person_did_stays(store, url):
    board = load(
        store, a_board(roles=(RoleGrant("vng-vertegenwoordiger", Role.CHAIR), RoleGrant("voorzitter", Role.CHAIR)))
    )
    person = a_person("vng-vertegenwoordiger")
    account = Account("mattermost", "jan.jansen")
    linked = events.account_linked("BOD", person.code, account.platform, an_act())
    store.write(lambda tx: tx.people.link(person, account, board, linked)).result()
    item = an_item()
    store.write(lambda tx: tx.items.record(item, events.item_drafted(item, board, an_act()))).result()
    open_round(store)
    filed = file(store)
    store.write(lambda tx: tx.outbox.tell(Notice.REMINDER, [person.id, "voorzitter"], LOG, 2)).result()

    store.write(lambda tx: tx.privacy.erase_person(person)).result()

    left = whole_database(url).replace(person.code, "")
    for gone in (person.id, person.name, "jan.jansen"):
        assert gone not in left
    assert store.read(lambda tx: tx.people.get(person.id)) is None
    assert store.read(lambda tx: tx.people.by_code(person.code)) is None
    assert store.read(lambda tx: tx.people.by_account("mattermost", "jan.jansen")) is None
    assert store.read(lambda tx: [each.person for each in tx.boards.get("BOD").roles]) == ["voorzitter"]
    assert store.read(lambda tx: tx.positions.all(get(store))) == (replace(filed, person=person.code),)
    assert [each.person for each in store.read(lambda tx: tx.people.mandates("BOD", "vng"))] == [person.code]
    told = store.write(lambda tx: tx.delivery.claim(NOON, 9, HOUR)).result()
    assert [each.person for each in told] == ["voorzitter"]
    for log in ("BOD", LOG):
        assert store.read(lambda tx, log=log: tx.log.first_fault(log)) is None


def test_an_erased_person_is_not_held_for_the_next_unit_either(store):
    load(store)
    person = a_person("vng-vertegenwoordiger")

    def find(tx):
        return tx.people.by_account("console", "vng-vertegenwoordiger")

    assert store.write(find).result() == person
    store.write(lambda tx: tx.privacy.erase_person(person)).result()

    assert store.write(find).result() is None
