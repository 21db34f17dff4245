"""Private answers: a reply or a refusal becomes a card in the reader's language."""

from __future__ import annotations

from bot.i18n import Catalogue
from bot.views.card import Block, Bullets, Button, Card, Paragraph, Quote, Table, UserText
from commands.command import Choice, Grid, Listing, Part, Passage, Reply
from commands.domain.errors import Refusal
from commands.domain.values import Line


def reply_card(reply: Reply, catalogue: Catalogue) -> Card:
    """The answer to an act that was carried out, or to a question."""
    return Card(
        title=catalogue.say(reply.key, reply.values),
        blocks=tuple(block(part, catalogue) for part in reply.parts),
        buttons=tuple(button(choice, catalogue) for choice in reply.choices),
        cut=catalogue.say("card.cut"),
    )


def refusal_card(refusal: Refusal, catalogue: Catalogue) -> Card:
    """The answer to an act that was not carried out: why, what was not recorded, and what to do next."""
    return Card(title=catalogue.refusal(refusal))


def block(part: Part, catalogue: Catalogue) -> Block:
    """One part of a reply."""
    match part:
        case Line(key, values):
            return Paragraph(catalogue.say(key, values))
        case Passage(label, text):
            return Quote(catalogue.say(label.key, label.values), UserText(text))
        case Grid(header, rows):
            return Table(
                tuple(catalogue.words(cell) for cell in header),
                tuple(tuple(catalogue.words(cell) for cell in row) for row in rows),
            )
        case Listing(items):
            return Bullets(tuple(catalogue.say(item.key, item.values) for item in items))


def button(choice: Choice, catalogue: Catalogue) -> Button:
    """A choice that the reader has."""
    return Button(catalogue.say(choice.label.key, choice.label.values), choice.command, choice.values)
