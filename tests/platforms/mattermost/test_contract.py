"""Mattermost keeps the contract of platforms."""

from __future__ import annotations

from tests.platforms.contract import PlatformContract


class TestMattermost(PlatformContract):
    """The contract, over a server that behaves as the real one does."""
