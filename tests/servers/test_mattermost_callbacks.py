"""What the fake Mattermost enforces between its users and the bot: connections, commands and dialogs."""

from __future__ import annotations

import pytest

from tests.servers.mattermost import NotShown, Post
from tests.servers.recordings import Stage
from tests.servers.stub_bot import Reply

BROKEN = "api.post.do_action.action_integration.app_error"
FORBIDDEN = "api.context.permissions.app_error"


def card(stage: Stage) -> Post:
    """A card with one button."""
    return stage.post([{"text": "kies", "actions": [stage.button()]}], "Kaart")


def element(name: str, **more: object) -> dict[str, object]:
    """A field of a dialog."""
    return {"display_name": name.capitalize(), "name": name, "type": "text", **more}


def opened(stage: Stage, *elements: dict[str, object], **more: object):
    """A dialog on somebody's screen, opened by a command."""
    stage.server.execute(stage["jan"], stage.council, "/stem open")
    dialog = {"title": "Voorstel", "callback_id": "een", "state": "s1", "elements": list(elements), **more}
    trigger = stage.bot.received[-1].body["trigger_id"][0]
    body = {"trigger_id": trigger, "url": f"{stage.bot.url}/dlg", "dialog": dialog}
    assert stage.server.call(None, "POST", "/actions/dialogs/open", body).ok
    return stage.server.dialogs(stage["jan"])[-1]


def sent(stage: Stage) -> dict[str, object]:
    """What the bot got last."""
    body: dict[str, object] = stage.bot.received[-1].body
    return body


def test_each_click_opens_a_connection_and_commands_share_one(stage: Stage):
    post = card(stage)
    for _ in range(3):
        stage.server.click(stage["jan"], post.id, "ja")
        stage.server.execute(stage["jan"], stage.council, "/stem hoi")

    lines = [one.connection for one in stage.bot.received]

    assert len(set(lines[0::2])) == 3
    assert len(set(lines[1::2])) == 1


def test_a_forbidden_address_is_refused_when_it_is_dialled_not_on_an_open_connection(stage: Stage):
    post = card(stage)
    stage.server.execute(stage["jan"], stage.council, "/stem hoi")
    stage.server.settings.trust_loopback = False

    assert stage.server.execute(stage["jan"], stage.council, "/stem hoi").ok
    assert stage.server.click(stage["jan"], post.id, "ja").error_id == BROKEN

    for allowed in ("10.0.0.0/8, 127.0.0.0/8", "127.0.0.1"):
        stage.server.settings.allowed_internal = allowed
        assert stage.server.click(stage["jan"], post.id, "ja").ok
    stage.server.settings.allowed_internal = "10.0.0.0/8"
    stage.server.command("plaatselijk", stage.team, stage.bot.url.replace("127.0.0.1", "localhost"))
    assert not stage.server.execute(stage["jan"], stage.council, "/plaatselijk").ok
    stage.server.settings.allowed_internal = "localhost"
    assert stage.server.execute(stage["jan"], stage.council, "/plaatselijk").ok
    assert stage.server.click(stage["jan"], post.id, "ja").error_id == BROKEN


def test_the_mark_of_an_answer_to_a_command_survives_an_update(stage: Stage):
    attachments = [{"text": "kies", "actions": [stage.button()]}]
    stage.bot.reply = Reply({"response_type": "in_channel", "text": "hoi", "attachments": attachments})
    stage.server.execute(stage["jan"], stage.council, "/stem hoi")
    post = stage.server.posts(stage.council)[-1]
    stage.bot.reply = Reply({"update": {"message": "nieuw", "props": {"a": 1}}, "ephemeral_text": "dank"})

    stage.server.click(stage["piet"], post.id, "ja")

    assert post.props == {"a": 1, "from_webhook": "true"}
    assert stage.server.ephemerals(stage["piet"])[-1]["props"] == {"from_webhook": "true"}


def test_a_cookie_is_of_no_use_to_somebody_who_cannot_read_the_channel(stage: Stage):
    stage.bot.reply = Reply({"text": "kies", "attachments": [{"text": "kies", "actions": [stage.button()]}]})
    stage.server.execute(stage["jan"], stage.channels["bestuur"], "/stem hoi")
    whisper = stage.server.ephemerals(stage["jan"])[-1]

    assert stage.server.click(stage["noor"], whisper["id"], "ja").error_id == FORBIDDEN
    assert stage.server.click(stage["piet"], whisper["id"], "ja").ok


