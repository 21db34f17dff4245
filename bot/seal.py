"""Seals: small notes to ourselves that travel through other people's hands, unreadable and unchangeable."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_SHORTEST: Final = 32
"""Characters of a secret; nothing here makes a weak one stronger."""
_USE: Final = b"samenspraak seal 1"
"""What a key is derived for. A seal of another shape gets another number, so that old ones no longer open."""


class BadSeal(Exception):
    """Not a seal of ours, or not for this use, or too old: nobody is told which of these."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a button or a form of ours stands for.

    `purpose` is `click` or `dialog`. `command` and the names in `values` are English; an empty command does nothing.
    `channel` is the platform's id of the only channel where it may be used, empty for direct messages. It is good before
    `expires_at` (UTC) and not at that instant. `account` is the only person who may use it, empty for everybody. `nonce`
    is a one-time id, empty for what may be repeated. `asks` means that a click opens the form of the command. `extra`
    is what the platform itself needs later.
    """

    purpose: str
    command: str
    values: Mapping[str, str]
    channel: str
    expires_at: datetime
    account: str = ""
    nonce: str = ""
    asks: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)


class Seal:
    """Closes and opens notes with one secret, or with a new and an old one while keys are changed.

    The keys come from the secrets by HKDF (RFC 5869); a note is a Fernet token: AES-CBC, then HMAC-SHA256 over all of it.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        """The first of one or two secrets closes, all open. Raises `ValueError` for other numbers and short secrets."""
        if len(keys) not in (1, 2):
            raise ValueError("a seal has one or two secrets")
        if min(map(len, keys)) < _SHORTEST:
            raise ValueError(f"a secret of a seal has at least {_SHORTEST} characters")
        self._fernet = MultiFernet([Fernet(_derived(each)) for each in keys])

    def close(self, sealed: Sealed, now: datetime) -> str:
        """The note as letters, digits, `-`, `_` and `=`; each call gives another one."""
        note = asdict(sealed) | {"expires_at": sealed.expires_at.isoformat()}
        return self._fernet.encrypt_at_time(_json(note), int(now.timestamp())).decode("ascii")

    def open(self, token: str, purpose: str, now: datetime) -> Sealed:
        """What was closed for this purpose, to the letter. Raises `BadSeal` for anything else."""
        try:
            raw = token.encode("ascii")
            if base64.urlsafe_b64encode(base64.urlsafe_b64decode(raw)) != raw:
                raise BadSeal  # the decoder skips what it does not know: one note would have many spellings
            note = json.loads(self._fernet.decrypt(raw))
            sealed = Sealed(**note | {"expires_at": datetime.fromisoformat(note["expires_at"])})
        except (InvalidToken, ValueError) as error:
            raise BadSeal from error
        if sealed.purpose != purpose or now >= sealed.expires_at:
            raise BadSeal
        return sealed


def _derived(secret: str) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_USE).derive(secret.encode())
    return base64.urlsafe_b64encode(key)


def _json(note: Mapping[str, object]) -> bytes:
    return json.dumps(note, ensure_ascii=False, separators=(",", ":")).encode()
