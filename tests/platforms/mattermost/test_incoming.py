"""What comes in counts when it is proved, and is decoded as it was meant; everything else is refused whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from bot.platforms.base import Incoming
from bot.platforms.mattermost.incoming import (
    Click,
    CommandCall,
    Forged,
    Malformed,
    Submission,
    read_click,
    read_command,
    read_submission,
)
from bot.platforms.mattermost.trigger import TriggerKey, Triggers, read_trigger
from bot.seal import Seal, Sealed
from tests.platforms.mattermost import recorded

JAN, PIET = "a437cho3djgguxg1nbmtgt5mmy", "mn4pysco8byidnkpkxotf5xsdy"
RAAD, TEAM = "bkzn15tsq7dttfxhkc9j4177ao", "4zr3y9axipnmtnr7w467xibbdh"
TOKEN = "aabwui1w13ntpndp4ue3xgtrwc"
TOKENS = {f"{TEAM}/stem": TOKEN, f"{TEAM}/standpunt": "s" * 26}
SEAL = Seal(["een sleutel met tweeëndertig tekens, of meer"])
OTHER = Seal(["een heel andere sleutel van genoeg lengte"])
CLICK = recorded.body("button_click")
AT = recorded.received(json.loads(CLICK)["trigger_id"])
VALUES = {"item": "BOD-2027-003", "stance": "agree"}
NOTE = Sealed("click", "position", VALUES, RAAD, AT + timedelta(days=1))


@pytest.fixture
def triggers() -> Triggers:
    return Triggers(TriggerKey(recorded.key))


def sealed(**changes: Any) -> Sealed:
    """A note that is good for the recorded click."""
    return replace(NOTE, **changes)


def click(body: bytes = CLICK, seal: Seal = SEAL, note: Sealed | None = None, **changes: Any) -> bytes:
    """A recorded click on a button of ours, with some of its fields changed."""
    fields = json.loads(body)
    fields["context"] = {"t": seal.close(note or sealed(channel=fields["channel_id"]), AT)}
    return json.dumps(fields | changes).encode()


def form(state: Sealed | None = None, seal: Seal = SEAL, **changes: Any) -> bytes:
    """A recorded form, with a state of ours and some of its fields changed."""
    state = state or sealed(purpose="dialog", account=JAN, nonce="n1")
    fields = json.loads(recorded.body("dialog_submit"))
    return json.dumps(fields | {"state": seal.close(state, AT)} | changes).encode()


def typed(name: str = "slash_command_plain", **changes: str) -> bytes:
    """A recorded command, with some of its fields changed."""
    return urlencode(dict(parse_qsl(recorded.body(name).decode(), keep_blank_values=True)) | changes).encode()


def command(
    body: bytes, triggers: Triggers, headers: Mapping[str, str] = {}, tokens: Mapping[str, str] = TOKENS
) -> CommandCall:
    """Read a command at the moment at which the recorded one came in."""
    trigger_id = dict(parse_qsl(recorded.body("slash_command_plain").decode()))["trigger_id"]
    return read_command(headers, body, tokens, triggers, recorded.received(trigger_id))


def outcome(read: Callable[..., object], *args: object) -> str:
    """What reading ends in: the reason of a refusal, the word for what cannot be understood, or nothing."""
    try:
        read(*args)
    except Forged as forged:
        return forged.reason
    except Malformed:
        return "malformed"
    return ""


# --- commands ------------------------------------------------------------------------------------------------------


def test_a_recorded_command_comes_in_as_it_was_typed(triggers):
    call = command(recorded.body("slash_command_plain"), triggers, recorded.headers("slash_command_plain"))

    assert call.incoming == Incoming(
        "mattermost", JAN, RAAD, call.incoming.received_at, "mattermost-zu3fwbk9etdxmco6wg4ayu9w7e",
        text='/stem open  "Nieuwe   kast?" jan', platform_at=call.incoming.received_at - recorded.MOMENT,
    )  # fmt: skip
    assert (call.team, call.root_id) == (TEAM, "")
    assert call.response_url == "http://127.0.0.1:8065/hooks/commands/9ysegz7pstbw7mt1pahx3m6rfr"
    assert read_trigger(call.trigger_id).user == JAN


@pytest.mark.parametrize("name", recorded.commands())
def test_every_recorded_command_is_read(triggers, name):
    body = recorded.body(name)
    fields = dict(parse_qsl(body.decode()))
    tokens = {f"{fields['team_id']}/{fields['command'][1:]}": fields["token"]}

    call = read_command(recorded.headers(name), body, tokens, triggers, recorded.received(fields["trigger_id"]))

    assert call.incoming.text == f"{fields['command']} {fields['text']}"
    assert call.incoming.account == fields["user_id"]
    assert call.root_id == fields.get("root_id", "")


def test_a_command_in_a_direct_message_has_no_channel(triggers):
    body = recorded.body("slash_command_in_direct_message")
    now = recorded.received(dict(parse_qsl(body.decode()))["trigger_id"])

    call = read_command({}, body, TOKENS, triggers, now)

    assert call.incoming.channel == ""


@pytest.mark.parametrize("name", ["raad__bestuur", "a__b", f"{JAN}__", f"{JAN}__{PIET}x"])
def test_a_channel_with_underscores_in_its_name_is_a_channel(triggers, name):
    assert command(typed(channel_name=name), triggers).incoming.channel == RAAD


def test_a_command_without_words_is_the_command_alone(triggers):
    assert command(typed(text=""), triggers).incoming.text == "/stem"


@pytest.mark.parametrize("text", [" open", "open  ", "é “x” \\", "a\nb\r\n\tc", "+&=%41;", "👍 \u200b"])
def test_every_sign_that_was_typed_comes_in(triggers, text):
    assert command(typed(text=text), triggers).incoming.text == f"/stem {text}"


def test_a_server_that_tells_no_thread_is_understood(triggers):
    body = recorded.body("slash_command_plain").replace(b"&root_id=", b"")

    assert command(body, triggers).root_id == ""


@pytest.mark.parametrize(
    ("header", "reason"),
    [({}, ""), ({"Authorization": f"Token {TOKEN}"}, ""), ({"authorization": "Bearer by-the-customer"}, ""),
     ({"Authorization": "Token " + "x" * 26}, "token"), ({"authorization": "Token "}, "token")],
)  # fmt: skip
def test_the_token_in_the_form_counts_and_another_one_in_the_header_is_a_forgery(triggers, header, reason):
    assert outcome(command, typed(), triggers, header) == reason


@pytest.mark.parametrize(
    "changes",
    [{"token": ""}, {"token": "x" * 26}, {"token": TOKEN + "x"}, {"token": TOKEN[:-1]}, {"token": TOKEN.upper()},
     {"token": "é"}, {"command": "/standpunt"}, {"command": "/onbekend"}, {"command": "/onbekend", "token": ""},
     {"command": "//stem"}, {"team_id": "x" * 26}],
)  # fmt: skip
def test_the_token_must_be_that_of_the_command_in_its_team(triggers, changes):
    assert outcome(command, typed(**changes), triggers) == "token"


def test_a_command_with_an_empty_token_set_up_is_no_command(triggers):
    assert outcome(command, typed(token=""), triggers, {}, {f"{TEAM}/stem": ""}) == "token"


def test_a_command_of_another_user_than_the_signed_one_is_a_forgery(triggers):
    assert outcome(command, typed(user_id=PIET), triggers) == "user"


def test_a_command_comes_in_once_and_in_time(triggers):
    body = typed()
    at = read_trigger(dict(parse_qsl(body.decode()))["trigger_id"]).at

    reasons = [
        outcome(read_command, {}, body, TOKENS, triggers, at + timedelta(seconds=late)) for late in (61, 86400, 1, 2)
    ]

    assert reasons == ["age", "age", "", "replay"]


FIELDS = list(dict(parse_qsl(typed().decode(), keep_blank_values=True)))


@pytest.mark.parametrize("name", FIELDS)
def test_a_command_that_says_something_twice_is_not_understood(triggers, name):
    assert outcome(command, typed() + f"&{name}=x".encode(), triggers) == "malformed"


@pytest.mark.parametrize("name", [each for each in FIELDS if each not in ("root_id", "user_name", "team_domain")])
def test_a_command_that_lacks_something_is_not_understood(triggers, name):
    fields = dict(parse_qsl(typed().decode(), keep_blank_values=True))
    del fields[name]

    assert outcome(command, urlencode(fields).encode(), triggers) == "malformed"


@pytest.mark.parametrize(
    "body",
    [b"", b"x", b"\xff", b"token", b"token=%ff&x=1", b"a=1&" * 1001 + b"b=1", b'{"token":"x"}', typed() + b"&=&x"],
)
def test_what_is_no_form_is_not_understood(triggers, body):
    assert outcome(command, body, triggers) == "malformed"


@pytest.mark.parametrize("name", FIELDS)
def test_a_captured_command_with_any_field_changed_is_refused(triggers, name):
    command(typed(), triggers)
    fields = dict(parse_qsl(typed().decode(), keep_blank_values=True))

    reasons = [outcome(command, typed(**{name: other}), triggers) for other in mutations(fields[name])]

    assert "" not in reasons


# --- clicks --------------------------------------------------------------------------------------------------------


def test_a_recorded_click_on_a_button_of_ours_comes_in_as_its_act(triggers):
    note = sealed(nonce="n1")

    found = read_click(click(note=note), SEAL, triggers, AT)

    assert (found.account, found.channel, found.post) == (JAN, RAAD, "3bbqa4u5mf8j38sa3jfxadcznh")
    assert (found.sealed, found.received_at, found.at) == (note, AT, AT - recorded.MOMENT)
    assert read_trigger(found.trigger_id).user == JAN
    assert found.act() == Incoming(
        "mattermost", JAN, RAAD, AT, "mattermost-gn7k1krc8tbqzrwewutbzdca4a",
        command="position", values=VALUES, platform_at=found.at, once="mattermost-n1",
    )  # fmt: skip


def test_a_button_that_may_be_used_again_is_used_up_by_nothing(triggers):
    assert read_click(click(), SEAL, triggers, AT).act().once == ""


@pytest.mark.parametrize("name", recorded.clicks())
def test_every_recorded_click_is_refused_with_its_own_context_and_read_with_ours(triggers, name):
    body = recorded.clicks()[name]
    fields = json.loads(body)
    now = recorded.received(fields["trigger_id"])
    is_direct = "__" in fields["channel_name"]
    note = sealed(channel="" if is_direct else fields["channel_id"], expires_at=now + timedelta(days=1))

    assert outcome(read_click, body, SEAL, triggers, now) == "seal"
    found = read_click(click(body, note=note), SEAL, triggers, now)

    assert (found.account, found.channel, found.post) == (fields["user_id"], note.channel, fields["post_id"])


@pytest.mark.parametrize(
    ("note", "reason"),
    [(sealed(), ""), (sealed(account=JAN), ""), (sealed(account=PIET), "account"), (sealed(channel=TEAM), "channel"),
     (sealed(channel=""), "channel"), (sealed(purpose="dialog"), "seal"), (sealed(expires_at=AT), "seal")],
)  # fmt: skip
def test_a_seal_counts_for_its_person_its_channel_its_purpose_and_its_time(triggers, note, reason):
    assert outcome(read_click, click(note=note), SEAL, triggers, AT) == reason


def test_a_seal_of_somebody_else_is_a_forgery(triggers):
    assert outcome(read_click, click(seal=OTHER), SEAL, triggers, AT) == "seal"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"user_id": PIET}, "user"), ({"channel_id": TEAM}, "channel"), ({"channel_name": f"{JAN}__{PIET}"}, "channel"),
     ({"trigger_id": json.loads(recorded.body("button_click_by_non_member"))["trigger_id"]}, "user"),
     ({"trigger_id": ""}, "trigger"), ({"context": {"t": "geheim.mac"}}, "seal")],
)  # fmt: skip
def test_a_click_of_another_person_channel_or_moment_is_a_forgery(triggers, changes, reason):
    assert outcome(read_click, click(**changes), SEAL, triggers, AT) == reason


def test_a_click_comes_in_once_and_in_time(triggers):
    body = click()

    late = AT - recorded.MOMENT + timedelta(seconds=61)
    reasons = [outcome(read_click, body, SEAL, triggers, now) for now in (late, AT, AT)]

    assert reasons == ["age", "", "replay"]


def test_a_click_with_a_broken_seal_does_not_use_up_its_trigger(triggers):
    outcome(read_click, CLICK, SEAL, triggers, AT)

    assert outcome(read_click, click(), SEAL, triggers, AT) == ""


@pytest.mark.parametrize("name", json.loads(CLICK))
def test_a_captured_click_with_any_field_changed_is_refused(triggers, name):
    body = click()
    read_click(body, SEAL, triggers, AT)
    fields = json.loads(body)

    changed = [json.dumps(fields | {name: other}).encode() for other in mutations(fields[name])]

    reasons = [outcome(read_click, each, SEAL, triggers, AT) for each in changed]
    assert "" not in reasons


@pytest.mark.parametrize("name", json.loads(CLICK))
@pytest.mark.parametrize(
    "other", [None, 1, True, 1.5, [], {}, [{}], {"t": 1}, {"t": None}, "", "x", "\ud800", "Ａ" * 26]
)
def test_a_changed_click_that_is_seen_first_is_refused_or_changes_nothing(name, other):
    triggers = Triggers(TriggerKey(recorded.key))
    genuine = click()
    changed = json.dumps(json.loads(genuine) | {name: other}).encode()

    found: Click | None = None
    with suppress(Forged, Malformed):
        found = read_click(changed, SEAL, triggers, AT)

    expected = read_click(genuine, SEAL, Triggers(TriggerKey(recorded.key)), AT)
    assert found in (None, expected)
    assert found is None or name in NOT_READ


NOT_READ = ("user_name", "channel_name", "team_id", "team_domain", "type", "data_source")
"""What no act depends on; of the channel's name only whether it is one of a direct message."""


