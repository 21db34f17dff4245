"""A scene is played in a process that is killed at each of its side effects, before it and after it, and played on.

    python -m tests.faults.killing vote|close FOLDER sqlite|postgresql

Prints one JSON document: the names of the effects, how many runs were killed, and everything that was not so after the
program had come back and come to rest.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from pathlib import Path

import structlog
from sqlalchemy import make_url

from bot.clock import SteppedClock
from bot.delivery import LEASE, deliver_due
from bot.scheduler import tick
from commands.domain.item import State
from tests import postgres
from tests.faults.effects import Effects, Side
from tests.faults.forked import Write, run
from tests.faults.invariants import check
from tests.faults.world import (
    DEADLINE,
    DEPUTY,
    GRACE,
    HOUR,
    IPO,
    MICROSECOND,
    MINUTE,
    RIJK,
    SECOND,
    START,
    VNG,
    World,
    fill,
    nothing,
)

Acknowledge = Callable[[str], None]
"""A receipt reaches the person: from here on it must be true."""

CLICKS = ((VNG, '/standpunt 1 bezwaar "Geen dekking."', "click-1"), (DEPUTY, "/standpunt 1 akkoord", "click-2"))
"""Who files what, and the id of the act."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is played: from `begins` on, after `before`; `after` is what must be so when the program is back."""

    begins: datetime
    before: Callable[[World], None]
    play: Callable[[World, Acknowledge], None]
    after: Callable[[World], None]


# --- a vote ------------------------------------------------------------------------------------------------------


def before_vote(world: World) -> None:
    world.must(IPO, "/standpunt 1 akkoord")


def vote(world: World, acknowledge: Acknowledge) -> None:
    """The representative objects, the deputy agrees after all; each time everybody concerned is told."""
    for person, text, event in CLICKS:
        acknowledge(world.must(person, text, event=event).receipt)
        deliver_due(world.app)
        world.clock.set(world.clock.now() + 31 * SECOND)  # longer than a card ever waits
    deliver_due(world.app)


def after_vote(world: World) -> None:
    """Both click again, as who saw no answer does: each act is done once, and counts when the round closes."""
    world.up()
    for person, text, event in CLICKS:
        world.must(person, text, event=event)
    assert [each.stance for each in world.filed("vng")] == ["object", "agree"]
    assert [each.kind for each in world.entries()].count("position-filed") == 3
    rest(world)
    world.clock.set(DEADLINE + GRACE + MICROSECOND)
    world.settle()
    rest(world)
    round = world.item().round
    assert round is not None
    assert round.outcome is not None
    assert (round.outcome.code, round.outcome.counts.for_) == ("adopted", 2)


# --- a close -----------------------------------------------------------------------------------------------------


def before_close(world: World) -> None:
    world.must(VNG, CLICKS[0][1])
    world.must(IPO, "/standpunt 1 akkoord")
    world.must(RIJK, "/standpunt 1 onthouding")
    world.jump(DEADLINE - MINUTE)


def close(world: World, acknowledge: Acknowledge) -> None:
    """The deadline passes, the round closes, and its result is posted."""
    world.clock.set(DEADLINE + GRACE + MICROSECOND)
    world.settle()
    world.clock.set(DEADLINE + 5 * SECOND)
    world.settle()


def after_close(world: World) -> None:
    """Closed by the first tick, with its own outcome, and posted as soon as the lease of a claim is over."""
    world.up(settled=False)
    tick(world.app)
    item = world.item()
    assert item.state is State.CLOSED
    assert item.round is not None
    assert item.round.outcome is not None
    assert (item.round.closed_at, item.round.outcome.code, item.round.outcome.reason) == (
        DEADLINE,
        "no-decision",
        "objection",
    )
    deliver_due(world.app)
    world.clock.set(world.clock.now() + LEASE)
    world.settle()
    assert len(world.results()) == 1
    rest(world)


def rest(world: World) -> None:
    """Let every lease end and every wait pass, and look whether all is so."""
    for _ in range(3):
        world.clock.set(world.clock.now() + LEASE)
        world.settle()
    check(world)


