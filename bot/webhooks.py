"""What Mattermost calls: a typed command, a click, a form that was filled in.

Each is verified before it is decoded, carried out by the dispatcher, and answered within seconds. An act by click ends
in the last step of a form or in a direct message: what a chat shows to one person in a channel is easily missed.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any, Final, TypeAlias

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.app import App
from bot.aside import Asides
from bot.asking import Asked, ask, wanted
from bot.delivery import frozen_card
from bot.dispatch import Answer, dispatch, queue, reader_of
from bot.forms import field_of, merged, receipt
from bot.i18n import Catalogue
from bot.platforms.base import Incoming, PlatformRefused, PlatformUnavailable
from bot.platforms.mattermost import proof
from bot.platforms.mattermost.client import NAME, MattermostClient
from bot.platforms.mattermost.dialog import Unexpected, dialog, errors, step, values
from bot.platforms.mattermost.incoming import (
    Forged,
    KeyUnavailable,
    KeyWanted,
    Malformed,
    Submission,
    read_click,
    read_command,
    read_submission,
)
from bot.platforms.mattermost.render import RenderedPost, Renderer
from bot.platforms.mattermost.trigger import Triggers
from bot.seal import Seal, Sealed
from bot.views.card import Card, Paragraph
from bot.views.form import Form
from bot.views.text import plain
from commands.domain.errors import Refusal
from commands.domain.values import Code
from storage.transaction import Tx

LARGEST: Final = {"command": 200 * 1024, "click": 64 * 1024, "form": 64 * 1024}
"""Bytes of a request; of a larger one no more is read. A typed letter may take six bytes in the encoding of a command."""
SLOWEST: Final = 5.0
"""Seconds in which a request must have arrived whole."""
PATIENCE: Final = 2.5
"""Seconds after which somebody is told that the answer follows in a direct message."""
FORM_LIFETIME: Final = timedelta(hours=12)
"""How long a form can be sent after it was opened."""
REMEMBERED: Final = 1.0
"""Seconds for which a card that may be edited counts as one, so that not every click of a burst has to ask."""
MOST_REMEMBERED: Final = 1000
STEPS_SINCE: Final = (11, 1)
"""The first version of Mattermost whose forms have steps."""

MOST_LOGGED: Final = 10
"""Lines in a second about requests that are not genuine."""

Take: TypeAlias = Callable[[Request, bytes], Awaitable[Response]]
"""What answers a request, of which the body is read."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Mattermost:
    """One Mattermost server: how it is reached, and by what its requests are known to be genuine.

    `tokens` are those of the slash commands, by `team/trigger`. `address` is where the server reaches us.
    """

    client: MattermostClient
    renderer: Renderer
    seal: Seal
    triggers: Triggers
    tokens: Mapping[str, str]
    address: str

    @property
    def has_steps(self) -> bool:
        """Whether a form can have a next page; a server that has not told its version is taken for a supported one."""
        parts = self.client.version.split(".")[:2]
        return not all(each.isdecimal() for each in parts) or len(parts) < 2 or tuple(map(int, parts)) >= STEPS_SINCE


