"""Faults and abuse on Mattermost, by number: what is forged, repeated, late or refused changes nothing that it may not."""

from __future__ import annotations

import http.client
import json
import socket
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from bot.platforms.base import PlatformUnavailable
from bot.webhooks import LARGEST
from commands.domain.item import State
from tests.servers.mattermost import Call, Settings
from tests.servers.stage import START, Stage, a_stage, eventually, text_of

SHORT = "Het overleg besluit het kader vast te stellen."


@pytest.fixture
def stage(tmp_path):
    with a_stage(tmp_path) as made:
        opened(made)
        yield made


def opened(stage: Stage, *flags: str) -> None:
    stage.say("secretaris", f'/consultatie nieuw "Kader cloud" --tekst "{SHORT}" {" ".join(flags)}')
    stage.say("voorzitter", "/consultatie open 001 --termijn '10 werkdagen'")


def filed(stage: Stage) -> list[tuple[str, str]]:
    def work(tx) -> list[tuple[str, str]]:
        return [(each.organisation, each.stance.value) for each in tx.positions.all(tx.items.get(stage.item().number))]

    return stage.app.store.read(work)


def entries(stage: Stage) -> int:
    def work(tx) -> int:
        return sum(tx.log.head(log).sequence for log in tx.log.logs("BOD"))

    return stage.app.store.read(work)


def post(
    stage: Stage, kind: str, body: bytes, media_type: str = "application/json", **headers: str
) -> tuple[int, bytes]:
    """One request from the network to a route of ours."""
    line = http.client.HTTPConnection(urlsplit(stage.address).netloc, timeout=10)
    try:
        line.request("POST", f"/mattermost/{kind}", body, {"Content-Type": media_type, **headers})
        answer = line.getresponse()
        return answer.status, answer.read()
    finally:
        line.close()


def captured(stage: Stage, kind: str) -> Call:
    """A genuine request of the server that was never delivered, so that nothing of it has been used up."""
    fault = stage.server.callback_faults.drop_before(method=kind)
    vng, (card, *_) = stage.people["vng"], stage.posts()
    if kind == "command":
        stage.server.execute(vng, stage.channel, "/standpunt 001 akkoord")
    elif kind == "click":
        stage.server.click_label(vng, card.id, "Akkoord: 001")
    else:
        stage.server.callback_faults.clear()
        stage.press("vng", card, "Standpunt geven: 001")
        fault = stage.server.callback_faults.drop_before(method=kind)
        stage.server.submit(vng, stage.dialog("vng"), {"stance": "agree"})
    stage.server.callback_faults.clear()
    assert fault.hits == 1
    return stage.server.calls[-1]


def repeat(stage: Stage, call: Call, body: bytes | None = None) -> tuple[int, bytes]:
    """A request of the server as it was, or with another body."""
    headers = {name: value for name, value in call.headers if name in ("Authorization", "Content-Type")}
    media_type = headers.pop("Content-Type")
    return post(
        stage, urlsplit(call.url).path.rpartition("/")[2], call.body if body is None else body, media_type, **headers
    )


KINDS = ("command", "click", "dialog")


# --- F6, F7: repeated and reordered ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("copies", [2, 3, 5])
def test_f06_a_request_that_arrives_several_times_is_recorded_once(stage, kind, copies):
    call = captured(stage, kind)

    answers = [repeat(stage, call)[0] for _ in range(copies)]

    assert answers[0] == 200
    assert filed(stage) == [("vng", "agree")]


def test_f07_the_order_in_which_requests_arrive_decides(stage):
    first = captured(stage, "command")
    stage.say("vng", '/standpunt 001 bezwaar "Geen dekking."')

    repeat(stage, first)

    assert filed(stage) == [("vng", "object"), ("vng", "agree")]


# --- F8, F26: late and old ------------------------------------------------------------------------------------


def test_f08_a_click_that_arrives_after_the_deadline_is_late_and_kept_as_late(stage):
    closes_at = stage.item().round.closes_at
    stage.clock.set(closes_at - timedelta(seconds=1))
    call = captured(stage, "click")
    stage.move(closes_at + timedelta(seconds=3))

    status, _ = repeat(stage, call)

    assert status == 200
    assert stage.item().state is State.CLOSED
    assert filed(stage) == [("vng", "agree")]
    late = stage.app.store.read(
        lambda tx: [each.filing.value for each in tx.positions.all(tx.items.get(stage.item().number))]
    )
    assert late == ["late"]


