"""`samenspraak console`: the chat in the terminal on a database, with everything that runs beside it."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import click

from bot.app import App, build_app
from bot.clock import Clock
from bot.completion import completer
from bot.config import Config, data_folder, system_user
from bot.dispatch import Answer, dispatch
from bot.i18n import Catalogue
from bot.platforms.base import Incoming
from bot.platforms.console.chat import Chat
from bot.platforms.console.client import NAME, ConsoleClient
from bot.platforms.console.incoming import Place
from bot.platforms.console.terminal import converse
from bot.scheduler import alarm_clock
from bot.service import delivering
from bot.startup import start
from commands.domain.errors import ReadOnly
from storage.transaction import Tx


def open_console(
    config: Config, clock: Clock, words: Catalogue, person: str | None, *, client: ConsoleClient | None = None
) -> int:
    """Hold a chat until it ends; returns the exit code.

    `person` is the id or console account of who speaks first; without it the first person with a console account. Where
    a chat platform is configured people are known by that: here one only reads then, except what playback made up.
    """
    if client is None:
        transcript = Path(config.console.transcript) if config.console.transcript else None
        client = ConsoleClient(clock.now, transcript)
    with build_app(config, clock, [client], locale=words.locale) as app:
        if config.mattermost.url and not app.store.read(lambda tx: tx.beats.is_rehearsal()):
            app = dataclasses.replace(app, reads_only=ReadOnly())
            click.echo(words.plain("cli.console.reads-only"), err=True)
        people = app.store.read(_people)
        channels = app.store.read(_channels)
        if not people:
            has_boards = app.store.read(lambda tx: bool(tx.boards.all()))
            click.echo(words.plain("cli.console.nobody" if has_boards else "cli.console.no-board"), err=True)
            return 1
        account = _account(app, person, people)
        if account is None:
            click.echo(words.plain("cli.console.unknown", {"person": person or ""}), err=True)
            return 2
        place = Place(account, next(iter(channels), ""), system_user())

        def submit(incoming: Incoming) -> Answer:
            answer = dispatch(app, incoming).result()
            for number, file in enumerate(answer.attachments):
                key = f"{incoming.event_id}-{number}"
                client.send_file(incoming.account, file.name, file.media_type, file.content, key)
            return answer

        chat = Chat(client, submit, people, channels, clock.now, words, place)
        with contextlib.nullcontext() if app.reads_only is not None else _at_work(app):
            converse(chat, completer(app, words.locale), _history())
    return 0


@contextlib.contextmanager
def _at_work(app: App) -> Iterator[None]:
    """Everything that runs beside the chat; where one only reads, another process does that."""
    start(app)
    with alarm_clock(app), delivering(app):
        yield


def _people(tx: Tx) -> dict[str, str]:
    """The names of everyone with a console account, by account, in the order of the board files."""
    return {
        account.id: person.name
        for board in tx.boards.all()
        for person in tx.people.on_board(board.id)
        for account in person.accounts
        if account.platform == NAME
    }


def _channels(tx: Tx) -> dict[str, str]:
    """The names of the boards by their channel on the console."""
    return {
        channel: board.name
        for board in tx.boards.all()
        for platform, channel in tx.boards.channels(board.id)
        if platform == NAME
    }


def _account(app: App, person: str | None, people: dict[str, str]) -> str | None:
    if person is None:
        return next(iter(people))
    if person in people:
        return person
    found = app.store.read(lambda tx: tx.people.get(person))
    own = [each.id for each in found.accounts if each.platform == NAME] if found else []
    return own[0] if own else None


def _history() -> Path:
    folder = data_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / "console-history"
