"""A small model of one item: what must be true of it after any acts, at any times, without a database or a chat."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

GRACE = timedelta(seconds=2)
LIFTED = {"object": "no-objection", "agree-if": "agree"}


@dataclass
class Model:
    """An item that asks for consensus, round after round. Each act gives the refusal that is due, "" for none.

    `holds` is what organisations hold in the newest round, `standing` the same with what was lifted after it.
    """

    closes_at: datetime
    ended_at: datetime | None = None
    holds: dict[str, str] = field(default_factory=dict)
    standing: dict[str, str] = field(default_factory=dict)
    late: list[tuple[str, str]] = field(default_factory=list)
    outcomes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether the newest round has not ended."""
        return self.ended_at is None

    def takes(self, received_at: datetime) -> bool:
        """Whether what is received at an instant counts."""
        return self.is_open and received_at <= self.closes_at

    def is_late(self, received_at: datetime) -> bool:
        """Whether it came after the end, and is kept as late."""
        return received_at > min(self.closes_at, self.ended_at or self.closes_at)

    def tick(self, now: datetime) -> None:
        """The round ends at its deadline, once the grace after it has passed."""
        if self.is_open and now > self.closes_at + GRACE:
            self._end(self.closes_at)

    def open(self, closes_at: datetime) -> None:
        """The next round, in which nobody holds anything yet."""
        self.closes_at, self.ended_at = closes_at, None
        self.holds, self.standing, self.late = {}, {}, []

    def file(self, organisation: str, stance: str, received_at: datetime) -> str:
        """File or replace; a position that is taken back is `withdrawn`, which needs one that stands."""
        if stance == "withdrawn" and organisation not in self.holds:
            return "no-position"
        if self.takes(received_at):
            self.holds[organisation] = self.standing[organisation] = stance
            if stance == "withdrawn":
                del self.holds[organisation], self.standing[organisation]
            return ""
        if self.is_late(received_at):
            self.late.append((organisation, stance))
        return "round-closed"

    def lift(self, organisation: str, received_at: datetime) -> str:
        """Lift an objection or condition: in time it counts, afterwards it stands beside the outcome."""
        lifted = LIFTED.get(self.standing.get(organisation, ""))
        if lifted is None:
            return "nothing-to-lift"
        self.standing[organisation] = lifted
        if self.takes(received_at):
            self.holds[organisation] = lifted
        return ""

    def extend(self, until: datetime, received_at: datetime) -> str:
        """A later deadline, before the old one passes."""
        if not self.is_open:
            return "not-possible"
        if received_at > self.closes_at:
            return "deadline-passed"
        if until <= received_at:
            return "deadline-past"
        if until <= self.closes_at:
            return "not-later"
        self.closes_at = until
        return ""

    def close(self, received_at: datetime) -> str:
        """The chair ends the round before its deadline."""
        if not self.is_open:
            return "not-possible"
        if received_at > self.closes_at:
            return "round-closed"
        self._end(received_at)
        return ""

    def _end(self, at: datetime) -> None:
        self.ended_at = at
        held = set(self.holds.values())
        if held & {"object", "agree-if"}:
            self.outcomes.append(("no-decision", "objection"))
        elif held & {"agree", "no-objection"}:
            self.outcomes.append(("adopted", ""))
        else:
            self.outcomes.append(("no-decision", "only-abstentions" if held else "no-replies"))
