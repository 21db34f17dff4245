"""What the verbs of a round share: how it ends, its roll and rule, its reminders, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from commands.command import Call
from commands.domain import events
from commands.domain.board import Board
from commands.domain.calendar import Calendar
from commands.domain.draft import Version
from commands.domain.errors import InvalidVersion, NotBuiltYet, RoundClosed, RuleDoesNotFit, TermTooLong, UnknownRule
from commands.domain.events import Act
from commands.domain.item import Item, State
from commands.domain.ledger import Entry
from commands.domain.mandate import MandateRole
from commands.domain.outcome import Outcome
from commands.domain.position import Kind
from commands.domain.roll import Roll, Seat
from commands.domain.round import COUNTED, Ending, Round
from commands.domain.rules import RULE_NAMES, RULES, rule_id, with_default_quorum
from commands.domain.rules.base import DecisionRule
from commands.domain.rules.decide import decide
from commands.domain.values import Code, Line, Reference
from commands.lookup import text
from commands.ports import Transaction
from commands.text import plain, suggest

LONGEST_LABEL: Final = 20
"""Characters of the label of a version."""

LONGEST_ROUND: Final = timedelta(days=5 * 366)
"""No round lasts longer than five years."""

CLOCK: Final = "clock"
"""The platform of what the clock did."""


@dataclass(frozen=True, slots=True)
class Times:
    """What the clock goes by: the calendar of a board, and which absence of the program is an outage.

    Nobody could file for longer than `outage` within the last `window` before a deadline: then it is one.
    """

    calendars: Callable[[Board], Calendar]
    outage: timedelta = timedelta(minutes=10)
    window: timedelta = timedelta(hours=4)


# --- the end of a round ----------------------------------------------------------------------------------


def round_of(item: Item) -> Round:
    """The newest round of an item whose state says that it has one."""
    assert item.round is not None  # noqa: S101 - an item is a draft, or withdrawn as one, until its first round
    return item.round


def require_running(item: Item, at: datetime) -> None:
    """Refuse an act on an open item between deadline and closing: from the deadline on the result stands.

    Otherwise what is recorded in that time would depend on when the close runs.
    """
    if item.state is State.OPEN and at > round_of(item).closes_at:
        raise RoundClosed(item.number, round_of(item).closes_at)


def require_foreseeable(at: datetime, closes_at: datetime) -> None:
    """Refuse a deadline more than five years away: a slip of the keyboard, and beyond what calendars are known for."""
    if closes_at - at > LONGEST_ROUND:
        raise TermTooLong(closes_at, at + LONGEST_ROUND)


def end_round(
    tx: Transaction, item: Item, ending: Ending, at: datetime, act: Act, reason: str = ""
) -> tuple[Item, Entry]:
    """End the open round of an item, give it its outcome when a rule decides it, and record both.

    `item` is the item after the step that ends the round. `at` is when the round ended: the deadline itself,
    however late the close runs. Returns the item and the entry, for the caller to announce; the card is shown
    anew.
    """
    round = round_of(item)
    outcome = _outcome(tx, item, round) if ending in COUNTED else None
    ended = replace(round, closed_at=at, ending=ending, outcome=outcome, asked_at=None, remind_at=None)
    item = replace(item, round=ended)
    entry = tx.items.record(item, events.round_closed(item, ended, reason, act))
    tx.outbox.refresh(item)
    return item, entry


def _outcome(tx: Transaction, item: Item, round: Round) -> Outcome | None:
    if round.rule is None:
        return None
    return decide(round.rule, tx.rolls.of(item), tx.positions.all(item), repeat=round.repeat)


# --- the start of a round --------------------------------------------------------------------------------


def roll_of(board: Board) -> Roll:
    """The organisations of a board as a roll, in the order of its file; advisers are on it without a vote."""
    return Roll(
        tuple(
            Seat(each.id, each.name, each.short, each.column, each.weight, each.voting) for each in board.organisations
        )
    )


def rule_for(board: Board, word: str, kind: Kind) -> DecisionRule:
    """The rule that a board means by an id or a Dutch name, for one kind of item.

    A named rule without a quorum gets that of the board; a rule of the board's own keeps what its file says.
    Raises UnknownRule, NotBuiltYet or RuleDoesNotFit.
    """
    own = next((each for name, each in board.rules.items() if name.casefold() == word.casefold()), None)
    if own is None:
        name = rule_id(word)
        if name is None:
            known = [*board.rules, *RULES, *(dutch for dutch, id in RULE_NAMES.items() if id in RULES)]
            raise UnknownRule(word, Code(suggest(word, known)))
        if name not in RULES:
            raise NotBuiltYet(word)
        own = with_default_quorum(RULES[name], board.quorum)
    if not own.fits(kind):
        raise RuleDoesNotFit(word, kind)
    return own.asked_as(kind)


# --- versions ---------------------------------------------------------------------------------------------


def version_label(given: str, versions: Sequence[str] = ()) -> str:
    """The label of a new version, beside those that the item has. Raises InvalidVersion without a figure in it.

    A label without one is a slip: a flag that swallowed the next word. Raises what `lookup.text` raises as well.
    """
    label = plain(text(given, LONGEST_LABEL))
    if not any(each.isdecimal() for each in label):
        raise InvalidVersion(given, tuple(versions))
    return label


# --- reminders -------------------------------------------------------------------------------------------


def next_reminder(calendar: Calendar, round: Round, after: datetime) -> datetime | None:
    """The first reminder of a round that is still to come after an instant; None when there is none."""
    return next((each for each in calendar.reminders(round.opened_at, round.closes_at) if each > after), None)


# --- what is answered ---------------------------------------------------------------------------------------


def points_line(version: Version) -> Line:
    """How many decision points were found in a text, so that a slip in the numbering is seen."""
    count = len(version.points)
    return Line("reply.draft.points", {"count": count}) if count else Line("reply.draft.no-points", {})


def receipt(call: Call, entry: Entry) -> Line:
    """When an act was received, and by which reference its entry is found again."""
    return Line("receipt.reference", {"at": call.received_at, "reference": Reference(entry.hash)})


# --- who is told -----------------------------------------------------------------------------------------


def holders(
    tx: Transaction, board: Board, at: datetime, *, first: MandateRole | None = None
) -> Mapping[str, tuple[str, ...]]:
    """The ids of the persons with a mandate that holds at an instant, by organisation that has any.

    With `first`, only those with that role, and of an organisation without any the others.
    """
    found: dict[str, dict[str, bool]] = {}
    for mandate in tx.people.mandates(board.id):
        if mandate.is_valid(at, board.zone):
            persons = found.setdefault(mandate.organisation, {})
            persons[mandate.person] = persons.get(mandate.person, False) or mandate.role is first
    return {
        organisation: tuple(person for person, is_first in persons.items() if is_first or not any(persons.values()))
        if first is not None
        else tuple(persons)
        for organisation, persons in found.items()
    }


def holders_on_roll(tx: Transaction, board: Board, item: Item, at: datetime) -> tuple[str, ...]:
    """Everyone with a mandate that holds at an instant for an organisation on the newest roll, once."""
    found = holders(tx, board, at)
    seats = tx.rolls.of(item).seats
    return tuple(dict.fromkeys(person for seat in seats for person in found.get(seat.organisation, ())))