@pytest.mark.parametrize("name", ["user_id", "channel_id", "channel_name", "post_id", "trigger_id", "context"])
def test_a_click_that_lacks_something_is_not_understood(triggers, name):
    fields = json.loads(click())
    del fields[name]

    assert outcome(read_click, json.dumps(fields).encode(), SEAL, triggers, AT) == "malformed"


JUNK = [
    b"", b"x", b"null", b"[]", b"1", b'"x"', b"{}", b"\xff", b"\xef\xbb\xbf{}", b"{", b'{"a":NaN}', b'{"a":"\\ud800"}',
    b"[" * 100_000, b'{"a":' * 100_000, b"1" * 5000, "{}".encode("utf-16"), click()[:-1] + b',"user_id":"x"}',
]  # fmt: skip


@pytest.mark.parametrize("body", JUNK)
def test_what_is_no_json_object_is_not_understood(triggers, body):
    assert outcome(read_click, body, SEAL, triggers, AT) == "malformed"
    assert outcome(read_submission, body, SEAL, AT) == "malformed"


@pytest.mark.parametrize(
    "addition", [b"NaN", b"-Infinity", b'"\\ud800"', b'{"a":1,"a":1}', b'1,"user_id":"' + JAN.encode() + b'"']
)
def test_a_genuine_request_with_something_in_it_that_is_no_json_is_not_understood(triggers, addition):
    odd_click, odd_form = (body[:-1] + b',"more":' + addition + b"}" for body in (click(), form()))

    assert outcome(read_click, odd_click, SEAL, triggers, AT) == "malformed"
    assert outcome(read_submission, odd_form, SEAL, AT) == "malformed"


