"""What every platform promises. Each platform runs all of this over its own adapter and local server."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import pytest

from bot.platforms.base import Incoming, Platform, PlatformRefused, PostRef
from bot.views.card import Bullets, Button, Card, Facts, Paragraph, Quote, Table, UserText
from tests.platforms.hostile import HOSTILE


@dataclass(frozen=True)
class Shown:
    """One message as people see it: its visible text, and how many people it alerts and links it has."""

    text: str
    alerts: int = 0
    links: int = 0


class Stage(Protocol):
    """A platform with its server, one channel and two persons."""

    platform: Platform
    channel: str
    account: str
    other_account: str
    can_search: bool
    """Whether the platform can find a message of ours again."""

    def in_channel(self) -> Sequence[Shown]:
        """What stands in the channel, oldest first."""

    def told(self, account: str) -> Sequence[Shown]:
        """What stands in a person's direct messages from us, oldest first; files are apart."""

    def files(self, account: str) -> Sequence[tuple[str, bytes]]:
        """The files that a person got from us: name and content."""

    def press(self, ref: PostRef, label: str, account: str) -> Incoming:
        """The act that comes in when a person presses a button of a message in the channel."""

    def type(self, text: str, account: str, channel: str) -> Incoming:
        """The act that comes in when a person types a command; channel "" is a direct message."""


CARD = Card(
    (UserText("Kader cloud"), " is open"),
    (
        Paragraph(("Nog niet gereageerd: ", UserText("UvW"), ".")),
        Facts((((("Akkoord"),), ("12",)), (("Bezwaar",), ("3",)))),
        Bullets((("eerste",), ("tweede",))),
        Quote(("Tekst",), UserText("1. het kader vast te stellen\n2. te evalueren")),
        Table((("Organisatie",), ("Standpunt",)), (((UserText("VNG"),), ("akkoord",)),)),
    ),
    (
        Button(("Akkoord",), "position", {"item": "BOD-2027-003", "stance": "agree"}),
        Button(("Bezwaar",), "position", {"item": "BOD-2027-003", "stance": "object", "text": "é “x” \\ \n y"}),
    ),
)
WORDS = (
    "Kader cloud is open", "Nog niet gereageerd: UvW.", "eerste", "tweede", "1. het kader vast te stellen",
    "2. te evalueren", "VNG", "akkoord", "Akkoord", "Bezwaar",
)  # fmt: skip


def card(text: str) -> Card:
    return Card(("Stand",), (Paragraph((text,)),))


