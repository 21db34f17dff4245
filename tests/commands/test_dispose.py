"""`consultatie voorwaarde` and `bezwaar`: the board's answer, which turns nobody's no into a yes."""

from __future__ import annotations

import pytest

from commands.dispose import CONDITION, OBJECTION
from commands.domain.outcome import Code, Reason
from commands.domain.position import Answer, Stance
from tests.commands.table import (
    ADMIN,
    ADVISER,
    CHAIR,
    GUEST,
    IPO,
    RIJK,
    SECRETARY,
    UVW,
    VNG,
    Heard,
    Table,
)
from tests.factories import DEADLINE, MICROSECOND

MET = '/consultatie voorwaarde 001 ipo ingewilligd "Punt 2 noemt 2031."'
REFUSED = '/consultatie voorwaarde 001 ipo afgewezen "Dat kan niet."'
ADDRESSED = '/consultatie bezwaar 001 vng behandeld "De kosten zijn betrokken."'


def answered(table: Table, *flags: str) -> None:
    """A round in which IPO has a condition and VNG an objection."""
    table.opened(*flags)
    table.say(IPO, '/standpunt 001 mits "Pas in 2031."')
    table.say(VNG, '/standpunt 001 bezwaar "Zonder dekking niet."')


@pytest.mark.parametrize("line, status", [(MET, Answer.MET), (REFUSED, Answer.REFUSED)])
def test_a_condition_is_answered_and_stays_a_condition(table: Table, line: str, status: Answer):
    answered(table)

    heard = table.say(SECRETARY, line)

    position = table.current("ipo")
    assert heard.refusal == ""
    assert position is not None
    assert (position.stance, position.answer) == (Stance.AGREE_IF, status)
    assert table.kinds()[-1] == "position-answered"
    assert table.entries()[-1].body["answer"] == status.value
    assert "IPO" in heard.text
    assert "Pas in 2031." in heard.text
    assert (heard.posted, heard.told) == ("", [])


def test_a_condition_that_is_met_counts_only_when_the_organisation_confirms_it(table: Table):
    answered(table)
    table.say(VNG, "/standpunt 001 hef-op")

    heard = table.say(SECRETARY, MET)
    table.say(CHAIR, '/consultatie sluit 001 "Klaar."')

    round = table.item.round
    assert round is not None
    outcome = round.outcome
    assert outcome is not None
    assert (outcome.code, outcome.reason, outcome.objecting) == (Code.NO_DECISION, Reason.OBJECTION, ("ipo",))
    assert "/standpunt BOD-2027-001 hef-op" in heard.text


def test_a_refused_condition_needs_no_confirmation(table: Table):
    answered(table)

    assert "hef-op" not in table.say(SECRETARY, REFUSED).text


def test_an_objection_is_addressed_and_no_longer_blocks_rough_consensus(table: Table):
    table.opened("--regel ruwe-consensus")
    for person in (RIJK, IPO, UVW):
        table.say(person, "/standpunt 001 akkoord")
    table.say(VNG, '/standpunt 001 bezwaar "Zonder dekking niet."')

    heard = table.say(CHAIR, ADDRESSED)

    position = table.current("vng")
    assert heard.refusal == ""
    assert position is not None
    assert (position.answer, position.answer_text) == (Answer.ADDRESSED, "De kosten zijn betrokken.")


def test_a_second_answer_replaces_the_first_and_both_are_shown(table: Table):
    answered(table)
    table.say(SECRETARY, REFUSED)

    heard = table.say(SECRETARY, MET)

    position = table.current("ipo")
    assert position is not None
    assert (position.answer, position.answer_text) == (Answer.MET, "Punt 2 noemt 2031.")
    assert "afgewezen" in heard.text
    assert "ingewilligd" in heard.text


def test_a_form_asks_before_it_replaces_an_answer_and_only_then(table: Table):
    answered(table)

    def press(status: str) -> Heard:
        return table.press(
            SECRETARY, "consult condition", item="001", organisation="ipo", answer="Toch.", status=status
        )

    first = press("refused")
    asked = press("met")
    kept = table.current("ipo")
    table.choose(SECRETARY, asked.buttons[0])

    now = table.current("ipo")
    assert len(first.buttons) == 0
    assert kept is not None
    assert now is not None
    assert (kept.answer, now.answer) == (Answer.REFUSED, Answer.MET)


