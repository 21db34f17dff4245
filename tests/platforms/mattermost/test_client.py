"""The client says what it must say, once, and tells apart what will never be accepted and what may be tried again."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from bot.clock import SteppedClock
from bot.platforms.base import EditRefused, PlatformRefused, PlatformUnavailable, PostGone, PostRef
from bot.platforms.mattermost import client as module
from bot.platforms.mattermost.api import failure
from bot.platforms.mattermost.client import MattermostClient, MattermostError, Settings
from bot.views.card import Card, Paragraph
from bot.views.text import plain
from tests.servers.mattermost import Channel, FakeMattermost, Post, Request, User

NOW = datetime(2027, 3, 1, 11, 0, tzinfo=UTC)
GONE = "5cd9dj9puidpxygxbnmda7mw9h"
RIGHTS = "api.context.permissions.app_error"
PENDING = "api.post.deduplicate_create_post.pending"


@dataclass(frozen=True)
class Shown:
    """A post in its simplest form."""

    message: str
    props: dict[str, Any]


class Plain:
    """Shows the title as the message, and the channel with the paragraphs as an attachment."""

    def post(self, card: Card, channel: str, key: str) -> Shown:
        texts = [plain(block.text) for block in card.blocks if isinstance(block, Paragraph)]
        return Shown(plain(card.title), {"attachments": [{"text": "\n".join(texts), "footer": channel}]})


@dataclass
class Place:
    """A server with a bot, two persons and a channel, and our client of it; `pauses` is how long the client waited."""

    server: FakeMattermost
    client: MattermostClient
    bot: User
    jan: User
    piet: User
    raad: Channel
    pauses: list[float] = field(default_factory=list)

    def requests(self, method: str, path: str) -> list[Request]:
        """The bot's requests with this method and end of the path."""
        mine = [
            each for each in self.server.requests if each.headers.get("authorization") == f"Bearer {self.bot.token}"
        ]
        return [each for each in mine if each.method == method and each.path.endswith(path)]

    def posts(self) -> list[Post]:
        return self.server.posts(self.raad)


@pytest.fixture
def place() -> Iterator[Place]:
    clock = SteppedClock(NOW)
    with FakeMattermost(clock) as server:
        team = server.team("vereniging")
        owner, jan, piet = (server.user(name, [team]) for name in ("beheer", "jan", "piet"))
        bot = server.bot("stem", owner)
        raad = server.channel("raad", team, private=True, members=[bot, jan, piet])
        pauses: list[float] = []
        client = MattermostClient(Settings(server.url, bot.token), Plain(), clock.now, pauses.append)
        yield Place(server, client, bot, jan, piet, raad, pauses)


def card(text: str, title: str = "BOD-2027-003 · Kader") -> Card:
    return Card((title,), (Paragraph((text,)),))


def texts(posts: list[Post]) -> list[str]:
    return [post.attachments[0]["text"] for post in posts]


# --- posts ---------------------------------------------------------------------------------------------------------


def test_a_post_is_made_by_the_bot_with_its_key(place):
    ref = place.client.post(place.raad.id, card("een"), "k-1")

    (post,) = place.posts()
    assert ref == PostRef(place.raad.id, post.id)
    assert (post.user_id, post.message, texts([post])) == (place.bot.id, "BOD-2027-003 · Kader", ["een"])
    assert (post.props["samenspraak_key"], post.attachments[0]["footer"]) == ("k-1", place.raad.id)


def test_every_creation_has_a_random_number_of_its_own(place):
    for number in range(3):
        place.client.post(place.raad.id, card("een"), f"k-{number}")

    numbers = {json.loads(each.body)["pending_post_id"] for each in place.requests("POST", "/posts")}
    assert [len(each) for each in numbers] == [32, 32, 32]


def test_the_post_of_somebody_else_with_our_number_does_not_count_as_ours(place, monkeypatch):
    numbers = iter(["taken", "free"])
    monkeypatch.setattr("bot.platforms.mattermost.client.secrets.token_hex", lambda _: next(numbers))
    theirs = place.server.say(place.jan, place.raad, "BOD-2027-003 · Kader", pending_post_id="taken")

    ref = place.client.post(place.raad.id, card("een"), "k-1")

    assert [post.id for post in place.posts()] == [theirs.id, ref.post]
    assert place.posts()[1].user_id == place.bot.id


