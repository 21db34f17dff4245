"""What organisations hold after a round has ended, and whether its outcome can be established as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from commands.domain.item import Item, State
from commands.domain.outcome import Outcome, Reason
from commands.domain.position import Filing, Position, Stance
from commands.domain.roll import Roll
from commands.domain.round import Ending
from commands.domain.values import Line

NEXT_ROUND: Final = frozenset({Ending.NEW_VERSION, Ending.CONTEST})
"""The endings after which a next round is to be opened, and there is nothing to establish."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What an organisation holds after the end of a round: its last in-time position, or what it lifted to.

    `lifted` is the stance that it lifted after closing.
    """

    position: Position
    lifted: Stance | None = None


def standing(positions: Iterable[Position]) -> Mapping[str, Standing]:
    """What each organisation holds, by id; late positions are left out, and who took its position back."""
    found: dict[str, Standing] = {}
    for each in sorted(positions, key=lambda position: position.sequence):
        if each.filing is Filing.LATE:
            continue
        before = found.get(each.organisation)
        is_after = each.filing is Filing.AFTER and before is not None
        found[each.organisation] = Standing(each, before.position.stance if before and is_after else None)
    return {name: each for name, each in found.items() if each.position.stance is not Stance.WITHDRAWN}


def holding(outcome: Outcome, held: Mapping[str, Standing]) -> tuple[str, ...]:
    """The organisations whose suspensive reservation held the outcome and is not lifted yet."""
    return tuple(each for each in outcome.held_by if _is_reserved(held.get(each)))


def obstacle(item: Item, roll: Roll, held: Mapping[str, Standing]) -> Line | None:
    """Why establishing needs a reason; None where the outcome is adopted, or nothing holds it any more."""
    outcome = item.round.outcome if item.round is not None else None
    if item.state is State.ADJOURNED:
        return Line("because.adjourned", {})
    if outcome is None:
        return Line("because.no-outcome", {})
    if outcome.is_adopted:
        return None
    reserved = holding(outcome, held)
    if outcome.reason is Reason.RESERVATION and not reserved:
        return None
    names = {seat.organisation: seat.short for seat in roll.seats}
    organisations = tuple(names.get(each, each) for each in reserved or _in_the_way(outcome, held))
    return Line(
        "because.outcome",
        {"outcome": outcome.code, "reason": outcome.reason or "", "organisations": organisations},
    )


def _is_reserved(held: Standing | None) -> bool:
    return held is not None and held.position.stance is Stance.RESERVATION


def _in_the_way(outcome: Outcome, held: Mapping[str, Standing]) -> tuple[str, ...]:
    """The organisations whose answer, or silence, stands between the outcome and adoption.

    An objection lifted after closing is in nobody's way any more, although the outcome stands.
    """
    if outcome.objecting:
        return tuple(each for each in outcome.objecting if each not in held or held[each].lifted is None)
    return outcome.unreached or outcome.silent
