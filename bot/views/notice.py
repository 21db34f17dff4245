"""Direct messages: why a person is told something, in his own language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.happening import Happening
from bot.i18n import Catalogue
from bot.views.brief import brief_buttons
from bot.views.card import Block, Brief, Card, Paragraph, Quote, Tone, UserText
from bot.views.item import answer_buttons
from commands.domain.item import Item, State
from commands.domain.mandate import MandateRole
from commands.domain.position import Stance
from commands.domain.values import Reference, Value
from commands.ports import Notice


def notice_card(
    notice: Notice, happening: Happening, catalogue: Catalogue, about: Mapping[str, Value], *, may_answer: bool = True
) -> Card:
    """One direct message. `about` holds what the notice concerns besides its entry, by the name in its sentence.

    Who may not answer with a vote, an adviser, is not asked for a position: only told what he may do.
    """
    values = {**happening.about(), **_values(notice, happening), **about}
    key = "notice.opened.adviser" if notice is Notice.OPENED and not may_answer else f"notice.{notice.value}"
    blocks: list[Block] = [Paragraph(catalogue.say(key, values))]
    blocks += [
        Quote(catalogue.say(f"post.{field}"), UserText(happening.text(field)))
        for field in ("reason", "note", "text")
        if notice is not Notice.VERSION and happening.text(field)
    ]
    if notice is Notice.POSITION:
        blocks.append(Paragraph(catalogue.say("post.reference", {"reference": Reference(happening.entry.hash)})))
    title = "notice.title.item" if happening.item is not None else "notice.title.board"
    asks = may_answer and _asks(notice, happening)
    return Card(
        catalogue.say(title, values),
        tuple(blocks),
        answer_buttons(happening.item, catalogue) if asks and happening.item is not None else (),
        brief=_brief(blocks, happening.item, catalogue) if asks and happening.item is not None else None,
        tone=TONES.get(notice, Tone.PLAIN),
        cut=catalogue.say("card.cut"),
    )


ASKS: Final = frozenset({Notice.OPENED, Notice.REMINDER, Notice.EXTENDED})
"""The notices with the buttons of the item's own card: they ask for an answer."""


TONES: Final = {
    Notice.OPENED: Tone.OPEN,
    Notice.POSITION: Tone.RECEIPT,
    **dict.fromkeys(
        (
            Notice.EXTENDED,
            Notice.CONTESTED,
            Notice.REMINDER,
            Notice.MANDATE_ENDS,
            Notice.UNDELIVERED,
            Notice.OUTAGE,
            Notice.RESERVATION_DUE,
        ),
        Tone.ATTENTION,
    ),
}
"""What each notice is; any other is plain."""


def _values(notice: Notice, happening: Happening) -> dict[str, Value]:
    """What the sentence of one notice needs besides item and organisation."""
    item, entry = happening.item, happening.entry
    values: dict[str, Value] = {"received_at": entry.at}
    if item is not None and item.round is not None:
        values["closes_at"] = item.round.closes_at
    if entry.kind == "position-filed":
        values["stance"] = Stance(happening.code("stance"))
    if entry.kind == "version-added":
        values["contest_until"] = happening.instant("contest_until") if happening.code("contest_until") else ""
    if notice is Notice.OUTAGE:
        values |= {"down_from": happening.instant("down_from"), "down_until": happening.instant("down_until")}
    if entry.kind == "mandate-granted":
        until = happening.code("until")
        values |= {
            "role": MandateRole(happening.code("role")),
            "valid_from": happening.day("valid_from"),
            "until": happening.day("until") if until else "",
        }
    if notice is Notice.RESERVATION_DUE:
        values["until"] = happening.day("until")
    return values


def _asks(notice: Notice, happening: Happening) -> bool:
    """Whether an answer is asked, with the buttons of the item's own card."""
    return happening.item is not None and happening.item.state is State.OPEN and notice in ASKS


def _brief(blocks: list[Block], item: Item, catalogue: Catalogue) -> Brief:
    """The same with the buttons of a brief card: where positions are hidden, none that gives an answer away."""
    lines = tuple(block.text for block in blocks if isinstance(block, Paragraph))
    details = tuple((block.label, (block.text,)) for block in blocks if isinstance(block, Quote))
    return Brief(lines, details, brief_buttons(item, catalogue))