def test_our_own_post_in_another_channel_does_not_count_as_the_one_that_is_wanted(place, monkeypatch):
    numbers = iter(["taken", "taken", "free"])
    monkeypatch.setattr("bot.platforms.mattermost.client.secrets.token_hex", lambda _: next(numbers))
    place.client.tell(place.jan.id, card("een"), "k-1")

    place.client.post(place.raad.id, card("een"), "k-2")

    assert texts(place.posts()) == ["een"]


def test_our_own_post_with_another_message_and_key_does_not_count_as_the_one_that_is_wanted(place, monkeypatch):
    numbers = iter(["taken", "taken", "free"])
    monkeypatch.setattr("bot.platforms.mattermost.client.secrets.token_hex", lambda _: next(numbers))
    place.client.post(place.raad.id, card("een", "Een"), "k-1")

    place.client.post(place.raad.id, card("twee", "Twee"), "k-2")

    assert [post.message for post in place.posts()] == ["Een", "Twee"]


def test_a_server_that_goes_on_answering_with_the_post_of_somebody_else_is_no_help(place, monkeypatch):
    monkeypatch.setattr("bot.platforms.mattermost.client.secrets.token_hex", lambda _: "taken")
    place.server.say(place.jan, place.raad, "iets anders", pending_post_id="taken")

    with pytest.raises(PlatformUnavailable):
        place.client.post(place.raad.id, card("een"), "k-1")

    assert len(place.posts()) == 1


def test_a_creation_that_is_still_under_way_is_asked_for_again(place):
    place.server.faults.answer(500, PENDING, method="POST", path="/posts$")

    place.client.post(place.raad.id, card("een"), "k-1")

    first, second = place.requests("POST", "/posts")
    assert first.body == second.body
    assert (len(place.posts()), place.pauses) == (1, [1.0])


def test_the_same_key_is_posted_once(place):
    refs = {place.client.post(place.raad.id, card("een"), "k-1") for _ in range(2)}

    assert len(refs) == len(place.posts()) == 1


def test_the_direct_channel_of_a_person_is_made_by_one_thread_alone(place):
    place.server.faults.delay(0.1, method="POST", path="channels/direct", times=-1)

    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda number: place.client.tell(place.jan.id, Card((f"nummer {number}",)), f"k-{number}"), range(8)
            )
        )

    assert len(place.requests("POST", "/channels/direct")) == 1
    assert len(place.server.direct(place.jan)) == 8


def test_a_reply_stands_in_its_thread_and_without_one_when_there_is_none(place):
    root = place.client.post(place.raad.id, card("een"), "k-1")

    place.client.post(place.raad.id, card("twee"), "k-2", root.post)
    place.client.post(place.raad.id, card("drie"), "k-3", GONE)

    assert [post.root_id for post in place.posts()] == ["", root.post, ""]


@pytest.mark.parametrize("channel", ["raad", "", "../users/me", "A" * 26, GONE])
def test_a_channel_that_is_none_is_refused_for_good(place, channel):
    with pytest.raises(PlatformRefused):
        place.client.post(channel, card("een"), "k-1")


def test_a_post_where_we_may_not_write_or_that_is_too_long_is_refused_for_good(place):
    other = place.server.channel("bestuur", place.raad.team, private=True, members=[place.jan])

    for channel, text in ((other, "een"), (place.raad, "x" * 400_000)):
        with pytest.raises(PlatformRefused):
            place.client.post(channel.id, card(text), "k-1")

    place.server.archive(place.raad)
    with pytest.raises(PlatformRefused):
        place.client.post(place.raad.id, card("een"), "k-1")
    assert place.pauses == []


# --- replacing -----------------------------------------------------------------------------------------------------


def test_an_update_sends_the_props_alone(place):
    ref = place.client.post(place.raad.id, card("een"), "k-1")

    place.client.update(ref, card("twee"), "k-1")

    (patch,) = place.requests("PUT", "/patch")
    assert list(json.loads(patch.body)) == ["props"]
    (post,) = place.posts()
    assert (texts([post]), post.props["samenspraak_key"], post.message) == (["twee"], "k-1", "BOD-2027-003 · Kader")


def test_a_title_that_has_become_another_one_is_replaced_too(place):
    ref = place.client.post(place.raad.id, card("een"), "k-1")

    place.client.update(ref, card("twee", "Ingetrokken"), "k-1")

    assert [(post.message, texts([post])) for post in place.posts()] == [("Ingetrokken", ["twee"])]


