"""What is to be delivered after the commit: cards to refresh, entries to announce, notices to persons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import bindparam, select, text

from commands.domain.item import Item, State
from commands.domain.ledger import Entry
from commands.ports import Notice
from storage.boards import Boards
from storage.session import Session
from storage.statement import insert_once, replaced, upsert, write
from storage.tables import cards, dossiers, outbox

_MESSAGE = write(outbox, insert_once(outbox, "id"))
_IF_NEW_ROUND: Final = "CASE WHEN excluded.round > cards.round THEN {} ELSE {} END"
_CHANGED: Final = {
    "wanted": "cards.wanted + 1",
    "made_at": "CASE WHEN cards.wanted > cards.shown THEN cards.made_at ELSE excluded.made_at END",
    "post": _IF_NEW_ROUND.format("''", "cards.post"),
    "replaces": _IF_NEW_ROUND.format("FALSE", "cards.replaces"),
    "frozen": _IF_NEW_ROUND.format("FALSE", "cards.frozen"),
    **replaced("round"),
}
_CARD = write(
    cards,
    upsert(
        cards,
        **_CHANGED,
        due_at=_IF_NEW_ROUND.format("excluded.due_at", "cards.due_at"),
        at_once=_IF_NEW_ROUND.format("TRUE", "cards.at_once"),
    ),
)
_CARD_AT_ONCE = write(cards, upsert(cards, **_CHANGED, **replaced("due_at", "at_once")))

_BOARD_OF = select(dossiers.c.board).where(dossiers.c.log == bindparam("log"))
_DEAD = (
    select(outbox.c.item, outbox.c.notice, outbox.c.kind, outbox.c.person, outbox.c.channel)
    .where(text("state = 'dead'"), outbox.c.board == bindparam("board"))
    .order_by(outbox.c.id)
)
_DEAD_CARDS = (
    select(cards.c.item, cards.c.channel)
    .where(text("dead"), cards.c.board == bindparam("board"))
    .order_by(cards.c.item, cards.c.channel)
)


class Outbox:
    """`commands.ports.Outbox`."""

    def __init__(self, session: Session, boards: Boards) -> None:
        self._session = session
        self._boards = boards

    def refresh(self, item: Item) -> None:
        """Show the item's card anew in every channel of its board; the first time in a round makes a post.

        The card of an open round waits for its turn; what the end of a round shows does not.
        """
        number = str(item.number)
        is_live = item.state is State.OPEN
        for platform, channel in self._boards.channels(item.board):
            self._session.put(
                _CARD if is_live else _CARD_AT_ONCE,
                (number, platform, channel),
                {
                    "item": number,
                    "platform": platform,
                    "channel": channel,
                    "round": item.round.number if item.round else 0,
                    "board": item.board,
                    "wanted": 1,
                    "shown": 0,
                    "made_at": self._session.now,
                    "due_at": self._session.now,
                    "at_once": not is_live,
                    "attempt": 0,
                    "leased_until": None,
                    "dead": False,
                    "post": "",
                    "shown_at": None,
                    "burst_at": None,
                    "rendered": "",
                    "replaces": False,
                    "frozen": False,
                },
            )
            self._session.wake_delivery()

    def announce(self, item: Item, entry: Entry) -> None:
        """Post an entry of the item's log in every channel of its board."""
        for platform, channel in self._boards.channels(item.board):
            self._add(
                kind="announce",
                conversation=f"{platform}/{channel}",
                board=item.board,
                platform=platform,
                channel=channel,
                item=str(item.number),
                log=entry.log,
                sequence=entry.sequence,
            )

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
        """Send persons (ids) a direct message about an entry of a log, each once however often it is told."""
        once = dict.fromkeys(persons)
        board = item.board if item else self._board_of(log) if once else ""
        for person in once:
            self._add(
                kind="tell",
                conversation=f"@{person}",
                board=board,
                person=person,
                item=str(item.number) if item else "",
                log=log,
                sequence=sequence,
                notice=notice.value,
                about=about,
            )

    def dead(self, board: str) -> tuple[tuple[str, str, str], ...]:
        """Messages that could not be delivered, as (item, notice or announcement, person or channel)."""
        rows = self._session.read(_DEAD, {"board": board}, outbox)
        messages = [(row.item, row.notice or row.kind, row.person or row.channel) for row in rows]
        shown = self._session.read(_DEAD_CARDS, {"board": board}, cards)
        return (*messages, *((row.item, "refresh", row.channel) for row in shown))

    def _board_of(self, log: str) -> str:
        found: str | None = self._session.read(_BOARD_OF, {"log": log}, dossiers).scalar_one_or_none()
        return found or ""

    def _add(self, **row: Any) -> None:
        empty = {"platform": "", "channel": "", "person": "", "notice": "", "about": ""}
        self._session.add(
            _MESSAGE,
            {
                **empty,
                **row,
                "made_at": self._session.now,
                "due_at": self._session.now,
                "attempt": 0,
                "leased_until": None,
                "state": "pending",
                "settled_at": None,
                "post": "",
            },
        )
        self._session.wake_delivery()
