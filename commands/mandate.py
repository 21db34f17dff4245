"""`mandaat`: who may speak for which organisation, and from when until when.

    /mandaat toon [organisatie]
    /mandaat verleen @wie organisatie [--rol vertegenwoordiger|plaatsvervanger] [--van datum] [--tot datum]
    /mandaat vervang @oud @nieuw organisatie
    /mandaat trek-in @wie organisatie

A representative does this for the own organisation, the secretary for all. Nobody grants to himself, and an
administrator of the board gets none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Final

from commands import lookup, when
from commands.command import Call, Command, Grid, OrganisationWord, PersonWord, Reply, flag, word
from commands.domain import events
from commands.domain.board import Organisation, Person, Role
from commands.domain.errors import (
    AdminTakesNoMandate,
    InvalidPeriod,
    MandateExists,
    NoSuchMandate,
    NotAllowed,
    OwnGrant,
)
from commands.domain.events import Act
from commands.domain.ledger import Entry
from commands.domain.mandate import Mandate, MandateRole
from commands.domain.values import Line, Reference, Value
from commands.ports import Notice, Transaction
from commands.vocabulary import Words

TRIGGER: Final = Words("mandaat", "mandate")


# --- show ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShowArgs:
    """Whose mandates; without an organisation those of all that the person may see."""

    organisation: Annotated[OrganisationWord | None, word("organisatie")] = None


def show(tx: Transaction, call: Call, args: ShowArgs) -> Reply:
    """The mandates of an organisation: the secretary sees those of all, a holder those of the own."""
    board, actor = call.board, call.actor
    own = {each.organisation for each in actor.mandates_at(call.received_at)}
    if args.organisation is not None:
        meant = lookup.organisation(board, args.organisation)
        wanted = {meant.id}
        if not (actor.has(Role.SECRETARY) or meant.id in own):
            raise NotAllowed((Role.SECRETARY, MandateRole.REPRESENTATIVE), actor.account)
    else:
        wanted = {each.id for each in board.organisations} if actor.has(Role.SECRETARY) else own
        if not wanted:
            raise NotAllowed((Role.SECRETARY, MandateRole.REPRESENTATIVE), actor.account)
    names = {each.id: each.name for each in tx.people.on_board(board.id)}
    rows = [
        (
            lookup.short(board, each.organisation),
            names.get(each.person, each.person),
            each.role,
            each.valid_from,
            each.until or "",
            _standing(each, call),
        )
        for organisation in board.organisations
        if organisation.id in wanted
        for each in tx.people.mandates(board.id, organisation.id)
    ]
    columns = ("organisation", "person", "role", "from", "until", "state")
    header = tuple(Line(f"mandate.column.{each}", {}) for each in columns)
    shown = tuple(each.short for each in board.organisations if each.id in wanted)
    if not rows:
        return Reply("reply.mandate.none", {"organisations": shown})
    return Reply("reply.mandate.show", {"organisations": shown, "board": board.name}, (Grid(header, tuple(rows)),))


def _standing(mandate: Mandate, call: Call) -> Value:
    """Whether a mandate holds now, has still to begin, or has ended."""
    zone = call.board.zone
    if mandate.is_valid(call.received_at, zone):
        return Line("mandate.state.valid", {})
    if mandate.revoked_at is not None:
        return Line("mandate.state.revoked", {"at": mandate.revoked_at})
    later = call.received_at < mandate.begins_at(zone)
    return Line("mandate.state.later" if later else "mandate.state.ended", {})


SHOW: Final = Command(
    "mandate show",
    TRIGGER,
    ShowArgs,
    show,
    verb=Words("toon", "show"),
    example=Words("vng", "vng"),
    reads=True,
)


# --- grant --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GrantArgs:
    """Who gets a mandate for what; the first and last valid day are whole days in board time."""

    person: Annotated[PersonWord, word("wie")]
    organisation: Annotated[OrganisationWord, word("organisatie")]
    role: Annotated[MandateRole, flag("rol")] = MandateRole.REPRESENTATIVE
    from_: Annotated[str, flag("van")] = ""
    until: Annotated[str, flag("tot")] = ""


def grant(tx: Transaction, call: Call, args: GrantArgs) -> Reply:
    """Give a person of the board a mandate for an organisation, from today when no day is given."""
    organisation = lookup.organisation(call.board, args.organisation)
    act = _act(call, organisation)
    person = lookup.person(tx, call, call.board, args.person)
    today = call.board.today(call.received_at)
    valid_from = when.day(args.from_, today) if args.from_ else today
    until = when.day(args.until, today) if args.until else None
    if until is not None and until < max(valid_from, today):
        raise InvalidPeriod()
    mandate = _new(tx, call, person, organisation, args.role, valid_from, until)
    entry = _grant(tx, call, act, mandate, person)
    return Reply("reply.mandate.granted", _about(mandate, person, organisation, entry))


GRANT: Final = Command(
    "mandate grant",
    TRIGGER,
    GrantArgs,
    grant,
    verb=Words("verleen", "grant"),
    example=Words(
        "@vng-plaatsvervanger vng --rol plaatsvervanger --tot 2027-12-31",
        "@vng-plaatsvervanger vng --role deputy --until 2027-12-31",
    ),
)


# --- replace ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReplaceArgs:
    """Who hands the mandate over to whom."""

    old: Annotated[PersonWord, word("oud")]
    new: Annotated[PersonWord, word("nieuw")]
    organisation: Annotated[OrganisationWord, word("organisatie")]


def replace_holder(tx: Transaction, call: Call, args: ReplaceArgs) -> Reply:
    """End a person's mandate now and give another the same, for the rest of its time."""
    organisation = lookup.organisation(call.board, args.organisation)
    act = _act(call, organisation)
    old = lookup.person(tx, call, call.board, args.old)
    new = lookup.person(tx, call, call.board, args.new)
    ending = _running(tx, call, old, organisation)
    today = call.board.today(call.received_at)
    granted = [_new(tx, call, new, organisation, each.role, max(today, each.valid_from), each.until) for each in ending]
    _revoke(tx, act, ending, old)
    entries = [_grant(tx, call, act, each, new) for each in granted]
    return Reply("reply.mandate.replaced", {**_about(granted[0], new, organisation, entries[0]), "old": old.name})


