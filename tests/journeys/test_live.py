"""The same consultation on a real Mattermost server, when the environment names one.

    SAMENSPRAAK_TEST_MATTERMOST_URL    its address; it must be able to reach this machine on 127.0.0.1
    SAMENSPRAAK_TEST_MATTERMOST_TOKEN  the token of a system administrator; teams, people and bots are made

Run them with `pytest -m long tests/journeys/test_live.py -s`.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from bot.clock import SystemClock
from bot.scheduler import tick
from commands.domain.item import State
from tests.servers.live import LiveMattermost
from tests.servers.stage import Stage, a_board_of, eventually, on_stage, text_of

URL = os.environ.get("SAMENSPRAAK_TEST_MATTERMOST_URL", "")
TOKEN = os.environ.get("SAMENSPRAAK_TEST_MATTERMOST_TOKEN", "")
TEXT = "Het overleg besluit:\n1. het kader vast te stellen\n2. het kader in 2028 te evalueren"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not (URL and TOKEN), reason="no Mattermost server is named in the environment"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]


class AheadClock:
    """The clock of the machine, and for a moment ahead of it: a deadline cannot be waited for."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self.ahead = timedelta()

    def now(self) -> datetime:
        return self._clock.now() + self.ahead


@pytest.fixture
def server() -> Iterator[LiveMattermost]:
    with LiveMattermost(URL, TOKEN) as made:
        yield made


@pytest.fixture
def stage(tmp_path, server) -> Iterator[Stage]:
    with on_stage(tmp_path, server, AheadClock()) as made:
        yield made


def pass_deadline(stage: Stage) -> None:
    clock = stage.clock
    assert isinstance(clock, AheadClock)
    round = stage.item().round
    assert round is not None
    clock.ahead = round.closes_at + timedelta(seconds=3) - SystemClock().now()
    tick(stage.app)
    stage.settle()
    clock.ahead = timedelta()


def opened(stage: Stage) -> None:
    stage.say("secretaris", f'/consultatie nieuw "Kader cloud" --tekst "{TEXT}"')
    stage.say("voorzitter", "/consultatie open 001 --termijn '10 werkdagen'")


def shown(stage: Stage, person: str):
    """The newest form, once it has reached the person's window."""
    return eventually(lambda: stage.server.dialogs(stage.people[person]))[-1]


def has_receipt(stage: Stage, person: str) -> bool:
    return any(text_of(post).startswith("Vastgelegd") for post in stage.told(person))


def last_card(stage: Stage):
    return [post for post in stage.posts() if post.actions][-1]


def test_a_consultation_with_a_new_version_runs_to_the_decision_and_the_dossier(stage, server):
    opened(stage)
    card = last_card(stage)
    stage.press("vng", card, "Akkoord: 001")
    eventually(lambda: [post for post in stage.told("vng") if text_of(post).startswith("Vastgelegd")])
    stage.press("ipo", card, "Standpunt geven: 001")
    form = shown(stage, "ipo")
    stage.send("ipo", form, stance="object")
    assert list(form.errors) == ["text"]
    stage.send("ipo", form, stance="object", text="De dekking ontbreekt.")
    assert form.introduction.startswith("Vastgelegd voor IPO: bezwaar.")

    stage.say(
        "secretaris",
        f'/consultatie versie 001 --versie 1.1 --tekst "{TEXT}, met dekking" --toelichting "Dekking" --wezenlijk',
    )
    stage.say("voorzitter", "/consultatie open 001 --termijn '5 werkdagen'")
    card = last_card(stage)
    for person in ("vng", "ipo", "uvw"):
        stage.press(person, card, "Akkoord: 001")
    pass_deadline(stage)
    assert stage.item().state is State.CLOSED
    assert any("aangenomen" in text_of(post).casefold() for post in stage.posts())
    (after,) = [post for post in stage.posts() if post.id == card.id]
    assert after.actions == []

    stage.say("voorzitter", "/consultatie stel-vast 001")
    assert stage.item().state is State.ESTABLISHED
    stage.say("beheer", "/besluit exporteer 001")
    (post,) = eventually(lambda: [post for post in stage.told("beheer") if post.file_ids])
    (content,) = server.fetch(stage.people["beheer"], post)
    assert any(name.endswith("verify.py") for name in zipfile.ZipFile(io.BytesIO(content)).namelist())


def test_fifty_people_click_at_once_and_all_are_recorded_and_receipted(tmp_path, server):
    names = [f"lid{number}" for number in range(50)]
    board = a_board_of(names)
    with on_stage(tmp_path, server, AheadClock(), board=board, speakers=names) as stage:
        opened(stage)
        card = last_card(stage)
        with ThreadPoolExecutor(len(names)) as pool:
            seen = list(pool.map(lambda name: server.click_label(stage.people[name], card.id, "Akkoord: 001"), names))
        assert all(each.ok for each in seen)
        filed = stage.app.store.read(lambda tx: tx.positions.all(tx.items.get(stage.item().number)))
        assert sorted(each.organisation for each in filed) == sorted(names)
        eventually(lambda: all(has_receipt(stage, name) for name in names), 60)
