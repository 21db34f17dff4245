"""The outcome of a round: what the rule computed, with every number behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from commands.domain.values import Line


class Code(StrEnum):
    """What a rule can conclude."""

    ADOPTED = "adopted"
    ADOPTED_WITH_NOTE = "adopted-with-note"
    REJECTED = "rejected"
    HELD = "held"
    NO_DECISION = "no-decision"


class Reason(StrEnum):
    """Why there is no decision, or why it is held."""

    OBJECTION = "objection"
    QUORUM = "quorum"
    SILENCE_BROKEN = "silence-broken"
    NO_REPLIES = "no-replies"
    ONLY_ABSTENTIONS = "only-abstentions"
    NO_ELIGIBLE = "no-eligible"
    NOT_REACHED = "not-reached"
    TIE = "tie"
    RESERVATION = "reservation"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many voting organisations answered what; silence stays apart, whatever it counts as."""

    for_: int = 0
    against: int = 0
    abstain: int = 0
    silent: int = 0
    recused: int = 0

    @property
    def eligible(self) -> int:
        """Voting organisations of the roll without the recused ones."""
        return self.for_ + self.against + self.abstain + self.silent


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a rule over a roll and its positions; immutable, and apart from the decision.

    Of a ballot `counts.for_` counts the ballots that say something and `counts.abstain` the empty ones. Its `order`
    holds the codes of the options, best first and equal ones together, without those that are `dropped`: behind the
    default option, below the share that was asked, or a date that does not meet its conditions.
    `silent`, `objecting`, `noted`, `held_by` and `recused` name organisations in the order of the roll. `explanation`
    holds the arithmetic, one line a step, in the order in which the rule was evaluated.
    """

    code: Code
    reason: Reason | None
    counts: Counts
    columns: Mapping[str, Counts] = field(default_factory=dict)
    silent: tuple[str, ...] = ()
    objecting: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()
    held_by: tuple[str, ...] = ()
    recused: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()
    order: tuple[tuple[str, ...], ...] = ()
    dropped: tuple[str, ...] = ()
    explanation: tuple[Line, ...] = ()

    @property
    def is_adopted(self) -> bool:
        """Whether the chair can establish this outcome without deviating from it."""
        return self.code is Code.ADOPTED or self.code is Code.ADOPTED_WITH_NOTE
