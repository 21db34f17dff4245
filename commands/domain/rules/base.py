"""A decision rule as data: what must hold, and what silence, a tie and an objection mean.

Nothing here is code per rule: a rule that a board invents and one that has a name are the same kind of value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeAlias

from commands.domain.ballot import BallotKind, Option, Paper
from commands.domain.position import Kind

_HALF: Final = Fraction(1, 2)

EACH: Final = "each"
"""In place of a column's id: the criterion must hold in every column."""


class Answers(StrEnum):
    """The kind of item that a rule is for. A rule for either is narrowed to one when a round opens."""

    VOTE = "vote"
    CONSENT = "consent"
    EITHER = "either"
    BALLOT = "ballot"


class Part(StrEnum):
    """The organisations that a criterion counts. With consent, for is consenting and against is objecting."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"
    NOT_FOR = "not-for"
    PARTICIPATING = "participating"


class Base(StrEnum):
    """What a share is a share of."""

    CAST = "cast"
    """For and against."""
    PARTICIPATING = "participating"
    """Cast, and the abstentions."""
    ELIGIBLE = "eligible"
    """The voting organisations of the roll without the recused ones."""


class Measure(StrEnum):
    """Whether organisations are counted or weighed."""

    ORGANISATIONS = "organisations"
    WEIGHT = "weight"


class Comparison(StrEnum):
    """How a count is held against its limit: for the first four a share, for the last two a number."""

    AT_LEAST = "at_least"
    MORE_THAN = "more_than"
    AT_MOST = "at_most"
    LESS_THAN = "less_than"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"

    @property
    def is_share(self) -> bool:
        """Whether the limit is a share of a base, and not a number."""
        return self is not Comparison.MINIMUM and self is not Comparison.MAXIMUM

    @property
    def is_lower(self) -> bool:
        """Whether more is better: the limit must be reached or passed."""
        return self in (Comparison.AT_LEAST, Comparison.MORE_THAN, Comparison.MINIMUM)


class SilencePolicy(StrEnum):
    """What an organisation counts as that files nothing; the counts show it as silent all the same."""

    NOT_COUNTED = "not-counted"
    ABSTAIN = "abstain"
    AGAINST = "against"
    CONSENT = "consent"


class TiePolicy(StrEnum):
    """What follows when the votes are equal (*staking van stemmen*)."""

    REJECTED = "rejected"
    HELD = "held"
    """Gemeentewet 32(4)(5): held; rejected when every eligible organisation voted, or the second time."""
    REVOTE_THEN_CHAIR = "revote-then-chair"
    """Gemeentewet 59: a second vote, then the chair."""
    HELD_UNLESS_URGENT_THEN_CHAIR = "held-unless-urgent-then-chair"
    """Reglement van orde voor de ministerraad 11(3): held; the second time, or when urgent, the chair."""
    LOT = "lot"
    """Drawn in public; Gemeentewet 31(3)."""


class Unreasoned(StrEnum):
    """What becomes of a vote against that gives no reasons (ISO/IEC Directives: it is not counted)."""

    COUNTED = "counted"
    DROPPED = "dropped"


class Objections(StrEnum):
    """What an objection or an unconfirmed condition does beyond being counted as against."""

    COUNTED = "counted"
    """Nothing more: a rule that is not met rejects."""
    BLOCK = "block"
    """There is no decision until it is withdrawn or lifted, answered or not."""
    BLOCK_UNTIL_ANSWERED = "block-until-answered"
    """As `BLOCK`, but an objection that is answered no longer counts, unless the objectors form a whole
    column (RFC 7282: addressed, not necessarily accommodated).
    """
    BREAK_SILENCE = "break-silence"
    """It breaks the silence; without one the text is adopted, whoever replied (EU Council, Rules of
    Procedure 12(2)).
    """


class OnRepeat(StrEnum):
    """What becomes of the quorum when the item is put again."""

    SAME = "same"
    NONE = "none"
    """Gemeentewet 20(3), 29(2): a reconvened meeting needs no quorum."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that must hold: `of` held against `limit`, which is a share of `base` or a number.

    `base` is None where the limit is a number. `column` is an id, `EACH`, or "" for the whole roll. With
    `EACH` a share concerns every column whose base is not empty, and a number every column with an eligible
    organisation.
    """

    of: Part
    comparison: Comparison
    limit: Fraction
    base: Base | None = None
    measure: Measure = Measure.ORGANISATIONS
    column: str = ""

    @property
    def can_tie(self) -> bool:
        """Whether it fails at for = against: more than half of the votes cast."""
        return (
            self.of is Part.FOR
            and self.base is Base.CAST
            and self.comparison is Comparison.MORE_THAN
            and self.limit == _HALF
        )


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Alternatives, of which one must hold."""

    alternatives: tuple[Criterion, ...]


Condition: TypeAlias = Criterion | AnyOf

