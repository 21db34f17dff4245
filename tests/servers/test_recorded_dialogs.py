"""Recorded dialogs, trigger ids and websocket events, replayed against the fake server."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tests.servers.recordings import NAMES, Stage
from tests.servers.stub_bot import Reply

SUBMISSIONS = [name for name in NAMES if name.startswith(("dialog_response_", "dialog_submit", "dialog_cancelled"))]
OPENINGS = ["dialog_open", "dialog_open_bad_trigger", "dialog_open_expired_trigger"]
REPLAYED = [
    *SUBMISSIONS,
    *OPENINGS,
    "dialog_lookup",
    "dialog_open_all_elements",
    "trigger_id_signature",
    "ws_ephemeral_message",
    "ws_ephemeral_with_button",
    "ws_open_dialog",
    "ws_post_edited",
    "ws_posted",
]


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_a_submitted_dialog_and_its_answer_go_as_they_did_then(stage: Stage, name: str):
    case = stage.case(name)
    stage.prepare(case)

    seen = stage.server.forge(stage[case["client_call"]["as"]], case["client_call"]["body"])

    stage.check_answer(case, seen)
    stage.check_request(case)


@pytest.mark.parametrize("name", OPENINGS)
def test_a_trigger_id_opens_a_dialog_as_it_did_then(stage: Stage, name: str):
    case = stage.case(name)
    trigger = stage.server.trigger(stage["jan"])
    body = case["client_call"].get("body") or {"url": f"{stage.bot.url}/dlg", "dialog": {"title": "Stemming"}}
    if "bad" in name:
        parts = b64decode(trigger).split(b":")
        trigger = b64encode(b":".join([parts[0], stage["piet"].id.encode(), *parts[2:]])).decode()
    if "expired" in name:
        stage.move(seconds=31)

    seen = stage.server.call(None, "POST", "/actions/dialogs/open", body | {"trigger_id": trigger})

    stage.check_answer(case, seen)
    assert len(stage.server.dialogs(stage["jan"])) == (1 if name == "dialog_open" else 0)


def test_options_are_looked_up_as_they_were_then(stage: Stage):
    case = stage.case("dialog_lookup")
    stage.prepare(case)
    body = case["request_to_bot"]["body"] | {"url": f"{stage.bot.url}/lookup"}

    seen = stage.server.call(stage["jan"], "POST", "/actions/dialogs/lookup", body)

    stage.check_answer(case, seen)
    stage.check_request(case)


@pytest.mark.parametrize("name", ["dialog_open_all_elements", "ws_open_dialog"])
def test_a_client_is_shown_a_dialog_as_it_was_then(stage: Stage, name: str):
    case = stage.case(name)
    recorded = json.loads(case["effect"]["data"]["dialog"])
    given = recorded["dialog"] | {
        "elements": [{key: value for key, value in one.items() if value} for one in recorded["dialog"]["elements"]]
    }
    body = {"trigger_id": stage.server.trigger(stage["jan"]), "url": recorded["url"], "dialog": given}

    seen = stage.server.call(None, "POST", "/actions/dialogs/open", body)

    assert (seen.status, seen.body) == (200, {"status": "OK"})
    event = stage.server.events(stage["jan"])[-1]
    assert event.name == case["effect"]["event"]
    assert stage.normal(event.data["dialog"]) == stage.normal(recorded)


def test_a_recorded_trigger_id_and_one_of_this_server_verify_in_the_same_way(stage: Stage):
    effect = stage.case("trigger_id_signature")["effect"]
    served = stage.server.call(None, "GET", "/config/client").body["AsymmetricSigningPublicKey"]

    for key, trigger in (
        (effect["AsymmetricSigningPublicKey"], effect["trigger_id"]),
        (served, stage.server.trigger(stage["jan"])),
    ):
        signed, _, signature = b64decode(trigger).rpartition(b":")
        public = load_der_public_key(b64decode(key))
        assert isinstance(public, EllipticCurvePublicKey)
        public.verify(b64decode(signature), signed + b":", ECDSA(SHA256()))
        with pytest.raises(InvalidSignature):
            public.verify(b64decode(signature), signed.replace(b"1", b"2") + b":", ECDSA(SHA256()))


def test_a_message_for_one_person_is_delivered_to_that_client_alone_as_it_was_then(stage: Stage):
    case = stage.case("ws_ephemeral_message")
    post = stage.post([{"text": "kies", "actions": [stage.button()]}])
    stage.bot.reply = Reply({"ephemeral_text": "alleen voor jou"})
    told = len(stage.server.world.events)

    stage.server.click(stage["jan"], post.id, "ja")

    (event,) = stage.server.world.events[told:]
    assert (event.user_id, event.name) == (stage["jan"].id, case["effect"]["event"])
    assert stage.normal(event.data["post"]) == stage.normal(json.loads(case["effect"]["data"]["post"]))


def test_a_button_for_one_person_travels_in_a_cookie_as_it_did_then(stage: Stage):
    case = stage.case("ws_ephemeral_with_button")
    stage.bot.reply = Reply({"text": "Stem geheim", "attachments": [{"text": "kies", "actions": [stage.button()]}]})

    stage.server.execute(stage["jan"], stage.council, "/stem hoi")

    assert stage.normal(stage.server.ephemerals(stage["jan"])[-1]) == stage.normal(case["effect"])


def test_members_are_told_of_a_post_and_its_change_as_they_were_then(stage: Stage):
    posted, edited = (stage.case(name)["effect"] for name in ("ws_posted", "ws_post_edited"))
    post = stage.post([{"text": "kies", "actions": [stage.button()]}], "Vergadering")
    attachments = [{"text": "kies (1)", "actions": [stage.button()]}]
    stage.bot.reply = Reply({"update": {"message": "Vergadering", "props": {"attachments": attachments}}})
    stage.server.click(stage["jan"], post.id, "ja")

    first, second = stage.server.events(stage["piet"])[-2:]
    assert (first.name, second.name) == (posted["event"], edited["event"])
    posted["data"]["post"] = json.loads(posted["data"]["post"])
    assert stage.normal(first.data) == stage.normal(posted["data"])
    assert stage.normal(second.data["post"]) == stage.normal(json.loads(edited["data"]["post"]))
