"""The logs: chained, dated in order, with their texts beside them; and every way to tamper with one is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import NullPool, create_engine, update

from commands.domain.events import Event, Free, hash_in
from commands.domain.ledger import canonical, first_fault, link, text_hash
from storage import log as log_module
from storage.log import to_line
from storage.store import open_store
from storage.tables import dossiers, entries, texts
from tests.factories import DAY, NOON, NUMBER, SECOND
from tests.storage.register import an_open_round, draft, file, get, head, load, record

LOG = "BOD-2027-003"


def every(store, log=LOG):
    return store.read(lambda tx: tuple(tx.log.entries(log)))


def fault(store, log=LOG):
    return store.read(lambda tx: tx.log.first_fault(log))


def tamper(url, *statements):
    """Change the database behind the program's back."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount != 0
    engine.dispose()


def test_every_entry_follows_from_the_one_before(store):
    an_open_round(store)
    for organisation in ("vng", "ipo", "uvw"):
        file(store, organisation, text=f"Namens {organisation}")

    log = every(store)

    assert [each.sequence for each in log] == [1, 2, 3, 4, 5]
    assert [each.previous for each in log[1:]] == [each.hash for each in log[:-1]]
    assert first_fault(log) is None
    assert fault(store) is None
    assert fault(store, "BOD") is None


def test_a_line_of_the_log_is_the_very_text_that_was_hashed(store):
    an_open_round(store)
    file(store, text="Met ünicode: 🙂 en \u2028 \x7f")

    for entry in every(store):
        line = {
            "at": "2027-01-11T11:00:00Z",
            "body": dict(entry.body),
            "kind": entry.kind,
            "log": LOG,
            "previous": entry.previous,
            "sequence": entry.sequence,
        }
        assert to_line(entry).encode() == canonical(line)
        assert sha256(to_line(entry).encode()).hexdigest() == entry.hash


def test_units_of_one_group_and_of_different_groups_share_one_chain(store):
    an_open_round(store)

    futures = [store.write(lambda tx: record(tx, tx.items.locked(get(store).number))) for _ in range(20)]
    sequences = [each.result().sequence for each in futures]

    assert sequences == list(range(3, 23))
    assert fault(store) is None


def test_an_entry_is_never_dated_before_the_one_before_it(store, clock):
    an_open_round(store)
    item = get(store)
    clock.now = NOON + DAY
    store.write(lambda tx: record(tx, item)).result()
    clock.now = NOON - DAY

    entry = store.write(lambda tx: record(tx, item)).result()

    assert entry.at == NOON + DAY
    clock.now = NOON + DAY + timedelta(microseconds=1)
    assert store.write(lambda tx: record(tx, item)).result().at == clock.now
    assert head(store).at == clock.now
    assert fault(store) is None


def test_the_same_text_twice_has_two_hashes_that_tell_nothing(store):
    an_open_round(store)
    first, second = file(store, "vng", text="Ja."), file(store, "ipo", text="Ja.")

    log = every(store)

    hashes = [hash_in(log[2].body["text"]), hash_in(log[3].body["text"])]
    assert hashes[0] != hashes[1]
    assert sha256(b"Ja.").hexdigest() not in hashes
    kept = store.read(lambda tx: tx.log.texts(LOG))
    assert [text_hash(kept[each].salt, "Ja.") for each in hashes] == hashes
    assert (first.text, second.text) == ("Ja.", "Ja.")
    assert store.read(lambda tx: tx.log.text(LOG, hashes[0])) == "Ja."
    assert store.read(lambda tx: tx.log.text(LOG, "ab" * 32)) is None


def test_salts_come_from_the_source_that_was_given(url, clock):
    with open_store(url, clock, random_bytes=lambda count: b"\x07" * count) as store:
        an_open_round(store)
        file(store, text="Ja.")

        assert hash_in(every(store)[2].body["text"]) == text_hash(b"\x07" * 16, "Ja.")


def test_an_empty_text_stays_empty_and_a_text_in_a_list_is_sealed(store):
    load(store)
    item = draft(store)
    event = Event("noted", {"empty": Free(""), "list": [Free("een"), "code"], "object": {"inner": Free("twee")}})

    entry = store.write(lambda tx: tx.items.record(item, event)).result()

    kept = store.read(lambda tx: tx.log.texts(LOG))
    assert entry.body["empty"] == ""
    assert kept[hash_in(entry.body["list"][0])].text == "een"
    assert entry.body["list"][1] == "code"
    assert kept[hash_in(entry.body["object"]["inner"])].text == "twee"


def test_one_entry_is_read_by_its_number(store):
    an_open_round(store)

    entry = store.read(lambda tx: tx.log.entry(LOG, 2))

    assert entry == every(store)[1]
    with pytest.raises(LookupError, match="no entry 3 in log BOD-2027-003"):
        store.read(lambda tx: tx.log.entry(LOG, 3))


def test_a_log_that_is_not_there_is_empty(store):
    assert store.read(lambda tx: tx.log.head(LOG)) is None
    assert every(store) == ()
    assert fault(store) is None


