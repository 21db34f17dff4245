"""What a command would say before everything is filled in: nothing is kept, and a refusal comes while it can be mended.

A form is checked by the command itself, from page to page: the rules of an act stand in one place.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Container, Iterable, Mapping
from enum import StrEnum
from typing import Any, Final, cast

from commands.command import Call, Command, ItemWord, Parameter, read
from commands.domain import errors
from commands.domain.errors import Refusal, RoundClosed, UnknownItem
from commands.domain.late import TooLate
from commands.domain.number import ItemNumber
from commands.ports import Transaction

WRITES: Final[Mapping[str, frozenset[str]]] = {
    "boards": frozenset({"link"}),
    "people": frozenset({"grant", "revoke", "link"}),
    "items": frozenset({"record"}),
    "positions": frozenset({"append", "answer", "comment"}),
    "decisions": frozenset({"append"}),
    "outbox": frozenset({"refresh", "announce", "tell"}),
}
"""The methods of each repository that keep something."""

WEIGHT: Final = "weight"
"""What a form asks once instead of `substantive` and `editorial`, of which a new version has exactly one."""


def try_out(tx: Transaction, call: Call, command: Command, values: Mapping[str, str]) -> None:
    """Carry a command out up to the first thing that it would keep. Raises the refusal that stands in the way.

    A position after the end of its round is a plain RoundClosed here, for none is kept.
    """
    _, args = read(command.name, values, call.commands, call.language)
    try:
        command.run(cast(Transaction, _Looking(tx)), call, _looked_up(tx, call, args))
    except _Kept:
        return
    except TooLate as late:
        raise RoundClosed(late.item, late.closed_at) from late


def completed(command: Command, values: Mapping[str, str]) -> dict[str, str]:
    """The values with one that says nothing for each argument that is still missing and must be given.

    A refusal may concern one of these as well: `field_of` tells which.
    """
    found = {each.en: _placeholder(each) for each in command.parameters if each.required}
    return {**found, **values}


def _placeholder(parameter: Parameter) -> str:
    offered = list(parameter.offered().values())
    return offered[0].en if offered else "?"


def field_of(refusal: Refusal, command: Command, values: Mapping[str, str]) -> str:
    """The English name of the argument that a refusal is about, as filled in with `values`; "" when it is about none."""
    known = {each.en: each for each in command.parameters}
    match refusal:
        case errors.MissingArgument() | errors.ReasonRequired() | errors.NotAgainstReservation():
            wanted = refusal.argument.text.removeprefix("--")
            return next((name for name, each in known.items() if wanted in (each.nl, each.en)), "")
        case errors.InvalidValue():
            return _holding(refusal.word, (name for name, each in known.items() if _is_closed(each)), values)
        case errors.TextTooLong():
            return next((name for name in known if len(values.get(name, "")) == refusal.length), "")
        case errors.ForbiddenCharacter():
            return next((name for name in known if _FORBIDDEN.search(values.get(name, ""))), "")
        case _:
            return _about(refusal, known, values)


def _about(refusal: Refusal, known: Container[str], values: Mapping[str, str]) -> str:
    names = next((_ABOUT[each] for each in type(refusal).__mro__ if each in _ABOUT), ())
    among = [name for name in names if name in known or (name == WEIGHT and "editorial" in known)]
    typed = getattr(refusal, "word", "") or getattr(refusal, "text", "")
    return (
        _holding(typed, among, values) or next((name for name in among if values.get(name)), "") or "".join(among[:1])
    )


_FORBIDDEN: Final = re.compile("[\x00\ud800-\udfff]")
_DEADLINES: Final = ("until", "closes", "term", "meeting", "from")
_ABOUT: Final[Mapping[type, tuple[str, ...]]] = {
    errors.DeviationRequired: ("deviating",),
    errors.ChooseBoard: ("board",),
    errors.UnknownBoard: ("board",),
    errors.ChooseOrganisation: ("for",),
    errors.UnknownOrganisation: ("organisation", "for"),
    errors.UnknownPerson: ("person", "old", "new"),
    errors.NoSuchAccount: ("account",),
    errors.MandateExists: ("new", "person"),
    errors.NoSuchMandate: ("old", "person"),
    errors.OwnGrant: ("new", "person"),
    errors.InvalidPeriod: ("until",),
    errors.AccountTaken: ("account",),
    errors.DeadlineUnclear: _DEADLINES,
    errors.DeadlineAmbiguous: _DEADLINES,
    errors.DeadlineImpossible: _DEADLINES,
    errors.DeadlinePast: _DEADLINES,
    errors.DeadlineGap: _DEADLINES,
    errors.DeadlineFold: _DEADLINES,
    errors.TermTooShort: ("closes", "term"),
    errors.TermTooLong: ("closes", "term", "until"),
    errors.ChooseTerm: ("closes",),
    errors.NotLater: ("until",),
    errors.UnknownItem: ("item", "dossier"),
    errors.AmbiguousItem: ("item", "dossier"),
    errors.NumberTaken: ("number",),
    errors.InvalidNumber: ("number",),
    errors.VersionTaken: ("version",),
    errors.InvalidVersion: ("version",),
    errors.ChooseWeight: (WEIGHT,),
    errors.EditorialTooLate: (WEIGHT,),
    errors.UnknownRule: ("rule",),
    errors.RuleDoesNotFit: ("rule",),
    errors.NotBuiltYet: ("kind", "rule"),
    errors.UnknownPoint: ("point",),
    errors.TooManyPoints: ("text",),
    errors.DocumentIncomplete: ("sha256", "document"),
    errors.NothingToAnswer: ("organisation",),
}
"""The arguments that a refusal can be about; the one that holds the word it repeats comes first."""


def _holding(word: str, names: Iterable[str], values: Mapping[str, str]) -> str:
    wanted = word.strip().casefold()
    return next((name for name in names if wanted and values.get(name, "").strip().casefold() == wanted), "")


def _is_closed(parameter: Parameter) -> bool:
    """Whether only certain values are possible: words of the program, numbers, yes and no."""
    return issubclass(parameter.type, StrEnum | int)


def _looked_up(tx: Transaction, call: Call, args: Any) -> Any:
    """The arguments with every number of an item in the place of what was typed. Raises UnknownItem."""
    boards = [board.id for board in call.boards]
    found: dict[str, ItemNumber] = {}
    for each in dataclasses.fields(args):
        word = getattr(args, each.name)
        if isinstance(word, ItemWord):
            numbers = tx.items.find(word, boards)
            if not numbers:
                raise UnknownItem(word)
            found[each.name] = numbers[0]
    return dataclasses.replace(args, **found)


class _Kept(Exception):
    """A command was about to keep something."""


class _Looking:
    """A transaction that shows everything, and stops at the first thing that would be kept."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def __getattr__(self, name: str) -> Any:
        part = getattr(self._tx, name)
        return _Repository(part, WRITES[name]) if name in WRITES else part


class _Repository:
    def __init__(self, part: object, writes: frozenset[str]) -> None:
        self._part = part
        self._writes = writes

    def __getattr__(self, name: str) -> Any:
        if name in self._writes:
            raise _Kept
        return getattr(self._part, name)
