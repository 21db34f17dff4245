"""The dispatcher: one incoming act becomes one unit of work and one answer.

Here and nowhere else a refusal becomes words, and the one refusal that leaves a trace, a late position, is kept.
"""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from bot.app import App
from bot.context import Context, find_context
from bot.platforms.base import Incoming
from bot.views.card import Card
from bot.views.reply import refusal_card, reply_card
from commands.command import Attachment, Call, Command, Reply, parse, read
from commands.domain.board import Account
from commands.domain.errors import InternalError, Refusal, TextTooLong, UnknownAccount
from commands.domain.late import TooLate
from commands.domain.values import Code, Line
from commands.ports import Answered
from storage.transaction import Tx

LONGEST: Final = 200_000
"""Characters of one act, all its texts together; more is refused before it is read."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person gets to see, in his own language: a card, and the code of the refusal when it was refused."""

    card: Card
    refusal: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """The language and zone in which the person is answered."""

    locale: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Result:
    """What a unit of work ended in, before it is worded."""

    reader: Reader
    reply: Reply | None = None
    refusal: Refusal | None = None
    again: Answered | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """An act on its way: `future` is done when it is durable, or refused."""

    app: App
    incoming: Incoming
    future: Future[Result]

    def result(self, timeout: float | None = None) -> Answer:
        """Wait for the unit of work and word its answer, on the caller's thread."""
        try:
            result = self.future.result(timeout)
        except Refusal as refusal:  # busy, full, broken: nothing was recorded
            result = Result(_reader(self.app, self.incoming), refusal=refusal)
        except Exception as error:
            result = Result(_reader(self.app, self.incoming), refusal=_bug(error, self.incoming))
        return _word(self.app, result)


def dispatch(app: App, incoming: Incoming) -> Pending:
    """Start one act. It is queued at once; the answer is ready when what it recorded is durable."""
    try:
        understood = _understand(app, incoming, "nl")
    except Refusal as refusal:
        reader = _reader(app, incoming)
        return Pending(app, incoming, _done(Result(reader, refusal=_again(app, incoming, reader, refusal))))

    def work(tx: Tx) -> Result:
        return _act(tx, app, incoming, *understood)

    if understood[0].reads or app.reads_only is not None:
        return Pending(app, incoming, _attempt(lambda: app.store.read(work)))
    return Pending(app, incoming, app.store.write(work, event_id=incoming.event_id))


def _understand(app: App, incoming: Incoming, language: str) -> tuple[Command, object, str]:
    """The command, its arguments and the language of its examples. Raises a refusal for what is not understood whole."""
    length = len(incoming.text or "") + sum(map(len, (incoming.values or {}).values()))
    if length > LONGEST:
        raise TextTooLong(LONGEST, length)
    if incoming.text is not None:
        return parse(incoming.text, app.commands)
    values = {name: value for name, value in (incoming.values or {}).items() if name != "confirmed"}
    command, args = read(incoming.command or "", values, app.commands, language)
    return command, args, language


def _again(app: App, incoming: Incoming, reader: Reader, refusal: Refusal) -> Refusal:
    """The refusal of a form with its example in the reader's language; typed text has the language of its trigger."""
    if incoming.text is None and not reader.locale.startswith("nl"):
        try:
            _understand(app, incoming, "en")
        except Refusal as english:
            return english
    return refusal


def _act(tx: Tx, app: App, incoming: Incoming, command: Command, args: object, language: str) -> Result:
    """The unit of work of one act. A refusal is a result too; what it collected before is dropped."""
    person = tx.people.by_account(incoming.platform, incoming.account)
    reader = _reader_of(app, person.locale if person else "")
    again = tx.inbox.answered(incoming.event_id)
    if again is not None:
        return Result(reader, again=again)
    try:
        if person is None:
            raise UnknownAccount(incoming.account)
        if app.reads_only is not None and not command.reads:
            raise app.reads_only
        context = find_context(tx, person, Account(incoming.platform, incoming.account), incoming, command, args)
        reader = dataclasses.replace(reader, zone=context.zone or reader.zone)
        reply = command.run(tx, _call(app, incoming, command, context, language), context.args)
    except TooLate as refusal:
        tx.drop()
        tx.positions.append(refusal.late_item, refusal.late_position, refusal.late_event)
        _remember(tx, app, incoming, Reply("refusal." + refusal.sentence, refusal.values()), refusal.code)
        return Result(reader, refusal=refusal)
    except Refusal as refusal:
        tx.drop()
        return Result(reader, refusal=refusal)
    if not command.reads:
        _remember(tx, app, incoming, reply, "")
    return Result(reader, reply=reply)


def _call(app: App, incoming: Incoming, command: Command, context: Context, language: str) -> Call:
    return Call(
        boards=context.boards,
        actors=context.actors,
        received_at=incoming.received_at,
        platform=incoming.platform,
        channel=incoming.channel,
        language=language,
        calendars=app.calendar,
        word=app.word,
        commands=app.commands,
        is_typed=incoming.text is not None,
        is_confirmed=(incoming.values or {}).get("confirmed", "") == "true",
        platform_at=incoming.platform_at,
        operator=incoming.operator,
        example=command.line(language),
    )


def _remember(tx: Tx, app: App, incoming: Incoming, reply: Reply, refusal: str) -> None:
    answered = Answered(app.clock.now(), reply.key, dict(reply.values), refusal)
    tx.inbox.remember(incoming.event_id, answered)


def _word(app: App, result: Result) -> Answer:
    catalogue = app.catalogue(result.reader.locale, result.reader.zone)
    if result.refusal is not None:
        return Answer(refusal_card(result.refusal, catalogue), result.refusal.code)
    if result.again is not None:
        first = Line(result.again.key, result.again.values)
        card = reply_card(Reply("reply.again", {"at": result.again.at, "first": first}), catalogue)
        return Answer(card, result.again.refusal)
    reply = result.reply or Reply("reply.done")
    return Answer(reply_card(reply, catalogue), "", reply.attachments)


def _reader(app: App, incoming: Incoming) -> Reader:
    """The reader of an answer outside any unit of work."""
    try:
        person = app.store.read(lambda tx: tx.people.by_account(incoming.platform, incoming.account))
    except Exception:
        log.warning("reader-unknown", actie="antwoord", object=incoming.event_id, exc_info=True)
        person = None
    return _reader_of(app, person.locale if person else "")


def _reader_of(app: App, locale: str) -> Reader:
    return Reader(locale or app.locale, app.zone)


def _bug(error: Exception, incoming: Incoming) -> InternalError:
    """A reference that the person can quote; the log holds the rest, without what was typed."""
    reference = secrets.token_hex(4)
    log.error(
        "bug",
        actie=incoming.command or "tekst",
        object=reference,
        resultaat="fout",
        oorsprong=incoming.platform,
        actor=incoming.account,
        exc_info=error,
    )
    return InternalError(Code(reference))


def _done(result: Result) -> Future[Result]:
    future: Future[Result] = Future()
    future.set_result(result)
    return future


def _attempt(work: Callable[[], Result]) -> Future[Result]:
    future: Future[Result] = Future()
    try:
        future.set_result(work())
    except Exception as error:
        future.set_exception(error)
    return future
