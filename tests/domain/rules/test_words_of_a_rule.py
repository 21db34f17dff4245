"""A rule in words before anybody answers, and the arithmetic behind an outcome."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from commands.domain.outcome import Code as Outcome
from commands.domain.outcome import Reason
from commands.domain.position import Answer, Kind, Stance
from commands.domain.rules import RULES
from commands.domain.rules.base import SilencePolicy, TiePolicy
from commands.domain.rules.data import read_quorum, read_rule
from commands.domain.rules.decide import decide
from commands.domain.rules.describe import describe, shown, shown_share
from commands.domain.values import Code, Line, Value
from tests.domain.rules.given import SILENCE, SUSPENSIVE, a_position, a_roll, a_seat, voters


def line(key: str, **values: Value) -> Line:
    return Line(key, values)


MET, NOT_MET = line("verdict.met"), line("verdict.not-met")
VOTES_FOR = line("criterion.of.organisations.for.vote")
CAST = line("criterion.base.organisations.cast.vote")
TWO_THIRDS = line("criterion.at-least", what=VOTES_FOR, base=CAST, share=Fraction(2, 3))
HALF = line("criterion.more-than-half", what=VOTES_FOR, base=CAST)


def test_consensus_in_words():
    rule = replace(RULES["consensus"], quorum=read_quorum({"columns": 4, "required": ["rijk"]}))

    assert describe(rule) == (
        line("describe.rule", title=line("rule.consensus")),
        line("describe.quorum.columns", needed=line("limit.at-least.number", limit=4)),
        line("describe.quorum.required", organisation="rijk"),
        line(
            "describe.criterion",
            requirement=line("criterion.minimum", what=line("criterion.of.organisations.for.consent"), limit=1),
        ),
        line(
            "describe.criterion",
            requirement=line("criterion.none", what=line("criterion.of.organisations.against.consent")),
        ),
        line("describe.objections.block"),
        line("describe.silence.not-counted"),
    )


def test_an_own_rule_in_words_says_all_that_can_matter():
    rule = read_rule(
        "own",
        {
            "title": "Onze regel",
            "answers": "vote",
            "criteria": [
                {"column": "producenten", "of": "for", "base": "cast", "at_least": "2/3"},
                {"column": "each", "of": "for", "base": "cast", "more_than": "1/2"},
                {"column": "each", "of": "participating", "minimum": 2},
                {
                    "any_of": [
                        {"of": "not-for", "maximum": 3},
                        {"of": "for", "base": "eligible", "at_least": 1},
                    ]
                },
                {"of": "against", "measure": "weight", "base": "participating", "at_most": "0.35"},
            ],
            "required": ["rijk"],
            "quorum": {
                "organisations_more_than": "23/2",
                "organisations": "1/1",
                "weight": "0.65",
                "abstentions_count": False,
                "on_repeat": "none",
            },
            "silence": "against",
            "tie": "lot",
            "unreasoned_against": "dropped",
        },
    )
    everybody = line("criterion.base.organisations.eligible")

    assert describe(rule) == (
        line("describe.rule", title="Onze regel"),
        line("describe.quorum.organisations", needed=line("limit.all")),
        line("describe.quorum.organisations", needed=line("limit.more-than.number", limit=Code("11.5"))),
        line("describe.quorum.weight", needed=line("limit.at-least.share", limit=Code("65 %"))),
        line("describe.quorum.without-abstentions"),
        line("describe.quorum.none-on-repeat"),
        line(
            "describe.criterion",
            requirement=line("criterion.in-column", column="producenten", requirement=TWO_THIRDS),
        ),
        line("describe.criterion", requirement=line("criterion.each-column.share", requirement=HALF)),
        line(
            "describe.criterion",
            requirement=line(
                "criterion.each-column.number",
                requirement=line("criterion.minimum", what=line("criterion.of.organisations.participating"), limit=2),
            ),
        ),
        line(
            "describe.criterion",
            requirement=line(
                "criterion.or",
                first=line("criterion.maximum", what=line("criterion.of.organisations.not-for.vote"), limit=3),
                second=line("criterion.all", what=VOTES_FOR, base=everybody),
            ),
        ),
        line(
            "describe.criterion",
            requirement=line(
                "criterion.at-most",
                what=line("criterion.of.weight.against.vote"),
                base=line("criterion.base.weight.participating"),
                share=Code("35 %"),
            ),
        ),
        line("describe.required.vote", organisation="rijk"),
        line("describe.silence.against"),
        line("describe.unreasoned.dropped"),
        line("describe.tie.lot"),
    )


def test_a_tie_is_mentioned_only_where_there_can_be_one():
    assert line("describe.tie.rejected") in describe(RULES["simple-majority"])
    assert line("describe.tie.rejected") not in describe(RULES["two-thirds-cast"])


def test_a_majority_on_a_consent_item_speaks_of_consent():
    rule = RULES["simple-majority"].asked_as(Kind.CONSENT)

    assert describe(rule)[1] == line(
        "describe.criterion",
        requirement=line(
            "criterion.more-than-half",
            what=line("criterion.of.organisations.for.consent"),
            base=line("criterion.base.organisations.cast.consent"),
        ),
    )


@pytest.mark.parametrize(
    "value, text",
    [
        (Fraction(3), 3),
        (Fraction(5297, 100), Code("52.97")),
        (Fraction(1, 40), Code("0.025")),
        (Fraction(129999, 20000), Code("6.49995")),
        (Fraction(200, 3), Fraction(200, 3)),
        (Fraction(1, 6), Fraction(1, 6)),
    ],
)
def test_a_weight_is_shown_as_a_decimal_where_that_is_exact(value, text):
    assert shown(value) == text


@pytest.mark.parametrize(
    "share, text",
    [
        (Fraction(2, 3), Fraction(2, 3)),
        (Fraction(1, 4), Fraction(1, 4)),
        (Fraction(55, 100), Code("55 %")),
        (Fraction(1, 100), Code("1 %")),
        (Fraction(1, 1000), Fraction(1, 1000)),
        (Fraction(5, 12), Fraction(5, 12)),
    ],
)
def test_a_share_is_shown_as_a_simple_fraction_or_a_whole_percentage(share, text):
    assert shown_share(share) == text


def test_the_arithmetic_of_two_thirds_of_the_votes_cast():
    rule = replace(RULES["two-thirds-cast"], quorum=read_quorum({"organisations": "2/3"}))

    outcome = decide(rule, *voters(for_=8, against=3, abstain=1, silent=1, recused=1))

    counts: dict[str, Value] = {
        "for": 8,
        "against": 3,
        "abstain": 1,
        "silent": 1,
        "recused": 1,
        "eligible": 13,
    }
    assert outcome.explanation == (
        Line("explain.counts.vote", counts),
        line("describe.silence.not-counted"),
        line(
            "explain.quorum.organisations",
            have=12,
            base=13,
            needed=line("limit.at-least.share", limit=Fraction(2, 3)),
            verdict=MET,
        ),
        line(
            "explain.test.share",
            requirement=TWO_THIRDS,
            have=8,
            base=11,
            needed=line("limit.at-least.number", limit=8),
            verdict=MET,
        ),
        line("explain.outcome", code=Outcome.ADOPTED, reason=""),
    )


@pytest.mark.parametrize(
    "comparison, share, needed",
    [
        ("at_least", "2/3", line("limit.at-least.number", limit=8)),
        ("more_than", "1/2", line("limit.at-least.number", limit=6)),
        ("more_than", "7/11", line("limit.at-least.number", limit=8)),
        ("at_most", "1/4", line("limit.at-most.number", limit=2)),
        ("less_than", "1/4", line("limit.less-than.number", limit=Code("2.75"))),
    ],
)
def test_the_limit_of_eleven_votes_in_whole_votes(comparison, share, needed):
    criterion = {"of": "for", "base": "cast", comparison: share}
    rule = read_rule("own", {"title": "Eigen", "answers": "vote", "criteria": [criterion]})

    outcome = decide(rule, *voters(for_=8, against=3))

    assert outcome.explanation[1].values["needed"] == needed


def test_the_arithmetic_of_weights_names_no_heads():
    roll = a_roll(a_seat("a", weight="52.97"), a_seat("b", weight="47.04"))

    outcome = decide(RULES["double-majority"], roll, [a_position("a", Stance.FOR)])

    weight = outcome.explanation[4]
    assert weight.key == "explain.test.share"
    assert (weight.values["have"], weight.values["base"]) == (Code("52.97"), Code("100.01"))
    assert weight.values["needed"] == line("limit.at-least.number", limit=Code("65.0065"))
    assert weight.values["verdict"] == NOT_MET
    assert outcome.explanation[3] == line("explain.any-of", verdict=MET)


def test_every_column_has_its_line():
    roll = a_roll(a_seat("a1", "a"), a_seat("b1", "b"), a_seat("c1", "c"))
    positions = [a_position("a1", Stance.FOR), a_position("b1", Stance.AGAINST, "reasons")]

    lines = decide(replace(RULES["per-column"], tie=TiePolicy.HELD), roll, positions).explanation

    tests = [each for each in lines if each.key == "explain.test.share"]
    assert [each.values["requirement"] for each in tests] == [
        line("criterion.in-column", column="a", requirement=HALF),
        line("criterion.in-column", column="b", requirement=HALF),
        HALF,
    ]
    assert [each.values["verdict"] for each in tests] == [MET, NOT_MET, line("verdict.tied")]
    assert [each.values["have"] for each in tests] == [1, 0, 1]


def test_nothing_of_nothing_is_said_as_it_is():
    rule = read_rule(
        "own",
        {
            "title": "Eigen",
            "answers": "vote",
            "criteria": [{"column": "leeg", "of": "for", "base": "cast", "at_least": "2/3"}],
        },
    )

    lines = decide(rule, *voters(for_=1)).explanation

    requirement = line("criterion.in-column", column="leeg", requirement=TWO_THIRDS)
    assert lines[1] == line("explain.test.nothing", requirement=requirement, have=0, verdict=NOT_MET)


def test_a_quorum_that_is_missed_ends_the_arithmetic():
    rule = replace(RULES["consensus"], quorum=read_quorum({"columns": 1, "required": ["rijk", "vng"], "weight": "2.5"}))
    roll = a_roll(a_seat("rijk", "rijk"), a_seat("vng", "gemeenten"), a_seat("ipo", "provincies"))
    positions = [a_position("ipo", Stance.AGREE), a_position("vng", Stance.RECUSE, "interest")]

    assert decide(rule, roll, positions).explanation[2:] == (
        line(
            "explain.quorum.weight",
            have=1,
            base=2,
            needed=line("limit.at-least.number", limit=Code("2.5")),
            verdict=NOT_MET,
        ),
        line(
            "explain.quorum.columns",
            have=1,
            base=2,
            needed=line("limit.at-least.number", limit=1),
            verdict=MET,
        ),
        line("explain.quorum.required.not-met", organisation="RIJK"),
        line("explain.quorum.required.excused", organisation="VNG"),
        line("explain.outcome", code=Outcome.NO_DECISION, reason=Reason.QUORUM),
    )


def test_who_objects_is_named_and_who_was_answered():
    roll = a_roll(a_seat("ipo", "x"), a_seat("npd", "x"), a_seat("vng", "x"))
    positions = [
        a_position("ipo", Stance.OBJECT, "reasons", answer=Answer.ADDRESSED),
        a_position("npd", Stance.AGREE_IF, "condition"),
        a_position("vng", Stance.AGREE),
    ]

    lines = decide(RULES["rough-consensus"], roll, positions).explanation

    assert line("explain.answered", organisations=("IPO",)) in lines
    assert line("explain.objecting", organisations=("IPO", "NPD")) in lines
    assert line("explain.whole-column") not in lines
    whole = decide(RULES["rough-consensus"], roll, [*positions, a_position("vng", Stance.RECUSE, "x", sequence=1)])
    assert line("explain.whole-column") in whole.explanation


def test_notes_and_suspensive_reservations_are_named():
    roll = a_roll(a_seat("vng"), a_seat("npd"))
    positions = [
        a_position("vng", Stance.AGREE, "statement"),
        a_position("npd", Stance.RESERVATION, "reservation", reservation=SUSPENSIVE),
    ]

    assert decide(RULES["consensus"], roll, positions).explanation[-3:] == (
        line("explain.noted", organisations=("VNG",)),
        line("explain.held-by", organisations=("NPD",)),
        line("explain.outcome", code=Outcome.HELD, reason=Reason.RESERVATION),
    )


def test_dropped_votes_and_required_members_are_named():
    rule = read_rule(
        "own",
        {
            "title": "Eigen",
            "answers": "vote",
            "required": ["vng", "ipo", "uvw"],
            "unreasoned_against": "dropped",
        },
    )
    roll = a_roll(a_seat("vng"), a_seat("ipo"), a_seat("uvw"))
    positions = [
        a_position("vng", Stance.FOR),
        a_position("ipo", Stance.AGAINST),
        a_position("uvw", Stance.RECUSE, "interest"),
    ]

    assert decide(rule, roll, positions).explanation[1:] == (
        line("explain.unreasoned", organisations=("IPO",)),
        line("explain.required.vote.met", organisation="VNG"),
        line("explain.required.vote.not-met", organisation="IPO"),
        line("explain.required.vote.excused", organisation="UVW"),
        line("explain.outcome", code=Outcome.REJECTED, reason=""),
    )


def test_a_tie_says_what_follows_and_why():
    rule = replace(RULES["simple-majority"], tie=TiePolicy.HELD)

    full = decide(rule, *voters(for_=1, against=1)).explanation
    again = decide(rule, *voters(for_=1, against=1, silent=1), repeat=True).explanation

    assert full[-3:-1] == (line("describe.tie.held"), line("explain.tie.full"))
    assert again[-3:-1] == (line("describe.tie.held"), line("explain.tie.repeat"))


def test_a_quorum_that_lapsed_is_said():
    rule = replace(RULES["simple-majority"], quorum=read_quorum({"organisations": 5, "on_repeat": "none"}))

    lines = decide(rule, *voters(for_=1, silent=1), repeat=True).explanation

    assert line("explain.quorum.none-on-repeat") in lines


def test_who_was_not_reached_is_named():
    rule = replace(RULES["simple-majority"], silence=SilencePolicy.ABSTAIN)
    roll = a_roll(a_seat("vng"), a_seat("npd", reached=False))

    lines = decide(rule, roll, [a_position("vng", Stance.FOR)]).explanation

    assert lines[1:] == (
        line("describe.silence.abstain"),
        line("explain.not-reached", organisations=("NPD",)),
        line("explain.outcome", code=Outcome.NO_DECISION, reason=Reason.NOT_REACHED),
    )


def test_an_adoption_by_silence_alone_is_flagged():
    assert line("explain.nobody-answered") in decide(SILENCE, *voters(silent=2)).explanation
    assert line("explain.nobody-for") in decide(SILENCE, *voters(abstain=2)).explanation
    assert line("explain.nobody-for") in decide(SILENCE, *voters(abstain=1, silent=1)).explanation
    assert line("explain.nobody-for") not in decide(SILENCE, *voters(for_=1, silent=1)).explanation
