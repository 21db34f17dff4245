"""The console keeps the contract of platforms, and its posts survive a crash."""

from __future__ import annotations

import json
import resource
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import SteppedClock
from bot.platforms.base import Incoming, Platform, PlatformRefused, PlatformUnavailable, PostRef
from bot.platforms.console.client import ConsoleClient, direct
from bot.platforms.console.incoming import Place, pressed, typed
from bot.platforms.console.render import render
from bot.platforms.console.transcript import Post
from bot.views.text import plain
from tests.platforms.contract import CARD, PlatformContract, Shown, card

NOON = datetime(2027, 3, 1, 11, 0, tzinfo=UTC)
LATER = datetime(2027, 3, 1, 11, 5, tzinfo=UTC)


class ConsoleStage:
    """The console with its files in a folder; what people see is what the terminal shows."""

    channel = "BOD"
    account = "vng"
    other_account = "ipo"
    can_search = True

    def __init__(self, folder: Path) -> None:
        self.clock = SteppedClock(NOON)
        self.client = ConsoleClient(self.clock.now, folder / "transcript.jsonl", folder / "files")
        self.platform: Platform = self.client

    def in_channel(self) -> Sequence[Shown]:
        return self._shown(self.channel)

    def told(self, account: str) -> Sequence[Shown]:
        return self._shown(direct(account))

    def _shown(self, conversation: str) -> list[Shown]:
        return [
            Shown("\n".join(render(post.card, 80, range(1, 1 + len(post.card.buttons)))))
            for post in self.client.posts(conversation)
            if post.card is not None
        ]

    def files(self, account: str) -> Sequence[tuple[str, bytes]]:
        return [
            (post.file.name, Path(post.file.path).read_bytes())
            for post in self.client.posts(direct(account))
            if post.file is not None
        ]

    def press(self, ref: PostRef, label: str, account: str) -> Incoming:
        (post,) = [each for each in self.client.posts(self.channel) if each.id == ref.post]
        assert post.card is not None
        (button,) = [each for each in post.card.buttons if plain(each.label) == label]
        return pressed(button, Place(account, self.channel, "os-user"), self.clock.now())

    def type(self, text: str, account: str, channel: str) -> Incoming:
        return typed(text, Place(account, channel, "os-user"), self.clock.now())


class TestConsole(PlatformContract):
    """The contract, over the console."""

    @pytest.fixture
    def stage(self, tmp_path: Path) -> ConsoleStage:
        return ConsoleStage(tmp_path)


def a_client(folder: Path, now: datetime = NOON) -> ConsoleClient:
    return ConsoleClient(SteppedClock(now).now, folder / "transcript.jsonl", folder / "files")


def facts(post: Post) -> tuple[str, str, str, datetime, datetime | None]:
    return post.id, post.key, post.text, post.at, post.edited_at


# --- after a restart -----------------------------------------------------------------------------------


def test_posts_and_their_keys_survive_a_restart(tmp_path):
    before = a_client(tmp_path)
    ref = before.post("BOD", CARD, "k-1")
    before.tell("vng", card("persoonlijk"), "k-2")
    before.send_file("vng", "a.csv", "text/csv", b"abc", "k-3")

    after = a_client(tmp_path)

    assert after.find("BOD", "k-1") == ref
    assert after.find("@vng", "k-2") == PostRef("@vng", "2")
    assert list(map(facts, after.posts("BOD"))) == list(map(facts, before.posts("BOD")))
    assert [post.file for post in after.posts("@vng")] == [post.file for post in before.posts("@vng")]


def test_an_edit_survives_a_restart_and_the_first_text_stays_in_the_file(tmp_path):
    before = a_client(tmp_path)
    ref = before.post("BOD", card("een"), "k-1")
    a_client(tmp_path, LATER).update(ref, card("twee"), "k-9")

    after = a_client(tmp_path)

    assert list(map(facts, after.posts("BOD"))) == [("1", "k-9", "Stand\ntwee", NOON, LATER)]
    assert (after.find("BOD", "k-9"), after.find("BOD", "k-1")) == (ref, None)
    assert [json.loads(line)["text"] for line in (tmp_path / "transcript.jsonl").read_text().splitlines()] == [
        "Stand\neen",
        "Stand\ntwee",
    ]


