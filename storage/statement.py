"""Statements that rows are collected for, in an order in which parents come before their children."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Final

from sqlalchemy import Executable, Table, bindparam, text

from storage.tables import METADATA

_TABLES: Final = {table.name: place for place, table in enumerate(METADATA.sorted_tables)}
_made = count()


@dataclass(frozen=True, slots=True, eq=False)
class Write:
    """A statement that rows are collected for; `order` is its place among all: by table, then as they were made."""

    table: Table
    statement: Executable
    order: tuple[int, int]


def write(table: Table, statement: Executable) -> Write:
    """Make a write. Of one table, what adds rows must be made before what changes them."""
    return Write(table, statement, (_TABLES[table.name], next(_made)))


def upsert(table: Table, **changes: str) -> Executable:
    """Insert a row, or change the one with the same key; `changes` are SQL expressions by column.

    An empty expression takes the new value. The text is the same on both engines; the types of the columns
    stay.
    """
    columns = ", ".join(each.name for each in table.c)
    values = ", ".join(f":{each.name}" for each in table.c)
    key = ", ".join(each.name for each in table.primary_key)
    assignments = ", ".join(f"{name} = {value or f'excluded.{name}'}" for name, value in changes.items())
    statement = text(
        f"INSERT INTO {table.name} ({columns}) VALUES ({values})"  # noqa: S608  # names of this package's own tables
        f" ON CONFLICT ({key}) DO UPDATE SET {assignments}"
    )
    return statement.bindparams(*(bindparam(each.name, type_=each.type) for each in table.c))


def insert_once(table: Table, *generated: str) -> Executable:
    """Insert a row, unless it would break a constraint; `generated` columns are left to the database."""
    named = [each for each in table.c if each.name not in generated]
    columns = ", ".join(each.name for each in named)
    values = ", ".join(f":{each.name}" for each in named)
    statement = text(
        f"INSERT INTO {table.name} ({columns}) VALUES ({values}) ON CONFLICT DO NOTHING"  # noqa: S608  # own tables
    )
    return statement.bindparams(*(bindparam(each.name, type_=each.type) for each in named))


def replaced(*columns: str) -> dict[str, str]:
    """Columns that an upsert takes from the new row."""
    return dict.fromkeys(columns, "")
