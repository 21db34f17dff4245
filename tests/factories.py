"""Values of the domain for tests: each complete and valid, with what matters to a test changed by keyword."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from commands.domain.board import Account, Board, Organisation, Person, Role, RoleGrant
from commands.domain.comment import Comment
from commands.domain.decision import Decision
from commands.domain.draft import Version
from commands.domain.events import Act
from commands.domain.item import Item, State
from commands.domain.mandate import Actor, Mandate, MandateRole
from commands.domain.number import DecisionNumber, ItemNumber
from commands.domain.outcome import Code, Counts, Outcome
from commands.domain.position import Kind, Position, Stance
from commands.domain.roll import Roll, Seat
from commands.domain.round import Round
from commands.domain.rules import RULES

NOON: Final = datetime(2027, 1, 11, 11, 0, tzinfo=UTC)
"""Monday 11 January 2027, 12:00 in Amsterdam: when the things made here happen."""

DEADLINE: Final = datetime(2027, 1, 25, 16, 0, tzinfo=UTC)
"""Monday 25 January 2027, 17:00 in Amsterdam: when the rounds made here close."""

MICROSECOND: Final = timedelta(microseconds=1)
SECOND: Final = timedelta(seconds=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)

NUMBER: Final = ItemNumber("BOD", 2027, 3)
ORGANISATIONS: Final = ("rijk", "vng", "ipo", "uvw")


# --- boards and people ------------------------------------------------------------------------------------------


def an_organisation(id: str = "vng", **changes: Any) -> Organisation:
    """A voting organisation, alone in its column."""
    return replace(Organisation(id, f"Organisatie {id}", id.upper(), f"column-{id}"), **changes)


def a_board(id: str = "BOD", **changes: Any) -> Board:
    """A board of four organisations, with a chair, a secretary and an admin."""
    board = Board(
        id=id,
        name=f"Overleg {id}",
        organisations=tuple(an_organisation(each) for each in ORGANISATIONS),
        roles=(
            RoleGrant("voorzitter", Role.CHAIR),
            RoleGrant("secretaris", Role.SECRETARY),
            RoleGrant("beheerder", Role.ADMIN),
        ),
        revision=1,
    )
    return replace(board, **changes)


def a_person(id: str = "vng-vertegenwoordiger", **changes: Any) -> Person:
    """A person with an account of the same name on the console."""
    person = Person(id, f"Persoon {id}", "nl", f"code-{id}", (Account("console", id),))
    return replace(person, **changes)


def the_people(organisations: Iterable[str] = ORGANISATIONS) -> tuple[Person, ...]:
    """The people of `a_board`: the three with a role, and a representative of each organisation."""
    roles = tuple(a_person(each) for each in ("voorzitter", "secretaris", "beheerder"))
    return (*roles, *(a_person(f"{each}-vertegenwoordiger") for each in organisations))


def a_mandate(organisation: str = "vng", **changes: Any) -> Mandate:
    """A mandate of an organisation's representative, valid since 2026 and without an end."""
    mandate = Mandate(
        id=f"{organisation}-1",
        person=f"{organisation}-vertegenwoordiger",
        board="BOD",
        organisation=organisation,
        role=MandateRole.REPRESENTATIVE,
        valid_from=date(2026, 1, 1),
    )
    return replace(mandate, **changes)


def an_actor(person: str = "vng-vertegenwoordiger", **changes: Any) -> Actor:
    """The representative of the VNG on `a_board`, on the console."""
    board = a_board()
    actor = Actor(
        person=person,
        code=f"code-{person}",
        name=f"Persoon {person}",
        locale="nl",
        account=person,
        platform="console",
        board=board.id,
        zone=board.zone,
        mandates=(a_mandate(),),
    )
    return replace(actor, **changes)


def an_act(person: str = "code-secretaris", **changes: Any) -> Act:
    """An act on the console, received at NOON."""
    return replace(Act("console", NOON, person), **changes)


# --- items and rounds -------------------------------------------------------------------------------------------


def a_version(label: str = "1.0", **changes: Any) -> Version:
    """A substantive version with two decision points."""
    version = Version(label, "Het overleg besluit:\n1. het kader vast te stellen;\n2. het te evalueren.", NOON)
    return replace(version, **changes)


def an_item(number: ItemNumber = NUMBER, **changes: Any) -> Item:
    """A draft that asks for consent, in a dossier of its own."""
    item = Item(
        number=number,
        dossier=str(number),
        board="BOD",
        kind=Kind.CONSENT,
        title="Kader soevereine cloud",
        state=State.DRAFT,
        created_at=NOON,
        version=a_version(),
        rule="consensus",
        term="10 working days",
    )
    return replace(item, **changes)


def a_round(number: int = 1, **changes: Any) -> Round:
    """An open round by consensus, until DEADLINE."""
    round = Round(number, "1.0", NOON, DEADLINE, RULES["consensus"].asked_as(Kind.CONSENT))
    return replace(round, **changes)


def an_open_item(number: ItemNumber = NUMBER, **changes: Any) -> Item:
    """An item with an open round; `round` replaces it, other changes are of the item."""
    return an_item(number, **{"state": State.OPEN, "round": a_round(), **changes})


def a_seat(organisation: str = "vng", **changes: Any) -> Seat:
    """The seat of an organisation of `a_board`."""
    of = an_organisation(organisation)
    return replace(Seat(of.id, of.name, of.short, of.column), **changes)


def a_roll(*organisations: str) -> Roll:
    """A roll of these organisations; of those of `a_board` when none is named."""
    return Roll(tuple(a_seat(each) for each in organisations or ORGANISATIONS))


def a_position(organisation: str = "vng", **changes: Any) -> Position:
    """An organisation that agrees in the first round, an hour after NOON."""
    position = Position(
        organisation=organisation,
        stance=Stance.AGREE,
        round=1,
        version="1.0",
        received_at=NOON + HOUR,
        mandate=f"{organisation}-1",
        person=f"{organisation}-vertegenwoordiger",
    )
    return replace(position, **changes)


def a_comment(organisation: str = "vng", **changes: Any) -> Comment:
    """A remark in the first round, an hour after NOON."""
    return replace(Comment(organisation, 1, "1.0", NOON + HOUR, "Een opmerking."), **changes)


def an_outcome(**changes: Any) -> Outcome:
    """Adopted with four for."""
    return replace(Outcome(Code.ADOPTED, None, Counts(for_=4)), **changes)


def a_decision(number: ItemNumber = NUMBER, **changes: Any) -> Decision:
    """The first decision on an item, an hour after DEADLINE."""
    decision = Decision(DecisionNumber(number, 1), DEADLINE + HOUR, "1.0", "Het kader is vastgesteld.")
    return replace(decision, **changes)
