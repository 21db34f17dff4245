"""Filling in forms as somebody would: every command with a form, in a situation in which it can be carried out."""

from __future__ import annotations

import atexit
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from bot.context import find_context
from bot.dispatch import call_of
from bot.forms import merged, next_page, subject
from bot.i18n import LOCALES, Catalogue
from bot.platforms.base import Incoming
from bot.platforms.console.client import NAME
from bot.views.form import Field, FieldKind, Form
from commands.domain.board import Account
from storage.migrate import migrate
from storage.transaction import Tx
from tests.commands.table import ADMIN, CHAIR, DEPUTY, IPO, RIJK, SECRETARY, TEXT, UVW, VNG, Table, a_table
from tests.factories import DEADLINE

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
ITEM: Final = "BOD-2027-001"


@dataclass(frozen=True)
class Scene:
    """Who fills in the form of a command, with what known beforehand, once this has happened."""

    person: str
    happened: Callable[[Table], object]
    values: Mapping[str, str]


def ask(
    table: Table,
    person: str,
    name: str,
    values: Mapping[str, str],
    *,
    after: int = 0,
    joined: bool = False,
    locale: str = "nl",
    channel: str = "BOD",
) -> Form | None:
    """The next page for a person, as the edge asks for it. Raises the refusal."""
    incoming = Incoming(NAME, person, channel, table.clock.now(), "asked", command=name, values=values)
    command = next(each for each in table.app.commands if each.name == name)
    account = Account(NAME, person)

    def work(tx: Tx) -> Form | None:
        who = tx.people.by_account(NAME, person)
        assert who is not None
        context = find_context(tx, who, account, incoming, command, subject(values))
        found = dict(values)
        if context.args.item is not None:
            found["item"] = str(context.args.item)
        call = call_of(table.app, incoming, command, context, locale)
        catalogue = Catalogue(locale, AMSTERDAM)
        return next_page(tx, call, catalogue, name, found, after=after, joined=joined)

    return table.read(work)


def fill(form: Form, answers: Mapping[str, str]) -> dict[str, str]:
    """The values after somebody answered every question of a page: as given here, else the first option or a sample."""
    return merged(form.values, {each.name: answers.get(each.name) or _answer(each) for each in form.fields})


def _answer(field: Field) -> str:
    if field.kind in (FieldKind.CHOICE, FieldKind.SELECT):
        return field.options[0].value
    return field.value or SAMPLES[field.name]


def pages(
    table: Table, name: str, given: Mapping[str, str] | None = None, *, joined: bool = False, locale: str = "nl"
) -> Iterator[tuple[Form, dict[str, str]]]:
    """Each page of a scene, with all values after it was filled in; `given` is known beforehand as well."""
    scene = SCENES[name]
    values, after = {**scene.values, **(given or {})}, 0
    while (form := ask(table, scene.person, name, values, after=after, joined=joined, locale=locale)) is not None:
        values, after = fill(form, ANSWERS.get(name, {})), form.page
        yield form, values


Walk: TypeAlias = list[tuple[Form, dict[str, str]]]


