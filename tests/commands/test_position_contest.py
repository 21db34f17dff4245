"""`standpunt nr betwist`: an organisation contests that a new version is only editorial."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from commands.domain.item import State
from commands.domain.round import Ending
from tests.commands.table import ADVISER, CHAIR, DEPUTY, IPO, RIJK, SECRETARY, UVW, VNG, Table
from tests.factories import MICROSECOND

VERSION = (
    "/consultatie versie 001 --versie 1.1 {kind} --toelichting “Punt 2 is verduidelijkt.” "
    "--tekst “Het overleg besluit:\n1. het kader vast te stellen;\n2. het in 2029 te evalueren.”"
)
CONTEST = '/standpunt 001 betwist "De wijziging van punt 2 is wezenlijk."'
UNTIL = datetime(2027, 1, 12, 16, 0, tzinfo=UTC)
"""The closing time of the working day after Monday 11 January 2027."""


def revised(table: Table, kind: str = "--redactioneel") -> None:
    """An open item with positions of the VNG and the IPO, and version 1.1 on Monday 11 January 2027."""
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")
    table.say(IPO, "/standpunt 001 akkoord")
    said = table.say(SECRETARY, VERSION.format(kind=kind))
    assert not said.refusal, said.text


def test_a_contested_version_is_substantive_and_ends_the_round_without_outcome(table: Table):
    revised(table)

    heard = table.say(VNG, CONTEST)

    item = table.item
    assert item.round is not None
    assert (item.state, item.round.ending, item.round.outcome) == (State.CLOSED, Ending.CONTEST, None)
    assert (item.version.substantive, item.version.contested) == (True, True)
    assert heard.text.startswith("Vastgelegd: VNG betwist versie 1.1 van BOD-2027-001 – Kader.")


def test_it_is_posted_with_the_reason_and_told_to_every_other_holder(table: Table):
    revised(table)

    heard = table.say(VNG, CONTEST)

    assert "VNG betwist versie 1.1" in heard.posted
    assert "De wijziging van punt 2 is wezenlijk." in heard.posted
    assert heard.told == sorted([DEPUTY, IPO, RIJK, UVW, ADVISER])


def test_the_log_holds_the_contest_and_the_end_of_the_round(table: Table):
    revised(table)

    table.say(VNG, CONTEST)

    assert table.kinds()[-2:] == ["round-closed", "version-contested"]
    assert table.entries()[-2].body["ending"] == "contest"
    assert table.entries()[-1].body["organisation"] == "vng"


def test_the_next_round_is_on_the_contested_version_and_starts_empty(table: Table):
    revised(table)
    table.say(VNG, CONTEST)

    heard = table.say(SECRETARY, '/consultatie open 001 --termijn "5 werkdagen"')

    assert heard.refusal == ""
    assert table.item.round is not None
    assert (table.item.round.number, table.item.round.version) == (2, "1.1")
    assert table.current("ipo") is None


def test_what_was_contested_once_cannot_be_contested_again(table: Table):
    revised(table)
    table.say(VNG, CONTEST)
    table.say(SECRETARY, '/consultatie open 001 --termijn "5 werkdagen"')

    heard = table.say(IPO, CONTEST)

    assert heard.refusal == "nothing-to-contest"
    assert table.item.state is State.OPEN


def test_it_can_be_contested_up_to_and_including_the_last_instant(table: Table):
    revised(table)

    heard = table.say(VNG, CONTEST, at=UNTIL)

    assert heard.refusal == ""


def test_a_microsecond_later_it_cannot(table: Table):
    revised(table)
    entries = table.kinds()

    heard = table.say(VNG, CONTEST, at=UNTIL + MICROSECOND)

    assert heard.refusal == "nothing-to-contest"
    assert table.kinds() == entries


def test_the_first_version_cannot_be_contested(table: Table):
    table.opened()

    heard = table.say(VNG, CONTEST)

    assert heard.refusal == "nothing-to-contest"


def test_a_substantive_version_has_ended_the_round_already(table: Table):
    revised(table, "--wezenlijk")

    heard = table.say(VNG, CONTEST)

    assert heard.refusal == "not-possible"


def test_a_contest_needs_its_reason(table: Table):
    revised(table)

    heard = table.say(VNG, "/standpunt 001 betwist")

    assert heard.refusal == "reason-required"


@pytest.mark.parametrize(
    ("person", "more", "refusal"),
    [
        (CHAIR, "", "no-mandate"),
        (SECRETARY, " --namens vng", "no-mandate"),
        (IPO, " --namens vng", "no-mandate"),
        (ADVISER, "", "not-on-roll"),
    ],
)
def test_only_a_mandate_holder_of_a_voting_organisation_contests(table: Table, person: str, more: str, refusal: str):
    revised(table)

    heard = table.say(person, CONTEST + more)

    assert heard.refusal == refusal
    assert table.item.state is State.OPEN


def test_a_button_asks_first(table: Table):
    revised(table)

    question = table.press(VNG, "position contest", item="001", reason="Wezenlijk.")
    between = table.item.state
    table.choose(VNG, question.buttons[0])

    assert "De ronde eindigt zonder uitslag." in question.text
    assert between is State.OPEN
    assert table.item.state is State.CLOSED


def test_the_end_of_the_round_is_posted_with_who_stood_where(table: Table):
    revised(table)

    heard = table.say(VNG, CONTEST)

    assert heard.posted.index("De wijziging geldt nu als wezenlijk") < heard.posted.index("De versie is betwist.")
    assert "IPO: akkoord" in heard.posted
    assert "RIJK: geen reactie" in heard.posted