class Webhooks:
    """The three routes of a Mattermost server. Their code runs on the event loop; what blocks does not."""

    def __init__(self, app: App, mattermost: Mattermost, asides: Asides) -> None:
        self._app = app
        self._mattermost = mattermost
        self._asides = asides
        self._late: set[asyncio.Task[None]] = set()
        self._reading = frozenset(each.name for each in app.commands if each.reads)
        self._repainting: set[str] = set()
        self._editable: dict[str, float] = {}

    def routes(self) -> list[Route]:
        """`/mattermost/command`, `/mattermost/click` and `/mattermost/form`, each for POST alone."""
        kinds: dict[str, Take] = {
            "command": self._command,
            "click": self._click,
            "form": self._form,
        }
        refused = _Refused()
        words = self._app.catalogue(self._app.locale, self._app.zone)
        sorry = words.plain("webhook.key-unavailable")

        def failed(reference: str) -> str:
            return words.plain("webhook.failed-unsure", {"reference": Code(reference)})

        return [
            Route(f"/mattermost/{kind}", _guarded(kind, self._first(take), refused, sorry, failed), methods=["POST"])
            for kind, take in kinds.items()
        ]

    def _first(self, take: Take) -> Take:
        """What somebody waits for goes before what is told afterwards."""

        async def taken(request: Request, body: bytes) -> Response:
            with self._asides.held():
                return await take(request, body)

        return taken

    # --- a typed command -----------------------------------------------------------------------------------

    async def _command(self, request: Request, body: bytes) -> Response:
        """Carry out a line. What lacks something opens the form of its command, filled in as far as it was typed."""
        mattermost, now = self._mattermost, self._app.clock.now()
        call = await run_in_threadpool(
            read_command, request.headers, body, mattermost.tokens, mattermost.triggers, now
        )  # the key of the server may have to be fetched
        incoming = call.incoming
        nonce = proof.returned(incoming, mattermost.seal, now)
        if nonce:  # our own check of the way round
            return JSONResponse({"response_type": "ephemeral", "text": nonce})
        lacking = wanted(self._app, incoming.text or "")
        if lacking is not None:
            name, given = lacking
            asked = await self._first_page(replace(incoming, text=None, command=name, values=given))
            if asked.refusal is not None:
                return JSONResponse(mattermost.renderer.ephemeral(asked.refusal, incoming.channel, incoming.account))
            if asked.form is not None and await self._open(asked.form, incoming, call.trigger_id):
                return JSONResponse({})
        answer = await self._act(incoming)
        card = Card(((await self._words(incoming)).plain("webhook.slow"),)) if answer is None else answer.card
        return JSONResponse(mattermost.renderer.ephemeral(card, incoming.channel, incoming.account))

    # --- a click -------------------------------------------------------------------------------------------

    async def _click(self, request: Request, body: bytes) -> Response:
        """Open a form, or carry out what the button stands for.

        What was recorded is told in a direct message; a question, a refusal and what was asked for are shown at once.
        """
        mattermost, now = self._mattermost, self._app.clock.now()
        read = partial(read_click, body, mattermost.seal, mattermost.triggers, now)
        try:
            click = read(may_ask=False)
        except KeyWanted:
            click = await run_in_threadpool(read)
        proved = proof.pressed(click)
        if proved is not None:
            return JSONResponse(proved)
        incoming = click.act()
        opens = self._asked if click.sealed.asks else self._pressed
        form = await opens(incoming)
        words = ""
        if form is not None and not await self._open(form, incoming, click.trigger_id):
            card = await self._unopened(form, incoming)
            self._asides.send(incoming.account, incoming.event_id, card)
            words = plain(card.title)
        try:
            repainted = await self._repainted(click.channel, click.post)
        except Refusal:  # what was answered stands, whatever the card looks like
            repainted = {}
        return JSONResponse({**repainted, **_whispered(words)})

    async def _unopened(self, form: Form, incoming: Incoming) -> Card:
        """What is said where a form would not open: of a question, that it was not asked, and what to type instead."""
        if not form.command:
            return Card(form.intro[0].text if isinstance(form.intro[0], Paragraph) else form.title, form.intro[1:])
        words = await self._words(incoming)
        command = next(each for each in self._app.commands if each.name == form.command)
        line = command.line(words.locale)
        return Card((words.plain("webhook.form-not-opened", {"command": line}),), form.intro)

    async def _pressed(self, incoming: Incoming) -> Form | None:
        """Carry out an act; the form that comes of it, or None when its receipt goes out by direct message."""
        answer = await self._act(incoming)
        if answer is None:
            return await self._slow(incoming)
        if answer.refusal:
            asked = await self._first_page(incoming, only_missing=True)
            return asked.form or receipt(answer.card, await self._words(incoming))
        if answer.question is not None or self._reads(incoming.command or ""):
            return answer.question or receipt(answer.card, await self._words(incoming))
        if self._mattermost.client.is_rejected or self._asides.is_failing(incoming.account):
            return receipt(answer.card, await self._words(incoming))  # a form needs no token of ours
        self._asides.send(incoming.account, incoming.event_id, answer.card)
        return None

    async def _asked(self, incoming: Incoming) -> Form | None:
        """The form that a button opens; where nothing can be asked, what the act itself says."""
        asked = await self._first_page(incoming)
        if asked.refusal is not None:
            return receipt(asked.refusal, await self._words(incoming))
        if asked.form is not None:
            return asked.form
        answer = await self._act(incoming)
        if answer is None:
            return await self._slow(incoming)
        return answer.question or receipt(answer.card, await self._words(incoming))

    # --- a form --------------------------------------------------------------------------------------------

    async def _form(self, request: Request, body: bytes) -> Response:
        """Go on to the next page, or carry out what was filled in; its last step is the receipt."""
        sent = read_submission(body, self._mattermost.seal, self._app.clock.now())
        if sent.cancelled or not sent.sealed.command:
            return JSONResponse({})
        fields = tuple(filter(None, sent.sealed.extra.get("fields", "").split(",")))
        try:
            given = merged(sent.sealed.values, values(fields, sent.values))
        except Unexpected:
            raise Malformed("values") from None
        incoming = Incoming(
            NAME, sent.account, sent.channel, sent.received_at, sent.event_id,
            command=sent.sealed.command, values=given, once=sent.once,
        )  # fmt: skip
        if given.get("confirmed") != "true":
            page = int(sent.sealed.extra.get("page", "0"))
            joined = not self._mattermost.has_steps
            asked = await run_in_threadpool(ask, self._app, incoming, after=page, joined=joined)
            if asked.refusal is not None:
                return await self._refused(incoming, sent, fields, asked.refusal, asked.field)
            if asked.form is not None:
                return self._next(asked.form, sent)
            incoming = replace(incoming, values=asked.values)
        return await self._carried_out(incoming, sent, fields)

    async def _carried_out(self, incoming: Incoming, sent: Submission, fields: tuple[str, ...]) -> Response:
        answer = await self._act(incoming)
        if answer is None:
            return self._next(await self._slow(incoming), sent)
        if answer.question is not None and self._mattermost.has_steps:
            return self._next(answer.question, sent)
        if answer.refusal:
            command = next(each for each in self._app.commands if each.name == incoming.command)
            field = field_of(answer.cause, command, incoming.values or {}) if answer.cause is not None else ""
            return await self._refused(incoming, sent, fields, answer.card, field)
        if self._mattermost.has_steps:
            return self._next(receipt(answer.card, await self._words(incoming)), sent)
        self._asides.send(incoming.account, incoming.event_id, answer.card)
        return JSONResponse({})

    async def _refused(
        self, incoming: Incoming, sent: Submission, fields: tuple[str, ...], card: Card, field: str
    ) -> Response:
        message = plain(card.title)
        if field not in fields:
            return JSONResponse(errors(message))
        label = sent.sealed.extra.get(f"label.{field}", "")
        general = (await self._words(incoming)).plain("form.wrong-field", {"field": label}) if label else ""
        return JSONResponse(errors(message, field, general))

    def _next(self, form: Form, sent: Submission) -> Response:
        mattermost = self._mattermost
        state = self._state(form, sent.account, sent.channel, sent.sealed.nonce)
        return JSONResponse(step(form, state=state, text=mattermost.renderer.passage))

    # --- acting --------------------------------------------------------------------------------------------

    async def _act(self, incoming: Incoming) -> Answer | None:
        """Carry out an act; None when its answer takes longer than people wait, and follows by direct message."""
        queued = queue(self._app, incoming)
        pending = queued if queued is not None else await run_in_threadpool(dispatch, self._app, incoming)
        done = asyncio.wrap_future(pending.future)
        finished, _ = await asyncio.wait([done], timeout=PATIENCE)
        if finished:
            is_short = queued is not None and done.exception() is None  # no need to read, and few words
            answer = pending.result(0) if is_short else await run_in_threadpool(pending.result, 0)
            self._send_files(incoming, answer)
            return answer

        async def tell_later() -> None:
            await asyncio.wait([done])
            answer = await run_in_threadpool(pending.result, 0)
            self._asides.send(incoming.account, incoming.event_id, answer.card)
            self._send_files(incoming, answer)

        task = asyncio.create_task(tell_later())
        self._late.add(task)
        task.add_done_callback(self._late.discard)
        return None

    def _send_files(self, incoming: Incoming, answer: Answer) -> None:
        for number, file in enumerate(answer.attachments):
            words = self._app.catalogue(self._app.locale, self._app.zone)
            otherwise = Card((words.plain("webhook.file-refused", {"name": file.name}),))
            self._asides.send(incoming.account, f"{incoming.event_id}-{number}", file=file, otherwise=otherwise)

    async def _first_page(self, incoming: Incoming, *, only_missing: bool = False) -> Asked:
        """The first question about a command, or the refusal with which it would end, or neither.

        With `only_missing` a page is wanted only because something is missing.
        """
        joined = not self._mattermost.has_steps
        asked = await run_in_threadpool(ask, self._app, incoming, joined=joined)
        if only_missing and asked.form is not None and not any(each.required for each in asked.form.fields):
            return replace(asked, form=None)
        return asked

    async def _open(self, form: Form, incoming: Incoming, trigger_id: str) -> bool:
        """Show a form to the person; False when the server would not."""
        state = self._state(form, incoming.account, incoming.channel, secrets.token_hex(16))
        shown = dialog(form, state=state, text=self._mattermost.renderer.passage)
        try:
            await run_in_threadpool(self._mattermost.client.open_dialog, trigger_id, self._url, shown)
        except (PlatformUnavailable, PlatformRefused):
            log.warning("form-not-opened", actie="formulier", object=form.command, oorsprong=NAME)
            return False
        return True

    def _state(self, form: Form, account: str, channel: str, nonce: str) -> str:
        now = self._app.clock.now()
        labels = {f"label.{each.name}": plain(each.label) for each in form.fields}
        extra = {"page": str(form.page), "fields": ",".join(each.name for each in form.fields), **labels}
        sealed = Sealed(
            "dialog", form.command, dict(form.values), channel, now + FORM_LIFETIME,
            account=account, nonce=nonce, extra=extra,
        )  # fmt: skip
        return self._mattermost.seal.close(sealed, now)

    @property
    def _url(self) -> str:
        return f"{self._mattermost.address}/mattermost/form"

    def _reads(self, name: str) -> bool:
        return name in self._reading

    async def _slow(self, incoming: Incoming) -> Form:
        """That the answer follows later."""
        words = await self._words(incoming)
        return receipt(Card((words.plain("webhook.slow"),)), words)

    async def _words(self, incoming: Incoming) -> Catalogue:
        """The words of a person, in the zone of the program: for what is said outside any board."""
        try:
            person = await run_in_threadpool(
                self._app.store.read, lambda tx: tx.people.by_account(incoming.platform, incoming.account)
            )
        except Refusal:  # the register cannot be read now: the words of the program then
            person = None
        reader = reader_of(self._app, person.locale if person else "")
        return self._app.catalogue(reader.locale, reader.zone)

    # --- a card that may not be edited any more ------------------------------------------------------------

    async def _repainted(self, channel: str, post: str) -> dict[str, Any]:
        """The card as it is now, where the server refuses every other way to change it; one at a time for each post."""
        now = asyncio.get_running_loop().time()
        if not channel or post in self._repainting or now < self._editable.get(post, 0.0):
            return {}
        self._repainting.add(post)
        try:
            drawn = await run_in_threadpool(self._redrawn, channel, post)
        finally:
            self._repainting.discard(post)
        if drawn is not None:
            return {"update": {"message": drawn.message, "props": drawn.props}}
        if len(self._editable) >= MOST_REMEMBERED:
            self._editable.clear()
        self._editable[post] = now + REMEMBERED
        return {}

    def _redrawn(self, channel: str, post: str) -> RenderedPost | None:
        def work(tx: Tx) -> tuple[Card, str] | None:
            return frozen_card(tx, self._app, NAME, channel, post)

        found: tuple[Card, str] | None = self._app.store.read(work)
        return None if found is None else self._mattermost.renderer.post(found[0], channel, found[1])


