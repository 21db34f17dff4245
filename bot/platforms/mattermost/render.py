"""Cards as Mattermost shows them: a post with an attachment, a private answer, or markdown alone.

The message of a post holds the title and never changes, so that an edit may leave it as it is. What the web client folds
away after some ten lines stands in a long field, which it never does. Limits and looks are those of Mattermost 11.
"""

from __future__ import annotations

import hashlib
import hmac
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from bot.platforms.mattermost.markdown import JOINER, cells, fact, label, line, quote, sentence, with_addresses
from bot.seal import Sealed
from bot.views.card import Block, Bullets, Button, Card, Facts, Paragraph, Quote, Table, Text, Tone, UserText
from bot.views.cut import ELLIPSIS, cut
from bot.views.text import plain

NAME: Final = "Samenspraak"
"""Who speaks in a private answer: Mattermost shows it under the name of the reader."""

MOST_MESSAGE: Final = 16_383
"""Characters of a message; one more is refused."""

MOST_PROPS: Final = 250_000
"""Bytes of the props as JSON: a whole request may have 300,000."""

MOST_TEXT: Final = 350
MOST_LINES: Final = 8
"""Characters and lines of an attachment's text that are shown without unfolding, on a phone as well."""

LONGEST_LABEL: Final = 24

MOST_ROWS: Final = 15
MOST_COLUMNS: Final = 2
"""A larger table is a list: it would be folded, or pushed off a phone."""

COLOURS: Final = {
    Tone.OPEN: "#1C58D9",
    Tone.CLOSED: "#767676",
    Tone.ATTENTION: "#CC8F00",
    Tone.RECEIPT: "#339970",
}

_LENGTHS: Final = (None, 4_000, 1_000, 250, 60)
"""How much of each user text is shown: all of it, and less only where the whole would not be taken."""

_NUMBERED: Final = re.compile(r"[A-Z0-9]+-\d{4}-\d+", re.ASCII)
_UNSEEN: Final = re.compile(rf"\\(?=[^\w\s])|(?<!\\)\*\*|{JOINER}")
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


class Closes(Protocol):
    """What a renderer needs of a seal."""

    def close(self, sealed: Sealed, now: datetime) -> str:
        """An opaque text that only we can make and read."""
        ...


