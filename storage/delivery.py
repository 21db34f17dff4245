"""Handing out what is to be delivered, and settling it: at least once, in order within a conversation.

A claim lends a message for a while. A message whose lease ended is lent again, with a higher `attempt`: it
may have been sent, so the sender looks for it before sending it again. Settling a loan that was lost to
another changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row, Select, and_, bindparam, case, delete, exists, func, or_, select, text, update

from commands.domain.number import ItemNumber
from commands.ports import Notice
from storage.itemrows import item_number
from storage.places import Places
from storage.session import Session
from storage.tables import UNFINISHED, cards, items, mandates, outbox, rounds, seats


class MessageKind(StrEnum):
    """What a message does."""

    REFRESH = "refresh"
    ANNOUNCE = "announce"
    TELL = "tell"


@dataclass(frozen=True, slots=True)
class Shown:
    """How a card was shown last: when, when the run of changes began of which that was one, and the hash of it.

    `is_dead` says that the platform has refused it since. `replaces` says that its post stands in for one that was
    deleted, `is_frozen` that the platform lets nobody change it any more.
    """

    at: datetime | None = None
    burst_at: datetime | None = None
    rendered: str = ""
    is_dead: bool = False
    replaces: bool = False
    is_frozen: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One message on loan to a sender, until `leased_until`.

    `key` tags it on the platform. A refresh has the item's card as it is now to show in `channel`: as a new
    post where `post` is empty; its `sequence` counts the changes of the card. An announcement posts, and a
    tell sends to `person`, entry `sequence` of `log`. `attempt` counts the loans: above 1 it may have been
    sent before. `last` is how a card was shown last.
    """

    id: int
    kind: MessageKind
    board: str
    platform: str
    channel: str
    person: str
    item: ItemNumber | None
    log: str
    sequence: int
    notice: Notice | None
    about: str
    key: str
    attempt: int
    post: str
    made_at: datetime
    leased_until: datetime
    round: int = 0
    last: Shown = Shown()

    @property
    def may_be_sent(self) -> bool:
        """Whether an earlier attempt may have reached the platform."""
        return self.attempt > 1


_EVER: Final = datetime.min.replace(tzinfo=UTC)
_PENDING: Final = text("outbox.state = 'pending'")
_WANTED: Final = text("cards.wanted > cards.shown")
_older = outbox.alias("older")

