"""What a person types or chooses in the console, as an incoming act."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from bot.platforms.base import Incoming
from bot.platforms.console.client import NAME
from bot.views.card import Button


@dataclass(frozen=True, slots=True)
class Place:
    """Who speaks and where: `channel` is empty in a direct message, `operator` the operating-system user."""

    account: str
    channel: str
    operator: str


def typed(text: str, place: Place, received_at: datetime) -> Incoming:
    """A line that was typed. Every call is an act of its own."""
    return Incoming(NAME, place.account, place.channel, received_at, _event_id(), text=text, operator=place.operator)


def pressed(button: Button, place: Place, received_at: datetime) -> Incoming:
    """A choice that was made. Every call is an act of its own."""
    return Incoming(
        NAME, place.account, place.channel, received_at, _event_id(),
        command=button.command, values=dict(button.values), operator=place.operator,
    )  # fmt: skip


def _event_id() -> str:
    return f"{NAME}-{secrets.token_hex(16)}"
