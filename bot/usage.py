"""The words of the command line itself: headings of help, usage lines, and what is said of wrong use."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import click

from bot.i18n import Catalogue, environment_locale
from commands.domain.values import Code, Value

PROGRAM: Final = "samenspraak"
WORDS: Final = Catalogue(environment_locale(os.environ), ZoneInfo("Europe/Amsterdam"))
"""The sentences in the language of the terminal."""


def say(key: str, /, **values: Value) -> str:
    """A sentence in the language of the terminal."""
    return WORDS.plain(key, values)


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """The two options of every command."""
    command = click.option("--database", metavar="URL", default=None, help=say("cli.option.database"))(command)
    path = click.Path(path_type=Path)
    option = click.option("--config", "file", metavar=say("cli.metavar.file"), type=path, help=say("cli.option.config"))
    return option(command)


class Formatter(click.HelpFormatter):
    """Help with its headings in the language of the terminal."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line that shows the form of a command."""
        super().write_usage(prog, args, prefix if prefix is not None else say("cli.usage.heading") + " ")

    def write_heading(self, heading: str) -> None:
        """The title of a part of the help."""
        super().write_heading(say(f"cli.heading.{heading.lower()}"))


class Context(click.Context):
    """What click hands around, with our formatter."""

    formatter_class = Formatter


class Command(click.Command):
    """A command whose help and usage speak the language of the terminal."""

    context_class = Context

    def __init__(self, *given: Any, **more: Any) -> None:
        more.setdefault("options_metavar", say("cli.metavar.options"))
        super().__init__(*given, **more)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option `--help`, described in the language of the terminal."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = say("cli.option.help")
        return option


class Group(Command, click.Group):
    """A command with commands of its own."""

    command_class = Command
    group_class = type

    def __init__(self, *given: Any, **more: Any) -> None:
        more.setdefault("subcommand_metavar", say("cli.metavar.command"))
        super().__init__(*given, **more)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Every command with what it does, whole."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.commands[name].help or "") for name in self.list_commands(ctx)])


def wrong_use(error: click.ClickException) -> str:
    """What is wrong with a command line: the option or argument, what belongs there, and how to get help."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error.format_message()
    sentence = _wrong(error)
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        return sentence
    return f"{sentence} {say('cli.usage.help', help=Code(f'{context.command_path} --help'))}\n{context.get_usage()}"


def _wrong(error: click.ClickException) -> str:
    match error:
        case click.NoSuchOption():
            return say("cli.usage.no-option", option=error.option_name, suggestion=_first(error.possibilities))
        case click.exceptions.NoSuchCommand():
            return say("cli.usage.no-command", command=error.command_name, suggestion=_first(error.possibilities))
        case click.BadOptionUsage():
            return say("cli.usage.option", option=error.option_name)
        case click.MissingParameter():
            return say("cli.usage.missing", parameter=_name(error))
        case click.BadParameter() if error.param is not None:
            kind = error.param.type
            if isinstance(kind, click.Choice):
                choices = tuple(Code(str(each)) for each in kind.choices)
                return say("cli.usage.choice", parameter=_name(error), choices=choices)
            if isinstance(kind, click.Path):
                return say("cli.usage.folder", parameter=_name(error))
    return say("cli.usage.surplus")


def _name(error: click.BadParameter) -> Code:
    """What a parameter is called on the command line."""
    parameter = error.param
    if isinstance(parameter, click.Argument):
        return Code(parameter.make_metavar(error.ctx) if error.ctx is not None else str(parameter.name))
    return Code(parameter.opts[-1] if parameter is not None else "")


def _first(possibilities: list[str] | None) -> Code:
    return Code(possibilities[0] if possibilities else "")
