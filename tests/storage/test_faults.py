"""F15, F16 and F17: a database that is cut off, locked or full. Nothing is lost, and nobody hears what is not so."""

from __future__ import annotations

import socket
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from sqlalchemy import Engine, NullPool, create_engine, event, make_url, text

from commands.domain.errors import Busy, StorageFailed, Unconfirmed
from commands.ports import Answered
from storage import engine as engine_module
from storage import writer as writer_module
from storage.store import Store, open_store
from tests.factories import NOON, NUMBER
from tests.storage.register import an_open_round, append, draft, file, get, head, held, record

PATIENCE = 0.4


@pytest.fixture
def impatient(monkeypatch):
    """Waiting for a lock takes a fraction of a second instead of three."""
    monkeypatch.setattr(writer_module, "LOCK_SECONDS", PATIENCE)
    monkeypatch.setattr(engine_module, "LOCK_SECONDS", PATIENCE)


ON_SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Another process that writes, and does not finish: it holds the database, or on PostgreSQL the dossier."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT 1 FROM dossiers WHERE log = :log FOR UPDATE"), {"log": str(NUMBER)})
        try:
            yield
        finally:
            connection.rollback()


# --- set-up -----------------------------------------------------------------------------------------------------


@ON_SQLITE
def test_a_commit_of_sqlite_waits_for_the_disk_and_rows_need_their_parents(store):
    def pragma(tx, name):
        return tx._session.connection.exec_driver_sql(f"PRAGMA {name}").scalar()

    names = ("journal_mode", "synchronous", "foreign_keys")
    assert [store.write(partial(pragma, name=each)).result() for each in names] == ["wal", 2, 1]
    assert store.read(partial(pragma, name="query_only")) == 1


@ON_POSTGRESQL
def test_a_commit_of_postgresql_waits_for_the_disk(store):
    def setting(tx, name):
        return tx._session.connection.exec_driver_sql(f"SHOW {name}").scalar()

    names = ("synchronous_commit", "transaction_isolation", "timezone", "lock_timeout")
    assert [store.write(partial(setting, name=each)).result() for each in names] == [
        "on",
        "read committed",
        "UTC",
        "3s",
    ]
    reading = ("transaction_isolation", "transaction_read_only")
    assert [store.read(partial(setting, name=each)) for each in reading] == ["repeatable read", "on"]


# --- F16: locked ------------------------------------------------------------------------------------------------


def test_f16_a_lock_that_ends_in_time_is_waited_for(store, url):
    item = an_open_round(store)

    with locked(url):
        future = store.write(lambda tx: record(tx, tx.items.locked(item.number)))
        time.sleep(0.2)
        assert not future.done()

    assert future.result().sequence == 3


def test_f16_a_lock_that_does_not_end_is_busy_and_nothing_is_recorded(impatient, url, clock):
    with open_store(url, clock) as store:
        an_open_round(store)

        with locked(url):
            started = time.monotonic()
            futures = [store.write(partial(append, organisation=each)) for each in ("vng", "ipo")]
            for each in futures:
                with pytest.raises(Busy):
                    each.result()
            waited = time.monotonic() - started

        assert PATIENCE * 0.9 <= waited <= PATIENCE + 1.5
        assert store.read(lambda tx: tx.positions.all(get(store))) == ()
        assert file(store).sequence == 3
        assert not store.is_failing


@ON_SQLITE
def test_f16_what_arrives_while_the_database_is_locked_waits_its_own_time(impatient, url, clock):
    with open_store(url, clock) as store:
        item = an_open_round(store)

        with locked(url):
            first = store.write(lambda tx: record(tx, item))
            time.sleep(PATIENCE / 2)
            second = store.write(lambda tx: record(tx, item))
            with pytest.raises(Busy):
                first.result()
            assert not second.done()

        assert second.result().sequence == 3


@ON_POSTGRESQL
def test_f16_on_postgresql_a_locked_dossier_holds_up_no_other(impatient, url, clock):
    with open_store(url, clock) as store:
        an_open_round(store)
        other = draft(store, replace(NUMBER, sequence=4))

        with locked(url):
            refused, fine = store.write(append), store.write(lambda tx: record(tx, tx.items.locked(other.number)))
            with pytest.raises(Busy):
                refused.result()

            assert fine.result().sequence == 2

        assert file(store).sequence == 3


def test_f16_a_lock_does_not_hold_up_reading(store, url):
    an_open_round(store)

    with locked(url):
        assert get(store).number == NUMBER


