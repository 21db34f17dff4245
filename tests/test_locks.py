"""The two locks hold what pyproject.toml asks for, with hashes and without addresses."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCKS = ["requirements.lock", "requirements-dev.lock"]


def locked(lock: str) -> dict[str, str]:
    """Version by name."""
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ]+)", (ROOT / lock).read_text(), re.MULTILINE))


def asked(*groups: str) -> list[Requirement]:
    """The dependencies of the project, and of groups of its pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lines = list(project["project"]["dependencies"])
    for group in groups:
        lines += [line for line in project["dependency-groups"][group] if isinstance(line, str)]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize(("lock", "groups"), [(LOCKS[0], ["build"]), (LOCKS[1], ["build", "dev"])])
def test_what_the_project_asks_for_is_locked_within_its_bounds(lock, groups):
    versions = locked(lock)

    wrong = [str(need) for need in asked(*groups) if versions[canonicalize_name(need.name)] not in need.specifier]

    assert wrong == []


def test_the_tests_run_on_the_versions_that_users_run():
    assert locked(LOCKS[0]).items() <= locked(LOCKS[1]).items()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_a_hash(lock):
    text = (ROOT / lock).read_text()

    without = [entry for entry in re.split(r"\n(?=[a-z])", text)[1:] if "--hash=sha256:" not in entry]

    assert without == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_no_address_and_no_path(lock):
    text = (ROOT / lock).read_text()

    assert re.findall(r"\S*(?:://|--index|--find-links|@ )\S*|(?<= )/\S+", text) == []
