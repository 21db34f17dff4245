"""A command is a value: its words, its arguments and what it does. Text and forms meet in the same arguments.

The fields of a command's `Args` say how each argument is read: `Annotated[Stance, word("standpunt")]` is a word in the
text, `Annotated[str, flag("tekst")]` a flag. The English name of an argument is the field's name. Parsing, usage, help
and forms all come from this one declaration.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Final

from commands.domain.board import Board
from commands.domain.calendar import Calendar
from commands.domain.errors import (
    ChooseBoard,
    CommandNotYet,
    InvalidValue,
    MissingArgument,
    MissingValue,
    NoBoard,
    ReasonRequired,
    Refusal,
    RepeatedFlag,
    SurplusWord,
    UnclosedQuote,
    UnknownCommand,
    UnknownFlag,
)
from commands.domain.events import Act
from commands.domain.mandate import Actor, Mandate
from commands.domain.number import ItemNumber
from commands.domain.values import Code, Line, Value
from commands.ports import Transaction
from commands.repair import guesses
from commands.text import Flag, Word, is_blank, require_keepable, split, suggest
from commands.vocabulary import VOCABULARY, Words


class ItemWord(str):
    """An item number as somebody typed it, in the place of an `ItemNumber` until the dispatcher has looked it up."""


class OrganisationWord(str):
    """The id or short name of an organisation, as typed."""


class PersonWord(str):
    """A person's id or account, as typed, perhaps with an `@` before it."""


class AccountWord(str):
    """The name or id of an account on the platform where it is typed, perhaps with an `@` before it."""


def bare(word: str) -> str:
    """The name in a PersonWord or AccountWord, without its `@`."""
    return word.strip().removeprefix("@")


class Quoted(str):
    """A free text of several words; it may be long, and is quoted when typed."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a command. `nl` is its Dutch flag, or for a word in the text the Dutch name of its place."""

    name: str
    nl: str
    is_flag: bool
    type: type
    many: bool
    required: bool
    among: tuple[StrEnum, ...] = ()
    only: bool = False

    @property
    def en(self) -> str:
        """Its English name: flag, key of a form and key of a scenario."""
        return self.name.rstrip("_").replace("_", "-")

    @property
    def flag(self) -> Words:
        """What it is called as a flag."""
        return Words(self.nl, self.en)

    def words(self) -> Mapping[StrEnum, Words]:
        """The words understood here, when it has a closed set of values."""
        if not issubclass(self.type, StrEnum):
            return {}
        every = VOCABULARY[self.type]
        return {each: every[each] for each in self.among} if self.only else every

    def offered(self) -> Mapping[StrEnum, Words]:
        """The words offered in usage, forms and suggestions: those that make sense in this command."""
        return {each: words for each, words in self.words().items() if not self.among or each in self.among}


@dataclass(frozen=True, slots=True)
class Place:
    """How an argument is given; made by `word` and `flag`."""

    nl: str
    is_flag: bool
    among: tuple[StrEnum, ...] = ()
    only: bool = False


def word(nl: str, among: tuple[StrEnum, ...] = (), *, only: tuple[StrEnum, ...] = ()) -> Place:
    """An argument without a flag; `nl` names its place in a usage line.

    Of a closed set of values only those in `among` are offered; all are understood, so that the command can say
    where another one belongs. With `only` in its stead the others are not understood either.
    """
    return Place(nl, is_flag=False, among=only or among, only=bool(only))


