"""`standpunt nr standpunt ["tekst"]`: an organisation files, replaces, takes back or lifts its position.

    /standpunt 003 akkoord|geen-bezwaar|mits|voorbehoud|onthouding|bezwaar|verschoning
               ["tekst"] [--punt 2,4] [--namens vng] [--grondslag bestuur]
               [--soort achterban] [--opschortend] [--tot datum]
    /standpunt 003 trek-in [--namens vng]
    /standpunt 003 hef-op ["tekst"] [--namens vng]

All of it needs a mandate that is valid when the act is received; no role replaces one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Final

from commands import filing, lookup, when
from commands.command import Call, Command, OrganisationWord, Quoted, Reply, flag, word
from commands.domain.errors import (
    DeadlinePast,
    MissingArgument,
    NoPosition,
    NotAgainstReservation,
    NothingToLift,
    RoundClosed,
)
from commands.domain.item import Item, Step
from commands.domain.number import ItemNumber
from commands.domain.position import (
    CONSENT_STANCES,
    LIFTED_STANCE,
    Basis,
    Filing,
    Kind,
    Reservation,
    ReservationKind,
    Stance,
)
from commands.domain.rights import take
from commands.domain.values import Code
from commands.ports import Transaction
from commands.vocabulary import VOCABULARY, Words

TRIGGER: Final = Words("standpunt", "position")
NO_TEXT: Final = Quoted("")


# --- file or replace ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Args:
    """What is filed; `kind`, `suspensive` and `until` belong to a reservation."""

    item: Annotated[ItemNumber, word("nr")]
    stance: Annotated[Stance, word("standpunt", among=CONSENT_STANCES)]
    text: Annotated[Quoted, word("tekst")] = NO_TEXT
    point: Annotated[tuple[int, ...], flag("punt")] = ()
    for_: Annotated[OrganisationWord | None, flag("namens")] = None
    basis: Annotated[Basis | None, flag("grondslag")] = None
    kind: Annotated[ReservationKind | None, flag("soort")] = None
    suspensive: Annotated[bool, flag("opschortend")] = False
    until: Annotated[str, flag("tot")] = ""


def run(tx: Transaction, call: Call, args: Args) -> Reply:
    """File the organisation's position, or replace it."""
    item = tx.items.locked(args.item)
    line = lookup.example(
        call, f"/standpunt {item.number} akkoord --namens vng", f"/position {item.number} agree --for vng"
    )
    speaker = filing.voter(tx, call, item, args.for_, Step.FILE, line)
    filing.require_kind(call, item, Kind.CONSENT, Kind.SILENCE)
    filing.require_stance(call, item, args.stance)
    text = lookup.text(args.text)
    filing.require_text(call, args.stance, text, _reasoned(call, item, args.stance))
    position = replace(
        filing.new_position(call, item, speaker, args.stance, text),
        points=lookup.points(item, args.point),
        basis=args.basis,
        reservation=_reservation(call, item, args),
    )
    return filing.file(tx, call, item, position, speaker, COMMAND.name, args)


def _reservation(call: Call, item: Item, args: Args) -> Reservation | None:
    """What the reservation waits for. Refuses its flags with any other stance, and a day that has passed."""
    if args.stance is not Stance.RESERVATION:
        for name, given in (("kind", args.kind), ("suspensive", args.suspensive), ("until", args.until)):
            if given:
                raise NotAgainstReservation(_flag(call, name), _reasoned(call, item, Stance.RESERVATION))
        return None
    if args.kind is None:
        raise MissingArgument(_flag(call, "kind"), _reasoned(call, item, Stance.RESERVATION))
    if args.suspensive and not args.until:
        raise MissingArgument(_flag(call, "until"), _suspensive(call, item))
    today = call.board.today(call.received_at)
    until = when.day(args.until, today) if args.until else None
    if until is not None and until < today:
        raise DeadlinePast(args.until, call.calendar.nearest(until, call.calendar.closing_time))
    return Reservation(args.kind, args.suspensive, until)


def _flag(call: Call, name: str) -> Code:
    parameter = next(each for each in COMMAND.parameters if each.name == name)
    return Code("--" + parameter.flag.in_language(call.language))


