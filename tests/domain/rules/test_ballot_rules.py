"""The rules of ballots as data and in words, and the named rule of silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from commands.domain.ballot import Option
from commands.domain.outcome import Code, Reason
from commands.domain.position import Kind, Stance
from commands.domain.rules import BALLOT_RULES, RULE_NAMES, RULES, USUAL_RULE, rule_id, with_options
from commands.domain.rules.ballots.data import BALLOT_KEYS
from commands.domain.rules.base import Measure, Method
from commands.domain.rules.data import RuleProblem, read_quorum, read_rule, rule_as_data
from commands.domain.rules.decide import decide
from commands.domain.rules.describe import describe
from commands.domain.rules.outlook import outlook
from commands.domain.rules.reach import Possibility
from commands.domain.values import Code as Shown
from commands.domain.values import Line, Value
from tests.domain.rules.given import a_ballot, a_ballot_rule, a_position, a_roll, a_seat, ended, the_ballot


def line(key: str, **values: Value) -> Line:
    return Line(key, values)


def data(method: str = "ranking-pairwise", **keys: Any) -> dict[str, Any]:
    return {"title": "Eigen", "answers": "ballot", "method": method, **keys}


NOON = datetime(2027, 5, 18, 12, tzinfo=UTC)
OWN = {
    "choice": data("choice", options=["A", "B"], measure="weight", winners=2, most=1),
    "approval": data("approval", at_least="0.5", most=3, silence="abstain", quorum={"organisations": 3}),
    "ranking-pairwise": data(options=["A", "V"], default="V", over_default="3/2"),
    "ranking-irv": data("ranking-irv", measure="weight"),
    "ranking-borda": data("ranking-borda", winners=3),
    "points": data("points", budget=10, cap=4, measure="organisations"),
    "date": data(
        "date", options=["1"], slots=["2027-05-18T14:00:00+02:00"], minimum=4, must_answer=False, required=["rijk"]
    ),
}


@pytest.mark.parametrize("rule", [*BALLOT_RULES.values(), *(read_rule("own", each) for each in OWN.values())])
def test_the_rule_of_a_ballot_survives_being_written_and_read(rule):
    written = rule_as_data(rule)

    assert read_rule(rule.id, written) == rule
    assert set(written) == {"title", "answers", "required", "silence", *BALLOT_KEYS[the_ballot(rule).method]} - {
        *(() if the_ballot(rule).at_least is not None else ("at_least",)),
        *(() if the_ballot(rule).default else ("default", "over_default")),
    } | ({"quorum"} if rule.quorum else set())


def test_what_an_own_rule_says_is_read():
    approval, pairwise, date = (read_rule("own", OWN[each]) for each in ("approval", "ranking-pairwise", "date"))

    assert (the_ballot(approval).at_least, the_ballot(approval).most, the_ballot(approval).winners) == (
        Fraction(1, 2),
        3,
        1,
    )
    assert the_ballot(pairwise).over_default == Fraction(3, 2)
    assert (the_ballot(date).slots, date.required) == ((NOON,), ("rijk",))
    assert the_ballot(read_rule("own", data("points"))).measure is Measure.WEIGHT
    assert the_ballot(read_rule("own", data("choice"))).measure is Measure.ORGANISATIONS


@pytest.mark.parametrize(
    "keys, key, remedy",
    [
        (data(method="loten"), "method", "one-of"),
        ({"title": "x", "answers": "ballot"}, "method", "missing-key"),
        ({"answers": "ballot", "method": "choice"}, "title", "missing-key"),
        (data("choice", budget=10), "budget", "unknown-key"),
        (data("choice", criteria=[]), "criteria", "unknown-key"),
        (data("choice", tie="lot"), "tie", "unknown-key"),
        (data("ranking-irv", winners=2), "winners", "unknown-key"),
        (data("choice", winners=0), "winners", "whole-number"),
        (data("choice", winners=True), "winners", "whole-number"),
        (data("points", budget="10"), "budget", "whole-number"),
        (data("approval", at_least="3/2"), "at_least", "share"),
        (data("approval", at_least=0.5), "at_least", "exact-number"),
        (data(default="V", over_default="1/2"), "over_default", "ratio"),
        (data(over_default="2/1"), "over_default", "ratio"),
        (data(options=["A", "B"], default="V"), "default", "one-of"),
        (data("date", options=["1", "2"], slots=["2027-05-18T12:00:00Z"]), "slots", "as-many"),
        (data("date", options=["1"], slots=["18 mei"]), "slots[1]", "instant"),
        (data("date", options=["1"], slots=["2027-05-18T12:00:00"]), "slots[1]", "instant"),
        (data("date", must_answer=1), "must_answer", "truth-value"),
        (data("choice", options=["A", "a"]), "options[2]", "twice"),
        (data("choice", silence="consent"), "silence", "one-of"),
        (data("choice", silence="against"), "silence", "one-of"),
        (data("choice", required=["rijk"]), "required", "only-for-dates"),
        (data("choice", quorum={}), "quorum", "empty-quorum"),
    ],
)
def test_a_rule_that_cannot_be_counted_is_refused_with_its_key(keys, key, remedy):
    with pytest.raises(RuleProblem) as caught:
        read_rule("own", keys)

    assert (caught.value.key, caught.value.remedy.key) == (key, f"rule-problem.{remedy}")


def test_the_rule_of_a_ballot_fits_its_own_kind_of_item_only():
    fitting = {name: [kind.value for kind in Kind if rule.fits(kind)] for name, rule in BALLOT_RULES.items()}

    assert fitting == {
        "choice": ["choice"],
        "approval": ["approval"],
        "ranking-pairwise": ["ranking"],
        "ranking-irv": ["ranking"],
        "ranking-borda": ["ranking"],
        "points": ["points"],
        "date": [],
    }
    assert all(the_ballot(BALLOT_RULES[name]).method.kind is kind for kind, name in USUAL_RULE.items())


def test_every_dutch_name_of_a_rule_means_one_that_there_is_but_the_ladder():
    assert {RULE_NAMES[name] for name in RULE_NAMES} - {*RULES, *BALLOT_RULES} == {"ladder"}
    assert (rule_id("Stilte"), rule_id("rangorde-irv"), rule_id("Keuze")) == ("silence", "ranking-irv", "choice")


# --- in words -----------------------------------------------------------------------------------------------


def test_a_rule_in_words_says_how_it_is_counted_and_what_drops_out():
    rule = replace(a_ballot_rule("ranking-pairwise", "A", "V"), quorum=read_quorum({"organisations": 3}))
    with_default = read_rule("own", OWN["ranking-pairwise"])

    assert describe(rule) == (
        line("describe.rule", title=line("rule.ranking-pairwise")),
        line("describe.quorum.organisations", needed=line("limit.at-least.number", limit=3)),
        line("describe.ballot.ranking-pairwise", budget=100),
        line("describe.ballot.tie"),
        line("describe.silence.not-counted"),
    )
    assert line("describe.ballot.default.ratio", default=Shown("V"), ratio=Shown("3 : 2")) in describe(with_default)


@pytest.mark.parametrize(
    "method, said",
    [
        ("choice", [line("describe.ballot.weight"), line("describe.ballot.winners", winners=2)]),
        ("approval", [line("describe.ballot.most", most=3), line("describe.ballot.at-least", share=Fraction(1, 2))]),
        ("points", [line("describe.ballot.points", budget=10), line("describe.ballot.cap", cap=4)]),
        (
            "date",
            [
                line("describe.ballot.minimum", minimum=4),
                line("describe.ballot.required.may-be-silent", organisation="rijk"),
            ],
        ),
    ],
)
def test_every_setting_that_matters_is_in_words(method, said):
    described = describe(read_rule("own", OWN[method]))

    assert [each for each in described if each in said] == said


# --- the arithmetic -----------------------------------------------------------------------------------------


def test_a_pairwise_outcome_shows_the_table_the_borda_sums_and_the_first_places():
    rule = a_ballot_rule("ranking-pairwise", "A", "B")
    roll = a_roll(*map(a_seat, ("vng", "ipo", "uvw")))

    outcome = decide(
        rule, roll, [a_ballot("vng", "A > B"), a_ballot("ipo", "A = B"), a_position("uvw", Stance.ABSTAIN)]
    )

    a, b = Shown("A"), Shown("B")
    half = Shown("0.5")
    assert outcome.explanation == (
        Line("explain.counts.ballot", {"for": 2, "abstain": 1, "silent": 0, "recused": 0, "eligible": 3}),
        line("explain.ballot.schulze"),
        line("explain.ballot.pairs", option=a, pairs=(line("explain.ballot.pair", option=b, have=1, against=0),)),
        line("explain.ballot.pairs", option=b, pairs=(line("explain.ballot.pair", option=a, have=0, against=1),)),
        line("explain.ballot.borda", scores=(score(a, 2), score(b, 1))),
        line("explain.ballot.first", scores=(score(a, Shown("1.5")), score(b, half))),
        line("explain.ballot.order", order=(a, b)),
        line("explain.outcome", code=Code.ADOPTED, reason=""),
    )


def score(option: Shown, value: Value) -> Line:
    return line("explain.ballot.score", option=option, score=value)


def test_a_run_off_shows_its_rounds_and_a_tie_that_was_broken():
    rule = a_ballot_rule("ranking-irv", *"ABC")
    roll = a_roll(*(a_seat(f"o{number}") for number in range(7)))
    texts = ["A > B > C"] * 3 + ["B > A"] * 2 + ["C > B > A"] * 2

    outcome = decide(rule, roll, [a_ballot(f"o{number}", text) for number, text in enumerate(texts)])

    a, b, c = map(Shown, "ABC")
    assert outcome.explanation[-5:] == (
        line("explain.ballot.round", round=1, scores=(score(a, 3), score(b, 2), score(c, 2)), exhausted=""),
        line("explain.ballot.out.borda", options=(c,), tied=(b, c)),
        line("explain.ballot.round", round=2, scores=(score(b, 4), score(a, 3)), exhausted=""),
        line("explain.ballot.order", order=(b, a, c)),
        line("explain.outcome", code=Code.ADOPTED, reason=""),
    )


def test_points_show_each_share_and_what_was_not_divided():
    roll = a_roll(a_seat("vng"), a_seat("ipo", weight="1/2"))

    outcome = decide(a_ballot_rule("points", "A", "B"), roll, [a_ballot("vng", "A=60"), a_ballot("ipo", "B=100")])

    assert outcome.explanation[1:4] == (
        line("explain.ballot.points", option=Shown("A"), have=60, base=150, share=Fraction(2, 5)),
        line("explain.ballot.points", option=Shown("B"), have=50, base=150, share=Fraction(1, 3)),
        line("explain.ballot.unspent", have=40, base=150),
    )


def test_a_choice_is_a_share_of_the_ballots_that_choose_and_an_approval_of_all():
    roll = a_roll(*map(a_seat, ("vng", "ipo", "uvw")))
    positions = [a_ballot("vng", "A"), a_ballot("ipo", "A"), a_position("uvw", Stance.ABSTAIN)]

    choice, approval = (decide(a_ballot_rule(each, "A", "B"), roll, positions) for each in ("choice", "approval"))

    assert choice.explanation[1] == line("explain.ballot.choice", option=Shown("A"), have=2, base=2, share=1)
    shown = line("explain.ballot.approval", option=Shown("A"), have=2, base=3, share=Fraction(2, 3))
    assert approval.explanation[1] == shown


def test_an_approval_shows_the_limit_and_what_drops_out():
    rule = with_options(read_rule("own", data("approval", at_least="2/3")), (Option("A"), Option("B")))

    outcome = decide(rule, a_roll(a_seat("vng"), a_seat("ipo")), [a_ballot("vng", "A"), a_ballot("ipo", "A,B")])

    values: dict[str, Value] = {"base": 2, "needed": Fraction(2, 3)}
    assert outcome.explanation[1:4] == (
        line(
            "explain.ballot.approval.share", option=Shown("A"), have=2, share=1, verdict=line("verdict.met"), **values
        ),
        line(
            "explain.ballot.approval.share",
            option=Shown("B"),
            have=1,
            share=Fraction(1, 2),
            verdict=line("verdict.not-met"),
            **values,
        ),
        line("explain.ballot.dropped.share", options=(Shown("B"),), default=Shown("")),
    )


# --- the rule of silence ------------------------------------------------------------------------------------

SILENCE = RULES["silence"]
THREE = a_roll(*map(a_seat, ("vng", "ipo", "uvw")))


@pytest.mark.parametrize(
    "filed, end",
    [
        ({}, (Code.ADOPTED, None)),
        ({"vng": Stance.ABSTAIN}, (Code.ADOPTED, None)),
        ({"vng": Stance.AGREE}, (Code.ADOPTED, None)),
        ({"vng": Stance.AGREE, "ipo": Stance.OBJECT}, (Code.NO_DECISION, Reason.SILENCE_BROKEN)),
        ({"ipo": Stance.AGREE_IF}, (Code.NO_DECISION, Reason.SILENCE_BROKEN)),
        (dict.fromkeys(("vng", "ipo", "uvw"), Stance.RECUSE), (Code.NO_DECISION, Reason.NO_ELIGIBLE)),
    ],
)
def test_silence_adopts_unless_somebody_objects(filed, end):
    positions = [a_position(each, stance, "reasons") for each, stance in filed.items() if stance is Stance.OBJECT]
    positions += [
        a_position(each, stance, "x" * (stance is Stance.AGREE_IF))
        for each, stance in filed.items()
        if stance is not Stance.OBJECT
    ]

    assert ended(decide(SILENCE, THREE, positions)) == end


def test_silence_says_nothing_of_an_organisation_that_was_not_reached():
    roll = a_roll(a_seat("vng"), a_seat("ipo", reached=False))

    unreached = decide(SILENCE, roll, [])
    answered = decide(SILENCE, roll, [a_position("ipo", Stance.NO_OBJECTION)])

    assert (ended(unreached), unreached.unreached) == ((Code.NO_DECISION, Reason.NOT_REACHED), ("ipo",))
    assert ended(answered) == (Code.ADOPTED, None)


def test_the_rule_of_silence_in_words_and_for_its_own_kind_of_item():
    assert describe(SILENCE) == (
        line("describe.rule", title=line("rule.silence")),
        line(
            "describe.criterion",
            requirement=line("criterion.none", what=line("criterion.of.organisations.against.consent")),
        ),
        line("describe.objections.break-silence"),
        line("describe.silence.consent"),
    )
    assert [kind for kind in Kind if SILENCE.fits(kind)] == [Kind.SILENCE]
    assert SILENCE.asked_as(Kind.SILENCE) == SILENCE


def test_while_nobody_objects_silence_needs_nothing_and_can_end_in_adoption_or_in_an_objection():
    found = outlook(SILENCE, THREE, [])

    assert (found.needed, found.is_exact) == ((), True)
    assert found.possible == {
        Possibility(Code.ADOPTED),
        Possibility(Code.ADOPTED_WITH_NOTE),
        Possibility(Code.HELD, Reason.RESERVATION),
        Possibility(Code.NO_DECISION, Reason.SILENCE_BROKEN),
        Possibility(Code.NO_DECISION, Reason.NO_ELIGIBLE),
    }


def test_the_methods_of_the_named_rules_are_all_there_are():
    assert {the_ballot(rule).method for rule in BALLOT_RULES.values()} == set(Method)