@cache
def walk(name: str) -> Mapping[str, Walk]:
    """All pages of a scene in each language, looked up once: asking changes nothing."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "register.db"
        with closing(sqlite3.connect(_template())) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        with a_table(f"sqlite+pysqlite:///{copy}") as table:
            SCENES[name].happened(table)
            return {locale: list(pages(table, name, locale=locale)) for locale in LOCALES}


@cache
def _template() -> Path:
    """An empty register, made once and removed at the end."""
    folder = TemporaryDirectory()
    atexit.register(folder.cleanup)
    file = Path(folder.name) / "register.db"
    migrate(f"sqlite+pysqlite:///{file}")
    return file


# --- what has happened --------------------------------------------------------------------------------------------


def _nothing(table: Table) -> None:
    """An empty board."""


def _drafted(table: Table) -> None:
    table.drafted()


def _opened(table: Table) -> None:
    table.opened()


def _consulted(table: Table) -> None:
    table.opened("--soort consultatie")


def _answered(table: Table) -> None:
    """The VNG and the Rijk have a condition, the IPO and the UvW an objection."""
    table.opened()
    for person, stance in ((VNG, "mits"), (RIJK, "mits"), (IPO, "bezwaar"), (UVW, "bezwaar")):
        table.say(person, f'/standpunt 001 {stance} "Zo niet."')


def _closed(table: Table) -> None:
    table.opened()
    for person in (RIJK, VNG, IPO, UVW):
        table.say(person, "/standpunt 001 akkoord")
    table.wait_until(DEADLINE + timedelta(seconds=5))


def _established(table: Table) -> None:
    table.established()


def _editorial(table: Table) -> None:
    table.opened()
    said = table.say(
        SECRETARY, f'/consultatie versie 001 --versie 1.1 --tekst "{TEXT}" --toelichting "Komma." --redactioneel'
    )
    assert not said.refusal


# --- the scenes -------------------------------------------------------------------------------------------------

_ON_ITEM: Final = {"item": ITEM}

SCENES: Final[Mapping[str, Scene]] = {
    "consult new": Scene(SECRETARY, _nothing, {}),
    "consult version": Scene(SECRETARY, _opened, _ON_ITEM),
    "consult open": Scene(CHAIR, _drafted, {}),
    "consult extend": Scene(CHAIR, _opened, {}),
    "consult remind": Scene(CHAIR, _opened, {}),
    "consult close": Scene(CHAIR, _opened, {}),
    "consult establish": Scene(CHAIR, _closed, {}),
    "consult rectify": Scene(CHAIR, _established, {}),
    "consult adjourn": Scene(CHAIR, _closed, {}),
    "consult withdraw": Scene(CHAIR, _opened, {}),
    "consult condition": Scene(SECRETARY, _answered, {}),
    "consult objection": Scene(SECRETARY, _answered, {}),
    "consult matrix": Scene(VNG, _opened, {}),
    "position": Scene(VNG, _opened, _ON_ITEM),
    "position withdraw": Scene(VNG, _answered, {}),
    "position lift": Scene(VNG, _answered, {}),
    "position contest": Scene(VNG, _editorial, {}),
    "position to-meeting": Scene(VNG, _opened, {}),
    "comment": Scene(VNG, _consulted, _ON_ITEM),
    "mandate grant": Scene(SECRETARY, _nothing, {}),
    "mandate replace": Scene(SECRETARY, _nothing, {}),
    "mandate revoke": Scene(SECRETARY, _nothing, {}),
    "decision show": Scene(VNG, _established, {}),
    "decision search": Scene(VNG, _established, {}),
    "decision export": Scene(SECRETARY, _established, {}),
    "boardadmin link": Scene(ADMIN, _nothing, {}),
    "boardadmin export": Scene(ADMIN, _established, {}),
}
"""One scene for every command with a form."""

SAMPLES: Final[Mapping[str, str]] = {
    "title": "Kader",
    "term": "10 werkdagen",
    "meeting": "26 maart 2027",
    "document": "https://overleg.example/kader.pdf",
    "sha256": "a" * 64,
    "text": "1. Het kader vaststellen.\n2. Het evalueren.",
    "version": "1.1",
    "note": "Punt 2 is anders.",
    "until": "1 maart 2027",
    "reason": "Er is meer tijd nodig.",
    "conclusion": "Actie: BZK opent de marktplaats.",
    "answer": "Punt 2 noemt nu 2031.",
    "point": "2, 1",
    "suspensive": "true",
    "person": DEPUTY,
    "query": "kader",
    "account": "nieuw-account",
    "old": VNG,
    "new": DEPUTY,
    "from": "12 januari 2027",
    "deviating": "De vergadering heeft anders besloten.",
}
"""An answer to each open question."""

ANSWERS: Final[Mapping[str, Mapping[str, str]]] = {
    "consult new": {"kind": "consent", "rule": "consensus"},
    "consult open": {"closes": " "},
    "position": {"stance": "reservation"},
    "mandate grant": {"person": IPO, "organisation": "rijk", "until": "31 december 2027"},
    "mandate replace": {"old": VNG, "new": IPO, "organisation": "vng"},
    "mandate revoke": {"person": DEPUTY, "organisation": "vng"},
    "comment": {"stance": "support-with-comments"},
    "boardadmin link": {"person": DEPUTY},
}
"""Answers that fit together, where the first option or the sample would not do."""
