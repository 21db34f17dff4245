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
    assert "Als niemand zijn standpunt wijzigt, is nog mogelijk: geen besluit (bezwaar)." in heard.text


def test_when_everybody_agrees_nothing_more_is_needed(table: Table):
    table.opened()
    for person in (RIJK, VNG, IPO, UVW):
        table.say(person, "/standpunt 001 akkoord")

    heard = table.say(VNG, "/consultatie stand 001")

    assert "Er is niets meer nodig om het aan te nemen." in heard.text
    assert "Als niemand zijn standpunt wijzigt, is nog mogelijk: aangenomen." in heard.text


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


def held(table: Table, *flags: str) -> None:
    """A closed round in which the IPO holds the outcome by a suspensive reservation."""
    table.opened(*flags)
    for person in (RIJK, VNG, UVW):
        table.say(person, "/standpunt 001 akkoord")
    table.say(IPO, '/standpunt 001 voorbehoud "Na de Staten." --soort bestuurlijk --opschortend --tot 2027-03-01')
    table.wait_until(DEADLINE + timedelta(seconds=5))


def test_after_closing_it_says_whose_reservation_still_holds_the_decision(table: Table):
    held(table)

    heard = table.say(GUEST, "/consultatie stand 001")
    every = table.say(GUEST, "/consultatie stand")

    assert "Vaststellen kan zodra het voorbehoud van IPO is opgeheven." in heard.text
    assert "uitslag aangehouden; wacht op opheffing van het voorbehoud van IPO" in every.text


def test_after_closing_a_lift_is_shown_and_that_the_decision_can_be_established(table: Table):
    held(table)
    table.say(IPO, "/standpunt 001 hef-op", at=DEADLINE + DAY)

    heard = table.say(GUEST, "/consultatie stand 001")
    every = table.say(GUEST, "/consultatie stand")

    lines = heard.text.splitlines()
    assert (
        "Na de sluiting opgeheven door IPO: voorbehoud. "
        "Nu: akkoord, op dinsdag 26 januari 2027 om 17:00 (CET, UTC+01:00)." in lines
    )
    assert "De voorzitter kan het besluit nu vaststellen." in lines
    assert "uitslag aangehouden; het besluit kan worden vastgesteld" in every.text


def test_what_is_not_adopted_says_what_is_in_the_way_and_of_whom(table: Table):
    table.opened()
    for person in (IPO, UVW):
        table.say(person, '/standpunt 001 bezwaar "Geen geld."')
    table.wait_until(DEADLINE + timedelta(seconds=5))
    table.say(UVW, "/standpunt 001 hef-op")

    heard = table.say(GUEST, "/consultatie stand 001")

    assert "Vaststellen kan alleen met een reden om af te wijken: geen besluit, bezwaar (IPO)." in heard.text
    assert "Na de sluiting opgeheven door UVW: bezwaar. Nu: geen bezwaar" in heard.text


def test_a_closed_consultation_waits_for_no_decision(table: Table):
    table.opened("--soort consultatie")
    table.wait_until(DEADLINE + timedelta(seconds=5))

    heard = table.say(GUEST, "/consultatie stand 001")

    assert "aststellen" not in heard.text


ENDS = {
    "withdrawn": (CHAIR, '/consultatie trek-in 001 "Achterhaald."'),
    "called": (IPO, "/standpunt 001 naar-vergadering"),
    "overtaken": (
        SECRETARY,
        '/consultatie versie 001 --versie 2 --tekst "1. Anders." --toelichting "Nieuw." --wezenlijk',
    ),
}
"""What ends a round without closing it with its result."""


@pytest.mark.parametrize("end", ENDS)
def test_a_hidden_round_that_ends_without_closing_shows_nobodys_position_anywhere(table: Table, end: str):
    person, line = ENDS[end]
    table.opened("--zichtbaar na-sluiting")
    table.say(VNG, '/standpunt 001 bezwaar "Geheim."')

    ended = table.say(person, line)
    status = table.say(CHAIR, "/consultatie stand 001")
    refused = [
        table.say(CHAIR, "/consultatie krachtenveld 001"),
        table.say(CHAIR, "/besluit exporteer 001"),
        table.say(CHAIR, '/consultatie bezwaar 001 vng behandeld "Ja."') if end != "withdrawn" else None,
    ]
    board = table.say("beheerder", "/overlegbeheer exporteer --formaat csv")
    own = table.say(VNG, "/consultatie stand 001")

    assert "Gereageerd: VNG." in status.text
    assert "Standpunten blijven verborgen: de ronde eindigde zonder sluiting." in status.text
    assert "Uw eigen standpunt voor VNG: bezwaar." in own.text
    for heard in (ended, status, board):
        assert "Geheim" not in heard.text + heard.posted
        assert "bezwaar" not in heard.text + heard.posted
    assert {each.refusal for each in refused if each} == {"hidden-until-close"}
    assert "BOD-2027-001 ontbreekt: de ronde eindigde zonder sluiting." in board.text
    card = "\n".join(post.text for post in table.client.posts("BOD"))
    assert "bezwaar:" not in card
    assert "Geheim" not in card


def test_the_record_of_a_round_that_ended_without_closing_opens_when_its_deadline_has_passed(table: Table):
    table.opened("--zichtbaar na-sluiting")
    table.say(VNG, '/standpunt 001 bezwaar "Geheim."')
    round = table.item.round
    assert round is not None
    closes_at = round.closes_at
    table.say(CHAIR, '/consultatie trek-in 001 "Vervallen."')

    at_it = table.say(CHAIR, "/besluit exporteer 001", at=closes_at)
    after = table.say(CHAIR, "/besluit exporteer 001", at=closes_at + timedelta(microseconds=1))

    assert at_it.refusal == "hidden-until-close"
    assert (after.refusal, len(after.attachments)) == ("", 1)


def test_a_decision_ends_the_hiding_of_a_round_that_was_called_to_the_meeting(table: Table):
    table.opened("--zichtbaar na-sluiting")
    table.say(VNG, '/standpunt 001 bezwaar "Niet meer geheim."')
    table.say(IPO, "/standpunt 001 naar-vergadering")

    table.say(CHAIR, '/consultatie stel-vast 001 --afwijkend "De vergadering besloot."')

    assert "- bezwaar: 1 (VNG)" in table.say(IPO, "/consultatie stand 001").text
