"""Private answers that go out after the answer to a request: receipts and files, in order for each person."""

from __future__ import annotations

import contextlib
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from queue import Empty, Full, Queue
from threading import Event, Lock, Thread
from typing import Final

import structlog

from bot.platforms.base import Platform, PlatformRefused, PlatformUnavailable
from bot.views.card import Card
from commands.command import Attachment

LANES: Final = 4
LONGEST_HELD: Final = 2.0
"""Seconds for which a message lets those who still wait for an answer go first."""
_PAUSE: Final = 0.01
LONGEST_QUEUE: Final = 20_000
TRIES: Final = 10
LONGEST_WAIT: Final = 60.0
"""Attempts for one message: with a doubling wait from one second up to a minute they last five minutes."""
OLDEST: Final = 300.0
"""Seconds after which a message that failed is not tried again, however long it waited for its turn."""
MOST_FAILING: Final = 10_000
"""Accounts of which it is remembered that the last message to them failed."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Aside:
    """What one person is told: a card, or a file. `key` tags it, so that a repeated attempt shows it once.

    `since` is when it was handed in, in seconds of the monotonic clock. `otherwise` is told when the file is refused.
    """

    account: str
    key: str
    since: float
    card: Card | None = None
    file: Attachment | None = None
    otherwise: Card | None = None


class Asides:
    """Sends private answers, and those of one person in the order in which they were given.

    What an answer tells is durable already, so that an answer is lost with the process and nothing else is; the person
    can ask again. One that cannot be sent is logged.
    """

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._lanes: tuple[Queue[Aside | None], ...] = tuple(Queue(LONGEST_QUEUE) for _ in range(LANES))
        self._stopping = Event()
        self._awaited = 0
        self._failing: dict[str, None] = {}
        self._lock = Lock()

    def is_failing(self, account: str) -> bool:
        """Whether the last message to this account did not arrive, or not yet: somebody must be told another way."""
        with self._lock:
            return account in self._failing

    def send(
        self,
        account: str,
        key: str,
        card: Card | None = None,
        file: Attachment | None = None,
        otherwise: Card | None = None,
    ) -> None:
        """Have a card or a file sent soon, or `otherwise` where the file is refused; returns at once."""
        lane = self._lanes[zlib.crc32(account.encode()) % LANES]
        try:
            lane.put_nowait(Aside(account, key, time.monotonic(), card, file, otherwise))
        except Full:
            log.error("aside-lost", actie="antwoord", object=key, resultaat="wachtrij vol")

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Send nothing for as long as the context lasts, or not much longer than two seconds: somebody awaits an answer.

        Contexts overlap, and all are of one thread.
        """
        self._awaited += 1
        try:
            yield
        finally:
            self._awaited -= 1

    @contextlib.contextmanager
    def sending(self, wait: Callable[[Event, float], bool] = Event.wait) -> Iterator[None]:
        """Send for as long as the context lasts, and at its end what still waits, each once."""
        threads = [Thread(target=self._work, args=(lane, wait), name="asides", daemon=True) for lane in self._lanes]
        for each in threads:
            each.start()
        try:
            yield
        finally:
            self._stopping.set()
            for lane in self._lanes:
                with contextlib.suppress(Full):  # a full lane is looked at soon enough
                    lane.put_nowait(None)
            for each in threads:
                each.join()

    def _work(self, lane: Queue[Aside | None], wait: Callable[[Event, float], bool]) -> None:
        while True:
            try:
                aside = lane.get(timeout=0.2)
            except Empty:
                aside = None
            if aside is not None:
                self._send(aside, wait)
            elif self._stopping.is_set():
                return

    def _send(self, aside: Aside, wait: Callable[[Event, float], bool]) -> None:
        until = aside.since + LONGEST_HELD
        while self._awaited and time.monotonic() < until and not self._stopping.wait(_PAUSE):
            pass
        for attempt in range(TRIES):
            try:
                if attempt and self._platform.find(f"@{aside.account}", aside.key) is not None:
                    self._arrived(aside.account, True)
                    return  # the attempt before arrived, and its answer did not
                if aside.card is not None:
                    self._platform.tell(aside.account, aside.card, aside.key)
                if aside.file is not None:
                    self._platform.send_file(
                        aside.account, aside.file.name, aside.file.media_type, aside.file.content, aside.key
                    )
            except PlatformUnavailable as error:
                self._arrived(aside.account, False)
                is_old = time.monotonic() - aside.since > OLDEST
                pause = error.retry_after or min(2.0**attempt, LONGEST_WAIT)
                if is_old or self._stopping.is_set() or wait(self._stopping, pause):
                    break
            except PlatformRefused:
                if aside.otherwise is not None:
                    log.warning("file-refused", actie="antwoord", object=aside.key, resultaat="geweigerd")
                    self._send(
                        replace(aside, key=f"{aside.key}-text", card=aside.otherwise, file=None, otherwise=None), wait
                    )
                    return
                self._arrived(aside.account, False)
                break
            except Exception:  # a bug that one message meets must not end the lane
                log.exception("aside-failed", actie="antwoord", object=aside.key, resultaat="fout")
                return
            else:
                self._arrived(aside.account, True)
                return
        log.warning("aside-lost", actie="antwoord", object=aside.key, resultaat="niet bezorgd")

    def _arrived(self, account: str, is_there: bool) -> None:
        with self._lock:
            self._failing.pop(account, None)
            if not is_there:
                self._failing[account] = None
                if len(self._failing) > MOST_FAILING:
                    del self._failing[next(iter(self._failing))]
