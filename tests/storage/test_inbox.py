"""Acts that were answered already, and the recorded ticks."""

from __future__ import annotations

import pytest

from commands.domain.position import Stance
from commands.domain.values import Reference
from commands.ports import Answered
from tests.factories import DAY, HOUR, MICROSECOND, NOON, NUMBER

ANSWER = Answered(
    NOON + MICROSECOND,
    "position.recorded",
    {"item": NUMBER, "stance": Stance.AGREE, "reference": Reference("ab" * 32), "until": NOON},
)


def remember(store, event_id="a1", answer=ANSWER):
    store.write(lambda tx: tx.inbox.remember(event_id, answer), event_id=event_id).result()


def answered(store, event_id="a1"):
    return store.read(lambda tx: tx.inbox.answered(event_id))


@pytest.mark.parametrize("answer", [ANSWER, Answered(NOON, "refusal.too-late", {}, "round-closed", "ab" * 32)])
def test_the_first_answer_to_an_act_comes_back_as_it_was(store, answer):
    remember(store, answer=answer)

    assert answered(store) == answer
    assert store.write(lambda tx: tx.inbox.answered("a1"), event_id="a1").result() == answer
    assert store.write(lambda tx: tx.inbox.answered("a1")).result() == answer


def test_an_act_that_was_not_answered_is_done(store):
    assert answered(store) is None
    assert store.write(lambda tx: tx.inbox.answered("a1"), event_id="a1").result() is None


def test_an_act_that_comes_twice_in_one_group_is_done_once(store):
    done = []

    def work(tx):
        if (first := tx.inbox.answered("a1")) is None:
            done.append(1)
            tx.inbox.remember("a1", ANSWER)
        return first

    answers = [each.result() for each in [store.write(work, event_id="a1") for _ in range(10)]]

    assert answers == [None] + [ANSWER] * 9
    assert done == [1]


def test_an_answer_that_was_dropped_is_not_remembered(store):
    def work(tx):
        tx.inbox.remember("a1", ANSWER)
        tx.drop()
        return tx.inbox.answered("a1")

    assert store.write(work, event_id="a1").result() is None
    assert answered(store) is None


def test_answers_are_forgotten_after_a_while(store):
    remember(store, "old")
    remember(store, "new", Answered(NOON + DAY, "reply.done", {}))

    forgotten = store.write(
        lambda tx: (tx.inbox.answered("old"), tx.inbox.purge(NOON + HOUR, 10), tx.inbox.answered("old"))
    )

    assert forgotten.result() == (ANSWER, 1, None)
    assert answered(store, "old") is None
    assert answered(store, "new") is not None


def test_no_more_answers_are_forgotten_at_once_than_asked_and_the_oldest_go_first(store):
    for number in (3, 1, 2):
        remember(store, f"a{9 - number}", Answered(NOON + number * MICROSECOND, "reply.done", {}))

    assert store.write(lambda tx: tx.inbox.purge(NOON + HOUR, 2)).result() == 2

    assert [answered(store, f"a{9 - number}") is None for number in (1, 2, 3)] == [True, True, False]


def test_the_last_tick_is_kept_to_the_microsecond(store):
    assert store.read(lambda tx: tx.beats.last()) is None

    for instant in (NOON, NOON + MICROSECOND):
        store.write(lambda tx, at=instant: tx.beats.beat(at)).result()

    assert store.read(lambda tx: tx.beats.last()) == NOON + MICROSECOND


def test_a_clock_that_was_set_back_leaves_the_last_tick_where_it_is_now(store):
    for instant in (NOON, NOON - HOUR):
        store.write(lambda tx, at=instant: tx.beats.beat(at)).result()

    assert store.read(lambda tx: tx.beats.last()) == NOON - HOUR


def test_absences_are_kept_in_order(store):
    def work(tx):
        tx.beats.away(NOON + DAY, NOON + DAY + HOUR)
        tx.beats.away(NOON, NOON + HOUR)

    store.write(work).result()

    assert store.read(lambda tx: tx.beats.absences(NOON)) == (
        (NOON, NOON + HOUR),
        (NOON + DAY, NOON + DAY + HOUR),
    )
    assert store.read(lambda tx: tx.beats.absences(NOON + HOUR)) == ((NOON + DAY, NOON + DAY + HOUR),)


def test_a_register_is_a_rehearsal_only_when_it_was_marked(store):
    assert not store.read(lambda tx: tx.beats.is_rehearsal())

    store.write(lambda tx: tx.beats.rehearse(NOON)).result()

    assert store.read(lambda tx: tx.beats.is_rehearsal())
    assert store.read(lambda tx: tx.beats.last()) is None
