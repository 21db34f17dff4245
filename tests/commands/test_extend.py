"""`consultatie verleng`: a later deadline for all, before the old one passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.commands.changes import was_away
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
from tests.factories import DEADLINE, MICROSECOND

NEXT = datetime(2027, 2, 1, 16, tzinfo=UTC)
EXTEND = '/consultatie verleng 001 --tot "1 februari 2027 17:00" "Het IPO vraagt tijd."'


def closes_at(table: Table) -> datetime:
    """The deadline of the newest round."""
    round = table.item.round
    assert round is not None
    return round.closes_at


@pytest.mark.parametrize("person", [CHAIR, SECRETARY])
def test_a_round_is_extended_for_all(table: Table, person: str):
    table.opened()

    heard = table.say(person, EXTEND)

    assert heard.refusal == ""
    assert closes_at(table) == NEXT
    assert heard.told == sorted([RIJK, VNG, DEPUTY, IPO, UVW, ADVISER])
    for text in (heard.text, heard.posted):
        assert "maandag 25 januari 2027 om 17:00" in text
        assert "maandag 1 februari 2027 om 17:00" in text
    assert "5 werkdagen" in heard.text
    assert "Het IPO vraagt tijd." in heard.posted


def test_the_log_keeps_both_deadlines_and_the_first_reminder_moves_along(table: Table):
    table.opened()

    table.say(CHAIR, EXTEND)

    entry, round = table.entries()[-1], table.item.round
    assert round is not None
    assert (entry.kind, entry.body["by"]) == ("round-extended", "code-voorzitter")
    assert (entry.body["before"], entry.body["closes_at"]) == ("2027-01-25T16:00:00Z", "2027-02-01T16:00:00Z")
    assert round.remind_at == datetime(2027, 1, 25, 8, tzinfo=UTC)


def test_a_term_counts_from_the_old_deadline(table: Table):
    table.opened()

    table.say(CHAIR, '/consultatie verleng 001 --tot "5 werkdagen" "Meer tijd."')

    assert closes_at(table) == NEXT


def test_until_the_deadline_itself_a_round_can_be_extended(table: Table):
    table.opened()

    assert table.say(CHAIR, EXTEND, at=DEADLINE).refusal == ""


def test_after_the_deadline_it_cannot(table: Table):
    table.opened()

    heard = table.say(CHAIR, EXTEND, at=DEADLINE + MICROSECOND)

    assert heard.refusal == "deadline-passed"
    assert closes_at(table) == DEADLINE


def test_after_an_outage_the_chair_extends_past_the_deadline(table: Table):
    table.opened()
    was_away(table, DEADLINE - timedelta(hours=1), DEADLINE + timedelta(minutes=10))
    table.wait_until(DEADLINE + timedelta(minutes=10))

    heard = table.say(CHAIR, '/consultatie verleng 001 --tot "25 januari 2027 19:00" "Storing."')

    round = table.item.round
    assert round is not None
    assert heard.refusal == ""
    assert (round.closes_at, round.asked_at) == (DEADLINE + timedelta(hours=2), None)
    assert table.say(VNG, "/standpunt 001 akkoord").refusal == ""


@pytest.mark.parametrize(
    "until, refusal",
    [
        ("25 januari 2027 17:00", "not-later"),
        ("20 januari 2027 17:00", "not-later"),
        ("8 januari 2027 17:00", "deadline-past"),
        ("ooit", "deadline-unclear"),
        ("30 februari 2027", "deadline-impossible"),
    ],
)
def test_an_extension_is_later_than_what_it_replaces(table: Table, until: str, refusal: str):
    table.opened()

    heard = table.say(CHAIR, f'/consultatie verleng 001 --tot "{until}" "Meer tijd."')

    assert heard.refusal == refusal
    assert closes_at(table) == DEADLINE


@pytest.mark.parametrize("person", [ADMIN, VNG, ADVISER, GUEST])
def test_only_chair_and_secretary_extend(table: Table, person: str):
    table.opened()

    assert table.say(person, EXTEND).refusal == "not-allowed"


def test_a_round_that_is_not_open_is_not_extended(table: Table):
    table.drafted()

    assert table.say(CHAIR, EXTEND).refusal == "not-possible"


def test_a_reason_is_needed(table: Table):
    table.opened()

    heard = table.say(CHAIR, '/consultatie verleng 001 --tot "1 februari 2027 17:00"')

    assert heard.refusal in ("missing-argument", "reason-required")
    assert closes_at(table) == DEADLINE


def test_a_form_asks_first_and_its_button_extends(table: Table):
    table.opened()

    asked = table.press(CHAIR, "consult extend", item="001", until="1 februari 2027 17:00", reason="Meer tijd.")
    before = closes_at(table)
    heard = table.choose(CHAIR, asked.buttons[0])

    assert "1 februari 2027" in asked.text
    assert (before, closes_at(table)) == (DEADLINE, NEXT)
    assert heard.refusal == ""
    assert table.kinds() == ["item-drafted", "round-opened", "round-extended"]


def test_an_extension_beyond_the_known_days_off_is_warned_of(table: Table):
    table.opened()

    heard = table.say(CHAIR, '/consultatie verleng 001 --tot "1 februari 2029 17:00" "Lang."')

    assert "31 december 2028" in heard.text


def test_an_adviser_hears_of_an_extension_without_buttons(table: Table):
    table.opened()

    heard = table.say(CHAIR, '/consultatie verleng 001 --tot "26 januari 2027 17:00" "Meer tijd."')

    assert "akkoord" in heard.messages[VNG]
    assert "De termijn is verlengd." in heard.messages[ADVISER]
    assert "akkoord" not in heard.messages[ADVISER]
