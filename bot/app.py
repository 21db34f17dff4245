"""The application: a frozen bag of collaborators, made in one place."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import lru_cache
from random import Random
from threading import Event
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.closed_days import calendar_for
from bot.config import Config
from bot.i18n import Catalogue
from bot.platforms.base import Platform
from commands import COMMANDS
from commands.command import Command
from commands.domain.board import Board, CalendarSettings
from commands.domain.calendar import Calendar
from commands.domain.errors import Refusal
from commands.domain.values import Line
from commands.rounds import Times
from storage.store import Store, open_store


@dataclass(frozen=True)
class App:
    """Everything that works together.

    `reads_only` is the refusal of every change, where nothing may be changed. `stopping` is set when the program is
    told to end, so that long work ends after its present step.
    """

    config: Config
    clock: Clock
    store: Store
    platforms: Mapping[str, Platform]
    commands: tuple[Command, ...] = COMMANDS
    reads_only: Refusal | None = None
    locale: str = "nl"
    zone: ZoneInfo = ZoneInfo("Europe/Amsterdam")
    random: Random = field(default_factory=Random)
    stopping: Event = field(default_factory=Event)

    def catalogue(self, locale: str, zone: ZoneInfo) -> Catalogue:
        """The words in a language, with times in a zone."""
        return _catalogue(locale, zone)

    def calendar(self, board: Board) -> Calendar:
        """The working days of a board, around now."""
        return _calendar(board.calendar, board.timezone, board.closing_time, self.clock.now().year)

    @property
    def times(self) -> Times:
        """What the clock goes by when it closes and reminds."""
        settings = self.config.bot
        return Times(
            self.calendar, timedelta(minutes=settings.outage_minutes), timedelta(hours=settings.outage_window_hours)
        )

    def word(self, board: Board, line: Line) -> str:
        """A line as plain text in the language and zone of a board."""
        return self.catalogue(board.locale, board.zone).plain(line.key, line.values)


@contextlib.contextmanager
def build_app(
    config: Config,
    clock: Clock,
    platforms: Iterable[Platform],
    *,
    reads_only: Refusal | None = None,
    locale: str = "nl",
    random: Random | None = None,
    open: Callable[[str, Callable[[], datetime]], Store] = open_store,
) -> Iterator[App]:
    """Open the database and put the application together; closes it cleanly at the end."""
    store = open(config.storage_url, clock.now)
    try:
        yield App(
            config=config,
            clock=clock,
            store=store,
            platforms={platform.name: platform for platform in platforms},
            reads_only=reads_only,
            locale=locale,
            random=random or Random(),  # noqa: S311 - jitter of repeated deliveries, nothing secret
        )
    finally:
        store.close()


@lru_cache(maxsize=256)
def _catalogue(locale: str, zone: ZoneInfo) -> Catalogue:
    return Catalogue(locale, zone)


@lru_cache(maxsize=256)
def _calendar(settings: CalendarSettings, timezone: str, closing_time: time, year: int) -> Calendar:
    return calendar_for(settings, ZoneInfo(timezone), closing_time, year - 2, year + 8)
