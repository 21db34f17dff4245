"""Working days over a set of closed days, closing times, terms, and local times that exist twice or never."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from commands.domain.errors import DeadlineFold, DeadlineGap

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_REMINDER_DAYS: Final = (5, 2, 1)
_REMINDER_HOURS: Final = timedelta(hours=4)
_MORNING: Final = time(9)
_EVENING: Final = time(17)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days and the closing time of a board.

    Monday to Friday are working days except those in `closed`; of the weekend only the days in `open` are.
    `names` holds names of closed days for messages, as far as they have one. After `known_until` the closed
    days are not complete; None when they are always known. Every instant that is taken is aware, every
    instant that is returned is UTC. Where the board's own closing time does not exist or comes twice on a
    day, whatever computes a closing time raises DeadlineGap or DeadlineFold.
    """

    zone: ZoneInfo
    closing_time: time
    closed: frozenset[date]
    names: Mapping[date, str] = field(default_factory=dict, compare=False)
    known_until: date | None = None
    open: frozenset[date] = frozenset()

    # --- days ----------------------------------------------------------------------------------------------

    def local_date(self, at: datetime) -> date:
        """The day in board time at an instant."""
        return at.astimezone(self.zone).date()

    def is_working_day(self, day: date) -> bool:
        """Whether a day counts in a term of working days."""
        return day not in self.closed and (day.weekday() < _SATURDAY or day in self.open)

    def next_working_day(self, after: date) -> date:
        """The first working day after a day, that day itself never counted."""
        return self.nth_working_day(after, 1)

    def previous_working_day(self, before: date) -> date:
        """The last working day before a day, that day itself never counted."""
        day = before - _DAY
        while not self.is_working_day(day):
            day -= _DAY
        return day

    def nth_working_day(self, after: date, count: int) -> date:
        """The `count`-th working day after a day, which is not counted; `count` is at least 1."""
        if count < 1:
            raise ValueError(f"a term has at least one working day, not {count}")
        day = after
        while count:
            day += _DAY
            count -= self.is_working_day(day)
        return day

    def working_days_between(self, after: date, until: date) -> int:
        """How many working days lie after the first day, up to and including the second."""
        return sum(1 for day in _days(after, until) if self.is_working_day(day))

    def working_days_in_year(self, year: int) -> int:
        """How many working days a calendar year has."""
        return self.working_days_between(date(year - 1, 12, 31), date(year, 12, 31))

    def days_without_work(self, opened: datetime, closes: datetime) -> tuple[tuple[date, str], ...]:
        """The days of a term that are no working days, in order, each with its name or "".

        Like working days they are counted after the day of opening, up to and including that of closing.
        """
        days = _days(self.local_date(opened), self.local_date(closes))
        return tuple((day, self.names.get(day, "")) for day in days if not self.is_working_day(day))

    def passes_known_end(self, closes: datetime) -> bool:
        """Whether a deadline lies after the last day whose closed days are known (warning `calendar-end`)."""
        return self.known_until is not None and self.local_date(closes) > self.known_until

    # --- instants ------------------------------------------------------------------------------------------

    def at(self, day: date, clock: time, text: str = "") -> datetime:
        """The instant of a day and a clock time of the board.

        DeadlineGap when the clock jumps over that time, DeadlineFold when it shows it twice; both carry
        `text` (the local time when empty) and the two instants that the offsets before and after the change
        give (PEP 495).
        """
        first, second = self._instants(day, clock)
        if first == second:
            return first
        text = text or f"{day} {clock:%H:%M}"
        if first < second:
            raise DeadlineFold(text, first, second)
        raise DeadlineGap(text, second, first)

    def nearest(self, day: date, clock: time) -> datetime:
        """As `at`, but never refused: the first of two, and as far past a gap as the time lies in it."""
        return self._instants(day, clock)[0]

    def closing(self, day: date) -> datetime:
        """The closing time of a day."""
        return self.at(day, self.closing_time)

    def add_working_days(self, opened: datetime, count: int) -> datetime:
        """The closing time of the `count`-th working day after the day of opening."""
        return self.closing(self.nth_working_day(self.local_date(opened), count))

    def add_hours(self, opened: datetime, hours: int) -> datetime:
        """So many elapsed hours later, whatever the clock does in between."""
        return opened.astimezone(UTC) + timedelta(hours=hours)

    def guarded(self, opened: datetime, closes: datetime, working_days: int) -> datetime:
        """The deadline that leaves so many working days after the day of opening, and ends on one.

        That is `closes` itself when it does, and otherwise the same clock time of the first day that does.
        """
        start, end = self.local_date(opened), self.local_date(closes)
        day = end
        while not self.is_working_day(day) or self.working_days_between(start, day) < working_days:
            day += _DAY
        if day == end:
            return closes.astimezone(UTC)
        return self.at(day, closes.astimezone(self.zone).time())

    def contest_until(self, now: datetime) -> datetime:
        """Until when an editorial version may be contested: the closing time of the next working day."""
        return self.add_working_days(now, 1)

    def latest_child(self, parent_closes: datetime, buffer_working_days: int = 3) -> datetime:
        """The last deadline of a nested consultation.

        It is the closing time of the last working day that leaves so many working days up to and including
        the day on which the parent closes.
        """
        day = self.local_date(parent_closes) + _DAY
        for _ in range(buffer_working_days):
            day = self.previous_working_day(day)
        return self.closing(self.previous_working_day(day))

    def reminders(self, opened_at: datetime, closes_at: datetime) -> tuple[datetime, ...]:
        """When to remind who has not answered, in order.

        At 09:00 on the fifth, second and first working day before the day of closing, and four hours before
        closing: only what lies between opening and closing, from 09:00 to 17:00 board time on a working day.
        """
        moments = {closes_at.astimezone(UTC) - _REMINDER_HOURS}
        day = self.local_date(closes_at)
        for count in range(1, max(_REMINDER_DAYS) + 1):
            day = self.previous_working_day(day)
            if count in _REMINDER_DAYS:
                moments.add(self.nearest(day, _MORNING))
        between = (each for each in moments if opened_at < each < closes_at)
        return tuple(sorted(each for each in between if self.is_office_hour(each)))

    def is_office_hour(self, at: datetime) -> bool:
        """Whether it is 09:00 to 17:00 board time on a working day, both included."""
        local = at.astimezone(self.zone)
        return self.is_working_day(local.date()) and _MORNING <= local.time() <= _EVENING

    def _instants(self, day: date, clock: time) -> tuple[datetime, datetime]:
        # Equal for a time that exists once; in a fold the first is earlier, in a gap later (PEP 495).
        local = datetime.combine(day, clock, self.zone)
        return local.replace(fold=0).astimezone(UTC), local.replace(fold=1).astimezone(UTC)


