"""The tables of the register. Rows never leave this package.

Keys are the words of the domain: an item is its number, a round its number within the item, an entry its
place in the log. Instants are UTC with microseconds on both engines. A free text is kept once, in `texts`,
beside the log that holds its hash; every other table names it by that hash ("" for an empty text), so that
removing it there removes it everywhere. Enums, weights and fractions are text.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final, cast

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, Table, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

CLUSTERED: Final[dict[str, Any]] = {"sqlite_with_rowid": False}
"""Rows lie in the order of their key, so that one round or one dossier is read from neighbouring pages."""

UNFINISHED: Final = "state IN ('draft', 'open', 'closed', 'adjourned')"
"""Items that something can still become of; the words of a partial index and of the queries that use it."""


class BoardRow(SQLModel, table=True):
    __tablename__ = "boards"

    id: str = Field(primary_key=True)
    folded: str = Field(unique=True)
    revision: int
    settings: str = Field(sa_type=Text)


class ChannelRow(SQLModel, table=True):
    __tablename__ = "channels"
    __table_args__ = (ForeignKeyConstraint(["board"], ["boards.id"]), Index(None, "board"), CLUSTERED)

    platform: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    board: str
    sequence: int


class PersonRow(SQLModel, table=True):
    __tablename__ = "people"

    id: str = Field(primary_key=True)
    folded: str = Field(unique=True)
    code: str = Field(unique=True)
    name: str
    locale: str
    prefers: str


class AccountRow(SQLModel, table=True):
    __tablename__ = "accounts"
    __table_args__ = (ForeignKeyConstraint(["person"], ["people.id"]), Index(None, "person"), CLUSTERED)

    platform: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    person: str
    place: int


class BoardPersonRow(SQLModel, table=True):
    __tablename__ = "board_people"
    __table_args__ = (
        ForeignKeyConstraint(["board"], ["boards.id"]),
        ForeignKeyConstraint(["person"], ["people.id"]),
        Index(None, "person"),
        CLUSTERED,
    )

    board: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    place: int


class MandateRow(SQLModel, table=True):
    """`person` may outlive the person: after an erasure it holds the random code."""

    __tablename__ = "mandates"
    __table_args__ = (
        ForeignKeyConstraint(["board"], ["boards.id"]),
        Index(None, "board", "person"),
        Index(None, "board", "organisation"),
    )

    board: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    person: str
    organisation: str
    role: str
    valid_from: date
    until: date | None
    revoked_at: datetime | None
    sequence: int


class DossierRow(SQLModel, table=True):
    """The head of a log: the row that is locked, and the last entry as it was written."""

    __tablename__ = "dossiers"
    __table_args__ = (ForeignKeyConstraint(["board"], ["boards.id"]), Index(None, "board"))

    log: str = Field(primary_key=True)
    board: str
    sequence: int
    hash: str
    at: datetime


class EntryRow(SQLModel, table=True):
    """`line` is the canonical JSON of the entry: the very bytes that were hashed."""

    __tablename__ = "entries"
    __table_args__ = (ForeignKeyConstraint(["log"], ["dossiers.log"]), CLUSTERED)

    log: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    hash: str
    line: str = Field(sa_type=Text)


class TextRow(SQLModel, table=True):
    __tablename__ = "texts"
    __table_args__ = (ForeignKeyConstraint(["log"], ["dossiers.log"]), CLUSTERED)

    log: str = Field(primary_key=True)
    hash: str = Field(primary_key=True)
    salt: bytes = Field(sa_type=LargeBinary)
    text: str = Field(sa_type=Text)


class ItemRow(SQLModel, table=True):
    __tablename__ = "items"
    __table_args__ = (
        ForeignKeyConstraint(["dossier"], ["dossiers.log"]),
        ForeignKeyConstraint(["board"], ["boards.id"]),
        UniqueConstraint("prefix", "year", "sequence"),
        Index(None, "board", "sequence", "year"),
        Index(None, "dossier"),
        Index("ix_items_unfinished", "board", sqlite_where=text(UNFINISHED), postgresql_where=text(UNFINISHED)),
    )

    number: str = Field(primary_key=True)
    prefix: str
    year: int
    sequence: int
    dossier: str
    board: str
    kind: str
    title_hash: str
    state: str
    created_at: datetime
    version: str
    rule: str
    term: str
    visible: str
    subject: str
    meeting: date | None
    document_hash: str
    document_sha256: str
    round: int
    decisions: int


class VersionRow(SQLModel, table=True):
    __tablename__ = "versions"
    __table_args__ = (ForeignKeyConstraint(["item"], ["items.number"]), CLUSTERED)

    item: str = Field(primary_key=True)
    label: str = Field(primary_key=True)
    sequence: int
    text_hash: str
    note_hash: str
    created_at: datetime
    substantive: bool
    contest_until: datetime | None
    contested: bool


class RoundRow(SQLModel, table=True):
    __tablename__ = "rounds"
    __table_args__ = (
        ForeignKeyConstraint(["item"], ["items.number"]),
        Index(
            "ix_rounds_due",
            "closes_at",
            sqlite_where=text("closed_at IS NULL AND asked_at IS NULL"),
            postgresql_where=text("closed_at IS NULL AND asked_at IS NULL"),
        ),
        Index(
            "ix_rounds_asked",
            "asked_at",
            sqlite_where=text("closed_at IS NULL AND asked_at IS NOT NULL"),
            postgresql_where=text("closed_at IS NULL AND asked_at IS NOT NULL"),
        ),
        Index(
            "ix_rounds_reminders",
            "remind_at",
            sqlite_where=text("closed_at IS NULL AND remind_at IS NOT NULL"),
            postgresql_where=text("closed_at IS NULL AND remind_at IS NOT NULL"),
        ),
    )

    item: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    version: str
    opened_at: datetime
    closes_at: datetime
    rule: str = Field(sa_type=Text)
    closed_at: datetime | None
    ending: str
    outcome: str = Field(sa_type=Text)
    repeat: bool
    urgent_hash: str
    asked_at: datetime | None
    down_from: datetime | None
    down_until: datetime | None
    remind_at: datetime | None
    reminded: int


class SeatRow(SQLModel, table=True):
    """The frozen roll: one row for each organisation of a round; `place` is its order in the board file."""

    __tablename__ = "seats"
    __table_args__ = (ForeignKeyConstraint(["item", "round"], ["rounds.item", "rounds.number"]), CLUSTERED)

    item: str = Field(primary_key=True)
    round: int = Field(primary_key=True)
    organisation: str = Field(primary_key=True)
    place: int
    name: str
    short: str
    seat_column: str
    weight: str
    voting: bool
    reached: bool


class PositionRow(SQLModel, table=True):
    """Append-only, but for the board's answer. `sequence` is the entry in the dossier's log."""

    __tablename__ = "positions"
    __table_args__ = (ForeignKeyConstraint(["item", "round"], ["rounds.item", "rounds.number"]), CLUSTERED)

    item: str = Field(primary_key=True)
    round: int = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    organisation: str
    stance: str
    version: str
    received_at: datetime
    text_hash: str
    points: str
    basis: str
    reservation: str
    suspensive: bool
    until: date | None
    ballot: str
    filing: str
    answer: str
    answer_hash: str
    mandate: str
    person: str
    hash: str


class CurrentPositionRow(SQLModel, table=True):
    """Which position of an organisation counts now in a round; a withdrawn one is here as well."""

    __tablename__ = "current_positions"
    __table_args__ = (ForeignKeyConstraint(["item", "round"], ["rounds.item", "rounds.number"]), CLUSTERED)

    item: str = Field(primary_key=True)
    round: int = Field(primary_key=True)
    organisation: str = Field(primary_key=True)
    sequence: int
    stance: str


class CommentRow(SQLModel, table=True):
    __tablename__ = "comments"
    __table_args__ = (ForeignKeyConstraint(["item", "round"], ["rounds.item", "rounds.number"]), CLUSTERED)

    item: str = Field(primary_key=True)
    round: int = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    organisation: str
    version: str
    received_at: datetime
    text_hash: str
    points: str
    person: str


class DecisionRow(SQLModel, table=True):
    """`number` is the sequence in the decision's number: 1 for B1. `corrects` is such a sequence, 0 for none."""

    __tablename__ = "decisions"
    __table_args__ = (ForeignKeyConstraint(["item"], ["items.number"]), CLUSTERED)

    item: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    sequence: int
    at: datetime
    version: str
    text_hash: str
    conclusion_hash: str
    deviation_hash: str
    corrects: int
    reason_hash: str
    person: str


