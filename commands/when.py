"""The grammar of deadlines: "vr 4 dec 17u", "10 werkdagen", "end of next week" become an instant.

Dutch and English are always both understood. A text is understood whole or not at all, and what can be read
in two ways is refused with its readings, so that no deadline is ever other than meant:

- a weekday named on that weekday, and "volgende vrijdag" or "next friday": this week's or next week's;
- a bare "12u" or "12 uur": a clock time or so many hours; "5 uur" and "5:30": before or after noon; midnight;
- "04/12/2026" and "04-12-2026": day or month first, unless only one is a date or fits the weekday given;
- "vrijdag 10.11": a time or a date; a date without year that passed in the last month; the end of a week,
  month or year on a day that is no working day.

Weeks begin on Monday (ISO 8601). Without a time the board's closing time holds, without a year the next such
date. A zone or offset may follow, as the program itself shows it: so one of two equal local times can be
chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

from commands.dates import ONE_DAY, alternatives, day, end_of_period, named_day, normal, written_date
from commands.domain.calendar import Calendar, Term, Unit
from commands.domain.errors import DeadlineAmbiguous, DeadlineImpossible, DeadlinePast, DeadlineUnclear

__all__ = ["Term", "Unit", "day", "term", "understand"]

# Clock times that may be meant, each with the days by which it is later.
_Clocks = tuple[tuple[int, time], ...]
_MIDNIGHTS: Final[_Clocks] = ((0, time(0)), (1, time(0)))


def understand(text: str, now: datetime, calendar: Calendar, *, base: datetime | None = None) -> datetime:
    """The deadline that a text means, as an instant (UTC) after `now`.

    A term counts from `now`, or from `base`, the old deadline, when a deadline is extended; a day is always
    as seen from `now`. DeadlineUnclear, DeadlineAmbiguous, DeadlineImpossible, DeadlinePast, DeadlineGap or
    DeadlineFold when no one instant to come is meant.
    """
    return _Reading(text.strip(), now, calendar, base or now).of(normal(text))


def term(text: str) -> Term | None:
    """The term that a text names, and nothing else; None when it names none.

    Where a term is asked for, "12 uur" is twelve hours; a bare "12u" is none, for it may be a clock time.
    """
    match = _TERM.fullmatch(normal(text))
    if match is None or (match["lead"] is None and match["unit"] in ("u", "h") and _may_be_clock(match)):
        return None
    return _term(match)


_NUMBERS: Final = {
    word: number
    for number, words in {
        1: "een a an one",
        2: "twee two",
        3: "drie three",
        4: "vier four",
        5: "vijf five",
        6: "zes six",
        7: "zeven seven",
        8: "acht eight",
        9: "negen nine",
        10: "tien ten",
        11: "elf eleven",
        12: "twaalf twelve",
        14: "veertien fourteen",
        15: "vijftien fifteen",
        20: "twintig twenty",
        30: "dertig thirty",
    }.items()
    for word in words.split()
}
_CLOCK_UNITS: Final = ("uur", "u", "h")
_UNITS: Final = {
    word: unit
    for unit, words in {
        Unit.WORKING_DAYS: (
            *("werkdag", "werkdagen", "working day", "working days"),
            *("business day", "business days", "workday", "workdays"),
        ),
        Unit.DAYS: ("dag", "dagen", "day", "days"),
        Unit.WEEKS: ("week", "weken", "weeks"),
        Unit.HOURS: ("uren", "hour", "hours", *_CLOCK_UNITS),
    }.items()
    for word in words
}

_TERM: Final = re.compile(
    rf"(?P<lead>(?:over|binnen|in|within) )?(?P<count>[1-9]\d{{0,2}} ?|(?:{alternatives(_NUMBERS)}) )"
    rf"(?P<unit>{alternatives(_UNITS)})",
    re.ASCII,
)
_CLOCK: Final = (
    r"(?P<om>om |at |@ ?)?(?:(?P<hour>\d{1,2})(?:(?P<mark>[:.])(?P<minute>\d\d)(?::(?P<second>\d\d))?)?"
    r"(?: ?(?P<unit>uur|u|h|o'clock|am|pm))?(?:(?<=[uh])(?P<after>\d\d))?"
    r"|(?:12 )?(?:(?P<noon>noon)|midnight|middernacht))"
)
_ENDS_WITH_CLOCK: Final = re.compile(rf"(?:(?P<rest>.+?) )??{_CLOCK}", re.ASCII)
_BEGINS_WITH_CLOCK: Final = re.compile(rf"{_CLOCK} (?:op |on )?(?P<rest>.+)", re.ASCII)
_OFFSET: Final = r"(?:0\d|1[0-4]):[0-5]\d"
# A minus without "UTC" is no offset: "13:00-14:00" says from when until when.
_ZONE: Final = re.compile(
    r"(?P<rest>.+?) ?(?:"
    rf"\(?(?P<name>[a-z]{{3,5}}|[a-z]+(?:/[a-z_-]+)+)\)?(?: \(?utc(?P<expected>[+-]{_OFFSET})\)?)?"
    rf"|\(?(?:utc(?=[+-]))?(?P<offset>\+{_OFFSET}|(?<=utc)-{_OFFSET}|z)\)?)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One text being read: as it was typed, when, and from which instant a term counts."""

    text: str
    now: datetime
    calendar: Calendar
    base: datetime

    @property
    def today(self) -> date:
        return self.calendar.local_date(self.now)

    def of(self, words: str) -> datetime:
        found = self._of_term(words) or self._of_moment(words) or self._of_moment_in_zone(words)
        if found is None:
            raise DeadlineUnclear(self.text)
        if found <= self.now:
            raise DeadlinePast(self.text, found)
        return found

    def _of_term(self, words: str) -> datetime | None:
        match = _TERM.fullmatch(words)
        if match is None:
            return None
        found = _term(match)
        end = found.end(self.base, self.calendar)
        if match["lead"] is None and _may_be_clock(match):
            clock = time(found.count % 24)
            raise self._ambiguous(
                [end, *(self.calendar.nearest(self.today + late * ONE_DAY, clock) for late in (0, 1))]
            )
        return end

    def _of_moment(self, words: str) -> datetime | None:
        """A day, a clock time, or both in either order."""
        for pattern in (_ENDS_WITH_CLOCK, _BEGINS_WITH_CLOCK):
            match = pattern.fullmatch(words)
            if match is not None and _is_clock(match):
                return self._at_clock(match["rest"], match)
        days = self._days(words)
        return None if days is None else self._one(days, ((0, self.calendar.closing_time),))

    def _at_clock(self, words: str | None, clock: re.Match[str]) -> datetime | None:
        days, clocks = self._days_with_clock(words), _clocks(clock)
        if days is None:
            return None
        # "vrijdag 10.11" may be a date, "3 dagen 12 uur" a longer span; "om" would have made it a clock time.
        has_date = words is not None and written_date(words, self.today) is not None
        has_term = words is not None and _TERM.fullmatch(words) is not None
        if (_may_be_date(clock) and not has_date) or (_may_be_hours(clock) and has_term):
            if not days or not clocks:
                return None
            raise self._ambiguous(self._instants(days, clocks))
        return self._one(days, clocks)

    def _days_with_clock(self, words: str | None) -> tuple[date, ...] | None:
        """The days that go with a clock time; without words today, and the day of the old deadline."""
        if words is None:
            return tuple({self.today, self.calendar.local_date(self.base)})
        match = _TERM.fullmatch(words)
        if match is None:
            return self._days(words)
        if _UNITS[match["unit"]] is Unit.HOURS:
            return None
        return (_term(match).last_day(self.calendar.local_date(self.base), self.calendar),)

    def _days(self, words: str) -> tuple[date, ...] | None:
        """The days that words can mean: none if there is no such day, None if they are not understood."""
        found = written_date(words, self.today)
        if found is None:
            found = named_day(words, self.today)
        if found is None and (ends := end_of_period(words, self.today)) is not None:
            # The last working day or the very last day: the same, or else not clear.
            last = (self.calendar.previous_working_day(each + ONE_DAY) for each in ends)
            found = tuple(dict.fromkeys((*last, *ends)))
        return found

    def _of_moment_in_zone(self, words: str) -> datetime | None:
        """A day and a clock time, followed by the zone: its name, its abbreviation, or an offset from UTC."""
        match = _ZONE.fullmatch(words)
        clock = match and _ENDS_WITH_CLOCK.fullmatch(match["rest"])
        if not match or not clock or not _is_clock(clock) or not clock["rest"]:
            return None
        days, clocks = self._days(clock["rest"]), _clocks(clock)
        if days is None:
            return None
        if len(days) != 1 or len(clocks) != 1:
            return self._one(days, clocks)
        day_meant, time_meant = days[0] + clocks[0][0] * ONE_DAY, clocks[0][1]
        if match["offset"] or match["name"] == "utc":
            return datetime.combine(day_meant, time_meant, _fixed(match["offset"] or "z")).astimezone(UTC)
        if match["name"] == self.calendar.zone.key.casefold() and not match["expected"]:
            return self._one(days, clocks)
        local = datetime.combine(day_meant, time_meant, self.calendar.zone)
        return self._of_abbreviation(local, match["name"], match["expected"])

    def _of_abbreviation(self, local: datetime, name: str, expected: str | None) -> datetime | None:
        """The instant at which the zone goes by an abbreviation: in a fold it tells the two apart."""
        for each in (local.replace(fold=0), local.replace(fold=1)):
            offset = _fixed(expected).utcoffset(None) if expected else each.utcoffset()
            if _abbreviation(each) == name and each.utcoffset() == offset:
                return each.astimezone(UTC)
        if name in [_abbreviation(local.replace(month=month, day=1)) for month in (1, 7)]:
            raise DeadlineImpossible(self.text)  # "17:00 CEST" in December
        return None

    def _one(self, days: tuple[date, ...], clocks: _Clocks) -> datetime:
        """The one instant that days and clock times allow."""
        if not days or not clocks:
            raise DeadlineImpossible(self.text)
        if len(days) == len(clocks) == 1:
            return self.calendar.at(days[0] + clocks[0][0] * ONE_DAY, clocks[0][1], self.text)
        raise self._ambiguous(self._instants(days, clocks))

    def _instants(self, days: tuple[date, ...], clocks: _Clocks) -> list[datetime]:
        nearest = self.calendar.nearest
        return [nearest(each + late * ONE_DAY, clock) for each in days for late, clock in clocks]

    def _ambiguous(self, readings: Iterable[datetime]) -> DeadlineAmbiguous | DeadlinePast:
        """Offers the readings still to come; where none is, it has passed however it is read."""
        every = sorted(set(readings))
        coming = tuple(each for each in every if each > self.now)
        return DeadlineAmbiguous(self.text, coming) if coming else DeadlinePast(self.text, every[-1])


