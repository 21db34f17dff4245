"""Forms: what a command still needs, asked page by page, and checked by the command itself before the next page.

A form is a command with some arguments given. Each page goes out with what was given before it; what comes back
leads to the next page, or to the act.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final

from bot.formpages import CONFIRMS, LONGEST_LINE, PAGES, Ask, Asking, Page, boards, items
from bot.i18n import Catalogue
from bot.tryout import WEIGHT, completed, field_of, try_out
from bot.views.card import Block, Bullets, Card, Facts, Paragraph, Quote, Text, UserText
from bot.views.cut import cut
from bot.views.form import Field, FieldKind, Form, Option
from bot.views.reply import block
from bot.views.text import plain
from commands import lookup
from commands.command import (
    Call,
    Command,
    ItemWord,
    OrganisationWord,
    Parameter,
    Quoted,
    Reply,
    parse,
)
from commands.domain.errors import MissingArgument, ReasonRequired, Refusal
from commands.domain.position import TEXT_REQUIRED, Stance, latest
from commands.domain.values import Code, Line, Value
from commands.ports import Transaction

LONGEST_QUOTE: Final = 1_500
"""Characters of somebody's text repeated above the questions."""

MOST_POINTS: Final = 12
"""Decision points repeated above the questions; a longer list is read on the card or in the document."""

__all__ = ["Subject", "confirmation", "field_of", "has_form", "incomplete", "merged", "next_page", "receipt", "subject"]


# --- what is given --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Subject:
    """What a command that is not complete concerns, in the place of its arguments when its context is looked up."""

    item: ItemWord | None = None
    board: str | None = None


def subject(values: Mapping[str, str]) -> Subject:
    """The item and board named so far. Once it is known, the item's full number belongs into the values."""
    item = values.get("item", "")
    return Subject(ItemWord(item) if item else None, values.get("board") or None)


def has_form(name: str) -> bool:
    """Whether a command can be filled in."""
    return name in PAGES


def incomplete(text: str, commands: Sequence[Command]) -> tuple[str, dict[str, str]] | None:
    """The name of a typed command with a form that lacks something, and what was given, under English names.

    None where nothing is missing, where anything else is wrong too, or where there is no form.
    """
    lacks = False
    try:
        parse(text, commands)
    except (MissingArgument, ReasonRequired):
        lacks = True
    except Refusal:
        return None
    with suppress(Refusal):
        command, args, _ = parse(text, tuple(map(_relaxed, commands)))
        values = lookup.values(args)
        if has_form(command.name) and (lacks or _lacks(command.name, values)):
            return command.name, values
    return None


def merged(given: Mapping[str, str], submitted: Mapping[str, str]) -> dict[str, str]:
    """The values of a command after a page came back: what was given before, and what was filled in.

    `given` are the values of the form, among which nothing that was asked, so that an emptied field is empty.
    """
    values = {name: value for name, value in {**given, **submitted}.items() if value}
    weight = values.pop(WEIGHT, "")
    return {**values, weight: "true"} if weight in _WEIGHTS else values


_WEIGHTS: Final = ("substantive", "editorial")


def _lacks(name: str, values: Mapping[str, str]) -> bool:
    """Whether a command that can be read lacks what only its own rules ask for."""
    stance = values.get("stance", "")
    if name == "comment" and not stance and "text" not in values:
        return True
    if name == "consult version":
        return not any(each in values for each in _WEIGHTS)
    if name == "boardadmin link":
        return "account" in values and "person" not in values
    needs_text = any(each.value == stance for each in TEXT_REQUIRED)
    needs_kind = stance == Stance.RESERVATION.value and name == "position"
    needs_day = needs_kind and "suspensive" in values
    wanted = (("text", needs_text), ("kind", needs_kind), ("until", needs_day))
    return any(needed and each not in values for each, needed in wanted)


@cache
def _relaxed(command: Command) -> Command:
    """The command with arguments that may all be left out, and then are None."""
    hints = typing.get_type_hints(command.args, include_extras=True)
    fields: list[Any] = [(each.name, hints[each.name], None) for each in dataclasses.fields(command.args)]
    return dataclasses.replace(command, args=dataclasses.make_dataclass(command.args.__name__, fields, frozen=True))


# --- the pages --------------------------------------------------------------------------------------------------


