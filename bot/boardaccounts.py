"""The Mattermost accounts of a board file: a name is looked up once at the server, and its id is what is kept."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bot.boardfile import BoardFile
from bot.platforms.base import PlatformRefused, PlatformUnavailable
from bot.problems import FileProblem
from bot.reading import Source, open_toml
from commands.command import bare
from commands.domain.board import Account, Person
from commands.domain.values import Code, Line, Value

MATTERMOST: Final = "mattermost"
_ID: Final = re.compile(r"[a-z0-9]{26}")

Find = Callable[[str], str]
"""The id of the account with a name, empty when there is none; raises what a platform raises."""


def with_ids(file: BoardFile, path: Path, find: Find | None) -> tuple[BoardFile, tuple[Line, ...]]:
    """A board file with an id for each name, and a line for each name that was looked up. `find` is None without a server.

    Raises FileProblem for a name that cannot be looked up, that nobody has, or that is of somebody else in the file.
    """
    _, source = open_toml(path)
    people: list[Person] = []
    lines: list[Line] = []
    taken: set[str] = set()
    for index, person in enumerate(file.people):
        accounts: list[Account] = []
        for account in person.accounts:
            if account.platform != MATTERMOST:
                accounts.append(account)
                continue
            id = account.id if _ID.fullmatch(account.id) else _found(source, index, account.id, find)
            if id in taken:
                raise _problem(source, index, account.id, "taken")
            taken.add(id)
            accounts.append(Account(MATTERMOST, id))
            if id != account.id:
                values: dict[str, Value] = {"person": person.name, "account": bare(account.id), "id": Code(id)}
                lines.append(Line("board.account", values))
        people.append(dataclasses.replace(person, accounts=tuple(accounts)))
    return dataclasses.replace(file, people=tuple(people)), tuple(lines)


def _found(source: Source, index: int, name: str, find: Find | None) -> str:
    if find is None:
        raise _problem(source, index, name, "account-needs-server")
    try:
        id = find(bare(name))
    except (PlatformUnavailable, PlatformRefused):
        raise _problem(source, index, name, "account-server-away") from None
    if not id:
        raise _problem(source, index, name, "unknown-account")
    return id


def _problem(source: Source, index: int, name: str, remedy: str) -> FileProblem:
    return source.problem("person", index, MATTERMOST, name, Line(f"file.{remedy}", {}))
