"""A platform-neutral form: what a command still needs, asked of a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.views.card import Block, Text


class FieldKind(StrEnum):
    """How a value is given."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    SELECT = "select"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Option:
    """One value that can be chosen."""

    label: Text
    value: str


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `name` is the English name of the argument, `value` what is filled in already.

    `CHOICE` has few options, all of them visible and none chosen; `SELECT` may have many. `longest` is in characters.
    """

    name: str
    label: Text
    kind: FieldKind
    required: bool = False
    help: Text = ()
    options: tuple[Option, ...] = ()
    value: str = ""
    longest: int = 3000
    placeholder: Text = ()


@dataclass(frozen=True, slots=True)
class Form:
    """One page of questions about a command. `values` are given already and are not asked; `page` counts from 1.

    A form without fields tells something: its `command` is empty, or is what happens when it is confirmed.
    """

    title: Text
    intro: tuple[Block, ...]
    fields: tuple[Field, ...]
    submit: Text
    command: str
    values: Mapping[str, str] = field(default_factory=dict)
    page: int = 0
