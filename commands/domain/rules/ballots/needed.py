"""What a ballot still needs before it has a winner."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from commands.domain.rules.ballots.count import count_ballots, tied_at
from commands.domain.rules.ballots.dates import Dates
from commands.domain.rules.ballots.sums import Sums
from commands.domain.rules.base import Balloting, DecisionRule, Measure
from commands.domain.rules.explain import short
from commands.domain.tally import Pile, Tally
from commands.domain.values import Code, Line, Value


def needed_ballots(rule: DecisionRule, ballot: Balloting, tally: Tally) -> Iterator[Line]:
    """What the count lacks, beside a quorum: a ballot at all, a difference between equal options, or a condition met."""
    if not tally.seats(Pile.FOR):
        yield Line("needed.ballot", {})
        return
    found = count_ballots(tally, rule, ballot)
    tied = tied_at(found, ballot.winners)
    if tied:
        yield Line("needed.ballot.tie", {"options": tuple(Code(ballot.options[each]) for each in tied)})
    if not found.order and isinstance(found, Sums):
        yield _approvals(found, ballot, tally)
    if not found.order and isinstance(found, Dates):
        yield _slot(found, ballot, tally)


def _approvals(found: Sums, ballot: Balloting, tally: Tally) -> Line:
    """The approvals that the nearest option still needs, from ballots that are still to come."""
    share = ballot.at_least or Fraction(0)
    best = max(range(len(found.sums)), key=lambda each: found.sums[each])
    option = Code(ballot.options[best])
    if ballot.measure is Measure.WEIGHT or share == 1:
        return Line("needed.ballot.more", {"option": option})
    lacking = share * found.base - found.sums[best]
    number = math.ceil(lacking / (1 - share))
    if number > len(tally.seats(Pile.SILENT)):
        return Line("needed.ballot.more", {"option": option})
    return Line("needed.ballot.approvals", {"option": option, "count": number})


def _slot(found: Dates, ballot: Balloting, tally: Tally) -> Line:
    """The slot that lacks least, and what; no line about a slot where the silent cannot bring one about."""
    silent = {seat.organisation.casefold() for seat in tally.seats(Pile.SILENT)}
    ways = [
        (max(ballot.minimum, 1) - found.available[slot], slot)
        for slot, missing in enumerate(found.missing)
        if all(name.casefold() in silent for name in missing)
    ]
    ways = [each for each in ways if each[0] <= len(silent)]
    if not ways or ballot.measure is Measure.WEIGHT:
        return Line("needed.ballot.date", {})
    number, slot = min(ways)
    missing = found.missing[slot]
    values: dict[str, Value] = {
        "slot": ballot.slots[slot] if ballot.slots else Code(ballot.options[slot]),
        "count": max(number, len(missing)),
        "organisations": tuple(short(each, tally) for each in missing),
    }
    return Line("needed.ballot.slot", values)
