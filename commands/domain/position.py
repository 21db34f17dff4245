"""Positions of organisations: stances by family, reservations, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What an item asks of the organisations."""

    CONSULTATION = "consultation"
    CONSENT = "consent"
    VOTE = "vote"
    SILENCE = "silence"
    CHOICE = "choice"
    APPROVAL = "approval"
    RANKING = "ranking"
    POINTS = "points"


class Stance(StrEnum):
    """What an organisation can answer; each family of items has its own stances."""

    SUPPORT = "support"
    SUPPORT_WITH_COMMENTS = "support-with-comments"
    NO_COMMENTS = "no-comments"
    NO_SUPPORT = "no-support"

    AGREE = "agree"
    NO_OBJECTION = "no-objection"
    AGREE_IF = "agree-if"
    RESERVATION = "reservation"
    ABSTAIN = "abstain"
    OBJECT = "object"

    FOR = "for"
    AGAINST = "against"

    BALLOT = "ballot"
    """A ballot that says something; an empty one is an abstention."""

    RECUSE = "recuse"

    WITHDRAWN = "withdrawn"
    """A position taken back and not replaced: from then on the organisation is silent."""


CONSULTATION_STANCES: Final = (
    Stance.SUPPORT,
    Stance.SUPPORT_WITH_COMMENTS,
    Stance.NO_COMMENTS,
    Stance.NO_SUPPORT,
)
CONSENT_STANCES: Final = (
    Stance.AGREE,
    Stance.NO_OBJECTION,
    Stance.AGREE_IF,
    Stance.RESERVATION,
    Stance.ABSTAIN,
    Stance.OBJECT,
    Stance.RECUSE,
)
VOTE_STANCES: Final = (Stance.FOR, Stance.AGAINST, Stance.ABSTAIN, Stance.RECUSE)

TEXT_REQUIRED: Final = frozenset(
    {Stance.SUPPORT_WITH_COMMENTS, Stance.NO_SUPPORT, Stance.AGREE_IF, Stance.RESERVATION, Stance.OBJECT}
)
"""Stances that say nothing without their text."""

LIFTED_STANCE: Final = {
    Stance.RESERVATION: Stance.AGREE,
    Stance.AGREE_IF: Stance.AGREE,
    Stance.OBJECT: Stance.NO_OBJECTION,
}
"""What an organisation's stance becomes when it lifts its reservation, condition or objection."""


class Basis(StrEnum):
    """The level within the organisation that carried the position."""

    OFFICIAL = "official"
    OFFICIAL_SUBJECT_TO_BOARD = "official-subject-to-board"
    BOARD = "board"
    MEMBERS_VOTE = "members-vote"


class ReservationKind(StrEnum):
    """What must still happen before a reservation is lifted."""

    CONSTITUENCY = "constituency"
    ADMINISTRATIVE = "administrative"
    PARLIAMENTARY = "parliamentary"
    FINANCIAL = "financial"
    LEGAL = "legal"
    STUDY = "study"


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a reservation waits for. A suspensive one that is open at closing holds the outcome.

    `until` is the day in board time before which it should be lifted; when it passes nothing lifts by itself.
    """

    kind: ReservationKind
    suspensive: bool = False
    until: date | None = None


class Answer(StrEnum):
    """The board's answer to a condition (met, refused) or an objection (addressed)."""

    MET = "met"
    REFUSED = "refused"
    ADDRESSED = "addressed"


class Filing(StrEnum):
    """How a position came in."""

    IN_TIME = "in-time"
    LATE = "late"
    """Received after the deadline or after the round ended: kept, never counted."""
    AFTER = "after"
    """A reservation, condition or objection lifted after closing: kept beside the outcome, which stands."""


@dataclass(frozen=True, slots=True)
class Position:
    """The statement of one organisation in one round, on one version, by a person with a mandate.

    `received_at` is UTC with microseconds, stamped when the request reached the program. `sequence` is the number of
    its entry in the dossier's log (0 before it is recorded); a later one of the same organisation replaces it.
    `answer` is the board's answer to its condition or objection; it changes no count by itself.
    """

    organisation: str
    stance: Stance
    round: int
    version: str
    received_at: datetime
    text: str = ""
    points: tuple[int, ...] = ()
    basis: Basis | None = None
    reservation: Reservation | None = None
    ballot: str = ""
    filing: Filing = Filing.IN_TIME
    answer: Answer | None = None
    answer_text: str = ""
    mandate: str = ""
    person: str = ""
    sequence: int = 0
    hash: str = ""

    @property
    def counts(self) -> bool:
        """Whether this position takes part in the count of its round."""
        return self.filing is Filing.IN_TIME


def latest(positions: tuple[Position, ...]) -> dict[str, Position]:
    """The current position of each organisation: its latest in-time one, by order of the log.

    `positions` may be in any order and hold several per organisation. A withdrawn one is left out.
    """
    current: dict[str, Position] = {}
    for position in sorted(positions, key=lambda each: each.sequence):
        if position.counts:
            current[position.organisation] = position
    return {name: each for name, each in current.items() if each.stance is not Stance.WITHDRAWN}