def next_page(
    tx: Transaction,
    call: Call,
    catalogue: Catalogue,
    name: str,
    values: Mapping[str, str],
    *,
    after: int = 0,
    joined: bool = False,
) -> Form | None:
    """What is to be asked next about a command; None when everything is there and it can be carried out.

    `call` is found with `subject(values)`, and an item is given by its full number. `after` is the page that came back
    with these values, 0 for none. `joined` puts all questions on one page, for a chat whose forms have no steps.
    Raises the refusal of the command as far as it can be known: of what was given, `field_of` tells where.
    """
    command = next(each for each in call.commands if each.name == name)
    asking = Asking(tx, call, catalogue, command, values, joined)
    if first := _first_of_all(asking):
        return first
    alone = _only_ones(asking)
    asking = dataclasses.replace(asking, values={**values, **alone}, fixed=frozenset(alone))
    pages = PAGES[name]
    if joined and pages:
        pages = (tuple(each for page in pages for each in page),)
    every = [(number, fields) for number, page in enumerate(pages, 1) if (fields := _fields(asking, page))]
    following = [(number, fields) for number, fields in every if number > after and not _is_given(asking, fields)]
    if not following:
        return None
    number, fields = following[0]
    _check(asking, {ask.name for page in pages[number - 1 :] for ask in page})
    return _form(asking, number, fields, every)


def _first_of_all(asking: Asking) -> Form | None:
    """The question on which all others hang: which item, or which board."""
    parameters = {each.en: each for each in asking.command.parameters}
    item = parameters.get("item")
    if item is not None and item.required and not asking.values.get("item"):
        page: Page = (Ask("item", FieldKind.SELECT, options=items),)
    elif "board" in parameters and len(asking.call.boards) > 1:
        page = (Ask("board", FieldKind.SELECT, required=lambda _: True, options=boards),)
    else:
        return None
    if asking.joined:
        name = next(each.name for each in page)
        missing = parameters[name].flag.in_language(asking.call.language)
        raise MissingArgument(Code(missing), asking.command.line(asking.call.language))
    is_all = not PAGES[asking.command.name]
    return _form(asking, 0, _fields(asking, page), () if is_all else None)


def _only_ones(asking: Asking) -> dict[str, str]:
    """What can only be answered in one way, and is not asked."""
    found: dict[str, str] = {}
    for ask in (each for page in PAGES[asking.command.name] for each in page):
        parameter = _parameter(asking, ask)
        is_closed = parameter is not None and (parameter.words() or parameter.type is OrganisationWord)
        if is_closed and ask.name != "for" and ask.name not in asking.values and _is_required(asking, ask):
            options = _options(asking, ask)
            if len(options) == 1:
                found[ask.name] = options[0].value
    return found


def _is_given(asking: Asking, fields: Iterable[Field]) -> bool:
    """Whether a page would only ask what is given already."""
    weight = WEIGHT if any(each in asking.values for each in _WEIGHTS) else ""
    return all(asking.values.get(each.name) or each.name == weight for each in fields)


def _check(asking: Asking, later: Container[str]) -> None:
    """Raise what stands in the way, unless it is about an argument that is still to be asked, and is missing."""
    command = asking.command
    if command.reads:
        return
    given = completed(command, asking.values)
    try:
        try_out(asking.tx, asking.call, command, given)
    except Refusal as refusal:
        name = field_of(refusal, command, given)
        if not name or asking.values.get(name) or name not in later:
            raise


def _form(
    asking: Asking, number: int, fields: Sequence[Field], every: Sequence[tuple[int, Sequence[Field]]] | None
) -> Form:
    """One page. `every` are all pages on which something is asked, None while that cannot be known."""
    asked = {each.name for each in fields}
    numbers = [each for each, _ in every or ()]
    is_last = every is not None and number == max(numbers, default=number)
    say, slug = asking.catalogue.say, _slug(asking.command)
    title: Value = Line(f"form.title.{slug}", {})
    if len(numbers) > 1:
        values: dict[str, Value] = {"title": title, "page": numbers.index(number) + 1, "pages": len(numbers)}
        title = Line("form.title.page", values)
    return Form(
        title=asking.catalogue.words(title),
        intro=tuple(_intro(asking, asked)),
        fields=tuple(fields),
        submit=say(f"form.submit.{_submit(asking) if is_last else 'next'}"),
        command=asking.command.name,
        values={name: value for name, value in asking.values.items() if name not in _replaced(asked)},
        page=number,
    )


