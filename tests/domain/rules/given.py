"""Rolls, positions and rules to test with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from fractions import Fraction

from commands.domain.ballot import Option, read_ballot
from commands.domain.outcome import Code, Outcome, Reason
from commands.domain.position import Position, Reservation, ReservationKind, Stance
from commands.domain.roll import Roll, Seat
from commands.domain.rules import BALLOT_RULES, with_options
from commands.domain.rules.ballots.count import count, names
from commands.domain.rules.ballots.votes import Votes, cast
from commands.domain.rules.base import (
    NO_OBJECTION,
    Answers,
    Balloting,
    DecisionRule,
    Objections,
    SilencePolicy,
)

NOON = datetime(2027, 3, 31, 12, tzinfo=UTC)

SILENCE = DecisionRule(
    "stille-ronde",
    "Stille ronde",
    Answers.CONSENT,
    (NO_OBJECTION,),
    silence=SilencePolicy.CONSENT,
    objections=Objections.BREAK_SILENCE,
)

SILENT = None
SUSPENSIVE = Reservation(ReservationKind.CONSTITUENCY, suspensive=True)
NOT_SUSPENSIVE = Reservation(ReservationKind.FINANCIAL)


def a_seat(organisation: str, column: str = "", weight: str | int = 1, **changes) -> Seat:
    return Seat(organisation, organisation, organisation.upper(), column, Fraction(weight), **changes)


def a_position(organisation: str, stance: Stance, text: str = "", **changes) -> Position:
    return Position(organisation, stance, 1, "1.0", NOON, text, **changes)


def a_roll(*seats: Seat) -> Roll:
    return Roll(tuple(seats))


def voters(**numbers: int) -> tuple[Roll, list[Position]]:
    """A roll of organisations of weight 1 without columns, so many of each: for_, against, abstain,
    silent, recused.
    """
    seats, positions = [], []
    for word, number in numbers.items():
        for place in range(number):
            seats.append(a_seat(f"{word}{place}"))
            stance = STANCES[word]
            if stance is not None:
                positions.append(a_position(seats[-1].organisation, stance, "reasons" * (word == "against")))
    return a_roll(*seats), positions


STANCES = {
    "for_": Stance.FOR,
    "against": Stance.AGAINST,
    "abstain": Stance.ABSTAIN,
    "silent": SILENT,
    "recused": Stance.RECUSE,
}


def ended(outcome: Outcome) -> tuple[Code, Reason | None]:
    return outcome.code, outcome.reason


def vote_answers(organisation: str) -> Iterator[Position | None]:
    """Everything that a silent organisation can still do in a vote, as far as an outcome can show it."""
    yield None
    yield a_position(organisation, Stance.FOR)
    yield a_position(organisation, Stance.FOR, "a statement")
    yield a_position(organisation, Stance.AGAINST)
    yield a_position(organisation, Stance.AGAINST, "reasons")
    yield a_position(organisation, Stance.ABSTAIN)
    yield a_position(organisation, Stance.RECUSE, "interest")


def consent_answers(organisation: str) -> Iterator[Position | None]:
    """The same for consent."""
    yield None
    yield a_position(organisation, Stance.AGREE)
    yield a_position(organisation, Stance.NO_OBJECTION, "a statement")
    yield a_position(organisation, Stance.RESERVATION, "a reservation", reservation=SUSPENSIVE)
    yield a_position(organisation, Stance.AGREE_IF, "a condition")
    yield a_position(organisation, Stance.ABSTAIN)
    yield a_position(organisation, Stance.RECUSE, "interest")


def filed(positions: Iterable[Position | None]) -> list[Position]:
    return [each for each in positions if each is not None]


# --- ballots ------------------------------------------------------------------------------------------------


def a_ballot_rule(name: str, *options: str, **settings) -> DecisionRule:
    """A named rule of ballots about options with these codes."""
    return with_options(BALLOT_RULES[name], tuple(map(Option, options)), **settings)


def the_ballot(rule: DecisionRule) -> Balloting:
    assert rule.ballot is not None
    return rule.ballot


def a_ballot(organisation: str, ballot: str, **changes) -> Position:
    return a_position(organisation, Stance.BALLOT, ballot=ballot, **changes)


def the_votes(rule: DecisionRule, ballots: Mapping[str, int]) -> Votes:
    """Votes from texts, each with the number of voters that cast it."""
    paper = the_ballot(rule).paper()
    marks = [read_ballot(paper, text).marks for text in ballots]
    return cast(marks, list(ballots.values()), 1, list(ballots), len(the_ballot(rule).options))


def the_order(rule: DecisionRule, ballots: Mapping[str, int]) -> list[str]:
    """The order of options by a rule, equal ones in one text."""
    found = count(the_votes(rule, ballots), the_ballot(rule))
    return [" = ".join(group) for group in names(the_ballot(rule), found)]