class PlatformContract:
    """Subclass it as `Test…` and give a fixture `stage`."""

    # --- showing ---------------------------------------------------------------------------------------

    def test_a_posted_card_is_shown_whole(self, stage: Stage):
        stage.platform.post(stage.channel, CARD, "k-1")

        (shown,) = stage.in_channel()
        assert [each for each in WORDS if each not in shown.text] == []

    def test_a_count_stands_after_its_label(self, stage: Stage):
        stage.platform.post(stage.channel, CARD, "k-1")

        text = stage.in_channel()[0].text
        assert text.index("Akkoord") < text.index("12") < text.index("Bezwaar") < text.index("3", text.index("12"))

    def test_an_update_replaces_the_message_whole(self, stage: Stage):
        ref = stage.platform.post(stage.channel, CARD, "k-1")

        stage.platform.update(ref, card("gesloten"), "k-1")

        (shown,) = stage.in_channel()
        assert "gesloten" in shown.text
        assert [each for each in WORDS if each in shown.text] == []

    def test_the_same_update_twice_is_harmless(self, stage: Stage):
        ref = stage.platform.post(stage.channel, card("een"), "k-1")

        stage.platform.update(ref, card("twee"), "k-1")
        once = list(stage.in_channel())
        stage.platform.update(ref, card("twee"), "k-1")

        assert list(stage.in_channel()) == once

    def test_an_update_of_a_message_that_is_gone_is_refused_for_good(self, stage: Stage):
        ref = stage.platform.post(stage.channel, card("een"), "k-1")

        with pytest.raises(PlatformRefused):
            stage.platform.update(PostRef(ref.conversation, "no-such-post"), card("twee"), "k-1")

    def test_messages_stand_in_the_order_in_which_they_were_posted(self, stage: Stage):
        for number in range(5):
            stage.platform.post(stage.channel, card(f"bericht {number}."), f"k-{number}")

        assert [f"bericht {n}." in shown.text for n, shown in enumerate(stage.in_channel())] == [True] * 5

    def test_a_direct_message_reaches_its_person_and_nobody_else(self, stage: Stage):
        stage.platform.tell(stage.account, card("alleen voor u"), "k-1")

        (shown,) = stage.told(stage.account)
        assert "alleen voor u" in shown.text
        assert (list(stage.told(stage.other_account)), list(stage.in_channel())) == ([], [])

    def test_a_direct_message_can_be_replaced(self, stage: Stage):
        ref = stage.platform.tell(stage.account, card("een"), "k-1")

        stage.platform.update(ref, card("twee"), "k-1")

        (shown,) = stage.told(stage.account)
        assert ("een" in shown.text, "twee" in shown.text) == (False, True)

    @pytest.mark.parametrize("content", [b"", b"a;b\r\n1;2\r\n", bytes(range(256)) * 300])
    def test_a_file_arrives_byte_for_byte(self, stage: Stage, content: bytes):
        stage.platform.send_file(stage.account, "register-BOD.csv", "text/csv", content, "k-1")

        assert list(stage.files(stage.account)) == [("register-BOD.csv", content)]
        assert list(stage.files(stage.other_account)) == []

    # --- once ------------------------------------------------------------------------------------------

    def test_a_message_is_found_by_its_key_where_it_stands(self, stage: Stage):
        posted = stage.platform.post(stage.channel, CARD, "k-1")
        told = stage.platform.tell(stage.account, CARD, "k-2")
        sent = stage.platform.send_file(stage.account, "a.csv", "text/csv", b"a", "k-3")

        def find(conversation: str, key: str) -> str:
            found = stage.platform.find(conversation, key)
            return "" if found is None else found.post

        found = find(stage.channel, "k-1"), find(f"@{stage.account}", "k-2"), find(f"@{stage.account}", "k-3")
        assert found == ((posted.post, told.post, sent.post) if stage.can_search else ("", "", ""))
        assert find(stage.channel, "k-2") == find(f"@{stage.other_account}", "k-2") == ""
        assert find(stage.channel, "no-such-key") == ""

    def test_a_message_is_still_found_after_an_update(self, stage: Stage):
        ref = stage.platform.post(stage.channel, card("een"), "k-1")

        stage.platform.update(ref, card("twee"), "k-1")

        found = stage.platform.find(stage.channel, "k-1")
        assert (found and found.post) == (ref.post if stage.can_search else None)

    def test_the_same_message_sent_twice_is_visible_once_where_it_can_be_found(self, stage: Stage):
        for _ in range(2):
            stage.platform.post(stage.channel, CARD, "k-1")
            stage.platform.tell(stage.account, CARD, "k-2")
            stage.platform.send_file(stage.account, "a.csv", "text/csv", b"a", "k-3")

        assert len(stage.in_channel()) == len(stage.told(stage.account)) == len(stage.files(stage.account)) == 1

    def test_the_same_text_under_two_keys_is_two_messages(self, stage: Stage):
        stage.platform.post(stage.channel, CARD, "k-1")
        stage.platform.post(stage.channel, CARD, "k-2")

        assert len(stage.in_channel()) == 2

    def test_messages_from_several_threads_all_arrive(self, stage: Stage):
        def post(number: int) -> str:
            return stage.platform.post(stage.channel, card(f"bericht {number}."), f"k-{number}").post

        with ThreadPoolExecutor(4) as pool:
            posts = list(pool.map(post, range(20)))

        assert len(set(posts)) == len(stage.in_channel()) == 20

    # --- coming in -------------------------------------------------------------------------------------

    @pytest.mark.parametrize("button", CARD.buttons, ids=lambda button: button.values["stance"])
    def test_a_button_brings_its_command_back_as_it_was_given(self, stage: Stage, button: Button):
        ref = stage.platform.post(stage.channel, CARD, "k-1")

        act = stage.press(ref, str(button.label[0]), stage.account)

        assert (act.command, act.values, act.text) == (button.command, button.values, None)
        assert (act.platform, act.account, act.channel) == (stage.platform.name, stage.account, stage.channel)

    @pytest.mark.parametrize("text", ["/standpunt 003 akkoord", '/peiling nieuw "é “x”" "a\nb"  c'])
    def test_a_typed_line_comes_in_as_it_was_typed(self, stage: Stage, text: str):
        public = stage.type(text, stage.account, stage.channel)
        private = stage.type(text, stage.other_account, "")

        assert (public.text, public.command, public.values) == (text, None, None)
        assert (public.account, public.channel) == (stage.account, stage.channel)
        assert (private.text, private.account, private.channel) == (text, stage.other_account, "")

    def test_every_act_has_an_id_of_its_own_and_is_stamped_in_utc(self, stage: Stage):
        ref = stage.platform.post(stage.channel, CARD, "k-1")

        acts = [
            stage.type("/stand", stage.account, stage.channel),
            stage.type("/stand", stage.account, stage.channel),
            stage.press(ref, "Akkoord", stage.account),
            stage.press(ref, "Akkoord", stage.account),
        ]

        assert len({act.event_id for act in acts}) == 4
        assert {str(act.received_at.tzinfo) for act in acts} == {"UTC"}

    # --- other people's text ---------------------------------------------------------------------------

    @pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
    @pytest.mark.parametrize("place", ["title", "paragraph", "fact", "bullet", "quote", "cell", "button"])
    def test_user_text_alerts_nobody_links_nowhere_and_steers_no_screen(self, stage: Stage, place: str, text: str):
        stage.platform.post(stage.channel, PLACES[place](text), "k-1")

        (shown,) = stage.in_channel()
        assert (shown.alerts, shown.links) == (0, 0)
        assert steering(shown.text) == set()

    @pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
    def test_a_person_sees_hostile_text_no_otherwise(self, stage: Stage, text: str):
        stage.platform.tell(stage.account, PLACES["paragraph"](text), "k-1")
        stage.platform.send_file(stage.account, f"{text}.csv", "text/csv", b"a", "k-2")

        (shown,) = stage.told(stage.account)
        ((name, content),) = stage.files(stage.account)
        assert (shown.alerts, shown.links) == (0, 0)
        assert steering(shown.text) | steering(name) == set()
        assert content == b"a"