def test_new_posts_after_a_restart_get_new_ids(tmp_path):
    a_client(tmp_path).post("BOD", card("een"), "k-1")

    ref = a_client(tmp_path).post("BOD", card("twee"), "k-2")

    assert ref == PostRef("BOD", "2")


def test_a_post_of_before_a_restart_is_adopted_without_a_second_line(tmp_path):
    a_client(tmp_path).post("BOD", CARD, "k-1")
    after = a_client(tmp_path, LATER)
    heard: list[Post] = []
    after.listen(heard.append)

    after.post("BOD", CARD, "k-1")

    (post,) = after.posts("BOD")
    assert (post.card, post.edited_at, heard) == (CARD, None, [])
    assert len((tmp_path / "transcript.jsonl").read_text().splitlines()) == 1


@pytest.mark.parametrize("cut", [1, 2, 10, 60])
def test_a_last_line_cut_off_by_a_crash_is_forgotten_and_the_file_goes_on(tmp_path, cut):
    before = a_client(tmp_path)
    before.post("BOD", card("een"), "k-1")
    before.post("BOD", card("twee"), "k-2")
    file = tmp_path / "transcript.jsonl"
    file.write_bytes(file.read_bytes()[:-cut])

    after = a_client(tmp_path)
    after.post("BOD", card("drie"), "k-3")

    assert (after.find("BOD", "k-1"), after.find("BOD", "k-2")) == (PostRef("BOD", "1"), None)
    assert [post.text for post in a_client(tmp_path).posts("BOD")] == ["Stand\neen", "Stand\ndrie"]


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"op": "edit", "id": "7", "at": "2027-03-01T11:00:00+00:00"}', ""])
def test_any_other_fault_in_the_file_is_named_with_its_line(tmp_path, line):
    a_client(tmp_path).post("BOD", card("een"), "k-1")
    file = tmp_path / "transcript.jsonl"
    file.write_text(file.read_text() + line + "\n")

    with pytest.raises(ValueError, match=r"transcript\.jsonl, line 2"):
        a_client(tmp_path)


def test_what_cannot_be_written_is_not_shown_and_may_be_tried_again(tmp_path):
    client = a_client(tmp_path)
    ref = client.post("BOD", card("een"), "k-1")
    whole = (tmp_path / "transcript.jsonl").rename(tmp_path / "whole")
    (tmp_path / "transcript.jsonl").symlink_to("/dev/full")
    heard: list[Post] = []
    client.listen(heard.append)

    for act in (
        lambda: client.post("BOD", card("twee"), "k-2"),
        lambda: client.update(ref, card("drie"), "k-1"),
        lambda: client.tell("vng", card("vier"), "k-3"),
    ):
        with pytest.raises(PlatformUnavailable, match="transcript"):
            act()
    whole.replace(tmp_path / "transcript.jsonl")
    client.post("BOD", card("twee"), "k-2")

    assert [post.text for post in client.posts("BOD")] == ["Stand\neen", "Stand\ntwee"]
    assert [post.text for post in a_client(tmp_path).posts("BOD")] == ["Stand\neen", "Stand\ntwee"]
    assert [post.text for post in heard] == ["Stand\ntwee"]
    assert client.posts("@vng") == ()


def test_a_line_that_is_written_in_part_is_taken_back(tmp_path):
    client = a_client(tmp_path)
    client.post("BOD", card("een"), "k-1")
    size = (tmp_path / "transcript.jsonl").stat().st_size

    _, hard = before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, hard))
    try:
        with pytest.raises(PlatformUnavailable):
            client.post("BOD", card("twee"), "k-2")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    client.post("BOD", card("drie"), "k-3")

    assert [post.text for post in a_client(tmp_path).posts("BOD")] == ["Stand\neen", "Stand\ndrie"]


def test_a_file_that_cannot_be_kept_may_be_tried_again(tmp_path):
    (tmp_path / "files").write_text("in the way")

    with pytest.raises(PlatformUnavailable, match="file"):
        a_client(tmp_path).send_file("vng", "a.csv", "text/csv", b"a", "k-1")


# --- in one process ------------------------------------------------------------------------------------


