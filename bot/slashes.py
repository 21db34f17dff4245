"""The slash commands for a chat server, from the declarations of the commands: what is typed, and what may follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from bot.i18n import Catalogue
from bot.platforms.mattermost.setup import Slash
from commands.command import Command

LANGUAGES: Final = {"nl": ("nl",), "en": ("en",), "both": ("nl", "en")}
HELP: Final = "help"


def slashes(commands: Sequence[Command], which: str) -> tuple[Slash, ...]:
    """One for each trigger, in the languages of `which`: nl, en or both. `help` is a command of the server itself."""
    found: dict[str, Slash] = {}
    for language in LANGUAGES[which]:
        words = Catalogue(language, ZoneInfo("Europe/Amsterdam"))
        for command in commands:
            trigger = command.trigger.in_language(language)
            if command.name != HELP and trigger not in found:
                family = [each for each in commands if each.trigger == command.trigger]
                about = words.plain(f"slash.{command.trigger.en}")
                found[trigger] = Slash(trigger, _hint(family, language), about)
    return tuple(found.values())


def _hint(family: Sequence[Command], language: str) -> str:
    """The verbs of a trigger; where it is used without one, what comes first then."""
    for command in family:
        if command.verb is None:
            return " ".join(command.usage(language).text.split()[1:3])
    return "|".join([*(each.verb.in_language(language) for each in family if each.verb is not None), HELP])
