"""The numbers by which the buttons on the screen are chosen."""

from __future__ import annotations

from collections.abc import Container

from bot.views.card import Button


class Choices:
    """Which button each number stands for now. Not for several threads at once.

    A number never passes from one button on the screen to another by itself: messages that come in while
    somebody is about to choose get numbers after those in use. Only an answer to one's own act begins at 1
    again.
    """

    def __init__(self) -> None:
        self._buttons: dict[int, Button] = {}
        self._of: dict[str, tuple[int, ...]] = {}

    def begin(self, buttons: tuple[Button, ...]) -> tuple[int, ...]:
        """The numbers of an answer with buttons; all older numbers are gone."""
        self._buttons = dict(enumerate(buttons, start=1))
        self._of = {}
        return tuple(self._buttons)

    def add(self, post: str, buttons: tuple[Button, ...]) -> tuple[int, ...]:
        """The numbers of a post's buttons: those it had when they are as many, else new ones."""
        numbers = self._of.pop(post, ())
        if len(numbers) != len(buttons):
            for number in numbers:
                del self._buttons[number]
            first = 1 + max(self._buttons, default=0)
            numbers = tuple(range(first, first + len(buttons)))
        self._of[post] = numbers
        self._buttons.update(zip(numbers, buttons, strict=True))
        return numbers

    def keep(self, posts: Container[str]) -> None:
        """Drop every number but those of these posts: for somebody else, or somewhere else."""
        self._of = {post: numbers for post, numbers in self._of.items() if post in posts}
        kept = {number for numbers in self._of.values() for number in numbers}
        self._buttons = {number: button for number, button in self._buttons.items() if number in kept}

    def take(self, number: int) -> Button | None:
        """The button with a number, None when there is no such number.

        An answer is a question that is asked once: with one of its numbers taken, all of them are gone.
        """
        button = self._buttons.get(number)
        if button is not None and not any(number in numbers for numbers in self._of.values()):
            self.keep(self._of)
        return button
