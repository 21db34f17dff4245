"""`consultatie krachtenveld`: who stands where, organisation by decision point."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.commands.table import ADVISER, CHAIR, GUEST, IPO, RIJK, SECRETARY, UVW, VNG, Table
from tests.factories import DAY, DEADLINE, NOON


def rows(text: str) -> list[str]:
    """The rows of the table, without the texts under it."""
    return [line.removeprefix("- ") for line in text.splitlines() if line.startswith("- ")]


def test_each_organisation_has_its_stance_points_basis_date_and_version(table: Table):
    table.opened()
    table.say(RIJK, "/standpunt 001 akkoord --grondslag bestuur", at=NOON + DAY)
    table.say(VNG, '/standpunt 001 mits "Eerst geld." --punt 2', at=NOON + DAY)

    heard = table.say(GUEST, "/consultatie krachtenveld 001")

    assert rows(heard.text) == [
        "Organisatie: RIJK; Standpunt: akkoord; Punt 1: akkoord; Punt 2: akkoord; Grondslag: bestuur; "
        "Datum: 12 januari 2027; Versie: 1.0",
        "Organisatie: VNG; Standpunt: akkoord, mits; Punt 2: akkoord, mits; Datum: 12 januari 2027; Versie: 1.0",
        "Organisatie: IPO; Standpunt: geen reactie",
        "Organisatie: UVW; Standpunt: geen reactie",
    ]


def test_the_texts_follow_in_the_order_of_the_roll_and_then_the_advice(table: Table):
    table.opened()
    table.say(ADVISER, '/reactie 001 "Wij adviseren uitstel."')
    table.say(UVW, '/standpunt 001 akkoord "Met dank."')
    table.say(VNG, '/standpunt 001 mits "Eerst geld."')

    heard = table.say(GUEST, "/consult matrix 001")

    assert heard.text.splitlines()[-6:] == [
        "VNG (akkoord, mits, versie 1.0):",
        "    Eerst geld.",
        "UVW (akkoord, versie 1.0):",
        "    Met dank.",
        "LOGIUS (advies, telt niet mee):",
        "    Wij adviseren uitstel.",
    ]


def test_a_position_on_an_earlier_version_is_shown_as_such_and_not_counted(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")
    table.say(IPO, "/standpunt 001 akkoord")
    table.say(
        SECRETARY,
        '/consultatie versie 001 --versie 1.1 --wezenlijk --toelichting "Anders." --tekst "1. Ja.\n2. Nee."',
    )
    table.say(CHAIR, '/consultatie open 001 --termijn "10 werkdagen"')
    table.say(IPO, "/standpunt 001 geen-bezwaar")

    heard = table.say(VNG, "/consultatie krachtenveld 001")

    assert "Krachtenveld van BOD-2027-001 – Kader, versie 1.1, ronde 2" in heard.text
    assert "Organisatie: VNG; Standpunt: akkoord (op eerdere versie 1.0, telt niet mee);" in rows(heard.text)[1]
    assert "Organisatie: IPO; Standpunt: geen bezwaar; Punt 1: geen bezwaar;" in rows(heard.text)[2]


def test_a_position_in_an_earlier_round_on_the_same_version_is_shown_as_such(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")
    table.wait_until(DEADLINE + timedelta(seconds=5))
    table.say(CHAIR, '/consultatie open 001 --termijn "10 werkdagen"')

    heard = table.say(VNG, "/consultatie krachtenveld 001")

    assert "Standpunt: akkoord (in ronde 1, telt niet mee)" in rows(heard.text)[1]


def test_reservations_answers_and_what_was_lifted_are_told_apart(table: Table):
    table.opened()
    table.say(RIJK, '/standpunt 001 voorbehoud "Later." --soort financieel --opschortend --tot 2027-03-01')
    table.say(VNG, '/standpunt 001 voorbehoud "Later." --soort studie')
    table.say(IPO, '/standpunt 001 mits "Eerst geld."')
    table.say(SECRETARY, '/consultatie voorwaarde 001 ipo ingewilligd "Er is geld."')
    table.say(UVW, '/standpunt 001 bezwaar "Nee."')
    table.wait_until(DEADLINE + timedelta(seconds=5))
    table.say(UVW, "/standpunt 001 hef-op")

    heard = table.say(GUEST, "/consultatie krachtenveld 001")

    assert [row.split("; ")[1] for row in rows(heard.text)] == [
        "Standpunt: voorbehoud (financieel, opschortend)",
        "Standpunt: voorbehoud (studie)",
        "Standpunt: akkoord, mits (ingewilligd)",
        "Standpunt: bezwaar (na de sluiting opgeheven: geen bezwaar)",
    ]


@pytest.mark.parametrize("person", [CHAIR, SECRETARY, VNG, GUEST])
def test_while_positions_are_hidden_no_role_gets_them(table: Table, person: str):
    table.opened("--zichtbaar na-sluiting")
    table.say(VNG, '/standpunt 001 bezwaar "Geheim."')

    heard = table.say(person, "/consultatie krachtenveld 001")

    assert heard.refusal == "hidden-until-close"
    assert "bezwaar" not in heard.text


def test_after_closing_what_was_hidden_is_shown(table: Table):
    table.opened("--zichtbaar na-sluiting")
    table.say(VNG, '/standpunt 001 bezwaar "Niet meer geheim."')
    table.wait_until(DEADLINE + timedelta(seconds=5))

    heard = table.say(IPO, "/consultatie krachtenveld 001")

    assert "Niet meer geheim." in heard.text


def test_a_draft_has_no_positions_to_show(table: Table):
    table.drafted()

    assert table.say(VNG, "/consultatie krachtenveld 001").refusal == "not-possible"
