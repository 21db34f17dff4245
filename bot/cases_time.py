"""Cases of terms, deadlines and reminders under a calendar, and of deadline phrases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from bot.cases import CaseResult, Document, Status
from bot.closed_days import COUNTRIES, calendar_for
from bot.problems import FileProblem
from commands.domain.board import CalendarSettings
from commands.domain.calendar import Calendar
from commands.domain.errors import DeadlineFold, DeadlineGap, Refusal
from commands.domain.round import Round
from commands.domain.values import Code, Line
from commands.when import term, understand

T = TypeVar("T")


def run(document: Document) -> Iterator[CaseResult]:
    """Run `[[year]]`, the tables below `[terms]` and `phrase`, in this order, under `[calendar]`.

    Without a calendar it is that of NL, Europe/Amsterdam, closing at 17:00. A row whose keys are not all
    known is not run; one that lacks a key, or has a value of another type, is a FileProblem.
    """
    calendar = _calendar(document)
    terms = _Row("terms", _mapping("terms", document.get("terms", {})))
    sections = {"year": document.get("year", []), **terms.data, "phrase": document.get("phrase", [])}
    for section, rows in sections.items():
        if not isinstance(rows, list):
            raise _wrong(section, rows, f"{section} = [ … ]")
        for index, data in enumerate(rows):
            key = f"{section}[{index}]"
            common = {"now": document["now"]} if section == "phrase" and "now" in document else {}
            yield _result(section, index, _Row(key, common | _mapping(key, data)), calendar)


@dataclass(frozen=True, slots=True)
class _Row:
    """One table being read; `key` is its path in the document."""

    key: str
    data: Mapping[str, object]

    def get(self, key: str, kind: type[T]) -> T:
        if key not in self.data:
            raise FileProblem("", None, f"{self.key}.{key}", "", Line("file.missing-key", {}))
        value = self.data[key]
        if not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool):
            raise self.wrong(key, _EXAMPLES.get(kind, kind.__name__))
        return value

    def count(self, key: str, most: int = 999) -> int:
        """A number from 0; what is larger than any use of it would be counted for hours."""
        value = self.get(key, int)
        if not 0 <= value <= most:
            raise self.wrong(key, f"0 … {most}")
        return value

    def texts(self, key: str) -> list[str]:
        values = self.get(key, list)
        if not all(isinstance(each, str) for each in values):
            raise self.wrong(key, '["…"]')
        return values

    def instant(self, key: str) -> datetime:
        """An instant with its offset."""
        try:
            return _aware(self.get(key, str))
        except ValueError:
            raise self.wrong(key, "2027-03-31T15:00:00Z") from None

    def moment(self, key: str, calendar: Calendar) -> datetime:
        """A local time of the board, or an instant with its offset, as a text or as TOML writes one."""
        try:
            return _board_time(str(self.data[key]), calendar)
        except KeyError:
            raise FileProblem("", None, f"{self.key}.{key}", "", Line("file.missing-key", {})) from None
        except (ValueError, DeadlineGap, DeadlineFold):
            raise self.wrong(key, "2027-03-15T10:00") from None

    def wrong(self, key: str, example: str) -> FileProblem:
        return _wrong(f"{self.key}.{key}", self.data.get(key), example)


class _NotKnown(Exception):
    """A row that this version cannot run."""


def _result(section: str, index: int, row: _Row, calendar: Calendar) -> CaseResult:
    name = " · ".join([str(row.data[key]) for key in _NAMED if key in row.data][:2]) or str(index + 1)
    case = _CASES.get(section)
    if case is None or row.data.keys() - case.keys:
        return CaseResult(f"{section} {name}", Status.NOT_RUN, "", "", section, index)
    try:
        expected, got = case.check(row, calendar)
    except _NotKnown:
        return CaseResult(f"{section} {name}", Status.NOT_RUN, "", "", section, index)
    status = Status.PASSED if expected == got else Status.FAILED
    return CaseResult(f"{section} {name}", status, expected, got, section, index)


def _year(row: _Row, calendar: Calendar) -> tuple[str, str]:
    year = row.count("year", _YEARS[1])
    if year < _YEARS[0]:
        raise row.wrong("year", f"{_YEARS[0]} … {_YEARS[1]}")
    closed = sorted(day.isoformat() for day in calendar.closed if day.year == year)
    expected = [row.get("working_days", int), *row.texts("weekdays_closed")]
    got = [calendar.working_days_in_year(year), *closed]
    return " ".join(map(str, expected)), " ".join(map(str, got))


def _deadline(row: _Row, calendar: Calendar) -> tuple[str, str]:
    opened = row.moment("opened", calendar)
    closes = _end(row, opened, calendar)
    if "guard_working_days" in row.data:
        closes = calendar.guarded(opened, closes, row.count("guard_working_days"))
    expected, got = _utc(row.instant("at")), _utc(closes)
    if "local" in row.data:
        local = closes.astimezone(calendar.zone).replace(tzinfo=None)
        return f"{row.get('local', str)} {expected}", f"{local.isoformat(timespec='minutes')} {got}"
    return expected, got


def _child(row: _Row, calendar: Calendar) -> tuple[str, str]:
    latest = calendar.latest_child(row.instant("parent"), row.count("buffer_working_days"))
    return _utc(row.instant("latest")), _utc(latest)


def _reminder(row: _Row, calendar: Calendar) -> tuple[str, str]:
    moments = calendar.reminders(row.moment("opened", calendar), row.moment("closes", calendar))
    local = (each.astimezone(calendar.zone).replace(tzinfo=None) for each in moments)
    return " ".join(row.texts("at")), " ".join(each.isoformat(timespec="minutes") for each in local)


def _receipt(row: _Row, _calendar: Calendar) -> tuple[str, str]:
    closes_at, received_at = row.instant("closes_at"), row.instant("received_at")
    a_round = Round(1, "1.0", opened_at=min(closes_at, received_at), closes_at=closes_at, rule=None)
    return _said(row.get("in_time", bool)), _said(a_round.takes(received_at))


def _refused(row: _Row, calendar: Calendar) -> tuple[str, str]:
    expected = " ".join([row.get("refusal", str), *row.texts("offered")])
    try:
        return expected, _utc(_local(row, calendar))
    except (DeadlineGap, DeadlineFold) as refusal:
        return expected, f"{refusal.code} {_utc(refusal.earlier)} {_utc(refusal.later)}"


def _accepted(row: _Row, calendar: Calendar) -> tuple[str, str]:
    expected = _utc(row.instant("at"))
    try:
        return expected, _utc(_local(row, calendar))
    except (DeadlineGap, DeadlineFold) as refusal:
        return expected, refusal.code


def _warning(row: _Row, calendar: Calendar) -> tuple[str, str]:
    closes = _end(row, row.moment("opened", calendar), calendar)
    return row.get("warning", str), "calendar-end" if calendar.passes_known_end(closes) else ""


def _phrase(row: _Row, calendar: Calendar) -> tuple[str, str]:
    expected = _utc(row.instant("at")) if "at" in row.data else row.get("refusal", str)
    base = row.moment("base", calendar) if "base" in row.data else None
    try:
        found = understand(row.get("text", str), row.moment("now", calendar), calendar, base=base)
    except Refusal as refusal:
        return expected, refusal.code
    return expected, _utc(found)


@dataclass(frozen=True, slots=True)
class _Case:
    """A table: the keys that its rows may have, and how one is run to what it expects and what came out."""

    keys: frozenset[str]
    check: Callable[[_Row, Calendar], tuple[str, str]]


_CASES: Final = {
    "year": _Case(frozenset({"year", "working_days", "weekdays_closed"}), _year),
    "deadline": _Case(frozenset({"opened", "term", "guard_working_days", "local", "at"}), _deadline),
    "child": _Case(frozenset({"parent", "buffer_working_days", "latest"}), _child),
    "reminder": _Case(frozenset({"opened", "closes", "at"}), _reminder),
    "receipt": _Case(frozenset({"closes_at", "received_at", "in_time"}), _receipt),
    "refused": _Case(frozenset({"local", "refusal", "offered"}), _refused),
    "accepted": _Case(frozenset({"local", "at"}), _accepted),
    "warning": _Case(frozenset({"opened", "term", "warning"}), _warning),
    "phrase": _Case(frozenset({"text", "lang", "now", "base", "at", "refusal"}), _phrase),
}
# By which values a row is named.
_NAMED: Final = ("year", "text", "opened", "term", "parent", "closes", "received_at", "local")
_EXAMPLES: Final[Mapping[type, str]] = {str: '"…"', int: "1", bool: "true", list: "[…]"}
_CALENDAR_KEYS: Final = frozenset({"country", "closed", "open", "timezone", "closing_time"})
_YEARS: Final = (1900, 2199)
_YEAR: Final = re.compile(r"\b(?:19|20|21)\d\d\b")


def _calendar(document: Document) -> Calendar:
    """The calendar of the document, for every year it names and two more, since a term may pass their end."""
    row = _Row("calendar", _mapping("calendar", document.get("calendar", {})))
    for key in sorted(row.data.keys() - _CALENDAR_KEYS):
        raise FileProblem("", None, f"calendar.{key}", str(row.data[key]), Line("file.unknown-key", {}))
    country = row.get("country", str) if "country" in row.data else "NL"
    if country not in COUNTRIES:
        choices = tuple(Code(f'"{each}"') for each in COUNTRIES)
        raise FileProblem("", None, "calendar.country", country, Line("file.choice", {"choices": choices}))
    settings = CalendarSettings(country, _days(row, "closed"), _days(row, "open"))
    years = [int(each) for each in _YEAR.findall(repr(document))] or [2026]
    return calendar_for(settings, _zone(row), _closing_time(row), first_year=min(years) - 1, last_year=max(years) + 2)


def _zone(row: _Row) -> ZoneInfo:
    try:
        return ZoneInfo(row.get("timezone", str) if "timezone" in row.data else "Europe/Amsterdam")
    except (ValueError, OSError, LookupError):  # not a name, a folder of zones, or no such zone
        raise row.wrong("timezone", "Europe/Amsterdam") from None


def _closing_time(row: _Row) -> time:
    try:
        return time.fromisoformat(str(row.data.get("closing_time", "17:00")))
    except ValueError:
        raise row.wrong("closing_time", "17:00") from None


def _days(row: _Row, key: str) -> tuple[date, ...]:
    values = row.get(key, list) if key in row.data else []
    try:
        return tuple(date.fromisoformat(str(each)) for each in values)
    except ValueError:
        raise row.wrong(key, '["2027-05-07"]') from None


def _end(row: _Row, opened: datetime, calendar: Calendar) -> datetime:
    found = term(row.get("term", str))
    if found is None:
        raise _NotKnown
    return found.end(opened, calendar)


def _local(row: _Row, calendar: Calendar) -> datetime:
    """The instant of a local time, if it is not refused."""
    try:
        local = _known(datetime.fromisoformat(row.get("local", str)))
    except ValueError:
        raise row.wrong("local", "2027-03-28T02:30") from None
    return calendar.at(local.date(), local.time())


def _board_time(text: str, calendar: Calendar) -> datetime:
    found = _known(datetime.fromisoformat(text))
    return found if found.tzinfo else calendar.at(found.date(), found.time())


def _aware(text: str) -> datetime:
    found = _known(datetime.fromisoformat(text))
    if found.tzinfo is None:
        raise ValueError("an instant needs its offset")
    return found


def _known(at: datetime) -> datetime:
    if not _YEARS[0] <= at.year <= _YEARS[1]:
        raise ValueError("a year for which there is no calendar")
    return at


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _said(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _mapping(key: str, value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise _wrong(key, value, "{…}")
    return value


def _wrong(key: str, value: object, example: str) -> FileProblem:
    return FileProblem("", None, key, _said(value)[:60], Line("file.wrong-type", {"type": Code(example)}))
