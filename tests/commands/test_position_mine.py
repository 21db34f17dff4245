"""`standpunt mijn`: what my organisation filed and still owes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.commands.changes import end_mandates
from tests.commands.table import ADVISER, CHAIR, DEPUTY, GUEST, IPO, NUMBER, SECRETARY, VNG, Table
from tests.factories import DAY, DEADLINE, NOON


def test_what_is_owed_is_named_with_the_deadline(table: Table):
    table.opened()

    heard = table.say(VNG, "/standpunt mijn")

    assert heard.text.splitlines() == [
        "Standpunten van VNG",
        "BOD-2027-001 – Kader, versie 1.0: VNG heeft nog niet gereageerd. "
        "Dat kan tot en met maandag 25 januari 2027 om 17:00 (CET, UTC+01:00).",
    ]


def test_what_was_filed_is_shown_with_who_when_reference_and_text(table: Table):
    table.opened()
    table.say(DEPUTY, '/standpunt 001 bezwaar "De commissie wacht nog."', at=NOON + DAY)

    heard = table.say(VNG, "/position mine")

    position = table.current("vng")
    assert position is not None
    assert heard.text.splitlines() == [
        "Standpunten van VNG",
        "BOD-2027-001 – Kader, versie 1.0: VNG heeft bezwaar. "
        "Vastgelegd op dinsdag 12 januari 2027 om 12:00 (CET, UTC+01:00) door Persoon vng-plaatsvervanger, "
        f"kenmerk {position.hash[:4]}-{position.hash[4:8]}-{position.hash[8:12]}. "
        "Wijzigen kan tot en met maandag 25 januari 2027 om 17:00 (CET, UTC+01:00).",
        "Tekst:",
        "    De commissie wacht nog.",
    ]


def test_a_direct_message_covers_every_board_of_the_person(table: Table):
    table.opened()
    vp = table.on_vp()

    heard = table.say(VNG, "/standpunt mijn", channel="")

    assert str(NUMBER) in heard.text
    assert str(vp) in heard.text


def test_in_a_channel_it_covers_that_board_only(table: Table):
    table.opened()
    vp = table.on_vp()

    heard = table.say(VNG, "/standpunt mijn")

    assert str(NUMBER) in heard.text
    assert str(vp) not in heard.text


def test_every_organisation_that_the_person_speaks_for_is_covered(table: Table):
    table.opened()
    table.say(SECRETARY, f"/mandaat verleen {IPO} uvw")
    table.say(IPO, "/standpunt 001 akkoord --namens ipo")

    heard = table.say(IPO, "/standpunt mijn")

    assert heard.text.splitlines()[0] == "Standpunten van IPO en UVW"
    assert "UVW heeft nog niet gereageerd" in heard.text
    assert "IPO heeft akkoord" in heard.text


def test_nobody_elses_position_is_shown(table: Table):
    table.opened()
    table.say(IPO, '/standpunt 001 bezwaar "Geheim van het IPO."')

    heard = table.say(VNG, "/standpunt mijn")

    assert "IPO" not in heard.text


def test_after_closing_it_says_what_stood_then_and_owes_nothing_more(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")
    table.wait_until(DEADLINE + timedelta(seconds=5))

    filed = table.say(VNG, "/standpunt mijn")
    owed = table.say(IPO, "/standpunt mijn")

    assert "VNG heeft akkoord. De ronde is gesloten." in filed.text
    assert owed.text == "Er loopt nu niets waarop IPO kan reageren."


def test_what_was_lifted_after_closing_is_shown_as_it_is_now(table: Table):
    table.opened()
    table.say(VNG, '/standpunt 001 bezwaar "Geen geld."')
    table.wait_until(DEADLINE + timedelta(seconds=5))
    table.say(VNG, "/standpunt 001 hef-op")

    heard = table.say(VNG, "/standpunt mijn")

    assert "VNG heeft bezwaar" not in heard.text
    assert "geen bezwaar" in heard.text


def test_an_adviser_owes_nothing(table: Table):
    table.opened()

    heard = table.say(ADVISER, "/standpunt mijn")

    assert heard.text == "Er loopt nu niets waarop LOGIUS kan reageren."


@pytest.mark.parametrize("person", [CHAIR, SECRETARY, GUEST])
def test_who_speaks_for_nobody_is_told_so(table: Table, person: str):
    table.opened()

    heard = table.say(person, "/standpunt mijn")

    assert heard.refusal == "no-mandate"


def test_who_lost_the_mandate_hears_when(table: Table):
    table.opened()
    table.say(SECRETARY, f"/mandaat trek-in {DEPUTY} vng", at=NOON + DAY)

    heard = table.say(DEPUTY, "/standpunt mijn")

    assert heard.refusal == "mandate-expired"
    assert "12 januari 2027" in heard.text


def test_a_mandate_that_ended_is_refused_by_the_name_of_the_organisation(table: Table):
    table.opened()
    table.rename("ipo", "Provincies")
    end_mandates(table, "ipo")

    heard = table.say(IPO, "/standpunt mijn")

    assert heard.refusal == "mandate-expired"
    assert "Uw mandaat voor Provincies gold tot" in heard.text
