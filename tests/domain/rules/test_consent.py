"""Consent: conditions, objections, reservations and notes, and which positions count at all."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from commands.domain.outcome import Code, Counts, Reason
from commands.domain.position import Answer, Filing, Stance
from commands.domain.rules import RULES
from commands.domain.rules.base import (
    NO_OBJECTION,
    Answers,
    Base,
    Comparison,
    Criterion,
    DecisionRule,
    Objections,
    Part,
    SilencePolicy,
)
from commands.domain.rules.data import read_quorum, read_rule
from commands.domain.rules.decide import decide
from tests.domain.rules.given import NOT_SUSPENSIVE, SILENCE, SUSPENSIVE, a_position, a_roll, a_seat, ended

CONSENSUS = replace(RULES["consensus"], quorum=read_quorum({"columns": 4, "required": ["rijk"]}))
ROUGH = RULES["rough-consensus"]
OBJECTION = (Code.NO_DECISION, Reason.OBJECTION)

BOARD = a_roll(
    a_seat("rijk", "rijk"),
    a_seat("vng", "gemeenten"),
    a_seat("ipo", "provincies"),
    a_seat("uvw", "waterschappen"),
    a_seat("npd", "dienstverleners"),
)


def all_agree(*others, without: str = ""):
    """Every organisation agrees but those in `without` and those that `others` are of."""
    taken = {each.organisation for each in others} | set(without.split())
    agreeing = [a_position(seat.organisation, Stance.AGREE) for seat in BOARD.seats if seat.organisation not in taken]
    return [*agreeing, *others]


def test_a_condition_and_an_objection_stop_consensus():
    condition = a_position("ipo", Stance.AGREE_IF, "Voor bestaande contracten 1 januari 2031.")
    objection = a_position("npd", Stance.OBJECT, "Zonder dekking kunnen wij niet instemmen.")

    outcome = decide(CONSENSUS, BOARD, all_agree(condition, objection))

    assert ended(outcome) == OBJECTION
    assert outcome.objecting == ("ipo", "npd")
    assert outcome.counts == Counts(for_=3, against=2)


@pytest.mark.parametrize("answer", [None, Answer.MET, Answer.REFUSED])
def test_a_condition_stops_consensus_until_the_organisation_itself_agrees(answer):
    condition = a_position("ipo", Stance.AGREE_IF, "condition", answer=answer, sequence=1)
    lifted = a_position("ipo", Stance.AGREE, sequence=2)

    assert ended(decide(CONSENSUS, BOARD, all_agree(condition))) == OBJECTION
    assert ended(decide(CONSENSUS, BOARD, all_agree(condition, lifted))) == (Code.ADOPTED, None)


@pytest.mark.parametrize("answer", [None, Answer.ADDRESSED])
def test_an_objection_stops_consensus_answered_or_not(answer):
    objection = a_position("npd", Stance.OBJECT, "reasons", answer=answer)

    assert ended(decide(CONSENSUS, BOARD, all_agree(objection))) == OBJECTION


def test_no_objection_consents_and_silence_and_abstention_are_neutral():
    positions = [
        a_position("rijk", Stance.NO_OBJECTION),
        a_position("vng", Stance.ABSTAIN),
        a_position("ipo", Stance.AGREE),
        a_position("npd", Stance.AGREE),
    ]

    outcome = decide(CONSENSUS, BOARD, positions)

    assert ended(outcome) == (Code.ADOPTED, None)
    assert outcome.silent == ("uvw",)
    assert outcome.counts == Counts(for_=3, abstain=1, silent=1)


def test_a_reservation_that_is_not_suspensive_is_a_note():
    reservation = a_position("npd", Stance.RESERVATION, "Dekking in de Voorjaarsnota.", reservation=NOT_SUSPENSIVE)

    outcome = decide(CONSENSUS, BOARD, all_agree(reservation, without="uvw"))

    assert ended(outcome) == (Code.ADOPTED_WITH_NOTE, None)
    assert outcome.noted == ("npd",)
    assert outcome.silent == ("uvw",)


def test_a_reservation_without_particulars_is_a_note_and_suspends_nothing():
    assert ended(decide(CONSENSUS, BOARD, all_agree(a_position("npd", Stance.RESERVATION, "text")))) == (
        Code.ADOPTED_WITH_NOTE,
        None,
    )


def test_a_suspensive_reservation_holds_the_outcome():
    reservation = a_position("npd", Stance.RESERVATION, "text", reservation=SUSPENSIVE)
    note = a_position("vng", Stance.AGREE, "Wij lezen punt 1 zo.")

    outcome = decide(CONSENSUS, BOARD, all_agree(reservation, note))

    assert ended(outcome) == (Code.HELD, Reason.RESERVATION)
    assert outcome.held_by == ("npd",)
    assert outcome.noted == ("vng",)


def test_a_suspensive_reservation_holds_nothing_that_is_not_adopted():
    reservation = a_position("npd", Stance.RESERVATION, "text", reservation=SUSPENSIVE)

    assert ended(decide(CONSENSUS, BOARD, all_agree(reservation, a_position("vng", Stance.OBJECT, "reasons")))) == (
        OBJECTION
    )
    assert ended(decide(CONSENSUS, BOARD, all_agree(reservation, without="rijk"))) == (
        Code.NO_DECISION,
        Reason.QUORUM,
    )
    rejected = decide(RULES["strict-unanimity"], BOARD, all_agree(reservation, without="rijk"))
    assert ended(rejected) == (Code.REJECTED, None)
    assert rejected.held_by == ()


def test_a_reservation_that_was_lifted_suspends_nothing():
    lifted = a_position("npd", Stance.AGREE, reservation=SUSPENSIVE)

    assert ended(decide(CONSENSUS, BOARD, all_agree(lifted))) == (Code.ADOPTED, None)


@pytest.mark.parametrize("stance", [Stance.AGREE, Stance.NO_OBJECTION, Stance.FOR])
def test_a_statement_with_support_is_a_note(stance):
    rule = RULES["simple-majority"]

    assert ended(decide(rule, BOARD, [a_position("vng", stance, "termijn 2031")])) == (
        Code.ADOPTED_WITH_NOTE,
        None,
    )
    assert ended(decide(rule, BOARD, [a_position("vng", stance, " ")])) == (Code.ADOPTED, None)


@pytest.mark.parametrize("stance", [Stance.AGAINST, Stance.ABSTAIN, Stance.RECUSE])
def test_a_text_without_support_is_no_note(stance):
    positions = [
        a_position("vng", Stance.FOR),
        a_position("ipo", Stance.FOR),
        a_position("uvw", stance, "text"),
    ]

    outcome = decide(RULES["simple-majority"], BOARD, positions)

    assert ended(outcome) == (Code.ADOPTED, None)
    assert outcome.noted == ()


def test_consensus_never_rejects_not_even_where_silence_is_against():
    rule = replace(RULES["consensus"], silence=SilencePolicy.AGAINST)

    assert ended(decide(rule, BOARD, all_agree(without="uvw"))) == OBJECTION
    assert ended(decide(rule, BOARD, all_agree())) == (Code.ADOPTED, None)


# --- rough consensus ----------------------------------------------------------------------------------------

VP = a_roll(
    a_seat("bzk", "rijk"),
    a_seat("ez", "rijk"),
    a_seat("fin", "rijk", voting=False),
    a_seat("vng", "gemeenten"),
)


def rough(*changes):
    agreeing = [a_position("bzk", Stance.AGREE, sequence=1), a_position("vng", Stance.AGREE, sequence=2)]
    return ended(decide(ROUGH, VP, [*agreeing, *changes]))


def an_objection(organisation, answer=Answer.ADDRESSED, sequence=9):
    return a_position(organisation, Stance.OBJECT, "reasons", answer=answer, sequence=sequence)


def test_under_rough_consensus_an_answered_objection_is_a_note():
    outcome = decide(ROUGH, VP, [a_position("bzk", Stance.AGREE), an_objection("ez")])

    assert ended(outcome) == (Code.ADOPTED_WITH_NOTE, None)
    assert outcome.objecting == ("ez",)
    assert outcome.counts.against == 1


def test_under_rough_consensus_an_unanswered_objection_stops_the_decision():
    assert rough(an_objection("ez", answer=None)) == OBJECTION


@pytest.mark.parametrize("answer", [None, *Answer])
def test_under_rough_consensus_an_unconfirmed_condition_stops_the_decision(answer):
    assert rough(a_position("ez", Stance.AGREE_IF, "condition", answer=answer, sequence=9)) == OBJECTION


def test_under_rough_consensus_answered_objections_of_a_whole_column_stop_the_decision():
    assert rough(an_objection("vng")) == OBJECTION
    assert rough(an_objection("ez"), an_objection("bzk")) == OBJECTION


def test_who_is_recused_does_not_keep_the_objectors_from_being_a_whole_column():
    assert rough(an_objection("ez"), a_position("bzk", Stance.RECUSE, "interest", sequence=9)) == OBJECTION
    assert rough(an_objection("ez"), a_position("bzk", Stance.ABSTAIN, sequence=9)) == (
        Code.ADOPTED_WITH_NOTE,
        None,
    )


def test_whose_objection_was_answered_takes_part():
    everybody = Criterion(Part.PARTICIPATING, Comparison.AT_LEAST, Fraction(1), Base.ELIGIBLE)
    rule = replace(ROUGH, criteria=(*ROUGH.criteria, everybody), quorum=read_quorum({"organisations": 3}))
    positions = [a_position("bzk", Stance.AGREE), a_position("vng", Stance.AGREE), an_objection("ez")]

    assert ended(decide(rule, VP, positions)) == (Code.ADOPTED_WITH_NOTE, None)


def test_under_a_majority_an_answered_objection_is_still_against():
    positions = [a_position("bzk", Stance.AGREE), an_objection("ez")]

    assert ended(decide(RULES["simple-majority"], VP, positions)) == (Code.REJECTED, None)


def test_under_rough_consensus_somebody_has_to_consent():
    assert ended(decide(ROUGH, VP, [an_objection("ez")])) == OBJECTION


# --- own rules and the rule of silence ----------------------------------------------------------------------

FOUR_OF_FIVE = Criterion(Part.FOR, Comparison.MINIMUM, Fraction(4))


def test_an_own_consent_rule_without_objections_gives_no_decision_on_an_objection_and_else_rejects():
    rule = DecisionRule("own", "Eigen", Answers.CONSENT, (FOUR_OF_FIVE, NO_OBJECTION), objections=Objections.BLOCK)

    assert ended(decide(rule, BOARD, all_agree(a_position("npd", Stance.OBJECT, "reasons")))) == OBJECTION
    assert ended(decide(rule, BOARD, all_agree(without="npd uvw"))) == (Code.REJECTED, None)
    assert ended(decide(rule, BOARD, all_agree(without="npd"))) == (Code.ADOPTED, None)


def test_an_own_consent_rule_that_counts_objections_rejects():
    rule = DecisionRule("own", "Eigen", Answers.CONSENT, (FOUR_OF_FIVE,))

    assert ended(decide(rule, BOARD, all_agree(a_position("npd", Stance.OBJECT, "r"), without="uvw"))) == (
        Code.REJECTED,
        None,
    )


@pytest.mark.parametrize(
    "silence, outcome",
    [("not-counted", (Code.NO_DECISION, Reason.QUORUM)), ("abstain", (Code.ADOPTED, None))],
)
def test_a_written_procedure_depends_on_what_silence_counts_as(silence, outcome):
    rule = read_rule(
        "schriftelijk",
        {
            "title": "Schriftelijk bij consensus",
            "answers": "consent",
            "criteria": [{"of": "for", "minimum": 1}, {"of": "against", "maximum": 0}],
            "quorum": {"organisations": 4, "abstentions_count": True},
            "silence": silence,
        },
    )

    assert ended(decide(rule, BOARD, all_agree(without="ipo npd"))) == outcome


def test_one_objection_breaks_the_silence_and_none_adopts():
    objection = a_position("uvw", Stance.OBJECT, "reasons")

    assert ended(decide(SILENCE, BOARD, [objection])) == (Code.NO_DECISION, Reason.SILENCE_BROKEN)
    assert ended(decide(SILENCE, BOARD, [a_position("vng", Stance.AGREE, "text")])) == (
        Code.ADOPTED_WITH_NOTE,
        None,
    )


# --- which positions count ----------------------------------------------------------------------------------


def test_late_positions_do_not_count():
    late = a_position("npd", Stance.OBJECT, "reasons", filing=Filing.LATE)

    outcome = decide(CONSENSUS, BOARD, all_agree(late))

    assert ended(outcome) == (Code.ADOPTED, None)
    assert outcome.silent == ("npd",)


def test_the_last_position_of_an_organisation_counts_and_a_withdrawn_one_leaves_it_silent():
    first = a_position("npd", Stance.OBJECT, "reasons", sequence=1)
    second = a_position("npd", Stance.AGREE, sequence=2)
    withdrawn = a_position("npd", Stance.WITHDRAWN, sequence=3)

    assert decide(CONSENSUS, BOARD, all_agree(second, first)).counts == Counts(for_=5)
    assert decide(CONSENSUS, BOARD, all_agree(withdrawn, second, first)).counts == Counts(for_=4, silent=1)


def test_advisers_and_strangers_do_not_count():
    positions = [
        a_position("bzk", Stance.AGREE),
        a_position("fin", Stance.OBJECT, "r"),
        a_position("x", Stance.OBJECT),
    ]

    outcome = decide(RULES["consensus"], VP, positions)

    assert ended(outcome) == (Code.ADOPTED, None)
    assert outcome.counts == Counts(for_=1, silent=2)


def test_the_recused_leave_numerator_and_denominator():
    positions = all_agree(a_position("npd", Stance.RECUSE, "interest"))

    outcome = decide(RULES["strict-unanimity"], BOARD, positions)

    assert ended(outcome) == (Code.ADOPTED, None)
    assert outcome.recused == ("npd",)
    assert outcome.counts.eligible == 4


def test_a_reaction_of_a_consultation_is_no_vote():
    assert ended(decide(CONSENSUS, BOARD, [a_position("rijk", Stance.SUPPORT)])) == (
        Code.NO_DECISION,
        Reason.QUORUM,
    )
    assert decide(CONSENSUS, BOARD, [a_position("rijk", Stance.SUPPORT)]).counts == Counts(silent=5)