# --- forms ---------------------------------------------------------------------------------------------------------


def test_a_recorded_form_of_ours_comes_in_from_where_it_was_opened():
    state = sealed(purpose="dialog", account=JAN, nonce="n1", channel="geroddkbupg1zqxr9ox6ka7f6w")

    found = read_submission(form(state), SEAL, AT)

    assert found == Submission(
        JAN, "geroddkbupg1zqxr9ox6ka7f6w", state, {"vraag": "Nieuwe kast?"}, False, AT,
        "mattermost-n1-4768c07553b1c7bb", "mattermost-n1",
    )  # fmt: skip


@pytest.mark.parametrize("name", recorded.submissions())
def test_every_recorded_form_is_refused_with_its_own_state_and_read_with_ours(name):
    fields = json.loads(recorded.submissions()[name])
    state = SEAL.close(sealed(purpose="dialog", account=fields["user_id"], nonce="n"), AT)
    body = json.dumps(fields | {"state": state}).encode()

    assert outcome(read_submission, recorded.submissions()[name], SEAL, AT) == "seal"
    nested = name == "dialog_submit_forged"
    assert outcome(read_submission, body, SEAL, AT) == ("malformed" if nested else "")


def test_every_kind_of_element_gives_its_value():
    fields = json.loads(recorded.body("dialog_submit_all_elements"))["submission"]
    body = form(submission=fields | {"getal": 12, "half": 1.5, "heel": 3.0, "leeg": None})

    values = read_submission(body, SEAL, AT).values

    assert values == fields | {"getal": "12", "half": "1.5", "heel": "3"}
    assert {type(value) for value in values.values()} == {str, bool, list}


