"""The closed days of a board: public holidays of its country, designated days, and its own corrections."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from commands.domain.board import CalendarSettings
from commands.domain.calendar import Calendar

COUNTRIES: Final = ("", "NL")  # "" has no holidays

# Days equated with a holiday under article 3, third paragraph, of the Algemene termijnenwet, by the royal
# decree "Besluit gelijkstelling van 2 januari 2026, 15 mei 2026, 7 mei 2027, 28 april 2028 en 26 mei 2028
# met een algemeen erkende feestdag". Such a decree covers three years; the next one is not known.
_DESIGNATED: Final = frozenset(
    {date(2026, 1, 2), date(2026, 5, 15), date(2027, 5, 7), date(2028, 4, 28), date(2028, 5, 26)}
)
_DESIGNATED_UNTIL: Final = date(2028, 12, 31)
_SATURDAY: Final = 5


def calendar_for(
    settings: CalendarSettings,
    zone: ZoneInfo,
    closing_time: time,
    first_year: int,
    last_year: int,
    locale: str = "nl",
) -> Calendar:
    """The calendar of a board for a span of years, with the names of holidays in a language (nl, en).

    What the board itself declares wins over what the law says, and open over closed. The closed days of NL
    are known until the end of the last designated year, or of the last year in which the board closed a day
    itself, since it has then provided for that year; and never beyond `last_year`. Without a country they are
    always known. ValueError for a country that is not in COUNTRIES. The first call for a span takes tenths of
    a second.
    """
    names = holidays_of(settings.country, first_year, last_year, locale)
    closed = {*names, *settings.closed}
    known_until = None
    if settings.country:
        closed |= _DESIGNATED
        own_years = (date(day.year, 12, 31) for day in settings.closed)
        known_until = min(date(last_year, 12, 31), max([_DESIGNATED_UNTIL, *own_years]))
    weekdays = frozenset(day for day in closed if day.weekday() < _SATURDAY)
    opened = frozenset(settings.open)
    return Calendar(
        zone=zone,
        closing_time=closing_time,
        closed=weekdays - opened,
        names=names,
        known_until=known_until,
        open=frozenset(day for day in opened if day.weekday() >= _SATURDAY),
    )


@lru_cache(maxsize=16)
def holidays_of(country: str, first_year: int, last_year: int, locale: str) -> Mapping[date, str]:
    """The public holidays of a country by date, also in weekends, with their names in a language (nl, en).

    For NL they are those of article 3 of the Algemene termijnenwet, first and second paragraph: Good Friday
    included, and every 5 May. Designated days have no name.
    """
    if country not in COUNTRIES:
        raise ValueError(f"no calendar for country {country!r}")
    if not country:
        return MappingProxyType({})
    # Imported here: it takes a fifth of a second, which a command that needs no calendar should not wait for.
    from holidays import country_holidays

    years, language = range(first_year, last_year + 1), "nl" if locale == "nl" else "en_US"
    names = dict(country_holidays(country, years=years, language=language, categories={"public"}))
    # The package calls 5 May public every fifth year only, and optional in between.
    optional = country_holidays(country, years=years, language=language, categories={"optional"})
    names |= {day: name for day, name in optional.items() if (day.month, day.day) == (5, 5)}
    return MappingProxyType(dict(sorted(names.items())))
