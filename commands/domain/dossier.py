"""A dossier: everything that an export needs, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from commands.domain.board import Board
from commands.domain.comment import Comment
from commands.domain.decision import Decision
from commands.domain.draft import Version
from commands.domain.item import Item
from commands.domain.ledger import Entry, KeptText
from commands.domain.position import Position
from commands.domain.roll import Roll
from commands.domain.round import Round


@dataclass(frozen=True, slots=True)
class RoundRecord:
    """One round with its roll and everything filed in it, late positions included, in the order of the log."""

    round: Round
    roll: Roll
    positions: tuple[Position, ...]
    comments: tuple[Comment, ...]


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """One item with all its versions, rounds and decisions, each in order."""

    item: Item
    versions: tuple[Version, ...]
    rounds: tuple[RoundRecord, ...]
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """All items on one subject with the whole log; of a board's own dossier `items` is empty.

    `texts` holds what is still kept, by hash; a hash of an entry that is not in it was removed, and shows as a gap.
    `entries` are in the order of the log. A dossier holds no names of persons, but for those of operating-system users
    in `texts`, which no export may write.
    """

    number: str
    board: Board
    items: tuple[ItemRecord, ...]
    entries: tuple[Entry, ...]
    texts: Mapping[str, KeptText]
