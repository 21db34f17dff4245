"""The live card of an item: always drawn whole from what is stored."""

from __future__ import annotations

from collections import Counter
from typing import Final

from bot.happening import Happening
from bot.i18n import Catalogue
from bot.views.brief import brief, stances, tone
from bot.views.card import Block, Bullets, Button, Card, Facts, Paragraph, Quote, Text, UserText
from commands.domain.item import Item, State
from commands.domain.position import Kind, Stance
from commands.domain.rules.describe import describe
from commands.domain.values import Value
from commands.lookup import shown

MOST_POINTS: Final = 12
LONGEST_TEXT: Final = 1500
"""Decision points and characters on a card: more would push the answers off a phone."""

BUTTONS: Final = {
    Kind.CONSENT: ("position", (Stance.AGREE, Stance.NO_OBJECTION, Stance.ABSTAIN)),
    Kind.CONSULTATION: ("comment", (Stance.SUPPORT, Stance.NO_COMMENTS)),
}
"""The stances that need no text, and so can be filed with one press."""


def item_card(happening: Happening, catalogue: Catalogue) -> Card:
    """The state of an item with its newest round, in the language of the channel."""
    item = happening.item
    assert item is not None  # noqa: S101 - the card of an item always has its item
    return Card(
        title=catalogue.say("card.title", {"item": item.number, "title": item.title}),
        blocks=(
            Facts(tuple(_facts(item, catalogue))),
            *_text(item, catalogue),
            *_how(happening, item, catalogue),
            *_answers(happening, item, catalogue),
        ),
        buttons=answer_buttons(item, catalogue) if item.state is State.OPEN else (),
        brief=brief(happening, catalogue),
        tone=tone(item),
        cut=catalogue.say("card.cut"),
    )


def _facts(item: Item, catalogue: Catalogue) -> list[tuple[Text, Text]]:
    say = catalogue.say
    rows = [
        (say("card.state"), catalogue.words(item.state)),
        (
            say("card.version"),
            say("card.version.value", {"version": item.version.label, "round": item.round.number if item.round else 0}),
        ),
        (say("card.text-hash"), say("card.text-hash.value", {"sha256": item.version.sha256[:12]})),
    ]
    if item.document is not None:
        key = "card.document.fixed" if item.document.sha256 else "card.document.not-fixed"
        rows.append((say("card.document"), say(key, {"url": item.document.url, "sha256": item.document.sha256})))
    if item.round is not None:
        key = "card.closes" if item.round.is_open else "card.closed"
        rows.append((say(key), catalogue.words(item.round.closed_at or item.round.closes_at)))
    return rows


def _text(item: Item, catalogue: Catalogue) -> list[Block]:
    """What is to be decided: the decision points, or the whole text when it has none."""
    points = item.version.points
    if not points:
        return [Quote(catalogue.say("card.text"), UserText(item.version.text[:LONGEST_TEXT]))]
    shown = points[:MOST_POINTS]
    blocks: list[Block] = [
        Bullets(tuple(catalogue.say("card.point", {"number": each.number, "text": each.text}) for each in shown))
    ]
    if len(points) > len(shown):
        values: dict[str, Value] = {"count": len(points) - len(shown), "item": item.number}
        blocks.append(Paragraph(catalogue.say("card.points-more", values)))
    return blocks


def _how(happening: Happening, item: Item, catalogue: Catalogue) -> list[Block]:
    """How it will be decided, in words that everyone could read before answering."""
    if item.round is None or item.round.rule is None:
        return [Paragraph(catalogue.say("card.no-rule"))]
    return [Paragraph(catalogue.say(line.key, happening.named(line.values))) for line in describe(item.round.rule)]


def _answers(happening: Happening, item: Item, catalogue: Catalogue) -> list[Block]:
    if item.round is None:
        return []
    positions = happening.positions or {}
    voting = happening.roll.voting
    silent = tuple(seat.short for seat in voting if seat.organisation not in positions)
    answered = len(voting) - len(silent)
    last = max((each.received_at for each in positions.values()), default=item.round.opened_at)
    blocks: list[Block] = [
        Paragraph(catalogue.say("card.answered", {"answered": answered, "total": len(voting), "at": last}))
    ]
    if item.is_hidden:
        blocks.append(Paragraph(catalogue.say("card.hidden" if item.state is State.OPEN else "card.stays-hidden")))
    else:
        counts = Counter(positions[seat.organisation].stance for seat in voting if seat.organisation in positions)
        blocks.append(
            Facts(tuple((catalogue.words(each), (str(counts[each]),)) for each in stances(item.kind) if counts[each]))
        )
    if silent and item.state is State.OPEN:
        blocks.append(Paragraph(catalogue.say("card.waiting-for", {"organisations": silent})))
    return blocks


def answer_buttons(item: Item, catalogue: Catalogue) -> tuple[Button, ...]:
    """The answers to an item that need no text."""
    command, choices = BUTTONS.get(item.kind, ("position", ()))
    return tuple(
        Button(
            catalogue.say("card.button", {"stance": stance}),
            command,
            {"item": str(item.number), "stance": stance.value, **shown(item)},
        )
        for stance in choices
    )