def test_where_only_the_message_may_not_be_edited_any_more_the_card_still_is(place):
    ref = place.client.post(place.raad.id, card("een"), "k-1")
    place.server.settings.edit_limit = 0
    place.server.settings.every_edit_limited = False

    place.client.update(ref, card("twee", "Ingetrokken"), "k-1")

    assert [(post.message, texts([post])) for post in place.posts()] == [("BOD-2027-003 · Kader", ["twee"])]


def test_where_nothing_may_be_edited_any_more_an_update_says_so(place):
    ref = place.client.post(place.raad.id, card("een"), "k-1")
    place.server.settings.edit_limit = 0
    place.server.settings.every_edit_limited = True

    with pytest.raises(EditRefused):
        place.client.update(ref, card("twee"), "k-1")

    assert place.client.post(place.raad.id, card("een"), "k-1") == ref


def test_a_post_of_ours_that_our_role_may_not_edit_is_not_gone(place):
    ref = place.client.post(place.raad.id, card("een"), "k-1")
    place.server.faults.answer(403, RIGHTS, method="PUT")

    with pytest.raises(EditRefused):
        place.client.update(ref, card("twee"), "k-1")


def delete(place: Place, post: str) -> None:
    place.server.delete(place.bot, place.server.world.posts[post])


def remove(place: Place, post: str) -> None:
    place.server.leave(place.bot, place.raad)


@pytest.mark.parametrize("happens", [delete, remove])
def test_a_post_that_was_deleted_or_is_out_of_reach_is_gone(place, happens):
    ref = place.client.post(place.raad.id, card("een"), "k-1")
    happens(place, ref.post)

    with pytest.raises(PostGone):
        place.client.update(ref, card("twee"), "k-1")


def test_after_a_post_is_gone_its_key_makes_another_one(place):
    ref = place.client.post(place.raad.id, card("een"), "k-1")
    delete(place, ref.post)
    with pytest.raises(PostGone):
        place.client.update(ref, card("twee"), "k-1")

    again = place.client.post(place.raad.id, card("twee"), "k-1")

    assert [post.id for post in place.posts()] == [again.post] != [ref.post]


def test_a_post_of_somebody_else_and_one_that_never_was_are_gone(place):
    theirs = place.server.say(place.jan, place.raad, "van Jan", props={"samenspraak_key": "k-1"})

    for post in (theirs.id, GONE, "no-such-post", "", "../users/me"):
        with pytest.raises(PostGone):
            place.client.update(PostRef(place.raad.id, post), card("twee"), "k-1")

    assert place.posts()[0].message == "van Jan"


def test_in_an_archived_channel_a_post_is_neither_gone_nor_too_old(place):
    ref = place.client.post(place.raad.id, card("een"), "k-1")
    place.server.archive(place.raad)

    with pytest.raises(PlatformRefused) as refused:
        place.client.update(ref, card("twee"), "k-1")

    assert type(refused.value) is PlatformRefused


def test_a_post_that_cannot_be_looked_at_now_is_not_called_gone(place):
    ref = place.client.post(place.raad.id, card("een"), "k-1")
    place.server.faults.answer(403, RIGHTS, method="PUT")
    place.server.faults.answer(503, method="GET", times=-1)

    with pytest.raises(PlatformUnavailable):
        place.client.update(ref, card("twee"), "k-1")


# --- finding -------------------------------------------------------------------------------------------------------


def other_client(place: Place) -> MattermostClient:
    """The client after a restart."""
    return MattermostClient(
        Settings(place.server.url, place.bot.token), Plain(), place.server.clock.now, place.pauses.append
    )


def test_after_a_restart_our_posts_are_found_and_not_those_of_others(place):
    place.server.say(place.jan, place.raad, "van Jan", props={"samenspraak_key": "k-2", "from_bot": "true"})
    ref = place.client.post(place.raad.id, card("een"), "k-1")
    told = place.client.tell(place.jan.id, card("twee"), "k-2")
    client = other_client(place)

    found = [
        client.find(place.raad.id, "k-1"),
        client.find(place.raad.id, "k-2"),
        client.find(f"@{place.jan.id}", "k-2"),
    ]

    assert found == [ref, None, told]


