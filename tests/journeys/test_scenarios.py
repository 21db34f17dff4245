"""Every scenario in tests/scenarios holds, and playing it again tells the same story."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import structlog

from bot.i18n import Catalogue
from bot.logs import configure_logs
from bot.rehearsal import rehearse

FOLDER = Path(__file__).parent.parent / "scenarios"
FILES = sorted(FOLDER.glob("*.toml"))
WORDS = Catalogue("en", ZoneInfo("Europe/Amsterdam"))

REFERENCE = re.compile(r"\b[0-9a-f]{64}\b|\b[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}\b")
"""The hash of an entry, whole or short: texts and persons enter it behind random bytes, so that nobody can guess them."""


@pytest.fixture(autouse=True)
def _log_bugs_only():
    configure_logs("error")
    yield
    structlog.reset_defaults()


def played(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    code = rehearse([path], WORDS, as_json=True, url=None, configuration=None)
    return code, json.loads(REFERENCE.sub("#", capsys.readouterr().out))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_scenario_holds_and_is_the_same_when_it_is_played_again(path, capsys):
    code, document = played(path, capsys)

    assert document["expectations"]["failures"] == []
    assert code == 0
    assert document["expectations"]["passed"] >= 7
    assert played(path, capsys) == (0, document)


def test_there_are_scenarios_and_each_step_that_acts_is_told(capsys):
    assert len(FILES) >= 5

    code, document = played(FOLDER / "consultatie.toml", capsys)

    answers = [each for each in document["messages"] if each["to"] == "secretaris"]
    assert len(answers) == 2
    assert code == 0