def steering(text: str) -> set[str]:
    """The signs in a text that a screen obeys instead of showing, as names; a new line is none of them."""
    allowed = {"\n", "\u2068", "\u2069", "\u2060", "\u200c", "\u200d"}
    return {
        f"U+{ord(sign):04X}"
        for sign in text
        if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and sign not in allowed
    }


PLACES: dict[str, Callable[[str], Card]] = {
    "title": lambda text: Card((UserText(text),), (Paragraph(("Akkoord: 12",)),)),
    "paragraph": lambda text: Card(("Stand",), (Paragraph((UserText(text), ": 12")),)),
    "fact": lambda text: Card(("Stand",), (Facts((((UserText(text),), ("12",)), (("Tegen",), ("3",)))),)),
    "bullet": lambda text: Card(("Stand",), (Bullets(((UserText(text), " 12"), ("Tegen 3",))),)),
    "quote": lambda text: Card(("Stand",), (Quote(("Tekst",), UserText(text)), Paragraph(("Akkoord: 12",)))),
    "cell": lambda text: Card(
        ("Stand",), (Table((("Wie",), ("Aantal",)), (((UserText(text),), ("12",)), (("Tegen",), ("3",)))),)
    ),
    "button": lambda text: Card(("Stand",), (), (Button((UserText(text),), "stem"), Button(("Tegen",), "stem"))),
}
"""A card with a user text in each kind of place, next to words and counts of ours."""