# --- F17: full --------------------------------------------------------------------------------------------------


@pytest.fixture
def limit():
    """The most pages that the database may have; a connection keeps to what it was when it was made."""
    pages = {"most": 1_000_000}

    def set_limit(connection, _record):
        connection.execute(f"PRAGMA max_page_count={pages['most']}")

    event.listen(Engine, "connect", set_limit)
    yield pages
    event.remove(Engine, "connect", set_limit)


def fill(store, limit, url):
    """File positions until the disk is full; returns the first future that failed."""
    with closing(sqlite3.connect(str(make_url(url).database))) as connection:
        limit["most"] = connection.execute("PRAGMA page_count").fetchone()[0] + 8
    store.write(lambda tx: tx._session.connection.exec_driver_sql(f"PRAGMA max_page_count={limit['most']}")).result()
    for _ in range(1000):
        future = store.write(lambda tx: append(tx, text="x" * 3000))
        if future.exception() is not None:
            return future
    raise AssertionError("the disk did not fill up")


@ON_SQLITE
def test_f17_a_full_disk_refuses_leaves_the_log_as_it_was_and_recovers_without_a_restart(limit, url, clock):
    with open_store(url, clock) as store:
        item = an_open_round(store)

        refused = fill(store, limit, url)

        before = head(store)
        with pytest.raises(StorageFailed):
            refused.result()
        assert store.is_failing
        futures = [store.write(lambda tx: append(tx, text="y" * 30_000)) for _ in range(5)]
        for each in futures:
            with pytest.raises(StorageFailed):
                each.result()
        assert head(store) == before
        positions = store.read(lambda tx: tx.positions.all(item))
        assert [each.sequence for each in positions] == list(range(3, before.sequence + 1))
        assert store.read(lambda tx: tx.log.first_fault(str(NUMBER))) is None
        with closing(sqlite3.connect(str(make_url(url).database))) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]

        limit["most"] = 1_000_000
        assert file(store).sequence == before.sequence + 1
        assert not store.is_failing


@ON_SQLITE
def test_f17_in_a_group_on_a_full_disk_what_still_fits_is_kept(limit, url, clock):
    with open_store(url, clock) as store:
        an_open_round(store)
        fill(store, limit, url)
        before = head(store).sequence
        with held(store):
            large = store.write(lambda tx: append(tx, "vng", text="y" * 100_000))
            small = store.write(lambda tx: tx.items.locked(NUMBER).title)

        with pytest.raises(StorageFailed):
            large.result()
        assert small.result() == "Kader soevereine cloud"
        assert head(store).sequence == before


# --- F15: cut off -----------------------------------------------------------------------------------------------


