"""Delivery: what the outbox holds goes to the platforms, at least once, and visibly once.

A message is claimed in one transaction, sent with none open, and settled in another. What was claimed before and never
settled is first looked for on the platform, and adopted when it is there.
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import structlog

from bot.app import App
from bot.happening import Happening, gather
from bot.i18n import Catalogue
from bot.platforms.base import EditRefused, Platform, PlatformRefused, PlatformUnavailable, PostGone, PostRef
from bot.views.card import Card, Paragraph
from bot.views.item import item_card
from bot.views.notice import ASKS, notice_card
from bot.views.post import post_card
from commands.domain.board import Board, Person, Role
from commands.domain.errors import Refusal
from commands.domain.values import Value
from commands.ports import Notice, Transaction
from storage.delivery import Message, MessageKind, Shown
from storage.transaction import Tx

LEASE: Final = timedelta(seconds=60)
"""How long a claimed message is nobody else's; one that has waited longer may have been sent by another process."""
LONGEST_WAIT: Final = timedelta(minutes=5)
MOST_FAILURES: Final = 10
"""After so many attempts a message on which the program itself fails is given up: some twelve minutes."""
BATCH: Final = 50
REFRESH: Final = timedelta(seconds=2)
"""The least time between two edits of one live card, in the first minute in which changes keep coming."""
PACE: Final = (
    (timedelta(minutes=1), REFRESH),
    (timedelta(minutes=10), timedelta(seconds=10)),
)
"""How long after the first of a run of changes which least time holds."""
SLOWEST: Final = timedelta(seconds=30)
"""The least time between two edits when changes keep coming longer than that; a pause as long ends the run."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A message with the card to show and where; `target` is a channel, or the account of a person."""

    message: Message
    platform: str
    target: str
    card: Card


def deliver_due(app: App, *, most: int = 10_000) -> int:
    """Deliver everything that is due now; returns how many messages were settled.

    Repeating it is harmless. A message that fails waits with a growing delay and holds up only its own conversation.
    """
    settled = 0
    while settled < most and not app.stopping.is_set():
        messages = app.store.write(lambda tx: tx.delivery.claim(app.clock.now(), BATCH, LEASE)).result()
        if not messages:
            break
        for message in messages:
            settling = _deliver(app, message)
            settling.kept.result()  # each on its own: after a crash at most one message is in doubt
            settled += settling.is_done
    return settled


def wait(attempt: int, share: float) -> timedelta:
    """How long a message waits after its n-th failed attempt: 1, 2, 4 … seconds, at most five minutes.

    `share` between 0 and 1 spreads the waits, so that a server that comes back is not met by all at once.
    """
    longest = min(LONGEST_WAIT, timedelta(seconds=2 ** min(attempt, 16)))
    return longest / 2 + longest / 2 * share


@dataclass(frozen=True, slots=True)
class Settling:
    """How a message is settled: `kept` is done when that is durable; `is_done` is False when it is tried again."""

    kept: Future[Any]
    is_done: bool


def _deliver(app: App, message: Message) -> Settling:
    """Send one message, and queue what became of it."""
    try:
        prepared = app.store.read(lambda tx: _prepare(tx, app, message))
        if prepared is None:
            return _give_up(app, message)
        if message.last.is_frozen or _stands(prepared):
            return Settling(app.store.write(lambda tx: tx.delivery.sent(message, app.clock.now())), True)
        ref = _send(app.platforms[prepared.platform], prepared, app.clock.now())
    except EditRefused:
        if message.kind is not MessageKind.REFRESH:
            return _give_up(app, message)
        log.info("post-frozen", actie="bezorgen", object=message.key, resultaat="blijft", oorsprong=message.platform)
        return Settling(app.store.write(lambda tx: tx.delivery.freeze(message)), True)
    except PostGone:
        log.info("post-gone", actie="bezorgen", object=message.key, resultaat="opnieuw", oorsprong=message.platform)
        return Settling(app.store.write(lambda tx: tx.delivery.lost_post(message, app.clock.now())), False)
    except PlatformUnavailable as error:
        log.info(
            "delivery-waits", actie="bezorgen", object=message.key, resultaat="uitgesteld", oorsprong=message.platform
        )
        return _later(app, message, error.retry_after)
    except PlatformRefused:
        return _give_up(app, message)
    except Refusal:  # the register cannot be read: nothing to blame the message for
        raise
    except Exception:  # a bug that one message meets must not hold up the others
        log.exception(
            "delivery-failed", actie="bezorgen", object=message.key, resultaat="fout", oorsprong=message.platform
        )
        return _later(app, message) if message.attempt < MOST_FAILURES else _give_up(app, message)
    now = app.clock.now()
    burst = burst_at(message, now)
    shown = Shown(now, burst, rendering(prepared.card))
    return Settling(
        app.store.write(lambda tx: tx.delivery.sent(message, now, ref.post, now + pace(now - burst), shown)), True
    )


