"""An item: its states, the one table of steps between them, and the item itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from commands.domain.draft import Document, Version
from commands.domain.errors import NotPossible
from commands.domain.number import ItemNumber
from commands.domain.position import Kind
from commands.domain.round import COUNTED, Round


class State(StrEnum):
    """Where an item stands. `held` and `no-decision` are outcomes, not states."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    ESTABLISHED = "established"
    ADJOURNED = "adjourned"
    ESCALATED = "escalated"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """Everything that can be done to an item and leaves an entry in its log."""

    REVISE = "revise"
    OPEN = "open"
    EXTEND = "extend"
    REMIND = "remind"
    FILE = "file"
    COMMENT = "comment"
    LIFT = "lift"
    CONTEST = "contest"
    CALL = "call"
    """A member calls a written round to the meeting."""
    DISPOSE = "dispose"
    CLOSE = "close"
    ESTABLISH = "establish"
    RECTIFY = "rectify"
    ADJOURN = "adjourn"
    WITHDRAW = "withdraw"


TRANSITIONS: Final = {
    (State.DRAFT, Step.REVISE): State.DRAFT,
    (State.DRAFT, Step.OPEN): State.OPEN,
    (State.DRAFT, Step.WITHDRAW): State.WITHDRAWN,
    (State.OPEN, Step.REVISE): State.OPEN,  # an editorial version; a substantive one closes the round as well
    (State.OPEN, Step.EXTEND): State.OPEN,
    (State.OPEN, Step.REMIND): State.OPEN,
    (State.OPEN, Step.FILE): State.OPEN,
    (State.OPEN, Step.COMMENT): State.OPEN,
    (State.OPEN, Step.LIFT): State.OPEN,
    (State.OPEN, Step.DISPOSE): State.OPEN,
    (State.OPEN, Step.CONTEST): State.CLOSED,
    (State.OPEN, Step.CALL): State.ADJOURNED,
    (State.OPEN, Step.CLOSE): State.CLOSED,
    (State.OPEN, Step.WITHDRAW): State.WITHDRAWN,
    (State.CLOSED, Step.REVISE): State.CLOSED,
    (State.CLOSED, Step.OPEN): State.OPEN,
    (State.CLOSED, Step.LIFT): State.CLOSED,
    (State.CLOSED, Step.DISPOSE): State.CLOSED,
    (State.CLOSED, Step.ESTABLISH): State.ESTABLISHED,
    (State.CLOSED, Step.ADJOURN): State.ADJOURNED,
    (State.CLOSED, Step.WITHDRAW): State.WITHDRAWN,
    (State.ADJOURNED, Step.REVISE): State.ADJOURNED,
    (State.ADJOURNED, Step.OPEN): State.OPEN,
    (State.ADJOURNED, Step.LIFT): State.ADJOURNED,
    (State.ADJOURNED, Step.DISPOSE): State.ADJOURNED,
    (State.ADJOURNED, Step.ESTABLISH): State.ESTABLISHED,
    (State.ADJOURNED, Step.WITHDRAW): State.WITHDRAWN,
    (State.ESTABLISHED, Step.LIFT): State.ESTABLISHED,
    (State.ESTABLISHED, Step.RECTIFY): State.ESTABLISHED,
}
"""Every step that an item can take; a pair that is not here is refused. Nothing else assigns a state."""


class Visibility(StrEnum):
    """When organisations see each other's positions."""

    OPEN = "open"
    AFTER_CLOSE = "after-close"


@dataclass(frozen=True, slots=True)
class Item:
    """One matter before one board. `version` is the newest one, `round` the newest round; both may be missing.

    `rule` is the id of the rule that the next round will use, empty for a consultation. `decisions` counts the
    established decisions, rectifications included.
    """

    number: ItemNumber
    dossier: str
    board: str
    kind: Kind
    title: str
    state: State
    created_at: datetime
    version: Version
    rule: str = ""
    term: str = ""
    visible: Visibility = Visibility.OPEN
    subject: str = ""
    meeting: date | None = None
    document: Document | None = None
    round: Round | None = None
    decisions: int = 0
    id: int = 0

    def after(self, step: Step) -> Item:
        """This item after a step that its state allows; raises NotPossible otherwise."""
        state = TRANSITIONS.get((self.state, step))
        if state is None:
            raise NotPossible(self.number, self.state, step)
        return replace(self, state=state)

    @property
    def is_hidden(self) -> bool:
        """Whether others' positions are hidden now: for everyone, the chair included.

        What was promised to stay hidden until closing is shown when a round closes with its result, or a decision is
        established. A round that ends in any other way shows nothing: else one could end it in order to see.
        """
        if self.visible is not Visibility.AFTER_CLOSE or self.round is None:
            return False
        return self.state is not State.ESTABLISHED and (self.round.is_open or self.round.ending not in COUNTED)

    @property
    def is_counted(self) -> bool:
        """Whether a rule gives its rounds an outcome."""
        return self.kind is not Kind.CONSULTATION
