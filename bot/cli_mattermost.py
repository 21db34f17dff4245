"""`samenspraak mattermost`: setting up a Mattermost server for Samenspraak, and finding out what is wrong with it.

The token of an administrator comes from a file or from the environment, lives as long as the command, and is shown and
kept nowhere.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from bot.usage import Group, common, say

if TYPE_CHECKING:
    from bot.config import Config
    from bot.platforms.mattermost.api import Api
    from bot.platforms.mattermost.findings import Finding

SECRET_FILE: Final = "mattermost__command_tokens"  # noqa: S105 - the name of a file
READABLE: Final = click.Path(path_type=Path)


@click.group(cls=Group, help=say("cli.mattermost.help"))
def mattermost() -> None:
    """What concerns Mattermost."""


def _shared(command: Any) -> Any:
    """The options of both commands."""
    for option in (
        click.option("--bot", metavar=say("cli.metavar.name"), default="samenspraak", help=say("cli.mattermost.bot")),
        click.option(
            "--admin-token-file",
            metavar=say("cli.metavar.file"),
            type=READABLE,
            help=say("cli.mattermost.admin-token-file"),
        ),
        click.option(
            "--team", "teams", metavar=say("cli.metavar.name"), multiple=True, help=say("cli.mattermost.team")
        ),
    ):
        command = option(command)
    return command


@mattermost.command(help=say("cli.mattermost.setup.help"))
@click.option(
    "--channel", "channels", metavar=say("cli.metavar.name"), multiple=True, help=say("cli.mattermost.channel")
)
@click.option("--board", metavar=say("cli.metavar.board-id"), default=None, help=say("cli.mattermost.board"))
@click.option("--dry-run", is_flag=True, help=say("cli.mattermost.dry-run"))
@_shared
@common
def setup(
    teams: tuple[str, ...], channels: tuple[str, ...], board: str | None, admin_token_file: Path | None, bot: str,
    dry_run: bool, file: Path | None, database: str | None,
) -> None:  # fmt: skip
    """Make the commands and put the bot in its places."""
    from bot.cli import config_of, fail
    from bot.platforms.mattermost.setup import Setup, Wish
    from bot.slashes import slashes
    from commands import COMMANDS

    if board is not None and not channels:
        fail(say("cli.mattermost.board-needs-channel"))
    config = config_of(file, database)
    section, folder = config.mattermost, _secrets_folder(is_needed=not dry_run)
    api, admin = _apis(config, admin_token_file)
    tokens = {name: each.get_secret_value() for name, each in section.command_tokens.items()}
    wished = slashes(COMMANDS, section.commands)
    wish = Wish(section.url, section.site_url, section.callback_url, wished, tokens, teams, channels, bot)

    def keep(found: Mapping[str, str]) -> None:
        if folder is not None:
            write_secret(folder / SECRET_FILE, found)

    work = Setup(api, wish, keep, addresses_of, admin, dry_run)
    wrong = _show(work.run())
    if board is not None:
        wrong += _link(config, board, tuple(work.linked.values()), is_dry=dry_run)
    done = "cli.mattermost.setup.dry" if dry_run else "cli.mattermost.setup.good"
    click.echo(say("cli.mattermost.setup.wrong" if wrong else done, count=wrong))
    sys.exit(1 if wrong else 0)


@mattermost.command(help=say("cli.mattermost.check.help"))
@_shared
@common
def check(
    teams: tuple[str, ...], admin_token_file: Path | None, bot: str, file: Path | None, database: str | None
) -> None:
    """Find what is wrong, with its remedy."""
    from bot.cli import config_of
    from bot.clock import SystemClock
    from bot.connect import make_mattermost
    from bot.platforms.mattermost.check import Check, Target
    from bot.slashes import slashes
    from commands import COMMANDS

    config, clock = config_of(file, database), SystemClock()
    api, admin = _apis(config, admin_token_file)
    connected, section = make_mattermost(config.mattermost, clock), config.mattermost
    target = Target(
        section.url, section.site_url, section.callback_url, section.signed_clicks,
        tuple(each.trigger for each in slashes(COMMANDS, section.commands)),
        connected.tokens, teams, _channels(config), bot,
    )  # fmt: skip
    wrong = _show(Check(api, target, connected.seal, clock.now, addresses_of, admin).run())
    click.echo(say("cli.mattermost.check.wrong" if wrong else "cli.mattermost.check.good", count=wrong))
    sys.exit(1 if wrong else 0)


def write_secret(path: Path, tokens: Mapping[str, str]) -> None:
    """Replace a secret file at once by one that only its owner reads. It holds the tokens as a JSON object."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")  # a hidden file is no secret file; mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(dict(sorted(tokens.items())), file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def addresses_of(host: str) -> Iterable[str]:
    """The addresses of a host name, as this machine sees them. Raises OSError."""
    return [str(address[0]) for *_, address in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


def _secrets_folder(*, is_needed: bool) -> Path | None:
    from bot.cli import fail
    from bot.config import SECRETS_VARIABLE

    given = os.environ.get(SECRETS_VARIABLE)
    if not given and is_needed:
        fail(say("cli.mattermost.no-secrets"))
    return Path(given) if given else None


def _apis(config: Config, token_file: Path | None) -> tuple[Api, Api | None]:
    """The server as the bot, and as the administrator whose token is given for this run. Raises FileProblem."""
    from bot.cli import fail
    from bot.clock import SystemClock
    from bot.config import ADMIN_VARIABLE
    from bot.platforms.mattermost.api import Api, Settings
    from bot.problems import FileProblem
    from commands.domain.values import Line

    section, now = config.mattermost, SystemClock().now
    for key in ("url", "callback_url", "token"):
        if not getattr(section, key):
            raise FileProblem("", None, f"mattermost.{key}", "", Line("problem.mattermost-command", {}))
    token = section.token.get_secret_value() if section.token is not None else ""
    given = token_file.read_text("utf-8", "replace") if token_file is not None else os.environ.get(ADMIN_VARIABLE, "")
    admin_token = given.strip()
    if token_file is not None and (not admin_token or len(admin_token.split()) > 1):
        fail(say("cli.mattermost.token-file", file=str(token_file)))
    admin = Api(Settings(section.url, admin_token), now) if admin_token else None
    return Api(Settings(section.url, token), now), admin


def _show(findings: Iterator[Finding]) -> int:
    """Print each finding as it comes; returns how many are wrong."""
    from bot.platforms.mattermost.findings import Weight

    wrong = 0
    for each in findings:
        wrong += each.weight is Weight.WRONG
        click.echo(say(f"cli.mattermost.{each.weight.value}", text=each.line))
    return wrong


def _channels(config: Config) -> tuple[tuple[str, str], ...]:
    """The Mattermost channels of all boards, with the name of the board; none where there is no register yet."""
    from bot.cli import application, has_register
    from bot.platforms.mattermost.client import NAME
    from storage.transaction import Tx

    def read(tx: Tx) -> tuple[tuple[str, str], ...]:
        return tuple(
            (board.name, channel)
            for board in tx.boards.all()
            for platform, channel in tx.boards.channels(board.id)
            if platform == NAME
        )

    if not has_register(config.storage_url):
        return ()
    with application(config, may_create=False) as app:
        return app.store.read(read)


def _link(config: Config, name: str, channels: tuple[str, ...], *, is_dry: bool) -> int:
    """Link channels to a board, as the administrator of the program; returns how many could not be."""
    from bot.boardload import COMMAND_LINE
    from bot.cli import application
    from bot.config import system_user
    from bot.platforms.mattermost.client import NAME
    from commands.domain import events
    from commands.domain.events import Act
    from storage.transaction import Tx

    def work(tx: Tx) -> list[str]:
        board = tx.boards.get(name)
        if board is None:
            return ["board-unknown"]
        results = []
        for channel in channels:
            owner = tx.boards.of_channel(NAME, channel)
            if owner is None and not is_dry:
                act = Act(COMMAND_LINE, app.clock.now(), operator=system_user())
                tx.boards.link(board, NAME, channel, events.channel_linked(board.id, NAME, channel, act))
            same = "linked-before" if owner is not None and owner.id == board.id else "channel-taken"
            results.append(("would-link" if is_dry else "linked") if owner is None else same)
        return results

    with application(config, may_create=False) as app:
        results = app.store.read(work) if is_dry else app.store.write(work).result()
    for each in results:
        click.echo(say(f"cli.mattermost.{each}", board=name))
    return sum(each in ("board-unknown", "channel-taken") for each in results)
