"""The decision: what the chair establishes, apart from the outcome that the rule computed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from commands.domain.number import DecisionNumber


@dataclass(frozen=True, slots=True)
class Decision:
    """One established decision, or its rectification; never changed afterwards.

    `text` is the generated decision text in the language of the board. `deviation` is the chair's reason for
    establishing something else than an adopted outcome; empty otherwise. A rectification names in `corrects` the
    decision that it corrects, and gives its reason in `reason`.
    """

    number: DecisionNumber
    at: datetime
    version: str
    text: str
    conclusion: str = ""
    deviation: str = ""
    corrects: DecisionNumber | None = None
    reason: str = ""
    person: str = ""
    sequence: int = 0

    @property
    def deviates(self) -> bool:
        """Whether it differs from the computed outcome."""
        return bool(self.deviation)
