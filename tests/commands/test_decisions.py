"""`besluit`: the register of established decisions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.commands.table import ADMIN, CHAIR, GUEST, IPO, SECRETARY, VNG, Table
from tests.factories import DAY, DEADLINE

# --- show ---------------------------------------------------------------------------------------------------


def test_a_decision_is_shown_to_everyone_on_the_board(table: Table):
    table.established()

    heard = table.say(GUEST, "/besluit toon 001")

    lines = heard.text.splitlines()
    assert lines[0] == "Besluit op BOD-2027-001 – Kader"
    assert lines[1] == (
        "BOD-2027-001/B1, vastgesteld op dinsdag 26 januari 2027 om 17:00 (CET, UTC+01:00), versie 1.0:"
    )
    assert "Overleg BOD" in lines[2]


def test_a_rectification_stands_beside_what_it_corrects(table: Table):
    table.established()
    table.say(CHAIR, '/consultatie rectificeer 001 "Het kader van 2028." "Het jaartal was onjuist."')

    heard = table.say(VNG, "/decision show 001")

    assert "BOD-2027-001/B1, vastgesteld op" in heard.text
    assert "BOD-2027-001/B2 rectificeert BOD-2027-001/B1." in heard.text
    assert "Het kader van 2028." in heard.text
    assert "Het jaartal was onjuist." in heard.text


def test_the_reason_of_a_deviation_and_what_was_lifted_since_are_shown(table: Table):
    table.opened()
    table.say(IPO, "/standpunt 001 akkoord")
    table.say(VNG, '/standpunt 001 bezwaar "Geen geld."')
    table.wait_until(DEADLINE + timedelta(seconds=5))
    table.say(CHAIR, '/consultatie stel-vast 001 --afwijkend "De wet vraagt het."')
    table.say(VNG, "/standpunt 001 hef-op", at=DEADLINE + DAY)

    heard = table.say(VNG, "/besluit toon 001")

    assert "Reden om af te wijken van de uitslag:\n    De wet vraagt het." in heard.text
    assert (
        "Na de sluiting hief VNG haar voorbehoud, voorwaarde of bezwaar op: dinsdag 26 januari 2027 om 17:00"
        in heard.text
    )


def test_without_a_decision_there_is_nothing_to_show(table: Table):
    table.opened()

    heard = table.say(VNG, "/besluit toon 001")

    assert heard.refusal == "no-decision-yet"


# --- list and search ----------------------------------------------------------------------------------------


def test_the_list_has_every_decision_newest_first(table: Table):
    table.established()
    table.say(CHAIR, '/consultatie rectificeer 001 "Het kader van 2028." "Het jaartal was onjuist."')

    heard = table.say(GUEST, "/besluit lijst")

    lines = heard.text.splitlines()
    assert lines[0] == "2 besluiten van Overleg BOD"
    assert [line.split(" – ")[0] for line in lines[1:]] == ["- BOD-2027-001/B2", "- BOD-2027-001/B1"]
    assert lines[1].endswith("rectificeert BOD-2027-001/B1")


def test_without_decisions_the_list_says_so(table: Table):
    table.opened()

    assert table.say(VNG, "/besluit lijst").text == "Er is nog geen besluit van Overleg BOD."


@pytest.mark.parametrize("query", ["kader", "KADER 1.0", "B1 kader", "BOD-2027-001"])
def test_a_search_finds_all_words_without_case(table: Table, query: str):
    table.established()

    heard = table.say(VNG, f'/besluit zoek "{query}"')

    assert heard.text.splitlines()[0] == f"Eén besluit met “{query}”"
    assert "BOD-2027-001/B1" in heard.text


def test_a_search_for_what_is_not_there_says_so(table: Table):
    table.established()

    heard = table.say(VNG, '/besluit zoek "kader fiets"')

    assert heard.text == "Geen besluit met “kader fiets”."


def test_a_direct_message_searches_every_board_of_the_person(table: Table):
    table.established()

    for_vng = table.say(VNG, '/besluit zoek "kader"', channel="")
    for_npd = table.say("npd-vertegenwoordiger", '/besluit zoek "kader"', channel="")

    assert "BOD-2027-001/B1" in for_vng.text
    assert for_npd.text == "Geen besluit met “kader”."


# --- export -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", [CHAIR, SECRETARY, ADMIN])
def test_chair_secretary_and_administrator_get_the_dossier_as_a_file(table: Table, person: str):
    table.established()

    heard = table.say(person, "/besluit exporteer 001 --formaat csv")

    (file,) = heard.attachments
    assert file.name == "BOD-2027-001.csv"
    assert file.content.count(b'"agree"') == 4
    assert heard.text == "Dossier BOD-2027-001 is klaar als csv: BOD-2027-001.csv."


@pytest.mark.parametrize("person", [VNG, GUEST])
def test_nobody_else_gets_the_dossier(table: Table, person: str):
    table.established()

    heard = table.say(person, "/besluit exporteer 001 --formaat csv")

    assert heard.refusal == "not-allowed"
    assert heard.attachments == ()


def test_while_positions_are_hidden_there_is_no_export(table: Table):
    table.opened("--zichtbaar na-sluiting")
    table.say(VNG, "/standpunt 001 akkoord")

    heard = table.say(ADMIN, "/besluit exporteer 001 --formaat json")

    assert heard.refusal == "hidden-until-close"
    assert heard.attachments == ()


def test_the_same_dossier_gives_the_same_bytes(table: Table):
    table.established()

    first = table.say(ADMIN, "/decision export 001 --format json")
    second = table.say(ADMIN, "/decision export 001 --format json")

    assert first.attachments == second.attachments
