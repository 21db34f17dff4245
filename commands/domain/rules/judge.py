"""Judging a sheet: the steps of a decision in their order, the first that applies ends it."""

from __future__ import annotations

from dataclasses import dataclass

from commands.domain.outcome import Code, Reason
from commands.domain.rules.base import DecisionRule, Objections, OnRepeat, Part, SilencePolicy, TiePolicy
from commands.domain.rules.checks import (
    ELIGIBLE,
    QuorumCheck,
    Sides,
    Test,
    amount,
    quorum_checks,
    sides,
    test,
)
from commands.domain.rules.sheet import Sheet
from commands.domain.tally import Pile


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from the numbers alone: notes and suspensive reservations come after it.

    `quorum` and `tests` are empty where the steps ended before them. `unmet` names the required organisations
    that are not for. `whole_column` says that the objectors form one, so that answered objections block after
    all. `is_full` says that every eligible organisation voted for or against (*voltallig*).
    """

    code: Code
    reason: Reason | None = None
    quorum: tuple[QuorumCheck, ...] = ()
    tests: tuple[Test, ...] = ()
    unmet: tuple[str, ...] = ()
    whole_column: bool = False
    tied: bool = False
    is_full: bool = False
    came_to_the_rule: bool = False

    @property
    def is_adopted(self) -> bool:
        """Whether the rule is met."""
        return self.code is Code.ADOPTED


class Judge:
    """A rule made ready to judge many sheets; `repeat` says that the item is put for the second time."""

    def __init__(self, rule: DecisionRule, *, repeat: bool = False) -> None:
        self.rule = rule
        self.repeat = repeat
        self.sides = sides(rule)
        self._strict_sides = sides(rule, answered_block=True)
        lapsed = repeat and rule.quorum is not None and rule.quorum.on_repeat is OnRepeat.NONE
        self.quorum = None if lapsed else rule.quorum

    def judge(self, sheet: Sheet) -> Verdict:
        """Take the steps: eligible, reached, quorum, decisive answers, the rule.

        The numbers of a ballot rule end before the last step: what they adopt is that the ballots are counted.
        """
        rule, heads = self.rule, sheet.all_heads
        eligible = amount(heads, ELIGIBLE)
        if eligible == 0:
            return Verdict(Code.NO_DECISION, Reason.NO_ELIGIBLE)
        if sheet.unreached and rule.silence is not SilencePolicy.NOT_COUNTED:
            return Verdict(Code.NO_DECISION, Reason.NOT_REACHED)
        quorum = quorum_checks(self.quorum, self.sides, sheet) if self.quorum is not None else ()
        if not all(each.holds for each in quorum):
            return Verdict(Code.NO_DECISION, Reason.QUORUM, quorum)
        decisive = heads[Pile.FOR] + heads[Pile.AGAINST]
        if decisive + heads[Pile.ANSWERED] == 0 and rule.objections is not Objections.BREAK_SILENCE:
            reason = Reason.ONLY_ABSTENTIONS if heads[Pile.ABSTAIN] else Reason.NO_REPLIES
            return Verdict(Code.NO_DECISION, reason, quorum)
        if rule.ballot is not None:
            return Verdict(Code.ADOPTED, None, quorum, came_to_the_rule=True)  # the ballots have the last word
        whole_column = self.answered_block(sheet)
        on = self._strict_sides if whole_column else self.sides
        tests = tuple(test(each, on, sheet) for each in rule.criteria)
        unmet = tuple(name for name in rule.required if not _is_for(sheet.named.get(name.casefold()), on))
        tied = not unmet and any(each.tied for each in tests) and all(each.holds or each.tied for each in tests)
        is_full = decisive == eligible
        code, reason_or_none = self._conclude(sheet, on, tests, unmet, tied=tied, is_full=is_full)
        return Verdict(
            code,
            reason_or_none,
            quorum,
            tests,
            unmet,
            whole_column,
            tied,
            is_full,
            came_to_the_rule=True,
        )

    def answered_block(self, sheet: Sheet) -> bool:
        """Whether answered objections block after all, since the objectors form a whole column."""
        return sheet.all_heads[Pile.ANSWERED] > 0 and _objectors_fill_a_column(sheet)

    def _conclude(
        self,
        sheet: Sheet,
        on: Sides,
        tests: tuple[Test, ...],
        unmet: tuple[str, ...],
        *,
        tied: bool,
        is_full: bool,
    ) -> tuple[Code, Reason | None]:
        if not unmet and all(each.holds for each in tests):
            return Code.ADOPTED, None
        objections = self.rule.objections
        if objections is not Objections.COUNTED and (
            amount(sheet.all_heads, on.parts[Part.AGAINST]) or sheet.all_heads[Pile.ANSWERED]
        ):
            broken = objections is Objections.BREAK_SILENCE
            return Code.NO_DECISION, Reason.SILENCE_BROKEN if broken else Reason.OBJECTION
        if tied:
            return self.after_tie(is_full=is_full)
        return Code.REJECTED, None

    def after_tie(self, *, is_full: bool) -> tuple[Code, Reason | None]:
        """What a tie gives: an act that is still to come is no decision."""
        match self.rule.tie:
            case TiePolicy.REJECTED:
                return Code.REJECTED, None
            case TiePolicy.HELD:
                return (Code.REJECTED, None) if is_full or self.repeat else (Code.HELD, Reason.TIE)
            case TiePolicy.HELD_UNLESS_URGENT_THEN_CHAIR:
                return (Code.NO_DECISION if self.repeat else Code.HELD), Reason.TIE
            case TiePolicy.REVOTE_THEN_CHAIR | TiePolicy.LOT:
                return Code.NO_DECISION, Reason.TIE


def _is_for(pile: Pile | None, on: Sides) -> bool:
    return pile is Pile.RECUSED or (pile is not None and pile in on.parts[Part.FOR])


def _objectors_fill_a_column(sheet: Sheet) -> bool:
    for row in sheet.heads:
        objecting = row[Pile.AGAINST] + row[Pile.ANSWERED]
        if objecting and objecting == amount(row, ELIGIBLE):
            return True
    return False
