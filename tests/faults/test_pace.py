"""How often a live card is edited: at once, then every 2, 10 and 30 seconds, and never without a difference."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from bot.delivery import LEASE, deliver_due
from bot.scheduler import next_instant
from tests.faults.world import CHAIR, CHANNEL, HOUR, IPO, ITEM, MINUTE, SECOND, START, VNG, World

KEY = f"{ITEM}/1/card"
LONG_AFTER = START + HOUR


def burst(world: World, until: timedelta, step: timedelta, *, start: datetime = LONG_AFTER) -> list[float]:
    """Change the card every `step`; the result is when it was edited, in seconds after the start."""
    stances = ("akkoord", "onthouding")
    at, count = start, 0
    end = start + until
    while at < end:
        while (soon := next_instant(world.app, world.clock.now())) is not None and soon <= at:
            world.clock.set(soon)
            deliver_due(world.app)
        world.clock.set(at)
        world.must(VNG, f"/standpunt 1 {stances[count % 2]}")
        deliver_due(world.app)
        at, count = at + step, count + 1
    while (soon := next_instant(world.app, world.clock.now())) is not None and soon <= end + MINUTE:
        world.clock.set(soon)
        deliver_due(world.app)
    return [
        (each.at - start).total_seconds()
        for each in world.chat.requests
        if each.key == KEY and each.method == "update" and each.at >= start
    ]


def test_p7_votes_in_every_part_of_a_minute_give_31_edits_and_the_last_shows_them_all(world: World):
    edits = burst(world, MINUTE, timedelta(milliseconds=400))

    assert edits == [2.0 * number for number in range(31)]
    (card,) = [each for each in world.chat.posts(CHANNEL) if each.key == KEY]
    assert card.edited_at == LONG_AFTER + MINUTE
    assert world.read(lambda tx: tx.delivery.oldest_undelivered()) is None


def test_a_burst_that_goes_on_slows_to_ten_and_then_to_thirty_seconds(world: World):
    edits = burst(world, timedelta(minutes=12), timedelta(seconds=5))

    gaps = {(later - earlier) for earlier, later in pairwise(edits)}
    assert edits[:13] == [5.0 * number for number in range(13)]
    assert edits[13:16] == [70.0, 80.0, 90.0]
    assert [each for each in edits if each >= 590] == [590.0, 600.0, 630.0, 660.0, 690.0, 720.0]
    assert gaps == {5.0, 10.0, 30.0}


def test_after_a_pause_the_first_change_is_shown_at_once_and_the_pace_is_that_of_a_new_burst(world: World):
    burst(world, timedelta(minutes=3), timedelta(seconds=5))

    edits = burst(world, 4 * SECOND, SECOND, start=LONG_AFTER + 10 * MINUTE)

    assert edits == [0.0, 2.0, 4.0]


def test_the_end_of_a_round_is_shown_at_once_in_the_slowest_part_of_a_burst(world: World):
    burst(world, timedelta(minutes=11), timedelta(seconds=5))
    world.must(VNG, "/standpunt 1 geen-bezwaar")
    deliver_due(world.app)
    closed_at = world.clock.now()
    world.must(IPO, "/standpunt 1 akkoord")

    world.must(CHAIR, '/consultatie sluit 1 "Iedereen heeft gereageerd."')
    deliver_due(world.app)

    last = [each for each in world.chat.requests if each.key == KEY][-1]
    assert (last.at, last.method) == (closed_at, "update")
    assert "gesloten" in last.text.lower()


def test_a_change_that_the_card_does_not_show_is_no_edit_and_takes_nobodys_turn(world: World):
    world.clock.set(LONG_AFTER)
    world.must(VNG, "/standpunt 1 akkoord")
    deliver_due(world.app)
    before = len(world.chat.requests)
    world.clock.set(LONG_AFTER + MINUTE)

    world.app.store.write(lambda tx: tx.outbox.refresh(tx.items.get(ITEM))).result()
    deliver_due(world.app)
    dropped = world.chat.requests[before:]
    world.must(IPO, "/standpunt 1 akkoord")
    deliver_due(world.app)

    assert dropped == []
    assert world.read(lambda tx: tx.delivery.oldest_undelivered()) is None
    assert [each.at for each in world.chat.requests[before:] if each.key == KEY] == [LONG_AFTER + MINUTE]


def test_a_card_that_another_process_may_have_sent_is_sent_again_though_it_shows_no_difference(world: World):
    world.clock.set(LONG_AFTER)
    world.must(VNG, "/standpunt 1 akkoord")
    deliver_due(world.app)
    world.clock.set(LONG_AFTER + MINUTE)
    world.app.store.write(lambda tx: tx.outbox.refresh(tx.items.get(ITEM))).result()
    lent = world.app.store.write(lambda tx: tx.delivery.claim(world.clock.now(), 10, LEASE)).result()
    before = len(world.chat.requests)

    world.clock.set(LONG_AFTER + MINUTE + LEASE)
    deliver_due(world.app)

    assert [each.key for each in lent] == [KEY]
    assert [(each.method, each.key) for each in world.chat.requests[before:]] == [("update", KEY)]
