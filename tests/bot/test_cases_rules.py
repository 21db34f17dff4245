"""Tables of cases for decision rules: what is run, what is compared, and what is wrong with a table."""

from __future__ import annotations

import tomllib

import pytest

from bot.cases import Status
from bot.cases_rules import run
from bot.problems import FileProblem

TABLE = """
[rule.two-class]
title = "Twee geledingen"
answers = "vote"
criteria = [
  { column = "a", of = "for", base = "cast", at_least = "2/3" },
  { column = "b", of = "for", minimum = 1 },
]

[members]
five = [
  { vote = "for", count = 2, weight = "1.5", column = "a" },
  { vote = "against", weight = 1, column = "a" },
  { vote = "for", column = "b", note = true },
  { vote = "silent", column = "b", reached = false },
]
tied = [{ vote = "for", count = 2 }, { vote = "against", count = 2 }, { vote = "abstain" }]
recused = [{ vote = "recused", count = 2 }]
suspended = [{ vote = "for" }, { vote = "for", suspensive = true }]
unreasoned = [{ vote = "for" }, { vote = "against", reasoned = false }]

[roll]
eu.all = { DE = "18.49", FR = "15.17", IT = "13.23", LU = "0.15" }
"""


def results(cases: str):
    return list(run(tomllib.loads(TABLE + cases)))


def a_case(settings: str, outcome: str = 'outcome = "adopted"') -> str:
    return f'[[case]]\nname = "row"\n{settings}\n{outcome}\n'


@pytest.mark.parametrize(
    "settings, got",
    [
        ('rule = "two-class"\nmembers = "five"', "adopted-with-note"),
        ('rule = "consensus"\nmembers = "five"', "no-decision/objection"),
        ('rule = "gewone-meerderheid"\nmembers = "five"', "adopted-with-note"),
        ('rule = "weighted"\nmembers = "five"\nbase = "eligible"', "adopted-with-note"),
        ('rule = "simple-majority"\nmembers = "five"\nsilence = "abstain"', "no-decision/not-reached"),
        ('rule = "simple-majority"\nmembers = "five"\nquorum = { organisations = 5 }', "no-decision/quorum"),
        ('rule = "simple-majority"\nmembers = "tied"\ntie = "held"', "held/tie"),
        ('rule = "simple-majority"\nmembers = "tied"\ntie = "held"\nrepeat = true', "rejected"),
        ('rule = "consensus"\nmembers = "recused"', "no-decision/no-eligible"),
        ('rule = "consensus"\nmembers = "suspended"', "held/reservation"),
        ('rule = "simple-majority"\nmembers = "unreasoned"', "rejected"),
        ('rule = "simple-majority"\nmembers = "unreasoned"\nunreasoned_against = "dropped"', "adopted"),
        ('rule = "simple-majority"\nroll = "eu"\nfor = ["DE"]\nagainst = ["FR"]', "rejected"),
        ('rule = "simple-majority"\nroll = "eu"\nagainst = ["FR"]\nothers = "for"', "adopted"),
        (
            'rule = "simple-majority"\nroll = "eu"\nrecused = ["FR"]\nothers = "abstain"',
            "no-decision/only-abstentions",
        ),
        ('rule = "weighted"\nroll = "eu"\nfor = ["LU", "FR", "IT"]\nagainst = ["DE"]', "adopted"),
    ],
)
def test_a_row_is_run_as_it_says(settings, got):
    result, *others = results(a_case(settings))

    assert others == []
    assert (result.name, result.got, result.section, result.index) == ("row", got, "case", 0)
    assert result.status is (Status.PASSED if got == "adopted" else Status.FAILED)
    assert result.expected == "adopted"


def test_a_reason_is_part_of_what_is_expected():
    tied = 'rule = "simple-majority"\nmembers = "tied"\ntie = "lot"'

    (named,) = results(a_case(tied, 'outcome = "no-decision"\nreason = "tie"'))
    (unnamed,) = results(a_case(tied, 'outcome = "no-decision"'))

    assert (named.status, named.expected) == (Status.PASSED, "no-decision/tie")
    assert (unnamed.status, unnamed.expected) == (Status.FAILED, "no-decision")


