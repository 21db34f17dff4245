"""The conversation in the terminal, line by line and at a prompt, with a small program behind it."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output

from bot.clock import SteppedClock
from bot.i18n import Catalogue
from bot.platforms.base import Incoming
from bot.platforms.console.chat import Chat
from bot.platforms.console.client import ConsoleClient
from bot.platforms.console.incoming import Place
from bot.platforms.console.terminal import at_terminal, converse, line_by_line
from bot.views.card import Button, Card, Paragraph, UserText

NINE = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
PEOPLE = {"vz": "voorzitter BOD", "vng": "vertegenwoordiger VNG", "ipo": "vertegenwoordiger IPO"}
CHANNELS = {"BOD": "BO Digitalisering", "VP": "Voorportaal"}


@dataclass(frozen=True)
class Answer:
    card: Card


class Program:
    """A toy behind the chat: `/open` posts a card with two choices, which ask before they replace."""

    def __init__(self) -> None:
        self.clock = SteppedClock(NINE)
        self.client = ConsoleClient(self.clock.now)
        self.acts: list[Incoming] = []
        self.filed: dict[str, str] = {}

    def chat(self, account: str = "vz", channel: str = "BOD", locale: str = "nl") -> Chat:
        words = Catalogue(locale, ZoneInfo("Europe/Amsterdam"))
        place = Place(account, channel, "os-user")
        return Chat(self.client, self.submit, PEOPLE, CHANNELS, self.clock.now, words, place)

    def card(self) -> Card:
        filed = [Paragraph((UserText(who), f": {stance}")) for who, stance in self.filed.items()]
        choices = [Button((label,), "position", {"stance": label}) for label in ("akkoord", "bezwaar")]
        return Card(("Kader",), (Paragraph((f"Reacties: {len(self.filed)}",)), *filed), tuple(choices))

    def refresh(self) -> None:
        self.client.post("BOD", self.card(), "item/3")

    def submit(self, act: Incoming) -> Answer:
        self.acts.append(act)
        self.clock.set(self.clock.now() + timedelta(minutes=1))
        match act.command or act.text:
            case "/open":
                self.refresh()
                self.client.tell("vng", Card(("Uw standpunt wordt gevraagd.",)), "told/1")
                return Answer(Card(("Geopend.",)))
            case "/lezen":
                return Answer(Card(("Zomaar iets.",)))
            case "/bestand":
                self.client.send_file(act.account, "a.csv", "text/csv", b"abc", "file/1")
                return Answer(Card(("Verstuurd.",)))
            case "position":
                values = dict(act.values or {})
                if act.account in self.filed and "confirmed" not in values:
                    yes = Button(("Ja, vervang",), "position", {**values, "confirmed": "true"})
                    return Answer(Card(("Vervangen?",), (), (yes, Button(("Nee",), ""))))
                self.filed[act.account] = values["stance"]
                self.refresh()
                return Answer(Card((f"Vastgelegd: {values['stance']}.",)))
            case other:
                return Answer(Card(("Onbekend: ", UserText(other or ""))))


def complete(line: str) -> list[tuple[str, str]]:
    return [each for each in (("/open", "opent"), ("/lezen", "leest")) if each[0].startswith(line)]


def talk(program: Program, *lines: str, **place: str) -> str:
    """Everything the chat showed after its welcome."""
    out = io.StringIO()
    line_by_line(program.chat(**place), [f"{line}\n" for line in lines], out)
    return out.getvalue().split("\n\n", 1)[1]


# --- line by line ------------------------------------------------------------------------------------------


def test_a_conversation_reads_as_what_was_typed_what_was_answered_and_what_was_posted():
    assert talk(Program(), "/open", "1") == (
        "voorzitter BOD in BOD> /open\n"
        "\n"
        "Antwoord, alleen voor u\n"
        "Geopend.\n"
        "\n"
        "Kanaal BOD, 09:01\n"
        "Kader\n"
        "─────\n"
        "  Reacties: 0\n"
        "\n"
        "[1] akkoord   [2] bezwaar\n"
        "\n"
        "voorzitter BOD in BOD> 1\n"
        "\n"
        "[1] akkoord\n"
        "\n"
        "Antwoord, alleen voor u\n"
        "Vastgelegd: akkoord.\n"
        "\n"
        "Kanaal BOD, bijgewerkt 09:02\n"
        "Kader\n"
        "─────\n"
        "  Reacties: 1\n"
        "  vz: akkoord\n"
        "\n"
        "[1] akkoord   [2] bezwaar\n"
        "\n"
    )


def test_the_window_speaks_the_language_of_the_terminal():
    shown = talk(Program(), "/open", ":quit", locale="en")

    assert [line for line in shown.split("\n") if line in {"Answer, for you alone", "Channel BOD, 09:01", "Goodbye."}]
    assert "Antwoord" not in shown


def test_a_typed_line_and_a_choice_become_acts_of_the_person_in_the_channel():
    program = Program()

    talk(program, "  /open  ", "2", account="vng")

    typed, chosen = program.acts
    assert (typed.account, typed.channel, typed.text, typed.received_at) == ("vng", "BOD", "/open", NINE)
    assert (chosen.account, chosen.command, chosen.values) == ("vng", "position", {"stance": "bezwaar"})
    assert typed.event_id != chosen.event_id
    assert {act.operator for act in program.acts} == {"os-user"}


def test_a_line_that_ends_in_a_backslash_goes_on_in_the_next():
    program = Program()

    shown = talk(program, '/nieuw "Titel" --tekst "eerste\\', 'tweede"', "/stand\\")

    assert [act.text for act in program.acts] == ['/nieuw "Titel" --tekst "eerste\ntweede"', "/stand"]
    assert 'voorzitter BOD in BOD> /nieuw "Titel" --tekst "eerste\nvoorzitter BOD in BOD> tweede"\n' in shown


def test_empty_lines_do_nothing_and_the_end_of_the_input_ends_the_chat():
    program = Program()

    assert talk(program, "", "  ", "\t") == ""
    assert program.acts == []


def test_after_stop_nothing_more_is_read():
    program = Program()

    shown = talk(program, ":stop", "/open")

    assert shown == "voorzitter BOD in BOD> :stop\n\nTot ziens.\n\n"
    assert program.acts == []


def test_what_was_typed_is_shown_without_what_a_screen_obeys():
    assert "in BOD> [2J/open\n" in talk(Program(), "\x1b[2J/open")


# --- choices -----------------------------------------------------------------------------------------------


def test_a_question_before_an_overwrite_is_answered_by_number():
    program = Program()

    shown = talk(program, "/open", "1", "2", "1", account="vng")

    assert program.filed == {"vng": "bezwaar"}
    assert "Vervangen?\n\n[1] Ja, vervang   [2] Nee\n" in shown
    assert program.acts[-1].values == {"stance": "bezwaar", "confirmed": "true"}


def test_the_choice_to_do_nothing_is_no_act():
    program = Program()

    shown = talk(program, "/open", "1", "2", "2")

    assert program.filed == {"vz": "akkoord"}
    assert len(program.acts) == 3
    assert shown.endswith("[2] Nee\n\nEr is niets vastgelegd.\n\n")


def test_a_question_is_answered_once():
    program = Program()

    shown = talk(program, "/open", "1", "2", "2", "1")

    assert len(program.acts) == 3
    assert shown.endswith(
        "Keuze 1 staat er niet. Er is niets vastgelegd. Typ een nummer dat bij een keuze\n  staat.\n\n"
    )


def test_an_answer_without_choices_leaves_those_on_the_screen():
    program = Program()

    talk(program, "/open", "/lezen", "2")

    assert program.filed == {"vz": "bezwaar"}


def test_a_post_that_comes_in_never_takes_over_a_number_that_is_on_the_screen():
    program = Program()
    other = Card(("Ander",), (), (Button(("intrekken",), "withdraw"),))

    def lines() -> Iterator[str]:
        yield "/open\n"
        program.client.post("BOD", other, "item/4")
        yield "1\n"
        yield "3\n"

    line_by_line(program.chat(), lines(), io.StringIO())

    assert [act.command for act in program.acts] == [None, "position", "withdraw"]


def test_a_post_keeps_its_numbers_when_it_changes():
    program = Program()
    program.client.post("BOD", Card(("Ander",), (), (Button(("x",), "x"),)), "item/4")

    shown = talk(program, "/open", "2", "3")

    assert shown.count("[2] akkoord   [3] bezwaar") == 2
    assert [dict(act.values or {}) for act in program.acts[1:]] == [
        {"stance": "akkoord"},
        {"stance": "bezwaar"},
    ]


def test_the_numbers_of_buttons_that_are_gone_are_gone():
    program = Program()

    def lines() -> Iterator[str]:
        yield "/open\n"
        program.client.post("BOD", Card(("Kader is gesloten.",)), "item/3")
        yield "1\n"

    line_by_line(program.chat(), lines(), io.StringIO())

    assert len(program.acts) == 1


def test_a_question_to_one_person_cannot_be_answered_by_the_next():
    program = Program()

    talk(program, "/open", "1", "2", ":als ipo", "1")

    assert program.filed == {"vz": "akkoord", "ipo": "akkoord"}
    assert program.acts[-1].values == {"stance": "akkoord"}


@pytest.mark.parametrize("line", ["0", "01", "99", "1000000"])
def test_a_number_that_is_no_choice_never_chooses(line):
    program = Program()

    talk(program, "/open", line)

    assert [act.command for act in program.acts[1:]] in ([], [None])
    assert program.filed == {}


# --- who and where -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", [":als vng", ":as VNG", ":ALS Vertegenwoordiger VNG", ":als   vng "])
def test_one_speaks_as_somebody_else_by_account_or_name(line):
    program = Program()

    shown = talk(program, line, "/stand")

    assert program.acts[0].account == "vng"
    assert "U spreekt nu als vertegenwoordiger VNG.\n" in shown
    assert "vertegenwoordiger VNG in BOD> /stand\n" in shown


@pytest.mark.parametrize("line", [":kanaal vp", ":channel VP", ":kanaal voorportaal"])
def test_one_speaks_in_another_channel_by_id_or_name(line):
    program = Program()

    talk(program, line, "/stand")

    assert program.acts[0].channel == "VP"


def test_one_speaks_in_a_direct_message_and_then_sees_no_channel():
    program = Program()

    shown = talk(program, ":direct", "/open", account="ipo")

    assert program.acts[0].channel == ""
    assert "vertegenwoordiger IPO, direct bericht> /open\n" in shown
    assert "Kader" not in shown


@pytest.mark.parametrize(
    "line, answer",
    [
        (":als x", "Hier is niemand die “x” heet. Kies uit: vz, vng en ipo.\n"),
        (":als", "Hier is niemand die “” heet. Kies uit: vz, vng en ipo.\n"),
        (":kanaal x", "Hier is geen kanaal “x”. Kies uit: BOD en VP.\n"),
        (":x", "Dit venster kent “:x” niet. Typ :help.\n"),
    ],
)
def test_what_this_window_does_not_know_it_says_and_nothing_changes(line, answer):
    program = Program()

    shown = talk(program, line, "/stand")

    assert answer in shown
    assert (program.acts[0].account, program.acts[0].channel) == ("vz", "BOD")


@pytest.mark.parametrize("line", [":wie", ":who"])
def test_who_lists_persons_and_channels_with_the_present_ones_marked(line):
    assert talk(Program(), line).split("\n")[2:] == [
        "Personen",
        "  vz: voorzitter BOD (dat bent u nu)",
        "  vng: vertegenwoordiger VNG",
        "  ipo: vertegenwoordiger IPO",
        "Kanalen",
        "  BOD: BO Digitalisering (hier bent u nu)",
        "  VP: Voorportaal",
        "",
        "",
    ]


def test_help_explains_each_command_of_the_window():
    shown = talk(Program(), ":help")

    assert [word for word in (":als", ":kanaal", ":direct", ":wie", ":stop", "een nummer") if word not in shown] == []


def test_somebody_else_first_sees_the_direct_messages_that_wait_and_the_card():
    shown = talk(Program(), "/open", ":als vng", ":als ipo", ":als vng")

    _, first, ipo, second = shown.split("U spreekt nu als vertegenwoordiger ")
    assert "Direct bericht, 09:01\nUw standpunt wordt gevraagd.\n" in first
    assert "Direct bericht" not in ipo + second
    assert [each.count("[1] akkoord   [2] bezwaar") for each in (first, ipo, second)] == [1, 1, 1]


def test_on_entering_only_the_last_posts_are_shown_and_the_others_counted():
    program = Program()
    for number in range(5):
        program.client.post("VP", Card((f"bericht {number}",)), f"k-{number}")

    shown = talk(program, ":kanaal VP", ":kanaal BOD", ":kanaal VP")

    assert "2 eerdere berichten worden hier niet getoond.\n" in shown
    assert [n for n in range(5) if f"bericht {n}\n" in shown] == [2, 3, 4]
    assert shown.count("bericht 4\n") == 1


def test_a_post_of_before_a_restart_is_shown_as_text_with_its_quotation_apart(tmp_path):
    program = Program()
    file = tmp_path / "transcript.jsonl"
    file.write_text(
        '{"op": "post", "id": "1", "conversation": "BOD", "key": "k", "author": "samenspraak", '
        '"text": "Kader\\nTekst:\\n    ' + "woord " * 19 + 'woord", "at": "2027-03-01T08:00:00+00:00"}\n'
    )
    program.client = ConsoleClient(program.clock.now, file)

    shown = talk(program)

    assert shown.split("\n") == [
        "Kanaal BOD, 09:00",
        "  Kader",
        "  Tekst:",
        "      " + " ".join(["woord"] * 12),
        "        " + " ".join(["woord"] * 8),
        "",
        "",
    ]


def test_a_file_is_announced_with_its_name_and_size():
    assert "Direct bericht, 09:01\n  Bestand a.csv, 3 bytes\n" in talk(Program(), "/bestand")


# --- live --------------------------------------------------------------------------------------------------


def test_a_post_of_somebody_else_appears_as_it_comes():
    program, out = Program(), io.StringIO()

    def lines() -> Iterator[str]:
        yield "/lezen\n"
        before = len(out.getvalue())
        thread = Thread(target=program.refresh)
        thread.start()
        thread.join()
        assert "Kanaal BOD, 09:01\nKader\n" in out.getvalue()[before:]

    line_by_line(program.chat(), lines(), out)

    assert out.getvalue().count("Kader") == 1


def test_posts_in_other_channels_and_to_other_people_stay_out_of_sight():
    program, out = Program(), io.StringIO()

    def lines() -> Iterator[str]:
        program.client.post("VP", Card(("elders",)), "k-1")
        program.client.tell("vng", Card(("voor een ander",)), "k-2")
        program.client.tell("vz", Card(("voor u",)), "k-3")
        yield from ()

    line_by_line(program.chat(), lines(), out)

    assert [text in out.getvalue() for text in ("elders", "voor een ander", "voor u")] == [False, False, True]


def test_after_the_chat_nothing_more_is_shown():
    program, out = Program(), io.StringIO()
    line_by_line(program.chat(), (), out)
    before = out.getvalue()

    program.refresh()

    assert out.getvalue() == before


def test_a_broken_screen_is_no_failure_of_who_posts():
    program = Program()

    class Broken(io.StringIO):
        broken = False

        def write(self, text: str) -> int:
            if self.broken:
                raise BrokenPipeError
            return len(text)

    out = Broken()

    def lines() -> Iterator[str]:
        out.broken = True
        program.refresh()
        yield from ()

    line_by_line(program.chat(), lines(), out)

    assert len(program.client.posts("BOD")) == 1


# --- streams and terminals ---------------------------------------------------------------------------------


@contextmanager
def pipe(content: bytes) -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper, io.BytesIO]]:
    """Real streams: input from a pipe with these bytes, and output to bytes in a narrow encoding."""
    reading, writing = os.pipe()
    os.write(writing, content)
    os.close(writing)
    shown = io.BytesIO()
    with open(reading, encoding="utf-8") as lines, io.TextIOWrapper(shown, encoding="ascii") as out:
        yield lines, out, shown


def test_on_real_streams_no_byte_of_the_input_and_no_sign_of_the_output_stops_the_chat():
    program = Program()
    with pipe("/open\nné\n".encode() + b"\xff\xfe\n1\n") as (lines, out, shown):
        converse(program.chat(), complete, stdin=lines, stdout=out)
        text = shown.getvalue().decode("ascii")

    assert [act.text for act in program.acts] == ["/open", "né", "\udcff\udcfe", None]
    assert "in BOD> n?\n" in text
    assert text.endswith("[1] akkoord   [2] bezwaar\n\n")


def typed_at_a_terminal(program: Program, keys: str, **options: str) -> str:
    """What a terminal of 80 columns got to see while these keys were pressed."""
    screen = io.StringIO()
    with create_pipe_input() as source:
        source.send_text(keys)
        output = Vt100_Output(screen, lambda: Size(rows=40, columns=80), term="xterm")
        with create_app_session(input=source, output=output):
            at_terminal(program.chat(**options), complete, None)
    return screen.getvalue()


def test_at_a_terminal_lines_are_carried_out_until_the_end_of_the_input():
    program = Program()

    screen = typed_at_a_terminal(program, "/open\r1\r\x04")

    assert [(act.text, act.command) for act in program.acts] == [("/open", None), (None, "position")]
    assert "Vastgelegd: akkoord." in screen


def test_at_a_terminal_a_line_is_dropped_by_control_c_and_the_chat_goes_on():
    program = Program()

    typed_at_a_terminal(program, "/lez\x03/open\r:stop\r")

    assert [act.text for act in program.acts] == ["/open"]


def test_at_a_terminal_our_own_words_of_a_title_are_bold():
    assert "\x1b[1mKader\x1b[0m" in typed_at_a_terminal(Program(), "/open\r\x04")


def test_what_was_typed_at_a_terminal_is_kept_for_its_owner_only(tmp_path):
    history = tmp_path / "history"
    with create_pipe_input() as source:
        source.send_text("/open\r\x04")
        output = Vt100_Output(io.StringIO(), lambda: Size(rows=40, columns=80), term="xterm")
        with create_app_session(input=source, output=output):
            at_terminal(Program().chat(), complete, history)

    assert "+/open\n" in history.read_text()
    assert history.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "line, fits",
    [
        (":", [":als", ":kanaal", ":direct", ":wie", ":help", ":stop"]),
        (":k", [":kanaal"]),
        (":als ", ["vz", "vng", "ipo"]),
        (":als V", ["vz", "vng"]),
        (":channel b", ["BOD"]),
        (":wie x", []),
    ],
)
def test_the_commands_of_the_window_are_completed(line, fits):
    assert [word for word, _ in Program().chat().local_words(line)] == fits
