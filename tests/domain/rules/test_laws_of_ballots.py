"""Laws that hold for every count of ballots, and those of the pairwise order: Condorcet, clones, reversal, monotony."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from commands.domain.ballot import Marks, canonical
from commands.domain.outcome import Code
from commands.domain.position import Stance
from commands.domain.rules import BALLOT_RULES
from commands.domain.rules.ballots.count import count, winners
from commands.domain.rules.ballots.prospects import ballots
from commands.domain.rules.ballots.ranking import compare, rank, strongest_paths
from commands.domain.rules.ballots.votes import Votes, cast
from commands.domain.rules.base import Balloting, DecisionRule, Method
from commands.domain.rules.decide import decide
from tests.domain.rules.given import a_ballot, a_ballot_rule, a_position, a_roll, a_seat, the_ballot

CODES = "ABCD"
SMALL = {"points": {"budget": 3}}
RULES = {name: a_ballot_rule(name, *CODES[:3], **SMALL.get(name, {})) for name in BALLOT_RULES}
EVERY_BALLOT = {name: list(ballots(the_ballot(rule))) for name, rule in RULES.items()}
MONOTONE = ("choice", "approval", "points", "ranking-borda", "ranking-pairwise")
"""Not the run-off, see its test, nor the date, where only the answers of who can come are looked at."""


@st.composite
def profiles(draw: st.DrawFn, names: tuple[str, ...] = tuple(BALLOT_RULES)) -> tuple[str, list[Marks]]:
    """A rule and up to seven ballots under it."""
    name = draw(st.sampled_from(names))
    return name, draw(st.lists(st.sampled_from(EVERY_BALLOT[name]), min_size=1, max_size=7))


@st.composite
def rankings(draw: st.DrawFn, options: int = 4) -> list[Marks]:
    """Up to nine rankings, with equal and missing places."""
    places = st.lists(st.integers(0, options), min_size=options, max_size=options).filter(any)
    return [tuple(each) for each in draw(st.lists(places, min_size=1, max_size=9))]


def votes_of(marks: list[Marks]) -> Votes:
    return cast(marks, [1] * len(marks), 1, [f"o{number}" for number in range(len(marks))], len(marks[0]))


def won(marks: list[Marks], ballot: Balloting) -> tuple[int, ...]:
    return winners(count(votes_of(marks), ballot), 1)


# --- every method -------------------------------------------------------------------------------------------


@given(st.data(), profiles())
def test_the_order_of_positions_never_changes_an_outcome(data, profile):
    name, marks = profile
    rule = RULES[name]
    positions = [a_ballot(f"o{number}", canonical(the_ballot(rule).paper(), each)) for number, each in enumerate(marks)]
    positions += [a_position("x", Stance.ABSTAIN), a_position("y", Stance.RECUSE, "interest")]
    roll = a_roll(*(a_seat(each.organisation) for each in positions), a_seat("z"))

    shuffled = decide(rule, roll, data.draw(st.permutations(positions)))

    assert shuffled == decide(rule, roll, positions)


@given(st.data(), profiles(tuple(name for name in BALLOT_RULES if name != "date")))
def test_no_option_is_favoured_for_its_place_in_the_list(data, profile):
    name, marks = profile
    ballot = the_ballot(RULES[name])
    places = data.draw(st.permutations(range(3)))

    found = count(votes_of(marks), ballot)
    turned = count(votes_of([tuple(each[place] for place in places) for each in marks]), ballot)

    assert [{places[each] for each in group} for group in turned.order] == [set(group) for group in found.order]


@given(profiles(tuple(name for name in BALLOT_RULES if name != "date")))
def test_every_option_stands_in_the_order_once_or_is_dropped(profile):
    name, marks = profile

    found = count(votes_of(marks), the_ballot(RULES[name]))

    assert sorted([*(each for group in found.order for each in group), *found.dropped]) == [0, 1, 2]


@given(profiles(), st.integers(2, 3))
def test_all_ballots_twice_give_the_same_order(profile, times):
    name, marks = profile
    ballot = the_ballot(RULES[name])

    assert count(votes_of(marks * times), ballot).order == count(votes_of(marks), ballot).order


@given(st.data(), profiles(MONOTONE))
def test_more_support_for_the_winner_never_takes_the_victory_from_it(data, profile):
    name, marks = profile
    ballot = the_ballot(RULES[name])
    winner = won(marks, ballot)
    if not winner:
        return
    place = data.draw(st.integers(0, len(marks) - 1))

    better = [*marks[:place], raised(marks[place], winner[0], ballot), *marks[place + 1 :]]

    assert won(better, ballot) == winner


def raised(marks: Marks, option: int, ballot: Balloting) -> Marks:
    """The same ballot with this option alone on top, chosen, or given a point of another."""
    match ballot.method:
        case Method.CHOICE:
            return tuple(int(each == option) for each in range(len(marks)))
        case Method.APPROVAL:
            return tuple(1 if each == option else mark for each, mark in enumerate(marks))
        case Method.POINTS:
            other = next((each for each, mark in enumerate(marks) if mark and each != option), option)
            return tuple(mark - (each == other) + (each == option) for each, mark in enumerate(marks))
        case _:
            return tuple(1 if each == option else mark and mark + 1 for each, mark in enumerate(marks))


# --- the pairwise order -------------------------------------------------------------------------------------

PAIRWISE = the_ballot(a_ballot_rule("ranking-pairwise", *CODES))


@given(rankings())
def test_who_beats_every_other_comes_first_and_who_loses_to_every_other_last(marks):
    found = rank(votes_of(marks), PAIRWISE)
    table = found.pairwise

    for option in range(4):
        others = [each for each in range(4) if each != option]
        if all(table[option][each] > table[each][option] for each in others):
            assert found.order[0] == (option,)
        if all(table[option][each] < table[each][option] for each in others):
            assert found.order[-1] == (option,)


@given(rankings())
def test_the_strongest_paths_are_those_that_a_search_of_all_paths_finds(marks):
    table = compare(votes_of(marks))

    def link(one: int, other: int) -> int:
        return table[one][other] if table[one][other] > table[other][one] else 0

    def strongest(one: int, other: int) -> int:
        between = [each for each in range(4) if each not in (one, other)]
        paths = [(one, *way, other) for size in range(3) for way in permutations(between, size)]
        return max(min(link(a, b) for a, b in pairwise(path)) for path in paths)

    expected = tuple(tuple(strongest(a, b) if a != b else 0 for b in range(4)) for a in range(4))
    assert strongest_paths(table, range(4)) == expected


@given(rankings())
def test_a_higher_place_never_loses_to_a_lower_one_by_strongest_paths(marks):
    found = rank(votes_of(marks), PAIRWISE)
    places = {option: place for place, group in enumerate(found.order) for option in group}

    assert all(
        places[one] < places[other]
        for one in range(4)
        for other in range(4)
        if found.strongest[one][other] > found.strongest[other][one]
    )


def unbeaten(marks: list[Marks]) -> set[int]:
    """The options that no other beats by strongest paths."""
    options = range(len(marks[0]))
    path = strongest_paths(compare(votes_of(marks)), options)
    return {a for a in options if not any(path[b][a] > path[a][b] for b in options)}


@given(st.data(), rankings(3))
def test_a_clone_changes_nothing_between_the_others(data, marks):
    """Schulze (2011), section 4.6: an option next to another on every ballot leaves the rest as it was."""
    cloned = data.draw(st.integers(0, 2))
    sides = data.draw(st.lists(st.sampled_from([-1, 0, 1]), min_size=len(marks), max_size=len(marks)))

    before = unbeaten(marks)
    after = unbeaten([with_clone(each, cloned, side) for each, side in zip(marks, sides, strict=True)])

    assert {each for each in before if each != cloned} == {each for each in after if each not in (cloned, 3)}
    assert (cloned in before) == bool({cloned, 3} & after)


def with_clone(marks: Marks, cloned: int, side: int) -> Marks:
    """The ballot with a fourth option just before, at, or just behind one of the three; at, where it has equals."""
    spread = tuple((mark or 9) * 3 for mark in marks)
    places = (*spread, spread[cloned] + (side if spread.count(spread[cloned]) == 1 else 0))
    levels = sorted(set(places))
    return tuple(levels.index(each) + 1 for each in places)


@given(rankings())
def test_the_single_winner_does_not_win_when_all_ballots_are_turned_round(marks):
    turned = [tuple(-mark % 100 if mark else 1 for mark in each) for each in marks]

    first = unbeaten(marks)

    assert len(first) > 1 or first != unbeaten(turned)


# --- sums ---------------------------------------------------------------------------------------------------


@given(rankings())
def test_all_borda_sums_together_are_what_every_ballot_gives(marks):
    found = rank(votes_of(marks), PAIRWISE)

    assert sum(found.borda) == 2 * 6 * len(marks)  # 3 + 2 + 1 + 0
    assert sum(found.first) == len(marks)


@given(st.lists(st.tuples(st.sampled_from(EVERY_BALLOT["points"]), st.sampled_from(["1", "2", "1/3"])), min_size=1))
def test_points_are_shared_and_unspent_and_never_lost(cast_points):
    rule: DecisionRule = RULES["points"]
    paper = the_ballot(rule).paper()
    roll = a_roll(*(a_seat(f"o{number}", weight=weight) for number, (_, weight) in enumerate(cast_points)))
    positions = [a_ballot(f"o{number}", canonical(paper, marks)) for number, (marks, _) in enumerate(cast_points)]

    outcome = decide(rule, roll, positions)

    weights = [Fraction(weight) for _, weight in cast_points]
    sums = [
        sum(weight * marks[option] for weight, (marks, _) in zip(weights, cast_points, strict=True))
        for option in range(3)
    ]
    best = {CODES[option] for option in range(3) if sums[option] == max(sums)}
    assert set(outcome.order[0]) == best
    assert (outcome.code is Code.ADOPTED) == (len(best) == 1)
