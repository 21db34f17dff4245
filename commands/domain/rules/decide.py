"""Deciding: roll and positions in, outcome out. No clock, no network, no wording."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from commands.domain.outcome import Code, Outcome, Reason
from commands.domain.position import Position
from commands.domain.roll import Roll, Seat
from commands.domain.rules.ballots.count import conclude, count_ballots, names
from commands.domain.rules.ballots.explain import explain_ballots
from commands.domain.rules.base import DecisionRule
from commands.domain.rules.explain import explain
from commands.domain.rules.judge import Judge
from commands.domain.rules.sheet import Sheet, sheet
from commands.domain.tally import Pile, Tally, tally


def decide(rule: DecisionRule, roll: Roll, positions: Iterable[Position], *, repeat: bool = False) -> Outcome:
    """The outcome of a rule over a frozen roll and the positions of its round, in any order.

    `positions` may hold several of one organisation, and late ones, which do not count; those on an earlier
    version must be left out by the caller. `repeat` says that the item is put again after a round without
    quorum or with a tie. The rule of a ballot must know its options (`with_options`). The same arguments always give
    the same outcome. Raises nothing.
    """
    counted = tally(roll, positions, rule)
    return outcome_of(Judge(rule, repeat=repeat), counted, sheet(counted, rule.named_organisations))


def outcome_of(judge: Judge, tally: Tally, numbers: Sheet) -> Outcome:
    """The outcome of a tally with its sheet, explained."""
    verdict = judge.judge(numbers)
    code, reason = verdict.code, verdict.reason
    held_by: tuple[Seat, ...] = ()
    ballot, found = judge.rule.ballot, None
    if verdict.is_adopted and ballot is not None:
        found = count_ballots(tally, judge.rule, ballot)
        code, reason = conclude(found, ballot.winners)
    if code is Code.ADOPTED:
        held_by = tally.held_by
        noted = tally.noted or tally.seats(Pile.ANSWERED)  # an objection that no longer blocks is recorded
        if held_by:
            code, reason = Code.HELD, Reason.RESERVATION
        elif noted:
            code = Code.ADOPTED_WITH_NOTE
    silent = tally.seats(Pile.SILENT)
    outcome = Outcome(
        code=code,
        reason=reason,
        counts=tally.counts,
        columns=tally.columns,
        silent=_ids(silent),
        objecting=_ids(tally.seats(Pile.AGAINST, Pile.UNREASONED, Pile.ANSWERED)),
        noted=_ids(tally.noted),
        held_by=_ids(held_by),
        recused=_ids(tally.seats(Pile.RECUSED)),
        unreached=_ids(tuple(each for each in silent if not each.reached)),
        order=names(ballot, found) if ballot and found else (),
        dropped=tuple(ballot.options[each] for each in found.dropped) if ballot and found else (),
    )
    if ballot is not None:
        return replace(outcome, explanation=explain_ballots(judge, tally, numbers, verdict, outcome, ballot, found))
    return replace(outcome, explanation=explain(judge, tally, numbers, verdict, outcome))


def _ids(seats: tuple[Seat, ...]) -> tuple[str, ...]:
    return tuple(each.organisation for each in seats)
