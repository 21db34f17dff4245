"""The named rules on one dataset each: empty, tied, exactly on the line; and published votes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from commands.domain.outcome import Code, Reason
from commands.domain.position import Kind, Position, Stance
from commands.domain.roll import Roll, Seat
from commands.domain.rules import RULE_NAMES, RULES, rule_id, with_base, with_default_quorum
from commands.domain.rules.base import Amount, Answers, Base, Quorum, SilencePolicy, TiePolicy, Unreasoned
from commands.domain.rules.decide import decide
from tests.domain.rules.given import SILENCE, a_position, a_roll, a_seat, ended, voters

ADOPTED = (Code.ADOPTED, None)
REJECTED = (Code.REJECTED, None)

GENERIC = (
    "consensus",
    "rough-consensus",
    "strict-unanimity",
    "eu-unanimity",
    "simple-majority",
    "majority-of-members",
    "two-thirds-cast",
    "two-thirds-members",
    "weighted",
    "double-majority",
    "per-column",
)


def weighed(*groups: tuple[str, int, str | int]) -> tuple[Roll, list[Position]]:
    """Groups of (answer, number, weight of each)."""
    seats: list[Seat] = []
    positions: list[Position] = []
    for answer, number, weight in groups:
        for _ in range(number):
            name = f"lid{len(seats)}"
            seats.append(a_seat(name, weight=weight))
            if answer != "silent":
                positions.append(a_position(name, Stance(answer), "reasons" * (answer == "against")))
    return a_roll(*seats), positions


D1 = weighed(("for", 5, 7), ("against", 3, 15), ("abstain", 2, 5), ("silent", 2, 5))
D2 = weighed(("for", 7, 8), ("for", 1, 9), ("against", 1, 15), ("abstain", 1, 10), ("silent", 2, 5))
D3 = weighed(("for", 8, 8), ("against", 1, 16), ("abstain", 1, 10), ("silent", 2, 5))
D4 = weighed(("for", 8, 7), ("for", 1, 8), ("against", 1, 16), ("abstain", 1, 10), ("silent", 1, 10))
D5 = weighed(("for", 5, 10), ("against", 5, 8), ("abstain", 1, 5), ("silent", 1, 5))
D5_FULL = weighed(("for", 6, 10), ("against", 6, 8))
D6 = voters(silent=12)
D7 = voters(abstain=12)
D8 = voters(recused=12)
D9 = voters(for_=1, recused=11)


@pytest.mark.parametrize(
    "rule, outcome",
    [
        ("consensus", (Code.NO_DECISION, Reason.OBJECTION)),
        ("rough-consensus", (Code.NO_DECISION, Reason.OBJECTION)),
        ("strict-unanimity", REJECTED),
        ("eu-unanimity", REJECTED),
        ("simple-majority", ADOPTED),
        ("majority-of-members", REJECTED),
        ("two-thirds-cast", REJECTED),
        ("two-thirds-members", REJECTED),
        ("weighted", REJECTED),
        ("double-majority", REJECTED),
    ],
)
def test_five_for_three_against_two_abstentions_two_silent(rule, outcome):
    assert ended(decide(RULES[rule], *D1)) == outcome


def test_three_objections_break_the_silence():
    assert ended(decide(SILENCE, *D1)) == (Code.NO_DECISION, Reason.SILENCE_BROKEN)


def test_a_weighted_majority_of_members_takes_all_weight_as_its_base():
    rule = with_base(RULES["weighted"], Base.ELIGIBLE)
    half = weighed(("for", 1, 50), ("silent", 1, 50))
    more = weighed(("for", 1, 51), ("silent", 1, 49))

    assert ended(decide(rule, *half)) == REJECTED
    assert ended(decide(rule, *more)) == ADOPTED
    assert ended(decide(RULES["weighted"], *half)) == ADOPTED


def test_a_rule_that_has_its_base_in_its_name_keeps_it():
    assert with_base(RULES["two-thirds-cast"], Base.ELIGIBLE) == RULES["two-thirds-cast"]


def test_silence_as_consent_adds_to_the_votes_for():
    rule = replace(RULES["simple-majority"], silence=SilencePolicy.CONSENT)
    members = voters(for_=1, against=2, silent=2)

    assert ended(decide(RULES["simple-majority"], *members)) == REJECTED
    assert ended(decide(rule, *members)) == ADOPTED


def test_silence_as_against_adds_to_the_votes_against():
    rule = replace(RULES["simple-majority"], silence=SilencePolicy.AGAINST)

    assert ended(decide(rule, *voters(for_=2, silent=2))) == REJECTED
    assert ended(decide(rule, *voters(for_=3, silent=2))) == ADOPTED


def test_two_thirds_of_the_members_exactly_on_the_line_is_adopted():
    assert ended(decide(RULES["two-thirds-members"], *D2)) == ADOPTED
    assert ended(decide(RULES["two-thirds-members"], *voters(for_=7, silent=4))) == REJECTED


@pytest.mark.parametrize("members, outcome", [(D2, ADOPTED), (D3, REJECTED), (D4, ADOPTED)])
def test_a_double_majority_at_65_at_64_with_four_and_at_64_with_three_that_do_not_support(members, outcome):
    assert ended(decide(RULES["double-majority"], *members)) == outcome


def test_55_of_100_members_is_55_percent():
    members = voters(for_=55, against=45)
    short = voters(for_=54, against=46)
    rule = replace(RULES["double-majority"], criteria=RULES["double-majority"].criteria[:1])

    assert ended(decide(rule, *members)) == ADOPTED
    assert ended(decide(rule, *short)) == REJECTED


@pytest.mark.parametrize(
    "policy, repeat, members, outcome",
    [
        (TiePolicy.REJECTED, False, D5, REJECTED),
        (TiePolicy.HELD, False, D5, (Code.HELD, Reason.TIE)),
        (TiePolicy.HELD, False, D5_FULL, REJECTED),
        (TiePolicy.HELD, True, D5, REJECTED),
        (TiePolicy.REVOTE_THEN_CHAIR, False, D5, (Code.NO_DECISION, Reason.TIE)),
        (TiePolicy.REVOTE_THEN_CHAIR, True, D5, (Code.NO_DECISION, Reason.TIE)),
        (TiePolicy.HELD_UNLESS_URGENT_THEN_CHAIR, False, D5, (Code.HELD, Reason.TIE)),
        (TiePolicy.HELD_UNLESS_URGENT_THEN_CHAIR, True, D5, (Code.NO_DECISION, Reason.TIE)),
        (TiePolicy.LOT, False, D5_FULL, (Code.NO_DECISION, Reason.TIE)),
    ],
)
def test_a_tie_ends_as_its_policy_says(policy, repeat, members, outcome):
    rule = replace(RULES["simple-majority"], tie=policy)

    assert ended(decide(rule, *members, repeat=repeat)) == outcome


def test_one_vote_less_than_a_tie_is_rejected_whatever_the_tie_policy():
    rule = replace(RULES["simple-majority"], tie=TiePolicy.HELD)

    assert ended(decide(rule, *voters(for_=4, against=5, silent=3))) == REJECTED


def test_half_of_the_members_is_no_tie():
    rule = replace(RULES["majority-of-members"], tie=TiePolicy.HELD)

    assert ended(decide(rule, *voters(for_=6, against=6))) == REJECTED


def test_a_tie_of_heads_is_none_of_weights():
    rule = replace(RULES["weighted"], tie=TiePolicy.HELD)

    assert ended(decide(rule, *D5)) == ADOPTED
    assert ended(decide(rule, *weighed(("for", 1, "1.5"), ("against", 3, "0.5"), ("silent", 1, 1)))) == (
        Code.HELD,
        Reason.TIE,
    )


@pytest.mark.parametrize("rule", GENERIC)
@pytest.mark.parametrize(
    "members, outcome",
    [
        (D6, (Code.NO_DECISION, Reason.NO_REPLIES)),
        (D7, (Code.NO_DECISION, Reason.ONLY_ABSTENTIONS)),
        (D8, (Code.NO_DECISION, Reason.NO_ELIGIBLE)),
        (D9, ADOPTED),
    ],
)
def test_nobody_only_abstentions_all_recused_and_one_of_one_under_every_rule(rule, members, outcome):
    assert ended(decide(RULES[rule], *members)) == outcome


@pytest.mark.parametrize("policy", SilencePolicy)
def test_no_reply_at_all_decides_nothing_whatever_silence_counts_as(policy):
    rule = replace(RULES["simple-majority"], silence=policy)

    assert ended(decide(rule, *D6)) == (Code.NO_DECISION, Reason.NO_REPLIES)


@pytest.mark.parametrize(
    "members, outcome",
    [(D6, ADOPTED), (D7, ADOPTED), (D8, (Code.NO_DECISION, Reason.NO_ELIGIBLE)), (D9, ADOPTED)],
)
def test_under_the_silence_rule_nobody_has_to_answer(members, outcome):
    assert ended(decide(SILENCE, *members)) == outcome


def columns(*votes: tuple[str, str]) -> tuple[Roll, list[Position]]:
    """A roll of (column, answer), one organisation each."""
    seats = [a_seat(f"lid{place}", column) for place, (column, _) in enumerate(votes)]
    positions = [
        a_position(f"lid{place}", Stance(answer), "reasons")
        if answer == "against"
        else a_position(f"lid{place}", Stance(answer))
        for place, (_, answer) in enumerate(votes)
        if answer != "silent"
    ]
    return a_roll(*seats), positions


COLUMNS = columns(
    *[("rijk", "for")] * 5,
    *[("rijk", "against")] * 2,
    ("rijk", "abstain"),
    ("gemeenten", "against"),
    ("provincies", "for"),
    ("waterschappen", "for"),
    ("dienstverleners", "for"),
)


def test_eight_to_three_overall_is_rejected_where_one_column_is_against():
    assert ended(decide(RULES["simple-majority"], *COLUMNS)) == ADOPTED
    assert ended(decide(RULES["per-column"], *COLUMNS)) == REJECTED


def test_a_column_without_a_vote_is_left_to_the_quorum():
    silent = columns(("rijk", "for"), ("gemeenten", "silent"), ("provincies", "abstain"))

    assert ended(decide(RULES["per-column"], *silent)) == ADOPTED


def test_a_tie_in_one_column_alone_is_a_tie():
    rule = replace(RULES["per-column"], tie=TiePolicy.HELD)
    tied = columns(("a", "for"), ("a", "against"), ("b", "for"), ("b", "silent"))
    tied_and_lost = columns(("a", "for"), ("a", "against"), ("b", "against"), ("c", "for"), ("c", "for"))

    assert ended(decide(rule, *tied)) == (Code.HELD, Reason.TIE)
    assert ended(decide(rule, *tied_and_lost)) == REJECTED


def test_the_counts_by_column_follow_the_roll():
    outcome = decide(RULES["per-column"], *COLUMNS)

    assert list(outcome.columns) == ["rijk", "gemeenten", "provincies", "waterschappen", "dienstverleners"]
    rijk = outcome.columns["rijk"]
    assert (rijk.for_, rijk.against, rijk.abstain, rijk.silent, rijk.recused) == (5, 2, 1, 0, 0)


def iso(*groups: tuple[str, str, int, str]) -> tuple[Roll, list[Position]]:
    """Groups of (column, answer, number, reasons)."""
    seats: list[Seat] = []
    positions: list[Position] = []
    for column, answer, number, reasons in groups:
        for _ in range(number):
            name = f"lid{len(seats)}"
            seats.append(a_seat(name, column))
            positions.append(a_position(name, Stance(answer), reasons))
    return a_roll(*seats), positions


@pytest.mark.parametrize(
    "members, outcome",
    [
        (
            iso(
                ("P", "for", 17, ""),
                ("P", "against", 15, "r"),
                ("O", "for", 34, ""),
                ("O", "against", 3, "r"),
            ),
            REJECTED,
        ),
        (
            iso(("P", "for", 24, ""), ("P", "against", 8, "r"), ("O", "for", 37, ""), ("O", "against", 2, "r")),
            ADOPTED,
        ),
    ],
)
def test_the_two_ballots_on_iso_dis_29500(members, outcome):
    assert ended(decide(RULES["iso"], *members)) == outcome


def test_a_vote_against_without_reasons_is_dropped_or_counted_as_the_rule_says():
    members = iso(("P", "for", 20, ""), ("P", "against", 10, "r"), ("P", "against", 1, " "), ("O", "for", 30, ""))
    counted = replace(RULES["iso"], unreasoned_against=Unreasoned.COUNTED)

    outcome = decide(RULES["iso"], *members)

    assert ended(outcome) == ADOPTED
    assert outcome.counts.against == 11
    assert ended(decide(counted, *members)) == REJECTED


EU_2025 = {
    "DE": "18.49", "FR": "15.17", "IT": "13.23", "ES": "10.78", "PL": "8.33", "RO": "4.23", "NL": "4.01",
    "BE": "2.62", "CZ": "2.42", "PT": "2.36", "SE": "2.34", "EL": "2.31", "HU": "2.13", "AT": "2.02",
    "BG": "1.43", "DK": "1.32", "FI": "1.25", "SK": "1.21", "IE": "1.19", "HR": "0.86", "LT": "0.64",
    "SI": "0.47", "LV": "0.42", "EE": "0.30", "CY": "0.21", "LU": "0.15", "MT": "0.12",
}  # fmt: skip
SMALLEST_13 = "MT LU CY EE LV SI LT HR IE SK FI DK BG"


def a_council(against: str, abstain: str = "", silent: str = "") -> tuple[Roll, list[Position]]:
    roll = a_roll(*(a_seat(name, weight=weight) for name, weight in EU_2025.items()))
    positions = []
    for name in EU_2025:
        stance = (
            Stance.AGAINST if name in against.split() else Stance.ABSTAIN if name in abstain.split() else Stance.FOR
        )
        if name not in silent.split():
            positions.append(a_position(name, stance, "reasons" if stance is Stance.AGAINST else ""))
    return roll, positions


@pytest.mark.parametrize(
    "against, abstain, silent, outcome",
    [
        ("FI HU IT NL PL SE", "BE", "", ADOPTED),  # Nature Restoration Law, 17 June 2024
        (
            "DE HU MT SK SI",
            "AT BE CY CZ EL ES FI HR LU PT RO SE",
            "",
            REJECTED,
        ),  # electric cars, 4 October 2024
        ("CZ HU PL SK", "BE BG", "", ADOPTED),  # climate target 2040, 5 November 2025
        ("DE FR IT", "", "", ADOPTED),
        ("DE FR IT LU", "", "", REJECTED),
        ("DE FR IT", "", "LU", REJECTED),
        (SMALLEST_13, "", "", REJECTED),
    ],
)
def test_votes_and_edges_of_the_council_of_the_eu(against, abstain, silent, outcome):
    assert ended(decide(RULES["double-majority"], *a_council(against, abstain, silent))) == outcome


LAENDER_2016 = {
    "BW": "12.96662", "BY": "15.53327", "BE": "5.08324", "BB": "3.03655", "HB": "0.95331", "HH": "2.55752",
    "HE": "7.39885", "MV": "2.01240", "NI": "9.33138", "NW": "21.14424", "RP": "4.83089", "SL": "1.21111",
    "SN": "5.05577", "ST": "2.79941", "SH": "3.39074", "TH": "2.69470",
}  # fmt: skip


@pytest.mark.parametrize(
    "against, outcome",
    [
        ("NW BY", REJECTED),
        ("NW BW", REJECTED),
        ("BY BW", ADOPTED),
        ("HB SL MV HH TH ST", REJECTED),
        ("BUND", REJECTED),
    ],
)
def test_the_it_planungsrat_needs_the_bund_eleven_states_and_two_thirds_of_the_shares(against, outcome):
    roll = a_roll(
        a_seat("bund", "bund", "0"),
        *(a_seat(name, "laender", weight) for name, weight in LAENDER_2016.items()),
    )
    positions = [
        a_position(
            seat.organisation,
            Stance.AGAINST if seat.organisation.upper() in against.split() else Stance.FOR,
            "reasons" if seat.organisation.upper() in against.split() else "",
        )
        for seat in roll.seats
    ]

    assert ended(decide(RULES["it-planungsrat"], roll, positions)) == outcome


def test_every_named_rule_has_a_dutch_name_and_both_are_understood():
    assert set(RULES) <= set(RULE_NAMES.values())
    assert rule_id("Gewone-Meerderheid") == "simple-majority"
    assert rule_id("CONSENSUS") == "consensus"
    assert rule_id("rangorde-irv") == "ranking-irv"
    assert rule_id("meerderheidje") is None


def test_a_boards_quorum_is_for_rules_without_one_of_their_own():
    own, board = Quorum(organisations=Amount(Fraction(3))), Quorum(required=("rijk",))
    with_own = replace(RULES["consensus"], quorum=own)

    assert with_default_quorum(RULES["consensus"], board).quorum == board
    assert with_default_quorum(with_own, board).quorum == own


def test_a_rule_says_for_which_kind_of_item_it_is():
    assert RULES["consensus"].fits(Kind.CONSENT)
    assert not RULES["consensus"].fits(Kind.VOTE)
    assert RULES["simple-majority"].fits(Kind.CONSENT)
    assert RULES["simple-majority"].fits(Kind.VOTE)
    assert not RULES["simple-majority"].fits(Kind.CONSULTATION)
    assert SILENCE.fits(Kind.SILENCE)
    assert not SILENCE.fits(Kind.CONSENT)


def test_a_rule_for_either_kind_is_narrowed_to_one():
    assert RULES["simple-majority"].asked_as(Kind.CONSENT).answers is Answers.CONSENT
    assert RULES["simple-majority"].asked_as(Kind.VOTE).answers is Answers.VOTE
    assert RULES["consensus"].asked_as(Kind.CONSENT) == RULES["consensus"]
