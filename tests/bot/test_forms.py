"""Forms: every command can be filled in page by page, and is refused while the fault can still be mended."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.formpages import PAGES
from bot.forms import complaint, confirmation, field_of, has_form, incomplete, merged, receipt
from bot.i18n import Catalogue
from bot.tryout import WEIGHT, WRITES
from bot.views.card import Card, Facts, Paragraph, Quote, UserText
from bot.views.form import Field, FieldKind, Form
from bot.views.text import plain
from commands import COMMANDS, ports
from commands.command import Choice, Command, Reply, read
from commands.domain import errors
from commands.domain.errors import Refusal, RoundClosed
from commands.domain.values import Code, Line
from storage.migrate import migrate
from tests.bot.filling import AMSTERDAM, ITEM, SCENES, ask, fill, pages, walk
from tests.commands.table import CHAIR, GUEST, IPO, SECRETARY, VNG, Table, a_table
from tests.factories import DEADLINE

NL = Catalogue("nl", AMSTERDAM)
REQUIRED = [
    (each.name, parameter.en)
    for each in COMMANDS
    if each.name in PAGES
    for parameter in each.parameters
    if parameter.required
]


@pytest.fixture(params=["sqlite"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """What a form asks is the same on each database."""
    return str(request.param)


@pytest.fixture
def table(migrated_url: Callable[[Callable[[str], None]], str]) -> Iterator[Table]:
    """Two boards with their people."""
    with a_table(migrated_url(migrate)) as table:
        yield table


def command(name: str) -> Command:
    return next(each for each in COMMANDS if each.name == name)


def page(form: Form | None) -> Form:
    assert form is not None
    return form


def names(form: Form | None) -> list[str]:
    return [each.name for each in page(form).fields]


def field(form: Form | None, name: str) -> Field:
    return next(each for each in page(form).fields if each.name == name)


def said(form: Form | None) -> str:
    """All that stands above the questions."""
    return "\n".join(
        f"{plain(each.label)}: {each.text.text}"
        if isinstance(each, Quote)
        else "; ".join(f"{plain(label)}: {plain(value)}" for label, value in each.rows)
        if isinstance(each, Facts)
        else plain(each.text)
        if isinstance(each, Paragraph)
        else ""
        for each in page(form).intro
    )


def refused(table: Table, person: str, name: str, values: dict[str, str], **more: Any) -> tuple[str, str]:
    """The code of the refusal, and the field that it is about."""
    with pytest.raises(Refusal) as caught:
        ask(table, person, name, values, **more)
    return caught.value.code, field_of(caught.value, command(name), values)


# --- every form ---------------------------------------------------------------------------------------------------


def test_every_command_with_a_form_is_filled_in_by_these_tests():
    assert sorted(SCENES) == sorted(PAGES)


def test_every_command_that_cannot_do_without_an_argument_has_a_form():
    needy = {each.name for each in COMMANDS if any(parameter.required for parameter in each.parameters)}

    assert needy - set(PAGES) == set()


@pytest.mark.parametrize("name", sorted(SCENES))
def test_what_a_form_asks_is_accepted_by_the_command(table, name):
    SCENES[name].happened(table)
    *_, (_, values) = [(None, dict(SCENES[name].values)), *pages(table, name)]

    assert read(name, values, COMMANDS, "nl")[0].name == name
    answer = table.press(SCENES[name].person, name, values)
    assert answer.refusal == "", answer.text


@pytest.mark.parametrize("name", sorted(SCENES))
def test_what_a_form_asks_on_one_page_is_accepted_by_the_command(table, name):
    SCENES[name].happened(table)
    has_item = any(each.en == "item" and each.required for each in command(name).parameters)
    given = {"item": ITEM} if has_item else {}

    every = list(pages(table, name, given, joined=True))

    assert len(every) <= 1
    answer = table.press(SCENES[name].person, name, every[0][1] if every else given)
    assert answer.refusal == "", answer.text


@pytest.mark.parametrize(("name", "argument"), REQUIRED)
def test_every_required_argument_can_be_given_through_the_pages(name, argument):
    assert walk(name)["nl"][-1][1][argument] != ""


@pytest.mark.parametrize("name", sorted(SCENES))
def test_a_page_asks_at_most_four_things_and_a_long_text_last(name):
    for form, _ in walk(name)["nl"]:
        is_text = [each.kind is FieldKind.TEXT for each in form.fields]
        assert len(form.fields) <= 4
        assert is_text == sorted(is_text)


@pytest.mark.parametrize("name", sorted(SCENES))
def test_a_choice_never_begins_with_an_answer_and_a_select_always_has_a_hint(name):
    fields = [field for form, _ in walk(name)["nl"] for field in form.fields]

    assert [each.name for each in fields if each.kind is FieldKind.CHOICE and each.value] == []
    assert [each.name for each in fields if each.kind is FieldKind.SELECT and not each.placeholder] == []


def test_nothing_is_asked_about_a_command_that_has_what_it_needs(table):
    table.opened()

    assert ask(table, CHAIR, "consult remind", {"item": "001"}) is None
    assert ask(table, VNG, "position", {"item": "001", "stance": "agree"}, after=1) is None


# --- a position ---------------------------------------------------------------------------------------------------


def test_a_position_asks_the_stance_the_points_and_the_text(table):
    table.opened()

    form = ask(table, VNG, "position", {"item": "1"})

    assert names(form) == ["stance", "point", "text"]
    assert [each.value for each in field(form, "stance").options] == [
        "agree",
        "no-objection",
        "agree-if",
        "reservation",
        "abstain",
        "object",
        "recuse",
    ]
    assert (page(form).values, page(form).page, plain(page(form).title)) == ({"item": ITEM}, 1, "Standpunt geven")
    assert "Namens Organisatie vng." in said(form)
    assert "maandag 25 januari 2027 om 17:00" in said(form)


def test_only_a_reservation_has_a_second_page(table):
    table.opened()

    second = ask(table, VNG, "position", {"item": ITEM, "stance": "reservation", "text": "Eerst overleg."}, after=1)
    other = ask(table, VNG, "position", {"item": ITEM, "stance": "agree-if", "text": "Eerst overleg."}, after=1)

    assert names(second) == ["kind", "suspensive", "until", "basis"]
    assert page(second).values == {"item": ITEM, "stance": "reservation", "text": "Eerst overleg."}
    assert plain(page(second).title) == "Standpunt geven (2/2)"
    assert "Standpunt: Voorbehoud" in said(second)
    assert other is None


def test_who_speaks_for_several_organisations_says_for_which_one(table):
    table.opened()
    table.say(SECRETARY, f"/mandaat verleen {VNG} ipo")

    form = ask(table, VNG, "position", {"item": ITEM})

    assert names(form) == ["stance", "for", "point", "text"]
    assert [each.value for each in field(form, "for").options] == ["ipo", "vng"]
    assert field(form, "for").required
    assert "Namens" not in said(form)


def test_who_typed_for_which_organisation_finds_it_filled_in(table):
    table.opened()
    table.say(SECRETARY, f"/mandaat verleen {VNG} ipo")

    form = ask(table, VNG, "position", {"item": ITEM, "for": "IPO"})

    assert field(form, "for").value == "ipo"


def test_the_position_that_stands_is_shown_and_its_text_can_be_changed(table):
    table.opened()
    table.say(VNG, '/standpunt 001 mits "Alleen vanaf 2031." --punt 2')

    form = ask(table, VNG, "position", {"item": ITEM})

    assert "Nu vastgelegd: akkoord, mits" in said(form)
    assert "Tekst: Alleen vanaf 2031." in said(form)
    assert (field(form, "text").value, field(form, "point").value) == ("Alleen vanaf 2031.", "2")
    assert plain(page(form).submit) == "Verder"


def test_the_text_of_one_stance_is_not_filled_in_for_another(table):
    table.opened()
    table.say(VNG, '/standpunt 001 mits "Alleen vanaf 2031."')

    form = ask(table, VNG, "position", {"item": ITEM, "stance": "agree"})

    assert field(form, "text").value == ""


def test_a_stance_chosen_before_is_shown_and_not_asked_again(table):
    table.opened()

    form = ask(table, VNG, "position", {"item": ITEM, "stance": "object"})

    assert names(form) == ["point", "text"]
    assert page(form).values == {"item": ITEM, "stance": "object"}
    assert "Standpunt: Bezwaar" in said(form)
    assert field(form, "text").required


def test_another_organisation_sees_nothing_of_a_position(table):
    table.opened()
    table.say(VNG, '/standpunt 001 mits "Alleen vanaf 2031."')

    assert "Nu vastgelegd" not in said(ask(table, IPO, "position", {"item": ITEM}))


# --- other forms ----------------------------------------------------------------------------------------------------


def test_an_item_that_is_not_named_is_chosen_first(table):
    table.opened()

    form = ask(table, CHAIR, "consult close", {})

    assert names(form) == ["item"]
    assert [(plain(each.label), each.value) for each in field(form, "item").options] == [(f"{ITEM} Kader", ITEM)]
    assert names(ask(table, CHAIR, "consult close", fill(page(form), {}), after=page(form).page)) == ["reason"]


def test_without_anything_to_choose_from_the_number_is_typed(table):
    form = ask(table, CHAIR, "consult close", {})

    assert field(form, "item").kind is FieldKind.LINE


def test_a_person_on_two_boards_first_chooses_the_board_in_a_direct_message(table):
    table.join_vp(SECRETARY)

    form = ask(table, SECRETARY, "consult new", {}, channel="")
    following = ask(table, SECRETARY, "consult new", fill(page(form), {}), after=page(form).page, channel="")

    assert (names(form), [each.value for each in field(form, "board").options]) == (["board"], ["BOD", "VP"])
    assert (names(following), page(following).values) == (["title", "kind", "rule", "term"], {"board": "BOD"})


def test_a_new_version_begins_with_the_text_as_it_is_and_asks_its_weight_once(table):
    table.opened()

    form = ask(table, SECRETARY, "consult version", {"item": ITEM})

    assert names(form) == ["version", WEIGHT, "note", "text"]
    assert field(form, "text").value == table.item.version.text


@pytest.mark.parametrize("weight", ["substantive", "editorial"])
def test_the_weight_of_a_version_becomes_the_argument_of_its_name(weight):
    assert merged({"item": ITEM}, {WEIGHT: weight, "version": "1.1"}) == {
        "item": ITEM,
        "version": "1.1",
        weight: "true",
    }


def test_the_only_organisation_with_a_condition_is_not_asked_but_shown_with_its_words(table):
    table.opened()
    table.say(VNG, '/standpunt 001 mits "Alleen vanaf 2031."')

    form = ask(table, SECRETARY, "consult condition", {"item": ITEM})

    assert names(form) == ["status", "answer"]
    assert page(form).values == {"item": ITEM, "organisation": "vng"}
    assert "Organisatie: VNG" in said(form)
    assert "VNG schreef: Alleen vanaf 2031." in said(form)


def test_an_objection_can_only_be_addressed_and_that_is_not_asked(table):
    SCENES["consult objection"].happened(table)

    form = ask(table, SECRETARY, "consult objection", {"item": ITEM, "organisation": "ipo"})

    assert names(form) == ["answer"]
    assert page(form).values["status"] == "addressed"


def test_who_has_a_condition_stays_hidden_with_the_positions(table):
    table.opened("--zichtbaar na-sluiting")
    table.say(VNG, '/standpunt 001 mits "Alleen vanaf 2031."')

    assert refused(table, SECRETARY, "consult condition", {"item": ITEM}) == ("hidden-until-close", "")


def test_an_adviser_is_asked_for_a_text_alone(table):
    table.opened()

    form = ask(table, "logius-vertegenwoordiger", "comment", {"item": ITEM})

    assert names(form) == ["point", "text"]
    assert field(form, "text").required


def test_a_representative_grants_for_the_own_organisation_alone(table):
    own = ask(table, VNG, "mandate grant", {})
    every = ask(table, SECRETARY, "mandate grant", {"person": "iemand"})

    assert "organisation" not in names(own)
    assert page(own).values == {"organisation": "vng"}
    assert [each.value for each in field(every, "organisation").options] == ["rijk", "vng", "ipo", "uvw", "logius"]
    assert field(every, "role").value == "representative"


def test_a_text_too_long_for_its_field_stays_as_it_was_given(table):
    table.opened()
    long = "Lang. " * 1000

    form = ask(table, VNG, "position", {"item": ITEM, "stance": "agree-if", "text": long})

    assert (names(form), page(form).values["text"]) == (["point"], long)


# --- refused in time ------------------------------------------------------------------------------------------------


def test_who_may_not_close_a_round_is_told_before_the_form_is_filled_in(table):
    table.opened()

    assert refused(table, SECRETARY, "consult close", {"item": ITEM}) == ("not-allowed", "")


def test_who_has_no_mandate_is_told_before_the_form_is_filled_in(table):
    table.opened()

    assert refused(table, GUEST, "position", {"item": ITEM}) == ("no-mandate", "")


def test_after_the_deadline_no_form_opens_and_nothing_is_kept_as_late(table):
    table.opened()
    table.wait_until(DEADLINE + timedelta(seconds=5))
    before = table.kinds()

    with pytest.raises(RoundClosed) as caught:
        ask(table, VNG, "position", {"item": ITEM})

    assert type(caught.value) is RoundClosed  # not that one was kept as late
    assert table.kinds() == before


def test_looking_for_the_next_question_keeps_nothing(table):
    table.opened()
    before = table.kinds()

    ask(table, VNG, "position", {"item": ITEM, "stance": "object", "text": "Te duur."})
    ask(table, CHAIR, "consult close", {"item": ITEM})

    assert table.kinds() == before
    assert table.filed("vng") == []


def test_a_fault_on_the_first_page_is_told_before_the_second(table):
    given = {"title": "Kader", "kind": "consent", "term": "sint-juttemis"}

    assert refused(table, SECRETARY, "consult new", given, after=1) == ("deadline-unclear", "term")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"kind": "consultation", "rule": "consensus"}, ("wrong-rule", "rule")),
        ({"kind": "vote"}, ("not-in-this-version", "kind")),
        ({"kind": "iets"}, ("invalid-value", "kind")),
        ({"title": "K" * 201}, ("text-too-long", "title")),
        ({"rule": "onzin"}, ("unknown-rule", "rule")),
    ],
)
def test_each_fault_of_a_new_item_belongs_to_its_field(table, given, expected):
    values = {"title": "Kader", **given}

    assert refused(table, SECRETARY, "consult new", values, after=1) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ("reason-required", "text")),
        ({"text": "Ja.", "point": "9"}, ("unknown-point", "point")),
        ({"text": "Ja.", "point": "twee"}, ("invalid-value", "point")),
        ({"text": "Ja.", "for": "ipo"}, ("no-mandate", "")),
        ({"text": "Ja.", "for": "onbekend"}, ("unknown-organisation", "for")),
    ],
)
def test_each_fault_of_a_reservation_is_told_before_its_second_page(table, given, expected):
    table.opened()
    values = {"item": ITEM, "stance": "reservation", **given}

    assert refused(table, VNG, "position", values, after=1) == expected


def test_what_was_typed_wrong_is_refused_instead_of_asked_again(table):
    table.opened()

    given = {"item": ITEM, "until": "sint-juttemis"}

    assert refused(table, CHAIR, "consult extend", given) == ("deadline-unclear", "until")


def test_who_was_named_is_not_blamed_for_who_is_still_to_be_named(table):
    form = ask(table, SECRETARY, "mandate replace", {"old": VNG, "organisation": "vng"})

    assert (names(form), field(form, "old").value) == (["old", "new", "organisation"], VNG)


def test_what_is_still_to_be_asked_is_no_fault(table):
    table.opened()
    values = {"item": ITEM, "stance": "reservation", "text": "Eerst overleg.", "suspensive": "true"}

    assert names(ask(table, VNG, "position", values, after=1)) == ["kind", "suspensive", "until", "basis"]


def test_on_a_chat_without_steps_a_missing_item_is_refused(table):
    assert refused(table, CHAIR, "consult close", {}, joined=True)[0] == "missing-argument"


@pytest.mark.parametrize(
    ("refusal", "name", "values", "expected"),
    [
        (errors.MissingArgument(Code("--tot"), Code("")), "consult extend", {}, "until"),
        (errors.MissingArgument(Code("reason"), Code("")), "consult extend", {}, "reason"),
        (errors.ReasonRequired(Code("tekst"), Code("")), "position", {}, "text"),
        (errors.DeadlineUnclear("ooit"), "consult open", {"term": "2 weken", "closes": "ooit"}, "closes"),
        (errors.DeadlineUnclear("ooit"), "consult open", {"term": "ooit"}, "term"),
        (errors.UnknownPerson("jan"), "mandate replace", {"old": "piet", "new": "jan"}, "new"),
        (errors.OwnGrant(), "mandate grant", {"person": "jan"}, "person"),
        (errors.OwnGrant(), "mandate replace", {"old": "piet", "new": "jan"}, "new"),
        (errors.ChooseWeight(Code("")), "consult version", {}, WEIGHT),
        (errors.ForbiddenCharacter(3), "consult close", {"item": "1", "reason": "a\x00"}, "reason"),
        (errors.DocumentIncomplete("abc"), "consult new", {"document": "https://x", "sha256": "abc"}, "sha256"),
        (errors.DocumentIncomplete("x"), "consult new", {"document": "x"}, "document"),
        (errors.Busy(), "consult new", {"title": "x"}, ""),
    ],
)
def test_a_refusal_knows_the_field_that_it_is_about(refusal, name, values, expected):
    assert field_of(refusal, command(name), values) == expected


def test_the_field_at_fault_is_named_as_the_form_names_it(table):
    table.opened()
    form = page(ask(table, CHAIR, "consult extend", {"item": ITEM}))

    assert plain(complaint(form, "until", NL)) == "Kijk bij het veld “Nieuwe sluiting”."
    assert complaint(form, "title", NL) == ()


def test_everything_that_keeps_something_is_held_back():
    """A method of the ports writes when it takes an event, or is one of the outbox."""
    found: dict[str, set[str]] = {}
    for name, repository in _repositories():
        for method, function in inspect.getmembers(repository, inspect.isfunction):
            annotations = inspect.get_annotations(function)
            if "Event" in annotations.values() or (name == "outbox" and annotations.get("return") == "None"):
                found.setdefault(name, set()).add(method)

    assert found == {name: set(methods) for name, methods in WRITES.items()}


def _repositories() -> list[tuple[str, type]]:
    getters = inspect.getmembers(ports.Transaction, lambda each: isinstance(each, property))
    named = [(name, inspect.get_annotations(getter.fget)["return"]) for name, getter in getters]
    return [(name, getattr(ports, kind)) for name, kind in named if hasattr(ports, kind) and name != "now"]


# --- a typed line that lacks something ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/standpunt 003", ("position", {"item": "003"})),
        ("/position 003 --for vng", ("position", {"item": "003", "for": "vng"})),
        ("/standpunt 003 mits", ("position", {"item": "003", "stance": "agree-if"})),
        ('/standpunt 003 voorbehoud "Ja."', ("position", {"item": "003", "stance": "reservation", "text": "Ja."})),
        ("/reactie 003", ("comment", {"item": "003"})),
        ("/consultatie nieuw", ("consult new", {})),
        ('/consultatie nieuw "Kader" --soort stemming', ("consult new", {"title": "Kader", "kind": "vote"})),
        ("/consultatie sluit", ("consult close", {})),
        ('/consultatie verleng 003 "Meer tijd."', ("consult extend", {"item": "003", "reason": "Meer tijd."})),
        (
            '/consultatie versie 003 --versie 1.1 --tekst "1. Ja." --toelichting "Nieuw."',
            ("consult version", {"item": "003", "version": "1.1", "text": "1. Ja.", "note": "Nieuw."}),
        ),
        ("/mandaat verleen @jan", ("mandate grant", {"person": "@jan"})),
        ("/overlegbeheer koppel @jan", ("boardadmin link", {"account": "@jan"})),
        ("/besluit zoek", ("decision search", {})),
    ],
)
def test_a_line_that_lacks_something_gives_its_command_and_what_was_typed(text, expected):
    assert incomplete(text, COMMANDS) == expected


@pytest.mark.parametrize(
    "text",
    [
        "/standpunt 003 akkoord",
        "/standpunt",
        "/standpunt 003 misschien",
        "/consultatie nieuw --onzin ja",
        '/consultatie sluit 003 "Klaar',
        "/consultatie sluit 003 klaar",
        "/overlegbeheer koppel",
        "/consultatie lijst",
        "/onzin",
        "",
    ],
)
def test_a_line_that_is_complete_or_wrong_opens_no_form(text):
    assert incomplete(text, COMMANDS) is None


# --- the last steps ---------------------------------------------------------------------------------------------------


def test_a_question_before_an_act_becomes_a_form_without_fields():
    choice = Choice(Line("choice.confirm", {}), "consult close", {"item": ITEM, "confirmed": "true"})
    other = Choice(Line("choice.cancel", {}), "consult status", {"item": ITEM})
    reply = Reply("form.for", {"organisation": "VNG"}, (Line("form.choose", {"field": "Rol"}),), (choice, other))

    form = page(confirmation(reply, NL))

    assert (form.fields, form.command, form.values) == ((), "consult close", {"item": ITEM, "confirmed": "true"})
    assert plain(form.submit) == "Ja, doorgaan"
    assert said(form) == "Namens VNG.\nKies: Rol"


def test_a_reply_that_asks_nothing_needs_no_confirmation():
    choice = Choice(Line("choice.cancel", {}), "consult status", {"item": ITEM})

    assert confirmation(Reply("form.for", {"organisation": "VNG"}, (), (choice,)), NL) is None


def test_a_receipt_has_nothing_left_to_do():
    card = Card(("Vastgelegd.",), (Quote(("Tekst",), UserText("Ja.")),))

    form = receipt(card, NL)

    assert (form.fields, form.command, plain(form.submit)) == ((), "", "Sluiten")
    assert said(form) == "Vastgelegd.\nTekst: Ja."


def test_only_commands_that_need_words_have_a_form():
    assert (has_form("position"), has_form("help"), has_form("consult list")) == (True, False, False)


def test_an_emptied_field_is_empty():
    assert merged({"item": ITEM}, {"text": "", "stance": "agree"}) == {"item": ITEM, "stance": "agree"}
