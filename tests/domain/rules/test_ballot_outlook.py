"""What can still come of a ballot, held against every way in which the silent can answer."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from commands.domain.ballot import Option, canonical
from commands.domain.outcome import Code, Reason
from commands.domain.position import Position, Stance
from commands.domain.roll import Roll
from commands.domain.rules import BALLOT_RULES, with_options
from commands.domain.rules.ballots.prospects import ballots
from commands.domain.rules.base import DecisionRule
from commands.domain.rules.data import read_rule
from commands.domain.rules.decide import decide
from commands.domain.rules.outlook import outlook
from commands.domain.rules.reach import Possibility
from commands.domain.values import Code as Shown
from commands.domain.values import Line, Value
from tests.domain.rules.given import a_ballot, a_ballot_rule, a_position, a_roll, a_seat, filed, the_ballot

ADOPTED = Possibility(Code.ADOPTED)
WITH_NOTE = Possibility(Code.ADOPTED_WITH_NOTE)
REJECTED = Possibility(Code.REJECTED)
TIE = Possibility(Code.NO_DECISION, Reason.TIE)
NO_REPLIES = Possibility(Code.NO_DECISION, Reason.NO_REPLIES)
NO_QUORUM = Possibility(Code.NO_DECISION, Reason.QUORUM)
NOON = datetime(2027, 5, 18, 12, tzinfo=UTC)

# --- every prefix of 200 profiles, against all remaining answers --------------------------------------------

SIZES = {
    "choice": 4,
    "approval": 3,
    "ranking-pairwise": 3,
    "ranking-irv": 3,
    "ranking-borda": 3,
    "points": 3,
    "date": 2,
}
EXACT = ("choice", "points", "ranking-borda")
"""The methods whose margins find every certain winner."""


@dataclass(frozen=True)
class Case:
    """A rule and a roll, and what every way of answering ends in: for each seat the index of its answer."""

    rule: DecisionRule
    roll: Roll
    repeat: bool
    answers: list[list[Position | None]]
    ends: dict[tuple[int, ...], tuple[Possibility, frozenset[str]]]

    def positions(self, prefix: tuple[int, ...]) -> list[Position]:
        return filed(self.answers[seat][way] for seat, way in enumerate(prefix))

    def expected(self, prefix: tuple[int, ...]) -> tuple[set[Possibility], set[str]]:
        """What is possible, and the winners where those are the same in all of it."""
        possible, won = set(), set()
        for ways, (end, winners) in self.ends.items():
            if ways[: len(prefix)] == prefix:
                possible.add(end)
                won.add(winners)
                if end == ADOPTED and any(ways[seat] < self.ballots(seat) for seat in range(len(prefix), len(ways))):
                    possible.add(WITH_NOTE)  # a new ballot may come with a statement
        return possible, set(won.pop()) if len(won) == 1 else set()

    def ballots(self, seat: int) -> int:
        return len(self.answers[seat]) - 3


def a_random_rule(pick: random.Random, method: str, organisations: list[str]) -> DecisionRule:
    """A rule about two or three options, with any quorum and the settings of its method."""
    data: dict[str, object] = {"title": "Eigen", "answers": "ballot", "method": method}
    are_few = method in ("points", "date") or (
        method in ("ranking-pairwise", "ranking-borda") and len(organisations) > 2
    )
    options = [Option(code) for code in ("AC" if are_few else "ABC")]
    match method:
        case "points":
            data |= {"budget": 2, "cap": pick.choice([0, 1]), "measure": pick.choice(["organisations", "weight"])}
        case "approval":
            data |= pick.choice([{}, {"at_least": "1/2"}, {"at_least": "1/1"}, {"winners": 2}])
        case "choice" | "ranking-borda":
            data |= {"winners": pick.choice([1, 1, 2]), "measure": pick.choice(["organisations", "weight"])}
        case "ranking-pairwise":
            data |= pick.choice([{}, {}, {"default": "C"}, {"default": "C", "over_default": "2/1"}])
        case "date":
            options = [Option(each.code, "", NOON - timedelta(days=place)) for place, each in enumerate(options)]
            data |= {"minimum": pick.choice([0, 1, 2]), "must_answer": pick.random() < 0.5}
            data["required"] = pick.sample(organisations, pick.choice([0, 1]))
        case _:
            pass
    if pick.random() < 0.5:
        data["quorum"] = pick.choice(
            [
                {"organisations": 2},
                {"organisations": "2/3", "abstentions_count": False},
                {"required": [organisations[0]]},
                {"columns": "1/1", "on_repeat": "none"},
                {"weight": "1/2"},
            ]
        )
    data["silence"] = pick.choice(["not-counted", "not-counted", "abstain"])
    return with_options(read_rule("own", data), tuple(options))


def a_case(seed: int) -> Case:
    pick = random.Random(seed)
    method = list(SIZES)[seed % len(SIZES)]
    organisations = [f"o{number}" for number in range(pick.choice([SIZES[method] - 1, SIZES[method]]))]
    rule = a_random_rule(pick, method, organisations)
    roll = a_roll(
        *(
            a_seat(
                each,
                column=pick.choice(["", "a", "b"]),
                weight=pick.choice(["1", "1", "2", "1/2", "0"]),
                reached=pick.random() < 0.9,
            )
            for each in organisations
        )
    )
    repeat = pick.random() < 0.3
    answers = [list(all_answers(rule, each)) for each in organisations]
    ends = {}
    for ways in product(*(range(len(each)) for each in answers)):
        positions = filed(own[way] for own, way in zip(answers, ways, strict=True))
        outcome = decide(rule, roll, positions, repeat=repeat)
        winners = [code for group in outcome.order for code in group][: the_ballot(rule).winners]
        won = frozenset(winners) if outcome.code is Code.ADOPTED else frozenset()
        ends[ways] = (Possibility(outcome.code, outcome.reason), won)
    return Case(rule, roll, repeat, answers, ends)


def all_answers(rule: DecisionRule, organisation: str) -> Iterator[Position | None]:
    """Everything that a silent organisation can still do."""
    paper = the_ballot(rule).paper()
    for marks in ballots(the_ballot(rule)):
        yield a_ballot(organisation, canonical(paper, marks))
    yield None
    yield a_position(organisation, Stance.ABSTAIN)
    yield a_position(organisation, Stance.RECUSE, "interest")


def prefixes(case: Case, seed: int) -> set[tuple[int, ...]]:
    """Every prefix of five profiles in which everybody answers, one organisation after the other."""
    pick = random.Random(seed)
    profiles = [
        tuple(pick.choice([way for way in range(len(each)) if each[way]]) for each in case.answers) for _ in range(5)
    ]
    return {profile[:length] for profile in profiles for length in range(len(profile) + 1)}


@pytest.mark.parametrize("seed", range(42))
def test_at_every_prefix_the_range_and_the_certain_winners_are_what_all_remaining_answers_give(seed):
    case = a_case(seed)

    for prefix in prefixes(case, seed):
        possible, certain = case.expected(prefix)
        positions = case.positions(prefix)
        found = outlook(case.rule, case.roll, positions, repeat=case.repeat)
        assert found.possible == possible if found.is_exact else found.possible >= possible
        assert set(found.certain) == certain if found.is_exact else set(found.certain) <= certain
        assert (found.needed == ()) == found.now.is_adopted

        bounded = outlook(case.rule, case.roll, positions, repeat=case.repeat, most_ways=0)
        assert bounded.possible == possible if bounded.is_exact else bounded.possible >= possible
        assert set(bounded.certain) <= certain
        if the_ballot(case.rule).method.value in EXACT:
            assert set(bounded.certain) == certain


def test_the_ballots_that_are_tried_are_as_many_as_there_are():
    numbers = {name: len(set(ballots(the_ballot(a_ballot_rule(name, *"ABC", budget=3))))) for name in SIZES}

    assert numbers == {
        "choice": 3,
        "approval": 7,
        "ranking-pairwise": 13,
        "ranking-borda": 13,
        "ranking-irv": 9,
        "points": 19,
        "date": 63,
    }


# --- what is needed, and when it is certain -----------------------------------------------------------------

FIVE = a_roll(*map(a_seat, ("rijk", "vng", "ipo", "uvw", "npd")))


def line(key: str, **values: Value) -> Line:
    return Line(key, values)


def test_a_choice_is_certain_when_nobody_can_catch_up():
    rule = a_ballot_rule("choice", "A", "B", "C")
    three = [a_ballot("rijk", "A"), a_ballot("vng", "A"), a_ballot("ipo", "A")]

    assert outlook(rule, FIVE, three).certain == ("A",)
    assert outlook(rule, FIVE, three[:2]).certain == ()
    assert outlook(rule, FIVE, [*three[:2], a_ballot("ipo", "B")]).certain == ()
    assert outlook(rule, FIVE, [*three[:2], a_ballot("ipo", "B"), a_ballot("uvw", "A")]).certain == ("A",)


def test_nothing_is_certain_before_the_quorum_is():
    rule = read_rule("own", {"title": "x", "answers": "ballot", "method": "choice", "quorum": {"organisations": 4}})
    positions = [a_ballot(each, "A") for each in ("rijk", "vng", "ipo")]

    found = outlook(with_options(rule, (Option("A"), Option("B"))), FIVE, positions)

    assert (found.certain, found.needed) == ((), (line("needed.quorum.organisations", count=1),))
    assert found.possible == {ADOPTED, WITH_NOTE, NO_QUORUM}


@pytest.mark.parametrize(
    "rule, leading, certain",
    [
        ("ranking-pairwise", "A > B > C > D > E > F", 14),
        ("ranking-irv", "A > B > C > D > E > F", 14),
        ("ranking-borda", "A > F > E > D > C = B", 23),
        ("points", "A=51 B=49", 27),
        ("approval", "A", 14),
    ],
)
def test_with_many_on_the_roll_a_winner_is_certain_once_the_margin_is_larger_than_what_can_come(rule, leading, certain):
    ballot_rule = a_ballot_rule(rule, *"ABCDEF")
    roll = a_roll(*(a_seat(f"o{number}") for number in range(27)))

    first = next(
        number
        for number in range(28)
        if outlook(ballot_rule, roll, [a_ballot(f"o{each}", leading) for each in range(number)]).certain == ("A",)
    )

    assert first == certain


def test_a_date_is_certain_when_no_other_can_still_be_better():
    slots = tuple(Option(str(place), "", NOON + timedelta(days=place)) for place in (1, 2))
    rule = replace(with_options(BALLOT_RULES["date"], slots), required=("rijk",))
    without = [a_ballot("vng", "1=yes 2=no"), a_ballot("ipo", "1=yes 2=no"), a_ballot("uvw", "1=yes 2=no")]

    assert outlook(rule, FIVE, without, most_ways=0).certain == ()
    assert outlook(rule, FIVE, [*without, a_ballot("rijk", "1=yes 2=yes")], most_ways=0).certain == ("1",)
    assert outlook(rule, FIVE, [*without[:2], a_ballot("rijk", "1=yes 2=yes")], most_ways=0).certain == ("1",)
    assert outlook(rule, FIVE, [*without[:1], a_ballot("rijk", "1=yes 2=yes")], most_ways=0).certain == ()


def test_a_date_is_not_certain_while_who_must_be_there_may_still_say_no():
    slots = tuple(Option(str(place), "", NOON + timedelta(days=place)) for place in (1, 2))
    rule = replace(with_options(BALLOT_RULES["date"], slots, must_answer=False), required=("rijk",))
    all_others = [a_ballot(each, "1=yes 2=no") for each in ("vng", "ipo", "uvw", "npd")]

    assert outlook(rule, FIVE, all_others, most_ways=0).certain == ()
    assert outlook(rule, FIVE, [*all_others, a_ballot("rijk", "1=yes")], most_ways=0).certain == ("1",)


@pytest.mark.parametrize(
    "positions, needed",
    [
        ([], (line("needed.ballot"),)),
        ([a_position("vng", Stance.ABSTAIN)], (line("needed.ballot"),)),
        ([a_ballot("vng", "A"), a_ballot("ipo", "B")], (line("needed.ballot.tie", options=(Shown("A"), Shown("B"))),)),
        ([a_ballot("vng", "A")], ()),
    ],
)
def test_what_a_choice_needs(positions, needed):
    assert outlook(a_ballot_rule("choice", "A", "B"), FIVE, positions).needed == needed


@pytest.mark.parametrize(
    "share, abstain, needed",
    [
        ("1/2", 2, line("needed.ballot.approvals", option=Shown("A"), count=1)),
        ("3/5", 2, line("needed.ballot.approvals", option=Shown("A"), count=2)),
        ("1/2", 3, line("needed.ballot.more", option=Shown("A"))),
        ("1/1", 2, line("needed.ballot.more", option=Shown("A"))),
    ],
)
def test_how_many_approvals_the_nearest_option_still_needs(share, abstain, needed):
    rule = read_rule("own", {"title": "x", "answers": "ballot", "method": "approval", "at_least": share})
    rule = with_options(rule, (Option("A"), Option("B")))
    away = [a_position(each, Stance.ABSTAIN) for each in ("ipo", "uvw", "npd")[:abstain]]
    count = needed.values.get("count", 1)
    assert isinstance(count, int)
    more = [a_ballot(each, "A") for each in ("rijk", "npd", "uvw")[:count]]

    found = outlook(rule, FIVE, [a_ballot("vng", "A"), *away])

    assert found.needed == (needed,)
    adopts = decide(rule, FIVE, [a_ballot("vng", "A"), *away, *more]).is_adopted
    assert adopts == (needed.key == "needed.ballot.approvals")


def test_which_slot_lacks_least_and_who_must_still_answer():
    slots = tuple(Option(str(place), "", NOON + timedelta(days=place)) for place in (1, 2))
    rule = replace(with_options(BALLOT_RULES["date"], slots, minimum=3), required=("rijk",))

    one = outlook(rule, FIVE, [a_ballot("vng", "1=yes 2=yes"), a_ballot("ipo", "1=no 2=if-needed")])
    none = outlook(rule, FIVE, [a_ballot("rijk", "1=no 2=no")])

    assert one.needed == (line("needed.ballot.slot", slot=NOON + timedelta(days=2), count=1, organisations=("RIJK",)),)
    assert none.needed == (line("needed.ballot.date"),)