def _submit(asking: Asking) -> str:
    """What the last page does: record, send, show, or go on to a question before it acts."""
    if asking.command.reads:
        return "show"
    if asking.command.name == "consult remind":
        return "send"
    replaces = asking.command.name in _FILES and asking.position is not None
    return "next" if replaces or asking.command.name in CONFIRMS else "record"


_FILES: Final = frozenset({"position", "position withdraw", "position lift", "comment"})


def _replaced(asked: Iterable[str]) -> frozenset[str]:
    """The arguments that the answers on a page stand for."""
    names = frozenset(asked)
    return names | set(_WEIGHTS) if WEIGHT in names else names


# --- fields -----------------------------------------------------------------------------------------------------


def _fields(asking: Asking, page: Page) -> list[Field]:
    return [field for ask in page if ask.asked(asking) if (field := _field(asking, ask)) is not None]


def _field(asking: Asking, ask: Ask) -> Field | None:
    """The question about an argument; None when it is given and stays as it is.

    What is given is filled in, to be seen and changed, where the field can hold it. A choice of which all answers are
    shown never begins with one: some chats send what they do not show.
    """
    if ask.name in asking.fixed:
        return None
    kind = ask.kind or _kind(_parameter(asking, ask))
    options = _options(asking, ask)
    if kind is FieldKind.SELECT and not options:
        kind = FieldKind.LINE
    given = asking.values.get(ask.name, "")
    if ask.name == WEIGHT:
        given = next((each for each in _WEIGHTS if each in asking.values), "")
    longest = ask.longest or (3_000 if kind is FieldKind.TEXT else LONGEST_LINE)
    value = given or ask.value(asking) or _default(asking.command, ask.name)
    if kind is FieldKind.SELECT:
        value = next((each.value for each in options if _means(each, value)), "")
    elif kind is FieldKind.CHOICE or len(value) > longest:
        value = ""
    if given and not value:
        return None
    name = ask.name
    return Field(
        name=name,
        label=_words(asking, name, ""),
        kind=kind,
        required=_is_required(asking, ask),
        help=_words(asking, name, ".help"),
        options=options,
        value=value,
        longest=longest,
        placeholder=_placeholder(asking, name, kind),
    )


def _kind(parameter: Parameter | None) -> FieldKind:
    if parameter is not None and parameter.type is bool:
        return FieldKind.CHECK
    return FieldKind.TEXT if parameter is not None and parameter.type is Quoted else FieldKind.LINE


def _options(asking: Asking, ask: Ask) -> tuple[Option, ...]:
    if ask.options is not None:
        return ask.options(asking)
    parameter = _parameter(asking, ask)
    return asking.options_of(parameter) if parameter is not None else ()


def _default(command: Command, name: str) -> str:
    """The word that holds when nothing is chosen; "" for none."""
    default = next((each.default for each in dataclasses.fields(command.args) if each.name == name), None)
    return default.value if isinstance(default, StrEnum) else ""


def _means(option: Option, value: str) -> bool:
    return bool(value) and value.casefold() in (option.value.casefold(), plain(option.label).casefold())


def _is_required(asking: Asking, ask: Ask) -> bool:
    parameter = _parameter(asking, ask)
    declared = parameter is not None and parameter.required
    return ask.required(asking) if ask.required is not None else declared


def _parameter(asking: Asking, ask: Ask) -> Parameter | None:
    return next((each for each in asking.command.parameters if each.en == ask.name), None)


def _placeholder(asking: Asking, name: str, kind: FieldKind) -> Text:
    if kind is not FieldKind.SELECT:
        return _words(asking, name, ".sample")
    return asking.catalogue.say("form.choose", {"field": Line(_key(asking, name, ""), {})})


def _words(asking: Asking, name: str, part: str) -> Text:
    """The label of an argument, or its help or example, which may be missing."""
    key = _key(asking, name, part)
    return asking.catalogue.say(key) if asking.catalogue.has(key) or not part else ()


def _key(asking: Asking, name: str, part: str) -> str:
    own = f"field.{_slug(asking.command)}.{name}{part}"
    return own if asking.catalogue.has(own) else f"field.{name}{part}"


def _slug(command: Command) -> str:
    return command.name.replace(" ", "-")


