"""Deadlines in words: what is understood, and why the rest is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.i18n import Catalogue
from commands.domain.calendar import Calendar, Term, Unit
from commands.domain.errors import (
    DeadlineAmbiguous,
    DeadlineFold,
    DeadlineGap,
    DeadlineImpossible,
    DeadlinePast,
    DeadlineUnclear,
    Refusal,
)
from commands.when import day, term, understand

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
CLOSED = frozenset(map(date.fromisoformat, ("2026-12-25", "2027-01-01", "2027-03-26", "2027-03-29", "2027-12-31")))
CALENDAR = Calendar(AMSTERDAM, time(17), CLOSED)
MONDAY = "2026-11-23T16:00"
FRIDAY = "2026-11-27T16:00"
SATURDAY = "2026-11-28T16:00"
SUNDAY = "2026-11-29T16:00"


def local(text: str) -> datetime:
    """An instant by its time in Amsterdam."""
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)


def read(text: str, now: str = MONDAY, base: str = "") -> str:
    """The deadline as local time, in minutes, or the code of the refusal."""
    try:
        found = understand(text, local(now), CALENDAR, base=local(base) if base else None)
    except Refusal as refusal:
        return refusal.code
    return found.astimezone(AMSTERDAM).replace(tzinfo=None).isoformat(timespec="minutes")


def readings(text: str, now: str = MONDAY, base: str = "") -> list[str]:
    """The readings that a refusal offers, as local times."""
    with pytest.raises(DeadlineAmbiguous) as caught:
        understand(text, local(now), CALENDAR, base=local(base) if base else None)
    found = [each for each in caught.value.readings if isinstance(each, datetime)]
    return [each.astimezone(AMSTERDAM).isoformat()[:16] for each in found]


@pytest.mark.parametrize(
    "text,expected",
    [
        ("vrijdag 17:00", "2026-11-27T17:00"),
        ("vrijdag", "2026-11-27T17:00"),
        ("donderdag 17u", "2026-11-26T17:00"),
        ("do 17.00", "2026-11-26T17:00"),
        ("dinsdag om 10:00", "2026-11-24T10:00"),
        ("vrijdag om 10.11", "2026-11-27T10:11"),
        ("vrijdag 10.11 uur", "2026-11-27T10:11"),
        ("17:00 vrijdag", "2026-11-27T17:00"),
        ("om 17 uur op vrijdag", "2026-11-27T17:00"),
        ("5pm on friday", "2026-11-27T17:00"),
        ("friday at noon", "2026-11-27T12:00"),
        ("friday 12:30pm", "2026-11-27T12:30"),
        ("friday 12:30 a.m.", "2026-11-27T00:30"),
        ("friday 9.30 p.m.", "2026-11-27T21:30"),
        ("friday 10 o'clock", "2026-11-27T10:00"),
        ("vrijdag 0:00", "2026-11-27T00:00"),
        ("vrijdag 05:00", "2026-11-27T05:00"),
        ("vrijdag 24:00", "2026-11-28T00:00"),
        ("komende vrijdag", "2026-11-27T17:00"),
        ("vrijdag a.s.", "2026-11-27T17:00"),
        ("deze vrijdag", "2026-11-27T17:00"),
        ("this sunday", "2026-11-29T17:00"),
        ("volgende week vrijdag 12:00", "2026-12-04T12:00"),
        ("woensdag volgende week om 9:30", "2026-12-02T09:30"),
        ("next week wednesday 9:30", "2026-12-02T09:30"),
        ("deze week maandag 17:00", "2026-11-23T17:00"),
        ("vandaag 18 uur", "2026-11-23T18:00"),
        ("17:30", "2026-11-23T17:30"),
        ("om 17 uur", "2026-11-23T17:00"),
        ("overmorgen 9u30", "2026-11-25T09:30"),
        ("the day after tomorrow", "2026-11-25T17:00"),
        ("vr 4 dec 17u", "2026-12-04T17:00"),
        ("vr. 4 dec. 17u.", "2026-12-04T17:00"),
        ("vrijdag, 4 december 2026, 17:00", "2026-12-04T17:00"),
        ("vrijdag de 4e december", "2026-12-04T17:00"),
        ("friday the 4th of december 2026 at 5:00 pm", "2026-12-04T17:00"),
        ("Dec 4, 2026, 5:00\u202fPM", "2026-12-04T17:00"),
        ("december 4th", "2026-12-04T17:00"),
        ("1 jan 2027 9u", "2027-01-01T09:00"),
        ("3 mrt 12u", "2027-03-03T12:00"),
        ("23 november", "2026-11-23T17:00"),
        ("22 oktober", "2027-10-22T17:00"),
        ("10 december 10.11", "2026-12-10T10:11"),
        ("2026-12-04T17:00", "2026-12-04T17:00"),
        ("2026/12/04", "2026-12-04T17:00"),
        ("24–12–2026 12:00", "2026-12-24T12:00"),
        ("31/12/2026", "2026-12-31T17:00"),
        ("12/31/2026", "2026-12-31T17:00"),
        ("24/12", "2026-12-24T17:00"),
        ("vr 04-12-2026", "2026-12-04T17:00"),
        ("4.12.2026", "2026-12-04T17:00"),
        ("12/12/2026", "2026-12-12T17:00"),
        ("eind van de week", "2026-11-27T17:00"),
        ("end of next week 12:00", "2026-12-04T12:00"),
        ("eind volgende maand", "2026-12-31T17:00"),
        ("end of the year", "2026-12-31T17:00"),
        ("over een week", "2026-11-30T17:00"),
        ("over één week", "2026-11-30T17:00"),
        ("2 weken", "2026-12-07T17:00"),
        ("in three days", "2026-11-26T17:00"),
        ("binnen 10 werkdagen", "2026-12-07T17:00"),
        ("within 72 hours", "2026-11-26T16:00"),
        ("over 12u", "2026-11-24T04:00"),
        ("72u", "2026-11-26T16:00"),
        ("over 3 dagen om 12 uur", "2026-11-26T12:00"),
        ("over 3 dagen 9u30", "2026-11-26T09:30"),
        ("over 3 dagen 12:00 uur", "2026-11-26T12:00"),
        ("10 werkdagen 12:00", "2026-12-07T12:00"),
        ("VRIJDAG\u00a017:00.", "2026-11-27T17:00"),
        ("\ufeffvrij\u00addag \n 17:00 ", "2026-11-27T17:00"),
    ],
)
def test_a_deadline_is_understood(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "   ",
            "x",
            "zo snel mogelijk",
            "eod",
            "eind van de dag",
            "vrijdagmiddag",
            "vanavond",
            "vrijdag morgen",
        ),
        *(
            "10 wd",
            "0 werkdagen",
            "-5 werkdagen",
            "1000 werkdagen",
            "½ week",
            "anderhalve week",
            "over een maand",
        ),
        *(
            "2 weken en 3 dagen",
            "72 uur 12:00",
            "over vrijdag",
            "vrijdag of maandag",
            "vrijdag 17:00 of maandag",
        ),
        *(
            "vrijdag 17",
            "vrijdag 17:0",
            "vrijdag 1700",
            "vrijdag 17:00 18:00",
            "vrijdag 13:00-14:00",
            "9-17",
            "24-12",
        ),
        *(
            "december",
            "december 2026",
            "4 december 1700",
            "4 december 3026",
            "24-12-26",
            "week 49",
            "volgende week",
        ),
        *(
            "vrijdag 31.12",
            "31.12",
            "voor vrijdag",
            "vrijdag 17:00 EST",
            "17:00 CET",
            "vrijdag 4",
            "２ weken",
            "a" * 81,
        ),
        *(
            "begin volgende week",
            "aanstaande vrijdag a.s.",
            "17u:30",
            "vrijdag 17:00u30",
            "4 december 2026 12:00 (Europe/London)",
            "4 december 2026 12:00 Europe/Amsterdam (UTC+01:00)",
            "vrijdag" + " " * 74,
        ),
    ],
)
def test_what_is_not_understood_whole_is_unclear(text):
    assert read(text) == "deadline-unclear"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "32 december",
            "31 november",
            "29 februari 2027",
            "29 februari",
            "31-11-2026",
            "32-13-2026",
            "30/2/2027",
        ),
        *(
            "vrijdag 5 december",
            "vrijdag 05-12-2026",
            "vrijdag 25:00",
            "vrijdag 24:01",
            "vrijdag 17:60",
            "vrijdag 9u75",
        ),
        *("friday 13pm", "friday 0am", "friday 5:75pm", "2026-13-01", "vrijdag 17:00:60"),
        *(
            "4 december 2026 17:00 CEST",
            "4 december 2026 17:00 CET (UTC+02:00)",
            "31 november 2026 17:00 CET",
        ),
    ],
)
def test_a_day_or_time_that_does_not_exist_is_impossible(text):
    assert read(text) == "deadline-impossible"


@pytest.mark.parametrize(
    "text,at",
    [
        ("gisteren", "2026-11-22T17:00"),
        ("vandaag 15:00", "2026-11-23T15:00"),
        ("16:00", "2026-11-23T16:00"),
        ("23 november 15:00", "2026-11-23T15:00"),
        ("1 november 2026", "2026-11-01T17:00"),
        ("zondag 22 november", "2026-11-22T17:00"),
        ("deze week maandag 9:00", "2026-11-23T09:00"),
        ("gisteren 5 uur", "2026-11-22T17:00"),
    ],
)
def test_what_is_not_to_come_has_passed(text, at):
    with pytest.raises(DeadlinePast) as caught:
        understand(text, local(MONDAY), CALENDAR)

    assert caught.value.values() == {"text": text, "at": local(at)}


@pytest.mark.parametrize(
    "text,now,expected",
    [
        ("maandag", MONDAY, ["2026-11-23T17:00", "2026-11-30T17:00"]),
        ("maandag 15:00", MONDAY, ["2026-11-30T15:00"]),  # today's has passed; still, which one was meant?
        ("volgende vrijdag", MONDAY, ["2026-11-27T17:00", "2026-12-04T17:00"]),
        ("next friday 12:00", FRIDAY, ["2026-12-04T12:00"]),
        ("this friday", SATURDAY, ["2026-12-04T17:00"]),
        ("end of this week", SUNDAY, ["2026-12-04T17:00"]),
        ("next week wednesday", SUNDAY, ["2026-12-02T17:00", "2026-12-09T17:00"]),
        ("12u", MONDAY, ["2026-11-24T04:00", "2026-11-24T12:00"]),
        ("24 uur", MONDAY, ["2026-11-24T00:00", "2026-11-24T16:00"]),
        ("vrijdag 5 uur", MONDAY, ["2026-11-27T05:00", "2026-11-27T17:00"]),
        ("vrijdag 7:30", MONDAY, ["2026-11-27T07:30", "2026-11-27T19:30"]),
        ("vrijdag 10.11", MONDAY, ["2026-11-27T10:11"]),
        ("3 dagen 12 uur", MONDAY, ["2026-11-26T12:00"]),
        ("friday 12pm", MONDAY, ["2026-11-27T12:00", "2026-11-28T00:00"]),
        ("vrijdag middernacht", MONDAY, ["2026-11-27T00:00", "2026-11-28T00:00"]),
        ("friday 12am", MONDAY, ["2026-11-27T00:00", "2026-11-28T00:00"]),
        ("04/12/2026", MONDAY, ["2026-12-04T17:00"]),
        ("4/12", MONDAY, ["2026-12-04T17:00", "2027-04-12T17:00"]),
        ("22 november", MONDAY, ["2027-11-22T17:00"]),
        ("23 oktober", MONDAY, ["2027-10-23T17:00"]),
        ("eind van de week", "2027-03-23T10:00", ["2027-03-25T17:00", "2027-03-26T17:00"]),  # Good Friday
        ("eind van de maand", "2027-01-11T10:00", ["2027-01-29T17:00", "2027-01-31T17:00"]),  # a Sunday
        ("eind volgend jaar", MONDAY, ["2027-12-30T17:00", "2027-12-31T17:00"]),  # closed by the board
        ("vrijdag 5 uur CET", MONDAY, ["2026-11-27T05:00", "2026-11-27T17:00"]),
        ("31 oktober 2027 5 uur", MONDAY, ["2027-10-31T05:00", "2027-10-31T17:00"]),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused_with_the_readings_to_come(text, now, expected):
    assert readings(text, now) == expected


def test_a_deadline_may_be_given_to_the_second():
    found = understand("2026-12-04T17:00:30", local(MONDAY), CALENDAR)

    assert found == datetime(2026, 12, 4, 16, 0, 30, tzinfo=UTC)


def test_a_weekday_that_fits_one_reading_makes_it_clear():
    assert read("maandag 22 november") == "2027-11-22T17:00"
    assert read("22 oktober") == "2027-10-22T17:00"


def test_on_a_sunday_the_next_week_in_dutch_begins_tomorrow():
    assert read("volgende week woensdag", SUNDAY) == "2026-12-02T17:00"
    assert read("komende maandag", SUNDAY) == "2026-11-30T17:00"


# --- extensions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text,expected",
    [
        ("5 werkdagen", "2026-12-08T17:00"),
        ("over 5 werkdagen", "2026-12-08T17:00"),
        ("1 week", "2026-12-08T17:00"),
        ("24 hours", "2026-12-02T12:00"),
        ("2 dagen 12:00", "2026-12-03T12:00"),
        ("vrijdag 17:00", "2026-11-27T17:00"),
        ("eind van de maand", "2026-11-30T17:00"),
    ],
)
def test_in_an_extension_a_term_counts_from_the_old_deadline_and_a_day_from_now(text, expected):
    assert read(text, base="2026-12-01T12:00") == expected


def test_in_an_extension_a_bare_time_may_be_of_today_or_of_the_old_deadline():
    assert readings("17:00", base="2026-12-01T12:00") == ["2026-11-23T17:00", "2026-12-01T17:00"]
    assert read("17:00", base="2026-11-23T16:30") == "2026-11-23T17:00"


def test_an_extension_that_ends_before_now_has_passed():
    assert read("1 week", base="2026-11-13T17:00") == "deadline-past"


# --- terms -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text,expected",
    [
        ("10 working days", Term(10, Unit.WORKING_DAYS)),
        ("1 werkdag", Term(1, Unit.WORKING_DAYS)),
        ("vijf werkdagen", Term(5, Unit.WORKING_DAYS)),
        ("5 business days", Term(5, Unit.WORKING_DAYS)),
        ("over 2 weken", Term(2, Unit.WEEKS)),
        ("a week", Term(1, Unit.WEEKS)),
        ("14 DAGEN", Term(14, Unit.DAYS)),
        ("72 uur", Term(72, Unit.HOURS)),
        ("12 uur", Term(12, Unit.HOURS)),
        ("36u", Term(36, Unit.HOURS)),
        ("over 12u", Term(12, Unit.HOURS)),
        ("12u", None),
        ("10 werkdagen 12:00", None),
        ("vrijdag", None),
        ("0 weken", None),
        ("", None),
    ],
)
def test_a_term_is_read_and_nothing_else(text, expected):
    assert term(text) == expected


@given(st.integers(1, 999), st.sampled_from(Unit))
def test_a_term_is_read_back_as_it_is_written(count, unit):
    assert term(str(Term(count, unit))) == Term(count, unit)


# --- days without a time -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text,expected",
    [
        ("26 maart 2027", date(2027, 3, 26)),
        ("2026-12-04", date(2026, 12, 4)),
        ("vrijdag 4 december 2026", date(2026, 12, 4)),
        ("March 26, 2027", date(2027, 3, 26)),
        ("31-12-2026", date(2026, 12, 31)),
        ("1 januari 2020", date(2020, 1, 1)),
    ],
)
def test_a_complete_date_is_a_day_without_knowing_today(text, expected):
    assert day(text) == expected


@pytest.mark.parametrize(
    "text,refusal",
    [
        ("26 maart", DeadlineUnclear),
        ("morgen", DeadlineUnclear),
        ("26 maart 2027 17:00", DeadlineUnclear),
        ("", DeadlineUnclear),
        ("31 november 2026", DeadlineImpossible),
        ("donderdag 4 december 2026", DeadlineImpossible),
        ("04-12-2026", DeadlineAmbiguous),
    ],
)
def test_a_day_that_is_not_certain_is_refused(text, refusal):
    with pytest.raises(refusal):
        day(text)


def test_the_readings_of_a_date_are_days():
    with pytest.raises(DeadlineAmbiguous) as caught:
        day("04-12-2026")

    assert caught.value.readings == (date(2026, 12, 4), date(2026, 4, 12))


@pytest.mark.parametrize(
    "text,expected",
    [
        ("morgen", date(2026, 11, 24)),
        ("vrijdag", date(2026, 11, 27)),
        ("26 maart", date(2027, 3, 26)),
        ("gisteren", date(2026, 11, 22)),
    ],
)
def test_with_today_a_day_may_be_named_by_its_distance(text, expected):
    assert day(text, date(2026, 11, 23)) == expected


# --- changes of the clock ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["28 maart 2027 02:30", "zo 28 mrt 02:00", "2027-03-28 02:59", "28 maart 2027 02:30 (Europe/Amsterdam)"],
)
def test_f12_a_time_that_the_clock_jumps_over_is_refused_with_two_instants(text):
    with pytest.raises(DeadlineGap) as caught:
        understand(text, local(MONDAY), CALENDAR)

    assert caught.value.text == text
    assert caught.value.later - caught.value.earlier == timedelta(hours=1)


def test_f12_a_time_that_comes_twice_is_refused_with_both_instants():
    with pytest.raises(DeadlineFold) as caught:
        understand("31 oktober 2027 02:30", local(MONDAY), CALENDAR)

    assert caught.value.values() == {
        "text": "31 oktober 2027 02:30",
        "earlier": datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        "later": datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
    }


@pytest.mark.parametrize(
    "text,hour",
    [
        ("31 oktober 2027 02:30 CEST", 0),
        ("31 oktober 2027 02:30 CET", 1),
        ("31 oktober 2027 om 02:30 (CEST, UTC+02:00)", 0),
        ("31 oktober 2027 02:30 CET (UTC+01:00)", 1),
        ("31 oktober 2027 02:30 (UTC+01:00)", 1),
        ("2027-10-31T02:30+02:00", 0),
        ("2027-10-31T00:30Z", 0),
        ("31 oktober 2027 01:30 UTC", 1),
        ("30 oktober 2027 21:30 UTC-03:00", 0),
    ],
)
def test_f12_a_zone_or_offset_chooses_one_of_two_equal_times(text, hour):
    found = understand(text, local(MONDAY), CALENDAR)

    assert found == datetime(2027, 10, 31, hour, 30, tzinfo=UTC)


def test_f12_an_offset_gives_a_meaning_to_a_time_that_the_clock_jumps_over():
    assert understand("28 maart 2027 02:30 CET", local(MONDAY), CALENDAR) == local("2027-03-28T03:30")
    assert understand("28 maart 2027 02:30 CEST", local(MONDAY), CALENDAR) == local("2027-03-28T01:30")


def test_f12_the_days_beside_a_change_keep_the_clock_and_hours_do_not():
    assert read("over 2 dagen 18:00", "2027-03-26T18:00") == "2027-03-28T18:00"
    assert read("48 uur", "2027-03-26T18:00") == "2027-03-28T19:00"


# --- properties --------------------------------------------------------------------------------------------

MINUTES = st.integers(0, 8 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 12, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
ZONES = st.sampled_from(["Europe/Amsterdam", "Europe/London", "America/New_York", "America/Sao_Paulo", "UTC"])


@given(MINUTES, ZONES, st.sampled_from(["nl", "en"]))
@example(datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "Europe/Amsterdam", "nl")
@example(datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "Europe/Amsterdam", "en")
def test_f12_every_instant_is_read_back_from_how_it_is_shown(at, zone, locale):
    catalogue = Catalogue(locale, ZoneInfo(zone))
    calendar = Calendar(ZoneInfo(zone), time(17), frozenset())

    full = understand(catalogue.moment(at), local(MONDAY), calendar)
    short = understand(catalogue.short(at), local(MONDAY), calendar)

    assert (full, short) == (at, at)


@given(MINUTES, st.sampled_from(["nl", "en"]))
def test_f12_without_its_zone_an_instant_is_read_back_or_both_are_offered(at, locale):
    shown = Catalogue(locale, AMSTERDAM).moment(at).partition(" (")[0]

    try:
        found = {understand(shown, local(MONDAY), CALENDAR)}
    except DeadlineFold as fold:
        found = {fold.earlier, fold.later}

    assert at in found


WORDS = st.sampled_from(
    [
        *(
            "vrijdag",
            "friday",
            "vr",
            "maandag",
            "vandaag",
            "morgen",
            "volgende",
            "deze",
            "next",
            "week",
            "weken",
            "dagen",
        ),
        *(
            "werkdagen",
            "uur",
            "u",
            "hours",
            "over",
            "in",
            "een",
            "2",
            "4",
            "12",
            "31",
            "dec",
            "december",
            "mei",
            "2026",
        ),
        *(
            "2027",
            "17:00",
            "10.11",
            "9u30",
            "5pm",
            "noon",
            "om",
            "at",
            "eind",
            "van",
            "de",
            "end",
            "of",
            "04/12/2026",
        ),
        *("24-12-2026", "2026-12-04", ",", ".", "(UTC+01:00)", "CET", "-", "+01:00"),
    ]
)


@given(st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=6).map(" ".join)), MINUTES)
@example("31 december 2199 23:59", datetime(2026, 12, 1, tzinfo=UTC))
@example("999 weken", datetime(2026, 12, 1, tzinfo=UTC))
def test_any_text_means_an_instant_to_come_or_is_refused(text, now):
    refused, found = "", now
    try:
        found = understand(text, now, CALENDAR)
    except Refusal as refusal:
        refused = refusal.code

    assert refused.startswith("deadline-") or (found > now and found.tzinfo is UTC)


@pytest.mark.parametrize("added", ["misschien", "of", "niet", "17", "maandag 17:00", "UTC CET"])
@pytest.mark.parametrize(
    "text",
    [
        "vrijdag",
        "vrijdag 17:00",
        "4 december 2026 12:00",
        "2026-12-04",
        "10 werkdagen",
        "eind volgende week",
        "over 2 weken",
    ],
)
def test_a_word_more_is_never_overlooked(text, added):
    assert read(f"{text} {added}") == "deadline-unclear"
    assert read(f"{added} {text}") == "deadline-unclear"
