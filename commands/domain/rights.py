"""Rights: who may take which step. Checked when the act is executed, not when a button was drawn."""

from __future__ import annotations

from typing import Final

from commands.domain.board import Role
from commands.domain.errors import NotAllowed
from commands.domain.item import Item, Step
from commands.domain.mandate import Actor

MANDATE_STEPS: Final = frozenset({Step.FILE, Step.LIFT, Step.CONTEST, Step.CALL})
"""Steps that need a mandate for an organisation; no role replaces it."""

RIGHTS: Final = {
    Step.REVISE: (Role.SECRETARY, Role.CHAIR),
    Step.OPEN: (Role.CHAIR, Role.SECRETARY),
    Step.EXTEND: (Role.CHAIR, Role.SECRETARY),
    Step.REMIND: (Role.CHAIR, Role.SECRETARY),
    Step.DISPOSE: (Role.CHAIR, Role.SECRETARY),
    Step.CLOSE: (Role.CHAIR,),
    Step.ESTABLISH: (Role.CHAIR,),
    Step.RECTIFY: (Role.CHAIR,),
    Step.ADJOURN: (Role.CHAIR,),
    Step.WITHDRAW: (Role.CHAIR,),
}
"""The roles that may take a step; a step that is neither here nor in MANDATE_STEPS is `COMMENT`, for both kinds."""


def require_role(actor: Actor, *roles: Role) -> None:
    """Refuse an actor who holds none of these roles."""
    if not actor.has(*roles):
        raise NotAllowed(roles, actor.account)


def take(actor: Actor, item: Item, step: Step) -> Item:
    """The item after a step of this actor: allowed to this person, and possible in this state.

    The right is checked first, so that nobody learns more of an item than he may. For steps by mandate the caller
    looks up the mandate itself, with `Actor.mandate_for`.
    """
    roles = RIGHTS.get(step)
    if roles is not None:
        require_role(actor, *roles)
    return item.after(step)
