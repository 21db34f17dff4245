"""The closed vocabularies of scenario files: codes of refusals and outcomes, commands of forms, and their arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from commands import COMMANDS
from commands.domain import errors, outcome
from commands.domain.errors import Refusal
from commands.domain.item import State

ANY: Final = "*"
"""Expects a refusal, whichever it is."""

_LATER_REFUSALS: Final = ("urgency-not-confirmed", "subject-not-listed", "invalid-ballot", "over-budget")
_LATER_COMMANDS: Final = (
    *("consult split", "consult escalate", "vote", "straw new", "straw close", "straw outcome", "schedule"),
    *("mandate proxy", "decision actions", "boardadmin rules", "boardadmin calendar"),
)
_LATER_ARGUMENTS: Final = (
    *("subject", "urgent", "constituency", "options", "slots", "question", "ballot"),
    *("per", "most", "hidden", "anonymous", "required", "minimum"),
)
"""A script may be written for procedures that this version does not have: it is read, and refused when it is played."""

REFUSALS: Final = tuple(
    sorted(
        {
            each.code
            for each in vars(errors).values()
            if isinstance(each, type) and issubclass(each, Refusal) and each is not Refusal
        }
        | set(_LATER_REFUSALS)
    )
)
"""Every code of a refusal; `commands.domain.late` adds no code of its own."""

STATES: Final = tuple(each.value for each in State)
OUTCOMES: Final = ("", *(each.value for each in outcome.Code))
REASONS: Final = ("", *(each.value for each in outcome.Reason))
COUNTED: Final = ("for", "against", "abstain")
"""What can be counted by column."""

_ARGUMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    command.name: tuple(parameter.en for parameter in command.parameters) for command in COMMANDS
}
FORMS: Final = (*_ARGUMENTS, *_LATER_COMMANDS)
"""The English names of the commands that a button or form can carry out."""


def arguments(form: str) -> tuple[str, ...]:
    """The names of the values that a form can have; of a form that this version does not have, all names."""
    every = dict.fromkeys(name for names in _ARGUMENTS.values() for name in names)
    own = _ARGUMENTS.get(form.casefold(), tuple(every))
    return tuple(dict.fromkeys((*own, *_LATER_ARGUMENTS, "confirmed")))
