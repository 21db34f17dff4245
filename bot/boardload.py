"""Applying a board file: what it changes is shown first, then kept in one transaction, with an entry in the board's log."""

from __future__ import annotations

import dataclasses
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.boarddiff import Difference, difference
from bot.boardfile import BoardFile
from bot.problems import FileProblem
from commands.domain import events
from commands.domain.board import Person
from commands.domain.events import Act
from commands.domain.mandate import Mandate
from commands.domain.values import Code, Line
from storage.transaction import Tx

CONSOLE: Final = "console"
COMMAND_LINE: Final = "command-line"
"""The platform of what an administrator does on the command line, in events."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A board file beside what is kept now: the difference, what would be kept, and whether a channel comes with it."""

    difference: Difference
    file: BoardFile
    opens_channel: bool


def plan(tx: Tx, file: BoardFile, path: str, now: datetime) -> Plan:
    """What loading a file would do; nothing is kept yet.

    A mandate that the file no longer lists ends now; one that was granted in a conversation stays. A board whose people
    have accounts on the console gets its channel there, named after the board: nobody could make one from inside the
    console. Raises FileProblem when the file would change a person or an account of another board.
    """
    _refuse_foreign_changes(tx, file, path)
    file = dataclasses.replace(file, people=tuple(_with_code(tx, each) for each in file.people))
    board = tx.boards.get(file.board.id)
    channels = () if board is None else tx.boards.channels(board.id)
    opens_channel = _speaks_on_console(file) and not any(platform == CONSOLE for platform, _ in channels)
    if board is None:
        new = dataclasses.replace(file, board=dataclasses.replace(file.board, revision=1))
        return Plan(_with_channel(difference(None, file), file, opens_channel=opens_channel), new, opens_channel)
    kept = tx.people.mandates(board.id)
    mandates = _follow(kept, file.mandates, now)
    old = BoardFile(board, tx.people.on_board(board.id), tuple(each for each in kept if _is_from_file(each)))
    new = dataclasses.replace(
        file, board=dataclasses.replace(file.board, id=board.id, revision=board.revision + 1), mandates=mandates
    )
    changed = difference(old, dataclasses.replace(file, board=new.board))
    return Plan(_with_channel(changed, new, opens_channel=opens_channel), new, opens_channel)


def apply(tx: Tx, planned: Plan, now: datetime, operator: str) -> None:
    """Keep a plan; a plan without changes keeps nothing."""
    if not planned.difference.codes:
        return
    file = planned.file
    act = Act(COMMAND_LINE, now, operator=operator)
    codes = {person.id: person.code for person in file.people}
    event = events.board_loaded(file.board, planned.difference.codes, act, mandates=file.mandates, codes=codes)
    tx.boards.save(file.board, file.people, file.mandates, event)
    if planned.opens_channel:
        linked = events.channel_linked(file.board.id, CONSOLE, file.board.id, act)
        tx.boards.link(file.board, CONSOLE, file.board.id, linked)


def _speaks_on_console(file: BoardFile) -> bool:
    return any(account.platform == CONSOLE for person in file.people for account in person.accounts)


def _with_channel(changed: Difference, file: BoardFile, *, opens_channel: bool) -> Difference:
    if not opens_channel:
        return changed
    line = Line("board.diff.channel.added", {"platform": Code(CONSOLE), "channel": file.board.id})
    return Difference((*changed.lines, line), (*changed.codes, "channel"))


def _with_code(tx: Tx, person: Person) -> Person:
    """The person with the random code by which the log knows him, a new one for somebody new."""
    known = tx.people.get(person.id)
    return dataclasses.replace(person, code=known.code if known else secrets.token_hex(8))


def _follow(kept: tuple[Mandate, ...], listed: tuple[Mandate, ...], now: datetime) -> tuple[Mandate, ...]:
    """The mandates of a file with the ids that they have already, and those that it dropped, ended now."""
    known = {_key(each): each for each in kept if each.revoked_at is None}
    numbers = [int(each.id.rpartition("-")[2]) for each in kept if _is_from_file(each)]
    following: list[Mandate] = []
    following_number = max(numbers, default=0)
    for mandate in listed:
        same = known.pop(_key(mandate), None)
        if same is not None:
            following.append(dataclasses.replace(mandate, id=same.id, sequence=same.sequence))
        else:
            following_number += 1
            following.append(dataclasses.replace(mandate, id=f"{mandate.board}-{following_number}", sequence=0))
    dropped = [dataclasses.replace(each, revoked_at=now) for each in known.values() if _is_from_file(each)]
    return (*following, *dropped)


def _key(mandate: Mandate) -> tuple[str, str, object]:
    return mandate.person, mandate.organisation, mandate.valid_from


def _is_from_file(mandate: Mandate) -> bool:
    """Whether a board file listed it: such a mandate is numbered by its place, one granted in a conversation is not."""
    return mandate.id.startswith(f"{mandate.board}-") and mandate.id.rpartition("-")[2].isdigit()


def _refuse_foreign_changes(tx: Tx, file: BoardFile, path: str) -> None:
    for person in file.people:
        known = tx.people.get(person.id)
        elsewhere = known is not None and any(name != file.board.id for name in tx.people.boards_of(known.id))
        if known is not None and elsewhere:
            same = dataclasses.replace(known, code="", id=person.id)
            if (same.name, same.locale, set(same.accounts), same.prefers) != (
                person.name,
                person.locale,
                set(person.accounts),
                person.prefers,
            ):
                raise FileProblem(path, None, "person", person.id, Line("file.person-of-other-board", {}))
        for account in person.accounts:
            owner = tx.people.by_account(account.platform, account.id)
            if (
                owner is not None
                and owner.id != person.id
                and tx.people.boards_of(owner.id) not in ((), (file.board.id,))
            ):
                raise FileProblem(
                    path, None, f"person.{account.platform}", account.id, Line("file.account-of-other-board", {})
                )