SCENES = {
    "vote": Scene(START + HOUR, before_vote, vote, after_vote),
    "close": Scene(DEADLINE - MINUTE, before_close, close, after_close),
}


# --- the stage -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a scene is played: a folder with the chat, and a database; both are made anew for each run."""

    folder: Path
    server: postgres.Server | None = None

    @contextlib.contextmanager
    def place(self, name: str, template: Place | None = None) -> Iterator[Place]:
        """An empty place, or a copy of another one."""
        folder = self.folder / name
        if template is None:
            folder.mkdir(parents=True)
        else:
            shutil.copytree(template.folder, folder)
        if self.server is None:
            yield Place(folder, f"sqlite:///{folder / 'register.db'}")
        else:
            of = "template0" if template is None else str(make_url(template.url).database)
            with self.server.database(of) as url:
                yield Place(folder, url)
        shutil.rmtree(folder)


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with the chat, and the URL of a database."""

    folder: Path
    url: str

    def world(self, at: datetime, effects: Effects | None = None) -> World:
        """A world in this place."""
        return World(self.folder, self.url, SteppedClock(at), around=effects.around if effects else nothing)


def prepare(place: Place, scene: Scene) -> None:
    """The register and the chat as they are when the scene begins."""

    def work(_write: Write) -> None:
        fill(place.url, place.folder)
        world = place.world(START).up()
        scene.before(world)
        world.clock.set(max(world.clock.now(), scene.begins))
        world.settle()
        world.down()

    code, lines = run(work)
    if code:
        raise RuntimeError("\n".join(lines))


def play(place: Place, scene: Scene, effects: Effects) -> tuple[int, list[str]]:
    """Play it, perhaps to the death; the exit code, and the receipts that people got.

    The last line of a run to the end holds the names of the effects.
    """

    def work(write: Write) -> None:
        effects.install()
        world = place.world(scene.begins, effects).up()

        def acknowledge(receipt: str) -> None:
            with effects.around("receipt"):
                write(receipt)

        effects.armed = True
        scene.play(world, acknowledge)
        effects.armed = False
        write(json.dumps(effects.names))
        world.down()

    return run(work)


def play_on(place: Place, scene: Scene, receipts: list[str]) -> list[str]:
    """Start the program again on what was left, five seconds later; everything that is not so."""

    def work(_write: Write) -> None:
        world = place.world(scene.begins + MINUTE + 5 * SECOND)
        world.receipts += receipts
        scene.after(world)
        world.down()

    return run(work)[1]


def enumerate_kills(stage: Stage, scene: Scene) -> dict[str, object]:
    """Play a scene once to count its effects, and then twice for each of them."""
    with stage.place("template") as template:
        prepare(template, scene)
        with stage.place("whole", template) as place:
            code, lines = play(place, scene, Effects())
            if code:
                return {"effects": [], "killed": 0, "problems": lines}
            names = json.loads(lines[-1])
            problems = [f"without a kill: {line}" for line in play_on(place, scene, lines[:-1])]
        killed = 0
        for (number, effect), side in product(enumerate(names, 1), Side):
            with stage.place(f"{number}-{side}", template) as place:
                code, receipts = play(place, scene, Effects(number, side))
                killed += code == -signal.SIGKILL
                found = play_on(place, scene, receipts)
                problems += [f"killed {side} effect {number} ({effect}): {line}" for line in found]
    return {"effects": names, "killed": killed, "problems": problems}


def main(name: str, folder: Path, kind: str) -> None:
    """Play a scene on one kind of database."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with contextlib.ExitStack() as resources:
        server = None
        if kind == "postgresql":
            programs = postgres.find_programs(os.environ)
            assert programs is not None, "no PostgreSQL programs"
            server = resources.enter_context(postgres.running(programs))
        found = enumerate_kills(Stage(folder, server), SCENES[name])
    print(json.dumps(found))  # noqa: T201 - what it is for


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