def test_a_redirect_is_followed_with_get(stage: Stage):
    stage.bot.replies = [Reply("", 302, {"Location": "/elders"}), Reply({"text": "gevonden"})]

    seen = stage.server.execute(stage["jan"], stage.council, "/stem hoi")

    assert seen.body["text"] == "gevonden"
    assert [(one.method, one.path, one.raw) for one in stage.bot.received[1:]] == [("GET", "/elders", "")]


def test_an_empty_answer_to_a_command_declared_as_json_is_a_failure(stage: Stage):
    stage.bot.reply = Reply("")

    seen = stage.server.execute(stage["jan"], stage.council, "/stem hoi")

    assert (seen.status, seen.error_id) == (500, "api.command.execute_command.failed.app_error")


def test_slack_writing_in_the_attachment_of_an_answer_calls_everybody(stage: Stage):
    answer = {"response_type": "in_channel", "text": "<!channel>", "attachments": [{"text": "<!channel>"}]}
    stage.bot.reply = Reply(answer | {"skip_slack_parsing": True})

    stage.server.execute(stage["jan"], stage.council, "/stem hoi")

    post = stage.server.posts(stage.council)[-1]
    assert (post.message, post.attachments[0]["text"]) == ("<!channel>", "@channel")
    stage.bot.reply = Reply(answer)
    stage.server.execute(stage["jan"], stage.council, "/stem hoi")
    post = stage.server.posts(stage.council)[-1]
    assert (post.message, post.attachments[0]["text"]) == ("@channel", "@channel")


def test_an_answer_for_a_channel_the_caller_is_not_in_fails(stage: Stage):
    stage.bot.reply = Reply({"text": "hoi", "channel_id": stage.channels["bestuur"].id})

    seen = stage.server.execute(stage["noor"], stage.council, "/stem hoi")

    assert seen.status == 500
    assert stage.server.ephemerals(stage["noor"]) == []


@pytest.mark.parametrize(
    ("typed", "text"), [("/STEM  hoi ", " hoi "), ("/stem\nhoi\n  daar", "hoi\n  daar"), ("/stem", "")]
)
def test_one_white_space_character_after_the_trigger_is_cut(stage: Stage, typed: str, text: str):
    stage.server.execute(stage["jan"], stage.council, typed)

    assert (sent(stage)["command"], sent(stage)["text"]) == (["/stem"], [text])


def test_a_command_is_refused_where_its_caller_may_not_write(stage: Stage):
    assert stage.server.execute(stage["buiten"], stage.council, "/stem hoi").error_id == FORBIDDEN
    assert stage.server.execute(stage["jan"], stage.council, " /stem hoi").status == 400
    assert stage.server.execute(stage["jan"], stage.council, "/onbekend").status == 404
    stage.server.archive(stage.council)
    assert stage.server.execute(stage["jan"], stage.council, "/stem hoi").status == 400
    assert stage.bot.received == []


def test_any_member_sees_which_commands_there_are_and_no_token(stage: Stage):
    path = f"/teams/{stage.team.id}/commands/autocomplete"
    offered = stage.server.call(stage["buiten"], "GET", path).body

    found = next(one for one in offered if one["trigger"] == "stem")
    assert (found["token"], found["url"], found["creator_id"]) == ("", "", "")
    stage.server.demote(stage["stem"], stage.team)
    custom = f"/commands?team_id={stage.team.id}&custom_only=true"
    assert stage.server.call(stage["stem"], "GET", custom).error_id == FORBIDDEN


def test_suggestions_are_echoed_and_never_stored_and_a_token_can_be_renewed(stage: Stage):
    body = {"team_id": stage.team.id, "trigger": "besluit", "url": f"{stage.bot.url}/cmd"}
    made = stage.server.call(stage["stem"], "POST", "/commands", body | {"autocomplete_data": {"a": 1}}).body
    path = f"/commands/{made['id']}"

    assert made["autocomplete_data"] == {"a": 1}
    assert "autocomplete_data" not in stage.server.call(stage["stem"], "GET", path).body
    renewed = stage.server.call(stage["stem"], "PUT", f"{path}/regen_token").body["token"]
    stage.server.execute(stage["jan"], stage.council, "/besluit hoi")
    assert sent(stage)["token"] == [renewed] != [made["token"]]


