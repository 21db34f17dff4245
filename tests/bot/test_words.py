"""Both catalogues are complete and equal, and every sentence in them keeps to the rules of style."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import unicodedata
from dataclasses import fields
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po

import bot
import commands.domain
from bot.i18n import LOCALES, Catalogue, refusal_key, word_key
from commands.domain.draft import Version
from commands.domain.errors import Refusal, Unconfirmed
from commands.domain.item import Item, State
from commands.domain.late import TooLate
from commands.domain.number import ItemNumber
from commands.domain.position import Kind, Stance
from commands.domain.values import Code, Line

NOON = datetime(2027, 3, 31, 10, tzinfo=UTC)
NUMBER = ItemNumber("BOD", 2027, 3)
FILES = {
    locale: Path(bot.__file__).parent / "locales" / locale / "LC_MESSAGES" / "samenspraak.po" for locale in LOCALES
}
NOTHING_RECORDED = {"nl": "Er is niets vastgelegd.", "en": "Nothing was recorded."}
KEPT_AS_LATE = {
    "nl": "telt niet mee, maar blijft als te laat bewaard",
    "en": "does not count, but is kept as late",
}
NOT_KNOWN = {"nl": "Het is niet bekend of dit is vastgelegd.", "en": "It is not known whether this was recorded."}
NEXT_STEP = {
    "nl": "Bekijk Breng Controleer Geef Gebruik Haal Kies Kijk Kort Laat Lees Noem Open Probeer Trek Typ "
    "Verdeel Verleng Vraag Waarschuw Wacht Zet",
    "en": "Ask Bring Check Choose Divide Extend File Give Leave Let Look Name Open Put Read Remove Revoke See "
    "Shorten Try Type Use Wait Warn",
}
"""The imperatives with which a next step begins."""

EXAMPLES: dict[str, Any] = {
    "str": "VNG",
    "int": 3,
    "datetime": NOON,
    "ItemNumber": NUMBER,
    "Item": Item(
        NUMBER,
        "BOD-2027-003",
        "BOD",
        Kind.CONSENT,
        "Kader",
        State.CLOSED,
        NOON,
        Version("1.0", "1. Ja.", NOON),
    ),
    "Code": Code("/standpunt 003 akkoord"),
    "Code | str": "/standpunt 003 akkoord",
    "Line": Line("ballot-problem.twice", {"word": "WE"}),
    "Code | Line": Code("WE > CL"),
    "StrEnum": Stance.AGREE,
    "tuple[Value, ...]": ("VNG", "IPO"),
}


def entries(locale: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The counted value and the forms of each sentence."""
    with FILES[locale].open("rb") as file:
        catalogue = read_po(file, locale=locale, abort_invalid=True)
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for message in catalogue:
        if isinstance(message.id, str) and message.id:
            found[message.id] = ("", (str(message.string),))
        elif not isinstance(message.id, str):
            found[message.id[0]] = (message.id[1], tuple(message.string or ()))
    return found


def placeholders(forms: tuple[str, ...]) -> set[str]:
    return {name for form in forms for name in re.findall(r"\{([a-z][a-z0-9_]*)\}", form)}


def sentences(form: str) -> list[str]:
    return re.split(r"(?<=[.!?:;])\s+", form.replace("[[", "").replace("]]", ""))


def refusals(kind: type[Refusal] = Refusal) -> list[type[Refusal]]:
    """Every class of refusal: they are part of the domain."""
    for module in pkgutil.walk_packages(commands.domain.__path__, "commands.domain."):
        importlib.import_module(module.name)
    found = [] if kind is Refusal else [kind]
    for each in kind.__subclasses__():
        found += refusals(each)
    return [each for each in found if each.__module__.startswith("commands.domain.")]


def enumerations() -> list[type[StrEnum]]:
    """Every set of values that a message may show; the parts of a rule have sentences of their own."""
    found: list[type[StrEnum]] = []
    for module in pkgutil.iter_modules(commands.domain.__path__, "commands.domain."):
        members = vars(importlib.import_module(module.name)).values()
        found += [
            each
            for each in members
            if inspect.isclass(each) and issubclass(each, StrEnum) and each.__module__ == module.name
        ]
    return found


def example(kind: type[Refusal]) -> Refusal:
    """A refusal with a value of the right type in every field that its sentence may use."""
    return kind(*(EXAMPLES.get(str(field.type)) for field in fields(kind)))


CATALOGUES = {locale: entries(locale) for locale in LOCALES}
FORMS = {
    locale: [(key, form) for key, (_, forms) in catalogue.items() for form in forms]
    for locale, catalogue in CATALOGUES.items()
}
REFUSALS = refusals()
ENUMERATIONS = enumerations()


# --- two equal catalogues -----------------------------------------------------------------------------------


def test_both_languages_have_the_same_sentences():
    assert CATALOGUES["nl"].keys() == CATALOGUES["en"].keys()


def test_both_languages_use_the_same_values_in_each_sentence():
    differing = {
        key: sorted(placeholders(forms) ^ placeholders(CATALOGUES["en"][key][1]))
        for key, (_, forms) in CATALOGUES["nl"].items()
        if placeholders(forms) != placeholders(CATALOGUES["en"][key][1])
    }

    assert differing == {}


