"""`standpunt nr naar-vergadering`: a member ends a written round and calls the item to the meeting."""

from __future__ import annotations

import pytest

from commands.domain.item import State
from commands.domain.position import Filing
from commands.domain.round import Ending
from tests.commands.table import ADVISER, CHAIR, DEPUTY, IPO, RIJK, SECRETARY, UVW, VNG, Table
from tests.factories import DEADLINE, MICROSECOND

CALL = '/standpunt 001 naar-vergadering "Wij willen de tekst bespreken."'


def test_the_round_ends_without_outcome_and_the_item_is_adjourned(table: Table):
    table.opened("--vergadering 2027-02-20")
    table.say(VNG, "/standpunt 001 akkoord")

    heard = table.say(IPO, CALL)

    item = table.item
    assert item.round is not None
    assert (item.state, item.round.ending, item.round.outcome) == (State.ADJOURNED, Ending.MEETING, None)
    assert heard.text.startswith(
        "Vastgelegd: IPO brengt BOD-2027-001 – Kader naar de vergadering van 20 februari 2027."
    )


def test_it_is_posted_with_the_reason_and_told_to_every_other_holder(table: Table):
    table.opened()

    heard = table.say(IPO, CALL)

    assert "IPO brengt dit agendapunt naar de vergadering" in heard.posted
    assert "Wij willen de tekst bespreken." in heard.posted
    assert heard.told == sorted([VNG, DEPUTY, RIJK, UVW, ADVISER])


def test_the_log_holds_the_call_and_the_end_of_the_round(table: Table):
    table.opened()

    table.say(IPO, "/position 001 to-meeting")

    assert table.kinds()[-2:] == ["round-closed", "item-called"]
    assert table.entries()[-1].body["organisation"] == "ipo"


def test_a_position_afterwards_is_late_and_hears_of_the_meeting(table: Table):
    table.opened("--vergadering 2027-02-20")
    table.say(IPO, CALL)

    heard = table.say(VNG, "/standpunt 001 akkoord")

    assert heard.refusal == "round-closed"
    assert "20 februari 2027" in heard.text
    assert [each.filing for each in table.filed("vng")] == [Filing.LATE]


def test_a_consultation_decides_nothing_that_could_be_called_to_a_meeting(table: Table):
    table.opened("--soort consultatie")

    heard = table.say(IPO, CALL)

    assert heard.refusal == "wrong-kind"
    assert table.item.state is State.OPEN


def test_after_the_deadline_the_result_stands(table: Table):
    table.opened()

    heard = table.say(IPO, CALL, at=DEADLINE + MICROSECOND)

    assert heard.refusal == "round-closed"
    assert table.item.state is State.OPEN


@pytest.mark.parametrize(
    ("person", "more", "refusal"),
    [
        (CHAIR, "", "no-mandate"),
        (SECRETARY, " --namens ipo", "no-mandate"),
        (VNG, " --namens ipo", "no-mandate"),
        (ADVISER, "", "not-on-roll"),
    ],
)
def test_only_a_mandate_holder_of_a_voting_organisation_calls(table: Table, person: str, more: str, refusal: str):
    table.opened()

    heard = table.say(person, CALL + more)

    assert heard.refusal == refusal
    assert table.item.state is State.OPEN


def test_what_is_not_open_cannot_be_called(table: Table):
    table.drafted()
    draft = table.say(IPO, CALL)
    table.say(CHAIR, '/consultatie open 001 --termijn "10 werkdagen"')
    table.say(IPO, CALL)

    adjourned = table.say(UVW, CALL)

    assert draft.refusal == "not-possible"
    assert adjourned.refusal == "not-possible"


def test_a_button_asks_first(table: Table):
    table.opened()

    question = table.press(IPO, "position to-meeting", item="001")
    between = table.item.state
    table.choose(IPO, question.buttons[0])

    assert "De schriftelijke ronde eindigt." in question.text
    assert between is State.OPEN
    assert table.item.state is State.ADJOURNED


def test_the_end_of_the_round_is_posted_with_who_stood_where(table: Table):
    table.opened("--vergadering 2027-02-20")
    table.say(VNG, "/standpunt 001 akkoord")

    heard = table.say(IPO, CALL)

    assert "IPO brengt dit agendapunt naar de vergadering van 20 februari 2027." in heard.posted
    assert "VNG: akkoord" in heard.posted


@pytest.mark.parametrize(("flags", "is_said"), [((), True), (("--vergadering 2027-02-20",), False)])
def test_without_a_day_for_the_meeting_the_answer_says_so(table: Table, flags: tuple[str, ...], is_said: bool):
    table.opened(*flags)

    heard = table.say(IPO, CALL)

    assert ("De datum van de vergadering is nog niet bekend." in heard.text) is is_said
