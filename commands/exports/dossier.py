"""The whole dossier: log, texts, overviews, a manifest of hashes, and the program that checks it all.

One ZIP archive or one folder with the same files. Nothing in it depends on when or where it was written.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import resources
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

from commands.domain.dossier import Dossier
from commands.domain.events import OPERATOR, hash_in
from commands.domain.ledger import GENESIS, Entry, Plain, canonical, instant
from commands.exports.base import Say, Sink
from commands.exports.csv import CsvExport
from commands.exports.json import JsonExport
from commands.exports.markdown import MarkdownExport
from commands.exports.names import distinct, file_name
from commands.exports.readme import write_readme
from commands.exports.verify import FORMAT
from commands.vocabulary import Format

_Write: TypeAlias = Callable[[Sink], object]

_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # the first instant that a ZIP archive can hold
_UNIX: Final = 3
_READABLE: Final = 0o100644 << 16
_MANY: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class DossierExport:
    """Everything about a dossier that is kept; names of persons are not in it.

    The archive is not compressed, so that its bytes depend on no compression library and can be compared.
    """

    format: Format = Format.DOSSIER
    media_type: str = "application/zip"

    def file_name(self, dossier: Dossier) -> str:
        """The number of the dossier."""
        return file_name(dossier.number, "zip")

    def write(self, dossier: Dossier, say: Say, to: BinaryIO) -> None:
        """Write the ZIP archive; the stream must be seekable."""
        is_large = len(dossier.entries) > _MANY  # a file of 2 GiB and more needs another header, given beforehand
        with zipfile.ZipFile(to, "w") as archive:
            listed: dict[str, Plain] = {}
            for name, write in _files(dossier, say):
                with archive.open(_info(name), "w", force_zip64=is_large) as file:
                    listed[name] = _measured(write, file)
            archive.writestr(_info("manifest.json"), _manifest(dossier, listed))


def write_folder(dossier: Dossier, say: Say, folder: Path) -> None:
    """Write the same files into a folder, which is made; a file that is there already is overwritten."""
    (folder / "texts").mkdir(parents=True, exist_ok=True)
    listed: dict[str, Plain] = {}
    for name, write in _files(dossier, say):
        with (folder / name).open("wb") as file:
            listed[name] = _measured(write, file)
    (folder / "manifest.json").write_bytes(_manifest(dossier, listed))


def _info(name: str) -> zipfile.ZipInfo:
    """How a file is kept in an archive, the same on every system and at every time."""
    info = zipfile.ZipInfo(name, _EARLIEST)
    info.create_system, info.external_attr = _UNIX, _READABLE
    return info


def _files(dossier: Dossier, say: Say) -> Iterator[tuple[str, _Write]]:
    """The files by name, without the manifest, each with what writes it."""
    yield "LEESMIJ.md", lambda to: write_readme(dossier, say, to)
    yield "decision-list.md", lambda to: MarkdownExport().write(dossier, say, to)
    yield "dossier.json", lambda to: JsonExport().write(dossier, say, to)
    yield "events.jsonl", lambda to: write_events(dossier.entries, to)
    yield "positions.csv", lambda to: CsvExport().write(dossier, say, to)
    yield "texts.jsonl", lambda to: _write_texts(dossier, to)
    for name, text in _versions(dossier).items():
        yield f"texts/{name}", partial(_write_bytes, text.encode())
    checker = resources.files("commands.exports").joinpath("verify.py").read_bytes()
    yield "verify.py", partial(_write_bytes, checker)


def _write_bytes(data: bytes, to: Sink) -> None:
    to.write(data)


def write_events(entries: Iterable[Entry], to: Sink) -> None:
    """Write a log, one entry a line in canonical form, its hash among the other fields."""
    for entry in entries:
        line: Plain = {
            "log": entry.log,
            "sequence": entry.sequence,
            "at": instant(entry.at),
            "kind": entry.kind,
            "body": dict(entry.body),
            "previous": entry.previous,
            "hash": entry.hash,
        }
        to.write(canonical(line) + b"\n")


def _write_texts(dossier: Dossier, to: Sink) -> None:
    """The texts that are still kept, in the order of the log, without the names of operating-system users."""
    for entry in dossier.entries:
        for hash in _hashes({name: value for name, value in entry.body.items() if name != OPERATOR}):
            kept = dossier.texts.get(hash)
            if kept is not None:
                line: Plain = {"hash": kept.hash, "salt": kept.salt.hex(), "text": kept.text}
                to.write(canonical(line) + b"\n")


def _hashes(value: Plain | Mapping[str, Plain]) -> Iterator[str]:
    hash = hash_in(value)
    if hash is not None:
        yield hash
    elif isinstance(value, Mapping):
        for name in sorted(value):
            yield from _hashes(value[name])
    elif isinstance(value, list):
        for each in value:
            yield from _hashes(each)


def _versions(dossier: Dossier) -> Mapping[str, str]:
    """The text of every version that is still kept, by file name; exactly the text that was hashed."""
    texts: dict[str, str] = {}
    for entry in dossier.entries:
        if entry.kind in {"item-drafted", "version-added"}:
            kept = dossier.texts.get(hash_in(entry.body["text"]) or "")
            if kept is not None:
                texts[f"{entry.body['item']}-{entry.body['version']}"] = kept.text
    names = distinct(texts, "txt")
    return {names[stem]: text for stem, text in texts.items()}


def _measured(write: _Write, to: Sink) -> Plain:
    meter = _Meter(to)
    write(meter)
    return {"sha256": meter.digest.hexdigest(), "size": meter.size}


class _Meter:
    """Passes bytes on, and knows their SHA-256 and number."""

    def __init__(self, to: Sink) -> None:
        self.to = to
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes, /) -> int:
        self.to.write(data)
        self.digest.update(data)
        self.size += len(data)
        return len(data)


def _manifest(dossier: Dossier, listed: Mapping[str, Plain]) -> bytes:
    """What the checker needs to see that nothing is missing: every file, and the end of the log."""
    last: Entry | None = dossier.entries[-1] if dossier.entries else None
    manifest: dict[str, Plain] = {
        "format": FORMAT,
        "log": last.log if last else dossier.number,
        "entries": last.sequence if last else 0,
        "head": last.hash if last else GENESIS,
        "files": dict(listed),
    }
    return json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"
