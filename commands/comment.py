"""`reactie nr [reactie] ["tekst"] [--punt 3] [--namens vng]`: a reaction, never counted.

In a consultation an organisation with a vote reacts with `steun`, `steun-met-opmerkingen`,
`geen-opmerkingen` or `geen-steun`. An adviser comments with a text alone, on any open item.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Final

from commands import filing, lookup
from commands.command import Call, Command, OrganisationWord, Passage, Quoted, Reply, flag, word
from commands.domain import events
from commands.domain.comment import Comment
from commands.domain.errors import MissingArgument, NotOnRoll, ReasonRequired
from commands.domain.item import Item, Step
from commands.domain.number import ItemNumber
from commands.domain.position import CONSULTATION_STANCES, Kind, Stance
from commands.domain.rights import take
from commands.domain.values import Code, Line, Reference, Value
from commands.ports import Transaction
from commands.receipt import points_line
from commands.vocabulary import VOCABULARY, Words

NO_TEXT: Final = Quoted("")


@dataclass(frozen=True, slots=True)
class Args:
    """What is said; an adviser leaves `stance` out."""

    item: Annotated[ItemNumber, word("nr")]
    stance: Annotated[Stance | None, word("reactie", among=CONSULTATION_STANCES)] = None
    text: Annotated[Quoted, word("tekst")] = NO_TEXT
    point: Annotated[tuple[int, ...], flag("punt")] = ()
    for_: Annotated[OrganisationWord | None, flag("namens")] = None


def run(tx: Transaction, call: Call, args: Args) -> Reply:
    """File the organisation's reaction, or keep an adviser's comment."""
    item = tx.items.locked(args.item)
    line = lookup.example(
        call, f"/reactie {item.number} steun --namens vng", f"/comment {item.number} support --for vng"
    )
    speaker = filing.voice(tx, call, item, args.for_, Step.COMMENT, line)
    if not speaker.seat.voting:
        return _advise(tx, call, item, args, speaker)
    filing.require_no_admin(call, speaker)
    filing.require_kind(call, item, Kind.CONSULTATION)
    if args.stance is None:
        raise MissingArgument(lookup.example(call, "reactie", "stance"), filing.answer_line(call, item))
    filing.require_stance(call, item, args.stance)
    text = lookup.text(args.text)
    filing.require_text(call, args.stance, text, _reasoned(call, item, args.stance))
    position = replace(
        filing.new_position(call, item, speaker, args.stance, text), points=lookup.points(item, args.point)
    )
    return filing.file(tx, call, item, position, speaker, COMMAND.name, args)


def _advise(tx: Transaction, call: Call, item: Item, args: Args, speaker: filing.Voice) -> Reply:
    if args.stance is not None:
        raise NotOnRoll(speaker.name, item.number)
    text = lookup.text(args.text)
    if not text:
        line = lookup.example(
            call,
            f'/reactie {item.number} "Wij adviseren een overgangstermijn."',
            f'/comment {item.number} "We advise a transition period."',
        )
        raise ReasonRequired(lookup.example(call, "tekst", "text"), line)
    round = filing.require_open(item, call.received_at)
    item = take(call.actor, item, Step.COMMENT)
    comment = Comment(
        organisation=speaker.organisation,
        round=round.number,
        version=item.version.label,
        received_at=call.received_at,
        text=text,
        points=lookup.points(item, args.point),
        person=call.actor.code,
    )
    said = (comment.organisation, comment.version, comment.text, comment.points)
    for each in tx.positions.comments(item):
        if (each.organisation, each.version, each.text, each.points) == said:
            return Reply("reply.comment.already", {"organisation": speaker.name, "at": each.received_at})
    entry = tx.positions.comment(item, comment, events.comment_made(item, comment, call.act(speaker.mandate)))
    values: dict[str, Value] = {
        "organisation": speaker.name,
        "item": item.number,
        "title": item.title,
        "version": comment.version,
    }
    reference = Line("receipt.reference", {"at": comment.received_at, "reference": Reference(entry.hash)})
    passage = Passage(Line("position.text", {}), text)
    points = (points_line(comment.points),) if comment.points else ()
    return Reply("reply.comment.recorded", values, (*points, passage, reference))


def _reasoned(call: Call, item: Item, stance: Stance) -> Code:
    """A correct line with a reaction that needs its text."""
    words = VOCABULARY[Stance][stance]
    return lookup.example(
        call,
        f'/reactie {item.number} {words.nl} "Er is een overgangstermijn nodig."',
        f'/comment {item.number} {words.en} "A transition period is needed."',
    )


COMMAND: Final = Command(
    "comment",
    Words("reactie", "comment"),
    Args,
    run,
    example=Words(
        '003 steun-met-opmerkingen "Er is een overgangstermijn nodig." --punt 2',
        '003 support-with-comments "A transition period is needed." --point 2',
    ),
)
