"""Completion in the console: what may be typed next, with its meaning, in the language of what was typed."""

from __future__ import annotations

import pytest

from bot.completion import completer
from tests.faults.world import World


def words(world: World, line: str, language: str = "nl") -> list[str]:
    return [word for word, _ in completer(world.app, language)(line)]


def test_an_empty_line_may_begin_with_every_trigger(world):
    assert words(world, "") == [
        "/consultatie", "/standpunt", "/reactie", "/mandaat", "/besluit", "/overlegbeheer", "/help",
    ]  # fmt: skip
    assert words(world, "", "en")[:3] == ["/consult", "/position", "/comment"]


def test_what_is_typed_of_a_word_limits_the_choice_without_regard_to_case(world):
    assert words(world, "/ST") == ["/standpunt"]
    assert words(world, "/consultatie ver") == ["versie", "verleng"]


def test_after_a_trigger_come_its_verbs_each_with_its_form(world):
    found = dict(completer(world.app, "nl")("/mandaat "))

    assert list(found) == ["toon", "verleen", "vervang", "trek-in"]
    assert found["verleen"].startswith("/mandaat verleen")


def test_the_language_is_that_of_the_trigger_that_was_typed(world):
    assert words(world, "/mandate ") == ["show", "grant", "replace", "revoke"]
    assert words(world, "/mandaat ", "en") == ["toon", "verleen", "vervang", "trek-in"]


def test_the_numbers_of_open_items_are_offered_with_their_titles(world):
    world.open_item("Kader")

    assert ("BOD-2027-001", "Kader") in completer(world.app, "nl")("/standpunt ")
    assert ("BOD-2027-001", "Kader") in completer(world.app, "nl")("/consultatie stand ")


def test_after_a_number_come_the_stances_and_the_verbs(world):
    found = words(world, "/standpunt 1 ")

    assert {"akkoord", "mits", "voorbehoud", "bezwaar", "hef-op", "trek-in"} <= set(found)
    assert "agree" not in found


def test_the_values_of_a_flag_are_its_meaning(world):
    found = dict(completer(world.app, "nl")("/standpunt 1 voorbehoud --"))

    assert "financieel" in found["--soort"].split()
    assert "--opschortend" in found


@pytest.mark.parametrize("line", ["/onbekend ", "zomaar een zin", "\x00", "/standpunt " * 50])
def test_a_line_that_is_no_command_is_no_problem(world, line):
    assert isinstance(completer(world.app, "nl")(line), list)


def test_nothing_is_offered_twice(world):
    for line in ("", "/consultatie ", "/standpunt 1 ", "/consultatie nieuw "):
        found = words(world, line)
        assert len(found) == len(set(found))
