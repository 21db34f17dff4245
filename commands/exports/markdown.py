"""The list of decisions as Markdown (CommonMark): what was decided, with its notes, silence and arithmetic.

Every sentence comes through `say` and is then escaped whole; texts of people stand in quotations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from commands.domain.decision import Decision
from commands.domain.dossier import Dossier, ItemRecord, RoundRecord
from commands.domain.outcome import Outcome
from commands.domain.position import Filing, latest
from commands.domain.values import Code, Line, Value
from commands.exports.base import Say, Sink
from commands.exports.json import silent
from commands.exports.names import file_name
from commands.vocabulary import Format

_SIGNS: Final = re.compile(r"[\\`*_\[\]<>#|~&$^]|:(?=//)|(?<!\d):(?=[\w+-]+:)|(?i:(?<=\bwww)\.)")
"""Signs of markup, and what makes a bare address a link or a word an emoji; other signs stay readable."""
_BLOCK: Final = re.compile(r"^(\d*)([-+=.)])")
"""What makes a line a list, a heading or a rule."""


@dataclass(frozen=True, slots=True)
class MarkdownExport:
    """The established decisions of a dossier, in the language of the board."""

    format: Format = Format.MARKDOWN
    media_type: str = "text/markdown; charset=utf-8; variant=CommonMark"

    def file_name(self, dossier: Dossier) -> str:
        """The number of the dossier."""
        return file_name(dossier.number, "md")

    def write(self, dossier: Dossier, say: Say, to: Sink) -> None:
        """Write the decisions by item, in order; a dossier without any says so."""
        to.write("\n\n".join(_blocks(dossier, say)).encode() + b"\n")


def escaped(text: str) -> str:
    """One line of plain text as Markdown that shows exactly this text: no markup, no link, no mention."""
    line = _SIGNS.sub(r"\\\g<0>", " ".join(text.split()))
    line = _BLOCK.sub(r"\g<1>\\\g<2>", line)
    return line.replace("@", "@\u2060")


def _blocks(dossier: Dossier, say: Say) -> Iterator[str]:
    yield f"# {_sentence(say, 'title', board=dossier.board.name)}"
    yield _sentence(say, "dossier", dossier=Code(dossier.number))
    if not any(record.decisions for record in dossier.items):
        yield _sentence(say, "none")
    for record in dossier.items:
        for decision in record.decisions:
            title = _sentence(say, "decision", decision=decision.number, title=record.item.title)
            yield f"## {title}"
            yield from _decision(record, decision, say)


def _decision(record: ItemRecord, decision: Decision, say: Say) -> Iterator[str]:
    yield _sentence(say, "established", at=decision.at, version=decision.version)
    if decision.corrects is not None:
        yield _sentence(say, "rectifies", corrects=decision.corrects)
        yield f"{_sentence(say, 'reason')}\n\n{quotation(decision.reason, say)}"
    yield quotation(decision.text, say)
    if decision.deviates:
        yield f"{_sentence(say, 'deviation')}\n\n{quotation(decision.deviation, say)}"
    round = _last_ended(record)
    if round is None or round.round.outcome is None:
        yield _sentence(say, "without-outcome")
        return
    yield from _notes(round, round.round.outcome, say)
    names = tuple(_name(round, each) for each in silent(round))
    yield (
        _sentence(say, "silent", version=round.round.version, organisations=names) if names else _sentence(say, "all")
    )
    yield from _outcome(round.round.outcome, say)


def _sentence(say: Say, key: str, /, **values: Value) -> str:
    return escaped(say(Line(f"export.decisions.{key}", values)))


def _notes(round: RoundRecord, outcome: Outcome, say: Say) -> Iterator[str]:
    """The statements and reservations that belong to the outcome, in the order of the roll."""
    current = latest(round.positions)
    for seat in round.roll.voting:
        position = current.get(seat.organisation)
        if position is None or seat.organisation not in outcome.noted + outcome.held_by:
            continue
        reservation: Value = position.reservation.kind if position.reservation else ""
        yield _sentence(say, "note", organisation=seat.name, stance=position.stance, reservation=reservation)
        if position.text:
            yield quotation(position.text, say)
        for each in round.positions:
            if each.organisation == seat.organisation and each.filing is Filing.AFTER:
                yield _sentence(say, "lifted", organisation=seat.name, at=each.received_at)


def _outcome(outcome: Outcome, say: Say) -> Iterator[str]:
    yield _sentence(say, "outcome")
    yield "\n".join(f"- {escaped(say(line))}" for line in outcome.explanation)


def quotation(text: str, say: Say) -> str:
    """Somebody's text as a quotation that keeps its lines; white space at their ends is lost."""
    lines = (say(Line("export.text", {"text": line})) if line.strip() else "" for line in text.splitlines())
    return "> " + "  \n> ".join(map(escaped, lines))  # two spaces end a line


def _last_ended(record: ItemRecord) -> RoundRecord | None:
    """The round that a decision rests on: an established item opens no other."""
    ended = [each for each in record.rounds if not each.round.is_open]
    return ended[-1] if ended else None


def _name(round: RoundRecord, organisation: str) -> str:
    seat = round.roll.seat(organisation)
    return seat.name if seat else organisation
