"""The chat server of the console: conversations with posts, kept in a file when asked to."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Final

from bot.platforms.base import PlatformUnavailable, PostGone, PostRef
from bot.platforms.console.render import for_console
from bot.platforms.console.transcript import File, Post, Transcript
from bot.views.card import Card
from bot.views.text import neutral, plain_card

NAME: Final = "console"
AUTHOR: Final = "samenspraak"

_LONGEST_STEM: Final = 50
"""Characters of a file name that are kept: a file system counts bytes, of which a character may take four."""
_LONGEST_SUFFIX: Final = 8


def direct(account: str) -> str:
    """The conversation with the direct messages of an account."""
    return f"@{account}"


class ConsoleClient:
    """A `Platform` in memory; safe to use from several threads.

    With a `transcript` every change is a line of JSON in that file, on disk before a method returns. It is
    read back at the start, so that `find` works after a crash; one process at a time may use a file. The
    content of files that are sent is put in the folder `files`, when there is one.
    """

    def __init__(self, now: Callable[[], datetime], transcript: Path | None = None, files: Path | None = None) -> None:
        self._now = now
        self._transcript = None if transcript is None else Transcript(transcript)
        self._files = files
        self._posts: dict[str, Post] = {}
        self._by_key: dict[tuple[str, str], str] = {}
        self._listeners: list[Callable[[Post], None]] = []
        self._lock = RLock()
        for post in self._transcript.read() if self._transcript else ():
            self._keep(post)
        self._ids = itertools.count(1 + max(map(int, self._posts), default=0))
        self._revisions = itertools.count(1 + max((post.revision for post in self._posts.values()), default=0))

    @property
    def name(self) -> str:
        """`console`."""
        return NAME

    def post(self, channel: str, card: Card, key: str) -> PostRef:
        """Show a card in a channel; when the channel has a post with this key, that becomes the card."""
        return self._show(channel, card, key)

    def tell(self, account: str, card: Card, key: str) -> PostRef:
        """Send a person a direct message, in the conversation `@account`."""
        return self._show(direct(account), card, key)

    def update(self, ref: PostRef, card: Card, key: str) -> None:
        """Replace a post by the card. A card that changes nothing leaves no trace."""
        card = for_console(card)
        text = plain_card(card)
        with self._lock:
            post = self._posts.get(ref.post)
            if post is None or post.conversation != ref.conversation:
                raise PostGone(f"no post {ref.post} in {ref.conversation}")
            if (post.text, post.key) == (text, key) and post.card in (card, None):
                self._keep(replace(post, card=card))  # a post of before a restart gets its buttons back
                return
            changed = replace(
                post, key=key, text=text, card=card, edited_at=self._now(), revision=next(self._revisions)
            )
            self._write(changed)
            self._keep(changed)
        self._tell_listeners(changed)

    def find(self, conversation: str, key: str) -> PostRef | None:
        """The post with this key in a channel or in `@account`."""
        with self._lock:
            post = self._by_key.get((conversation, key))
            return None if post is None else PostRef(conversation, post)

    def send_file(self, account: str, name: str, media_type: str, content: bytes, key: str) -> PostRef:
        """Send a person a file; its content stands in the folder for files before this returns."""
        with self._lock:
            known = self.find(direct(account), key)
            if known is not None:
                return known
            path = "" if self._files is None else _put(self._files, name, content)
            file = File(neutral(name), media_type, len(content), path)
            post = self._new(direct(account), key, file.name)
            post = replace(post, file=file)
            self._write(post)
            self._keep(post)
        self._tell_listeners(post)
        return PostRef(post.conversation, post.id)

    def account_id(self, name: str) -> str:
        """The name itself: accounts here have no other id."""
        return name

    def posts(self, conversation: str) -> tuple[Post, ...]:
        """The posts of a conversation as they stand now, in the order in which they came."""
        with self._lock:
            return tuple(post for post in self._posts.values() if post.conversation == conversation)

    def listen(self, listener: Callable[[Post], None]) -> Callable[[], None]:
        """Have each new or changed post told to `listener`, in the thread that made it; the result ends that.

        A listener must not raise: whoever sent the post would take it for a failure of the platform.
        """
        with self._lock:
            self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _show(self, conversation: str, card: Card, key: str) -> PostRef:
        card = for_console(card)
        with self._lock:
            known = self.find(conversation, key)
            if known is None:
                post = replace(self._new(conversation, key, plain_card(card)), card=card)
                self._write(post)
                self._keep(post)
        if known is not None:
            self.update(known, card, key)
            return known
        self._tell_listeners(post)
        return PostRef(conversation, post.id)

    def _new(self, conversation: str, key: str, text: str) -> Post:
        return Post(str(next(self._ids)), conversation, key, AUTHOR, text, self._now(), next(self._revisions))

    def _keep(self, post: Post) -> None:
        before = self._posts.get(post.id)
        if before is not None:
            self._by_key.pop((before.conversation, before.key), None)
        self._posts[post.id] = post
        self._by_key[post.conversation, post.key] = post.id

    def _write(self, post: Post) -> None:
        if self._transcript is None:
            return
        try:
            if post.edited_at is None:
                self._transcript.add(post)
            else:
                self._transcript.edit(post, post.edited_at)
        except OSError as error:
            raise PlatformUnavailable(f"cannot write the transcript: {error.strerror}") from error

    def _tell_listeners(self, post: Post) -> None:
        for listener in tuple(self._listeners):
            listener(post)


def _put(folder: Path, name: str, content: bytes) -> str:
    """Write a file under a free name that cannot leave the folder, and say where."""
    safe = "".join(sign if sign.isalnum() or sign in "._-" else "-" for sign in neutral(name)).lstrip(".")
    stem, dot, suffix = safe.rpartition(".")
    safe = f"{(stem or suffix)[:_LONGEST_STEM]}{dot}{suffix[:_LONGEST_SUFFIX] if stem else ''}"
    names = itertools.chain([safe] if safe else [], (f"{number}-{safe}" for number in itertools.count(2)))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = next(each for each in (folder / name for name in names) if not each.exists())
        path.write_bytes(content)
    except OSError as error:
        raise PlatformUnavailable(f"cannot write the file: {error.strerror}") from error
    return str(path)