def test_a_form_that_was_closed_says_so():
    found = read_submission(form(cancelled=True, submission={}), SEAL, AT)
    without = read_submission(form(cancelled=True, submission=None), SEAL, AT)

    assert (found.cancelled, found.values, without.values) == (True, {}, {})


def test_the_same_content_is_the_same_event_and_another_content_is_another_one_that_uses_up_the_same_form():
    contents = [
        {"a": "1", "b": "2"},
        {"b": "2", "a": "1"},
        {"a": "1", "b": "3"},
        {"a": ["1"], "b": "2"},
        {"a": True, "b": "2"},
    ]

    found = [read_submission(form(submission=each), SEAL, AT) for each in contents]

    assert [each.event_id == found[0].event_id for each in found] == [True, True, False, False, False]
    assert {each.once for each in found} == {"mattermost-n1"}


def test_a_form_that_does_nothing_needs_no_number():
    found = read_submission(form(sealed(purpose="dialog", account=JAN, command="")), SEAL, AT)

    assert (found.event_id, found.once) == ("", "")


@pytest.mark.parametrize(
    ("state", "reason"),
    [(sealed(account=JAN, nonce="n"), "seal"), (sealed(purpose="dialog", nonce="n"), "account"),
     (sealed(purpose="dialog", account=PIET, nonce="n"), "account"), (sealed(purpose="dialog", account=JAN), "nonce"),
     (sealed(purpose="dialog", account=JAN, nonce="n", expires_at=AT), "seal")],
)  # fmt: skip
def test_a_state_counts_for_its_person_its_purpose_and_its_time_and_has_a_number(state, reason):
    assert outcome(read_submission, form(state), SEAL, AT) == reason


