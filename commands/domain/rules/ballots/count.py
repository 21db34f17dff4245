"""Counting by the method of a rule, and what it concludes."""

from __future__ import annotations

from typing import TypeAlias

from commands.domain.outcome import Code, Reason
from commands.domain.rules.ballots.dates import Dates, find_date
from commands.domain.rules.ballots.ranking import Ranking, rank
from commands.domain.rules.ballots.runoff import Runoff, run_off
from commands.domain.rules.ballots.sums import Sums, add_up
from commands.domain.rules.ballots.votes import Votes, votes
from commands.domain.rules.base import Balloting, DecisionRule, Method
from commands.domain.tally import Pile, Tally

Count: TypeAlias = Sums | Ranking | Runoff | Dates


def count_ballots(tally: Tally, rule: DecisionRule, ballot: Balloting) -> Count:
    """Count the ballots of a tally by its rule, whatever quorum there is."""
    recused = {seat.organisation.casefold() for seat in tally.seats(Pile.RECUSED)}
    required = tuple(name for name in rule.required if name.casefold() not in recused)
    return count(votes(tally, ballot), ballot, required)


def count(votes: Votes, ballot: Balloting, required: tuple[str, ...] = ()) -> Count:
    """Count votes by a method; `required` are the organisations that must be able to come on a date."""
    match ballot.method:
        case Method.CHOICE | Method.APPROVAL | Method.POINTS:
            return add_up(votes, ballot)
        case Method.PAIRWISE | Method.BORDA:
            return rank(votes, ballot)
        case Method.IRV:
            return run_off(votes)
        case Method.DATE:
            return find_date(votes, ballot, required)


def conclude(found: Count, winners: int) -> tuple[Code, Reason | None]:
    """Adopted where the first `winners` are known, a tie where equal options stand across that line.

    Rejected where no option is left.
    """
    if not found.order:
        return Code.REJECTED, None
    return (Code.NO_DECISION, Reason.TIE) if tied_at(found, winners) else (Code.ADOPTED, None)


def tied_at(found: Count, winners: int) -> tuple[int, ...]:
    """The equal options of which some would be among the winners and some would not."""
    before = 0
    for group in found.order:
        if before < winners < before + len(group):
            return group
        before += len(group)
    return ()


def names(ballot: Balloting, found: Count) -> tuple[tuple[str, ...], ...]:
    """The order in codes."""
    return tuple(tuple(ballot.options[each] for each in group) for group in found.order)


def winners(found: Count, number: int) -> tuple[int, ...]:
    """The first `number` options, in the order of the options; fewer where fewer are left, none where a tie says no."""
    if tied_at(found, number):
        return ()
    return tuple(sorted([each for group in found.order for each in group][:number]))
