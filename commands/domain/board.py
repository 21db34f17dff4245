"""Boards, their organisations and people, and the settings that a board decides by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

from commands.domain.rules.base import DecisionRule, Quorum


class Role(StrEnum):
    """A role on a board. None of them carries a voice."""

    CHAIR = "chair"
    SECRETARY = "secretary"
    ADMIN = "admin"


class Outage(StrEnum):
    """What happens when nobody could file for a while around a deadline."""

    ASK_CHAIR = "ask-chair"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Organisation:
    """A participating organisation with a seat; `voting` is False for an adviser."""

    id: str
    name: str
    short: str
    column: str
    weight: Fraction = Fraction(1)
    voting: bool = True
    oin: str = ""
    tooi: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a person: the platform and the platform's own id."""

    platform: str
    id: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person of a board file. `code` is the random id by which the log knows this person; names stay outside it."""

    id: str
    name: str
    locale: str
    code: str = ""
    accounts: tuple[Account, ...] = ()
    prefers: str = ""


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """A role of a person on a board; both days are whole days in board time, `until` the last valid one."""

    person: str
    role: Role
    valid_from: date | None = None
    until: date | None = None

    def is_valid(self, day: date) -> bool:
        """Whether the role holds on this day of board time."""
        return (self.valid_from is None or self.valid_from <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class CalendarSettings:
    """The country whose holidays close a working day ("" for none), and the board's own corrections."""

    country: str = "NL"
    closed: tuple[date, ...] = ()
    open: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class ConstituencyOf:
    """The organisation on another board for which this board is the constituency."""

    board: str
    organisation: str


class _ByWord:
    """Room for an index beside the fields, so that a board of a thousand organisations is not searched for each act."""

    __slots__ = ("_organisations",)
    _organisations: dict[str, Organisation]


@dataclass(frozen=True, slots=True)
class Board(_ByWord):
    """A standing group of organisations that decide together, as its board file says.

    `revision` counts the changes of the file; a running round keeps what it was opened with.
    """

    id: str
    name: str
    organisations: tuple[Organisation, ...]
    roles: tuple[RoleGrant, ...] = ()
    timezone: str = "Europe/Amsterdam"
    locale: str = "nl"
    closing_time: time = time(17, 0)
    rule: str = "consensus"
    term: str = "10 working days"
    quorum: Quorum | None = None
    higher_board: str = ""
    calendar: CalendarSettings = CalendarSettings()
    silence_subjects: tuple[str, ...] = ()
    outage: Outage = Outage.ASK_CHAIR
    constituency_of: ConstituencyOf | None = None
    rules: Mapping[str, DecisionRule] = field(default_factory=dict)
    revision: int = 0

    def __post_init__(self) -> None:
        index: dict[str, Organisation] = {}
        for each in self.organisations:
            for word in (each.id, each.short):
                index.setdefault(word.casefold(), each)
        object.__setattr__(self, "_organisations", index)

    @property
    def zone(self) -> ZoneInfo:
        """The board's time zone."""
        return ZoneInfo(self.timezone)

    def today(self, at: datetime) -> date:
        """The day in board time at an instant."""
        return at.astimezone(self.zone).date()

    def organisation(self, word: str) -> Organisation | None:
        """The organisation with this id or short name, without case; None when there is none."""
        return self._organisations.get(word.casefold())

    def holders(self, role: Role, at: datetime) -> tuple[str, ...]:
        """The ids of the persons who hold a role at an instant, in the order of the file."""
        day = self.today(at)
        return tuple(dict.fromkeys(each.person for each in self.roles if each.role is role and each.is_valid(day)))
