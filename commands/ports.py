"""What commands need from storage: one transaction with its repositories.

A method that writes takes the event that goes into the log with it, and returns after *collecting* the write: it is
kept when the unit of work succeeds, and dropped when it refuses. Reads see what the same transaction collected.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from commands.domain.board import Account, Board, Person
from commands.domain.comment import Comment
from commands.domain.decision import Decision
from commands.domain.dossier import Dossier
from commands.domain.events import Event
from commands.domain.item import Item
from commands.domain.ledger import Entry
from commands.domain.mandate import Actor, Mandate
from commands.domain.number import ItemNumber
from commands.domain.position import Position
from commands.domain.roll import Roll, Seat
from commands.domain.round import Round
from commands.domain.values import Value


class Boards(Protocol):
    """Boards and the channels that belong to them."""

    def get(self, board: str) -> Board | None:
        """The board with this id, without case."""
        ...

    def all(self) -> tuple[Board, ...]:
        """Every board, by id."""
        ...

    def of_channel(self, platform: str, channel: str) -> Board | None:
        """The board to which a channel belongs."""
        ...

    def channels(self, board: str) -> tuple[tuple[str, str], ...]:
        """The channels of a board as (platform, channel), in order of linking."""
        ...

    def link(self, board: Board, platform: str, channel: str, event: Event) -> Entry:
        """Let a channel belong to the board."""
        ...


class People(Protocol):
    """Persons, their accounts, roles and mandates."""

    def by_account(self, platform: str, account: str) -> Person | None:
        """The person to whom an account belongs."""
        ...

    def get(self, person: str) -> Person | None:
        """The person with this id, without case."""
        ...

    def by_code(self, code: str) -> Person | None:
        """The person whom the log knows by this random code; None when the name was erased."""
        ...

    def on_board(self, board: str) -> tuple[Person, ...]:
        """Everyone listed in the board's file, in its order."""
        ...

    def boards_of(self, person: str) -> tuple[str, ...]:
        """The ids of the boards that a person is on, sorted."""
        ...

    def actor(self, person: Person, board: Board, account: Account, at: datetime, operator: str = "") -> Actor | None:
        """The person with the roles and mandates that he has on a board; None when he is not on it."""
        ...

    def mandates(self, board: str, organisation: str = "") -> tuple[Mandate, ...]:
        """The mandates of a board, or of one organisation on it; ended ones too, in the order of granting."""
        ...

    def grant(self, mandate: Mandate, event: Event) -> Entry:
        """Add a mandate."""
        ...

    def revoke(self, mandate: Mandate, event: Event) -> Entry:
        """End a mandate at its `revoked_at`."""
        ...

    def link(self, person: Person, account: Account, board: Board, event: Event) -> Entry:
        """Let an account belong to a person."""
        ...


class Items(Protocol):
    """Items with their newest version and newest round."""

    def find(self, word: str, boards: Sequence[str], *, only_open: bool = False) -> tuple[ItemNumber, ...]:
        """The items that a typed number can mean among these boards, newest year first.

        A full number matches itself, and `2027-003`, `003` or `3` match by sequence (and year). An item drafted on
        another board's number matches on the board where it was drafted.
        """
        ...

    def locked(self, number: ItemNumber) -> Item:
        """The item, its dossier's row locked until the transaction ends. Raises UnknownItem."""
        ...

    def get(self, number: ItemNumber) -> Item:
        """The item without a lock, for reading. Raises UnknownItem."""
        ...

    def next_number(self, board: str, year: int) -> ItemNumber:
        """The highest number of board and year plus one; a number is never used again."""
        ...

    def is_taken(self, number: ItemNumber) -> bool:
        """Whether a number exists or ever existed."""
        ...

    def of_board(self, board: str) -> tuple[Item, ...]:
        """All items drafted on a board, by number."""
        ...

    def open_of_board(self, board: str) -> tuple[Item, ...]:
        """The items of a board that are not established, escalated or withdrawn, by number."""
        ...

    def versions(self, item: Item) -> tuple[str, ...]:
        """The labels of all versions, in order."""
        ...

    def every_round(self, item: Item) -> tuple[Round, ...]:
        """All rounds of an item, in order."""
        ...

    def record(self, item: Item, event: Event, *, roll: Roll | None = None) -> Entry:
        """Keep the item as it is now, with its version and round, and append the event to its dossier's log.

        `roll` is given when a round opens, and frozen with it. A new item's dossier is made when it does not exist.
        """
        ...

    def due(self, before: datetime, limit: int) -> tuple[ItemNumber, ...]:
        """Items whose open round closes before an instant and waits for no choice of the chair, earliest first."""
        ...

    def asked(self, before: datetime, limit: int) -> tuple[ItemNumber, ...]:
        """Items whose round has waited since before an instant for the chair's choice after an outage."""
        ...

    def reminders_due(self, now: datetime, limit: int) -> tuple[ItemNumber, ...]:
        """Items whose open round has a reminder due, earliest first."""
        ...

    def next_due(self, after: datetime) -> datetime | None:
        """The earliest deadline, later than an instant, of any open round that waits for no choice of the chair."""
        ...

    def next_reminder(self, after: datetime) -> datetime | None:
        """The earliest reminder, later than an instant, of any open round."""
        ...


class Rolls(Protocol):
    """The frozen rolls of rounds."""

    def of(self, item: Item) -> Roll:
        """The roll of the item's newest round, in the order of the board file."""
        ...

    def seat(self, item: Item, organisation: str) -> Seat | None:
        """One seat of the newest round, without reading the others."""
        ...

    def unanswered(self, item: Item) -> tuple[Seat, ...]:
        """The voting seats of the newest round without a position that counts, in the order of the roll."""
        ...


