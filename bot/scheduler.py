"""The alarm clock: a tick that does whatever is due, and the two jobs that ring it.

A deadline is a column; nothing is remembered here. APScheduler holds one interval job and one wake-up just after the
next deadline, both in memory.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.app import App
from bot.delivery import deliver_due
from commands.close import close_asked, close_due
from commands.domain.errors import Refusal
from commands.domain.number import ItemNumber
from commands.remind import remind_due
from commands.upkeep import next_upkeep, upkeep
from storage.transaction import Tx

BATCH: Final = 50
AFTER: Final = timedelta(microseconds=1)
"""A round is due when its deadline and grace have passed, not when they are reached."""
REMEMBERED: Final = timedelta(days=7)
"""How long an answer is kept for an act that arrives again, and a message after it was sent."""
CLEARING: Final = timedelta(hours=1)
MOST_CLEARED: Final = 1000
FOREVER: Final[dict[str, Any]] = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
"""APScheduler 3 drops a job that is a second late by default; none of these jobs may be dropped."""

log = structlog.get_logger()


def tick(app: App) -> int:
    """Do everything that is due now, through the same queue as every position; returns how many things were done.

    Repeating it changes nothing. Each round is closed in a unit of work of its own, so that one that cannot be closed
    holds up no other.
    """
    now = app.clock.now()
    before = now - timedelta(seconds=app.config.bot.grace_seconds)
    times = app.times
    done = _each(app, lambda tx: tx.items.due(before, BATCH), lambda tx, number: close_due(tx, number, now, times))
    done += _each(app, lambda tx: tx.items.asked(now, BATCH), lambda tx, number: close_asked(tx, number, now, times))
    done += _each(
        app, lambda tx: tx.items.reminders_due(now, BATCH), lambda tx, number: remind_due(tx, number, now, times)
    )

    def keep_up(tx: Tx) -> None:
        upkeep(tx, now)
        clear_away(tx, now)

    app.store.write(keep_up).result()
    app.store.write(lambda tx: tx.beats.beat(now)).result()
    return done


def clear_away(tx: Tx, now: datetime) -> None:
    """Forget old answers and sent messages, once an hour, and at most so many of each at a time.

    What is left over is for the next tick. A clock that was set back has no hour to wait.
    """
    last = tx.beats.last_cleared()
    if last is not None and last <= now < last + CLEARING:
        return
    before = now - REMEMBERED
    if max(tx.inbox.purge(before, MOST_CLEARED), tx.delivery.purge(before, MOST_CLEARED)) < MOST_CLEARED:
        tx.beats.cleared(now)


def next_instant(app: App, after: datetime) -> datetime | None:
    """The first instant later than `after` at which a tick or a delivery has something to do."""
    grace = timedelta(seconds=app.config.bot.grace_seconds) + AFTER

    def find(tx: Tx) -> list[datetime | None]:
        closes, reminds = tx.items.next_due(after - grace), tx.items.next_reminder(after)
        return [closes + grace if closes else None, reminds, tx.delivery.next_due(after), next_upkeep(tx, after)]

    return min((each for each in app.store.read(find) if each is not None and each > after), default=None)


@contextlib.contextmanager
def alarm_clock(app: App) -> Iterator[BackgroundScheduler]:
    """Ring `tick` and delivery every few seconds, and just after the next deadline; stops cleanly at the end."""
    scheduler = BackgroundScheduler(timezone="UTC")

    def ring() -> None:
        try:
            tick(app)
            deliver_due(app)
        except Refusal as refusal:
            log.warning("tick-refused", actie="tik", resultaat=refusal.code)
        except Exception:
            log.exception("tick-failed", actie="tik", resultaat="fout")
        soon = next_instant(app, app.clock.now())
        if soon is not None and scheduler.running:
            scheduler.add_job(ring, DateTrigger(soon), id="wake-up", replace_existing=True, **FOREVER)

    scheduler.add_job(ring, IntervalTrigger(seconds=app.config.bot.tick_seconds), id="tick", **FOREVER)
    scheduler.add_job(ring, id="wake-up", **FOREVER)
    scheduler.start()
    try:
        yield scheduler
    finally:
        scheduler.shutdown(wait=True)


def _each(app: App, find: Callable[[Tx], tuple[ItemNumber, ...]], do: Callable[[Tx, ItemNumber], bool]) -> int:
    """Do something for each item found, until nothing new is found or nothing more is done."""
    done, tried = 0, set[ItemNumber]()
    while fresh := [number for number in app.store.read(find) if number not in tried]:
        for number in fresh:
            tried.add(number)
            try:
                done += app.store.write(partial(_with, do, number)).result()
            except Refusal as refusal:
                log.warning("due-refused", actie="tik", object=str(number), resultaat=refusal.code)
            except Exception:
                log.exception("due-failed", actie="tik", object=str(number), resultaat="fout")
    return done


def _with(do: Callable[[Tx, ItemNumber], bool], number: ItemNumber, tx: Tx) -> bool:
    return do(tx, number)
