"""The one refusal that leaves a trace: a position received too late."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar

from commands.domain.errors import RoundClosed
from commands.domain.events import Event
from commands.domain.item import Item
from commands.domain.position import Position
from commands.domain.values import Value


@dataclass(eq=False)
class TooLate(RoundClosed):
    """Received after the round ended: refused and not counted, and kept as late.

    `late_item`, `late_position` and `late_event` are what the dispatcher records in spite of the refusal.
    """

    sentence: ClassVar[str] = "too-late"
    late_item: Item
    late_position: Position
    late_event: Event

    def values(self) -> dict[str, Value]:
        """The facts for the sentence; what is to be recorded is not among them."""
        return {each.name: getattr(self, each.name) for each in fields(RoundClosed)}


@dataclass(eq=False)
class CalledToMeeting(TooLate):
    """Too late, because a member called the item to the meeting; the sentence names its day when it is known."""

    sentence: ClassVar[str] = "called-to-meeting"

    def values(self) -> dict[str, Value]:
        """The facts for the sentence."""
        return {**TooLate.values(self), "meeting": self.late_item.meeting or ""}
