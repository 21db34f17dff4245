"""`samenspraak play`: scripts on the command line, as a readable transcript or as one JSON document."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from bot.config import Config, read_config
from bot.i18n import Catalogue
from bot.playback import Failure, Played, Shown, play, unheard
from bot.script import read_script
from bot.views.text import neutral
from commands.domain.ledger import instant
from commands.domain.values import Code, Value


def rehearse(
    files: Sequence[Path], words: Catalogue, *, as_json: bool, url: str | None, configuration: Path | None
) -> int:
    """Play files one after the other, each from an empty register unless a database is named; returns the exit code.

    0 when every expectation holds, 1 when one fails. Wrong files raise FileProblem before anything is played.
    """
    scripts = [read_script(path) for path in files]
    documents: list[dict[str, Any]] = []
    failed = 0
    for script in scripts:
        show = unheard if as_json else printer(words)
        if not as_json:
            click.echo(words.plain("play.title", {"title": script.title}))
        with tempfile.TemporaryDirectory(prefix="samenspraak-") as folder:
            played = play(script, database(url or f"sqlite:///{folder}/play.db", configuration), show=show)
        failed += len(played.failures)
        documents.append(document(played, script.path, words))
        if not as_json:
            values: dict[str, Value] = {"passed": played.passed, "failed": len(played.failures)}
            click.echo(words.plain("play.total", values))
            for failure in played.failures:
                click.echo(failure_text(failure, script.path, words), err=True)
    if as_json:
        click.echo(json.dumps(documents[0] if len(documents) == 1 else documents, ensure_ascii=False, indent=2))
    return 1 if failed else 0


def database(url: str, configuration: Path | None = None) -> Config:
    """The configuration of a playback on a database."""
    return read_config(configuration, url=url)


def failure_text(failure: Failure, path: str, words: Catalogue) -> str:
    """An expectation that did not hold, in one line: file, line, step, what was expected and what was seen."""
    values: dict[str, Value] = {
        "file": path,
        "line": str(failure.line or ""),
        "step": failure.step,
        "what": failure.what,
    }
    return words.plain("play.failed", values)


def document(played: Played, path: str, words: Catalogue) -> dict[str, Any]:
    """A playback of the script at `path` as one JSON document; what failed is in the language of `words`."""
    return {
        "title": played.title,
        "items": played.items,
        "polls": [],
        "messages": [asdict(each) | {"at": instant(each.at)} for each in played.messages],
        "expectations": {
            "passed": played.passed,
            "failed": len(played.failures),
            "failures": [failure_text(each, path, words) for each in played.failures],
        },
    }


def printer(words: Catalogue, pause: Callable[[Shown], None] = unheard) -> Callable[[Shown], None]:
    """Print what happens in a playback as it happens; `pause` gives the reader time after each thing."""

    def show(shown: Shown) -> None:
        lines = shown.text.split("\n")
        values: dict[str, Value] = {
            "at": shown.at,
            "person": shown.person,
            "where": shown.where,
            "text": Code(lines[0]),
        }
        if shown.kind == "edit":
            return
        if shown.failure is not None:
            values |= {"step": shown.failure.step, "line": str(shown.failure.line or ""), "what": shown.failure.what}
        key = f"play.{shown.kind}.refused" if shown.is_refused else f"play.{shown.kind}"
        if shown.kind in ("act", "incident"):
            click.echo("")
        click.echo(words.plain(key, values))
        for line in lines if shown.kind in ("answer", "post") else lines[1:]:
            click.echo("    " + (neutral(line) if shown.kind == "act" else line))
        pause(shown)

    return show