def test_a_row_for_several_rules_gives_a_result_for_each():
    found = results(a_case('rules = ["consensus", "silence", "simple-majority"]\nmembers = "suspended"'))

    assert [each.name for each in found] == ["row: consensus", "row: silence", "row: simple-majority"]
    assert [each.status for each in found] == [Status.FAILED, Status.FAILED, Status.FAILED]


@pytest.mark.parametrize(
    "settings",
    [
        'rule = "ladder"\nmembers = "five"',
        'rule = "ranking-irv"\nmembers = "five"',
        'rule = "onbekend"\nmembers = "five"',
        'rule = "consensus"\nmembers = "five"\nlot = "A"',
        'rule = "consensus"\nroll = "eu"\nothers = "proxy"',
    ],
)
def test_what_this_version_does_not_know_is_not_run(settings):
    (result,) = results(a_case(settings))

    assert (result.status, result.expected, result.got) == (Status.NOT_RUN, "", "")


@pytest.mark.parametrize("member", [{"vote": "proxy"}, {"vote": "for", "shares": 2}])
def test_a_member_that_this_version_does_not_know_is_not_run(member):
    row = {"name": "row", "rule": "consensus", "members": "new", "outcome": "adopted"}

    (result,) = run({"members": {"new": [member]}, "case": [row]})

    assert result.status is Status.NOT_RUN


@pytest.mark.parametrize(
    "table, key, remedy",
    [
        ("[[case]]\nrule = 'consensus'", "case[0].name", "file.missing-key"),
        ("[[case]]\nname = 'x'", "case[0].rule", "file.missing-key"),
        ("[[case]]\nname = 1", "case[0].name", "file.wrong-type"),
        (a_case('rule = "consensus"'), "case[0].roll", "file.missing-key"),
        (a_case('rule = "consensus"\nmembers = "six"'), "case[0].members", "file.wrong-type"),
        (a_case('rule = "consensus"\nroll = "un"'), "case[0].roll", "file.wrong-type"),
        (a_case('rule = "consensus"\nroll = "eu"\nfor = ["UK"]'), "case[0].for", "file.unknown-organisation"),
        (a_case('rule = "consensus"\nroll = "eu"\nfor = [1]'), "case[0].for", "file.wrong-type"),
        (a_case('rule = "consensus"\nmembers = "five"\nsilence = "x"'), "case[0].silence", "file.choice"),
        (
            a_case('rule = "consensus"\nmembers = "five"\nquorum = { organisations = 1.5 }'),
            "case[0].quorum.organisations",
            "rule-problem.exact-number",
        ),
        (a_case('rule = "consensus"\nmembers = "five"', ""), "case[0].outcome", "file.missing-key"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(table, key, remedy):
    with pytest.raises(FileProblem) as caught:
        results(table)

    assert (caught.value.key, caught.value.remedy.key) == (key, remedy)


@pytest.mark.parametrize(
    "document, key, remedy",
    [
        ({"rule": {"own": {"title": "x"}}}, "rule.own.answers", "rule-problem.missing-key"),
        ({"rule": {"own": 3}}, "rule.own", "file.wrong-type"),
        ({"members": []}, "members", "file.wrong-type"),
        ({"case": 3}, "case", "file.wrong-type"),
        (
            {
                "members": {"m": [{"vote": "for", "weight": 0.5}]},
                "case": [{"name": "x", "rule": "consensus", "members": "m", "outcome": "adopted"}],
            },
            "members.m[0].weight",
            "file.wrong-type",
        ),
    ],
)
def test_a_table_that_cannot_be_read_is_named(document, key, remedy):
    with pytest.raises(FileProblem) as caught:
        list(run(document))

    assert (caught.value.key, caught.value.remedy.key) == (key, remedy)
