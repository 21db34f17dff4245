"""Files of the register for people to keep, one module a format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from commands.exports.base import Export
from commands.exports.csv import CsvExport
from commands.exports.dossier import DossierExport
from commands.exports.json import JsonExport
from commands.exports.markdown import MarkdownExport
from commands.vocabulary import Format

EXPORTS: Final[Mapping[Format, Export]] = {
    Format.CSV: CsvExport(),
    Format.JSON: JsonExport(),
    Format.MARKDOWN: MarkdownExport(),
    Format.DOSSIER: DossierExport(),
}
"""Every format in which a dossier can be exported."""
