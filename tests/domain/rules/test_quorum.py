"""The quorum in all its forms: met exactly, missed by one, and who is present."""

from __future__ import annotations

from dataclasses import replace

import pytest

from commands.domain.outcome import Code, Reason
from commands.domain.position import Stance
from commands.domain.rules import RULES
from commands.domain.rules.base import SilencePolicy, Unreasoned
from commands.domain.rules.data import read_quorum
from commands.domain.rules.decide import decide
from tests.domain.rules.given import SILENCE, a_position, a_roll, a_seat, ended, voters

NO_QUORUM = (Code.NO_DECISION, Reason.QUORUM)
ADOPTED = (Code.ADOPTED, None)


def majority(quorum: dict[str, object], **changes):
    return replace(RULES["simple-majority"], quorum=read_quorum(quorum), **changes)


@pytest.mark.parametrize(
    "quorum, present, is_met",
    [
        ({"organisations": 6}, 6, True),
        ({"organisations": 6}, 5, False),
        ({"organisations": "2/3"}, 8, True),
        ({"organisations": "2/3"}, 7, False),
        ({"organisations": "1/1"}, 12, True),
        ({"organisations": "1/1"}, 11, False),
        ({"organisations": "23/2"}, 12, True),
        ({"organisations": "23/2"}, 11, False),
        ({"organisations_more_than": 6}, 7, True),
        ({"organisations_more_than": 6}, 6, False),
        ({"organisations_more_than": "13/2"}, 7, True),
        ({"organisations_more_than": "13/2"}, 6, False),
        ({"organisations_more_than": "1/2"}, 7, True),
        ({"organisations_more_than": "1/2"}, 6, False),
        ({"organisations": 6, "organisations_more_than": "1/2"}, 6, False),
    ],
)
def test_a_quorum_of_twelve_organisations(quorum, present, is_met):
    members = voters(for_=present, silent=12 - present)

    assert ended(decide(majority(quorum), *members)) == (ADOPTED if is_met else NO_QUORUM)


@pytest.mark.parametrize(
    "quorum, is_met",
    [
        ({"weight": 80}, True),
        ({"weight": "80.5"}, False),
        ({"weight": "4/5"}, True),
        ({"weight": "0.81"}, False),
        ({"weight": 80, "organisations": 3}, True),
        ({"weight": 80, "organisations": 4}, False),
    ],
)
def test_three_of_twelve_with_80_of_100_of_the_weight(quorum, is_met):
    roll = a_roll(
        *(a_seat(f"groot{n}", weight="80/3") for n in range(3)),
        *(a_seat(f"klein{n}", weight="20/9") for n in range(9)),
    )
    positions = [a_position(f"groot{n}", Stance.FOR) for n in range(3)]

    assert ended(decide(majority(quorum), roll, positions)) == (ADOPTED if is_met else NO_QUORUM)


def test_nothing_of_no_weight_is_no_share_of_it():
    roll = a_roll(a_seat("a", weight=0), a_seat("b", weight=0))

    assert ended(decide(majority({"weight": "1/2"}), roll, [a_position("a", Stance.FOR)])) == NO_QUORUM
    assert ended(decide(majority({"weight": 0}), roll, [a_position("a", Stance.FOR)])) == ADOPTED


FIVE = a_roll(
    a_seat("rijk", "rijk"),
    a_seat("vng", "gemeenten"),
    a_seat("ipo", "provincies"),
    a_seat("uvw", "waterschappen"),
    a_seat("npd", "dienstverleners"),
    a_seat("ictu", "advies", voting=False),
)


@pytest.mark.parametrize(
    "quorum, answering, is_met",
    [
        ({"columns": 4, "required": ["rijk"]}, "rijk vng ipo uvw", True),
        ({"columns": 4, "required": ["rijk"]}, "vng ipo uvw npd", False),
        ({"columns": 4, "required": ["rijk"]}, "rijk vng ipo", False),
        ({"columns": "4/5"}, "vng ipo uvw npd", True),
        ({"columns": "4/5"}, "vng ipo uvw", False),
        ({"required": ["RIJK"]}, "rijk", True),
        ({"required": ["rijk", "ipo"]}, "rijk", False),
        ({"required": ["onbekend"]}, "rijk vng ipo uvw npd", False),
        ({"required": ["ictu"]}, "rijk ictu", False),
        ({"columns": 2}, "rijk ictu", False),
    ],
)
def test_a_quorum_of_columns_and_named_members(quorum, answering, is_met):
    positions = [a_position(each, Stance.FOR) for each in answering.split()]

    assert ended(decide(majority(quorum), FIVE, positions)) == (ADOPTED if is_met else NO_QUORUM)


def test_a_column_is_present_when_one_of_its_organisations_is():
    roll = a_roll(a_seat("bzk", "rijk"), a_seat("ez", "rijk"), a_seat("vng", "gemeenten"))
    rule = majority({"columns": 2})

    assert ended(decide(rule, roll, [a_position("ez", Stance.FOR)])) == NO_QUORUM
    both = [a_position("ez", Stance.FOR), a_position("vng", Stance.ABSTAIN)]
    assert ended(decide(rule, roll, both)) == ADOPTED


