"""What may be typed next in the console: triggers, verbs, values, flags, numbers of items and names of organisations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from bot.app import App
from commands.command import Command
from commands.domain.number import ItemNumber
from storage.transaction import Tx

Completions = Sequence[tuple[str, str]]


def completer(app: App, language: str) -> Callable[[str], Completions]:
    """A function from the line so far to the words that fit at its end, each with its meaning."""

    def complete(line: str) -> Completions:
        words = line.split()
        last = "" if not line or line[-1].isspace() else words.pop()
        fits = list(_fitting(app, words, language))
        return [each for each in fits if each[0].casefold().startswith(last.casefold())]

    return complete


def _fitting(app: App, words: list[str], language: str) -> Iterable[tuple[str, str]]:
    if not words:
        triggers = dict.fromkeys(each.trigger.in_language(language) for each in app.commands)
        return [(f"/{trigger}", "") for trigger in triggers]
    trigger = words[0].removeprefix("/").casefold()
    family = [each for each in app.commands if trigger in (each.trigger.nl, each.trigger.en)]
    if family and family[0].trigger.nl != family[0].trigger.en:
        language = "nl" if trigger == family[0].trigger.nl else "en"
    fits: list[tuple[str, str]] = []
    if len(words) == 1:
        fits += [
            (each.verb.in_language(language), each.usage(language).text)
            for each in family
            if each.verb is not None and not each.after_item
        ]
    if len(words) == 2:
        fits += [
            (each.verb.in_language(language), each.usage(language).text)
            for each in family
            if each.verb is not None and each.after_item
        ]
    for command in _meant(family, words):
        for parameter in command.parameters:
            choices = [each.in_language(language) for each in parameter.offered().values()]
            if parameter.is_flag:
                fits.append(("--" + parameter.flag.in_language(language), " ".join(choices)))
            else:
                fits += [(each, "") for each in choices]
            if parameter.type is ItemNumber and len(words) <= 2:
                fits += app.store.read(_open_items)
    return list(dict.fromkeys(fits))


def _meant(family: list[Command], words: list[str]) -> list[Command]:
    """The commands that the words so far can mean."""
    named = [each for each in family if each.verb is not None and {each.verb.nl, each.verb.en} & set(words[1:3])]
    return named or [each for each in family if each.verb is None]


def _open_items(tx: Tx) -> list[tuple[str, str]]:
    return [(str(item.number), item.title) for board in tx.boards.all() for item in tx.items.open_of_board(board.id)]
