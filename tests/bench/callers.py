"""Load over HTTP: requests that are ready as bytes, sent over connections that stay open, timed one by one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast


@dataclass
class Load:
    """What came of a load: how long each request took and what it was answered, in the order of the answers.

    `took` is in seconds, from when the request was to be sent where the load is open, else from when it was. `seconds` is
    from the first to the last. `ended` is when each was answered, in seconds since 1970, in the order of the requests;
    only for an open load.
    """

    took: list[float] = field(default_factory=list)
    ended: dict[int, float] = field(default_factory=dict)
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return len(self.took) / self.seconds

    def errors(self, status: int = 200, body: bytes = b"{}") -> int:
        """How many were answered in any other way."""
        return sum(each != (status, body) for each in self.answers)

    def percentile(self, share: float) -> float:
        """How long all but a share of the requests took at most, in seconds."""
        return sorted(self.took)[min(len(self.took) - 1, int(len(self.took) * share))]


class Caller(asyncio.Protocol):
    """One connection, on which one request waits for its answer at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answered: asyncio.Future[tuple[int, bytes]] | None = None
        self._seen = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready to send."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """The answer is whole when its body is as long as it says."""
        self._seen += data
        head, found, body = self._seen.partition(b"\r\n\r\n")
        if not found or self._answered is None:
            return
        _, _, rest = head.lower().partition(b"content-length:")
        if len(body) >= int(rest.partition(b"\r\n")[0] or 0):
            self._seen = b""
            self._answered.set_result((int(head[9:12]), body))
            self._answered = None

    def connection_lost(self, error: Exception | None) -> None:
        """Status 0 for whoever waits."""
        self._transport = None
        if self._answered is not None and not self._answered.done():
            self._answered.set_result((0, b""))

    def call(self, request: bytes) -> asyncio.Future[tuple[int, bytes]]:
        """Send a request; the status and the body of its answer."""
        self._answered = asyncio.get_running_loop().create_future()
        answered = self._answered
        if self._transport is None:
            answered.set_result((0, b""))
        else:
            self._transport.write(request)
        return answered

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.close()


async def closed(port: int, requests: Sequence[bytes], connections: int) -> Load:
    """Each connection sends its next request as soon as it has an answer, until all are sent."""
    load, left = Load(), iter(requests)
    callers = [await _connected(port) for _ in range(connections)]

    async def work(caller: Caller) -> None:
        for request in left:
            began = time.perf_counter()
            load.answers.append(await caller.call(request))
            load.took.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*map(work, callers))
    load.seconds = time.perf_counter() - began
    for each in callers:
        each.close()
    return load


async def open_loop(port: int, requests: Iterator[bytes], rate: float, number: int) -> Load:
    """So many requests, each at its own time whether or not those before it were answered.

    A connection is used again once it is free; time counts from when a request was to be sent.
    """
    load, free = Load(), list[Caller]()
    began = time.perf_counter()

    async def send(index: int, at: float, request: bytes) -> None:
        caller = free.pop() if free else await _connected(port)
        load.answers.append(await caller.call(request))
        load.took.append(time.perf_counter() - at)
        load.ended[index] = time.time()
        free.append(caller)

    sent = set()
    for index in range(number):
        at = began + index / rate
        if (ahead := at - time.perf_counter()) > 0:
            await asyncio.sleep(ahead)
        task = asyncio.create_task(send(index, at, next(requests)))
        sent.add(task)
        task.add_done_callback(sent.discard)
    await asyncio.gather(*sent)
    load.seconds = time.perf_counter() - began
    for each in free:
        each.close()
    return load


async def _connected(port: int) -> Caller:
    _, caller = await asyncio.get_running_loop().create_connection(Caller, "127.0.0.1", port)
    return caller
