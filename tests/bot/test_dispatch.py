"""The dispatcher: what an act concerns, in which language it is answered, and what a bug leaves behind."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import pytest
import structlog
from structlog.testing import capture_logs

from bot.dispatch import dispatch, queue
from bot.platforms.base import Incoming
from bot.views.text import plain_card
from commands.command import Command, Quoted, word
from commands.domain.errors import ReadOnly
from commands.vocabulary import Words
from tests.faults.world import CHAIR, SECRETARY, START, UVW, VNG, World, board_text


@pytest.fixture(autouse=True)
def _fresh_logs() -> Iterator[None]:
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


@pytest.fixture
def two_boards(world: World) -> World:
    """A second board, DIG, with the same people, and BOD-2027-001 open."""
    world.load(board_text("DIG"))
    world.open_item()
    return world


def second(world: World) -> None:
    """DIG-2027-001 is open as well."""
    world.must(SECRETARY, '/consultatie nieuw "Tweede" --tekst "1. Ja." --soort instemming', channel="DIG")
    world.must(CHAIR, '/consultatie open 1 --sluit "25 januari 2027 17:00"', channel="DIG")


# --- what an act concerns -----------------------------------------------------------------------------------------


def test_a_channel_belongs_to_its_board(two_boards):
    said = two_boards.say(SECRETARY, '/consultatie nieuw "Derde" --tekst "1. Ja."', channel="DIG")

    assert "DIG-2027-001" in said.text


def test_a_command_in_a_channel_of_no_board_is_refused(world):
    assert world.say(VNG, "/consultatie lijst", channel="elsewhere").refusal == "no-board"


def test_help_works_in_a_channel_of_no_board(world):
    assert world.say(VNG, "/help", channel="elsewhere").refusal == ""


@pytest.mark.parametrize("number", ["1", "001", "2027-001", "BOD-2027-001", "bod-2027-001"])
def test_each_form_of_a_number_finds_the_item(two_boards, number):
    assert "BOD-2027-001" in two_boards.must(VNG, f"/standpunt {number} akkoord").text


def test_a_number_that_is_not_there_is_unknown(two_boards):
    assert two_boards.say(VNG, "/standpunt 9 akkoord").refusal == "unknown-item"


def test_in_a_direct_message_a_short_number_is_sought_among_the_open_items_of_all_boards(two_boards):
    assert "BOD-2027-001" in two_boards.must(VNG, "/standpunt 1 akkoord", channel="").text


def test_in_a_direct_message_a_short_number_of_two_boards_is_refused_with_the_full_numbers(two_boards):
    second(two_boards)

    said = two_boards.say(VNG, "/standpunt 1 akkoord", channel="")

    assert said.refusal == "ambiguous-item"
    assert "BOD-2027-001" in said.text
    assert "DIG-2027-001" in said.text


def test_a_full_number_is_never_ambiguous(two_boards):
    second(two_boards)

    assert "DIG-2027-001" in two_boards.must(VNG, "/standpunt DIG-2027-001 akkoord", channel="").text


def test_a_full_number_of_another_board_that_one_is_on_works_in_any_channel(two_boards):
    second(two_boards)

    assert "DIG-2027-001" in two_boards.must(VNG, "/standpunt DIG-2027-001 akkoord", channel="BOD").text


def test_an_item_of_a_board_that_one_is_not_on_is_unknown(world):
    text = board_text("DIG", organisations=("rijk", "vng"))
    world.load(text)
    second(world)

    said = world.say(UVW, "/consultatie stand DIG-2027-001")

    assert said.refusal == "unknown-item"
    assert "Tweede" not in said.text


def test_in_the_channel_of_a_board_that_one_is_not_on_the_account_is_unknown(world):
    world.load(board_text("DIG", organisations=("rijk", "vng")))

    assert world.say(UVW, "/consultatie lijst", channel="DIG").refusal == "unknown-account"


def test_an_unknown_account_is_refused_and_sees_its_own_id(world):
    said = world.say("vreemde", "/standpunt 1 akkoord")

    assert said.refusal == "unknown-account"
    assert "vreemde" in said.text


def test_a_new_item_in_a_direct_message_needs_the_board_of_somebody_on_two(two_boards):
    line = '/consultatie nieuw "Derde" --tekst "1. Ja."'

    assert two_boards.say(SECRETARY, line, channel="").refusal == "choose-board"
    assert "DIG-2027-001" in two_boards.must(SECRETARY, f"{line} --overleg dig", channel="").text


def test_a_board_that_is_not_there_is_refused(two_boards):
    line = '/consultatie nieuw "Derde" --tekst "1. Ja." --overleg XYZ'

    assert two_boards.say(SECRETARY, line, channel="").refusal == "unknown-board"


# --- buttons and forms ------------------------------------------------------------------------------------------------


def test_a_form_is_the_same_command_with_its_arguments_given(two_boards):
    said = two_boards.press(VNG, "position", item="001", stance="agree-if", text="Een ander bedrag.", point="1")

    assert said.refusal == ""
    (filed,) = two_boards.filed("vng")
    assert (filed.stance.value, filed.text, filed.points) == ("agree-if", "Een ander bedrag.", (1,))


def test_a_form_with_a_value_that_is_unknown_is_refused_as_text_is(two_boards):
    assert two_boards.press(VNG, "position", item="001", stance="maybe").refusal == "invalid-value"
    assert two_boards.press(VNG, "position", item="001", stnace="agree").refusal == "unknown-flag"
    assert two_boards.press(VNG, "postion", item="001").refusal == "unknown-command"


def test_an_empty_value_of_a_form_counts_as_missing(two_boards):
    assert two_boards.press(VNG, "position", item="001", stance=" ").refusal == "missing-argument"


def test_a_button_asks_before_it_overwrites_and_a_typed_line_does_not(two_boards):
    two_boards.must(VNG, "/standpunt 1 akkoord")

    asked = two_boards.press(VNG, "position", item="1", stance="abstain")
    assert [each.stance.value for each in two_boards.filed("vng")] == ["agree"]
    assert len(asked.buttons) == 2

    two_boards.press(VNG, asked.buttons[0].command, **dict(asked.buttons[0].values))
    two_boards.must(VNG, "/standpunt 1 geen-bezwaar")
    assert [each.stance.value for each in two_boards.filed("vng")] == ["agree", "abstain", "no-objection"]


# --- language ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def english(world: World) -> World:
    """The representative of the VNG reads English; the others read Dutch."""
    old = f'id = "{VNG}"\n'
    world.load(board_text().replace(old, old + 'locale = "en"\n'))
    world.open_item()
    return world


def test_an_answer_is_in_the_language_of_its_reader_and_not_of_the_command(english):
    assert "Recorded for VNG: agree" in english.must(VNG, "/standpunt 1 akkoord").text.replace("vng", "VNG")
    assert "Vastgelegd voor" in english.must(UVW, "/position 1 agree").text


def test_an_example_is_in_the_language_of_the_trigger_that_was_typed(english):
    assert "/standpunt" in english.say(VNG, "/standpunt").text
    assert "/position" in english.say(UVW, "/position").text


def test_the_example_of_a_form_is_in_the_language_of_its_reader(english):
    assert "/position" in english.press(VNG, "position", item="1").text
    assert "/standpunt" in english.press(UVW, "position", item="1").text


def test_somebody_unknown_is_answered_in_the_language_of_the_program(world):
    assert "Er is niets vastgelegd" in world.say("vreemde", "/standpunt 1 akkoord").text


def test_times_are_in_the_zone_of_the_board(world):
    world.load(board_text().replace('rule = "consensus"', 'rule = "consensus"\ntimezone = "Europe/London"'))
    world.open_item()

    text = world.must(VNG, "/standpunt 1 akkoord").text

    assert "(GMT, UTC+00:00)" in text


# --- where nothing may be changed ------------------------------------------------------------------------------------


def test_where_nothing_may_be_changed_a_question_is_answered_and_a_change_refused(two_boards):
    app = dataclasses.replace(two_boards.app, reads_only=ReadOnly())

    def answer(text: str) -> str:
        incoming = Incoming("console", VNG, "BOD", START, f"event-{text}", text=text)
        return dispatch(app, incoming).result(30).refusal

    assert answer("/consultatie stand 1") == ""
    assert answer("/standpunt 1 akkoord") == "read-only"
    assert two_boards.filed("vng") == []


# --- a bug -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Args:
    text: Annotated[Quoted, word("tekst")]


def fail(tx, call, args):
    raise RuntimeError("something in the program is wrong")


BROKEN = Command("broken", Words("kapot", "broken"), Args, fail, example=Words("kapot", "broken"))


def test_a_bug_gives_a_reference_and_leaves_neither_a_trace_in_the_register_nor_text_in_the_log(two_boards):
    app = dataclasses.replace(two_boards.app, commands=(*two_boards.app.commands, BROKEN))
    before = two_boards.entries()
    incoming = Incoming("console", VNG, "BOD", START, "event-bug", text='/kapot "een geheim standpunt"')

    with capture_logs() as lines:
        answer = dispatch(app, incoming).result(30)

    assert answer.refusal == "internal-error"
    (line,) = [each for each in lines if each["event"] == "bug"]
    assert line["object"] in plain_card(answer.card)
    assert (line["actor"], line["oorsprong"], line["log_level"]) == (VNG, "console", "error")
    assert "geheim" not in str(lines)
    assert two_boards.entries() == before


def test_the_same_act_may_be_tried_again_after_a_bug(two_boards):
    app = dataclasses.replace(two_boards.app, commands=(*two_boards.app.commands, BROKEN))
    with capture_logs():
        dispatch(app, Incoming("console", VNG, "BOD", START, "event-1", text='/kapot "x"')).result(30)

    again = dispatch(app, Incoming("console", VNG, "BOD", START, "event-1", text="/standpunt 1 akkoord")).result(30)

    assert again.refusal == ""


def test_an_act_that_only_has_to_be_recorded_is_queued_and_no_other(two_boards):
    def given(event: str, command: str, **values: str) -> Incoming:
        return Incoming("console", VNG, "BOD", START, event, command=command, values=values)

    filed = queue(two_boards.app, given("event-1", "position", item="1", stance="agree"))
    refused = queue(two_boards.app, given("event-2", "position", item="1", stance="nonsense"))
    reading = queue(two_boards.app, given("event-3", "consult status", item="1"))
    naming = queue(two_boards.app, given("event-4", "boardadmin link", person="vng", account="@iemand"))

    assert filed is not None
    assert refused is not None
    assert filed.result(30).refusal == ""
    assert refused.result(30).refusal == "invalid-value"
    assert (reading, naming) == (None, None)
