"""The ordinary way, to compare with: a SQLModel session for each request, objects, and a commit at its end.

It parses the same command, reads and writes the same tables, links the same log and words the same receipt. Requests
take turns under a lock, which is faster than letting SQLite make them wait for each other.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, event
from sqlmodel import Session, col, create_engine, select

from bot.i18n import Catalogue
from bot.platforms.base import Incoming
from bot.platforms.console.client import NAME
from bot.views.reply import reply_card
from commands import COMMANDS
from commands.command import Reply, parse
from commands.domain.ledger import Plain, instant, link
from commands.domain.values import Code, Line, Reference, Value
from commands.position import Args
from storage.log import to_line
from storage.tables import (
    AccountRow,
    BoardRow,
    CardRow,
    ChannelRow,
    CurrentPositionRow,
    DossierRow,
    EntryRow,
    InboxRow,
    ItemRow,
    MandateRow,
    PersonRow,
    PositionRow,
    RoundRow,
    SeatRow,
    VersionRow,
)
from storage.values import encode_values
from tests.bench.board import BOARD, ground, typed

ZONE = ZoneInfo("Europe/Amsterdam")
T = TypeVar("T")


@contextlib.contextmanager
def ordinary_way(folder: Path, organisations: int) -> Iterator[Callable[[int], None]]:
    """A function that files one position in the ordinary way, on a database made as all others."""
    with ground(folder, organisations) as made:
        accounts = made.accounts
    engine = create_engine(f"sqlite:///{folder / 'bench.db'}", pool_size=1)
    event.listen(engine, "connect", _pragmas)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    lock = Lock()

    def file(number: int) -> None:
        stance = ("akkoord", "geen-bezwaar")[number // len(accounts) % 2]
        incoming = typed(accounts[number % len(accounts)], f"/standpunt 1 {stance}")
        with lock:
            reply = _handle(engine, incoming)
        reply_card(reply, Catalogue("nl", ZONE))

    try:
        yield file
    finally:
        engine.dispose()


def _pragmas(connection: object, _record: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]  # we send BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute("PRAGMA " + pragma)  # type: ignore[attr-defined]  # a connection of sqlite3


def _handle(engine: Engine, incoming: Incoming) -> Reply:
    _, args, _ = parse(incoming.text or "", COMMANDS)
    assert isinstance(args, Args)
    with Session(engine) as session:
        if session.get(InboxRow, incoming.event_id) is not None:
            return Reply("reply.done")
        account = _found(session.get(AccountRow, (NAME, incoming.account)))
        person = _found(session.get(PersonRow, account.person))
        channel = _found(session.get(ChannelRow, (NAME, incoming.channel)))
        board = _found(session.get(BoardRow, channel.board))
        today = incoming.received_at.astimezone(ZONE).date()
        mandates = session.exec(
            select(MandateRow).where(col(MandateRow.board) == board.id, col(MandateRow.person) == person.id)
        ).all()
        mandate = next(each for each in mandates if each.valid_from <= today and not each.revoked_at)
        item = session.exec(select(ItemRow).where(col(ItemRow.board) == board.id, col(ItemRow.sequence) == 1)).one()
        version = _found(session.get(VersionRow, (item.number, item.version)))
        round = _found(session.get(RoundRow, (item.number, item.round)))
        if round.closed_at is not None or incoming.received_at > round.closes_at:
            raise RuntimeError("closed")
        seat = _found(session.get(SeatRow, (item.number, round.number, mandate.organisation)))
        current = session.get(CurrentPositionRow, (item.number, round.number, seat.organisation))
        if current is not None:
            session.get(PositionRow, (item.number, round.number, current.sequence))
        head = _found(session.get(DossierRow, item.dossier))
        body: dict[str, Plain] = {
            "item": item.number,
            "round": round.number,
            "version": version.label,
            "organisation": seat.organisation,
            "stance": args.stance.value,
            "ballot": "",
            "text": "",
            "points": [],
            "basis": "",
            "reservation": "",
            "suspensive": False,
            "until": "",
            "filing": "in-time",
            "lifts": 0,
            "by": person.code,
            "platform": NAME,
            "received_at": instant(incoming.received_at),
            "mandate": mandate.sequence,
        }
        entry = link(head.log, head.sequence + 1, datetime.now(UTC), "position-filed", body, head.hash)
        head.sequence, head.hash, head.at = entry.sequence, entry.hash, entry.at
        session.add(EntryRow(log=entry.log, sequence=entry.sequence, hash=entry.hash, line=to_line(entry)))
        session.add(
            PositionRow(
                item=item.number,
                round=round.number,
                sequence=entry.sequence,
                organisation=seat.organisation,
                stance=args.stance.value,
                version=version.label,
                received_at=incoming.received_at,
                text_hash="",
                points="",
                basis="",
                reservation="",
                suspensive=False,
                until=None,
                ballot="",
                filing="in-time",
                answer="",
                answer_hash="",
                mandate=mandate.id,
                person=person.code,
                hash=entry.hash,
            )
        )
        if current is None:
            session.add(
                CurrentPositionRow(
                    item=item.number,
                    round=round.number,
                    organisation=seat.organisation,
                    sequence=entry.sequence,
                    stance=args.stance.value,
                )
            )
        else:
            current.sequence, current.stance = entry.sequence, args.stance.value
        card = _found(session.get(CardRow, (item.number, NAME, BOARD)))
        card.wanted += 1
        values: dict[str, Value] = {
            "organisation": seat.short,
            "stance": args.stance,
            "item": Code(item.number),
            "title": item.number,
            "version": version.label,
            "at": incoming.received_at,
            "reference": Reference(entry.hash),
        }
        session.add(
            InboxRow(
                event=incoming.event_id,
                at=entry.at,
                key="reply.position.recorded",
                values=encode_values(values),
                refusal="",
            )
        )
        closes_at = round.closes_at
        session.commit()
    parts = (
        Line("receipt.reference", {"at": incoming.received_at, "reference": Reference(entry.hash)}),
        Line("receipt.until", {"closes_at": closes_at}),
        Line("receipt.verify", {"hash": Code(entry.hash)}),
    )
    return Reply("reply.position.recorded", values, parts)


def _found(row: T | None) -> T:
    if row is None:
        raise RuntimeError("a row is missing")
    return row
