"""Working days, terms, reminders, and local times that do not exist or exist twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.domain.calendar import Calendar, Term, Unit
from commands.domain.errors import DeadlineFold, DeadlineGap

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
CLOSED = frozenset(
    map(
        date.fromisoformat,
        (
            *(
                "2026-12-25",
                "2027-01-01",
                "2027-03-26",
                "2027-03-29",
                "2027-04-27",
                "2027-05-05",
                "2027-05-06",
            ),
            *("2027-05-07", "2027-05-17", "2028-12-25", "2028-12-26"),
        ),
    )
)
CALENDAR = Calendar(AMSTERDAM, time(17), CLOSED, {date(2027, 5, 5): "Bevrijdingsdag"}, known_until=date(2028, 12, 31))
MINUTE = timedelta(minutes=1)


def local(text: str) -> datetime:
    """An instant by its time in Amsterdam."""
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# --- days --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "day,expected",
    [
        ("2027-05-04", True),
        ("2027-05-05", False),
        ("2027-05-08", False),
        ("2027-05-09", False),
        ("2027-05-10", True),
    ],
)
def test_a_working_day_is_a_weekday_that_is_not_closed(day, expected):
    assert CALENDAR.is_working_day(date.fromisoformat(day)) is expected


def test_a_day_of_the_weekend_can_be_declared_a_working_day():
    calendar = Calendar(AMSTERDAM, time(17), frozenset(), open=frozenset({date(2027, 5, 8)}))

    assert calendar.is_working_day(date(2027, 5, 8))
    assert not calendar.is_working_day(date(2027, 5, 9))
    assert calendar.next_working_day(date(2027, 5, 7)) == date(2027, 5, 8)


def test_the_day_itself_is_never_its_next_or_previous_working_day():
    assert CALENDAR.next_working_day(date(2027, 5, 4)) == date(2027, 5, 10)
    assert CALENDAR.previous_working_day(date(2027, 5, 10)) == date(2027, 5, 4)
    assert CALENDAR.next_working_day(date(2027, 5, 8)) == date(2027, 5, 10)


@pytest.mark.parametrize(
    "after,until,expected",
    [
        ("2027-05-04", "2027-05-10", 1),
        ("2027-05-03", "2027-05-10", 2),
        ("2027-05-10", "2027-05-10", 0),
        ("2027-05-11", "2027-05-10", 0),
        ("2027-03-15", "2027-03-31", 10),
    ],
)
def test_working_days_are_counted_after_the_first_day_up_to_and_including_the_second(after, until, expected):
    assert CALENDAR.working_days_between(date.fromisoformat(after), date.fromisoformat(until)) == expected


def test_a_year_has_its_weekdays_without_the_closed_ones():
    assert CALENDAR.working_days_in_year(2027) == 253


def test_a_term_of_no_working_days_is_a_bug():
    with pytest.raises(ValueError):
        CALENDAR.add_working_days(local("2027-05-04T16:00"), 0)


def test_the_days_without_work_of_a_term_come_in_order_with_their_names():
    days = CALENDAR.days_without_work(local("2027-05-04T16:00"), local("2027-05-09T16:00"))

    assert days == (
        (date(2027, 5, 5), "Bevrijdingsdag"),
        (date(2027, 5, 6), ""),
        (date(2027, 5, 7), ""),
        (date(2027, 5, 8), ""),
        (date(2027, 5, 9), ""),
    )


@pytest.mark.parametrize(
    "closes,expected",
    [("2028-12-31T22:59:59", False), ("2028-12-31T23:00:00", True)],
)
def test_a_deadline_after_the_known_closed_days_in_board_time_is_noticed(closes, expected):
    assert CALENDAR.passes_known_end(utc(closes)) is expected


def test_without_an_end_closed_days_are_always_known():
    assert not Calendar(AMSTERDAM, time(17), frozenset()).passes_known_end(utc("2199-12-31T12:00"))


# --- terms -------------------------------------------------------------------------------------------------

WORKING_DAYS, DAYS, WEEKS, HOURS = Unit.WORKING_DAYS, Unit.DAYS, Unit.WEEKS, Unit.HOURS


@pytest.mark.parametrize(
    "opened,count,unit,expected",
    [
        ("2027-03-15T10:00", 10, WORKING_DAYS, "2027-03-31T15:00"),  # Good Friday, Easter Monday, summer time
        ("2027-03-15T11:00", 5, WORKING_DAYS, "2027-03-22T16:00"),
        ("2027-01-11T10:00", 20, WORKING_DAYS, "2027-02-08T16:00"),
        ("2026-12-18T10:00", 10, WORKING_DAYS, "2027-01-05T16:00"),
        ("2027-03-27T12:00", 1, WORKING_DAYS, "2027-03-30T15:00"),  # opened on a Saturday
        ("2027-05-04T23:59", 1, WORKING_DAYS, "2027-05-10T15:00"),  # the day counts, not the hour
        ("2027-05-05T00:01", 1, WORKING_DAYS, "2027-05-10T15:00"),
        ("2027-03-26T10:00", 3, DAYS, "2027-03-29T15:00"),  # days and weeks take no account of closed days
        ("2027-03-15T10:00", 2, WEEKS, "2027-03-29T15:00"),
        ("2027-03-26T18:00", 48, HOURS, "2027-03-28T17:00"),  # elapsed: an hour later on the clock
        ("2027-10-30T18:00", 24, HOURS, "2027-10-31T16:00"),
    ],
)
def test_a_term_ends(opened, count, unit, expected):
    end = Term(count, unit).end(local(opened), CALENDAR)

    assert end == utc(expected)
    assert end.tzinfo is UTC


def test_a_term_in_hours_has_no_last_day():
    with pytest.raises(ValueError):
        Term(24, HOURS).last_day(date(2027, 5, 4), CALENDAR)


@pytest.mark.parametrize(
    "count,unit,expected",
    [
        (10, WORKING_DAYS, "10 working days"),
        (1, WORKING_DAYS, "1 working day"),
        (1, HOURS, "1 hour"),
        (2, WEEKS, "2 weeks"),
    ],
)
def test_a_term_is_written_in_english(count, unit, expected):
    assert str(Term(count, unit)) == expected


@pytest.mark.parametrize(
    "opened,closes,expected",
    [
        ("2027-05-04T16:00", "2027-05-07T16:00", "2027-05-11T14:00"),
        ("2027-04-29T10:00", "2027-05-02T10:00", "2027-05-03T08:00"),
        ("2027-05-10T17:30", "2027-05-11T17:30", "2027-05-12T15:30"),
        ("2027-01-12T09:00", "2027-01-15T09:00", "2027-01-15T08:00"),  # met already
        ("2027-03-25T10:00", "2027-03-27T10:00", "2027-03-31T08:00"),  # the same clock time in summer
    ],
)
def test_the_guard_moves_a_deadline_to_the_day_that_leaves_two_working_days(opened, closes, expected):
    assert CALENDAR.guarded(local(opened), local(closes), 2) == utc(expected)


def test_an_editorial_version_may_be_contested_until_the_next_working_day_closes():
    assert CALENDAR.contest_until(local("2027-05-04T09:00")) == utc("2027-05-10T15:00")


@pytest.mark.parametrize(
    "parent,buffer,expected",
    [
        ("2027-03-31T17:00", 3, "2027-03-24T16:00"),  # 25, 30 and 31 March stay
        ("2027-05-12T12:00", 3, "2027-05-04T15:00"),  # not on the Sunday before, which would leave as many
        ("2027-05-09T12:00", 1, "2027-05-03T15:00"),
        ("2027-05-11T12:00", 0, "2027-05-11T15:00"),
    ],
)
def test_a_nested_consultation_ends_some_working_days_before_its_parent(parent, buffer, expected):
    assert CALENDAR.latest_child(local(parent), buffer) == utc(expected)


# --- reminders ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "opened,closes,expected",
    [
        (
            "2027-03-15T10:00",
            "2027-03-31T17:00",
            ["2027-03-22T09:00", "2027-03-25T09:00", "2027-03-30T09:00", "2027-03-31T13:00"],
        ),
        (
            "2027-03-30T09:30",
            "2027-04-06T17:00",
            ["2027-04-02T09:00", "2027-04-05T09:00", "2027-04-06T13:00"],
        ),
        ("2027-05-04T16:00", "2027-05-11T16:00", ["2027-05-10T09:00", "2027-05-11T12:00"]),
        ("2027-05-10T17:30", "2027-05-12T17:30", ["2027-05-11T09:00", "2027-05-12T13:30"]),
        ("2027-05-10T09:00", "2027-05-11T12:00", []),  # not at the opening itself; 08:00 is too early
        ("2027-05-10T08:59", "2027-05-11T12:59", ["2027-05-10T09:00"]),
        ("2027-05-10T09:00", "2027-05-11T13:00", ["2027-05-11T09:00"]),
        ("2027-05-10T09:00", "2027-05-11T21:00", ["2027-05-11T17:00"]),
        ("2027-05-10T09:00", "2027-05-11T21:01", []),
        (
            "2027-05-10T10:00",
            "2027-05-15T16:00",
            ["2027-05-13T09:00", "2027-05-14T09:00"],
        ),  # closes on a Saturday
        ("2027-05-11T10:00", "2027-05-11T13:00", []),
    ],
)
def test_reminders_fall_on_working_days_in_office_hours_within_the_round(opened, closes, expected):
    reminders = CALENDAR.reminders(local(opened), local(closes))

    assert [each.astimezone(AMSTERDAM).isoformat()[:16] for each in reminders] == expected
    assert all(each.tzinfo is UTC for each in reminders)


# --- local times that do not exist, or exist twice ---------------------------------------------------------


@cache
def transitions() -> tuple[tuple[ZoneInfo, datetime, timedelta, timedelta], ...]:
    """Every change of an offset from 2024 to 2030: zone, instant, and the offsets before and after."""
    zones = map(ZoneInfo, sorted(available_timezones()))
    return tuple(found for zone in zones for found in _transitions_of(zone))


def _transitions_of(zone: ZoneInfo) -> Iterator[tuple[ZoneInfo, datetime, timedelta, timedelta]]:
    at, step = datetime(2024, 1, 1, tzinfo=UTC), timedelta(days=7)
    while at.year < 2031:
        before, after = _offset(zone, at), _offset(zone, at + step)
        if before != after:
            low, high = at, at + step
            while high - low > MINUTE:
                middle = low + (high - low) / 2
                middle = middle.replace(second=0, microsecond=0)
                low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
            yield zone, high, before, after
        at += step


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def _at(zone: ZoneInfo, clock: datetime) -> datetime:
    return Calendar(zone, time(17), frozenset()).at(clock.date(), clock.time())


def test_f12_the_zones_have_gaps_and_folds_to_try():
    amsterdam = [at for zone, at, _, _ in transitions() if zone.key == "Europe/Amsterdam"]

    assert len(amsterdam) == 14
    assert utc("2027-03-28T01:00") in amsterdam
    assert utc("2027-10-31T01:00") in amsterdam
    assert len(transitions()) > 1_000


def test_f12_every_local_time_that_a_clock_jumps_over_is_refused_and_those_beside_it_are_not():
    gaps = [each for each in transitions() if each[3] > each[2]]

    for zone, at, before, after in gaps:
        start, end = (at + before).replace(tzinfo=None), (at + after).replace(tzinfo=None)
        for clock in (start, start + (end - start) / 2, end - MINUTE):
            with pytest.raises(DeadlineGap) as caught:
                _at(zone, clock)
            instant = clock.replace(tzinfo=UTC)
            assert (caught.value.earlier, caught.value.later) == (instant - after, instant - before)
        assert _at(zone, start - MINUTE) == at - MINUTE
        assert _at(zone, end) == at


def test_f12_every_local_time_that_a_clock_shows_twice_is_refused_and_those_beside_it_are_not():
    folds = [each for each in transitions() if each[3] < each[2]]

    for zone, at, before, after in folds:
        start, end = (at + after).replace(tzinfo=None), (at + before).replace(tzinfo=None)
        for clock in (start, start + (end - start) / 2, end - MINUTE):
            with pytest.raises(DeadlineFold) as caught:
                _at(zone, clock)
            instant = clock.replace(tzinfo=UTC)
            assert (caught.value.earlier, caught.value.later) == (instant - before, instant - after)
        assert _at(zone, start - MINUTE) == at + (after - before) - MINUTE
        assert _at(zone, end) == at + (before - after)


def test_f12_the_refusal_repeats_what_was_typed_or_the_local_time():
    with pytest.raises(DeadlineGap) as typed:
        CALENDAR.at(date(2027, 3, 28), time(2, 30), "28 maart half drie")
    with pytest.raises(DeadlineGap) as computed:
        CALENDAR.at(date(2027, 3, 28), time(2, 30))

    assert typed.value.text == "28 maart half drie"
    assert computed.value.text == "2027-03-28 02:30"


def test_f12_the_nearest_instant_is_never_refused():
    assert CALENDAR.nearest(date(2027, 3, 28), time(2, 30)) == utc("2027-03-28T01:30")
    assert CALENDAR.nearest(date(2027, 10, 31), time(2, 30)) == utc("2027-10-31T00:30")


def test_f12_a_closing_time_in_a_gap_is_refused():
    calendar = Calendar(AMSTERDAM, time(2, 30), frozenset(), open=frozenset({date(2027, 3, 28)}))

    with pytest.raises(DeadlineGap):
        calendar.add_working_days(local("2027-03-26T10:00"), 1)


def test_f12_a_deadline_that_needs_no_guard_may_lie_in_a_fold():
    calendar = Calendar(AMSTERDAM, time(17), frozenset(), open=frozenset({date(2027, 10, 31)}))
    closes = utc("2027-10-31T01:30")

    assert calendar.guarded(local("2027-10-28T02:30"), closes, 2) == closes


def test_f12_elapsed_hours_end_in_a_fold_without_refusal():
    closes = CALENDAR.add_hours(local("2027-10-30T02:30"), 25)

    assert closes == utc("2027-10-31T01:30")
    assert CALENDAR.guarded(local("2027-10-28T02:30"), closes, 0) == utc("2027-11-01T01:30")


# --- properties --------------------------------------------------------------------------------------------

INSTANTS = st.integers(0, 6 * 365 * 24 * 60).map(lambda minutes: utc("2024-01-01T00:00") + minutes * MINUTE)
ZONES = st.sampled_from(["Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "UTC"])
CLOSED_DAYS = st.frozensets(st.dates(date(2026, 1, 1), date(2026, 3, 1)), max_size=30)


@given(INSTANTS, ZONES)
def test_f12_every_instant_is_found_back_by_its_local_time_or_offered(instant, key):
    zone = ZoneInfo(key)
    clock = instant.astimezone(zone)

    try:
        found = {Calendar(zone, time(17), frozenset()).at(clock.date(), clock.time())}
    except DeadlineFold as fold:
        found = {fold.earlier, fold.later}

    assert instant in found


@given(INSTANTS, CLOSED_DAYS, st.integers(1, 60))
def test_a_term_of_working_days_holds_so_many_and_ends_on_one(opened, closed, count):
    calendar = Calendar(AMSTERDAM, time(17), closed)

    day = calendar.local_date(calendar.add_working_days(opened, count))

    assert calendar.is_working_day(day)
    assert calendar.working_days_between(calendar.local_date(opened), day) == count


@given(INSTANTS, st.integers(0, 200), CLOSED_DAYS, st.integers(0, 5))
def test_a_guarded_deadline_is_the_first_day_that_will_do(opened, hours, closed, wanted):
    calendar = Calendar(ZoneInfo("UTC"), time(17), closed)
    closes = calendar.add_hours(opened, hours)

    guarded = calendar.guarded(opened, closes, wanted)

    def will_do(day: date) -> bool:
        return calendar.is_working_day(day) and calendar.working_days_between(opened.date(), day) >= wanted

    assert guarded.time() == closes.time()
    assert will_do(guarded.date())
    between = ((closes + timedelta(days=count)).date() for count in range((guarded - closes).days))
    assert not any(will_do(day) for day in between)


@given(INSTANTS, st.integers(1, 800), CLOSED_DAYS)
def test_reminders_ascend_and_lie_within_the_round(opened, hours, closed):
    calendar = Calendar(AMSTERDAM, time(17), closed)
    closes = calendar.add_hours(opened, hours)

    reminders = calendar.reminders(opened, closes)

    assert list(reminders) == sorted(set(reminders))
    assert all(opened < each < closes for each in reminders)
    assert len(reminders) <= 4


@given(INSTANTS, st.integers(0, 40), CLOSED_DAYS)
def test_days_with_and_without_work_make_up_the_term(opened, length, closed):
    calendar = Calendar(AMSTERDAM, time(17), closed)
    closes = opened + timedelta(days=length)
    first, last = calendar.local_date(opened), calendar.local_date(closes)

    without = calendar.days_without_work(opened, closes)

    assert len(without) + calendar.working_days_between(first, last) == (last - first).days
