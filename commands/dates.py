"""Days in words, Dutch and English: "vr 4 dec", "2026-12-04", "volgende week woensdag" become dates.

A reader gives all the dates that its words can mean: one when they are clear, more when they are not, none
when there is no such day, and None when it does not know the words. Words come from `normal`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from commands.domain.errors import DeadlineAmbiguous, DeadlineImpossible, DeadlineUnclear

ONE_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(weeks=1)
_SUNDAY: Final = 6
_LONGEST: Final = 80  # characters; nobody writes a longer day or deadline
_JUST_PASSED: Final = timedelta(days=31)


def day(text: str, today: date | None = None) -> date:
    """The date that a text means, for what needs no time: the end of a reservation or mandate, a meeting.

    It may lie in the past. Without `today` it must be complete, with its year; with it, a date without year,
    a weekday and "morgen" are understood as in a deadline. DeadlineUnclear, DeadlineAmbiguous or
    DeadlineImpossible when no one date is meant.
    """
    words = normal(text)
    found = written_date(words, today)
    if found is None and today is not None:
        found = named_day(words, today)
    if found is None:
        raise DeadlineUnclear(text.strip())
    if not found:
        raise DeadlineImpossible(text.strip())
    if len(found) > 1:
        raise DeadlineAmbiguous(text.strip(), found)
    return found[0]


def normal(text: str) -> str:
    """The text in small letters, one space between words, no dots of abbreviations; "" if it is too long."""
    if len(text) > _LONGEST:
        return ""
    folded = unicodedata.normalize("NFC", text).translate(_FOLDED).casefold()
    folded = _ABBREVIATED.sub("", _COMMA.sub("", folded))
    return _ISO_T.sub(" ", " ".join(folded.split()).rstrip(" ."))


def alternatives(words: Iterable[str]) -> str:
    """A regular expression for one of these words, longest first."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def _numbered(*groups: str, start: int) -> dict[str, int]:
    return {word: number for number, group in enumerate(groups, start) for word in group.split()}


_MONTHS: Final = _numbered(
    "januari january jan",
    "februari february feb",
    "maart march mrt mar",
    "april apr",
    "mei may",
    "juni june jun",
    "juli july jul",
    "augustus august aug",
    "september sept sep",
    "oktober october okt oct",
    "november nov",
    "december dec",
    start=1,
)
_WEEKDAYS: Final = _numbered(
    "maandag monday ma mon",
    "dinsdag tuesday di tues tue",
    "woensdag wednesday wo wed",
    "donderdag thursday do thurs thur thu",
    "vrijdag friday vr fri",
    "zaterdag saturday za sat",
    "zondag sunday zo sun",
    start=0,
)
_NEAR: Final = {
    "vandaag": 0,
    "today": 0,
    "morgen": 1,
    "tomorrow": 1,
    "overmorgen": 2,
    "day after tomorrow": 2,
    "the day after tomorrow": 2,
    "gisteren": -1,
    "yesterday": -1,
    "eergisteren": -2,
    "day before yesterday": -2,
    "the day before yesterday": -2,
}
_NEXT: Final = ("volgende", "volgend", "next")
_THIS: Final = ("deze", "this")

_WEEKDAY: Final = alternatives(_WEEKDAYS)
_MONTH: Final = alternatives(_MONTHS)
_YEAR: Final = r"(?:19|20|21)\d\d"
_MAYBE_WEEKDAY: Final = rf"(?:(?:op |on )?(?P<weekday>{_WEEKDAY}) )?"

_DATE: Final = re.compile(
    rf"{_MAYBE_WEEKDAY}(?:op |on )?(?:de |the )?"
    rf"(?:(?P<day>\d{{1,2}})(?:e|ste|de|st|nd|rd|th)? ?(?:of )?(?P<month>{_MONTH})"
    rf"|(?P<month_first>{_MONTH}) (?P<day_last>\d{{1,2}})(?:st|nd|rd|th)?)(?: (?P<year>{_YEAR}))?",
    re.ASCII,
)
_ISO_DATE: Final = re.compile(
    rf"{_MAYBE_WEEKDAY}(?P<year>{_YEAR})(?P<mark>[-/])(?P<month>\d\d)(?P=mark)(?P<day>\d\d)", re.ASCII
)
_NUMERIC_DATE: Final = re.compile(
    rf"{_MAYBE_WEEKDAY}(?P<first>\d{{1,2}})(?P<mark>[-/.])(?P<second>\d{{1,2}})"
    rf"(?:(?P=mark)(?P<year>{_YEAR}))?",
    re.ASCII,
)
_ON_WEEKDAY: Final = re.compile(
    r"(?:op |on )?(?:(?P<lead>aanstaande|aankomende|komende|coming|as|deze|this|volgende|next) )?"
    rf"(?P<weekday>{_WEEKDAY})(?P<trail> as| aanstaande)?"
)
_IN_WEEK: Final = re.compile(
    rf"(?P<which>deze|this|volgende|next) week (?:op |on )?(?P<weekday>{_WEEKDAY})"
    rf"|(?P<weekday_first>{_WEEKDAY}) (?:in |of )?(?P<which_last>deze|this|volgende|next) week"
)
_END: Final = re.compile(
    r"(?:aan |at )?(?:het |the )?(?:eind|einde|end)(?: van| of)?"
    r"(?: (?P<which>de|het|the|deze|dit|this|volgende|volgend|next))? (?P<unit>week|maand|month|jaar|year)"
)
_ISO_T: Final = re.compile(r"(?<=\d\d-\d\d)t(?=\d\d:)", re.ASCII)
_COMMA: Final = re.compile(r",(?=\s|$)")
_ABBREVIATED: Final = re.compile(r"(?<=[^\W\d_])\.")
_FOLDED: Final = {
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-"),
    **dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u2060\ufeff")),
    ord("’"): "'",
    ord("é"): "e",  # "één"
    ord("É"): "e",
}


