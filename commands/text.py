"""The tokenizer of chat commands: words, quotes and flags, each with its position, and nothing dropped.

White space of any kind separates. A flag is two or more hyphens, or any long or short dash, before a letter;
phones turn `--` into such a dash. One plain hyphen makes a flag only before two letters (`-termijn`): nobody
begins a word so, and as a word it could pass for one more option. `-`, `-5` and `-x` are words.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from commands.domain.errors import ForbiddenCharacter, SurplusWord, UnclosedQuote
from commands.domain.values import Code

_BIDI: Final = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# What copying and pasting leaves behind in a word without anybody seeing it. Joiners are not among them: they
# belong to the spelling of some languages, and to emoji.
_STRAY: Final = "\u00ad\u180e\u200b\u2060\ufeff" + _BIDI
# Empty to the eye, though no white space, control or format character to Unicode.
_EMPTY: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d"

_GAP: Final = re.compile(rf"[\s{_STRAY}]*")
_WORD: Final = re.compile(r"\S+")
_FLAG: Final = re.compile(
    rf"(?:-{{2,}}|-*[{_DASHES}][-{_DASHES}]*|-(?=[^\W\d_]{{2}}))[{_STRAY}]*(?P<name>[^\W\d_][^\s=\"“”„«»]*)"
)
_LOOSE: Final = re.compile(r"[\"“”„«»]")
_AFTER_QUOTE: Final = re.compile(rf"[{_STRAY}]*(?:\s|\Z)")
_FORBIDDEN: Final = re.compile("[\x00\ud800-\udfff]")
# How a quotation ends, by the sign that opens it.
_ENDS: Final = {
    '"': re.compile(r'(?:\\"|[^"])*+(?P<end>")'),
    "“": re.compile(r'(?:\\"|[^”])*+(?P<end>”)'),
    "„": re.compile(r'(?:\\"|[^”“])*+(?P<end>[”“])'),
    "«": re.compile(r'(?:\\"|[^»])*+(?P<end>»)'),
}
_APOSTROPHE_ENDS: Final = {
    "'": re.compile(rf"'(?=[{_STRAY}]*(?:\s|\Z))"),
    "‘": re.compile(rf"’(?=[{_STRAY}]*(?:\s|\Z))"),
}
_NO_STRAY: Final = dict.fromkeys(map(ord, _STRAY))
_NO_CONTROL: Final = dict.fromkeys(
    code for code in [*map(ord, _BIDI), *range(0x20), *range(0x7F, 0xA0)] if not chr(code).isspace()
)
_SHOWN: Final = 40  # characters of a word that a refusal repeats


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or what stood between quotes; `start` counts characters from 1."""

    text: str
    start: int
    quoted: bool


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag without its dashes, as typed; `value` only when attached with `=`, and then perhaps empty."""

    name: str
    start: int
    value: Word | None


def split(text: str, example: Code) -> tuple[Word | Flag, ...]:
    """Take a command apart, in order.

    Text between quotes is kept to the character, new lines included; outside them stray invisible characters
    are left out. UnclosedQuote for a quotation that does not end, or a quotation mark that stands loose in a
    word; SurplusWord for what is glued to a closing quotation mark; ForbiddenCharacter for NUL and lone
    surrogates. `example` is the correct line that these refusals show. The time is in proportion to the text.
    """
    require_keepable(text)
    return tuple(_Reader(text, example).read())


def require_keepable(text: str) -> None:
    """Refuse a text with NUL or a lone surrogate in it: ForbiddenCharacter."""
    if forbidden := _FORBIDDEN.search(text):
        raise ForbiddenCharacter(forbidden.start() + 1)


def is_blank(text: str) -> bool:
    """Whether a text has nothing to see: white space and invisible characters only, or nothing at all."""
    return all(
        each.isspace()
        or each in _EMPTY
        or unicodedata.category(each) in ("Cf", "Cc")
        or "\ufe00" <= each <= "\ufe0f"  # variation selectors
        or "\U000e0100" <= each <= "\U000e01ef"
        for each in text
    )


def suggest(word: str, candidates: Iterable[str]) -> str:
    """The candidate that most resembles a word, without regard to case; "" when none does."""
    if len(word) > _SHOWN:
        return ""
    by_folded = {each.casefold(): each for each in candidates}
    near = difflib.get_close_matches(word.casefold(), by_folded, n=1)
    return by_folded[near[0]] if near else ""


def plain(text: str) -> str:
    """A name or title as it is shown and compared: one line, NFC, no control characters.

    Bidirectional controls go too, for they reorder what stands beside them (Unicode Standard Annex 9).
    """
    return " ".join(unicodedata.normalize("NFC", text.translate(_NO_CONTROL)).split())


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, text: str, example: Code) -> None:
        self.text = text
        self.example = example
        self.at = 0
        # An apostrophe that is not closed in the rest of the text is sought once, not again for each word.
        self.not_closed: set[str] = set()

    def read(self) -> list[Word | Flag]:
        found: list[Word | Flag] = []
        while True:
            self.at = self._past(_GAP)
            if self.at == len(self.text):
                return found
            found.append(self._flag() or self._word())

    def _past(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self.text, self.at)
        return match.end() if match else self.at

    def _flag(self) -> Flag | None:
        match = _FLAG.match(self.text, self.at)
        if match is None:
            return None
        start, self.at = self.at + 1, match.end()
        name = match["name"].translate(_NO_STRAY)
        if self.at == len(self.text) or self.text[self.at].isspace():
            return Flag(name, start, None)
        if self.text[self.at] != "=":
            raise self._unclosed(self.at)
        self.at += 1
        return Flag(name, start, self._word())

    def _word(self) -> Word:
        start = self.at
        opening = self.text[start : start + 1]
        if opening in _ENDS:
            match = _ENDS[opening].match(self.text, start + 1)
            if match is None:
                raise self._unclosed(start)
            return self._quoted(match.start("end"))
        if opening in _APOSTROPHE_ENDS and opening not in self.not_closed:
            match = _APOSTROPHE_ENDS[opening].search(self.text, start + 1)
            if match is not None:
                return self._quoted(match.start())
            self.not_closed.add(opening)
        self.at = self._past(_WORD)
        if loose := _LOOSE.search(self.text, start, self.at):
            raise self._unclosed(loose.start())
        return Word(self.text[start : self.at].translate(_NO_STRAY), start + 1, quoted=False)

    def _quoted(self, end: int) -> Word:
        start, self.at = self.at, end + 1
        if not _AFTER_QUOTE.match(self.text, self.at):
            glued = self.text[self.at : self._past(_WORD)]
            raise SurplusWord(glued[:_SHOWN], self.at + 1, self.example)
        return Word(self.text[start + 1 : end].replace('\\"', '"'), start + 1, quoted=True)

    def _unclosed(self, at: int) -> UnclosedQuote:
        word = _WORD.match(self.text, at)
        return UnclosedQuote(word.group()[:_SHOWN] if word else "", at + 1, self.example)
