"""The checker accepts what the program wrote, and names the first bad entry of anything else."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commands.domain import events
from commands.domain.events import Act, hash_in, outcome_body
from commands.domain.ledger import Entry, link
from commands.domain.outcome import Reason
from commands.domain.position import Answer, Filing, Kind, Stance
from commands.domain.roll import Roll
from commands.domain.round import Ending
from commands.domain.rules import RULES
from commands.domain.rules.base import NO_OBJECTION, Answers, DecisionRule, Objections, SilencePolicy
from commands.domain.rules.decide import decide
from commands.exports import verify
from commands.exports.verify import Report, check
from commands.vocabulary import Format
from tests.exports.factory import Story, a_story, exported, in_folder, lines, relinked
from tests.factories import DAY, DEADLINE, HOUR, MICROSECOND, NOON, SECOND, a_roll

CHECKER = Path(verify.__file__)


def keys(report: Report) -> list[str]:
    """What is wrong, as the checker's own codes."""
    return [key for _, key, _ in report.told if key in verify.FAULTS]


def check_log(folder: Path, content: bytes) -> Report:
    """The report on a bare log."""
    path = folder / "events.jsonl"
    path.write_bytes(content)
    return check(str(path))


def forged(folder: Path, story: Story, change: Callable[[int, dict[str, Any]], None]) -> Report:
    """The report on a dossier whose whole chain a forger made anew after a change of the bodies."""
    changed = []
    for entry in story.entries:
        body = json.loads(json.dumps(entry.body))
        change(entry.sequence, body)
        changed.append((entry.kind, body, entry.at))
    dossier = replace(story.dossier(), entries=tuple(relinked(changed, story.item.dossier)))
    return check(str(in_folder(folder / "dossier", dossier)))


# --- what is in order ---------------------------------------------------------------------------------------


def test_it_accepts_a_folder_a_zip_file_and_a_bare_log(tmp_path):
    story = a_story()
    folder = in_folder(tmp_path / "dossier", story.dossier())
    packed = tmp_path / "dossier.zip"
    packed.write_bytes(exported(story.dossier(), Format.DOSSIER))

    for path in (folder, packed, folder / "events.jsonl"):
        report = check(str(path))

        assert (report.ok, report.first, report.entries, report.outcomes) == (True, 0, 19, 1)
        assert (report.log, report.head) == ("BOD-2027-003", story.entries[-1].hash)


def test_it_accepts_a_zip_file_that_somebody_packed_with_the_folder_around_it(tmp_path):
    folder = in_folder(tmp_path / "BOD-2027-003", a_story().dossier())
    packed = tmp_path / "again.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in sorted(folder.rglob("*")):
            archive.write(each, each.relative_to(tmp_path).as_posix())

    assert check(str(packed)).ok


def test_it_tells_that_a_bare_log_can_be_cut(tmp_path):
    report = check_log(tmp_path, lines(a_story().entries[:7]))

    assert report.ok
    assert (0, "bare", {}) in report.told


def test_it_counts_the_mandates_that_positions_name(tmp_path):
    report = check(str(in_folder(tmp_path / "dossier", a_story().dossier())))

    assert (4, "mandates", {}) in report.told


def test_a_removed_text_leaves_a_gap_and_a_sound_chain(tmp_path):
    story = a_story()
    gone = hash_in(story.entries[5].body["text"])
    assert gone is not None

    report = check(str(in_folder(tmp_path / "dossier", story.dossier(without_texts=[gone]))))

    assert report.ok
    assert [(n, key) for n, key, _ in report.told if key == "removed"] == [(6, "removed")]


def test_the_hash_of_an_operating_system_user_is_no_gap(tmp_path):
    story = a_story()
    assert hash_in(story.entries[0].body["operator"]) is not None

    report = check(str(in_folder(tmp_path / "dossier", story.dossier())))

    assert report.ok
    assert [key for _, key, _ in report.told] == ["mandates"]


