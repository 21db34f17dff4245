"""What a unit of work read or will write, held by key, so that the next one need not read it again."""

from __future__ import annotations

from collections.abc import Hashable
from enum import Enum
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Missing(Enum):
    """The type of `MISSING`, so that a cache can hold None as a value."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


class Cache(Generic[K, V]):
    """Values by key; what a unit puts in is its own until the unit is kept."""

    __slots__ = ("_forgotten", "_kept", "_own")

    def __init__(self) -> None:
        self._kept: dict[K, V] = {}
        self._own: dict[K, V] = {}
        self._forgotten = False

    def get(self, key: K) -> V | Missing:
        """The value, as this unit sees it; MISSING when it must be read."""
        found = self._own.get(key, MISSING)
        if found is MISSING and not self._forgotten:
            return self._kept.get(key, MISSING)
        return found

    def put(self, key: K, value: V) -> None:
        """Hold what this unit read or will write."""
        self._own[key] = value

    def forget(self) -> None:
        """Read everything again: this unit changed something that these values follow from."""
        self._own = {}
        self._forgotten = True

    def keep(self) -> None:
        """The unit succeeded: its values are everyone's."""
        if self._forgotten:
            self._kept, self._own, self._forgotten = self._own, {}, False
        elif self._own:
            self._kept.update(self._own)
            self._own = {}

    def drop(self) -> None:
        """The unit was dropped, and its values with it."""
        self._own = {}
        self._forgotten = False

    def clear(self, *, above: int = -1) -> None:
        """Hold nothing any more, when it holds more than so many values; between transactions only."""
        if len(self._kept) > above:
            self._kept = {}
