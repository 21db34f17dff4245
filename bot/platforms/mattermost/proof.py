"""The way round, proved: a sealed note that only we can make goes out as our own command and click, and comes back.

Nothing is done with it but to say what it holds, and only to the account that it was made for.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from bot.platforms.base import Incoming
from bot.platforms.mattermost.incoming import Click
from bot.seal import BadSeal, Seal, Sealed

MARK: Final = "samenspraak-check:"
LIFE: Final = timedelta(minutes=2)
"""How long a note is good: a check takes seconds."""
COMMAND: Final = "check"
CLICK: Final = "check-click"


def typed(trigger: str, seal: Seal, account: str, nonce: str, now: datetime) -> str:
    """A command line of the account with a note in it."""
    sealed = Sealed(COMMAND, "", {}, "", now + LIFE, account=account, nonce=nonce)
    return f"/{trigger} {MARK}{seal.close(sealed, now)}"


def returned(incoming: Incoming, seal: Seal, now: datetime) -> str:
    """The nonce in the note of a command, when it is one of ours, of this account; else empty."""
    _, _, word = (incoming.text or "").partition(" ")
    if not word.startswith(MARK):
        return ""
    try:
        sealed = seal.open(word.removeprefix(MARK), COMMAND, now)
    except BadSeal:
        return ""
    return sealed.nonce if sealed.account == incoming.account else ""


def button(url: str, seal: Seal, account: str, nonce: str, now: datetime) -> dict[str, Any]:
    """A button that does nothing but to say its nonce, for the account alone and in a direct message."""
    sealed = Sealed("click", "", {}, "", now + LIFE, account=account, extra={CLICK: nonce})
    integration = {"url": url, "context": {"t": seal.close(sealed, now)}}
    return {"id": "check", "type": "button", "name": "check", "integration": integration}


def pressed(click: Click) -> dict[str, Any] | None:
    """The answer to a click on such a button: its post becomes the nonce. None for any other click."""
    nonce = click.sealed.extra.get(CLICK, "")
    if click.sealed.command or not nonce or not click.sealed.account or click.channel:
        return None
    return {"update": {"message": nonce, "props": {}}}
