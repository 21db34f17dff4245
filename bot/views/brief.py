"""The live card of an item in few words, with the form behind a button, for a platform with little room on a card."""

from __future__ import annotations

from collections import Counter
from typing import Final

from bot.happening import Happening
from bot.i18n import Catalogue
from bot.views.card import Brief, Button, Text, Tone, UserText
from bot.views.cut import cut
from bot.views.text import plain
from commands.domain.item import Item, State
from commands.domain.position import CONSENT_STANCES, CONSULTATION_STANCES, VOTE_STANCES, Kind, Position, Stance
from commands.domain.round import Round
from commands.domain.rules.base import DecisionRule
from commands.domain.rules.describe import describe, title
from commands.domain.values import Code, Line, Value
from commands.lookup import shown

LONGEST: Final = 350
"""Characters of all lines together: more would be folded away on a phone."""

MOST_NAMES: Final = 8
"""Organisations that are named in a line; the others are counted."""

_LONGEST_RULE: Final = 60
_COMMENT: Final = "comment"
_POSITION: Final = "position"
_DIRECT: Final = {Kind.CONSENT: ("brief.agree", Stance.AGREE), Kind.CONSULTATION: ("brief.support", Stance.SUPPORT)}


def brief(happening: Happening, catalogue: Catalogue) -> Brief:
    """How an item stands with the round of the happening. As long as the words allow it, who is silent is named."""
    item = happening.item
    assert item is not None  # noqa: S101 - the card of an item always has its item
    for names in range(MOST_NAMES, -1, -1):
        for with_words in (True, False):
            lines = _lines(happening, item, catalogue, names, with_words=with_words)
            if len("\n".join(map(plain, lines))) <= LONGEST:
                return Brief(lines, _details(happening, item, catalogue), brief_buttons(item, catalogue))
    raise ValueError("the lines of a card are too long without any name")


def brief_buttons(item: Item, catalogue: Catalogue) -> tuple[Button, ...]:
    """The form, one direct answer where everybody sees the positions anyway, and how it stands; none when closed."""
    if item.state is not State.OPEN:
        return ()
    command = _COMMENT if item.kind is Kind.CONSULTATION else _POSITION
    values = {"item": str(item.number)}
    form = Button(_label(f"brief.form.{command}", item, catalogue), command, {**values, **shown(item)}, asks=True)
    status = Button(_label("brief.status", item, catalogue), "consult status", values)
    if item.round is not None and item.round.asked_at is not None:
        return (status,)
    if item.is_hidden or item.kind not in _DIRECT:
        return form, status
    key, stance = _DIRECT[item.kind]
    direct = Button(_label(key, item, catalogue), command, {**values, "stance": stance.value, **shown(item)})
    return form, direct, status


def tone(item: Item) -> Tone:
    """What the card of an item is."""
    if item.state is not State.OPEN:
        return Tone.PLAIN if item.state is State.DRAFT else Tone.CLOSED
    return Tone.ATTENTION if item.round is not None and item.round.asked_at is not None else Tone.OPEN


def stances(kind: Kind) -> tuple[Stance, ...]:
    """The stances that are counted on a card of this kind, in the order in which they are shown."""
    if kind is Kind.CONSULTATION:
        return CONSULTATION_STANCES
    return VOTE_STANCES if kind is Kind.VOTE else CONSENT_STANCES


def _label(key: str, item: Item, catalogue: Catalogue) -> Text:
    """What the button does, and on which item: several cards may stand in one channel."""
    number = Code(f"{item.number.sequence:03d}")
    return catalogue.say("brief.numbered", {"label": Line(key, {}), "number": number})


def _lines(happening: Happening, item: Item, catalogue: Catalogue, names: int, *, with_words: bool) -> tuple[Text, ...]:
    round = item.round
    lines = [_first(item, catalogue)]
    if round is not None:
        lines += [
            _until(round, catalogue),
            _stand(happening, item, round, catalogue, names),
            _rule(round.rule, catalogue, with_words=with_words),
        ]
        if round.is_open and round.asked_at is not None:
            lines.append(catalogue.say("brief.asked"))
        if item.is_hidden:
            lines.append(catalogue.say("card.hidden" if item.state is State.OPEN else "card.stays-hidden"))
    return tuple(lines)


