"""A ballot and how it is written: options with codes, the text form of each kind, and its canonical form.

A ballot is a mark for each option. In every kind 0 means that nothing was said about the option, so that a ballot of
zeros is an empty one.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final, NoReturn, TypeAlias

from commands.domain.errors import InvalidBallot, InvalidOptions, OverBudget
from commands.domain.values import Code, Line, Value

Marks: TypeAlias = tuple[int, ...]
"""One number for each option, in the order of the options.

Choice and approval: 1 for an option that is chosen. Ranking: its place, 1 for the best; equal places are equal, and an
option without a place stands below all that have one. Points: the points. Date: an `Availability`.
"""

MOST_OPTIONS: Final = 30

_CODE: Final = re.compile(r"([A-Za-z][A-Za-z0-9]{0,9}):\s+(\S.*)", re.DOTALL)
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_PAIR: Final = re.compile(r"([^\s=,;>]+)\s*=\s*")


class BallotKind(StrEnum):
    """What a ballot looks like."""

    CHOICE = "choice"
    APPROVAL = "approval"
    RANKING = "ranking"
    POINTS = "points"
    DATE = "date"


class Availability(IntEnum):
    """The marks of a date poll."""

    UNKNOWN = 0
    NO = 1
    IF_NEEDED = 2
    YES = 3


_ANSWERS: Final[Mapping[str, Availability]] = {
    "yes": Availability.YES,
    "ja": Availability.YES,
    "if-needed": Availability.IF_NEEDED,
    "indien-nodig": Availability.IF_NEEDED,
    "no": Availability.NO,
    "nee": Availability.NO,
}
_ANSWER_CODES: Final = {Availability.YES: "yes", Availability.IF_NEEDED: "if-needed", Availability.NO: "no"}


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose from. `code` is short, and the place in the list (from 1) where none was given.

    `label` is the text of who asks. A slot of a date poll has its instants, in UTC.
    """

    code: str
    label: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """How a ballot may be filled in.

    `most` options at most may be chosen, 0 for any number; `budget` points may be divided, at most `cap` on one option,
    0 for no cap. Without `equal_places` a ranking puts each option on a place of its own.
    """

    kind: BallotKind
    options: tuple[Option, ...]
    most: int = 0
    budget: int = 100
    cap: int = 0
    equal_places: bool = True


@dataclass(frozen=True, slots=True)
class Ballot:
    """A ballot as filled in, with its canonical text: codes as the options have them, equal places in their order."""

    marks: Marks
    text: str


def read_options(words: Sequence[str]) -> tuple[Option, ...]:
    """The options from what was typed, in that order; `WE: label` gives a code, its letters as they are typed.

    Raises InvalidOptions for fewer than two, for too many, and where two have the same code or label, case aside.
    """
    options = []
    for place, word in enumerate(words, 1):
        with_code = _CODE.fullmatch(word.strip())
        options.append(Option(with_code[1], with_code[2]) if with_code else Option(str(place), word.strip()))
    if not 2 <= len(options) <= MOST_OPTIONS:
        raise InvalidOptions(Line("options-problem.number", {"least": 2, "most": MOST_OPTIONS, "count": len(options)}))
    for names in ([each.code for each in options], [each.label for each in options]):
        folded = [each.casefold() for each in names]
        for name, key in zip(names, folded, strict=True):
            if not key:
                raise InvalidOptions(Line("options-problem.empty", {}))
            if folded.count(key) > 1:
                raise InvalidOptions(Line("options-problem.twice", {"word": name}))
    return tuple(options)


def read_ballot(paper: Paper, text: str) -> Ballot:
    """A ballot from its text, as somebody types it or in canonical form; options by code, place or label, without case.

    `1,3` chooses; `WE > CL = DA > BU` ranks; `CL=25 DA=15` divides points; `1=yes 2=no 3=if-needed` (or `ja`, `nee`,
    `indien-nodig`) says when one can come. Raises InvalidBallot, and OverBudget for too many points.
    """
    marks = _Reader(paper, text).marks()
    return Ballot(marks, canonical(paper, marks))


def canonical(paper: Paper, marks: Marks) -> str:
    """The text of a ballot in one way: equal ballots have equal texts."""
    codes = [each.code for each in paper.options]
    marked = [(code, mark) for code, mark in zip(codes, marks, strict=True) if mark]
    match paper.kind:
        case BallotKind.CHOICE | BallotKind.APPROVAL:
            return ",".join(code for code, _ in marked)
        case BallotKind.RANKING:
            places = sorted({mark for _, mark in marked})
            return " > ".join(" = ".join(code for code, mark in marked if mark == place) for place in places)
        case BallotKind.POINTS:
            return " ".join(f"{code}={mark}" for code, mark in marked)
        case BallotKind.DATE:
            return " ".join(f"{code}={_ANSWER_CODES[Availability(mark)]}" for code, mark in marked)


