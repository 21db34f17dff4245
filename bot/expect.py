"""What a script expects after a step, held against what is so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.script import Expectation
from commands.domain.dossier import ItemRecord, RoundRecord
from commands.domain.ledger import instant
from commands.domain.outcome import Counts
from commands.domain.position import Filing, latest


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened since the previous step, and how every item stands now."""

    refusal: str
    reply: str
    posted: str
    notified: tuple[str, ...]
    records: Mapping[str, ItemRecord]


@dataclass(frozen=True, slots=True)
class Found:
    """How many expectations held, and a line for each that did not."""

    passed: int
    failed: tuple[str, ...]


def failures(expected: Expectation, facts: Facts) -> Found:
    """Hold every expectation of a step against the facts."""
    checks: list[tuple[bool, str]] = [_refusal(expected.refusal, facts.refusal)]
    for text in expected.lists.get("reply", ()):
        checks.append((holds(text, facts.reply), f"reply lacks {text!r}: {facts.reply!r}"))
    for text in expected.lists.get("posted", ()):
        checks.append((holds(text, facts.posted), f"posted lacks {text!r}: {facts.posted!r}"))
    for text in expected.lists.get("absent", ()):
        everything = facts.reply + "\n" + facts.posted
        checks.append((not holds(text, everything), f"absent, but there is {text!r}: {everything!r}"))
    if "notified" in expected.lists:
        wanted = tuple(sorted(expected.lists["notified"]))
        checks.append((wanted == facts.notified, f"notified: expected {wanted}, got {facts.notified}"))
    record = facts.records.get(str(expected.item.get("number", ""))) or _newest(facts.records)
    for text in expected.lists.get("text", ()):
        written = record.decisions[-1].text if record is not None and record.decisions else ""
        checks.append((holds(text, written), f"decision text lacks {text!r}: {written!r}"))
    for key in ("ranking", "chosen"):
        if key in expected.lists or (key == "chosen" and expected.chosen is not None):
            checks.append((False, f"{key}: this version has no ballots"))
    for key, value in expected.item.items():
        checks.append(_item(key, value, record, expected.item))
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


def _refusal(expected: str, got: str) -> tuple[bool, str]:
    held = bool(got) if expected == "*" else expected == got
    return held, f"refusal: expected {expected or 'none'!r}, got {got or 'none'!r}"


def _item(key: str, value: Any, record: ItemRecord | None, expected: Mapping[str, Any]) -> tuple[bool, str]:
    if record is None:
        return False, f"item: there is no {expected.get('number', 'item')}"
    got = state_of(record).get(key)
    shown = instant(got) if isinstance(got, datetime) else got
    if key == "closes_at":
        held = isinstance(got, datetime) and got == datetime.fromisoformat(value)
    elif key in ("silent", "late"):
        held = got is not None and sorted(value) == got
    elif key == "columns":
        held = isinstance(got, dict) and all(
            {name: got.get(column, {}).get(name) for name in counts} == counts for column, counts in value.items()
        )
    else:
        held = got == value
    return held, f"item.{key}: expected {value!r}, got {shown!r}"


def _newest(records: Mapping[str, ItemRecord]) -> ItemRecord | None:
    """The item whose log changed last."""

    def changed(record: ItemRecord) -> datetime:
        closed = record.rounds[-1].round.closed_at if record.rounds else None
        decided = record.decisions[-1].at if record.decisions else None
        return max(each for each in (record.item.created_at, closed, decided) if each is not None)

    return max(records.values(), key=changed, default=None)


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
