"""`standpunt nr hef-op`: an organisation lifts its reservation, condition or objection."""

from __future__ import annotations

from datetime import timedelta

import pytest

from commands.domain.outcome import Code
from commands.domain.position import Filing, Stance
from tests.commands.changes import was_away
from tests.commands.table import CHAIR, DEPUTY, IPO, RIJK, SECRETARY, UVW, VNG, Table
from tests.factories import DAY, DEADLINE, SECOND

RESERVATION = '/standpunt 001 voorbehoud "Na de commissie." --soort achterban --opschortend --tot 2027-01-20'
CONDITION = '/standpunt 001 mits "Eerst geld."'
OBJECTION = '/standpunt 001 bezwaar "Geen geld."'


@pytest.mark.parametrize(
    ("line", "was", "now"),
    [
        (RESERVATION, "voorbehoud", Stance.AGREE),
        (CONDITION, "akkoord, mits", Stance.AGREE),
        (OBJECTION, "bezwaar", Stance.NO_OBJECTION),
    ],
)
def test_what_is_lifted_in_time_becomes_consent(table: Table, line: str, was: str, now: Stance):
    table.opened()
    table.say(VNG, line)

    heard = table.say(VNG, '/standpunt 001 hef-op "De commissie heeft ingestemd."')

    lifted = table.current("vng")
    assert lifted is not None
    assert (lifted.stance, lifted.text, lifted.filing) == (
        now,
        "De commissie heeft ingestemd.",
        Filing.IN_TIME,
    )
    words = "geen bezwaar" if now is Stance.NO_OBJECTION else "akkoord"
    assert heard.text.startswith(f"Vastgelegd voor VNG: was {was}, nu {words}.")


def test_the_log_says_which_entry_is_lifted(table: Table):
    table.opened()
    table.say(VNG, OBJECTION)
    objection = table.entries()[-1].sequence

    table.say(VNG, "/position 001 lift")

    assert table.entries()[-1].body["lifts"] == objection


def test_a_condition_that_was_met_counts_as_consent_only_when_the_organisation_lifts_it(table: Table):
    table.opened()
    table.say(VNG, CONDITION)
    table.say(SECRETARY, '/consultatie voorwaarde 001 vng ingewilligd "Punt 2 noemt het geld."')
    met = table.current("vng")

    table.say(VNG, "/standpunt 001 hef-op")

    lifted = table.current("vng")
    assert met is not None
    assert met.stance is Stance.AGREE_IF
    assert lifted is not None
    assert lifted.stance is Stance.AGREE


def test_a_lift_is_told_to_the_other_holders(table: Table):
    table.opened()
    table.say(VNG, OBJECTION)

    heard = table.say(DEPUTY, "/standpunt 001 hef-op")

    assert heard.told == [VNG]


def test_a_button_asks_before_it_lifts(table: Table):
    table.opened()
    table.say(VNG, OBJECTION)

    question = table.press(VNG, "position lift", item="001")
    between = table.current("vng")
    table.choose(VNG, question.buttons[0])

    assert "Er is nog niets vastgelegd." in question.text
    assert between is not None
    assert between.stance is Stance.OBJECT
    after = table.current("vng")
    assert after is not None
    assert after.stance is Stance.NO_OBJECTION


# --- after the round ----------------------------------------------------------------------------------------


def held(table: Table) -> None:
    """Everybody agrees, the VNG with a suspensive reservation, and the round closes at its deadline."""
    table.opened()
    for person in (RIJK, IPO, UVW):
        table.say(person, "/standpunt 001 akkoord")
    table.say(VNG, RESERVATION)
    table.wait_until(DEADLINE + timedelta(seconds=5))


def test_what_is_lifted_after_closing_is_kept_beside_the_outcome_which_stands(table: Table):
    held(table)

    heard = table.say(VNG, "/standpunt 001 hef-op")

    assert [(each.stance, each.filing) for each in table.filed("vng")] == [
        (Stance.RESERVATION, Filing.IN_TIME),
        (Stance.AGREE, Filing.AFTER),
    ]
    round = table.item.round
    assert round is not None
    assert round.outcome is not None
    assert round.outcome.code is Code.HELD
    assert "De uitslag van de ronde blijft staan." in heard.text
    assert heard.told == [DEPUTY]


def test_when_every_reservation_is_lifted_the_chair_can_establish(table: Table):
    held(table)
    before = table.say(CHAIR, "/consultatie stel-vast 001")
    table.say(VNG, "/standpunt 001 hef-op")

    after = table.say(CHAIR, "/consultatie stel-vast 001")

    assert before.refusal == "reason-required"
    assert after.refusal == ""


