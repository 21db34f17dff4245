"""Tables of cases for ballots: what is counted, what is compared, and what is wrong with a table."""

from __future__ import annotations

import tomllib

import pytest

from bot.cases import CaseResult, Status
from bot.cases_rules import run
from bot.problems import FileProblem

RANKING = """
[[ranking]]
name = "row"
options = ["A", "B", "C"]
ballots = [{ ballot = "A > C > B", count = 40 }, { ballot = "B > C > A", count = 35 }, { ballot = "C > B > A", count = 25 }]
"""
POINTS = """
[[points]]
name = "row"
budget = 10
options = ["A", "B", "C"]
ballots = [{ by = "vng", points = [6, 2, 0] }, { by = "ipo", points = [0, 4, 4] }]
"""
DATE = """
[[date]]
name = "row"
required = ["vng"]
minimum = 2
slots = ["2027-05-18T14:00/15:30", "2027-05-19T09:30", "2027-05-20T09:30"]
answers = [{ by = "vng", slots = ["yes", "yes", "no"] }, { by = "ipo", slots = ["no", "if-needed", "yes"] }]
"""
APPROVAL = """
[[approval]]
name = "row"
ballots = 9
approvals = { A = 3, B = 5, C = 0 }
"""


def result(text: str) -> CaseResult:
    (found,) = run(tomllib.loads(text))
    return found


@pytest.mark.parametrize(
    "row, expected",
    [
        (RANKING, 'order = ["C", "B", "A"]'),
        (RANKING, "pairwise = [[0, 40, 40], [60, 0, 35], [60, 65, 0]]"),
        (RANKING, 'borda = { A = "80", B = "95", C = "125" }'),
        (RANKING, "first = { A = 40, B = 35, C = 25 }"),
        (RANKING, 'irv = { eliminated = ["C"], winner = "B", ties_broken_by_borda = 0, final = { A = 40, B = 60 } }'),
        (RANKING, 'rule = "rangorde-irv"\norder = ["B", "A", "C"]\ndropped = []'),
        (POINTS, 'totals = [6, 6, 4]\nshares = ["3/10", "3/10", "1/5"]\nunspent = 4\norder = ["A = B", "C"]'),
        (DATE, "available = [1, 2, 1]\nyes = [1, 1, 1]\nfeasible = [false, true, false]\nweights_2_1_0 = [2, 3, 2]"),
        (DATE, 'chosen = "2027-05-19T07:30:00Z"'),
        (DATE, 'zone = "UTC"\nchosen = "2027-05-19T09:30:00Z"'),
        (APPROVAL, 'shares_rounded = { A = "33.33", B = "55.56", C = "0.00" }\ntop = ["B", "A"]'),
    ],
)
def test_what_a_row_expects_is_counted(row, expected):
    found = result(row + expected)

    assert (found.status, found.name.split()[1], found.expected) == (Status.PASSED, "row", found.got)


@pytest.mark.parametrize(
    "row, expected, shown",
    [
        (RANKING, 'order = ["A", "B", "C"]', ("order = ['A', 'B', 'C']", "order = ['C', 'B', 'A']")),
        (RANKING, 'irv = { winner = "A" }', ("irv = {'winner': 'A'}", None)),
        (POINTS, 'totals = [6, 6, 5]\norder = ["A = B", "C"]', ("totals = [6, 6, 5]", "totals = [6, 6, 4]")),
        (DATE, 'chosen = ""', ("chosen = ", "chosen = 2027-05-19T07:30:00Z")),
        (APPROVAL, 'top = ["A"]', ("top = ['A']", "top = ['B']")),
    ],
)
def test_only_what_differs_is_shown(row, expected, shown):
    found = result(row + expected)

    assert (found.status, found.expected) == (Status.FAILED, shown[0])
    assert found.got == shown[1] or shown[1] is None


def test_too_many_points_are_refused_as_when_they_are_typed():
    row = POINTS.replace("[6, 2, 0]", "[6, 5, 0]")

    assert result(row + 'refusal = "over-budget"\nspent = 11').status is Status.PASSED
    unexpected = result(row + 'order = ["A = B", "C"]')
    assert (unexpected.status, unexpected.got) == (Status.FAILED, "refusal = over-budget")
    assert result(POINTS + 'refusal = "over-budget"').status is Status.FAILED


def test_a_row_may_name_a_rule_of_the_document():
    rule = '[rule.top]\ntitle = "Twee"\nanswers = "ballot"\nmethod = "ranking-borda"\n'

    assert result(rule + RANKING + 'rule = "top"\norder = ["C", "B", "A"]').status is Status.PASSED


@pytest.mark.parametrize("rule", ["onbekend", "punten", "consensus"])
def test_a_rule_for_something_else_is_not_run(rule):
    assert result(f'{RANKING}rule = "{rule}"').status is Status.NOT_RUN


@pytest.mark.parametrize("row", [RANKING, POINTS, DATE, APPROVAL])
def test_a_row_with_an_unknown_key_is_not_run(row):
    assert result(f"{row}lot = 1").status is Status.NOT_RUN


@pytest.mark.parametrize(
    "row, key",
    [
        (RANKING.replace("A > C > B", "A > X"), "ranking[0].ballots[0].ballot"),
        (RANKING.replace('ballot = "A > C > B", ', ""), "ranking[0].ballots[0].ballot"),
        (POINTS.replace("[6, 2, 0]", "[6, 2]"), "points[0].ballots[0].points"),
        (POINTS.replace("[6, 2, 0]", "[6, 2, -1]"), "points[0].ballots[0].points"),
        (POINTS.replace("[6, 2, 0]", '["6", 2, 0]'), "points[0].ballots[0].points"),
        (DATE.replace('"if-needed"', '"maybe"'), "date[0].answers[1].slots"),
        (DATE.replace("2027-05-18T14:00/15:30", "18 mei"), "date[0].slots"),
        (DATE + 'zone = "Nergens"', "date[0].zone"),
        (APPROVAL.replace("A = 3", "A = '3'"), "approval[0].approvals.A"),
        ("[[approval]]\nname = 'x'", "approval[0].approvals"),
        ("[[ranking]]\nname = 'x'", "ranking[0].ballots"),
        ("[ranking]\nname = 'x'", "ranking"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(row, key):
    with pytest.raises(FileProblem) as caught:
        result(row)

    assert caught.value.key == key
