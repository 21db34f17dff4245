"""The demonstration ends with an established decision, and leaves a register that anyone can check."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def samenspraak(*words: str, folder: Path, language: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": f"{language}.UTF-8"}
    command = [sys.executable, "-m", "bot", *words]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return folder, samenspraak("demo", "--fast", "--out", str(folder / "out"), folder=folder, language="nl_NL")


def test_the_demo_ends_with_the_established_decision_and_its_text(demo):
    _, done = demo

    assert done.stderr == ""
    assert done.returncode == 0
    end = done.stdout[done.stdout.rindex("Vastgesteld besluit") :]
    assert end.startswith("Vastgesteld besluit: BOD-2027-003/B1\n")
    assert "conform versie 1.1" in end
    assert "Geen reactie op versie 1.1 ontvangen van: Unie van Waterschappen." in end


def test_the_demo_says_first_that_it_is_invented(demo):
    _, done = demo

    assert done.stdout.startswith("FICTIEF")


def test_every_path_that_the_demo_names_is_there(demo):
    folder, done = demo

    named = [Path(each) for each in re.findall(rf"^\w+: ({re.escape(str(folder))}\S*)$", done.stdout, re.MULTILINE)]
    assert [path for path in named if not path.exists()] == []
    assert {path.suffix for path in named} >= {".db", ".zip", ".csv", ".json", ".md"}


def test_the_dossier_of_the_demo_can_be_verified_on_its_own(demo, tmp_path):
    folder, _ = demo
    dossiers = sorted((folder / "out").rglob("*2027-003*.zip"))

    checked = samenspraak("verify", str(dossiers[0]), folder=tmp_path, language="en_GB")

    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_demo_does_not_write_into_a_register_that_is_there(demo):
    folder, _ = demo

    again = samenspraak("demo", "--fast", "--out", str(folder / "out"), folder=folder, language="en_GB")

    assert (again.returncode, again.stdout) == (2, "")
    assert "Choose another folder. Nothing was recorded." in again.stderr


def test_the_register_of_the_demo_is_a_rehearsal_on_which_can_be_played_again(demo, tmp_path):
    folder, _ = demo
    script = tmp_path / "more.toml"
    script.write_text(
        'title = "Daarna"\nboards = []\nstart = "2027-10-01T09:00"\n'
        + (ROOT / "bot" / "demo.toml").read_text("utf-8").partition("[board]")[1]
        + (ROOT / "bot" / "demo.toml").read_text("utf-8").partition("[board]")[2].partition("[[step]]")[0]
        + '[[step]]\nat = "2027-10-01T10:00"\nas = "secretaris"\nin = "BOD"\nsay = "/besluit toon 003"\n'
        + '[step.expect]\nreply = ["BOD-2027-003/B1"]\n',
        "utf-8",
    )

    done = samenspraak(
        "play", str(script), "--database", f"sqlite:///{folder}/out/samenspraak.db", folder=tmp_path, language="en_GB"
    )

    assert (done.returncode, done.stderr) == (0, "")
