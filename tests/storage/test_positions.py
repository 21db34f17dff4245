"""Rolls, positions, answers to them, and comments."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from commands.domain import events
from commands.domain.item import State
from commands.domain.ledger import instant
from commands.domain.position import Answer, Basis, Filing, Reservation, ReservationKind, Stance
from commands.domain.roll import Roll
from tests.factories import (
    DEADLINE,
    HOUR,
    MICROSECOND,
    NOON,
    a_comment,
    a_position,
    a_roll,
    a_round,
    a_seat,
    an_act,
)
from tests.storage.register import an_open_round, append, draft, file, get, head, load, round_of


def test_a_roll_is_kept_in_the_order_of_the_board_with_exact_weights(store):
    load(store)
    item = draft(store)
    roll = Roll(
        (
            a_seat("zwart", weight=Fraction("12.5")),
            a_seat("adviseur", voting=False),
            a_seat("aarde", weight=Fraction(1, 3), reached=False),
        )
    )
    opened = replace(item, state=State.OPEN, round=a_round())

    store.write(
        lambda tx: tx.items.record(opened, events.round_opened(opened, round_of(opened), roll, an_act()), roll=roll)
    ).result()

    assert store.read(lambda tx: tx.rolls.of(opened)) == roll
    assert store.read(lambda tx: tx.rolls.seat(opened, "zwart")) == roll.seats[0]
    assert store.read(lambda tx: tx.rolls.seat(opened, "vng")) is None
    assert [each.organisation for each in store.read(lambda tx: tx.rolls.unanswered(opened))] == ["zwart", "aarde"]


def test_an_item_without_a_round_has_no_seats(store):
    load(store)
    item = draft(store)

    assert store.read(lambda tx: tx.rolls.of(item)) == Roll(())
    assert store.read(lambda tx: tx.rolls.seat(item, "vng")) is None
    assert store.read(lambda tx: tx.rolls.unanswered(item)) == ()
    assert store.read(lambda tx: tx.positions.current(item, "vng")) is None
    assert store.read(lambda tx: tx.positions.all(item)) == ()
    assert store.read(lambda tx: tx.positions.comments(item)) == ()


def test_a_position_is_kept_with_everything_it_has(store):
    item = an_open_round(store)
    position = a_position(
        stance=Stance.RESERVATION,
        text="Onder voorbehoud van het bestuur.",
        points=(1, 2),
        basis=Basis.OFFICIAL_SUBJECT_TO_BOARD,
        reservation=Reservation(ReservationKind.ADMINISTRATIVE, suspensive=True, until=date(2027, 3, 1)),
        ballot="WE > CL",
        received_at=NOON + MICROSECOND,
    )

    kept = store.write(
        lambda tx: tx.positions.append(item, position, events.position_filed(item, position, an_act()))
    ).result()

    entry = head(store)
    assert kept == replace(position, sequence=3, hash=entry.hash)
    assert store.read(lambda tx: tx.positions.current(item, "vng")) == kept
    assert store.read(lambda tx: tx.positions.all(item)) == (kept,)
    assert (entry.sequence, entry.kind, entry.body["organisation"]) == (3, "position-filed", "vng")


def test_the_latest_position_is_current_and_the_ones_before_stay(store):
    item = an_open_round(store)

    first = file(store, stance=Stance.OBJECT, text="Nee.")
    second = file(store, stance=Stance.AGREE)

    assert store.read(lambda tx: tx.positions.current(item, "vng")) == second
    assert store.read(lambda tx: tx.positions.all(item)) == (first, second)


def test_a_unit_sees_its_own_position_at_once(store):
    item = an_open_round(store)

    def work(tx):
        before = tx.positions.current(item, "vng")
        filed = append(tx)
        return before, filed, tx.positions.current(item, "vng"), tx.positions.all(item), tx.rolls.unanswered(item)

    before, filed, current, every, unanswered = store.write(work).result()

    assert before is None
    assert current == filed
    assert every == (filed,)
    assert [each.organisation for each in unanswered] == ["rijk", "ipo", "uvw"]


@pytest.mark.parametrize("filing", [Filing.LATE, Filing.AFTER])
def test_a_position_that_does_not_count_is_kept_and_supersedes_nothing(store, filing):
    item = an_open_round(store)
    first = file(store)

    late = file(store, stance=Stance.OBJECT, text="Te laat.", filing=filing, received_at=DEADLINE + MICROSECOND)

    assert store.read(lambda tx: tx.positions.current(item, "vng")) == first
    assert store.read(lambda tx: tx.positions.all(item)) == (first, late)
    assert late.received_at == DEADLINE + MICROSECOND


def test_only_a_late_position_leaves_the_organisation_unanswered(store):
    item = an_open_round(store)

    file(store, filing=Filing.LATE)

    assert store.read(lambda tx: tx.positions.current(item, "vng")) is None
    assert "vng" in [each.organisation for each in store.read(lambda tx: tx.rolls.unanswered(item))]


def test_a_withdrawn_position_is_no_current_one_and_leaves_the_organisation_unanswered(store):
    item = an_open_round(store)
    file(store)

    withdrawn = file(store, stance=Stance.WITHDRAWN)

    assert store.read(lambda tx: tx.positions.current(item, "vng")) is None
    assert store.read(lambda tx: tx.positions.all(item))[-1] == withdrawn
    assert [each.organisation for each in store.read(lambda tx: tx.rolls.unanswered(item))] == [
        "rijk",
        "vng",
        "ipo",
        "uvw",
    ]


def test_a_position_of_an_earlier_round_is_not_current_in_the_next(store):
    item = an_open_round(store)
    filed = file(store)
    again = replace(item, round=a_round(2))
    store.write(
        lambda tx: tx.items.record(
            again, events.round_opened(again, round_of(again), a_roll(), an_act()), roll=a_roll()
        )
    ).result()

    assert store.read(lambda tx: tx.positions.current(again, "vng")) is None
    assert store.read(lambda tx: tx.positions.all(again)) == ()
    assert store.read(lambda tx: tx.positions.all(again, 1)) == (filed,)


def test_an_answer_stands_with_the_position_that_it_answers(store):
    item = an_open_round(store)
    objection = file(store, stance=Stance.OBJECT, text="Nee.")
    answered = replace(objection, answer=Answer.ADDRESSED, answer_text="Het is aangepast.")
    event = events.position_answered(item, answered, Answer.ADDRESSED, "Het is aangepast.", an_act())

    def work(tx):
        entry = tx.positions.answer(item, answered, event)
        return entry, tx.positions.current(item, "vng")

    entry, seen = store.write(work).result()

    assert (entry.sequence, entry.kind) == (4, "position-answered")
    assert seen == answered
    assert store.read(lambda tx: tx.positions.current(item, "vng")) == answered
    assert store.read(lambda tx: tx.positions.all(item)) == (answered,)


def test_a_position_and_its_answer_in_one_unit_are_kept(store):
    item = an_open_round(store)

    def work(tx):
        filed = append(tx, stance=Stance.AGREE_IF, text="Mits.")
        answered = replace(filed, answer=Answer.MET, answer_text="Ja.")
        tx.positions.answer(item, answered, events.position_answered(item, answered, Answer.MET, "Ja.", an_act()))
        return answered

    answered = store.write(work).result()

    assert store.read(lambda tx: tx.positions.all(item)) == (answered,)


def test_a_comment_is_kept_and_never_a_position(store):
    item = an_open_round(store)
    comment = a_comment("adviseur", points=(2,), person="code-adviseur", received_at=NOON + MICROSECOND)

    entry = store.write(
        lambda tx: tx.positions.comment(item, comment, events.comment_made(item, comment, an_act()))
    ).result()

    assert store.read(lambda tx: tx.positions.comments(item)) == (replace(comment, sequence=entry.sequence),)
    assert store.read(lambda tx: tx.positions.comments(item, 2)) == ()
    assert store.read(lambda tx: tx.positions.all(item)) == ()


def test_positions_of_two_items_in_one_dossier_stay_apart(store):
    item = an_open_round(store)
    number = replace(item.number, sequence=4)
    load_second = draft(store, number, dossier=item.dossier)
    second = replace(load_second, state=State.OPEN, round=a_round())
    store.write(
        lambda tx: tx.items.record(
            second, events.round_opened(second, round_of(second), a_roll(), an_act()), roll=a_roll()
        )
    ).result()

    mine, other = file(store, "vng"), file(store, "vng", number, stance=Stance.OBJECT, text="Nee.")

    assert store.read(lambda tx: tx.positions.all(get(store))) == (mine,)
    assert store.read(lambda tx: tx.positions.all(second)) == (other,)
    assert other.sequence == mine.sequence + 1


def test_the_entry_of_a_position_holds_its_instant_as_it_was_received(store, clock):
    an_open_round(store)
    received = NOON + HOUR + MICROSECOND
    clock.now = NOON + 2 * HOUR

    def work(tx):
        item = tx.items.locked(get(store).number)
        position = a_position(received_at=received)
        return tx.positions.append(item, position, events.position_filed(item, position, an_act(received_at=received)))

    store.write(work).result()

    entry = head(store)
    assert entry.body["received_at"] == instant(received) == "2027-01-11T12:00:00.000001Z"
    assert entry.at == NOON + 2 * HOUR
