"""What a board is told once a day: mandates about to end, and suspensive reservations whose date has passed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from commands.domain.board import Board, Role
from commands.domain.mandate import Mandate
from commands.ports import Notice, Transaction

DAYS_BEFORE: Final = (30, 7)
HOUR: Final = time(9)


def upkeep(tx: Transaction, now: datetime) -> None:
    """Tell what is to be told today, from nine o'clock board time on. Repeating it tells nobody twice.

    A mandate that ends in 30 or 7 days: its organisation and the secretary. A suspensive reservation whose date has
    passed: its organisation and the chair. Nothing lifts or ends by this.
    """
    for board in tx.boards.all():
        if now.astimezone(board.zone).time() < HOUR:
            continue
        today = board.today(now)
        mandates = tx.people.mandates(board.id)
        for mandate in mandates:
            if mandate.revoked_at is None and mandate.until is not None:
                _mandate_ends(tx, board, mandate, mandates, today, now)
        for number, position in tx.positions.reservations_due(today, board.id):
            item = tx.items.get(number)
            chairs = () if item.is_hidden else board.holders(Role.CHAIR, now)  # hidden for the chair too, until closing
            persons = _holders(mandates, position.organisation, board, now) + chairs
            tx.outbox.tell(Notice.RESERVATION_DUE, dict.fromkeys(persons), item.dossier, position.sequence, item)


def next_upkeep(tx: Transaction, now: datetime) -> datetime | None:
    """The next instant at which a board's day of messages begins; None without boards."""
    return min((_next_nine(board, now) for board in tx.boards.all()), default=None)


def _mandate_ends(
    tx: Transaction, board: Board, mandate: Mandate, mandates: tuple[Mandate, ...], today: date, now: datetime
) -> None:
    assert mandate.until is not None  # noqa: S101 - the caller passes only mandates with an end
    days = (mandate.until - today).days
    if days not in DAYS_BEFORE or _is_followed(mandate, mandates):
        return
    persons = _holders(mandates, mandate.organisation, board, now) + board.holders(Role.SECRETARY, now)
    tx.outbox.tell(
        Notice.MANDATE_ENDS, dict.fromkeys(persons), board.id, mandate.sequence, about=f"{mandate.id}:{days}"
    )


def _is_followed(mandate: Mandate, mandates: tuple[Mandate, ...]) -> bool:
    """Whether the person has the next mandate for the organisation already, without a day between."""
    assert mandate.until is not None  # noqa: S101 - the caller passes only mandates with an end
    after = mandate.until + timedelta(days=1)
    return any(
        (each.person, each.organisation) == (mandate.person, mandate.organisation)
        and each.valid_from <= after
        and (each.until is None or each.until >= after)
        and each.revoked_at is None
        for each in mandates
    )


def _holders(mandates: tuple[Mandate, ...], organisation: str, board: Board, now: datetime) -> tuple[str, ...]:
    return tuple(
        each.person for each in mandates if each.organisation == organisation and each.is_valid(now, board.zone)
    )


def _next_nine(board: Board, now: datetime) -> datetime:
    local = now.astimezone(board.zone)
    today = datetime.combine(local.date(), HOUR, board.zone)
    return today if today > now else datetime.combine(local.date() + timedelta(days=1), HOUR, board.zone)
