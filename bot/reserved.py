"""What a button or form carries besides the arguments of its command: what was asked, and the text it was drawn for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from commands.command import Reply
from commands.domain.errors import NewerRound
from commands.domain.number import ItemNumber
from commands.lookup import CONFIRMED, REPLACES, ROUND, shown
from commands.ports import Transaction

RESERVED: Final = frozenset({CONFIRMED, REPLACES, ROUND})

ANSWERS: Final = frozenset({"position", "position withdraw", "position lift", "comment"})
"""The commands that speak about the text of a round: their forms carry which one it was."""


def arguments(values: Mapping[str, str] | None) -> dict[str, str]:
    """What is meant for the command itself."""
    return {name: value for name, value in (values or {}).items() if name not in RESERVED}


def bound(tx: Transaction, reply: Reply, args: Any) -> Reply:
    """A question whose answer holds for the round and text that it is asked about, and for no later one."""
    number = getattr(args, "item", None)
    if not isinstance(number, ItemNumber):
        return reply
    about = shown(tx.items.get(number))
    choices = (
        replace(each, values={**each.values, **about}) if each.values.get(CONFIRMED) == "true" else each
        for each in reply.choices
    )
    return replace(reply, choices=tuple(choices))


def require_newest(tx: Transaction, values: Mapping[str, str] | None, args: Any) -> None:
    """Raise NewerRound where something drawn for one round and text is used when another one holds.

    What was typed, or carries no round, is about what holds now. `args` has its item looked up.
    """
    drawn, number = (values or {}).get(ROUND, ""), getattr(args, "item", None)
    if not drawn or not isinstance(number, ItemNumber):
        return
    item = tx.items.get(number)
    now = shown(item).get(ROUND, "")
    if drawn == now:
        return
    (was_round, _, was), (round, _, version) = drawn.partition("/"), now.partition("/")
    if was == version:
        raise NewerRound(item.number, was, version, was_round, round)
    raise NewerRound(item.number, was, item.version.label, "", "")