def test_without_a_file_the_console_lives_in_memory_only():
    client = ConsoleClient(SteppedClock(NOON).now)

    client.post("BOD", CARD, "k-1")
    client.send_file("vng", "a.csv", "text/csv", b"abc", "k-2")

    (post,) = client.posts("@vng")
    assert post.file is not None
    assert (post.file.size, post.file.path) == (3, "")
    assert len(client.posts("BOD")) == 1


def test_a_post_names_its_author_and_instant_and_an_edit_is_marked(tmp_path):
    clock = SteppedClock(NOON)
    client = ConsoleClient(clock.now)
    ref = client.post("BOD", card("een"), "k-1")
    clock.set(LATER)

    client.update(ref, card("twee"), "k-1")

    (post,) = client.posts("BOD")
    assert (post.author, post.at, post.edited_at) == ("samenspraak", NOON, LATER)


def test_a_listener_hears_each_new_post_and_each_change_until_it_stops():
    client = ConsoleClient(SteppedClock(NOON).now)
    heard: list[str] = []
    stop = client.listen(lambda post: heard.append(post.text))

    ref = client.post("BOD", card("een"), "k-1")
    client.update(ref, card("een"), "k-1")
    client.update(ref, card("twee"), "k-1")
    client.tell("vng", card("drie"), "k-2")
    client.send_file("vng", "a.csv", "text/csv", b"a", "k-3")
    stop()
    client.post("BOD", card("vier"), "k-4")

    assert heard == ["Stand\neen", "Stand\ntwee", "Stand\ndrie", "a.csv"]


def test_a_listener_may_ask_the_console_from_another_thread():
    client = ConsoleClient(SteppedClock(NOON).now)
    seen: list[int] = []
    with ThreadPoolExecutor(1) as pool:

        def listener(post: Post) -> None:
            seen.append(pool.submit(lambda: len(client.posts("BOD"))).result(timeout=5))

        client.listen(listener)
        client.post("BOD", card("een"), "k-1")
        client.send_file("vng", "a.csv", "text/csv", b"a", "k-2")

    assert seen == [1, 1]


def test_the_same_key_from_many_threads_is_one_post(tmp_path):
    client = a_client(tmp_path)

    with ThreadPoolExecutor(8) as pool:
        refs = list(pool.map(lambda number: client.post("BOD", card("een"), f"k-{number % 5}"), range(40)))

    assert len(set(refs)) == len(client.posts("BOD")) == len(a_client(tmp_path).posts("BOD")) == 5


def test_a_post_is_updated_only_in_its_own_conversation():
    client = ConsoleClient(SteppedClock(NOON).now)
    ref = client.tell("vng", card("een"), "k-1")

    with pytest.raises(PlatformRefused):
        client.update(PostRef("BOD", ref.post), card("twee"), "k-1")


@pytest.mark.parametrize(
    "name, kept",
    [
        ("register-BOD.csv", "register-BOD.csv"),
        ("../../etc/passwd", "-..-etc-pas"),
        (".profile", "profile"),
        ("a/b\\c:d.csv", "a-b-c-d.csv"),
        ("…", "-"),
        ("a" * 300 + ".csv", "a" * 50 + ".csv"),
        ("a." + "b" * 300, "a." + "b" * 8),
        ("a" * 300, "a" * 50),
        ("\x00", "2-"),
    ],
)
def test_a_file_stays_in_the_folder_whatever_its_name(tmp_path, name, kept):
    client = a_client(tmp_path)

    client.send_file("vng", name, "text/csv", b"abc", "k-1")

    assert [each.name for each in (tmp_path / "files").iterdir()] == [kept]


def test_two_files_with_one_name_are_both_kept(tmp_path):
    client = a_client(tmp_path)

    client.send_file("vng", "a.csv", "text/csv", b"1", "k-1")
    client.send_file("ipo", "a.csv", "text/csv", b"2", "k-2")

    assert sorted((each.name, each.read_bytes()) for each in (tmp_path / "files").iterdir()) == [
        ("2-a.csv", b"2"),
        ("a.csv", b"1"),
    ]


def test_an_act_names_the_user_of_the_operating_system():
    place = Place("vng", "BOD", "os-user")

    acts = typed("/stand", place, NOON), pressed(CARD.buttons[0], place, NOON)

    assert [(act.operator, act.received_at) for act in acts] == [("os-user", NOON)] * 2