def frozen_card(tx: Tx, app: App, platform: str, channel: str, post: str) -> tuple[Card, str] | None:
    """The card of a post that may not be changed any more, as it is to be now, with its key; None for any other post."""
    message = tx.delivery.frozen(platform, channel, post)
    board = tx.boards.get(message.board) if message is not None else None
    if message is None or board is None:
        return None
    return _draw(tx, message, board, app.catalogue(board.locale, board.zone)), message.key


def pace(duration: timedelta) -> timedelta:
    """The least time until the next edit of a card, so long after the first of a run of changes."""
    return next((least for until, least in PACE if duration < until), SLOWEST)


def burst_at(message: Message, now: datetime) -> datetime:
    """When the run of changes began that a card shows at `now`: a change that follows the last edit soon continues it.

    What counts is when the change was made, not when it could be shown.
    """
    last = message.last
    if last.at is None or last.burst_at is None or message.made_at - last.at >= SLOWEST:
        return now
    return last.burst_at


def rendering(card: Card) -> str:
    """The hash of a card as it is shown."""
    return sha256(repr(card).encode()).hexdigest()


def _stands(prepared: Prepared) -> bool:
    """Whether a card stands there already as it is to be shown; what may have been sent before is not known."""
    message = prepared.message
    return bool(message.post) and not message.may_be_sent and rendering(prepared.card) == message.last.rendered


def _later(app: App, message: Message, seconds: float | None = None) -> Settling:
    """Try a message again after so many seconds, or after a growing wait."""
    delay = timedelta(seconds=seconds) if seconds else wait(message.attempt, app.random.random())
    again = app.clock.now() + delay
    return Settling(app.store.write(lambda tx: tx.delivery.retry(message, again)), False)


def _give_up(app: App, message: Message) -> Settling:
    """Give a message up, and tell the chairs another way.

    A notice about a notice that failed goes no further, and of a card that is dead already they were told.
    """
    log.warning("delivery-dead", actie="bezorgen", object=message.key, resultaat="mislukt", oorsprong=message.platform)

    def work(tx: Tx) -> None:
        now = app.clock.now()
        board = tx.boards.get(message.board)
        is_known = message.notice is Notice.UNDELIVERED or message.last.is_dead
        if not tx.delivery.dead(message, now, now + SLOWEST) or board is None or is_known:
            return
        item = tx.items.get(message.item) if message.item is not None else None
        head = tx.log.head(item.dossier) if item is not None else tx.log.head(board.id)
        if head is not None:
            about = message.person or message.channel
            tx.outbox.tell(
                Notice.UNDELIVERED, board.holders(Role.CHAIR, now), head.log, head.sequence, item, about=about
            )

    return Settling(app.store.write(work), True)


