"""`samenspraak verify`: the program that lies in every dossier, run from here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import click

from bot.i18n import Catalogue
from commands.exports.verify import check

_HASH: Final = re.compile(r"[0-9a-f]{12}(?:[0-9a-f]{52})?", re.IGNORECASE | re.ASCII)


def check_dossier(path: Path, words: Catalogue, receipt: str | None = None, head: str | None = None) -> int:
    """Check an exported dossier and print the report; returns the exit code: 0 good, 1 not, 2 not a dossier."""
    for given in (receipt, head):
        if given is not None and not _HASH.fullmatch(re.sub(r"[\s-]", "", given)):
            click.echo(words.plain("cli.verify.no-hash", {"given": given}), err=True)
            return 2
    try:
        report = check(str(path), [receipt] if receipt else [], [head] if head else [])
    except (OSError, ValueError, BadZipFile):
        click.echo(words.plain("cli.verify.unreadable", {"path": str(path)}), err=True)
        return 2
    for line in report.lines(words.locale):
        click.echo(line)
    return 0 if report.ok else 1
