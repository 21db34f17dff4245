"""Mandates: the recorded authority of a person to state positions for one organisation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from commands.domain.board import Role
from commands.domain.errors import ChooseOrganisation, MandateExpired, MandateNotYet, NoMandate
from commands.domain.values import Code


class MandateRole(StrEnum):
    """Whose authority it is. A deputy may act at any time; the last accepted position counts."""

    REPRESENTATIVE = "representative"
    DEPUTY = "deputy"


@dataclass(frozen=True, slots=True)
class Mandate:
    """Authority of one person for one organisation on one board.

    `valid_from` and `until` are whole days in board time, `until` the last valid one. `sequence` is the number of the
    entry that granted it in the board's own log; a position names it.
    """

    id: str
    person: str
    board: str
    organisation: str
    role: MandateRole
    valid_from: date
    until: date | None = None
    revoked_at: datetime | None = None
    sequence: int = 0

    def begins_at(self, zone: ZoneInfo) -> datetime:
        """The first instant at which it holds."""
        return datetime.combine(self.valid_from, time(0), zone)

    def ends_at(self, zone: ZoneInfo) -> datetime | None:
        """The first instant at which it no longer holds; None when it has no end."""
        end = None if self.until is None else datetime.combine(self.until + timedelta(days=1), time(0), zone)
        if self.revoked_at is None:
            return end
        return self.revoked_at if end is None else min(end, self.revoked_at)

    def is_valid(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether it holds at an instant."""
        end = self.ends_at(zone)
        return self.begins_at(zone) <= at and (end is None or at < end)


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind an act on one board, with the roles and mandates that this person has there.

    `account` is the platform's id, shown in refusals so that the secretary can link or correct it.
    """

    person: str
    code: str
    name: str
    locale: str
    account: str
    platform: str
    board: str
    zone: ZoneInfo
    roles: tuple[Role, ...] = ()
    mandates: tuple[Mandate, ...] = ()
    operator: str = ""

    def has(self, *roles: Role) -> bool:
        """Whether the person holds one of these roles now."""
        return any(role in roles for role in self.roles)

    def mandates_at(self, at: datetime) -> tuple[Mandate, ...]:
        """The mandates that hold at an instant, one for each organisation."""
        valid = {each.organisation: each for each in reversed(self.mandates) if each.is_valid(at, self.zone)}
        return tuple(sorted(valid.values(), key=lambda each: each.organisation))

    def mandate_for(self, organisation: str | None, at: datetime, example: Code, name: Callable[[str], str]) -> Mandate:
        """The mandate by which this person acts, at the instant of receipt.

        Without `organisation` the person must hold exactly one. `name` gives what an organisation is called.
        Raises NoMandate, MandateExpired, MandateNotYet or ChooseOrganisation.
        """
        valid = self.mandates_at(at)
        wanted = [each for each in valid if organisation is None or each.organisation == organisation]
        if len(wanted) == 1:
            return wanted[0]
        if len(wanted) > 1:
            raise ChooseOrganisation(tuple(name(each.organisation) for each in wanted), example)
        own = [each for each in self.mandates if organisation is None or each.organisation == organisation]
        ended = [(end, each) for each in own if (end := each.ends_at(self.zone)) is not None and end <= at]
        if ended:
            end, mandate = max(ended, key=lambda pair: pair[0])
            last = end if mandate.revoked_at == end else end - timedelta(minutes=1)
            raise MandateExpired(name(mandate.organisation), last)
        if own:
            raise MandateNotYet(name(own[0].organisation), own[0].begins_at(self.zone))
        raise NoMandate(name(organisation) if organisation else "", self.account)
