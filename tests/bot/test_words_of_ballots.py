"""Every line about a ballot becomes a sentence in both languages: rules, outcomes, what is needed, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.i18n import LOCALES, Catalogue
from commands.domain.ballot import Option
from commands.domain.position import Position, Stance
from commands.domain.rules import BALLOT_RULES, with_options
from commands.domain.rules.data import read_quorum, read_rule
from commands.domain.rules.decide import decide
from commands.domain.rules.describe import describe
from commands.domain.rules.outlook import outlook
from commands.domain.values import Line
from tests.domain.rules.given import a_ballot, a_position, a_roll, a_seat

NOON = datetime(2027, 5, 18, 12, tzinfo=UTC)
ROLL = a_roll(*map(a_seat, ("rijk", "vng", "ipo", "uvw", "npd")))
SLOTS = tuple(Option(str(place), "", NOON + timedelta(days=place)) for place in (1, 2, 3))
TEXTS = {
    "choice": ("A", "B", "A"),
    "approval": ("A,B", "B", "C"),
    "ranking-pairwise": ("A > B", "B > A", "C"),
    "ranking-irv": ("A > B", "B > A", "C"),
    "ranking-borda": ("A > B", "B", "C"),
    "points": ("A=60", "B=60", "C=30 A=1"),
    "date": ("1=yes 2=no", "1=yes 2=if-needed 3=no", "2=yes"),
}


def lines(method: str) -> Iterator[Line]:
    """All that is said about a rule from the first ballot to the last, with and without its settings."""
    data = {"title": "Eigen", "answers": "ballot", "method": method, "silence": "abstain", "measure": "weight"}
    settings: dict[str, dict[str, object]] = {
        "approval": {"at_least": "2/3", "most": 2},
        "ranking-pairwise": {"default": "C", "over_default": "2/1"},
        "points": {"cap": 60},
        "date": {"minimum": 3},
        "choice": {"winners": 2},
    }
    more = settings.get(method, {})
    quorum = read_quorum({"organisations": 3, "on_repeat": "none"})
    for rule in (
        BALLOT_RULES[method],
        read_rule("own", {**data, **more}),
        replace(BALLOT_RULES[method], quorum=quorum),
    ):
        about = with_options(rule, SLOTS if method == "date" else (Option("A"), Option("B"), Option("C")))
        if method == "date":
            about = replace(about, required=("rijk",))
        yield from describe(about)
        positions: list[Position] = []
        for organisation, text in zip(("vng", "ipo", "rijk"), TEXTS[method], strict=True):
            yield from outlook(about, ROLL, positions).needed
            positions.append(a_ballot(organisation, text, text="Aantekening." * (organisation == "vng")))
            for repeat in (False, True):
                yield from decide(about, ROLL, positions, repeat=repeat).explanation
        positions.append(a_position("uvw", Stance.ABSTAIN))
        yield from decide(about, ROLL, positions).explanation


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("method", BALLOT_RULES)
def test_everything_that_is_said_about_a_ballot_has_words(method, locale):
    catalogue = Catalogue(locale, ZoneInfo("Europe/Amsterdam"))

    for each in lines(method):
        assert catalogue.say(each.key, each.values) != ()
