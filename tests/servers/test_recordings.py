"""Every recorded answer of a real Mattermost is given by the fake one, to the same call."""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers import test_recorded_dialogs, test_recorded_mentions, test_recorded_posts
from tests.servers.recordings import NAMES, Stage
from tests.servers.stub_bot import Reply

ANSWERS = [name for name in NAMES if name.startswith("action_response_") and not name.endswith("slow_31s")]
SELECTS = ["select_click", "select_click_option_not_in_list", "select_click_users"]
CLICKS = [
    "button_click",
    "button_click_by_non_member",
    "button_click_by_non_team_member",
    "button_click_forged_by_user_post",
    "button_click_id_with_hyphen",
    "button_click_id_with_underscore",
    "button_click_unknown_action",
    *SELECTS,
]
WHISPERS = ["action_update_on_ephemeral", "button_click_on_ephemeral", "button_click_on_ephemeral_by_other_user"]
COMMANDS = [
    "slash_command_in_private_channel",
    "slash_command_plain",
    "slash_command_with_mentions",
    "slash_response_ephemeral",
    "slash_response_invalid_json",
    "slash_response_skip_slack_parsing",
    "slash_response_status_429",
    "slash_response_status_500",
    "slash_response_text_plain",
]
THREADED = ["slash_command_in_thread", "slash_response_in_channel"]
SLOW = {"slash_slow_29s": (0.1, 0.5), "slash_slow_31s": (0.5, 0.1), "action_response_slow_31s": (0.5, 0.1)}
ALONE = [
    "action_update_detaches_files",
    "button_address_forbidden",
    "button_click_in_archived_channel",
    "button_click_in_direct_message",
    "button_dead_after_read_modify_write",
    "response_url_expired",
    "response_url_uses",
    "slash_address_forbidden",
    "slash_bot_unreachable",
    "slash_command_in_direct_message",
]


def test_every_recording_is_replayed():
    here = [*ANSWERS, *CLICKS, *WHISPERS, *COMMANDS, *THREADED, *SLOW, *ALONE]
    modules = (test_recorded_dialogs, test_recorded_mentions, test_recorded_posts)
    elsewhere = [name for module in modules for name in module.REPLAYED]

    assert sorted(here + elsewhere) == NAMES


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_to_a_click_does_to_the_post_what_it_did_then(stage: Stage, name: str):
    case = stage.case(name)
    post = stage.post([{"text": "kies", "actions": [stage.button()]}], "Oorspronkelijk", props={"eigen": {"a": 1}})
    before = stage.server.view(post)
    stage.prepare(case)

    seen = stage.server.click(stage["jan"], post.id, "ja")

    stage.check_answer(case, seen)
    stage.check_request(case)
    effect, after = case["effect"], stage.server.view(post)
    for recorded, shown in ((effect["post_before"], before), (effect["post_after"], after)):
        assert stage.normal({key: shown[key] for key in recorded}) == stage.normal(recorded)
    stage.bot.forget()
    stage.server.click(stage["jan"], post.id, "ja")
    assert bool(stage.bot.received) is effect["a_second_click_reaches_the_bot"]


@pytest.mark.parametrize("name", CLICKS)
def test_a_click_reaches_the_bot_as_it_did_then(stage: Stage, name: str):
    case = stage.case(name)
    clicker = case["client_call"]["as"].split()[0]
    action_id = case["endpoint"].rpartition("/")[2]
    sent = case.get("request_to_bot", {}).get("body", {})
    context = {key: value for key, value in sent.get("context", {"t": "x"}).items() if key != "selected_option"}
    actions: list[dict[str, Any]] = [stage.button(context, one) for one in ("ja", "a-b", "a_b")]
    actions.append(stage.button(context, "keuze") | {"type": "select", "options": [{"text": "A", "value": "a"}]})
    actions.append(stage.button(context, "lid") | {"type": "select", "data_source": "users"})
    author = "daan" if "forged" in name else "stem"
    post = stage.post([{"text": "kies", "actions": actions}], author=author)
    stage.prepare(case)

    seen = stage.server.click(stage[clicker], post.id, action_id, case["client_call"]["body"].get("selected_option"))

    stage.check_answer(case, seen)
    assert bool(stage.bot.received) is ("request_to_bot" in case)
    if "request_to_bot" in case:
        stage.check_request(case)


