"""What people send arrives twice, in another order, late or wrong: what they are told is what was kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from threading import Barrier, Event

import pytest
from sqlalchemy import NullPool, create_engine, text

from bot.delivery import deliver_due
from bot.dispatch import dispatch
from bot.platforms.base import Incoming
from bot.platforms.console.client import direct
from bot.views.text import plain_card
from commands.domain.ledger import instant
from commands.domain.number import ItemNumber
from tests.faults.invariants import check
from tests.faults.world import (
    ADMIN,
    CHAIR,
    DEADLINE,
    DEPUTY,
    GRACE,
    HOUR,
    IPO,
    ITEM,
    LOG,
    MICROSECOND,
    MINUTE,
    RIJK,
    SECOND,
    SECRETARY,
    START,
    UVW,
    VNG,
    World,
    board_text,
)

CLOSED = DEADLINE + GRACE + MICROSECOND


# --- twice --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", range(1, 6))
def test_f06_an_act_that_arrives_several_times_at_once_is_done_once(world: World, times: int):
    together = Barrier(times)

    def say(_):
        together.wait(10)
        return world.say(VNG, "/standpunt 1 akkoord", event="click-1")

    with ThreadPoolExecutor(times) as pool:
        answers = list(pool.map(say, range(times)))

    first = [each for each in answers if each.text.startswith("Vastgelegd")]
    again = [each for each in answers if each.text.startswith("Dit was al verwerkt")]
    assert (len(first), len(again)) == (1, times - 1)
    (position,) = world.filed("vng")
    assert world.kinds().count("position-filed") == 1
    short = re.findall("....", position.hash[:12])
    for each in again:
        assert (
            "Dit was al verwerkt op maandag 11 januari 2027 om 10:00 (CET, UTC+01:00). Er is niets bijgekomen."
            in each.text
        )
        assert "-".join(short) in each.text
    world.advance(START + MINUTE)
    told = [text for text in world.texts(direct(DEPUTY)) if "-".join(short) in text]
    assert len(told) == 1
    check(world)


def test_f06_the_same_content_as_a_new_act_adds_no_entry_and_repeats_the_receipt(world: World):
    first = world.must(VNG, "/standpunt 1 akkoord")
    world.clock.set(world.clock.now() + HOUR)

    again = world.must(DEPUTY, "/standpunt 1 akkoord")

    assert world.kinds().count("position-filed") == 1
    assert again.receipt == first.receipt
    assert "maandag 11 januari 2027 om 10:00 (CET, UTC+01:00)" in again.text


def test_f06_a_repeated_act_of_the_chair_is_done_once(world: World):
    first = world.must(CHAIR, '/consultatie sluit 1 "Iedereen heeft gereageerd."', event="close-1")
    second = world.must(CHAIR, '/consultatie sluit 1 "Iedereen heeft gereageerd."', event="close-1")

    assert second.text.startswith("Dit was al verwerkt")
    assert first.text.splitlines()[0] in second.text
    assert world.kinds().count("round-closed") == 1
    deliver_due(world.app)
    check(world)


def test_f06_a_late_position_that_arrives_twice_is_kept_once_and_refused_twice(world: World):
    world.jump(CLOSED)

    answers = [world.say(VNG, "/standpunt 1 akkoord", event="click-1") for _ in range(2)]

    assert [each.refusal for each in answers] == ["round-closed", "round-closed"]
    assert [each.filing for each in world.filed("vng")] == ["late"]


# --- in another order -------------------------------------------------------------------------------------------------


ACTS = (
    (VNG, "akkoord", "agree"),
    (DEPUTY, 'bezwaar "Geen dekking."', "object"),
    (VNG, "trek-in", "withdrawn"),
    (IPO, "onthouding", "abstain"),
)
"""What is clicked, in this order."""

ORDERS = [each for each in permutations(range(len(ACTS))) if each[0] != 2 and each[:2] != (3, 2)]
"""Every order in which there is something to withdraw."""


def arrive(world: World, number: int, order: Iterable[int]) -> dict[str, str]:
    """Have the acts arrive in an order; the result is what each organisation holds at the end."""
    for act in order:
        person, words, _ = ACTS[act]
        world.clock.set(world.clock.now() + SECOND)
        clicked_at = START + act * SECOND
        world.must(person, f"/standpunt {number} {words}", clicked_at=clicked_at, event=f"{number}-{act}")
    return {each.organisation: each.stance.value for each in world.filed(number=ItemNumber("BOD", 2027, number))}


def test_f07_the_order_of_receipt_decides_whatever_the_order_of_clicking(world: World):
    found = {}
    for number, order in enumerate(ORDERS, 2):
        world.open_item(f"Kader {number}", number)
        found[order] = arrive(world, number, order)

    assert len(ORDERS) == 16
    assert found == {order: {"ipo": "abstain", "vng": ACTS[max((0, 1, 2), key=order.index)][2]} for order in ORDERS}


@pytest.mark.parametrize("order", ORDERS[::5])
def test_f07_acts_that_arrive_again_in_yet_another_order_change_nothing(world: World, order: tuple[int, ...]):
    before = arrive(world, 1, order)
    entries = world.entries()

    after = arrive(world, 1, reversed(order))

    assert after == before
    assert world.entries() == entries


def test_f07_the_time_of_the_platform_stands_beside_that_of_receipt(world: World):
    clicked, received = world.clock.now() - 30 * SECOND, world.clock.now()

    world.must(VNG, "/standpunt 1 akkoord", clicked_at=clicked)

    entry = world.entries()[-1]
    assert (entry.body["platform_at"], entry.body["received_at"]) == (instant(clicked), instant(received))


# --- late ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [MICROSECOND, SECOND, HOUR], ids=["before-the-close", "within-the-grace", "after"])
def test_f08_a_click_before_the_deadline_that_arrives_after_it_does_not_count_and_is_kept(world: World, late):
    world.must(IPO, "/standpunt 1 akkoord")
    world.jump(DEADLINE - MINUTE)
    world.advance(DEADLINE + late)

    said = world.say(VNG, '/standpunt 1 bezwaar "Te vroeg."', clicked_at=DEADLINE - SECOND)
    world.jump(DEADLINE + 2 * HOUR)

    assert said.refusal == "round-closed"
    assert "maandag 25 januari 2027 om 17:00" in said.text
    assert "telt niet mee" in said.text
    assert "bewaard" in said.text
    (kept,) = world.filed("vng")
    assert (kept.filing, kept.received_at) == ("late", DEADLINE + late)
    entry = next(each for each in world.entries() if each.sequence == kept.sequence)
    assert entry.body["platform_at"] == instant(DEADLINE - SECOND)
    round = world.item().round
    assert round is not None
    assert round.outcome is not None
    assert (round.outcome.code, round.outcome.counts.against) == ("adopted", 0)
    check(world)


def test_f08_what_came_too_late_stays_late_after_an_extension_of_the_next_round(world: World):
    world.must(RIJK, "/standpunt 1 akkoord")
    world.jump(CLOSED)
    world.say(VNG, '/standpunt 1 bezwaar "Te laat."')

    world.must(CHAIR, '/consultatie open 1 --termijn "5 werkdagen"')

    assert world.filed() == []
    assert [each.filing for each in world.read(lambda tx: tx.positions.all(tx.items.get(ITEM), 1))] == [
        "in-time",
        "late",
    ]


# --- wrong ----------------------------------------------------------------------------------------------------------------


WRONG = {
    "an unknown command": (VNG, "/standpunten 1 akkoord"),
    "an unknown verb": (CHAIR, "/consultatie opn 1"),
    "an unknown flag": (VNG, "/standpunt 1 akkoord --punten 2"),
    "a flag twice": (VNG, "/standpunt 1 akkoord --punt 1 --punt 1"),
    "a flag without a value": (VNG, "/standpunt 1 akkoord --punt"),
    "a word too many": (VNG, "/standpunt 1 akkoord bezwaar"),
    "an open quote": (VNG, '/standpunt 1 mits "Alleen als'),
    "no text where it is needed": (VNG, "/standpunt 1 bezwaar"),
    "an invisible text": (VNG, '/standpunt 1 bezwaar "\u200b"'),
    "an unknown stance": (VNG, "/standpunt 1 misschien"),
    "an unknown item": (VNG, "/standpunt 77 akkoord"),
    "an unknown point": (VNG, "/standpunt 1 akkoord --punt 9"),
    "no mandate": (ADMIN, "/standpunt 1 akkoord"),
    "somebody else's organisation": (VNG, "/standpunt 1 akkoord --namens ipo"),
    "an unknown organisation": (VNG, "/standpunt 1 akkoord --namens npd"),
    "nothing to withdraw": (UVW, "/standpunt 1 trek-in"),
    "not the chair": (VNG, '/consultatie sluit 1 "Nu."'),
    "not even the secretary": (SECRETARY, "/consultatie stel-vast 1"),
    "an impossible state": (CHAIR, "/consultatie stel-vast 1"),
    "an unclear deadline": (CHAIR, '/consultatie verleng 1 --tot "ooit" "Meer tijd."'),
    "a deadline in the past": (CHAIR, '/consultatie verleng 1 --tot "10 januari 2027 12:00" "Meer tijd."'),
    "an earlier deadline": (CHAIR, '/consultatie verleng 1 --tot "20 januari 2027 12:00" "Minder tijd."'),
    "a day that does not exist": (CHAIR, '/consultatie verleng 1 --tot "30 februari 2027 12:00" "Meer tijd."'),
    "an unknown account": ("vreemdeling", "/standpunt 1 akkoord"),
}


@pytest.mark.parametrize(("person", "text"), WRONG.values(), ids=WRONG.keys())
def test_i11_every_refusal_says_that_nothing_was_recorded_and_nothing_was(world: World, person: str, text: str):
    before = world.entries(), world.entries("BOD")

    said = world.say(person, text)

    assert said.refusal
    assert "Er is niets vastgelegd." in said.text
    assert (world.entries(), world.entries("BOD")) == before
    assert world.read(lambda tx: tx.delivery.next_due()) is None


def test_i11_the_words_are_those_of_the_reader(world: World):
    english = world.say(VNG, "/position 1 object", channel="")

    assert english.refusal == "reason-required"
    assert "Er is niets vastgelegd." in english.text
    assert "/position" in english.text
    assert LOG in english.text or "1" in english.text


# --- refused, and again ---------------------------------------------------------------------------------------------------


def inbox(world: World) -> list[tuple[object, ...]]:
    """Every row of the inbox."""
    engine = create_engine(world.url, poolclass=NullPool)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT * FROM inbox"))]


def test_i7_an_act_that_was_refused_is_refused_again_whatever_has_changed_since(world: World):
    world.must(SECRETARY, '/consultatie nieuw "Tweede" --tekst "1. Ja." --soort instemming')
    first = world.say(VNG, "/standpunt 2 akkoord", event="click-1")
    world.must(CHAIR, '/consultatie open 2 --sluit "25 januari 2027 17:00"')

    again = world.say(VNG, "/standpunt 2 akkoord", event="click-1")

    assert first.refusal
    assert again == first
    assert world.filed(number=ItemNumber("BOD", 2027, 2)) == []
    assert world.say(VNG, "/standpunt 2 akkoord", event="click-2").refusal == ""


def test_i7_a_stranger_who_was_refused_stays_refused_for_that_act_when_he_is_known(world: World):
    first = world.say("nieuw", "/standpunt 1 akkoord", event="click-1")
    world.load(board_text().replace(f'console = "{VNG}"', 'console = "nieuw"'))

    assert world.say("nieuw", "/standpunt 1 akkoord", event="click-1").text == first.text
    assert world.filed() == []
    assert world.say("nieuw", "/standpunt 1 akkoord", event="click-2").refusal == ""


@pytest.mark.parametrize("first", ["/standpunt 1 akkoord", "/standpunt 77 akkoord"], ids=["done", "refused"])
@pytest.mark.parametrize(
    ("person", "other"), [(VNG, '/standpunt 1 bezwaar "Nee."'), (DEPUTY, None)], ids=["text", "person"]
)
def test_i7_another_act_under_the_id_of_an_earlier_one_is_refused(world: World, first: str, person: str, other: str):
    world.say(VNG, first, event="click-1")
    before = world.entries(), inbox(world)

    said = world.say(person, other or first, event="click-1")

    assert said.refusal == "other-content"
    assert "Er is niets vastgelegd." in said.text
    assert (world.entries(), inbox(world)) == before


def test_i7_a_long_text_makes_no_long_memory_of_its_refusal(world: World):
    world.say(VNG, f'/standpunt 1 akkoord --namens "{"x" * 50_000}"', event="click-1")

    (row,) = [each for each in inbox(world) if each[0] == "click-1"]
    assert len(str(row)) < 1000


def test_i7_a_form_may_be_corrected_and_is_used_up_by_the_act_that_succeeds(world: World):
    def submit(event: str, stance: str, item: str) -> str:
        values = {"item": item, "stance": stance}
        incoming = Incoming("console", VNG, "BOD", START, event, command="position", values=values, once="form-1")
        return dispatch(world.app, incoming).result(30).refusal

    assert submit("form-1-a", "agree", "77") == "unknown-item"
    assert submit("form-1-b", "agree", "1") == ""
    assert submit("form-1-b", "agree", "1") == ""
    assert submit("form-1-c", "abstain", "1") == "other-content"
    assert [each.stance.value for each in world.filed("vng")] == ["agree"]


def test_i11_when_the_answer_takes_too_long_it_is_not_said_that_nothing_was_recorded(world: World):
    release = Event()
    world.app.store.write(lambda _: release.wait())
    incoming = Incoming("console", VNG, "BOD", START, "click-1", text="/standpunt 1 akkoord")

    pending = dispatch(world.app, incoming)
    answer = pending.result(0.05)
    release.set()

    assert answer.refusal == "unconfirmed"
    assert "Het is niet bekend of dit is vastgelegd." in plain_card(answer.card)
    assert pending.result(30).refusal == ""
    assert len(world.filed("vng")) == 1
