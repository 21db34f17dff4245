"""`consultatie herinner` and the reminders by the clock: only to who owes, first to representatives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.commands.changes import end_mandates
from tests.commands.table import (
    ADMIN,
    ADVISER,
    CHAIR,
    DEPUTY,
    GUEST,
    IPO,
    RIJK,
    SECRETARY,
    UVW,
    VNG,
    Table,
)
from tests.factories import DEADLINE, MICROSECOND, SECOND

REMIND = "/consultatie herinner 001"


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant in January 2027; Amsterdam is an hour ahead."""
    return datetime(2027, 1, day, hour, minute, tzinfo=UTC)


def reminder(table: Table) -> tuple[int, datetime | None]:
    """How many were sent, and when the next one is due."""
    round = table.item.round
    assert round is not None
    return round.reminded, round.remind_at


# --- by hand ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", [CHAIR, SECRETARY])
def test_only_who_owes_is_reminded_and_the_channel_is_not(table: Table, person: str):
    table.opened()
    table.say(IPO, "/standpunt 001 akkoord")

    heard = table.say(person, REMIND)

    assert heard.refusal == ""
    assert heard.told == sorted([RIJK, VNG, UVW])
    assert "RIJK, VNG en UVW" in heard.text
    assert "IPO" not in heard.text
    assert heard.posted == ""
    assert table.kinds()[-1] == "reminded"
    assert table.entries()[-1].body["organisations"] == ["rijk", "vng", "uvw"]


def test_the_first_reminder_of_a_round_is_for_representatives_and_the_next_for_deputies_too(table: Table):
    table.opened()

    first = table.say(CHAIR, REMIND)
    second = table.say(CHAIR, REMIND)

    assert first.told == sorted([RIJK, VNG, IPO, UVW])
    assert second.told == sorted([RIJK, VNG, DEPUTY, IPO, UVW])
    assert reminder(table)[0] == 2


def test_a_deputy_stands_in_where_there_is_no_representative(table: Table):
    table.opened()
    table.say(RIJK, "/standpunt 001 akkoord")
    end_mandates(table, "vng")
    table.say(SECRETARY, f"/mandaat verleen @{DEPUTY} vng --rol plaatsvervanger")

    heard = table.say(CHAIR, REMIND)

    assert heard.told == sorted([DEPUTY, IPO, UVW])


def test_who_cannot_be_reminded_is_named(table: Table):
    table.opened()
    end_mandates(table, "vng", "ipo")

    heard = table.say(CHAIR, REMIND)

    assert heard.told == sorted([RIJK, UVW])
    assert "Zonder geldig mandaat, dus zonder herinnering: VNG en IPO." in heard.text


def test_nothing_is_recorded_when_everybody_has_answered(table: Table):
    table.opened()
    for person in (RIJK, VNG, IPO, UVW):
        table.say(person, "/standpunt 001 akkoord")

    heard = table.say(CHAIR, REMIND)

    assert (heard.refusal, heard.told) == ("", [])
    assert table.kinds()[-1] == "position-filed"
    assert reminder(table)[0] == 0


def test_nothing_is_recorded_when_nobody_can_be_reminded(table: Table):
    table.opened()
    end_mandates(table, "rijk", "vng", "ipo", "uvw")

    heard = table.say(CHAIR, REMIND)

    assert (heard.refusal, heard.told) == ("", [])
    assert "RIJK, VNG, IPO en UVW" in heard.text
    assert table.kinds()[-1] == "round-opened"


@pytest.mark.parametrize("person", [ADMIN, VNG, ADVISER, GUEST])
def test_only_chair_and_secretary_remind(table: Table, person: str):
    table.opened()

    assert table.say(person, REMIND).refusal == "not-allowed"


def test_after_the_deadline_nobody_is_reminded(table: Table):
    table.opened()

    heard = table.say(CHAIR, REMIND, at=DEADLINE + MICROSECOND)

    assert (heard.refusal, heard.told) == ("round-closed", [])


def test_a_draft_has_nobody_to_remind(table: Table):
    table.drafted()

    assert table.say(CHAIR, REMIND).refusal == "not-possible"


# --- by the clock -------------------------------------------------------------------------------------------


def test_reminders_go_five_two_and_one_working_days_before_and_four_hours(table: Table):
    table.opened()
    due = [utc(18, 8), utc(21, 8), utc(22, 8), utc(25, 12)]

    told = {}
    for at in due:
        told[at] = (table.wait_until(at - SECOND).told, table.wait_until(at).told)

    everyone = sorted([RIJK, VNG, DEPUTY, IPO, UVW])
    assert told[due[0]] == ([], sorted([RIJK, VNG, IPO, UVW]))
    assert [told[at] for at in due[1:]] == [([], everyone)] * 3
    assert reminder(table) == (4, None)


def test_a_reminder_goes_once_however_often_the_clock_ticks(table: Table):
    table.opened()

    first = table.wait_until(utc(18, 8))
    again = table.wait_until(utc(18, 8) + SECOND)

    assert (len(first.told), again.told) == (4, [])
    assert table.kinds().count("reminded") == 1


def test_nobody_is_reminded_after_the_answer(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord", at=utc(18, 7, 59))

    heard = table.wait_until(utc(18, 8))

    assert heard.told == sorted([RIJK, IPO, UVW])


def test_a_reminder_that_concerns_nobody_is_not_counted(table: Table):
    table.opened()
    for person in (RIJK, VNG, IPO, UVW):
        table.say(person, "/standpunt 001 akkoord")

    heard = table.wait_until(utc(18, 8))

    assert heard.told == []
    assert reminder(table) == (0, utc(21, 8))


def test_of_missed_reminders_only_one_is_sent(table: Table):
    table.opened()

    table.clock.set(utc(21, 13))  # without a tick since the first two were due
    heard = table.wait_until(utc(21, 13))

    assert heard.told == sorted([RIJK, VNG, IPO, UVW])
    assert reminder(table) == (1, utc(22, 8))


def test_a_missed_reminder_is_not_sent_in_the_evening(table: Table):
    table.opened()

    table.clock.set(utc(18, 19))
    evening = table.wait_until(utc(18, 19))
    morning = table.wait_until(utc(19, 8))

    assert (evening.told, morning.told) == ([], [])
    assert reminder(table) == (0, utc(21, 8))


def test_a_reminder_due_at_the_end_of_office_hours_is_sent_although_the_tick_comes_just_after(table: Table):
    table.drafted()
    table.say(CHAIR, '/consultatie open 001 --sluit "25 januari 2027 21:00"')
    table.wait_until(utc(22, 8))

    table.clock.set(utc(25, 16) + timedelta(seconds=3))
    heard = table.wait_until(utc(25, 16) + timedelta(seconds=3))

    assert heard.told == sorted([RIJK, VNG, DEPUTY, IPO, UVW])
