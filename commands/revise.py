"""`consultatie versie nr`: a new version of the text, substantive or editorial.

    /consultatie versie 003 --versie 1.1 --tekst "…" --toelichting "…" --wezenlijk|--redactioneel

A substantive version ends an open round without outcome; `open` starts the next. An editorial one keeps the
positions and may be contested until the closing time of the next working day; a round that closes before that
does not take it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Final

from commands import lookup
from commands.command import Call, Command, Part, Quoted, Reply, flag, word
from commands.domain import events
from commands.domain.draft import Version
from commands.domain.errors import ChooseWeight, EditorialTooLate, VersionTaken
from commands.domain.item import Item, State, Step
from commands.domain.number import ItemNumber
from commands.domain.rights import take
from commands.domain.round import Ending
from commands.domain.values import Code, Line, Value
from commands.ports import Notice, Transaction
from commands.rounds import (
    end_round,
    holders_on_roll,
    points_line,
    receipt,
    require_running,
    round_of,
    version_label,
)
from commands.vocabulary import Words


@dataclass(frozen=True, slots=True)
class Args:
    """The new version; exactly one of `substantive` and `editorial`."""

    item: Annotated[ItemNumber, word("nr")]
    version: Annotated[str, flag("versie")]
    text: Annotated[Quoted, flag("tekst")]
    note: Annotated[Quoted, flag("toelichting")]
    substantive: Annotated[bool, flag("wezenlijk")] = False
    editorial: Annotated[bool, flag("redactioneel")] = False


def run(tx: Transaction, call: Call, args: Args) -> Reply:
    """Add a version. Mandate holders are told as soon as there was a round; a draft concerns nobody yet."""
    before = tx.items.locked(args.item)
    item = take(call.actor, before, Step.REVISE)
    require_running(before, call.received_at)
    if args.substantive == args.editorial:
        raise ChooseWeight(COMMAND.line(call.language))
    versions = tx.items.versions(before)
    label = version_label(args.version, versions)
    if label.casefold() in {each.casefold() for each in versions}:
        raise VersionTaken(item.number, label, versions)
    contest_until = _contest_until(call, before) if args.editorial else None
    version = Version(
        label,
        lookup.draft(args.text),
        created_at=call.received_at,
        note=lookup.text(args.note),
        substantive=args.substantive,
        contest_until=contest_until,
    )
    item = replace(item, version=version)
    if contest_until is not None:
        item = replace(item, round=replace(round_of(item), version=label))
    entry = tx.items.record(item, events.version_added(item, call.act()))
    if item.round is not None:
        tx.outbox.refresh(item)
        tx.outbox.announce(item, entry)
    ends = args.substantive and before.state is State.OPEN
    if ends:
        item, closed = end_round(tx, item.after(Step.CLOSE), Ending.NEW_VERSION, call.received_at, call.act())
        tx.outbox.announce(item, closed)
    if item.round is not None:
        persons = holders_on_roll(tx, call.board, item, call.received_at)
        tx.outbox.tell(Notice.VERSION, persons, item.dossier, entry.sequence, item)
    values: dict[str, Value] = {
        "item": item.number,
        "title": item.title,
        "version": label,
        "before": before.version.label,
        "contest_until": contest_until or "",
    }
    key = "ends" if ends else "substantive" if args.substantive else "editorial"
    parts: list[Part] = [points_line(version), receipt(call, entry)]
    if item.state is not State.OPEN:
        parts.append(Line("reply.draft.next", {"example": _open(call, item)}))
    return Reply(f"reply.revise.{key}", values, tuple(parts))


def _contest_until(call: Call, item: Item) -> datetime | None:
    """Until when an editorial version may be contested; None where no round is open."""
    if item.state is not State.OPEN:
        return None
    until = call.calendar.contest_until(call.received_at)
    closes_at = round_of(item).closes_at
    if closes_at < until:
        raise EditorialTooLate(item.number, closes_at, until)
    return until


def _open(call: Call, item: Item) -> Code:
    return lookup.example(call, f"/consultatie open {item.number}", f"/consult open {item.number}")


COMMAND: Final = Command(
    "consult version",
    Words("consultatie", "consult"),
    Args,
    run,
    verb=Words("versie", "version"),
    example=Words(
        '003 --versie 1.1 --tekst "1. Het kader vaststellen." --toelichting "Punt 1 is anders." --wezenlijk',
        '003 --version 1.1 --text "1. To adopt the framework." --note "Point 1 has changed." --substantive',
    ),
)
