"""Command × state × identity, walked whole through the dispatcher, against a table of its own.

Rights are checked when an act is executed; so every cell is an act. Who may not do something leaves no trace.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from bot.app import build_app
from bot.clock import SteppedClock
from bot.config import Config
from bot.platforms.console.client import ConsoleClient
from commands import COMMANDS
from commands.domain.mandate import MandateRole
from storage.migrate import migrate
from tests.commands.changes import add_holder
from tests.commands.table import (
    ADMIN,
    ADVISER,
    CHAIR,
    DEPUTY,
    GUEST,
    IPO,
    SECRETARY,
    STRANGER,
    UVW,
    VNG,
    Table,
    a_table,
)

EXPIRED: Final = "ipo-voorganger"
"""Held a mandate for the IPO until the end of 2026."""
ELSEWHERE: Final = "npd-vertegenwoordiger"
"""On VP, and not on BOD."""

IDENTITIES: Final = (CHAIR, SECRETARY, ADMIN, VNG, DEPUTY, EXPIRED, ADVISER, GUEST, ELSEWHERE, STRANGER)
EVERYONE: Final = (CHAIR, SECRETARY, ADMIN, VNG, DEPUTY, EXPIRED, ADVISER, GUEST)
"""Everyone on the board."""

STATES: Final = ("draft", "open", "closed", "adjourned", "established", "withdrawn")
ALL: Final = frozenset(STATES)
NOWHERE: Final = "not-possible"

# --- the table ----------------------------------------------------------------------------------------------

OFFICERS: Final = (CHAIR, SECRETARY)
VOICES: Final = (VNG, DEPUTY)

# Per command: a line, who may, where it works, and what it gives in other states (if not "not-possible").
TABLE: Final[dict[str, tuple[str, tuple[str, ...], frozenset[str], dict[str, str]]]] = {
    "consult new": ('/consult new "T" --text "1. a"', OFFICERS, ALL, {}),
    "consult version": (
        '/consult version 1 --version 2 --text "1. a" --note "b" --substantive',
        OFFICERS,
        ALL - {"established", "withdrawn"},
        {},
    ),
    "consult open": ("/consult open 1", OFFICERS, frozenset({"draft", "closed", "adjourned"}), {}),
    "consult extend": ('/consult extend 1 --until "10 working days" "r"', OFFICERS, frozenset({"open"}), {}),
    "consult remind": ("/consult remind 1", OFFICERS, frozenset({"open"}), {}),
    "consult close": ('/consult close 1 "r"', (CHAIR,), frozenset({"open"}), {}),
    "consult establish": (
        '/consult establish 1 --deviating "r"',
        (CHAIR,),
        frozenset({"closed", "adjourned"}),
        {},
    ),
    "consult rectify": ('/consult rectify 1 "t" "r"', (CHAIR,), frozenset({"established"}), {}),
    "consult adjourn": ('/consult adjourn 1 "r"', (CHAIR,), frozenset({"closed"}), {}),
    "consult withdraw": ('/consult withdraw 1 "r"', (CHAIR,), ALL - {"established", "withdrawn"}, {}),
    "consult condition": (
        '/consult condition 1 ipo met "a"',
        OFFICERS,
        frozenset({"open", "closed", "adjourned"}),
        {},
    ),
    "consult objection": (
        '/consult objection 1 uvw addressed "a"',
        OFFICERS,
        frozenset({"open", "closed", "adjourned"}),
        {},
    ),
    "consult status": ("/consult status 1", EVERYONE, ALL, {}),
    "consult matrix": ("/consult matrix 1", EVERYONE, ALL - {"draft"}, {}),
    "consult list": ("/consult list", EVERYONE, ALL, {}),
    "position": ("/position 1 agree", VOICES, frozenset({"open"}), dict.fromkeys(STATES[2:], "round-closed")),
    "position withdraw": (
        "/position 1 withdraw",
        VOICES,
        frozenset({"open"}),
        dict.fromkeys(STATES[2:], "round-closed"),
    ),
    "position lift": ("/position 1 lift", VOICES, ALL - {"draft", "withdrawn"}, {}),
    "position contest": ('/position 1 contest "r"', VOICES, frozenset({"open"}), {}),
    "position to-meeting": ("/position 1 to-meeting", VOICES, frozenset({"open"}), {}),
    "position mine": ("/position mine", (VNG, DEPUTY, ADVISER), ALL, {}),
    "comment": (
        '/comment 1 "c"',
        (ADVISER,),
        frozenset({"open"}),
        dict.fromkeys(STATES[2:], "round-closed"),
    ),
    "mandate show": ("/mandate show", (SECRETARY, VNG, DEPUTY, ADVISER), ALL, {}),
    "mandate grant": (f"/mandate grant @{GUEST} vng", (SECRETARY, VNG), ALL, {}),
    "mandate replace": (f"/mandate replace @{DEPUTY} @{GUEST} vng", (SECRETARY, VNG), ALL, {}),
    "mandate revoke": (f"/mandate revoke @{DEPUTY} vng", (SECRETARY, VNG), ALL, {}),
    "decision show": (
        "/decision show 1",
        EVERYONE,
        frozenset({"established"}),
        dict.fromkeys(ALL - {"established"}, "no-decision-yet"),
    ),
    "decision search": ('/decision search "kader"', EVERYONE, ALL, {}),
    "decision list": ("/decision list", EVERYONE, ALL, {}),
    "decision export": ("/decision export 1", (CHAIR, SECRETARY, ADMIN), ALL, {}),
    "boardadmin participants": ("/boardadmin participants", (ADMIN,), ALL, {}),
    "boardadmin link": (f"/boardadmin link @nieuw {GUEST}", (ADMIN,), ALL, {}),
    "boardadmin export": ("/boardadmin export", (ADMIN,), ALL, {}),
    "boardadmin log": ("/boardadmin log", (ADMIN,), ALL, {}),
    "help": ("/help", EVERYONE, ALL, {}),
}
BY_MANDATE: Final = {name for name in TABLE if name.startswith("position")} | {"comment"}


def expected(name: str, state: str, person: str) -> str:
    """The code of the refusal, or "" for an act that is carried out."""
    _, allowed, works_in, elsewhere = TABLE[name]
    if person in (ELSEWHERE, STRANGER):
        return "unknown-account"
    if name in BY_MANDATE:
        if person == EXPIRED:
            return "mandate-expired"
        if person not in (VNG, DEPUTY, ADVISER):
            return "no-mandate"
    if person in allowed:
        return "" if state in works_in else elsewhere.get(state, NOWHERE)
    if name == "comment":
        return "wrong-kind" if state != "draft" else NOWHERE
    if name in BY_MANDATE:
        return "not-on-roll" if state != "draft" else NOWHERE
    return "not-allowed"


# --- a board in every state ---------------------------------------------------------------------------------


def bring_to(table: Table, state: str) -> None:
    """An item in a state; once opened it has a reservation, a condition, an objection and a new version."""
    add_holder(table, EXPIRED, "ipo", MandateRole.REPRESENTATIVE, until=date(2026, 12, 31))
    lines = [
        (CHAIR, "/consult open 1"),
        (VNG, '/position 1 reservation "r" --kind financial'),
        (IPO, '/position 1 agree-if "c"'),
        (UVW, '/position 1 object "o"'),
        (SECRETARY, '/consult version 1 --version 1.1 --text "1. a" --note "b" --editorial'),
        (CHAIR, '/consult close 1 "r"'),
        (CHAIR, '/consult adjourn 1 "r"'),
        (CHAIR, '/consult establish 1 --deviating "r"'),
    ]
    last = {"draft": 0, "open": 5, "closed": 6, "adjourned": 7, "established": 8, "withdrawn": 6}[state]
    table.drafted()
    for person, line in lines[:last] + [(CHAIR, '/consult withdraw 1 "r"')] * (state == "withdrawn"):
        said = table.say(person, line)
        assert not said.refusal, said.text
    assert table.item.state == state


@pytest.fixture(scope="module")
def boards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Table]]:
    """A table for each state, made once; acts that are refused leave it as it is."""
    made: dict[str, Table] = {}
    with ExitStack() as stack:

        def of(state: str) -> Table:
            if state not in made:
                url = f"sqlite+pysqlite:///{tmp_path_factory.mktemp(state)}/register.db"
                migrate(url)
                made[state] = stack.enter_context(a_table(url))
                bring_to(made[state], state)
            return made[state]

        yield of


@contextmanager
def a_copy(table: Table, path: Path) -> Iterator[Table]:
    """The same table again, on a copy of its register."""
    original = table.app.store.url.partition(":///")[2]
    with closing(sqlite3.connect(original)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
    clock = SteppedClock(table.clock.now())
    client = ConsoleClient(clock.now)
    config = Config.model_validate({"storage": {"url": f"sqlite+pysqlite:///{path}"}})
    with build_app(config, clock, [client]) as app:
        yield Table(app, clock, client)


# --- the walk -----------------------------------------------------------------------------------------------


def test_the_table_has_every_command():
    assert set(TABLE) == {command.name for command in COMMANDS}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", TABLE)
def test_a_command_does_what_the_table_says_for_everyone(
    name: str, state: str, boards: Callable[[str], Table], tmp_path: Path
):
    table, line = boards(state), TABLE[name][0]
    reads = next(command.reads for command in COMMANDS if command.name == name)
    before = (table.entries(), table.entries("BOD"))

    found = {}
    for person in IDENTITIES:
        if expected(name, state, person) in ("", "round-closed") and not reads:
            with a_copy(table, tmp_path / f"{person}.db") as copy:
                found[person] = copy.say(person, line, event="on the copy").refusal
        else:
            found[person] = table.say(person, line).refusal

    assert found == {person: expected(name, state, person) for person in IDENTITIES}
    assert (table.entries(), table.entries("BOD")) == before


@pytest.mark.parametrize("name", [name for name, (line, *_) in TABLE.items() if " 1" in line], ids=lambda name: name)
def test_an_item_of_a_board_that_somebody_is_not_on_is_unknown(name: str, boards: Callable[[str], Table]):
    line = TABLE[name][0].replace(" 1", " BOD-2027-001", 1)

    heard = boards("open").say(ELSEWHERE, line, channel="VP")

    assert heard.refusal == "unknown-item"
