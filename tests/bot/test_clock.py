"""The clocks: one that the machine keeps, one that is set, one that runs on from a given instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from bot.clock import RunningClock, SteppedClock, SystemClock

NOON = datetime(2027, 1, 11, 12, 0, tzinfo=UTC)


def test_the_system_clock_gives_utc_with_microseconds_and_does_not_go_back_between_two_readings():
    clock = SystemClock()

    first, second = clock.now(), clock.now()

    assert first.tzinfo is UTC
    assert first <= second
    assert second - first < timedelta(minutes=1)


def test_the_system_clock_tells_the_time_of_the_machine():
    from pathlib import Path
    from tempfile import NamedTemporaryFile

    with NamedTemporaryFile() as file:
        written = datetime.fromtimestamp(Path(file.name).stat().st_mtime, UTC)

    assert abs(SystemClock().now() - written) < timedelta(minutes=1)


def test_a_stepped_clock_stands_still_until_it_is_set():
    clock = SteppedClock(NOON)
    assert clock.now() == clock.now() == NOON

    clock.set(NOON + timedelta(hours=1))

    assert clock.now() == NOON + timedelta(hours=1)


def test_a_stepped_clock_can_go_back_as_a_real_one_may():
    clock = SteppedClock(NOON)

    clock.set(NOON - timedelta(days=1))

    assert clock.now() == NOON - timedelta(days=1)


def test_a_stepped_clock_gives_utc_whatever_zone_it_is_set_in():
    clock = SteppedClock(NOON.astimezone(timezone(timedelta(hours=9))))

    assert clock.now().tzinfo is UTC
    assert clock.now() == NOON


def test_a_running_clock_starts_where_it_is_told_and_runs_on():
    clock = RunningClock(NOON)

    first, second = clock.now(), clock.now()

    assert NOON <= first <= second < NOON + timedelta(minutes=1)
    assert first.tzinfo is UTC
