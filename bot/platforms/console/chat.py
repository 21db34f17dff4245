"""The conversation in a terminal: lines in, cards out, and the posts of others as they come."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from threading import RLock
from typing import Final, Protocol

from bot.i18n import Catalogue
from bot.platforms.base import Incoming
from bot.platforms.console.choices import Choices
from bot.platforms.console.client import ConsoleClient, direct
from bot.platforms.console.incoming import Place, pressed, typed
from bot.platforms.console.render import INDENT, NARROWEST, for_console, render, wrapped
from bot.platforms.console.transcript import Post
from bot.views.card import Card, Text
from bot.views.text import marked, neutral, unmarked
from commands.domain.values import Code, Value

_CAUGHT_UP: Final = 3
"""Posts shown of a conversation that is entered; older ones are counted."""

_LOCAL: Final[Mapping[str, Sequence[str]]] = {
    "nl": ("als", "kanaal", "direct", "wie", "help", "stop"),
    "en": ("as", "channel", "direct", "who", "help", "quit"),
}
"""What one types to this window itself, by language; both languages are understood always."""

_CHOICE: Final = re.compile(r"[1-9]\d{0,5}", re.ASCII)


class Answered(Protocol):
    """What an act gives back: a card for the person alone."""

    @property
    def card(self) -> Card: ...


class Chat:
    """One person at a time speaks, in a channel or in a direct message, and sees what is posted there.

    `submit` carries out an act and gives its answer. `people` has names by account, `channels` names of
    boards by channel; both are read anew each time. `words` has the language of the terminal and the zone of
    its times.
    """

    def __init__(
        self,
        client: ConsoleClient,
        submit: Callable[[Incoming], Answered],
        people: Mapping[str, str],
        channels: Mapping[str, str],
        now: Callable[[], datetime],
        words: Catalogue,
        place: Place,
    ) -> None:
        self.people = people
        self.channels = channels
        self.place = place
        self._client = client
        self._submit = submit
        self._now = now
        self._words = words
        self._choices = Choices()
        self._seen: dict[str, int] = {}
        self._write: Callable[[str], object] = len
        self._width: Callable[[], int] = lambda: NARROWEST
        self._bold = False
        self._waiting: list[Post] | None = None
        self._lock = RLock()

    @contextlib.contextmanager
    def shown_by(self, write: Callable[[str], None], width: Callable[[], int], *, bold: bool) -> Iterator[None]:
        """Show everything through `write`, one call for each message, for as long as the context lasts."""
        self._write, self._width, self._bold = write, width, bold
        stop = self._client.listen(self._hear)
        try:
            self._say("console.welcome")
            self._enter()
            yield
        finally:
            stop()

    def echo(self, line: str) -> None:
        """Show a line that was typed where nobody could see it."""
        self._show([f"{self.prompt()}> {neutral(each)}" for each in line.split("\n")])

    def prompt(self) -> str:
        """Who speaks and where, in one line."""
        values: dict[str, Value] = {"person": self._name(), "channel": self.place.channel}
        return self._words.plain("console.prompt" if self.place.channel else "console.prompt-direct", values)

    def take(self, line: str) -> bool:
        """Carry out one line; False when it says to stop."""
        line = line.strip()
        if line.startswith(":"):
            return self._local(line)
        if _CHOICE.fullmatch(line):
            self._choose(int(line))
        elif line:
            self._act(typed(line, self.place, self._now()))
        return True

    def local_words(self, line: str) -> list[tuple[str, str]]:
        """What may stand at the end of a line that begins with `:`, each with its meaning."""
        before, _, word = line.rpartition(" ")
        match before.strip().casefold():
            case "":
                fits = [(f":{each}", "") for each in _LOCAL[self._words.locale]]
            case ":als" | ":as":
                fits = list(self.people.items())
            case ":kanaal" | ":channel":
                fits = list(self.channels.items())
            case _:
                fits = []
        return [each for each in fits if each[0].casefold().startswith(word.casefold())]

    # --- acts ----------------------------------------------------------------------------------------------

    def _choose(self, number: int) -> None:
        with self._lock:
            button = self._choices.take(number)
        if button is None:
            self._say("console.no-choice", {"number": number})
            return
        self._show(self._wrapped((f"[{number}] ", *button.label)))
        if not button.command:  # the choice to do nothing
            self._say("console.cancelled")
            return
        self._act(pressed(button, self.place, self._now()))

    def _act(self, incoming: Incoming) -> None:
        """Submit an act; what is posted meanwhile comes after the answer."""
        with self._lock:
            self._waiting = []
        try:
            card = for_console(self._submit(incoming).card)
            self._answer(card)
        finally:
            with self._lock:
                waiting, self._waiting = self._waiting, None
                for post in {post.id: post for post in waiting or ()}.values():
                    self._show_post(post)

    def _answer(self, card: Card) -> None:
        with self._lock:
            numbers = self._choices.begin(card.buttons) if card.buttons else ()
            self._show([self._words.plain("console.answer"), *self._rendered(card, numbers)])

    # --- posts ---------------------------------------------------------------------------------------------

    def _hear(self, post: Post) -> None:
        with self._lock, contextlib.suppress(OSError):  # a broken screen is no fault of who sent the post
            if post.conversation not in self._conversations():
                return
            if self._waiting is None:
                self._show_post(post)
            else:
                self._waiting.append(post)

    def _conversations(self) -> tuple[str, ...]:
        own = direct(self.place.account)
        return (self.place.channel, own) if self.place.channel else (own,)

    def _enter(self) -> None:
        """Show what came in here since somebody last looked, or else the last card with choices."""
        with self._lock:
            here = {each: self._client.posts(each) for each in self._conversations()}
            self._choices.keep({post.id for posts in here.values() for post in posts})
            for conversation, posts in here.items():
                seen = self._seen.get(conversation, 0)
                news = [post for post in posts if post.revision > seen]
                if len(news) > _CAUGHT_UP:
                    self._say("console.earlier", {"count": len(news) - _CAUGHT_UP})
                with_choices = [post for post in posts if post.card is not None and post.card.buttons]
                for post in news[-_CAUGHT_UP:] or with_choices[-1:]:
                    self._show_post(post)

    def _show_post(self, post: Post) -> None:
        self._seen[post.conversation] = max(post.revision, self._seen.get(post.conversation, 0))
        is_direct = post.conversation.startswith("@")
        key = "console.direct" if is_direct else "console.post"
        at = Code(self._words.time(post.edited_at or post.at))
        heading = self._words.say(
            key if post.edited_at is None else f"{key}-edited", {"channel": post.conversation, "time": at}
        )
        self._show([*self._wrapped(heading), *self._body(post)])

    def _body(self, post: Post) -> list[str]:
        if post.card is not None:
            return self._rendered(post.card, self._choices.add(post.id, post.card.buttons))
        if post.file is not None:
            values: dict[str, Value] = {
                "name": post.file.name, "size": post.file.size, "path": post.file.path
            }  # fmt: skip
            return self._wrapped(self._words.say("console.file", values), INDENT)
        return [line for each in post.text.split("\n") for line in self._indented(each)]

    def _indented(self, line: str) -> list[str]:
        """A line of a post of which only the text is left, with its own indentation."""
        own = line.lstrip(" ")
        first = INDENT + line[: len(line) - len(own)]
        return wrapped(own, self._width(), first, first + INDENT)

    # --- this window ---------------------------------------------------------------------------------------

    def _local(self, line: str) -> bool:
        word, _, rest = line[1:].partition(" ")
        match word.casefold():
            case "als" | "as":
                self._speak_as(rest.strip())
            case "kanaal" | "channel":
                self._speak_in(rest.strip())
            case "direct":
                self.place = replace(self.place, channel="")
                self._say("console.now-direct")
                self._enter()
            case "wie" | "who":
                self._who()
            case "help" | "hulp":
                self._help()
            case "stop" | "quit":
                self._say("console.bye")
                return False
            case _:
                self._say("console.unknown-local", {"word": f":{word}"})
        return True

    def _speak_as(self, word: str) -> None:
        account = _sought(word, self.people)
        if account is None:
            self._say("console.unknown-person", {"word": word, "choices": tuple(self.people)})
            return
        self.place = replace(self.place, account=account)
        self._say("console.now-person", {"person": self._name()})
        self._enter()

    def _speak_in(self, word: str) -> None:
        channel = _sought(word, self.channels)
        if channel is None:
            self._say("console.unknown-channel", {"word": word, "choices": tuple(self.channels)})
            return
        self.place = replace(self.place, channel=channel)
        self._say("console.now-channel", {"channel": channel})
        self._enter()

    def _who(self) -> None:
        lines = self._wrapped(self._words.say("console.people"))
        for account, name in self.people.items():
            key = "console.person-current" if account == self.place.account else "console.person"
            lines += self._wrapped(self._words.say(key, {"account": account, "person": name}), INDENT)
        lines += self._wrapped(self._words.say("console.channels"))
        for channel, name in self.channels.items():
            key = "console.channel-current" if channel == self.place.channel else "console.channel"
            lines += self._wrapped(self._words.say(key, {"channel": channel, "board": name}), INDENT)
        self._show(lines)

    def _help(self) -> None:
        lines = self._wrapped(self._words.say("console.help"))
        for subject in ("person", "channel", "direct", "who", "choice", "line", "stop"):
            lines += self._wrapped(self._words.say(f"console.help-{subject}"), INDENT)
        self._show(lines)

    def _name(self) -> str:
        return self.people.get(self.place.account) or self.place.account

    # --- the screen ----------------------------------------------------------------------------------------

    def _say(self, key: str, values: Mapping[str, Value] | None = None) -> None:
        self._show(self._wrapped(self._words.say(key, values)))

    def _wrapped(self, text: Text, first: str = "") -> list[str]:
        return [unmarked(line) for line in wrapped(marked(text), self._width(), first, first + INDENT)]

    def _rendered(self, card: Card, numbers: Sequence[int]) -> list[str]:
        return render(card, self._width(), numbers, bold=self._bold)

    def _show(self, lines: Sequence[str]) -> None:
        with self._lock:
            self._write("\n".join([*lines, "", ""]))


def _sought(word: str, names: Mapping[str, str]) -> str | None:
    """The id that a word means, by id or by name, without case."""
    wanted = word.casefold()
    for each in (names.keys(), names.values()):
        for identifier, name in zip(names, each, strict=True):
            if name.casefold() == wanted:
                return identifier
    return None
