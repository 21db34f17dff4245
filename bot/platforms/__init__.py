"""The platforms on which people talk. A platform knows cards and incoming acts, and nothing behind them."""

from __future__ import annotations

from typing import Final

from bot.platforms.console.client import NAME as CONSOLE

PLATFORMS: Final = (CONSOLE,)
"""The names of all platforms, as in configuration, board files and events."""
