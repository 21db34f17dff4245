"""Boards: their settings, their channels, and applying a board file."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, insert, select

from commands.domain.board import Board, Person
from commands.domain.events import Event
from commands.domain.ledger import Entry
from commands.domain.mandate import Mandate
from storage.boardtext import decode_board, encode_board
from storage.cache import MISSING, Cache
from storage.log import Ledger
from storage.people import People
from storage.session import Session
from storage.statement import replaced, upsert, write
from storage.tables import boards, channels

_BOARD = write(boards, upsert(boards, **replaced("folded", "revision", "settings")))
_CHANNEL = write(channels, insert(channels))

_REVISION = select(boards.c.id, boards.c.revision).where(boards.c.folded == bindparam("folded"))
_SETTINGS = select(boards.c.settings).where(boards.c.id == bindparam("board"))
_ALL = select(boards.c.id).order_by(boards.c.id)
_OF_CHANNEL = select(channels.c.board).where(
    channels.c.platform == bindparam("platform"), channels.c.channel == bindparam("channel")
)
_CHANNELS = (
    select(channels.c.platform, channels.c.channel)
    .where(channels.c.board == bindparam("board"))
    .order_by(channels.c.sequence, channels.c.platform, channels.c.channel)
)


class Boards:
    """`commands.ports.Boards`. `read` holds boards that were read before, by id; a revision never changes."""

    def __init__(self, session: Session, ledger: Ledger, people: People, read: dict[str, Board]) -> None:
        self._session = session
        self._ledger = ledger
        self._people = people
        self._read = read
        self._changed_in = 0
        self._boards: Cache[str, Board | None] = session.cache()
        self._linked: Cache[tuple[str, str], str | None] = session.cache()
        self._channels: Cache[str, tuple[tuple[str, str], ...]] = session.cache()

    def get(self, board: str) -> Board | None:
        """The board with this id, without case."""
        folded = board.casefold()
        known = self._boards.get(folded)
        if known is not MISSING:
            return known
        row = self._session.read(_REVISION, {"folded": folded}, boards).one_or_none()
        found = None if row is None else self._decoded(row.id, row.revision)
        self._boards.put(folded, found)
        return found

    def all(self) -> tuple[Board, ...]:
        """Every board, by id."""
        ids = self._session.read(_ALL, {}, boards).scalars().all()
        return tuple(board for each in sorted(ids) if (board := self.get(each)) is not None)

    def of_channel(self, platform: str, channel: str) -> Board | None:
        """The board to which a channel belongs."""
        board = self._linked.get((platform, channel))
        if board is MISSING:
            keys = {"platform": platform, "channel": channel}
            board = self._session.read(_OF_CHANNEL, keys, channels).scalar_one_or_none()
            self._linked.put((platform, channel), board)
        return None if board is None else self.get(board)

    def channels(self, board: str) -> tuple[tuple[str, str], ...]:
        """The channels of a board as (platform, channel), in order of linking."""
        known = self._channels.get(board)
        if known is not MISSING:
            return known
        rows = self._session.read(_CHANNELS, {"board": board}, channels)
        found = tuple((row.platform, row.channel) for row in rows)
        self._channels.put(board, found)
        return found

    def link(self, board: Board, platform: str, channel: str, event: Event) -> Entry:
        """Let a channel belong to the board."""
        entry = self._ledger.append(board.id, board.id, event)
        self._session.add(
            _CHANNEL,
            {"platform": platform, "channel": channel, "board": board.id, "sequence": entry.sequence},
        )
        self._linked.forget()
        self._channels.forget()
        return entry

    def save(self, board: Board, people: Sequence[Person], mandates: Sequence[Mandate], event: Event) -> Entry:
        """Apply a board file: its settings, its people in order, and its mandates.

        `people` are the persons as they are to be, with all their accounts: an account that is not there any
        more is unlinked. One without a code keeps the one it had, or gets one. `mandates` are added or
        replaced by their id; one without a sequence was granted by this entry. Raises ValueError when the
        revision is not later than the one that is kept, as when two load a file at the same time.
        """
        self._ledger.locked(board.id)
        self._boards.forget()
        known = self.get(board.id)
        if known is not None and known.revision >= board.revision:
            raise ValueError(f"board {board.id}: revision {board.revision} does not follow {known.revision}")
        self.put(board)
        entry = self._ledger.append(board.id, board.id, event)
        self._people.put_on_board(board.id, people)
        self._people.put_mandates(mandates, entry.sequence)
        return entry

    def put(self, board: Board) -> None:
        """Collect the settings of a board as they are now; the caller records why."""
        self._session.put(
            _BOARD,
            board.id,
            {
                "id": board.id,
                "folded": board.id.casefold(),
                "revision": board.revision,
                "settings": encode_board(board),
            },
        )
        self._changed_in = self._session.transaction
        self._boards.forget()
        self._boards.put(board.id.casefold(), board)

    def forget(self) -> None:
        """Read every board again."""
        self._session.settle()
        self._boards.forget()

    def _decoded(self, board: str, revision: int) -> Board:
        known = self._read.get(board)
        if known is not None and known.revision == revision:
            return known
        decoded = decode_board(self._session.read(_SETTINGS, {"board": board}, boards).scalar_one())
        if self._changed_in != self._session.transaction:  # what this transaction wrote may still be rolled back
            self._read[board] = decoded
        return decoded