def _reasoned(call: Call, item: Item, stance: Stance) -> Code:
    """A correct line with a stance that needs its text."""
    words = VOCABULARY[Stance][stance]
    nl = f'/standpunt {item.number} {words.nl} "Omdat de dekking ontbreekt."'
    en = f'/position {item.number} {words.en} "Because funds are lacking."'
    if stance is Stance.RESERVATION:
        nl, en = nl + " --soort financieel", en + " --kind financial"
    return lookup.example(call, nl, en)


def _suspensive(call: Call, item: Item) -> Code:
    """A correct line with a suspensive reservation."""
    base = _reasoned(call, item, Stance.RESERVATION).text
    year = call.received_at.year + 1
    more = lookup.example(call, f'--opschortend --tot "1 juli {year}"', f'--suspensive --until "1 July {year}"')
    return Code(f"{base} {more.text}")


COMMAND: Final = Command(
    "position",
    TRIGGER,
    Args,
    run,
    example=Words(
        '003 mits "Voor bestaande contracten 1 januari 2031." --punt 2',
        '003 agree-if "For existing contracts 1 January 2031." --point 2',
    ),
)


# --- take back ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WithdrawArgs:
    """Whose position is taken back."""

    item: Annotated[ItemNumber, word("nr")]
    for_: Annotated[OrganisationWord | None, flag("namens")] = None


def withdraw(tx: Transaction, call: Call, args: WithdrawArgs) -> Reply:
    """Take the organisation's position back: from then on it is silent."""
    item = tx.items.locked(args.item)
    speaker = filing.voter(tx, call, item, args.for_, Step.FILE, _for_organisation(call, item, "trek-in", "withdraw"))
    before = tx.positions.current(item, speaker.organisation)
    if before is None:
        raise NoPosition(item.number, speaker.name)
    position = filing.new_position(call, item, speaker, Stance.WITHDRAWN)
    filing.require_in_time(call, item, position, speaker)
    item = take(call.actor, item, Step.FILE)
    if question := filing.ask(tx, call, item, position, before, speaker, WITHDRAW.name, args):
        return question
    return filing.record(tx, call, item, position, speaker, before)


WITHDRAW: Final = Command(
    "position withdraw",
    TRIGGER,
    WithdrawArgs,
    withdraw,
    verb=Words("trek-in", "withdraw"),
    after_item=True,
    example=Words("003", "003"),
)


# --- lift ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LiftArgs:
    """Whose reservation, condition or objection is lifted, with a remark."""

    item: Annotated[ItemNumber, word("nr")]
    text: Annotated[Quoted, word("tekst")] = NO_TEXT
    for_: Annotated[OrganisationWord | None, flag("namens")] = None


def lift(tx: Transaction, call: Call, args: LiftArgs) -> Reply:
    """Lift a reservation or condition (then: agree) or an objection (then: no objection).

    After the end of the round it is kept beside the outcome, which stands.
    """
    item = tx.items.locked(args.item)
    speaker = filing.voter(tx, call, item, args.for_, Step.LIFT, _for_organisation(call, item, "hef-op", "lift"))
    text = lookup.text(args.text)
    item = take(call.actor, item, Step.LIFT)
    round = filing.newest_round(item)
    if round.asked_at is not None:
        raise RoundClosed(item.number, filing.ended_at(round))
    is_in_time = filing.takes(round, call.received_at)
    before = filing.standing(tx, item, speaker.organisation, call.received_at)
    if before is None or before.stance not in LIFTED_STANCE:
        raise NothingToLift(item.number, speaker.name)
    position = filing.new_position(call, item, speaker, LIFTED_STANCE[before.stance], text)
    if not is_in_time:
        position = replace(position, filing=Filing.AFTER, version=before.version)
    if question := filing.ask(tx, call, item, position, before, speaker, LIFT.name, args):
        return question
    return filing.record(tx, call, item, position, speaker, before, lifts=before.sequence)


LIFT: Final = Command(
    "position lift",
    TRIGGER,
    LiftArgs,
    lift,
    verb=Words("hef-op", "lift"),
    after_item=True,
    example=Words('003 "De commissie heeft ingestemd."', '003 "The committee has agreed."'),
)


def _for_organisation(call: Call, item: Item, nl: str, en: str) -> Code:
    """A correct line of a verb that names the organisation."""
    return lookup.example(
        call, f"/standpunt {item.number} {nl} --namens vng", f"/position {item.number} {en} --for vng"
    )


COMMANDS: Final = (COMMAND, WITHDRAW, LIFT)
