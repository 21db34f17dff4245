"""Posts in a channel: each entry of an item's log that everyone should see, in the channel's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from bot.happening import Happening
from bot.i18n import Catalogue
from bot.views.card import Block, Card, Paragraph, Quote, Tone, UserText
from bot.views.outcome import closed_card
from commands.domain.values import Reference, Value

Draw = Callable[[Happening, Catalogue], Card]

ATTENTION: Final = frozenset({"version-added", "version-contested", "round-extended", "outage-found"})
"""The entries after which something else is asked than before; any other announced one ends something."""


def post_card(happening: Happening, catalogue: Catalogue) -> Card:
    """The post about an entry. Raises KeyError for a kind of entry that is never announced."""
    kind = happening.entry.kind
    tone = Tone.ATTENTION if kind in ATTENTION else Tone.CLOSED
    return replace(POSTS[kind](happening, catalogue), tone=tone, cut=catalogue.say("card.cut"))


def _said(happening: Happening, catalogue: Catalogue, **more: Value) -> Card:
    """A post of one sentence, with the texts that belong to it set apart, and the reference of its entry."""
    values = {**happening.about(), **more}
    blocks: list[Block] = [Paragraph(catalogue.say(f"post.{happening.entry.kind}", values))]
    blocks += [
        Quote(catalogue.say(f"post.{field}"), UserText(happening.text(field)))
        for field in ("reason", "note")
        if happening.text(field)
    ]
    blocks.append(Paragraph(catalogue.say("post.reference", {"reference": Reference(happening.entry.hash)})))
    return Card(catalogue.say("card.title", values), tuple(blocks))


def _version(happening: Happening, catalogue: Catalogue) -> Card:
    until = happening.instant("contest_until") if happening.code("contest_until") else ""
    return _said(happening, catalogue, contest_until=until)


def _extended(happening: Happening, catalogue: Catalogue) -> Card:
    return _said(happening, catalogue, before=happening.instant("before"), closes_at=happening.instant("closes_at"))


def _outage(happening: Happening, catalogue: Catalogue) -> Card:
    times = {field: happening.instant(field) for field in ("closes_at", "down_from", "down_until")}
    return _said(happening, catalogue, **times)


def _decision(happening: Happening, catalogue: Catalogue) -> Card:
    values = {**happening.about(), "decision": happening.code("decision"), "corrects": happening.code("corrects")}
    blocks: list[Block] = [Quote(catalogue.say("post.decision-text"), UserText(happening.text("text")))]
    blocks += [
        Quote(catalogue.say(f"post.{field}"), UserText(happening.text(field)))
        for field in ("deviation", "reason")
        if happening.text(field)
    ]
    blocks.append(Paragraph(catalogue.say("post.check", {"reference": Reference(happening.entry.hash)})))
    return Card(catalogue.say(f"post.{happening.entry.kind}", values), tuple(blocks))


POSTS: Final[Mapping[str, Draw]] = {
    "version-added": _version,
    "version-contested": _said,
    "round-extended": _extended,
    "outage-found": _outage,
    "round-closed": closed_card,
    "item-called": _said,
    "item-adjourned": _said,
    "item-withdrawn": _said,
    "decision-established": _decision,
    "decision-rectified": _decision,
}
"""Every kind of entry that is announced; a new round shows its card, and positions and answers change it."""
