"""The program was away while deadlines passed: it closes them with the result of an on-time close, or asks the chair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from bot.scheduler import next_instant, tick
from commands.domain import events
from commands.domain.item import State
from commands.domain.number import ItemNumber
from commands.domain.position import Stance
from storage.transaction import Tx
from tests.factories import a_position, a_roll, a_round, an_act, an_item
from tests.faults.conftest import Make
from tests.faults.invariants import check
from tests.faults.world import CHAIR, DAY, DEADLINE, HOUR, MINUTE, ORGANISATIONS, SECOND, START, VNG, World

AWAY: Final = {"1 s": SECOND, "1 h": HOUR, "30 days": 30 * DAY}
FILED: Final[tuple[dict[str, Stance], ...]] = (
    {"rijk": Stance.AGREE, "vng": Stance.NO_OBJECTION},
    {"rijk": Stance.AGREE, "vng": Stance.OBJECT, "uvw": Stance.AGREE},
    {"ipo": Stance.ABSTAIN, "uvw": Stance.ABSTAIN},
    {},
    {"rijk": Stance.NO_OBJECTION, "vng": Stance.AGREE, "ipo": Stance.AGREE_IF},
)
"""What was filed in a round, in turn."""

Result = dict[ItemNumber, tuple[Any, ...]]


def deadlines(count: int, away: timedelta) -> list[datetime]:
    """So many deadlines, spread over the absence; the last one is at its end."""
    return [DEADLINE + away * number / count for number in range(1, count + 1)]


def open_rounds(world: World, closes: Sequence[datetime]) -> None:
    """An open round for each deadline, from number 2 on, in which the organisations filed one thing or another."""

    def work(tx: Tx) -> None:
        board = tx.boards.get("BOD")
        assert board is not None
        act, roll = an_act(received_at=START), a_roll(*ORGANISATIONS)
        for place, closes_at in enumerate(closes):
            item = an_item(ItemNumber("BOD", 2027, place + 2))
            tx.items.record(item, events.item_drafted(item, board, act))
            round = a_round(opened_at=START, closes_at=closes_at)
            item = replace(item, state=State.OPEN, round=round)
            tx.items.record(item, events.round_opened(item, round, roll, act), roll=roll)
            for organisation, stance in FILED[place % len(FILED)].items():
                position = a_position(organisation, stance=stance, received_at=START)
                tx.positions.append(item, position, events.position_filed(item, position, act))

    world.app.store.write(work).result()


def results(world: World) -> Result:
    """How each round stands: its state, when and by what it ended, and its outcome."""

    def read(tx: Tx) -> Result:
        found: Result = {}
        for item in tx.items.of_board("BOD"):
            assert item.round is not None
            found[item.number] = (item.state, item.round.closed_at, item.round.ending, item.round.outcome)
        return found

    return world.read(read)


def away(world: World, count: int, length: timedelta) -> list[datetime]:
    """The program runs until DEADLINE, and is away for so long while deadlines pass."""
    closes = deadlines(count, length)
    open_rounds(world, closes)
    world.clock.set(DEADLINE)
    world.settle()
    world.down()
    world.clock.set(DEADLINE + length + 3 * SECOND)
    world.up(settled=False)
    tick(world.app)
    return closes


def on_time(world: World, count: int, length: timedelta) -> Result:
    """The results when the program runs all the time."""
    open_rounds(world, deadlines(count, length))
    end = DEADLINE + length + 3 * SECOND
    while (soon := next_instant(world.app, max(world.clock.now(), DEADLINE))) is not None and soon <= end:
        world.clock.set(soon)
        tick(world.app)
    return results(world)


def lost(closes_at: datetime) -> timedelta:
    """How much of the last four hours before a deadline was lost when the program was away from DEADLINE on."""
    return closes_at - max(DEADLINE, closes_at - 4 * HOUR)


# --- it closes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", AWAY.values(), ids=AWAY.keys())
def test_r4_rounds_that_fell_due_in_an_absence_get_the_results_of_an_on_time_close(make_world: Make, length: timedelta):
    absent, present = make_world("close"), make_world("close")

    away(absent, 20, length)
    late = results(absent)

    assert late == on_time(present, 20, length)
    assert {state for state, *_ in late.values()} == {State.CLOSED}
    assert len({(outcome.code, outcome.reason) for *_, outcome in late.values()}) >= 4
    absent.settle()
    absent.advance(absent.clock.now() + MINUTE)
    check(absent, quiet=False)


@pytest.mark.parametrize(
    "length",
    [
        pytest.param(SECOND, marks=pytest.mark.long, id="1 s"),
        pytest.param(HOUR, marks=pytest.mark.race, id="1 h"),
        pytest.param(30 * DAY, marks=pytest.mark.long, id="30 days"),
    ],
)
def test_r4_a_thousand_overdue_rounds_close_as_of_their_deadlines(make_world: Make, length: timedelta):
    world = make_world("close")

    closes = away(world, 1_000, length)

    found = results(world)
    del found[ItemNumber("BOD", 2027, 1)]
    assert {state for state, *_ in found.values()} == {State.CLOSED}
    assert [closed_at for _, closed_at, *_ in found.values()] == closes
    check(world, quiet=False)  # among others that every outcome is the one that its log gives


# --- it asks -------------------------------------------------------------------------------------------------------


def two_working_days(world: World) -> datetime:
    """The end of the time that the chair has, from now."""
    board = world.read(lambda tx: tx.boards.get("BOD"))
    assert board is not None
    calendar = world.app.calendar(board)
    day = calendar.nth_working_day(calendar.local_date(world.clock.now()), 2)
    return calendar.nearest(day, calendar.closing_time)


def ask(make_world: Make, count: int, length: timedelta) -> None:
    """The program is away on a board that asks its chair; what then happens is checked from end to end."""
    world, present = make_world("ask-chair"), make_world("close")

    closes = away(world, count, length)
    at_once, end = results(world), two_working_days(world)
    world.clock.set(end)
    tick(world.app)
    at_the_end = results(world)
    world.clock.set(end + SECOND)
    tick(world.app)

    numbers = [ItemNumber("BOD", 2027, place + 2) for place in range(count)]
    asked = [number for number, at in zip(numbers, closes, strict=True) if lost(at) > 10 * MINUTE]
    assert [number for number in numbers if at_once[number][0] is State.OPEN] == asked
    assert at_the_end == at_once
    assert results(world) == on_time(present, count, length)
    check(world, quiet=False)


@pytest.mark.parametrize("length", AWAY.values(), ids=AWAY.keys())
def test_r4_the_chair_is_asked_only_about_rounds_that_lost_more_than_ten_minutes(make_world: Make, length: timedelta):
    ask(make_world, 15, length)


@pytest.mark.race
def test_r4_the_chair_is_asked_about_a_thousand_rounds(make_world: Make):
    ask(make_world, 1_000, HOUR)


def test_r4_a_round_that_waits_for_the_chair_takes_nothing_and_closes_with_the_result_of_its_deadline(make_world: Make):
    world, present = make_world("ask-chair"), make_world("close")
    away(world, 2, HOUR)
    second = ItemNumber("BOD", 2027, 2)

    said = world.say(VNG, '/standpunt 2 bezwaar "Alsnog."')
    closed = world.must(CHAIR, '/consultatie sluit 2 "Er was genoeg tijd."')

    assert said.refusal == "round-closed"
    assert "maandag 25 januari 2027 om 17:30 (CET, UTC+01:00)" in closed.text
    assert results(world)[second] == on_time(present, 2, HOUR)[second]


def test_r4_a_round_that_waits_for_the_chair_takes_nothing_when_the_clock_steps_back_either(make_world: Make):
    world = make_world("ask-chair")
    away(world, 2, HOUR)
    world.clock.set(DEADLINE)

    said = world.say(VNG, '/standpunt 2 bezwaar "Alsnog."')

    assert said.refusal == "round-closed"
    assert "Er is niets vastgelegd." in said.text
    assert [each.stance for each in world.filed("vng", ItemNumber("BOD", 2027, 2))] == ["no-objection"]


def test_r4_the_chair_may_extend_for_all_after_an_outage(make_world: Make):
    world = make_world("ask-chair")
    away(world, 2, HOUR)

    world.must(CHAIR, '/consultatie verleng 2 --tot "27 januari 2027 12:00" "Door de storing."')
    said = world.must(VNG, '/standpunt 2 bezwaar "Alsnog."')
    world.advance(datetime.fromisoformat("2027-01-27T11:00:03Z"))

    state, closed_at, _, outcome = results(world)[ItemNumber("BOD", 2027, 2)]
    assert said.receipt
    assert (state, closed_at) == (State.CLOSED, datetime.fromisoformat("2027-01-27T11:00:00Z"))
    assert "vng" in outcome.objecting
    check(world, quiet=False)


def test_r4_an_absence_of_ten_minutes_in_two_parts_is_no_outage_and_a_microsecond_more_is(make_world: Make):
    states = []
    for more in (timedelta(0), timedelta(microseconds=1)):
        world = make_world("ask-chair")
        for start, length in ((DEADLINE - HOUR, 4 * MINUTE), (DEADLINE - 30 * MINUTE, 6 * MINUTE + more)):
            world.clock.set(start)
            world.settle()
            world.down()
            world.clock.set(start + length)
            world.up()
        world.jump(DEADLINE + 3 * SECOND)
        states.append(world.item().state)

    assert states == [State.CLOSED, State.OPEN]