def test_the_name_of_an_operating_system_user_beside_the_log_is_found(tmp_path):
    story = a_story()
    folder = in_folder(tmp_path / "dossier", story.dossier())
    named = story.texts[hash_in(story.entries[0].body["operator"]) or ""]
    line = json.dumps({"hash": named.hash, "salt": named.salt.hex(), "text": named.text}) + "\n"
    texts = (folder / "texts.jsonl").read_bytes() + line.encode()
    (folder / "texts.jsonl").write_bytes(texts)

    report = with_manifest(folder, {"texts.jsonl": as_listed(texts)})

    assert [(key, values) for _, key, values in report.told if key == "file"] == [("file", {"name": "texts.jsonl"})]


# --- what is no dossier ---------------------------------------------------------------------------------------


def not_a_dossier(folder: Path, what: str) -> Path:
    path = folder / what
    if what == "folder":
        path.mkdir()
        (path / "events.json").write_text("{}")
    elif what == "other.zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("positions.csv", "")
    elif what in ("dossier.zip", "notes.txt"):
        path.write_bytes(b"Beste allemaal,\n")
    elif what == "cut.zip":
        path.write_bytes(exported(a_story().dossier(), Format.DOSSIER)[:-9])
    return path


NO_DOSSIERS = ("folder", "other.zip", "dossier.zip", "cut.zip", "notes.txt", "missing.zip", "missing.jsonl", "missing")


@pytest.mark.parametrize("what", NO_DOSSIERS)
@pytest.mark.parametrize(
    ("locale", "sentence"),
    [("nl_NL.UTF-8", "is geen dossier dat te lezen is."), ("en_GB.UTF-8", "is not a dossier that can be read.")],
)
def test_what_is_no_dossier_exits_with_2_and_is_said_in_one_sentence(tmp_path, what, locale, sentence):
    folder = in_folder(tmp_path / "checker", a_story().dossier())
    path = not_a_dossier(tmp_path, what)

    done = run(folder, str(path), locale=locale)

    assert (done.returncode, done.stdout) == (2, "")
    assert f"{path} {sentence}" in done.stderr
    assert "Traceback" not in done.stderr


# --- what was changed ---------------------------------------------------------------------------------------


def mutated(content: bytes, at: int, by: int) -> tuple[bytes, int]:
    """The log with one other byte, and the number of the entry that it stands in."""
    wrong = bytes([content[at] ^ by])
    return content[:at] + wrong + content[at + 1 :], content.count(b"\n", 0, at) + 1


def names_the_entry(folder: Path, count: int, seed: int) -> None:
    content = lines(a_story().entries)
    chance = random.Random(seed)
    for _ in range(count):
        at, by = chance.randrange(len(content)), chance.randrange(1, 256)

        changed, entry = mutated(content, at, by)

        report = check_log(folder, changed)
        assert (report.ok, report.first) == (False, entry), (seed, at, by)


def test_a_changed_byte_is_found_and_its_entry_named(tmp_path):
    names_the_entry(tmp_path, 1_000, 2027)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_ten_thousand_changed_bytes_are_found_and_their_entries_named(tmp_path, seed):
    names_the_entry(tmp_path, 1_000, seed)


def test_a_changed_byte_of_every_kind_of_place_in_an_entry_is_found(tmp_path):
    content = lines(a_story().entries[:3])
    start = content.rindex(b"\n", 0, -1) + 1

    for at in range(start, len(content)):
        changed, entry = mutated(content, at, 1)

        assert check_log(tmp_path, changed).first == entry == 3, content[start:at]


@pytest.mark.parametrize("at", range(1, 20))
def test_a_deleted_entry_is_found(tmp_path, at):
    rows = lines(a_story().entries).splitlines(keepends=True)
    del rows[at - 1]

    report = check(str(with_log(tmp_path, b"".join(rows))))

    assert (report.ok, report.first) == (False, at)


@pytest.mark.parametrize("at", range(1, 20))
def test_an_inserted_entry_is_found(tmp_path, at):
    rows = lines(a_story().entries).splitlines(keepends=True)
    strange = lines(a_story("BOD-2027-004").entries).splitlines(keepends=True)
    rows.insert(at - 1, strange[at - 1])

    report = check(str(with_log(tmp_path, b"".join(rows))))

    # In the first place it makes a log of its own, which the true first entry then does not follow.
    assert (report.ok, report.first) == (False, max(at, 2))


