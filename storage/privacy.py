"""Taking out what the law or a person asks to be taken out; the chains of the logs stay valid and show the gap."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import bindparam, delete, select, text, update

from commands.domain.board import Person
from commands.domain.events import Event
from commands.domain.ledger import Entry
from storage.boards import Boards
from storage.items import Items
from storage.log import Ledger
from storage.people import People
from storage.places import Places
from storage.session import Session
from storage.tables import (
    accounts,
    board_people,
    comments,
    decisions,
    dossiers,
    mandates,
    outbox,
    people,
    positions,
    texts,
)

_REMOVE_TEXT = delete(texts).where(texts.c.log == bindparam("of_log"), texts.c.hash == bindparam("of_hash"))
_BOARD_OF = select(dossiers.c.board).where(dossiers.c.log == bindparam("log"))
_HIDE = [
    update(table).where(table.c.person == bindparam("of")).values(person=bindparam("code"))
    for table in (mandates, positions, comments, decisions, outbox)
]
_CANCEL = delete(outbox).where(text("state = 'pending'"), outbox.c.person == bindparam("of"))
_FORGET = [
    delete(accounts).where(accounts.c.person == bindparam("of")),
    delete(board_people).where(board_people.c.person == bindparam("of")),
    delete(people).where(people.c.id == bindparam("of")),
]


class Privacy:
    """Removing texts and persons. Answers to acts may repeat a text until `Inbox.purge` forgets them."""

    def __init__(
        self, session: Session, ledger: Ledger, boards: Boards, people: People, items: Items, places: Places
    ) -> None:
        self._session = session
        self._ledger = ledger
        self._boards = boards
        self._people = people
        self._items = items
        self._places = places

    def remove_text(self, log: str, hash: str, event: Event) -> Entry:
        """Take a free text out of the register; its hash stays, and the event says that it was removed.

        Raises LookupError when no such text is kept.
        """
        board: str | None = self._session.read(_BOARD_OF, {"log": log}, dossiers).scalar_one_or_none()
        if board is None or self._ledger.text(log, hash) is None:
            raise LookupError(f"log {log} keeps no text {hash}")
        entry = self._ledger.append(log, board, event)
        self._remove(log, hash)
        return entry

    def erase_person(self, person: Person) -> None:
        """Forget who a person is: name, accounts, places on boards, roles, and messages not yet sent.

        What the person did stays, under the random code by which the logs know it. Mandates that still hold
        should be revoked before, so that the log says so.
        """
        for known in self._boards.all():
            self._ledger.locked(known.id)
        self._boards.forget()  # now that nobody can change them
        for board in self._boards.all():
            if any(each.person == person.id for each in board.roles):
                roles = tuple(each for each in board.roles if each.person != person.id)
                self._boards.put(replace(board, roles=roles, revision=board.revision + 1))
        keys = {"of": person.id, "code": person.code}
        for statement in (_CANCEL, *_HIDE, *_FORGET):
            self._session.do(statement, keys)
        self._people.forget()
        self._places.forget()

    def _remove(self, log: str, hash: str) -> None:
        self._session.do(_REMOVE_TEXT, {"of_log": log, "of_hash": hash})
        self._items.forget()
        self._places.forget()
