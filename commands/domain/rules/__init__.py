"""The decision rules that have a name, and how their settings are changed.

A rule that criteria can say is data: a line here, or `[rule.name]` in a board file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from commands.domain.ballot import BallotKind, Option
from commands.domain.errors import DefaultNotOffered
from commands.domain.rules.base import (
    EACH,
    NO_OBJECTION,
    Answers,
    AnyOf,
    Balloting,
    Base,
    Comparison,
    Condition,
    Criterion,
    DecisionRule,
    Measure,
    Method,
    Objections,
    Part,
    Quorum,
    SilencePolicy,
    Unreasoned,
)

_FOR: Final = Part.FOR
_HALF: Final = Fraction(1, 2)
_TWO_THIRDS: Final = Fraction(2, 3)

_SOME_CONSENT: Final = Criterion(_FOR, Comparison.MINIMUM, Fraction(1))
_MAJORITY: Final = Criterion(_FOR, Comparison.MORE_THAN, _HALF, Base.CAST)


def _either(name: str, *criteria: Condition, required: tuple[str, ...] = ()) -> DecisionRule:
    return DecisionRule(name, "", Answers.EITHER, criteria, required)


_NAMED: Final = (
    DecisionRule("consensus", "", Answers.CONSENT, (_SOME_CONSENT, NO_OBJECTION), objections=Objections.BLOCK),
    DecisionRule(
        "rough-consensus",
        "",
        Answers.CONSENT,
        (_SOME_CONSENT, NO_OBJECTION),
        objections=Objections.BLOCK_UNTIL_ANSWERED,
    ),
    # Council of the EU, Rules of Procedure 12(2): adopted unless a member objects.
    DecisionRule(
        "silence",
        "",
        Answers.CONSENT,
        (NO_OBJECTION,),
        silence=SilencePolicy.CONSENT,
        objections=Objections.BREAK_SILENCE,
    ),
    # BW 2:40(2)
    _either("strict-unanimity", Criterion(_FOR, Comparison.AT_LEAST, Fraction(1), Base.ELIGIBLE)),
    # TFEU 238(4): an abstention does not prevent it, silence does.
    _either(
        "eu-unanimity",
        _SOME_CONSENT,
        NO_OBJECTION,
        Criterion(Part.PARTICIPATING, Comparison.AT_LEAST, Fraction(1), Base.ELIGIBLE),
    ),
    # Gemeentewet 30
    _either("simple-majority", _MAJORITY),
    _either("majority-of-members", Criterion(_FOR, Comparison.MORE_THAN, _HALF, Base.ELIGIBLE)),
    _either("two-thirds-cast", Criterion(_FOR, Comparison.AT_LEAST, _TWO_THIRDS, Base.CAST)),
    _either("two-thirds-members", Criterion(_FOR, Comparison.AT_LEAST, _TWO_THIRDS, Base.ELIGIBLE)),
    _either("weighted", Criterion(_FOR, Comparison.MORE_THAN, _HALF, Base.CAST, Measure.WEIGHT)),
    # TEU 16(4): 55 % of the members with 65 % of the population; it takes four members to block.
    _either(
        "double-majority",
        Criterion(_FOR, Comparison.AT_LEAST, Fraction(55, 100), Base.ELIGIBLE),
        AnyOf(
            (
                Criterion(_FOR, Comparison.AT_LEAST, Fraction(65, 100), Base.ELIGIBLE, Measure.WEIGHT),
                Criterion(Part.NOT_FOR, Comparison.MAXIMUM, Fraction(3)),
            )
        ),
    ),
    _either("per-column", Criterion(_FOR, Comparison.MORE_THAN, _HALF, Base.CAST, column=EACH), _MAJORITY),
    # ISO/IEC Directives, part 1, 2.6.3: two thirds of the P-members' votes, a quarter of all votes against.
    replace(
        _either(
            "iso",
            Criterion(_FOR, Comparison.AT_LEAST, _TWO_THIRDS, Base.CAST, column="P"),
            Criterion(Part.AGAINST, Comparison.AT_MOST, Fraction(1, 4), Base.CAST),
        ),
        unreasoned_against=Unreasoned.DROPPED,
    ),
    # IT-Staatsvertrag: the federation, and eleven states with two thirds of the Königstein shares.
    _either(
        "it-planungsrat",
        Criterion(_FOR, Comparison.MINIMUM, Fraction(11), column="laender"),
        Criterion(_FOR, Comparison.AT_LEAST, _TWO_THIRDS, Base.ELIGIBLE, Measure.WEIGHT, "laender"),
        required=("BUND",),
    ),
)

RULES: Final[Mapping[str, DecisionRule]] = {rule.id: rule for rule in _NAMED}
"""The named rules of votes and consent in this version, by id."""


def _ballots(method: Method, measure: Measure = Measure.ORGANISATIONS) -> DecisionRule:
    return DecisionRule(method.value, "", Answers.BALLOT, (), ballot=Balloting(method, measure=measure))


BALLOT_RULES: Final[Mapping[str, DecisionRule]] = {
    rule.id: rule
    for rule in (
        _ballots(Method.CHOICE),
        _ballots(Method.APPROVAL),
        _ballots(Method.PAIRWISE),
        _ballots(Method.IRV),
        _ballots(Method.BORDA),
        _ballots(Method.POINTS, Measure.WEIGHT),
        _ballots(Method.DATE),
    )
}
"""The named rules of ballots, by id, without options yet."""

USUAL_RULE: Final[Mapping[BallotKind, str]] = {
    BallotKind.CHOICE: "choice",
    BallotKind.APPROVAL: "approval",
    BallotKind.RANKING: "ranking-pairwise",
    BallotKind.POINTS: "points",
    BallotKind.DATE: "date",
}
"""The rule of a ballot for which none was named, by its kind."""

RULE_NAMES: Final[Mapping[str, str]] = {
    "consensus": "consensus",
    "ruwe-consensus": "rough-consensus",
    "stilte": "silence",
    "unanimiteit-strikt": "strict-unanimity",
    "unanimiteit-eu": "eu-unanimity",
    "gewone-meerderheid": "simple-majority",
    "volstrekte-meerderheid-leden": "majority-of-members",
    "twee-derde-stemmen": "two-thirds-cast",
    "twee-derde-leden": "two-thirds-members",
    "gewogen": "weighted",
    "dubbele-meerderheid": "double-majority",
    "per-geleding": "per-column",
    "iso": "iso",
    "it-planungsrat": "it-planungsrat",
    "rangorde-paarsgewijs": "ranking-pairwise",
    "rangorde-irv": "ranking-irv",
    "rangorde-borda": "ranking-borda",
    "keuze": "choice",
    "goedkeuring": "approval",
    "datum": "date",
    "punten": "points",
    "trap": "ladder",
}
"""The id of every rule by its Dutch name, also of those that this version does not have."""

BASE_IS_A_CHOICE: Final = frozenset({"simple-majority", "weighted", "per-column"})
"""The named rules whose base is a setting; the others carry it in their name or their law."""


def rule_id(word: str) -> str | None:
    """The id of a rule that has a name, from its id or its Dutch name, without case; None for any other word.

    The id may be one that this version does not have: look it up in `RULES` or `BALLOT_RULES`. No board may name its own rule
    so.
    """
    folded = word.casefold()
    return next((name for dutch, name in RULE_NAMES.items() if folded in (name, dutch)), None)


def with_base(rule: DecisionRule, base: Base) -> DecisionRule:
    """The rule with shares of another base, where that is a choice; any other rule comes back as it is."""
    if rule.id not in BASE_IS_A_CHOICE:
        return rule
    criteria = tuple(replace(each, base=base) if isinstance(each, Criterion) else each for each in rule.criteria)
    return replace(rule, criteria=criteria)


def with_options(rule: DecisionRule, options: tuple[Option, ...], **settings: Any) -> DecisionRule:
    """The rule of a ballot about these options; `settings` are other fields of its `Balloting`.

    A default option is found by its code or its label, without case. Raises DefaultNotOffered where it is not there,
    and ValueError for a rule of criteria.
    """
    if rule.ballot is None:
        raise ValueError(rule.id)
    default = rule.ballot.default
    if default:
        folded = default.casefold()
        names = {name.casefold(): each.code for each in options for name in (each.label, each.code)}
        if folded not in names:
            raise DefaultNotOffered(default)
        default = names[folded]
    slots = tuple(each.starts_at for each in options if each.starts_at is not None)
    codes = tuple(each.code for each in options)
    return replace(rule, ballot=replace(rule.ballot, options=codes, slots=slots, default=default, **settings))


def with_default_quorum(rule: DecisionRule, quorum: Quorum | None) -> DecisionRule:
    """The rule with the board's quorum where it has none of its own."""
    return rule if rule.quorum is not None else replace(rule, quorum=quorum)
