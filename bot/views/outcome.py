"""The outcome of a round as a post of its own: the same numbers as on the live card, with the arithmetic behind them."""

from __future__ import annotations

from bot.happening import Happening
from bot.i18n import Catalogue
from bot.views.card import Block, Bullets, Card, Facts, Paragraph, Quote, Text, UserText
from commands.domain.item import Item, Visibility
from commands.domain.outcome import Outcome
from commands.domain.position import Position, Stance
from commands.domain.roll import Seat
from commands.domain.round import COUNTED, Ending, Round
from commands.domain.rules.base import SilencePolicy
from commands.domain.rules.describe import title
from commands.domain.values import Reference, Value


def closed_card(happening: Happening, catalogue: Catalogue) -> Card:
    """What a round ended in, with the rule, the counts, every organisation and the check for everyone."""
    item = happening.item
    round = item.round if item is not None else None
    if item is None or round is None:
        raise ValueError("only the round of an item can close")
    blocks: list[Block] = [Paragraph(catalogue.say(f"closed.by.{round.ending or Ending.DEADLINE}", _times(round)))]
    if happening.text("reason"):
        blocks.append(Quote(catalogue.say("post.reason"), UserText(happening.text("reason"))))
    outcome = round.outcome
    if outcome is not None:
        blocks += _outcome(outcome, round, happening, catalogue)
    elif not item.is_counted and round.ending in {Ending.DEADLINE, Ending.CHAIR}:
        blocks += _agenda(happening, catalogue)
    is_hidden = item.visible is Visibility.AFTER_CLOSE and round.ending not in COUNTED
    if is_hidden:
        blocks.append(Paragraph(catalogue.say("card.stays-hidden")))
    draw = _who if is_hidden else _line
    blocks += [Bullets(tuple(draw(seat, happening, catalogue) for seat in happening.roll.voting))]
    if happening.late:
        late = tuple(dict.fromkeys(happening.short(each.organisation) for each in happening.late))
        blocks.append(Paragraph(catalogue.say("closed.late", {"organisations": late})))
    blocks.append(Paragraph(catalogue.say("post.check", {"reference": Reference(happening.entry.hash)})))
    return Card(_title(item, outcome, catalogue), tuple(blocks))


def _title(item: Item, outcome: Outcome | None, catalogue: Catalogue) -> Text:
    values: dict[str, Value] = {
        "item": item.number,
        "title": item.title,
        "round": item.round.number if item.round else 0,
    }
    if outcome is None:
        return catalogue.say("closed.title", values)
    if outcome.reason is None:
        return catalogue.say("closed.title.outcome", {**values, "outcome": outcome.code})
    return catalogue.say("closed.title.reason", {**values, "outcome": outcome.code, "reason": outcome.reason})


def _outcome(outcome: Outcome, round: Round, happening: Happening, catalogue: Catalogue) -> list[Block]:
    say = catalogue.say
    counts = outcome.counts
    rows: list[tuple[Text, Text]] = [
        (say("closed.count.for"), (str(counts.for_),)),
        (say("closed.count.against"), (str(counts.against),)),
        (say("closed.count.abstain"), (str(counts.abstain),)),
        (say("closed.count.silent"), (str(counts.silent),)),
    ]
    if counts.recused:
        rows.append((say("closed.count.recused"), (str(counts.recused),)))
    rows.append((say("closed.count.eligible"), (str(counts.eligible),)))
    blocks: list[Block] = [Facts(tuple(rows))]
    if round.rule is not None:
        blocks.append(Paragraph(say("describe.rule", {"title": title(round.rule)})))
    blocks.append(Bullets(tuple(say(line.key, happening.named(line.values)) for line in outcome.explanation)))
    if outcome.silent:
        silent = tuple(happening.short(each) for each in outcome.silent)
        is_consent = round.rule is not None and round.rule.silence is SilencePolicy.CONSENT
        blocks.append(
            Paragraph(say("closed.silent.consent" if is_consent else "closed.silent", {"organisations": silent}))
        )
    return blocks


def _agenda(happening: Happening, catalogue: Catalogue) -> list[Block]:
    """The proposal for the agenda: no debate is needed only where nobody had a remark."""
    positions = (happening.positions or {}).values()
    plain = bool(positions) and all(each.stance in {Stance.SUPPORT, Stance.NO_COMMENTS} for each in positions)
    silent = tuple(seat.short for seat in happening.roll.voting if seat.organisation not in (happening.positions or {}))
    key = "closed.agenda.consent" if plain else "closed.agenda.discussion"
    blocks: list[Block] = [Paragraph(catalogue.say(key))]
    if silent:
        blocks.append(Paragraph(catalogue.say("closed.silent", {"organisations": silent})))
    return blocks


def _line(seat: Seat, happening: Happening, catalogue: Catalogue) -> Text:
    """What one organisation filed, with its text; a channel post names organisations, never persons."""
    position = (happening.positions or {}).get(seat.organisation)
    if position is None:
        return catalogue.say("closed.line.silent", {"organisation": seat.short})
    values = {
        "organisation": seat.short,
        "stance": position.stance,
        "text": position.text,
        "kind": _reservation(position),
        "answer": position.answer or "",
    }
    return catalogue.say("closed.line", values)


def _who(seat: Seat, happening: Happening, catalogue: Catalogue) -> Text:
    """Whether one organisation answered, and nothing of what it said."""
    key = "closed.line.answered" if seat.organisation in (happening.positions or {}) else "closed.line.silent"
    return catalogue.say(key, {"organisation": seat.short})


def _reservation(position: Position) -> str:
    return position.reservation.kind if position.reservation else ""


def _times(round: Round) -> dict[str, Value]:
    return {"closes_at": round.closes_at, "closed_at": round.closed_at or round.closes_at}
