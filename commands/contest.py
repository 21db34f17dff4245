"""What a member does that ends a round: contest an editorial version, or call the item to the meeting.

    /standpunt 003 betwist "reden" [--namens vng]
    /standpunt 003 naar-vergadering ["tekst"] [--namens vng]

A contested version counts as substantive from then on, and its round ends without outcome. The meeting is that of
the item (`--vergadering` when it was drafted); without one its day is not known yet, and the answer says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Final

from commands import filing, lookup
from commands.command import Call, Command, OrganisationWord, Quoted, Reply, flag, word
from commands.domain import events
from commands.domain.errors import NothingToContest
from commands.domain.events import Act, Event
from commands.domain.item import Item, Step
from commands.domain.number import ItemNumber
from commands.domain.position import Kind
from commands.domain.rights import take
from commands.domain.round import Ending
from commands.domain.values import Line, Reference, Value
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
    event = events.version_contested(ended, speaker.organisation, reason, act)
    reference = _end(tx, call, ended, Ending.CONTEST, Notice.CONTESTED, event, act)
    return Reply("reply.contest.recorded", {**values, "reference": reference})


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
    parts = () if item.meeting is not None else (Line("reply.to-meeting.no-date", {}),)
    if not call.is_typed and not call.is_confirmed:
        return Reply("reply.to-meeting.confirm", values, parts, lookup.confirm(TO_MEETING.name, args))
    act = call.act(speaker.mandate)
    event = events.item_called(ended, speaker.organisation, text, act)
    reference = _end(tx, call, ended, Ending.MEETING, Notice.ADJOURNED, event, act)
    return Reply("reply.to-meeting.recorded", {**values, "reference": reference}, parts)


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


def _end(tx: Transaction, call: Call, item: Item, ending: Ending, notice: Notice, event: Event, act: Act) -> Reference:
    """End the round, keep why, post both, and tell every other mandate holder of the roll; who did it has the answer.

    `item` is the item after the step. The end of the round comes first in the log, and its cause first in the channel.
    """
    item, closed = end_round(tx, item, ending, call.received_at, act)
    entry = tx.items.record(item, event)
    tx.outbox.announce(item, entry)
    tx.outbox.announce(item, closed)
    everyone = holders_on_roll(tx, call.board, item, call.received_at)
    others = [each for each in everyone if each != call.actor.person]
    tx.outbox.tell(notice, others, item.dossier, entry.sequence, item)
    return Reference(entry.hash)


COMMANDS: Final = (CONTEST, TO_MEETING)
