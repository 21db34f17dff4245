"""`consultatie trek-in`: the chair withdraws an item; an open round ends without outcome."""

from __future__ import annotations

import pytest

from commands.domain.item import State
from commands.domain.round import Ending
from tests.commands.table import ADMIN, ADVISER, CHAIR, GUEST, SECRETARY, VNG, Table
from tests.factories import DEADLINE, MICROSECOND

WITHDRAW = '/consultatie trek-in 001 "Het voorstel is achterhaald."'


def test_an_open_item_is_withdrawn_and_its_round_ends_without_outcome(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")

    heard = table.say(CHAIR, WITHDRAW)

    round = table.item.round
    assert round is not None
    assert heard.refusal == ""
    assert (table.item.state, round.ending, round.outcome) == (State.WITHDRAWN, Ending.WITHDRAWAL, None)
    assert round.closed_at == table.clock.now()
    assert table.kinds()[-2:] == ["round-closed", "item-withdrawn"]
    assert "achterhaald" in heard.posted
    assert heard.told == []


def test_a_draft_is_withdrawn_without_a_post(table: Table):
    table.drafted()

    heard = table.say(CHAIR, WITHDRAW)

    assert (heard.refusal, heard.posted, heard.told) == ("", "", [])
    assert table.item.state is State.WITHDRAWN
    assert table.kinds() == ["item-drafted", "item-withdrawn"]


def test_a_closed_round_keeps_its_outcome(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")
    table.say(CHAIR, '/consultatie sluit 001 "Klaar."')
    before = table.item.round

    table.say(CHAIR, WITHDRAW)

    assert table.item.state is State.WITHDRAWN
    assert table.item.round == before


def test_between_deadline_and_closing_nothing_takes_the_outcome_away(table: Table):
    table.opened()

    after = table.say(CHAIR, WITHDRAW, at=DEADLINE + MICROSECOND)
    still_open = table.item.state
    at_the_deadline = table.say(CHAIR, WITHDRAW, at=DEADLINE)

    assert (after.refusal, still_open) == ("round-closed", State.OPEN)
    assert (at_the_deadline.refusal, table.item.state) == ("", State.WITHDRAWN)


@pytest.mark.parametrize("person", [SECRETARY, ADMIN, VNG, ADVISER, GUEST])
def test_only_the_chair_withdraws(table: Table, person: str):
    table.opened()

    assert table.say(person, WITHDRAW).refusal == "not-allowed"
    assert table.item.state is State.OPEN


def test_a_decision_that_is_established_stays(table: Table):
    table.established()

    assert table.say(CHAIR, WITHDRAW).refusal == "not-possible"


def test_a_form_asks_first_and_its_button_withdraws(table: Table):
    table.opened()

    asked = table.press(CHAIR, "consult withdraw", item="001", reason="Achterhaald.")
    still_open = table.item.state
    table.choose(CHAIR, asked.buttons[0])

    assert (still_open, table.item.state) == (State.OPEN, State.WITHDRAWN)
