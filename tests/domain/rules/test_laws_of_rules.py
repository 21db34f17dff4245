"""Laws that hold for every rule: order does not matter, support does not harm, nothing is lost in writing."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from commands.domain.outcome import Code
from commands.domain.position import Answer, Filing, Kind, Position, Stance
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
    Part,
    Quorum,
    SilencePolicy,
    TiePolicy,
    Unreasoned,
)
from commands.domain.rules.data import read_rule, rule_as_data
from commands.domain.rules.decide import decide
from commands.domain.rules.describe import describe
from commands.domain.rules.limits import is_monotone
from commands.domain.tally import Pile, tally
from tests.domain.rules.given import NOON, a_position, a_seat

NAMES = [f"o{number}" for number in range(7)]
SHARES = [Fraction(1, 2), Fraction(2, 3), Fraction(1, 4), Fraction(13, 20)]

amounts = st.one_of(
    st.integers(0, 7).map(lambda number: Amount(Fraction(number))),
    st.sampled_from([*SHARES, Fraction(1)]).map(lambda share: Amount(share, is_share=True)),
)
quorums = st.builds(
    Quorum,
    organisations=st.none() | amounts,
    organisations_more_than=st.none() | amounts,
    weight=st.none() | amounts,
    columns=amounts,
    required=st.lists(st.sampled_from(NAMES), unique=True, max_size=2).map(tuple),
    abstentions_count=st.booleans(),
)
columns = st.sampled_from(["", EACH, "a", "b"])
shares = st.builds(
    Criterion,
    st.sampled_from(Part),
    st.sampled_from([each for each in Comparison if each.is_share]),
    st.sampled_from(SHARES),
    st.sampled_from(Base),
    st.sampled_from(Measure),
    columns,
)
numbers = st.builds(
    Criterion,
    st.sampled_from(Part),
    st.sampled_from([Comparison.MINIMUM, Comparison.MAXIMUM]),
    st.integers(0, 7).map(Fraction),
    st.none(),
    st.sampled_from(Measure),
    columns,
)
criteria = st.one_of(shares, numbers)
conditions = st.one_of(criteria, st.tuples(criteria, criteria).map(AnyOf))


@st.composite
def rules(draw: st.DrawFn) -> DecisionRule:
    settings: dict[str, Any] = {
        "quorum": draw(st.none() | quorums),
        "silence": draw(st.sampled_from(SilencePolicy)),
        "tie": draw(st.sampled_from(TiePolicy)),
    }
    if draw(st.booleans()):
        named = draw(st.sampled_from(list(RULES.values())))
        if named.objections is Objections.BREAK_SILENCE:
            settings["silence"] = SilencePolicy.CONSENT  # nothing else is silence
        return replace(named, **settings)
    chosen = tuple(draw(st.lists(conditions, min_size=1, max_size=3)))
    answers, objections = draw(st.sampled_from([Answers.VOTE, Answers.CONSENT, Answers.EITHER])), Objections.COUNTED
    if answers is Answers.CONSENT and draw(st.booleans()):
        chosen += (NO_OBJECTION,)
        objections = draw(st.sampled_from([Objections.BLOCK, Objections.BLOCK_UNTIL_ANSWERED]))
    return DecisionRule(
        "own",
        "Eigen",
        answers,
        chosen,
        required=tuple(draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=1))),
        unreasoned_against=draw(st.sampled_from(Unreasoned)),
        objections=objections,
        **settings,
    )


weights = st.sampled_from([Fraction(0), Fraction(1), Fraction(1, 3), Fraction("18.49")])
rolls = st.lists(
    st.tuples(columns.filter(lambda column: column != EACH), weights, st.booleans(), st.booleans()),
    min_size=1,
    max_size=7,
).map(
    lambda seats: Roll(
        tuple(
            replace(a_seat(name, column), weight=weight, voting=voting, reached=reached)
            for name, (column, weight, voting, reached) in zip(NAMES, seats, strict=False)
        )
    )
)
STANCES = [
    *(Stance.AGREE, Stance.NO_OBJECTION, Stance.AGREE_IF, Stance.RESERVATION, Stance.ABSTAIN, Stance.OBJECT),
    *(Stance.FOR, Stance.AGAINST, Stance.RECUSE, Stance.WITHDRAWN),
]
positions_of = st.lists(
    st.builds(
        a_position,
        st.sampled_from(NAMES),
        st.sampled_from(STANCES),
        st.sampled_from(["", "text"]),
        answer=st.sampled_from([None, Answer.ADDRESSED]),
        filing=st.sampled_from([Filing.IN_TIME, Filing.IN_TIME, Filing.LATE, Filing.AFTER]),
    ),
    max_size=12,
).map(lambda filed: [replace(each, sequence=number) for number, each in enumerate(filed, 1)])


@given(rules(), rolls, positions_of, st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_positions_makes_no_difference(rule, roll, positions, chance, repeat):
    shuffled = list(positions)
    chance.shuffle(shuffled)

    assert decide(rule, roll, shuffled, repeat=repeat) == decide(rule, roll, positions, repeat=repeat)


@given(rules(), rolls, positions_of)
def test_every_voting_organisation_lies_on_one_pile_and_is_counted_once(rule, roll, positions):
    counted = tally(roll, positions, rule)
    outcome = decide(rule, roll, positions)

    assert [seat for seat, _ in counted.places] == list(roll.voting)
    assert outcome.counts.eligible + outcome.counts.recused == len(roll.voting)
    assert sum(counted.weight(pile) for pile in Pile) == sum(seat.weight for seat in roll.voting)
    in_columns = sum(each.eligible + each.recused for each in outcome.columns.values())
    assert in_columns == sum(1 for seat in roll.voting if seat.column)


@given(rules(), rolls, positions_of, st.sampled_from(NAMES), st.booleans())
def test_support_in_place_of_any_other_answer_never_turns_adopted_into_anything_else(
    rule, roll, positions, name, repeat
):
    if not all(is_monotone(each) for each in rule.criteria):
        rule = replace(rule, criteria=RULES["per-column"].criteria, objections=Objections.COUNTED)
    before = decide(rule, roll, positions, repeat=repeat)
    support = Position(name, Stance.FOR, 1, "1.0", positions[0].received_at if positions else NOON, sequence=99)

    after = decide(rule, roll, [*positions, support], repeat=repeat)

    if before.is_adopted:
        assert after.is_adopted
    if before.code is Code.HELD and before.held_by and name not in before.held_by:
        assert after.held_by == before.held_by


@given(rules())
def test_every_rule_survives_being_written_and_read(rule):
    assert read_rule(rule.id, rule_as_data(rule)) == rule


@given(rules(), rolls, positions_of, st.booleans())
def test_the_explanation_ends_in_the_outcome_and_every_rule_has_words(rule, roll, positions, repeat):
    outcome = decide(rule, roll, positions, repeat=repeat)

    assert outcome.explanation[-1].values == {"code": outcome.code, "reason": outcome.reason or ""}
    assert describe(rule)[0].key == "describe.rule"
    assert sum(line.key == "describe.criterion" for line in describe(rule)) == len(rule.criteria)


@given(rules(), rolls, positions_of)
def test_narrowing_a_rule_to_one_kind_of_item_changes_no_outcome(rule, roll, positions):
    before = decide(rule, roll, positions)

    for kind in (Kind.CONSENT, Kind.VOTE):
        after = decide(rule.asked_as(kind), roll, positions)
        assert replace(after, explanation=()) == replace(before, explanation=())