def _broken(kind: str, words: str) -> Response:
    """An answer with words alone, in the shape that each kind of request wants."""
    if kind == "command":
        return JSONResponse({"response_type": "ephemeral", "text": words, "skip_slack_parsing": True})
    return JSONResponse(_whispered(words) if kind == "click" else errors(words))


def _whispered(words: str) -> dict[str, Any]:
    return {"ephemeral_text": words, "skip_slack_parsing": True} if words else {}


class _Refused:
    """The log of requests that are not genuine: the first of a second, and how many were left out since the last line."""

    def __init__(self) -> None:
        self._since = 0.0
        self._logged = 0
        self._left_out = 0

    def log(self, event: str, kind: str, result: str) -> None:
        """Log one of them, or count it: a flood may not fill the disk, and costs less than what it keeps waiting."""
        now = asyncio.get_running_loop().time()
        if now - self._since >= 1:
            self._since, self._logged = now, 0
        if self._logged == MOST_LOGGED:
            self._left_out += 1
            return
        log.warning(event, actie=kind, resultaat=result, oorsprong=NAME, weggelaten=self._left_out)
        self._logged, self._left_out = self._logged + 1, 0


def _guarded(
    kind: str, take: Take, refused: _Refused, sorry: str, failed: Callable[[str], str]
) -> Callable[[Request], Awaitable[Response]]:
    """A route that reads no more than it may, and answers what is not genuine with a bare status."""

    async def route(request: Request) -> Response:
        try:
            async with asyncio.timeout(SLOWEST):
                body = await _body(request, LARGEST[kind])
        except TimeoutError:
            return Response(status_code=408, headers={"Connection": "close"})
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return Response(status_code=413, headers={"Connection": "close"})
        try:
            return await take(request, body)
        except Forged as forged:
            refused.log("forged", kind, forged.reason)
            return Response(status_code=401)
        except KeyUnavailable:  # nobody can say whether it is genuine: it is not carried out, and nobody is accused
            refused.log("key-unavailable", kind, "geweigerd")
            is_typed = kind == "command"
            return JSONResponse({"response_type": "ephemeral", "text": sorry} if is_typed else _whispered(sorry))
        except Malformed:
            refused.log("malformed", kind, "geweigerd")
            return Response(status_code=400)
        except Exception as error:  # any status but 200 would throw away every word
            reference = secrets.token_hex(4)
            log.error("bug", actie=kind, object=reference, resultaat="fout", oorsprong=NAME, exc_info=error)
            return _broken(kind, failed(reference))

    return route


async def _body(request: Request, largest: int) -> bytes | None:
    """The whole body; None as soon as it is larger than it may be."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > largest:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            return None
    return bytes(body)
