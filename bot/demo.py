"""`samenspraak demo`: a fictitious procedure from draft to decision, played at reading speed, that leaves its register."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import click

from bot.app import build_app
from bot.checking import check_dossier
from bot.clock import RunningClock
from bot.exporting import export_to
from bot.i18n import Catalogue
from bot.platforms.console.client import ConsoleClient
from bot.playback import Shown, play, unheard
from bot.rehearsal import database, printer
from bot.script import read_script
from bot.terminal import open_console

SCRIPT: Final = Path(__file__).with_name("demo.toml")
BOARD: Final = "BOD"
FORMATS: Final = ("dossier", "csv", "json", "md")
CHARACTERS_A_SECOND: Final = 60.0
"""How fast people read on a screen, with time to think; a pause is never longer than four seconds."""
LONGEST_PAUSE: Final = 4.0


def run_demo(words: Catalogue, out: Path | None, *, is_fast: bool) -> int:
    """Play the demonstration, export its register into a folder, name everything, and open the console on a terminal."""
    folder = out if out is not None else Path(tempfile.mkdtemp(prefix="samenspraak-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{folder / 'samenspraak.db'}"
    if (folder / "samenspraak.db").exists():
        click.echo(words.plain("demo.exists", {"folder": str(folder)}), err=True)
        return 2
    script = read_script(SCRIPT)
    click.echo(words.plain("demo.welcome"))
    pause = unheard if is_fast else _pause
    transcript = folder / "transcript.jsonl"
    played = play(script, database(url), show=printer(words, pause), transcript=transcript)
    end = max(each.at for each in script.steps)
    clock = RunningClock(end)
    client = ConsoleClient(clock.now, transcript, folder / "files")
    with build_app(database(url), clock, [client], locale=words.locale) as app:
        written = [path for form in FORMATS for path in export_to(app, folder / "export", form, board=BOARD).written]
    click.echo("")
    number = played.items[0]["decision"]["number"]
    click.echo(words.plain("demo.decision", {"decision": number}))
    click.echo(str(played.items[0]["decision"]["text"]))
    click.echo("")
    click.echo(words.plain("demo.database", {"path": str(folder / "samenspraak.db")}))
    for path in written:
        click.echo(words.plain("demo.file", {"path": str(path)}))
    dossier = next(path for path in written if path.suffix == ".zip" and "2027" in path.name)
    click.echo(words.plain("demo.verify", {"path": str(dossier)}))
    checked = check_dossier(dossier, words)
    if sys.stdin.isatty() and sys.stdout.isatty() and not checked:
        return open_console(database(url), clock, words, "secretaris", client=client)
    return 1 if checked or played.failures else 0


def _pause(shown: Shown) -> None:
    time.sleep(min(LONGEST_PAUSE, 0.3 + len(shown.text) / CHARACTERS_A_SECOND))
