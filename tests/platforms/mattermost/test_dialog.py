"""Dialogs: every form keeps the limits that Mattermost leaves to us, and of what comes back nothing is taken on trust."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from bot.forms import confirmation, merged, receipt
from bot.i18n import LOCALES, Catalogue
from bot.platforms.mattermost.dialog import Unexpected, dialog, errors, step, values
from bot.views.card import Block, Card, Paragraph, UserText
from bot.views.form import Field, FieldKind, Form, Option
from bot.views.text import plain, plain_card
from commands.command import Choice, Reply, read
from commands.domain.errors import InvalidValue
from commands.domain.values import Line
from storage.migrate import migrate
from tests.bot.filling import AMSTERDAM, ITEM, SCENES, ask, walk
from tests.commands.table import VNG, Table, a_table
from tests.platforms.hostile import HOSTILE
from tests.platforms.mattermost.recorded import case

EMOJI = set("✔☑⚠⏳✉✅")
KEYS = {
    "text": {"subtype", "max_length"},
    "textarea": {"max_length"},
    "radio": {"options"},
    "select": {"options"},
    "bool": set(),
}
"""What an element of each type has besides what all have."""


@pytest.fixture(params=["sqlite"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """What a form asks is the same on each database."""
    return str(request.param)


@pytest.fixture
def table(migrated_url: Callable[[Callable[[str], None]], str]) -> Iterator[Table]:
    """Two boards with their people."""
    with a_table(migrated_url(migrate)) as table:
        yield table


def text(blocks: Sequence[Block]) -> str:
    return plain_card(Card(("",), tuple(blocks))).strip()


def made(form: Form) -> dict[str, Any]:
    return dialog(form, state="sealed", text=text)


def a_form(*fields: Field, **changes: Any) -> Form:
    found: dict[str, Any] = {"title": ("Standpunt",), "intro": (), "submit": ("Vastleggen",), "command": "position"}
    return Form(**{**found, "fields": fields, **changes})


def a_field(kind: FieldKind = FieldKind.LINE, **changes: Any) -> Field:
    return Field(**{"name": "term", "label": ("Termijn",), "kind": kind, **changes})


def element(field: Field) -> dict[str, Any]:
    found: dict[str, Any] = made(a_form(field))["elements"][0]
    return found


OPTIONS = (Option(("Akkoord",), "agree"), Option(("Bezwaar",), "object"))


# --- every form ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", sorted(SCENES))
def test_every_page_of_every_form_keeps_the_limits(name, locale):
    for form, _ in walk(name)[locale]:
        shown = made(form)
        elements = shown["elements"]
        assert 0 < len(shown["title"].encode()) <= 24
        assert 0 < len(shown["submit_label"]) <= 20
        assert len(elements) <= 4
        assert len({each["name"] for each in elements}) == len(elements)
        assert not EMOJI & set(json.dumps(shown, ensure_ascii=False))
        for each in elements:
            assert 0 < len(each["display_name"].encode()) <= 24
            assert len(each["help_text"]) <= 150
            assert len(each["placeholder"]) <= 150
            assert not ("options" in each and each["type"] == "radio" and each["default"])
            assert each["type"] != "select" or each["placeholder"]
            assert len(each["default"]) <= (3000 if each["type"] == "textarea" else 150)
            assert each.get("max_length", 0) <= (3000 if each["type"] == "textarea" else 150)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", sorted(SCENES))
def test_no_word_of_ours_in_a_form_is_cut(name, locale):
    for form, _ in walk(name)[locale]:
        shown = made(form)
        assert (shown["title"], shown["submit_label"]) == (plain(form.title), plain(form.submit))
        for each, field in zip(shown["elements"], form.fields, strict=True):
            assert (each["display_name"], each["help_text"]) == (plain(field.label), plain(field.help))


@pytest.mark.parametrize("name", sorted(SCENES))
def test_what_is_filled_in_on_a_page_comes_back_as_the_values_of_the_command(name):
    for form, expected in walk(name)["nl"]:
        filled = {each: value for each, value in expected.items() if each not in form.values}
        names = [each.name for each in form.fields]
        if "weight" in names:
            continue  # becomes an argument of another name
        assert merged(form.values, values(names, filled)) == expected


@pytest.mark.parametrize("locale", LOCALES)
def test_the_last_steps_keep_the_limits(locale):
    catalogue = Catalogue(locale, AMSTERDAM)
    choice = Choice(Line("choice.confirm", {}), "consult close", {"item": ITEM, "confirmed": "true"})
    question = confirmation(Reply("form.for", {"organisation": "VNG"}, (), (choice,)), catalogue)
    assert question is not None

    for form in (question, receipt(Card(("Vastgelegd.",)), catalogue)):
        shown = made(form)
        assert (shown["title"], shown["submit_label"]) == (plain(form.title), plain(form.submit))
        assert len(shown["title"].encode()) <= 24
        assert len(shown["submit_label"]) <= 20
        assert shown["elements"] == []
        assert shown["introduction_text"] != ""


# --- elements -------------------------------------------------------------------------------------------------------


def test_a_dialog_has_the_keys_that_the_server_knows():
    recorded = json.loads(case("dialog_open_all_elements")["effect"]["data"]["dialog"])["dialog"]

    shown = made(a_form(*(a_field(kind, name=kind.value, options=OPTIONS) for kind in FieldKind)))

    known = {key for each in recorded["elements"] for key in each}
    assert set(shown) <= set(recorded)
    assert {key for each in shown["elements"] for key in each} <= known
    assert {each["type"] for each in shown["elements"]} <= {each["type"] for each in recorded["elements"]}
    assert (shown["state"], shown["notify_on_cancel"]) == ("sealed", False)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (FieldKind.LINE, "text"),
        (FieldKind.TEXT, "textarea"),
        (FieldKind.CHOICE, "radio"),
        (FieldKind.SELECT, "select"),
        (FieldKind.CHECK, "bool"),
    ],
)
def test_each_kind_of_field_has_its_element(kind, expected):
    shown = element(a_field(kind, options=OPTIONS, longest=150, required=True))
    common = {"display_name", "name", "type", "default", "placeholder", "help_text", "optional"}

    assert (shown["type"], shown["optional"]) == (expected, False)
    assert set(shown) == common | KEYS[expected]


def test_a_radio_never_begins_with_a_choice_and_a_select_may():
    assert element(a_field(FieldKind.CHOICE, options=OPTIONS, value="agree"))["default"] == ""
    assert element(a_field(FieldKind.SELECT, options=OPTIONS, value="agree"))["default"] == "agree"
    assert element(a_field(FieldKind.SELECT, options=OPTIONS, value="iets"))["default"] == ""


def test_a_select_without_a_hint_is_named_by_its_label():
    assert element(a_field(FieldKind.SELECT, options=OPTIONS))["placeholder"] == "Termijn"
    assert element(a_field(FieldKind.CHECK))["placeholder"] == "Termijn"


def test_a_line_that_may_be_long_is_a_textarea():
    assert (element(a_field(longest=150))["type"], element(a_field(longest=151))["type"]) == ("text", "textarea")
    assert element(a_field(FieldKind.TEXT, longest=9000))["max_length"] == 3000


def test_what_does_not_fit_is_not_filled_in_by_half():
    assert element(a_field(longest=150, value="a" * 151))["default"] == ""
    assert element(a_field(FieldKind.TEXT, value="a" * 3000))["default"] == "a" * 3000
    assert element(a_field(FieldKind.TEXT, value="a" * 3001, longest=9000))["default"] == ""


@pytest.mark.parametrize("word", ["é" * 13, "e\u0301" * 12, "👩‍👩‍👧‍👦" * 2, "🇳🇱" * 4, "a" * 25, "日本語" * 4])
def test_a_label_is_cut_by_bytes_between_letters(word):
    label = element(a_field(label=(word,)))["display_name"]

    kept = label.removesuffix("…")
    assert label.endswith("…")
    assert len(label.encode()) <= 24
    assert unicodedata.normalize("NFC", word).startswith(unicodedata.normalize("NFC", kept))
    assert not word[len(kept) :].startswith(("\u0301", "\u200d"))


def test_a_label_that_just_fits_is_whole():
    assert element(a_field(label=("é" * 12,)))["display_name"] == "é" * 12


@pytest.mark.parametrize("typed", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_name_that_somebody_typed_is_one_harmless_line(typed):
    options = (Option((UserText(typed),), "vng"),)

    shown = element(a_field(FieldKind.SELECT, options=options))["options"][0]["text"]

    assert len(shown) <= 100
    assert "\n" not in shown
    assert [each for each in shown if unicodedata.category(each) in ("Cc", "Zl", "Zp", "Cs")] == []


def test_a_long_introduction_is_cut():
    form = a_form(intro=(Paragraph(("a" * 20_000,)),))

    assert len(made(form)["introduction_text"]) == 12_000


def test_a_next_page_is_the_answer_to_the_page_before():
    form = a_form(a_field())

    assert step(form, state="sealed", text=text) == {"type": "form", "form": made(form)}


def test_a_refusal_stands_beside_its_field_and_names_it():
    assert errors("Dit is geen termijn.", "term", "Kijk bij Termijn.") == {
        "errors": {"term": "Dit is geen termijn."},
        "error": "Kijk bij Termijn.",
    }
    assert errors("De ronde is gesloten.") == {"error": "De ronde is gesloten."}


# --- what comes back ------------------------------------------------------------------------------------------------


def test_the_shapes_that_a_client_sends_become_values():
    sent = case("dialog_submit_all_elements")["request_to_bot"]["body"]["submission"]

    found = values(["vraag", "leden", "anoniem", "einde", "eindtijd", "wijze", "toel"], sent)

    assert found == {
        "vraag": "Q",
        "leden": "a437cho3djgguxg1nbmtgt5mmy,mn4pysco8byidnkpkxotf5xsdy",
        "anoniem": "true",
        "einde": "2026-12-01",
        "eindtijd": "2026-12-01T12:00:00+01:00",
        "wijze": "open",
    }


@pytest.mark.parametrize("given", [{}, {"text": ""}, {"text": None}, {"text": False}, {"text": []}])
def test_an_empty_field_is_left_out(given):
    assert values(["text"], given) == {}


@pytest.mark.parametrize(("given", "expected"), [(3, "3"), (3.0, "3"), (True, "true"), ("true", "true")])
def test_a_number_and_a_tick_are_words(given, expected):
    assert values(["point"], {"point": given}) == {"point": expected}


def test_what_was_typed_on_another_page_is_left_alone():
    assert values(["kind"], {"kind": "financial", "stance": "agree", "confirmed": "true"}) == {"kind": "financial"}


@pytest.mark.parametrize(
    "given", [{"a": 1}, [1], [["a"]], [{"a": 1}], 1.5, float("inf"), float("nan"), "a" * 3001, ["a"] * 51]
)
def test_a_shape_or_length_that_no_field_has_is_refused(given):
    with pytest.raises(Unexpected):
        values(["text"], {"text": given})


def test_a_nested_value_of_another_page_is_not_even_looked_at():
    sent = case("dialog_submit_forged")["request_to_bot"]["body"]["submission"]

    assert values(["x"], sent) == {"x": "1"}
    with pytest.raises(Unexpected):
        values(["o"], sent)


def test_more_values_than_any_form_has_are_refused():
    with pytest.raises(Unexpected):
        values(["text"], {f"field-{number}": "" for number in range(51)})


def test_a_value_outside_its_options_is_refused_by_the_command(table):
    table.opened()
    form = ask(table, VNG, "position", {"item": ITEM})
    assert form is not None
    found = merged(form.values, values([each.name for each in form.fields], {"stance": "altijd"}))

    with pytest.raises(InvalidValue) as caught:
        read("position", found, table.app.commands, "nl")

    assert caught.value.word == "altijd"
