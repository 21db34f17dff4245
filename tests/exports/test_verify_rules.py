"""The checker's own arithmetic gives what the program's rules give, for any rule and any positions."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commands.domain.outcome import Code, Reason
from commands.domain.position import Answer, Filing, Kind, Position, Reservation, ReservationKind, Stance
from commands.domain.roll import Roll, Seat
from commands.domain.round import Ending
from commands.domain.rules import RULES
from commands.domain.rules.base import (
    EACH,
    NO_OBJECTION,
    Amount,
    Answers,
    AnyOf,
    Base,
    Comparison,
    Condition,
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
from commands.domain.rules.data import read_rule, rule_as_data
from commands.exports.verify import Report, check
from tests.exports.factory import Story, lines
from tests.factories import DEADLINE, NOON, SECOND, a_roll, a_seat, an_item

NAMES = ("rijk", "vng", "ipo", "UvW", "npd", "é-organisatie")
COLUMNS = ("", "P", "p", "gemeenten", "laender")
HALF = Fraction(1, 2)
ONE = Fraction(1)

CONSENT = (
    Stance.AGREE,
    Stance.NO_OBJECTION,
    Stance.AGREE_IF,
    Stance.RESERVATION,
    Stance.ABSTAIN,
    Stance.OBJECT,
    Stance.RECUSE,
    Stance.WITHDRAWN,
)
VOTE = (Stance.FOR, Stance.AGAINST, Stance.ABSTAIN, Stance.RECUSE, Stance.WITHDRAWN)

SHARES = st.sampled_from([Fraction(0), Fraction(1, 4), HALF, Fraction(2, 3), Fraction(11, 20), Fraction(1)])
NUMBERS = st.sampled_from([Fraction(0), Fraction(1), Fraction(2), Fraction(3), Fraction(5, 2)])


@st.composite
def criteria(draw: st.DrawFn) -> Criterion:
    comparison = draw(st.sampled_from(Comparison))
    limit = draw(SHARES if comparison.is_share else NUMBERS)
    if limit == {Comparison.MORE_THAN: 1, Comparison.LESS_THAN: 0}.get(comparison):
        limit = HALF  # what no share can be is refused in a board file
    return Criterion(
        draw(st.sampled_from(Part)),
        comparison,
        limit,
        draw(st.sampled_from(Base)) if comparison.is_share else None,
        draw(st.sampled_from(Measure)),
        draw(st.sampled_from(("", "", EACH, "P", "GEMEENTEN", "nergens"))),
    )


MAJORITY = st.builds(
    Criterion,
    of=st.just(Part.FOR),
    comparison=st.just(Comparison.MORE_THAN),
    limit=st.just(HALF),
    base=st.just(Base.CAST),
    measure=st.sampled_from(Measure),
    column=st.sampled_from(("", EACH, "p")),
)
CONDITIONS = st.one_of(criteria(), MAJORITY, st.builds(AnyOf, st.lists(criteria(), min_size=1, max_size=3).map(tuple)))
REQUIRED = st.lists(st.sampled_from([*NAMES, "RIJK", "nergens"]), max_size=2, unique_by=str.casefold).map(tuple)
AMOUNTS = st.one_of(
    st.builds(Amount, NUMBERS, st.just(False)),
    st.builds(Amount, SHARES, st.just(True)),
)


@st.composite
def quorums(draw: st.DrawFn) -> Quorum | None:
    if not seldom(draw, 2):
        return None
    quorum = Quorum(
        draw(AMOUNTS) if seldom(draw, 2) else None,
        draw(AMOUNTS) if seldom(draw, 4) else None,
        draw(AMOUNTS) if seldom(draw, 4) else None,
        draw(AMOUNTS) if seldom(draw, 3) else None,
        draw(REQUIRED) if seldom(draw, 3) else (),
        draw(st.booleans()),
        draw(st.sampled_from(OnRepeat)),
    )
    asked = (quorum.organisations, quorum.organisations_more_than, quorum.weight, quorum.columns)
    return quorum if any(asked) or quorum.required else None


def seldom(draw: st.DrawFn, times: int) -> bool:
    """True once in so many times."""
    return draw(st.integers(1, times)) == times


@st.composite
def rules(draw: st.DrawFn) -> DecisionRule:
    answers = draw(st.sampled_from((Answers.VOTE, Answers.CONSENT)))
    conditions: list[Condition] = draw(st.lists(CONDITIONS, min_size=1, max_size=3))
    silence = draw(st.sampled_from(SilencePolicy))
    objections = Objections.COUNTED
    if answers is Answers.CONSENT and not seldom(draw, 3):
        conditions = [*conditions[: draw(st.integers(0, 3))], NO_OBJECTION]
        objections = draw(st.sampled_from(Objections))
        if objections is Objections.BREAK_SILENCE:
            silence = SilencePolicy.CONSENT
    return DecisionRule(
        "own",
        "Een eigen regel",
        answers,
        tuple(conditions),
        draw(REQUIRED) if seldom(draw, 4) else (),
        draw(quorums()),
        silence,
        draw(st.sampled_from(TiePolicy)),
        draw(st.sampled_from(Unreasoned)),
        objections,
    )


@st.composite
def rolls(draw: st.DrawFn) -> Roll:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=6, unique=True))
    weights = st.sampled_from([Fraction(0), Fraction(1), Fraction(3), Fraction(1, 3), Fraction(1849, 100)])
    return Roll(
        tuple(
            Seat(
                name,
                name,
                name,
                draw(st.sampled_from(COLUMNS)),
                draw(weights),
                voting=not seldom(draw, 8),
                reached=not seldom(draw, 12),
            )
            for name in names
        )
    )


@st.composite
def rough_rules(draw: st.DrawFn) -> DecisionRule:
    """A rule under which an objection that was answered does not block, and more to hold it against."""
    conditions: list[Condition] = draw(st.lists(CONDITIONS, max_size=2))
    return replace(RULES["rough-consensus"], criteria=(*conditions, NO_OBJECTION), required=draw(REQUIRED))


def tell(
    draw: st.DrawFn,
    rule: DecisionRule,
    roll: Roll,
    *,
    repeat: bool = False,
    stances: tuple[Stance, ...] = (),
) -> Story:
    """A round by this rule in which organisations file, replace, withdraw, come late and are answered."""
    kind = Kind.CONSENT if rule.answers is Answers.CONSENT else Kind.VOTE
    story = Story(an_item(kind=kind), roll=roll)
    story.open(rule=rule, repeat=repeat)
    stances = stances or (CONSENT if kind is Kind.CONSENT else VOTE)
    filed: list[Position] = []
    again = draw(st.lists(st.sampled_from(roll.seats), max_size=3))
    for place, seat in enumerate([*(each for each in roll.seats if not seldom(draw, 5)), *again]):
        stance = draw(st.sampled_from(stances))
        reservation = None
        if stance is Stance.RESERVATION:
            reservation = Reservation(ReservationKind.LEGAL, suspensive=draw(st.booleans()))
        text = draw(st.sampled_from(("", "Omdat.")))
        at = NOON + timedelta(seconds=place)
        filed.append(story.file(seat.organisation, stance, at, text, reservation=reservation))
    for position in filed:
        if position.stance in (Stance.OBJECT, Stance.AGREE_IF) and draw(st.booleans()):
            answer = draw(st.sampled_from(Answer))
            story.answer(position, answer, "Zie de nota.", NOON + timedelta(hours=1))
    if draw(st.booleans()):
        seat = draw(st.sampled_from(roll.seats))
        story.file(seat.organisation, stances[0], DEADLINE + SECOND, filing=Filing.LATE)
    story.close(DEADLINE, draw(st.sampled_from((Ending.DEADLINE, Ending.CHAIR))))
    return story


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log")


def check_story(folder: Path, story: Story) -> Report:
    path = folder / "events.jsonl"
    path.write_bytes(lines(story.entries))
    return check(str(path))


@settings(max_examples=200)
@given(st.data())
def test_its_outcome_of_a_rule_of_the_boards_own_is_that_of_the_program(folder, data):
    rule = data.draw(rules())
    story = tell(data.draw, rule, data.draw(rolls()), repeat=data.draw(st.booleans()))

    report = check_story(folder, story)

    assert (report.ok, report.outcomes) == (True, 1), report.lines("en")


@given(st.data())
def test_its_outcome_of_a_named_rule_is_that_of_the_program(folder, data):
    named = data.draw(st.sampled_from(list(RULES.values())))
    rule = named.asked_as(data.draw(st.sampled_from((Kind.CONSENT, Kind.VOTE))))
    story = tell(data.draw, rule, data.draw(rolls()), repeat=data.draw(st.booleans()))

    report = check_story(folder, story)

    assert (report.ok, report.outcomes) == (True, 1), report.lines("en")


@given(st.data())
def test_its_outcome_with_answered_objections_is_that_of_the_program(folder, data):
    stances = (Stance.AGREE, Stance.OBJECT, Stance.OBJECT, Stance.AGREE_IF, Stance.ABSTAIN)
    story = tell(data.draw, data.draw(rough_rules()), data.draw(rolls()), stances=stances)

    report = check_story(folder, story)

    assert (report.ok, report.outcomes) == (True, 1), report.lines("en")


@pytest.mark.parametrize("tie", TiePolicy)
@pytest.mark.parametrize("repeat", [False, True])
@pytest.mark.parametrize("votes", [(Stance.FOR, Stance.AGAINST), (Stance.FOR, Stance.AGAINST, Stance.ABSTAIN)])
def test_its_outcome_of_a_tie_is_that_of_the_program(folder, tie, repeat, votes):
    rule = replace(RULES["simple-majority"].asked_as(Kind.VOTE), tie=tie)
    story = Story(an_item(kind=Kind.VOTE), roll=a_roll(*NAMES[: len(votes)]))
    story.open(rule=rule, repeat=repeat)
    for name, stance in zip(NAMES, votes, strict=False):
        story.file(name, stance, NOON)
    story.close()

    report = check_story(folder, story)

    assert story.round.outcome is not None
    assert story.round.outcome.code is not Code.ADOPTED
    assert (report.ok, report.outcomes) == (True, 1), report.lines("en")


@pytest.mark.parametrize(
    ("changes", "stances", "code", "reason"),
    [
        ({"required": ("RIJK",)}, (Stance.RECUSE, Stance.FOR), Code.ADOPTED, None),
        ({"required": ("rijk",)}, (Stance.ABSTAIN, Stance.FOR), Code.REJECTED, None),
        ({"required": ("elders",)}, (Stance.FOR, Stance.FOR), Code.REJECTED, None),
        ({"required": ("rijk",), "tie": TiePolicy.HELD}, (Stance.AGAINST, Stance.FOR), Code.REJECTED, None),
        ({"quorum": Quorum(required=("Rijk",))}, (Stance.RECUSE, Stance.FOR), Code.ADOPTED, None),
        ({"quorum": Quorum(required=("rijk",))}, (None, Stance.FOR), Code.NO_DECISION, Reason.QUORUM),
        ({"quorum": Quorum(Amount(ONE, is_share=True))}, (None, Stance.FOR), Code.NO_DECISION, Reason.QUORUM),
        ({"quorum": Quorum(Amount(ONE))}, (None, Stance.FOR), Code.ADOPTED, None),
        ({"quorum": Quorum(None, Amount(ONE))}, (None, Stance.FOR), Code.NO_DECISION, Reason.QUORUM),
        ({"quorum": Quorum(columns=Amount(HALF, is_share=True))}, (None, Stance.FOR), Code.ADOPTED, None),
    ],
)
def test_its_outcome_of_a_named_member_or_a_quorum_is_that_of_the_program(folder, changes, stances, code, reason):
    rule = replace(RULES["simple-majority"].asked_as(Kind.VOTE), **changes)
    story = Story(an_item(kind=Kind.VOTE), roll=a_roll("rijk", "vng"))
    story.open(rule=rule)
    for name, stance in zip(("rijk", "vng"), stances, strict=True):
        if stance is not None:
            story.file(name, stance, NOON)
    story.close()

    report = check_story(folder, story)

    assert story.round.outcome is not None
    assert (story.round.outcome.code, story.round.outcome.reason) == (code, reason)
    assert report.ok, report.lines("en")


@pytest.mark.parametrize(("columns", "code"), [(("o", "o"), Code.ADOPTED_WITH_NOTE), (("o", "p"), Code.NO_DECISION)])
def test_an_answered_objection_is_noted_unless_it_fills_a_column(folder, columns, code):
    names = ("rijk", "vng")
    seats = (replace(a_seat(name), column=column) for name, column in zip(names, columns, strict=True))
    story = Story(roll=Roll(tuple(seats)))
    story.open(rule=RULES["rough-consensus"])
    story.file("rijk", Stance.AGREE, NOON)
    objection = story.file("vng", Stance.OBJECT, NOON, "Geen dekking.")
    story.answer(objection, Answer.ADDRESSED, "De dekking volgt.", NOON + SECOND)
    story.close()

    report = check_story(folder, story)

    assert story.round.outcome is not None
    assert story.round.outcome.code is code
    assert report.ok, report.lines("en")


def test_an_organisation_without_a_column_is_in_no_column(folder):
    columns = {"rijk": "P", "vng": "", "ipo": ""}
    roll = Roll(tuple(replace(a_seat(name), column=column) for name, column in columns.items()))
    each = Criterion(Part.FOR, Comparison.MORE_THAN, HALF, Base.CAST, column=EACH)
    story = Story(an_item(kind=Kind.VOTE), roll=roll)
    story.open(rule=replace(RULES["simple-majority"].asked_as(Kind.VOTE), criteria=(each,)))
    for name in columns:
        story.file(name, Stance.FOR if name == "rijk" else Stance.AGAINST, NOON)
    story.close()

    report = check_story(folder, story)

    assert story.round.outcome is not None
    assert story.round.outcome.code is Code.ADOPTED
    assert report.ok, report.lines("en")


def test_a_column_of_which_everybody_is_recused_is_left_out_of_a_quorum(folder):
    quorum = Quorum(columns=Amount(ONE, is_share=True))
    story = Story(an_item(kind=Kind.VOTE), roll=a_roll("rijk", "vng"))
    story.open(rule=replace(RULES["simple-majority"].asked_as(Kind.VOTE), quorum=quorum))
    story.file("rijk", Stance.RECUSE, NOON)
    story.file("vng", Stance.FOR, NOON)
    story.close()

    report = check_story(folder, story)

    assert story.round.outcome is not None
    assert story.round.outcome.code is Code.ADOPTED
    assert report.ok, report.lines("en")


@given(rules())
def test_a_rule_made_here_is_one_that_a_board_file_can_say(rule):
    assert read_rule(rule.id, json.loads(json.dumps(rule_as_data(rule)))) == rule
