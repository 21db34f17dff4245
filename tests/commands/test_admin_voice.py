"""An administrator keeps the board, and has no hand in its positions."""

from __future__ import annotations

import pytest

from commands.domain.board import Role, RoleGrant
from tests.commands.changes import change_board
from tests.commands.table import ADMIN, CHAIR, DEPUTY, IPO, SECRETARY, VNG, Table
from tests.factories import DAY


def make_admin(table: Table, person: str) -> None:
    """Give a person the role of administrator of BOD, beside those that there are."""
    board = table.read(lambda tx: tx.boards.get("BOD"))
    assert board is not None
    change_board(table, roles=(*board.roles, RoleGrant(person, Role.ADMIN)))


@pytest.mark.parametrize(
    "line",
    [
        '/standpunt 001 bezwaar "Te duur."',
        "/standpunt 001 trek-in",
        "/standpunt 001 hef-op",
        "/standpunt 001 naar-vergadering",
        '/standpunt 001 betwist "Wezenlijk."',
    ],
)
def test_an_administrator_with_a_mandate_cannot_touch_a_position(table: Table, line: str):
    table.opened()
    table.say(VNG, '/standpunt 001 mits "Met geld."')
    make_admin(table, VNG)
    before = table.kinds()

    heard = table.say(VNG, line)

    assert heard.refusal == "not-allowed"
    assert "ook niet met een mandaat voor VNG" in heard.text
    assert table.kinds() == before


def test_an_administrator_with_a_mandate_cannot_answer_a_consultation(table: Table):
    table.opened("--soort consultatie")
    make_admin(table, VNG)

    heard = table.say(VNG, "/reactie 001 steun")

    assert heard.refusal == "not-allowed"
    assert table.current("vng") is None


def test_another_holder_still_speaks_for_the_organisation_of_an_administrator(table: Table):
    table.opened()
    make_admin(table, VNG)

    heard = table.say(DEPUTY, "/standpunt 001 akkoord")

    assert heard.refusal == ""


@pytest.mark.parametrize("line", [f"/mandaat verleen @{ADMIN} ipo", f"/mandaat vervang @{IPO} @{ADMIN} ipo"])
def test_an_administrator_gets_no_mandate(table: Table, line: str):
    table.opened()
    before = table.kinds("BOD")

    heard = table.say(SECRETARY, line, at=table.clock.now() + DAY)

    assert heard.refusal == "not-allowed"
    assert "is beheerder van dit overleg" in heard.text
    assert table.kinds("BOD") == before


# --- words that are no verb -----------------------------------------------------------------------------------


@pytest.mark.parametrize("slip", ["sluitt", "stelvast", "trekin", "houdaan", "rectificer", "withdrw"])
def test_a_slip_is_never_completed_to_an_act_that_cannot_be_taken_back(table: Table, slip: str):
    table.opened()

    heard = table.say(CHAIR, f'/consultatie {slip} 001 "Genoeg."')

    assert heard.refusal == "unknown-command"
    assert "Bedoelt u" not in heard.text
    assert heard.text.endswith("Typ bijvoorbeeld: /consultatie help")


def test_a_slip_in_a_verb_that_harms_nothing_is_mended(table: Table):
    table.opened()

    heard = table.say(CHAIR, "/consultatie stnd 001")

    assert heard.text.endswith("Typ bijvoorbeeld: /consultatie stand 001")


@pytest.mark.parametrize(
    "line, word, guide",
    [
        ('/consultatie splits 001 "Te veel."', "splits", "/consultatie help"),
        ('/consult escalate 001 "Too much."', "escalate", "/consult help"),
        ("/mandaat volmacht vng ipo", "volmacht", "/mandaat help"),
        ("/besluit acties", "acties", "/besluit help"),
        ("/overlegbeheer regels", "regels", "/overlegbeheer help"),
    ],
)
def test_what_this_version_does_not_have_yet_is_called_so(table: Table, line: str, word: str, guide: str):
    heard = table.say(CHAIR, line, at=table.clock.now() + DAY)

    assert heard.refusal == "not-in-this-version"
    assert heard.text == (
        f"Deze versie van Samenspraak kan “{word}” nog niet. Er is niets vastgelegd. Typ {guide} voor wat wel kan."
    )


def test_only_the_kinds_that_are_built_are_offered(table: Table):
    heard = table.say(SECRETARY, "/help consultatie", at=table.clock.now() + DAY)

    assert "--soort consultatie|instemming]" in heard.text