@pytest.mark.parametrize("kind", ["command", "click"])
@pytest.mark.parametrize("after", [timedelta(seconds=61), timedelta(days=1)])
def test_f26_a_genuine_request_is_refused_when_it_is_older_than_a_minute(stage, kind, after):
    call = captured(stage, kind)
    before = entries(stage)
    stage.clock.set(stage.clock.now() + after)

    assert repeat(stage, call) == (401, b"")
    assert (filed(stage), entries(stage)) == ([], before)


def test_f26_a_form_cannot_be_sent_half_a_day_after_it_was_opened(stage):
    call = captured(stage, "dialog")
    stage.clock.set(stage.clock.now() + timedelta(hours=12))

    assert repeat(stage, call) == (401, b"")
    assert filed(stage) == []


# --- F25, F29, F30: forged ------------------------------------------------------------------------------------


def changed(value: str) -> str:
    """The same text with its middle sign another one."""
    middle = len(value) // 2
    return value[:middle] + ("b" if value[middle : middle + 1] != "b" else "c") + value[middle + 1 :]


def mutations(call: Call) -> list[bytes]:
    """The request with each field that proves something changed, and with each of them left out."""
    if call.kind == "command":
        fields = dict(parse_qsl(call.body.decode(), keep_blank_values=True))
        names = ["token", "team_id", "user_id", "trigger_id", "command"]
        return [urlencode({**fields, name: changed(fields[name])}).encode() for name in names] + [
            urlencode({key: value for key, value in fields.items() if key != name}).encode() for name in names
        ]
    fields = json.loads(call.body)
    names = ["user_id", "channel_id", "trigger_id"] if call.kind == "click" else ["user_id", "state"]
    found = [{**fields, name: changed(fields[name])} for name in names]
    found += [{key: value for key, value in fields.items() if key != name} for name in names]
    if call.kind == "click":
        found += [{**fields, "context": {"t": changed(fields["context"]["t"])}}, {**fields, "context": {}}]
    return [json.dumps(each).encode() for each in found]


@pytest.mark.parametrize("kind", KINDS)
def test_f25_a_request_with_any_proof_changed_is_refused_without_a_word_and_writes_nothing(stage, kind):
    call = captured(stage, kind)
    before = entries(stage)

    answers = [repeat(stage, call, body) for body in mutations(call)]

    assert {status for status, _ in answers} <= {400, 401}
    assert {body for _, body in answers} == {b""}
    assert (filed(stage), entries(stage)) == ([], before)
    assert repeat(stage, call)[0] == 200


def test_f25_a_flood_of_forgeries_is_refused_whole_and_logged_in_few_lines(stage, logged):
    call = captured(stage, "click")
    forged = json.dumps({**json.loads(call.body), "context": {"t": "x"}}).encode()

    answers = {repeat(stage, call, forged) for _ in range(100)}

    lines = [each for each in logged if each["event"] == "forged"]
    assert answers == {(401, b"")}
    assert len(lines) < 100
    assert lines[0] | {"weggelaten": 0} == lines[0]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("kind", ["command", "click", "form"])
def test_f27_only_a_post_is_understood_so_that_no_token_comes_in_an_address(stage, method, kind):
    line = http.client.HTTPConnection(urlsplit(stage.address).netloc, timeout=10)
    line.request(method, f"/mattermost/{kind}?token=geheim&text=akkoord")

    assert line.getresponse().status == 405
    line.close()


def test_f29_a_form_that_another_person_sends_is_refused(stage):
    stage.press("vng", stage.posts()[0], "Standpunt geven: 001")
    form = stage.dialog("vng")
    body = {
        "url": form.url, "callback_id": form.callback_id, "state": form.shown["state"], "channel_id": stage.channel.id,
        "team_id": stage.team.id, "submission": {"stance": "agree"},
    }  # fmt: skip

    seen = stage.server.call(stage.people["ipo"], "POST", "/actions/dialogs/submit", body)

    assert not seen.ok
    assert filed(stage) == []


def test_f30_a_button_that_a_member_made_himself_does_nothing(stage):
    url = f"{stage.address}/mattermost/click"
    button = {"id": "ja", "type": "button", "name": "Ja", "integration": {"url": url, "context": {"t": "verzonnen"}}}
    bait = stage.server.say(
        stage.people["ipo"], stage.channel, "Koffie?", props={"attachments": [{"text": "x", "actions": [button]}]}
    )

    seen = stage.server.click(stage.people["vng"], bait.id, "ja")

    assert not seen.ok
    assert filed(stage) == []


def test_f30_a_button_of_ours_does_nothing_in_another_channel(stage):
    call = captured(stage, "click")
    other = stage.server.channel("elders", stage.team, members=[stage.people["vng"]])
    fields = json.loads(call.body)

    assert repeat(stage, call, json.dumps({**fields, "channel_id": other.id}).encode()) == (401, b"")


