"""Faults on demand: what goes wrong between two programs, once or several times, exactly where a test wants it."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Condition, Lock

PATIENCE = 10.0  # seconds: a test that waits longer for the others is wrong


class Kind(StrEnum):
    """What happens to a request."""

    DELAY = "delay"
    DROP = "drop"
    RESET = "reset"
    ANSWER = "answer"
    DUPLICATE = "duplicate"
    REORDER = "reorder"


class Order:
    """Lets a number of requests arrive, then go on in the reverse order of their arrival, one after the other."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.arrived = 0
        self._next = count - 1
        self._changed = Condition()

    def enter(self) -> int:
        """Arrive, and wait until it is this one's turn; gives the place in the order of arrival."""
        with self._changed:
            place = self.arrived
            self.arrived += 1
            self._changed.notify_all()
            is_turn = self._changed.wait_for(lambda: self.arrived >= self._count and self._next == place, PATIENCE)
            assert is_turn, f"only {self.arrived} of {self._count} requests came"
            return place

    def leave(self) -> None:
        """Let the one that arrived before go on."""
        with self._changed:
            self._next -= 1
            self._changed.notify_all()


@dataclass(slots=True, eq=False)
class Fault:
    """One fault: which requests it meets (`method` and a pattern in the path), how often, and what it does.

    `applied` says whether the request has its effect before it goes wrong. `hits` counts the requests met.
    """

    kind: Kind
    method: str = ""
    path: str = ""
    times: int = 1
    applied: bool = False
    people: bool = False
    seconds: float = 0.0
    status: int = 0
    error_id: str = ""
    retry_after: int | None = None
    order: Order | None = None
    hits: int = 0

    @property
    def waiting(self) -> int:
        """How many requests have come to be reordered."""
        return self.order.arrived if self.order is not None else 0

    def meets(self, method: str, path: str, by_person: bool) -> bool:
        """Whether this fault is for that request."""
        is_left = self.times < 0 or self.hits < self.times
        is_right = self.method in ("", method) and re.search(self.path, path) is not None
        return is_left and is_right and (self.people or not by_person)

    def wait(self) -> None:
        """Hold up the request, for a delay."""
        if self.kind is Kind.DELAY:
            time.sleep(self.seconds)


@dataclass(slots=True)
class Faults:
    """The faults set up, in the order in which they were asked for: the first that meets a request is used.

    `method` is the HTTP method, or for calls to the bot the kind: `command`, `click`, `dialog`. `path` is a pattern
    searched in the path. `times=-1` is for ever. Calls by people's clients are spared unless `people` is given.
    """

    planned: list[Fault] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def take(self, method: str, path: str, by_person: bool = False) -> Fault | None:
        """The fault for a request; it counts as used."""
        with self._lock:
            for fault in self.planned:
                if fault.meets(method, path, by_person):
                    fault.hits += 1
                    return fault
        return None

    def clear(self) -> None:
        """No more faults."""
        with self._lock:
            self.planned.clear()

    def _plan(self, fault: Fault) -> Fault:
        with self._lock:
            self.planned.append(fault)
        return fault

    def delay(
        self,
        seconds: float,
        *,
        method: str = "",
        path: str = "",
        times: int = 1,
        applied: bool = False,
        people: bool = False,
    ) -> Fault:
        """Hold up the request before it is applied, or its answer after that."""
        return self._plan(Fault(Kind.DELAY, method, path, times, applied, people, seconds=seconds))

    def drop_before(self, *, method: str = "", path: str = "", times: int = 1, people: bool = False) -> Fault:
        """Close the connection without doing anything."""
        return self._plan(Fault(Kind.DROP, method, path, times, False, people))

    def drop_after(self, *, method: str = "", path: str = "", times: int = 1, people: bool = False) -> Fault:
        """Apply the request, then close the connection without an answer."""
        return self._plan(Fault(Kind.DROP, method, path, times, True, people))

    def reset(
        self, *, method: str = "", path: str = "", times: int = 1, applied: bool = False, people: bool = False
    ) -> Fault:
        """Reset the connection, as a machine that is switched off does."""
        return self._plan(Fault(Kind.RESET, method, path, times, applied, people))

    def answer(
        self,
        status: int,
        error_id: str = "",
        *,
        retry_after: int | None = None,
        method: str = "",
        path: str = "",
        times: int = 1,
        applied: bool = False,
        people: bool = False,
    ) -> Fault:
        """Answer with an error; 429 is written as the rate limiter writes it."""
        fault = Fault(Kind.ANSWER, method, path, times, applied, people, status=status, error_id=error_id)
        fault.retry_after = retry_after
        return self._plan(fault)

    def duplicate(self, *, method: str = "", path: str = "", times: int = 1, people: bool = False) -> Fault:
        """Let the request arrive twice; the caller gets the second answer."""
        return self._plan(Fault(Kind.DUPLICATE, method, path, times, False, people))

    def reorder(
        self, count: int, *, method: str = "", path: str = "", applied: bool = False, people: bool = False
    ) -> Fault:
        """Gather so many requests, then let them go on in reverse order; `applied`: reverse what follows the answers."""
        fault = Fault(Kind.REORDER, method, path, count, applied, people)
        fault.order = Order(count)
        return self._plan(fault)
