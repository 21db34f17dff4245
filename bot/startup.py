"""What happens once when the program starts: how long it was away is measured, not guessed."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.app import App
from storage.transaction import Tx

SHORTEST: Final = timedelta(seconds=30)
"""An absence shorter than this is a restart and is not kept; a tick is recorded every few seconds."""


def start(app: App) -> None:
    """Keep the time from the last recorded tick of any process until now as an outage, when it was one."""
    now = app.clock.now()

    def work(tx: Tx) -> None:
        last = tx.beats.last()
        if last is not None and now - last > SHORTEST:
            tx.beats.away(last, now)
        tx.beats.beat(now)

    app.store.write(work).result()