def example(paper: Paper) -> Code | Line:
    """A correct ballot on this paper, to show; in words where they depend on the language."""
    options = len(paper.options)
    match paper.kind:
        case BallotKind.CHOICE | BallotKind.APPROVAL:
            count = 1 if paper.kind is BallotKind.CHOICE or paper.most == 1 else 2
            marks = tuple(int(place < count) for place in range(options))
        case BallotKind.RANKING:
            marks = tuple(range(1, options + 1))
        case BallotKind.POINTS:
            half = min(paper.budget // 2, paper.cap or paper.budget) or 1
            marks = tuple(half if place < min(2, paper.budget) else 0 for place in range(options))
        case BallotKind.DATE:
            first, second = (each.code for each in paper.options[:2])
            return Line("ballot-example.date", {"first": Code(first), "second": Code(second)})
    return Code(canonical(paper, marks))


class _Reader:
    """Reads one text on one paper; a refusal names the word that is wrong and where it stands, from 1."""

    def __init__(self, paper: Paper, text: str) -> None:
        self.paper = paper
        self.text = text
        self.places: dict[str, int] = {}
        for names in (
            (each.code for each in paper.options),
            (each.label for each in paper.options),
            (str(place) for place in range(1, len(paper.options) + 1)),
        ):
            for place, name in enumerate(names):
                self.places.setdefault(name.casefold(), place)

    def marks(self) -> Marks:
        if not self.text.strip():
            self._refuse("empty", self.text)
        match self.paper.kind:
            case BallotKind.CHOICE | BallotKind.APPROVAL:
                marks = self._chosen()
            case BallotKind.RANKING:
                marks = self._ranked()
            case BallotKind.POINTS:
                marks = self._points()
            case BallotKind.DATE:
                marks = self._marked(self._pairs(), self._answer)
        if not any(marks):
            self._refuse("empty", self.text)
        return tuple(marks)

    def _chosen(self) -> list[int]:
        words = [word.strip() for word in re.split(r"[,;]", self.text)]
        if any(word.casefold() not in self.places for word in words):
            words = re.split(r"[\s,;]+", self.text)
        marks = self._marked(((word, "") for word in words if word), lambda _: 1)
        if self.paper.most and sum(marks) > self.paper.most:
            self._refuse("too-many", self.text, most=self.paper.most, count=sum(marks))
        return marks

    def _ranked(self) -> list[int]:
        groups = [group.split("=") for group in self.text.split(">")]
        found = ((word.strip(), str(place)) for place, group in enumerate(groups, 1) for word in group)
        marks = self._marked(found, int)
        if not self.paper.equal_places:
            for group in groups:
                if len(group) > 1:
                    self._refuse("equal-places", "=".join(group).strip())
        return marks

    def _points(self) -> list[int]:
        marks = self._marked(self._pairs(), self._number)
        if sum(marks) > self.paper.budget:
            raise OverBudget(spent=sum(marks), budget=self.paper.budget, example=example(self.paper))
        for option, mark in zip(self.paper.options, marks, strict=True):
            if self.paper.cap and mark > self.paper.cap:
                self._refuse("over-cap", option.code, cap=self.paper.cap, points=mark)
        return marks

    def _pairs(self) -> Iterator[tuple[str, str]]:
        """The options with what stands behind their sign of equality."""
        found = list(_PAIR.finditer(self.text))
        before = self.text[: found[0].start()] if found else self.text
        if before.strip(" \t\n,;"):
            self._refuse("no-value", before.strip())
        for pair, following in zip(found, [*found[1:], None], strict=True):
            end = following.start() if following else len(self.text)
            yield pair[1], self.text[pair.end() : end].strip(" \t\n\r\u00a0,;")

    def _marked(self, pairs: Iterator[tuple[str, str]], read: Callable[[str], int]) -> list[int]:
        marks = [0] * len(self.paper.options)
        seen: set[int] = set()
        for word, value in pairs:
            place = self.places.get(word.casefold())
            if place is None:
                self._unknown(word)
            if place in seen:
                self._refuse("twice", word, at=self.text.rfind(word))
            seen.add(place)
            marks[place] = read(value)
        return marks

    def _number(self, word: str) -> int:
        return int(word) if _NUMBER.fullmatch(word) else self._refuse("not-a-number", word)

    def _answer(self, word: str) -> int:
        answer = _ANSWERS.get("-".join(word.casefold().split()))
        return answer if answer is not None else self._refuse("unknown-answer", word)

    def _unknown(self, word: str) -> NoReturn:
        if not word:
            self._refuse("stray-sign", self.text)
        codes = [each.code for each in self.paper.options]
        close = difflib.get_close_matches(word.casefold(), [each.casefold() for each in codes], n=1)
        suggestion = next((each for each in codes if each.casefold() in close), "")
        self._refuse("unknown-option", word, suggestion=Code(suggestion), choices=tuple(Code(each) for each in codes))

    def _refuse(self, problem: str, word: str, at: int = -1, **values: Value) -> NoReturn:
        raise InvalidBallot(
            Line(f"ballot-problem.{problem}", {"word": word, **values}),
            position=(at if at >= 0 else self.text.find(word)) + 1,
            example=example(self.paper),
        )
