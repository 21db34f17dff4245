"""A trigger id counts when this server signed it, for this user, just now, and once."""

from __future__ import annotations

import base64
import string
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.platforms.base import PlatformRefused, PlatformUnavailable
from bot.platforms.mattermost import trigger as module
from bot.platforms.mattermost.trigger import (
    Forged,
    KeyUnavailable,
    KeyWanted,
    Trigger,
    TriggerKey,
    Triggers,
    read_trigger,
)
from tests.platforms.mattermost import recorded

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
JAN = "a437cho3djgguxg1nbmtgt5mmy"
PIET = "mn4pysco8byidnkpkxotf5xsdy"
OLD, NEW = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())


def public(key: EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    """A public key as a server tells it."""
    return base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def signed(key: EllipticCurvePrivateKey, number: int = 0, user: str = JAN, at: datetime = NOW) -> str:
    """A trigger id as a server makes it."""
    return signed_text(key, f"{number:026}:{user}:{round(at.timestamp() * 1000)}:")


def signed_text(key: EllipticCurvePrivateKey, text: str) -> str:
    """Any text, signed by the server as a trigger id would be."""
    signature = base64.b64encode(key.sign(text.encode(), ECDSA(SHA256())))
    return base64.b64encode(text.encode() + signature).decode()


class Server:
    """A server that tells its key, and counts how often it is asked."""

    def __init__(self, key: EllipticCurvePrivateKey) -> None:
        self.answer: str | Exception = public(key)
        self.asked = 0

    def key(self) -> str:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def refusal(check: Callable[[str, str, datetime], Trigger], trigger_id: str, user: str, now: datetime) -> str:
    """Why something is refused; empty when it is not."""
    try:
        check(trigger_id, user, now)
    except Forged as forged:
        return forged.reason
    return ""


@pytest.fixture
def triggers() -> Triggers:
    return Triggers(TriggerKey(Server(OLD).key))


# --- what a real server signed -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", recorded.trigger_ids())
def test_every_recorded_trigger_id_verifies(name):
    trigger_id, user = recorded.trigger_ids()[name]
    triggers = Triggers(TriggerKey(recorded.key))

    trigger = triggers.check(trigger_id, user, recorded.received(trigger_id))

    assert trigger == read_trigger(trigger_id)
    assert trigger.user == user


def test_there_are_thirty_eight_recorded_ids_and_the_first_says_what_the_server_meant():
    assert len(recorded.trigger_ids()) == 38
    assert read_trigger(recorded.case("trigger_id_signature")["effect"]["trigger_id"]) == Trigger(
        "gn7k1krc8tbqzrwewutbzdca4a", JAN, datetime(2026, 11, 23, 20, 14, 50, 817000, tzinfo=UTC)
    )


def test_every_change_of_one_sign_of_a_recorded_id_is_refused():
    trigger_id, user = recorded.trigger_ids()["button_click"]
    triggers = Triggers(TriggerKey(recorded.key))
    now = recorded.received(trigger_id)

    changed = [
        trigger_id[:place] + ("B" if sign == "A" else "A") + trigger_id[place + 1 :]
        for place, sign in enumerate(trigger_id)
    ]

    refused = {refusal(triggers.check, each, user, now) for each in changed}
    assert refused == {"trigger", "signature"}
    assert refusal(triggers.check, trigger_id, user, now) == ""


def test_a_recorded_id_has_one_spelling():
    trigger_id, user = next(each for each in recorded.trigger_ids().values() if each[0].endswith("="))
    triggers = Triggers(TriggerKey(recorded.key))
    now = recorded.received(trigger_id)
    bare, padding = trigger_id.rstrip("="), "=" * trigger_id.count("=")
    others = [bare[:-1] + sign + padding for sign in string.ascii_letters + string.digits + "+/" if sign != bare[-1]]

    assert {refusal(triggers.check, each, user, now) for each in others} <= {"trigger", "signature"}


# --- who, when, once -----------------------------------------------------------------------------------------------


def test_an_id_of_another_user_is_refused(triggers):
    assert refusal(triggers.check, signed(OLD), PIET, NOW) == "user"
    assert refusal(triggers.check, signed(OLD), "é\ud800", NOW) == "user"


@pytest.mark.parametrize(
    ("age", "reason"),
    [(0, ""), (59.9, ""), (60, ""), (60.001, "age"), (61, "age"), (86400, "age"), (-5, ""), (-5.001, "age")],
)
def test_an_id_counts_for_a_minute_and_a_clock_may_be_five_seconds_ahead(triggers, age, reason):
    trigger_id = signed(OLD)

    assert refusal(triggers.check, trigger_id, JAN, NOW + timedelta(seconds=age)) == reason


@pytest.mark.parametrize("later", [0, 1, 60])
def test_an_id_counts_once(triggers, later):
    triggers.check(signed(OLD), JAN, NOW)

    assert refusal(triggers.check, signed(OLD), JAN, NOW + timedelta(seconds=later)) == "replay"
    assert refusal(triggers.check, signed(OLD, 1), JAN, NOW + timedelta(seconds=later)) == ""


def test_an_id_of_a_server_whose_clock_is_ahead_cannot_be_used_again_in_its_last_second(triggers):
    ahead = signed(OLD, at=NOW + timedelta(seconds=5))
    triggers.check(ahead, JAN, NOW)

    assert refusal(triggers.check, ahead, JAN, NOW + timedelta(seconds=65)) == "replay"


def test_a_refused_id_is_not_used_up(triggers):
    refusal(triggers.check, signed(OLD), PIET, NOW)

    assert refusal(triggers.check, signed(OLD), JAN, NOW) == ""


def test_ids_are_forgotten_when_they_no_longer_count_and_never_more_than_a_bound(triggers, monkeypatch):
    monkeypatch.setattr(module, "MOST_REMEMBERED", 3)
    for number in range(5):
        triggers.check(signed(OLD, number), JAN, NOW)

    assert refusal(triggers.check, signed(OLD, 4), JAN, NOW) == "replay"
    assert refusal(triggers.check, signed(OLD, 0), JAN, NOW) == ""

    later = NOW + timedelta(seconds=66)
    triggers.check(signed(OLD, 9, at=later), JAN, later)
    assert list(triggers._used) == [f"{9:026}"]


@pytest.mark.parametrize(
    "text",
    ["", ":", "a:b:c:", f"{0:026}:{JAN}:", f"{0:026}:{JAN}:1795464890817", f"{0:026}:{JAN}:1795464890817:1:",
     f"{0:026}:{JAN}:１795464890817:", f"{0:026}:{JAN}:-795464890817:", f"{0:026}:{JAN.upper()}:1795464890817:",
     f"{0:026}:{JAN}\n:1795464890817:"],
)  # fmt: skip
def test_a_signed_text_that_is_no_trigger_id_is_refused(triggers, text):
    assert refusal(triggers.check, signed_text(OLD, text), JAN, NOW) in ("trigger", "signature")


@pytest.mark.parametrize("trigger_id", ["", "x", "é", "\ud800", "Og==", "eA==", signed(OLD) + "\n", signed(OLD)[:-4]])
def test_what_is_no_trigger_id_is_refused(triggers, trigger_id):
    assert refusal(triggers.check, trigger_id, JAN, NOW) in ("trigger", "signature")


def test_without_a_key_the_user_the_age_and_the_single_use_still_count():
    triggers = Triggers(TriggerKey(Server(OLD).key), required=False)
    trigger_id = signed(NEW)

    reasons = [
        refusal(triggers.check, trigger_id, PIET, NOW),
        refusal(triggers.check, trigger_id, JAN, NOW + timedelta(seconds=61)),
        refusal(triggers.check, trigger_id, JAN, NOW),
        refusal(triggers.check, trigger_id, JAN, NOW),
    ]

    assert reasons == ["user", "age", "", "replay"]


# --- the key -------------------------------------------------------------------------------------------------------


def test_the_key_is_fetched_once():
    server = Server(OLD)
    triggers = Triggers(TriggerKey(server.key))

    for number in range(10):
        triggers.check(signed(OLD, number), JAN, NOW)

    assert server.asked == 1


def test_a_new_key_of_the_server_is_found_by_the_first_signature_that_fails():
    server = Server(OLD)
    key = TriggerKey(server.key)
    triggers = Triggers(key)
    assert key.load(NOW)
    server.answer = public(NEW)

    later = NOW + timedelta(minutes=1)

    assert refusal(triggers.check, signed(NEW, 1, at=later), JAN, later) == ""
    assert refusal(triggers.check, signed(OLD, 2, at=later), JAN, later) == "signature"
    assert server.asked == 2


def test_forgeries_make_us_ask_for_the_key_once_a_minute():
    server = Server(OLD)
    triggers = Triggers(TriggerKey(server.key))

    for second in range(181):
        now = NOW + timedelta(seconds=second)
        assert refusal(triggers.check, signed(NEW, at=now), JAN, now) == "signature"

    assert server.asked == 4


@pytest.mark.parametrize(
    "answer",
    [
        PlatformUnavailable("down"),
        PlatformRefused("no"),
        "",
        "x",
        "eA==",
        public(rsa.generate_private_key(65537, 2048)),
    ],
)
def test_without_a_usable_answer_the_key_that_is_known_stays_and_without_one_nothing_can_be_said(answer):
    server = Server(OLD)
    known, unknown = TriggerKey(server.key), TriggerKey(server.key)
    assert known.load(NOW)
    server.answer = answer
    later = NOW + timedelta(minutes=2)

    assert refusal(Triggers(known).check, signed(NEW, at=later), JAN, later) == "signature"
    assert refusal(Triggers(known).check, signed(OLD, at=later), JAN, later) == ""
    assert unknown.load(NOW) is False
    with pytest.raises(KeyUnavailable):
        Triggers(unknown).check(signed(OLD), JAN, NOW)
    with pytest.raises(KeyUnavailable):
        Triggers(unknown).check(signed(OLD), JAN, NOW, may_ask=False)


def test_without_a_key_a_failed_request_for_it_is_repeated_after_two_seconds():
    server = Server(OLD)
    server.answer = PlatformUnavailable("down")
    triggers = Triggers(TriggerKey(server.key))
    with pytest.raises(KeyUnavailable):
        triggers.check(signed(OLD), JAN, NOW)
    server.answer = public(OLD)

    with pytest.raises(KeyUnavailable):
        triggers.check(signed(OLD), JAN, NOW + timedelta(seconds=1.9))
    asked = server.asked

    assert refusal(triggers.check, signed(OLD), JAN, NOW + timedelta(seconds=2)) == ""
    assert (asked, server.asked) == (1, 2)


class Slow(Server):
    """A server that tells its key when it is let go."""

    def __init__(self, key: EllipticCurvePrivateKey) -> None:
        super().__init__(key)
        self.is_asked, self.may_answer = Event(), Event()

    def key(self) -> str:
        self.is_asked.set()
        self.may_answer.wait(10)
        return super().key()


def test_genuine_ids_that_come_while_the_key_is_asked_for_wait_for_it_and_count():
    server, reasons = Slow(OLD), []
    triggers = Triggers(TriggerKey(server.key))
    threads = [
        Thread(target=lambda each=each: reasons.append(refusal(triggers.check, signed(OLD, each), JAN, NOW)))
        for each in range(3)
    ]
    for each in threads:
        each.start()
    assert server.is_asked.wait(10)

    with pytest.raises(KeyWanted):  # who may not wait is told so
        triggers.check(signed(OLD, 9), JAN, NOW, may_ask=False)
    server.may_answer.set()
    for each in threads:
        each.join()

    assert (reasons, server.asked) == (["", "", ""], 1)


def test_nobody_waits_longer_than_a_moment_for_a_thread_that_asks_for_the_key(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    server = Slow(OLD)
    triggers = Triggers(TriggerKey(server.key))
    thread = Thread(target=triggers.key.load, args=(NOW,))
    thread.start()
    assert server.is_asked.wait(10)

    with pytest.raises(KeyUnavailable):
        triggers.check(signed(OLD), JAN, NOW)
    server.may_answer.set()
    thread.join()

    assert (refusal(triggers.check, signed(OLD), JAN, NOW), server.asked) == ("", 1)


def test_where_the_server_would_have_to_be_asked_for_its_key_nothing_is_judged_and_nothing_used_up():
    server = Server(OLD)
    triggers = Triggers(TriggerKey(server.key))
    trigger_id = signed(OLD)

    with pytest.raises(KeyWanted):
        triggers.check(trigger_id, JAN, NOW, may_ask=False)

    assert server.asked == 0
    assert refusal(triggers.check, trigger_id, JAN, NOW) == ""


def test_with_its_key_at_hand_a_signature_is_judged_without_asking_the_server():
    server = Server(OLD)
    triggers = Triggers(TriggerKey(server.key))
    triggers.key.load(NOW)

    trigger = triggers.check(signed(OLD), JAN, NOW, may_ask=False)

    assert trigger.user == JAN
    with pytest.raises(Forged, match="signature"):
        triggers.check(signed(NEW, 1), JAN, NOW, may_ask=False)
    with pytest.raises(KeyWanted):
        triggers.check(signed(NEW, 1), JAN, NOW + timedelta(minutes=1), may_ask=False)
    assert server.asked == 1