REPLACE: Final = Command(
    "mandate replace",
    TRIGGER,
    ReplaceArgs,
    replace_holder,
    verb=Words("vervang", "replace"),
    example=Words("@vng-vertegenwoordiger @vng-plaatsvervanger vng", "@vng-vertegenwoordiger @vng-plaatsvervanger vng"),
)


# --- revoke -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RevokeArgs:
    """Whose mandate ends."""

    person: Annotated[PersonWord, word("wie")]
    organisation: Annotated[OrganisationWord, word("organisatie")]


def revoke(tx: Transaction, call: Call, args: RevokeArgs) -> Reply:
    """End a person's mandates for an organisation now; what was filed with them stays."""
    organisation = lookup.organisation(call.board, args.organisation)
    act = _act(call, organisation)
    person = lookup.person(tx, call, call.board, args.person)
    entries = _revoke(tx, act, _running(tx, call, person, organisation), person)
    left = lookup.holders(tx, call.board, organisation.id, call.received_at)
    parts = () if left else (Line("mandate.nobody-left", {"organisation": organisation.short}),)
    values: dict[str, Value] = {
        "person": person.name,
        "organisation": organisation.short,
        "at": call.received_at,
        "reference": Reference(entries[-1].hash),
    }
    return Reply("reply.mandate.revoked", values, parts)


REVOKE: Final = Command(
    "mandate revoke",
    TRIGGER,
    RevokeArgs,
    revoke,
    verb=Words("trek-in", "revoke"),
    example=Words("@vng-plaatsvervanger vng", "@vng-plaatsvervanger vng"),
)


