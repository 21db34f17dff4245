"""What a chat platform is to the rest of the program: something that brings in acts and shows cards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.views.card import Card


@dataclass(frozen=True, slots=True)
class Incoming:
    """One act of a person, verified and decoded, on its way to the dispatcher.

    Either `text` is set (a typed command) or `command` with `values` (a button or a form). `account` is the platform's
    own id of the person. `channel` is the platform's id of the channel, empty in a direct message. `received_at` is
    UTC, stamped when the request reached the program; `platform_at` is the platform's own time, when it tells one.
    `event_id` is the same for every delivery of the same act; `once` is used up by the first act that succeeds, when it
    is set (a form that is sent again after a correction is another act). `operator` is the operating-system user, for acts that
    come in on the console or the command line.
    """

    platform: str
    account: str
    channel: str
    received_at: datetime
    event_id: str
    text: str | None = None
    command: str | None = None
    values: Mapping[str, str] | None = None
    platform_at: datetime | None = None
    operator: str = ""
    once: str = ""


@dataclass(frozen=True, slots=True)
class PostRef:
    """Where a message stands: the conversation and the id of the post in it."""

    conversation: str
    post: str


class PlatformUnavailable(Exception):
    """The platform cannot be reached or is overloaded: try again later, after `retry_after` seconds if it said so."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PlatformRefused(Exception):
    """The platform will never accept this message: somebody must be told another way."""


class PostGone(PlatformRefused):
    """The message to be replaced does not stand there any more."""


class EditRefused(PlatformRefused):
    """The platform lets nobody change this message any more."""


class Platform(Protocol):
    """A chat platform. All methods block; they raise `PlatformUnavailable` or `PlatformRefused`, and nothing else.

    `key` tags a message so that `find` can recognise it after an answer was lost; the same key with the same content
    may be sent twice, and then one message is visible wherever the platform can search.
    """

    @property
    def name(self) -> str:
        """The name in configuration, board files and events."""
        ...

    def post(self, channel: str, card: Card, key: str) -> PostRef:
        """Show a card in a channel as a new message."""
        ...

    def update(self, ref: PostRef, card: Card, key: str) -> None:
        """Replace a message of ours by the card, whole. Repeating it is harmless."""
        ...

    def tell(self, account: str, card: Card, key: str) -> PostRef:
        """Send a person a direct message."""
        ...

    def find(self, conversation: str, key: str) -> PostRef | None:
        """Our own message with this key in a channel, or in `@account`, a person's direct messages; None when there is none."""
        ...

    def send_file(self, account: str, name: str, media_type: str, content: bytes, key: str) -> PostRef:
        """Send a person a file in a direct message."""
        ...

    def account_id(self, name: str) -> str:
        """The platform's own id of the account with this name, without an `@`; an id names itself. Empty when there is none."""
        ...