def test_both_languages_count_the_same_value_and_it_is_one_of_the_sentence():
    counted = {key: name for key, (name, _) in CATALOGUES["nl"].items() if name}

    assert counted == {key: name for key, (name, _) in CATALOGUES["en"].items() if name}
    assert [key for key, name in counted.items() if name not in placeholders(CATALOGUES["nl"][key][1])] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_a_sentence_has_one_form_or_a_singular_and_a_plural(locale):
    wrong = [key for key, (counted, forms) in CATALOGUES[locale].items() if len(forms) != (2 if counted else 1)]

    assert wrong == []


@pytest.mark.parametrize("locale", LOCALES)
def test_no_key_stands_in_a_catalogue_twice(locale):
    keys = re.findall(r'^msgid "(.+)"$', FILES[locale].read_text("utf-8"), re.MULTILINE)

    assert keys == sorted(set(keys))


@pytest.mark.parametrize("locale", LOCALES)
def test_a_sentence_is_well_formed(locale):
    def rest(form: str) -> str:
        """What is left without optional parts, which have a value each, values, and tables of TOML."""
        form = re.sub(r"\[\[[^\[\]]*\{[^\[\]]*\]\]|\[\[[a-z]+\]\]", "", form)
        return re.sub(r"\{[a-z][a-z0-9_]*\}", "", form)

    wrong = [key for key, form in FORMS[locale] if not form.strip() or re.search(r"\[\[|\]\]|[{}]", rest(form))]

    assert wrong == []


# --- style --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
def test_a_sentence_has_at_most_twenty_words(locale):
    too_long = [key for key, form in FORMS[locale] if any(len(each.split()) > 20 for each in sentences(form))]

    assert too_long == []


@pytest.mark.parametrize("locale", LOCALES)
def test_a_sentence_has_no_emoji_and_no_invisible_sign(locale):
    unwanted = {"So", "Sk", "Cc", "Cf", "Co", "Cn", "Zl", "Zp"}

    odd = [key for key, form in FORMS[locale] if {unicodedata.category(sign) for sign in form} & unwanted]

    assert odd == []


@pytest.mark.parametrize("locale", LOCALES)
def test_a_sentence_is_polite_and_does_not_depend_on_where_it_stands(locale):
    unwanted = {"nl": {"hierboven", "hieronder", "je", "jij", "jouw", "jullie"}, "en": {"above", "below"}}

    found = [key for key, form in FORMS[locale] if unwanted[locale] & set(re.findall(r"\w+", form.lower()))]

    assert found == []


# --- refusals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", REFUSALS)
def test_every_refusal_has_its_sentence_and_the_facts_for_it(kind, locale):
    catalogue = Catalogue(locale, ZoneInfo("Europe/Amsterdam"))

    assert catalogue.refusal(example(kind)) != ()


def test_no_two_refusals_share_a_sentence():
    keys = [refusal_key(each) for each in REFUSALS]

    assert sorted(keys) == sorted(set(keys))


def test_every_sentence_of_a_refusal_belongs_to_one():
    assert {key for key in CATALOGUES["nl"] if key.startswith("refusal.")} == {refusal_key(each) for each in REFUSALS}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", REFUSALS)
def test_every_refusal_says_that_nothing_was_recorded_and_then_what_to_do_next(kind, locale):
    _, (form,) = CATALOGUES[locale][refusal_key(kind)]
    exception = KEPT_AS_LATE if issubclass(kind, TooLate) else NOT_KNOWN if kind is Unconfirmed else None
    recorded = exception or NOTHING_RECORDED

    reason, said, rest = form.partition(recorded[locale])
    steps = sentences(rest.lstrip(" ."))

    assert (reason.strip() != "", said) == (True, recorded[locale])
    assert steps[0].split()[0] in NEXT_STEP[locale].split()


# --- words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("value", [value for kind in ENUMERATIONS for value in kind])
def test_every_value_of_the_domain_has_a_word(value, locale):
    assert word_key(value) in CATALOGUES[locale]


def test_no_two_values_share_a_word_by_accident_of_their_class_names():
    keys = [word_key(value) for kind in ENUMERATIONS for value in kind]

    assert sorted(keys) == sorted(set(keys))


def test_every_word_belongs_to_a_value():
    assert {key for key in CATALOGUES["nl"] if key.startswith("word.")} == {
        word_key(value) for kind in ENUMERATIONS for value in kind
    }


# --- the code ---------------------------------------------------------------------------------------------


def named_in_code() -> set[str]:
    """The sentences that the code names; of one that is put together only the beginning, and `*`."""
    found: set[str] = set()
    root = Path(bot.__file__).parent.parent
    for folder in ("bot", "commands"):
        for file in sorted((root / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and node.args and _says(node.func):
                    found |= {key for each in _choices(node.args[0]) if (key := _key(each))}
    return found


def _says(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in {"say", "_say", "plain", "Line", "Reply"}


def _choices(argument: ast.expr) -> list[ast.expr]:
    return [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]


def _key(argument: ast.expr) -> str:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    if isinstance(argument, ast.JoinedStr) and isinstance(argument.values[0], ast.Constant):
        return f"{argument.values[0].value!s}*"
    return ""


def test_every_sentence_that_the_code_names_is_in_the_catalogues():
    known = CATALOGUES["nl"]

    missing = [
        key
        for key in sorted(named_in_code())
        if not (any(each.startswith(key[:-1]) for each in known) if key.endswith("*") else key in known)
    ]

    assert missing == []
