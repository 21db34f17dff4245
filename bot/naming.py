"""The accounts that are named in an act, looked up at their platform before the act begins: a name can change, an id stays."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, Final

from bot.app import App
from bot.platforms.base import PlatformRefused, PlatformUnavailable
from commands.command import AccountWord, Command, PersonWord, bare
from commands.domain.errors import AccountsUnknown

LONGEST: Final = 100
"""Characters of a name; no account has a longer one."""


def names_accounts(command: Command, args: object) -> bool:
    """Whether arguments of a command name any account that is to be looked up."""
    names = (each.name for each in command.parameters if each.type in (AccountWord, PersonWord))
    return any(_names_account(getattr(args, name)) for name in names)


def accounts_in(app: App, platform: str, args: Any) -> dict[str, str]:
    """The ids of the accounts that arguments name, by name as `bare` writes it; an empty id when there is no such account.

    Of persons, who also have an id of their own, only those with an `@`. Raises AccountsUnknown when the platform does
    not answer.
    """
    values = (getattr(args, field.name) for field in dataclasses.fields(args))
    return _looked_up(app, platform, (each for each in values if _names_account(each)))


def accounts_among(app: App, platform: str, command: Command, values: Mapping[str, str]) -> dict[str, str]:
    """As `accounts_in`, of a form that is not filled in yet."""
    kinds = {each.en: each.type for each in command.parameters}
    words = (kinds[name](value) for name, value in values.items() if kinds.get(name) in (AccountWord, PersonWord))
    return _looked_up(app, platform, (each for each in words if _names_account(each)))


def _names_account(value: object) -> bool:
    is_account = isinstance(value, AccountWord) and bool(value)
    return is_account or (isinstance(value, PersonWord) and value.startswith("@"))


def _looked_up(app: App, platform: str, words: Iterable[str]) -> dict[str, str]:
    client = app.platforms.get(platform)
    if client is None:
        return {}
    try:
        return {name: client.account_id(name) if len(name) <= LONGEST else "" for name in map(bare, words)}
    except (PlatformUnavailable, PlatformRefused):
        raise AccountsUnknown() from None
