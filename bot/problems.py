"""What is wrong with a file that somebody wrote for this program, as a fact; and reading TOML with it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from commands.domain.values import Code, Line

_DEEPEST: Final = 20
_TOML_LINE: Final = re.compile(r"\(at line (\d+), column \d+\)$")


@dataclass(eq=False)  # not frozen: Python sets __traceback__ on exceptions
class FileProblem(Exception):
    """A board file, scenario, table of cases or configuration that is wrong.

    `line` counts from 1, None when it is not known; `key` is the path of the key, such as
    "board.calendar.country", and "" for the file as a whole; `value` is what stands there now, and "" where
    that may be a secret or there is nothing. `remedy` says what should stand there instead.
    """

    file: str
    line: int | None
    key: str
    value: str
    remedy: Line

    def __str__(self) -> str:
        return f"{self.file}:{self.line or '?'}: {self.key}: {self.remedy.key}"


def read_toml(path: Path) -> tuple[dict[str, Any], str]:
    """The document in a TOML file, and its text; FileProblem when it cannot be read or is not TOML."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        remedy = Line("file.unreadable", {"reason": Code(error.strerror or "")})
        raise FileProblem(str(path), None, "", "", remedy) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise FileProblem(str(path), line, "", "", Line("file.not-utf-8", {})) from None
    try:
        document = tomllib.loads(text)
        if _is_deep(document):
            raise RecursionError
        return document, text
    except RecursionError:
        raise FileProblem(str(path), None, "", "", Line("file.too-deep", {})) from None
    except tomllib.TOMLDecodeError as error:
        reason = str(error)
        found = _TOML_LINE.search(reason)
        at = int(found[1]) if found else text.count("\n") + 1
        detail = Code(_TOML_LINE.sub("", reason).strip())
        raise FileProblem(str(path), at, "", "", Line("file.not-toml", {"reason": detail})) from None


def _is_deep(document: object) -> bool:
    """Whether tables and lists stand in each other deeper than any file of ours needs."""
    level = [document]
    for _ in range(_DEEPEST):
        level = [
            each
            for outer in level
            if isinstance(outer, (dict, list))
            for each in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return bool(level)
