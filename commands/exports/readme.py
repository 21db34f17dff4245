"""LEESMIJ.md: what lies in a dossier and how to check it, in the board's language, and in short another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from commands.domain.dossier import Dossier
from commands.domain.values import Code, Line, Value
from commands.exports.base import Say, Sink
from commands.exports.markdown import escaped

FILES: Final = {
    "events.jsonl": "events",
    "texts.jsonl": "texts",
    "manifest.json": "manifest",
    "verify.py": "verify",
    "dossier.json": "dossier",
    "positions.csv": "positions",
    "decision-list.md": "decisions",
    "texts/": "versions",
}
"""The files of a dossier with the end of the key of the sentence that explains each."""

_CHECK: Final = ("python3 verify.py",)
_HASHES: Final = ("python3 verify.py . --receipt 1a2b-3c4d-5e6f", "python3 verify.py . --head 1a2b-3c4d-5e6f")


def write_readme(dossier: Dossier, say: Say, to: Sink) -> None:
    """Write the file as Markdown (CommonMark)."""
    to.write("\n\n".join(_blocks(dossier, say)).encode() + b"\n")


def _blocks(dossier: Dossier, say: Say) -> Iterator[str]:
    def sentence(key: str, **values: Value) -> str:
        return escaped(say(Line(f"export.readme.{key}", values)))

    yield f"# {sentence('title', dossier=Code(dossier.number))}"
    yield sentence("what", board=dossier.board.name)
    yield f"## {sentence('files')}"
    yield "\n".join(f"- `{name}`: {sentence(f'file.{key}')}" for name, key in FILES.items())
    yield f"## {sentence('check')}"
    yield sentence("check.how")
    yield _code(_CHECK)
    yield sentence("check.hash")
    yield _code(_HASHES)
    yield sentence("check.trust")
    yield f"## {sentence('chain')}"
    yield sentence("chain.entry")
    yield sentence("chain.text")
    yield sentence("chain.removed")
    yield f"## {sentence('limits')}"
    yield sentence("limits.what")
    yield f"## {sentence('other')}"
    yield sentence("other.what")


def _code(lines: tuple[str, ...]) -> str:
    return "\n".join(("```", *lines, "```"))