def test_a_post_that_was_deleted_is_not_found_and_may_be_made_again(place):
    ref = place.client.post(place.raad.id, card("een"), "k-1")
    delete(place, ref.post)

    assert place.client.find(place.raad.id, "k-1") is None
    assert place.client.post(place.raad.id, card("een"), "k-1") != ref


def test_posts_are_looked_through_newest_first_page_by_page_up_to_a_bound(place, monkeypatch):
    monkeypatch.setattr(module, "PAGES", 2)
    monkeypatch.setattr(module, "ON_A_PAGE", 3)
    refs = [place.client.post(place.raad.id, card("een"), f"k-{number}") for number in range(7)]
    client = other_client(place)
    before = len(place.requests("GET", f"/channels/{place.raad.id}/posts"))

    found = [client.find(place.raad.id, f"k-{number}") for number in range(7)]

    assert found == [None, *refs[1:]]
    looked = [each.query["page"] for each in place.requests("GET", f"/channels/{place.raad.id}/posts")[before:]]
    assert looked == ["0", "1"] * 4 + ["0"] * 3


def test_where_few_posts_stand_one_page_is_looked_at(place):
    place.client.post(place.raad.id, card("een"), "k-1")

    assert other_client(place).find(place.raad.id, "k-2") is None
    assert len(place.requests("GET", f"/channels/{place.raad.id}/posts")) == 1


def test_looking_where_we_may_not_read_is_refused(place):
    other = place.server.channel("bestuur", place.raad.team, private=True, members=[place.jan])

    with pytest.raises(PlatformRefused):
        place.client.find(other.id, "k-1")


def test_a_post_whose_answer_was_lost_is_not_sent_again_but_found(place):
    place.server.faults.drop_after(method="POST", path="/posts$")

    with pytest.raises(PlatformUnavailable):
        place.client.post(place.raad.id, card("een"), "k-1")
    found = place.client.find(place.raad.id, "k-1")

    assert [PostRef(place.raad.id, post.id) for post in place.posts()] == [found]
    assert place.client.post(place.raad.id, card("een"), "k-1") == found


# --- direct messages and files -------------------------------------------------------------------------------------


def test_a_direct_message_stands_in_the_channel_of_the_two_which_is_asked_for_once(place):
    refs = [place.client.tell(place.jan.id, card("een"), f"k-{number}") for number in range(3)]
    place.client.tell(place.piet.id, card("twee"), "k-1")

    assert [post.id for post in place.server.direct(place.jan)] == [ref.post for ref in refs]
    assert {ref.conversation for ref in refs} == {f"@{place.jan.id}"}
    assert [post.attachments[0]["footer"] for post in place.server.direct(place.jan)] == ["", "", ""]
    assert len(place.requests("POST", "/channels/direct")) == 2


def test_a_direct_message_is_replaced_as_one(place):
    ref = place.client.tell(place.jan.id, card("een"), "k-1")

    place.client.update(ref, card("twee"), "k-1")

    assert [post.attachments[0]["footer"] for post in place.server.direct(place.jan)] == [""]


@pytest.mark.parametrize("account", ["jan", "@jan", "", GONE])
def test_nobody_is_told_anything_who_is_not_there(place, account):
    with pytest.raises(PlatformRefused):
        place.client.tell(account, card("een"), "k-1")


def test_a_file_is_a_direct_message_of_its_own(place):
    place.client.tell(place.piet.id, card("een"), "k-0")

    ref = place.client.send_file(place.jan.id, "register-BOD.csv", "text/csv", b"a;b\r\n", "k-1")
    again = place.client.send_file(place.jan.id, "register-BOD.csv", "text/csv", b"a;b\r\n", "k-1")

    (post,) = place.server.direct(place.jan)
    (file,) = place.server.files(post)
    assert ref == again == PostRef(f"@{place.jan.id}", post.id)
    assert (file.name, file.media_type, file.content) == ("register-BOD.csv", "text/csv", b"a;b\r\n")
    assert (post.message, post.props["samenspraak_key"]) == ("", "k-1")
    assert len(place.requests("POST", "/files")) == 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [("../../etc/passwd", "-..-etc-pas"), ('a"b\r\nc.csv', "a-b c.csv"), ("é ü.json", "é ü.json"), (".", "-"),
     ("x" * 300 + ".csv", "x" * 100 + ".csv"), ("a\u202evsc.exe", "avsc.exe"), ("a\\b:c?.md", "a-b-c-.md")],
)  # fmt: skip
def test_the_name_of_a_file_is_no_path_and_shows_what_it_is(place, name, shown):
    place.client.send_file(place.jan.id, name, "text/plain", b"a", "k-1")

    (post,) = place.server.direct(place.jan)
    assert [file.name for file in place.server.files(post)] == [shown]