@pytest.mark.parametrize("at", range(1, 20))
def test_an_entry_that_is_there_twice_is_found(tmp_path, at):
    rows = lines(a_story().entries).splitlines(keepends=True)
    rows.insert(at, rows[at - 1])

    report = check(str(with_log(tmp_path, b"".join(rows))))

    assert (report.ok, report.first) == (False, at + 1)


@pytest.mark.parametrize("at", range(1, 19))
def test_two_swapped_entries_are_found(tmp_path, at):
    rows = lines(a_story().entries).splitlines(keepends=True)
    rows[at - 1], rows[at] = rows[at], rows[at - 1]

    report = check(str(with_log(tmp_path, b"".join(rows))))

    assert (report.ok, report.first) == (False, at)


@pytest.mark.parametrize("kept", [0, 1, 18])
def test_a_cut_tail_is_found_by_the_manifest(tmp_path, kept):
    rows = lines(a_story().entries).splitlines(keepends=True)

    report = check(str(with_log(tmp_path, b"".join(rows[:kept]))))

    assert (report.ok, report.first) == (False, kept + 1)
    assert "file" in keys(report)


def test_a_last_line_without_its_end_is_found(tmp_path):
    content = lines(a_story().entries)

    assert check_log(tmp_path, content[:-1]).first == 19


def test_an_entry_older_than_the_one_before_is_found(tmp_path):
    story = Story()
    events = [(each.kind, each.body, each.at) for each in a_story().entries[:3]]
    events.append((events[2][0], events[2][1], NOON - SECOND))

    report = check_log(tmp_path, lines(relinked(events, story.item.dossier)))

    assert (report.ok, report.first) == (False, 4)


def rightly_hashed(entry: Entry, **changes: Any) -> Entry:
    """The entry with other fields, and the hash that belongs to them."""
    return link(**{name: changes.get(name, getattr(entry, name)) for name in FIELDS})


FIELDS = ("log", "sequence", "at", "kind", "body", "previous")


@pytest.mark.parametrize("changes", [{"sequence": 5}, {"previous": "1" * 64}, {"log": "BOD-2027-004"}])
def test_an_entry_that_is_rightly_hashed_and_does_not_follow_is_found(tmp_path, changes):
    story = a_story()

    report = check_log(tmp_path, lines([*story.entries[:3], rightly_hashed(story.entries[3], **changes)]))

    assert (report.ok, report.first) == (False, 4)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b'"stance":"agree"', b'"stance": "agree"'),
        (b'"stance":"agree"', b'"stance":"\\u0061gree"'),
        (b'"stance":"agree"', b'"stance":"object","stance":"agree"'),
        (b'"round":1,"stance":"agree"', b'"stance":"agree","round":1'),
        (b'"lifts":0', b'"lifts":0.0'),
        (b'"lifts":0', b'"lifts":-0'),
    ],
)
def test_an_entry_that_is_rightly_hashed_and_not_in_canonical_form_is_found(tmp_path, right, wrong):
    rows = lines(a_story().entries[:3]).splitlines(keepends=True)
    start, _, end = rows[2].replace(right, wrong).rpartition(b',"hash":"')
    rows[2] = start + b',"hash":"' + hashlib.sha256(start + end[65:-1]).hexdigest().encode() + end[64:]

    report = check_log(tmp_path, b"".join(rows))

    assert right in lines(a_story().entries[2:3])
    assert (report.ok, report.first) == (False, 3)


def test_an_empty_log_is_not_in_order(tmp_path):
    report = check_log(tmp_path, b"")

    assert (report.ok, report.first) == (False, 1)


def with_log(folder: Path, content: bytes) -> Path:
    """A dossier whose log was replaced."""
    made = in_folder(folder / "dossier", a_story().dossier())
    (made / "events.jsonl").write_bytes(content)
    return made


@pytest.mark.parametrize(
    "name",
    [
        "LEESMIJ.md",
        "decision-list.md",
        "dossier.json",
        "events.jsonl",
        "manifest.json",
        "positions.csv",
        "texts.jsonl",
        "texts/BOD-2027-003-1.0.txt",
        "verify.py",
    ],
)
@pytest.mark.parametrize("change", ["gone", "changed", "emptied"])
def test_a_file_that_is_gone_or_changed_is_named(tmp_path, name, change):
    folder = in_folder(tmp_path / "dossier", a_story().dossier())
    content = (folder / name).read_bytes()
    (folder / name).unlink()
    if change != "gone":
        (folder / name).write_bytes(b"" if change == "emptied" else content[:-2] + b"x\n")

    report = check(str(folder))

    assert not report.ok
    assert (0, "file", {"name": name}) in report.told


