"""What is still to be asked about an act, for a platform with forms: a question, or the refusal that stands in its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.app import App
from bot.context import find_context
from bot.dispatch import call_of, language_of, reader_of
from bot.forms import field_of, has_form, incomplete, next_page, subject
from bot.i18n import Catalogue
from bot.naming import accounts_among
from bot.platforms.base import Incoming
from bot.reserved import ANSWERS, arguments, require_newest
from bot.views.card import Card
from bot.views.form import Form
from bot.views.reply import refusal_card
from commands.domain.board import Account
from commands.domain.errors import AccountsUnknown, Refusal, UnknownAccount
from commands.lookup import shown
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of looking for the next question: `form`, or `refusal`, or neither when nothing is left to ask.

    `values` are those given so far, with the number of the item in full. `field` is the argument that a refusal is about.
    """

    values: Mapping[str, str]
    form: Form | None = None
    refusal: Card | None = None
    field: str = ""


def ask(app: App, incoming: Incoming, *, after: int = 0, joined: bool = False) -> Asked:
    """The next question about `incoming.command`, of which `incoming.values` are given. It changes nothing.

    `after` is the page that came back with these values; `joined` puts all questions on one page. A register that cannot
    be read is a refusal too, in the language of the program, as nobody knows who reads it.
    """
    try:
        return _asked(app, incoming, after, joined)
    except Refusal as refusal:
        reader = reader_of(app, "")
        return Asked(incoming.values or {}, refusal=refusal_card(refusal, app.catalogue(reader.locale, reader.zone)))


def _asked(app: App, incoming: Incoming, after: int, joined: bool) -> Asked:
    command = next((each for each in app.commands if each.name == incoming.command), None)
    values = incoming.values or {}
    try:
        accounts = {} if command is None else accounts_among(app, incoming.platform, command, values)
    except AccountsUnknown as refusal:
        unknown = refusal
        return app.store.read(lambda tx: Asked(values, refusal=refusal_card(unknown, _words(tx, app, incoming))))
    return app.store.read(lambda tx: _ask(tx, app, incoming, accounts, after, joined))


def wanted(app: App, text: str) -> tuple[str, dict[str, str]] | None:
    """The command and the values of a typed line that lacks something, and nothing else is wrong with it."""
    return incomplete(text, app.commands)


def _ask(tx: Tx, app: App, incoming: Incoming, accounts: Mapping[str, str], after: int, joined: bool) -> Asked:
    name = incoming.command or ""
    command = next((each for each in app.commands if each.name == name), None)
    values = dict(incoming.values or {})
    if command is None or not has_form(name):
        return Asked(values)
    person = tx.people.by_account(incoming.platform, incoming.account)
    reader = reader_of(app, person.locale if person else "")
    catalogue = app.catalogue(reader.locale, reader.zone)
    try:
        if person is None:
            raise UnknownAccount(incoming.account)
        context = find_context(
            tx, person, Account(incoming.platform, incoming.account), incoming, command, subject(values)
        )
        catalogue = app.catalogue(reader.locale, context.zone or reader.zone)
        if context.args.item is not None:
            values["item"] = str(context.args.item)
        require_newest(tx, values, context.args)
        call = call_of(app, incoming, command, context, language_of(reader.locale), accounts)
        call = replace(call, is_typed=False)
        form = next_page(tx, call, catalogue, name, arguments(values), after=after, joined=joined)
        if form is not None and name in ANSWERS and context.args.item is not None:
            form = replace(form, values={**form.values, **shown(tx.items.get(context.args.item))})
        return Asked(values, form)
    except Refusal as refusal:
        return Asked(values, refusal=refusal_card(refusal, catalogue), field=field_of(refusal, command, values))


def _words(tx: Tx, app: App, incoming: Incoming) -> Catalogue:
    """The words of whoever acts, outside any board."""
    person = tx.people.by_account(incoming.platform, incoming.account)
    reader = reader_of(app, person.locale if person else "")
    return app.catalogue(reader.locale, reader.zone)
