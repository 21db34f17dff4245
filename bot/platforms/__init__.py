"""The platforms on which people talk. A platform knows cards and incoming acts, and nothing behind them."""

from __future__ import annotations

from typing import Final

PLATFORMS: Final = ("console", "mattermost", "teams")
"""The names of all platforms, as in configuration, board files and events; `bot.connect` makes those that are served."""
