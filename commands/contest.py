"""What a member does that ends a round: contest an editorial version, or call the item to the meeting.

    /standpunt 003 betwist "reden" [--namens vng]
    /standpunt 003 naar-vergadering ["tekst"] [--namens vng]

A contested version counts as substantive from then on, and its round ends without outcome.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Final

from commands import filing, lookup
from commands.command import Call, Command, OrganisationWord, Quoted, Reply, flag, word
from commands.domain import events
from commands.domain.errors import NothingToContest
from commands.domain.item import Item, Step
from commands.domain.number import ItemNumber
from commands.domain.position import Kind
from commands.domain.rights import take
from commands.domain.round import Ending
from commands.domain.values import Reference, Value
from commands.ports import Notice, Transaction
from commands.rounds import end_round, holders_on_roll
from commands.vocabulary import Words

TRIGGER: Final = Words("standpunt", "position")
NO_TEXT: Final = Quoted("")


# --- contest ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ContestArgs:
    """Why the change is no editorial one."""

    item: Annotated[ItemNumber, word("nr")]
    reason: Annotated[Quoted, word("reden")]
    for_: Annotated[OrganisationWord | None, flag("namens")] = None


def contest(tx: Transaction, call: Call, args: ContestArgs) -> Reply:
    """Contest an editorial version in time: it becomes substantive, and the round ends without outcome."""
    item = tx.items.locked(args.item)
    line = lookup.example(
        call,
        f'/standpunt {item.number} betwist "De wijziging is wezenlijk." --namens vng',
        f'/position {item.number} contest "The change is substantive." --for vng',
    )
    speaker = filing.voter(tx, call, item, args.for_, Step.CONTEST, line)
    reason = lookup.text(args.reason)
    ended = take(call.actor, item, Step.CONTEST)
    until = item.version.contest_until
    if item.version.substantive or until is None or call.received_at > until:
        raise NothingToContest(item.number)
    values = _about(item, speaker)
    if not call.is_typed and not call.is_confirmed:
        return Reply("reply.contest.confirm", values, (), lookup.confirm(CONTEST.name, args))
    act = call.act(speaker.mandate)
    ended = replace(ended, version=replace(item.version, substantive=True, contested=True))
    ended, _ = end_round(tx, ended, Ending.CONTEST, call.received_at, act)
    entry = tx.items.record(ended, events.version_contested(ended, speaker.organisation, reason, act))
    tx.outbox.announce(ended, entry)
    _tell(tx, call, Notice.CONTESTED, ended, entry.sequence)
    return Reply("reply.contest.recorded", {**values, "reference": Reference(entry.hash)})


CONTEST: Final = Command(
    "position contest",
    TRIGGER,
    ContestArgs,
    contest,
    verb=Words("betwist", "contest"),
    after_item=True,
    example=Words('003 "De wijziging van punt 2 is wezenlijk."', '003 "The change of point 2 is substantive."'),
)


# --- to the meeting -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MeetingArgs:
    """Who calls the item to the meeting, perhaps with a reason."""

    item: Annotated[ItemNumber, word("nr")]
    text: Annotated[Quoted, word("tekst")] = NO_TEXT
    for_: Annotated[OrganisationWord | None, flag("namens")] = None


def to_meeting(tx: Transaction, call: Call, args: MeetingArgs) -> Reply:
    """End the written round and put the item on the agenda of the meeting; a consultation decides nothing."""
    item = tx.items.locked(args.item)
    line = lookup.example(
        call,
        f"/standpunt {item.number} naar-vergadering --namens vng",
        f"/position {item.number} to-meeting --for vng",
    )
    speaker = filing.voter(tx, call, item, args.for_, Step.CALL, line)
    text = lookup.text(args.text)
    filing.require_kind(call, item, Kind.CONSENT, Kind.SILENCE, Kind.VOTE)
    ended = take(call.actor, item, Step.CALL)
    filing.require_open(item, call.received_at)
    values = _about(item, speaker)
    if not call.is_typed and not call.is_confirmed:
        return Reply("reply.to-meeting.confirm", values, (), lookup.confirm(TO_MEETING.name, args))
    act = call.act(speaker.mandate)
    ended, _ = end_round(tx, ended, Ending.MEETING, call.received_at, act)
    entry = tx.items.record(ended, events.item_called(ended, speaker.organisation, text, act))
    tx.outbox.announce(ended, entry)
    _tell(tx, call, Notice.ADJOURNED, ended, entry.sequence)
    return Reply("reply.to-meeting.recorded", {**values, "reference": Reference(entry.hash)})


TO_MEETING: Final = Command(
    "position to-meeting",
    TRIGGER,
    MeetingArgs,
    to_meeting,
    verb=Words("naar-vergadering", "to-meeting"),
    after_item=True,
    example=Words('003 "Wij willen de tekst bespreken."', '003 "We want to discuss the text."'),
)


def _about(item: Item, speaker: filing.Voice) -> dict[str, Value]:
    return {
        "organisation": speaker.name,
        "item": item.number,
        "title": item.title,
        "version": item.version.label,
        "meeting": item.meeting or "",
    }


def _tell(tx: Transaction, call: Call, notice: Notice, item: Item, sequence: int) -> None:
    """Tell every mandate holder of the roll except the one who did it, who has the answer."""
    everyone = holders_on_roll(tx, call.board, item, call.received_at)
    others = [each for each in everyone if each != call.actor.person]
    tx.outbox.tell(notice, others, item.dossier, sequence, item)


COMMANDS: Final = (CONTEST, TO_MEETING)
