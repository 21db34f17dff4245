"""`standpunt nr trek-in`: an organisation takes its position back."""

from __future__ import annotations

import pytest

from commands.domain.position import Filing, Stance
from tests.commands.table import ADVISER, CHAIR, DEPUTY, IPO, SECRETARY, VNG, Table
from tests.factories import DEADLINE, MICROSECOND


def test_a_withdrawn_position_leaves_the_organisation_silent(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")

    heard = table.say(VNG, "/standpunt 001 trek-in")

    assert heard.text.startswith("Vastgelegd voor VNG: was akkoord, nu ingetrokken.")
    assert table.current("vng") is None
    unanswered = table.read(lambda tx: tx.rolls.unanswered(tx.items.get(table.item.number)))
    assert [seat.organisation for seat in unanswered] == ["rijk", "vng", "ipo", "uvw"]


def test_a_withdrawal_stays_in_the_log_beside_what_it_withdrew(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")

    table.say(VNG, "/position 001 withdraw")

    assert [each.stance for each in table.filed("vng")] == [Stance.AGREE, Stance.WITHDRAWN]
    assert [each.body["stance"] for each in table.entries()[-2:]] == ["agree", "withdrawn"]


def test_a_withdrawal_is_told_to_the_other_holders(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")

    heard = table.say(DEPUTY, "/standpunt 001 trek-in")

    assert heard.told == [VNG]


def test_after_a_withdrawal_a_position_is_a_first_one_again(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")
    table.say(VNG, "/standpunt 001 trek-in")

    heard = table.say(VNG, "/standpunt 001 akkoord")

    assert heard.text.startswith("Vastgelegd voor VNG: akkoord.")


def test_a_button_asks_before_it_withdraws(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")

    question = table.press(VNG, "position withdraw", item="001")
    between = table.current("vng")
    table.choose(VNG, question.buttons[0])

    assert "Er is nog niets vastgelegd." in question.text
    assert between is not None
    assert table.current("vng") is None


@pytest.mark.parametrize(
    ("person", "line", "refusal"),
    [
        (IPO, "trek-in", "no-position"),
        (CHAIR, "trek-in", "no-mandate"),
        (SECRETARY, "trek-in --namens vng", "no-mandate"),
        (IPO, "trek-in --namens vng", "no-mandate"),
        (ADVISER, "trek-in", "not-on-roll"),
    ],
)
def test_nobody_withdraws_what_he_does_not_speak_for(table: Table, person: str, line: str, refusal: str):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")
    entries = table.kinds()

    heard = table.say(person, f"/standpunt 001 {line}")

    assert heard.refusal == refusal
    assert table.kinds() == entries


def test_a_draft_has_nothing_to_withdraw(table: Table):
    table.drafted()

    heard = table.say(VNG, "/standpunt 001 trek-in")

    assert heard.refusal == "not-possible"


def test_a_withdrawal_after_the_deadline_is_late_and_the_position_stands(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")

    heard = table.say(VNG, "/standpunt 001 trek-in", at=DEADLINE + MICROSECOND)

    assert heard.refusal == "round-closed"
    assert [each.filing for each in table.filed("vng")] == [Filing.IN_TIME, Filing.LATE]
    position = table.current("vng")
    assert position is not None
    assert position.stance is Stance.AGREE
