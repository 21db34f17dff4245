"""Filing a position: the mandate, the seat on the roll, the deadline, the log, and who is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from commands.command import Call, OrganisationWord, Reply
from commands.domain import events
from commands.domain.board import Role
from commands.domain.errors import AdminHasNoVoice, NotOnRoll, NotPossible, ReasonRequired, RoundClosed, WrongKind
from commands.domain.item import Item, Step
from commands.domain.late import CalledToMeeting, TooLate
from commands.domain.mandate import Mandate
from commands.domain.position import (
    CONSENT_STANCES,
    CONSULTATION_STANCES,
    TEXT_REQUIRED,
    VOTE_STANCES,
    Filing,
    Kind,
    Position,
    Stance,
)
from commands.domain.rights import take
from commands.domain.roll import Seat
from commands.domain.round import Ending, Round
from commands.domain.values import Code
from commands.lookup import REPLACES, confirm, example, holders, mandate, short
from commands.ports import Notice, Transaction
from commands.receipt import about, receipt, said
from commands.standing import standing as standing_of
from commands.vocabulary import Words

STANCES: Final[Mapping[Kind, tuple[Stance, ...]]] = {
    Kind.CONSULTATION: CONSULTATION_STANCES,
    Kind.CONSENT: CONSENT_STANCES,
    Kind.SILENCE: CONSENT_STANCES,
    Kind.VOTE: VOTE_STANCES,
}
"""What can be answered on each kind of item; a ballot has no stances."""

_LINES: Final = {
    Kind.CONSULTATION: Words("/reactie {item} steun", "/comment {item} support"),
    Kind.VOTE: Words("/stem {item} voor", "/vote {item} for"),
}
_LINE: Final = Words("/standpunt {item} akkoord", "/position {item} agree")


@dataclass(frozen=True, slots=True)
class Voice:
    """The organisation that speaks in an act: by which mandate, on which seat, and what it is called now."""

    mandate: Mandate
    seat: Seat
    name: str

    @property
    def organisation(self) -> str:
        """Its id."""
        return self.seat.organisation


# --- who speaks ---------------------------------------------------------------------------------------------


def voice(tx: Transaction, call: Call, item: Item, word: OrganisationWord | None, step: Step, sample: Code) -> Voice:
    """The organisation for which the caller takes a step in the newest round, with a vote or as an adviser.

    The mandate comes first, at the instant of receipt, so that nobody without one learns more. `sample` is a
    line of the command with `--namens`. Raises what `mandate` of lookup raises, NotPossible and NotOnRoll.
    """
    held = mandate(call, word, sample)
    name = short(call.board, held.organisation)
    newest_round(item, step)
    seat = tx.rolls.seat(item, held.organisation)
    if seat is None:
        raise NotOnRoll(name, item.number)
    return Voice(held, seat, name)


def voter(tx: Transaction, call: Call, item: Item, word: OrganisationWord | None, step: Step, sample: Code) -> Voice:
    """As `voice`, for a step that needs a vote. Raises NotOnRoll for an adviser, and AdminHasNoVoice."""
    found = voice(tx, call, item, word, step, sample)
    if not found.seat.voting:
        raise NotOnRoll(found.name, item.number)
    require_no_admin(call, found)
    return found


def require_no_admin(call: Call, speaker: Voice) -> None:
    """Refuse an administrator, whatever mandate he holds: who keeps the board has no hand in its positions."""
    if call.actor.has(Role.ADMIN):
        raise AdminHasNoVoice(speaker.name)


# --- what is said -------------------------------------------------------------------------------------------


def line(kind: Kind) -> Words:
    """A line that answers an item of a kind, with `{item}` in the place of its number."""
    return _LINES.get(kind, _LINE)


def answer_line(call: Call, item: Item) -> Code:
    """A correct line that answers this item."""
    words = line(item.kind)
    return example(call, words.nl.format(item=item.number), words.en.format(item=item.number))


def require_kind(call: Call, item: Item, *kinds: Kind) -> None:
    """Refuse an answer by a command that is not for this kind of item; the example is the command that is."""
    if item.kind not in kinds:
        raise WrongKind(item.number, item.kind, answer_line(call, item))


def require_stance(call: Call, item: Item, stance: Stance) -> None:
    """Refuse a stance of another family than the item's."""
    if stance not in STANCES.get(item.kind, ()):
        raise WrongKind(item.number, item.kind, answer_line(call, item))


def require_text(call: Call, stance: Stance, text: str, sample: Code) -> None:
    """Refuse a stance that says nothing without its text."""
    if stance in TEXT_REQUIRED and not text:
        raise ReasonRequired(example(call, "tekst", "text"), sample)


# --- in time ------------------------------------------------------------------------------------------------


def newest_round(item: Item, step: Step = Step.FILE) -> Round:
    """The newest round of an item. Raises NotPossible for one that was never opened."""
    if item.round is None:
        raise NotPossible(item.number, item.state, step)
    return item.round


def ended_at(round: Round) -> datetime:
    """The last instant that was or is in time: the deadline, or an earlier end of the round."""
    return round.closes_at if round.closed_at is None else min(round.closed_at, round.closes_at)


