"""A world for each test: the register with an open round, its chat server, and the program running on both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.faults.world import START, World, a_world, fill


class Template:
    """A register with an open round, to be cloned for each test together with what stands in the chat by then."""

    def __init__(self, outage: str) -> None:
        self.outage = outage
        self.transcript = b""

    def __call__(self, url: str) -> None:
        """Fill an empty database."""
        with TemporaryDirectory() as folder:
            fill(url, Path(folder), outage=self.outage)
            self.transcript = (Path(folder) / "transcript.jsonl").read_bytes()


TEMPLATES = {outage: Template(outage) for outage in ("close", "ask-chair")}

Make = Callable[..., World]


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[Any]]:
    """The lines that the program logs, unwritten: writing down every failure takes longer than failing."""
    with capture_logs() as lines:
        yield lines


@pytest.fixture(params=["sqlite"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """SQLite, unless a test asks for both."""
    return str(request.param)


@pytest.fixture
def make_world(migrated_url: Callable[[Template], str], tmp_path: Path) -> Iterator[Make]:
    """Make worlds in which BOD-2027-001 is open until DEADLINE; `outage` is what the board does after one."""
    with ExitStack() as worlds:

        def make(outage: str = "close", at: datetime = START, **more: Any) -> World:
            template = TEMPLATES[outage]
            folder = tmp_path / f"world-{len(list(tmp_path.glob('world-*')))}"
            folder.mkdir()
            url = migrated_url(template)
            (folder / "transcript.jsonl").write_bytes(template.transcript)
            return worlds.enter_context(a_world(folder, url, at, **more))

        yield make


@pytest.fixture
def world(make_world: Make) -> World:
    """A world on a board that closes its rounds after an outage."""
    return make_world()
