"""On the microsecond: what was received in time counts, whenever it is processed and whatever the clock does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.scheduler import tick
from commands.domain.item import State
from tests.faults.conftest import Make
from tests.faults.invariants import check
from tests.faults.world import (
    CHAIR,
    DEADLINE,
    GRACE,
    HOUR,
    IPO,
    MICROSECOND,
    MINUTE,
    RIJK,
    SECOND,
    VNG,
    World,
)

BOTH = pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)
MILLISECOND = timedelta(milliseconds=1)
OBJECTION = '/standpunt 1 bezwaar "Geen dekking."'


def at_the_deadline(world: World) -> None:
    """One agrees; the program has run until a minute before the deadline."""
    world.must(IPO, "/standpunt 1 akkoord")
    world.jump(DEADLINE - MINUTE)


def outcome(world: World) -> tuple[str, int, int]:
    """The outcome, with how many were for and against."""
    round = world.item().round
    assert round is not None
    assert round.outcome is not None
    return round.outcome.code.value, round.outcome.counts.for_, round.outcome.counts.against


# --- received on the line ----------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize(
    ("offset", "counts"),
    [
        (-MILLISECOND, True),
        (-MICROSECOND, True),
        (timedelta(0), True),
        (MICROSECOND, False),
        (MILLISECOND, False),
    ],
    ids=["-1ms", "-1us", "0", "+1us", "+1ms"],
)
def test_f09_a_position_counts_iff_it_is_received_at_the_deadline_or_before(
    world: World, offset: timedelta, counts: bool
):
    at_the_deadline(world)
    world.clock.set(DEADLINE + offset)

    said = world.say(VNG, OBJECTION)
    world.jump(DEADLINE + HOUR)

    assert said.refusal == ("" if counts else "round-closed")
    assert [(each.received_at, each.filing) for each in world.filed("vng")] == [
        (DEADLINE + offset, "in-time" if counts else "late")
    ]
    assert outcome(world) == (("no-decision", 1, 1) if counts else ("adopted", 1, 0))
    check(world)


@BOTH
def test_f09_what_was_received_in_time_and_is_processed_within_the_grace_counts(world: World):
    at_the_deadline(world)
    world.clock.set(DEADLINE + timedelta(seconds=1.9))

    closed_early = tick(world.app)
    said = world.say(VNG, OBJECTION, at=DEADLINE)
    world.advance(DEADLINE + GRACE)
    still_open = world.item().state
    world.advance(DEADLINE + GRACE + MICROSECOND)

    assert (closed_early, said.refusal, still_open) == (0, "", State.OPEN)
    assert outcome(world) == ("no-decision", 1, 1)
    check(world)


@BOTH
def test_f09_what_waits_in_the_queue_before_the_close_counts_in_it(world: World):
    at_the_deadline(world)
    world.clock.set(DEADLINE + GRACE + SECOND)

    sent = world.send(VNG, OBJECTION, at=DEADLINE)
    tick(world.app)
    said = sent.wait()

    assert said.refusal == ""
    assert outcome(world) == ("no-decision", 1, 1)
    world.settle()
    check(world)


@BOTH
def test_f14_what_was_received_in_time_but_comes_up_after_the_close_is_refused_without_a_trace(world: World):
    at_the_deadline(world)
    world.advance(DEADLINE + GRACE + MICROSECOND)
    entries = world.entries()

    said = world.say(VNG, OBJECTION, at=DEADLINE)

    assert said.refusal == "round-closed"
    assert "Er is niets vastgelegd." in said.text
    assert world.entries() == entries
    assert outcome(world) == ("adopted", 1, 0)


# --- the clock jumps ------------------------------------------------------------------------------------------------


def test_f10_a_clock_that_steps_two_hours_ahead_closes_within_one_tick_and_is_no_outage(make_world: Make):
    world = make_world("ask-chair")
    at_the_deadline(world)

    world.clock.set(DEADLINE + 2 * HOUR)
    world.settle()

    round = world.item().round
    assert round is not None
    assert (world.item().state, round.closed_at) == (State.CLOSED, DEADLINE)
    check(world)


def test_f10_a_clock_that_steps_two_hours_back_opens_nothing_again(world: World):
    at_the_deadline(world)
    world.advance(DEADLINE + GRACE + MICROSECOND)
    before = outcome(world)
    world.clock.set(DEADLINE - 2 * HOUR)

    world.settle()
    said = world.say(VNG, OBJECTION)
    again = world.say(CHAIR, '/consultatie verleng 1 --tot "1 februari 2027 12:00" "Meer tijd."')
    world.jump(DEADLINE + HOUR)

    assert (said.refusal, again.refusal) == ("round-closed", "not-possible")
    assert "Er is niets vastgelegd." in said.text
    assert world.filed("vng") == []
    assert (world.item().state, outcome(world)) == (State.CLOSED, before)
    assert world.kinds().count("round-closed") == 1
    check(world)


def test_f10_the_log_never_goes_back_in_time(world: World):
    start = world.clock.now()
    for step, person in ((0 * HOUR, VNG), (2 * HOUR, IPO), (HOUR, RIJK), (-2 * HOUR, VNG)):
        world.clock.set(start + step)
        world.must(person, "/standpunt 1 akkoord" if step >= 0 * HOUR else OBJECTION)

    filed = [each for each in world.entries() if each.kind == "position-filed"]

    assert [each.at - start for each in filed] == [0 * HOUR, 2 * HOUR, 2 * HOUR, 2 * HOUR]
    assert [each.received_at - start for each in world.filed()] == [0 * HOUR, 2 * HOUR, HOUR, -2 * HOUR]
    assert [each.stance.value for each in world.filed("vng")] == ["agree", "object"]
    world.jump(DEADLINE + HOUR)
    assert outcome(world) == ("no-decision", 2, 1)
    check(world)


def test_f10_a_tick_that_runs_again_changes_nothing(world: World):
    at_the_deadline(world)
    world.jump(DEADLINE + HOUR)
    entries, posts = world.entries(), world.texts()

    world.settle()
    world.restart()

    assert (world.entries(), world.texts()) == (entries, posts)