def written_date(words: str, today: date | None) -> tuple[date, ...] | None:
    """A date with day and month. Without year it is the next one, and not known when `today` is None.

    When it passed in the last month, that day may be meant too. Numbers are both day-month and month-day, as
    far as these are dates that fit a weekday; with dots they are day-month.
    """
    if match := _DATE.fullmatch(words):
        pairs = [(int(match["day"] or match["day_last"]), _MONTHS[match["month"] or match["month_first"]])]
    elif match := _ISO_DATE.fullmatch(words):
        pairs = [(int(match["day"]), int(match["month"]))]
    elif (match := _NUMERIC_DATE.fullmatch(words)) and (match["year"] or match["mark"] == "/"):
        first, second = int(match["first"]), int(match["second"])
        pairs = [(first, second)] if match["mark"] == "." else [(first, second), (second, first)]
    else:
        return None
    if match["year"]:
        dates = [_existing(int(match["year"]), month, number) for number, month in pairs]
    elif today is None:
        return None
    else:
        dates = [each for number, month in pairs for each in _without_year(month, number, today)]
    weekday = _WEEKDAYS.get(match["weekday"] or "")
    fitting = (each for each in dates if each is not None and weekday in (None, each.weekday()))
    return tuple(dict.fromkeys(fitting))


def named_day(words: str, today: date) -> tuple[date, ...] | None:
    """A day by its distance from today, or by its weekday."""
    if words in _NEAR:
        return (today + _NEAR[words] * ONE_DAY,)
    if match := _IN_WEEK.fullmatch(words):
        weekday = _WEEKDAYS[match["weekday"] or match["weekday_first"]] * ONE_DAY
        return tuple(each + weekday for each in _mondays(match["which"] or match["which_last"], today))
    match = _ON_WEEKDAY.fullmatch(words)
    if match is None or (match["lead"] and match["trail"]):
        return None
    distance = (_WEEKDAYS[match["weekday"]] - today.weekday()) % 7
    coming = today + distance * ONE_DAY
    if distance == 0:
        return coming, coming + _WEEK
    if match["lead"] in _NEXT:
        return coming, coming + _WEEK
    if match["lead"] in _THIS and today.weekday() + distance > _SUNDAY:
        return coming - _WEEK, coming
    return (coming,)


def end_of_period(words: str, today: date) -> tuple[date, ...] | None:
    """The Friday of a week, or the last day of a month or year, whether or not it is a working day."""
    match = _END.fullmatch(words)
    if match is None:
        return None
    later = match["which"] in _NEXT
    if match["unit"] == "week":
        return tuple(monday + 4 * ONE_DAY for monday in _mondays(match["which"] or "", today))
    if match["unit"] in ("maand", "month"):
        year, month = divmod(today.year * 12 + today.month + later, 12)
        return (date(year, month + 1, 1) - ONE_DAY,)
    return (date(today.year + later, 12, 31),)


def _without_year(month: int, number: int, today: date) -> tuple[date | None, ...]:
    year = today.year + ((month, number) < (today.month, today.day))
    passed = _existing(year - 1, month, number)
    if passed is not None and today - passed > _JUST_PASSED:
        passed = None
    return passed, _existing(year, month, number)


def _existing(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _mondays(which: str, today: date) -> tuple[date, ...]:
    """How the week begins that is meant (ISO 8601: on Monday).

    On a Sunday there are two such weeks in English, because many who write it begin the week that day.
    """
    monday = today - today.weekday() * ONE_DAY
    if which in _NEXT:
        monday += _WEEK
    if today.weekday() == _SUNDAY and which in ("this", "the", "next"):
        return monday, monday + _WEEK
    return (monday,)
