"""What a script expects after a step, held against what is so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.script import Expectation
from bot.scriptwords import ANY
from commands.domain.dossier import ItemRecord, RoundRecord
from commands.domain.ledger import instant
from commands.domain.outcome import Counts
from commands.domain.position import Filing, latest
from commands.domain.values import Code, Line, Value

_LONGEST_SEEN: Final = 400
"""Characters of a text that a failure repeats; the transcript has all of it."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened since the previous step, and how every item stands now.

    `records` holds the items by number; `newest` is the number of the one whose log changed last, empty without items.
    """

    refusal: str
    reply: str
    posted: str
    notified: tuple[str, ...]
    records: Mapping[str, ItemRecord]
    newest: str


@dataclass(frozen=True, slots=True)
class Found:
    """How many expectations held, and for each that did not a sentence: what was expected, and what was seen."""

    passed: int
    failed: tuple[Line, ...]


def failures(expected: Expectation, facts: Facts) -> Found:
    """Hold every expectation of a step against the facts."""
    checks: list[tuple[bool, Line]] = [_refusal(expected.refusal, facts.refusal)]
    for text in expected.lists.get("reply", ()):
        checks.append(_has("reply", text, facts.reply))
    for text in expected.lists.get("posted", ()):
        checks.append(_has("posted", text, facts.posted))
    for text in expected.lists.get("absent", ()):
        checks.append(_lacks(text, facts.reply + "\n" + facts.posted))
    if "notified" in expected.lists:
        wanted = tuple(sorted(expected.lists["notified"]))
        line = Line("expect.notified", {"expected": _people(wanted), "seen": _people(facts.notified)})
        checks.append((wanted == facts.notified, line))
    number = str(expected.item.get("number", facts.newest))
    record = facts.records.get(number)
    for text in expected.lists.get("text", ()):
        checks.append(_has("text", text, record.decisions[-1].text if record and record.decisions else ""))
    for key in ("ranking", "chosen"):
        if key in expected.lists or (key == "chosen" and expected.chosen is not None):
            checks.append((False, Line("expect.no-ballots", {"key": Code(key)})))
    if expected.item and record is None:
        checks.append((False, Line("expect.no-item" if number else "expect.no-item.at-all", {"number": Code(number)})))
    elif record is not None:
        found = state_of(record)
        checks += [_item(key, value, found.get(key)) for key, value in expected.item.items()]
    return Found(sum(held for held, _ in checks), tuple(line for held, line in checks if not held))


def holds(text: str, whole: str) -> bool:
    """Whether a text occurs, without regard to case and runs of white space."""
    return _folded(text) in _folded(whole)


def state_of(record: ItemRecord) -> dict[str, Any]:
    """Everything that can be expected of an item, as it is now."""
    newest = record.rounds[-1] if record.rounds else None
    outcome = newest.round.outcome if newest else None
    found: dict[str, Any] = {
        "number": str(record.item.number),
        "state": record.item.state.value,
        "round": newest.round.number if newest else 0,
        "version": record.item.version.label,
        "closes_at": newest.round.closes_at if newest else None,
        "outcome": outcome.code.value if outcome else "",
        "reason": outcome.reason.value if outcome and outcome.reason else "",
        "decision": str(record.decisions[-1].number) if record.decisions else "",
    }
    if newest is not None:
        found |= {
            "silent": sorted(_silent(newest)),
            "comments": _comments(newest),
            "late": sorted({each.organisation for each in newest.positions if each.filing is Filing.LATE}),
        }
    if outcome is not None:
        found |= {
            "for": outcome.counts.for_,
            "against": outcome.counts.against,
            "abstain": outcome.counts.abstain,
            "columns": {column: _counts(counts) for column, counts in outcome.columns.items()},
        }
    return found


def _refusal(expected: str, seen: str) -> tuple[bool, Line]:
    wanted: Value = Line("expect.any", {}) if expected == ANY else _code(expected)
    held = bool(seen) if expected == ANY else expected == seen
    return held, Line("expect.refusal", {"expected": wanted, "seen": _code(seen)})


def _has(where: str, text: str, whole: str) -> tuple[bool, Line]:
    """Whether a text stands in an answer, a post or a decision."""
    values: dict[str, Value] = {"expected": text, "seen": _shown(whole)}
    return holds(text, whole), Line(f"expect.{where}" if whole else f"expect.{where}.none", values)


def _lacks(text: str, whole: str) -> tuple[bool, Line]:
    """Whether a text stands nowhere; where it does, in which line."""
    line = next((each for each in whole.split("\n") if holds(text, each)), whole)
    return not holds(text, whole), Line("expect.absent", {"expected": text, "seen": _shown(line)})


def _item(key: str, expected: Any, seen: Any) -> tuple[bool, Line]:
    """One key of an item. Lists are held in any order; of columns only what is named is looked at."""
    if key in ("silent", "late"):
        expected = sorted(expected)
    elif key == "columns" and isinstance(seen, dict):
        seen = {
            column: {name: seen[column][name] for name in counts}
            for column, counts in expected.items()
            if column in seen
        }
    values: dict[str, Value] = {"key": Code(key), "expected": _words(expected), "seen": _words(seen)}
    return expected == seen, Line("expect.item", values)


def _code(code: str) -> Value:
    return Code(code) if code else _none()


def _none() -> Line:
    return Line("expect.none", {})


def _people(people: tuple[str, ...]) -> Value:
    return tuple(Code(each) for each in people) if people else Line("expect.nobody", {})


def _words(value: Any) -> Value:
    """A value of a script as it is written there."""
    if isinstance(value, datetime):
        return Code(instant(value))
    if isinstance(value, int):
        return value
    if isinstance(value, dict) and value:
        return tuple(f"{key} = {_written(each)}" for key, each in value.items())
    if isinstance(value, list) and value:
        return tuple(str(each) for each in value)
    return str(value) if value else _none()


def _written(value: Any) -> str:
    """A value inside a table, as TOML has it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {each}" for key, each in value.items()) + " }"
    return str(value)


def _shown(text: str) -> str:
    """A text on one line, shortened to what a reader takes in at once."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_SEEN else line[:_LONGEST_SEEN] + " …"


def _silent(record: RoundRecord) -> set[str]:
    answered = latest(record.positions)
    return {seat.organisation for seat in record.roll.voting if seat.organisation not in answered}


def _comments(record: RoundRecord) -> dict[str, int]:
    """How many remarks there are on each decision point: positions that count, with a text, and advisers' comments."""
    counted = Counter(str(point) for each in latest(record.positions).values() if each.text for point in each.points)
    counted.update(str(point) for each in record.comments for point in each.points)
    return dict(counted)


def _counts(counts: Counts) -> dict[str, int]:
    return {"for": counts.for_, "against": counts.against, "abstain": counts.abstain}


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
