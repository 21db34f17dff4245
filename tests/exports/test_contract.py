"""What holds for every export format, whatever it looks like."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import pytest

from commands.domain.position import Stance
from commands.exports import EXPORTS
from commands.vocabulary import Format
from tests.exports.factory import a_story, exported
from tests.factories import HOUR, NOON, a_board

ALL = pytest.mark.parametrize("format", EXPORTS)


def readable(content: bytes, format: Format) -> str:
    """All text of an export; of an archive that of each file in it."""
    if format is not Format.DOSSIER:
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


def test_every_format_has_its_export():
    formats = {format: export.format for format, export in EXPORTS.items()}

    assert formats == {format: format for format in Format}


@ALL
def test_the_same_dossier_gives_the_same_bytes(format):
    first = exported(a_story().dossier(), format)

    assert exported(a_story().dossier(), format) == first


@ALL
def test_another_position_gives_other_bytes(format):
    changed = a_story()
    changed.open(NOON + 30 * 24 * HOUR, NOON + 60 * 24 * HOUR)
    changed.file("uvw", Stance.OBJECT, NOON + 31 * 24 * HOUR, "Een ander verhaal.")
    changed.close()
    changed.establish("Besloten.", NOON + 61 * 24 * HOUR, deviation="De voorzitter besluit anders.")

    assert exported(changed.dossier(), format) != exported(a_story().dossier(), format)


@pytest.mark.parametrize("format", [Format.CSV, Format.JSON, Format.DOSSIER])
def test_every_position_is_there_with_its_text_late_and_replaced_ones_too(format):
    story = a_story()

    text = readable(exported(story.dossier(), format), format)

    received = [each.received_at.strftime("%Y-%m-%dT%H:%M:%SZ") for each in story.rounds[0].positions]
    assert all(text.count(each) >= 1 for each in received)
    for wanted in ("Onder voorbehoud van de commissie.", "Geen dekking; é, ☃ en “meer”.", "Alsnog akkoord."):
        assert wanted in text


@ALL
def test_no_name_or_account_of_a_person_is_there(format):
    board = a_board()
    story = a_story()

    text = readable(exported(replace(story.dossier(), board=board), format), format)

    assert "vertegenwoordiger" not in text
    assert "Persoon" not in text


@ALL
def test_a_file_name_is_safe_on_every_system(format):
    dossier = replace(a_story().dossier(), number="../BOD 2027/é:003")

    name = EXPORTS[format].file_name(dossier)

    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", name)
    assert ".." not in name.removeprefix(".._")


@ALL
def test_a_dossier_without_items_can_be_exported(format):
    story = a_story()

    content = exported(replace(story.dossier(), items=()), format)

    assert content


@ALL
def test_the_stream_stays_open(format):
    content = io.BytesIO()

    EXPORTS[format].write(a_story().dossier(), lambda line: line.key, content)

    assert not content.closed
