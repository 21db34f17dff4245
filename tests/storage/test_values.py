"""Values of replies, board settings and outcomes come back from their text exactly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any, cast

import pytest

from commands.domain.board import CalendarSettings, ConstituencyOf, Outage, Role, RoleGrant
from commands.domain.number import DecisionNumber, ItemNumber
from commands.domain.outcome import Code as OutcomeCode
from commands.domain.outcome import Counts, Outcome, Reason
from commands.domain.position import Stance
from commands.domain.rules import RULES
from commands.domain.rules.base import Amount, OnRepeat, Quorum
from commands.domain.values import Code, Line, Reference, Value
from storage.boardtext import decode_board, decode_rule, encode_board, encode_rule
from storage.outcometext import decode_outcome, encode_outcome
from storage.values import decode_values, encode_values
from tests.factories import a_board, an_organisation, an_outcome

ITEM = ItemNumber("bod", 2027, 3)

VALUES: dict[str, Value] = {
    "text": 'een "tekst" met ünicode\n',
    "number": 3,
    "zero": 0,
    "truth": True,
    "instant": datetime(2027, 1, 11, 9, 0, 0, 250001, UTC),
    "day": date(2027, 1, 11),
    "span": timedelta(days=3, microseconds=1),
    "share": Fraction(2, 3),
    "whole": Fraction(2),
    "stance": Stance.AGREE_IF,
    "item": ITEM,
    "decision": DecisionNumber(ITEM, 2),
    "reference": Reference("ab" * 32),
    "code": Code("/standpunt 003 akkoord"),
    "line": Line("rule.explained", {"share": Fraction(1, 2), "names": ("vng", "ipo")}),
    "nothing": (),
    "mixed": ("vng", 3, Stance.OBJECT, (Fraction(1, 3), ITEM)),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_comes_back_as_it_was(name):
    text = encode_values({name: VALUES[name]})

    back = decode_values(text)

    assert back == {name: VALUES[name]}
    assert type(back[name]) is type(VALUES[name])


def test_an_instant_of_another_zone_comes_back_as_the_same_instant_in_utc():
    local = datetime(2027, 1, 11, 10, 0, tzinfo=a_board().zone)

    back = decode_values(encode_values({"at": local}))["at"]

    assert back == datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
    assert isinstance(back, datetime)
    assert back.tzinfo is UTC


def test_a_word_of_an_enum_that_no_longer_exists_comes_back_as_text():
    back = decode_values('{"stance": {"enum": "Stance", "is": "perhaps"}, "other": {"enum": "Mood", "is": "good"}}')

    assert back == {"stance": "perhaps", "other": "good"}


def test_a_value_of_an_unknown_type_is_an_error():
    with pytest.raises(TypeError, match="float is not a value"):
        encode_values({"share": cast(Any, 0.5)})
    with pytest.raises(ValueError, match="unknown type of value: colour"):
        decode_values('{"x": {"colour": "red"}}')


def test_a_board_comes_back_as_it_was():
    board = a_board(
        organisations=(
            an_organisation("vng", weight=Fraction("12.5"), oin="00000099000000001000"),
            an_organisation("adviseur", voting=False, tooi="ministerie/mnre1034"),
        ),
        roles=(RoleGrant("voorzitter", Role.CHAIR, date(2026, 1, 1), date(2027, 12, 31)),),
        closing_time=time(16, 30),
        term="20 working days",
        quorum=Quorum(columns=Amount(Fraction(4)), required=("rijk",), on_repeat=OnRepeat.NONE),
        higher_board="TOP",
        calendar=CalendarSettings("NL", (date(2027, 5, 7),), (date(2027, 4, 27),)),
        silence_subjects=("gezamenlijke inbreng",),
        outage=Outage.CLOSE,
        constituency_of=ConstituencyOf("TOP", "ipo"),
        rules={"eigen": replace(RULES["double-majority"], id="eigen", title="Onze regel")},
        revision=7,
    )

    back = decode_board(encode_board(board))

    assert back == board


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_comes_back_as_it_was(rule):
    back = decode_rule(encode_rule(rule))

    assert back == rule


def test_an_outcome_comes_back_with_its_arithmetic():
    outcome = Outcome(
        OutcomeCode.NO_DECISION,
        Reason.QUORUM,
        Counts(for_=3, against=1, abstain=2, silent=4, recused=5),
        columns={"gemeenten": Counts(for_=1), "provincies": Counts(against=1)},
        silent=("vng", "ipo"),
        objecting=("uvw",),
        noted=("rijk",),
        held_by=("a",),
        recused=("b",),
        unreached=("c",),
        explanation=(Line("quorum.missed", {"needed": 4, "present": 3, "share": Fraction(3, 4)}),),
    )

    assert decode_outcome(encode_outcome(outcome)) == outcome
    assert decode_outcome(encode_outcome(an_outcome())) == an_outcome()
    assert decode_outcome(encode_outcome(None)) is None