@dataclass(frozen=True, slots=True)
class RenderedPost:
    """The two parts of a post that we write."""

    message: str
    props: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Renderer:
    """Makes posts and private answers of cards.

    Clicks are sent to `click_url`. A button is good for `lifetime` after the card was drawn; what it does is known to
    nobody but the seal. `id_key` makes the ids of buttons, which everybody sees and which Mattermost writes to its log.
    """

    seal: Closes
    click_url: str
    now: Callable[[], datetime]
    lifetime: timedelta
    id_key: bytes

    def post(self, card: Card, channel: str, key: str) -> RenderedPost:
        """A post in a channel, "" being a direct channel; `key` is kept with it. It holds no more than a post may."""
        post = RenderedPost("", {})
        for longest in _to_try(card, MOST_PROPS):
            message = line(card.title, longest)
            attachment = self._attachment(card, channel, longest)
            attachments = {"attachments": [attachment]} if attachment else {}
            post = RenderedPost(message, {"samenspraak_key": key, **attachments})
            if len(message) <= MOST_MESSAGE and _bytes(post.props) <= MOST_PROPS:
                return post
        return _shortened(post, card.cut)

    def ephemeral(self, card: Card, channel: str, account: str) -> dict[str, Any]:
        """The answer to a command, for one account alone.

        All text is in `text`: in the attachments of such an answer Mattermost rewrites what looks like a mention. The
        buttons stand in an attachment without text.
        """
        speaker = "" if _NUMBERED.match(plain(card.title)) else f"{NAME}: "
        answer: dict[str, Any] = {
            "response_type": "ephemeral",
            "text": speaker + self._text(card, MOST_MESSAGE - len(speaker)),
            "skip_slack_parsing": True,
        }
        if card.buttons:
            answer["attachments"] = [{"actions": self._actions(card.buttons, channel, account)}]
        return answer

    def text(self, card: Card) -> str:
        """A whole card without its buttons as markdown, at most as long as a message may be."""
        return self._text(card, MOST_MESSAGE)

    def passage(self, blocks: Sequence[Block]) -> str:
        """Blocks as markdown, as above the questions of a form."""
        return "\n\n".join(_blocks(blocks, None, tables=True))

    def _text(self, card: Card, most: int) -> str:
        text = ""
        for longest in _to_try(card, most):
            parts = [line(card.title, longest), *_blocks(card.blocks, longest, tables=True)]
            text = "\n\n".join((*parts, line(card.cut)) if longest is not None and card.cut else parts)
            if len(text) <= most:
                return text
        return _up_to(text, most, card.cut)

    def _attachment(self, card: Card, channel: str, longest: int | None) -> dict[str, Any]:
        """The title stands above a brief card as a heading; any other has it in the message alone."""
        if card.brief is not None:
            head: dict[str, Any] = {"title": line(card.title, longest)}
            lines = [sentence(each, longest) for each in card.brief.lines]
            parts = ["\n".join([lines[0], "", *lines[1:]] if lines[1:] else lines)]
            details = [_field(label(name), _detail(value, longest)) for name, value in card.brief.details]
            buttons = card.brief.buttons
        else:
            head, details, buttons = {}, [], card.buttons
            parts = list(_blocks(card.blocks, longest, tables=False))
        if longest is not None and card.cut:
            parts.append(line(card.cut))
        seen, rest = _folded(parts)
        fields = [_field("", "\n\n".join(rest))] if rest else []
        actions = self._actions(buttons, channel, "")
        body = {"text": "\n\n".join(seen), "fields": fields + details, "actions": actions}
        filled = {name: value for name, value in (head | body).items() if value}
        if not filled:
            return {}
        colour = {"color": COLOURS[card.tone]} if card.tone in COLOURS else {}
        return {"fallback": label(card.title, longest), **colour, **filled}

    def _actions(self, buttons: Sequence[Button], channel: str, account: str) -> list[dict[str, Any]]:
        """The buttons in their order. The one that opens a form is the main one; no other colour, as colours steer."""
        now = self.now()
        actions: list[dict[str, Any]] = []
        for button in buttons:
            sealed = Sealed(
                purpose="click",
                command=button.command,
                values=dict(button.values),
                channel=channel,
                expires_at=now + self.lifetime,
                account=account,
                asks=button.asks,
            )
            action: dict[str, Any] = {"id": self._id(button), "type": "button", "name": _name(button.label)}
            if button.asks:
                action["style"] = "primary"
            context = {"t": self.seal.close(sealed, now)}
            actions.append({**action, "integration": {"url": self.click_url, "context": context}})
        return actions

    def _id(self, button: Button) -> str:
        """Letters and digits that say the same about a button for ever, and to nobody what it is.

        A click brings the id that the reader saw, and what it does is looked up in the post as it is by then. So an
        id may never come to stand for another act, as a number in a row would.
        """
        meaning = json.dumps([button.command, button.asks, sorted(button.values.items())])
        number = int.from_bytes(hmac.digest(self.id_key, meaning.encode(), hashlib.sha256)[:12], "big")
        digits = ""
        while number:
            number, digit = divmod(number, len(_DIGITS))
            digits += _DIGITS[digit]
        return f"b{digits}"


# --- parts ------------------------------------------------------------------------------------------------------


def _name(text: Text) -> str:
    """What stands on a button, somebody's text in it cut first; a longer one runs off a narrow screen, an empty one is none."""
    room = LONGEST_LABEL - sum(len(part) for part in text if isinstance(part, str))
    return cut(label(text, max(1, room)), LONGEST_LABEL).strip() or ELLIPSIS


def _field(title: str, value: str) -> dict[str, Any]:
    return {"title": title, "value": value, "short": False}


def _detail(value: Text, longest: int | None) -> str:
    """A value that is all somebody's text is a quotation."""
    if len(value) == 1 and isinstance(value[0], UserText):
        return "\n".join(quote(value[0], longest))
    return with_addresses(value, longest)


