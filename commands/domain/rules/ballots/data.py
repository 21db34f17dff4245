"""The part of a rule that a ballot has, from data and back; the keys of each method and no others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction
from typing import Final

from commands.domain.ledger import Plain, instant
from commands.domain.rules.base import Balloting, Measure, Method
from commands.domain.rules.reading import (
    Remedy,
    only,
    problem,
    read_list,
    read_names,
    read_number,
    read_text,
    read_truth,
    read_whole,
    read_word,
)

_OF_ALL: Final = ("method", "options", "measure", "winners")
BALLOT_KEYS: Final[Mapping[Method, tuple[str, ...]]] = {
    Method.CHOICE: (*_OF_ALL, "most"),
    Method.APPROVAL: (*_OF_ALL, "most", "at_least"),
    Method.PAIRWISE: (*_OF_ALL, "default", "over_default"),
    Method.IRV: ("method", "options", "measure"),
    Method.BORDA: _OF_ALL,
    Method.POINTS: (*_OF_ALL, "budget", "cap"),
    Method.DATE: ("method", "options", "measure", "slots", "minimum", "must_answer"),
}
"""The keys that a rule has for its method, beside those of every ballot."""


def read_balloting(data: Mapping[str, object]) -> Balloting:
    """How ballots are counted, from the keys of its method; raises `RuleProblem`.

    Where no measure is given points are weighed and everything else counts organisations.
    """
    method = read_word(data, "method", "", Method, default=None)
    only(data, BALLOT_KEYS[method], "")
    at_least = _share(data["at_least"]) if "at_least" in data else None
    default = read_text(data, "default", "", default="")
    over_default = read_number(data.get("over_default", 1), "over_default")
    if over_default < 1 or ("over_default" in data and not default):
        raise problem("over_default", data.get("over_default"), Remedy.RATIO)
    options, slots = read_names(data, "options", ""), read_list(data, "slots", "")
    if options and default and default not in options:
        raise problem("default", default, Remedy.ONE_OF, options)
    if slots and len(slots) != len(options):
        raise problem("slots", len(slots), Remedy.AS_MANY)
    usual = Measure.WEIGHT if method is Method.POINTS else Measure.ORGANISATIONS
    return Balloting(
        method=method,
        options=options,
        slots=tuple(_instant(each, f"slots[{place}]") for place, each in enumerate(slots, 1)),
        measure=read_word(data, "measure", "", Measure, usual),
        winners=read_whole(data, "winners", "", least=1, default=1),
        most=read_whole(data, "most", "", least=0, default=0),
        budget=read_whole(data, "budget", "", least=1, default=100),
        cap=read_whole(data, "cap", "", least=0, default=0),
        at_least=at_least,
        default=default,
        over_default=over_default,
        minimum=read_whole(data, "minimum", "", least=0, default=0),
        must_answer=read_truth(data, "must_answer", "", default=True),
    )


def balloting_as_data(ballot: Balloting) -> dict[str, Plain]:
    """The keys of the method in one canonical way; a default option and a share only where there is one."""
    data: dict[str, Plain] = {
        "method": ballot.method.value,
        "options": list(ballot.options),
        "measure": ballot.measure.value,
        "winners": ballot.winners,
        "most": ballot.most,
        "budget": ballot.budget,
        "cap": ballot.cap,
        "slots": [instant(each) for each in ballot.slots],
        "minimum": ballot.minimum,
        "must_answer": ballot.must_answer,
    }
    if ballot.at_least is not None:
        data["at_least"] = str(ballot.at_least)
    if ballot.default:
        data |= {"default": ballot.default, "over_default": str(ballot.over_default)}
    keys = BALLOT_KEYS[ballot.method]
    return {key: value for key, value in data.items() if key in keys}


def _share(value: object) -> Fraction:
    share = read_number(value, "at_least")
    if share > 1:
        raise problem("at_least", value, Remedy.SHARE)
    return share


def _instant(value: object, key: str) -> datetime:
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise problem(key, value, Remedy.INSTANT) from None
    if at.tzinfo is None:
        raise problem(key, value, Remedy.INSTANT)
    return at.astimezone(UTC)
