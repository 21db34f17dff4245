"""What must be true after any fault: the log, the tables, the chat and the receipts in people's hands, held together.

The names I1 to I9 are those of the promises. The count of every closed round is done again from its log alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from bot.happening import gather
from bot.i18n import Catalogue
from bot.platforms.console.client import direct
from bot.platforms.console.transcript import Post
from bot.views.item import item_card
from bot.views.text import plain, plain_card
from commands.domain.board import Board
from commands.domain.dossier import ItemRecord
from commands.domain.events import outcome_body
from commands.domain.item import State
from commands.domain.ledger import Entry, first_fault
from commands.domain.outcome import Outcome
from commands.domain.position import Answer, Filing, Position, Reservation, ReservationKind, Stance, latest
from commands.domain.roll import Roll, Seat
from commands.domain.round import COUNTED, Ending
from commands.domain.rules.data import read_rule
from commands.domain.rules.decide import decide
from storage.transaction import Tx
from tests.faults.world import FaultyConsole, World, unnumbered

REFERENCE: Final = re.compile(r"\b[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}\b")


def check(world: World, *, quiet: bool = True) -> None:
    """Fail with everything that is not so. `quiet` says that all that was to be delivered is delivered."""
    found = world.read(lambda tx: violations(tx, world.chat, world.receipts, quiet=quiet))
    if found:
        raise AssertionError("\n".join(found))


def violations(tx: Tx, chat: FaultyConsole, receipts: Iterable[str], *, quiet: bool) -> list[str]:
    """Everything that is not so, each with the number of its promise."""
    found: list[str] = []
    hashes: set[str] = set()
    heads: list[str] = []
    for board in tx.boards.all():
        conversations = [channel for _, channel in tx.boards.channels(board.id)]
        conversations += [direct(each.id) for person in tx.people.on_board(board.id) for each in person.accounts]
        posts = {each: chat.posts(each) for each in conversations}
        heads += [each for all in posts.values() for post in all for each in REFERENCE.findall(post.text)]
        for log in tx.log.logs(board.id):
            entries = list(tx.log.entries(log))
            hashes |= {each.hash for each in entries}
            found += _chain(tx, log, entries)
        for dossier in tx.dossiers.of_board(board.id):
            told = replay(dossier.entries, found)
            for record in dossier.items:
                found += _item(tx, board, record, told, posts[conversations[0]], quiet=quiet)
        if quiet:
            found += _once(posts)
    found += [f"I1: nobody kept the position of receipt {each}" for each in receipts if each not in hashes]
    shortened = {each[:12] for each in hashes}
    found += [f"I9: published head {each} is in no log" for each in heads if each.replace("-", "") not in shortened]
    return found


# --- the log --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class ToldRound:
    """A round as its log tells it."""

    opened: Entry
    closes_at: datetime
    positions: list[Position] = field(default_factory=list)
    closed: Entry | None = None

    def outcome(self) -> Outcome | None:
        """The outcome, computed from the log alone; None where no rule decides."""
        body = self.opened.body
        rule_data: Any = body["rule"]
        if not rule_data or self.closed is None or Ending(_text(self.closed, "ending")) not in COUNTED:
            return None
        seats: Any = body["roll"]
        roll = Roll(
            tuple(
                Seat(
                    each["organisation"],
                    each["name"],
                    each["short"],
                    each["column"],
                    Fraction(each["weight"]),
                    each["voting"],
                )
                for each in seats
            )
        )
        return decide(read_rule("consensus", rule_data), roll, self.positions, repeat=bool(body["repeat"]))


def replay(entries: Iterable[Entry], found: list[str]) -> dict[tuple[str, int], ToldRound]:
    """The rounds of a log, by item and number; what was filed against the rules of time is added to `found`."""
    rounds: dict[tuple[str, int], ToldRound] = {}
    newest: dict[str, ToldRound] = {}
    for entry in entries:
        item = _text(entry, "item")
        match entry.kind:
            case "round-opened":
                newest[item] = ToldRound(entry, _instant(entry, "closes_at"))
                rounds[item, _number(entry, "round")] = newest[item]
            case "round-extended":
                newest[item].closes_at = _instant(entry, "closes_at")
            case "position-filed":
                _take(entry, newest[item], found)
            case "position-answered":
                filed = newest[item].positions
                newest[item].positions = [
                    replace(each, answer=Answer(_text(entry, "answer")))
                    if each.sequence == _number(entry, "position")
                    else each
                    for each in filed
                ]
            case "round-closed":
                if newest[item].closed is not None:
                    found.append(f"I4: {item} closed twice, again in entry {entry.sequence}")
                newest[item].closed = entry
            case _:
                pass
    return rounds


def _take(entry: Entry, round: ToldRound, found: list[str]) -> None:
    position = _position(entry)
    round.positions.append(position)
    name = f"entry {entry.sequence} of {entry.log}"
    if position.counts and position.received_at > round.closes_at:
        found.append(f"I3: {name} counts, and came after the deadline")
    if position.counts and round.closed is not None:
        found.append(f"I3: {name} counts, and was recorded after the round ended")
    if position.filing is Filing.LATE and round.closed is None and position.received_at <= round.closes_at:
        found.append(f"I3: {name} is late, and came in time")


def _position(entry: Entry) -> Position:
    kind = _text(entry, "reservation")
    return Position(
        organisation=_text(entry, "organisation"),
        stance=Stance(_text(entry, "stance")),
        round=_number(entry, "round"),
        version=_text(entry, "version"),
        received_at=_instant(entry, "received_at"),
        text="[text]" if entry.body["text"] else "",
        reservation=Reservation(ReservationKind(kind), bool(entry.body["suspensive"])) if kind else None,
        filing=Filing(_text(entry, "filing")),
        sequence=entry.sequence,
        hash=entry.hash,
    )


def _chain(tx: Tx, log: str, entries: Sequence[Entry]) -> Iterator[str]:
    if [each.sequence for each in entries] != list(range(1, len(entries) + 1)):
        yield f"I9: {log} has gaps"
    if (fault := tx.log.first_fault(log) or first_fault(entries)) is not None:
        yield f"I9: the chain of {log} breaks at entry {fault}"
    repeated = [each for each, count in Counter(entry.hash for entry in entries).items() if count > 1]
    if repeated:
        yield f"I9: {log} holds an entry twice"


# --- the tables beside the log ----------------------------------------------------------------------------------


def _item(
    tx: Tx,
    board: Board,
    record: ItemRecord,
    told: Mapping[tuple[str, int], ToldRound],
    posts: Sequence[Post],
    *,
    quiet: bool,
) -> Iterator[str]:
    item, name = record.item, str(record.item.number)
    catalogue = Catalogue(board.locale, board.zone)
    own = {number: each for (of, number), each in told.items() if of == name}
    if [each.round.number for each in record.rounds] != sorted(own):
        yield f"I4: {name} has other rounds than its log"
        return
    for kept in record.rounds:
        round, logged = kept.round, own[kept.round.number]
        if [(each.sequence, each.hash) for each in kept.positions] != [
            (each.sequence, each.hash) for each in logged.positions
        ]:
            yield f"I2: {name} keeps other positions than its log"
        expected = {each.organisation: each.sequence for each in latest(tuple(logged.positions)).values()}
        if {each.organisation: each.sequence for each in latest(kept.positions).values()} != expected:
            yield f"I2: {name} counts other positions than its log"
        if round.number == len(record.rounds):
            current = {seat.organisation: tx.positions.current(item, seat.organisation) for seat in kept.roll.seats}
            if {name: each.sequence for name, each in current.items() if each is not None} != expected:
                yield f"I2: {name} has other current positions than its log"
        if (round.closed_at is None) != (logged.closed is None):
            yield f"I4: {name} is closed in its table or in its log, and not in both"
            continue
        if logged.closed is None:
            continue
        outcome = logged.outcome()
        if _compared(logged.closed.body["outcome"]) != _compared(outcome_body(outcome)):
            yield f"I3: {name} announced {logged.closed.body['outcome']}, and its log gives {outcome_body(outcome)}"
        if _compared(outcome_body(round.outcome)) != _compared(outcome_body(outcome)):
            yield f"I4: {name} keeps another outcome than its log gives"
        if quiet:
            yield from _result(record, logged.closed, outcome, catalogue, posts)
    if own and (item.state is State.OPEN) != (own[max(own)].closed is None):
        yield f"I4: {name} is {item.state.value}, and its log says otherwise"
    if quiet and own:
        yield from _card(tx, board, record, catalogue, posts)


def _compared(body: Any) -> Any:
    """An outcome without what the log does not tell: who could not be reached."""
    return {name: value for name, value in body.items() if name != "unreached"}


# --- the chat beside the log ------------------------------------------------------------------------------------


def _result(
    record: ItemRecord, closed: Entry, outcome: Outcome | None, catalogue: Catalogue, posts: Sequence[Post]
) -> Iterator[str]:
    name = str(record.item.number)
    shown = [each for each in posts if unnumbered(each.key) == f"{closed.log}/{closed.sequence}/announce"]
    if len(shown) != 1:
        yield f"I6: {len(shown)} posts say that {name} closed"
    if outcome is None:
        return
    counts = outcome.counts
    numbers = {"for": counts.for_, "against": counts.against, "abstain": counts.abstain, "silent": counts.silent}
    lines = [f"{plain(catalogue.say(f'closed.count.{key}'))}: {number}" for key, number in numbers.items()]
    lines.append(plain(catalogue.words(outcome.code)))
    for post in shown:
        yield from (f"I3: the post of {name} lacks “{each}”" for each in lines if each not in post.text)


def _card(tx: Tx, board: Board, record: ItemRecord, catalogue: Catalogue, posts: Sequence[Post]) -> Iterator[str]:
    name, number = str(record.item.number), len(record.rounds)
    shown = [each for each in posts if unnumbered(each.key) == f"{name}/{number}/card"]
    if len(shown) != 1:
        yield f"I6: {len(shown)} cards show round {number} of {name}"
        return
    head = tx.log.head(record.item.dossier)
    assert head is not None
    card = item_card(gather(tx, head.log, head.sequence, board, record.item.number), catalogue)
    if plain_card(card) != shown[0].text:
        yield f"I6: the card of {name} does not show how it stands"


def _once(posts: Mapping[str, Sequence[Post]]) -> Iterator[str]:
    for conversation, all in posts.items():
        for key, count in Counter(unnumbered(each.key) for each in all).items():
            if count > 1:
                yield f"I6: {count} times the same message in {conversation}: {key}"


# --- parts ------------------------------------------------------------------------------------------------------


def _text(entry: Entry, name: str) -> str:
    value = entry.body.get(name, "")
    assert isinstance(value, str)
    return value


def _number(entry: Entry, name: str) -> int:
    value = entry.body[name]
    assert isinstance(value, int)
    return value


def _instant(entry: Entry, name: str) -> datetime:
    return datetime.fromisoformat(_text(entry, name))