# --- what may be tried again ---------------------------------------------------------------------------------------


def test_too_many_calls_are_made_again_after_as_long_as_the_server_says(place):
    place.client.me()
    place.server.faults.answer(429, retry_after=2, method="POST", times=2)

    place.client.post(place.raad.id, card("een"), "k-1")

    assert (len(place.posts()), place.pauses) == (1, [2.0, 2.0])


def test_after_three_times_the_caller_is_told_how_long_to_wait(place):
    place.client.me()
    place.server.faults.answer(429, retry_after=2, times=-1)

    with pytest.raises(PlatformUnavailable) as unavailable:
        place.client.post(place.raad.id, card("een"), "k-1")

    assert (unavailable.value.retry_after, place.pauses) == (2.0, [2.0, 2.0])
    assert len(place.requests("POST", "/posts")) == 3


def test_nobody_sleeps_for_longer_than_a_few_seconds(place):
    place.client.me()
    place.server.faults.answer(429, retry_after=60)

    with pytest.raises(PlatformUnavailable) as unavailable:
        place.client.post(place.raad.id, card("een"), "k-1")

    assert (unavailable.value.retry_after, place.pauses) == (60.0, [])


def lose(place: Place, method: str) -> None:
    place.server.faults.drop_after(method=method, times=2)


def reset(place: Place, method: str) -> None:
    place.server.faults.reset(method=method, times=2)


def fail(place: Place, method: str) -> None:
    place.server.faults.answer(502, method=method, times=2)


@pytest.mark.parametrize("fault", [lose, reset, fail])
def test_what_is_harmless_to_repeat_is_repeated(place, fault):
    ref = place.client.post(place.raad.id, card("een"), "k-1")
    fault(place, "PUT")
    fault(place, "GET")

    place.client.update(ref, card("twee"), "k-1")

    assert place.client.find(place.raad.id, "k-1") == ref
    assert texts(place.posts()) == ["twee"]
    assert place.pauses == [0.2, 0.4] * 2


@pytest.mark.parametrize("fault", [lose, reset, fail])
def test_what_would_show_twice_is_not_repeated(place, fault):
    place.client.me()
    fault(place, "POST")

    with pytest.raises(PlatformUnavailable):
        place.client.post(place.raad.id, card("een"), "k-1")

    assert (len(place.requests("POST", "/posts")), place.pauses) == (1, [])


def test_a_server_that_does_not_answer_in_time_is_unavailable(place):
    client = MattermostClient(
        Settings(place.server.url, place.bot.token, timeout=(1, 0.05)),
        Plain(),
        place.server.clock.now,
        place.pauses.append,
    )
    client.me()
    place.server.faults.delay(0.3, method="POST")
    started = time.monotonic()

    with pytest.raises(PlatformUnavailable):
        client.post(place.raad.id, card("een"), "k-1")

    assert time.monotonic() - started < 0.3


def test_a_server_that_is_not_there_is_unavailable(place):
    place.server.close()

    with pytest.raises(PlatformUnavailable):
        place.client.post(place.raad.id, card("een"), "k-1")


@pytest.mark.parametrize(
    ("status", "error_id", "kind", "retry_after"),
    [(0, "", PlatformUnavailable, None), (302, "", PlatformUnavailable, None), (400, "some.id", PlatformRefused, None),
     (400, "", PlatformUnavailable, None), (401, "some.id", PlatformUnavailable, None),
     (403, "some.id", PlatformRefused, None), (403, "", PlatformUnavailable, None), (404, "some.id", PlatformRefused, None),
     (404, "", PlatformUnavailable, None), (408, "some.id", PlatformUnavailable, None), (413, "", PlatformRefused, None),
     (429, "", PlatformUnavailable, 7.0), (500, "some.id", PlatformUnavailable, None), (503, "", PlatformUnavailable, 7.0)],
)  # fmt: skip
def test_only_what_mattermost_itself_refuses_is_refused_for_good(status, error_id, kind, retry_after):
    found = failure(MattermostError(status, error_id, "request", retry_after))

    assert type(found) is kind
    assert getattr(found, "retry_after", None) == retry_after
    assert str(found) == f"{status} {error_id or '-'} request"


