"""Who may take which step, and when: every set of roles × step × state, against a table of its own."""

from __future__ import annotations

from itertools import chain, combinations

import pytest

from commands.domain.board import Role
from commands.domain.errors import NotAllowed, NotPossible
from commands.domain.item import State, Step
from commands.domain.rights import MANDATE_STEPS, require_role, take
from tests.factories import an_actor, an_item

CHAIR, SECRETARY = Role.CHAIR, Role.SECRETARY
DRAFT, OPEN, CLOSED, ADJOURNED = State.DRAFT, State.OPEN, State.CLOSED, State.ADJOURNED
ESTABLISHED, WITHDRAWN = State.ESTABLISHED, State.WITHDRAWN

# Per step: the roles of which one is needed (none: by mandate), and the state after it by the state before.
TABLE = {
    Step.REVISE: (
        {CHAIR, SECRETARY},
        {DRAFT: DRAFT, OPEN: OPEN, CLOSED: CLOSED, ADJOURNED: ADJOURNED},
    ),
    Step.OPEN: ({CHAIR, SECRETARY}, {DRAFT: OPEN, CLOSED: OPEN, ADJOURNED: OPEN}),
    Step.EXTEND: ({CHAIR, SECRETARY}, {OPEN: OPEN}),
    Step.REMIND: ({CHAIR, SECRETARY}, {OPEN: OPEN}),
    Step.DISPOSE: ({CHAIR, SECRETARY}, {OPEN: OPEN, CLOSED: CLOSED, ADJOURNED: ADJOURNED}),
    Step.CLOSE: ({CHAIR}, {OPEN: CLOSED}),
    Step.ESTABLISH: ({CHAIR}, {CLOSED: ESTABLISHED, ADJOURNED: ESTABLISHED}),
    Step.RECTIFY: ({CHAIR}, {ESTABLISHED: ESTABLISHED}),
    Step.ADJOURN: ({CHAIR}, {CLOSED: ADJOURNED}),
    Step.WITHDRAW: (
        {CHAIR},
        {DRAFT: WITHDRAWN, OPEN: WITHDRAWN, CLOSED: WITHDRAWN, ADJOURNED: WITHDRAWN},
    ),
    Step.FILE: (set(), {OPEN: OPEN}),
    Step.COMMENT: (set(), {OPEN: OPEN}),
    Step.LIFT: (
        set(),
        {OPEN: OPEN, CLOSED: CLOSED, ADJOURNED: ADJOURNED, ESTABLISHED: ESTABLISHED},
    ),
    Step.CONTEST: (set(), {OPEN: CLOSED}),
    Step.CALL: (set(), {OPEN: ADJOURNED}),
}
ROLES = [set(each) for each in chain.from_iterable(combinations(Role, size) for size in range(4))]


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("roles", ROLES, ids=lambda roles: "+".join(sorted(roles)) or "nobody")
def test_a_step_needs_its_role_first_and_then_its_state(roles, state, step):
    needed, after = TABLE[step]
    actor, item = an_actor(roles=tuple(roles), mandates=()), an_item(state=state)

    if needed and not needed & roles:
        with pytest.raises(NotAllowed) as refused:
            take(actor, item, step)

        assert set(refused.value.roles) == needed
        assert refused.value.account == actor.account
    elif state not in after:
        with pytest.raises(NotPossible) as impossible:
            take(actor, item, step)

        assert (impossible.value.item, impossible.value.state, impossible.value.step) == (
            item.number,
            state,
            step,
        )
    else:
        assert take(actor, item, step) == an_item(state=after[state])


def test_the_steps_without_a_role_are_those_by_mandate_and_the_comment_of_an_adviser():
    by_role = {step for step, (needed, _) in TABLE.items() if needed}

    assert set(TABLE) == set(Step)
    assert set(Step) - by_role == MANDATE_STEPS | {Step.COMMENT}


@pytest.mark.parametrize("role", [Role.ADMIN, Role.SECRETARY, Role.CHAIR])
def test_a_role_is_held_or_not_and_none_replaces_another(role):
    actor = an_actor(roles=(role,))

    for needed in Role:
        if needed is role:
            require_role(actor, needed)
        else:
            with pytest.raises(NotAllowed):
                require_role(actor, needed)
