"""Decisions, and whole dossiers with everything in them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from commands.domain import events
from commands.domain.errors import UnknownItem
from commands.domain.events import hash_in
from commands.domain.item import State
from commands.domain.ledger import first_fault, text_hash
from commands.domain.number import DecisionNumber, ItemNumber
from tests.factories import (
    DEADLINE,
    HOUR,
    NUMBER,
    a_board,
    a_comment,
    a_decision,
    a_roll,
    a_round,
    a_version,
    an_act,
)
from tests.storage.register import an_open_round, draft, file, get, load, open_round


def establish(store, number=NUMBER, **changes):
    item = replace(get(store, number), state=State.ESTABLISHED, decisions=1)
    decision = a_decision(number, **changes)
    entry = store.write(
        lambda tx: tx.decisions.append(item, decision, events.decision_established(item, decision, an_act()))
    ).result()
    return replace(decision, sequence=entry.sequence)


def test_a_decision_is_kept_with_the_item_as_it_is_after_it(store):
    an_open_round(store)

    decision = establish(
        store, conclusion="Vastgesteld.", deviation="Met algemene stemmen in de vergadering.", person="code-voorzitter"
    )

    item = get(store)
    assert (item.state, item.decisions) == (State.ESTABLISHED, 1)
    assert store.read(lambda tx: tx.decisions.of(item)) == (decision,)
    assert decision.deviates


def test_a_rectification_stands_beside_what_it_corrects(store):
    an_open_round(store)
    first = establish(store)
    item = replace(get(store), decisions=2)
    second = replace(
        first,
        number=DecisionNumber(NUMBER, 2),
        corrects=first.number,
        reason="Een verschrijving.",
        text="Het kader is gewijzigd vastgesteld.",
        sequence=4,
    )

    store.write(
        lambda tx: tx.decisions.append(item, second, events.decision_rectified(item, second, an_act()))
    ).result()

    assert store.read(lambda tx: tx.decisions.of(item)) == (first, second)


def test_decisions_of_a_board_come_newest_first(store):
    an_open_round(store)
    older = establish(store)
    number = ItemNumber("BOD", 2027, 4)
    draft(store, number)
    open_round(store, number)
    newer = establish(store, number, at=DEADLINE + 2 * HOUR)

    found = store.read(lambda tx: tx.decisions.of_board("BOD"))

    assert found == ((get(store, number), newer), (get(store), older))
    assert store.read(lambda tx: tx.decisions.of_board("TOP")) == ()


@pytest.mark.parametrize(
    "words, is_found",
    [
        ("kader", True),
        ("KADER soevereine", True),
        ("vastgesteld cloud", True),
        ("bod-2027-003/b1", True),
        ("kader wolk", False),
        ("", True),
        ("%", False),
        ("ÉÉN", True),
    ],
)
def test_a_search_needs_every_word_somewhere_in_number_title_or_text(store, words, is_found):
    an_open_round(store)
    decision = establish(store, text="Het kader is vastgesteld als één geheel.")

    found = store.read(lambda tx: tx.decisions.search("BOD", words))

    assert found == (((get(store), decision),) if is_found else ())


def test_a_dossier_holds_all_its_items_rounds_and_entries(store):
    item = an_open_round(store)
    filed = file(store, text="Akkoord, met dank.")
    comment = a_comment("adviseur")
    store.write(lambda tx: tx.positions.comment(item, comment, events.comment_made(item, comment, an_act()))).result()
    second = replace(item, version=a_version("1.1", text="1. Anders", note="Punt 2 vervalt"), round=a_round(2))
    store.write(lambda tx: tx.items.record(second, events.version_added(second, an_act()), roll=a_roll("vng"))).result()
    added = draft(store, ItemNumber("BOD", 2027, 4), dossier=item.dossier)
    decision = establish(store)

    dossier = store.read(lambda tx: tx.dossiers.load(added.number))

    assert (dossier.number, dossier.board) == ("BOD-2027-003", a_board())
    assert [each.item for each in dossier.items] == [get(store), added]
    first = dossier.items[0]
    assert [each.label for each in first.versions] == ["1.0", "1.1"]
    assert [each.round for each in first.rounds] == [a_round(), a_round(2)]
    assert [each.roll for each in first.rounds] == [a_roll(), a_roll("vng")]
    assert [each.positions for each in first.rounds] == [(filed,), ()]
    assert [each.comments for each in first.rounds] == [(replace(comment, sequence=4),), ()]
    assert first.decisions == (decision,)
    assert [each.kind for each in dossier.entries] == [
        "item-drafted",
        "round-opened",
        "position-filed",
        "comment-made",
        "version-added",
        "item-drafted",
        "decision-established",
    ]
    assert first_fault(dossier.entries) is None
    kept = dossier.texts[hash_in(dossier.entries[2].body["text"])]
    assert kept.text == "Akkoord, met dank."
    assert text_hash(kept.salt, kept.text) == kept.hash


def test_the_dossiers_of_a_board_come_by_number_and_its_own_apart(store):
    an_open_round(store)
    draft(store, ItemNumber("BOD", 2027, 1))
    draft(store, ItemNumber("BOD", 2027, 4), dossier="BOD-2027-003")

    found = store.read(lambda tx: tx.dossiers.of_board("BOD"))
    own = store.read(lambda tx: tx.dossiers.load_board("BOD"))

    assert [each.number for each in found] == ["BOD-2027-001", "BOD-2027-003"]
    assert (own.number, own.items) == ("BOD", ())
    assert [each.kind for each in own.entries] == ["board-loaded", "channel-linked"]


def test_a_dossier_that_is_not_there_is_refused(store):
    load(store)

    with pytest.raises(UnknownItem):
        store.read(lambda tx: tx.dossiers.load(NUMBER))
    with pytest.raises(LookupError):
        store.read(lambda tx: tx.dossiers.load_board("TOP"))
