"""Positions, append-only, with what answers them, and the comments of advisers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import bindparam, exists, insert, select, text, update

from commands.domain.comment import Comment
from commands.domain.events import Event
from commands.domain.item import Item
from commands.domain.ledger import Entry
from commands.domain.number import ItemNumber
from commands.domain.position import Filing, Position, Stance
from storage.itemrows import item_number
from storage.log import Ledger, field, kept
from storage.places import (
    IS_ITS_ANSWER,
    IS_ITS_TEXT,
    POSITION_COLUMNS,
    Place,
    Places,
    answer_text,
    position_text,
    read_points,
    read_position,
    write_points,
)
from storage.session import Session
from storage.statement import replaced, upsert, write
from storage.tables import UNFINISHED, comments, current_positions, items, positions, texts

_POSITION = write(positions, insert(positions))
_ANSWER = write(
    positions,
    update(positions)
    .where(
        positions.c.item == bindparam("of_item"),
        positions.c.round == bindparam("of_round"),
        positions.c.sequence == bindparam("of_sequence"),
    )
    .values(answer=bindparam("answer"), answer_hash=bindparam("answer_hash")),
)
_CURRENT = write(current_positions, upsert(current_positions, **replaced("sequence", "stance")))
_COMMENT = write(comments, insert(comments))

_ALL = (
    select(*POSITION_COLUMNS)
    .outerjoin(position_text, IS_ITS_TEXT)
    .outerjoin(answer_text, IS_ITS_ANSWER)
    .where(positions.c.item == bindparam("item_is"), positions.c.round == bindparam("round_is"))
    .order_by(positions.c.sequence)
)
_COMMENTS = (
    select(comments, texts.c.text)
    .outerjoin(texts, (texts.c.log == bindparam("log")) & (texts.c.hash == comments.c.text_hash))
    .where(comments.c.item == bindparam("item_is"), comments.c.round == bindparam("round_is"))
    .order_by(comments.c.sequence)
)

_lift = positions.alias("lift")
_RESERVATIONS_DUE = (
    select(items.c.number, *POSITION_COLUMNS)
    .select_from(items)
    .join(positions, (positions.c.item == items.c.number) & (positions.c.round == items.c.round))
    .join(
        current_positions,
        (current_positions.c.item == positions.c.item)
        & (current_positions.c.round == positions.c.round)
        & (current_positions.c.organisation == positions.c.organisation)
        & (current_positions.c.sequence == positions.c.sequence),
    )
    .outerjoin(position_text, IS_ITS_TEXT)
    .outerjoin(answer_text, IS_ITS_ANSWER)
    .where(
        items.c.board == bindparam("board"),
        text(f"items.{UNFINISHED}"),
        positions.c.suspensive,
        positions.c.until < bindparam("today"),
        ~exists().where(
            _lift.c.item == positions.c.item,
            _lift.c.round == positions.c.round,
            _lift.c.organisation == positions.c.organisation,
            _lift.c.filing == Filing.AFTER.value,
            _lift.c.sequence > positions.c.sequence,
        ),
    )
    .order_by(items.c.number, positions.c.sequence)
)


class Positions:
    """`commands.ports.Positions`."""

    def __init__(self, session: Session, ledger: Ledger, places: Places) -> None:
        self._session = session
        self._ledger = ledger
        self._places = places

    def current(self, item: Item, organisation: str) -> Position | None:
        """The organisation's current position in the newest round; None when there is none or it was withdrawn."""
        place = self._places.of(item, organisation)
        position = None if place is None else place.position
        return None if position is None or position.stance is Stance.WITHDRAWN else position

    def all(self, item: Item, round: int | None = None) -> tuple[Position, ...]:
        """Every position of a round (the newest one without `round`), late ones too, in the order of the log."""
        rows = self._session.read(_ALL, _keys(item, round), positions, texts)
        return tuple(read_position(row) for row in rows)

    def reservations_due(self, today: date, board: str) -> tuple[tuple[ItemNumber, Position], ...]:
        """The current suspensive reservations of a board whose day has passed, of items that are not finished."""
        keys = {"today": today, "board": board, "log": ""}
        rows = self._session.read(_RESERVATIONS_DUE, keys, positions, texts)
        return tuple((item_number(row.number), read_position(row)) for row in rows)

    def append(self, item: Item, position: Position, event: Event) -> Position:
        """Keep a position; returns it with the number and hash of its entry."""
        place = self._places.of(item, position.organisation)
        entry = self._ledger.append(item.dossier, item.board, event)
        position = replace(position, sequence=entry.sequence, hash=entry.hash)
        number = str(item.number)
        self._session.add(_POSITION, _position_row(number, position, entry))
        if position.counts:
            key = (number, position.round, position.organisation)
            self._session.put(
                _CURRENT,
                key,
                {
                    "item": number,
                    "round": position.round,
                    "organisation": position.organisation,
                    "sequence": entry.sequence,
                    "stance": position.stance.value,
                },
            )
            if place is not None:
                self._places.take(item, Place(place.seat, position))
        return position

    def answer(self, item: Item, position: Position, event: Event) -> Entry:
        """Keep the board's answer to a condition or objection: `answer` and `answer_text` of the position."""
        entry = self._ledger.append(item.dossier, item.board, event)
        key = (str(item.number), position.round, position.sequence)
        self._session.put(
            _ANSWER,
            key,
            {
                "of_item": key[0],
                "of_round": position.round,
                "of_sequence": position.sequence,
                "answer": position.answer.value if position.answer else "",
                "answer_hash": field(entry, "text"),
            },
        )
        self._places.forget()
        return entry

    def comment(self, item: Item, comment: Comment, event: Event) -> Entry:
        """Keep an adviser's comment."""
        entry = self._ledger.append(item.dossier, item.board, event)
        self._session.add(
            _COMMENT,
            {
                "item": str(item.number),
                "round": comment.round,
                "sequence": entry.sequence,
                "organisation": comment.organisation,
                "version": comment.version,
                "received_at": comment.received_at,
                "text_hash": field(entry, "text"),
                "points": write_points(comment.points),
                "person": comment.person,
            },
        )
        return entry

    def comments(self, item: Item, round: int | None = None) -> tuple[Comment, ...]:
        """The comments of a round (the newest one without `round`), in the order of the log."""
        rows = self._session.read(_COMMENTS, _keys(item, round), comments, texts)
        return tuple(
            Comment(
                organisation=row.organisation,
                round=row.round,
                version=row.version,
                received_at=row.received_at,
                text=kept(row.text_hash, row.text),
                points=read_points(row.points),
                person=row.person,
                sequence=row.sequence,
            )
            for row in rows
        )


def _keys(item: Item, round: int | None) -> dict[str, Any]:
    newest = item.round.number if item.round else 0
    return {"item_is": str(item.number), "round_is": newest if round is None else round, "log": item.dossier}


def _position_row(item: str, position: Position, entry: Entry) -> dict[str, Any]:
    reservation = position.reservation
    return {
        "item": item,
        "round": position.round,
        "sequence": entry.sequence,
        "organisation": position.organisation,
        "stance": position.stance.value,
        "version": position.version,
        "received_at": position.received_at,
        "text_hash": field(entry, "text"),
        "points": write_points(position.points),
        "basis": position.basis.value if position.basis else "",
        "reservation": reservation.kind.value if reservation else "",
        "suspensive": reservation is not None and reservation.suspensive,
        "until": reservation.until if reservation else None,
        "ballot": position.ballot,
        "filing": position.filing.value,
        "answer": position.answer.value if position.answer else "",
        "answer_hash": "",
        "mandate": position.mandate,
        "person": position.person,
        "hash": entry.hash,
    }