def test_an_answer_may_come_after_closing_and_changes_no_outcome(table: Table):
    answered(table, "--regel ruwe-consensus")
    table.say(CHAIR, '/consultatie sluit 001 "Klaar."')
    before = table.item.round

    heard = table.say(SECRETARY, ADDRESSED)

    assert heard.refusal == ""
    assert table.item.round == before


def test_between_deadline_and_closing_no_answer_changes_the_outcome(table: Table):
    answered(table, "--regel ruwe-consensus")

    heard = table.say(SECRETARY, ADDRESSED, at=DEADLINE + MICROSECOND)

    assert heard.refusal == "round-closed"


# --- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line, refusal",
    [
        ('/consultatie voorwaarde 001 vng ingewilligd "a"', "nothing-to-answer"),  # an objection
        ('/consultatie bezwaar 001 ipo behandeld "a"', "nothing-to-answer"),  # a condition
        ('/consultatie voorwaarde 001 uvw ingewilligd "a"', "nothing-to-answer"),  # silent
        ('/consultatie voorwaarde 001 ipo behandeld "a"', "invalid-value"),
        ('/consultatie bezwaar 001 vng ingewilligd "a"', "invalid-value"),
        ('/consultatie bezwaar 001 xyz behandeld "a"', "unknown-organisation"),
        ("/consultatie bezwaar 001 vng behandeld", "missing-argument"),
    ],
)
def test_there_must_be_something_to_answer(table: Table, line: str, refusal: str):
    answered(table)

    assert table.say(SECRETARY, line).refusal == refusal
    assert table.kinds()[-1] == "position-filed"


def test_a_lifted_condition_has_nothing_to_answer(table: Table):
    answered(table)
    table.say(IPO, "/standpunt 001 hef-op")

    assert table.say(SECRETARY, MET).refusal == "nothing-to-answer"


def test_hidden_positions_are_not_found_out_by_answering_them(table: Table):
    answered(table, "--zichtbaar na-sluiting")

    assert table.say(SECRETARY, MET).refusal == "hidden-until-close"
    assert table.say(SECRETARY, ADDRESSED).refusal == "hidden-until-close"


@pytest.mark.parametrize("person", [ADMIN, VNG, IPO, ADVISER, GUEST])
@pytest.mark.parametrize("line", [MET, ADDRESSED])
def test_only_chair_and_secretary_answer(table: Table, person: str, line: str):
    answered(table)

    assert table.say(person, line).refusal == "not-allowed"


def test_a_draft_has_nothing_to_answer(table: Table):
    table.drafted()

    assert table.say(SECRETARY, MET).refusal == "not-possible"


@pytest.mark.parametrize(
    ("line", "choices"),
    [
        ('/consultatie voorwaarde 001 ipo behandeld "Ja."', "Mogelijk zijn: ingewilligd en afgewezen."),
        ('/consultatie bezwaar 001 vng ingewilligd "Ja."', "Mogelijk zijn: behandeld."),
        ('/consult objection 001 vng met "Yes."', "Mogelijk zijn: addressed."),
    ],
)
def test_only_the_words_that_fit_are_understood_and_the_refusal_names_them(table: Table, line: str, choices: str):
    answered(table)
    entries = table.kinds()

    heard = table.say(SECRETARY, line)

    assert heard.refusal == "invalid-value"
    assert choices in heard.text
    assert "(teken " in heard.text
    assert table.kinds() == entries


def test_usage_offers_only_the_words_that_fit():
    assert CONDITION.usage("nl").text == '/consultatie voorwaarde nr organisatie ingewilligd|afgewezen "antwoord"'
    assert OBJECTION.usage("nl").text == '/consultatie bezwaar nr organisatie behandeld "antwoord"'


def test_a_form_with_a_word_that_does_not_fit_has_no_position(table: Table):
    answered(table)

    heard = table.press(SECRETARY, "consult objection", item="001", organisation="vng", answer="Ja.", status="met")

    assert heard.refusal == "invalid-value"
    assert "“met” kan hier niet. Mogelijk zijn: behandeld." in heard.text
