"""Group commit: what waits goes into one commit, nobody spoils another's, and everyone hears the truth."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import NullPool, create_engine, text

from commands.domain import events
from commands.domain.errors import NumberTaken, RoundClosed, StorageFailed
from commands.domain.item import State
from commands.domain.position import Filing, Stance
from commands.ports import Answered, Notice
from storage.store import Store, open_store
from tests.factories import (
    DEADLINE,
    MICROSECOND,
    NOON,
    NUMBER,
    a_board,
    a_mandate,
    a_roll,
    a_round,
    a_seat,
    an_act,
    an_item,
)
from tests.storage.register import an_open_round, append, draft, file, get, head, held, load, record


class Commits:
    """Counts the commits of a store, and lets a test do something before one."""

    def __init__(self) -> None:
        self.count = 0
        self.before = lambda: None

    def __call__(self) -> None:
        self.before()
        self.count += 1


@pytest.fixture
def commits() -> Commits:
    return Commits()


@pytest.fixture
def store(url, clock, commits) -> Iterator[Store]:
    with open_store(url, clock, before_commit=commits) as store:
        yield store


def test_everything_that_waits_goes_into_one_commit(store, commits):
    an_open_round(store)
    before = commits.count

    with held(store):
        futures = [store.write(lambda tx, each=each: append(tx, each)) for each in ("rijk", "vng", "ipo")]

    assert [each.result().sequence for each in futures] == [3, 4, 5]
    assert commits.count - before == 2


def test_a_group_has_a_limit(url, clock, commits):
    with open_store(url, clock, before_commit=commits, group_limit=2) as store:
        item = an_open_round(store)
        before = commits.count

        with held(store):
            futures = [store.write(lambda tx: record(tx, item)) for _ in range(5)]

        assert [each.result().sequence for each in futures] == [3, 4, 5, 6, 7]
        assert commits.count - before == 1 + 3


def test_a_group_of_one_is_a_commit_for_each_request(url, clock, commits):
    with open_store(url, clock, before_commit=commits, group_limit=1) as store:
        item = an_open_round(store)
        before = commits.count

        for each in [store.write(lambda tx: record(tx, item)) for _ in range(5)]:
            each.result()

        assert commits.count - before == 5


def test_nobody_hears_of_success_before_the_commit(store, commits):
    item = an_open_round(store)
    done_before_commit = []

    with held(store):
        futures = [store.write(lambda tx: record(tx, item)) for _ in range(3)]
        commits.before = lambda: done_before_commit.append([each.done() for each in futures])

    assert [each.result().sequence for each in futures] == [3, 4, 5]
    assert done_before_commit[-1] == [False, False, False]


def test_a_refused_unit_leaves_nothing_and_spoils_nobody_elses(store):
    an_open_round(store)

    def refuse(tx):
        append(tx, "vng", text="Dit mag niet blijven.")
        tx.outbox.refresh(tx.items.locked(NUMBER))
        tx.inbox.remember("a1", Answered(NOON, "reply.done", {}))
        raise RoundClosed(NUMBER, NOON)

    with held(store):
        before, refused, after = (
            store.write(lambda tx: append(tx, "rijk")),
            store.write(refuse),
            store.write(lambda tx: append(tx, "ipo")),
        )

    with pytest.raises(RoundClosed):
        refused.result()
    assert (before.result().sequence, after.result().sequence) == (3, 4)
    positions = store.read(lambda tx: tx.positions.all(get(store)))
    assert [each.organisation for each in positions] == ["rijk", "ipo"]
    assert store.read(lambda tx: tx.inbox.answered("a1")) is None
    assert store.read(lambda tx: tx.delivery.next_due()) is None
    assert store.read(lambda tx: tx.log.first_fault(str(NUMBER))) is None


def test_a_bug_in_one_unit_leaves_nothing_and_spoils_nobody_elses(store):
    an_open_round(store)

    def fail(tx):
        append(tx, "vng")
        return 1 // 0

    with held(store):
        failed, fine = store.write(fail), store.write(lambda tx: append(tx, "ipo"))

    with pytest.raises(ZeroDivisionError):
        failed.result()
    assert fine.result().sequence == 3
    assert not store.is_failing


def test_a_late_position_is_all_that_its_unit_leaves(store):
    item = an_open_round(store)

    def work(tx):
        append(tx, "vng", text="Dit mag niet blijven.")
        tx.drop()
        late = append(tx, "vng", filing=Filing.LATE, received_at=DEADLINE + MICROSECOND)
        tx.inbox.remember("a1", Answered(NOON, "refusal.too-late", {}, "round-closed"))
        return late

    with held(store):
        late = store.write(work, event_id="a1")
        following = store.write(lambda tx: (tx.positions.current(item, "vng"), tx.inbox.answered("a1")), event_id="a1")

    assert late.result().sequence == 3
    assert following.result() == (None, Answered(NOON, "refusal.too-late", {}, "round-closed"))
    assert store.read(lambda tx: tx.positions.all(item)) == (late.result(),)


def test_what_a_unit_sent_to_the_database_for_a_read_goes_when_it_refuses(store):
    item = an_open_round(store)

    def refuse(tx):
        append(tx, "vng")
        assert len(tx.positions.all(item)) == 2  # this read needs what was collected
        append(tx, "ipo")
        assert len(tx.positions.all(item)) == 3
        raise RoundClosed(NUMBER, NOON)

    def look(tx):
        return [each.organisation for each in tx.positions.all(item)], tx.positions.current(item, "vng")

    with held(store):
        futures = [
            store.write(each) for each in (lambda tx: append(tx, "rijk"), refuse, look, lambda tx: append(tx, "uvw"))
        ]

    assert futures[0].result().sequence == 3
    assert futures[2].result() == (["rijk"], None)
    assert futures[3].result().sequence == 4
    assert [each.organisation for each in store.read(lambda tx: tx.positions.all(item))] == ["rijk", "uvw"]
    assert store.read(lambda tx: tx.log.first_fault(str(NUMBER))) is None


def test_a_unit_that_a_later_one_of_its_group_depends_on_is_seen_by_it(store):
    load(store)
    item = an_item()

    def open_it(tx):
        drafted = tx.items.locked(NUMBER)
        return tx.items.find("3", ["BOD"]), tx.items.next_number("BOD", 2027).sequence, record(tx, drafted).sequence

    with held(store):
        store.write(lambda tx: tx.items.record(item, events.item_drafted(item, a_board(), an_act())))
        following = store.write(open_it)

    assert following.result() == ((NUMBER,), 4, 2)


def test_a_round_takes_positions_in_the_group_in_which_it_opens(store):
    load(store)
    item = draft(store)
    round, roll = a_round(), a_roll()
    opened = replace(item, state=State.OPEN, round=round)

    def open_it(tx):
        assert tx.rolls.seat(opened, "vng") is None
        return tx.items.record(opened, events.round_opened(opened, round, roll, an_act()), roll=roll)

    with held(store):
        store.write(open_it)
        filed = store.write(append)
        seat = store.write(lambda tx: tx.rolls.seat(tx.items.locked(NUMBER), "vng"))
        current = store.write(lambda tx: tx.positions.current(tx.items.locked(NUMBER), "vng"))

    assert seat.result() == a_seat("vng")
    assert current.result() == filed.result()


def test_a_number_that_two_units_of_one_group_want_goes_to_the_first(store):
    load(store)
    item = an_item()

    def work(tx):
        if tx.items.is_taken(NUMBER):
            raise NumberTaken(NUMBER)
        return tx.items.record(item, events.item_drafted(item, a_board(), an_act()))

    with held(store):
        first, second = store.write(work), store.write(work)

    assert first.result().sequence == 1
    with pytest.raises(NumberTaken):
        second.result()


def test_only_the_unit_that_the_database_refuses_hears_so(store):
    board = load(store)
    item = draft(store)
    taken = events.channel_linked("BOD", "console", "main", an_act())

    with held(store):
        before = store.write(lambda tx: record(tx, item))
        refused = store.write(lambda tx: tx.boards.link(board, "console", "main", taken))
        after = store.write(lambda tx: record(tx, item))

    with pytest.raises(Exception, match=r"UNIQUE|unique"):
        refused.result()
    assert (before.result().sequence, after.result().sequence) == (2, 3)
    assert head(store, "BOD").sequence == 2
    assert head(store).sequence == 3
    assert store.read(lambda tx: tx.log.first_fault(str(NUMBER))) is None


def test_a_commit_that_fails_is_tried_again_for_each_unit_alone(store, commits):
    item = an_open_round(store)
    fails = iter([False, True, False, False, False])  # the unit that holds the writer, the group, each alone

    def before():
        if next(fails):
            raise OSError("no space")

    commits.before = before
    with held(store):
        futures = [store.write(lambda tx: record(tx, item)) for _ in range(3)]

    assert [each.result().sequence for each in futures] == [3, 4, 5]
    assert next(fails, None) is None
    assert head(store).sequence == 5


def test_a_commit_that_keeps_failing_is_told_to_everyone_and_nothing_is_recorded(store, commits):
    item = an_open_round(store)

    def before():
        raise OSError("no space")

    commits.before = before
    futures = [store.write(lambda tx: record(tx, item)) for _ in range(3)]
    for each in futures:
        with pytest.raises(OSError, match="no space"):
            each.result()

    commits.before = lambda: None
    assert head(store).sequence == 2
    assert store.write(lambda tx: record(tx, item)).result().sequence == 3


def test_a_unit_that_was_cancelled_while_it_waited_is_not_run(store):
    item = an_open_round(store)

    with held(store):
        cancelled = store.write(lambda tx: record(tx, item))
        assert cancelled.cancel()

    with pytest.raises(CancelledError):
        cancelled.result()
    assert store.write(lambda tx: record(tx, item)).result().sequence == 3


def test_closing_finishes_what_waits_and_takes_nothing_more(url, clock):
    store = open_store(url, clock)
    item = an_open_round(store)
    with held(store):
        futures = [store.write(lambda tx: record(tx, item)) for _ in range(5)]
        closing = threading.Thread(target=store.close)
        closing.start()
    closing.join()

    assert [each.result().sequence for each in futures] == [3, 4, 5, 6, 7]
    with pytest.raises(StorageFailed):
        store.write(lambda tx: record(tx, item))
    store.close()
    with open_store(url, clock) as again:
        assert head(again).sequence == 7


def test_delivery_is_woken_after_a_commit_that_leaves_something_to_deliver(store):
    item = an_open_round(store)
    woken = []
    store.on_commit(lambda: woken.append(store.read(lambda tx: tx.delivery.next_due())))

    store.write(lambda tx: record(tx, item)).result()
    store.write(lambda tx: (tx.outbox.refresh(item), tx.drop())).result()
    assert woken == []
    for leave in (
        lambda tx: tx.outbox.refresh(item),
        lambda tx: tx.outbox.announce(item, tx.log.entry(item.dossier, 2)),
        lambda tx: tx.outbox.tell(Notice.REMINDER, ["voorzitter"], item.dossier, 2, item),
    ):
        store.write(leave).result()
        store.write(lambda tx: tx.now).result()  # the callback of the commit before has run
    assert woken == [NOON, NOON, NOON]


def test_a_callback_that_fails_does_not_stop_the_writer(store):
    item = an_open_round(store)
    store.on_commit(lambda: 1 // 0)

    store.write(lambda tx: tx.outbox.refresh(item)).result()

    assert store.write(lambda tx: record(tx, item)).result().sequence == 3


def test_a_read_sees_every_write_whose_future_is_done_and_one_state_only(store):
    item = an_open_round(store)

    def read(tx):
        before = tx.positions.all(item)
        file(store)  # somebody else's write, committed in the middle of this read
        return before, tx.positions.all(item)

    assert store.read(read) == ((), ())
    assert len(store.read(lambda tx: tx.positions.all(item))) == 1


def test_a_read_that_writes_is_an_error_and_leaves_nothing(store):
    item = an_open_round(store)

    with pytest.raises(RuntimeError, match="only reads has written"):
        store.read(lambda tx: record(tx, item))

    assert head(store).sequence == 2


def test_time_stands_still_within_a_unit_and_moves_on_between_them(store, clock):
    def work(tx):
        first = tx.now
        clock.now = NOON + MICROSECOND
        return first, tx.now

    assert store.write(work).result() == (NOON, NOON)
    assert store.write(lambda tx: tx.now).result() == NOON + MICROSECOND
    assert store.read(lambda tx: tx.now) == NOON + MICROSECOND


# --- another process on the same register ------------------------------------------------------------------------


@pytest.fixture
def other(store, url, clock) -> Iterator[Store]:
    """The same register, opened by another process."""
    with open_store(url, clock) as other:
        yield other


def test_what_another_process_wrote_is_seen_by_the_next_unit(store, other):
    an_open_round(store)
    person = store.read(lambda tx: tx.people.by_account("console", "vng-vertegenwoordiger"))

    def see(tx):
        board = tx.boards.of_channel("console", "main")
        found = tx.people.by_account("console", "vng-vertegenwoordiger")
        item = tx.items.locked(NUMBER)
        return (
            board.name,
            found.name,
            len(tx.people.actor(found, board, found.accounts[0], NOON).mandates),
            len(tx.people.mandates("BOD", "vng")),
            tx.items.find("4", ["BOD"]),
            item.state,
            tx.rolls.seat(item, "vng").organisation,
            tx.positions.current(item, "vng") is not None,
            len(tx.boards.channels("BOD")),
        )

    assert store.write(see).result() == ("Overleg BOD", person.name, 1, 1, (), State.OPEN, "vng", False, 1)

    file(other)
    draft(other, replace(NUMBER, sequence=4))
    deputy = a_mandate("vng", id="vng-2")
    other.write(lambda tx: tx.people.grant(deputy, events.mandate_granted(deputy, person.code, an_act()))).result()
    linked = events.channel_linked("BOD", "console", "second", an_act())
    other.write(lambda tx: tx.boards.link(a_board(), "console", "second", linked)).result()
    closed = replace(get(other), state=State.CLOSED)
    other.write(lambda tx: record(tx, closed)).result()
    assert store.write(see).result() == (
        "Overleg BOD",
        person.name,
        2,
        2,
        (replace(NUMBER, sequence=4),),
        State.CLOSED,
        "vng",
        True,
        2,
    )

    renamed, changed = replace(person, name="Nieuwe naam"), a_board(name="Nieuw", revision=2)
    other.write(lambda tx: tx.boards.save(changed, [renamed], [], events.board_loaded(changed, [], an_act()))).result()
    assert store.write(see).result()[:2] == ("Nieuw", "Nieuwe naam")


def test_two_processes_continue_one_chain(store, other):
    item = an_open_round(store)

    sequences = [each.write(lambda tx: record(tx, item)).result().sequence for each in (store, other, other, store)]

    assert sequences == [3, 4, 5, 6]
    assert store.read(lambda tx: tx.log.first_fault(str(NUMBER))) is None


def test_a_position_that_another_process_filed_is_the_one_that_is_replaced(store, other):
    item = an_open_round(store)
    file(store)
    file(other, stance=Stance.OBJECT, text="Nee.")

    seen = store.write(lambda tx: tx.positions.current(tx.items.locked(NUMBER), "vng").text).result()

    assert seen == "Nee."
    assert [each.stance for each in store.read(lambda tx: tx.positions.all(item))] == [Stance.AGREE, Stance.OBJECT]


def test_an_act_that_another_process_answered_is_not_done_again(store, other):
    answer = Answered(NOON, "reply.done", {})
    store.write(lambda tx: tx.inbox.answered("a1"), event_id="a1").result()

    other.write(lambda tx: tx.inbox.remember("a1", answer)).result()

    assert store.write(lambda tx: tx.inbox.answered("a1"), event_id="a1").result() == answer


# --- locks of PostgreSQL -----------------------------------------------------------------------------------------


ON_POSTGRESQL = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)


def is_locked(url, log=str(NUMBER)):
    """Whether a dossier's row is locked by somebody."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        statement = text("SELECT 1 FROM dossiers WHERE log = :log FOR UPDATE SKIP LOCKED")
        return connection.execute(statement, {"log": log}).one_or_none() is None


