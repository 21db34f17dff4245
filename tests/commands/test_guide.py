"""`help`: what you can do here and now, and every command with its form."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.i18n import LOCALES, Catalogue
from commands import COMMANDS
from commands.command import parse
from commands.domain.errors import Refusal
from commands.domain.values import Code
from tests.commands.table import ADVISER, CHAIR, GUEST, IPO, SECRETARY, VNG, Table
from tests.factories import DEADLINE, NOON


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_says_what_it_does(locale: str, command):
    key = f"command.{command.name.replace(' ', '-')}"

    assert Catalogue(locale, ZoneInfo("Europe/Amsterdam")).has(key)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_example_of_every_command_is_understood_as_that_command(language: str, command):
    understood, _, spoken = parse(command.line(language).text, COMMANDS)

    assert understood.name == command.name
    assert spoken == language or command.trigger.nl == command.trigger.en


def test_help_alone_says_who_you_are_and_lists_every_command(table: Table):
    table.opened()

    heard = table.say(VNG, "/help")

    assert heard.text.startswith("Wat u hier en nu kunt doen")
    assert "Overleg BOD, u hebt een mandaat voor VNG." in heard.text
    for command in COMMANDS:
        assert command.usage("nl").text in heard.text


def test_help_shows_lines_for_the_items_of_this_board_that_work(table: Table):
    table.opened()
    heard = table.say(VNG, "/help")
    line = next(each for each in heard.text.splitlines() if "vraagt uw reactie" in each)

    answer = table.say(VNG, line.partition("vraagt uw reactie: ")[2])

    assert answer.text.startswith("Vastgelegd voor VNG: akkoord.")


def test_after_an_answer_help_offers_to_change_it(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")

    heard = table.say(VNG, "/help")

    assert "uw standpunt wijzigen: /standpunt 001 akkoord" in heard.text
    assert "vraagt uw reactie" not in heard.text


def test_a_consultation_is_offered_its_own_command(table: Table):
    table.opened("--soort consultatie")

    heard = table.say(IPO, "/help")

    assert "vraagt uw reactie: /reactie 001 steun" in heard.text


def test_an_adviser_is_not_asked_for_a_position(table: Table):
    table.opened()

    heard = table.say(ADVISER, "/help")

    assert "de stand bekijken: /consultatie stand 001" in heard.text
    assert "vraagt uw reactie" not in heard.text


def test_chair_and_secretary_are_shown_what_is_theirs_to_do(table: Table):
    table.drafted()
    secretary = table.say(SECRETARY, "/help")
    table.say(CHAIR, '/consultatie open 001 --termijn "10 werkdagen"')
    table.say(VNG, "/standpunt 001 akkoord")
    table.wait_until(DEADLINE + timedelta(seconds=5))

    chair = table.say(CHAIR, "/help")

    assert "u bent secretaris" in secretary.text
    assert "het concept openen: /consultatie open 001" in secretary.text
    assert "het besluit vaststellen: /consultatie stel-vast 001" in chair.text


def test_in_a_direct_message_the_lines_have_full_numbers(table: Table):
    table.opened()

    heard = table.say(VNG, "/help", channel="")

    assert "/standpunt BOD-2027-001 akkoord" in heard.text


@pytest.mark.parametrize("line", ["/standpunt", "/standpunt help", "/standpunt hulp", "/help standpunt"])
def test_help_of_a_trigger_shows_its_commands_with_examples(table: Table, line: str):
    heard = table.say(GUEST, line, at=NOON)

    family = [each for each in COMMANDS if each.trigger.nl == "standpunt"]
    assert heard.text.startswith("Zo werkt /standpunt")
    assert len(heard.text.splitlines()) == 1 + len(family)
    for command in family:
        assert command.usage("nl").text in heard.text
        assert f"Voorbeeld: {command.line('nl').text}" in heard.text


def test_help_of_an_english_trigger_is_in_english_words(table: Table):
    heard = table.say(GUEST, "/position help", at=NOON)

    assert "/position item agree|no-objection|agree-if|reservation|abstain|object|recuse" in heard.text


def test_help_works_where_no_board_is_yet(table: Table):
    heard = table.say(VNG, "/help", at=NOON, channel="elders")

    assert heard.refusal == ""


def test_an_unknown_trigger_is_refused_with_a_suggestion():
    with pytest.raises(Refusal) as refused:
        parse("/standpnt 003 akkoord", COMMANDS)

    assert refused.value.code == "unknown-command"
    assert refused.value.values()["suggestion"] == Code("/standpunt")


def test_help_on_something_that_is_no_command_is_refused(table: Table):
    heard = table.say(VNG, "/help standpont")

    assert heard.refusal == "unknown-command"
    assert "standpunt" in heard.text


@pytest.mark.parametrize("kind", ["consultatie", "instemming"])
def test_what_cannot_be_established_as_it_is_is_not_offered(table: Table, kind: str):
    table.opened(f"--soort {kind}")
    table.wait_until(DEADLINE + timedelta(seconds=5))

    heard = table.say(CHAIR, "/help")

    assert "het besluit vaststellen" not in heard.text


def test_a_version_that_waits_for_its_round_can_be_opened(table: Table):
    table.opened()
    table.say(SECRETARY, '/consultatie versie 001 --versie 2 --tekst "1. Anders." --toelichting "Nieuw." --wezenlijk')

    heard = table.say(SECRETARY, "/help")

    assert "een nieuwe ronde openen: /consultatie open 001" in heard.text
