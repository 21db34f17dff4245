"""The closed days of a Dutch board, with its own corrections."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from bot.closed_days import calendar_for, holidays_of
from commands.domain.board import CalendarSettings
from commands.domain.calendar import Calendar

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def a_calendar(
    country: str = "NL", closed: tuple[date, ...] = (), opened: tuple[date, ...] = (), last_year: int = 2032
) -> Calendar:
    return calendar_for(CalendarSettings(country, closed, opened), AMSTERDAM, time(17), 2025, last_year)


@pytest.mark.parametrize(
    "year,working_days,closed",
    [
        (2026, 251, "01-01 01-02 04-03 04-06 04-27 05-05 05-14 05-15 05-25 12-25"),
        (2027, 253, "01-01 03-26 03-29 04-27 05-05 05-06 05-07 05-17"),
        (2028, 250, "04-14 04-17 04-27 04-28 05-05 05-25 05-26 06-05 12-25 12-26"),
    ],
)
def test_the_dutch_calendar_has_the_days_of_the_algemene_termijnenwet_and_the_designated_ones(
    year, working_days, closed
):
    calendar = a_calendar()

    assert [day.strftime("%m-%d") for day in sorted(calendar.closed) if day.year == year] == closed.split()
    assert calendar.working_days_in_year(year) == working_days


def test_good_friday_and_5_may_are_closed_every_year():
    names = holidays_of("NL", 2020, 2035, "nl")

    assert [day.year for day, name in names.items() if name == "Goede vrijdag"] == list(range(2020, 2036))
    assert [day.year for day in names if (day.month, day.day) == (5, 5)] == list(range(2020, 2036))


def test_kings_day_is_26_april_when_the_27th_is_a_sunday():
    names = holidays_of("NL", 2025, 2031, "nl")

    assert [day for day, name in names.items() if name == "Koningsdag"] == [
        date(2025, 4, 26),
        date(2026, 4, 27),
        date(2027, 4, 27),
        date(2028, 4, 27),
        date(2029, 4, 27),
        date(2030, 4, 27),
        date(2031, 4, 26),
    ]


@pytest.mark.parametrize("locale,name", [("nl", "Hemelvaartsdag"), ("en", "Ascension Day")])
def test_holidays_have_names_in_both_languages(locale, name):
    calendar = calendar_for(CalendarSettings(), AMSTERDAM, time(17), 2027, 2027, locale)

    assert calendar.names[date(2027, 5, 6)] == name


def test_the_board_closes_and_opens_days_itself():
    calendar = a_calendar(closed=(date(2027, 2, 8),), opened=(date(2027, 5, 5), date(2027, 5, 8)))

    assert not calendar.is_working_day(date(2027, 2, 8))
    assert calendar.is_working_day(date(2027, 5, 5))
    assert calendar.is_working_day(date(2027, 5, 8))  # a Saturday
    assert not calendar.is_working_day(date(2027, 5, 9))


def test_a_day_that_the_board_opens_stays_open_when_it_is_closed_as_well():
    calendar = a_calendar(closed=(date(2027, 5, 7),), opened=(date(2027, 5, 7),))

    assert calendar.is_working_day(date(2027, 5, 7))


def test_without_a_country_only_the_board_closes_days():
    calendar = a_calendar(country="", closed=(date(2027, 2, 8), date(2027, 2, 13)))

    assert calendar.closed == {date(2027, 2, 8)}
    assert calendar.names == {}
    assert calendar.known_until is None


@pytest.mark.parametrize(
    "closed,last_year,expected",
    [
        ((), 2032, date(2028, 12, 31)),
        ((date(2027, 2, 8),), 2032, date(2028, 12, 31)),
        ((date(2030, 5, 31),), 2032, date(2030, 12, 31)),
        ((date(2030, 5, 31),), 2029, date(2029, 12, 31)),
        ((), 2027, date(2027, 12, 31)),
    ],
)
def test_closed_days_are_known_to_the_end_of_the_last_year_designated_or_provided_for(closed, last_year, expected):
    assert a_calendar(closed=closed, last_year=last_year).known_until == expected


def test_another_country_is_refused():
    with pytest.raises(ValueError, match="no calendar for country 'BE'"):
        a_calendar(country="BE")


def test_the_package_with_holidays_is_not_loaded_before_it_is_needed():
    program = "import sys, bot.closed_days; sys.exit('holidays' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
