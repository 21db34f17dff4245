"""The text of a ballot: what can be typed, its canonical form, and why a ballot is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.domain.ballot import (
    MOST_OPTIONS,
    Availability,
    BallotKind,
    Option,
    Paper,
    canonical,
    example,
    read_ballot,
    read_options,
)
from commands.domain.errors import DefaultNotOffered, InvalidBallot, InvalidOptions, OverBudget
from commands.domain.rules import BALLOT_RULES, RULES, with_options
from commands.domain.rules.data import read_rule
from commands.domain.values import Code, Line
from tests.domain.rules.given import the_ballot

OPTIONS = read_options(["CL: cloud", "DA: data", "burgers en ondernemers", "WE: weerbaarheid"])


def paper(kind: BallotKind, **settings) -> Paper:
    return Paper(kind, OPTIONS, **settings)


@pytest.mark.parametrize(
    "kind, text, marks, written",
    [
        (BallotKind.RANKING, "WE > CL = DA > 3", (2, 2, 3, 1), "WE > CL = DA > 3"),
        (BallotKind.RANKING, "we>da = cl>burgers en ondernemers", (2, 2, 3, 1), "WE > CL = DA > 3"),
        (BallotKind.RANKING, "4 > cloud", (2, 0, 0, 1), "WE > CL"),
        (BallotKind.RANKING, "DA", (0, 1, 0, 0), "DA"),
        (BallotKind.POINTS, "CL=25 DA=15", (25, 15, 0, 0), "CL=25 DA=15"),
        (BallotKind.POINTS, "da = 15,\n cl= 25; 3=0", (25, 15, 0, 0), "CL=25 DA=15"),
        (BallotKind.POINTS, "WE=100", (0, 0, 0, 100), "WE=100"),
        (BallotKind.APPROVAL, "1,3", (1, 0, 1, 0), "CL,3"),
        (BallotKind.APPROVAL, "we cl", (1, 0, 0, 1), "CL,WE"),
        (BallotKind.APPROVAL, "weerbaarheid; Burgers en ondernemers", (0, 0, 1, 1), "3,WE"),
        (BallotKind.CHOICE, "data", (0, 1, 0, 0), "DA"),
        (BallotKind.DATE, "1=ja 2=nee 3=indien-nodig", (3, 1, 2, 0), "CL=yes DA=no 3=if-needed"),
        (BallotKind.DATE, "CL=YES, 3 = Indien nodig", (3, 0, 2, 0), "CL=yes 3=if-needed"),
    ],
)
def test_a_ballot_is_read_and_written_in_one_way(kind, text, marks, written):
    ballot = read_ballot(paper(kind), text)

    assert (ballot.marks, ballot.text) == (marks, written)
    assert read_ballot(paper(kind), written) == ballot


@pytest.mark.parametrize(
    "kind, text, problem, word, position",
    [
        (BallotKind.RANKING, "WE > CL > WE > DA", "twice", "WE", 11),
        (BallotKind.RANKING, "WE > cloud > CL", "twice", "CL", 14),
        (BallotKind.RANKING, "WE > DX", "unknown-option", "DX", 6),
        (BallotKind.RANKING, "WE >> CL", "stray-sign", "WE >> CL", 1),
        (BallotKind.RANKING, "WE >", "stray-sign", "WE >", 1),
        (BallotKind.RANKING, "= WE", "stray-sign", "= WE", 1),
        (BallotKind.RANKING, " ", "empty", " ", 1),
        (BallotKind.POINTS, "CL=2.5", "not-a-number", "2.5", 4),
        (BallotKind.POINTS, "CL=-5", "not-a-number", "-5", 4),
        (BallotKind.POINTS, "CL=", "not-a-number", "", 1),
        (BallotKind.POINTS, "CL=25 DA", "not-a-number", "25 DA", 4),
        (BallotKind.POINTS, "WE CL=25", "no-value", "WE", 1),
        (BallotKind.POINTS, "25", "no-value", "25", 1),
        (BallotKind.POINTS, "CL=0 WE=0", "empty", "CL=0 WE=0", 1),
        (BallotKind.POINTS, "CL=1 cl=1", "twice", "cl", 6),
        (BallotKind.APPROVAL, "CL,5", "unknown-option", "5", 4),
        (BallotKind.APPROVAL, ",", "empty", ",", 1),
        (BallotKind.DATE, "1=misschien", "unknown-answer", "misschien", 3),
        (BallotKind.DATE, "9=ja", "unknown-option", "9", 1),
    ],
)
def test_a_ballot_that_cannot_be_read_is_refused_with_the_word_and_where_it_stands(kind, text, problem, word, position):
    with pytest.raises(InvalidBallot) as caught:
        read_ballot(paper(kind), text)

    assert caught.value.problem.key == f"ballot-problem.{problem}"
    assert (caught.value.problem.values["word"], caught.value.position) == (word, position)
    assert caught.value.example == example(paper(kind))


def test_an_option_that_is_nearly_right_is_suggested():
    options = read_options(["cloud: de wolk", "data: gegevens"])

    with pytest.raises(InvalidBallot) as caught:
        read_ballot(Paper(BallotKind.RANKING, options), "clout > data")

    assert caught.value.problem.values["suggestion"] == Code("cloud")
    assert caught.value.problem.values["choices"] == (Code("cloud"), Code("data"))


def test_more_points_than_the_budget_are_refused_and_exactly_the_budget_is_not():
    assert read_ballot(paper(BallotKind.POINTS), "CL=60 DA=40").marks == (60, 40, 0, 0)
    with pytest.raises(OverBudget) as caught:
        read_ballot(paper(BallotKind.POINTS), "CL=60 DA=41")

    assert (caught.value.spent, caught.value.budget, caught.value.code) == (101, 100, "over-budget")


def test_one_option_gets_no_more_points_than_the_cap():
    capped = paper(BallotKind.POINTS, cap=30)

    assert read_ballot(capped, "CL=30 DA=30").marks == (30, 30, 0, 0)
    with pytest.raises(InvalidBallot) as caught:
        read_ballot(capped, "DA=31")
    assert caught.value.problem == Line("ballot-problem.over-cap", {"word": "DA", "cap": 30, "points": 31})


def test_a_choice_is_one_option_and_an_approval_as_many_as_the_rule_allows():
    one = the_ballot(with_options(BALLOT_RULES["choice"], OPTIONS)).paper(OPTIONS)
    two = the_ballot(with_options(BALLOT_RULES["approval"], OPTIONS, most=2)).paper(OPTIONS)

    assert read_ballot(two, "CL,DA").marks == (1, 1, 0, 0)
    for each, text in ((one, "CL,DA"), (two, "CL,DA,WE")):
        with pytest.raises(InvalidBallot) as caught:
            read_ballot(each, text)
        assert caught.value.problem.key == "ballot-problem.too-many"


def test_equal_places_are_refused_where_run_off_decides_and_nowhere_else():
    irv, pairwise = (
        the_ballot(with_options(BALLOT_RULES[each], OPTIONS)).paper() for each in ("ranking-irv", "ranking-pairwise")
    )

    assert read_ballot(pairwise, "WE > CL = DA").text == "WE > CL = DA"
    assert read_ballot(irv, "WE > CL").text == "WE > CL"
    with pytest.raises(InvalidBallot) as caught:
        read_ballot(irv, "WE > CL = DA")
    assert caught.value.problem == Line("ballot-problem.equal-places", {"word": "CL = DA"})


def test_codes_go_before_labels_and_labels_before_places():
    options = (Option("B", "A"), Option("A", "2"), Option("C", "x"))

    read = {text: read_ballot(Paper(BallotKind.CHOICE, options), text).text for text in ("A", "2", "x", "1", "3")}

    assert read == {"A": "A", "2": "A", "x": "C", "1": "B", "3": "C"}


@pytest.mark.parametrize("kind", list(BallotKind))
@pytest.mark.parametrize("settings", [{}, {"most": 1}, {"budget": 1}, {"cap": 1}])
def test_the_example_of_a_paper_can_be_cast_on_it(kind, settings):
    shown = example(paper(kind, **settings))

    if isinstance(shown, Line):
        assert shown == Line("ballot-example.date", {"first": Code("CL"), "second": Code("DA")})
    else:
        assert read_ballot(paper(kind, **settings), shown.text).text == shown.text


MARKS = {
    BallotKind.CHOICE: st.integers(0, 1),
    BallotKind.APPROVAL: st.integers(0, 1),
    BallotKind.RANKING: st.integers(0, 4),
    BallotKind.POINTS: st.integers(0, 25),
    BallotKind.DATE: st.sampled_from(list(Availability)).map(int),
}


@given(st.data(), st.sampled_from(list(BallotKind)))
def test_whatever_a_ballot_says_survives_being_written_and_read(data, kind):
    marks = tuple(data.draw(st.lists(MARKS[kind], min_size=4, max_size=4).filter(any)))
    if kind is BallotKind.RANKING:  # places without gaps
        levels = sorted(set(marks) - {0})
        marks = tuple(levels.index(each) + 1 if each else 0 for each in marks)

    assert read_ballot(paper(kind), canonical(paper(kind), marks)).marks == marks


# --- options ------------------------------------------------------------------------------------------------


def test_an_option_has_the_code_that_was_given_and_else_its_place():
    options = read_options(["WE: weerbaarheid: en autonomie", "zonder code", "14:00 uur", "Éen: geen code"])

    assert [(each.code, each.label) for each in options] == [
        ("WE", "weerbaarheid: en autonomie"),
        ("2", "zonder code"),
        ("3", "14:00 uur"),
        ("4", "Éen: geen code"),
    ]


@pytest.mark.parametrize(
    "words, problem",
    [
        (["één"], "number"),
        ([], "number"),
        ([f"optie {number}" for number in range(MOST_OPTIONS + 1)], "number"),
        (["WE: a", "we: b"], "twice"),
        (["A", "a"], "twice"),
        (["A", " "], "empty"),
    ],
)
def test_options_that_nobody_could_choose_between_are_refused(words, problem):
    with pytest.raises(InvalidOptions) as caught:
        read_options(words)

    assert caught.value.problem.key == f"options-problem.{problem}"


def test_a_default_option_is_found_by_its_label_and_has_to_be_there():
    rule = read_rule(
        "own",
        {"title": "Eigen", "answers": "ballot", "method": "ranking-pairwise", "default": "Verder praten"},
    )

    with_it = with_options(rule, read_options(["A: plan", "V: verder praten"]))

    assert the_ballot(with_it).default == "V"
    with pytest.raises(DefaultNotOffered):
        with_options(rule, read_options(["A: plan", "B: ander plan"]))


def test_slots_keep_their_instants_and_a_rule_of_criteria_takes_no_options():
    slots = tuple(Option(str(day), "", datetime(2027, 5, day, 12, tzinfo=UTC)) for day in (18, 19))

    rule = with_options(BALLOT_RULES["date"], slots, minimum=4)

    assert the_ballot(rule).slots == (datetime(2027, 5, 18, 12, tzinfo=UTC), datetime(2027, 5, 19, 12, tzinfo=UTC))
    assert (the_ballot(rule).options, the_ballot(rule).minimum) == (("18", "19"), 4)
    with pytest.raises(ValueError):
        with_options(RULES["consensus"], slots)
