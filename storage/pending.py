"""Rows on their way to the database, statement by statement."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table

from storage.statement import Write


class Pending:
    """Collected rows by write. Added rows are all kept; of those put under one key, only the last."""

    __slots__ = ("added", "put")

    def __init__(self) -> None:
        self.added: dict[Write, list[Mapping[str, Any]]] = {}
        self.put: dict[Write, dict[Hashable, Mapping[str, Any]]] = {}

    def __bool__(self) -> bool:
        return bool(self.added or self.put)

    def touches(self, tables: Sequence[Table]) -> bool:
        """Whether there are rows for one of these tables."""
        return any(each.table in tables for each in self.added) or any(each.table in tables for each in self.put)

    def take(self, other: Pending) -> None:
        """Add what another collected after this, and leave that empty."""
        for write, rows in other.added.items():
            mine = self.added.get(write)
            if mine is None:
                self.added[write] = rows
            else:
                mine.extend(rows)
        for write, keyed in other.put.items():
            known = self.put.get(write)
            if known is None:
                self.put[write] = keyed
            else:
                known.update(keyed)
        other.added, other.put = {}, {}

    def clear(self) -> None:
        """Drop everything."""
        self.added, self.put = {}, {}

    def flush(self, connection: Connection) -> None:
        """Send everything to the database and become empty."""
        for write in sorted({*self.added, *self.put}, key=_order):
            if rows := self.added.get(write):
                connection.execute(write.statement, rows)
            if keyed := self.put.get(write):
                connection.execute(write.statement, list(keyed.values()))
        self.clear()


def _order(write: Write) -> tuple[int, int]:
    return write.order
