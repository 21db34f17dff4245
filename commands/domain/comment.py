"""Comments of advisers on an open item; never counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark, perhaps on some decision points, in one round."""

    organisation: str
    round: int
    version: str
    received_at: datetime
    text: str
    points: tuple[int, ...] = ()
    person: str = ""
    sequence: int = 0
