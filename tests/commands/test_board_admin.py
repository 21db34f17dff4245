"""`overlegbeheer`: participants, links, exports and the check of the logs."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from tests.commands.table import ADMIN, CHAIR, DEPUTY, GUEST, SECRETARY, VNG, Table
from tests.factories import DEADLINE, NOON

VP_ADMIN = "beheerder-vp"


@pytest.mark.parametrize("line", ["deelnemers", "koppel", f"koppel @nieuw {VNG}", "exporteer", "log"])
@pytest.mark.parametrize("person", [CHAIR, SECRETARY, VNG, GUEST])
def test_all_of_it_is_for_the_administrator_alone(table: Table, person: str, line: str):
    heard = table.say(person, f"/overlegbeheer {line}", at=NOON)

    assert heard.refusal == "not-allowed"


# --- participants -------------------------------------------------------------------------------------------


def test_participants_are_shown_with_holders_roles_and_accounts(table: Table):
    heard = table.say(ADMIN, "/overlegbeheer deelnemers", at=NOON)

    lines = heard.text.splitlines()
    assert lines[0] == "Deelnemers van Overleg BOD. Kanalen: console: BOD"
    assert (
        "- Id: vng; Afkorting: VNG; Naam: Organisatie vng; Geleding: column-vng; Gewicht: 1; "
        "Stemrecht: stemgerechtigd; "
        "Mandaathouders: Persoon vng-vertegenwoordiger en Persoon vng-plaatsvervanger"
    ) in lines
    assert any(line.startswith("- Id: logius;") and "Stemrecht: adviseur" in line for line in lines)
    assert ("- Id: voorzitter; Persoon: Persoon voorzitter; Rollen: voorzitter; Accounts: console: voorzitter") in lines


# --- links --------------------------------------------------------------------------------------------------


def test_a_channel_is_linked_to_the_board_of_its_administrator(table: Table):
    heard = table.say(ADMIN, "/overlegbeheer koppel", at=NOON, channel="nieuw-kanaal")

    assert heard.text.startswith("Vastgelegd: dit kanaal hoort nu bij Overleg BOD.")
    assert "Een openbaar kanaal leest het hele team." in heard.text
    assert table.read(lambda tx: tx.boards.channels("BOD")) == (
        ("console", "BOD"),
        ("console", "nieuw-kanaal"),
    )
    assert table.kinds("BOD")[-1] == "channel-linked"
    assert table.say(GUEST, "/consultatie lijst", channel="nieuw-kanaal").refusal == ""


def test_a_linked_channel_is_not_linked_again(table: Table):
    entries = table.kinds("BOD")

    heard = table.say(ADMIN, "/overlegbeheer koppel", at=NOON)

    assert heard.text.startswith("Dit kanaal hoorde al bij Overleg BOD.")
    assert table.kinds("BOD") == entries


def test_a_channel_belongs_to_one_board(table: Table):
    table.join_vp(ADMIN)

    heard = table.say(ADMIN, "/overlegbeheer koppel --overleg BOD", channel="VP")

    assert heard.refusal == "channel-taken"
    assert "Overleg VP" in heard.text


def test_an_account_is_linked_to_a_person_who_can_act_with_it_at_once(table: Table):
    heard = table.say(ADMIN, f"/overlegbeheer koppel @nieuw {VNG}", at=NOON)

    assert heard.text.startswith("Vastgelegd: account nieuw (console) hoort nu bij Persoon vng-vertegenwoordiger.")
    assert table.kinds("BOD")[-1] == "account-linked"
    assert table.say("nieuw", "/standpunt mijn").refusal == ""


def test_an_account_that_is_linked_already_is_not_linked_again(table: Table):
    entries = table.kinds("BOD")

    heard = table.say(ADMIN, f"/overlegbeheer koppel {VNG} {VNG}", at=NOON)

    assert heard.text.startswith(f"Account {VNG} (console) hoorde al bij Persoon {VNG}.")
    assert table.kinds("BOD") == entries


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        (f"koppel @nieuw {ADMIN}", "own-grant"),
        (f"koppel @{DEPUTY} {VNG}", "account-taken"),
        ("koppel @nieuw npd-vertegenwoordiger", "unknown-person"),
        ("koppel @nieuw", "missing-argument"),
    ],
)
def test_a_link_that_may_not_be_is_refused_and_leaves_no_trace(table: Table, line: str, refusal: str):
    entries = table.kinds("BOD")

    heard = table.say(ADMIN, f"/overlegbeheer {line}", at=NOON)

    assert heard.refusal == refusal
    assert table.kinds("BOD") == entries


def test_in_a_direct_message_there_is_no_channel_to_link(table: Table):
    heard = table.say(ADMIN, "/overlegbeheer koppel", at=NOON, channel="")

    assert heard.refusal == "no-board"


# --- export -------------------------------------------------------------------------------------------------


def test_all_dossiers_of_the_board_come_as_one_file(table: Table):
    table.established()

    heard = table.say(ADMIN, "/overlegbeheer exporteer --formaat json")

    (file,) = heard.attachments
    assert (file.name, file.media_type) == ("BOD-json.zip", "application/zip")
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert archive.namelist() == ["BOD-2027-001.json", "BOD.json"]
    assert heard.text == "2 dossiers van Overleg BOD zijn klaar als json."


def test_a_format_without_logs_holds_the_items_only(table: Table):
    table.established()

    heard = table.say(ADMIN, "/boardadmin export --format csv")

    (file,) = heard.attachments
    assert file.name == "BOD-2027-001.csv"


def test_a_dossier_with_hidden_positions_is_left_out_and_named(table: Table):
    table.opened("--zichtbaar na-sluiting")
    table.say(VNG, '/standpunt 001 bezwaar "Geheim."')

    heard = table.say(ADMIN, "/overlegbeheer exporteer --formaat csv")

    assert heard.attachments == ()
    assert "BOD-2027-001 ontbreekt: de standpunten blijven verborgen tot de sluiting" in heard.text


# --- log ----------------------------------------------------------------------------------------------------


def test_every_chain_of_the_board_is_checked(table: Table):
    table.established()

    heard = table.say(ADMIN, "/overlegbeheer log")

    lines = heard.text.splitlines()
    assert lines[0] == "De logboeken van Overleg BOD zijn gecontroleerd. Elke keten klopt."
    length = len(table.kinds())
    assert any(line.startswith(f"- BOD-2027-001: de keten klopt, {length} regels, laatste op") for line in lines)
    assert any(line.startswith("- BOD: de keten klopt, ") for line in lines)


def test_an_entry_that_was_changed_is_found_and_named(table: Table):
    table.established()
    engine = create_engine(table.app.store.url)
    with engine.begin() as connection:
        statement = text("UPDATE entries SET line = replace(line, 'agree', 'object') WHERE sequence = 3 AND log = :log")
        connection.execute(statement, {"log": "BOD-2027-001"})
    engine.dispose()

    heard = table.say(ADMIN, "/overlegbeheer log")

    lines = heard.text.splitlines()
    assert lines[0] == "Let op: één logboek van Overleg BOD klopt niet."
    assert any(line.startswith("- BOD-2027-001: de keten klopt niet vanaf regel 3.") for line in lines)


def test_while_positions_are_hidden_the_log_does_not_say_how_many_there_are(table: Table):
    table.opened("--zichtbaar na-sluiting")
    table.say(VNG, "/standpunt 001 akkoord")

    during = table.say(ADMIN, "/overlegbeheer log")
    table.wait_until(DEADLINE + timedelta(seconds=5))
    after = table.say(ADMIN, "/overlegbeheer log")

    assert "- BOD-2027-001: de keten klopt; de rest is verborgen" in during.text
    assert f"- BOD-2027-001: de keten klopt, {len(table.kinds())} regels" in after.text


def test_the_log_of_a_hidden_round_that_was_withdrawn_says_no_more_than_that_it_holds(table: Table):
    table.opened("--zichtbaar na-sluiting")
    table.say(CHAIR, '/consultatie trek-in 001 "Achterhaald."')

    heard = table.say(ADMIN, "/overlegbeheer log")

    assert "BOD-2027-001: de keten klopt; de rest is verborgen" in heard.text