def test_a_response_url_dies_with_its_command(stage: Stage):
    stage.server.execute(stage["jan"], stage.council, "/stem hoi")
    (path,) = (one.removeprefix(stage.server.url) for one in stage.bot.received[0].body["response_url"])
    (command,) = stage.server.world.commands
    stage.server.call(stage["stem"], "DELETE", f"/commands/{command}")

    assert stage.server.call(None, "POST", path, {"text": "hoi"}).status == 404


def test_a_dialog_leaves_out_what_is_empty_and_sends_again_what_was_erased(stage: Stage):
    dialog = opened(stage, element("vraag", default="Kast?"), element("reden", optional=True))
    stage.bot.reply = Reply({"errors": {"reden": "Te kort"}})
    stage.server.submit(stage["jan"], dialog, {"reden": "x"})
    assert (dialog.is_open, dialog.errors) == (True, {"reden": "Te kort"})
    assert sent(stage)["submission"] == {"reden": "x", "vraag": "Kast?"}
    stage.bot.reply = Reply()

    stage.server.submit(stage["jan"], dialog, {"reden": ""})

    assert sent(stage)["submission"] == {"reden": "x", "vraag": "Kast?"}
    assert dialog.is_open is False


def test_a_next_step_keeps_the_address_and_the_values_and_a_cancel_sends_the_first_state(stage: Stage):
    dialog = opened(stage, element("vraag"), notify_on_cancel=True)
    step = {"title": "Stap 2", "callback_id": "twee", "state": "s2", "elements": [element("tot")]}
    stage.bot.reply = Reply({"type": "form", "form": step | {"notify_on_cancel": True}})
    stage.server.submit(stage["jan"], dialog, {"vraag": "Kast?"})
    stage.server.submit(stage["jan"], dialog, {"tot": "vrijdag"})

    first = sent(stage)
    stage.server.cancel(stage["jan"], dialog)

    assert (first["callback_id"], first["state"]) == ("een", "s2")
    assert first["submission"] == {"tot": "vrijdag", "vraag": "Kast?"}
    assert (sent(stage)["cancelled"], sent(stage)["state"], sent(stage)["submission"]) == (True, "s1", {})


def test_an_older_server_closes_a_dialog_that_has_a_next_step(stage: Stage):
    stage.server.settings.version = "10.11.0"
    dialog = opened(stage, element("vraag"))
    stage.bot.reply = Reply({"type": "form", "form": {"title": "Stap 2"}})

    seen = stage.server.submit(stage["jan"], dialog, {"vraag": "Kast?"})

    assert (seen.body, dialog.is_open) == ({}, False)


def test_a_person_cannot_send_what_the_client_does_not_let_pass(stage: Stage):
    choice = element("wijze", type="radio", options=[{"text": "Open", "value": "open"}])
    dialog = opened(stage, element("vraag", max_length=5), choice)

    for values in ({"vraag": "Kast?"}, {"vraag": "Kasten", "wijze": "open"}, {"vraag": "Kast", "wijze": "dicht"}):
        with pytest.raises(NotShown):
            stage.server.submit(stage["jan"], dialog, values)
    assert [one.path for one in stage.bot.received] == ["/cmd"]
    assert stage.server.submit(stage["jan"], dialog, {"vraag": "Kasten", "onbekend": "x"}, unchecked=True).ok


def test_a_submission_needs_a_channel_and_a_team_that_its_sender_sees(stage: Stage):
    body = {"url": f"{stage.bot.url}/dlg", "channel_id": stage.council.id, "team_id": stage.team.id, "submission": {}}

    elsewhere = stage.server.team("elders")

    assert stage.server.forge(stage["buiten"], body).ok
    for wrong in (
        {"team_id": ""},
        {"team_id": elsewhere.id},
        {"channel_id": stage.channels["bestuur"].id},
        {"channel_id": ""},
    ):
        assert stage.server.forge(stage["buiten"], body | wrong).error_id == FORBIDDEN
    assert stage.server.forge(stage["gast"], body).error_id == FORBIDDEN


def test_one_trigger_id_opens_two_dialogs(stage: Stage):
    trigger = stage.server.trigger(stage["jan"])
    for title in ("een", "twee"):
        body = {"trigger_id": trigger, "url": stage.bot.url, "dialog": {"title": title}}
        stage.server.call(None, "POST", "/actions/dialogs/open", body)

    assert [one.title for one in stage.server.dialogs(stage["jan"])] == ["een", "twee"]
