"""Cases of ballots: rankings, points, dates and approvals, with the numbers and the order expected.

What a row expects is compared, and what it leaves out is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.cases import CaseResult, Document, Status
from bot.cases_rows import Row, mapping, section_rows
from commands.domain.ballot import Ballot, Option, canonical, read_ballot
from commands.domain.errors import InvalidBallot, OverBudget
from commands.domain.ledger import instant
from commands.domain.rules import BALLOT_RULES, rule_id, with_options
from commands.domain.rules.ballots.count import count, winners
from commands.domain.rules.ballots.dates import find_date
from commands.domain.rules.ballots.ranking import rank
from commands.domain.rules.ballots.runoff import Going, Runoff, run_off
from commands.domain.rules.ballots.sums import add_up
from commands.domain.rules.ballots.votes import Order, Votes, cast
from commands.domain.rules.base import Balloting, DecisionRule

Rules = Mapping[str, DecisionRule]
Found = Mapping[str, object]

_KEYS: Final[Mapping[str, frozenset[str]]] = {
    "ranking": frozenset(
        {*("name", "rule", "options", "ballots"), *("pairwise", "borda", "first", "order", "dropped", "irv")}
    ),
    "points": frozenset(
        {*("name", "rule", "options", "budget", "ballots"), *("totals", "shares", "unspent", "order")}
        | {"refusal", "spent"}
    ),
    "date": frozenset(
        {*("name", "rule", "zone", "slots", "required", "minimum", "answers"), *("available", "yes", "feasible")}
        | {"weights_2_1_0", "chosen"}
    ),
    "approval": frozenset({"name", "rule", "ballots", "approvals", "shares_rounded", "top"}),
}
_SUMMARY: Final = ("refusal", "chosen", "top", "order")
_ZONE: Final = "Europe/Amsterdam"


def run_ballots(document: Document, rules: Rules) -> Iterator[CaseResult]:
    """Run `[[ranking]]`, `[[points]]`, `[[date]]` and `[[approval]]`; `rules` are those of the document, by id.

    A row with a key or a rule that this version does not know is not run. One that cannot be read is a FileProblem.
    """
    for section, run in _RUNS.items():
        for index, data in enumerate(section_rows(document, section)):
            row = Row(f"{section}[{index}]", mapping(f"{section}[{index}]", data))
            name = f"{section} {row.get('name', str)}"
            found = None if row.data.keys() - _KEYS[section] else run(row, rules)
            if found is None:
                yield CaseResult(name, Status.NOT_RUN, "", "", section, index)
                continue
            expected, got = _compared(row.data, found)
            yield CaseResult(name, Status.PASSED if expected == got else Status.FAILED, expected, got, section, index)


def _compared(row: Found, found: Found) -> tuple[str, str]:
    """What the row expects and what came out, where they differ; twice the same where they do not.

    A refusal differs also from a row that does not expect one.
    """
    asked = [key for key in found if key in row or key == "refusal"]
    wrong = [key for key in asked if _part(row.get(key, ""), found[key]) != row.get(key, "")]
    keys = wrong or [key for key in _SUMMARY if key in row][:1]
    return _shown(row, keys), _shown(found, keys)


def _part(expected: object, got: object) -> object:
    """Of a table only the keys that are expected."""
    if isinstance(expected, dict) and isinstance(got, dict):
        return {key: value for key, value in got.items() if key in expected}
    return got


def _shown(values: Found, keys: list[str]) -> str:
    return "; ".join(f"{key} = {values.get(key, '')}" for key in keys)


# --- the four tables ----------------------------------------------------------------------------------------


def _ranking(row: Row, rules: Rules) -> Found | None:
    ballot = _balloting(row, "ranking-pairwise", rules, _options(row))
    if ballot is None:
        return None
    votes = _votes(row, ballot, lambda each: _typed(each, ballot))
    result, beside, codes = count(votes, ballot), rank(votes, ballot), ballot.options
    return {
        "pairwise": [list(each) for each in beside.pairwise],
        "borda": {code: str(Fraction(each, 2)) for code, each in zip(codes, beside.borda, strict=True)},
        "first": {code: _number(each) for code, each in zip(codes, beside.first, strict=True)},
        "order": _order(ballot, result.order),
        "dropped": [codes[each] for each in result.dropped],
        "irv": _runoff(run_off(votes), ballot),
    }


def _runoff(found: Runoff, ballot: Balloting) -> dict[str, object]:
    codes, sure = ballot.options, [each for each in found.rounds if each.going is not Going.LOT]
    return {
        "eliminated": [codes[each] for round in sure for each in round.out],
        "ties_broken_by_borda": sum(round.going is Going.BORDA for round in sure),
        "winner": _order(ballot, found.order[:1])[0],
        "final": {codes[each]: _number(number) for each, number in found.rounds[-1].counts.items()},
    }


def _points(row: Row, rules: Rules) -> Found | None:
    ballot = _balloting(row, "points", rules, _options(row), budget=row.get("budget", int, 100))
    if ballot is None:
        return None
    try:
        votes = _votes(row, ballot, lambda each: _divided(each, ballot))
    except OverBudget as refusal:
        return {"refusal": refusal.code, "spent": refusal.spent}
    found = add_up(votes, ballot)
    return {
        "totals": list(found.sums),
        "shares": [str(Fraction(each, found.base)) for each in found.sums],
        "unspent": found.unspent,
        "order": _order(ballot, found.order),
        "refusal": "",
        "spent": 0,
    }


def _date(row: Row, rules: Rules) -> Found | None:
    slots = tuple(_slot(row, each, str(place)) for place, each in enumerate(row.texts("slots"), 1))
    ballot = _balloting(row, "date", rules, slots, minimum=row.get("minimum", int, 0))
    if ballot is None:
        return None
    answers = row.rows("answers")
    marks = [_answered(each, ballot).marks for each in answers]
    votes = cast(marks, [1] * len(marks), 1, [each.get("by", str) for each in answers], len(slots))
    found = find_date(votes, ballot, tuple(row.texts("required")))
    chosen = winners(found, 1)
    return {
        "available": list(found.available),
        "yes": list(found.yes),
        "feasible": [place not in found.dropped for place in votes.options],
        "weights_2_1_0": [one + other for one, other in zip(found.available, found.yes, strict=True)],
        "chosen": instant(ballot.slots[chosen[0]]) if chosen else "",
    }


def _approval(row: Row, rules: Rules) -> Found | None:
    """Only the sums are given: ballots that give the same sums stand in for those that were cast."""
    approvals = Row(f"{row.key}.approvals", row.get("approvals", dict))
    sums = [approvals.get(code, int) for code in approvals.data]
    options = tuple(Option(code) for code in approvals.data)
    ballot = _balloting(row, "approval", rules, options, winners=max(1, len(row.texts("top"))))
    if ballot is None:
        return None
    levels = sorted({0, row.get("ballots", int), *sums})
    marks = [tuple(int(number >= level) for number in sums) for level in levels[1:]]
    weights = [level - below for below, level in pairwise(levels)]
    found = add_up(cast(marks, weights, 1, [""] * len(marks), len(options)), ballot)
    ranked = [ballot.options[each] for group in found.order for each in group]
    return {
        "shares_rounded": {
            code: _percent(Fraction(number, found.base))
            for code, number in zip(ballot.options, found.sums, strict=True)
        },
        "top": ranked[: ballot.winners],
    }


_RUNS: Final[Mapping[str, Callable[[Row, Rules], Found | None]]] = {
    "ranking": _ranking,
    "points": _points,
    "date": _date,
    "approval": _approval,
}


# --- reading and showing ------------------------------------------------------------------------------------


def _balloting(row: Row, usual: str, rules: Rules, options: tuple[Option, ...], **settings: int) -> Balloting | None:
    """How this row is counted; None where it names a rule that is not one for such a ballot."""
    word = row.get("rule", str, usual)
    rule, kind = rules.get(word) or BALLOT_RULES.get(rule_id(word) or ""), BALLOT_RULES[usual].ballot
    if rule is None or rule.ballot is None or kind is None or rule.ballot.method.kind is not kind.method.kind:
        return None
    return with_options(rule, options, **settings).ballot


def _options(row: Row) -> tuple[Option, ...]:
    return tuple(map(Option, row.texts("options")))


def _votes(row: Row, ballot: Balloting, read: Callable[[Row], Ballot]) -> Votes:
    rows = row.rows("ballots")
    weights = [each.get("count", int, 1) for each in rows]
    return cast([read(each).marks for each in rows], weights, 1, [""] * len(rows), len(ballot.options))


def _typed(row: Row, ballot: Balloting) -> Ballot:
    try:
        return read_ballot(ballot.paper(), row.get("ballot", str))
    except InvalidBallot:
        raise row.wrong("ballot", f'"{" > ".join(ballot.options)}"') from None


def _divided(row: Row, ballot: Balloting) -> Ballot:
    """The points of a row, refused as when they are typed."""
    points = row.numbers("points")
    if len(points) != len(ballot.options) or min(points) < 0:
        raise row.wrong("points", str([1] * len(ballot.options)))
    return read_ballot(ballot.paper(), canonical(ballot.paper(), tuple(points)))


def _answered(row: Row, ballot: Balloting) -> Ballot:
    answers = row.texts("slots")
    typed = " ".join(f"{place}={each}" for place, each in enumerate(answers, 1))
    try:
        return read_ballot(ballot.paper(), typed)
    except InvalidBallot:
        raise row.wrong("slots", '["yes", "no", "if-needed"]') from None


def _slot(row: Row, text: str, code: str) -> Option:
    """A slot such as 2027-05-18T14:00/15:30, in the time of its zone."""
    since, _, until = text.partition("/")
    try:
        zone = ZoneInfo(row.get("zone", str, _ZONE))
    except (ZoneInfoNotFoundError, ValueError):
        raise row.wrong("zone", f'"{_ZONE}"') from None
    try:
        starts = datetime.fromisoformat(since)
        ends = datetime.fromisoformat(f"{since[:10]}T{until}") if until else None
    except ValueError:
        raise row.wrong("slots", '["2027-05-18T14:00/15:30"]') from None
    return Option(
        code,
        text,
        starts.replace(tzinfo=zone).astimezone(UTC),
        ends.replace(tzinfo=zone).astimezone(UTC) if ends else None,
    )


def _order(ballot: Balloting, order: Order) -> list[str]:
    """The order as a row writes it: equal ones in one text, in the order of the options."""
    return [" = ".join(ballot.options[each] for each in group) for group in order]


def _number(value: Fraction) -> int | str:
    return value.numerator if value.denominator == 1 else str(value)


def _percent(share: Fraction) -> str:
    """A share in hundredths of a per cent, halves upwards."""
    hundredths = (share * 20_000 + 1) // 2
    return f"{hundredths // 100}.{hundredths % 100:02}"
