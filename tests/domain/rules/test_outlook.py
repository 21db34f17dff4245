"""What is still needed and what is still possible, held against every way in which the silent can answer."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from commands.domain.outcome import Code, Reason
from commands.domain.position import Answer, Kind, Position, Reservation, ReservationKind, Stance
from commands.domain.roll import Roll
from commands.domain.rules import RULES
from commands.domain.rules.base import (
    EACH,
    NO_OBJECTION,
    Amount,
    Answers,
    AnyOf,
    Base,
    Comparison,
    Criterion,
    DecisionRule,
    Measure,
    Objections,
    OnRepeat,
    Part,
    Quorum,
    SilencePolicy,
    TiePolicy,
    Unreasoned,
)
from commands.domain.rules.data import read_quorum, read_rule
from commands.domain.rules.decide import decide
from commands.domain.rules.outlook import outlook
from commands.domain.rules.reach import Possibility
from commands.domain.values import Code as Shown
from commands.domain.values import Line, Value
from tests.domain.rules.given import (
    SILENCE,
    SUSPENSIVE,
    a_position,
    a_roll,
    a_seat,
    consent_answers,
    filed,
    vote_answers,
    voters,
)

ADOPTED = Possibility(Code.ADOPTED)
WITH_NOTE = Possibility(Code.ADOPTED_WITH_NOTE)
REJECTED = Possibility(Code.REJECTED)
HELD = Possibility(Code.HELD, Reason.RESERVATION)
TIE = Possibility(Code.HELD, Reason.TIE)


def undecided(reason: Reason) -> Possibility:
    return Possibility(Code.NO_DECISION, reason)


def line(key: str, **values: Value) -> Line:
    return Line(key, values)


# --- every prefix of 200 profiles, against all remaining answers --------------------------------------------


def a_random_rule(pick: random.Random, organisations: list[str]) -> DecisionRule:
    """A named rule or an own one, with any quorum, silence value and tie policy."""
    if pick.random() < 0.5:
        named = pick.choice([*RULES.values(), SILENCE])
        rule = replace(named.asked_as(pick.choice([Kind.VOTE, Kind.CONSENT])), required=())
    else:
        rule = _an_own_rule(pick, organisations)
    if pick.random() < 0.5:
        rule = replace(rule, quorum=_a_quorum(pick, organisations))
    if rule.objections is not Objections.BREAK_SILENCE and pick.random() < 0.4:
        rule = replace(rule, silence=pick.choice(list(SilencePolicy)))
    return replace(rule, tie=pick.choice(list(TiePolicy)))


def _an_own_rule(pick: random.Random, organisations: list[str]) -> DecisionRule:
    answers = pick.choice([Answers.VOTE, Answers.CONSENT])
    criteria: list[Criterion | AnyOf] = [_a_criterion(pick) for _ in range(pick.randint(1, 3))]
    if pick.random() < 0.3:
        criteria.append(AnyOf((_a_criterion(pick), _a_criterion(pick))))
    objections = Objections.COUNTED
    if answers is Answers.CONSENT and pick.random() < 0.5:
        criteria.append(NO_OBJECTION)
        objections = pick.choice([Objections.BLOCK, Objections.BLOCK_UNTIL_ANSWERED])
    if answers is Answers.VOTE and pick.random() < 0.4:
        half, measure = Fraction(1, 2), pick.choice(list(Measure))
        column = pick.choice(["", EACH])
        criteria = [Criterion(Part.FOR, Comparison.MORE_THAN, half, Base.CAST, measure, column)]
    return DecisionRule(
        id="own",
        title="Eigen",
        answers=answers,
        criteria=tuple(criteria),
        required=tuple(pick.sample(organisations, pick.choice([0, 0, 0, 1]))),
        unreasoned_against=pick.choice(list(Unreasoned)),
        objections=objections,
    )


def _a_criterion(pick: random.Random) -> Criterion:
    of = Part.FOR if pick.random() < 0.5 else pick.choice(list(Part))
    comparison = pick.choice(list(Comparison))
    measure = pick.choice([Measure.ORGANISATIONS, Measure.ORGANISATIONS, Measure.WEIGHT])
    column = pick.choice(["", "", "", EACH, "a", "b"])
    if not comparison.is_share:
        return Criterion(of, comparison, Fraction(pick.randint(0, 3)), None, measure, column)
    shares = [Fraction(1, 2), Fraction(2, 3), Fraction(1, 4)]
    if comparison in (Comparison.AT_LEAST, Comparison.AT_MOST):
        shares += [Fraction(0), Fraction(1)]
    return Criterion(of, comparison, pick.choice(shares), pick.choice(list(Base)), measure, column)


def _a_quorum(pick: random.Random, organisations: list[str]) -> Quorum:
    def an_amount(most: int) -> Amount | None:
        share = Amount(pick.choice([Fraction(1, 2), Fraction(2, 3), Fraction(1)]), is_share=True)
        return pick.choice([None, None, Amount(Fraction(pick.randint(0, most))), share])

    return Quorum(
        organisations=an_amount(3),
        organisations_more_than=an_amount(2),
        weight=an_amount(4),
        columns=an_amount(2),
        required=tuple(pick.sample([*organisations, "onbekend"], pick.choice([0, 0, 0, 1]))),
        abstentions_count=pick.random() < 0.7,
        on_repeat=pick.choice(list(OnRepeat)),
    )


@dataclass(frozen=True)
class Case:
    """A rule and a roll, and the outcome of every way of answering: for each seat the index of its answer."""

    rule: DecisionRule
    roll: Roll
    repeat: bool
    answers: list[list[Position | None]]
    ends: dict[tuple[int, ...], Possibility]

    def possible(self, prefix: tuple[int, ...]) -> set[Possibility]:
        return {end for ways, end in self.ends.items() if ways[: len(prefix)] == prefix}

    def positions(self, prefix: tuple[int, ...]) -> list[Position]:
        return filed(self.answers[seat][way] for seat, way in enumerate(prefix))


def a_case(seed: int) -> Case:
    pick = random.Random(seed)
    organisations = [f"o{number}" for number in range(pick.choice([2, 3, 3, 4]))]
    rule = a_random_rule(pick, organisations)
    roll = a_roll(
        *(
            a_seat(
                each,
                column=pick.choice(["", "a", "b", "b"]),
                weight=pick.choice(["1", "1", "2", "1/2", "0"]),
                reached=pick.random() < 0.85,
            )
            for each in organisations
        )
    )
    repeat = pick.random() < 0.3
    answers_of = consent_answers if rule.answers is Answers.CONSENT else vote_answers
    answers = [list(answers_of(each)) for each in organisations]
    ends = {}
    for ways in product(*(range(len(each)) for each in answers)):
        positions = filed(own[way] for own, way in zip(answers, ways, strict=True))
        outcome = decide(rule, roll, positions, repeat=repeat)
        ends[ways] = Possibility(outcome.code, outcome.reason)
    return Case(rule, roll, repeat, answers, ends)


def prefixes(case: Case, seed: int) -> Iterator[tuple[int, ...]]:
    """Every prefix of five profiles in which everybody answers, one organisation after the other."""
    pick = random.Random(seed)
    for _ in range(5):
        profile = tuple(pick.randrange(1, len(each)) for each in case.answers)
        for length in range(len(profile) + 1):
            yield profile[:length]


@pytest.mark.parametrize("seed", range(40))
def test_at_every_prefix_the_range_is_what_all_remaining_answers_give(seed):
    case = a_case(seed)

    for prefix in prefixes(case, seed):
        expected = case.possible(prefix)
        positions = case.positions(prefix)
        found = outlook(case.rule, case.roll, positions, repeat=case.repeat)
        assert found.is_exact
        assert found.possible == expected
        assert (found.needed == ()) == found.now.is_adopted

        bounded = outlook(case.rule, case.roll, positions, repeat=case.repeat, most_ways=0)
        assert bounded.possible == expected if bounded.is_exact else bounded.possible > expected


def test_an_answered_objection_blocks_or_not_by_what_the_others_of_its_column_do():
    roll = a_roll(a_seat("bzk", "rijk"), a_seat("ez", "rijk"), a_seat("vng", "gemeenten"))
    positions = [
        a_position("bzk", Stance.OBJECT, "reasons", answer=Answer.ADDRESSED),
        a_position("vng", Stance.AGREE),
    ]

    found = outlook(RULES["rough-consensus"], roll, positions)

    assert found.possible == {WITH_NOTE, HELD, undecided(Reason.OBJECTION)}
    assert found.needed == ()
    ez_recused = outlook(RULES["rough-consensus"], roll, [*positions, a_position("ez", Stance.RECUSE, "x")])
    assert ez_recused.possible == {undecided(Reason.OBJECTION)}
    assert ez_recused.needed == (line("needed.objection.answered", organisation="BZK"),)


def own(*criteria: dict[str, Any], **keys: Any) -> DecisionRule:
    return read_rule("own", {"title": "Eigen", "answers": "vote", "criteria": list(criteria), **keys})


def test_a_column_may_stay_silent_while_another_votes():
    rule = own({"column": "a", "of": "participating", "minimum": 1})

    found = outlook(rule, a_roll(a_seat("a1", "a"), a_seat("b1", "b")), [])

    assert REJECTED in found.possible


def test_a_column_that_is_too_small_may_drop_out_of_each():
    rule = own({"column": "each", "of": "for", "minimum": 2})
    roll = a_roll(a_seat("a1", "a"), a_seat("b1", "b"), a_seat("b2", "b"))

    found = outlook(rule, roll, [])

    assert ADOPTED in found.possible


def test_a_column_without_votes_cast_is_no_obstacle_in_each():
    rule = own({"column": "each", "of": "not-for", "base": "cast", "at_most": "1/2"})
    roll = a_roll(a_seat("a1", "a"), a_seat("b1", "b"))

    found = outlook(rule, roll, [a_position("a1", Stance.ABSTAIN)])

    assert ADOPTED in found.possible


def test_a_vote_without_reasons_that_will_be_dropped_is_one_of_the_answers():
    rule = majority(
        unreasoned_against=Unreasoned.DROPPED,
        silence=SilencePolicy.ABSTAIN,
        quorum=read_quorum({"organisations": "1/1"}),
    )

    found = outlook(rule, *voters(for_=1, silent=1))

    assert undecided(Reason.QUORUM) in found.possible
    assert (
        undecided(Reason.QUORUM)
        not in outlook(replace(rule, unreasoned_against=Unreasoned.COUNTED), *voters(for_=1, silent=1)).possible
    )


# --- what is still needed, from whom ------------------------------------------------------------------------

CONSENSUS = replace(RULES["consensus"], quorum=read_quorum({"columns": 4, "required": ["rijk"]}))
BOARD = a_roll(
    a_seat("rijk", "rijk"),
    a_seat("vng", "gemeenten"),
    a_seat("ipo", "provincies"),
    a_seat("uvw", "waterschappen"),
    a_seat("npd", "dienstverleners"),
)


def test_a_condition_and_an_objection_are_named_with_what_they_wait_for():
    positions = [
        *(a_position(each, Stance.AGREE) for each in ("rijk", "vng", "uvw")),
        a_position("ipo", Stance.AGREE_IF, "condition"),
        a_position("npd", Stance.OBJECT, "reasons"),
    ]

    found = outlook(CONSENSUS, BOARD, positions)

    assert found.needed == (
        line("needed.condition.open", organisation="IPO"),
        line("needed.objection.open", organisation="NPD"),
    )
    assert found.possible == {undecided(Reason.OBJECTION)}
    assert found.waiting_for == ()


@pytest.mark.parametrize(
    "stance, answer, key",
    [
        (Stance.AGREE_IF, Answer.MET, "condition.met"),
        (Stance.AGREE_IF, Answer.REFUSED, "condition.refused"),
        (Stance.OBJECT, Answer.ADDRESSED, "objection.answered"),
    ],
)
def test_what_was_answered_still_waits_for_the_organisation(stance, answer, key):
    positions = [a_position(each, Stance.AGREE) for each in ("rijk", "vng", "uvw", "npd")]

    found = outlook(CONSENSUS, BOARD, [*positions, a_position("ipo", stance, "text", answer=answer)])

    assert found.needed == (line(f"needed.{key}", organisation="IPO"),)


def test_under_rough_consensus_an_objection_waits_for_an_answer():
    positions = [a_position("rijk", Stance.AGREE), a_position("ipo", Stance.OBJECT, "reasons")]

    found = outlook(RULES["rough-consensus"], BOARD, positions)

    assert found.needed == (line("needed.objection.unanswered", organisation="IPO"),)


def test_the_quorum_names_missing_columns_and_members():
    found = outlook(CONSENSUS, BOARD, [a_position(each, Stance.AGREE) for each in ("vng", "ipo", "uvw")])

    assert found.needed == (
        line("needed.quorum.columns", count=1, columns=("rijk", "dienstverleners")),
        line("needed.quorum.required", organisation="RIJK"),
    )
    assert found.waiting_for == ("rijk", "npd")
    assert found.possible == {
        ADOPTED,
        WITH_NOTE,
        HELD,
        undecided(Reason.OBJECTION),
        undecided(Reason.QUORUM),
    }
    assert (found.now.code, found.now.reason) == (Code.NO_DECISION, Reason.QUORUM)


def test_a_suspensive_reservation_is_named_with_its_date():
    until = Reservation(ReservationKind.CONSTITUENCY, suspensive=True, until=date(2027, 3, 26))
    positions = [
        *(a_position(each, Stance.AGREE) for each in ("rijk", "ipo", "uvw")),
        a_position("vng", Stance.RESERVATION, "text", reservation=until),
        a_position("npd", Stance.RESERVATION, "text", reservation=SUSPENSIVE),
    ]

    found = outlook(CONSENSUS, BOARD, positions)

    assert found.needed == (
        line("needed.reservation", organisation="VNG", until=date(2027, 3, 26)),
        line("needed.reservation", organisation="NPD", until=""),
    )
    assert found.possible == {HELD}


def test_nothing_is_needed_once_it_is_adopted_and_every_answer_to_come_is_still_possible():
    found = outlook(CONSENSUS, BOARD, [a_position(each, Stance.AGREE) for each in ("rijk", "vng", "ipo", "uvw")])

    assert found.needed == ()
    assert found.possible == {ADOPTED, WITH_NOTE, HELD, undecided(Reason.OBJECTION)}
    assert found.waiting_for == ("npd",)


def majority(**changes: Any) -> DecisionRule:
    return replace(RULES["simple-majority"].asked_as(Kind.VOTE), **changes)


@pytest.mark.parametrize(
    "name, answered, count",
    [
        ("simple-majority", {"for_": 2, "against": 3, "silent": 4}, 2),
        ("simple-majority", {"for_": 3, "against": 3, "silent": 4}, 1),
        ("simple-majority", {"silent": 4}, 1),
        ("majority-of-members", {"for_": 5, "against": 1, "silent": 6}, 2),
        ("two-thirds-cast", {"for_": 1, "against": 2, "silent": 6}, 3),
        ("two-thirds-members", {"for_": 1, "abstain": 2, "silent": 9, "recused": 3}, 7),
        ("strict-unanimity", {"for_": 1, "silent": 4}, 4),
    ],
)
def test_the_votes_still_needed_are_enough_and_one_less_is_not(name, answered, count):
    rule = RULES[name].asked_as(Kind.VOTE)
    roll, positions = voters(**answered)

    found = outlook(rule, roll, positions)

    assert found.needed == (line("needed.support", what=line("needed.for.vote", column="", count=count)),)
    more = [a_position(f"silent{number}", Stance.FOR) for number in range(count)]
    assert decide(rule, roll, [*positions, *more]).is_adopted
    assert not decide(rule, roll, [*positions, *more[1:]]).is_adopted


@pytest.mark.parametrize(
    "quorum, count",
    [
        ({"organisations": 6}, 3),
        ({"organisations_more_than": "13/2"}, 4),
        ({"organisations": "2/3"}, 5),
        ({"organisations_more_than": "2/3"}, 6),
    ],
)
def test_the_organisations_still_needed_for_the_quorum_are_enough_and_one_less_is_not(quorum, count):
    rule = majority(quorum=read_quorum(quorum))
    roll, positions = voters(for_=3, silent=9)

    found = outlook(rule, roll, positions)

    assert found.needed == (line("needed.quorum.organisations", count=count),)
    more = [a_position(f"silent{number}", Stance.ABSTAIN) for number in range(count)]
    assert decide(rule, roll, [*positions, *more]).is_adopted
    assert not decide(rule, roll, [*positions, *more[1:]]).is_adopted


def test_weight_that_is_still_needed_is_exact():
    roll = a_roll(a_seat("a", weight="2.5"), a_seat("b", weight="4"), a_seat("c", weight="9"))
    positions = [a_position("a", Stance.FOR), a_position("b", Stance.AGAINST, "reasons")]
    weighted = RULES["weighted"].asked_as(Kind.VOTE)
    quorum = majority(quorum=read_quorum({"weight": "2/3"}))

    assert outlook(weighted, roll, positions).needed == (
        line("needed.support", what=line("needed.weight.more-than", column="", weight=Shown("1.5"))),
    )
    assert outlook(quorum, roll, positions).needed[0] == line("needed.quorum.weight", weight=Fraction(23, 6))


def test_what_the_silent_cannot_bring_about_takes_a_change_of_position():
    roll, positions = voters(for_=1, against=4, silent=2)
    found = outlook(majority(), roll, positions)
    requirement = line(
        "criterion.more-than-half",
        what=line("criterion.of.organisations.for.vote"),
        base=line("criterion.base.organisations.cast.vote"),
    )

    assert found.needed == (line("needed.support", what=line("needed.change", what=requirement)),)
    assert found.possible == {REJECTED}


def test_a_quorum_that_is_out_of_reach_takes_a_change_of_position():
    rule = majority(quorum=read_quorum({"organisations": 2, "abstentions_count": False}))
    roll, positions = voters(abstain=2, silent=1)

    found = outlook(rule, roll, positions)

    change = line("needed.support", what=line("needed.change", what=line("needed.quorum")))
    assert found.needed[0] == change
    assert found.possible == {undecided(Reason.QUORUM)}


def test_only_alternatives_within_reach_are_offered():
    rule = RULES["double-majority"].asked_as(Kind.VOTE)
    roll = a_roll(*(a_seat(f"o{number}", weight=10) for number in range(10)))
    votes = [a_position(f"o{number}", Stance.FOR) for number in range(5)]

    by_either = outlook(rule, roll, votes)
    by_three = outlook(rule, roll, [*votes, a_position("o5", Stance.FOR), a_position("o9", Stance.AGAINST)])

    one = line("needed.for.vote", column="", count=1)
    weight = line("needed.all-of", parts=(line("needed.weight.at-least", column="", weight=15),))
    heads = line("needed.all-of", parts=(line("needed.for.vote", column="", count=2),))
    assert by_either.needed == (
        line("needed.support", what=one),
        line("needed.support", what=line("needed.or", first=weight, second=heads)),
    )
    weight = line("needed.all-of", parts=(line("needed.weight.at-least", column="", weight=5),))
    heads = line("needed.all-of", parts=(one,))
    assert by_three.needed == (line("needed.support", what=line("needed.or", first=weight, second=heads)),)


def test_each_column_says_what_it_lacks_and_a_named_member_is_named():
    rule = read_rule(
        "own",
        {
            "title": "Eigen",
            "answers": "consent",
            "criteria": [
                {"column": "each", "of": "for", "minimum": 2},
                {"of": "participating", "base": "eligible", "at_least": "3/4"},
            ],
            "required": ["b1"],
        },
    )
    roll = a_roll(a_seat("a1", "a"), a_seat("a2", "a"), a_seat("b1", "b"), a_seat("b2", "b"))

    found = outlook(rule, roll, [a_position("a1", Stance.AGREE)])

    assert found.needed == (
        line("needed.support", what=line("needed.for.consent", column="a", count=1)),
        line("needed.support", what=line("needed.for.consent", column="b", count=2)),
        line("needed.support", what=line("needed.participating", column="", count=2)),
        line("needed.required", organisation="B1"),
    )


def test_who_was_not_reached_is_named_where_silence_counts():
    rule = majority(silence=SilencePolicy.CONSENT)
    roll = a_roll(a_seat("a"), a_seat("b", reached=False))
    positions = [a_position("a", Stance.FOR)]

    assert outlook(rule, roll, positions).needed == (line("needed.reached", organisation="B"),)
    assert outlook(majority(), roll, positions).needed == ()


def test_somebody_has_to_answer_even_where_silence_consents():
    rule = majority(silence=SilencePolicy.CONSENT)

    found = outlook(rule, *voters(silent=3))

    assert found.needed == (line("needed.answer"),)


def test_when_all_are_recused_nobody_can_bring_anything_about():
    found = outlook(RULES["consensus"], *voters(recused=2))

    assert found.needed == (line("needed.eligible"),)
    assert found.possible == {undecided(Reason.NO_ELIGIBLE)}


def test_a_rule_for_either_kind_is_taken_as_both():
    roll, positions = voters(for_=2, silent=1)

    assert HELD in outlook(RULES["simple-majority"], roll, positions).possible
    assert HELD not in outlook(majority(), roll, positions).possible


# --- large rolls --------------------------------------------------------------------------------------------


def a_large_roll(number: int, *, weights: int = 1) -> Roll:
    return a_roll(*(a_seat(f"o{n}", f"c{n % 5}", 1 + n % weights) for n in range(number)))


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("answered", [0, 500])
def test_a_thousand_organisations_with_all_weights_different_are_looked_through_to_the_end(name, answered):
    kind = Kind.CONSENT if RULES[name].answers is Answers.CONSENT else Kind.VOTE
    rule = replace(RULES[name].asked_as(kind), quorum=read_quorum({"organisations": "1/2", "columns": 4}))
    roll = a_large_roll(1000, weights=1000)
    stances = (Stance.AGREE, Stance.ABSTAIN) if kind is Kind.CONSENT else (Stance.FOR, Stance.AGAINST)
    positions = [a_position(f"o{n}", stances[n % 2], "reasons" * (n % 2)) for n in range(answered)]

    found = outlook(rule, roll, positions)

    assert found.is_exact


@pytest.mark.parametrize(
    "answered, expected",
    [
        (6000, {ADOPTED, WITH_NOTE}),
        (4999, {ADOPTED, WITH_NOTE, REJECTED, TIE}),
        (5000, {ADOPTED, WITH_NOTE, REJECTED}),
        (5001, {ADOPTED, WITH_NOTE}),
        (4998, {ADOPTED, WITH_NOTE, REJECTED, TIE, undecided(Reason.QUORUM)}),
        (
            0,
            {
                *(ADOPTED, WITH_NOTE, REJECTED, TIE),
                *map(undecided, (Reason.QUORUM, Reason.NO_ELIGIBLE, Reason.ONLY_ABSTENTIONS)),
            },
        ),
    ],
)
def test_a_majority_of_ten_thousand_is_exact_to_the_vote(answered, expected):
    rule = majority(tie=TiePolicy.HELD, quorum=read_quorum({"organisations": 5000}))
    roll = a_large_roll(10_000)
    positions = [a_position(f"o{n}", Stance.FOR) for n in range(answered)]
    if answered in (4998, 4999):
        positions.append(a_position("o9999", Stance.ABSTAIN))  # not everybody can vote any more

    found = outlook(rule, roll, positions)

    assert found.is_exact
    assert found.possible == expected


def test_a_tie_that_needs_one_organisation_to_stay_silent_is_possible():
    rule = majority(tie=TiePolicy.HELD, silence=SilencePolicy.AGAINST)
    roll = a_large_roll(1000)
    positions = [a_position(f"o{n}", Stance.FOR) for n in range(500)]

    assert outlook(rule, roll, positions).possible == {ADOPTED, WITH_NOTE, REJECTED, TIE}
    assert outlook(majority(tie=TiePolicy.HELD), roll, positions).possible == {ADOPTED, WITH_NOTE, REJECTED}