@ON_POSTGRESQL
def test_a_dossier_is_locked_from_its_item_until_the_commit(store, url):
    an_open_round(store)

    def work(tx):
        before = tx.items.get(NUMBER), is_locked(url)
        tx.items.locked(NUMBER)
        return before[1], is_locked(url)

    assert store.write(work).result() == (False, True)
    assert not is_locked(url)


@ON_POSTGRESQL
def test_a_log_is_locked_by_its_entry_until_the_commit(store, url):
    load(store)
    mandate = a_mandate("vng", id="vng-2")

    def work(tx):
        before = is_locked(url, "BOD")
        tx.people.grant(mandate, events.mandate_granted(mandate, "code", an_act()))
        return before, is_locked(url, "BOD")

    assert store.write(work).result() == (False, True)


@ON_POSTGRESQL
def test_a_lock_that_went_with_a_refused_unit_is_taken_anew(store, url):
    item = an_open_round(store)
    other = draft(store, replace(NUMBER, sequence=4))

    def refuse(tx):
        record(tx, other)
        tx.items.of_board("BOD")  # what was collected goes to the database for this
        tx.items.locked(NUMBER)
        raise RoundClosed(NUMBER, NOON)

    def work(tx):
        assert tx.items.get(NUMBER) == item
        tx.items.locked(NUMBER)
        return is_locked(url)

    with held(store):
        refused, locked = store.write(refuse), store.write(work)

    with pytest.raises(RoundClosed):
        refused.result()
    assert locked.result()


