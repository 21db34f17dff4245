"""Changes of the board around a table: its settings, its mandates, and an absence of the program."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from commands.domain import events
from commands.domain.mandate import MandateRole
from storage.transaction import Tx
from tests.commands.table import Table
from tests.factories import a_mandate, a_person, an_act


def change_board(table: Table, **changes: Any) -> None:
    """Load the file of BOD again, with other settings."""

    def work(tx: Tx) -> None:
        board = tx.boards.get("BOD")
        assert board is not None
        board = replace(board, revision=board.revision + 1, **changes)
        event = events.board_loaded(board, list(changes), replace(an_act(), received_at=table.clock.now()))
        tx.boards.save(board, tx.people.on_board("BOD"), tx.people.mandates("BOD"), event)

    table.app.store.write(work).result()


def end_mandates(table: Table, *organisations: str) -> None:
    """Let every mandate of these organisations end now."""

    def work(tx: Tx) -> None:
        now = table.clock.now()
        for organisation in organisations:
            for mandate in tx.people.mandates("BOD", organisation):
                ended = replace(mandate, revoked_at=now)
                event = events.mandate_revoked(ended, "code", replace(an_act(), received_at=now))
                tx.people.revoke(ended, event)

    table.app.store.write(work).result()


def was_away(table: Table, began_at: datetime, ended_at: datetime) -> None:
    """Let no process have run between two instants, and the clock stand at the second."""
    table.clock.set(ended_at)
    table.app.store.write(lambda tx: tx.beats.away(began_at, ended_at)).result()


def add_holder(table: Table, person: str, organisation: str, role: MandateRole, *, until: date | None = None) -> None:
    """Add a person to BOD with a mandate since 2026."""

    def work(tx: Tx) -> None:
        board = tx.boards.get("BOD")
        assert board is not None
        board = replace(board, revision=board.revision + 1)
        people = (*tx.people.on_board("BOD"), a_person(person))
        mandate = a_mandate(organisation, id=f"{person}-1", person=person, role=role, until=until)
        event = events.board_loaded(board, [], replace(an_act(), received_at=table.clock.now()))
        tx.boards.save(board, people, (*tx.people.mandates("BOD"), mandate), event)

    table.app.store.write(work).result()
