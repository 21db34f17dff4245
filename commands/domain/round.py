"""A round: one period from opening to closing, on one version, with a frozen roll and rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from commands.domain.outcome import Outcome
from commands.domain.rules.base import DecisionRule


class Ending(StrEnum):
    """What ended a round."""

    DEADLINE = "deadline"
    CHAIR = "chair"
    OBJECTION = "objection"
    NEW_VERSION = "new-version"
    CONTEST = "contest"
    MEETING = "meeting"
    WITHDRAWAL = "withdrawal"


COUNTED: Final = frozenset({Ending.DEADLINE, Ending.CHAIR, Ending.OBJECTION})
"""The endings that close a round with its result; any other leaves it without, whatever was filed."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round of an item. It has no state of its own: it is open until `closed_at`.

    All instants are UTC. In time is what was received at or before `closes_at`. `rule` is None for a consultation.
    `repeat` says that an earlier round ended without quorum, so that the rule's quorum on repeat holds. `asked_at` is
    set while the chair must choose, after an outage, between extending and closing: then the round takes nothing.
    `reminded` counts the reminders sent so far, `remind_at` is when the next one is due.
    """

    number: int
    version: str
    opened_at: datetime
    closes_at: datetime
    rule: DecisionRule | None
    closed_at: datetime | None = None
    ending: Ending | None = None
    outcome: Outcome | None = None
    repeat: bool = False
    urgent: str = ""
    asked_at: datetime | None = None
    down_from: datetime | None = None
    down_until: datetime | None = None
    remind_at: datetime | None = None
    reminded: int = 0
    id: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it has not been closed, also when its deadline has passed."""
        return self.closed_at is None

    def takes(self, received_at: datetime) -> bool:
        """Whether something received at this instant is in time (RFC 3339 instants, microseconds count)."""
        return self.closed_at is None and received_at <= self.closes_at