def _term(match: re.Match[str]) -> Term:
    count = match["count"].strip()
    return Term(_NUMBERS.get(count) or int(count), _UNITS[match["unit"]])


def _may_be_clock(match: re.Match[str]) -> bool:
    return match["unit"] in _CLOCK_UNITS and _term(match).count <= 24


def _is_clock(match: re.Match[str]) -> bool:
    """Whether what matched is a clock time, and not just a number."""
    if match["hour"] is None:
        return True
    if match["after"] is not None:
        return match["minute"] is None
    return match["minute"] is not None or match["unit"] is not None


def _may_be_hours(match: re.Match[str]) -> bool:
    """Whether a time such as "12 uur" might be a number of hours as well."""
    return match["om"] is None and match["unit"] in _CLOCK_UNITS and not (match["minute"] or match["after"])


def _may_be_date(match: re.Match[str]) -> bool:
    """Whether a time such as "10.11" might be a day and a month as well."""
    if match["mark"] != "." or match["om"] or match["unit"] or match["second"]:
        return False
    return 1 <= int(match["hour"]) <= 31 and 1 <= int(match["minute"]) <= 12


def _clocks(match: re.Match[str]) -> _Clocks:
    """The clock times that a match can mean; none when there is no such time."""
    if match["hour"] is None:
        return ((0, time(12)),) if match["noon"] else _MIDNIGHTS
    hour, minute = int(match["hour"]), int(match["minute"] or match["after"] or 0)
    second = int(match["second"] or 0)
    if match["unit"] in ("am", "pm"):
        return _half_day_clocks(hour, minute, second, afternoon=match["unit"] == "pm")
    if (hour, minute, second) == (24, 0, 0):
        return ((1, time(0)),)  # the end of the day (ISO 8601)
    if hour > 23 or minute > 59 or second > 59:
        return ()
    clock = time(hour, minute, second)
    if 1 <= hour <= 7 and len(match["hour"]) == 1:
        return (0, clock), (0, clock.replace(hour=hour + 12))
    return ((0, clock),)


def _half_day_clocks(hour: int, minute: int, second: int, *, afternoon: bool) -> _Clocks:
    if not 1 <= hour <= 12 or minute > 59 or second > 59:
        return ()
    if (hour, minute, second) == (12, 0, 0):  # neither before nor after noon: people differ on what it means
        return ((0, time(12)), (1, time(0))) if afternoon else _MIDNIGHTS
    return ((0, time(hour % 12 + 12 * afternoon, minute, second)),)


def _fixed(offset: str) -> timezone:
    if offset == "z":
        return UTC
    span = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:]))
    return timezone(-span if offset[0] == "-" else span)


def _abbreviation(local: datetime) -> str:
    return (local.tzname() or "").casefold()