class OutboxRow(SQLModel, table=True):
    """A message that is sent once: an announcement to a channel, or a notice to a person.

    `state` is pending, sent or dead. `due_at` is the first instant at which to try (again); a row that was
    claimed may be claimed again after `leased_until`. Rows of one `conversation` go in the order of their
    ids.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_pending",
            "due_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_outbox_order",
            "conversation",
            "id",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_outbox_dead",
            "board",
            sqlite_where=text("state = 'dead'"),
            postgresql_where=text("state = 'dead'"),
        ),
        Index(
            "ix_outbox_settled",
            "settled_at",
            sqlite_where=text("state = 'sent'"),
            postgresql_where=text("state = 'sent'"),
        ),
        UniqueConstraint("log", "sequence", "notice", "person", "about", "platform", "channel"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    conversation: str
    board: str
    platform: str
    channel: str
    person: str
    item: str
    log: str
    sequence: int
    notice: str
    about: str
    made_at: datetime
    due_at: datetime
    attempt: int
    leased_until: datetime | None
    state: str
    settled_at: datetime | None
    post: str


class CardRow(SQLModel, table=True):
    """The live card of an item in one channel: `wanted` counts changes, `shown` is the last one that was
    shown.

    Many changes make one refresh, because only the difference matters. `dead` says that the last attempt was
    refused for good; the next change tries again, and showing it ends that. `due_at` paces the refreshes;
    `at_once` is set by a change that does not wait, and cleared when the card is claimed. `shown_at` is when
    it was last shown, `burst_at` when the run of changes began of which that was one, `rendered` the hash of
    what was shown. `replaces` says that the post stands in for one that was deleted, `frozen` that the platform
    lets nobody change it any more.
    """

    __tablename__ = "cards"
    __table_args__ = (
        ForeignKeyConstraint(["item"], ["items.number"]),
        Index(
            "ix_cards_due",
            "due_at",
            sqlite_where=text("wanted > shown"),
            postgresql_where=text("wanted > shown"),
        ),
        Index("ix_cards_dead", "board", sqlite_where=text("dead"), postgresql_where=text("dead")),
        Index("ix_cards_frozen", "post", sqlite_where=text("frozen"), postgresql_where=text("frozen")),
        CLUSTERED,
    )

    item: str = Field(primary_key=True)
    platform: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    round: int
    board: str
    wanted: int
    shown: int
    made_at: datetime
    due_at: datetime
    at_once: bool
    attempt: int
    leased_until: datetime | None
    dead: bool
    post: str
    shown_at: datetime | None = None
    burst_at: datetime | None = None
    rendered: str = ""
    replaces: bool = False
    frozen: bool = False


class InboxRow(SQLModel, table=True):
    """An act that was answered or refused, with its first answer, and the hash of what was asked."""

    __tablename__ = "inbox"
    __table_args__ = (Index(None, "at"),)

    event: str = Field(primary_key=True)
    at: datetime
    key: str
    values: str = Field(sa_type=Text)
    refusal: str
    request: str = ""


class BeatRow(SQLModel, table=True):
    """The last tick of any process; the time between it and the next start is an outage."""

    __tablename__ = "beats"

    name: str = Field(primary_key=True)
    at: datetime


class AbsenceRow(SQLModel, table=True):
    """A time in which no process of this register ran, from its last tick to the next start."""

    __tablename__ = "absences"

    began_at: datetime = Field(primary_key=True)
    ended_at: datetime = Field(index=True)


def _table(row: type[SQLModel]) -> Table:
    table: Table = cast(Any, row).__table__  # SQLModel does not declare it
    return table


boards = _table(BoardRow)
channels = _table(ChannelRow)
people = _table(PersonRow)
accounts = _table(AccountRow)
board_people = _table(BoardPersonRow)
mandates = _table(MandateRow)
dossiers = _table(DossierRow)
entries = _table(EntryRow)
texts = _table(TextRow)
items = _table(ItemRow)
versions = _table(VersionRow)
rounds = _table(RoundRow)
seats = _table(SeatRow)
positions = _table(PositionRow)
current_positions = _table(CurrentPositionRow)
comments = _table(CommentRow)
decisions = _table(DecisionRow)
outbox = _table(OutboxRow)
cards = _table(CardRow)
inbox = _table(InboxRow)
beats = _table(BeatRow)
absences = _table(AbsenceRow)

METADATA: Final = SQLModel.metadata
"""All tables, for migrations and copies."""
