"""A register full of old positions, made straight in SQLite: only their number matters here."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PER_ITEM = 1000


def fill(database: Path, positions: int) -> None:
    """Add so many positions, a thousand to an item, each with its entry in a log; the items are closed."""
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA foreign_keys=OFF")
    template = {
        table: dict(connection.execute(f"SELECT * FROM {table} LIMIT 1").fetchone())
        for table in ("dossiers", "items", "versions", "rounds", "seats", "entries")
    }
    for number in range(positions // PER_ITEM):
        _item(connection, template, f"OLD-{2000 + number // 900}-{number % 900 + 1:03d}", number)
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _item(connection: sqlite3.Connection, template: dict[str, dict[str, Any]], name: str, number: int) -> None:
    year, sequence = name.split("-")[1:]
    _insert(connection, "dossiers", [template["dossiers"] | {"log": name, "sequence": PER_ITEM}])
    item = {"number": name, "prefix": "OLD", "year": int(year), "sequence": int(sequence), "dossier": name}
    _insert(connection, "items", [template["items"] | item | {"state": "established"}])
    _insert(connection, "versions", [template["versions"] | {"item": name}])
    closed = {"item": name, "closed_at": template["rounds"]["opened_at"], "remind_at": None}
    _insert(connection, "rounds", [template["rounds"] | closed])
    organisations = [f"org{index}" for index in range(PER_ITEM)]
    _insert(connection, "seats", [template["seats"] | {"item": name, "organisation": each} for each in organisations])
    line = json.dumps({"body": {"stance": "agree"}, "log": name}) + " " * 500
    _insert(
        connection,
        "entries",
        [
            template["entries"]
            | {"log": name, "sequence": index + 1, "hash": f"{number:08x}{index:056x}", "line": line}
            for index in range(PER_ITEM)
        ],
    )
    position = {column[1]: "" for column in connection.execute("PRAGMA table_info(positions)")}
    filed = position | {
        "item": name,
        "round": 1,
        "stance": "agree",
        "version": "1.0",
        "received_at": template["rounds"]["opened_at"],
        "suspensive": 0,
        "until": None,
        "filing": "in-time",
    }
    _insert(
        connection,
        "positions",
        [filed | {"sequence": index + 1, "organisation": each} for index, each in enumerate(organisations)],
    )
    _insert(
        connection,
        "current_positions",
        [
            {"item": name, "round": 1, "organisation": each, "sequence": index + 1, "stance": "agree"}
            for index, each in enumerate(organisations)
        ],
    )


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[dict[str, Any]]) -> None:
    rows = list(rows)
    columns = ", ".join(f'"{each}"' for each in rows[0])
    places = ", ".join(f":{each}" for each in rows[0])
    connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)