_FREE = or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= bindparam("now"))
_FIRST = ~exists().where(
    text("older.state = 'pending'"), _older.c.conversation == outbox.c.conversation, _older.c.id < outbox.c.id
)
_CLAIM = (
    select(outbox)
    .where(_PENDING, outbox.c.due_at <= bindparam("now"), _FREE, _FIRST)
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(bindparam("limit"))
    .with_for_update(of=outbox, skip_locked=True)
)
_CLAIM_CARDS = (
    select(cards)
    .where(
        _WANTED,
        cards.c.due_at <= bindparam("now"),
        or_(cards.c.leased_until.is_(None), cards.c.leased_until <= bindparam("now")),
    )
    .order_by(cards.c.due_at, cards.c.item)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_LEND = (
    update(outbox)
    .where(outbox.c.id == bindparam("of"))
    .values(attempt=outbox.c.attempt + 1, leased_until=bindparam("until"))
)
_OF_CARD = and_(
    cards.c.item == bindparam("of_item"),
    cards.c.platform == bindparam("of_platform"),
    cards.c.channel == bindparam("of_channel"),
)
_LEND_CARD = (
    update(cards).where(_OF_CARD).values(attempt=bindparam("attempt"), leased_until=bindparam("until"), at_once=False)
)

_ON_LOAN = and_(outbox.c.id == bindparam("of"), outbox.c.leased_until == bindparam("loan"), _PENDING)
_SENT = (
    update(outbox)
    .where(_ON_LOAN)
    .values(state="sent", settled_at=bindparam("now"), leased_until=None, post=bindparam("post"))
)
_RETRY = update(outbox).where(_ON_LOAN).values(due_at=bindparam("due_at"), leased_until=None)
_DEAD = update(outbox).where(_ON_LOAN).values(state="dead", settled_at=bindparam("now"), leased_until=None)

_CARD_ON_LOAN = and_(_OF_CARD, cards.c.leased_until == bindparam("loan"))
_SHOWN = (
    update(cards)
    .where(_CARD_ON_LOAN)
    .values(
        shown=bindparam("shown"),
        # A round that opened meanwhile wants a post of its own.
        post=case((cards.c.round == bindparam("of_round"), bindparam("post")), else_=""),
        due_at=case((cards.c.at_once, cards.c.due_at), else_=bindparam("due_at", type_=cards.c.due_at.type)),
        attempt=0,
        dead=False,
        leased_until=None,
        shown_at=bindparam("last_at"),
        burst_at=bindparam("burst"),
        rendered=bindparam("hash"),
    )
)
_RETRY_CARD = update(cards).where(_CARD_ON_LOAN).values(due_at=bindparam("due_at"), leased_until=None)
_DEAD_CARD = (
    update(cards)
    .where(_CARD_ON_LOAN)
    .values(
        shown=bindparam("shown"),
        attempt=0,
        dead=True,
        leased_until=None,
        due_at=case((cards.c.at_once, cards.c.due_at), else_=bindparam("due_at", type_=cards.c.due_at.type)),
    )
)
_LOST_POST = (
    update(cards)
    .where(_CARD_ON_LOAN)
    .values(post="", due_at=bindparam("due_at"), attempt=0, leased_until=None, replaces=True)
)
_FREEZE = update(cards).where(_CARD_ON_LOAN).values(frozen=True, shown=bindparam("shown"), attempt=0, leased_until=None)
_FROZEN = select(cards).where(
    text("frozen"),
    cards.c.post == bindparam("post"),
    cards.c.platform == bindparam("platform"),
    cards.c.channel == bindparam("channel"),
)
_POST = select(cards.c.post).where(_OF_CARD)

_NEXT = select(func.min(outbox.c.due_at)).where(_PENDING, outbox.c.due_at > bindparam("after"))
_NEXT_CARD = select(func.min(cards.c.due_at)).where(_WANTED, cards.c.due_at > bindparam("after"))
_OLDEST = select(func.min(outbox.c.made_at)).where(_PENDING)
_OLDEST_CARD = select(func.min(cards.c.made_at)).where(_WANTED)
_LONGEST_AHEAD: Final = timedelta(days=31)
"""The notice of a mandate that ends goes out at most so long before the end: after that it cannot be told anew."""
_TOLD_OF_AN_ITEM: Final = (Notice.OPENED.value, Notice.RESERVATION_DUE.value)
"""Notices that count, or would be told anew, as long as something can become of their item."""
_OLD = (
    select(outbox.c.id)
    .where(
        text("outbox.state = 'sent'"),
        outbox.c.settled_at < bindparam("before"),
        or_(outbox.c.notice != Notice.MANDATE_ENDS.value, outbox.c.settled_at < bindparam("long_before")),
        ~and_(
            outbox.c.notice.in_(_TOLD_OF_AN_ITEM),
            exists().where(items.c.number == outbox.c.item, text(f"items.{UNFINISHED}")),
        ),
    )
    .order_by(outbox.c.settled_at)
    .limit(bindparam("most"))
)
_PURGE = delete(outbox).where(outbox.c.id.in_(_OLD))

_HELD = (
    select(mandates.c.organisation)
    .where(mandates.c.board == bindparam("board"), mandates.c.person == bindparam("person"))
    .distinct()
)
_reached_by = outbox.alias("reached_by")
_UNREACHED = (
    update(seats)
    .where(
        seats.c.item == bindparam("of_item"),
        seats.c.round
        == select(func.max(rounds.c.number)).where(rounds.c.item == bindparam("of_item")).scalar_subquery(),
        seats.c.organisation == bindparam("of_organisation"),
        ~exists().where(
            _reached_by.c.log == bindparam("log"),
            _reached_by.c.sequence == bindparam("sequence"),
            _reached_by.c.notice == Notice.OPENED.value,
            _reached_by.c.state != "dead",
            _reached_by.c.person.in_(
                select(mandates.c.person).where(
                    mandates.c.board == bindparam("board"),
                    mandates.c.organisation == bindparam("of_organisation"),
                )
            ),
        ),
    )
    .values(reached=False)
)


class Delivery:
    """The sender's side of the outbox."""

    def __init__(self, session: Session, places: Places) -> None:
        self._session = session
        self._places = places

    def claim(self, now: datetime, limit: int, lease: timedelta) -> tuple[Message, ...]:
        """Lend at most `limit` messages that are due; until `now + lease` nobody else gets them.

        Of one conversation only the oldest is lent. Cards that are not posted yet come first, then what is
        sent once, then refreshes.
        """
        until = now + lease
        keys = {"now": now, "limit": limit}
        shown = self._session.read(_CLAIM_CARDS, keys, cards).all()
        sent = self._session.read(_CLAIM, keys, outbox).all()
        messages = [
            *(_refresh(row, until) for row in shown if not row.post),
            *(_message(row, until) for row in sent),
            *(_refresh(row, until) for row in shown if row.post),
        ][:limit]
        self._lend(messages)
        return tuple(messages)

    def sent(
        self,
        message: Message,
        now: datetime,
        post: str = "",
        again_at: datetime | None = None,
        shown: Shown | None = None,
    ) -> bool:
        """The platform took it; `post` is its id there. A card is not refreshed before `again_at`.

        `shown` is how the card stands there from now on; without it, as before. False when the loan had passed to
        another, and nothing was changed.
        """
        if message.kind is MessageKind.REFRESH:
            keys, stands = _card_keys(message), shown or message.last
            done = self._session.do(
                _SHOWN,
                {
                    **keys,
                    "shown": message.sequence,
                    "of_round": message.round,
                    "post": post or message.post,
                    "due_at": again_at or now,
                    "last_at": stands.at,
                    "burst": stands.burst_at,
                    "hash": stands.rendered,
                },
            )
        else:
            done = self._session.do(_SENT, {"of": message.id, "loan": message.leased_until, "now": now, "post": post})
        return done.rowcount == 1

    def retry(self, message: Message, due_at: datetime) -> bool:
        """It could not be sent now: try again at `due_at`. False when the loan had passed to another."""
        if message.kind is MessageKind.REFRESH:
            done = self._session.do(_RETRY_CARD, {**_card_keys(message), "due_at": due_at})
        else:
            done = self._session.do(_RETRY, {"of": message.id, "loan": message.leased_until, "due_at": due_at})
        return done.rowcount == 1

    def dead(self, message: Message, now: datetime, again_at: datetime | None = None) -> bool:
        """The platform will never take it: give it up, so that it holds up nothing.

        An organisation of which no holder of a mandate can be told of an opening is no longer reached. A card
        stays dead until it is shown; it is tried again at its next change, from `again_at` on. False when the loan had
        passed to another.
        """
        if message.kind is MessageKind.REFRESH:
            keys = {**_card_keys(message), "shown": message.sequence, "due_at": again_at or now}
            done = self._session.do(_DEAD_CARD, keys)
            return done.rowcount == 1
        done = self._session.do(_DEAD, {"of": message.id, "loan": message.leased_until, "now": now})
        if done.rowcount == 1 and message.notice is Notice.OPENED:
            self._unreached(message)
        return done.rowcount == 1

    def freeze(self, message: Message) -> bool:
        """The post of a card may not be changed any more, by anybody: leave it until the next round has a new one.

        False when the loan had passed to another.
        """
        keys = {**_card_keys(message), "shown": message.sequence}
        return self._session.do(_FREEZE, keys).rowcount == 1

    def frozen(self, platform: str, channel: str, post: str) -> Message | None:
        """The card that stands in a post that may not be changed any more; None for any other post. Nothing is lent."""
        keys = {"platform": platform, "channel": channel, "post": post}
        row = self._session.read(_FROZEN, keys, cards).one_or_none()
        return None if row is None else _refresh(row, _EVER)

    def lost_post(self, message: Message, now: datetime) -> bool:
        """The post of a card is gone: a new one replaces it. False when the loan had passed to another."""
        return self._session.do(_LOST_POST, {**_card_keys(message), "due_at": now}).rowcount == 1

    def card_post(self, item: ItemNumber, platform: str, channel: str) -> str:
        """The id of the post that shows an item's card in a channel; empty when there is none yet."""
        keys = {"of_item": str(item), "of_platform": platform, "of_channel": channel}
        found: str | None = self._session.read(_POST, keys, cards).scalar_one_or_none()
        return found or ""

    def next_due(self, after: datetime = _EVER) -> datetime | None:
        """The earliest instant, later than `after`, at which something may be sent; None when there is none.

        What may be sent already and still is not waits for another message, which has an instant of its own.
        """
        return self._first(_NEXT, _NEXT_CARD, after=after)

    def oldest_undelivered(self) -> datetime | None:
        """Since when the oldest message has waited; None when there is none."""
        return self._first(_OLDEST, _OLDEST_CARD)

    def purge(self, before: datetime, most: int) -> int:
        """Forget at most so many messages that were sent before an instant, oldest first; returns how many.

        What could not be delivered stays. A notice that is forgotten would be sent anew if it were told again: what
        may be told again stays as long as that.
        """
        keys = {"before": before, "long_before": before - _LONGEST_AHEAD, "most": most}
        return self._session.do(_PURGE, keys).rowcount

    def _lend(self, messages: list[Message]) -> None:
        once = [each for each in messages if each.kind is not MessageKind.REFRESH]
        shown = [each for each in messages if each.kind is MessageKind.REFRESH]
        if once:
            self._session.do(_LEND, [{"of": each.id, "until": each.leased_until} for each in once])
        if shown:
            self._session.do(
                _LEND_CARD,
                [
                    {
                        "of_item": str(each.item),
                        "of_platform": each.platform,
                        "of_channel": each.channel,
                        "attempt": each.attempt,
                        "until": each.leased_until,
                    }
                    for each in shown
                ],
            )

    def _first(self, *statements: Select[Any], **keys: datetime) -> datetime | None:
        found = (self._session.read(each, keys, outbox, cards).scalar_one() for each in statements)
        return min((each for each in found if each is not None), default=None)

    def _unreached(self, message: Message) -> None:
        self._places.forget()
        keys = {"board": message.board, "person": message.person}
        for organisation in self._session.read(_HELD, keys, mandates).scalars().all():
            self._session.do(
                _UNREACHED,
                {
                    "of_item": str(message.item),
                    "of_organisation": organisation,
                    "log": message.log,
                    "sequence": message.sequence,
                    "board": message.board,
                },
            )


def _message(row: Row[Any], until: datetime) -> Message:
    kind = MessageKind(row.kind)
    return Message(
        id=row.id,
        kind=kind,
        board=row.board,
        platform=row.platform,
        channel=row.channel,
        person=row.person,
        item=item_number(row.item) if row.item else None,
        log=row.log,
        sequence=row.sequence,
        notice=Notice(row.notice) if row.notice else None,
        about=row.about,
        key="/".join(str(each) for each in (row.log, row.sequence, row.notice or row.kind, row.about) if each),
        attempt=row.attempt + 1,
        post=row.post,
        made_at=row.made_at,
        leased_until=until,
    )


def _refresh(row: Row[Any], until: datetime) -> Message:
    return Message(
        id=0,
        kind=MessageKind.REFRESH,
        board=row.board,
        platform=row.platform,
        channel=row.channel,
        person="",
        item=item_number(row.item),
        log="",
        sequence=row.wanted,
        notice=None,
        about="",
        round=row.round,
        key=f"{row.item}/{row.round}/card",
        attempt=row.attempt + 1,
        post=row.post,
        made_at=row.made_at,
        leased_until=until,
        last=Shown(row.shown_at, row.burst_at, row.rendered, row.dead, row.replaces, row.frozen),
    )


def _card_keys(message: Message) -> dict[str, Any]:
    return {
        "of_item": str(message.item),
        "of_platform": message.platform,
        "of_channel": message.channel,
        "loan": message.leased_until,
    }
