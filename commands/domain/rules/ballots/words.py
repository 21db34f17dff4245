"""The rule of a ballot in words, as far as it differs from a rule of criteria."""

from __future__ import annotations

from collections.abc import Iterator

from commands.domain.rules.base import Balloting, DecisionRule, Measure, Method
from commands.domain.values import Code, Line


def describe_ballot(rule: DecisionRule, ballot: Balloting) -> Iterator[Line]:
    """How the ballots are filled in and counted, what drops out, and what a tie gives."""
    yield Line(f"describe.ballot.{ballot.method.value}", {"budget": ballot.budget})
    if ballot.most > 1 or (ballot.most and ballot.method is Method.APPROVAL):
        yield Line("describe.ballot.most", {"most": ballot.most})
    if ballot.method is Method.POINTS and ballot.cap:
        yield Line("describe.ballot.cap", {"cap": ballot.cap})
    if ballot.measure is Measure.WEIGHT:
        yield Line("describe.ballot.weight", {})
    if ballot.at_least is not None:
        yield Line("describe.ballot.at-least", {"share": ballot.at_least})
    if ballot.default:
        ratio = ballot.over_default
        values = {"default": Code(ballot.default), "ratio": Code(f"{ratio.numerator} : {ratio.denominator}")}
        yield Line(f"describe.ballot.default.{'ratio' if ratio != 1 else 'beaten'}", values)
    if ballot.method is Method.DATE:
        if ballot.minimum:
            yield Line("describe.ballot.minimum", {"minimum": ballot.minimum})
        must = "must-answer" if ballot.must_answer else "may-be-silent"
        for organisation in rule.required:
            yield Line(f"describe.ballot.required.{must}", {"organisation": organisation})
        return
    if ballot.winners > 1:
        yield Line("describe.ballot.winners", {"winners": ballot.winners})
    yield Line("describe.ballot.tie", {})
