"""Trigger ids: the signed proof by a Mattermost server of who acted, and when."""

from __future__ import annotations

import base64
import hmac
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from bot.platforms.base import PlatformRefused, PlatformUnavailable

OLDEST: Final = timedelta(seconds=60)
AHEAD: Final = timedelta(seconds=5)
"""How far the clock of the server may be ahead of ours."""
AGAIN: Final = timedelta(minutes=1)
"""The least time between two requests for a key that is here already: a forged signature may not cause more of them."""
RETRY: Final = timedelta(seconds=2)
"""The least time between two requests for a key that is not here."""
PATIENCE: Final = 2.0
"""Seconds that one waits for another who is asking for the key."""
MOST_REMEMBERED: Final = 100_000
"""Ids that are remembered as used. A server lets through some four hundred clicks in a second, thus 24,000 in the window."""

_ALGORITHM: Final = ECDSA(SHA256())
_SIGNED: Final = re.compile(rb"([a-z0-9]{26}):([a-z0-9]{26}):([0-9]{13}):")


class KeyWanted(Exception):
    """A signature that cannot be judged without asking the server for its key."""


class KeyUnavailable(Exception):
    """The server does not tell its key now, so that nothing can be said of what it signed."""


class Forged(Exception):
    """A request that does not come from where it says: `reason` is a word for the log, and no secret."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Trigger:
    """One act at the server: its id there, the user's id, and when (UTC, by the server's clock, in milliseconds)."""

    id: str
    user: str
    at: datetime


class TriggerKey:
    """The public key with which a server signs, fetched when it is not here and again when a signature is wrong.

    `fetch` returns it as the server tells it, base64 of its DER form, and may raise what a platform raises. Safe to use
    from several threads: one of them fetches, and the others wait a moment for it.
    """

    def __init__(self, fetch: Callable[[], str]) -> None:
        self._fetch = fetch
        self._key: EllipticCurvePublicKey | None = None
        self._asked_at: datetime | None = None
        self._asking = Lock()

    def load(self, now: datetime) -> bool:
        """Fetch the key if it is not here yet; returns whether it is here now."""
        return (self._key or self._renewed(None, now)) is not None

    def verifies(self, signature: bytes, signed: bytes, now: datetime, *, may_ask: bool = True) -> bool:
        """Whether the server signed this, with the key as it is now at the server.

        Unless it may ask the server or wait for who does, which can take seconds, this raises `KeyWanted` where it would.
        Raises `KeyUnavailable` without a key.
        """
        key = self._key
        if key is not None and _is_signed(key, signature, signed):
            return True
        if may_ask:
            newer = self._renewed(key, now)
        elif self._asking.locked() or self._is_due(now):
            raise KeyWanted
        else:
            newer = self._key
        if newer is None:
            raise KeyUnavailable
        return newer is not key and _is_signed(newer, signature, signed)

    def _renewed(self, tried: EllipticCurvePublicKey | None, now: datetime) -> EllipticCurvePublicKey | None:
        """The key that is here after asking for another than the one that was tried, if it may be asked for."""
        if not self._asking.acquire(timeout=PATIENCE):
            return self._key
        try:
            if self._key is tried and self._is_due(now):
                self._asked_at = now
                self._key = self._fetched() or self._key
            return self._key
        finally:
            self._asking.release()

    def _is_due(self, now: datetime) -> bool:
        least = RETRY if self._key is None else AGAIN
        return self._asked_at is None or now - self._asked_at >= least

    def _fetched(self) -> EllipticCurvePublicKey | None:
        try:
            key = load_der_public_key(base64.b64decode(self._fetch(), validate=True))
        except (PlatformUnavailable, PlatformRefused, ValueError, UnsupportedAlgorithm):
            return None
        return key if isinstance(key, EllipticCurvePublicKey) else None


class Triggers:
    """Checks trigger ids, and lets each be used once.

    With `required=False` the signature is not looked at, because there is no key; the rest is. Safe to use from several
    threads.
    """

    def __init__(self, key: TriggerKey, *, required: bool = True) -> None:
        self.key = key
        self._required = required
        self._used: OrderedDict[str, datetime] = OrderedDict()
        self._lock = Lock()

    def check(self, trigger_id: str, user_id: str, now: datetime, *, may_ask: bool = True) -> Trigger:
        """The act behind a trigger id, which is used up. Raises `Forged`, and what `TriggerKey.verifies` raises.

        It must be signed, by this user, at most a minute old and at most five seconds ahead, and never used before.
        """
        signed, signature = _parts(trigger_id)
        if self._required and not self.key.verifies(signature, signed, now, may_ask=may_ask):
            raise Forged("signature")
        trigger = _decoded(signed)
        if not hmac.compare_digest(trigger.user.encode(), user_id.encode(errors="replace")):
            raise Forged("user")
        if not -AHEAD <= now - trigger.at <= OLDEST:
            raise Forged("age")
        self._use(trigger, now)
        return trigger

    def _use(self, trigger: Trigger, now: datetime) -> None:
        with self._lock:
            while self._used and now - next(iter(self._used.values())) > OLDEST + AHEAD:
                self._used.popitem(last=False)
            if trigger.id in self._used:
                raise Forged("replay")
            self._used[trigger.id] = now
            if len(self._used) > MOST_REMEMBERED:
                self._used.popitem(last=False)


def read_trigger(trigger_id: str) -> Trigger:
    """What a trigger id says, without proof of any of it. Raises `Forged` for what is not one."""
    return _decoded(_parts(trigger_id)[0])


def _parts(trigger_id: str) -> tuple[bytes, bytes]:
    """What is signed, with its last colon, and the signature; neither is looked into."""
    signed, colon, signature = _base64(trigger_id.encode(errors="replace")).rpartition(b":")
    return signed + colon, _base64(signature)


def _base64(text: bytes) -> bytes:
    """The bytes behind the one spelling that a server uses."""
    try:
        plain = base64.b64decode(text, validate=True)
    except ValueError:
        plain = b""
    if not plain or base64.b64encode(plain) != text:
        raise Forged("trigger")
    return plain


def _decoded(signed: bytes) -> Trigger:
    found = _SIGNED.fullmatch(signed)
    if found is None:
        raise Forged("trigger")
    id, user, millis = (each.decode("ascii") for each in found.groups())
    return Trigger(id, user, datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(millis)))


def _is_signed(key: EllipticCurvePublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed, _ALGORITHM)
    except InvalidSignature:
        return False
    return True
