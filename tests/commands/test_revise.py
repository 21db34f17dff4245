"""`consultatie versie`: a substantive version ends the round, an editorial one keeps the positions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from commands.domain.item import State
from commands.domain.round import Ending, Round
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

HOLDERS = sorted([RIJK, VNG, DEPUTY, IPO, UVW, ADVISER])
FRIDAY = datetime(2027, 1, 22, 10, tzinfo=UTC)
NEXT_CLOSING = datetime(2027, 1, 25, 16, tzinfo=UTC)
"""The closing time of the working day after FRIDAY, which is the deadline of the round as well."""


def version(*flags: str, label: str = "1.1", text: str = "1. Het kader.") -> str:
    """A line that adds a version."""
    head = f'/consultatie versie 001 --versie {label} --tekst "{text}" --toelichting "Punt 1 is gewijzigd."'
    return " ".join([head, *flags])


SUBSTANTIVE = version("--wezenlijk")
EDITORIAL = version("--redactioneel")


def the_round(table: Table) -> Round:
    """The newest round of the item."""
    round = table.item.round
    assert round is not None
    return round


# --- substantive --------------------------------------------------------------------------------------------


def test_a_substantive_version_ends_an_open_round_without_outcome(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")
    at = datetime(2027, 1, 12, 9, tzinfo=UTC)

    heard = table.say(SECRETARY, SUBSTANTIVE, at=at)

    item, round = table.item, the_round(table)
    assert heard.refusal == ""
    assert (item.state, item.version.label, item.version.substantive) == (State.CLOSED, "1.1", True)
    assert (item.version.text, item.version.note) == ("1. Het kader.", "Punt 1 is gewijzigd.")
    assert (round.version, round.closed_at, round.ending, round.outcome) == (
        "1.0",
        at,
        Ending.NEW_VERSION,
        None,
    )
    assert table.kinds()[-2:] == ["version-added", "round-closed"]
    assert "zonder uitslag" in heard.text
    assert "1.1" in heard.posted
    assert heard.told == HOLDERS


def test_the_next_round_is_on_the_new_version_and_asks_everybody_again(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")
    table.say(SECRETARY, SUBSTANTIVE)

    table.say(CHAIR, "/consultatie open 001")

    assert (the_round(table).number, the_round(table).version) == (2, "1.1")
    assert table.current("vng") is None


@pytest.mark.parametrize("flag", ["--wezenlijk", "--redactioneel"])
def test_a_version_of_a_draft_concerns_nobody_yet(table: Table, flag: str):
    table.drafted()

    heard = table.say(SECRETARY, version(flag))

    assert (heard.refusal, heard.posted, heard.told) == ("", "", [])
    assert (table.item.state, table.item.version.label) == (State.DRAFT, "1.1")
    assert table.item.version.contest_until is None
    assert "/consultatie open BOD-2027-001" in heard.text


@pytest.mark.parametrize("flag", ["--wezenlijk", "--redactioneel"])
def test_a_round_that_is_closed_keeps_its_outcome(table: Table, flag: str):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")
    table.wait_until(DEADLINE.replace(minute=1))
    before = the_round(table)

    heard = table.say(SECRETARY, version(flag))

    assert heard.refusal == ""
    assert the_round(table) == before
    assert (table.item.state, table.item.version.label) == (State.CLOSED, "1.1")
    assert table.item.version.contest_until is None
    assert heard.told == HOLDERS


def test_an_adjourned_item_gets_a_version_and_stays_adjourned(table: Table):
    table.opened()
    table.say(CHAIR, '/consultatie sluit 001 "Klaar."')
    table.say(CHAIR, '/consultatie houd-aan 001 "Nieuwe versie volgt."')

    heard = table.say(SECRETARY, SUBSTANTIVE)

    assert (heard.refusal, table.item.state) == ("", State.ADJOURNED)


def test_between_deadline_and_closing_no_version_takes_the_outcome_away(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")

    heard = table.say(SECRETARY, SUBSTANTIVE, at=DEADLINE + MICROSECOND)

    assert (heard.refusal, table.item.version.label) == ("round-closed", "1.0")


# --- editorial ----------------------------------------------------------------------------------------------


def test_an_editorial_version_keeps_positions_and_may_be_contested(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")

    heard = table.say(SECRETARY, EDITORIAL, at=datetime(2027, 1, 12, 9, tzinfo=UTC))

    item, position = table.item, table.current("vng")
    until = datetime(2027, 1, 13, 16, tzinfo=UTC)
    assert heard.refusal == ""
    assert (item.state, item.version.substantive, item.version.contest_until) == (State.OPEN, False, until)
    assert the_round(table).version == "1.1"
    assert position is not None
    assert position.version == "1.0"
    for text in (heard.text, heard.posted):
        assert "woensdag 13 januari 2027 om 17:00" in text
    assert heard.told == HOLDERS


def test_a_position_on_an_earlier_editorial_version_counts(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")
    table.say(SECRETARY, EDITORIAL)
    table.say(IPO, "/standpunt 001 akkoord")

    table.say(CHAIR, '/consultatie sluit 001 "Klaar."')

    outcome = the_round(table).outcome
    assert outcome is not None
    assert outcome.counts.for_ == 2


def test_a_round_that_closes_when_contesting_ends_still_takes_an_editorial_version(table: Table):
    table.opened()

    heard = table.say(SECRETARY, EDITORIAL, at=FRIDAY)

    assert heard.refusal == ""
    assert table.item.version.contest_until == NEXT_CLOSING == DEADLINE


def test_a_round_that_closes_before_contesting_ends_does_not(table: Table):
    table.drafted()
    table.say(CHAIR, '/consultatie open 001 --sluit "25 januari 2027 16:59"')

    heard = table.say(SECRETARY, EDITORIAL, at=FRIDAY)

    assert heard.refusal == "editorial-too-late"
    assert "maandag 25 januari 2027 om 16:59" in heard.text
    assert "maandag 25 januari 2027 om 17:00" in heard.text
    assert table.item.version.label == "1.0"


# --- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("flags", [(), ("--wezenlijk", "--redactioneel")])
def test_a_version_is_substantive_or_editorial(table: Table, flags: tuple[str, ...]):
    table.opened()

    assert table.say(SECRETARY, version(*flags)).refusal == "choose-weight"


@pytest.mark.parametrize("label", ["1.0", "1.1", "2-rc"])
def test_a_label_is_used_once(table: Table, label: str):
    table.drafted()
    table.say(SECRETARY, SUBSTANTIVE)
    table.say(SECRETARY, version("--wezenlijk", label="2-RC"))

    heard = table.say(SECRETARY, version("--wezenlijk", label=label))

    assert heard.refusal == "version-taken"
    assert table.read(lambda tx: tx.items.versions(table.item)) == ("1.0", "1.1", "2-RC")


@pytest.mark.parametrize("person", [ADMIN, VNG, ADVISER, GUEST])
def test_only_chair_and_secretary_make_a_version(table: Table, person: str):
    table.opened()

    assert table.say(person, SUBSTANTIVE).refusal == "not-allowed"


def test_an_established_item_gets_no_version(table: Table):
    table.established()

    assert table.say(SECRETARY, SUBSTANTIVE).refusal == "not-possible"


def test_a_label_that_is_taken_is_refused_with_the_versions_there_are(table: Table):
    table.drafted()
    table.say(SECRETARY, SUBSTANTIVE)

    heard = table.say(SECRETARY, SUBSTANTIVE)

    assert "Deze versies zijn er: 1.0 en 1.1." in heard.text


def test_a_label_has_a_figure_in_it(table: Table):
    table.drafted()
    entries = table.kinds()

    heard = table.say(SECRETARY, version("--wezenlijk", label="wezenlijk"))

    assert heard.refusal == "invalid-version"
    assert "Deze versies zijn er: 1.0." in heard.text
    assert table.kinds() == entries