def flag(nl: str, among: tuple[StrEnum, ...] = ()) -> Place:
    """An argument behind `--nl`, or behind `--` and its English name; `among` as in `word`."""
    return Place(nl, is_flag=True, among=among)


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a reply: a longer text of somebody else, with what it is."""

    label: Line
    text: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A part of a reply: an overview in rows and columns."""

    header: tuple[Value, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A part of a reply: a list."""

    items: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Something the reader can do next: a command with arguments already given, under English names."""

    label: Line
    command: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes to the person privately."""

    name: str
    media_type: str
    content: bytes


Part: typing.TypeAlias = Line | Passage | Grid | Listing


@dataclass(frozen=True, slots=True)
class Reply:
    """The private answer to an act: one sentence to come, then parts in reading order, without any wording."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    choices: tuple[Choice, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls a command, where and when, and what the dispatcher found out beforehand.

    `boards` are the boards the call can concern: that of the item or channel, or all of the person's in a direct
    message; `actors` holds the person's actor on each of them, in the same order. `received_at` is UTC. `is_typed` is
    False for a button or form; `is_confirmed` says that its question was answered, and `replaces` which position that
    question was about (empty when unknown). `language` is `nl` or `en`. `word`
    turns a line into plain text in a board's language and zone, for texts that are kept, such as a decision. `accounts`
    holds the platform's ids of the accounts that are named in the arguments, by bare name: an empty one when there is no
    such account; a name that is not in it is its own id.
    """

    boards: tuple[Board, ...]
    actors: tuple[Actor, ...]
    received_at: datetime
    platform: str
    channel: str
    language: str
    calendars: Callable[[Board], Calendar]
    word: Callable[[Board, Line], str]
    commands: tuple[Command, ...]
    is_typed: bool = True
    is_confirmed: bool = False
    replaces: str = ""
    platform_at: datetime | None = None
    operator: str = ""
    example: Code = Code("")
    accounts: Mapping[str, str] = field(default_factory=dict)

    @property
    def board(self) -> Board:
        """The one board that this call concerns. Raises NoBoard or ChooseBoard."""
        if not self.boards:
            raise NoBoard()
        if len(self.boards) > 1:
            raise ChooseBoard(tuple(board.id for board in self.boards), self.example)
        return self.boards[0]

    @property
    def actor(self) -> Actor:
        """The person on that board."""
        board = self.board
        return next(actor for actor in self.actors if actor.board == board.id)

    @property
    def calendar(self) -> Calendar:
        """The working days of that board."""
        return self.calendars(self.board)

    def act(self, mandate: Mandate | None = None) -> Act:
        """What the log says of this act."""
        return Act(
            platform=self.platform,
            received_at=self.received_at,
            person=self.actor.code,
            mandate=mandate.sequence if mandate else 0,
            operator=self.operator,
            platform_at=self.platform_at,
        )


Run: typing.TypeAlias = Callable[[Transaction, Call, Any], Reply]


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `name` is its English name, `trigger` and `verb` what is typed.

    `after_item` says that the verb comes behind the number: `/standpunt 003 hef-op`. `example` is one correct line of
    arguments (without trigger and verb), in both languages. `reads` says that it changes nothing. `anywhere` says that it
    also works in a channel that belongs to no board yet.
    """

    name: str
    trigger: Words
    args: type[Any]
    run: Run
    verb: Words | None = None
    after_item: bool = False
    example: Words = Words("", "")
    reads: bool = False
    anywhere: bool = False

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its arguments, in order of declaration."""
        return parameters(self.args)

    def line(self, language: str) -> Code:
        """One correct line of this command, to be typed as it is."""
        words = self._head(language)
        example = self.example.in_language(language)
        if self.after_item and self.verb is not None:
            number, _, rest = example.partition(" ")
            words.insert(1, number)
            example = rest
        return Code(" ".join(part for part in [*words, example] if part))

    def usage(self, language: str) -> Code:
        """The form of the command: places, choices and flags; what is optional stands in brackets."""
        head = self._head(language)
        places = [_place(each, language) for each in self.parameters]
        if self.after_item and self.verb is not None:
            head.insert(1, places.pop(0))
        return Code(" ".join([*head, *places]))

    def _head(self, language: str) -> list[str]:
        words = ["/" + self.trigger.in_language(language)]
        if self.verb is not None:
            words.append(self.verb.in_language(language))
        return words


def parameters(args: type) -> tuple[Parameter, ...]:
    """The arguments that the fields of a dataclass declare."""
    return _parameters(args)


def parse(text: str, commands: Sequence[Command]) -> tuple[Command, object, str]:
    """Understand a typed line whole: the command, its arguments, and the language of its trigger.

    A trigger alone, or with `help` or `hulp` behind it, is the command `help` of that trigger. Raises a refusal that
    names the position (characters from 1), a suggestion and one correct line; nothing is ever dropped in silence.
    """
    guide = next(command for command in commands if command.name == "help")
    tokens: tuple[Word | Flag, ...] = ()
    try:
        tokens = split(text, guide.line("nl"))
        return _understand(tokens, commands, guide)
    except (UnclosedQuote, UnknownCommand, UnknownFlag, SurplusWord, InvalidValue) as refusal:
        refusal.example = _example(text, tokens, refusal, commands, guide)
        raise


def _understand(
    tokens: Sequence[Word | Flag], commands: Sequence[Command], guide: Command
) -> tuple[Command, object, str]:
    typed, family, language = _trigger(tokens, commands, guide)
    rest = list(tokens[1:])
    first = rest[0] if rest else None
    if first is None or (isinstance(first, Word) and first.text.casefold() in HELP and not first.quoted):
        return guide, guide.args(about=typed), language
    command = _choose(family, rest, language)
    return command, _read_tokens(command, rest, language), language


def _trigger(
    tokens: Sequence[Word | Flag], commands: Sequence[Command], guide: Command
) -> tuple[str, tuple[Command, ...], str]:
    """The trigger as it is compared, its commands, and the language it is in."""
    trigger = tokens[0] if tokens else Word("", 0, quoted=False)
    if isinstance(trigger, Flag):
        raise UnknownCommand("--" + trigger.name, trigger.start, Code(""), guide.line("nl"))
    typed = trigger.text.removeprefix("/").casefold()
    family = verbs(commands, typed)
    if not family:
        triggers = {name for each in commands for name in _both(each.trigger)}
        raise UnknownCommand(trigger.text, trigger.start, _slash(suggest(typed, triggers)), guide.line("nl"))
    return typed, family, "nl" if any(typed == each.trigger.nl for each in family) else "en"


def read(name: str, values: Mapping[str, str], commands: Sequence[Command], language: str) -> tuple[Command, object]:
    """Understand a button or form: the English name of a command, and values under English argument names.

    An empty value counts as missing. Unknown names and values are refused as in text, with position 0.
    """
    command = next((each for each in commands if each.name == name.casefold()), None)
    if command is None:
        guide = next(each for each in commands if each.name == "help")
        names = {each.name for each in commands}
        raise UnknownCommand(name, 0, Code(suggest(name, names)), guide.line(language))
    found: dict[str, object] = {}
    by_name = {parameter.en: parameter for parameter in command.parameters}
    for key, value in values.items():
        require_keepable(value)
        parameter = by_name.get(key.replace("_", "-").casefold())
        if parameter is None:
            raise UnknownFlag(key, 0, Code(suggest(key, by_name)), command.line(language))
        if parameter.type is bool and value.casefold() in NO:
            continue
        if is_blank(value):
            continue
        found[parameter.name] = _value(parameter, Word(value, 0, True), command, language)
    return command, _build(command, found, language)


def _example(
    text: str,
    tokens: Sequence[Word | Flag],
    refusal: UnclosedQuote | UnknownCommand | UnknownFlag | SurplusWord | InvalidValue,
    commands: Sequence[Command],
    guide: Command,
) -> Code | str:
    """The correct line for a refusal: what was typed with one thing mended, where that is understood whole.

    Otherwise the example of the command. What could not be taken apart is known by the words before the fault.
    """
    for guess in guesses(text, tokens, refusal):
        with suppress(Refusal):
            _understand(split(guess, Code("")), commands, guide)
            return guess.strip()
    if not tokens:
        with suppress(Refusal):
            before = split(text[: refusal.position - 1], Code(""))
            _, family, language = _trigger(before, commands, guide)
            command = _choose(family, list(before[1:]), language) if len(before) > 1 else family[0]
            return command.line(language)
    return refusal.example


HELP: Final = frozenset({"help", "hulp"})
IRREVERSIBLE: Final = frozenset(
    {"consult close", "consult establish", "consult withdraw", "consult adjourn", "consult rectify"}
)
"""Acts of the chair that nobody can take back: a slip in another word never leads to one."""
NOT_YET: Final = frozenset(
    {"splits", "split", "escaleer", "escalate", "volmacht", "proxy", "acties", "actions"}
    | {"regels", "rules", "kalender", "calendar"}
)
"""Verbs of the plan that this version does not have."""
NO: Final = frozenset({"", "false", "no", "nee", "0"})
YES: Final = frozenset({"true", "yes", "ja", "1"})


def _choose(family: Sequence[Command], tokens: list[Word | Flag], language: str) -> Command:
    """The command of a trigger that these words mean; its verb is taken out of the words."""
    first = tokens[0]
    if isinstance(first, Word):
        for command in family:
            if command.verb is not None and not command.after_item and first.text.casefold() in _both(command.verb):
                tokens.pop(0)
                return command
    if len(tokens) > 1 and isinstance(tokens[1], Word) and not tokens[1].quoted:
        for command in family:
            if command.verb is not None and command.after_item and tokens[1].text.casefold() in _both(command.verb):
                tokens.pop(1)
                return command
    plain = next((command for command in family if command.verb is None), None)
    if plain is not None:
        return plain
    verbs = {name for each in family if each.verb is not None for name in _both(each.verb)}
    typed = first.text if isinstance(first, Word) else "--" + first.name
    guide = Code(f"/{family[0].trigger.in_language(language)} help")
    if typed.casefold() in NOT_YET:
        raise CommandNotYet(typed, guide)
    best = suggest(typed, verbs)
    meant = next((each for each in family if each.verb is not None and best in _both(each.verb)), family[0])
    if meant.name in IRREVERSIBLE:
        raise UnknownCommand(typed, first.start, Code(""), guide)
    raise UnknownCommand(typed, first.start, Code(best), meant.line(language))


def _read_tokens(command: Command, tokens: Sequence[Word | Flag], language: str) -> object:
    places = [each for each in command.parameters if not each.is_flag]
    flags = {name: each for each in command.parameters if each.is_flag for name in _both(each.flag)}
    found: dict[str, object] = {}
    queue = list(tokens)
    while queue:
        token = queue.pop(0)
        if isinstance(token, Flag):
            parameter = flags.get(token.name.casefold())
            if parameter is None:
                best = suggest(token.name, flags)
                raise UnknownFlag(
                    "--" + token.name, token.start, Code("--" + best if best else ""), command.line(language)
                )
            if parameter.name in found:
                raise RepeatedFlag("--" + token.name, token.start, command.line(language))
            value: Word | None = token.value
            if parameter.type is bool and value is None:
                found[parameter.name] = True
                continue
            if value is None:
                following = queue[0] if queue else None
                if not isinstance(following, Word):
                    raise MissingValue("--" + token.name, token.start, command.line(language))
                queue.pop(0)
                value = following
            if is_blank(value.text):
                raise MissingValue("--" + token.name, token.start, command.line(language))
            found[parameter.name] = _value(parameter, value, command, language)
            continue
        place = next((each for each in places if _takes(each, token, found)), None)
        if place is None or _looks_like_a_choice(token, place, command):
            raise SurplusWord(token.text, token.start, command.line(language))
        if is_blank(token.text):
            continue  # a text of white space counts as missing, and is refused as such where it is needed
        if place.many and not issubclass(place.type, int):
            found[place.name] = (*typing.cast(tuple[object, ...], found.get(place.name, ())), token.text)
        else:
            found[place.name] = _value(place, token, command, language)
    return _build(command, found, language)


def _takes(place: Parameter, token: Word, found: Mapping[str, object]) -> bool:
    """Whether a word can go in this place; a quoted text passes by a choice that may be left out."""
    if place.name in found:
        return place.many
    return place.required or not (token.quoted and place.words())


def _looks_like_a_choice(token: Word, place: Parameter, command: Command) -> bool:
    """Whether an unquoted word in the place of a text is a word of this command: `akkoord mits` is not consent."""
    if place.type is not Quoted or token.quoted:
        return False
    typed = token.text.casefold()
    return any(typed in _both(words) for each in command.parameters for words in each.words().values())


def _value(parameter: Parameter, token: Word, command: Command, language: str) -> object:
    typed = token.text.strip()
    if parameter.many and issubclass(parameter.type, int):
        return tuple(_integer(each, parameter, token, command, language) for each in typed.replace(";", ",").split(","))
    if parameter.type is bool:
        if typed.casefold() in YES:
            return True
        raise _invalid(token, parameter, command, language, (Code("ja"), Code("nee")))
    if issubclass(parameter.type, StrEnum):
        words = parameter.words()
        folded = "-".join(typed.casefold().split())
        for member, each in words.items():
            if folded in _both(each):
                return member
        offered = tuple(Code(each.in_language(language)) for each in parameter.offered().values())
        raise _invalid(token, parameter, command, language, offered)
    if issubclass(parameter.type, int):
        return _integer(typed, parameter, token, command, language)
    if parameter.type is ItemNumber:
        return ItemWord(typed)
    make: Callable[[str], object] = parameter.type
    return make(token.text if parameter.type is Quoted else typed)


def _integer(text: str, parameter: Parameter, token: Word, command: Command, language: str) -> int:
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise _invalid(token, parameter, command, language, ())
    return int(digits)


def _invalid(
    token: Word, parameter: Parameter, command: Command, language: str, choices: tuple[Code, ...]
) -> InvalidValue:
    best = suggest(token.text, [each.text for each in choices])
    return InvalidValue(token.text, token.start, Code(best), choices, command.line(language))


def _build(command: Command, found: Mapping[str, object], language: str) -> object:
    for parameter in command.parameters:
        if parameter.required and parameter.name not in found:
            name = parameter.nl if language == "nl" else parameter.en
            if parameter.name == "reason":
                raise ReasonRequired(Code(name), command.line(language))
            raise MissingArgument(Code("--" + name if parameter.is_flag else name), command.line(language))
    return command.args(**found)


@cache
def _parameters(args: type) -> tuple[Parameter, ...]:
    hints = typing.get_type_hints(args, include_extras=True)
    return tuple(_parameter(each, hints[each.name]) for each in dataclasses.fields(args))


def _parameter(declared: dataclasses.Field[Any], hint: Any) -> Parameter:
    kind, place = typing.get_args(hint)
    required = declared.default is dataclasses.MISSING and declared.default_factory is dataclasses.MISSING
    if isinstance(kind, types.UnionType):  # `T | None`
        kind = next(each for each in typing.get_args(kind) if each is not types.NoneType)
    many = typing.get_origin(kind) is tuple
    if many:
        kind = typing.get_args(kind)[0]
    return Parameter(declared.name, place.nl, place.is_flag, kind, many, required, place.among, place.only)


def _place(parameter: Parameter, language: str) -> str:
    name = parameter.flag.in_language(language)
    choices = "|".join(each.in_language(language) for each in parameter.offered().values())
    if parameter.is_flag:
        shown = f"--{name}" if parameter.type is bool else f"--{name} {choices or '…'}"
    else:
        shown = choices or (f'"{name}"' if parameter.type is Quoted else name)
        shown += " …" if parameter.many else ""
    return shown if parameter.required else f"[{shown}]"


def _both(words: Words) -> tuple[str, str]:
    return words.nl, words.en


def _slash(word: str) -> Code:
    return Code("/" + word if word else "")


def verbs(commands: Iterable[Command], trigger: str) -> tuple[Command, ...]:
    """The commands of a trigger, in either language."""
    return tuple(each for each in commands if trigger in _both(each.trigger))
