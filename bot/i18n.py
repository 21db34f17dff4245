"""Sentences in the reader's language: keys and values become words, dates and numbers.

The catalogues are gettext `.po` files, read once per language without a build step. `msgid` is the key of a
sentence. In a sentence `{name}` stands for a value, and a part between `[[` and `]]` is left out when a value
in it is empty. An entry with plural forms names in `msgid_plural` the value that is counted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.messages.pofile import read_po

from bot.views.card import Text, UserText
from bot.views.text import plain
from commands.domain import outcome
from commands.domain.errors import Refusal
from commands.domain.number import DecisionNumber, ItemNumber
from commands.domain.values import Code, Line, Reference, Value

LOCALES: Final = ("nl", "en")

_CATALOGUES: Final = Path(__file__).with_name("locales")
_PIECE: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_OPTIONAL: Final = re.compile(r"\[\[([^\[\]]*\{[^\[\]]*)\]\]")
_CAPITAL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SLUGS: Final[Mapping[type[StrEnum], str]] = {outcome.Code: "outcome"}
_LONGEST_QUOTED: Final = 200
_SINGLE: Final = str.maketrans('“”„‟"', "‘’‚‘'")
_UNITS: Final = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def refusal_key(refusal: Refusal | type[Refusal]) -> str:
    """The key of the sentence of a refusal."""
    return f"refusal.{refusal.sentence or refusal.code}"


def word_key(value: StrEnum) -> str:
    """The key of the word for a value: `word.`, the class in kebab case, and the value."""
    kind = type(value)
    return f"word.{_SLUGS.get(kind) or _CAPITAL.sub('-', kind.__name__).lower()}.{value.value}"


def environment_locale(environ: Mapping[str, str]) -> str:
    """The language of the command line, by the variables of gettext in their order of precedence.

    A language that we do not have gives English; an environment that names none (`C`, or nothing) gives
    Dutch.
    """
    setting = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    if _names_no_language(setting):
        return "nl"
    for wanted in (*environ.get("LANGUAGE", "").split(":"), setting):
        language = re.split(r"[_.@-]", wanted)[0].lower()
        if language in LOCALES:
            return language
    return "en"


def _names_no_language(setting: str) -> bool:
    return setting.split(".")[0] in {"", "C", "POSIX"}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The sentences of one language, with times shown in one zone."""

    locale: str
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if self.locale not in LOCALES:
            raise ValueError(f"no catalogue for the language {self.locale!r}")

    def say(self, key: str, values: Mapping[str, Value] | None = None) -> Text:
        """The sentence with its values in words; every plain `str` among them is user text.

        An unknown key, and a value that the sentence needs and does not get, are bugs: KeyError.
        """
        values = values or {}
        parts: list[str | UserText] = []
        for piece in _read(self.locale)[key].form(values):
            if not piece.optional or all(_is_filled(values[name]) for name in piece.names):
                for part in piece.parts:
                    if isinstance(part, str):
                        parts.append(part)
                    else:
                        words = self.words(values[part.name])
                        parts += _nested(words) if _is_quoting(parts) else words
        return _joined(parts)

    def plain(self, key: str, values: Mapping[str, Value] | None = None) -> str:
        """The sentence as one string, with user text neutralised."""
        return plain(self.say(key, values))

    def refusal(self, refusal: Refusal) -> Text:
        """What is said to somebody whose act is refused."""
        values = {name: quoted(value) for name, value in refusal.values().items()}
        return self.say(refusal_key(refusal), values)

    def has(self, key: str) -> bool:
        """Whether there is a sentence with this key."""
        return key in _read(self.locale)

    def words(self, value: Value) -> Text:
        """One value in words, by its type."""
        match value:
            case StrEnum():  # before str, which it is as well
                return self.say(word_key(value))
            case str():
                return (UserText(value),) if value else ()
            case bool():
                raise TypeError("a truth value has no words")
            case int() | Fraction() | ItemNumber() | DecisionNumber() | Reference():
                return (str(value),)
            case Code(text):
                return (text,) if text else ()
            case datetime():  # before date, which it is as well
                return (self.moment(value),)
            case date():
                return (self.day(value),)
            case timedelta():
                return (self.duration(value),)
            case Line(key, values):
                return self.say(key, values)
            case tuple():
                return self._list(value)

    def moment(self, at: datetime) -> str:
        """An instant in full: weekday, date, time, and zone with its offset from UTC."""
        return _moment(self, _whole(at))

    def _moment(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        name, offset = local.tzname() or "", _offset(local)
        zone = f"{name}, {offset}" if name[:1].isalpha() and name != "UTC" else offset
        day = format_date(local, "EEEE d MMMM y", locale=self.locale)
        return self.plain("time.moment", {"day": Code(day), "time": Code(_clock(local)), "zone": Code(zone)})

    def short(self, at: datetime) -> str:
        """An instant for a table or a list: abbreviated weekday and month, time, and name of the zone."""
        local = self._local(at)
        name = local.tzname() or ""
        day = format_date(local, "EEE d MMM y", locale=self.locale)
        return f"{day} {_clock(local)} {name if name[:1].isalpha() else _offset(local)}"

    def time(self, at: datetime) -> str:
        """The time of day of an instant, without its date and zone."""
        return _clock(self._local(at))

    def day(self, day: date) -> str:
        """A date with its month in words."""
        return format_date(day, "d MMMM y", locale=self.locale)

    def duration(self, duration: timedelta) -> str:
        """A length of time in its largest unit and the next one, rounded down; a unit of none is left out."""
        seconds = int(abs(duration.total_seconds()))
        counts: list[tuple[str, int]] = []
        for unit, length in _UNITS:
            count, seconds = divmod(seconds, length)
            if count or counts:
                counts.append((unit, count))
        parts = [self.plain(f"time.{unit}", {"count": count}) for unit, count in counts[:2] if count]
        return " ".join(parts) or self.plain("time.minute", {"count": 0})

    def _list(self, values: tuple[Value, ...]) -> Text:
        parts: list[str | UserText] = []
        for place, value in enumerate(values):
            if place:
                parts.append(f" {self.plain('list.and')} " if place == len(values) - 1 else ", ")
            parts += self.words(value)
        return _joined(parts)

    def _local(self, at: datetime) -> datetime:
        """In this zone, to the second."""
        return _whole(at).astimezone(self.zone)


@dataclass(frozen=True, slots=True)
class _Slot:
    """The place of a value in a sentence."""

    name: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of words and places; an optional one is left out when one of its values is empty."""

    parts: tuple[str | _Slot, ...]
    optional: bool

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(part.name for part in self.parts if isinstance(part, _Slot))


@dataclass(frozen=True, slots=True)
class _Sentence:
    """The forms of a sentence: one, or singular and plural by the value named `counted`."""

    forms: tuple[tuple[_Piece, ...], ...]
    counted: str = ""

    def form(self, values: Mapping[str, Value]) -> tuple[_Piece, ...]:
        """The form that fits; Dutch and English take the singular for one, and for nothing else."""
        if not self.counted:
            return self.forms[0]
        return self.forms[0 if values[self.counted] == 1 else 1]


@lru_cache(maxsize=1024)
def _moment(catalogue: Catalogue, at: datetime) -> str:
    """Remembered, because all who act on one round at one time are told the same instants.

    `at` is in UTC: two instants of the hour that a clock repeats are one and the same to a cache in its own zone.
    """
    return catalogue._moment(at)


def _whole(at: datetime) -> datetime:
    """In UTC, a fraction of a second rounded up.

    A deadline is a whole second, so that what came after it is never shown as if it came in time.
    """
    if at.tzinfo is None:
        raise ValueError("an instant needs its zone")
    instant = at.astimezone(UTC)
    return instant.replace(microsecond=0) + timedelta(seconds=1) if instant.microsecond else instant


@lru_cache
def _read(locale: str) -> Mapping[str, _Sentence]:
    with (_CATALOGUES / locale / "LC_MESSAGES" / "samenspraak.po").open("rb") as file:
        catalogue = read_po(file, locale=locale)
    sentences: dict[str, _Sentence] = {}
    for message in catalogue:
        if not message.id or not message.string:
            continue
        if isinstance(message.id, str):
            sentences[message.id] = _Sentence((_pieces(str(message.string)),))
        else:
            sentences[message.id[0]] = _Sentence(tuple(map(_pieces, message.string)), counted=message.id[1])
    return sentences


def _pieces(sentence: str) -> tuple[_Piece, ...]:
    """Split into runs; every odd one stood between double square brackets."""
    return tuple(
        _Piece(_parts(run), optional=bool(place % 2)) for place, run in enumerate(_OPTIONAL.split(sentence)) if run
    )


def _parts(run: str) -> tuple[str | _Slot, ...]:
    return tuple(_Slot(part) if place % 2 else part for place, part in enumerate(_PIECE.split(run)) if part)


def quoted(value: Value) -> Value:
    """What somebody typed, short enough to be repeated to him."""
    if isinstance(value, str) and not isinstance(value, StrEnum) and len(value) > _LONGEST_QUOTED:
        return value[:_LONGEST_QUOTED] + "…"
    return value


def _is_filled(value: Value) -> bool:
    return bool(value.text) if isinstance(value, Code) else value not in ("", ())


def _is_quoting(parts: list[str | UserText]) -> bool:
    return bool(parts) and isinstance(parts[-1], str) and parts[-1].endswith("“")


def _nested(words: Text) -> Text:
    """User text inside our quotation marks: its own become single, so that it cannot end the quotation."""
    return tuple(UserText(each.text.translate(_SINGLE)) if isinstance(each, UserText) else each for each in words)


def _joined(parts: list[str | UserText]) -> Text:
    """The parts with neighbours of our own words made one."""
    text: list[str | UserText] = []
    for part in parts:
        if isinstance(part, str) and text and isinstance(text[-1], str):
            text[-1] += part
        else:
            text.append(part)
    return tuple(text)


def _clock(local: datetime) -> str:
    return format(local, "%H:%M:%S" if local.second else "%H:%M")


def _offset(local: datetime) -> str:
    offset = format(local, "%z")
    return f"UTC{offset[:3]}:{offset[3:5]}"
