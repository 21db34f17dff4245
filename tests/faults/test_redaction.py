"""Texts and names are taken out of the register: every chain holds, every outcome can be computed again, gaps show."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from bot.exporting import export_to
from commands.domain import events
from commands.domain.events import Act, hash_in
from commands.domain.outcome import Outcome
from commands.exports.verify import check as verify
from tests.faults.invariants import check
from tests.faults.world import (
    CHAIR,
    CHANNEL,
    DEADLINE,
    DEPUTY,
    IPO,
    ITEM,
    LOG,
    MINUTE,
    SECOND,
    SECRETARY,
    UVW,
    VNG,
    World,
)

SECRET = "Jansen heeft dit bedacht"


@pytest.fixture
def finished(world: World) -> World:
    """An item with texts everywhere, from draft to decision, and everything delivered."""
    world.must(VNG, f'/standpunt 1 bezwaar "{SECRET}" --punt 1')
    world.must(IPO, f'/standpunt 1 voorbehoud "{SECRET}" --soort juridisch')
    world.must(UVW, f'/standpunt 1 akkoord "{SECRET}"')
    world.must(SECRETARY, f'/consultatie bezwaar 1 vng behandeld "{SECRET}"')
    world.jump(DEADLINE + 3 * SECOND)
    world.must(CHAIR, f'/consultatie stel-vast 1 "{SECRET}" --afwijkend "{SECRET}"')
    world.jump(DEADLINE + MINUTE)
    return world


def hashes(world: World) -> list[str]:
    """The hash of every free text in the log of the item."""
    return [found for entry in world.entries() for value in entry.body.values() if (found := hash_in(value))]


def outcome(world: World) -> Outcome:
    """The outcome of the round."""
    round = world.item().round
    assert round is not None
    assert round.outcome is not None
    return round.outcome


def remove(world: World, hash: str) -> None:
    """Take a text out."""
    act = Act("command-line", world.clock.now())
    world.app.store.write(lambda tx: tx.privacy.remove_text(LOG, hash, events.text_removed(hash, act))).result()


def exported(world: World, folder: Path) -> Path:
    """The dossier of the item as a file."""
    (path,) = export_to(world.app, folder, "dossier", number=LOG).written
    return path


def lines_of(path: Path, name: str) -> list[str]:
    """A file of lines in a dossier."""
    with ZipFile(path) as file:
        return file.read(next(each for each in file.namelist() if each.endswith(name))).decode().splitlines()


def test_without_any_of_its_texts_an_item_keeps_its_chain_its_outcome_and_its_receipts(finished: World, tmp_path: Path):
    before = outcome(finished)
    texts = hashes(finished)
    assert len(texts) >= 9

    for each in texts:
        remove(finished, each)

    check(finished, quiet=False)
    assert outcome(finished) == before
    path = exported(finished, tmp_path)
    report = verify(str(path), finished.receipts)
    assert report.ok, report.lines("en")
    assert report.outcomes == 1
    removed = [line for line in report.lines("en") if "a text was removed" in line]
    assert len(removed) == len(texts)
    with ZipFile(path) as file:
        assert [each for each in file.namelist() if SECRET.encode() in file.read(each)] == []
    assert lines_of(path, "texts.jsonl") == []
    assert {json.loads(each)["body"].get("removed", "") for each in lines_of(path, "events.jsonl")} >= set(texts)


def test_a_removed_text_is_shown_as_a_gap_and_the_others_stay(finished: World, tmp_path: Path):
    first = next(entry for entry in finished.entries() if entry.kind == "position-filed")
    gone = hash_in(first.body["text"])
    assert gone is not None

    remove(finished, gone)

    assert [each.text for each in finished.filed()] == ["[…]", SECRET, SECRET]
    report = verify(str(exported(finished, tmp_path)), finished.receipts)
    assert report.ok, report.lines("en")
    assert [line for line in report.lines("en") if "a text was removed" in line] == [
        f"Entry {first.sequence}: a text was removed; its hash is still there."
    ]


def test_without_a_person_the_position_stays_and_everything_is_still_computable(finished: World, tmp_path: Path):
    person = finished.read(lambda tx: tx.people.get(VNG))
    assert person is not None
    entries = finished.entries()

    finished.app.store.write(lambda tx: tx.privacy.erase_person(person)).result()

    assert finished.read(lambda tx: tx.people.by_code(person.code)) is None
    assert finished.entries() == entries
    assert finished.filed("vng")[0].person == person.code
    check(finished, quiet=False)
    assert verify(str(exported(finished, tmp_path)), finished.receipts).ok
    assert finished.say(VNG, '/standpunt 1 hef-op "Akkoord."').refusal == "unknown-account"
    assert finished.must(DEPUTY, '/standpunt 1 hef-op "Akkoord."').receipt
    check(finished, quiet=False)


def test_a_register_with_gaps_runs_on_and_a_next_round_closes(finished: World):
    for each in hashes(finished):
        remove(finished, each)
    finished.must(SECRETARY, '/consultatie nieuw "Vervolg" --tekst "1. Punt." --soort instemming --dossier 1')
    finished.must(CHAIR, '/consultatie open 2 --termijn "5 werkdagen"')
    finished.must(VNG, "/standpunt 2 akkoord")

    finished.jump(DEADLINE + 10 * 24 * 60 * MINUTE)

    assert any("Uitslag van BOD-2027-002" in text for text in finished.texts(CHANNEL))
    assert finished.read(lambda tx: tx.log.first_fault(LOG)) is None
    assert finished.item(ITEM).title == "[…]"
