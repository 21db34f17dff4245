"""Private answers: sent in order for each person, once, and never a reason to stop."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from bot.aside import LONGEST_HELD, TRIES, Asides
from bot.clock import SteppedClock
from bot.views.card import Card
from commands.command import Attachment
from tests.faults.world import Fault, FaultyConsole, down, first_of_each

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def console(tmp_path):
    return FaultyConsole(SteppedClock(NOON), tmp_path / "transcript.jsonl")


def at_once(stopping, seconds) -> bool:
    return bool(stopping.is_set())


def told(console, account: str) -> list[str]:
    return [post.text for post in console.posts(f"@{account}")]


def test_each_person_is_told_everything_in_order(console):
    asides = Asides(console)

    with asides.sending():
        for number in range(50):
            asides.send("vng" if number % 2 else "ipo", f"k{number}", Card((f"nummer {number}",)))

    assert told(console, "vng") == [f"nummer {n}" for n in range(1, 50, 2)]
    assert told(console, "ipo") == [f"nummer {n}" for n in range(0, 50, 2)]


def test_a_message_that_did_not_arrive_is_sent_again(console):
    console.judge = first_of_each(Fault.LOST_BEFORE, "tell")
    asides = Asides(console)

    with asides.sending(at_once):
        asides.send("vng", "k1", Card(("een",)))
        while not told(console, "vng"):
            pass

    assert told(console, "vng") == ["een"]


def test_a_message_that_arrived_without_an_answer_is_not_sent_again(console):
    console.judge = first_of_each(Fault.LOST_AFTER, "tell")
    asides = Asides(console)

    with asides.sending(at_once):
        asides.send("vng", "k1", Card(("een",)))
        while not any(request.method == "find" for request in console.requests):
            pass

    assert told(console, "vng") == ["een"]


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.BROKEN])
def test_a_message_that_can_never_be_sent_does_not_hold_up_the_next(console, fault):
    console.judge = lambda request: fault if request.key == "k1" else None
    asides = Asides(console)

    with asides.sending(at_once):
        asides.send("vng", "k1", Card(("een",)))
        asides.send("vng", "k2", Card(("twee",)))

    assert told(console, "vng") == ["twee"]
    assert sum(request.key == "k1" for request in console.requests) == 1


def test_a_server_that_stays_away_is_asked_so_many_times_with_doubling_waits(console):
    console.judge = down
    waits: list[float] = []
    asides = Asides(console)

    def wait(stopping, seconds) -> bool:
        waits.append(seconds)
        return False

    with asides.sending(wait):
        asides.send("vng", "k1", Card(("een",)))
        while len(waits) < TRIES:
            pass

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]


def test_a_file_arrives_as_it_was_given(console):
    asides = Asides(console)

    with asides.sending():
        asides.send("vng", "k1", file=Attachment("register-BOD.csv", "text/csv", b"a;b\r\n"))

    (post,) = console.posts("@vng")
    assert post.file is not None
    assert (post.file.name, post.file.size) == ("register-BOD.csv", 5)


def test_who_waits_for_an_answer_goes_before_what_is_told_afterwards(console):
    asides = Asides(console)

    with asides.sending():
        with asides.held():
            asides.send("vng", "k1", Card(("een",)))
            time.sleep(0.1)
            before = told(console, "vng")
        while not told(console, "vng"):
            pass

    assert before == []
    assert told(console, "vng") == ["een"]


def test_nothing_is_held_up_for_much_longer_than_two_seconds(console):
    asides = Asides(console)

    with asides.sending(), asides.held():
        began = time.monotonic()
        asides.send("vng", "k1", Card(("een",)))
        while not told(console, "vng"):
            time.sleep(0.01)
        took = time.monotonic() - began

    assert took >= LONGEST_HELD == 2