def takes(round: Round, received_at: datetime) -> bool:
    """Whether the round takes what was received at an instant; nothing while the chair must choose."""
    return round.takes(received_at) and round.asked_at is None


def require_open(item: Item, received_at: datetime) -> Round:
    """The open round. Refuse, without a trace, what comes after its end."""
    round = newest_round(item)
    if not takes(round, received_at):
        raise RoundClosed(item.number, ended_at(round))
    return round


def require_in_time(call: Call, item: Item, position: Position, speaker: Voice) -> None:
    """Refuse a position that the round no longer takes, and let it be kept as late.

    What was received in time, but only came up after the round was closed, leaves no trace: it cannot be
    late, and the count is fixed.
    """
    round = newest_round(item)
    if takes(round, call.received_at):
        return
    end = ended_at(round)
    if call.received_at <= end:
        raise RoundClosed(item.number, end)
    late = replace(position, filing=Filing.LATE)
    event = events.position_filed(item, late, call.act(speaker.mandate))
    refusal = CalledToMeeting if round.ending is Ending.MEETING else TooLate
    raise refusal(item.number, end, item, late, event)


def standing(tx: Transaction, item: Item, organisation: str, at: datetime) -> Position | None:
    """What an organisation holds: its current position, or after the round also what it lifted since."""
    if takes(newest_round(item), at):
        return tx.positions.current(item, organisation)
    held = standing_of(tx.positions.all(item)).get(organisation)
    return held.position if held is not None else None


# --- recording ----------------------------------------------------------------------------------------------


def new_position(call: Call, item: Item, speaker: Voice, stance: Stance, text: str = "") -> Position:
    """A position on the newest version, received with this call."""
    round = newest_round(item)
    return Position(
        organisation=speaker.organisation,
        stance=stance,
        round=round.number,
        version=item.version.label,
        received_at=call.received_at,
        text=text,
        mandate=speaker.mandate.id,
        person=call.actor.code,
    )


def file(tx: Transaction, call: Call, item: Item, position: Position, speaker: Voice, command: str, args: Any) -> Reply:
    """File a position, or replace the one that stands; the answer is a receipt.

    Idempotent: the same again is not recorded, and its answer repeats the first receipt. A button or form
    asks before it replaces. Raises RoundClosed, TooLate, and NotPossible in a state that takes no positions.
    """
    require_in_time(call, item, position, speaker)
    item = take(call.actor, item, Step.FILE)
    before = tx.positions.current(item, speaker.organisation)
    if before is not None and same(before, position):
        return Reply("reply.position.already", about(item, before, speaker.name), receipt(item, before))
    if question := ask(tx, call, item, position, before, speaker, command, args):
        return question
    return record(tx, call, item, position, speaker, before)


def ask(
    tx: Transaction,
    call: Call,
    item: Item,
    position: Position,
    before: Position | None,
    speaker: Voice,
    command: str,
    args: Any,
) -> Reply | None:
    """The question before a button or form replaces a position; None when nothing need be asked.

    An answer to this question holds for the position that it was asked about: once another one stands, or none, it is
    asked again.
    """
    sequence = str(before.sequence if before is not None else 0)
    is_answered = call.is_confirmed and call.replaces in ("", sequence)
    if call.is_typed or is_answered or (before is None and not call.is_confirmed):
        return None
    asked_about = {REPLACES: sequence}
    values = about(item, position, speaker.name)
    if before is None:
        return Reply("reply.position.confirm-new", values, said(position), confirm(command, args, asked_about))
    by = tx.people.by_code(before.person)
    values = {
        **values,
        "before": before.stance,
        "before_at": before.received_at,
        "by": by.name if by else "",
    }
    return Reply("reply.position.confirm", values, said(position), confirm(command, args, asked_about))


def record(
    tx: Transaction,
    call: Call,
    item: Item,
    position: Position,
    speaker: Voice,
    before: Position | None,
    *,
    lifts: int = 0,
) -> Reply:
    """Keep a position, show the card anew, tell the organisation's other holders; answer with the receipt."""
    event = events.position_filed(item, position, call.act(speaker.mandate), lifts=lifts)
    kept = tx.positions.append(item, position, event)
    tx.outbox.refresh(item)
    others = [
        each for each in holders(tx, call.board, speaker.organisation, call.received_at) if each != call.actor.person
    ]
    tx.outbox.tell(Notice.POSITION, others, item.dossier, kept.sequence, item)
    if before is None:
        return Reply("reply.position.recorded", about(item, kept, speaker.name), receipt(item, kept))
    key = "reply.position.lifted-after" if kept.filing is Filing.AFTER else "reply.position.replaced"
    return Reply(key, {**about(item, kept, speaker.name), "before": before.stance}, receipt(item, kept))


def same(one: Position, other: Position) -> bool:
    """Whether two positions of an organisation say the same on the same version."""
    return said_as(one) == said_as(other)


def said_as(position: Position) -> tuple[object, ...]:
    """All that a position says, apart from when, by whom and how it came in."""
    return (
        position.round,
        position.version,
        position.stance,
        position.text,
        position.points,
        position.basis,
        position.reservation,
        position.ballot,
    )
