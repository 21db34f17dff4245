"""Recorded calls of the bot: posts, channels, people, commands and limits, replayed against the fake server."""

from __future__ import annotations

import pytest

from tests.servers.mattermost import Seen
from tests.servers.recordings import NAMES, Stage, shape

REPLAYED = [
    name
    for name in NAMES
    if name.startswith(("bot_", "create_", "get_", "invalid_", "list_", "patch_", "post_", "put_", "rate_"))
]


def as_bot(stage: Stage, method: str, path: str, body: object = None) -> Seen:
    """A call by the bot."""
    return stage.server.call(stage["stem"], method, path, body)


def as_plain_member(stage: Stage) -> None:
    """The bot loses the rights it had in most recordings."""
    stage.server.demote(stage["stem"], stage.team)


def test_a_bot_with_team_rights_goes_into_any_channel_as_it_did_then(stage: Stage):
    secret = stage.channels["bestuur"].id
    case = stage.case("bot_adds_itself_to_private_channel")

    posted = as_bot(stage, "POST", "/posts", {"channel_id": secret, "message": "hoi"})
    read = as_bot(stage, "GET", f"/channels/{secret}/posts")
    added = as_bot(stage, "POST", f"/channels/{secret}/members", case["client_call"]["body"])

    stage.check_answer(stage.case("create_post_not_member"), posted)
    assert read.error_id == "api.context.permissions.app_error"
    assert added.status == case["mattermost_answer"]["status"]
    assert shape(added.body) == shape(case["mattermost_answer"]["body"])
    assert as_bot(stage, "GET", f"/channels/{secret}/posts").ok


def test_a_bot_stops_with_its_owner_as_it_did_then(stage: Stage):
    stage.server.deactivate(stage["eigenaar"])

    seen = as_bot(stage, "GET", "/users/me")

    stage.check_answer(stage.case("bot_token_after_owner_deactivated"), seen)


def test_a_wrong_token_is_refused_as_it_was_then(stage: Stage):
    seen = stage.server.call(None, "GET", "/users/me", headers={"Authorization": "Bearer verzonnen"})

    stage.check_answer(stage.case("invalid_token"), seen)


def test_a_trigger_that_exists_is_refused_as_it_was_then(stage: Stage):
    body = {"team_id": stage.team.id, "method": "P", "url": f"{stage.bot.url}/cmd"}

    taken = as_bot(stage, "POST", "/commands", body | {"trigger": "Stem"})
    built_in = as_bot(stage, "POST", "/commands", body | {"trigger": "help"})

    for seen in (taken, built_in):
        stage.check_answer(stage.case("create_command_duplicate"), seen)


def test_a_plain_member_makes_no_command_as_it_made_none_then(stage: Stage):
    case = stage.case("create_command_without_right")
    as_plain_member(stage)

    seen = as_bot(stage, "POST", "/commands", case["client_call"]["body"])

    stage.check_answer(case, seen)


def test_commands_are_listed_for_their_maker_as_they_were_then(stage: Stage):
    case = stage.case("list_commands_as_creator")
    recorded = case["mattermost_answer"]["body"][0]
    (command,) = stage.server.world.commands.values()
    update = {key: recorded[key] for key in ("display_name", "description", "auto_complete_hint", "auto_complete_desc")}
    update |= {"id": command.id, "team_id": stage.team.id, "trigger": "stem", "method": "P", "auto_complete": True}
    assert as_bot(stage, "PUT", f"/commands/{command.id}", update | {"url": recorded["url"]}).ok

    seen = as_bot(stage, "GET", f"/commands?team_id={stage.team.id}&custom_only=true")

    stage.check_answer(case, seen)


@pytest.mark.parametrize("name", ["get_me_bot", "get_user_by_bot", "get_channel_member", "create_direct_channel"])
def test_people_and_channels_look_as_they_did_then(stage: Stage, name: str):
    case = stage.case(name)
    jan = stage["jan"].id
    calls: dict[str, tuple[str, str, object]] = {
        "get_me_bot": ("GET", "/users/me", None),
        "get_user_by_bot": ("GET", f"/users/{jan}", None),
        "get_channel_member": ("GET", f"/channels/{stage.council.id}/members/{jan}", None),
        "create_direct_channel": ("POST", "/channels/direct", case["client_call"].get("body")),
    }

    seen = as_bot(stage, *calls[name])

    assert seen.status == case["mattermost_answer"]["status"]
    assert shape(seen.body) == shape(case["mattermost_answer"]["body"])


def test_somebody_who_is_not_in_the_channel_is_not_found_as_then(stage: Stage):
    seen = as_bot(stage, "GET", f"/channels/{stage.council.id}/members/{stage['buiten'].id}")

    stage.check_answer(stage.case("get_channel_member_not_member"), seen)