def test_the_recused_leave_what_a_share_is_a_share_of():
    rule = majority({"organisations": "2/3"})

    assert ended(decide(rule, *voters(for_=2, silent=1, recused=9))) == ADOPTED
    assert ended(decide(rule, *voters(for_=2, silent=2, recused=8))) == NO_QUORUM


def test_a_column_whose_organisations_are_all_recused_is_left_out_of_a_share_of_columns():
    rule = majority({"columns": "1/1"})
    positions = [a_position(each, Stance.FOR) for each in ("vng", "ipo", "uvw", "npd")]

    assert ended(decide(rule, FIVE, positions)) == NO_QUORUM
    assert ended(decide(rule, FIVE, [*positions, a_position("rijk", Stance.RECUSE, "interest")])) == ADOPTED


def test_a_required_member_that_recuses_itself_is_no_longer_required():
    rule = majority({"required": ["rijk"]})
    positions = [a_position("vng", Stance.FOR), a_position("rijk", Stance.RECUSE, "interest")]

    assert ended(decide(rule, FIVE, positions)) == ADOPTED


def test_an_abstention_is_present_unless_the_quorum_says_otherwise():
    members = voters(for_=2, abstain=2, silent=1)

    assert ended(decide(majority({"organisations": 4}), *members)) == ADOPTED
    assert ended(decide(majority({"organisations": 4, "abstentions_count": False}), *members)) == NO_QUORUM


@pytest.mark.parametrize(
    "policy, is_met",
    [
        (SilencePolicy.ABSTAIN, True),
        (SilencePolicy.NOT_COUNTED, False),
        (SilencePolicy.AGAINST, False),
        (SilencePolicy.CONSENT, False),
    ],
)
def test_the_silent_are_present_only_where_silence_is_abstention(policy, is_met):
    rule = majority({"organisations": 4}, silence=policy)

    assert ended(decide(rule, *voters(for_=3, silent=2))) == (ADOPTED if is_met else NO_QUORUM)


def test_silence_as_abstention_is_not_present_where_abstentions_are_not():
    rule = majority({"organisations": 4, "abstentions_count": False}, silence=SilencePolicy.ABSTAIN)

    assert ended(decide(rule, *voters(for_=3, silent=2))) == NO_QUORUM


def test_a_vote_that_is_dropped_is_not_present():
    rule = majority({"organisations": 3}, unreasoned_against=Unreasoned.DROPPED)
    roll, positions = voters(for_=2, silent=1)

    assert ended(decide(rule, roll, [*positions, a_position("silent0", Stance.AGAINST)])) == NO_QUORUM
    assert ended(decide(rule, roll, [*positions, a_position("silent0", Stance.AGAINST, "reasons")])) == ADOPTED


def test_no_quorum_is_asked_when_the_item_is_put_again_under_a_rule_that_says_so():
    members = voters(for_=1, silent=11)
    lapsing = majority({"organisations": 6, "on_repeat": "none"})
    staying = majority({"organisations": 6})

    assert ended(decide(lapsing, *members)) == NO_QUORUM
    assert ended(decide(lapsing, *members, repeat=True)) == ADOPTED
    assert ended(decide(staying, *members, repeat=True)) == NO_QUORUM


def test_the_quorum_comes_before_the_question_whether_anybody_voted():
    rule = majority({"organisations": 1})

    assert ended(decide(rule, *voters(silent=3))) == NO_QUORUM
    assert ended(decide(rule, *voters(abstain=1, silent=2))) == (Code.NO_DECISION, Reason.ONLY_ABSTENTIONS)


def test_all_recused_comes_before_the_quorum():
    assert ended(decide(majority({"organisations": 1}), *voters(recused=3))) == (
        Code.NO_DECISION,
        Reason.NO_ELIGIBLE,
    )


def test_the_quorum_of_a_silence_procedure_is_on_delivery():
    rule = replace(SILENCE, quorum=read_quorum({"organisations": 3}))

    assert ended(decide(rule, *voters(silent=3))) == ADOPTED
    assert ended(decide(rule, *voters(silent=2))) == NO_QUORUM


@pytest.mark.parametrize("policy", [SilencePolicy.ABSTAIN, SilencePolicy.AGAINST, SilencePolicy.CONSENT])
def test_silence_that_was_not_reached_decides_nothing_where_it_would_count(policy):
    roll = a_roll(a_seat("vng"), a_seat("npd", reached=False))
    agree = [a_position("vng", Stance.FOR)]
    rule = replace(RULES["simple-majority"], silence=policy)

    outcome = decide(rule, roll, agree)

    assert ended(outcome) == (Code.NO_DECISION, Reason.NOT_REACHED)
    assert outcome.unreached == ("npd",)
    assert ended(decide(rule, roll, [*agree, a_position("npd", Stance.FOR)])) == ADOPTED
    assert ended(decide(rule, roll, [*agree, a_position("npd", Stance.RECUSE, "interest")])) == ADOPTED


def test_silence_that_does_not_count_need_not_be_reached_but_is_named():
    roll = a_roll(a_seat("vng"), a_seat("npd", reached=False))

    outcome = decide(RULES["simple-majority"], roll, [a_position("vng", Stance.FOR)])

    assert ended(outcome) == ADOPTED
    assert outcome.unreached == ("npd",)
