"""The dossier: the same files in a folder and in an archive, complete and the same every time."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from importlib import resources

from commands.domain.events import hash_in
from commands.domain.ledger import canonical
from commands.exports.readme import FILES
from commands.vocabulary import Format
from tests.exports.factory import OPERATOR, Story, a_story, exported, in_folder
from tests.factories import HOUR, NOON, a_version, an_item


def archive(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def in_archive(story: Story) -> dict[str, bytes]:
    with archive(exported(story.dossier(), Format.DOSSIER)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_it_holds_these_files():
    files = in_archive(a_story())

    assert sorted(files) == [
        "LEESMIJ.md",
        "decision-list.md",
        "dossier.json",
        "events.jsonl",
        "manifest.json",
        "positions.csv",
        "texts.jsonl",
        "texts/BOD-2027-003-1.0.txt",
        "texts/BOD-2027-003-1.1.txt",
        "verify.py",
    ]


def test_a_folder_has_the_same_files_as_an_archive(tmp_path):
    folder = in_folder(tmp_path / "dossier", a_story().dossier())

    found = {each.relative_to(folder).as_posix(): each.read_bytes() for each in folder.rglob("*") if each.is_file()}
    assert found == in_archive(a_story())


def test_nothing_in_an_archive_depends_on_time_or_machine():
    with archive(exported(a_story().dossier(), Format.DOSSIER)) as opened:
        infos = opened.infolist()

    assert {each.date_time for each in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert {each.compress_type for each in infos} == {zipfile.ZIP_STORED}
    assert {(each.create_system, each.external_attr >> 16) for each in infos} == {(3, 0o100644)}
    assert [each.filename for each in infos[-2:]] == ["verify.py", "manifest.json"]


def test_the_manifest_has_size_and_hash_of_every_other_file_and_the_end_of_the_log():
    story = a_story()

    files = in_archive(story)

    manifest = json.loads(files.pop("manifest.json"))
    assert manifest == {
        "format": "samenspraak-dossier-1",
        "log": "BOD-2027-003",
        "entries": 19,
        "head": story.entries[-1].hash,
        "files": {
            name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            for name, content in files.items()
        },
    }


def test_a_line_of_the_log_is_an_entry_in_canonical_form():
    story = a_story()

    lines = in_archive(story)["events.jsonl"].splitlines(keepends=True)

    assert len(lines) == len(story.entries)
    first = json.loads(lines[0])
    assert first.keys() == {"log", "sequence", "at", "kind", "body", "previous", "hash"}
    assert lines[0] == canonical(first) + b"\n"
    assert [json.loads(line)["hash"] for line in lines] == [entry.hash for entry in story.entries]


def test_every_text_that_is_kept_lies_beside_the_log_in_its_order():
    story = a_story()

    lines = [json.loads(line) for line in in_archive(story)["texts.jsonl"].splitlines()]

    found = {each["hash"]: (each["salt"], each["text"]) for each in lines}
    kept = [each for each in story.texts.values() if each.text != OPERATOR]
    assert found == {each.hash: (each.salt.hex(), each.text) for each in kept}
    title = hash_in(story.entries[0].body["title"])
    assert title in [each["hash"] for each in lines[:2]]


def test_the_operating_system_user_of_an_entry_is_in_no_file():
    story = a_story()
    named = [entry for entry in story.entries if "operator" in entry.body]

    files = in_archive(story)

    assert len(named) == 8
    assert {story.texts[hash_in(entry.body["operator"]) or ""].text for entry in named} == {OPERATOR}
    assert [name for name, content in files.items() if OPERATOR.encode() in content] == []


def test_a_removed_text_is_in_no_file(tmp_path):
    story = a_story()
    gone = hash_in(story.entries[0].body["text"])
    assert gone is not None

    folder = in_folder(tmp_path / "dossier", story.dossier(without_texts=[gone]))

    assert gone not in (folder / "texts.jsonl").read_text(encoding="utf-8")
    assert sorted(each.name for each in (folder / "texts").iterdir()) == ["BOD-2027-003-1.1.txt"]


def test_a_version_is_a_file_of_exactly_its_text():
    story = a_story()

    files = in_archive(story)

    text = files["texts/BOD-2027-003-1.0.txt"]
    assert text.decode() == story.versions[0].text
    assert hashlib.sha256(text).hexdigest() == story.versions[0].sha256


def test_labels_that_look_alike_to_a_file_system_give_different_files():
    story = Story(an_item(version=a_version("1/0", text="schuin")))
    story.revise("1:0", "dubbele punt", NOON + HOUR)
    story.revise("../1", "omhoog", NOON + 2 * HOUR)

    files = {name: text for name, text in in_archive(story).items() if name.startswith("texts/")}

    assert files == {
        "texts/BOD-2027-003-1_0.txt": b"schuin",
        "texts/BOD-2027-003-1_0_2.txt": b"dubbele punt",
        "texts/BOD-2027-003-.._1.txt": b"omhoog",
    }


def test_the_checker_in_it_is_the_one_of_the_package():
    checker = resources.files("commands.exports").joinpath("verify.py").read_bytes()

    assert in_archive(a_story())["verify.py"] == checker


def test_the_readme_explains_every_file_and_names_the_program_that_checks():
    files = in_archive(a_story())

    text = files["LEESMIJ.md"].decode()
    names = {name if not name.startswith("texts/") else "texts/" for name in files} - {"LEESMIJ.md"}
    assert names == set(FILES)
    assert all(f"- `{name}`: " in text for name in names)
    assert "python3 verify.py" in text
