"""The chat server fails: what is decided stays decided, and everybody hears of it once."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from bot.delivery import deliver_due
from bot.platforms.console.client import direct
from bot.web import health
from commands.domain.item import State
from commands.domain.number import ItemNumber
from tests.faults.invariants import check
from tests.faults.world import (
    CHAIR,
    CHANNEL,
    DEADLINE,
    GRACE,
    HOUR,
    IPO,
    ITEM,
    MICROSECOND,
    MINUTE,
    RETRY_AFTER,
    RIJK,
    SECOND,
    START,
    VNG,
    Fault,
    Request,
    World,
    down,
    first_of_each,
    sound,
)

CLOSED = DEADLINE + GRACE + MICROSECOND
SECOND_ITEM = ItemNumber("BOD", 2027, 2)


def is_result(request: Request) -> bool:
    return request.key.startswith(f"{ITEM}/") and request.key.endswith("/announce")


def close(world: World) -> None:
    """Two agree, and the deadline passes."""
    world.must(VNG, "/standpunt 1 akkoord")
    world.must(IPO, "/standpunt 1 akkoord")
    world.jump(CLOSED)


# --- down -----------------------------------------------------------------------------------------------------


def test_f03_a_round_closes_in_time_while_chat_is_down_and_is_announced_once_when_it_is_back(world: World):
    world.jump(DEADLINE - MINUTE)
    world.chat.judge = down

    close(world)
    closed = world.item()
    world.clock.set(DEADLINE + 10 * HOUR)
    world.settle()
    before = world.results()
    age = health(world.app)["undelivered_age"]
    world.chat.judge = sound
    world.advance(DEADLINE + 10 * HOUR + 5 * MINUTE)

    assert (closed.state, closed.round and closed.round.closed_at) == (State.CLOSED, DEADLINE)
    assert (before, age) == ([], 10 * 3600 + 60)
    (result,) = world.results()
    assert "De ronde sloot op de uiterste datum: maandag 25 januari 2027 om 17:00 (CET, UTC+01:00)." in result.text
    check(world)


def test_f03_the_wait_between_two_attempts_grows_to_five_minutes_and_no_further(world: World):
    world.jump(DEADLINE - MINUTE)
    world.chat.judge = down

    close(world)
    world.advance(DEADLINE + 2 * HOUR)

    waits = [later.at - earlier.at for earlier, later in pairwise(filter(is_result, world.chat.requests))]
    assert SECOND <= waits[0] <= 2 * SECOND
    assert max(waits) <= 5 * MINUTE
    assert min(waits[9:]) >= 2.5 * MINUTE
    assert len(waits) <= 2 * HOUR / (2.5 * MINUTE) + 9


def test_f05_a_server_that_asks_for_patience_is_left_alone_that_long(world: World):
    world.chat.judge = first_of_each(Fault.TOO_MANY, "post")

    close(world)
    world.advance(CLOSED + 2 * RETRY_AFTER)

    first, *later = [each for each in world.chat.requests if is_result(each)]
    assert [each.at - first.at for each in later if each.method == "post"] == [RETRY_AFTER]
    check(world)


# --- the answer is lost ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Fault.LOST_BEFORE, Fault.LOST_AFTER])
@pytest.mark.parametrize("method", ["post", "tell", "update"])
def test_f04_a_message_whose_answer_is_lost_stands_there_once(world: World, fault: Fault, method: str):
    world.chat.judge = first_of_each(fault, method)

    world.open_item("Tweede", 2)  # a new card, and a direct message to everybody
    world.must(VNG, "/standpunt 2 akkoord")  # a direct message to the deputy, and the card again
    close(world)
    world.advance(CLOSED + 5 * MINUTE)

    went_wrong = [each for each in world.chat.requests if each.fault is fault]
    assert len(went_wrong) >= 2
    check(world)


def test_f04_a_card_that_is_adopted_shows_what_changed_in_the_meantime(world: World):
    world.chat.judge = first_of_each(Fault.LOST_AFTER, "post")

    world.open_item("Tweede", 2)
    world.must(VNG, "/standpunt 2 akkoord")
    world.advance(START + 2 * SECOND)

    assert [each.method for each in world.chat.requests if each.key == "BOD-2027-002/1/card"] == [
        "post",
        "find",
        "update",
    ]
    check(world)


def test_f04_a_message_is_adopted_long_after_its_answer_was_lost(world: World):
    lost_after = first_of_each(Fault.LOST_AFTER, "post", "tell")

    def judge(request: Request) -> Fault | None:
        return lost_after(request) or (Fault.LOST_BEFORE if request.at < CLOSED + 2 * HOUR else None)

    world.jump(DEADLINE - MINUTE)
    world.chat.judge = judge
    close(world)
    world.advance(CLOSED + 3 * HOUR)

    assert [each.method for each in world.chat.requests if is_result(each) and each.fault is None] == ["find"]
    check(world)


# --- messages that cannot be delivered -----------------------------------------------------------------------------


def test_f32_a_person_who_cannot_be_reached_keeps_his_position_and_the_chair_is_told(world: World):
    world.must(RIJK, "/standpunt 1 akkoord")
    world.chat.judge = lambda request: Fault.REFUSED if request.conversation == direct(RIJK) else None

    world.open_item("Tweede", 2)
    world.jump(CLOSED)

    told = [text for text in world.texts(direct(CHAIR)) if "rijk-vertegenwoordiger" in text]
    assert told
    assert "BOD-2027-002" in told[0]
    listed = world.must(CHAIR, "/consultatie lijst")
    assert "rijk-vertegenwoordiger" in listed.text
    assert world.filed("rijk")[0].stance == "agree"
    check(world)


def test_f32_the_outcome_stands_when_the_channel_is_gone_and_the_chair_is_told(world: World):
    world.chat.judge = lambda request: Fault.REFUSED if request.conversation == CHANNEL else None

    close(world)
    world.advance(CLOSED + MINUTE)

    round = world.item().round
    assert round is not None
    assert round.outcome is not None
    assert round.outcome.code == "adopted"
    assert any("BOD-2027-001" in text and CHANNEL in text for text in world.texts(direct(CHAIR)))
    assert "BOD-2027-001" in world.must(CHAIR, "/consultatie lijst").text
    check(world, quiet=False)


def cards(world: World, number: ItemNumber = ITEM) -> list[str]:
    return [each.text for each in world.chat.posts(CHANNEL) if each.key.startswith(f"{number}/1/card")]


REPLACES = "Dit bericht vervangt een bericht dat is verwijderd."


def test_f32_a_card_that_was_deleted_is_posted_anew_and_says_so_from_then_on(world: World):
    (card,) = [each for each in world.chat.posts(CHANNEL) if each.key == "BOD-2027-001/1/card"]
    assert REPLACES not in card.text
    world.chat.delete(card)

    world.must(VNG, "/standpunt 1 akkoord")
    world.advance(START + MINUTE)
    (anew,) = cards(world)
    world.must(IPO, "/standpunt 1 akkoord")
    world.advance(START + 2 * MINUTE)
    (later,) = cards(world)

    assert REPLACES in anew
    assert REPLACES in later
    assert anew != later
    methods = [each.method for each in world.chat.requests if each.key == "BOD-2027-001/1/card"]
    assert methods == ["update", "post", "update"]
    assert world.read(lambda tx: tx.outbox.dead("BOD")) == ()


def test_f32_the_card_of_the_next_round_replaces_nothing(world: World):
    world.chat.delete(world.chat.posts(CHANNEL)[0])
    close(world)
    world.must(CHAIR, '/consultatie open 1 --termijn "5 werkdagen"')
    world.advance(CLOSED + MINUTE)

    (card,) = [each.text for each in world.chat.posts(CHANNEL) if each.key.startswith(f"{ITEM}/2/card")]
    assert REPLACES not in card


def test_f32_of_a_channel_that_stays_gone_the_chair_is_told_once_and_the_list_shows_it_until_it_is_back(world: World):
    is_live = lambda request: request.key.endswith("/card") and request.method == "update"  # noqa: E731
    world.chat.judge = lambda request: Fault.REFUSED if is_live(request) else None

    for minute, stance in enumerate(("akkoord", "geen-bezwaar", "onthouding"), 1):
        world.must(VNG, f"/standpunt 1 {stance}")
        world.advance(START + minute * MINUTE)

    assert len([each for each in world.chat.requests if is_live(each)]) == 3
    assert len([text for text in world.texts(direct(CHAIR)) if CHANNEL in text and "BOD-2027-001" in text]) == 1
    assert [each[1] for each in world.read(lambda tx: tx.outbox.dead("BOD"))] == ["refresh"]
    world.chat.judge = sound
    world.must(VNG, "/standpunt 1 akkoord")
    world.advance(START + 4 * MINUTE)
    assert world.read(lambda tx: tx.outbox.dead("BOD")) == ()


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.BROKEN])
def test_f39_a_message_that_never_arrives_holds_up_no_other_round(world: World, fault: Fault):
    world.open_item("Tweede", 2)
    world.chat.judge = lambda request: fault if is_result(request) else None

    close(world)
    world.advance(CLOSED + HOUR)

    (result,) = world.results(SECOND_ITEM)
    assert "Uitslag van BOD-2027-002" in result.text
    assert world.results() == []
    assert any("BOD-2027-001" in text for text in world.texts(direct(CHAIR)))
    attempts = [each for each in world.chat.requests if is_result(each) and each.method == "post"]
    assert len(attempts) <= 20
    check(world, quiet=False)


def test_f39_a_message_that_the_program_fails_on_holds_up_nobody_in_the_same_delivery(world: World):
    world.chat.judge = lambda request: Fault.BROKEN if request.conversation == direct(RIJK) else None

    world.must(VNG, "/standpunt 1 akkoord")
    world.open_item("Tweede", 2)
    deliver_due(world.app)

    assert any("BOD-2027-002" in text for text in world.texts(direct(IPO)))
    assert any("BOD-2027-002" in text for text in world.texts(CHANNEL))


def test_nothing_waits_on_a_server_that_works(world: World):
    close(world)

    assert health(world.app) == {"status": "ok", "tick_age": 0, "undelivered_age": 0}
    assert world.clock.now() - START > timedelta(days=14)


def test_a_result_that_waited_until_the_next_round_was_open_is_still_that_of_its_own_round(world: World):
    world.jump(DEADLINE - MINUTE)
    world.chat.judge = down

    close(world)
    world.must(CHAIR, '/consultatie open 1 --termijn "5 werkdagen"')
    world.must(VNG, '/standpunt 1 bezwaar "Toch niet."')
    world.chat.judge = sound
    world.advance(CLOSED + 5 * MINUTE)

    (result,) = world.results()
    assert result.text.startswith("Uitslag van BOD-2027-001 – Kader: aangenomen")
    assert "Voor: 2\nTegen: 0\n" in result.text
    check(world)
