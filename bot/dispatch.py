"""The dispatcher: one incoming act becomes one unit of work and one answer.

Here and nowhere else a refusal becomes words, and the one refusal that leaves a trace in the log, a late position, is
kept. Every answer is remembered, a refusal too: an act that arrives again later is answered as it was, whatever has
changed since. Only a form that was refused is judged anew.
"""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

import structlog

from bot.app import App
from bot.context import Context, find_context
from bot.forms import confirmation
from bot.i18n import refusal_key
from bot.naming import accounts_in, names_accounts
from bot.platforms.base import Incoming
from bot.repeats import facts, request_hash
from bot.reserved import arguments, bound, require_newest
from bot.views.card import Card
from bot.views.form import Form
from bot.views.reply import refusal_card, reply_card
from commands.command import Attachment, Call, Command, Reply, parse, read
from commands.domain.board import Account
from commands.domain.errors import InternalError, OtherContent, Refusal, TextTooLong, Unconfirmed, UnknownAccount
from commands.domain.late import TooLate
from commands.domain.values import Code, Line
from commands.lookup import CONFIRMED, REPLACES
from commands.ports import Answered
from storage.transaction import Tx

Understood: TypeAlias = tuple[Command, object, str]
"""A command, its arguments, and the language of its examples."""

LONGEST: Final = 200_000
"""Characters of one act, all its texts together; more is refused before it is read."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person gets to see, in his own language: a card, and the code of the refusal when it was refused.

    `question` is what must be confirmed before anything is done, for a platform with forms. `cause` is the refusal.
    """

    card: Card
    refusal: str = ""
    attachments: tuple[Attachment, ...] = ()
    question: Form | None = None
    cause: Refusal | None = None


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
        except Refusal as refusal:  # not understood, busy, full, broken, or not known
            reader = _reader(self.app, self.incoming)
            result = Result(reader, refusal=_again(self.app, self.incoming, reader, refusal))
        except Exception as error:
            is_late = isinstance(error, TimeoutError) and not self.future.done()  # it may be recorded after all
            failure = Unconfirmed() if is_late else _bug(error, self.incoming)
            result = Result(_reader(self.app, self.incoming), refusal=failure)
        return _word(self.app, result)


def dispatch(app: App, incoming: Incoming) -> Pending:
    """Start one act. It is queued at once; the answer is ready when what it recorded is durable.

    What only reads is done when this returns, and the accounts that an act names are looked up first: see `queue`.
    """
    try:
        understood = _understand(app, incoming, "nl")
        accounts = accounts_in(app, incoming.platform, understood[1])
    except Refusal as refusal:
        return Pending(app, incoming, _failed(refusal))
    if _only_reads(app, understood[0]):
        return Pending(app, incoming, _attempt(lambda: app.store.read(_work(app, incoming, understood, accounts))))
    return _queued(app, incoming, understood, accounts)


def queue(app: App, incoming: Incoming) -> Pending | None:
    """As `dispatch`, but without waiting for the register or a platform: None for an act that would have to."""
    try:
        understood = _understand(app, incoming, "nl")
    except Refusal as refusal:
        return Pending(app, incoming, _failed(refusal))
    if _only_reads(app, understood[0]) or names_accounts(*understood[:2]):
        return None
    return _queued(app, incoming, understood, {})


def _queued(app: App, incoming: Incoming, understood: Understood, accounts: Mapping[str, str]) -> Pending:
    work = _work(app, incoming, understood, accounts)
    account = Account(incoming.platform, incoming.account)
    return Pending(app, incoming, app.store.write(work, event_id=incoming.event_id, account=account))


def _work(app: App, incoming: Incoming, understood: Understood, accounts: Mapping[str, str]) -> Callable[[Tx], Result]:
    return lambda tx: _act(tx, app, incoming, *understood, accounts)


def _only_reads(app: App, command: Command) -> bool:
    return command.reads or app.reads_only is not None


def _understand(app: App, incoming: Incoming, language: str) -> Understood:
    """The command, its arguments and the language of its examples. Raises a refusal for what is not understood whole."""
    length = len(incoming.text or "") + sum(map(len, (incoming.values or {}).values()))
    if length > LONGEST:
        raise TextTooLong(LONGEST, length)
    if incoming.text is not None:
        return parse(incoming.text, app.commands)
    command, args = read(incoming.command or "", arguments(incoming.values), app.commands, language)
    return command, args, language


def _again(app: App, incoming: Incoming, reader: Reader, refusal: Refusal) -> Refusal:
    """The refusal of a form with its example in the reader's language; typed text has the language of its trigger."""
    if incoming.text is None and not reader.locale.startswith("nl"):
        try:
            _understand(app, incoming, "en")
        except Refusal as english:
            return english
    return refusal


