"""F40: a copy of the live register holds everything, can be opened anywhere, and sends nothing twice."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing

import pytest
from sqlalchemy import NullPool, create_engine, select, update

from commands.ports import Notice
from storage.backup import backup
from storage.delivery import MessageKind
from storage.migrate import migrate
from storage.store import open_store
from storage.tables import METADATA, cards, entries, outbox
from tests.factories import HOUR, NOON, NUMBER, a_board
from tests.storage.register import an_open_round, append, file, get, head


def rows(url, *without):
    """Every row of every table, by table."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return {
            table.name: sorted(map(str, connection.execute(select(table))))
            for table in METADATA.sorted_tables
            if table not in without
        }


@pytest.fixture
def copy(tmp_path):
    """Where the copy goes, and its URL."""
    path = tmp_path / "copy.db"
    return path, f"sqlite:///{path}"


def test_f40_a_copy_of_the_live_register_holds_all_of_it(store, url, copy):
    path, copied = copy
    an_open_round(store)
    file(store, text="Met ünicode 🙂 en een\nnieuwe regel")

    assert backup(url, path) is None

    assert rows(copied) == rows(url)


def test_f40_a_restored_copy_goes_on_where_the_register_was(store, url, clock, copy):
    path, copied = copy
    item = an_open_round(store)
    filed = file(store)
    backup(url, path)
    file(store, "ipo")

    with open_store(copied, clock) as restored:
        assert restored.read(lambda tx: tx.positions.all(item)) == (filed,)
        assert restored.read(lambda tx: tx.boards.get("BOD")) == a_board()
        assert file(restored, "uvw").sequence == 4
        assert restored.read(lambda tx: tx.log.first_fault(str(NUMBER))) is None


def test_f40_what_was_still_to_be_sent_is_looked_for_before_a_restored_copy_sends_it(store, url, clock, copy):
    path, copied = copy
    item = an_open_round(store)
    entry = head(store)
    store.write(lambda tx: (tx.outbox.refresh(item), tx.outbox.announce(item, entry))).result()
    store.write(lambda tx: tx.outbox.tell(Notice.OPENED, ["voorzitter", "secretaris"], entry.log, 2, item)).result()
    (one,) = store.write(lambda tx: tx.delivery.claim(NOON, 1, HOUR)).result()
    assert one.kind is MessageKind.REFRESH

    backup(url, path)

    with open_store(copied, clock) as restored:
        messages = restored.write(lambda tx: tx.delivery.claim(NOON + 2 * HOUR, 10, HOUR)).result()
        assert len(messages) == 4
        assert all(each.may_be_sent for each in messages)
    assert rows(copied, cards, outbox) == rows(url, cards, outbox)


def test_f40_a_copy_that_is_made_while_others_write_is_one_state(store, url, copy):
    path, _ = copy
    an_open_round(store)
    stop = threading.Event()

    def keep_writing():
        while not stop.is_set():
            store.write(lambda tx: [append(tx, each) for each in ("rijk", "vng")]).result()

    writing = threading.Thread(target=keep_writing)
    writing.start()
    try:
        fault = backup(url, path)
    finally:
        stop.set()
        writing.join()

    assert fault is None
    with closing(sqlite3.connect(path)) as connection:
        filed = connection.execute("SELECT count(*) FROM positions").fetchone()[0]
        logged = connection.execute("SELECT count(*) FROM entries WHERE log = ?", [str(NUMBER)]).fetchone()[0]
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert filed % 2 == 0
    assert logged == filed + 2


def test_f40_a_copy_tells_the_first_entry_that_breaks_a_chain(store, url, copy):
    an_open_round(store)
    file(store)
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(
            update(entries).where(entries.c.log == str(NUMBER), entries.c.sequence == 2).values(line="{}")
        )

    assert backup(url, copy[0]) == "BOD-2027-003/2"

    assert copy[0].exists()


def test_a_copy_is_one_file_and_nothing_else_is_left(store, url, copy):
    an_open_round(store)

    backup(url, copy[0])

    assert [each.name for each in sorted(copy[0].parent.glob("copy*"))] == ["copy.db"]
    assert get(store).number == NUMBER


def test_a_copy_overwrites_nothing(store, url, copy):
    copy[0].write_text("something of value")

    with pytest.raises(FileExistsError):
        backup(url, copy[0])

    assert copy[0].read_text() == "something of value"


def test_what_an_interrupted_copy_left_does_not_stand_in_the_way(store, url, copy):
    an_open_round(store)
    copy[0].with_name("copy.db.unfinished").write_text("half a copy")

    assert backup(url, copy[0]) is None


def test_a_database_without_a_register_cannot_be_copied(database_url, copy):
    with pytest.raises(ValueError, match="no register"):
        backup(database_url, copy[0])

    assert not copy[0].exists()


def test_a_register_without_content_can_be_copied(url, copy):
    migrate(url)

    assert backup(url, copy[0]) is None
