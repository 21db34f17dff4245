"""What tests of the stand-in servers share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.recordings import Stage, staged
from tests.servers.stub_bot import StubBot


@pytest.fixture(scope="module")
def bot() -> Iterator[StubBot]:
    """A bot for all tests of a file; each stage makes it forget."""
    with StubBot() as stub:
        yield stub


@pytest.fixture
def stage(bot: StubBot) -> Iterator[Stage]:
    """The people and channels of the recordings."""
    made = staged(bot)
    with made.server:
        yield made
