"""File names from numbers and labels that people chose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]")


def file_name(stem: str, extension: str) -> str:
    """A name that every file system takes and that stays in its folder."""
    return f"{_safe(stem)}.{extension}"


def distinct(stems: Iterable[str], extension: str) -> Mapping[str, str]:
    """A file name for each stem, by stem; stems that look alike to a file system get a number behind them."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for stem in stems:
        name, count = file_name(stem, extension), 1
        while name.casefold() in taken:
            count += 1
            name = file_name(f"{stem}_{count}", extension)
        names[stem] = name
        taken.add(name.casefold())
    return names


def _safe(stem: str) -> str:
    return _UNSAFE.sub("_", stem).lstrip(".") or "_"
