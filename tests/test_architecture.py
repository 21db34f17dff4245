"""The import contracts of pyproject.toml hold, and the domain and the checker stand on Python alone."""

from __future__ import annotations

import sys

import grimp
import pytest
from importlinter.application.use_cases import lint_imports
from importlinter.configuration import configure


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("bot", "commands", "storage", include_external_packages=True, cache_dir=None)


def imported_by(graph: grimp.ImportGraph, package: str) -> set[str]:
    """The modules that a package imports directly, outside itself."""
    modules = {package} | graph.find_descendants(package)
    imported = {name for module in modules for name in graph.find_modules_directly_imported_by(module)}
    return imported - modules


def test_every_import_contract_holds(capsys):
    configure()

    kept = lint_imports(cache_dir=None, no_logo=True)

    assert kept, capsys.readouterr().out


@pytest.mark.parametrize("package", ["commands.domain", "commands.exports.verify"])
def test_it_imports_the_standard_library_and_itself_only(graph, package):
    imported = imported_by(graph, package)

    assert imported - sys.stdlib_module_names == set()
