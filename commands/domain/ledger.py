"""The hash chain: canonical bytes of an entry, the link to the one before, and the check of a whole log.

Canonical form: JSON with sorted ASCII keys and no white space, holding strings, integers, booleans, lists and objects
only, so that the standard library writes the bytes of RFC 8785.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain]"
"""What an entry may hold. No floats and no null: times, weights and fractions are strings, nothing is left out."""

GENESIS: Final = "0" * 64
"""What the first entry of a log links to."""

_LARGEST: Final = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a log: what happened, in which order, linked to the entry before it.

    `at` is UTC and never earlier than that of the entry before. `body` holds codes, numbers, ids and hashes of texts.
    """

    log: str
    sequence: int
    at: datetime
    kind: str
    body: Mapping[str, Plain]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class KeptText:
    """A free text that lies beside the log, with the 16 random bytes of its hash."""

    hash: str
    salt: bytes
    text: str


def instant(at: datetime) -> str:
    """An instant as the log and all exports write it: UTC, microseconds only where there are any, a closing Z."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def canonical(value: Plain) -> bytes:
    """The one way to write a value as bytes. Raises ValueError for what RFC 8785 could write differently."""
    _check(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def link(log: str, sequence: int, at: datetime, kind: str, body: Mapping[str, Plain], previous: str) -> Entry:
    """Make the entry that follows `previous`."""
    entry: Plain = {
        "log": log,
        "sequence": sequence,
        "at": instant(at),
        "kind": kind,
        "body": dict(body),
        "previous": previous,
    }
    return Entry(log, sequence, at, kind, body, previous, hashlib.sha256(canonical(entry)).hexdigest())


def first_fault(entries: Iterable[Entry]) -> int | None:
    """The sequence of the first entry that does not follow from the ones before; None when the chain holds.

    Entries must come in the order of the log. Memory stays constant.
    """
    previous, expected, at = GENESIS, 1, None
    for entry in entries:
        again = link(entry.log, entry.sequence, entry.at, entry.kind, entry.body, entry.previous)
        if entry.sequence != expected or entry.previous != previous or again.hash != entry.hash:
            return min(entry.sequence, expected)
        if at is not None and entry.at < at:
            return entry.sequence
        previous, expected, at = entry.hash, expected + 1, entry.at
    return None


def text_hash(salt: bytes, text: str) -> str:
    """The hash by which an entry holds a free text: SHA-256(16 random bytes, then the UTF-8 text)."""
    if len(salt) != 16:
        raise ValueError("a salt is 16 bytes")
    return hashlib.sha256(salt + text.encode()).hexdigest()


def _check(value: Plain) -> None:
    if isinstance(value, dict):
        for key, each in value.items():
            if not key.isascii():
                raise ValueError(f"key is not ASCII: {key!r}")
            _check(each)
    elif isinstance(value, list):
        for each in value:
            _check(each)
    elif isinstance(value, int):
        if not -_LARGEST <= value <= _LARGEST:
            raise ValueError("an integer beyond 2**53 must be a string")
    elif not isinstance(value, str):
        raise ValueError(f"{type(value).__name__} has no canonical form")
