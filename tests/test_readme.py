"""Both READMEs give the same two commands, and every file that a page links to is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted(path.name for path in ROOT.glob("*.md"))


def fenced_blocks(page: str) -> list[str]:
    return re.findall(r"^```[a-z]*\n(.*?)^```$", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)


def section(page: str, title: str) -> str:
    return (ROOT / page).read_text().partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def links(page: str) -> set[str]:
    """What a page links to inside the project."""
    return {
        target.partition("#")[0]
        for target in re.findall(r"\]\(([^)]+)\)", (ROOT / page).read_text())
        if "://" not in target
    }


@pytest.mark.parametrize(("page", "title"), [("README.md", "Quick start"), ("README.nl.md", "Snel beginnen")])
def test_the_first_two_blocks_stand_in_the_quick_start(page, title):
    first, second = fenced_blocks(page)[:2]

    assert first in section(page, title)
    assert second in section(page, title)


def test_both_languages_give_the_same_commands():
    english, dutch = fenced_blocks("README.md"), fenced_blocks("README.nl.md")

    assert english[:2] == dutch[:2]
    assert len(english) == len(dutch)


def test_the_first_command_plays_the_demo_and_the_second_runs_the_tests():
    demo, tests = (block.strip().splitlines() for block in fenced_blocks("README.md")[:2])

    assert demo[0] == tests[0] == "python3 -m venv .venv && \\"
    assert demo[-1].strip() == ".venv/bin/samenspraak demo --fast"
    assert tests[-1].strip() == ".venv/bin/pytest --quiet -n 2"


def test_each_block_is_one_command():
    for block in fenced_blocks("README.md")[:2]:
        *continued, last = block.strip().splitlines()

        assert all(line.endswith(" && \\") for line in continued)
        assert not last.endswith("\\")


def test_both_languages_list_the_same_commands():
    english, dutch = (
        sorted(re.findall(r"^\| `samenspraak (\w+)", (ROOT / page).read_text(), re.MULTILINE))
        for page in ("README.md", "README.nl.md")
    )

    assert english == dutch
    assert "demo" in english


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_links_to_is_there(page):
    missing = {target for target in links(page) if not (ROOT / target).exists()}

    assert missing == set()
