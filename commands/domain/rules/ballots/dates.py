"""Dates: the slots on which enough organisations can come, and those that must."""

from __future__ import annotations

from dataclasses import dataclass

from commands.domain.ballot import Availability
from commands.domain.rules.ballots.votes import Order, Votes, grouped
from commands.domain.rules.base import Balloting


@dataclass(frozen=True, slots=True)
class Dates:
    """For each slot who can come, of those who say a plain yes, and the required ones that stand in the way."""

    available: tuple[int, ...]
    yes: tuple[int, ...]
    missing: tuple[tuple[str, ...], ...]
    order: Order
    dropped: tuple[int, ...]


def find_date(votes: Votes, ballot: Balloting, required: tuple[str, ...]) -> Dates:
    """Feasible slots by who can come, then by plain yes, then the earliest.

    `required` are the organisations that must be able to come, without those that recused themselves.
    """
    available = tuple(votes.sum(mark >= Availability.IF_NEEDED for mark in column) for column in votes.columns)
    yes = tuple(votes.sum(mark == Availability.YES for mark in column) for column in votes.columns)
    missing = tuple(
        tuple(name for name in required if not _can_come(votes, name, slot, ballot)) for slot in votes.options
    )
    feasible = [
        slot
        for slot in votes.options
        if not missing[slot] and available[slot] >= ballot.minimum * votes.scale and available[slot] > 0
    ]
    instants = sorted(set(ballot.slots))
    late = [instants.index(slot) for slot in ballot.slots] or [0] * len(votes.options)
    numbers = [(available[slot], yes[slot], -late[slot]) for slot in votes.options]
    dropped = tuple(slot for slot in votes.options if slot not in feasible)
    return Dates(available, yes, missing, grouped(numbers, feasible), dropped)


def _can_come(votes: Votes, name: str, slot: int, ballot: Balloting) -> bool:
    folded = name.casefold()
    mark = next(
        (mark for voter, mark in zip(votes.voters, votes.columns[slot], strict=True) if voter.casefold() == folded),
        Availability.UNKNOWN,
    )
    return mark >= Availability.IF_NEEDED or (mark == Availability.UNKNOWN and not ballot.must_answer)
