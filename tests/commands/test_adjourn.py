"""`consultatie houd-aan`: the chair adjourns a closed item."""

from __future__ import annotations

import pytest

from commands.domain.item import State
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

ADJOURN = '/consultatie houd-aan 001 "De secretaris brengt een nieuwe versie uit."'


def closed(table: Table, *flags: str) -> None:
    """A round that the chair closed."""
    table.opened(*flags)
    table.say(CHAIR, '/consultatie sluit 001 "Klaar."')


def test_a_closed_item_is_adjourned_and_every_holder_is_told(table: Table):
    closed(table, '--vergadering "20 mei 2027"')

    heard = table.say(CHAIR, ADJOURN)

    assert heard.refusal == ""
    assert table.item.state is State.ADJOURNED
    assert table.kinds()[-1] == "item-adjourned"
    assert heard.told == sorted([RIJK, VNG, DEPUTY, IPO, UVW, ADVISER])
    assert "20 mei 2027" in heard.text
    assert "nieuwe versie" in heard.posted


def test_an_adjourned_item_may_have_a_next_round(table: Table):
    closed(table)
    table.say(CHAIR, ADJOURN)

    table.say(CHAIR, "/consultatie open 001")

    round = table.item.round
    assert round is not None
    assert (table.item.state, round.number) == (State.OPEN, 2)


@pytest.mark.parametrize("person", [SECRETARY, ADMIN, VNG, ADVISER, GUEST])
def test_only_the_chair_adjourns(table: Table, person: str):
    closed(table)

    assert table.say(person, ADJOURN).refusal == "not-allowed"
    assert table.item.state is State.CLOSED


def test_an_open_round_is_adjourned_by_its_members_and_not_by_the_chair(table: Table):
    table.opened()

    assert table.say(CHAIR, ADJOURN).refusal == "not-possible"


def test_a_reason_is_needed(table: Table):
    closed(table)

    assert table.say(CHAIR, "/consultatie houd-aan 001").refusal in ("missing-argument", "reason-required")
