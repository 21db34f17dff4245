"""Counting ballots, held against published and textbook counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from commands.domain.ballot import Option
from commands.domain.outcome import Code, Counts, Reason
from commands.domain.position import Stance
from commands.domain.rules import BALLOT_RULES, with_options
from commands.domain.rules.ballots.ranking import rank
from commands.domain.rules.ballots.runoff import Going, run_off
from commands.domain.rules.ballots.sums import add_up
from commands.domain.rules.base import DecisionRule, SilencePolicy
from commands.domain.rules.data import read_quorum, read_rule
from commands.domain.rules.decide import decide
from tests.domain.rules.given import (
    a_ballot,
    a_ballot_rule,
    a_position,
    a_roll,
    a_seat,
    ended,
    the_ballot,
    the_order,
    the_votes,
)

ADOPTED = (Code.ADOPTED, None)
TIE = (Code.NO_DECISION, Reason.TIE)
REJECTED = (Code.REJECTED, None)

# --- pairwise comparison ------------------------------------------------------------------------------------

SCHULZE = {
    "A > C > B > E > D": 5,
    "A > D > E > C > B": 5,
    "B > E > D > A > C": 8,
    "C > A > B > E > D": 3,
    "C > A > E > B > D": 7,
    "C > B > A > D > E": 2,
    "D > C > E > B > A": 7,
    "E > B > A > D > C": 8,
}
"""Schulze (2011), the example of 45 voters over 5 candidates."""

CONDORCET = {"A > B > C": 23, "B > C > A": 17, "B > A > C": 2, "C > A > B": 10, "C > B > A": 8}
"""Condorcet, Essai sur l'application de l'analyse (1785): 60 voters whose majorities go round."""

BORDA = {"A > B > C": 1, "A > C > B": 7, "B > C > A": 7, "C > B > A": 6}
"""Borda, Mémoire sur les élections au scrutin (1781): 21 voters; most first places go to the option that loses to both
others.
"""

TENNESSEE = {"M > N > C > K": 42, "N > C > K > M": 26, "C > K > N > M": 15, "K > C > N > M": 17}
"""A textbook example: four cities choose a capital, every voter by distance."""


def test_the_example_of_schulze_gives_his_table_his_paths_and_his_order():
    rule = a_ballot_rule("ranking-pairwise", *"ABCDE")

    found = rank(the_votes(rule, SCHULZE), the_ballot(rule))

    assert found.pairwise == (
        (0, 20, 26, 30, 22),
        (25, 0, 16, 33, 18),
        (19, 29, 0, 17, 24),
        (15, 12, 28, 0, 14),
        (23, 27, 21, 31, 0),
    )
    assert found.strongest == (
        (0, 28, 28, 30, 24),
        (25, 0, 28, 33, 24),
        (25, 29, 0, 29, 24),
        (25, 28, 28, 0, 24),
        (25, 28, 28, 31, 0),
    )
    assert the_order(rule, SCHULZE) == ["E", "A", "C", "B", "D"]


def test_majorities_that_go_round_are_broken_at_the_weakest():
    assert the_order(a_ballot_rule("ranking-pairwise", *"ABC"), CONDORCET) == ["B", "C", "A"]


def test_the_sums_of_borda_are_those_that_he_published():
    rule = a_ballot_rule("ranking-borda", *"ABC")

    found = rank(the_votes(rule, BORDA), the_ballot(rule))

    assert [each // 2 + 21 for each in found.borda] == [37, 42, 47]  # he gave 1 for the last place, not 0
    assert (the_order(rule, BORDA), list(map(int, found.first))) == (["C", "B", "A"], [8, 7, 6])
    assert the_order(a_ballot_rule("choice", *"ABC"), {"A": 8, "B": 7, "C": 6}) == ["A", "B", "C"]


@pytest.mark.parametrize(
    "rule, order",
    [
        ("ranking-pairwise", ["N", "C", "K", "M"]),
        ("ranking-borda", ["N", "C", "M", "K"]),
        ("ranking-irv", ["K", "M", "N", "C"]),
    ],
)
def test_every_method_has_its_own_capital_of_tennessee(rule, order):
    assert the_order(a_ballot_rule(rule, *"MNCK"), TENNESSEE) == order


def test_an_unranked_option_stands_below_the_ranked_ones_and_equal_among_themselves():
    rule = a_ballot_rule("ranking-pairwise", *"ABCD")

    found = rank(the_votes(rule, {"B > A": 1}), the_ballot(rule))

    assert found.pairwise == ((0, 0, 1, 1), (1, 0, 1, 1), (0, 0, 0, 0), (0, 0, 0, 0))
    assert found.borda == (4, 6, 1, 1)  # doubled: half a point each for the two that share the last places
    assert the_order(rule, {"B > A": 1}) == ["B", "A", "C = D"]


def test_equal_first_places_are_shared():
    rule = a_ballot_rule("ranking-pairwise", *"ABC")

    assert rank(the_votes(rule, {"A = B": 1, "C": 3}), the_ballot(rule)).first == (
        Fraction(1, 2),
        Fraction(1, 2),
        Fraction(3),
    )


def test_what_schulze_leaves_equal_borda_decides_and_then_first_places():
    rule = a_ballot_rule("ranking-pairwise", *"ABCD")
    ballots = {"A > C > D > B": 1, "B > A > C > D": 1}

    found = rank(the_votes(rule, ballots), the_ballot(rule))

    assert found.undecided == ((0, 1), (1, 2))  # A and B by Borda, then B and C by first places
    assert (found.borda, list(map(int, found.first))) == ((10, 6, 6, 2), [1, 1, 0, 0])
    assert the_order(rule, ballots) == ["A", "B", "C", "D"]


def test_a_full_cycle_is_a_tie_and_nothing_breaks_it():
    rule = a_ballot_rule("ranking-pairwise", *"ABC")
    roll = a_roll(*map(a_seat, ("vng", "ipo", "uvw")))
    ballots = [a_ballot("vng", "A > B > C"), a_ballot("ipo", "B > C > A"), a_ballot("uvw", "C > A > B")]

    outcome = decide(rule, roll, ballots)

    assert (ended(outcome), outcome.order) == (TIE, (("A", "B", "C"),))


def test_a_tie_below_the_first_place_is_shown_and_does_not_stand_in_the_way():
    rule = a_ballot_rule("ranking-pairwise", *"ABC")

    outcome = decide(rule, a_roll(a_seat("vng")), [a_ballot("vng", "B")])

    assert (ended(outcome), outcome.order) == (ADOPTED, (("B",), ("A", "C")))


@pytest.mark.parametrize(
    "ratio, order, dropped",
    [
        ("1", ["A", "B", "V"], ("C",)),
        ("3/2", ["A", "B", "V"], ("C",)),
        ("2/1", ["A", "V"], ("B", "C")),
        ("4/1", ["A", "V"], ("B", "C")),
        ("9/2", ["V"], ("A", "B", "C")),
    ],
)
def test_what_does_not_beat_the_default_option_by_its_ratio_drops_out(ratio, order, dropped):
    rule = default_rule(ratio)  # A beats V by 4-1, B by 3-2, and C is beaten by it
    roll = a_roll(*(a_seat(f"o{number}") for number in range(5)))
    texts = ["A > B > V > C", "A > B > V > C", "A > B > V > C", "A > V > C > B", "V > C > A > B"]

    outcome = decide(rule, roll, [a_ballot(f"o{number}", text) for number, text in enumerate(texts)])

    assert ended(outcome) == ADOPTED
    assert [" = ".join(group) for group in outcome.order] == order
    assert outcome.dropped == dropped


def default_rule(ratio: str) -> DecisionRule:
    rule = read_rule(
        "own",
        {
            "title": "Volgorde",
            "answers": "ballot",
            "method": "ranking-pairwise",
            "default": "verder praten",
            "over_default": ratio,
        },
    )
    return with_options(rule, (Option("A"), Option("B"), Option("C"), Option("V", "Verder praten")))


def test_beating_the_default_option_by_the_ratio_exactly_is_enough_and_a_draw_is_not():
    ballots = {"A > V > B > C": 2, "V > A > B > C": 1}

    assert the_order(default_rule("2/1"), ballots) == ["A", "V"]
    assert the_order(default_rule("1"), {"A > V": 1, "V > A": 1}) == ["V"]


# --- instant run-off ----------------------------------------------------------------------------------------


def test_the_special_election_of_alaska_is_counted_as_published():
    """State of Alaska, special general election of 16 August 2022; candidates as letters."""
    rule = a_ballot_rule("ranking-irv", *"ABC")
    ballots = {"A": 75761, "B": 58945, "C > A": 15445, "C > B": 27042, "C": 11269}

    first, last = run_off(the_votes(rule, ballots)).rounds

    assert first.counts == {0: 75761, 1: 58945, 2: 53756}
    assert (first.out, first.going) == ((2,), Going.FEWEST)
    assert last.counts == {0: 91206, 1: 85987}
    assert (int(last.exhausted), last.out) == (11269, ())
    assert the_order(rule, ballots) == ["A", "B", "C"]


def test_a_majority_in_the_first_round_wins_and_elimination_goes_on_to_the_end():
    rule = a_ballot_rule("ranking-irv", *"ABCD")
    ballots = {"A": 6, "B > C": 2, "C > B": 1, "D > C": 2}

    found = run_off(the_votes(rule, ballots))

    assert [round.out for round in found.rounds] == [(2,), (3,), ()]
    assert the_order(rule, ballots) == ["A", "B", "D", "C"]


def test_of_several_with_the_fewest_the_lower_borda_sum_goes():
    rule = a_ballot_rule("ranking-irv", *"ABC")
    ballots = {"A > B > C": 3, "B > A > C": 2, "C > B > A": 2}

    first = run_off(the_votes(rule, ballots)).rounds[0]

    assert (first.out, first.going, first.tied) == ((2,), Going.BORDA, (1, 2))
    assert the_order(rule, ballots) == ["B", "A", "C"]


def test_who_together_cannot_reach_the_next_go_together():
    rule = a_ballot_rule("ranking-irv", *"ABCD")
    ballots = {"A > B": 5, "B > A": 4, "C > D": 1, "D > C": 1}

    first = run_off(the_votes(rule, ballots)).rounds[0]

    assert (first.out, first.going) == ((2, 3), Going.TOGETHER)
    assert the_order(rule, ballots) == ["A", "B", "C = D"]


def test_who_together_reach_the_next_do_not_go_together():
    rule = a_ballot_rule("ranking-irv", *"ABCD")

    first = run_off(the_votes(rule, {"A > B": 5, "B > A": 2, "C > D": 1, "D > C": 1})).rounds[0]

    assert (first.out, first.going) == ((2, 3), Going.LOT)


def test_where_only_a_lot_could_say_who_goes_there_is_no_outcome():
    rule = a_ballot_rule("ranking-irv", *"ABC")
    roll = a_roll(*(a_seat(f"o{number}") for number in range(10)))
    texts = ["A > B > C"] * 2 + ["A > C > B"] * 2 + ["B > C > A"] * 3 + ["C > B > A"] * 3

    outcome = decide(rule, roll, [a_ballot(f"o{number}", text) for number, text in enumerate(texts)])

    assert (ended(outcome), outcome.order) == (TIE, (("A", "B", "C"),))


def test_options_that_nobody_puts_first_go_together_even_when_nobody_else_is_left():
    rule = a_ballot_rule("ranking-irv", *"ABCD")

    assert the_order(rule, {"A": 1}) == ["A", "B = C = D"]
    assert the_order(rule, {"A > B": 1, "B > A": 1}) == ["A = B", "C = D"]


def test_the_last_two_are_told_apart_by_borda():
    rule = a_ballot_rule("ranking-irv", *"ABC")
    ballots = {"A > B > C": 2, "B > A > C": 1, "B > C > A": 1}

    found = run_off(the_votes(rule, ballots))

    assert found.rounds[-1].tied == (0, 1)
    assert the_order(rule, ballots) == ["B", "A", "C"]


def test_an_equal_place_that_is_reached_is_divided_where_run_off_stands_beside_another_rule():
    rule = a_ballot_rule("ranking-pairwise", *"ABC")

    first, last = run_off(the_votes(rule, {"A = B": 1, "C": 2, "B": 1})).rounds

    assert (first.counts, first.out) == ({0: Fraction(1, 2), 1: Fraction(3, 2), 2: 2}, (0,))
    assert last.counts == {1: 2, 2: 2}


def test_raising_the_winner_can_make_it_lose_under_run_off():
    """Why instant run-off is not monotone: ten voters who put A higher take the victory from A."""
    rule = a_ballot_rule("ranking-irv", *"ABC")
    before = {"A > B > C": 39, "B > C > A": 35, "C > A > B": 26}
    after = {"A > B > C": 49, "B > C > A": 25, "C > A > B": 26}

    assert the_order(rule, before)[0] == "A"
    assert the_order(rule, after)[0] == "C"


# --- choice, approval, points -------------------------------------------------------------------------------


def test_the_primary_of_st_louis_is_counted_as_published():
    """City of St. Louis, primary of 2 March 2021: 44 571 ballots, candidates as letters; the top two advance."""
    rule = a_ballot_rule("approval", *"ABCD", winners=2)
    ballots = {"A,B,C,D": 6428, "A,B,C": 10758, "A,B": 3473, "A": 4729}
    votes = the_votes(rule, ballots)
    assert sum(ballots.values()) == 25388

    found = add_up(votes, the_ballot(rule))

    assert found.sums == (25388, 20659, 17186, 6428)
    assert the_order(rule, ballots) == ["A", "B", "C", "D"]


def test_an_empty_ballot_counts_in_the_share_of_an_approval():
    rule = with_options(read_rule("own", approval(at_least="1/2")), (Option("A"), Option("B")))
    roll = a_roll(*map(a_seat, ("vng", "ipo", "uvw", "npd")))
    two = [a_ballot("vng", "A"), a_ballot("ipo", "A,B")]

    three = decide(rule, roll, [*two, a_position("uvw", Stance.ABSTAIN)])
    four = decide(rule, roll, [*two, a_position("uvw", Stance.ABSTAIN), a_position("npd", Stance.ABSTAIN)])
    nobody = decide(rule, roll, [a_ballot("vng", "B"), *(a_position(each, Stance.ABSTAIN) for each in ("ipo", "uvw"))])

    assert (ended(three), three.order, three.dropped) == (ADOPTED, (("A",),), ("B",))
    assert (ended(four), four.order) == (ADOPTED, (("A",),))
    assert (ended(nobody), nobody.order, nobody.dropped) == (REJECTED, (), ("A", "B"))


def approval(**settings) -> dict[str, object]:
    return {"title": "Goedkeuring", "answers": "ballot", "method": "approval", **settings}


def test_a_tie_across_the_last_chosen_place_is_a_tie_and_one_within_is_not():
    roll = a_roll(*map(a_seat, ("vng", "ipo", "uvw")))
    ballots = [a_ballot("vng", "A,B,C"), a_ballot("ipo", "A,B"), a_ballot("uvw", "C,D")]

    by_winners = {
        winners: ended(decide(a_ballot_rule("approval", *"ABCD", winners=winners), roll, ballots))
        for winners in (1, 2, 3, 4)
    }

    assert by_winners == {1: TIE, 2: TIE, 3: ADOPTED, 4: ADOPTED}


def test_points_are_weighed_and_what_is_not_divided_stays_unspent():
    rule = a_ballot_rule("points", *"AB")
    roll = a_roll(a_seat("vng", weight="3/2"), a_seat("ipo", weight=1), a_seat("uvw", weight=2))
    positions = [a_ballot("vng", "A=60 B=20"), a_ballot("ipo", "B=100"), a_position("uvw", Stance.ABSTAIN)]

    outcome = decide(rule, roll, positions)
    found = add_up(the_votes(rule, {"A=60 B=20": 3, "B=100": 2}), the_ballot(rule))

    assert outcome.order == (("B",), ("A",))  # 130 of 450 points against 90
    assert (found.sums, found.base, found.unspent) == ((180, 260), 500, 60)


def test_organisations_are_counted_where_a_rule_does_not_weigh():
    roll = a_roll(a_seat("vng", weight=9), a_seat("ipo"), a_seat("uvw"))
    ballots = [a_ballot("vng", "A"), a_ballot("ipo", "B"), a_ballot("uvw", "B")]
    weighed = read_rule("own", {"title": "Gewogen", "answers": "ballot", "method": "choice", "measure": "weight"})

    by_heads = decide(a_ballot_rule("choice", "A", "B"), roll, ballots)
    by_weight = decide(with_options(weighed, (Option("A"), Option("B"))), roll, ballots)

    assert (by_heads.order, by_weight.order) == ((("B",), ("A",)), (("A",), ("B",)))


# --- dates --------------------------------------------------------------------------------------------------

NOON = datetime(2027, 5, 18, 12, tzinfo=UTC)
FIVE = a_roll(*map(a_seat, ("rijk", "vng", "ipo", "uvw", "npd")))


def a_date_rule(slots: int = 3, required: tuple[str, ...] = (), **settings) -> DecisionRule:
    options = tuple(Option(str(number), "", NOON + timedelta(days=(slots - number))) for number in range(1, slots + 1))
    rule = with_options(BALLOT_RULES["date"], options, **settings)  # the last slot is the earliest
    return replace(rule, required=required)


def test_the_most_available_slot_goes_first_then_the_most_plain_yes_then_the_earliest():
    ballots = [a_ballot("vng", "1=yes 2=yes 3=if-needed"), a_ballot("ipo", "1=if-needed 2=if-needed 3=yes")]

    outcome = decide(a_date_rule(), FIVE, [*ballots, a_ballot("uvw", "1=if-needed 2=no 3=no")])
    even = decide(a_date_rule(), FIVE, ballots)
    plain = decide(a_date_rule(), FIVE, [*ballots, a_ballot("uvw", "1=yes 2=if-needed 3=if-needed")])

    assert outcome.order == (("1",), ("3",), ("2",))
    assert even.order == (("3",), ("2",), ("1",))
    assert plain.order == (("1",), ("3",), ("2",))


def test_a_slot_that_a_required_organisation_cannot_make_drops_out():
    rule = a_date_rule(required=("RIJK",))
    ballots = [a_ballot("vng", "1=yes 2=yes"), a_ballot("ipo", "1=yes 2=yes 3=yes")]

    outcome = decide(rule, FIVE, [*ballots, a_ballot("rijk", "1=no 2=if-needed")])
    recused = decide(rule, FIVE, [*ballots, a_position("rijk", Stance.RECUSE, "interest")])
    silent = decide(rule, FIVE, ballots)

    assert (outcome.order, outcome.dropped) == ((("2",),), ("1", "3"))
    assert recused.dropped == ()
    assert (ended(silent), silent.dropped) == (REJECTED, ("1", "2", "3"))


def test_a_required_organisation_may_be_silent_where_the_rule_says_so():
    rule = a_date_rule(required=("rijk",), must_answer=False)

    outcome = decide(rule, FIVE, [a_ballot("vng", "1=yes 2=yes")])
    partly = decide(rule, FIVE, [a_ballot("vng", "1=yes 2=yes"), a_ballot("rijk", "2=no")])

    assert (outcome.order, outcome.dropped) == ((("2",), ("1",)), ("3",))
    assert (partly.order, partly.dropped) == ((("1",),), ("2", "3"))


@pytest.mark.parametrize("minimum, order", [(1, (("2",), ("1",))), (2, (("2",),)), (3, ())])
def test_a_slot_needs_as_many_as_the_minimum(minimum, order):
    ballots = [a_ballot("vng", "1=yes 2=yes 3=no"), a_ballot("ipo", "1=no 2=if-needed")]

    outcome = decide(a_date_rule(minimum=minimum), FIVE, ballots)

    assert (outcome.order, ended(outcome)) == (order, ADOPTED if order else REJECTED)


# --- before the count ---------------------------------------------------------------------------------------

CHOICE = a_ballot_rule("choice", "A", "B")


def with_quorum(silence: SilencePolicy = SilencePolicy.NOT_COUNTED, **quorum) -> DecisionRule:
    return replace(CHOICE, quorum=read_quorum(quorum), silence=silence)


@pytest.mark.parametrize(
    "rule, filed, end",
    [
        (CHOICE, {}, (Code.NO_DECISION, Reason.NO_REPLIES)),
        (CHOICE, {"vng": Stance.ABSTAIN}, (Code.NO_DECISION, Reason.ONLY_ABSTENTIONS)),
        (CHOICE, {"vng": "A", "ipo": Stance.ABSTAIN}, ADOPTED),
        (CHOICE, {"vng": "A", "ipo": "B"}, TIE),
        (
            CHOICE,
            dict.fromkeys(("rijk", "vng", "ipo", "uvw", "npd"), Stance.RECUSE),
            (Code.NO_DECISION, Reason.NO_ELIGIBLE),
        ),
        (with_quorum(organisations=3), {"vng": "A", "ipo": "A"}, (Code.NO_DECISION, Reason.QUORUM)),
        (with_quorum(organisations=3), {"vng": "A", "ipo": "A", "uvw": Stance.ABSTAIN}, ADOPTED),
        (with_quorum(organisations=5, silence=SilencePolicy.ABSTAIN), {"vng": "A"}, ADOPTED),
        (with_quorum(required=["rijk"]), {"vng": "A"}, (Code.NO_DECISION, Reason.QUORUM)),
        (with_quorum(required=["rijk"]), {"rijk": "A"}, ADOPTED),
    ],
)
def test_a_ballot_takes_the_same_steps_before_the_count_as_every_rule(rule, filed, end):
    positions = [
        a_ballot(each, what) if isinstance(what, str) and what in ("A", "B") else a_position(each, Stance(what))
        for each, what in filed.items()
    ]

    assert ended(decide(rule, FIVE, positions)) == end


def test_the_counts_of_a_ballot_are_ballots_and_abstentions():
    positions = [a_ballot("vng", "A"), a_ballot("ipo", "A"), a_position("uvw", Stance.ABSTAIN)]

    outcome = decide(CHOICE, FIVE, [*positions, a_position("npd", Stance.RECUSE, "interest")])

    assert outcome.counts == Counts(for_=2, abstain=1, silent=1, recused=1)
    assert (outcome.silent, outcome.recused) == (("rijk",), ("npd",))


def test_a_statement_with_a_ballot_is_noted():
    outcome = decide(CHOICE, FIVE, [a_ballot("vng", "A", text="Aantekening.")])

    assert (ended(outcome), outcome.noted) == ((Code.ADOPTED_WITH_NOTE, None), ("vng",))


def test_the_last_ballot_of_an_organisation_counts():
    positions = [a_ballot("vng", "B", sequence=2), a_ballot("vng", "A", sequence=1)]

    assert decide(CHOICE, FIVE, positions).order == (("B",), ("A",))
