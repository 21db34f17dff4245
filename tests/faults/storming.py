"""Eight people file on several rounds at once, and the process is killed again and again at a random moment.

    python -m tests.faults.storming URL FOLDER SEED KILLS RECEIPTS

At least so many kills and so many receipts. What a process told people before it died comes through a pipe, and goes
to a file before anything is counted. A person who saw no answer sends the same act again to the next process. Prints
one JSON document with what was told and everything that is not so.
"""

from __future__ import annotations

import itertools
import json
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Final

import structlog

from bot.clock import SteppedClock
from bot.delivery import deliver_due
from bot.scheduler import tick
from commands.domain.item import State
from storage.transaction import Tx
from tests.faults.forked import Child, Write, run, start
from tests.faults.invariants import violations
from tests.faults.world import CHAIR, DAY, DEADLINE, MINUTE, SECRETARY, World, board_text

ORGANISATIONS: Final = tuple(f"org{number}" for number in range(8))
ITEMS: Final = 12
EARLY: Final = 4
BEGIN: Final = DEADLINE - MINUTE
SPEED: Final = 20
"""Virtual seconds in a real one."""


Acts = Callable[[str], Iterator[tuple[str, str]]]


class FastClock:
    """The clock of all these processes: it runs on while none of them does."""

    def __init__(self, epoch: float) -> None:
        self._epoch = epoch

    def now(self) -> datetime:
        """BEGIN, and what has passed since the epoch of the monotonic clock of the machine."""
        return BEGIN + timedelta(seconds=(time.monotonic() - self._epoch) * SPEED)


@dataclass(slots=True)
class Told:
    """What people know: the acts on their way, the receipts they hold, the refusals they got."""

    open: dict[str, str] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    bugs: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        """One line of a process: `try EVENT TEXT`, `kept EVENT RECEIPT`, `refused EVENT CODE`, or a bug."""
        word, _, rest = line.partition(" ")
        event, _, more = rest.partition(" ")
        match word:
            case "try":
                self.open[event] = more
            case "kept":
                self.receipts[event] = more
                del self.open[event]
            case "refused":
                self.refused[more] += 1
                del self.open[event]
            case _:
                self.bugs.append(line)


def fill(url: str, folder: Path) -> None:
    """A board of eight, and rounds that close at BEGIN + 1, 2, 3 … minutes; the last ones much later."""

    def work(_write: Write) -> None:
        world = World(folder, url).up()
        world.load(board_text(organisations=ORGANISATIONS))
        for number in range(1, ITEMS + 1):
            world.must(SECRETARY, f'/consultatie nieuw "Kader {number}" --tekst "1. Punt." --soort instemming')
            minutes = number if number <= EARLY else 600
            local = DEADLINE + timedelta(hours=1, minutes=minutes)
            world.must(CHAIR, f'/consultatie open {number} --sluit "{local:%Y-%m-%d %H:%M}"')
        world.settle()
        world.down()

    code, lines = run(work)
    if code:
        raise RuntimeError("\n".join(lines))


def file_until_killed(url: str, folder: Path, epoch: float, acts_of: Acts, write: Write) -> None:
    """Eight people who file as fast as they are answered, beside the tick and the delivery."""
    world = World(folder, url, FastClock(epoch)).up()
    threads = [Thread(target=file, args=(world, each, acts_of(each), write), daemon=True) for each in ORGANISATIONS]
    for each in threads:
        each.start()
    while all(each.is_alive() for each in threads):
        try:
            tick(world.app)
            deliver_due(world.app)
        except Exception as error:
            write(f"bug {error!r}")
        time.sleep(0.02)
    write("bug a person stopped")


def file(world: World, organisation: str, acts: Iterator[tuple[str, str]], write: Write) -> None:
    """One person: one act after the other, each after the answer to the one before."""
    for event, text in acts:
        write(f"try {event} {text}")
        said = world.say(f"{organisation}-vertegenwoordiger", text, event=event)
        if said.refusal:
            write(f"refused {event} {said.refusal}")
        else:
            write(f"kept {event} {said.receipt or said.text.split('Kenmerk: ')[1][:14]}")