def test_the_logs_of_a_board_are_its_own_first_and_its_dossiers_in_order(store):
    load(store)
    for sequence in (10, 2):
        draft(store, replace(NUMBER, sequence=sequence))

    assert store.read(lambda tx: tx.log.logs("BOD")) == ("BOD", "BOD-2027-002", "BOD-2027-010")
    assert store.read(lambda tx: tx.log.logs("TOP")) == ()


# --- F18: tampering ---------------------------------------------------------------------------------------------


@pytest.fixture
def tampered(store, url):
    """A log of six entries, and a way to tamper with it."""
    an_open_round(store)
    for organisation in ("rijk", "vng", "ipo", "uvw"):
        file(store, organisation)
    assert fault(store) is None
    return lambda *statements: tamper(url, *statements)


def one(sequence):
    return (entries.c.log == LOG) & (entries.c.sequence == sequence)


@pytest.mark.parametrize("sequence", [1, 3, 6])
@pytest.mark.parametrize("place", [0, 20, 200, -3])
def test_f18_one_flipped_byte_is_found(store, tampered, sequence, place):
    line = to_line(every(store)[sequence - 1])
    place = place % len(line)
    flipped = line[:place] + chr(ord(line[place]) ^ 1) + line[place + 1 :]

    tampered(update(entries).where(one(sequence)).values(line=flipped))

    assert fault(store) == sequence


@pytest.mark.parametrize("sequence", [1, 3, 6])
def test_f18_a_flipped_byte_of_a_hash_is_found(store, tampered, sequence):
    hash = every(store)[sequence - 1].hash
    flipped = hash[:10] + ("0" if hash[10] != "0" else "1") + hash[11:]

    tampered(update(entries).where(one(sequence)).values(hash=flipped))

    assert fault(store) == sequence


def test_f18_an_entry_rewritten_with_its_hash_is_found_by_the_next(store, tampered):
    entry = every(store)[2]
    forged = replace(entry, body={**entry.body, "stance": "object"})
    line = to_line(forged)

    tampered(update(entries).where(one(3)).values(line=line, hash=sha256(line.encode()).hexdigest()))

    assert fault(store) == 4


def test_f18_the_last_entry_rewritten_with_its_hash_is_found_by_the_head(store, tampered):
    entry = every(store)[5]
    line = to_line(replace(entry, body={**entry.body, "stance": "object"}))

    tampered(update(entries).where(one(6)).values(line=line, hash=sha256(line.encode()).hexdigest()))

    assert fault(store) == 6


@pytest.mark.parametrize("sequence", [1, 3, 5])
def test_f18_a_deleted_entry_is_found(store, tampered, sequence):
    tampered(entries.delete().where(one(sequence)))

    assert fault(store) == sequence


def test_f18_two_swapped_entries_are_found(store, tampered):
    log = every(store)
    third, fourth = log[2], log[3]

    tampered(
        update(entries).where(one(3)).values(line=to_line(fourth), hash=fourth.hash),
        update(entries).where(one(4)).values(line=to_line(third), hash=third.hash),
    )

    assert fault(store) == 3


def test_f18_a_cut_off_tail_is_found(store, tampered):
    tampered(entries.delete().where(one(6)))

    assert fault(store) == 6


def test_f18_an_entry_added_beside_the_program_is_found(store, tampered):
    last = every(store)[5]
    added = link(LOG, 7, last.at + SECOND, "position-filed", {"stance": "agree"}, last.hash)

    tampered(entries.insert().values(log=LOG, sequence=7, hash=added.hash, line=to_line(added)))

    assert fault(store) == 7


def test_f18_an_entry_of_another_log_is_found(store, tampered):
    other = store.read(lambda tx: tx.log.entry("BOD", 1))

    tampered(update(entries).where(one(1)).values(line=to_line(other), hash=other.hash))

    assert fault(store) == 1


def test_f18_a_line_that_is_no_entry_is_found(store, tampered):
    for line in ("", "[]", "{}", "null", '{"at": 3}'):
        tampered(update(entries).where(one(2)).values(line=line))

        assert fault(store) == 2


def test_f18_an_end_that_was_set_back_does_not_hide_what_follows(store, tampered):
    third = every(store)[2]

    tampered(update(dossiers).where(dossiers.c.log == LOG).values(sequence=3, hash=third.hash))

    assert fault(store) == 4


def test_f18_a_changed_text_no_longer_has_its_hash(store, url):
    an_open_round(store)
    file(store, text="Ja.")
    hash = hash_in(every(store)[2].body["text"])
    tamper(url, update(texts).where(texts.c.hash == hash).values(text="Nee."))

    kept = store.read(lambda tx: tx.log.texts(LOG))[hash]

    assert text_hash(kept.salt, kept.text) != kept.hash


def test_a_log_longer_than_a_page_is_read_whole(store, monkeypatch):
    an_open_round(store)
    for organisation in ("rijk", "vng", "ipo", "uvw"):
        file(store, organisation)
    monkeypatch.setattr(log_module, "_PAGE", 2)
    monkeypatch.setattr(log_module, "_READ_PAGE", log_module._READ_PAGE.limit(2))

    assert [each.sequence for each in every(store)] == [1, 2, 3, 4, 5, 6]
    assert fault(store) is None
