"""From words to things: organisations and persons of a board, and texts within their limits."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from commands.command import Call, Choice, OrganisationWord, PersonWord, bare
from commands.domain.board import Board, Organisation, Person
from commands.domain.draft import decision_points
from commands.domain.errors import (
    ForbiddenCharacter,
    HiddenUntilClose,
    StaysHidden,
    TextTooLong,
    TooManyPoints,
    UnknownOrganisation,
    UnknownPerson,
    UnknownPoint,
)
from commands.domain.item import Item
from commands.domain.mandate import Mandate
from commands.domain.values import Code, Line
from commands.ports import Transaction
from commands.text import plain, suggest
from commands.vocabulary import Words

LONGEST_TITLE: Final = 200
"""Characters of a title or another text of one line."""

LONGEST_TEXT: Final = 100_000
"""Characters of a text of several lines."""

MOST_POINTS: Final = 999
"""Numbered decision points of one text."""

_FORBIDDEN: Final = re.compile("[\x00\ud800-\udfff]")


# --- organisations and persons ------------------------------------------------------------------------------


def organisation(board: Board, word: OrganisationWord) -> Organisation:
    """The organisation of a board with this id or short name. Raises UnknownOrganisation."""
    found = board.organisation(word)
    if found is None:
        raise UnknownOrganisation(word, Code(suggest(word, [each.id for each in board.organisations])))
    return found


def short(board: Board, organisation: str) -> str:
    """What an organisation is called now; its id when the board no longer has it."""
    found = board.organisation(organisation)
    return found.short if found else organisation


def person(tx: Transaction, call: Call, board: Board, word: PersonWord) -> Person:
    """The person of a board with this id or account, an `@` before it or not. Raises UnknownPerson.

    An account of the platform where it was typed comes before one of the same name elsewhere.
    """
    wanted = bare(word).casefold()
    everyone = tx.people.on_board(board.id)
    for each in everyone:
        if each.id.casefold() == wanted:
            return each
    id = call.accounts.get(bare(word))
    if id:
        found = tx.people.by_account(call.platform, id)
        if found is not None and found in everyone:
            return found
    known = [(each, account) for each in everyone for account in each.accounts if account.id.casefold() == wanted]
    for each, account in known:
        if account.platform == call.platform:
            return each
    if len(known) != 1:
        raise UnknownPerson(word)
    return known[0][0]


def mandate(call: Call, word: OrganisationWord | None, example: Code) -> Mandate:
    """The mandate by which the caller acts on the board of the call, at the instant of receipt.

    Raises what `Actor.mandate_for` raises, and UnknownOrganisation.
    """
    board, actor = call.board, call.actor
    if word is not None:
        meant = organisation(board, word)
        return actor.mandate_for(meant.id, call.received_at, example, partial(short, board))
    return actor.mandate_for(None, call.received_at, example, partial(short, board))


def holders(tx: Transaction, board: Board, organisation: str, at: datetime) -> tuple[str, ...]:
    """The ids of the persons with a valid mandate for an organisation at an instant, in order of granting."""
    mandates = tx.people.mandates(board.id, organisation)
    return tuple(dict.fromkeys(each.person for each in mandates if each.is_valid(at, board.zone)))


# --- texts and decision points ------------------------------------------------------------------------------


def text(value: str, limit: int = LONGEST_TEXT) -> str:
    """A text of several lines, as it was typed. Raises TextTooLong or ForbiddenCharacter."""
    if found := _FORBIDDEN.search(value):
        raise ForbiddenCharacter(found.start() + 1)
    if len(value) > limit:
        raise TextTooLong(limit, len(value))
    return value.strip()


def draft(value: str) -> str:
    """The text of a version. Raises TextTooLong, ForbiddenCharacter or TooManyPoints."""
    found = text(value)
    count = len(decision_points(found))
    if count > MOST_POINTS:
        raise TooManyPoints(MOST_POINTS, count)
    return found


def title(value: str) -> str:
    """A text of one line: a title or a name. Raises TextTooLong or ForbiddenCharacter."""
    return plain(text(value, LONGEST_TITLE))


def points(item: Item, numbers: Iterable[int]) -> tuple[int, ...]:
    """Decision points of the newest version, in order and each once. Raises UnknownPoint."""
    known = {each.number for each in item.version.points}
    found = tuple(sorted(set(numbers)))
    for number in found:
        if number not in known:
            raise UnknownPoint(number, item.number, item.version.label)
    return found


def hidden(item: Item, at: datetime) -> HiddenUntilClose | None:
    """The refusal to show the positions on an item while they are hidden; None when they are not.

    A round that ended without closing gives nothing away before its deadline: nobody can end it in order to see. After
    that the record is open, as a record must be.
    """
    if not item.is_hidden or item.round is None:
        return None
    if item.round.is_open:
        return HiddenUntilClose(item.number, item.round.closes_at)
    return StaysHidden(item.number, item.round.closes_at) if at <= item.round.closes_at else None


# --- a command said again -----------------------------------------------------------------------------------


def example(call: Call, nl: str, en: str) -> Code:
    """A correct line to type, in the language of the command."""
    return Code(Words(nl, en).in_language(call.language))


def values(args: Any) -> dict[str, str]:
    """The arguments of a command as a button carries them: English names, and values as typed in English."""
    found: dict[str, str] = {}
    for each in dataclasses.fields(args):
        value = getattr(args, each.name)
        if value is None or value is False or value == () or value == "":
            continue
        name = each.name.rstrip("_").replace("_", "-")
        if value is True:
            found[name] = "true"
        elif isinstance(value, tuple):
            found[name] = ",".join(str(part) for part in value)
        else:
            found[name] = str(value)
    return found


CONFIRMED: Final = "confirmed"
ROUND: Final = "round"
REPLACES: Final = "replaces"
"""What a button carries besides the arguments of its command: that a question was answered, the round and version it
was drawn for, and the number of the position that the question was about."""


def shown(item: Item) -> dict[str, str]:
    """The round and version that a button or form is drawn for; nothing before the first round."""
    return {ROUND: f"{item.round.number}/{item.version.label}"} if item.round is not None else {}


def confirm(command: str, args: Any, about: Mapping[str, str] | None = None) -> tuple[Choice, ...]:
    """The answers to a question before an act on an item: the same, confirmed, or only how it stands.

    `about` is what the question was about, so that its answer holds for nothing else.
    """
    given = values(args)
    return (
        Choice(Line("choice.confirm", {}), command, {**given, **(about or {}), CONFIRMED: "true"}),
        Choice(Line("choice.cancel", {}), "consult status", {"item": given["item"]}),
    )
