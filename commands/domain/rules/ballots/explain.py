"""The arithmetic of a ballot, line by line: every sum, the table of pairs, the rounds, and the order that follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from commands.domain.outcome import Outcome
from commands.domain.rules.ballots.count import Count, tied_at
from commands.domain.rules.ballots.dates import Dates
from commands.domain.rules.ballots.ranking import Ranking
from commands.domain.rules.ballots.runoff import Going, Runoff, RunoffRound
from commands.domain.rules.ballots.sums import Sums
from commands.domain.rules.base import Balloting, Measure, Method, SilencePolicy
from commands.domain.rules.describe import shown, shown_share
from commands.domain.rules.explain import name, quorum_line, short
from commands.domain.rules.judge import Judge, Verdict
from commands.domain.rules.sheet import Sheet
from commands.domain.tally import Tally
from commands.domain.values import Code, Line, Value


def explain_ballots(
    judge: Judge,
    tally: Tally,
    sheet: Sheet,
    verdict: Verdict,
    outcome: Outcome,
    ballot: Balloting,
    found: Count | None,
) -> tuple[Line, ...]:
    """The counts, the quorum, what each option got and how the order follows from that, and the outcome."""
    counts = outcome.counts
    values: dict[str, Value] = {
        "for": counts.for_,
        "abstain": counts.abstain,
        "silent": counts.silent,
        "recused": counts.recused,
        "eligible": counts.eligible,
    }
    lines = [Line("explain.counts.ballot", values)]
    if counts.silent and judge.rule.silence is SilencePolicy.ABSTAIN:
        lines.append(Line("describe.silence.abstain", {}))
    if judge.rule.quorum is not None and judge.quorum is None:
        lines.append(Line("explain.quorum.none-on-repeat", {}))
    lines += [quorum_line(each, sheet, tally) for each in verdict.quorum]
    if found is not None:
        lines += _Explaining(ballot, tally, sheet.scale if ballot.measure is Measure.WEIGHT else 1).count(found)
    if outcome.is_adopted and tally.noted:
        lines.append(Line("explain.noted", {"organisations": tuple(name(each) for each in tally.noted)}))
    lines.append(Line("explain.outcome", {"code": outcome.code, "reason": outcome.reason or ""}))
    return tuple(lines)


class _Explaining:
    def __init__(self, ballot: Balloting, tally: Tally, scale: int) -> None:
        self.ballot = ballot
        self.tally = tally
        self.scale = scale

    def count(self, found: Count) -> Iterator[Line]:
        match found:
            case Sums():
                yield from self._sums(found)
            case Ranking():
                yield from self._ranking(found)
            case Runoff():
                yield from self._runoff(found)
            case Dates():
                yield from self._dates(found)
        yield from self._order(found)

    def _sums(self, found: Sums) -> Iterator[Line]:
        share = self.ballot.at_least
        options = sorted(range(len(found.sums)), key=lambda each: -found.sums[each])
        for option in options:
            values: dict[str, Value] = {
                "option": self._code(option),
                "have": self._amount(found.sums[option]),
                "base": self._amount(found.base),
                "share": shown_share(Fraction(found.sums[option], found.base)) if found.base else 0,
            }
            if share is not None:
                verdict = "not-met" if option in found.dropped else "met"
                values |= {"needed": shown_share(share), "verdict": Line(f"verdict.{verdict}", {})}
                yield Line("explain.ballot.approval.share", values)
            else:
                yield Line(f"explain.ballot.{self.ballot.method.value}", values)
        if self.ballot.method is Method.POINTS:
            yield Line(
                "explain.ballot.unspent", {"have": self._amount(found.unspent), "base": self._amount(found.base)}
            )

    def _ranking(self, found: Ranking) -> Iterator[Line]:
        is_borda = self.ballot.method is Method.BORDA
        if not is_borda:
            yield Line("explain.ballot.schulze", {})
        yield from self._pairs(found.pairwise)
        yield self._scores("borda.decides" if is_borda else "borda", self._halves(found.borda))
        yield self._scores("first", found.first)
        for group in found.undecided:
            yield Line("explain.ballot.undecided", {"options": self._codes(group)})

    def _runoff(self, found: Runoff) -> Iterator[Line]:
        yield from self._pairs(found.pairwise)
        yield self._scores("borda", self._halves(found.borda))
        for number, round in enumerate(found.rounds, 1):
            yield from self._round(number, round, found)

    def _round(self, number: int, round: RunoffRound, found: Runoff) -> Iterator[Line]:
        ranked = sorted(round.counts.items(), key=lambda each: -each[1])
        scores = tuple(self._score(option, count) for option, count in ranked)
        yield Line(
            "explain.ballot.round",
            {"round": number, "scores": scores, "exhausted": self._amount(round.exhausted) if round.exhausted else ""},
        )
        if round.going is not None:
            values: dict[str, Value] = {"options": self._codes(round.out), "tied": self._codes(round.tied)}
            yield Line(f"explain.ballot.out.{round.going.value}", values)
        elif round.tied and len(found.order[0]) == 1:
            yield Line("explain.ballot.last-by-borda", {"option": self._code(found.order[0][0])})

    def _dates(self, found: Dates) -> Iterator[Line]:
        for slot, missing in enumerate(found.missing):
            values: dict[str, Value] = {
                "slot": self._slot(slot),
                "available": self._amount(found.available[slot]),
                "yes": self._amount(found.yes[slot]),
                "minimum": self.ballot.minimum,
                "organisations": tuple(short(each, self.tally) for each in missing),
            }
            if missing:
                yield Line("explain.ballot.slot.missing", values)
            elif slot in found.dropped:
                yield Line("explain.ballot.slot.too-few", values)
            else:
                yield Line("explain.ballot.slot", values)

    def _order(self, found: Count) -> Iterator[Line]:
        dates = isinstance(found, Dates)
        if found.dropped and not dates:
            values: dict[str, Value] = {"options": self._codes(found.dropped), "default": Code(self.ballot.default)}
            yield Line(f"explain.ballot.dropped.{'default' if self.ballot.default else 'share'}", values)
        if not found.order:
            yield Line("explain.ballot.nothing-left", {})
            return
        if isinstance(found, Runoff) and found.rounds and found.rounds[-1].going is Going.LOT:
            yield Line("explain.ballot.open", {"options": self._codes(found.order[0])})
            return
        if dates:
            yield Line("explain.ballot.chosen", {"slot": self._slot(found.order[0][0])})
        else:
            yield Line("explain.ballot.order", {"order": tuple(Code(self._equal(group)) for group in found.order)})
        tied = tied_at(found, self.ballot.winners)
        if tied:
            yield Line("explain.ballot.tie", {"options": self._codes(tied)})

    # --- parts of a sentence --------------------------------------------------------------------------------

    def _pairs(self, pairwise: Sequence[Sequence[int]]) -> Iterator[Line]:
        for option, row in enumerate(pairwise):
            pairs: tuple[Value, ...] = tuple(
                Line(
                    "explain.ballot.pair",
                    {
                        "option": self._code(other),
                        "have": self._amount(have),
                        "against": self._amount(pairwise[other][option]),
                    },
                )
                for other, have in enumerate(row)
                if other != option
            )
            yield Line("explain.ballot.pairs", {"option": self._code(option), "pairs": pairs})

    def _scores(self, key: str, numbers: Sequence[Fraction]) -> Line:
        ranked = sorted(range(len(numbers)), key=lambda each: -numbers[each])
        scores = tuple(self._score(option, numbers[option]) for option in ranked)
        return Line(f"explain.ballot.{key}", {"scores": scores})

    def _score(self, option: int, number: Fraction) -> Line:
        return Line("explain.ballot.score", {"option": self._code(option), "score": self._amount(number)})

    def _halves(self, doubled: Iterable[int]) -> tuple[Fraction, ...]:
        return tuple(Fraction(each, 2) for each in doubled)

    def _amount(self, number: int | Fraction) -> Value:
        return shown(Fraction(number) / self.scale)

    def _code(self, option: int) -> Code:
        return Code(self.ballot.options[option])

    def _codes(self, options: Iterable[int]) -> tuple[Value, ...]:
        return tuple(map(self._code, options))

    def _equal(self, group: Iterable[int]) -> str:
        return " = ".join(self.ballot.options[each] for each in group)

    def _slot(self, slot: int) -> Value:
        return self.ballot.slots[slot] if self.ballot.slots else self._code(slot)