class Unit(StrEnum):
    """What a term is counted in."""

    WORKING_DAYS = "working-days"
    DAYS = "days"
    WEEKS = "weeks"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time from which a deadline follows; `count` is at least 1."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        words = self.unit.value.replace("-", " ")
        return f"{self.count} {words.removesuffix('s') if self.count == 1 else words}"

    def end(self, opened: datetime, calendar: Calendar) -> datetime:
        """The deadline of a term that starts at `opened`, an instant; the result is UTC.

        Hours are elapsed time. All else ends at the closing time of a day; the day of opening is not counted.
        """
        if self.unit is Unit.HOURS:
            return calendar.add_hours(opened, self.count)
        return calendar.closing(self.last_day(calendar.local_date(opened), calendar))

    def last_day(self, opened: date, calendar: Calendar) -> date:
        """The day on which a term in days ends; ValueError for one in hours, which has none."""
        match self.unit:
            case Unit.WORKING_DAYS:
                return calendar.nth_working_day(opened, self.count)
            case Unit.DAYS:
                return opened + timedelta(days=self.count)
            case Unit.WEEKS:
                return opened + timedelta(weeks=self.count)
            case Unit.HOURS:
                raise ValueError("a term in hours ends at an instant")


def _days(after: date, until: date) -> Iterator[date]:
    """Each day after the first, up to and including the second."""
    return (after + timedelta(days=count) for count in range(1, (until - after).days + 1))
