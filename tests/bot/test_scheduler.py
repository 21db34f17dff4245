"""The alarm clock: when it rings next, what a tick does in which order, and what is told once a day."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import NullPool, create_engine, text

from bot.delivery import REFRESH, deliver_due
from bot.scheduler import AFTER, MOST_CLEARED, alarm_clock, next_instant, tick
from commands.domain.item import State
from commands.domain.number import ItemNumber
from commands.ports import Answered
from storage.transaction import Tx
from tests.faults.world import (
    CHAIR,
    DAY,
    DEADLINE,
    GRACE,
    HOUR,
    MICROSECOND,
    RETRY_AFTER,
    RIJK,
    SECOND,
    SECRETARY,
    START,
    VNG,
    Fault,
    World,
    board_text,
)  # fmt: skip

NINE = datetime(2027, 1, 12, 8, 0, tzinfo=UTC)
"""Tuesday 12 January 2027, 9:00 in Amsterdam: the first time after START that the day of messages begins."""


def told(world: World, person: str, text: str) -> int:
    """How many direct messages of a person hold a text."""
    return sum(text in each for each in world.texts(f"@{person}"))


# --- when it rings ------------------------------------------------------------------------------------------------


def test_without_a_board_there_is_nothing_to_wake_up_for(tmp_path):
    world = World(tmp_path, f"sqlite:///{tmp_path}/empty.db").up()
    try:
        assert next_instant(world.app, START) is None
    finally:
        world.down()


def test_with_nothing_open_the_next_instant_is_nine_in_the_morning(world):
    assert next_instant(world.app, START) == NINE
    assert next_instant(world.app, NINE) == NINE + DAY


def test_a_round_wakes_the_clock_just_after_its_deadline_and_grace(world):
    world.open_item()

    assert next_instant(world.app, DEADLINE - SECOND) == DEADLINE + GRACE + AFTER
    assert next_instant(world.app, DEADLINE) == DEADLINE + GRACE + AFTER


def test_a_message_that_waits_wakes_the_clock(world):
    world.open_item()
    world.chat.judge = lambda _: Fault.TOO_MANY
    world.must(VNG, "/standpunt 1 akkoord")
    deliver_due(world.app)

    assert next_instant(world.app, START) == START + REFRESH  # of the live card
    soon = next_instant(world.app, START + REFRESH)

    assert soon == START + RETRY_AFTER


# --- what a tick does ---------------------------------------------------------------------------------------------


def test_a_round_closes_only_after_its_grace(world):
    world.open_item()
    world.advance(DEADLINE + GRACE)
    assert world.item().state is State.OPEN

    world.clock.set(DEADLINE + GRACE + MICROSECOND)

    assert tick(world.app) == 1
    assert world.item().state is State.CLOSED


def test_a_second_tick_does_nothing_more(world):
    world.open_item()
    world.clock.set(DEADLINE + HOUR)
    assert tick(world.app) == 1
    before = world.entries()

    assert tick(world.app) == 0
    assert world.entries() == before


def test_a_round_that_closes_sends_no_reminder_any_more(world):
    world.open_item()
    world.clock.set(DEADLINE + HOUR)  # every reminder and the deadline are overdue together

    world.settle()

    assert world.item().state is State.CLOSED
    assert told(world, RIJK, "nog niet gereageerd") == 0


def test_rounds_close_in_the_order_of_their_deadlines(world):
    world.open_item("Laat", 1)
    world.must(SECRETARY, '/consultatie nieuw "Vroeg" --tekst "1. Ja." --soort instemming')
    world.must(CHAIR, '/consultatie open 2 --sluit "20 januari 2027 17:00"')

    world.clock.set(DEADLINE + HOUR)
    world.settle()

    posts = [text for text in world.texts() if "sloot" in text]
    assert ["BOD-2027-002" in text for text in posts] == [True, False]


def test_every_tick_is_recorded(world):
    world.clock.set(START + HOUR)

    tick(world.app)

    assert world.read(lambda tx: tx.beats.last()) == START + HOUR


def test_the_alarm_clock_rings_by_itself_and_stops_at_the_end(world):
    world.open_item()
    world.clock.set(DEADLINE + HOUR)

    with alarm_clock(world.app) as scheduler:
        assert _within_seconds(lambda: world.item().state is State.CLOSED)

    assert not scheduler.running


def _within_seconds(holds: Callable[[], bool]) -> bool:
    for _ in range(1000):
        if holds():
            return True
        time.sleep(0.02)
    return False


# --- once an hour ------------------------------------------------------------------------------------------------


WEEK = 7 * DAY


def rows(world: World, table: str) -> int:
    """How many rows a table has."""
    with create_engine(world.url, poolclass=NullPool).connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def remember(world: World, count: int = 1) -> None:
    """So many answers, given now."""

    def work(tx: Tx) -> None:
        for number in range(count):
            tx.inbox.remember(f"old-{world.clock.now()}-{number}", Answered(world.clock.now(), "reply.done", {}))

    world.app.store.write(work).result()


def test_an_answer_is_remembered_for_a_week_and_forgotten_within_the_hour_after_it(world):
    remember(world)
    before = rows(world, "inbox")
    world.clock.set(START + WEEK)
    tick(world.app)
    assert rows(world, "inbox") == before

    world.clock.set(START + WEEK + HOUR - MICROSECOND)
    tick(world.app)
    assert rows(world, "inbox") == before  # an hour has not passed since it was looked for

    world.clock.set(START + WEEK + HOUR)
    tick(world.app)
    assert rows(world, "inbox") == 0


def test_no_more_is_cleared_away_in_one_tick_than_holds_up_nobody_and_the_next_goes_on(world):
    remember(world, MOST_CLEARED + 10)
    world.clock.set(START + WEEK + HOUR)

    tick(world.app)
    left = rows(world, "inbox")
    tick(world.app)

    assert 10 <= left < MOST_CLEARED
    assert rows(world, "inbox") == 0


def test_a_clock_that_is_set_back_does_not_end_the_clearing(world):
    world.clock.set(START + 400 * DAY)
    tick(world.app)
    world.clock.set(START)
    remember(world)
    tick(world.app)

    world.clock.set(START + WEEK + HOUR)
    tick(world.app)

    assert rows(world, "inbox") == 0


def test_a_message_is_forgotten_a_week_after_it_was_sent(world):
    world.open_item()
    world.must(VNG, "/standpunt 1 akkoord")
    deliver_due(world.app)
    before = rows(world, "outbox WHERE notice = 'position'")

    world.jump(START + WEEK + HOUR)

    assert (before, rows(world, "outbox WHERE notice = 'position'")) == (1, 0)


# --- once a day --------------------------------------------------------------------------------------------------


@pytest.fixture
def ending(world: World) -> World:
    """The mandate of the representative of the VNG ends on 12 February 2027."""
    old = f'person = "{VNG}"\norganisation = "vng"\nrole = "representative"\nfrom = 2026-01-01\n'
    world.load(board_text().replace(old, old + "until = 2027-02-12\n"))
    return world


@pytest.mark.parametrize(
    ("day", "times"),
    [(13, 1), (14, 1)],
)
def test_a_mandate_that_ends_in_30_days_is_told_once(ending, day, times):
    ending.advance(datetime(2027, 1, day, 20, 0, tzinfo=UTC))

    assert told(ending, VNG, "12 februari 2027") == times
    assert told(ending, SECRETARY, "12 februari 2027") == times
    assert told(ending, RIJK, "12 februari 2027") == 0


def test_a_mandate_that_ends_is_told_at_nine_and_not_before(ending):
    ending.advance(datetime(2027, 1, 13, 7, 59, 59, tzinfo=UTC))
    assert told(ending, VNG, "12 februari 2027") == 0

    ending.advance(datetime(2027, 1, 13, 8, 0, tzinfo=UTC))
    assert told(ending, VNG, "12 februari 2027") == 1


def test_a_mandate_that_ends_in_7_days_is_told_again_and_no_more_after_that(ending):
    ending.advance(datetime(2027, 2, 4, 20, 0, tzinfo=UTC))
    assert told(ending, VNG, "12 februari 2027") == 1

    ending.advance(datetime(2027, 2, 5, 20, 0, tzinfo=UTC))
    assert told(ending, VNG, "12 februari 2027") == 2

    ending.advance(datetime(2027, 2, 14, 20, 0, tzinfo=UTC))
    assert told(ending, VNG, "12 februari 2027") == 2


def test_a_restart_does_not_tell_it_again(ending):
    ending.advance(datetime(2027, 1, 13, 9, 0, tzinfo=UTC))

    ending.restart()

    assert told(ending, VNG, "12 februari 2027") == 1


def test_a_mandate_that_is_followed_by_the_next_is_not_told(world):
    old = f'person = "{VNG}"\norganisation = "vng"\nrole = "representative"\nfrom = 2026-01-01\n'
    following = old.replace("2026-01-01", "2027-02-13")
    world.load(board_text().replace(old, f"{old}until = 2027-02-12\n\n[[mandate]]\n{following}"))

    world.advance(datetime(2027, 2, 6, 9, 0, tzinfo=UTC))

    assert told(world, VNG, "12 februari 2027") == 0


def test_a_suspensive_reservation_whose_date_passes_is_told_once_and_stays(world):
    world.open_item()
    world.must(
        VNG, '/standpunt 1 voorbehoud "De raad besluit nog." --soort achterban --opschortend --tot "20 januari 2027"'
    )  # fmt: skip
    before = told(world, CHAIR, "voorbehoud")

    world.advance(datetime(2027, 1, 20, 20, 0, tzinfo=UTC))
    assert told(world, CHAIR, "voorbehoud") == before

    world.advance(datetime(2027, 1, 21, 8, 0, tzinfo=UTC))
    assert told(world, CHAIR, "voorbehoud") == before + 1
    assert told(world, RIJK, "voorbehoud") == 0

    for day in (23, 30):  # a week later its message is old, and the item is closed and not established
        world.jump(datetime(2027, 1, day, 8, 0, tzinfo=UTC))
        world.jump(datetime(2027, 1, day, 9, 0, tzinfo=UTC))
        assert told(world, CHAIR, "opschortende voorbehoud") == 1
    current = world.read(lambda tx: tx.positions.current(tx.items.get(ItemNumber("BOD", 2027, 1)), "vng"))
    assert current is not None
    assert current.stance.value == "reservation"


def test_a_hidden_reservation_is_told_to_the_chair_only_after_closing(world):
    world.open_item("Kader", 1, "--zichtbaar na-sluiting")
    world.must(
        VNG, '/standpunt 1 voorbehoud "De raad besluit nog." --soort achterban --opschortend --tot "20 januari 2027"'
    )  # fmt: skip
    world.advance(datetime(2027, 1, 22, 8, 0, tzinfo=UTC))
    assert told(world, CHAIR, "opschortende voorbehoud") == 0

    world.advance(datetime(2027, 1, 26, 9, 0, tzinfo=UTC))
    assert told(world, CHAIR, "opschortende voorbehoud") == 1