def test_what_is_lifted_after_closing_cannot_be_lifted_again(table: Table):
    held(table)
    table.say(VNG, "/standpunt 001 hef-op")

    heard = table.say(VNG, "/standpunt 001 hef-op")

    assert heard.refusal == "nothing-to-lift"


def test_a_late_position_does_not_stand_in_the_way_of_a_lift(table: Table):
    held(table)
    table.say(VNG, "/standpunt 001 onthouding")

    heard = table.say(VNG, "/standpunt 001 hef-op")

    assert heard.text.startswith("Vastgelegd voor VNG: was voorbehoud, nu akkoord.")


def test_an_objection_can_be_lifted_after_the_decision(table: Table):
    table.opened()
    for person in (RIJK, IPO, UVW):
        table.say(person, "/standpunt 001 akkoord")
    table.say(VNG, OBJECTION)
    table.wait_until(DEADLINE + timedelta(seconds=5))
    table.say(CHAIR, '/consultatie stel-vast 001 --afwijkend "De wet vraagt het."', at=DEADLINE + DAY)

    table.say(VNG, "/standpunt 001 hef-op")

    assert [each.filing for each in table.filed("vng")] == [Filing.IN_TIME, Filing.AFTER]
    assert table.filed("vng")[-1].version == "1.0"


def test_between_deadline_and_close_a_lift_no_longer_counts(table: Table):
    table.opened()
    table.say(VNG, OBJECTION)

    table.say(VNG, "/standpunt 001 hef-op", at=DEADLINE + SECOND)
    table.wait_until(DEADLINE + timedelta(seconds=5))

    assert [each.filing for each in table.filed("vng")] == [Filing.IN_TIME, Filing.AFTER]
    round = table.item.round
    assert round is not None
    assert round.outcome is not None
    assert round.outcome.objecting == ("vng",)


def test_while_the_chair_must_choose_after_an_outage_nothing_is_lifted(table: Table):
    table.opened()
    table.say(VNG, OBJECTION)
    was_away(table, DEADLINE - timedelta(hours=1), DEADLINE + timedelta(minutes=10))
    table.wait_until(DEADLINE + timedelta(minutes=11))

    heard = table.say(VNG, "/standpunt 001 hef-op")

    assert heard.refusal == "round-closed"
    assert [each.stance for each in table.filed("vng")] == [Stance.OBJECT]


def test_in_a_new_round_there_is_nothing_to_lift_of_the_one_before(table: Table):
    held(table)
    table.say(CHAIR, '/consultatie open 001 --termijn "5 werkdagen"')

    heard = table.say(VNG, "/standpunt 001 hef-op")

    assert heard.refusal == "nothing-to-lift"


# --- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["akkoord", "geen-bezwaar", "onthouding"])
def test_consent_and_abstention_hold_nothing_to_lift(table: Table, line: str):
    table.opened()
    table.say(VNG, f"/standpunt 001 {line}")
    entries = table.kinds()

    heard = table.say(VNG, "/standpunt 001 hef-op")

    assert heard.refusal == "nothing-to-lift"
    assert table.kinds() == entries


def test_an_organisation_without_a_position_has_nothing_to_lift(table: Table):
    table.opened()

    heard = table.say(VNG, "/standpunt 001 hef-op")

    assert heard.refusal == "nothing-to-lift"


@pytest.mark.parametrize(
    ("person", "line"), [(CHAIR, "hef-op"), (SECRETARY, "hef-op --namens vng"), (IPO, "hef-op --namens vng")]
)
def test_nobody_turns_anothers_no_into_a_yes(table: Table, person: str, line: str):
    table.opened()
    table.say(VNG, OBJECTION)

    heard = table.say(person, f"/standpunt 001 {line}")

    assert heard.refusal == "no-mandate"
    position = table.current("vng")
    assert position is not None
    assert position.stance is Stance.OBJECT


def test_a_draft_and_a_withdrawn_item_have_nothing_to_lift(table: Table):
    table.drafted()
    draft = table.say(VNG, "/standpunt 001 hef-op")
    table.say(CHAIR, '/consultatie open 001 --termijn "10 werkdagen"')
    table.say(VNG, OBJECTION)
    table.say(CHAIR, '/consultatie trek-in 001 "Niet meer nodig."')

    withdrawn = table.say(VNG, "/standpunt 001 hef-op")

    assert draft.refusal == "not-possible"
    assert withdrawn.refusal == "not-possible"
