"""A button holds for the round, the text and the position that it was drawn for, and for nothing later."""

from __future__ import annotations

import pytest

from bot.views.card import Button
from commands.domain.item import State
from tests.commands.table import CHAIR, DEPUTY, SECRETARY, VNG, Table


def a_later_round(table: Table) -> None:
    """A substantive version, and the round on it."""
    table.say(SECRETARY, '/consultatie versie 001 --versie 2.0 --tekst "1. Anders." --toelichting "Nieuw." --wezenlijk')
    table.say(CHAIR, "/consultatie open 001 --termijn '5 werkdagen'")


def card_button(table: Table, label: str) -> Button:
    """A button of the newest card in the channel."""
    cards = [post.card for post in table.client.posts("BOD") if post.card is not None and post.card.buttons]
    return next(button for button in cards[-1].buttons if button.label[0] == label)


def confirming(buttons: tuple[Button, ...]) -> Button:
    """The button that answers a question with yes."""
    return next(button for button in buttons if button.values.get("confirmed") == "true")


def test_a_button_of_the_round_that_is_open_files(table: Table):
    table.opened()

    heard = table.choose(VNG, card_button(table, "akkoord"))

    assert heard.refusal == ""
    assert [each.stance.value for each in table.filed("vng")] == ["agree"]


def test_a_button_of_an_earlier_round_files_nothing_and_says_what_holds_now(table: Table):
    table.opened()
    old = card_button(table, "akkoord")
    a_later_round(table)

    heard = table.choose(VNG, old)

    assert heard.refusal == "newer-round"
    assert "versie 1.0" in heard.text
    assert "versie 2.0" in heard.text
    assert "Er is niets vastgelegd." in heard.text
    assert table.filed("vng") == []


def test_what_is_typed_is_about_the_round_that_is_open(table: Table):
    table.opened()
    a_later_round(table)

    assert table.say(VNG, "/standpunt 001 akkoord").refusal == ""
    assert [each.version for each in table.filed("vng")] == ["2.0"]


def test_the_answer_to_a_question_holds_for_no_later_position(table: Table):
    table.opened()
    table.say(VNG, '/standpunt 001 bezwaar "Geen dekking."')
    question = table.choose(VNG, card_button(table, "akkoord"))
    table.say(DEPUTY, "/standpunt 001 onthouding")

    again = table.choose(VNG, confirming(question.buttons))

    assert "onthouding" in again.text
    assert [each.stance.value for each in table.filed("vng")] == ["object", "abstain"]
    table.choose(VNG, confirming(again.buttons))
    assert [each.stance.value for each in table.filed("vng")] == ["object", "abstain", "agree"]


@pytest.mark.parametrize(
    "command,values",
    [
        ("consult close", {"reason": "Allen hebben gereageerd."}),
        ("consult extend", {"until": "over 6 weken", "reason": "Meer tijd."}),
        ("consult withdraw", {"reason": "Vervallen."}),
    ],
)
def test_the_chairs_answer_to_a_question_holds_for_no_later_round(table: Table, command: str, values: dict[str, str]):
    table.opened()
    question = table.press(CHAIR, command, {"item": "001", **values})
    a_later_round(table)
    before = table.item

    heard = table.choose(CHAIR, confirming(question.buttons))

    assert heard.refusal == "newer-round"
    assert table.item == before
    assert table.item.state is State.OPEN
