"""Persons, their accounts, and their mandates on boards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, Row, bindparam, delete, insert, select
from sqlalchemy.sql.elements import ColumnElement

from commands.domain.board import Account, Board, Person
from commands.domain.events import Event
from commands.domain.ledger import Entry
from commands.domain.mandate import Actor, Mandate, MandateRole
from storage.cache import MISSING, Cache
from storage.log import Ledger
from storage.session import Session
from storage.statement import replaced, upsert, write
from storage.tables import accounts, board_people, mandates, people

_PERSON = write(people, upsert(people, **replaced("folded", "name", "locale", "prefers")))
_MANDATE = write(
    mandates,
    upsert(
        mandates,
        **replaced("person", "organisation", "role", "valid_from", "until", "revoked_at", "sequence"),
    ),
)
_ACCOUNT = write(accounts, insert(accounts))
_ON_BOARD = write(board_people, insert(board_people))
_UNLINK_ALL = delete(accounts).where(accounts.c.person == bindparam("key"))
_CLEAR_BOARD = delete(board_people).where(board_people.c.board == bindparam("key"))


def _people(condition: ColumnElement[bool]) -> Executable:
    return (
        select(people, accounts.c.platform, accounts.c.account)
        .outerjoin(accounts, accounts.c.person == people.c.id)
        .where(condition)
        .order_by(accounts.c.place, accounts.c.platform, accounts.c.account)
    )


_BY_ID = _people(people.c.folded == bindparam("folded"))
_BY_CODE = _people(people.c.code == bindparam("code"))
_BY_ACCOUNT = _people(
    people.c.id
    == select(accounts.c.person)
    .where(accounts.c.platform == bindparam("platform_is"), accounts.c.account == bindparam("account_is"))
    .scalar_subquery()
)
_OF_BOARD = (
    select(people, accounts.c.platform, accounts.c.account)
    .join(board_people, board_people.c.person == people.c.id)
    .outerjoin(accounts, accounts.c.person == people.c.id)
    .where(board_people.c.board == bindparam("board"))
    .order_by(board_people.c.place, accounts.c.place, accounts.c.platform, accounts.c.account)
)
_BY_ACCOUNTS = _people(
    people.c.id.in_(
        select(accounts.c.person).where(
            accounts.c.platform == bindparam("platform_is"),
            accounts.c.account.in_(bindparam("accounts_are", expanding=True)),
        )
    )
)
_BOARDS_OF = select(board_people.c.board).where(board_people.c.person == bindparam("person"))
_PLACES = select(accounts.c.place).where(accounts.c.person == bindparam("person"))
_CODES = select(people.c.id, people.c.code).where(people.c.id.in_(bindparam("ids", expanding=True)))

_ORDER = (mandates.c.sequence, mandates.c.id)
_LISTED = (
    select(mandates)
    .select_from(board_people)
    .outerjoin(
        mandates,
        (mandates.c.board == board_people.c.board) & (mandates.c.person == board_people.c.person),
    )
    .where(board_people.c.board == bindparam("board"), board_people.c.person == bindparam("person"))
    .order_by(*_ORDER)
)
_LISTED_MANY = (
    select(board_people.c.board.label("on_board"), board_people.c.person.label("who"), mandates)
    .select_from(board_people)
    .outerjoin(
        mandates,
        (mandates.c.board == board_people.c.board) & (mandates.c.person == board_people.c.person),
    )
    .where(board_people.c.person.in_(bindparam("persons", expanding=True)))
    .order_by(*_ORDER)
)
_MANDATES = select(mandates).where(mandates.c.board == bindparam("board")).order_by(*_ORDER)
_MANDATES_OF = (
    select(mandates)
    .where(mandates.c.board == bindparam("board"), mandates.c.organisation == bindparam("organisation"))
    .order_by(*_ORDER)
)
_MANDATES_OF_MANY = (
    select(mandates)
    .where(
        mandates.c.board.in_(bindparam("boards", expanding=True)),
        mandates.c.organisation.in_(bindparam("organisations", expanding=True)),
    )
    .order_by(*_ORDER)
)


class People:
    """`commands.ports.People`."""

    def __init__(self, session: Session, ledger: Ledger) -> None:
        self._session = session
        self._ledger = ledger
        self._persons: Cache[tuple[str, ...], Person | None] = session.cache()
        self._boards: Cache[str, tuple[str, ...]] = session.cache()
        self._listed: Cache[tuple[str, str], tuple[Mandate, ...] | None] = session.cache()
        self._mandates: Cache[tuple[str, str], tuple[Mandate, ...]] = session.cache()

    def by_account(self, platform: str, account: str) -> Person | None:
        """The person to whom an account belongs."""
        return self._person(_BY_ACCOUNT, ("account", platform, account), platform_is=platform, account_is=account)

    def fetch(self, wanted: Iterable[Account]) -> None:
        """Read at once, before a group begins, what each of its units will ask about who acts."""
        by_platform: dict[str, set[str]] = {}
        for each in wanted:
            if self._persons.get(("account", each.platform, each.id)) is MISSING:
                by_platform.setdefault(each.platform, set()).add(each.id)
        for platform, ids in by_platform.items():
            if len(ids) > 1:
                self._fetch(platform, sorted(ids))

    def _fetch(self, platform: str, ids: Sequence[str]) -> None:
        keys = {"platform_is": platform, "accounts_are": ids}
        found = tuple(_persons(self._session.read(_BY_ACCOUNTS, keys, people, accounts)))
        owners = {each.id: person for person in found for each in person.accounts if each.platform == platform}
        for id in ids:
            self._persons.put(("account", platform, id), owners.get(id))
        self._persons.keep()
        if not found:
            return
        boards: dict[str, list[str]] = {person.id: [] for person in found}
        listed: dict[tuple[str, str], list[Mandate]] = {}
        keys = {"persons": list(boards)}
        for row in self._session.read(_LISTED_MANY, keys, board_people, mandates):
            key = (row.on_board, row.who)
            if key not in listed:
                listed[key] = []
                boards[row.who].append(row.on_board)
            if row.id is not None:
                listed[key].append(_mandate(row))
        for person, names in boards.items():
            self._boards.put(person, tuple(sorted(names)))
        for key, held in listed.items():
            self._listed.put(key, tuple(held))
        self._boards.keep()
        self._listed.keep()
        self._fetch_mandates({(each.board, each.organisation) for held in listed.values() for each in held})

    def _fetch_mandates(self, pairs: Collection[tuple[str, str]]) -> None:
        if not pairs:
            return
        of: dict[tuple[str, str], list[Mandate]] = {pair: [] for pair in pairs}
        keys = {"boards": sorted({board for board, _ in pairs}), "organisations": sorted({each for _, each in pairs})}
        for row in self._session.read(_MANDATES_OF_MANY, keys, mandates):
            if (row.board, row.organisation) in of:
                of[row.board, row.organisation].append(_mandate(row))
        for pair, granted in of.items():
            self._mandates.put(pair, tuple(granted))
        self._mandates.keep()

    def get(self, person: str) -> Person | None:
        """The person with this id, without case."""
        folded = person.casefold()
        return self._person(_BY_ID, ("id", folded), folded=folded)

    def by_code(self, code: str) -> Person | None:
        """The person whom the log knows by this random code; None when the name was erased."""
        return self._person(_BY_CODE, ("code", code), code=code)

    def on_board(self, board: str) -> tuple[Person, ...]:
        """Everyone listed in the board's file, in its order."""
        return tuple(_persons(self._session.read(_OF_BOARD, {"board": board}, people, accounts, board_people)))

    def boards_of(self, person: str) -> tuple[str, ...]:
        """The ids of the boards that a person is on, sorted."""
        known = self._boards.get(person)
        if known is not MISSING:
            return known
        found = tuple(sorted(self._session.read(_BOARDS_OF, {"person": person}, board_people).scalars()))
        self._boards.put(person, found)
        return found

    def actor(self, person: Person, board: Board, account: Account, at: datetime, operator: str = "") -> Actor | None:
        """The person with the roles and mandates that he has on a board; None when he is not on it."""
        key = (board.id, person.id)
        held = self._listed.get(key)
        if held is MISSING:
            keys = {"board": board.id, "person": person.id}
            rows = self._session.read(_LISTED, keys, board_people, mandates).all()
            held = tuple(_mandate(row) for row in rows if row.id is not None) if rows else None
            self._listed.put(key, held)
        if held is None:
            return None
        day = board.today(at)
        return Actor(
            person.id,
            person.code,
            person.name,
            person.locale,
            account.id,
            account.platform,
            board.id,
            board.zone,
            tuple(each.role for each in board.roles if each.person == person.id and each.is_valid(day)),
            held,
            operator,
        )

    def mandates(self, board: str, organisation: str = "") -> tuple[Mandate, ...]:
        """The mandates of a board, or of one organisation on it; ended ones too, in the order of granting."""
        key = (board, organisation)
        known = self._mandates.get(key)
        if known is not MISSING:
            return known
        statement = _MANDATES_OF if organisation else _MANDATES
        keys = {"board": board, "organisation": organisation} if organisation else {"board": board}
        found = tuple(_mandate(row) for row in self._session.read(statement, keys, mandates))
        self._mandates.put(key, found)
        return found

    def grant(self, mandate: Mandate, event: Event) -> Entry:
        """Add a mandate."""
        entry = self._ledger.append(mandate.board, mandate.board, event)
        self.put_mandates((replace(mandate, sequence=entry.sequence),), entry.sequence)
        return entry

    def revoke(self, mandate: Mandate, event: Event) -> Entry:
        """End a mandate at its `revoked_at`."""
        entry = self._ledger.append(mandate.board, mandate.board, event)
        self.put_mandates((mandate,), mandate.sequence)
        return entry

    def link(self, person: Person, account: Account, board: Board, event: Event) -> Entry:
        """Let an account belong to a person."""
        entry = self._ledger.append(board.id, board.id, event)
        places = self._session.read(_PLACES, {"person": person.id}, accounts).scalars().all()
        self._session.add(_ACCOUNT, _account_row(person, account, max(places, default=-1) + 1))
        self.forget()
        return entry

    def put_on_board(self, board: str, persons: Sequence[Person]) -> None:
        """Let exactly these persons be on a board, in this order, each with exactly these accounts."""
        session = self._session
        known = session.read(_CODES, {"ids": [each.id for each in persons]}, people)
        codes = {row.id: row.code for row in known}
        for each in persons:
            session.put(
                _PERSON,
                each.id,
                {
                    "id": each.id,
                    "folded": each.id.casefold(),
                    "code": codes.get(each.id) or each.code or session.random_bytes(8).hex(),
                    "name": each.name,
                    "locale": each.locale,
                    "prefers": each.prefers,
                },
            )
        session.do(_CLEAR_BOARD, {"key": board})
        if persons:
            session.do(_UNLINK_ALL, [{"key": each.id} for each in persons])
        for place, each in enumerate(persons):
            session.add(_ON_BOARD, {"board": board, "person": each.id, "place": place})
            for number, account in enumerate(each.accounts):
                session.add(_ACCOUNT, _account_row(each, account, number))
        self.forget()

    def put_mandates(self, granted: Iterable[Mandate], sequence: int) -> None:
        """Add mandates or replace them by their id; those without a sequence get this one."""
        for each in granted:
            self._session.put(
                _MANDATE,
                (each.board, each.id),
                {
                    "board": each.board,
                    "id": each.id,
                    "person": each.person,
                    "organisation": each.organisation,
                    "role": each.role.value,
                    "valid_from": each.valid_from,
                    "until": each.until,
                    "revoked_at": each.revoked_at,
                    "sequence": each.sequence or sequence,
                },
            )
        self.forget()

    def forget(self) -> None:
        """Read everything of persons and mandates again."""
        self._persons.forget()
        self._boards.forget()
        self._listed.forget()
        self._mandates.forget()

    def _person(self, statement: Executable, key: tuple[str, ...], **parameters: str) -> Person | None:
        known = self._persons.get(key)
        if known is not MISSING:
            return known
        found = next(iter(_persons(self._session.read(statement, parameters, people, accounts))), None)
        self._persons.put(key, found)
        return found


def _persons(rows: Iterable[Row[Any]]) -> Iterable[Person]:
    """Persons from rows with one account each, those of one person together."""
    found: dict[str, tuple[Row[Any], list[Account]]] = {}
    for row in rows:
        _, own = found.setdefault(row.id, (row, []))
        if row.platform is not None:
            own.append(Account(row.platform, row.account))
    for row, own in found.values():
        yield Person(row.id, row.name, row.locale, row.code, tuple(own), row.prefers)


def _mandate(row: Row[Any]) -> Mandate:
    return Mandate(
        row.id,
        row.person,
        row.board,
        row.organisation,
        MandateRole(row.role),
        row.valid_from,
        row.until,
        row.revoked_at,
        row.sequence,
    )


def _account_row(person: Person, account: Account, place: int) -> dict[str, Any]:
    return {"platform": account.platform, "account": account.id, "person": person.id, "place": place}
