"""`help` after any trigger, or alone: what you can do here and now, and every command with its form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

from commands import filing, lookup
from commands.command import HELP, Call, Command, Listing, Part, Reply, verbs, word
from commands.domain.board import Board, Role
from commands.domain.errors import UnknownCommand
from commands.domain.item import Item, State
from commands.domain.mandate import Actor
from commands.domain.values import Code, Line, Value
from commands.glance import next_step
from commands.ports import Transaction
from commands.text import suggest
from commands.vocabulary import Words

MOST: Final = 5
"""Suggestions in one answer; the list of items has the rest."""


@dataclass(frozen=True, slots=True)
class Args:
    """The trigger that help is asked about; without one all commands are shown."""

    about: Annotated[str, word("opdracht")] = ""


def run(tx: Transaction, call: Call, args: Args) -> Reply:
    """Explain one family of commands, or what the reader can do now and all commands there are."""
    wanted = args.about.removeprefix("/").casefold()
    family = () if wanted in HELP else verbs(call.commands, wanted)
    if family:
        lines = tuple(
            Line("guide.command.example", {**_about(each, call), "example": each.line(call.language)})
            for each in family
        )
        return Reply("reply.guide.family", {"trigger": Code("/" + wanted)}, (Listing(lines),))
    if wanted and wanted not in HELP:
        triggers = {name for each in call.commands for name in (each.trigger.nl, each.trigger.en)}
        raise UnknownCommand(wanted, 0, Code(suggest(wanted, triggers)), COMMAND.line(call.language))
    parts: list[Part] = []
    for board, actor in zip(call.boards, call.actors, strict=True):
        parts.append(Line("guide.you", _you(call, board, actor)))
        now = tuple(_now(tx, call, board, actor))[:MOST]
        if now:
            parts.append(Listing(now))
    parts.append(Line("guide.all", {}))
    parts.append(Listing(tuple(Line("guide.command", _about(each, call)) for each in call.commands)))
    return Reply("reply.guide", {}, tuple(parts))


def _about(command: Command, call: Call) -> dict[str, Value]:
    """The form of a command and what it does."""
    does = Line(f"command.{command.name.replace(' ', '-')}", {})
    return {"usage": command.usage(call.language), "does": does}


def _you(call: Call, board: Board, actor: Actor) -> dict[str, Value]:
    """Who the reader is on a board."""
    mandates = actor.mandates_at(call.received_at)
    return {
        "board": board.name,
        "roles": tuple(actor.roles),
        "organisations": tuple(lookup.short(board, each.organisation) for each in mandates),
    }


def _now(tx: Transaction, call: Call, board: Board, actor: Actor) -> Iterator[Line]:
    """What the reader can do about the items of a board, with lines to type."""
    for item in tx.items.open_of_board(board.id):
        number = _number(tx, call, board, item)
        for key, nl, en in _steps(tx, call, board, item, actor):
            line = lookup.example(call, nl.format(item=number), en.format(item=number))
            yield Line(key, {"item": item.number, "title": item.title, "line": line})


def _steps(tx: Transaction, call: Call, board: Board, item: Item, actor: Actor) -> Iterator[tuple[str, str, str]]:
    round = item.round
    if item.state is State.DRAFT and actor.has(Role.CHAIR, Role.SECRETARY):
        yield "guide.open", "/consultatie open {item}", "/consult open {item}"
    if round is None:
        return
    step = next_step(tx, board, item)
    if step is not None and step.key == "next.establish" and actor.has(Role.CHAIR):
        yield "guide.establish", "/consultatie stel-vast {item}", "/consult establish {item}"
    if step is not None and step.key == "next.round" and actor.has(Role.CHAIR, Role.SECRETARY):
        yield "guide.next-round", "/consultatie open {item}", "/consult open {item}"
    if item.state is not State.OPEN or not filing.takes(round, call.received_at):
        return
    for mandate in actor.mandates_at(call.received_at):
        seat = tx.rolls.seat(item, mandate.organisation)
        if seat is None or not seat.voting:
            continue
        is_first = tx.positions.current(item, mandate.organisation) is None
        words = filing.line(item.kind)
        yield "guide.answer" if is_first else "guide.change", words.nl, words.en
    yield "guide.status", "/consultatie stand {item}", "/consult status {item}"


def _number(tx: Transaction, call: Call, board: Board, item: Item) -> str:
    """The short number where it means this item, and else the whole."""
    short = f"{item.number.sequence:03d}"
    return short if call.channel and tx.items.find(short, (board.id,))[:1] == (item.number,) else str(item.number)


COMMAND: Final = Command(
    "help",
    Words("help", "help"),
    Args,
    run,
    example=Words("standpunt", "position"),
    reads=True,
    anywhere=True,
)
