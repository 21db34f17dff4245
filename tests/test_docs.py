"""What the READMEs promise is what there is: commands, keys, rules and exports; and their first consultation works."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pytest

from bot.boardfile import read_board
from bot.cli import program
from bot.clock import SteppedClock
from bot.config import SECRETS_VARIABLE, keys
from bot.dispatch import Answer, dispatch
from bot.i18n import Catalogue
from bot.platforms.base import Incoming
from bot.platforms.console.chat import Chat
from bot.platforms.console.client import ConsoleClient
from bot.platforms.console.incoming import Place
from bot.platforms.console.terminal import line_by_line
from commands import COMMANDS
from commands.command import Command
from commands.domain.position import Stance
from commands.domain.rules import RULES
from commands.vocabulary import VOCABULARY, Format
from tests.faults.world import START, World

ROOT = Path(__file__).parent.parent
READMES: Mapping[str, str] = {"en": "README.md", "nl": "README.nl.md"}


def text_of(language: str) -> str:
    return (ROOT / READMES[language]).read_text("utf-8")


def blocks(language: str, kind: str) -> list[str]:
    """The fenced blocks of a kind, in order."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", text_of(language), re.MULTILINE | re.DOTALL)


def chat_words(language: str) -> dict[str, set[str]]:
    """By trigger, the words in code marks of the rows of the table of commands in chat, Dutch and English."""
    found: dict[str, set[str]] = {}
    for row in re.findall(r"^\| (`/.*?) \| (`/.*?) \| .* \|$", text_of(language), re.MULTILINE):
        for cell in row:
            trigger = ""
            for code in re.findall(r"`([^`]+)`", cell):
                words = code.split()
                if words[0].startswith("/"):
                    trigger, *words = words
                found.setdefault(trigger, set()).update(word for word in words if word != "NR")
    return found


@pytest.mark.parametrize("language", READMES)
@pytest.mark.parametrize("command", [each for each in COMMANDS if each.name != "help"], ids=lambda each: each.name)
def test_every_command_in_chat_stands_in_the_table_with_both_names(language: str, command: Command):
    table = chat_words(language)

    for name in ("nl", "en"):
        trigger = "/" + command.trigger.in_language(name)
        assert trigger in table
        if command.verb is not None:
            assert command.verb.in_language(name) in table[trigger]


@pytest.mark.parametrize("language", READMES)
def test_every_word_of_the_table_is_a_verb_or_a_stance(language: str):
    verbs = {word for each in COMMANDS if each.verb is not None for word in (each.verb.nl, each.verb.en)}
    stances = {word for words in VOCABULARY[Stance].values() for word in (words.nl, words.en)}

    named = set().union(*chat_words(language).values())

    assert named - verbs - stances == set()


@pytest.mark.parametrize("language", READMES)
def test_help_is_explained(language: str):
    assert "`help`" in text_of(language)


@pytest.mark.parametrize("language", READMES)
def test_every_command_of_the_program_stands_in_the_readme_with_its_options(language: str):
    context = click.Context(program, info_name="samenspraak")
    text = text_of(language)

    missing = [name for name in program.list_commands(context) if f"`samenspraak {name}" not in text]

    assert missing == []
    assert [
        each
        for each in ("--fast", "--as", "--format", "--out", "--board", "--config", "--database")
        if each not in text
    ] == []


@pytest.mark.parametrize("language", READMES)
def test_the_readme_names_no_command_of_the_program_that_is_not_there(language: str):
    context = click.Context(program, info_name="samenspraak")

    named = set(re.findall(r"samenspraak ([a-z]+(?:-[a-z]+)*)", " ".join(re.findall(r"`[^`]+`", text_of(language)))))

    assert named - set(program.list_commands(context)) == set()


@pytest.mark.parametrize("language", READMES)
def test_every_named_rule_stands_in_the_readme(language: str):
    missing = [id for id in RULES if f"`{id}`" not in text_of(language) and id not in NOT_NAMED]

    assert missing == []


NOT_NAMED = frozenset({"silence"})  # the rule of a procedure that the README lists among what is not there yet


@pytest.mark.parametrize("language", READMES)
def test_every_form_of_export_stands_in_the_readme(language: str):
    assert [each.value for each in Format if not re.search(rf"`(--format )?{each}`", text_of(language))] == []


@pytest.mark.parametrize("language", READMES)
def test_the_readme_sends_the_reader_to_the_file_that_explains_every_key(language: str):
    example = (ROOT / "config.example.toml").read_text("utf-8")

    assert "(config.example.toml)" in text_of(language)
    assert SECRETS_VARIABLE in text_of(language)
    assert [key for key in keys() if f"# {key.partition('.')[2]} = " not in example] == []


# --- the first consultation ------------------------------------------------------------------------------------------


def consultation(world: World, language: str, lines: str) -> str:
    """Type lines into the console, and give back what it showed."""
    client = ConsoleClient(world.clock.now)
    channels = {channel: "" for _, channel in world.read(lambda tx: tx.boards.channels("DIG"))}
    people = {
        account.id: person.name
        for person in world.read(lambda tx: tx.people.on_board("DIG"))
        for account in person.accounts
    }

    def submit(incoming: Incoming) -> Answer:
        return dispatch(world.app, incoming).result(30)

    words = Catalogue(language, ZoneInfo("Europe/Amsterdam"))
    chat = Chat(
        client, submit, people, channels, world.clock.now, words, Place("secretary", next(iter(channels)), "tester")
    )
    out = io.StringIO()
    line_by_line(chat, io.StringIO(lines), out)
    return out.getvalue()


@pytest.mark.parametrize("language", READMES)
def test_the_first_consultation_of_the_readme_works_line_by_line(language: str, tmp_path: Path):
    (board,) = blocks(language, "toml")
    typed = "".join(blocks(language, "text"))
    inline = re.findall(r"`(/[^`]*\b001\b[^`]*)`", text_of(language))
    accounts = re.findall(r'console = "([^"]+)"', board)
    chair, secretary, first, second = accounts
    positions = [each for each in inline if re.match(r"/(position|standpunt) ", each)]
    others = [each for each in inline if each not in positions]

    (tmp_path / "board.toml").write_text(board, "utf-8")
    read = read_board(tmp_path / "board.toml")
    world = World(tmp_path, f"sqlite:///{tmp_path}/register.db", SteppedClock(START)).up()
    try:
        world.load(board)
        lines = f":as {secretary}\n{typed}"
        lines += "".join(f":as {account}\n{position}\n" for account in (first, second) for position in positions)
        lines += f":as {chair}\n" + "\n".join(others) + "\n"
        shown = consultation(world, language, lines)
        items = world.read(lambda tx: [tx.items.get(each) for each in tx.items.find("001", (read.board.id,))])
    finally:
        world.down()

    assert len(positions) == 1
    assert len(others) >= 3
    assert [each.state.value for each in items] == ["established"]
    assert f"{read.board.id}-2027-001/B1" in shown
