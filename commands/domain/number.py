"""Numbers of items and decisions: `BOD-2027-003` and `BOD-2027-003/B1`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_ITEM: Final = re.compile(r"(?P<board>[A-Za-z0-9]+)-(?P<year>\d{4})-(?P<sequence>\d{1,6})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class ItemNumber:
    """The number of one item: the board's prefix, the year, and a sequence that is never used again."""

    board: str
    year: int
    sequence: int

    def __str__(self) -> str:
        return f"{self.board}-{self.year}-{self.sequence:03d}"

    @classmethod
    def parse(cls, text: str) -> ItemNumber | None:
        """Read a full number, in any case; None when the text is not one."""
        match = _ITEM.fullmatch(text.strip())
        if match is None or int(match["sequence"]) == 0:
            return None
        return cls(match["board"].upper(), int(match["year"]), int(match["sequence"]))


@dataclass(frozen=True, slots=True, order=True)
class DecisionNumber:
    """The number of one decision on an item; a rectification gets the next sequence."""

    item: ItemNumber
    sequence: int

    def __str__(self) -> str:
        return f"{self.item}/B{self.sequence}"
