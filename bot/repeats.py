"""Acts that arrive again: whether it is the same one, and what is kept of a refusal so that it can be given again."""

from __future__ import annotations

import json
from hashlib import sha256

from bot.i18n import quoted
from bot.platforms.base import Incoming
from commands.domain.errors import Refusal
from commands.domain.values import Value


def request_hash(incoming: Incoming) -> str:
    """The SHA-256 of what is asked, by whom and where; not of when, which differs from delivery to delivery."""
    asked = [incoming.platform, incoming.account, incoming.channel, incoming.text, incoming.command]
    return sha256(json.dumps([*asked, sorted((incoming.values or {}).items())]).encode()).hexdigest()


def facts(refusal: Refusal) -> dict[str, Value]:
    """The facts of a refusal as far as they are shown: of what somebody typed no more than a few words."""
    return {name: quoted(value) for name, value in refusal.values().items()}
