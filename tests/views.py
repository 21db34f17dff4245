"""Cards as the program draws them, for tests of views and of what platforms make of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.happening import Happening
from bot.i18n import Catalogue
from bot.views.card import Card
from bot.views.item import item_card
from bot.views.notice import notice_card
from bot.views.post import POSTS, post_card
from commands.domain.draft import Document
from commands.domain.item import Item, State, Visibility
from commands.domain.ledger import Entry, instant
from commands.domain.outcome import Code, Counts, Outcome, Reason
from commands.domain.position import Kind, Position, Stance
from commands.domain.round import Ending
from commands.domain.rules import RULES
from commands.domain.rules.base import DecisionRule
from commands.domain.values import Value
from commands.ports import Notice
from tests.factories import (
    DEADLINE,
    HOUR,
    NOON,
    ORGANISATIONS,
    a_board,
    a_position,
    a_roll,
    a_round,
    an_item,
    an_open_item,
)

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
MANY: Final = tuple(f"organisatie-{number:03d}" for number in range(1, 401))
"""As many organisations as a board may have."""

ANSWERS: Final = {
    Kind.CONSENT: (Stance.AGREE, Stance.OBJECT),
    Kind.SILENCE: (Stance.AGREE, Stance.OBJECT),
    Kind.CONSULTATION: (Stance.SUPPORT, Stance.NO_SUPPORT),
    Kind.VOTE: (Stance.FOR, Stance.AGAINST),
}
"""Two answers to an item of a kind."""


def a_catalogue(locale: str = "nl") -> Catalogue:
    """The sentences of a language, with times as in Amsterdam."""
    return Catalogue(locale, AMSTERDAM)


def a_happening(
    item: Item | None = None,
    positions: Mapping[str, Position] | None = None,
    *,
    kind: str = "position-filed",
    body: Mapping[str, Any] | None = None,
    texts: Mapping[str, str] | None = None,
    **changes: Any,
) -> Happening:
    """What a message about an open item, or another, needs to know."""
    entry = Entry("BOD-2027-003", 7, NOON + HOUR, kind, dict(body or {}), "0" * 64, "a1b2" * 16)
    organisations = changes.pop("organisations", ORGANISATIONS)
    return Happening(
        entry,
        changes.pop("board", a_board()),
        dict(texts or {}),
        {each: each.upper() for each in organisations},
        {each: f"Organisatie {each}" for each in organisations},
        item or an_open_item(),
        a_roll(*organisations),
        positions or {},
        **changes,
    )


def an_item_of(kind: Kind, state: State, visible: Visibility = Visibility.OPEN, **changes: Any) -> Item:
    """An item of a kind in a state, with the round that belongs to it, and a document."""
    rule = None if kind is Kind.CONSULTATION else RULES["consensus"].asked_as(Kind.CONSENT)
    ending = {
        State.OPEN: None,
        State.WITHDRAWN: Ending.WITHDRAWAL,
        State.ADJOURNED: Ending.MEETING,
    }.get(state, Ending.DEADLINE)
    counted = rule is not None and ending is Ending.DEADLINE
    round = a_round(
        2,
        rule=rule,
        closed_at=None if ending is None else DEADLINE,
        ending=ending,
        outcome=Outcome(Code.NO_DECISION, Reason.OBJECTION, Counts(for_=1, against=1, silent=2)) if counted else None,
    )
    document = Document("https://example.org/kader_v2.pdf", "5e" * 32)
    has_round = {} if state is State.DRAFT else {"round": round}
    return an_item(**{"kind": kind, "state": state, "visible": visible, "document": document, **has_round, **changes})


def two_positions(kind: Kind) -> dict[str, Position]:
    """Those of the VNG and the IPO."""
    first, second = ANSWERS.get(kind, (Stance.AGREE, Stance.ABSTAIN))
    return {
        "vng": a_position("vng", stance=first),
        "ipo": a_position("ipo", stance=second, text="Geen dekking.", received_at=NOON + 2 * HOUR),
    }


def every_item() -> Iterator[tuple[str, Happening]]:
    """An item of every kind in every state, hidden or not, each with a name."""
    for kind in Kind:
        for state in State:
            for visible in Visibility:
                item = an_item_of(kind, state, visible)
                positions = two_positions(kind) if item.round is not None else {}
                yield f"{kind.value}/{state.value}/{visible.value}", a_happening(item, positions)
    asked = an_open_item(round=a_round(asked_at=DEADLINE + HOUR))
    yield "asked", a_happening(asked)
    yield "four hundred", a_happening(an_open_item(), {MANY[0]: a_position(MANY[0])}, organisations=MANY)
    long = an_open_item(title="Kader & @all " * 20, round=a_round(rule=a_rule_of_its_own()))
    yield "long names", a_happening(long, organisations=tuple(f"{each}-{'x' * 60}" for each in ORGANISATIONS))


def a_rule_of_its_own() -> DecisionRule:
    """A rule with a title as long as somebody could make it."""
    return replace(RULES["consensus"].asked_as(Kind.CONSENT), id="eigen", title="Eigen regel van het overleg " * 7)


# --- posts and direct messages ----------------------------------------------------------------------------------

_TIMES: Final = {
    "before": instant(NOON),
    "closes_at": instant(DEADLINE),
    "contest_until": instant(DEADLINE),
    "down_from": instant(DEADLINE - HOUR),
    "down_until": instant(DEADLINE + HOUR),
}
_TEXTS: Final = {
    "text": "1. het kader vast te stellen;\n2. te evalueren.",
    "reason": "Wij zoeken **dekking**.\n# Kop\n@all",
    "note": "Zie https://example.org",
    "deviation": "Het kan niet wachten.",
}


def every_post(locale: str = "nl", organisations: tuple[str, ...] = ORGANISATIONS, text: str = "") -> dict[str, Card]:
    """A post about every kind of entry that is announced; `text` takes the place of each text in it."""
    item = an_item_of(Kind.CONSENT, State.CLOSED)
    positions = two_positions(Kind.CONSENT)
    if text:
        positions = {each: a_position(each, stance=Stance.OBJECT, text=text) for each in organisations}
    body = {**_TIMES, "organisation": "vng", "round": 2, "item": str(item.number)}
    body |= {"decision": "BOD-2027-003/B2", "corrects": "BOD-2027-003/B1"}
    texts = dict.fromkeys(_TEXTS, text) if text else _TEXTS
    return {
        kind: post_card(
            a_happening(item, positions, kind=kind, body=body, texts=texts, organisations=organisations),
            a_catalogue(locale),
        )
        for kind in POSTS
    }


def every_notice(locale: str = "nl", visible: Visibility = Visibility.OPEN) -> dict[str, Card]:
    """A direct message for every reason that there is."""
    about: dict[str, Value] = {
        "about": "Persoon vng",
        "organisation": "VNG",
        "until": DEADLINE.date(),
        "received_at": NOON,
    }
    about |= {"stance": Stance.AGREE, "contest_until": DEADLINE, "role": "plaatsvervanger", "valid_from": NOON.date()}
    item = an_item_of(Kind.CONSENT, State.OPEN, visible)
    happening = a_happening(
        item, kind="x", body={**_TIMES, "until": DEADLINE.date().isoformat()}, texts={"reason": _TEXTS["reason"]}
    )
    return {each.value: notice_card(each, happening, a_catalogue(locale), about) for each in Notice}


def every_card(locale: str = "nl") -> dict[str, Card]:
    """Every card, post and direct message, by name."""
    cards = {name: item_card(happening, a_catalogue(locale)) for name, happening in every_item()}
    return cards | every_post(locale) | {f"notice/{name}": card for name, card in every_notice(locale).items()}