def _blocks(blocks: Iterable[Block], longest: int | None, *, tables: bool) -> Iterator[str]:
    """The blocks that hold something; what is put between them is an empty line."""
    for block in blocks:
        lines = _block(block, longest, tables=tables)
        if lines:
            yield "\n".join(lines)


def _block(block: Block, longest: int | None, *, tables: bool) -> list[str]:
    match block:
        case Paragraph(text):
            return [line(text, longest)]
        case Quote(name, text):
            return [fact(name, (), longest).rstrip(), *quote(text, longest)]
        case Facts(rows):
            return [fact(name, value, longest) for name, value in rows]
        case Bullets(items):
            return [f"- {line(item, longest)}" for item in items]
        case Table(header, rows) if tables and len(header) <= MOST_COLUMNS and 0 < len(rows) <= MOST_ROWS:
            return [
                cells(header, longest),
                f"|{' --- |' * len(header)}",
                *(cells(row, longest) for row in rows),
            ]
        case Table(header, rows):
            return [f"- {line(_as_item(header, row), longest)}" for row in rows]


def _as_item(header: tuple[Text, ...], row: tuple[Text, ...]) -> Text:
    """A row of a table as `header: cell; header: cell`, without the empty cells."""
    item: list[str | UserText] = []
    for name, cell in zip(header, row, strict=True):
        if cell:
            item += [*(["; "] if item else []), *name, *([": "] if name else []), *cell]
    return tuple(item)


def _folded(parts: list[str]) -> tuple[list[str], list[str]]:
    """The first parts, as far as they are shown without unfolding, and the others."""
    count = lines = signs = 0
    for part in parts:
        shown = [each for each in part.split("\n") if each]
        lines += len(shown)
        signs += len(html.unescape(_UNSEEN.sub("", "\n".join(shown)))) + 1
        if lines > MOST_LINES or signs > MOST_TEXT + 1:
            break
        count += 1
    return parts[:count], parts[count:]


# --- limits -----------------------------------------------------------------------------------------------------


def _to_try(card: Card, most: int) -> Iterator[int | None]:
    """How long user texts may be, the longest first, without those with which they alone are more than `most`.

    Else a card of very many long texts would be drawn several times over for nothing.
    """
    texts = [len(part.text) for text in _texts(card) for part in text if isinstance(part, UserText)]
    for longest in _LENGTHS:
        if longest == _LENGTHS[-1] or sum(min(each, longest or each) for each in texts) <= most:
            yield longest


def _texts(card: Card) -> Iterator[Text]:
    """Every text on a card but those of its buttons."""
    yield card.title
    if card.brief is not None:
        yield from (*card.brief.lines, *(value for _, value in card.brief.details))
    for block in card.blocks:
        match block:
            case Paragraph(text):
                yield text
            case Quote(name, quoted):
                yield (*name, quoted)
            case Facts(pairs):
                yield from (part for pair in pairs for part in pair)
            case Bullets(items):
                yield from items
            case Table(header, rows):
                yield from (cell for row in (header, *rows) for cell in row)


def _bytes(props: Mapping[str, Any]) -> int:
    return len(json.dumps(props))


def _up_to(text: str, most: int, note: Text) -> str:
    """The first words of a text, as many as fit, and the note after them; the text itself when all of it fits.

    A break between words leaves every sign whole together with what makes it harmless.
    """
    if len(text) <= most:
        return text
    ending = f"{ELLIPSIS}\n\n{line(note)}".rstrip()
    words = re.compile(r"[\s\S]*(?=\s)").match(text, 0, max(0, most - len(ending)) + 1)
    return (words[0].rstrip() if words else "") + ending


def _shortened(post: RenderedPost, note: Text) -> RenderedPost:
    """A post that is too long because of its title, or of its first long field."""
    message, props = _up_to(post.message, MOST_MESSAGE, note), post.props
    over = _bytes(props) - MOST_PROPS
    if over > 0:
        (attachment,) = props["attachments"]
        first, *others = attachment["fields"]
        value = _up_to(first["value"], len(first["value"]) - over, note)
        props = {**props, "attachments": [{**attachment, "fields": [{**first, "value": value}, *others]}]}
    return RenderedPost(message, props)
