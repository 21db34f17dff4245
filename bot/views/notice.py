"""Direct messages: why a person is told something, in his own language."""

from __future__ import annotations

from collections.abc import Mapping

from bot.happening import Happening
from bot.i18n import Catalogue
from bot.views.card import Block, Button, Card, Paragraph, Quote, UserText
from bot.views.item import answer_buttons
from commands.domain.item import State
from commands.domain.mandate import MandateRole
from commands.domain.position import Stance
from commands.domain.values import Reference, Value
from commands.ports import Notice


def notice_card(notice: Notice, happening: Happening, catalogue: Catalogue, about: Mapping[str, Value]) -> Card:
    """One direct message. `about` holds what the notice concerns besides its entry, by the name in its sentence."""
    values = {**happening.about(), **_values(notice, happening), **about}
    blocks: list[Block] = [Paragraph(catalogue.say(f"notice.{notice.value}", values))]
    blocks += [
        Quote(catalogue.say(f"post.{field}"), UserText(happening.text(field)))
        for field in ("reason", "note", "text")
        if notice is not Notice.VERSION and happening.text(field)
    ]
    if notice is Notice.POSITION:
        blocks.append(Paragraph(catalogue.say("post.reference", {"reference": Reference(happening.entry.hash)})))
    title = "notice.title.item" if happening.item is not None else "notice.title.board"
    return Card(catalogue.say(title, values), tuple(blocks), _buttons(notice, happening, catalogue))


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


def _buttons(notice: Notice, happening: Happening, catalogue: Catalogue) -> tuple[Button, ...]:
    """Where an answer is asked, the buttons of the item's own card."""
    item = happening.item
    if item is None or item.state is not State.OPEN or notice not in {Notice.OPENED, Notice.REMINDER, Notice.EXTENDED}:
        return ()
    return answer_buttons(item, catalogue)
