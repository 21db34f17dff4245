"""Items as one JSON document, in the same shape as the items of a playback.

Instants are UTC (ISO 8601), weights are exact strings, codes are English.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from commands.domain.decision import Decision
from commands.domain.dossier import Dossier, ItemRecord, RoundRecord
from commands.domain.draft import Version
from commands.domain.ledger import instant
from commands.domain.outcome import Counts, Outcome
from commands.domain.position import Filing, Position, latest
from commands.exports.base import Say, Sink, Utf8
from commands.exports.names import file_name
from commands.vocabulary import Format

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class JsonExport:
    """The items of a dossier, and beside them what the shape of an item has no place for."""

    format: Format = Format.JSON
    media_type: str = "application/json"

    def file_name(self, dossier: Dossier) -> str:
        """The number of the dossier."""
        return file_name(dossier.number, "json")

    def write(self, dossier: Dossier, say: Say, to: Sink) -> None:
        """Write one document; `entries` and `head` name the state of the log from which it was made."""
        head = dossier.entries[-1].hash if dossier.entries else ""
        document: dict[str, Json] = {
            "dossier": dossier.number,
            "board": dossier.board.id,
            "board_name": dossier.board.name,
            "entries": len(dossier.entries),
            "head": head,
            "items": [item_as_json(record, say) for record in dossier.items],
            "versions": [_version(record, each) for record in dossier.items for each in record.versions],
            "comments": [
                {
                    "item": str(record.item.number),
                    "round": comment.round,
                    "version": comment.version,
                    "organisation": comment.organisation,
                    "received_at": instant(comment.received_at),
                    "points": list(comment.points),
                    "text": comment.text,
                }
                for record in dossier.items
                for round in record.rounds
                for comment in round.comments
            ],
            "decisions": [_decision(each) for record in dossier.items for each in record.decisions],
        }
        Utf8(to).write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def item_as_json(record: ItemRecord, say: Say) -> dict[str, Json]:
    """One item with its rounds, everything filed in them, and the decision in force.

    `decision` is the newest one, so a rectified decision shows as rectified. The explanation has a line for
    each step. A round without outcome has None for it. All positions are there, late, replaced and withdrawn ones too.
    """
    item = record.item
    return {
        "number": str(item.number),
        "title": item.title,
        "board": item.board,
        "kind": item.kind.value,
        "state": item.state.value,
        "dossier": item.dossier,
        "rounds": [_round(each, say) for each in record.rounds],
        "decision": _decision_in_force(record.decisions),
    }


def _round(record: RoundRecord, say: Say) -> Json:
    round = record.round
    return {
        "number": round.number,
        "version": round.version,
        "opened_at": instant(round.opened_at),
        "closes_at": instant(round.closes_at),
        "closed_at": instant(round.closed_at) if round.closed_at else None,
        "rule": round.rule.id if round.rule else "",
        "roll": [
            {"organisation": seat.organisation, "column": seat.column, "weight": str(seat.weight)}
            for seat in record.roll.seats
        ],
        "positions": [_position(each) for each in record.positions],
        "silent": list(silent(record)),
        "outcome": _outcome(round.outcome, say) if round.outcome else None,
    }


def silent(record: RoundRecord) -> tuple[str, ...]:
    """The voting organisations without a position that counts, in the order of the roll."""
    answered = latest(record.positions)
    return tuple(seat.organisation for seat in record.roll.voting if seat.organisation not in answered)


def _position(position: Position) -> Json:
    return {
        "organisation": position.organisation,
        "stance": position.stance.value,
        "ballot": position.ballot,
        "text": position.text,
        "points": list(position.points),
        "basis": position.basis.value if position.basis else "",
        "received_at": instant(position.received_at),
        "in_time": position.filing is Filing.IN_TIME,
        "version": position.version,
    }


def _outcome(outcome: Outcome, say: Say) -> Json:
    return {
        "code": outcome.code.value,
        "reason": outcome.reason.value if outcome.reason else "",
        "counts": _counts(outcome.counts),
        "columns": _columns(outcome.columns),
        "explanation": "\n".join(map(say, outcome.explanation)),
    }


def _columns(columns: Mapping[str, Counts]) -> Json:
    return {name: _counts(counts) for name, counts in columns.items()}


def _counts(counts: Counts) -> Json:
    return {
        "for": counts.for_,
        "against": counts.against,
        "abstain": counts.abstain,
        "silent": counts.silent,
        "recused": counts.recused,
        "eligible": counts.eligible,
    }


def _decision_in_force(decisions: tuple[Decision, ...]) -> Json:
    if not decisions:
        return None
    newest = decisions[-1]
    return {
        "number": str(newest.number),
        "at": instant(newest.at),
        "text": newest.text,
        "deviates": newest.deviates,
    }


def _version(record: ItemRecord, version: Version) -> Json:
    return {
        "item": str(record.item.number),
        "version": version.label,
        "created_at": instant(version.created_at),
        "substantive": version.substantive,
        "contested": version.contested,
        "note": version.note,
        "text": version.text,
        "sha256": version.sha256,
    }


def _decision(decision: Decision) -> Json:
    return {
        "number": str(decision.number),
        "item": str(decision.number.item),
        "at": instant(decision.at),
        "version": decision.version,
        "text": decision.text,
        "conclusion": decision.conclusion,
        "deviates": decision.deviates,
        "deviation": decision.deviation,
        "corrects": str(decision.corrects or ""),
        "reason": decision.reason,
    }