class Positions(Protocol):
    """Positions, append-only."""

    def current(self, item: Item, organisation: str) -> Position | None:
        """The organisation's current position in the newest round; None when there is none or it was withdrawn."""
        ...

    def all(self, item: Item, round: int | None = None) -> tuple[Position, ...]:
        """Every position of a round (the newest one without `round`), late ones too, in the order of the log."""
        ...

    def append(self, item: Item, position: Position, event: Event) -> Position:
        """Keep a position; returns it with the number and hash of its entry."""
        ...

    def answer(self, item: Item, position: Position, event: Event) -> Entry:
        """Keep the board's answer to a condition or objection: `answer` and `answer_text` of the position."""
        ...

    def reservations_due(self, today: date, board: str) -> tuple[tuple[ItemNumber, Position], ...]:
        """The current suspensive reservations of a board whose day has passed, of items that are not finished."""
        ...

    def comment(self, item: Item, comment: Comment, event: Event) -> Entry:
        """Keep an adviser's comment."""
        ...

    def comments(self, item: Item, round: int | None = None) -> tuple[Comment, ...]:
        """The comments of a round (the newest one without `round`), in the order of the log."""
        ...


class Decisions(Protocol):
    """Established decisions and their rectifications."""

    def append(self, item: Item, decision: Decision, event: Event) -> Entry:
        """Keep a decision with the item as it is after it."""
        ...

    def of(self, item: Item) -> tuple[Decision, ...]:
        """The decisions on an item, in order."""
        ...

    def of_board(self, board: str) -> tuple[tuple[Item, Decision], ...]:
        """All decisions of a board, newest first."""
        ...

    def search(self, board: str, words: str) -> tuple[tuple[Item, Decision], ...]:
        """The decisions whose number, title or text holds all these words, without case; newest first."""
        ...


class Log(Protocol):
    """Reading the logs; they are only written together with what they record."""

    def head(self, log: str) -> Entry | None:
        """The last entry of a log."""
        ...

    def entry(self, log: str, sequence: int) -> Entry:
        """One entry."""
        ...

    def text(self, log: str, hash: str) -> str | None:
        """A free text by its hash; None when it was removed."""
        ...

    def first_fault(self, log: str) -> int | None:
        """The first entry that breaks the chain; None when it holds."""
        ...

    def logs(self, board: str) -> tuple[str, ...]:
        """The names of the board's own log and of those of its dossiers."""
        ...


class Dossiers(Protocol):
    """Whole dossiers, for exports and views."""

    def load(self, number: ItemNumber) -> Dossier:
        """The dossier that holds an item. Raises UnknownItem."""
        ...

    def load_board(self, board: str) -> Dossier:
        """The board's own dossier."""
        ...

    def of_board(self, board: str) -> tuple[Dossier, ...]:
        """Every dossier of a board with items in it, by number."""
        ...


class Notice(StrEnum):
    """Why a person gets a direct message. No others exist."""

    OPENED = "opened"
    EXTENDED = "extended"
    VERSION = "version"
    CONTESTED = "contested"
    ADJOURNED = "adjourned"
    REMINDER = "reminder"
    POSITION = "position"
    GRANTED = "granted"
    MANDATE_ENDS = "mandate-ends"
    UNDELIVERED = "undelivered"
    OUTAGE = "outage"
    RESERVATION_DUE = "reservation-due"


class Outbox(Protocol):
    """Messages to be delivered after the commit; rows name entries of the log, never texts."""

    def refresh(self, item: Item) -> None:
        """Show the item's card anew in every channel of its board; the first time makes the post."""
        ...

    def announce(self, item: Item, entry: Entry) -> None:
        """Post an entry of the item's log in every channel of its board."""
        ...

    def tell(
        self,
        notice: Notice,
        persons: Iterable[str],
        log: str,
        sequence: int,
        item: Item | None = None,
        *,
        about: str = "",
    ) -> None:
        """Send persons (ids) a direct message about an entry of a log.

        `about` is what the notice concerns besides the entry: a person, a channel, a number of days. The same notice
        about the same thing reaches a person once, however often it is told.
        """
        ...

    def dead(self, board: str) -> tuple[tuple[str, str, str], ...]:
        """Messages that could not be delivered, as (item, notice or announcement, person or channel)."""
        ...


class Inbox(Protocol):
    """Acts that were answered already."""

    def answered(self, event_id: str) -> Answered | None:
        """The answer that an act got when it arrived before."""
        ...


@dataclass(frozen=True, slots=True)
class Answered:
    """The first answer to an act: when it was given, and the sentence with its values.

    `refusal` is the code of the refusal, empty when the act was done; `request` the hash of what was asked.
    """

    at: datetime
    key: str
    values: dict[str, Value]
    refusal: str = ""
    request: str = ""


class Beats(Protocol):
    """When the program ran, by its recorded ticks."""

    def absences(self, after: datetime) -> tuple[tuple[datetime, datetime], ...]:
        """The times in which no process ran and that ended after an instant, each with start and end, in order."""
        ...


class Transaction(Protocol):
    """One unit of work. `now` is the injected clock at its start, UTC."""

    @property
    def now(self) -> datetime: ...
    @property
    def boards(self) -> Boards: ...
    @property
    def people(self) -> People: ...
    @property
    def items(self) -> Items: ...
    @property
    def rolls(self) -> Rolls: ...
    @property
    def positions(self) -> Positions: ...
    @property
    def decisions(self) -> Decisions: ...
    @property
    def log(self) -> Log: ...
    @property
    def dossiers(self) -> Dossiers: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def beats(self) -> Beats: ...