def test_an_archived_channel_takes_no_post_and_no_patch_as_then(stage: Stage):
    post = stage.post([{"text": "kies", "actions": [stage.button()]}])
    stage.server.archive(stage.council)
    patch = stage.case("patch_post_in_archived_channel")

    posted = as_bot(stage, "POST", "/posts", {"channel_id": stage.council.id, "message": "hoi"})
    patched = as_bot(stage, "PUT", f"/posts/{post.id}/patch", patch["client_call"]["body"])

    stage.check_answer(stage.case("create_post_in_archived_channel"), posted)
    stage.check_answer(patch, patched)


def test_a_post_with_buttons_loses_their_integrations_as_it_did_then(stage: Stage):
    case = stage.case("create_post_with_buttons")

    seen = as_bot(stage, "POST", "/posts", case["client_call"]["body"])

    stage.check_answer(case, seen)


def test_a_public_channel_that_was_not_joined_takes_no_post_of_a_plain_bot_as_then(stage: Stage):
    case = stage.case("create_post_public_not_member")
    as_plain_member(stage)

    seen = as_bot(stage, "POST", "/posts", case["client_call"]["body"])

    stage.check_answer(case, seen)


def test_a_text_that_is_too_long_is_refused_as_it_was_then(stage: Stage):
    longest = {"channel_id": stage.council.id, "message": "é" * 16383}
    assert as_bot(stage, "POST", "/posts", longest).ok

    seen = as_bot(stage, "POST", "/posts", longest | {"message": "é" * 16384})

    stage.check_answer(stage.case("create_post_too_long"), seen)


def test_the_same_pending_id_gives_the_first_post_as_it_did_then(stage: Stage):
    case = stage.case("create_post_same_pending_post_id")
    first = as_bot(stage, "POST", "/posts", case["client_call"]["body"] | {"message": "idem"})

    seen = as_bot(stage, "POST", "/posts", case["client_call"]["body"])

    stage.check_answer(case, seen)
    assert seen.body["id"] == first.body["id"]


def test_a_pending_id_of_somebody_else_gives_his_post_as_it_did_then(stage: Stage):
    case = stage.case("create_post_pending_post_id_of_other_user")
    asked = case["client_call"]["body"]
    stage.server.say(stage["jan"], stage.council, "door jan", pending_post_id=asked["pending_post_id"])

    seen = as_bot(stage, "POST", "/posts", asked)

    stage.check_answer(case, seen)
    assert stage.server.posts(stage.channels["bestuur"]) == []


@pytest.mark.parametrize("name", ["patch_message_after_edit_limit", "patch_props_after_edit_limit"])
def test_the_edit_limit_refuses_every_patch_as_it_did_then(stage: Stage, name: str):
    case = stage.case(name)
    post = stage.post([{"text": "stand", "actions": [stage.button()]}], "nieuw")
    stage.server.settings.edit_limit = 1
    stage.move(seconds=2)

    seen = as_bot(stage, "PUT", f"/posts/{post.id}/patch", case["client_call"]["body"])

    stage.check_answer(case, seen)


def test_a_post_of_somebody_else_is_not_patched_as_it_was_not_then(stage: Stage):
    case = stage.case("patch_post_of_other_author")
    post = stage.post([], author="jan")

    seen = as_bot(stage, "PUT", f"/posts/{post.id}/patch", case["client_call"]["body"])

    stage.check_answer(case, seen)


def test_a_patch_of_props_keeps_the_rest_and_a_put_loses_it_as_then(stage: Stage):
    patch, put = stage.case("patch_post_props"), stage.case("put_post_without_props")
    post = stage.post([{"text": "kies", "actions": [stage.button()]}], "Tekst")
    as_bot(stage, "POST", f"/posts/{post.id}/pin")
    reaction = {"user_id": stage["jan"].id, "post_id": post.id, "emoji_name": "+1"}
    assert stage.server.call(stage["jan"], "POST", "/reactions", reaction).ok

    patched = as_bot(stage, "PUT", f"/posts/{post.id}/patch", patch["client_call"]["body"])
    written = as_bot(stage, "PUT", f"/posts/{post.id}", put["client_call"]["body"] | {"id": post.id})

    stage.check_answer(patch, patched)
    stage.check_answer(put, written)


def test_a_bot_whispers_to_nobody_by_rest_as_it_could_not_then(stage: Stage):
    case = stage.case("post_ephemeral_by_bot")

    seen = as_bot(stage, "POST", "/posts/ephemeral", case["client_call"]["body"])

    stage.check_answer(case, seen)


def test_the_rate_limit_refuses_as_it_did_then(stage: Stage):
    case = stage.case("rate_limited")
    stage.server.settings.rate_limit = True
    recorded = case["effect"]

    calls = [as_bot(stage, "GET", "/users/me") for _ in range(recorded["statuses"]["200"])]

    seen = calls[-1]
    assert (
        sum(one.ok for one in calls) == recorded["statuses"]["200"] - 1
    )  # one more was let through in the time that passed then
    stage.check_answer(case, seen)
    headers = case["mattermost_answer"]["headers"]
    assert {key: seen.headers[key] for key in headers} == headers