NO_OBJECTION: Final = Criterion(Part.AGAINST, Comparison.MAXIMUM, Fraction(0))
"""The criterion that makes a consent rule one without objections."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, or a share of all (of the eligible organisations, their weight, or their columns)."""

    value: Fraction
    is_share: bool = False


@dataclass(frozen=True, slots=True)
class Quorum:
    """The least participation for an outcome; everything given must hold.

    Who voted for or against is present, who abstained too unless `abstentions_count` is False, and who is
    silent only where silence counts as abstention. `organisations`, `weight` and `columns` are reached when
    met, `organisations_more_than` must be exceeded. A column is present when one of its organisations is.
    `required` names organisations; one that recuses itself is no longer required.
    """

    organisations: Amount | None = None
    organisations_more_than: Amount | None = None
    weight: Amount | None = None
    columns: Amount | None = None
    required: tuple[str, ...] = ()
    abstentions_count: bool = True
    on_repeat: OnRepeat = OnRepeat.SAME


class Method(StrEnum):
    """How ballots are counted."""

    CHOICE = "choice"
    APPROVAL = "approval"
    PAIRWISE = "ranking-pairwise"
    IRV = "ranking-irv"
    BORDA = "ranking-borda"
    POINTS = "points"
    DATE = "date"

    @property
    def kind(self) -> BallotKind:
        """The kind of ballot that it counts."""
        return BallotKind.RANKING if self in (Method.PAIRWISE, Method.IRV, Method.BORDA) else BallotKind(self.value)


@dataclass(frozen=True, slots=True)
class Balloting:
    """How options are chosen from: the part of a rule that a ballot has in place of criteria.

    `options` are the codes of what is asked, empty until that is known; `slots` are their instants (UTC) in a date
    poll. The first `winners` are chosen. One ballot names at most `most` options (0: any number), or divides `budget`
    points with at most `cap` on one option (0: no cap).

    An option of an approval drops out below a share `at_least` of all ballots, empty ones included. An option of a
    pairwise ranking drops out that does not beat the `default` option, with `over_default` times as many ballots
    where given. A slot drops out on which fewer than `minimum` organisations can come, or one that the rule requires
    cannot; with `must_answer` also one about which that organisation said nothing.
    """

    method: Method
    options: tuple[str, ...] = ()
    slots: tuple[datetime, ...] = ()
    measure: Measure = Measure.ORGANISATIONS
    winners: int = 1
    most: int = 0
    budget: int = 100
    cap: int = 0
    at_least: Fraction | None = None
    default: str = ""
    over_default: Fraction = Fraction(1)
    minimum: int = 0
    must_answer: bool = True

    def paper(self, options: tuple[Option, ...] = ()) -> Paper:
        """The paper to fill in; with `options` their labels can be used as well as their codes."""
        return Paper(
            kind=self.method.kind,
            options=options or tuple(Option(code) for code in self.options),
            most=self.most or int(self.method is Method.CHOICE),
            budget=self.budget,
            cap=self.cap,
            equal_places=self.method is not Method.IRV,
        )


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """A function from roll and positions to an outcome, written as data; frozen with the round that it
    decides.

    All `criteria` must hold, and every organisation in `required` must be for (one that recuses itself need
    not). `title` is empty for a rule with a name of its own.
    """

    id: str
    title: str
    answers: Answers
    criteria: tuple[Condition, ...]
    required: tuple[str, ...] = ()
    quorum: Quorum | None = None
    silence: SilencePolicy = SilencePolicy.NOT_COUNTED
    tie: TiePolicy = TiePolicy.REJECTED
    unreasoned_against: Unreasoned = Unreasoned.COUNTED
    objections: Objections = Objections.COUNTED
    ballot: Balloting | None = None

    @property
    def each_criterion(self) -> Iterator[Criterion]:
        """All criteria, alternatives included."""
        for condition in self.criteria:
            if isinstance(condition, Criterion):
                yield condition
            else:
                yield from condition.alternatives

    @property
    def named_columns(self) -> tuple[str, ...]:
        """The columns that the rule names, so that a board can check that it has them."""
        return tuple(dict.fromkeys(each.column for each in self.each_criterion if each.column not in ("", EACH)))

    @property
    def named_organisations(self) -> tuple[str, ...]:
        """The organisations that the rule names, in criteria and quorum."""
        return tuple(dict.fromkeys(self.required + (self.quorum.required if self.quorum else ())))

    def fits(self, kind: Kind) -> bool:
        """Whether an item of this kind can be decided by this rule."""
        if self.ballot is not None:
            return kind.value == self.ballot.method.kind.value
        if self.objections is Objections.BREAK_SILENCE:
            return kind is Kind.SILENCE
        if kind is Kind.CONSENT:
            return self.answers is not Answers.VOTE
        return kind is Kind.VOTE and self.answers is not Answers.CONSENT

    def asked_as(self, kind: Kind) -> DecisionRule:
        """This rule for one kind of item: a rule for either loses the other."""
        if self.answers is not Answers.EITHER:
            return self
        return replace(self, answers=Answers.CONSENT if kind is Kind.CONSENT else Answers.VOTE)