@pytest.mark.parametrize("name", WHISPERS)
def test_a_button_on_a_message_for_one_person_works_as_it_did_then(stage: Stage, name: str):
    case = stage.case(name)
    button = stage.button({"t": "m"}, path="/ebtn")
    stage.bot.reply.body = {"text": "kies", "attachments": [{"text": "kies", "actions": [button]}]}
    stage.server.execute(stage["jan"], stage.council, "/stem geheim")
    whisper = stage.server.ephemerals(stage["jan"])[-1]
    stage.bot.forget()
    stage.prepare(case)

    seen = stage.server.click(stage[case["client_call"]["as"]], whisper["id"], "ja")

    stage.check_answer(case, seen)
    stage.check_request(case)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_and_its_answer_go_as_they_did_then(stage: Stage, name: str):
    case = stage.case(name)
    stage.prepare(case)
    posts = len(stage.server.posts(stage.council))

    body = case["client_call"].get("body") or {
        "channel_id": stage.council.id,
        "team_id": stage.team.id,
        "command": "/stem hoi",
    }
    seen = stage.server.call(stage["jan"], "POST", "/commands/execute", body)

    stage.check_answer(case, seen)
    stage.check_request(case)
    made = stage.server.posts(stage.council)[posts:]
    effect = case.get("effect")
    recorded = [effect["post"]] if isinstance(effect, dict) and "post" in effect else []
    shown = [{key: stage.server.view(post)[key] for key in one} for post, one in zip(made, recorded, strict=True)]
    assert stage.normal(shown) == stage.normal(recorded)


@pytest.mark.parametrize("name", THREADED)
def test_a_command_in_a_thread_goes_as_it_did_then(stage: Stage, name: str):
    case = stage.case(name)
    root = stage.server.say(stage["piet"], stage.council, "Draad")
    stage.prepare(case)

    seen = stage.server.call(
        stage["jan"], "POST", "/commands/execute", case["client_call"]["body"] | {"root_id": root.id}
    )

    stage.check_answer(case, seen)
    stage.check_request(case)
    assert stage.bot.received[0].body["root_id"] == [root.id]
    if name == "slash_response_in_channel":
        recorded, post = case["effect"]["post"], stage.server.posts(stage.council)[-1]
        shown = {key: stage.server.view(post)[key] for key in recorded}
        assert stage.normal(shown) == stage.normal(recorded)
        assert post.root_id == root.id


@pytest.mark.parametrize("name", SLOW)
def test_an_answer_that_takes_too_long_is_lost_as_it_was_then(stage: Stage, name: str):
    case = stage.case(name)
    delay, stage.server.settings.integration_timeout = SLOW[name]
    post = stage.post([{"text": "kies", "actions": [stage.button()]}], "traag")
    stage.bot.reply.body, stage.bot.reply.delay = case["bot_response"]["body"], delay

    if name.startswith("slash"):
        seen = stage.server.execute(stage["jan"], stage.council, "/stem hoi")
    else:
        seen = stage.server.click(stage["jan"], post.id, "ja")

    stage.check_answer(case, seen)
    assert post.message == "traag"


def test_an_update_without_files_detaches_them_as_it_did_then(stage: Stage):
    case = stage.case("action_update_detaches_files")
    body = b'--x\r\nContent-Disposition: form-data; name="channel_id"\r\n\r\n' + stage.council.id.encode()
    body += b'\r\n--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\ntekst\r\n--x--\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    file = stage.server.call(stage["stem"], "POST", "/files", body, kind).body["file_infos"][0]["id"]
    post = stage.post([{"text": "kies", "actions": [stage.button({"t": "m"})]}], "Met bestand", file_ids=[file])
    assert post.file_ids == [file]
    stage.prepare(case)

    seen = stage.server.click(stage["jan"], post.id, "ja")

    stage.check_answer(case, seen)
    stage.check_request(case)
    assert post.file_ids == case["effect"]["file_ids_after"]


def test_an_address_that_is_not_allowed_is_not_dialled_as_it_was_then(stage: Stage):
    post = stage.post([{"text": "kies", "actions": [stage.button()]}])
    stage.server.command("vrs958", stage.team, f"{stage.bot.url}/cmd")
    stage.server.settings.trust_loopback = False

    click = stage.server.click(stage["jan"], post.id, "ja")
    command = stage.server.execute(stage["jan"], stage.council, "/vrs958 hoi")

    stage.check_answer(stage.case("button_address_forbidden"), click)
    stage.check_answer(stage.case("slash_address_forbidden"), command)
    assert stage.bot.received == []


