"""A form as a dialog of Mattermost, and what comes back as values: of all of it nothing is taken on trust.

The server checks no limit and passes on whatever is sent, so that the limits are kept here. A title and a label count
bytes. A radio never begins with a choice: the client would send it without having shown it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from bot.views.card import Block, Text
from bot.views.cut import cut
from bot.views.form import Field, FieldKind, Form
from bot.views.text import plain

CALLBACK: Final = "samenspraak"
TITLE: Final = 24
"""Bytes of the title, and of the label of a field."""
SUBMIT: Final = 20
HINT: Final = 150
"""Characters of a help text, a placeholder, and a value in a line."""
TEXTAREA: Final = 3_000
INTRODUCTION: Final = 12_000
OPTION: Final = 100
MOST_ELEMENTS: Final = 4
"""Fields of one step; with more of them the buttons of a phone fall off the screen. One step alone may hold more."""
MOST_VALUES: Final = 50


class Unexpected(ValueError):
    """A submission that no dialog of ours can have brought about."""


# --- out ------------------------------------------------------------------------------------------------------


def dialog(form: Form, *, state: str, text: Callable[[Sequence[Block]], str]) -> dict[str, Any]:
    """The dialog that asks a form. `state` is sealed, and comes back with the answers; `text` makes markdown of blocks."""
    return {
        "callback_id": CALLBACK,
        "title": _bytes(form.title, TITLE),
        "introduction_text": cut(text(form.intro), INTRODUCTION),
        "elements": [_element(each) for each in form.fields],
        "submit_label": cut(plain(form.submit), SUBMIT),
        "notify_on_cancel": False,
        "state": state,
    }


def step(form: Form, *, state: str, text: Callable[[Sequence[Block]], str]) -> dict[str, Any]:
    """The answer to a submission that leads to a next page."""
    return {"type": "form", "form": dialog(form, state=state, text=text)}


def errors(message: str, field: str = "", general: str = "") -> dict[str, Any]:
    """The answer to a submission that is refused: beside the field that it is about, what was typed stays.

    `general` names the field: nothing moves the eye, or a screen reader, to where it is.
    """
    if not field:
        return {"error": message}
    return {"errors": {field: message}, **({"error": general} if general else {})}


def _element(field: Field) -> dict[str, Any]:
    element: dict[str, Any] = {
        "display_name": _bytes(field.label, TITLE),
        "name": field.name,
        "type": "text",
        "default": "",
        "placeholder": cut(plain(field.placeholder), HINT),
        "help_text": cut(plain(field.help), HINT),
        "optional": not field.required,
    }
    match field.kind:
        case FieldKind.LINE if field.longest <= HINT:
            return element | {"subtype": "text", "max_length": field.longest, "default": _whole(field, HINT)}
        case FieldKind.LINE | FieldKind.TEXT:
            longest = min(field.longest, TEXTAREA)
            return element | {"type": "textarea", "max_length": longest, "default": _whole(field, longest)}
        case FieldKind.CHOICE:
            return element | {"type": "radio", "options": _options(field)}
        case FieldKind.SELECT:
            chosen = field.value if any(each.value == field.value for each in field.options) else ""
            hint = element["placeholder"] or element["display_name"]
            return element | {"type": "select", "options": _options(field), "default": chosen, "placeholder": hint}
        case FieldKind.CHECK:
            hint = element["placeholder"] or element["display_name"]
            ticked = "true" if field.value == "true" else ""
            return element | {"type": "bool", "default": ticked, "placeholder": hint}


def _options(field: Field) -> list[dict[str, str]]:
    return [{"text": cut(plain(each.label), OPTION), "value": each.value} for each in field.options]


def _whole(field: Field, longest: int) -> str:
    """What is filled in already, or nothing: a text that was cut would be sent as if somebody had shortened it."""
    return field.value if len(field.value) <= longest else ""


def _bytes(text: Text, most: int) -> str:
    """A line of at most so many bytes."""
    line = plain(text)
    length = len(line)
    while len(line.encode()) > most:
        length -= 1
        line = cut(plain(text), length)
    return line


# --- in -------------------------------------------------------------------------------------------------------


def values(names: Collection[str], submission: Mapping[str, object]) -> dict[str, str]:
    """What was filled in, by the name of the field; an empty field is left out.

    `names` are the fields of the page: the client sends what was typed on earlier pages as well, and that is left alone.
    Whether a value is possible is for the command to say. Raises Unexpected for a shape or length that no field has.
    """
    if len(submission) > MOST_VALUES:
        raise Unexpected
    found = {name: _value(submission[name]) for name in names if name in submission}
    return {name: value for name, value in found.items() if value}


def _value(given: object) -> str:
    match given:
        case None | False:
            return ""
        case True:
            return "true"
        case str():
            found = given
        case int():
            found = str(given)
        case float() if given.is_integer() and abs(given) < 2**53:  # a number of JSON without a fraction
            found = str(int(given))
        case list() if all(isinstance(each, str) for each in given) and len(given) <= MOST_VALUES:
            found = ",".join(given)
        case _:
            raise Unexpected
    if len(found) > TEXTAREA:
        raise Unexpected
    return found
