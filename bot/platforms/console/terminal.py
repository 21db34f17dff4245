"""The two ways to hold a chat: at a terminal, with completion and history, and line by line without one."""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from bot.platforms.console.chat import Chat

if TYPE_CHECKING:
    from prompt_toolkit.completion import CompleteEvent, Completion
    from prompt_toolkit.document import Document

Complete = Callable[[str], Sequence[tuple[str, str]]]
"""From the line so far to the words that may stand at its end, each with its meaning.

A word replaces what was typed of it: everything after the last white space.
"""

WIDEST: Final = 100
"""Columns after which a line is hard to read, however wide the terminal is."""

_WITHOUT_TERMINAL: Final = 80
_WORD: Final = re.compile(r"\S*\Z")


def converse(
    chat: Chat,
    complete: Complete,
    history: Path | None = None,
    stdin: TextIO | None = None,
    stdout: TextIO | None = None,
) -> None:
    """Hold the chat until `:stop` or the end of the input, on standard input and output unless given.

    `history` is a file that keeps what was typed from one chat to the next.
    """
    lines, out = stdin or sys.stdin, stdout or sys.stdout
    if lines.isatty() and out.isatty() and os.environ.get("TERM") != "dumb":
        at_terminal(chat, complete, history)
    else:
        _keep_bytes(lines, "surrogateescape")
        _keep_bytes(out, "replace")
        line_by_line(chat, lines, out, echo=not lines.isatty())


def line_by_line(chat: Chat, lines: Iterable[str], out: TextIO, *, echo: bool = True) -> None:
    """Plain lines, until the last one; with `echo` what was typed is shown before its answer."""

    def write(text: str) -> None:
        out.write(text)
        out.flush()

    with chat.shown_by(write, lambda: _WITHOUT_TERMINAL, bold=False):
        for line in _continued(lines):
            if echo and line.strip():
                chat.echo(line)
            if not chat.take(line):
                return


def at_terminal(chat: Chat, complete: Complete, history: Path | None) -> None:
    """A prompt with completion and history, above which posts appear as they come."""
    # Loaded here: a chat without a terminal need not wait for it.
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import Completer, Completion
    from prompt_toolkit.history import FileHistory, InMemoryHistory
    from prompt_toolkit.patch_stdout import patch_stdout

    class Words(Completer):
        def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
            line = document.text_before_cursor
            typed = len(_WORD.findall(line)[0])
            for word, meaning in chat.local_words(line) if line.startswith(":") else complete(line):
                yield Completion(word, start_position=-typed, display_meta=meaning)

    if history is not None:
        history.touch(mode=0o600)  # what one types is nobody else's business
    session: PromptSession[str] = PromptSession(
        history=InMemoryHistory() if history is None else FileHistory(str(history)),
        completer=Words(),
        complete_while_typing=False,
        reserve_space_for_menu=4,
    )

    def lines() -> Iterator[str]:
        while True:
            try:
                yield session.prompt(lambda: f"{chat.prompt()}> ")
            except KeyboardInterrupt:
                continue
            except EOFError:
                return

    def write(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    def width() -> int:
        return min(WIDEST, shutil.get_terminal_size().columns)

    with patch_stdout(raw=True), chat.shown_by(write, width, bold=True):
        for line in _continued(lines()):
            write("\n")
            if not chat.take(line):
                return


def _continued(lines: Iterable[str]) -> Iterator[str]:
    """Whole lines: one that ends in a backslash goes on in the next."""
    begun = ""
    for line in lines:
        line = line.removesuffix("\n").removesuffix("\r")
        if line.endswith("\\"):
            begun += line.removesuffix("\\") + "\n"
        else:
            yield begun + line
            begun = ""
    if begun:
        yield begun


def _keep_bytes(stream: TextIO, errors: str) -> None:
    """No byte of the input and no sign of the output stops the chat."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors=errors)