# --- a bot that has died by halves ---------------------------------------------------------------------------------


def test_a_bot_whose_owner_left_is_rejected_until_it_is_enabled_again(place):
    place.client.me()
    assert place.client.is_rejected is False
    assert place.bot.owner is not None
    place.server.deactivate(place.bot.owner)

    with pytest.raises(PlatformUnavailable):
        place.client.post(place.raad.id, card("een"), "k-1")
    place.client.ping()
    place.client.client_config()
    rejected = place.client.is_rejected
    place.server.reactivate(place.bot)
    place.client.me()

    assert (rejected, place.client.is_rejected) == (True, False)
    assert place.posts() == []


# --- what else is asked of the server ------------------------------------------------------------------------------


def test_the_server_tells_its_version_its_key_and_who_we_are(place):
    assert place.client.version == ""

    assert place.client.signing_key() == place.server.public_key
    assert place.client.version.startswith("11.6.0")
    assert place.client.me()["id"] == place.bot.id
    assert place.client.user_by_name("jan")["id"] == place.client.user(place.jan.id)["id"] == place.jan.id
    assert place.client.channel(place.raad.id)["name"] == "raad"
    assert place.client.channel_member(place.raad.id, place.jan.id)["user_id"] == place.jan.id
    assert place.client.team_by_name("vereniging")["id"] == place.client.team_member(
        place.raad.team.id, place.bot.id
    )["team_id"] == place.raad.team.id  # fmt: skip


@pytest.mark.parametrize("name", ["../me", "me/../me", "a?b", "a#b", "", ".", "..", "%2e%2e", "é"])
def test_no_name_leads_anywhere_else_on_the_server(place, name):
    with pytest.raises(PlatformRefused):
        place.client.user_by_name(name)

    assert place.server.requests[-1].path.startswith("/api/v4/users/username/")


def test_an_administrator_registers_and_changes_commands_and_a_plain_bot_sees_them_without_tokens(place):
    team = place.raad.team
    admin = place.server.user("admin", [team])
    place.server.promote(admin, team)
    client = MattermostClient(Settings(place.server.url, admin.token), Plain(), place.server.clock.now)

    made = client.create_command(
        {"team_id": team.id, "trigger": "stem", "method": "P", "url": "http://a.example/", "auto_complete": True}
    )
    client.update_command(made["id"], made | {"url": "http://b.example/"})
    token = client.renew_command_token(made["id"])

    (listed,) = client.commands(team.id)
    assert (listed["url"], listed["token"]) == ("http://b.example/", token)
    assert token != made["token"]
    shown = [each for each in place.client.shown_commands(team.id) if each["trigger"] == "stem"]
    assert [each["token"] for each in shown] == [""]
    with pytest.raises(PlatformRefused):
        place.client.create_command({"team_id": team.id, "trigger": "x", "method": "P", "url": "http://a.example/"})


def test_a_form_is_opened_for_whoever_acted_within_half_a_minute(place):
    trigger = place.server.trigger(place.jan)
    dialog = {"callback_id": "c", "title": "Standpunt", "elements": [], "state": "s"}

    place.client.open_dialog(trigger, "http://a.example/", dialog)
    place.server.clock.set(NOW + timedelta(seconds=31))

    assert [each.title for each in place.server.dialogs(place.jan)] == ["Standpunt"]
    with pytest.raises(PlatformRefused):
        place.client.open_dialog(trigger, "http://a.example/", dialog)


# --- the line ------------------------------------------------------------------------------------------------------


def test_calls_share_a_connection(place):
    for _ in range(5):
        place.client.me()

    assert len({each.connection for each in place.server.requests}) == 1


