"""The posts of the console, and the file of JSON lines in which they are kept."""

from __future__ import annotations

import contextlib
import errno
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.views.card import Card


@dataclass(frozen=True, slots=True)
class File:
    """A file that was sent: `path` is where its content was put, empty when the console keeps no files."""

    name: str
    media_type: str
    size: int
    path: str


@dataclass(frozen=True, slots=True)
class Post:
    """One message as it stands now. `revision` grows with every change of any post.

    `text` is the card as plain text. `card` is None for a file, and for a post of before a restart.
    """

    id: str
    conversation: str
    key: str
    author: str
    text: str
    at: datetime
    revision: int
    edited_at: datetime | None = None
    card: Card | None = None
    file: File | None = None


class Transcript:
    """A file that is only ever appended to: a line for each new post and each edit."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def read(self) -> Iterator[Post]:
        """Each post as it was after each line, in order.

        A last line that a crash cut off is taken out of the file; any other fault is a ValueError with file
        and line.
        """
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            os.truncate(self._path, whole)
        posts: dict[str, Post] = {}
        for number, line in enumerate(content[:whole].splitlines(), start=1):
            try:
                post = _post(json.loads(line), posts, number)
            except (ValueError, TypeError, KeyError) as error:
                raise ValueError(f"{self._path}, line {number}: not a line of a transcript") from error
            posts[post.id] = post
            yield post

    def add(self, post: Post) -> None:
        """Keep a new post: on disk when this returns, and the file as it was when it raises OSError."""
        line: dict[str, object] = {
            "op": "post", "id": post.id, "conversation": post.conversation, "key": post.key,
            "author": post.author, "text": post.text, "at": post.at.isoformat(),
        }  # fmt: skip
        if post.file is not None:
            line["file"] = [post.file.name, post.file.media_type, post.file.size, post.file.path]
        self._append(line)

    def edit(self, post: Post, at: datetime) -> None:
        """Keep what a post became at an instant; as `add`."""
        self._append({"op": "edit", "id": post.id, "key": post.key, "text": post.text, "at": at.isoformat()})

    def _append(self, line: Mapping[str, object]) -> None:
        data = json.dumps(line).encode("ascii") + b"\n"
        with self._path.open("ab", buffering=0) as file:
            size = file.tell()
            try:
                if file.write(data) != len(data):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(file.fileno())
            except OSError:
                with contextlib.suppress(OSError):
                    file.truncate(size)
                raise
        if size == 0:
            self._keep_name()

    def _keep_name(self) -> None:
        """Have the name of a new file on disk as well."""
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _post(line: Mapping[str, Any], posts: Mapping[str, Post], revision: int) -> Post:
    at = datetime.fromisoformat(line["at"])
    match line["op"]:
        case "post":
            file = File(*line["file"]) if "file" in line else None
            return Post(
                line["id"],
                line["conversation"],
                line["key"],
                line["author"],
                line["text"],
                at,
                revision,
                file=file,
            )
        case "edit":
            return replace(posts[line["id"]], key=line["key"], text=line["text"], edited_at=at, revision=revision)
        case unknown:
            raise ValueError(unknown)
