"""The shell around the commands: wiring, platforms, wording, sending."""

from __future__ import annotations

from typing import Final

VERSION: Final = "0.1.0"
"""The version of the project, as pyproject.toml has it."""
