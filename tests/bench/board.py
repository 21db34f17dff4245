"""A board with many organisations and one open item, for benchmarks, on the clock of the machine."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from bot.app import App, build_app
from bot.boardfile import BoardFile
from bot.boardload import apply, plan
from bot.clock import SystemClock
from bot.config import read_config
from bot.dispatch import dispatch
from bot.platforms.base import Incoming
from bot.platforms.console.client import NAME, ConsoleClient
from commands.domain.board import Account, Board, Organisation, Person, Role, RoleGrant
from commands.domain.mandate import Mandate, MandateRole
from storage.store import open_store

BOARD = "BENCH"
_events = count()


@dataclass(frozen=True, slots=True)
class Ground:
    """An application with an open item, and the accounts that may file on it."""

    app: App
    accounts: tuple[str, ...]

    def file(self, number: int, item: str = "1") -> None:
        """One position of one organisation, through the dispatcher; another stance each time it comes round."""
        account = self.accounts[number % len(self.accounts)]
        stance = ("akkoord", "geen-bezwaar")[number // len(self.accounts) % 2]
        answer = dispatch(self.app, typed(account, f"/standpunt {item} {stance}")).result()
        if answer.refusal:
            raise RuntimeError(answer.refusal)


def typed(account: str, text: str) -> Incoming:
    """A typed command, received now."""
    return Incoming(NAME, account, BOARD, datetime.now(UTC), f"bench-{next(_events)}", text=text)


@contextlib.contextmanager
def ground(
    folder: Path,
    organisations: int,
    *,
    group_limit: int | None = None,
    before_commit: Callable[[], None] = lambda: None,
) -> Iterator[Ground]:
    """An application on a fresh SQLite file, with a board and one item open for thirty days."""
    options: dict[str, Any] = {"before_commit": before_commit}
    if group_limit is not None:
        options["group_limit"] = group_limit
    clock = SystemClock()
    config = read_config(url=f"sqlite:///{folder / 'bench.db'}", environment={})
    with build_app(config, clock, [ConsoleClient(clock.now)], open=partial(open_store, **options)) as app:
        accounts = tuple(f"org{number}" for number in range(organisations))
        file = board_file(accounts)
        now = clock.now()

        def load(tx: Any) -> None:
            apply(tx, plan(tx, file, "bench", now), now, "bench")

        app.store.write(load).result()
        for line in (
            '/consultatie nieuw "Bench" --tekst "1. Besluit."',
            "/consultatie open 1 --termijn '20 werkdagen'",
        ):
            answer = dispatch(app, typed("secretary", line)).result()
            if answer.refusal:
                raise RuntimeError(answer.refusal)
        yield Ground(app, accounts)


@contextlib.contextmanager
def reopened(folder: Path, organisations: int) -> Iterator[Ground]:
    """The application again on a database that `ground` made."""
    clock = SystemClock()
    config = read_config(url=f"sqlite:///{folder / 'bench.db'}", environment={})
    with build_app(config, clock, [ConsoleClient(clock.now)]) as app:
        yield Ground(app, tuple(f"org{number}" for number in range(organisations)))


def board_file(accounts: tuple[str, ...], platform: str = NAME, secretary: str = "secretary") -> BoardFile:
    """A board with one organisation, one person and one mandate for each account on a platform, and a secretary."""
    today = datetime.now(UTC).date()
    board = Board(
        id=BOARD,
        name="Benchmark",
        organisations=tuple(
            Organisation(each, each, each, f"column{index % 5}") for index, each in enumerate(accounts)
        ),
        roles=(RoleGrant(secretary, Role.SECRETARY),),
    )
    people = tuple(Person(each, each, "nl", accounts=(Account(platform, each),)) for each in (*accounts, secretary))
    mandates = tuple(
        Mandate(f"{BOARD}-{index}", each, BOARD, each, MandateRole.REPRESENTATIVE, today - timedelta(days=1))
        for index, each in enumerate(accounts, 1)
    )
    return BoardFile(board, people, mandates)