# --- parts --------------------------------------------------------------------------------------------------


def _act(call: Call, organisation: Organisation) -> Act:
    """The act of a representative for the own organisation, by that mandate, or of the secretary for any."""
    own = next(
        (
            each
            for each in call.actor.mandates
            if each.organisation == organisation.id
            and each.role is MandateRole.REPRESENTATIVE
            and each.is_valid(call.received_at, call.board.zone)
        ),
        None,
    )
    if own is None and not call.actor.has(Role.SECRETARY):
        raise NotAllowed((Role.SECRETARY, MandateRole.REPRESENTATIVE), call.actor.account)
    return call.act(own)


def _new(
    tx: Transaction,
    call: Call,
    person: Person,
    organisation: Organisation,
    role: MandateRole,
    valid_from: date,
    until: date | None,
) -> Mandate:
    """The mandate to grant. Raises OwnGrant, AdminTakesNoMandate, and MandateExists for one in the same time."""
    if person.id == call.actor.person:
        raise OwnGrant()
    today = call.board.today(call.received_at)
    for each in call.board.roles:
        if each.person == person.id and each.role is Role.ADMIN and (each.until is None or today <= each.until):
            raise AdminTakesNoMandate(person.name, organisation.short)
    for other in tx.people.mandates(call.board.id, organisation.id):
        ended = other.revoked_at is not None and other.revoked_at <= call.received_at
        overlaps = valid_from <= (other.until or date.max) and other.valid_from <= (until or date.max)
        if other.person == person.id and overlaps and not ended:
            raise MandateExists(person.name, organisation.short)
    return Mandate(
        # Nobody gets two mandates for an organisation from one day; the code keeps names out of the log.
        id=f"{organisation.id}-{person.code}-{valid_from}-{call.received_at:%Y%m%dT%H%M%S%f}",
        person=person.id,
        board=call.board.id,
        organisation=organisation.id,
        role=role,
        valid_from=valid_from,
        until=until,
    )


def _grant(tx: Transaction, call: Call, act: Act, mandate: Mandate, person: Person) -> Entry:
    """Record a grant and tell the organisation's holders; the new one too, the granter not."""
    entry = tx.people.grant(mandate, events.mandate_granted(mandate, person.code, act))
    known = lookup.holders(tx, call.board, mandate.organisation, call.received_at)
    told = [each for each in dict.fromkeys((*known, person.id)) if each != call.actor.person]
    tx.outbox.tell(Notice.GRANTED, told, entry.log, entry.sequence)
    return entry


def _running(tx: Transaction, call: Call, person: Person, organisation: Organisation) -> tuple[Mandate, ...]:
    """A person's mandates for an organisation that have not ended, in order of their first day."""
    found = [
        each
        for each in tx.people.mandates(call.board.id, organisation.id)
        if each.person == person.id and ((end := each.ends_at(call.board.zone)) is None or end > call.received_at)
    ]
    if not found:
        raise NoSuchMandate(person.name, organisation.short)
    return tuple(sorted(found, key=lambda each: each.valid_from))


def _revoke(tx: Transaction, act: Act, ending: tuple[Mandate, ...], person: Person) -> list[Entry]:
    """End mandates at the instant of receipt."""
    ended = [replace(each, revoked_at=act.received_at) for each in ending]
    return [tx.people.revoke(each, events.mandate_revoked(each, person.code, act)) for each in ended]


def _about(mandate: Mandate, person: Person, organisation: Organisation, entry: Entry) -> dict[str, Value]:
    return {
        "person": person.name,
        "organisation": organisation.short,
        "role": mandate.role,
        "from": mandate.valid_from,
        "until": mandate.until or "",
        "reference": Reference(entry.hash),
    }


COMMANDS: Final = (SHOW, GRANT, REPLACE, REVOKE)
