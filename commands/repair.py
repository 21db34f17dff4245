"""A correct line made of somebody's own words, for a refusal to show: wherever one small change is enough.

Nothing here decides what is correct: these are guesses, and the parser tries each before it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final

from commands.domain.errors import InvalidValue, Refusal, SurplusWord, UnclosedQuote, UnknownCommand, UnknownFlag
from commands.text import Flag, Word

LONGEST: Final = 150
"""Characters of a line that is shown again; of a longer one nobody would find what was changed."""

_CLOSING: Final = {'"': '"', "“": "”", "„": "”", "«": "»"}
_FLAG_BEHIND: Final = re.compile(r"\s[-–—]+\w")


def guesses(text: str, tokens: Sequence[Word | Flag], refusal: Refusal) -> Iterator[str]:
    """What somebody may have meant, the likeliest first; `tokens` is empty where the text could not be taken apart."""
    if len(text) > LONGEST or not text.strip().isprintable():
        return
    match refusal:
        case UnclosedQuote():
            yield from _closed(text, refusal.position)
        case UnknownCommand() | UnknownFlag() | InvalidValue():
            yield from _suggested(text, refusal)
            yield from _swapped(text, tokens)
        case SurplusWord():
            yield from _swapped(text, tokens)
            yield from _quoted(text, tokens, refusal.position)
        case _:
            return


def _closed(text: str, position: int) -> Iterator[str]:
    """With a quotation mark at the end; not where that would swallow a flag."""
    before, opening, rest = text[: position - 1], text[position - 1], text[position:]
    if opening in _CLOSING and before[-1:] in {" ", "="} and not _FLAG_BEHIND.search(rest):
        yield before + opening + rest.rstrip() + _CLOSING[opening]


def _suggested(text: str, refusal: UnknownCommand | UnknownFlag | InvalidValue) -> Iterator[str]:
    """With the suggestion in the place of the word."""
    start, end = refusal.position - 1, refusal.position - 1 + len(refusal.word)
    if refusal.suggestion.text and start >= 0 and text[start:end] == refusal.word:
        yield text[:start] + refusal.suggestion.text + text[end:]


def _swapped(text: str, tokens: Sequence[Word | Flag]) -> Iterator[str]:
    """With the first two words behind the trigger in the other order, when one of them is a number."""
    if len(tokens) < 3:
        return
    one, two = tokens[1], tokens[2]
    if not (isinstance(one, Word) and isinstance(two, Word) and _is_as_typed(text, one) and _is_as_typed(text, two)):
        return
    if one.text[-1:].isdigit() is not two.text[-1:].isdigit():
        between = text[_end(one) : two.start - 1]
        yield text[: one.start - 1] + two.text + between + one.text + text[_end(two) :]


def _quoted(text: str, tokens: Sequence[Word | Flag], position: int) -> Iterator[str]:
    """With loose words put together: from some word before the surplus one up to the next flag or quotation."""
    surplus = next((place for place, each in enumerate(tokens) if each.start == position), 0)
    for first in range(1, surplus):
        words = list(takewhile(lambda each: isinstance(each, Word) and _is_as_typed(text, each), tokens[first:]))
        if first + len(words) > surplus:
            start, end = words[0].start - 1, _end(words[-1])
            yield f'{text[:start]}"{text[start:end]}"{text[end:]}'


def _is_as_typed(text: str, token: Word | Flag) -> bool:
    """Whether a word stands in the text as it was read, without quotes or anything invisible."""
    return isinstance(token, Word) and not token.quoted and text[token.start - 1 : _end(token)] == token.text


def _end(token: Word | Flag) -> int:
    return token.start - 1 + (len(token.text) if isinstance(token, Word) else 0)
