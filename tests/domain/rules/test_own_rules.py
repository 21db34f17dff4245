"""Criteria as a board writes them: every part, base, measure and comparison, on the line and beside it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from commands.domain.outcome import Code, Reason
from commands.domain.position import Position, Stance
from commands.domain.roll import Seat
from commands.domain.rules.data import read_rule
from commands.domain.rules.decide import decide
from tests.domain.rules.given import a_position, a_roll, a_seat, ended, voters

ADOPTED = (Code.ADOPTED, None)
REJECTED = (Code.REJECTED, None)


def a_rule(*criteria: Mapping[str, object], **keys: object):
    return read_rule("own", {"title": "Eigen regel", "answers": "vote", "criteria": list(criteria), **keys})


# 3 for, 1 against, 2 abstentions, 2 silent, 1 recused: cast 4, participating 6, eligible 8.
NINE = voters(for_=3, against=1, abstain=2, silent=2, recused=1)


@pytest.mark.parametrize(
    "of, base, exact",
    [
        ("for", "cast", "3/4"),
        ("for", "participating", "1/2"),
        ("for", "eligible", "3/8"),
        ("against", "cast", "1/4"),
        ("against", "participating", "1/6"),
        ("against", "eligible", "1/8"),
        ("abstain", "participating", "1/3"),
        ("abstain", "eligible", "1/4"),
        ("not-for", "eligible", "5/8"),
        ("participating", "eligible", "3/4"),
    ],
)
def test_each_part_of_each_base_on_the_line(of, base, exact):
    def outcome(comparison: str):
        return ended(decide(a_rule({"of": of, "base": base, comparison: exact}), *NINE))

    assert outcome("at_least") == ADOPTED
    assert outcome("more_than") == REJECTED
    assert outcome("at_most") == ADOPTED
    assert outcome("less_than") == REJECTED


@pytest.mark.parametrize(
    "of, number", [("for", 3), ("against", 1), ("abstain", 2), ("not-for", 5), ("participating", 6)]
)
def test_each_part_as_a_number_on_the_line_and_one_beside_it(of, number):
    def outcome(comparison: str, limit: int):
        return ended(decide(a_rule({"of": of, comparison: limit}), *NINE))

    assert outcome("minimum", number) == ADOPTED
    assert outcome("minimum", number + 1) == REJECTED
    assert outcome("maximum", number) == ADOPTED
    assert outcome("maximum", number - 1) == REJECTED


@pytest.mark.parametrize(
    "silence, share",
    [("not-counted", "1/2"), ("abstain", "3/8"), ("against", "3/8"), ("consent", "5/8")],
)
def test_what_silence_counts_as_changes_the_participating(silence, share):
    rule = a_rule({"of": "for", "base": "participating", "at_least": share}, silence=silence)
    above = a_rule({"of": "for", "base": "participating", "more_than": share}, silence=silence)

    assert ended(decide(rule, *NINE)) == ADOPTED
    assert ended(decide(above, *NINE)) == REJECTED


WEIGHED = (
    a_roll(
        a_seat("a", weight="0.1"),
        a_seat("b", weight="0.2"),
        a_seat("c", weight="0.7"),
        a_seat("d", weight="1/3"),
    ),
    [a_position("a", Stance.FOR), a_position("b", Stance.FOR), a_position("c", Stance.AGAINST, "reasons")],
)


def test_weights_are_exact_where_floating_point_is_not():
    at = a_rule({"of": "for", "measure": "weight", "base": "cast", "at_least": "0.3"})
    above = a_rule({"of": "for", "measure": "weight", "base": "cast", "more_than": "0.3"})
    number = a_rule({"of": "for", "measure": "weight", "minimum": "0.3"})
    more = a_rule({"of": "for", "measure": "weight", "minimum": "0.300000000000000001"})
    silent = a_rule({"of": "not-for", "measure": "weight", "maximum": "31/30"})

    assert ended(decide(at, *WEIGHED)) == ADOPTED
    assert ended(decide(above, *WEIGHED)) == REJECTED
    assert ended(decide(number, *WEIGHED)) == ADOPTED
    assert ended(decide(more, *WEIGHED)) == REJECTED
    assert ended(decide(silent, *WEIGHED)) == ADOPTED


TWO_CLASS = a_rule(
    {"column": "producenten", "of": "for", "base": "cast", "at_least": "2/3"},
    {"column": "gebruikers", "of": "for", "base": "cast", "more_than": "1/2"},
    {"column": "producenten", "of": "for", "minimum": 1},
    {"column": "gebruikers", "of": "for", "minimum": 1},
    quorum={"organisations": 11},
)


def two_classes(*groups: tuple[str, Stance, int]):
    seats: list[Seat] = []
    positions: list[Position] = []
    for column, stance, number in groups:
        for _ in range(number):
            name = f"lid{len(seats)}"
            seats.append(a_seat(name, column))
            positions.append(a_position(name, stance, "reasons" if stance is Stance.AGAINST else ""))
    return a_roll(*seats), positions


@pytest.mark.parametrize(
    "groups, outcome",
    [
        ([("producenten", "for", 12), ("producenten", "against", 7), ("gebruikers", "for", 3)], REJECTED),
        ([("producenten", "for", 12), ("producenten", "against", 6), ("gebruikers", "for", 3)], ADOPTED),
        ([("producenten", "for", 18), ("gebruikers", "abstain", 3)], REJECTED),
        ([("producenten", "for", 8), ("gebruikers", "for", 2)], (Code.NO_DECISION, Reason.QUORUM)),
        ([("producenten", "for", 8), ("gebruikers", "for", 2), ("gebruikers", "abstain", 1)], ADOPTED),
        ([("producenten", "for", 9), ("gebruikers", "for", 1), ("gebruikers", "against", 1)], REJECTED),
    ],
)
def test_two_classes_that_each_need_a_majority(groups, outcome):
    members = two_classes(*((column, Stance(stance), number) for column, stance, number in groups))

    assert ended(decide(TWO_CLASS, *members)) == outcome


def test_nothing_of_nothing_reaches_no_share():
    members = voters(for_=1)
    for comparison, limit in (("at_least", "1/100"), ("at_least", "0"), ("more_than", "0")):
        rule = a_rule({"column": "leeg", "of": "for", "base": "cast", comparison: limit})
        assert ended(decide(rule, *members)) == REJECTED


def test_nothing_of_nothing_does_not_exceed_a_limit():
    rule = a_rule({"column": "leeg", "of": "against", "base": "cast", "at_most": "1/4"})

    assert ended(decide(rule, *voters(for_=1))) == ADOPTED


def test_an_empty_column_is_no_tie():
    rule = a_rule({"column": "leeg", "of": "for", "base": "cast", "more_than": "1/2"}, tie="held")

    assert ended(decide(rule, *voters(for_=1, silent=1))) == REJECTED


def test_a_tie_is_one_only_where_nothing_else_fails():
    half = {"of": "for", "base": "cast", "more_than": "1/2"}
    tied = voters(for_=2, against=2, silent=1)

    assert ended(decide(a_rule(half, tie="held"), *tied)) == (Code.HELD, Reason.TIE)
    assert ended(decide(a_rule(half, {"of": "for", "minimum": 3}, tie="held"), *tied)) == REJECTED
    assert ended(decide(a_rule(half, {"of": "for", "minimum": 2}, tie="held"), *tied)) == (
        Code.HELD,
        Reason.TIE,
    )
    assert ended(decide(a_rule(half, tie="held", required=["silent0"]), *tied)) == REJECTED


def test_only_more_than_half_of_the_votes_cast_can_tie():
    tied = voters(for_=2, against=2, silent=1)
    at_least = a_rule({"of": "for", "base": "cast", "at_least": "3/5"}, tie="held")
    eligible = a_rule({"of": "for", "base": "eligible", "more_than": "2/5"}, tie="held")

    assert ended(decide(at_least, *tied)) == REJECTED
    assert ended(decide(eligible, *tied)) == REJECTED


def test_one_of_the_alternatives_is_enough():
    rule = a_rule(
        {"of": "for", "minimum": 1},
        {"any_of": [{"of": "for", "base": "cast", "at_least": "2/3"}, {"of": "against", "maximum": 1}]},
    )

    assert ended(decide(rule, *voters(for_=4, against=2))) == ADOPTED
    assert ended(decide(rule, *voters(for_=1, against=1))) == ADOPTED
    assert ended(decide(rule, *voters(for_=3, against=2))) == REJECTED
    assert ended(decide(rule, *voters(against=1))) == REJECTED


def test_a_tie_in_an_alternative_is_a_tie():
    half = {"of": "for", "base": "cast", "more_than": "1/2"}
    rule = a_rule({"any_of": [half, {"of": "for", "minimum": 5}]}, tie="lot")

    assert ended(decide(rule, *voters(for_=2, against=2))) == (Code.NO_DECISION, Reason.TIE)
    assert ended(decide(rule, *voters(for_=2, against=3))) == REJECTED


def test_each_column_must_hold_and_a_number_asks_every_column_with_an_eligible_organisation():
    rule = a_rule({"column": "each", "of": "for", "minimum": 1})
    roll = a_roll(a_seat("a1", "a"), a_seat("b1", "b"), a_seat("c1", ""))
    one, other = a_position("a1", Stance.FOR), a_position("b1", Stance.FOR)

    assert ended(decide(rule, roll, [one])) == REJECTED
    assert ended(decide(rule, roll, [one, other])) == ADOPTED
    assert ended(decide(rule, roll, [one, a_position("b1", Stance.RECUSE, "interest")])) == ADOPTED


def test_each_column_of_a_share_is_each_column_whose_base_is_not_empty():
    cast = a_rule({"column": "each", "of": "for", "base": "cast", "at_least": "1/2"})
    eligible = a_rule({"column": "each", "of": "for", "base": "eligible", "at_least": "1/2"})
    roll = a_roll(a_seat("a1", "a"), a_seat("b1", "b"))

    assert ended(decide(cast, roll, [a_position("a1", Stance.FOR)])) == ADOPTED
    assert ended(decide(eligible, roll, [a_position("a1", Stance.FOR)])) == REJECTED


def test_named_members_must_be_for_unless_they_are_recused():
    rule = read_rule("own", {"title": "Eigen", "answers": "vote", "required": ["RIJK"]})
    roll = a_roll(a_seat("rijk"), a_seat("vng"))
    vng = a_position("vng", Stance.FOR)

    def outcome(stance: Stance | None):
        return ended(decide(rule, roll, [vng, a_position("rijk", stance, "r")] if stance else [vng]))

    assert outcome(Stance.FOR) == (Code.ADOPTED_WITH_NOTE, None)
    assert outcome(Stance.RECUSE) == ADOPTED
    assert [outcome(stance) for stance in (Stance.AGAINST, Stance.ABSTAIN, None)] == [REJECTED] * 3


def test_a_named_member_that_is_not_on_the_roll_is_never_for():
    rule = read_rule("own", {"title": "Eigen", "answers": "vote", "required": ["onbekend"]})

    assert ended(decide(rule, *voters(for_=2))) == REJECTED


def test_a_dropped_vote_stays_eligible_and_is_neither_cast_nor_participating():
    roll, positions = voters(for_=2, silent=1)
    positions = [*positions, a_position("silent0", Stance.AGAINST)]

    def outcome(base: str):
        criterion = {"of": "for", "base": base, "at_least": "1"}
        return ended(decide(a_rule(criterion, unreasoned_against="dropped"), roll, positions))

    assert outcome("cast") == ADOPTED
    assert outcome("participating") == ADOPTED
    assert outcome("eligible") == REJECTED


def test_dropped_votes_alone_are_no_replies():
    roll, _ = voters(silent=2)
    rule = a_rule({"of": "for", "minimum": 1}, unreasoned_against="dropped", silence="consent")

    assert ended(decide(rule, roll, [a_position("silent0", Stance.AGAINST)])) == (
        Code.NO_DECISION,
        Reason.NO_REPLIES,
    )