# --- above the questions ------------------------------------------------------------------------------------------


def _intro(asking: Asking, asked: Iterable[str]) -> Iterator[Block]:
    """What it is about, for whom, until when, and what stands now."""
    say, item, names = asking.catalogue.say, asking.item, set(asked)
    if item is not None:
        about: dict[str, Value] = {"item": item.number, "title": item.title, "version": item.version.label}
        yield Paragraph(say("form.about", about))
    parameters = {each.en for each in asking.command.parameters}
    speaker = asking.speaker if "for" in parameters else None
    if speaker is not None and "for" not in names:
        yield Paragraph(say("form.for", {"organisation": speaker.name}))
    if item is not None and item.round is not None and item.round.is_open:
        yield Paragraph(say("form.closes", {"closes_at": item.round.closes_at}))
    yield from _kept(asking, names)
    if "point" in names and item is not None and len(item.version.points) <= MOST_POINTS:
        yield Bullets(tuple((f"{each.number}. ", UserText(each.text)) for each in item.version.points))
    if asking.command.name in _FILES and "kind" not in names:
        yield from _was(asking)
    if asking.command.name == "consult rectify" and item is not None and (decisions := asking.tx.decisions.of(item)):
        yield Quote(say("post.decision-text"), _shortened(decisions[-1].text))
    yield from _answered(asking)


def _kept(asking: Asking, asked: set[str]) -> Iterator[Block]:
    """What was chosen before and is not asked again."""
    rows: list[tuple[Text, Text]] = []
    for ask in (each for page in PAGES[asking.command.name] for each in page):
        value = asking.values.get(ask.name, "")
        if value and ask.name not in asked and ask.kind in (FieldKind.CHOICE, FieldKind.SELECT):
            found = next((each.label for each in _options(asking, ask) if _means(each, value)), (UserText(value),))
            rows.append((_words(asking, ask.name, ""), found))
    if rows:
        yield Facts(tuple(rows))


def _was(asking: Asking) -> Iterator[Block]:
    """What the organisation holds now."""
    held = asking.position
    if held is None:
        return
    by = asking.tx.people.by_code(held.person)
    values: dict[str, Value] = {"stance": held.stance, "at": held.received_at, "by": by.name if by else ""}
    yield Paragraph(asking.catalogue.say("form.was", values))
    if held.text:
        yield Quote(asking.catalogue.say("position.text"), _shortened(held.text))


def _answered(asking: Asking) -> Iterator[Block]:
    """The condition or objection that is answered."""
    item, given = asking.item, asking.values.get("organisation", "")
    if item is None or item.round is None or "status" not in {each.en for each in asking.command.parameters}:
        return
    organisation = asking.call.board.organisation(given)
    if organisation is None:
        return
    held = latest(asking.tx.positions.all(item)).get(organisation.id)
    if held is not None and held.text:
        said = asking.catalogue.say("reply.dispose.said", {"organisation": organisation.short})
        yield Quote(said, _shortened(held.text))


def _shortened(text: str) -> UserText:
    return UserText(cut(text, LONGEST_QUOTE))


# --- the last steps ------------------------------------------------------------------------------------------------


def confirmation(reply: Reply, catalogue: Catalogue) -> Form | None:
    """The question of a reply that asks before the command acts, as a form without fields; None when it asks nothing."""
    choice = next((each for each in reply.choices if each.values.get("confirmed") == "true"), None)
    if choice is None:
        return None
    return Form(
        title=catalogue.say("form.title.confirm"),
        intro=(Paragraph(catalogue.say(reply.key, reply.values)), *(block(each, catalogue) for each in reply.parts)),
        fields=(),
        submit=catalogue.say(choice.label.key, choice.label.values),
        command=choice.command,
        values=choice.values,
    )


def receipt(card: Card, catalogue: Catalogue) -> Form:
    """The last step: what was answered, with nothing left to do."""
    intro = (Paragraph(card.title), *card.blocks)
    return Form(catalogue.say("form.title.receipt"), intro, (), catalogue.say("form.submit.close"), "")


def complaint(form: Form, name: str, catalogue: Catalogue) -> Text:
    """Which field is wrong, in a sentence beside the refusal; empty when the form does not have it."""
    label = next((each.label for each in form.fields if each.name == name), ())
    return catalogue.say("form.wrong-field", {"field": Code(plain(label))}) if label else ()
