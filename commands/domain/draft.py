"""The draft decision: versions of a text with numbered decision points."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

_POINT: Final = re.compile(r"^[ \t]*(?P<number>\d{1,5})[.)][ \t]+(?P<text>\S.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class DecisionPoint:
    """The smallest part of a draft that can be supported, conditioned or opposed."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document elsewhere that the draft refers to; it is fixed only by its SHA-256 (hexadecimal), when given."""

    url: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """An immutable text of a draft decision.

    `substantive` is False for an editorial change, which may be contested until `contest_until` (UTC). `sequence` is
    the number of its entry in the log.
    """

    label: str
    text: str
    created_at: datetime
    note: str = ""
    substantive: bool = True
    contest_until: datetime | None = None
    contested: bool = False
    sequence: int = 0

    @property
    def points(self) -> tuple[DecisionPoint, ...]:
        """The numbered lines of the text that count 1, 2, 3 … in order; other numbers are text."""
        return decision_points(self.text)

    @property
    def sha256(self) -> str:
        """The hash by which people compare a text they hold with this version: SHA-256 of its UTF-8 bytes."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def decision_points(text: str) -> tuple[DecisionPoint, ...]:
    """The decision points of a text: lines that begin with 1., 2., 3. … in order."""
    points: list[DecisionPoint] = []
    for match in _POINT.finditer(text):
        if int(match["number"]) == len(points) + 1:
            points.append(DecisionPoint(len(points) + 1, match["text"].strip()))
    return tuple(points)
