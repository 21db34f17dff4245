"""Any acts in any order at any time: the program does what the small model of an item says, and all promises hold."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar, Final

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from bot.scheduler import REMEMBERED
from commands.domain.item import State
from commands.domain.position import Filing
from storage.transaction import Tx
from tests.faults.invariants import check
from tests.faults.model import Model
from tests.faults.world import (
    CHAIR,
    DAY,
    DEADLINE,
    DEPUTY,
    HOUR,
    ITEM,
    MEMBERS,
    MICROSECOND,
    MINUTE,
    SECOND,
    Said,
    World,
    a_world,
    fill,
)

SEED: Final = "SAMENSPRAAK_TEST_SEED"

people = st.sampled_from((*MEMBERS, DEPUTY))
stances = st.sampled_from(
    [
        ("akkoord", "agree"),
        ("geen-bezwaar", "no-objection"),
        ("onthouding", "abstain"),
        ('bezwaar "Geen dekking."', "object"),
        ('mits "Met dekking."', "agree-if"),
    ]
)
delays = st.sampled_from([timedelta(0), timedelta(0), SECOND, HOUR])
"""How long an act was on its way through the program before it came up."""


class Machine(RuleBasedStateMachine):
    """The program beside the model. `folder` is where a filled register stands ready, `numbers` names its copies."""

    folder: ClassVar[Path]
    numbers: ClassVar[itertools.count[int]]

    def __init__(self) -> None:
        super().__init__()
        copy = self.folder / f"copy-{next(self.numbers)}"
        shutil.copytree(self.folder / "template", copy)
        self._made = a_world(copy, f"sqlite:///{copy / 'register.db'}")
        self.world: World = self._made.__enter__()
        self.model = Model(closes_at=DEADLINE)
        self.events = itertools.count(1)
        self.latest = self.world.clock.now()
        self.last: tuple[str, str, str, Said, datetime] | None = None

    # --- acts ---------------------------------------------------------------------------------------------------

    @rule(person=people, stance=stances, delay=delays)
    def file(self, person: str, stance: tuple[str, str], delay: timedelta) -> None:
        at = self.world.clock.now() - delay
        expected = self.model.file(person.partition("-")[0], stance[1], at)
        self._act(person, f"/standpunt 1 {stance[0]}", expected, at)

    @rule(person=people, delay=delays)
    def withdraw(self, person: str, delay: timedelta) -> None:
        at = self.world.clock.now() - delay
        self._act(person, "/standpunt 1 trek-in", self.model.file(person.partition("-")[0], "withdrawn", at), at)

    @rule(person=people)
    def lift(self, person: str) -> None:
        at = self.world.clock.now()
        self._act(person, "/standpunt 1 hef-op", self.model.lift(person.partition("-")[0], at), at)

    @precondition(lambda self: self.model.closes_at < DEADLINE + 40 * DAY)  # before the clock goes forward
    @rule(hours=st.integers(-48, 96))
    def extend(self, hours: int) -> None:
        at = self.world.clock.now()
        until = self.model.closes_at.replace(minute=0) + timedelta(hours=hours)
        expected = self.model.extend(until, at)
        local = until + HOUR  # winter in Amsterdam
        self._act(CHAIR, f'/consultatie verleng 1 --tot "{local:%Y-%m-%d %H:%M}" "Meer tijd."', expected, at)

    @precondition(lambda self: len(self.model.standing) > 1)
    @rule()
    def close(self) -> None:
        at = self.world.clock.now()
        self._act(CHAIR, '/consultatie sluit 1 "Iedereen heeft gereageerd."', self.model.close(at), at)

    @precondition(lambda self: not self.model.is_open)
    @rule()
    def open(self) -> None:
        at = self.world.clock.now()
        self._act(CHAIR, '/consultatie open 1 --termijn "5 werkdagen"', "", at)
        round = self.world.item().round
        assert round is not None
        self.model.open(round.closes_at)

    @precondition(lambda self: self.last is not None and self.latest - self.last[4] < REMEMBERED)
    @rule()
    def duplicate(self) -> None:
        """The last act arrives again while it is remembered, whether it was recorded or refused."""
        assert self.last is not None
        person, text, event, first, _ = self.last
        said = self.world.say(person, text, event=event)
        if first.refusal:
            assert said == first
        else:
            assert (said.refusal, "al verwerkt" in said.text) == ("", True)

    # --- time ---------------------------------------------------------------------------------------------------

    @rule(step=st.sampled_from([MICROSECOND, SECOND, MINUTE, HOUR, DAY, -HOUR, -2 * HOUR]))
    def step_clock(self, step: timedelta) -> None:
        self._go(step)

    @precondition(lambda self: self.model.is_open)
    @rule(beside=st.sampled_from([-MICROSECOND, timedelta(0), MICROSECOND, 2 * SECOND, 2 * SECOND + MICROSECOND]))
    def go_to_the_deadline(self, beside: timedelta) -> None:
        self._go(self.model.closes_at + beside - self.world.clock.now())

    @rule()
    def restart(self) -> None:
        self.world.restart()
        self.model.tick(self.world.clock.now())

    # --- what must be so ------------------------------------------------------------------------------------------

    @invariant()
    def the_item_is_as_the_model_says(self) -> None:
        model = self.model

        def read(tx: Tx) -> None:
            item = tx.items.get(ITEM)
            assert item.round is not None
            assert (item.state is State.OPEN, item.round.closes_at) == (model.is_open, model.closes_at)
            current = {each: tx.positions.current(item, each) for each in ("rijk", "vng", "ipo", "uvw")}
            assert {name: each.stance.value for name, each in current.items() if each is not None} == model.holds
            filed = [each for each in tx.positions.all(item) if each.filing is Filing.LATE]
            assert [(each.organisation, each.stance.value) for each in filed] == model.late
            outcomes = [each.outcome for each in tx.items.every_round(item) if each.outcome is not None]
            assert [(each.code.value, each.reason.value if each.reason else "") for each in outcomes] == model.outcomes

        self.world.read(read)

    def teardown(self) -> None:
        try:
            for minutes in (1, 2):  # what was made before the clock stepped back is due when it was made
                self.world.clock.set(self.latest + minutes * MINUTE)
                self.world.settle()
            check(self.world)
        finally:
            self._made.__exit__(None, None, None)
            shutil.rmtree(self.world.folder)

    # --- parts ----------------------------------------------------------------------------------------------------

    def _act(self, person: str, text: str, expected: str, at) -> Said:
        event = f"event-{next(self.events)}"
        said = self.world.say(person, text, event=event, at=at)
        assert said.refusal == expected, said.text
        assert not expected or "Er is niets vastgelegd." in said.text or "telt niet mee" in said.text
        self.last = person, text, event, said, self.world.clock.now()
        return said

    def _go(self, step: timedelta) -> None:
        self.world.clock.set(self.world.clock.now() + step)
        self.latest = max(self.latest, self.world.clock.now())
        self.world.settle()
        self.model.tick(self.world.clock.now())


@pytest.fixture
def machine(tmp_path: Path) -> Callable[[int], type[Machine]]:
    """The machine on copies of a register with an open round, repeatable from a number."""
    (tmp_path / "template").mkdir()
    fill(f"sqlite:///{tmp_path / 'template' / 'register.db'}", tmp_path / "template")

    def make(number: int) -> type[Machine]:
        class Here(Machine):
            folder = tmp_path
            numbers = itertools.count(1)

        print(f"to repeat this: {SEED}={number}")  # noqa: T201 - shown when the test fails
        return seed(number)(Here)

    return make


SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def test_the_program_does_what_the_model_says(machine):
    few = settings(max_examples=15, stateful_step_count=30, database=None, suppress_health_check=SLOW)

    run_state_machine_as_test(machine(int(os.environ.get(SEED, "2"))), settings=few)


@pytest.mark.long
def test_the_program_does_what_the_model_says_at_length(machine):
    many = settings(max_examples=300, stateful_step_count=50, database=None, suppress_health_check=SLOW)
    number = int(os.environ.get(SEED) or int.from_bytes(os.urandom(4), "big"))

    run_state_machine_as_test(machine(number), settings=many)