def _act(
    tx: Tx, app: App, incoming: Incoming, command: Command, args: object, language: str, accounts: Mapping[str, str]
) -> Result:
    """The unit of work of one act. A refusal is a result too; what it collected before is dropped."""
    person = tx.people.by_account(incoming.platform, incoming.account)
    reader = reader_of(app, person.locale if person else "")
    again = tx.inbox.answered(incoming.event_id) or (tx.inbox.answered(incoming.once) if incoming.once else None)
    if again is not None:
        same = again.request in ("", request_hash(incoming))
        return Result(reader, again=again) if same else Result(reader, refusal=OtherContent())
    try:
        if person is None:
            raise UnknownAccount(incoming.account)
        if app.reads_only is not None and not command.reads:
            raise app.reads_only
        context = find_context(tx, person, Account(incoming.platform, incoming.account), incoming, command, args)
        reader = dataclasses.replace(reader, zone=context.zone or reader.zone)
        require_newest(tx, incoming.values, context.args)
        if incoming.text is None:
            language = language_of(reader.locale)
        call = call_of(app, incoming, command, context, language, accounts)
        reply = command.run(tx, call, context.args)
    except TooLate as refusal:
        tx.drop()
        tx.positions.append(refusal.late_item, refusal.late_position, refusal.late_event)
        _remember_refusal(tx, app, incoming, refusal)
        return Result(reader, refusal=refusal)
    except Refusal as refusal:
        tx.drop()
        if not command.reads and app.reads_only is None and not incoming.once:
            _remember_refusal(tx, app, incoming, refusal)
        return Result(reader, refusal=refusal)
    if is_question(reply):
        return Result(reader, reply=bound(tx, reply, context.args))
    if not command.reads:
        answered = Answered(app.clock.now(), reply.key, dict(reply.values), "", request_hash(incoming))
        for key in filter(None, (incoming.event_id, incoming.once)):
            tx.inbox.remember(key, answered)
    return Result(reader, reply=reply)


def is_question(reply: Reply) -> bool:
    """Whether a reply asks before anything is done, so that the same act may come again."""
    return any(choice.values.get(CONFIRMED) == "true" for choice in reply.choices)


def call_of(
    app: App,
    incoming: Incoming,
    command: Command,
    context: Context,
    language: str,
    accounts: Mapping[str, str] | None = None,
) -> Call:
    """What a command is told about who calls it, where and when; `accounts` as in Call."""
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
        is_confirmed=(incoming.values or {}).get(CONFIRMED, "") == "true",
        replaces=(incoming.values or {}).get(REPLACES, ""),
        platform_at=incoming.platform_at,
        operator=incoming.operator,
        example=command.line(language),
        accounts=accounts or {},
    )


def _remember_refusal(tx: Tx, app: App, incoming: Incoming, refusal: Refusal) -> None:
    """Keep the refusal of an act, but for `once`: the form may be corrected and sent again."""
    key, kept = refusal_key(refusal), facts(refusal)
    tx.inbox.remember(incoming.event_id, Answered(app.clock.now(), key, kept, refusal.code, request_hash(incoming)))


def _word(app: App, result: Result) -> Answer:
    catalogue = app.catalogue(result.reader.locale, result.reader.zone)
    if result.refusal is not None:
        return Answer(refusal_card(result.refusal, catalogue), result.refusal.code, cause=result.refusal)
    if result.again is not None and result.again.refusal:
        sentence = catalogue.say(result.again.key, result.again.values)
        return Answer(Card(title=sentence), result.again.refusal)
    if result.again is not None:
        first = Line(result.again.key, result.again.values)
        card = reply_card(Reply("reply.again", {"at": result.again.at, "first": first}), catalogue)
        return Answer(card)
    reply = result.reply or Reply("reply.done")
    return Answer(reply_card(reply, catalogue), "", reply.attachments, confirmation(reply, catalogue))


def _reader(app: App, incoming: Incoming) -> Reader:
    """The reader of an answer outside any unit of work."""
    try:
        person = app.store.read(lambda tx: tx.people.by_account(incoming.platform, incoming.account))
    except Exception:
        log.warning("reader-unknown", actie="antwoord", object=incoming.event_id, exc_info=True)
        person = None
    return reader_of(app, person.locale if person else "")


def reader_of(app: App, locale: str) -> Reader:
    """Who reads an answer outside a board; `locale` is the person's own, or empty."""
    return Reader(locale or app.locale, app.zone)


def language_of(locale: str) -> str:
    """The language of examples for whoever did not type the command."""
    return "nl" if locale.startswith("nl") else "en"


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


def _failed(error: Exception) -> Future[Result]:
    future: Future[Result] = Future()
    future.set_exception(error)
    return future


def _attempt(work: Callable[[], Result]) -> Future[Result]:
    future: Future[Result] = Future()
    try:
        future.set_result(work())
    except Exception as error:
        future.set_exception(error)
    return future
