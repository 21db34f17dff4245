"""`consultatie stand`: where an item stands, what is still needed, and from whom."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.commands.changes import was_away
from tests.commands.table import ADVISER, CHAIR, GUEST, IPO, RIJK, SECRETARY, UVW, VNG, Table
from tests.factories import DAY, DEADLINE, NOON, SECOND


def test_everyone_on_the_board_sees_state_deadline_and_who_answered_what(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")
    table.say(IPO, '/standpunt 001 bezwaar "Geen geld."')

    heard = table.say(GUEST, "/consultatie stand 001", at=NOON + DAY)

    lines = heard.text.splitlines()
    assert lines[:6] == [
        "Stand van BOD-2027-001 – Kader: open, ronde 1, versie 1.0",
        "Reageren kan tot en met maandag 25 januari 2027 om 17:00 (CET, UTC+01:00). Dat is nog 13 dagen 5 uur.",
        "Gereageerd: 2 van 4 organisaties.",
        "- akkoord: 1 (VNG)",
        "- bezwaar: 1 (IPO)",
        "Geen reactie van RIJK en UVW.",
    ]


def test_it_says_what_is_needed_from_whom_and_what_can_still_come_of_it(table: Table):
    table.opened()
    for person in (RIJK, VNG, UVW):
        table.say(person, "/standpunt 001 akkoord")
    table.say(IPO, '/standpunt 001 bezwaar "Geen geld."')

    heard = table.say(VNG, "/consult status 001")

    needed = heard.text.partition("Nog nodig:\n")[2]
    assert "Als de ronde nu sloot, was de uitslag: geen besluit (bezwaar)." in heard.text
    assert "IPO" in needed.splitlines()[0]
    assert "Als wie al reageerde daarbij blijft, is nog mogelijk: geen besluit (bezwaar)." in heard.text


def test_when_everybody_agrees_nothing_more_is_needed(table: Table):
    table.opened()
    for person in (RIJK, VNG, IPO, UVW):
        table.say(person, "/standpunt 001 akkoord")

    heard = table.say(VNG, "/consultatie stand 001")

    assert "Er is niets meer nodig om het aan te nemen." in heard.text
    assert "Als wie al reageerde daarbij blijft, is nog mogelijk: aangenomen." in heard.text


def test_while_positions_are_hidden_only_who_answered_is_said(table: Table):
    table.opened("--zichtbaar na-sluiting")
    table.say(VNG, '/standpunt 001 bezwaar "Geheim."')

    for person in (CHAIR, SECRETARY, IPO, GUEST):
        heard = table.say(person, "/consultatie stand 001")
        assert "Gereageerd: VNG." in heard.text
        assert "bezwaar" not in heard.text
        assert "Nog nodig" not in heard.text


def test_while_positions_are_hidden_a_holder_sees_the_own(table: Table):
    table.opened("--zichtbaar na-sluiting")
    table.say(VNG, '/standpunt 001 bezwaar "Geheim."')
    table.say(IPO, "/standpunt 001 akkoord")

    heard = table.say(VNG, "/consultatie stand 001")

    assert "Uw eigen standpunt voor VNG: bezwaar." in heard.text
    assert "akkoord" not in heard.text


def test_after_closing_what_was_hidden_is_shown(table: Table):
    table.opened("--zichtbaar na-sluiting")
    table.say(VNG, '/standpunt 001 bezwaar "Niet meer geheim."')
    table.wait_until(DEADLINE + timedelta(seconds=5))

    heard = table.say(IPO, "/consultatie stand 001")

    assert "- bezwaar: 1 (VNG)" in heard.text


def test_a_closed_item_shows_its_outcome_and_what_came_too_late(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")
    table.say(IPO, "/standpunt 001 akkoord", at=DEADLINE + SECOND)
    table.wait_until(DEADLINE + timedelta(seconds=5))

    heard = table.say(VNG, "/consultatie stand 001")

    assert "Stand van BOD-2027-001 – Kader: gesloten" in heard.text
    assert "De ronde is gesloten op maandag 25 januari 2027 om 17:00 (CET, UTC+01:00)." in heard.text
    assert "Uitslag: aangenomen." in heard.text
    assert "Te laat ontvangen, niet meegeteld: IPO." in heard.text


def test_between_deadline_and_close_it_says_that_the_round_is_being_closed(table: Table):
    table.opened()

    heard = table.say(VNG, "/consultatie stand 001", at=DEADLINE + SECOND)

    assert "De ronde wordt nu gesloten." in heard.text


def test_after_an_outage_it_says_what_the_chair_must_choose(table: Table):
    table.opened()
    was_away(table, DEADLINE - timedelta(hours=1), DEADLINE + timedelta(minutes=10))
    table.wait_until(DEADLINE + timedelta(minutes=11))

    heard = table.say(VNG, "/consultatie stand 001")

    assert "De voorzitter kiest: verlengen of sluiten." in heard.text


def test_an_editorial_version_is_shown_as_long_as_it_can_be_contested(table: Table):
    table.opened()
    table.say(
        SECRETARY,
        '/consultatie versie 001 --versie 1.1 --redactioneel --toelichting "Een komma." --tekst "1. Ja."',
    )

    during = table.say(VNG, "/consultatie stand 001")
    after = table.say(VNG, "/consultatie stand 001", at=NOON + 2 * DAY)

    assert "Versie 1.1 is een redactionele wijziging. Betwisten kan tot en met dinsdag 12" in during.text
    assert "Betwisten" not in after.text


def test_a_consultation_has_no_rule_and_nothing_is_needed(table: Table):
    table.opened("--soort consultatie")
    table.say(VNG, "/reactie 001 steun")

    heard = table.say(VNG, "/consultatie stand 001")

    assert "- steun: 1 (VNG)" in heard.text
    assert "Nog nodig" not in heard.text


def test_a_draft_says_that_it_cannot_be_answered_yet(table: Table):
    table.drafted()

    heard = table.say(VNG, "/consultatie stand 001")

    assert heard.text.splitlines() == [
        "BOD-2027-001 – Kader is een concept, versie 1.0. Reageren kan nog niet.",
        "Tekst van versie 1.0:",
        "    Het overleg besluit:",
        "    1. het kader vast te stellen;",
        "    2. het te evalueren.",
    ]


def test_without_a_number_every_item_that_is_not_finished_has_a_line(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")

    heard = table.say(GUEST, "/consultatie stand")

    assert heard.text.splitlines() == [
        "Wat er loopt bij Overleg BOD",
        "- BOD-2027-001 – Kader: open tot en met maandag 25 januari 2027 om 17:00 (CET, UTC+01:00), "
        "nog 3 reacties te gaan",
    ]


def test_without_items_it_says_so(table: Table):
    assert table.say(GUEST, "/consultatie stand").text == "Er loopt niets bij Overleg BOD."


@pytest.mark.parametrize("person", [CHAIR, SECRETARY, VNG, ADVISER, GUEST])
def test_it_reads_only(table: Table, person: str):
    table.opened()
    entries = table.kinds()

    table.say(person, "/consultatie stand 001")

    assert table.kinds() == entries


def test_an_item_of_another_board_is_unknown(table: Table):
    table.opened()

    heard = table.say("npd-vertegenwoordiger", "/consultatie stand BOD-2027-001", channel="")

    assert heard.refusal == "unknown-item"
