"""The values of a reply as JSON text and back, exactly: each type that JSON does not have carries its name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any

from commands.domain.number import DecisionNumber, ItemNumber
from commands.domain.values import Code, Line, Reference, Value

_MICROSECOND = timedelta(microseconds=1)


def encode_values(values: Mapping[str, Value]) -> str:
    """Values by name as JSON text. Raises TypeError for a value of another type."""
    return json.dumps(
        {name: _encode(value) for name, value in values.items()}, separators=(",", ":"), ensure_ascii=False
    )


def decode_values(text: str) -> dict[str, Value]:
    """What `encode_values` wrote. A word of an enum that no longer exists comes back as plain text."""
    return {name: _decode(value) for name, value in json.loads(text).items()}


def encode_lines(lines: tuple[Line, ...]) -> list[Any]:
    """Lines as JSON data."""
    return [_encode(line) for line in lines]


def decode_lines(data: list[Any]) -> tuple[Line, ...]:
    """What `encode_lines` made."""
    return tuple(Line(each["line"], {name: _decode(value) for name, value in each["with"].items()}) for each in data)


def _encode(value: Value) -> Any:
    if isinstance(value, StrEnum):
        return {"enum": type(value).__name__, "is": value.value}
    if isinstance(value, (str, int)):
        return value
    if isinstance(value, datetime):
        return {"instant": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, timedelta):
        return {"microseconds": value // _MICROSECOND}
    if isinstance(value, Fraction):
        return {"fraction": str(value)}
    if isinstance(value, ItemNumber):
        return {"item": [value.board, value.year, value.sequence]}
    if isinstance(value, DecisionNumber):
        return {"decision": [value.item.board, value.item.year, value.item.sequence, value.sequence]}
    if isinstance(value, Reference):
        return {"reference": value.hash}
    if isinstance(value, Code):
        return {"code": value.text}
    if isinstance(value, Line):
        return {"line": value.key, "with": {name: _encode(each) for name, each in value.values.items()}}
    if isinstance(value, tuple):
        return [_encode(each) for each in value]
    raise TypeError(f"{type(value).__name__} is not a value of a reply")


def _decode(data: Any) -> Value:
    if isinstance(data, list):
        return tuple(_decode(each) for each in data)
    if not isinstance(data, dict):
        plain: str | int = data  # a truth value is an integer too
        return plain
    name, value = next(iter(data.items()))
    match name:
        case "enum":
            return _enum(value, data["is"])
        case "instant":
            return datetime.fromisoformat(value)
        case "day":
            return date.fromisoformat(value)
        case "microseconds":
            return timedelta(microseconds=value)
        case "fraction":
            return Fraction(value)
        case "item":
            return ItemNumber(*value)
        case "decision":
            return DecisionNumber(ItemNumber(*value[:3]), value[3])
        case "reference":
            return Reference(value)
        case "code":
            return Code(value)
        case "line":
            return Line(value, {key: _decode(each) for key, each in data["with"].items()})
        case _:
            raise ValueError(f"unknown type of value: {name}")


def _enum(name: str, value: str) -> StrEnum | str:
    """The member of an enum of `commands`, looked up among the classes that the program has loaded."""
    for each in StrEnum.__subclasses__():
        if each.__name__ == name and each.__module__.startswith("commands."):
            try:
                return each(value)
            except ValueError:
                continue
    return value
