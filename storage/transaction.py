"""`Tx`: one transaction with its repositories, as commands and the bot see it."""

from __future__ import annotations

from datetime import datetime

from commands.domain.board import Board
from storage.beats import Beats
from storage.boards import Boards
from storage.decisions import Decisions
from storage.delivery import Delivery
from storage.dossiers import Dossiers
from storage.inbox import Inbox
from storage.items import Items
from storage.log import Ledger
from storage.outbox import Outbox
from storage.people import People
from storage.places import Places
from storage.positions import Positions
from storage.privacy import Privacy
from storage.rolls import Rolls
from storage.session import Session


class Tx:
    """`commands.ports.Transaction`, and what only the bot needs: inbox, delivery, beats, privacy, `drop`.

    A unit of work must not keep it: it belongs to the next unit as well.
    """

    def __init__(self, session: Session, known_boards: dict[str, Board]) -> None:
        self._session = session
        self.log = Ledger(session)
        self.people = People(session, self.log)
        self.boards = Boards(session, self.log, self.people, known_boards)
        places = Places(session)
        self.rolls = Rolls(session, places)
        self.items = Items(session, self.log, self.rolls)
        self.positions = Positions(session, self.log, places)
        self.decisions = Decisions(session, self.items)
        self.dossiers = Dossiers(self.boards, self.items, self.rolls, self.positions, self.decisions, self.log)
        self.outbox = Outbox(session, self.boards)
        self.inbox = Inbox(session)
        self.delivery = Delivery(session, places)
        self.beats = Beats(session)
        self.privacy = Privacy(session, self.log, self.boards, self.people, self.items, places)

    @property
    def now(self) -> datetime:
        """The injected clock at the start of this unit, UTC."""
        return self._session.now

    def drop(self) -> None:
        """Forget everything that this unit collected so far; what it collects from here on counts."""
        self._session.drop()