def _send(platform: Platform, prepared: Prepared, now: datetime) -> PostRef:
    message = prepared.message
    if message.post:
        ref = PostRef(prepared.target, message.post)
        platform.update(ref, prepared.card, message.key)
        return ref
    if message.may_be_sent or now - message.made_at > LEASE:  # by an attempt whose answer was lost, or another process
        conversation = f"@{prepared.target}" if message.person else prepared.target
        found = platform.find(conversation, message.key)
        if found is not None:
            if message.kind is MessageKind.REFRESH:  # what stands there may be older
                platform.update(found, prepared.card, message.key)
            return found
    if message.person:
        return platform.tell(prepared.target, prepared.card, message.key)
    return platform.post(prepared.target, prepared.card, message.key)


def _prepare(tx: Transaction, app: App, message: Message) -> Prepared | None:
    """The card of a message, drawn from what is stored now; None when the person has no account on any platform."""
    board = tx.boards.get(message.board)
    if board is None:
        raise PlatformRefused(f"board {message.board} is gone")
    platform, target, locale = message.platform, message.channel, board.locale
    if message.person:
        person = tx.people.get(message.person)
        account = _account(person, app) if person else None
        if person is None or account is None:
            return None
        (platform, target), locale = account, person.locale
    if platform not in app.platforms:
        raise PlatformUnavailable(f"platform {platform} is not configured")
    catalogue = app.catalogue(locale, board.zone)
    card = _draw(tx, message, board, catalogue)
    if message.last.replaces:
        card = replace(card, blocks=(*card.blocks, Paragraph(catalogue.say("card.replaces"))))
    return Prepared(message, platform, target, card)


def _draw(tx: Transaction, message: Message, board: Board, catalogue: Catalogue) -> Card:
    if message.kind is MessageKind.REFRESH:
        assert message.item is not None  # noqa: S101 - a live card always belongs to an item
        head = tx.log.head(tx.items.get(message.item).dossier)
        assert head is not None  # noqa: S101 - an item has at least the entry that drafted it
        return item_card(gather(tx, head.log, head.sequence, board, message.item), catalogue)
    if message.notice is None:
        return post_card(gather(tx, message.log, message.sequence, board, message.item), catalogue)
    happening = gather(tx, message.log, message.sequence, board, message.item, with_roll=False)
    about = _about(tx, message, happening)
    may_answer = message.notice in ASKS and _may_answer(tx, message, board, happening)
    return notice_card(message.notice, happening, catalogue, about, may_answer=may_answer)


def _may_answer(tx: Transaction, message: Message, board: Board, happening: Happening) -> bool:
    """Whether the person speaks for an organisation with a vote in the round, when it happened."""
    item = happening.item
    if item is None or item.round is None:
        return False
    at = happening.entry.at
    own = [each for each in tx.people.mandates(board.id) if each.person == message.person]
    seats = [tx.rolls.seat(item, each.organisation) for each in own if each.is_valid(at, board.zone)]
    return any(seat is not None and seat.voting for seat in seats)


def _about(tx: Transaction, message: Message, happening: Happening) -> dict[str, Value]:
    """What a notice needs besides its entry: who filed, whose mandate it is, or who was missed."""
    if message.notice is Notice.MANDATE_ENDS:
        wanted = message.about.rpartition(":")[0]
        mandates = tx.people.mandates(message.board)
        mandate = next((each for each in mandates if each.id == wanted), None)
        if mandate is None or mandate.until is None:
            raise PlatformRefused(f"mandate {wanted} is gone")
        holder = tx.people.get(mandate.person)
        return {
            "about": holder.name if holder else "",
            "organisation": happening.short(mandate.organisation),
            "until": mandate.until,
        }
    code = happening.code("person") or (happening.code("by") if message.notice is Notice.POSITION else "")
    if code:
        named = tx.people.by_code(code)
        return {"about": named.name if named else ""}
    missed = tx.people.get(message.about) if message.about else None
    return {"about": missed.name if missed else message.about}


def _account(person: Person, app: App) -> tuple[str, str] | None:
    """Where a person is told something: on the platform that he prefers, else on the first one that is configured."""
    usable = [each for each in person.accounts if each.platform in app.platforms]
    preferred = [each for each in usable if each.platform == person.prefers]
    chosen = next(iter(preferred or usable), None)
    return (chosen.platform, chosen.id) if chosen else None
