"""Rules from data and back, and what is said about a rule that is wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest

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
from commands.domain.rules.data import RuleProblem, read_number, read_quorum, read_rule, rule_as_data
from commands.domain.values import Code
from tests.domain.rules.given import SILENCE

TWO_CLASS: dict[str, object] = {
    "title": "Twee geledingen, elk een meerderheid",
    "answers": "vote",
    "criteria": [
        {"column": "producenten", "of": "for", "base": "cast", "at_least": "2/3"},
        {"column": "each", "of": "for", "measure": "weight", "base": "eligible", "more_than": "0.5"},
        {"any_of": [{"of": "not-for", "maximum": 3}, {"of": "for", "measure": "weight", "minimum": "23/2"}]},
    ],
    "required": ["rijk"],
    "quorum": {
        "organisations": 11,
        "organisations_more_than": "23/2",
        "weight": "2/3",
        "columns": "1/1",
        "required": ["vng", "ipo"],
        "abstentions_count": False,
        "on_repeat": "none",
    },
    "silence": "abstain",
    "tie": "held-unless-urgent-then-chair",
    "unreasoned_against": "dropped",
}


def test_every_key_is_read():
    assert read_rule("two-class", TWO_CLASS) == DecisionRule(
        id="two-class",
        title="Twee geledingen, elk een meerderheid",
        answers=Answers.VOTE,
        criteria=(
            Criterion(Part.FOR, Comparison.AT_LEAST, Fraction(2, 3), Base.CAST, column="producenten"),
            Criterion(Part.FOR, Comparison.MORE_THAN, Fraction(1, 2), Base.ELIGIBLE, Measure.WEIGHT, EACH),
            AnyOf(
                (
                    Criterion(Part.NOT_FOR, Comparison.MAXIMUM, Fraction(3)),
                    Criterion(Part.FOR, Comparison.MINIMUM, Fraction(23, 2), measure=Measure.WEIGHT),
                )
            ),
        ),
        required=("rijk",),
        quorum=Quorum(
            organisations=Amount(Fraction(11)),
            organisations_more_than=Amount(Fraction(23, 2)),
            weight=Amount(Fraction(2, 3), is_share=True),
            columns=Amount(Fraction(1), is_share=True),
            required=("vng", "ipo"),
            abstentions_count=False,
            on_repeat=OnRepeat.NONE,
        ),
        silence=SilencePolicy.ABSTAIN,
        tie=TiePolicy.HELD_UNLESS_URGENT_THEN_CHAIR,
        unreasoned_against=Unreasoned.DROPPED,
        objections=Objections.COUNTED,
    )


def test_what_is_left_out_has_its_default():
    rule = read_rule("own", {"title": "Eigen", "answers": "vote", "criteria": [{"of": "for", "minimum": 1}]})

    assert rule == DecisionRule("own", "Eigen", Answers.VOTE, (Criterion(Part.FOR, Comparison.MINIMUM, Fraction(1)),))
    assert (rule.silence, rule.tie, rule.quorum) == (SilencePolicy.NOT_COUNTED, TiePolicy.REJECTED, None)


@pytest.mark.parametrize(
    "answers, criterion, objections",
    [
        ("consent", {"of": "against", "maximum": 0}, Objections.BLOCK),
        ("consent", {"of": "against", "maximum": 1}, Objections.COUNTED),
        ("consent", {"of": "against", "maximum": 0, "column": "rijk"}, Objections.COUNTED),
        ("vote", {"of": "against", "maximum": 0}, Objections.COUNTED),
    ],
)
def test_an_objection_blocks_under_a_consent_rule_that_allows_none(answers, criterion, objections):
    rule = read_rule("own", {"title": "Eigen", "answers": answers, "criteria": [criterion]})

    assert rule.objections is objections


RULES_TO_KEEP = [
    *RULES.values(),
    read_rule("two-class", TWO_CLASS),
    SILENCE,
    replace(RULES["consensus"], quorum=read_quorum({"columns": 4, "required": ["rijk"]})),
    replace(RULES["weighted"], quorum=read_quorum({"weight": "0.65", "organisations": "1"})),
    DecisionRule("own", "Eigen", Answers.CONSENT, (NO_OBJECTION,), objections=Objections.COUNTED),
]


@pytest.mark.parametrize("rule", RULES_TO_KEEP, ids=lambda rule: rule.id)
def test_a_rule_written_and_read_is_the_same_rule(rule):
    data = rule_as_data(rule)

    assert read_rule(rule.id, data) == rule
    assert read_rule(rule.id, json.loads(json.dumps(data))) == rule
    assert rule_as_data(read_rule(rule.id, data)) == data


def test_a_rule_as_data_is_canonical_and_complete():
    assert rule_as_data(read_rule("two-class", TWO_CLASS)) == {
        **TWO_CLASS,
        "criteria": [
            {
                "of": "for",
                "measure": "organisations",
                "base": "cast",
                "column": "producenten",
                "at_least": "2/3",
            },
            {"of": "for", "measure": "weight", "base": "eligible", "column": "each", "more_than": "1/2"},
            {
                "any_of": [
                    {"of": "not-for", "measure": "organisations", "maximum": 3},
                    {"of": "for", "measure": "weight", "minimum": "23/2"},
                ]
            },
        ],
        "objections": "counted",
    }


def test_words_of_a_rule_compare_without_case():
    rule = read_rule(
        "own",
        {
            "title": "Eigen",
            "answers": "Vote",
            "criteria": [{"of": "FOR", "column": "EACH", "minimum": 1}],
            "tie": "Held",
        },
    )

    assert rule.answers is Answers.VOTE
    assert rule.criteria[0] == Criterion(Part.FOR, Comparison.MINIMUM, Fraction(1), column=EACH)
    assert rule.tie is TiePolicy.HELD


@pytest.mark.parametrize(
    "written, amount",
    [
        (4, Amount(Fraction(4))),
        (0, Amount(Fraction(0))),
        ("4", Amount(Fraction(4))),
        ("1", Amount(Fraction(1))),
        ("23/2", Amount(Fraction(23, 2))),
        ("11.5", Amount(Fraction(23, 2))),
        ("2/3", Amount(Fraction(2, 3), is_share=True)),
        ("0.65", Amount(Fraction(13, 20), is_share=True)),
        ("1/1", Amount(Fraction(1), is_share=True)),
    ],
)
def test_a_quorum_below_one_is_a_share_and_any_other_a_number(written, amount):
    assert read_quorum({"organisations": written}).organisations == amount


@pytest.mark.parametrize("written", [0.5, -1, "-1", "2/0", "1e3", "½", "", "2 / 3", True, None, [], "1/2/3", 10**18])
def test_a_number_that_is_not_exact_is_refused(written):
    with pytest.raises(RuleProblem) as caught:
        read_number(written, "weight")

    assert (caught.value.key, caught.value.remedy.key) == ("weight", "rule-problem.exact-number")


def changed(**keys: object) -> dict[str, object]:
    return {**TWO_CLASS, **keys}


def without(key: str) -> dict[str, object]:
    return {name: value for name, value in TWO_CLASS.items() if name != key}


def with_criterion(**keys: object) -> dict[str, object]:
    return changed(criteria=[{"of": "for", "base": "cast", "at_least": "2/3"}, keys])


@pytest.mark.parametrize(
    "data, key, value, remedy",
    [
        (changed(silense="abstain"), "silense", "silense", "unknown-key"),
        (changed(any_of=[]), "any_of", "any_of", "unknown-key"),
        (without("title"), "title", "", "missing-key"),
        (changed(title=" "), "title", " ", "text"),
        (changed(title=1), "title", "1", "text"),
        (without("answers"), "answers", "", "missing-key"),
        (changed(answers="stem"), "answers", "stem", "one-of"),
        (changed(answers=True), "answers", "true", "one-of"),
        (changed(criteria="for"), "criteria", "for", "list"),
        (changed(criteria=["for"]), "criteria[1]", "for", "table"),
        (changed(criteria=[], required=[]), "criteria", "", "no-criteria"),
        (with_criterion(base="cast", at_least="2/3"), "criteria[2].of", "", "missing-key"),
        (with_criterion(of="voor", minimum=1), "criteria[2].of", "voor", "one-of"),
        (with_criterion(of="for"), "criteria[2]", "", "one-comparison"),
        (with_criterion(of="for", minimum=1, maximum=2), "criteria[2]", "minimum, maximum", "one-comparison"),
        (with_criterion(of="for", at_least="2/3"), "criteria[2].base", "", "needs-base"),
        (with_criterion(of="for", base="cast", minimum=1), "criteria[2].base", "cast", "no-base"),
        (with_criterion(of="for", base="all", at_least="2/3"), "criteria[2].base", "all", "one-of"),
        (with_criterion(of="for", base="cast", at_least=0.6), "criteria[2].at_least", "0.6", "exact-number"),
        (with_criterion(of="for", base="cast", at_least="3/2"), "criteria[2].at_least", "3/2", "share"),
        (with_criterion(of="for", base="cast", more_than=1), "criteria[2].more_than", "1", "reachable-share"),
        (with_criterion(of="for", base="cast", less_than=0), "criteria[2].less_than", "0", "reachable-share"),
        (with_criterion(of="for", minimum=1, unit="x"), "criteria[2].unit", "unit", "unknown-key"),
        (with_criterion(of="for", minimum=1, column=3), "criteria[2].column", "3", "text"),
        (with_criterion(any_of=[], of="for"), "criteria[2].of", "of", "unknown-key"),
        (with_criterion(any_of=[]), "criteria[2].any_of", "", "no-alternatives"),
        (with_criterion(any_of=[{"of": "x"}]), "criteria[2].any_of[1].of", "x", "one-of"),
        (with_criterion(any_of=[1]), "criteria[2].any_of[1]", "1", "table"),
        (changed(required="rijk"), "required", "rijk", "list"),
        (changed(required=["rijk", 1]), "required[2]", "1", "text"),
        (changed(required=["rijk", "Rijk"]), "required[2]", "Rijk", "twice"),
        (changed(quorum=4), "quorum", "4", "table"),
        (changed(quorum={}), "quorum", "", "empty-quorum"),
        (changed(quorum={"abstentions_count": True}), "quorum", "", "empty-quorum"),
        (changed(quorum={"organisation": 4}), "quorum.organisation", "organisation", "unknown-key"),
        (changed(quorum={"organisations": 4.5}), "quorum.organisations", "4.5", "exact-number"),
        (
            changed(quorum={"columns": 4, "abstentions_count": "yes"}),
            "quorum.abstentions_count",
            "yes",
            "truth-value",
        ),
        (changed(quorum={"columns": 4, "on_repeat": "never"}), "quorum.on_repeat", "never", "one-of"),
        (changed(quorum={"required": [""]}), "quorum.required[1]", "", "text"),
        (changed(silence="tegen"), "silence", "tegen", "one-of"),
        (changed(tie="coin"), "tie", "coin", "one-of"),
        (changed(unreasoned_against=False), "unreasoned_against", "false", "one-of"),
        (changed(objections="block"), "objections", "block", "needs-no-objection"),
        (
            changed(answers="consent", objections="break-silence", criteria=[{"of": "against", "maximum": 0}]),
            "silence",
            "abstain",
            "needs-consent",
        ),
    ],
)
def test_a_problem_names_key_value_and_remedy(data, key, value, remedy):
    with pytest.raises(RuleProblem) as caught:
        read_rule("own", data)

    assert (caught.value.key, caught.value.value) == (key, value)
    assert caught.value.remedy.key == f"rule-problem.{remedy}"


def test_an_unknown_key_or_word_comes_with_the_nearest_one():
    with pytest.raises(RuleProblem) as key:
        read_rule("own", changed(silense="abstain"))
    with pytest.raises(RuleProblem) as word:
        read_rule("own", changed(silence="abstian"))

    assert key.value.remedy.values["suggestion"] == Code("silence")
    assert word.value.remedy.values["suggestion"] == Code("abstain")
    assert word.value.remedy.values["choices"] == tuple(Code(each.value) for each in SilencePolicy)


def test_a_boards_quorum_is_read_by_itself():
    quorum = read_quorum({"columns": 4, "required": ["rijk"]})

    assert quorum == Quorum(columns=Amount(Fraction(4)), required=("rijk",))
    with pytest.raises(RuleProblem) as caught:
        read_quorum({"column": 4})
    assert (caught.value.key, caught.value.remedy.values["suggestion"]) == ("column", Code("columns"))


def test_a_rule_names_the_columns_and_organisations_that_a_board_must_have():
    rule = read_rule("two-class", TWO_CLASS)

    assert rule.named_columns == ("producenten",)
    assert rule.named_organisations == ("rijk", "vng", "ipo")