# --- F20, F38: large, deep and slow ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["command", "click", "form"])
def test_f20_a_body_that_is_too_large_is_refused_before_it_is_read(stage, kind):
    assert post(stage, kind, b"x" * (LARGEST[kind] + 1))[0] == 413


def test_f20_a_body_of_unknown_length_is_read_no_further_than_allowed(stage):
    host, port = urlsplit(stage.address).netloc.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(b"POST /mattermost/click HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
        for _ in range(5):
            line.sendall(chunk)

        assert line.recv(12) == b"HTTP/1.1 413"


@pytest.mark.parametrize("body", [b"[" * 30_000, b'{"a":' * 10_000, b"\xff\xfe", b"null", b"{}", b""])
@pytest.mark.parametrize("kind", ["command", "click", "form"])
def test_f20_nonsense_is_refused_and_nothing_else_happens(stage, kind, body):
    before = entries(stage)

    assert post(stage, kind, body)[0] in (400, 401)
    assert entries(stage) == before


# --- F32, F36: posts that are gone or may not be changed ------------------------------------------------------


def test_f32_a_card_that_was_deleted_is_posted_anew_and_says_so(stage):
    (card,) = stage.posts()
    stage.server.promote(stage.people["beheer"], stage.team)
    stage.server.delete(stage.people["beheer"], card)

    stage.say("vng", "/standpunt 001 akkoord")
    stage.move(START + timedelta(minutes=2))

    (replacement,) = stage.posts()
    assert replacement.id != card.id
    assert "1 van 3 organisaties" in text_of(replacement)


def test_f32_in_an_archived_channel_a_click_is_recorded_and_its_receipt_comes_by_direct_message(stage):
    (card,) = stage.posts()
    stage.server.archive(stage.channel)

    stage.press("vng", card, "Akkoord: 001")

    assert filed(stage) == [("vng", "agree")]
    assert eventually(lambda: [each for each in stage.told("vng") if text_of(each).startswith("Vastgelegd")])


def test_f32_a_result_that_cannot_be_posted_is_told_to_the_chair(stage):
    stage.server.archive(stage.channel)

    stage.move(stage.item().round.closes_at + timedelta(seconds=3))

    assert stage.item().state is State.CLOSED
    assert any("niet" in text_of(each) for each in stage.told("voorzitter"))


@pytest.fixture(params=["11.6.0", "11.7.0"])
def limited(request, tmp_path):
    with a_stage(tmp_path, settings=Settings(version=request.param, edit_limit=300)) as made:
        opened(made)
        yield made


def test_f36_past_the_edit_limit_the_result_is_still_a_new_post(limited):
    limited.move(limited.item().round.closes_at + timedelta(seconds=3))

    assert limited.item().state is State.CLOSED
    assert len(limited.posts()) == 2


def test_f36_past_the_edit_limit_the_next_click_repaints_the_card(limited):
    (card,) = limited.posts()
    limited.move(START + timedelta(days=1))
    limited.say("vng", "/standpunt 001 akkoord")
    limited.move(START + timedelta(days=1, minutes=1))

    limited.press("ipo", card, "Akkoord: 001")

    (after,) = limited.posts()
    assert after.id == card.id
    limited.move(START + timedelta(days=1, minutes=2))
    limited.press("uvw", card, "Akkoord: 001")
    assert "3 van 3 organisaties" in text_of(limited.posts()[0])


# --- F34: who may not ------------------------------------------------------------------------------------------


def test_f34_guests_and_people_outside_the_board_are_refused_and_told_so_themselves(stage):
    guest = stage.server.user("gast", [stage.team], guest=True)
    stage.server.join(guest, stage.channel)
    (card,) = stage.posts()

    stage.server.click_label(guest, card.id, "Akkoord: 001")

    (form,) = stage.server.dialogs(guest)
    assert guest.id in form.introduction
    assert filed(stage) == []


# --- a server that does not tell its key -------------------------------------------------------------------------------


def without_key(stage: Stage) -> None:
    """As after a start at which the server was away."""
    assert stage.connections.mattermost is not None
    key = stage.connections.mattermost.triggers.key
    key._key = key._asked_at = None


def test_f25_without_the_key_of_the_server_nothing_is_recorded_and_a_person_is_told_to_try_again(stage):
    (card,) = stage.posts()
    without_key(stage)
    stage.server.faults.answer(503, path="config/client", times=3)  # as often as it is tried

    clicked = stage.server.click_label(stage.people["vng"], card.id, "Akkoord: 001")
    typed = stage.server.execute(stage.people["ipo"], stage.channel, "/standpunt 001 akkoord")

    assert (clicked.status, typed.status, filed(stage)) == (200, 200, [])
    assert "niet worden geraadpleegd" in str(stage.server.ephemerals(stage.people["vng"])[-1])
    assert "niet worden geraadpleegd" in typed.body["text"]
    stage.clock.set(START + timedelta(seconds=2))
    stage.press("vng", card, "Akkoord: 001")
    assert filed(stage) == [("vng", "agree")]


# --- what is said when it cannot be done ------------------------------------------------------------------------


def test_the_form_button_says_why_before_anything_is_asked(stage):
    (card,) = stage.posts()
    stage.press("voorzitter", card, "Standpunt geven: 001")
    stage.clock.set(stage.item().round.closes_at + timedelta(seconds=1))
    stage.press("vng", card, "Standpunt geven: 001")

    assert stage.dialog("voorzitter").elements == []
    assert "mandaat" in stage.dialog("voorzitter").introduction
    assert stage.dialog("vng").elements == []
    assert "gesloten" in stage.dialog("vng").introduction


def test_a_command_that_is_not_allowed_is_refused_and_not_asked_for_what_it_lacks(stage):
    answer = stage.say("vng", "/consultatie sluit 001")

    assert stage.server.dialogs(stage.people["vng"]) == []
    assert "voorzitter" in answer


def test_a_wrong_form_that_is_sent_twice_keeps_its_fields(stage):
    stage.press("vng", stage.posts()[0], "Standpunt geven: 001")
    form = stage.dialog("vng")

    for _ in range(2):
        stage.send("vng", form, stance="object")

    assert list(form.errors) == ["text"]
    assert form.elements != []


def test_a_form_that_does_not_open_is_told_in_a_direct_message_with_what_to_type(stage):
    stage.server.faults.answer(503, method="POST", path="dialogs/open", times=-1)

    stage.press("vng", stage.posts()[0], "Standpunt geven: 001")

    told = eventually(
        lambda: [text_of(each) for each in stage.told("vng") if "kon niet worden geopend" in text_of(each)]
    )
    assert "Er is niets vastgelegd." in told[0]
    assert "/standpunt" in told[0]


def test_a_click_on_a_bot_that_cannot_post_is_receipted_on_the_screen(stage):
    (card,) = stage.posts()
    stage.server.faults.answer(401, method="POST", path="channels/direct|/posts", times=-1)
    stage.press("ipo", card, "Akkoord: 001")
    mattermost = stage.connections.mattermost
    assert mattermost is not None
    eventually(lambda: mattermost.client.is_rejected)

    stage.press("vng", card, "Akkoord: 001")

    assert stage.dialog("vng").introduction.startswith("Vastgelegd voor VNG: akkoord.")


def test_an_old_button_files_nothing_on_a_text_that_came_later(stage):
    (told,) = stage.told("ipo")
    stage.say(
        "secretaris",
        f'/consultatie versie 001 --versie 2.0 --tekst "{SHORT} Anders." --toelichting "Anders" --wezenlijk',
    )
    stage.say("voorzitter", "/consultatie open 001 --termijn '5 werkdagen'")
    label = next(action["name"] for action in told.actions if "kkoord" in action["name"])

    stage.press("ipo", told, label)

    assert filed(stage) == []
    assert "versie 2.0" in stage.dialog("ipo").introduction


def test_a_bot_whose_token_is_refused_is_not_ready(stage):
    def ready() -> tuple[int, str]:
        line = http.client.HTTPConnection(urlsplit(stage.address).netloc, timeout=10)
        line.request("GET", "/ready")
        answer = line.getresponse()
        found = answer.status, json.loads(answer.read())["status"]
        line.close()
        return found

    before = ready()
    stage.server.faults.answer(401, path="users/me", times=-1)
    mattermost = stage.connections.mattermost
    assert mattermost is not None
    with pytest.raises(PlatformUnavailable):
        mattermost.client.me()

    assert (before, ready()) == ((200, "ok"), (503, "token"))


def test_a_form_that_was_opened_on_an_earlier_text_files_nothing(stage):
    stage.press("vng", stage.posts()[0], "Standpunt geven: 001")
    form = stage.dialog("vng")
    stage.say(
        "secretaris",
        f'/consultatie versie 001 --versie 2.0 --tekst "{SHORT} Anders." --toelichting "Anders" --wezenlijk',
    )
    stage.say("voorzitter", "/consultatie open 001 --termijn '5 werkdagen'")

    stage.send("vng", form, stance="agree")

    assert filed(stage) == []
    assert "versie 2.0" in form.error
    assert "Er is niets vastgelegd." in form.error