def test_a_changed_byte_of_the_manifest_is_found(tmp_path):
    folder = in_folder(tmp_path / "dossier", a_story().dossier())
    path = folder / "manifest.json"
    content = path.read_bytes()

    for at in range(0, len(content), 7):
        path.write_bytes(mutated(content, at, 1)[0])

        assert not check(str(folder)).ok, content[:at]


def test_a_changed_text_is_found_at_its_entry_though_the_manifest_was_made_anew(tmp_path):
    story = a_story()
    hash = hash_in(story.entries[5].body["text"])
    assert hash is not None
    story.texts[hash] = replace(story.texts[hash], text="Geen bezwaar.")

    report = check(str(in_folder(tmp_path / "dossier", story.dossier())))

    assert (report.first, keys(report)) == (6, ["content"])


def test_a_version_whose_printed_hash_is_of_another_text_is_found(tmp_path):
    def change(n: int, body: dict[str, Any]) -> None:
        if n == 1:
            body["sha256"] = "0" * 64

    report = forged(tmp_path, a_story(), change)

    assert (report.first, keys(report)) == (1, ["content"])


def test_a_text_file_that_is_no_version_is_found_though_the_manifest_was_made_anew(tmp_path):
    folder = in_folder(tmp_path / "dossier", a_story().dossier())
    (folder / "texts" / "BOD-2027-003-1.0.txt").write_bytes(b"")

    report = with_manifest(folder, {"texts/BOD-2027-003-1.0.txt": as_listed(b"")})

    assert (0, "file", {"name": "texts/BOD-2027-003-1.0.txt"}) in report.told


def test_a_text_that_belongs_to_no_entry_is_found(tmp_path):
    folder = in_folder(tmp_path / "dossier", a_story().dossier())
    kept = (folder / "texts.jsonl").read_bytes()
    kept += b'{"hash":"%s","salt":"%s","text":"Verzonnen."}\n' % (b"0" * 64, b"0" * 32)
    (folder / "texts.jsonl").write_bytes(kept)

    report = with_manifest(folder, {"texts.jsonl": as_listed(kept)})

    assert [each for each in report.told if each[1] in verify.FAULTS] == [(0, "file", {"name": "texts.jsonl"})]


def test_a_text_cannot_begin_in_its_salt(tmp_path):
    folder = in_folder(tmp_path / "dossier", a_story().dossier())
    kept = (folder / "texts.jsonl").read_text(encoding="utf-8")
    moved = re.sub(
        r'"salt":"([0-9a-f]{32})","text":"Een jaar langer\."', r'"salt":"\g<1>456e","text":" jaar langer."', kept
    )
    moved = moved.replace('456e","text":" jaar', '45656e20","text":"jaar')
    (folder / "texts.jsonl").write_text(moved, encoding="utf-8")

    report = with_manifest(folder, {"texts.jsonl": as_listed(moved.encode())})

    assert moved != kept
    assert (report.first, keys(report)) == (5, ["content"])