@ON_POSTGRESQL
def test_what_was_read_without_a_lock_is_read_again_with_it(store, other):
    item = an_open_round(store)

    def look_without_a_lock(tx):
        seen = tx.items.get(NUMBER).state, tx.positions.current(item, "vng"), tx.log.locked("BOD-2027-004")
        file(other)
        other.write(lambda their: record(their, replace(get(other), state=State.CLOSED))).result()
        draft(other, replace(NUMBER, sequence=4))
        return seen

    def look_with_it(tx):
        locked = tx.items.locked(NUMBER)
        filed = tx.positions.current(locked, "vng")
        return locked.state, filed and filed.stance, tx.log.locked("BOD-2027-004").sequence

    with held(store):
        without, with_it = store.write(look_without_a_lock), store.write(look_with_it)

    assert without.result() == (State.OPEN, None, None)
    assert with_it.result() == (State.CLOSED, Stance.AGREE, 1)


@ON_POSTGRESQL
def test_a_unit_that_would_wait_for_a_lock_while_its_group_holds_another_waits_its_turn(store, other):
    """Two processes that want two dossiers in opposite order: without this they would wait for each other."""
    an_open_round(store)
    second = draft(store, replace(NUMBER, sequence=4))
    both = threading.Barrier(2, timeout=10)
    runs = []

    def first(tx, number):
        runs.append(number)
        entry = record(tx, tx.items.locked(number))
        if len(runs) <= 2:
            both.wait()
        return entry

    def then(tx, number):
        assert tx.inbox.answered(f"act-{number}") is None  # what it collected before it had to wait is dropped
        tx.inbox.remember(f"act-{number}", Answered(NOON, "reply.done", {}))
        return record(tx, tx.items.locked(number))

    with held(store), held(other):
        futures = [
            store.write(partial(first, number=NUMBER)),
            store.write(partial(then, number=second.number)),
            other.write(partial(first, number=second.number)),
            other.write(partial(then, number=NUMBER)),
        ]

    assert {each.result().sequence for each in futures} == {2, 3, 4}
    assert sorted(runs) == sorted([NUMBER, second.number])
    for log in ("BOD-2027-003", "BOD-2027-004"):
        assert store.read(lambda tx, log=log: tx.log.first_fault(log)) is None
