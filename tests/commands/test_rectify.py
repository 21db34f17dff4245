"""`consultatie rectificeer`: a next decision that corrects the last one, which stays."""

from __future__ import annotations

import pytest

from commands.domain.item import State
from tests.commands.table import ADMIN, ADVISER, CHAIR, GUEST, SECRETARY, VNG, Table

RECTIFY = '/consultatie rectificeer 001 "Punt 1 noemt 2031.\nVerder niets." "Verkeerd jaartal."'


def test_a_decision_is_rectified_by_a_next_one_and_stays(table: Table):
    table.established()
    before = table.read(lambda tx: tx.decisions.of(table.item))

    heard = table.say(CHAIR, RECTIFY)

    first, second = table.read(lambda tx: tx.decisions.of(table.item))
    assert heard.refusal == ""
    assert (first,) == before
    assert (str(second.number), str(second.corrects)) == ("BOD-2027-001/B2", "BOD-2027-001/B1")
    assert (second.version, second.reason, second.person) == ("1.0", "Verkeerd jaartal.", "code-voorzitter")
    assert second.text.split("\n") == [
        "BOD-2027-001/B2 — Overleg BOD rectificeert BOD-2027-001/B1. Reden: Verkeerd jaartal.",
        "Punt 1 noemt 2031.",
        "Verder niets.",
    ]
    assert (table.item.state, table.item.decisions) == (State.ESTABLISHED, 2)
    assert table.kinds()[-1] == "decision-rectified"
    assert "BOD-2027-001/B2" in heard.posted
    assert heard.told == []


def test_the_next_rectification_corrects_the_last_one(table: Table):
    table.established()
    table.say(CHAIR, RECTIFY)

    table.say(CHAIR, RECTIFY)

    third = table.read(lambda tx: tx.decisions.of(table.item))[-1]
    assert (str(third.number), str(third.corrects)) == ("BOD-2027-001/B3", "BOD-2027-001/B2")


@pytest.mark.parametrize("person", [SECRETARY, ADMIN, VNG, ADVISER, GUEST])
def test_only_the_chair_rectifies(table: Table, person: str):
    table.established()

    assert table.say(person, RECTIFY).refusal == "not-allowed"


def test_without_a_decision_there_is_nothing_to_rectify(table: Table):
    table.opened()

    assert table.say(CHAIR, RECTIFY).refusal == "not-possible"


def test_a_form_asks_first(table: Table):
    table.established()

    asked = table.press(CHAIR, "consult rectify", item="001", text="Punt 1.", reason="Fout.")
    before = table.item.decisions
    table.choose(CHAIR, asked.buttons[0])

    assert "BOD-2027-001/B2" in asked.text
    assert (before, table.item.decisions) == (1, 2)