def test_neither_a_proxy_nor_another_password_of_the_machine_is_used(place, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\ndefault login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    place.client.me()

    assert place.server.requests[-1].headers["authorization"] == f"Bearer {place.bot.token}"


def test_neither_a_token_nor_a_text_is_logged_at_any_level(place, caplog):
    names = [None, "urllib3", "urllib3.connectionpool", "mattermostdriver.api", "mattermostdriver.websocket"]
    for name in names:
        caplog.set_level(logging.DEBUG, name)
    client = other_client(place)

    client.post(place.raad.id, card("geheime tekst"), "k-1")
    place.server.faults.answer(403, RIGHTS)
    with pytest.raises(PlatformRefused) as refused:
        client.post(place.raad.id, card("geheime tekst"), "k-2")
    place.server.close()
    with pytest.raises(PlatformUnavailable) as unavailable:
        client.user_by_name("geheime-naam")

    causes = [refused.value, refused.value.__cause__, unavailable.value, unavailable.value.__cause__]
    told = f"{caplog.text}{causes}{Settings(place.server.url, place.bot.token)}"
    assert [each for each in (place.bot.token, "geheime", "/api/v4") if each in told] == []


class Odd:
    """A web server that is no Mattermost; `answers` are status, headers and body by path, `seen` the requests."""

    def __init__(self, answers: dict[str, tuple[int, dict[str, str], bytes]]) -> None:
        self.seen = seen = list[tuple[str, dict[str, str], bytes]]()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
                status, headers, content = answers[self.path.partition("?")[0]]
                self.send_response_only(status)
                for name, value in {"Content-Length": str(len(content)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_PUT = do_GET  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/chat/"
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def client(self) -> MattermostClient:
        return MattermostClient(Settings(self.url, "token"), Plain(), lambda: NOW, lambda _: None)


@pytest.fixture
def odd() -> Iterator[Callable[..., Odd]]:
    made: list[Odd] = []

    def make(**answers: tuple[int, dict[str, str], bytes]) -> Odd:
        made.append(Odd({f"/chat/api/v4/{path.replace('_', '/')}": answer for path, answer in answers.items()}))
        return made[-1]

    yield make
    for each in made:
        each.close()


JSON = {"Content-Type": "application/json; charset=utf-8"}


def test_no_cookie_is_kept_a_get_has_no_body_and_a_server_may_stand_below_a_path(odd):
    server = odd(users_me=(200, JSON | {"Set-Cookie": "MMAUTHTOKEN=x; Path=/"}, b'{"id":"me"}'))
    client = server.client()

    for _ in range(2):
        assert client.me() == {"id": "me"}

    assert [(path, "cookie" in headers, body) for path, headers, body in server.seen] == [
        ("/chat/api/v4/users/me", False, b"")
    ] * 2


def test_a_redirect_is_not_followed(odd):
    server = odd(users_me=(302, {"Location": "/chat/api/v4/system/ping"}, b""), system_ping=(200, JSON, b"{}"))

    with pytest.raises(PlatformUnavailable):
        server.client().me()

    assert [path for path, _, _ in server.seen] == ["/chat/api/v4/users/me"]


@pytest.mark.parametrize(
    "answer",
    [(200, {"Content-Type": "text/html"}, b"<html>"), (200, JSON, b"{"), (200, JSON, b"[]"), (200, {}, b""),
     (404, {"Content-Type": "text/html"}, b"<html>"), (403, JSON, b"["), (400, JSON, b"[]")],
)  # fmt: skip
def test_what_is_not_said_by_mattermost_is_no_refusal(odd, answer):
    server = odd(users_me=answer, actions_dialogs_open=answer)

    with pytest.raises(PlatformUnavailable):
        server.client().me()
    with pytest.raises(PlatformUnavailable):
        server.client().open_dialog("trigger", "http://a.example/", {})


@pytest.mark.parametrize(
    ("date", "skew"),
    [("Mon, 01 Mar 2027 11:00:07 GMT", timedelta(seconds=7)), ("Mon, 01 Mar 2027 10:59:00 GMT", -timedelta(minutes=1)),
     ("soon", None), ("Mon, 01 Mar 2027 11:00:07", None)],
)  # fmt: skip
def test_the_clocks_are_compared(odd, date, skew):
    client = odd(system_ping=(200, JSON | {"Date": date}, b"{}")).client()

    client.ping()

    assert client.clock_skew == skew


@pytest.mark.parametrize("said", ["", "soon", "-1", "1.5", "²", "Mon, 01 Mar 2027 11:00:07 GMT"])
def test_a_wait_that_is_not_said_in_seconds_is_not_known(odd, said):
    server = odd(users_me=(429, {"Retry-After": said}, b""))

    with pytest.raises(PlatformUnavailable) as unavailable:
        server.client().me()

    assert unavailable.value.retry_after is None
    assert len(server.seen) == 3
