"""Items with their versions and rounds: kept, found and due."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from commands.domain import events
from commands.domain.draft import Document
from commands.domain.errors import UnknownItem
from commands.domain.item import State, Visibility
from commands.domain.ledger import GENESIS
from commands.domain.number import ItemNumber
from commands.domain.position import Kind
from commands.domain.round import Ending
from commands.domain.rules import RULES
from tests.factories import (
    DAY,
    DEADLINE,
    HOUR,
    MICROSECOND,
    NOON,
    NUMBER,
    a_board,
    a_roll,
    a_round,
    a_version,
    an_act,
    an_item,
    an_outcome,
)
from tests.storage.register import an_open_round, draft, get, head, load, open_round, record, round_of


def numbered(sequence: int, year: int = 2027, board: str = "BOD") -> ItemNumber:
    return ItemNumber(board, year, sequence)


def test_a_draft_is_kept_with_everything_it_has(store):
    load(store)
    item = an_item(
        kind=Kind.SILENCE,
        title="Een titel met ünicode 🙂",
        version=a_version("0.8", text="1. Doen", created_at=NOON + MICROSECOND),
        rule="silence",
        term="20 working days",
        visible=Visibility.AFTER_CLOSE,
        subject="gezamenlijke inbreng",
        meeting=date(2027, 2, 9),
        document=Document("https://example.org/kader.pdf", "ab" * 32),
    )
    event = events.item_drafted(item, a_board(), an_act())

    entry = store.write(lambda tx: tx.items.record(item, event)).result()

    assert (entry.log, entry.sequence, entry.kind, entry.previous) == ("BOD-2027-003", 1, "item-drafted", GENESIS)
    assert get(store) == replace(item, version=replace(item.version, sequence=1))


def test_a_draft_without_a_document_or_meeting_has_none(store):
    load(store)

    item = draft(store)

    assert (item.document, item.meeting, item.round) == (None, None, None)


def test_an_unknown_item_is_refused(store):
    load(store)

    with pytest.raises(UnknownItem):
        get(store)
    with pytest.raises(UnknownItem):
        store.write(lambda tx: tx.items.locked(NUMBER)).result()


def test_an_open_round_is_kept_with_its_rule_and_instants(store):
    load(store)
    draft(store)
    round = a_round(
        opened_at=NOON + MICROSECOND,
        closes_at=DEADLINE + 7 * MICROSECOND,
        rule=RULES["double-majority"].asked_as(Kind.CONSENT),
        repeat=True,
        urgent="Het moet nu.",
        remind_at=DEADLINE - DAY,
    )

    item = open_round(
        store,
        **{each: getattr(round, each) for each in ("opened_at", "closes_at", "rule", "repeat", "urgent", "remind_at")},
    )

    assert (item.state, item.round) == (State.OPEN, round)


def test_a_round_of_a_consultation_has_no_rule(store):
    assert an_open_round(store, rule=None).round == a_round(rule=None)


def test_a_closed_round_keeps_its_outcome_and_the_next_one_stands_beside_it(store):
    item = an_open_round(store)
    closed = replace(
        item,
        state=State.CLOSED,
        round=replace(
            round_of(item),
            closed_at=DEADLINE,
            ending=Ending.DEADLINE,
            outcome=an_outcome(),
            asked_at=NOON,
            down_from=NOON - HOUR,
            down_until=NOON,
            remind_at=None,
            reminded=2,
        ),
    )
    again = replace(closed, state=State.OPEN, round=a_round(2, opened_at=DEADLINE + DAY, closes_at=DEADLINE + 9 * DAY))

    store.write(
        lambda tx: tx.items.record(closed, events.round_closed(closed, round_of(closed), "", an_act()))
    ).result()
    store.write(
        lambda tx: tx.items.record(
            again, events.round_opened(again, round_of(again), a_roll(), an_act()), roll=a_roll()
        )
    ).result()

    assert get(store) == again
    assert store.read(lambda tx: tx.items.every_round(again)) == (closed.round, again.round)


def test_a_new_version_stands_beside_the_one_before(store):
    load(store)
    first = draft(store)
    second = replace(
        first,
        version=a_version("1.1", text="1. Anders", note="Punt 2 vervalt", substantive=False, contest_until=DEADLINE),
    )

    def work(tx):
        tx.items.record(second, events.version_added(second, an_act()))
        return tx.items.versions(second)

    seen = store.write(work).result()

    kept = get(store)
    assert seen == ("1.0", "1.1")
    assert kept.version == replace(second.version, sequence=2)
    assert store.read(lambda tx: tx.items.every_version(kept)) == (first.version, kept.version)


def test_a_contested_version_is_substantive_from_then_on(store):
    load(store)
    item = draft(store, version=a_version(substantive=False, contest_until=DEADLINE))
    contested = replace(item, version=replace(item.version, substantive=True, contested=True))

    store.write(
        lambda tx: tx.items.record(contested, events.version_contested(contested, "vng", "Nee.", an_act()))
    ).result()

    assert get(store).version == contested.version


def test_a_unit_sees_what_it_recorded_and_another_does_not_before_the_commit(store):
    load(store)
    item = an_item()

    def work(tx):
        assert tx.items.find("3", ["BOD"]) == ()
        tx.items.record(item, events.item_drafted(item, a_board(), an_act()))
        with pytest.raises(UnknownItem):
            get(store)
        return tx.items.locked(NUMBER), tx.items.is_taken(NUMBER), tx.items.find("3", ["BOD"]), tx.items.of_board("BOD")

    locked, taken, found, all_items = store.write(work).result()

    assert locked == get(store)
    assert taken
    assert found == (NUMBER,)
    assert all_items == (locked,)


def test_numbers_follow_the_highest_of_board_and_year(store):
    load(store)
    draft(store, numbered(7))
    draft(store, numbered(3, 2026))

    assert store.read(lambda tx: tx.items.next_number("BOD", 2027)) == numbered(8)
    assert store.read(lambda tx: tx.items.next_number("BOD", 2026)) == numbered(4, 2026)
    assert store.read(lambda tx: tx.items.next_number("BOD", 2028)) == numbered(1, 2028)
    assert store.read(lambda tx: tx.items.is_taken(numbered(7)))
    assert not store.read(lambda tx: tx.items.is_taken(numbered(8)))


@pytest.mark.parametrize(
    "word, found",
    [
        ("BOD-2027-003", [(2027, 3)]),
        ("bod-2027-3", [(2027, 3)]),
        (" 2027-003 ", [(2027, 3)]),
        ("2026-3", [(2026, 3)]),
        ("3", [(2027, 3), (2026, 3)]),
        ("003", [(2027, 3), (2026, 3)]),
        ("000003", [(2027, 3), (2026, 3)]),
        ("4", []),
        ("TOP-2027-003", []),
        ("2025-003", []),
        ("drie", []),
        ("", []),
        ("3.", []),
        ("1234567", []),
        ("٣", []),
    ],
)
def test_a_word_finds_the_items_that_it_can_mean_newest_year_first(store, word, found):
    load(store)
    draft(store, numbered(3, 2026))
    draft(store, numbered(3))

    assert store.read(lambda tx: tx.items.find(word, ["BOD"])) == tuple(numbered(s, y) for y, s in found)


def test_a_number_of_another_board_is_found_where_it_was_drafted(store):
    load(store, a_board("TOP"), channel="top")
    load(store)
    draft(store, numbered(3, board="TOP"))

    assert store.read(lambda tx: tx.items.find("003", ["BOD"])) == (numbered(3, board="TOP"),)
    assert store.read(lambda tx: tx.items.find("top-2027-003", ["BOD"])) == (numbered(3, board="TOP"),)
    assert store.read(lambda tx: tx.items.find("003", ["TOP"])) == ()
    assert store.read(lambda tx: tx.items.find("003", ["TOP", "BOD"])) == (numbered(3, board="TOP"),)
    assert store.read(lambda tx: tx.items.find("003", [])) == ()


@pytest.mark.parametrize(
    "state, is_open",
    [
        (State.DRAFT, True),
        (State.OPEN, True),
        (State.CLOSED, True),
        (State.ADJOURNED, True),
        (State.ESTABLISHED, False),
        (State.ESCALATED, False),
        (State.WITHDRAWN, False),
    ],
)
def test_an_item_is_open_until_it_is_established_escalated_or_withdrawn(store, state, is_open):
    item = an_open_round(store)
    store.write(lambda tx: record(tx, replace(item, state=state))).result()

    assert store.read(lambda tx: len(tx.items.open_of_board("BOD"))) == int(is_open)
    assert store.read(lambda tx: len(tx.items.find("3", ["BOD"], only_open=True))) == int(is_open)
    assert store.read(lambda tx: tx.items.find("3", ["BOD"])) == (NUMBER,)
    assert store.read(lambda tx: [each.state for each in tx.items.of_board("BOD")]) == [state]


def test_items_of_a_board_come_by_number(store):
    load(store, a_board("TOP"), channel="top")
    load(store)
    for number in (numbered(12), numbered(2), numbered(1, 2028), numbered(9, 2026)):
        draft(store, number)
    draft(store, numbered(1, board="TOP"), board="TOP")

    found = store.read(lambda tx: tx.items.of_board("BOD"))

    assert [each.number for each in found] == [numbered(9, 2026), numbered(2), numbered(12), numbered(1, 2028)]
    assert store.read(lambda tx: tx.items.open_of_board("BOD")) == found


def test_an_item_can_be_added_to_an_existing_dossier(store):
    load(store)
    draft(store)

    added = draft(store, numbered(4), dossier="BOD-2027-003")

    assert added.dossier == "BOD-2027-003"
    assert head(store).sequence == 2
    assert store.read(lambda tx: tx.log.head("BOD-2027-004")) is None


@pytest.mark.parametrize(
    "before, is_due", [(DEADLINE - MICROSECOND, False), (DEADLINE, False), (DEADLINE + MICROSECOND, True)]
)
def test_a_round_is_due_after_its_deadline_to_the_microsecond(store, before, is_due):
    an_open_round(store)

    assert store.read(lambda tx: tx.items.due(before, 10)) == ((NUMBER,) if is_due else ())
    assert store.write(lambda tx: tx.items.due(before, 10)).result() == ((NUMBER,) if is_due else ())


def test_due_rounds_come_earliest_first_and_no_more_than_asked(store):
    load(store)
    for sequence, day in ((1, 3), (2, 1), (3, 2)):
        draft(store, numbered(sequence))
        open_round(store, numbered(sequence), closes_at=DEADLINE + day * DAY)

    assert store.read(lambda tx: tx.items.due(DEADLINE + 9 * DAY, 10)) == (numbered(2), numbered(3), numbered(1))
    assert store.read(lambda tx: tx.items.due(DEADLINE + 9 * DAY, 2)) == (numbered(2), numbered(3))


def test_a_closed_round_is_not_due(store):
    item = an_open_round(store)
    closed = replace(
        item, state=State.CLOSED, round=replace(round_of(item), closed_at=DEADLINE, remind_at=NOON, asked_at=NOON)
    )
    store.write(lambda tx: record(tx, closed)).result()

    far = DEADLINE + 99 * DAY
    assert store.read(lambda tx: (tx.items.due(far, 9), tx.items.asked(far, 9), tx.items.reminders_due(far, 9))) == (
        (),
        (),
        (),
    )
    assert store.read(lambda tx: (tx.items.next_due(NOON), tx.items.next_reminder(NOON - HOUR))) == (None, None)


def test_a_round_that_waits_for_the_chair_is_asked_and_not_due(store):
    an_open_round(store, asked_at=DEADLINE + HOUR)

    assert store.read(lambda tx: tx.items.due(DEADLINE + DAY, 10)) == ()
    assert store.read(lambda tx: tx.items.asked(DEADLINE + HOUR, 10)) == ()
    assert store.read(lambda tx: tx.items.asked(DEADLINE + HOUR + MICROSECOND, 10)) == (NUMBER,)


def test_a_reminder_is_due_from_its_instant(store):
    an_open_round(store, remind_at=NOON)

    assert store.read(lambda tx: tx.items.reminders_due(NOON - MICROSECOND, 10)) == ()
    assert store.read(lambda tx: tx.items.reminders_due(NOON, 10)) == (NUMBER,)


def test_the_next_deadline_and_reminder_are_the_earliest_still_to_come(store):
    load(store)
    for sequence in (1, 2):
        draft(store, numbered(sequence))
        open_round(store, numbered(sequence), closes_at=DEADLINE + sequence * HOUR, remind_at=NOON + sequence * HOUR)

    def after(instant):
        return store.read(lambda tx: (tx.items.next_due(instant), tx.items.next_reminder(instant)))

    assert after(NOON) == (DEADLINE + HOUR, NOON + HOUR)
    assert after(NOON + HOUR) == (DEADLINE + HOUR, NOON + 2 * HOUR)
    assert after(DEADLINE + HOUR) == (DEADLINE + 2 * HOUR, None)
    assert after(DEADLINE + 2 * HOUR) == (None, None)


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2027, 3, 28, 0, 59, 59, 999999, UTC),
        datetime(2027, 10, 31, 1, 0, 0, 1, UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, UTC),
        datetime(2026, 1, 1, tzinfo=UTC),
    ],
)
def test_instants_keep_every_microsecond(store, instant):
    item = an_open_round(store, closes_at=instant)

    assert round_of(item).closes_at == instant
    assert round_of(item).closes_at.tzinfo == UTC
    assert store.read(lambda tx: tx.items.due(instant, 1)) == ()
    if instant.year < 9999:
        assert store.read(lambda tx: tx.items.due(instant + timedelta(microseconds=1), 1)) == (NUMBER,)