def test_two_files_of_one_name_in_a_zip_file_are_not_accepted(tmp_path):
    packed = tmp_path / "dossier.zip"
    packed.write_bytes(exported(a_story().dossier(), Format.DOSSIER))
    with zipfile.ZipFile(packed, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("events.jsonl", lines(a_story().entries))

    with pytest.raises(OSError, match=r"dossier\.zip"):
        check(str(packed))


def test_a_manifest_leads_to_no_file_outside_the_dossier(tmp_path):
    folder = in_folder(tmp_path / "dossier", a_story().dossier())
    (tmp_path / "outside").write_bytes(b"")

    report = with_manifest(folder, {"../outside": as_listed(b"")})

    assert (0, "file", {"name": "../outside"}) in report.told


def as_listed(content: bytes) -> dict[str, Any]:
    """A file as a manifest has it."""
    return {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


def test_a_manifest_with_more_in_it_is_not_accepted(tmp_path):
    folder = in_folder(tmp_path / "dossier", a_story().dossier())
    manifest = {**json.loads((folder / "manifest.json").read_bytes()), "note": "x"}
    text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_bytes(text.encode())

    assert keys(check(str(folder))) == ["file"]


def test_a_manifest_that_leaves_a_file_out_is_not_accepted(tmp_path):
    folder = in_folder(tmp_path / "dossier", a_story().dossier())

    report = with_manifest(folder, {}, without="decision-list.md")

    assert keys(report) == ["file"]


def with_manifest(folder: Path, files: dict[str, Any], without: str = "") -> Report:
    """The report on a dossier whose manifest says this of these files, in the right form."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"].update(files)
    manifest["files"].pop(without, None)
    text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_bytes(text.encode())
    return check(str(folder))


# --- what a forger would claim ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "claim",
    [
        {"code": "rejected"},
        {"reason": "tie"},
        {"code": "adopted"},
        {"silent": []},
        {"silent": ["vng"]},
        {"noted": []},
        {"objecting": ["uvw"]},
        {"held_by": ["vng"]},
        {"recused": ["uvw"]},
        {"unreached": ["vng"]},
        {"columns": {}},
        {"more": "x"},
    ],
)
def test_a_forged_outcome_is_found_though_the_chain_was_made_anew(tmp_path, claim):
    def change(n: int, body: dict[str, Any]) -> None:
        if n == 17:
            body["outcome"].update(claim)

    report = forged(tmp_path, a_story(), change)

    assert (report.first, keys(report)) == (17, ["content"])


def test_a_forged_count_is_found(tmp_path):
    def change(n: int, body: dict[str, Any]) -> None:
        if n == 17:
            body["outcome"]["counts"]["for"] = 4

    assert forged(tmp_path, a_story(), change).first == 17


def test_a_forged_position_makes_the_outcome_wrong(tmp_path):
    def change(n: int, body: dict[str, Any]) -> None:
        if n == 15:
            body["stance"] = "object"

    assert forged(tmp_path, a_story(), change).first == 17


def test_an_outcome_that_is_left_out_is_found(tmp_path):
    def change(n: int, body: dict[str, Any]) -> None:
        if n == 17:
            body["outcome"] = {}

    assert forged(tmp_path, a_story(), change).first == 17


def test_an_outcome_of_a_round_that_no_rule_closed_is_found(tmp_path):
    story = a_story()
    outcome = story.entries[16].body["outcome"]

    def change(n: int, body: dict[str, Any]) -> None:
        if n == 12:
            body["outcome"] = outcome

    assert forged(tmp_path, story, change).first == 12


def test_a_position_after_the_deadline_that_counts_is_found(tmp_path):
    def change(n: int, body: dict[str, Any]) -> None:
        if n == 16:
            body["received_at"] = "2027-01-25T16:00:00.000001Z"

    assert forged(tmp_path, a_story(), change).first == 16


def test_a_position_in_time_that_is_kept_as_late_is_found(tmp_path):
    story = Story()
    story.open()
    story.file("vng", Stance.AGREE, DEADLINE, filing=Filing.LATE)

    report = check_log(tmp_path, lines(story.entries))

    assert (report.first, keys(report)) == (3, ["content"])


def test_a_position_that_counts_after_an_earlier_end_is_found(tmp_path):
    story = Story()
    story.open()
    story.close(NOON + HOUR, Ending.CHAIR)
    story.file("vng", Stance.AGREE, NOON + 2 * HOUR)

    report = check_log(tmp_path, lines(story.entries))

    assert (report.first, keys(report)) == (4, ["content"])


@pytest.mark.parametrize("at", [NOON + HOUR, DEADLINE + HOUR])
def test_something_lifted_after_closing_while_the_round_is_open_is_found(tmp_path, at):
    story = Story()
    story.open()
    story.file("vng", Stance.AGREE, at, filing=Filing.AFTER)

    assert check_log(tmp_path, lines(story.entries)).first == 3


def test_a_late_position_after_an_earlier_end_is_in_order(tmp_path):
    story = Story()
    story.open()
    story.close(NOON + HOUR, Ending.CHAIR)
    story.file("vng", Stance.AGREE, NOON + 2 * HOUR, filing=Filing.LATE)

    assert check_log(tmp_path, lines(story.entries)).ok


def test_a_position_within_an_extended_deadline_counts(tmp_path):
    story = Story()
    story.open()
    story.extend(DEADLINE - HOUR, DEADLINE + DAY)
    story.file("vng", Stance.AGREE, DEADLINE + MICROSECOND)
    story.close()

    assert check_log(tmp_path, lines(story.entries)).ok


def test_a_deadline_is_the_one_in_force_at_receipt(tmp_path):
    story = Story()
    story.open()
    story.file("vng", Stance.AGREE, DEADLINE + HOUR, filing=Filing.LATE)
    story.extend(DEADLINE + 2 * HOUR, DEADLINE + DAY)
    story.file("ipo", Stance.AGREE, DEADLINE + HOUR)
    story.close()

    report = check_log(tmp_path, lines(story.entries))

    assert (report.first, keys(report)) == (5, ["content"])


def test_a_round_closed_at_another_deadline_than_its_own_is_found(tmp_path):
    def change(n: int, body: dict[str, Any]) -> None:
        if n == 17:
            body["closes_at"] = "2027-01-26T16:00:00Z"

    assert forged(tmp_path, a_story(), change).first == 17


@pytest.mark.parametrize("again", ["round-opened", "round-closed"])
def test_a_round_that_opens_or_closes_twice_is_found(tmp_path, again):
    events = []
    for entry in a_story().entries:
        events.append((entry.kind, entry.body, entry.at))
        if entry.kind == again:
            events.append(events[-1])

    report = check_log(tmp_path, lines(relinked(events, "BOD-2027-003")))

    assert report.first == {"round-opened": 3, "round-closed": 13}[again]


def test_an_entry_without_what_its_kind_holds_is_found(tmp_path):
    def change(n: int, body: dict[str, Any]) -> None:
        if n == 4:
            del body["stance"], body["filing"]

    report = forged(tmp_path, a_story(), change)

    assert (report.first, keys(report)) == (4, ["content"])


def test_organisations_that_were_not_reached_are_told_of(tmp_path):
    first, *others = a_roll().seats
    story = Story(roll=Roll((replace(first, reached=False), *others)))
    story.open()
    story.file("vng", Stance.AGREE, NOON + HOUR)
    story.close()

    report = check_log(tmp_path, lines(story.entries))

    assert report.ok
    assert (4, "unreached", {"who": "rijk"}) in report.told


def test_an_answer_to_a_position_that_was_replaced_does_not_count_for_the_next(tmp_path):
    one_column = (replace(seat, column="overheden") for seat in a_roll().seats)
    story = Story(roll=Roll(tuple(one_column)))
    story.open(rule=RULES["rough-consensus"])
    first = story.file("vng", Stance.OBJECT, NOON + HOUR, "Geen dekking.")
    story.file("vng", Stance.OBJECT, NOON + 2 * HOUR, "Geen draagvlak.")
    story.file("ipo", Stance.AGREE, NOON + 3 * HOUR)
    story.answer(first, Answer.ADDRESSED, "De dekking volgt.", NOON + 4 * HOUR)
    story.close()

    report = check_log(tmp_path, lines(story.entries))

    assert story.round.outcome is not None
    assert story.round.outcome.reason is Reason.OBJECTION
    assert report.ok


SILENCE = DecisionRule(
    "silence",
    "",
    Answers.CONSENT,
    (NO_OBJECTION,),
    silence=SilencePolicy.CONSENT,
    objections=Objections.BREAK_SILENCE,
)


def a_silence_procedure(after_outage: str) -> Story:
    """One answer, an outage over the deadline, and then what the chair did, or nothing."""
    story = Story()
    story.open(rule=SILENCE)
    story.file("vng", Stance.AGREE, NOON + HOUR)
    outage = replace(story.round, down_from=DEADLINE - HOUR, down_until=DEADLINE + HOUR)
    story.record(events.outage_found(story.item, outage, Act("clock", DEADLINE + HOUR)))
    if after_outage == "extended":
        story.extend(DEADLINE + 2 * HOUR, DEADLINE + DAY)
    story.close(by_chair=after_outage == "closed")
    return story


@pytest.mark.parametrize("after_outage", ["closed", "extended"])
def test_after_an_outage_that_the_chair_answered_silence_counts(tmp_path, after_outage):
    report = check_log(tmp_path, lines(a_silence_procedure(after_outage).entries))

    assert (report.ok, report.outcomes) == (True, 1)


def test_after_an_outage_that_the_chair_left_unanswered_silence_says_nothing(tmp_path):
    adopted = a_silence_procedure("unanswered")
    events = [(each.kind, json.loads(json.dumps(each.body)), each.at) for each in adopted.entries]

    claimed = check_log(tmp_path, lines(relinked(events, "BOD-2027-003")))
    events[-1][1]["outcome"].update(code="no-decision", reason="not-reached")
    right = check_log(tmp_path, lines(relinked(events, "BOD-2027-003")))

    assert (claimed.ok, claimed.first) == (False, 5)
    assert right.ok


def test_after_an_outage_a_vote_is_counted_as_it_stood_at_the_deadline(tmp_path):
    story = Story()
    rule = replace(RULES["simple-majority"].asked_as(Kind.VOTE), silence=SilencePolicy.ABSTAIN)
    story.open(rule=rule)
    story.file("vng", Stance.FOR, NOON + HOUR)
    story.record(events.outage_found(story.item, story.round, Act("clock", DEADLINE + HOUR)))
    story.close()

    assert check_log(tmp_path, lines(story.entries)).ok


# --- receipts and published hashes --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shown",
    [
        lambda hash: hash,
        lambda hash: hash.upper(),
        lambda hash: hash[:12],
        lambda hash: f"{hash[:4]}-{hash[4:8]}-{hash[8:12]}",
        lambda hash: f" {hash[:4]} {hash[4:8]} {hash[8:12]} ",
    ],
)
def test_a_receipt_says_which_entry_it_is_in_every_form_in_which_it_is_shown(tmp_path, shown):
    story = a_story()
    receipt = shown(story.rounds[1].positions[0].hash)

    report = check(str(in_folder(tmp_path / "dossier", story.dossier())), [receipt])

    assert report.ok
    assert (14, "found", {"hash": receipt}) in report.told


def outcome_without(story: Story, organisation: str) -> dict[str, Any]:
    """The outcome of the second round as it would be without one organisation's positions."""
    rule = story.rounds[1].round.rule
    assert rule is not None
    positions = [each for each in story.rounds[1].positions if each.organisation != organisation]
    return dict(outcome_body(decide(rule, story.roll, positions)))


def test_who_holds_a_receipt_can_prove_that_a_position_was_left_out(tmp_path):
    story = a_story()
    receipts = [each.hash[:12] for each in story.rounds[1].positions[:2]]
    kept = [each for each in story.entries if each.sequence != 15]
    without = relinked([(each.kind, each.body, each.at) for each in kept], story.item.dossier)
    honest = {**without[15].body, "outcome": outcome_without(story, "ipo")}
    without = relinked(
        [(each.kind, honest if each.sequence == 16 else each.body, each.at) for each in without],
        story.item.dossier,
    )
    dossier = replace(story.dossier(), entries=tuple(without))
    folder = str(in_folder(tmp_path / "dossier", dossier))

    alone, first, both = check(folder), check(folder, receipts[:1]), check(folder, receipts)

    assert alone.ok
    assert first.ok
    assert [values["hash"] for _, key, values in both.told if key == "lost"] == [receipts[1]]
    assert not both.ok


def test_a_published_hash_proves_that_the_log_was_cut_or_rewritten_afterwards(tmp_path):
    story = a_story()
    published = story.entries[16].hash
    cut = replace(story.dossier(), entries=tuple(story.entries[:16]))

    whole = check(str(in_folder(tmp_path / "whole", story.dossier())), heads=[published])
    shorter = check(str(in_folder(tmp_path / "shorter", cut)), heads=[published])

    assert whole.ok
    assert (17, "found", {"hash": published}) in whole.told
    assert (shorter.ok, keys(shorter)) == (False, ["lost"])


@pytest.mark.parametrize("wrong", ["", "1a2b", "1a2b-3c4d-5e6", "zzzz-zzzz-zzzz", "0" * 63])
def test_what_is_no_hash_is_wrong_use(tmp_path, wrong):
    folder = str(in_folder(tmp_path / "dossier", a_story().dossier()))

    with pytest.raises(ValueError):
        check(folder, [wrong])


# --- the program --------------------------------------------------------------------------------------------


def run(folder: Path, *arguments: str, locale: str = "") -> subprocess.CompletedProcess[str]:
    """Run the checker of a dossier alone: no packages, no environment but the language."""
    environment = {"LC_ALL": locale} if locale else {}
    if "SYSTEMROOT" in os.environ:
        environment["SYSTEMROOT"] = os.environ["SYSTEMROOT"]
    command = [sys.executable, "-I", "-S", str(folder / "verify.py"), *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, cwd=folder, check=False)


def test_it_stands_alone_and_checks_the_dossier_that_it_lies_in(tmp_path):
    story = a_story()
    folder = in_folder(tmp_path / "dossier", story.dossier())

    done = run(folder)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == (
        f"IN ORDE: 19 regels in logboek BOD-2027-003; 1 uitslagen nagerekend; laatste hash {story.entries[-1].hash}."
    )


def test_it_exits_with_1_and_names_the_first_bad_entry(tmp_path):
    content = lines(a_story().entries)
    fourth = content.index(b'"sequence":4')
    folder = with_log(tmp_path, mutated(content, fourth, 1)[0])

    done = run(folder, ".", locale="en_GB.UTF-8")

    assert done.returncode == 1
    assert done.stdout.splitlines()[:2] == [
        "NOT IN ORDER. The first bad entry: 4.",
        "Entry 4 was changed, is missing or is out of place.",
    ]


def test_it_says_which_entries_receipts_are(tmp_path):
    story = a_story()
    folder = in_folder(tmp_path / "dossier", story.dossier())
    receipt, head = story.entries[2].hash[:12], story.entries[16].hash

    done = run(folder, "--receipt", receipt, "--head", head, "--receipt", "0" * 12, locale="nl_NL.UTF-8")

    assert done.returncode == 1
    assert f"Hash {receipt} is regel 3." in done.stdout
    assert f"Hash {head} is regel 17." in done.stdout
    assert "Hash 000000000000 hoort bij geen regel" in done.stdout


@pytest.mark.parametrize("arguments", [["nergens"], ["--receipt", "xyz"], ["--onbekend"], ["a", "b"]])
def test_wrong_use_exits_with_2(tmp_path, arguments):
    folder = in_folder(tmp_path / "dossier", a_story().dossier())

    done = run(folder, *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert "usage:" in done.stderr


def test_nothing_that_a_dossier_holds_can_steer_the_screen(tmp_path):
    story = Story()
    story.open()
    story.file("vng", Stance.AGREE, DEADLINE, filing=Filing.LATE)
    events = [(each.kind, dict(each.body), each.at) for each in story.entries]
    events[2][1]["organisation"] = "\x1b[2Jvng\n"

    report = check_log(tmp_path, lines(relinked(events, "BOD-2027-003")))

    assert report.lines("nl")[1] == "Regel 3: late (?[2Jvng?) klopt niet met de regels ervoor."


def test_every_sentence_exists_in_both_languages_with_the_same_values():
    for nl, en in verify.SENTENCES.values():
        found = [sorted(part.split("}")[0] for part in each.split("{")[1:]) for each in (nl, en)]

        assert found[0] == found[1]
        assert nl != en


def test_it_is_short_and_needs_nothing_but_an_old_python():
    source = CHECKER.read_text(encoding="utf-8")

    tree = ast.parse(source, feature_version=(3, 9))
    nodes = list(ast.walk(tree))
    imported = {(each.module or "").split(".")[0] for each in nodes if isinstance(each, ast.ImportFrom)}
    imported |= {name.name for each in nodes if isinstance(each, ast.Import) for name in each.names}

    assert imported <= sys.stdlib_module_names
    assert code_lines(source, tree) <= 300


def code_lines(source: str, tree: ast.Module) -> int:
    """Lines of code: without blank lines, comments, descriptions and the table of sentences."""
    left_out: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            left_out |= set(range(node.lineno, (node.end_lineno or 0) + 1))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SENTENCES":
            left_out |= set(range(node.lineno, (node.end_lineno or 0) + 1))
    return sum(
        bool(line.strip()) and not line.lstrip().startswith("#") and number not in left_out
        for number, line in enumerate(source.splitlines(), 1)
    )
