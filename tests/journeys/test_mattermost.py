"""A consultation on Mattermost: people type, click and fill in, and the channel shows what came of it."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest

from commands.domain.item import State
from tests.servers.stage import START, Stage, a_stage, eventually, text_of

TEXT = "Het overleg besluit:\n1. het kader vast te stellen\n2. het kader in 2028 te evalueren"


@pytest.fixture
def stage(tmp_path):
    with a_stage(tmp_path) as made:
        yield made


def an_open_item(stage: Stage, *flags: str) -> None:
    stage.say("secretaris", f'/consultatie nieuw "Kader cloud" --tekst "{TEXT}" {" ".join(flags)}')
    stage.say("voorzitter", "/consultatie open 001 --termijn '10 werkdagen'")


def receipts(stage: Stage, person: str) -> list[str]:
    """The receipts that a person got by direct message, oldest first."""
    return [text for post in stage.told(person) if (text := text_of(post)).startswith("Vastgelegd")]


# --- commands ------------------------------------------------------------------------------------------------


def test_a_typed_command_is_answered_to_the_person_alone(stage):
    answer = stage.say("vng", "/consultatie lijst")

    assert "BO Digitalisering" in answer
    assert stage.posts() == []


def test_a_refused_command_says_why_and_that_nothing_was_recorded(stage):
    answer = stage.say("vng", "/consultatie sluit 001 'te laat'")

    assert "001" in answer
    assert "niets vastgelegd" in answer


def test_a_command_of_somebody_who_is_not_on_the_board_names_his_own_account(stage):
    outsider = stage.server.user("gast", [stage.team])
    stage.server.join(outsider, stage.channel)

    seen = stage.server.execute(outsider, stage.channel, "/consultatie lijst")

    assert outsider.id in seen.body["text"]


def test_a_command_in_a_direct_message_concerns_all_boards_of_the_person(stage):
    an_open_item(stage)

    answer = stage.say("vng", "/standpunt mijn", stage.server.direct_channel(stage.people["vng"], stage.bot))

    assert "BOD-2027-001" in answer


def test_a_line_that_lacks_something_opens_the_form_filled_in_as_far_as_it_was_typed(stage):
    an_open_item(stage)

    assert stage.say("vng", "/standpunt 001 voorbehoud") == ""
    form = stage.dialog("vng")

    assert "text" in form.names
    assert "Vereniging van Nederlandse Gemeenten" in form.introduction


# --- clicks --------------------------------------------------------------------------------------------------


def test_opening_posts_one_card_with_three_buttons_and_tells_each_holder_once(stage):
    an_open_item(stage)

    (card,) = stage.posts()
    assert card.message == "BOD-2027-001 – Kader cloud"
    names = [action["name"] for action in card.props["attachments"][0]["actions"]]
    assert names == ["Standpunt geven: 001", "Akkoord: 001", "Stand bekijken: 001"]
    assert [len(stage.told(each)) for each in ("vng", "ipo", "uvw", "voorzitter")] == [1, 1, 1, 0]


def test_a_click_records_at_once_and_its_receipt_comes_by_direct_message(stage):
    an_open_item(stage)
    (card,) = stage.posts()

    seen = stage.press("vng", card, "Akkoord: 001")

    (receipt,) = eventually(lambda: receipts(stage, "vng"))
    assert seen.ok
    assert receipt.startswith("Vastgelegd voor VNG: akkoord.")
    assert "15 maart 2027 om 17:00 (CET, UTC+01:00)" in receipt
    assert stage.server.dialogs(stage.people["vng"]) == []


def test_the_card_shows_the_answers_after_a_burst_and_keeps_its_post(stage):
    an_open_item(stage)
    (card,) = stage.posts()
    for person in ("vng", "ipo", "uvw"):
        stage.press(person, card, "Akkoord: 001")

    stage.move(START + timedelta(seconds=3))

    (after,) = stage.posts()
    assert after.id == card.id
    assert "3 van 3 organisaties" in text_of(after)


def test_another_answer_by_click_asks_before_it_replaces_the_first(stage):
    an_open_item(stage)
    (card,) = stage.posts()
    stage.press("vng", card, "Standpunt geven: 001")
    form = stage.dialog("vng")
    stage.send("vng", form, stance="object", text="De dekking ontbreekt.")
    assert form.introduction.startswith("Vastgelegd voor VNG: bezwaar.")

    stage.press("vng", card, "Akkoord: 001")
    question = stage.dialog("vng")
    assert "Wilt u dit vervangen door akkoord?" in question.introduction
    stage.send("vng", question)

    assert question.introduction.startswith("Vastgelegd voor VNG: was bezwaar, nu akkoord.")
    stage.send("vng", question)
    assert not question.is_open


def test_a_field_that_is_wrong_is_named_and_keeps_what_was_typed(stage):
    an_open_item(stage)
    (card,) = stage.posts()
    stage.press("vng", card, "Standpunt geven: 001")
    form = stage.dialog("vng")

    stage.send("vng", form, stance="object")

    assert list(form.errors) == ["text"]
    assert "niets vastgelegd" in form.errors["text"]
    assert form.is_open


def test_a_form_that_is_sent_twice_is_recorded_once(stage):
    an_open_item(stage)
    (card,) = stage.posts()
    stage.press("vng", card, "Standpunt geven: 001")
    form = stage.dialog("vng")
    body = {
        "url": form.url, "callback_id": form.callback_id, "state": form.shown["state"], "channel_id": stage.channel.id,
        "team_id": stage.team.id, "submission": {"stance": "agree"},
    }  # fmt: skip

    for _ in range(3):
        assert stage.server.call(stage.people["vng"], "POST", "/actions/dialogs/submit", body).ok

    assert len(stage.app.store.read(lambda tx: tx.positions.all(tx.items.get(stage.item().number)))) == 1


def test_what_is_asked_for_by_click_is_shown_at_once(stage):
    an_open_item(stage)

    stage.press("vng", stage.posts()[0], "Stand bekijken: 001")

    assert "BOD-2027-001" in stage.dialog("vng").introduction


def test_a_click_of_somebody_without_a_mandate_is_refused_on_the_screen(stage):
    an_open_item(stage)

    stage.press("voorzitter", stage.posts()[0], "Akkoord: 001")

    assert "niets vastgelegd" in stage.dialog("voorzitter").introduction


def test_a_hidden_round_has_no_button_that_tells_a_choice(stage):
    an_open_item(stage, "--zichtbaar na-sluiting")

    actions = stage.posts()[0].props["attachments"][0]["actions"]

    assert [action["name"] for action in actions] == ["Standpunt geven: 001", "Stand bekijken: 001"]


def test_no_choice_stands_in_an_id_or_an_address_of_a_button(stage):
    an_open_item(stage)

    for action in stage.posts()[0].props["attachments"][0]["actions"]:
        assert action["id"].isalnum()
        assert "agree" not in action["id"] + action["integration"]["url"]
        assert list(action["integration"]["context"]) == ["t"]


# --- a whole consultation ------------------------------------------------------------------------------------


def test_a_consultation_runs_from_draft_to_decision_and_dossier_by_forms_alone(stage):
    assert stage.say("secretaris", "/consultatie nieuw") == ""
    form = stage.dialog("secretaris")
    answers = {"title": "Kader cloud", "text": TEXT, "term": "10 werkdagen"}
    for _ in range(6):
        if not form.elements:
            break
        stage.send("secretaris", form, **{name: answers[name] for name in form.names if name in answers})
    assert form.introduction.startswith("BOD-2027-001"), form.introduction

    stage.say("voorzitter", "/consultatie open 001 --termijn '10 werkdagen'")
    (card,) = stage.posts()
    stage.press("vng", card, "Akkoord: 001")
    stage.press("ipo", card, "Standpunt geven: 001")
    stage.send("ipo", stage.dialog("ipo"), stance="object", text="De dekking ontbreekt.")

    stage.say(
        "secretaris",
        f'/consultatie versie 001 --versie 1.1 --tekst "{TEXT}, met dekking" --toelichting "Dekking" --wezenlijk',
    )
    stage.say("voorzitter", "/consultatie open 001 --termijn '5 werkdagen'")
    card = [post for post in stage.posts() if "actions" in str(post.props)][-1]
    for person in ("vng", "ipo", "uvw"):
        stage.press(person, card, "Akkoord: 001")
    closes_at = stage.item().round.closes_at
    stage.move(closes_at + timedelta(seconds=3))
    assert stage.item().state is State.CLOSED
    assert any("aangenomen" in text_of(post).casefold() for post in stage.posts())

    stage.say("voorzitter", "/consultatie stel-vast 001")
    assert stage.item().state is State.ESTABLISHED
    assert any("BOD-2027-001/B1" in text_of(post) for post in stage.posts())

    stage.say("beheer", "/besluit exporteer 001")
    (post,) = eventually(lambda: [post for post in stage.told("beheer") if post.file_ids])
    (file,) = stage.server.files(post)
    names = zipfile.ZipFile(io.BytesIO(file.content)).namelist()
    assert any(name.endswith("verify.py") for name in names)
    assert any(name.endswith("events.jsonl") for name in names)


def test_a_form_about_objections_shows_nobody_while_positions_are_hidden(stage):
    an_open_item(stage, "--zichtbaar na-sluiting")
    stage.say("vng", '/standpunt 001 bezwaar "Geen dekking."')

    answer = stage.say("secretaris", "/consultatie bezwaar 001")

    assert stage.server.dialogs(stage.people["secretaris"]) == []
    assert "VNG" not in answer
    assert "niets vastgelegd" in answer
