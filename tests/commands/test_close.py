"""The end of a round: by the clock at its deadline, by the chair before it, and after an outage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from commands.close import close_due
from commands.domain.board import Outage
from commands.domain.item import State
from commands.domain.outcome import Code, Counts, Reason
from commands.domain.round import Ending, Round
from commands.rounds import Times
from tests.commands.changes import change_board, was_away
from tests.commands.table import (
    ADMIN,
    ADVISER,
    CHAIR,
    GUEST,
    IPO,
    NUMBER,
    RIJK,
    SECRETARY,
    UVW,
    VNG,
    Table,
)
from tests.factories import DEADLINE, HOUR, MICROSECOND, NOON

CLOSE = '/consultatie sluit 001 "Alle geledingen hebben gereageerd."'
GRACE = timedelta(seconds=2)
MINUTE = timedelta(minutes=1)


def the_round(table: Table) -> Round:
    """The newest round of the item."""
    round = table.item.round
    assert round is not None
    return round


# --- by the clock -------------------------------------------------------------------------------------------


def test_a_round_closes_by_itself_after_its_deadline_and_a_grace(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")

    before = table.wait_until(DEADLINE + GRACE)
    still_open = table.item.state
    heard = table.wait_until(DEADLINE + GRACE + MICROSECOND)

    round = the_round(table)
    assert (before.posted, still_open, table.item.state) == ("", State.OPEN, State.CLOSED)
    assert (round.closed_at, round.ending, round.remind_at) == (DEADLINE, Ending.DEADLINE, None)
    assert round.outcome is not None
    assert (round.outcome.code, round.outcome.counts) == (Code.ADOPTED, Counts(for_=1, silent=3))
    assert "aangenomen" in heard.posted
    assert "RIJK, IPO en UVW" in heard.posted
    assert heard.told == []


def test_what_the_clock_does_has_no_person(table: Table):
    table.opened()

    table.wait_until(DEADLINE + MINUTE)

    entry = table.entries()[-1]
    assert (entry.kind, entry.body["by"], entry.body["platform"]) == ("round-closed", "", "clock")
    assert entry.body["closed_at"] == entry.body["closes_at"] == "2027-01-25T16:00:00Z"


@pytest.mark.parametrize("late", [MINUTE, HOUR, timedelta(days=30)])
def test_a_close_that_runs_late_gives_the_same_result(table: Table, late: timedelta):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord", at=DEADLINE)
    table.clock.set(DEADLINE + late)

    table.say(IPO, '/standpunt 001 bezwaar "Te laat."', at=DEADLINE + late)
    table.wait_until(DEADLINE + late)

    round = the_round(table)
    assert round.closed_at == DEADLINE
    assert round.outcome is not None
    assert (round.outcome.code, round.outcome.counts) == (Code.ADOPTED, Counts(for_=1, silent=3))


def test_a_round_closes_once_however_often_the_clock_ticks(table: Table):
    table.opened()

    table.wait_until(DEADLINE + MINUTE)
    again = table.wait_until(DEADLINE + 2 * MINUTE)

    assert again.posted == ""
    assert table.kinds().count("round-closed") == 1


def test_a_consultation_closes_without_outcome_and_proposes_its_place_on_the_agenda(table: Table):
    table.opened("--soort consultatie")
    table.say(VNG, "/reactie 001 steun")

    heard = table.wait_until(DEADLINE + MINUTE)

    assert (table.item.state, the_round(table).outcome) == (State.CLOSED, None)
    assert table.entries()[-1].body["outcome"] == {}
    assert "hamerstuk" in heard.posted


def test_an_extended_round_does_not_close_at_the_old_deadline(table: Table):
    table.opened()
    table.say(CHAIR, '/consultatie verleng 001 --tot "26 januari 2027 17:00" "Meer tijd."')

    table.wait_until(DEADLINE + HOUR)
    still_open = table.item.state
    table.wait_until(DEADLINE + timedelta(days=1, minutes=1))

    assert (still_open, table.item.state) == (State.OPEN, State.CLOSED)


def test_a_round_that_was_extended_just_before_its_close_ran_stays_open(table: Table):
    table.opened()
    times = Times(table.app.calendar)

    is_done = table.app.store.write(lambda tx: close_due(tx, NUMBER, DEADLINE, times)).result()

    assert (is_done, table.item.state) == (False, State.OPEN)


# --- by the chair -------------------------------------------------------------------------------------------


def test_the_chair_closes_early_with_a_reason(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")
    at = table.clock.now() + MINUTE

    heard = table.say(CHAIR, CLOSE, at=at)

    round = the_round(table)
    assert heard.refusal == ""
    assert (table.item.state, round.closed_at, round.ending) == (State.CLOSED, at, Ending.CHAIR)
    assert round.remind_at is None
    assert round.outcome is not None
    assert round.outcome.code is Code.ADOPTED
    assert "aangenomen" in heard.text
    assert "RIJK, IPO en UVW" in heard.text
    assert "Alle geledingen hebben gereageerd." in heard.posted
    assert (heard.told, table.entries()[-1].body["by"]) == ([], "code-voorzitter")


def test_an_open_objection_gives_no_decision(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")
    table.say(IPO, '/standpunt 001 bezwaar "Zonder dekking niet."')

    heard = table.say(CHAIR, CLOSE)

    outcome = the_round(table).outcome
    assert outcome is not None
    assert (outcome.code, outcome.reason, outcome.objecting) == (Code.NO_DECISION, Reason.OBJECTION, ("ipo",))
    assert "geen besluit (bezwaar)" in heard.text


def test_after_the_end_of_a_round_nothing_is_filed(table: Table):
    table.opened()
    table.say(CHAIR, CLOSE)

    assert table.say(VNG, "/standpunt 001 akkoord").refusal == "round-closed"


@pytest.mark.parametrize("person", [SECRETARY, ADMIN, VNG, ADVISER, GUEST])
def test_only_the_chair_closes_early(table: Table, person: str):
    table.opened()

    heard = table.say(person, CLOSE)

    assert heard.refusal == "not-allowed"
    assert "voorzitter" in heard.text
    assert table.item.state is State.OPEN


def test_between_deadline_and_closing_the_chair_leaves_it_to_the_clock(table: Table):
    table.opened()

    table.clock.set(DEADLINE - MINUTE)
    at_the_deadline = table.press(CHAIR, "consult close", item="001", reason="Klaar.")
    after = table.say(CHAIR, CLOSE, at=DEADLINE + MICROSECOND)

    assert (at_the_deadline.refusal, after.refusal) == ("", "round-closed")
    assert table.item.state is State.OPEN


def test_a_draft_is_not_closed(table: Table):
    table.drafted()

    assert table.say(CHAIR, CLOSE).refusal == "not-possible"


def test_a_form_asks_first_and_says_who_has_not_answered(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")

    asked = table.press(CHAIR, "consult close", item="001", reason="Klaar.")
    still_open = table.item.state
    table.choose(CHAIR, asked.buttons[0])

    assert "RIJK, IPO en UVW" in asked.text
    assert (still_open, table.item.state) == (State.OPEN, State.CLOSED)


# --- after an outage ----------------------------------------------------------------------------------------

BACK = DEADLINE + timedelta(minutes=10)
"""Monday 25 January 2027, 17:10 in Amsterdam."""


def outage(table: Table, began_at: datetime = DEADLINE - HOUR, ended_at: datetime = BACK):
    """A round with one answer, and an absence; the clock ticks when the program is back."""
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")
    was_away(table, began_at, ended_at)
    return table.wait_until(max(ended_at, DEADLINE + MINUTE))


def test_after_an_outage_the_round_stays_open_and_the_chair_is_told(table: Table):
    heard = outage(table)

    round, entry = the_round(table), table.entries()[-1]
    assert (table.item.state, round.asked_at, round.outcome) == (State.OPEN, BACK, None)
    assert (round.down_from, round.down_until) == (DEADLINE - HOUR, BACK)
    assert entry.kind == "outage-found"
    assert (entry.body["down_from"], entry.body["down_until"]) == (
        "2027-01-25T15:00:00Z",
        "2027-01-25T16:10:00Z",
    )
    assert heard.told == [CHAIR]
    for text in (heard.posted, heard.messages[CHAIR]):
        assert "16:00" in text
        assert "17:10" in text


def test_while_the_chair_must_choose_the_round_takes_nothing(table: Table):
    outage(table)
    for person, line in (
        (IPO, "/standpunt 001 akkoord"),
        (VNG, "/standpunt 001 trek-in"),
        (CHAIR, "/consultatie herinner 001"),
        (SECRETARY, '/consultatie versie 001 --versie 2 --tekst "1. a" --toelichting "b" --wezenlijk'),
    ):
        assert table.say(person, line).refusal == "round-closed", line

    assert the_round(table).outcome is None
    assert table.item.version.label == "1.0"


def test_the_chair_is_asked_once(table: Table):
    outage(table)

    heard = table.wait_until(BACK + HOUR)

    assert (heard.told, table.kinds().count("outage-found")) == ([], 1)


def test_closing_after_an_outage_gives_the_result_of_the_deadline(table: Table):
    outage(table)

    heard = table.say(CHAIR, CLOSE)

    round = the_round(table)
    assert heard.refusal == ""
    assert (round.closed_at, round.ending, round.asked_at) == (DEADLINE, Ending.DEADLINE, None)
    assert round.outcome is not None
    assert (round.outcome.code, round.outcome.counts) == (Code.ADOPTED, Counts(for_=1, silent=3))
    assert table.entries()[-1].body["by"] == "code-voorzitter"


def test_an_extension_after_an_outage_is_not_asked_about_again(table: Table):
    outage(table)
    table.say(CHAIR, '/consultatie verleng 001 --tot "25 januari 2027 19:00" "Storing."')

    filed = table.say(IPO, "/standpunt 001 akkoord", at=DEADLINE + HOUR)
    table.wait_until(DEADLINE + 2 * HOUR + MINUTE)

    round = the_round(table)
    assert filed.refusal == ""
    assert (table.item.state, round.closed_at) == (State.CLOSED, DEADLINE + 2 * HOUR)
    assert round.outcome is not None
    assert round.outcome.counts == Counts(for_=2, silent=2)


def test_without_a_choice_the_round_closes_after_two_working_days(table: Table):
    outage(table)
    end_of_wednesday = datetime(2027, 1, 27, 16, tzinfo=UTC)

    table.wait_until(end_of_wednesday)
    still_open = table.item.state
    table.wait_until(end_of_wednesday + MICROSECOND)

    round = the_round(table)
    assert (still_open, table.item.state) == (State.OPEN, State.CLOSED)
    assert (round.closed_at, round.ending) == (DEADLINE, Ending.DEADLINE)
    assert round.outcome is not None
    assert round.outcome.code is Code.ADOPTED


def test_a_board_may_close_at_once_after_an_outage(table: Table):
    change_board(table, outage=Outage.CLOSE)

    heard = outage(table)

    assert (table.item.state, the_round(table).closed_at) == (State.CLOSED, DEADLINE)
    assert heard.told == []


@pytest.mark.parametrize(
    "began, ended, is_asked",
    [
        (-11, 10, True),
        (-10, 60, False),  # ten minutes before the deadline: not longer than that
        (-60, -30, True),  # back in time, but within the last four hours
        (-240 - 60, -240 + 10, False),  # only ten minutes of it fell in the last four hours
        (-240 - 60, -240 + 11, True),
        (1, 60, False),  # after the deadline nobody could file anyway
    ],
)
def test_an_outage_is_more_than_ten_minutes_within_four_hours_before_the_deadline(
    table: Table, began: int, ended: int, is_asked: bool
):
    outage(table, DEADLINE + began * MINUTE, DEADLINE + ended * MINUTE)

    assert (the_round(table).asked_at is not None) is is_asked
    assert (table.item.state is State.CLOSED) is not is_asked


def test_several_absences_count_together(table: Table):
    table.opened()
    was_away(table, DEADLINE - 60 * MINUTE, DEADLINE - 54 * MINUTE)
    was_away(table, DEADLINE - 20 * MINUTE, DEADLINE - 15 * MINUTE)

    table.wait_until(DEADLINE + MINUTE)

    round = the_round(table)
    assert (round.down_from, round.down_until) == (DEADLINE - 60 * MINUTE, DEADLINE - 15 * MINUTE)
    assert round.asked_at is not None


def test_an_absence_before_the_round_opened_does_not_count(table: Table):
    table.opened()
    was_away(table, NOON - 5 * HOUR, NOON - HOUR)
    table.clock.set(DEADLINE + MINUTE)
    times = Times(table.app.calendar, window=timedelta(days=60))

    table.app.store.write(lambda tx: close_due(tx, NUMBER, DEADLINE + MINUTE, times)).result()

    assert table.item.state is State.CLOSED


def test_the_chair_may_still_withdraw_an_item_after_an_outage(table: Table):
    outage(table)

    heard = table.say(CHAIR, '/consultatie trek-in 001 "Achterhaald."')

    assert (heard.refusal, table.item.state) == ("", State.WITHDRAWN)


def test_everybody_answering_does_not_close_a_round(table: Table):
    table.opened()

    for person in (RIJK, VNG, IPO, UVW):
        table.say(person, "/standpunt 001 akkoord")

    assert table.item.state is State.OPEN