def _first(item: Item, catalogue: Catalogue) -> Text:
    """The question while it is asked, and then what came of it."""
    values: dict[str, Value] = {"version": item.version.label}
    if item.state is State.OPEN:
        return catalogue.say(f"brief.question.{item.kind.value}", values)
    outcome = item.round.outcome if item.round is not None else None
    values |= {
        "state": item.state,
        "outcome": outcome.code if outcome is not None else "",
        "reason": outcome.reason if outcome is not None and outcome.reason is not None else "",
        "round": item.round.number if item.round is not None else "",
    }
    return catalogue.say("brief.state", values)


def _until(round: Round, catalogue: Catalogue) -> Text:
    if round.closed_at is None:
        return catalogue.say("brief.closes", {"at": round.closes_at})
    return catalogue.say("brief.closed", {"at": round.closed_at})


def _stand(happening: Happening, item: Item, round: Round, catalogue: Catalogue, names: int) -> Text:
    """How many have answered and, of the others, so many by name."""
    positions = happening.positions or {}
    voting = happening.roll.voting
    silent: list[Value] = [seat.short for seat in voting if seat.organisation not in positions]
    values: dict[str, Value] = {"answered": len(voting) - len(silent), "total": len(voting)}
    if names and len(silent) > names:
        silent[names:] = [Line("brief.others", {"count": len(silent) - names})]
    values["silent"] = tuple(silent) if names else ()
    if item.state is not State.OPEN:
        return catalogue.say("brief.stand.closed", values)
    last = max((each.received_at for each in positions.values()), default=round.opened_at)
    return catalogue.say("brief.stand", {**values, "at": Code(catalogue.short(last))})


def _rule(rule: DecisionRule | None, catalogue: Catalogue, *, with_words: bool) -> Text:
    """The name of the rule, with one sentence about it when it is not a board's own."""
    if rule is None:
        return catalogue.say("brief.no-rule")
    key = f"rule.{rule.id}.words"
    words = Line(key, {}) if with_words and not rule.title and catalogue.has(key) else ""
    name = cut(rule.title, _LONGEST_RULE) if rule.title else title(rule)
    return catalogue.say("brief.rule", {"title": name, "words": words})


def _details(happening: Happening, item: Item, catalogue: Catalogue) -> tuple[tuple[Text, Text], ...]:
    """What has to be there in full: the positions by count where they are seen, the rule, the document."""
    details: list[tuple[Text, Text]] = []
    counts = Counter(each.stance for each in _counted(happening))
    if counts and not item.is_hidden:
        shown = tuple(
            Line("brief.position", {"stance": each, "count": counts[each]})
            for each in stances(item.kind)
            if counts[each]
        )
        details.append((catalogue.say("brief.positions"), catalogue.words(shown)))
    if item.round is not None and item.round.rule is not None:
        sentences = [catalogue.say(line.key, happening.named(line.values)) for line in describe(item.round.rule)]
        details.append((catalogue.say("brief.rule-in-words"), _in_a_row(sentences)))
    if item.document is not None:
        key = "card.document.fixed" if item.document.sha256 else "card.document.not-fixed"
        values: dict[str, Value] = {"url": item.document.url, "sha256": item.document.sha256}
        details.append((catalogue.say("card.document"), catalogue.say(key, values)))
    return tuple(details)


def _counted(happening: Happening) -> list[Position]:
    """The positions of organisations with a vote."""
    positions = happening.positions or {}
    return [positions[seat.organisation] for seat in happening.roll.voting if seat.organisation in positions]


def _in_a_row(sentences: list[Text]) -> Text:
    """Sentences as one line."""
    row: list[str | UserText] = []
    for sentence in sentences:
        row += ([" "] if row else []) + list(sentence)
    return tuple(row)
