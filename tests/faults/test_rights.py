"""Rights are those of the moment at which an act is carried out, not those of the moment at which it was offered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.views.card import Button
from commands.domain.item import State
from tests.faults.world import ADMIN, CHAIR, DAY, DEPUTY, SECRETARY, START, VNG, Said, World, board_text


def confirm(world: World, person: str, button: Button) -> Said:
    return world.press(person, button.command, **button.values)


def question(world: World) -> Button:
    """The chair presses the button that closes, and is asked whether he is sure: the button that says yes."""
    asked = world.press(CHAIR, "consult close", item="1", reason="Iedereen heeft gereageerd.")
    assert world.item().state is State.OPEN
    return next(each for each in asked.buttons if each.values.get("confirmed") == "true")


def test_f31_the_chair_who_is_still_chair_may_confirm(world: World):
    yes = question(world)

    said = confirm(world, CHAIR, yes)

    assert (said.refusal, world.item().state) == ("", State.CLOSED)


def test_f31_a_chair_whose_role_ended_between_question_and_answer_may_not_close(world: World):
    yes = question(world)
    world.load(board_text(chair_until="2027-01-10"))
    entries = world.entries()

    said = confirm(world, CHAIR, yes)

    assert said.refusal == "not-allowed"
    assert "Er is niets vastgelegd." in said.text
    assert (world.item().state, world.entries()) == (State.OPEN, entries)


def test_f31_a_role_ends_with_its_last_day_in_board_time(world: World):
    world.load(board_text(chair_until="2027-01-12"))
    last, next_day = START + DAY + timedelta(hours=13, minutes=59), START + DAY + timedelta(hours=14)

    world.clock.set(last)
    on_the_last_day = world.say(CHAIR, "/consultatie herinner 1")
    world.clock.set(next_day)
    after_it = world.say(CHAIR, '/consultatie sluit 1 "Nu."')

    assert (on_the_last_day.refusal, after_it.refusal) == ("", "not-allowed")


def test_f31_a_chair_who_left_the_board_is_no_longer_known(world: World):
    yes = question(world)
    lines = board_text(chair_until="2027-01-10").split("\n\n")
    world.load("\n\n".join(each for each in lines if f'"{CHAIR}"' not in each))

    said = confirm(world, CHAIR, yes)

    assert said.refusal == "unknown-account"
    assert world.item().state is State.OPEN


@pytest.mark.parametrize("person", [SECRETARY, ADMIN, VNG])
def test_f31_somebody_else_cannot_answer_the_question_of_the_chair(world: World, person: str):
    yes = question(world)

    said = confirm(world, person, yes)

    assert (said.refusal, world.item().state) == ("not-allowed", State.OPEN)


def test_f31_a_deputy_whose_mandate_was_revoked_cannot_confirm_a_replacement(world: World):
    world.must(VNG, "/standpunt 1 akkoord")
    asked = world.press(DEPUTY, "position", item="1", stance="object", text="Geen dekking.")
    yes = next(each for each in asked.buttons if each.values.get("confirmed") == "true")
    world.clock.set(START + timedelta(minutes=1))
    world.must(VNG, f"/mandaat trek-in @{DEPUTY} vng")
    world.clock.set(START + timedelta(minutes=2))

    said = confirm(world, DEPUTY, yes)

    assert said.refusal == "mandate-expired"
    assert [each.stance for each in world.filed("vng")] == ["agree"]