@pytest.mark.parametrize(
    "submission", [[], "x", 1, {"a": {}}, {"a": {"b": "c"}}, {"a": [1]}, {"a": [["b"]]}, {"a": [None]}]
)
def test_a_form_with_other_values_is_not_understood(submission):
    assert outcome(read_submission, form(submission=submission), SEAL, AT) == "malformed"


@pytest.mark.parametrize("changes", [{"cancelled": "true"}, {"cancelled": 1}, {"type": "refresh"}, {"type": None}])
def test_another_kind_of_request_is_not_understood(changes):
    assert outcome(read_submission, form(**changes), SEAL, AT) == "malformed"


NOT_BELIEVED = ("callback_id", "channel_id", "team_id")


@pytest.mark.parametrize("name", ["type", "callback_id", "state", "user_id", "channel_id", "team_id", "cancelled"])
def test_a_captured_form_with_any_field_changed_is_refused_or_changes_nothing(name):
    genuine = form()
    fields = json.loads(genuine)

    for other in mutations(fields[name]):
        found: Submission | None = None
        with suppress(Forged, Malformed):
            found = read_submission(json.dumps(fields | {name: other}).encode(), SEAL, AT)
        assert (found is None) is (name not in NOT_BELIEVED)
        assert found in (None, read_submission(genuine, SEAL, AT))


def test_no_secret_of_a_request_stands_in_a_log_line(triggers):
    call = command(typed(), triggers)
    found = read_click(click(), SEAL, triggers, AT)

    shown = f"{call} {call!r} {found} {found!r}"
    assert [each for each in (call.trigger_id, call.response_url, found.trigger_id, TOKEN) if each in shown] == []


def mutations(value: object) -> list[Any]:
    """Other values for a field, near the genuine one and far from it."""
    if isinstance(value, str):
        return [value + "x", "x" + value, value[:-1] + "~", value.swapcase() + "0", "x" * 26]
    if isinstance(value, dict):
        return [{**value, "t": f"{value['t'][:-2]}Q="}, {"t": value["t"] + "="}, {}, {"t": ""}]
    return [None, 0, "false", []]