def acts(organisation: str, generation: int, unanswered: dict[str, str], number: float) -> Iterator[tuple[str, str]]:
    """The id and the text of each act of one person: first what was not answered before, then others without end.

    Each act has a text of its own. `number` is where the dice begin.
    """
    yield from ((event, text) for event, text in unanswered.items() if event.startswith(f"{organisation}/"))
    dice = random.Random(f"{organisation}/{number}")
    for place in itertools.count(1):
        event = f"{organisation}/{generation}/{place}"
        yield event, f'/standpunt {dice.randint(1, ITEMS)} bezwaar "{event}"'


def storm(url: str, folder: Path, dice: random.Random, kills: int, receipts: int) -> tuple[Told, int]:
    """Start a process and kill it, until there are enough kills and receipts."""
    told, killed, epoch = Told(), 0, time.monotonic()
    with (folder / "told.txt").open("a", encoding="utf-8") as kept:
        while (killed < kills or len(told.receipts) < receipts) and not told.bugs:
            acts_of = partial(acts, generation=killed, unanswered=dict(told.open), number=dice.random())
            child = start(partial(file_until_killed, url, folder, epoch, acts_of))
            _listen(child, time.monotonic() + dice.uniform(0.5, 3.0))
            child.kill()
            killed += child.wait() == -signal.SIGKILL
            for line in child.lines:
                kept.write(line + "\n")
                told.take(line)
    return told, killed


def _listen(child: Child, until: float) -> None:
    """Take what a process tells until it is time for it to die."""
    while (left := until - time.monotonic()) > 0 and child.read(left):
        pass


def end(url: str, folder: Path, told: Told) -> list[str]:
    """Start once more, send what was not answered, let every round close, and look whether all is so."""

    def work(write: Write) -> None:
        begin = BEGIN + 60 * MINUTE
        world = World(folder, url, SteppedClock(begin)).up()
        for event, text in told.open.items():
            said = world.say(f"{event.partition('/')[0]}-vertegenwoordiger", text, event=event)
            if said.refusal not in ("", "round-closed"):
                write(f"{event} was answered {said.refusal}")
        world.advance(DEADLINE + DAY)
        full = [each for each in told.receipts.values() if len(each) == 64]
        for line in world.read(lambda tx: violations(tx, world.chat, full, quiet=True)):
            write(line)
        for line in world.read(lambda tx: _compared(tx, told)):
            write(line)
        world.down()

    return run(work)[1]


def _compared(tx: Tx, told: Told) -> list[str]:
    """What people were told beside what is kept: nothing lost, nothing done twice, every round closed."""
    items = tx.items.of_board("BOD")
    filed = [each for item in items for each in tx.positions.all(item)]
    found = [f"{item.number} is {item.state.value}" for item in items if item.state is not State.CLOSED]
    counted = Counter(each.text for each in filed if each.counts)
    found += [f"{text} is kept {count} times" for text, count in counted.items() if count > 1]
    hashes = {each.text: each.hash for each in filed if each.counts}
    for event, receipt in told.receipts.items():
        short = receipt.replace("-", "")
        if not hashes.get(event, "").startswith(short):
            found.append(f"{event} was acknowledged as {receipt} and is kept as {hashes.get(event)}")
    return found


def main(url: str, folder: Path, number: int, kills: int, receipts: int) -> None:
    """Storm, end, and report."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    folder.mkdir(parents=True, exist_ok=True)
    fill(url, folder)
    told, killed = storm(url, folder, random.Random(number), kills, receipts)
    problems = told.bugs or end(url, folder, told)
    report = {
        "seed": number,
        "killed": killed,
        "receipts": len(told.receipts),
        "unanswered": len(told.open),
        "refused": dict(told.refused),
        "problems": problems,
    }
    print(json.dumps(report))  # noqa: T201 - what it is for


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:]))
