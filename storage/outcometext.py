"""An outcome as JSON text and back, with the arithmetic that explains it."""

from __future__ import annotations

import json
from typing import Any

from commands.domain.outcome import Code, Counts, Outcome, Reason
from storage.values import decode_lines, encode_lines

_NAMES = ("silent", "objecting", "noted", "held_by", "recused", "unreached")


def encode_outcome(outcome: Outcome | None) -> str:
    """An outcome as JSON text, empty where there is none."""
    if outcome is None:
        return ""
    data: dict[str, Any] = {
        "code": outcome.code.value,
        "reason": outcome.reason.value if outcome.reason else "",
        "counts": _counts(outcome.counts),
        "columns": {name: _counts(counts) for name, counts in outcome.columns.items()},
        "explanation": encode_lines(outcome.explanation),
    }
    data |= {name: list(getattr(outcome, name)) for name in _NAMES}
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)


def decode_outcome(text: str) -> Outcome | None:
    """What `encode_outcome` wrote."""
    if not text:
        return None
    data = json.loads(text)
    return Outcome(
        code=Code(data["code"]),
        reason=Reason(data["reason"]) if data["reason"] else None,
        counts=Counts(*data["counts"]),
        columns={name: Counts(*counts) for name, counts in data["columns"].items()},
        explanation=decode_lines(data["explanation"]),
        **{name: tuple(data[name]) for name in _NAMES},
    )


def _counts(counts: Counts) -> list[int]:
    return [counts.for_, counts.against, counts.abstain, counts.silent, counts.recused]