def test_a_bot_that_does_not_listen_is_told_to_the_caller_as_it_was_then(stage: Stage):
    stage.server.command("dood", stage.team, "http://127.0.0.1:1/cmd")

    seen = stage.server.execute(stage["jan"], stage.council, "/dood hoi")

    stage.check_answer(stage.case("slash_bot_unreachable"), seen)


def test_a_click_in_an_archived_channel_reaches_the_bot_and_its_update_fails_as_it_did_then(stage: Stage):
    case = stage.case("button_click_in_archived_channel")
    post = stage.post([{"text": "kies", "actions": [stage.button()]}])
    stage.server.archive(stage.council)
    stage.bot.replies = [Reply({"update": {"message": "nieuw"}})]

    refused = stage.server.click(stage["jan"], post.id, "ja")
    accepted = stage.server.click(stage["jan"], post.id, "ja")

    stage.check_answer(case, refused)
    assert accepted.ok
    assert len(stage.bot.received) == 2


def test_a_click_in_a_direct_message_names_no_team_as_it_did_not_then(stage: Stage):
    case = stage.case("button_click_in_direct_message")
    channel = stage.server.direct_channel(stage["jan"], stage["stem"])
    attachments = [{"text": "kies", "actions": [stage.button({"t": "m"})]}]
    post = stage.server.say(stage["stem"], channel, "Persoonlijk", props={"attachments": attachments})
    stage.prepare(case)

    seen = stage.server.click(stage["jan"], post.id, "ja")

    stage.check_answer(case, seen)
    case["request_to_bot"]["body"]["channel_id"] = channel.id
    case["request_to_bot"]["body"]["channel_name"] = channel.name
    stage.check_request(case)


def test_a_button_that_was_read_and_written_back_is_dead_as_it_was_then(stage: Stage):
    post = stage.post([{"text": "kies", "actions": [stage.button()]}])
    read = stage.server.call(stage["stem"], "GET", f"/posts/{post.id}").body
    stage.server.call(stage["stem"], "PUT", f"/posts/{post.id}/patch", {"props": read["props"]})

    seen = stage.server.click(stage["jan"], post.id, "ja")

    stage.check_answer(stage.case("button_dead_after_read_modify_write"), seen)


def test_a_command_in_a_direct_message_names_the_team_on_the_screen_as_it_did_then(stage: Stage):
    case = stage.case("slash_command_in_direct_message")
    channel = stage.server.direct_channel(stage["jan"], stage["piet"])
    stage.prepare(case)

    seen = stage.server.execute(stage["jan"], channel, "/stem in dm", team=stage.team)

    stage.check_answer(case, seen)
    recorded = case["request_to_bot"]["body"]
    recorded["channel_id"], recorded["channel_name"] = [channel.id], [channel.name]
    stage.check_request(case)


def test_a_response_url_works_five_times_as_it_did_then(stage: Stage):
    case = stage.case("response_url_uses")
    root = stage.server.say(stage["jan"], stage.council, "Draad voor response_url")
    stage.server.execute(stage["jan"], stage.council, "/stem hoi", root.id)
    path = stage.bot.received[0].body["response_url"][0].removeprefix(stage.server.url)

    for use in case["effect"]["uses"]:
        seen = stage.server.call(None, "POST", path, use["body"])
        recorded = use["answer"]
        body = seen.body.decode() if isinstance(seen.body, bytes) else seen.body
        assert (seen.status, stage.normal(body)) == (recorded["status"], stage.normal(recorded["body"]))

    made = [stage.server.view(post) for post in reversed(stage.server.posts(stage.council))]
    recorded = case["effect"]["stored_posts"]
    shown = [{key: post[key] for key in one} for post, one in zip(made, recorded, strict=True)]
    assert stage.normal(shown) == stage.normal(recorded)
    assert [post["message"] for post in stage.server.ephemerals(stage["jan"])] == ["antwoord 2", "antwoord 4"]


def test_a_response_url_dies_after_half_an_hour_as_it_did_then(stage: Stage):
    case = stage.case("response_url_expired")
    stage.server.execute(stage["jan"], stage.council, "/stem hoi")
    path = stage.bot.received[0].body["response_url"][0].removeprefix(stage.server.url)
    stage.move(seconds=1799.2)
    assert stage.server.call(None, "POST", path, {"text": "nog net"}).status == 200
    stage.move(seconds=1.6)

    seen = stage.server.call(None, "POST", path, {"text": "te laat"})

    stage.check_answer(case, seen)