def cut_everyone_off(url):
    """End every other connection, as a failover does."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@ON_POSTGRESQL
def test_f15_a_connection_that_was_cut_is_made_again(url, clock):
    with open_store(url, clock) as store:
        item = an_open_round(store)
        store.read(lambda tx: tx.items.get(NUMBER))

        cut_everyone_off(url)

        assert file(store).sequence == 3
        assert store.read(lambda tx: len(tx.positions.all(item))) == 1


@ON_POSTGRESQL
def test_f15_a_connection_cut_before_the_commit_loses_and_doubles_nothing(url, clock):
    cuts: list[int] = []

    def before_commit():
        if cuts:
            cuts.pop()
            cut_everyone_off(url)

    with open_store(url, clock, before_commit=before_commit) as store:
        item = an_open_round(store)
        cuts.append(1)

        filed = [store.write(partial(append, organisation=each)) for each in ("vng", "ipo")]

        assert sorted(each.result().sequence for each in filed) == [3, 4]
        assert len(store.read(lambda tx: tx.positions.all(item))) == 2


class Proxy:
    """Stands between the program and PostgreSQL; once told so, it cuts the line after a commit was carried out.

    With `stays_away` it takes no new line after that, until `is_away` is set back.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        self._server = f"{query['host'][0]}/.s.PGSQL.{query['port'][0]}"
        self._folder = tempfile.TemporaryDirectory(prefix="proxy-", dir="/tmp")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(f"{self._folder.name}/.s.PGSQL.5432")
        self._listener.listen()
        self.url = f"{parts.scheme}://{parts.netloc}{parts.path}?host={self._folder.name}&port=5432"
        self.cut_after_commit = False
        self.is_away = self.stays_away = False
        self.cuts = 0
        self._lines: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join()
        _end(*self._lines)
        for each in self._threads:
            each.join()
        self._folder.cleanup()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self.is_away:
                    client.close()
                    continue
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server)
                self._lines += [client, server]
                for pump in (self._forward, self._back):
                    self._threads.append(threading.Thread(target=pump, args=(client, server)))
                    self._threads[-1].start()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                server.sendall(data)
        _end(client, server)

    def _back(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                if self.cut_after_commit and b"COMMIT\0" in data:  # CommandComplete: it was carried out
                    self.cut_after_commit = False
                    self.is_away = self.stays_away
                    self.cuts += 1
                    break
                client.sendall(data)
        _end(client, server)


def _end(*sockets: socket.socket) -> None:
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()


@pytest.fixture
def proxied(url, clock) -> Iterator[tuple[Proxy, Store]]:
    proxy = Proxy(url)
    with closing(proxy), open_store(proxy.url, clock) as store:
        yield proxy, store


@ON_POSTGRESQL
def test_f15_a_commit_whose_answer_was_lost_is_found_by_its_act_and_not_done_twice(proxied):
    proxy, store = proxied
    item = an_open_round(store)

    def work(tx, organisation):
        if (first := tx.inbox.answered(f"act-{organisation}")) is not None:
            return first.key
        proxy.cut_after_commit = proxy.cuts == 0
        tx.inbox.remember(f"act-{organisation}", Answered(NOON, f"recorded.{organisation}", {}))
        append(tx, organisation)
        return "new"

    def act(organisation):
        return store.write(lambda tx: work(tx, organisation), event_id=f"act-{organisation}")

    with held(store):
        futures = [act("vng"), act("ipo")]

    assert [each.result() for each in futures] == ["recorded.vng", "recorded.ipo"]
    assert proxy.cuts == 1
    assert act("uvw").result() == "new"
    positions = store.read(lambda tx: tx.positions.all(item))
    assert [each.organisation for each in positions] == ["vng", "ipo", "uvw"]
    assert store.read(lambda tx: tx.log.first_fault(str(NUMBER))) is None


def once(tx, event, name):
    """Do an act, unless it was done: what an act leaves behind in one commit."""
    if (first := tx.inbox.answered(event)) is not None:
        return first.key
    tx.inbox.remember(event, Answered(NOON, name, {}))
    append(tx)
    return "new"


@ON_POSTGRESQL
def test_i11_of_a_commit_without_an_answer_nobody_says_that_nothing_was_recorded(impatient, proxied):
    proxy, store = proxied
    item = an_open_round(store)

    acts = range(12)

    def act(number):
        work = partial(once, event=f"act-{number}", name=f"recorded.{number}")
        return store.write(work, event_id=f"act-{number}")

    proxy.stays_away = proxy.cut_after_commit = True
    with held(store):
        futures = [act(each) for each in acts]
        started = time.monotonic()
    for each in futures:
        with pytest.raises(Unconfirmed):
            each.result()
    waited = time.monotonic() - started
    later = act(99)
    with pytest.raises(StorageFailed):
        later.result()

    assert waited < PATIENCE * 2 + 1.5
    assert store.is_failing
    proxy.is_away = False
    assert [act(each).result() for each in acts] == [f"recorded.{each}" for each in acts]
    assert len(store.read(lambda tx: tx.positions.all(item))) == len(acts)


@ON_POSTGRESQL
def test_i11_a_commit_that_may_still_come_is_not_denied_because_the_next_attempt_is_busy(impatient, proxied, url):
    proxy, store = proxied
    an_open_round(store)
    holding = ExitStack()

    def work(tx):
        if tries:  # the first commit got no answer: by now somebody holds the dossier
            holding.enter_context(locked(url))
        tries.append(1)
        append(tx)

    tries: list[int] = []
    proxy.cut_after_commit = True
    with holding, pytest.raises(Unconfirmed):
        store.write(work).result()

    assert proxy.cuts == 1
    assert len(tries) >= 2


@ON_POSTGRESQL
def test_f15_a_database_that_stays_away_is_told_within_the_time_to_wait(impatient, url, clock):
    proxy = Proxy(url)
    with open_store(proxy.url, clock) as store:
        item = an_open_round(store)
        proxy.close()
        cut_everyone_off(url)

        started = time.monotonic()
        with pytest.raises(StorageFailed):
            store.write(lambda tx: record(tx, item)).result()

        assert time.monotonic() - started < PATIENCE * 3 + 1.5
        assert store.is_failing
        with pytest.raises(StorageFailed):
            get(store)
