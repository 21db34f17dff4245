"""The program `samenspraak`: what an administrator does on the command line.

Heavy parts are imported when a command needs them, so that help comes at once. Exit codes: 0 done, 1 the thing asked is
not so, 2 wrong use or input.
"""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

from bot import VERSION
from bot.cli_mattermost import mattermost
from bot.problems import FileProblem
from bot.usage import PROGRAM, WORDS, Group, common, say, wrong_use
from bot.views.text import plain
from commands.domain.errors import Refusal
from commands.domain.values import Code, Value

if TYPE_CHECKING:
    from sqlalchemy import URL

    from bot.app import App
    from bot.config import Config

NOT_SO: Final = 1
WRONG: Final = 2
INTERRUPTED: Final = 130
"""As a shell has it for what Ctrl-C ended."""

FOLDER: Final = click.Path(path_type=Path, file_okay=False)
FORMATS: Final = ("csv", "json", "md", "dossier")


def main() -> None:
    """The entry point; problems become one sentence on stderr and an exit code, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a sign gets a question mark
    try:
        sys.exit(program.main(prog_name=PROGRAM, standalone_mode=False))
    except (click.exceptions.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        fail(wrong_use(error))
    except FileProblem as problem:
        fail(problem_text(problem))
    except Refusal as refusal:
        fail(plain(WORDS.refusal(refusal)))
    except BrokenPipeError:  # whoever read the output has enough of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(NOT_SO)
    except OSError as error:
        fail(say("cli.file.unusable", file=str(error.filename or ""), reason=error.strerror or type(error).__name__))
    except Exception as error:
        fail(_bug(error), NOT_SO)


def fail(text: str, code: int = WRONG) -> NoReturn:
    """Say what is wrong on stderr and end."""
    click.echo(text, err=True)
    sys.exit(code)


def _bug(error: Exception) -> str:
    """A sentence with a reference; the log line with that reference says where in the program, without any values."""
    import structlog

    _log_bugs_only()
    reference = secrets.token_hex(4)
    structlog.get_logger().error("bug", actie="opdrachtregel", object=reference, resultaat="fout", exc_info=error)
    return say("cli.bug", reference=Code(reference))


def problem_text(problem: FileProblem) -> str:
    """A wrong file in words: file, line, key, value and remedy."""
    values: Mapping[str, Value] = {
        "file": problem.file,
        "line": str(problem.line or ""),
        "key": Code(problem.key),
        "value": problem.value,
        "remedy": problem.remedy,
    }
    return WORDS.plain("problem.file", values)


@click.group(cls=Group, help=say("cli.help"), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name=PROGRAM, help=say("cli.option.version"))
def program() -> None:
    """All commands."""


program.add_command(mattermost)


@program.command(help=say("cli.demo.help"))
@click.option("--fast", is_flag=True, help=say("cli.demo.fast"))
@click.option("--out", metavar=say("cli.metavar.folder"), type=FOLDER, default=None, help=say("cli.demo.out"))
@common
def demo(fast: bool, out: Path | None, file: Path | None, database: str | None) -> None:
    """A fictitious procedure, at reading speed."""
    from bot.demo import run_demo

    _log_bugs_only()
    if file is not None or database is not None:
        fail(say("cli.demo.own-database"))
    sys.exit(run_demo(WORDS, out, is_fast=fast))


@program.command(help=say("cli.console.help"))
@click.option("--as", "person", metavar=say("cli.metavar.person"), default=None, help=say("cli.console.as"))
@common
def console(person: str | None, file: Path | None, database: str | None) -> None:
    """Chat in the terminal on the configured database."""
    from bot.clock import SystemClock
    from bot.terminal import open_console

    _log_bugs_only()
    config = config_of(file, database)
    with _storage_problems():
        _require_register(config.storage_url)
        sys.exit(open_console(config, SystemClock(), WORDS, person))


@program.command(help=say("cli.run.help"))
@common
def run(file: Path | None, database: str | None) -> None:
    """Serve until told to stop."""
    from bot.clock import SystemClock
    from bot.connect import connect
    from bot.service import listen, serve

    config = config_of(file, database)
    connections = connect(config, SystemClock())
    with application(config, list(connections.platforms)) as app:
        host, port = config.bot.health_host, config.bot.health_port
        try:
            listening = listen(host, port)
        except OSError as error:
            fail(say("cli.run.port", host=Code(host), port=port, reason=error.strerror or type(error).__name__))
        with listening:
            serve(app, listening, connections)


@program.command(help=say("cli.play.help"))
@click.argument("files", nargs=-1, required=True, metavar=say("cli.metavar.files"), type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help=say("cli.play.json"))
@common
def play(files: tuple[Path, ...], as_json: bool, file: Path | None, database: str | None) -> None:
    """Play scripted procedures."""
    from bot.rehearsal import rehearse

    _log_bugs_only()
    with _storage_problems():
        if database is not None:
            _require_database(database)
        sys.exit(rehearse(files, WORDS, as_json=as_json, url=database, configuration=file))


@program.command(help=say("cli.cases.help"))
@click.argument("files", nargs=-1, required=True, metavar=say("cli.metavar.files"), type=click.Path(path_type=Path))
@click.option("--all", "every", is_flag=True, help=say("cli.cases.all"))
@common
def cases(files: tuple[Path, ...], every: bool, file: Path | None, database: str | None) -> None:
    """Run tables of cases; they need no database."""
    from bot.cases import run_cases

    del file, database
    passed = failed = waiting = 0
    for result in run_cases(files):
        if result.status == "passed":
            passed += 1
            continue
        failed += result.status == "failed"
        waiting += result.status == "not-run"
        key = "cli.cases.failed" if result.status == "failed" else "cli.cases.not-run"
        where: dict[str, Value] = {"file": result.file, "line": str(result.line or "")}
        click.echo(say(key, **where, name=result.name, expected=result.expected, got=result.got))
    click.echo(say("cli.cases.total", passed=passed, failed=failed, waiting=waiting))
    sys.exit(NOT_SO if failed or (every and waiting) else 0)


@program.group(help=say("cli.board.help"))
def board() -> None:
    """Board files."""


@board.command("load", help=say("cli.board.load.help"))
@click.argument("path", metavar=say("cli.metavar.file"), type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help=say("cli.board.load.dry-run"))
@common
def board_load(path: Path, dry_run: bool, file: Path | None, database: str | None) -> None:
    """Show what a file changes, and apply it."""
    from bot.boardaccounts import with_ids
    from bot.boardfile import read_board
    from bot.boardload import apply, plan
    from bot.config import system_user
    from bot.connect import account_finder

    config = config_of(file, database)
    read, found = with_ids(read_board(path), path, account_finder(config))
    with application(config) as app:
        for line in found:
            click.echo(say(line.key, **line.values))
        now = app.clock.now()
        planned = app.store.read(lambda tx: plan(tx, read, str(path), now))
        for line in planned.difference.lines:
            click.echo(say(line.key, **line.values))
        if not planned.difference.codes:
            click.echo(say("cli.board.load.same", board=read.board.id))
        elif dry_run:
            click.echo(say("cli.board.load.not-applied"))
        else:
            app.store.write(lambda tx: apply(tx, plan(tx, read, str(path), now), now, system_user())).result()
            click.echo(say("cli.board.load.applied", board=read.board.id))


@board.command("check", help=say("cli.board.check.help"))
@click.argument("path", metavar=say("cli.metavar.file"), type=click.Path(path_type=Path))
@common
def board_check(path: Path, file: Path | None, database: str | None) -> None:
    """Read and check a file, and change nothing."""
    from bot.boardfile import read_board

    del file, database
    read = read_board(path)
    organisations, people = len(read.board.organisations), len(read.people)
    click.echo(say("cli.board.check.good", board=read.board.id, organisations=organisations, people=people))


@board.command("show", help=say("cli.board.show.help"))
@click.argument("name", required=False, metavar=say("cli.metavar.board"))
@common
def board_show(name: str | None, file: Path | None, database: str | None) -> None:
    """What is kept of a board now."""
    from bot.boardshow import board_lines

    with application(config_of(file, database), may_create=False) as app:
        boards = app.store.read(lambda tx: tx.boards.all())
        chosen = [each for each in boards if name is None or each.id.casefold() == name.casefold()]
        if not chosen:
            fail(say("cli.board.show.none"), NOT_SO)
        for each in chosen:
            for line in app.store.read(partial(board_lines, board=each)):
                click.echo(say(line.key, **line.values))


@program.command(help=say("cli.migrate.help"))
@common
def migrate(file: Path | None, database: str | None) -> None:
    """Bring the database to the schema of this version."""
    from storage.migrate import migrate as bring_up

    url = config_of(file, database).storage_url
    with _storage_problems():
        before = _require_database(url)
        bring_up(url)
    click.echo(say("cli.migrate.same" if before == "current" else "cli.migrate.done"))


@program.command("check-config", help=say("cli.check-config.help"))
@common
def checkconfig_of(file: Path | None, database: str | None) -> None:
    """Check the configuration, and say which database it means, without its password."""
    from sqlalchemy.exc import ArgumentError

    from storage.engine import database_url

    config = config_of(file, database)
    try:
        address = database_url(config.storage_url).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        fail(say("cli.database.address"))
    click.echo(say("cli.check-config.good", database=address))


@program.command(help=say("cli.export.help"))
@click.argument("number", required=False, metavar=say("cli.metavar.number"))
@click.option("--board", "name", metavar=say("cli.metavar.board-id"), default=None, help=say("cli.export.board"))
@click.option("--format", "form", type=click.Choice(FORMATS), default="dossier", help=say("cli.export.format"))
@click.option("--out", metavar=say("cli.metavar.folder"), type=FOLDER, default=Path(), help=say("cli.export.out"))
@common
def export(number: str | None, name: str | None, form: str, out: Path, file: Path | None, database: str | None) -> None:
    """Write the same files as the export command in a conversation."""
    from bot.exporting import export_to

    if (number is None) == (name is None):
        fail(say("cli.export.which"))
    with application(config_of(file, database), may_create=False) as app:
        exported = export_to(app, out, form, number=number, board=name)
    for path in exported.written:
        click.echo(str(path))
    for line in exported.left_out:
        click.echo(say(line.key, **line.values), err=True)
    if not exported.written:
        fail(say("cli.export.nothing" if exported.left_out else "cli.export.none"), NOT_SO)


@program.command(help=say("cli.backup.help"))
@click.argument("target", metavar=say("cli.metavar.file"), type=click.Path(path_type=Path))
@common
def backup(target: Path, file: Path | None, database: str | None) -> None:
    """Copy the live database, and check all chains of the copy."""
    from storage.backup import backup as copy

    if target.exists():
        fail(say("cli.backup.exists", file=str(target)))
    if not target.parent.is_dir():
        fail(say("cli.backup.folder", folder=str(target.parent)))
    url = config_of(file, database).storage_url
    with _storage_problems():
        _require_register(url)
        fault = copy(url, target)
    if fault is not None:
        fail(say("cli.backup.fault", file=str(target), log=str(fault)), NOT_SO)
    click.echo(say("cli.backup.done", file=str(target)))
    click.echo(say("cli.backup.restore", file=str(target)))


@program.command(help=say("cli.verify.help"))
@click.argument("path", metavar=say("cli.metavar.path"), type=click.Path(path_type=Path))
@click.option("--receipt", metavar="HASH", default=None, help=say("cli.verify.receipt"))
@click.option("--head", metavar="HASH", default=None, help=say("cli.verify.head"))
@common
def verify(path: Path, receipt: str | None, head: str | None, file: Path | None, database: str | None) -> None:
    """Check an exported dossier; the same program lies inside each dossier."""
    from bot.checking import check_dossier

    del file, database
    sys.exit(check_dossier(path, WORDS, receipt, head))


def _log_bugs_only() -> None:
    """Where a conversation is on the screen, what was late or refused is seen there; it needs no lines in between."""
    from bot.logs import configure_logs

    configure_logs("error")


def config_of(file: Path | None, database: str | None) -> Config:
    """The configuration. Raises FileProblem."""
    from bot.config import read_config

    return read_config(file, url=database)


@contextlib.contextmanager
def application(config: Config, platforms: list[Any] | None = None, *, may_create: bool = True) -> Iterator[App]:
    """The application on the configured database; a database that cannot be used ends the program with a sentence."""
    from bot.app import build_app
    from bot.clock import SystemClock
    from bot.logs import configure_logs

    configure_logs(config.bot.log_level)
    with _storage_problems():
        require = _require_database if may_create else _require_register
        require(config.storage_url)
        with build_app(config, SystemClock(), platforms or [], locale=WORDS.locale) as app:
            yield app


@contextlib.contextmanager
def _storage_problems() -> Iterator[None]:
    """A database that cannot be used, in words and without its address, which may hold a password."""
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    from storage.migrate import NewerSchema, OlderSchema

    try:
        yield
    except NewerSchema:
        fail(say("cli.database.newer"))
    except OlderSchema:
        fail(say("cli.database.older"))
    except ArgumentError:
        fail(say("cli.database.address"))
    except SQLAlchemyError as error:
        fail(say("cli.database.unusable", reason=type(error).__name__))


def _require_database(url: str) -> str:
    """Make sure that an address can hold a register, and is not of another program; returns the state of its schema.

    The folder of a SQLite file is made, readable by its owner only.
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite" and address.database:
        Path(address.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _state(url)


def _require_register(url: str) -> None:
    """Make sure that there is a register at an address; a misspelt one must not leave an empty register behind."""
    address = _address(url)
    if _state(url) == "empty":
        shown = address.render_as_string(hide_password=True)
        fail(say("cli.database.nothing", database=Code(shown)), NOT_SO)


def has_register(url: str) -> bool:
    """Whether there is a register of this program at an address."""
    address = _address(url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        return False
    return _state(url) != "empty"


def _address(url: str) -> URL:
    from storage.engine import database_url

    try:
        return database_url(url)
    except ValueError:  # neither SQLite with a file nor PostgreSQL
        fail(say("cli.database.address"))


def _state(url: str) -> str:
    from storage.migrate import schema_state

    try:
        return schema_state(url).value
    except ValueError:
        fail(say("cli.database.foreign"))
