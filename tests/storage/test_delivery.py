"""What is to be delivered: collected with what happened, lent in order, and settled once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from commands.domain import events
from commands.domain.item import State
from commands.domain.number import ItemNumber
from commands.ports import Notice
from storage.delivery import MessageKind, Shown
from tests.factories import DAY, HOUR, NOON, NUMBER, SECOND, a_board, a_round, an_act
from tests.storage.register import an_open_round, draft, get, head, load, open_round, record

LEASE = timedelta(seconds=30)


def claim(store, now=NOON, limit=10):
    return store.write(lambda tx: tx.delivery.claim(now, limit, LEASE)).result()


def refresh(store, number=NUMBER, **changes):
    item = replace(get(store, number), **changes)
    store.write(lambda tx: tx.outbox.refresh(item)).result()


def announce(store, number=NUMBER):
    entry = head(store, str(number))
    store.write(lambda tx: tx.outbox.announce(get(store, number), entry)).result()


def tell(store, *persons, notice=Notice.REMINDER, sequence=2, about=""):
    item = get(store)
    store.write(lambda tx: tx.outbox.tell(notice, persons, item.dossier, sequence, item, about=about)).result()


def sent(store, message, now=NOON, **changes):
    return store.write(lambda tx: tx.delivery.sent(message, now, **changes)).result()


def retry(store, message, due_at):
    return store.write(lambda tx: tx.delivery.retry(message, due_at)).result()


def dead(store, message, now=NOON):
    return store.write(lambda tx: tx.delivery.dead(message, now)).result()


def next_due(store):
    return store.read(lambda tx: tx.delivery.next_due())


# --- cards ------------------------------------------------------------------------------------------------------


def test_a_card_is_posted_in_every_channel_of_the_board(store):
    an_open_round(store)
    linked = events.channel_linked("BOD", "mattermost", "c1", an_act())
    store.write(lambda tx: tx.boards.link(a_board(), "mattermost", "c1", linked)).result()

    refresh(store)

    first, second = claim(store)
    assert {(each.platform, each.channel) for each in (first, second)} == {("console", "main"), ("mattermost", "c1")}
    assert first == replace(second, platform=first.platform, channel=first.channel)
    assert (first.kind, first.item, first.board, first.round) == (MessageKind.REFRESH, NUMBER, "BOD", 1)
    assert (first.sequence, first.attempt, first.post, first.made_at) == (1, 1, "", NOON)
    assert (first.leased_until, first.may_be_sent) == (NOON + LEASE, False)


def test_many_changes_make_one_refresh(store):
    an_open_round(store)
    for _ in range(5):
        refresh(store)

    (message,) = claim(store)

    assert message.sequence == 5
    assert claim(store) == ()


def test_changes_of_one_group_make_one_refresh_too(store):
    item = an_open_round(store)

    for each in [store.write(lambda tx: tx.outbox.refresh(item)) for _ in range(20)]:
        each.result()

    assert len(claim(store)) == 1


def test_a_card_that_was_shown_is_updated_in_its_post_and_not_again_without_a_change(store):
    an_open_round(store)
    refresh(store)
    (message,) = claim(store)

    assert sent(store, message, post="post-1")
    assert claim(store) == ()
    assert store.read(lambda tx: tx.delivery.card_post(NUMBER, "console", "main")) == "post-1"
    refresh(store)
    (again,) = claim(store)
    assert (again.post, again.sequence, again.attempt) == ("post-1", 2, 1)
    assert sent(store, again)
    assert store.read(lambda tx: tx.delivery.card_post(NUMBER, "console", "main")) == "post-1"


def test_a_change_while_the_card_is_on_loan_is_shown_after_it(store):
    an_open_round(store)
    refresh(store)
    (message,) = claim(store)
    refresh(store)

    sent(store, message, post="post-1")

    (again,) = claim(store)
    assert (again.sequence, again.post) == (2, "post-1")


def test_a_live_card_waits_for_its_turn(store, clock):
    an_open_round(store)
    refresh(store)
    (message,) = claim(store)
    sent(store, message, post="post-1", again_at=NOON + 10 * SECOND)
    clock.now = NOON + SECOND
    refresh(store)

    assert claim(store, NOON + 9 * SECOND) == ()
    assert next_due(store) == NOON + 10 * SECOND
    assert len(claim(store, NOON + 10 * SECOND)) == 1


def test_the_end_of_a_round_is_shown_at_once(store, clock):
    an_open_round(store)
    refresh(store)
    (message,) = claim(store)
    sent(store, message, post="post-1", again_at=NOON + 10 * SECOND)
    clock.now = NOON + SECOND

    refresh(store, state=State.CLOSED)

    assert next_due(store) == NOON + SECOND
    assert len(claim(store, NOON + SECOND)) == 1


def test_the_end_of_a_round_is_shown_at_once_also_when_the_card_was_on_loan(store, clock):
    an_open_round(store)
    refresh(store)
    (message,) = claim(store)
    clock.now = NOON + SECOND
    refresh(store, state=State.CLOSED)

    sent(store, message, post="post-1", again_at=NOON + 10 * SECOND)

    (final,) = claim(store, NOON + SECOND)
    assert (final.sequence, final.post) == (2, "post-1")


def test_what_was_shown_at_once_leaves_the_next_change_to_wait_for_its_turn(store, clock):
    an_open_round(store)
    refresh(store, state=State.CLOSED)
    (message,) = claim(store)

    sent(store, message, post="post-1", again_at=NOON + 10 * SECOND)
    refresh(store)

    assert claim(store, NOON + 9 * SECOND) == ()
    assert len(claim(store, NOON + 10 * SECOND)) == 1


def test_a_new_round_gets_a_post_of_its_own(store):
    an_open_round(store)
    refresh(store)
    (message,) = claim(store)
    sent(store, message, post="post-1")

    refresh(store, round=a_round(2))

    (next_round,) = claim(store)
    assert (next_round.post, next_round.round) == ("", 2)
    assert next_round.key != message.key


def test_a_new_round_gets_a_post_of_its_own_also_when_the_card_was_on_loan(store):
    an_open_round(store)
    refresh(store)
    (message,) = claim(store)
    refresh(store, round=a_round(2))

    sent(store, message, post="post-1")

    (next_round,) = claim(store)
    assert (next_round.post, next_round.round) == ("", 2)


def test_a_card_that_cannot_be_shown_now_is_tried_again_as_perhaps_sent(store):
    an_open_round(store)
    refresh(store)
    (message,) = claim(store)

    assert retry(store, message, NOON + SECOND)

    assert claim(store) == ()
    (again,) = claim(store, NOON + SECOND)
    assert (again.attempt, again.may_be_sent, again.key) == (2, True, message.key)


def test_a_dead_card_is_given_up_until_its_next_change(store):
    an_open_round(store)
    refresh(store)
    (message,) = claim(store)

    assert dead(store, message)

    assert claim(store, NOON + DAY) == ()
    named = (("BOD-2027-003", "refresh", "main"),)
    assert store.read(lambda tx: tx.outbox.dead("BOD")) == named
    refresh(store)
    (again,) = claim(store)
    assert (again.attempt, again.last.is_dead) == (1, True)
    assert store.read(lambda tx: tx.outbox.dead("BOD")) == named
    sent(store, again, post="post-1")
    assert store.read(lambda tx: tx.outbox.dead("BOD")) == ()


def test_a_dead_card_waits_before_its_next_change_is_tried_unless_that_ends_the_round(store):
    an_open_round(store)
    refresh(store)
    (message,) = claim(store)
    store.write(lambda tx: tx.delivery.dead(message, NOON, NOON + 30 * SECOND)).result()

    refresh(store)
    assert claim(store, NOON + 29 * SECOND) == ()
    refresh(store, state=State.CLOSED)
    assert len(claim(store, NOON)) == 1


def test_how_a_card_was_shown_is_told_with_its_next_change(store):
    an_open_round(store)
    refresh(store)
    shown = Shown(NOON + SECOND, NOON, "ab" * 32)
    sent(store, claim(store)[0], post="post-1", shown=shown)
    refresh(store)

    assert claim(store)[0].last == shown


def test_a_card_whose_post_is_gone_is_posted_anew(store):
    an_open_round(store)
    refresh(store)
    sent(store, claim(store)[0], post="post-1")
    refresh(store)
    (message,) = claim(store)

    assert store.write(lambda tx: tx.delivery.lost_post(message, NOON)).result()

    (anew,) = claim(store)
    assert (anew.post, anew.sequence, anew.may_be_sent, anew.last.replaces) == ("", 2, False, True)
    sent(store, anew, post="post-2")
    refresh(store)
    assert [each.last.replaces for each in claim(store)] == [True]
    refresh(store, round=a_round(2))
    assert [each.last.replaces for each in claim(store, NOON + LEASE)] == [False]


# --- announcements and notices ----------------------------------------------------------------------------------


def test_an_announcement_names_its_entry_in_every_channel(store):
    an_open_round(store)

    announce(store)

    (message,) = claim(store)
    assert (message.kind, message.platform, message.channel, message.board) == (
        MessageKind.ANNOUNCE,
        "console",
        "main",
        "BOD",
    )
    assert (message.item, message.log, message.sequence, message.notice) == (NUMBER, "BOD-2027-003", 2, None)


def test_a_notice_reaches_each_person_once(store):
    an_open_round(store)

    tell(store, "vng-vertegenwoordiger", "ipo-vertegenwoordiger", "vng-vertegenwoordiger")
    tell(store, "vng-vertegenwoordiger")

    told = claim(store)
    assert [each.person for each in told] == ["vng-vertegenwoordiger", "ipo-vertegenwoordiger"]
    assert {each.kind for each in told} == {MessageKind.TELL}
    assert {(each.notice, each.board, each.item, each.log, each.sequence) for each in told} == {
        (Notice.REMINDER, "BOD", NUMBER, "BOD-2027-003", 2)
    }


def test_notices_about_different_things_are_different(store):
    an_open_round(store)

    tell(store, "vng-vertegenwoordiger", about="30")
    tell(store, "vng-vertegenwoordiger", about="7")

    first = claim(store)[0]
    sent(store, first)
    second = claim(store)[0]
    assert (first.about, second.about) == ("30", "7")
    assert first.key != second.key


def test_a_notice_about_the_board_itself_has_no_item(store):
    load(store)

    store.write(lambda tx: tx.outbox.tell(Notice.GRANTED, ["voorzitter"], "BOD", 1)).result()

    (message,) = claim(store)
    assert (message.board, message.item, message.log, message.notice) == ("BOD", None, "BOD", Notice.GRANTED)


def test_what_a_dropped_unit_wanted_to_send_is_not_sent(store):
    item = an_open_round(store)

    def work(tx):
        tx.outbox.refresh(item)
        tx.outbox.tell(Notice.OPENED, ["voorzitter"], item.dossier, 2, item)
        tx.drop()

    store.write(work).result()

    assert claim(store) == ()


def test_messages_of_one_conversation_go_one_after_the_other_and_others_do_not_wait(store):
    an_open_round(store)
    for notice in (Notice.OPENED, Notice.REMINDER):
        tell(store, "vng-vertegenwoordiger", "ipo-vertegenwoordiger", notice=notice)

    first = claim(store)
    assert [(each.person, each.notice) for each in first] == [
        ("vng-vertegenwoordiger", Notice.OPENED),
        ("ipo-vertegenwoordiger", Notice.OPENED),
    ]
    assert claim(store) == ()
    sent(store, first[1])
    assert [(each.person, each.notice) for each in claim(store)] == [("ipo-vertegenwoordiger", Notice.REMINDER)]


def test_a_message_that_must_be_tried_again_holds_up_its_own_conversation_only(store):
    an_open_round(store)
    tell(store, "vng-vertegenwoordiger", notice=Notice.OPENED)
    (first,) = claim(store)
    retry(store, first, NOON + HOUR)
    tell(store, "vng-vertegenwoordiger", "ipo-vertegenwoordiger")

    assert [each.person for each in claim(store)] == ["ipo-vertegenwoordiger"]
    again = next(each for each in claim(store, NOON + HOUR) if each.person == "vng-vertegenwoordiger")
    assert (again.notice, again.attempt, again.may_be_sent) == (Notice.OPENED, 2, True)


def test_a_dead_message_holds_up_nothing_and_is_named(store):
    an_open_round(store)
    tell(store, "vng-vertegenwoordiger", notice=Notice.OPENED)
    tell(store, "vng-vertegenwoordiger")
    announce(store)
    told = [each for each in claim(store) if each.kind is MessageKind.TELL]

    assert dead(store, told[0])

    assert [each.notice for each in claim(store)] == [Notice.REMINDER]
    assert store.read(lambda tx: tx.outbox.dead("BOD")) == (("BOD-2027-003", "opened", "vng-vertegenwoordiger"),)
    assert store.read(lambda tx: tx.outbox.dead("TOP")) == ()


def test_a_sent_message_is_not_sent_again(store):
    an_open_round(store)
    tell(store, "voorzitter")
    (message,) = claim(store)

    assert sent(store, message)

    assert claim(store, NOON + DAY) == ()
    assert next_due(store) is None


def test_a_loan_that_ended_is_lent_again_as_perhaps_sent_and_the_first_borrower_settles_nothing(store):
    an_open_round(store)
    refresh(store)
    tell(store, "voorzitter")
    first = claim(store)
    assert claim(store, NOON + LEASE - SECOND) == ()

    second = claim(store, NOON + LEASE)

    assert [each.attempt for each in second] == [2, 2]
    assert all(each.may_be_sent for each in second)
    for late in first:
        assert not sent(store, late)
        assert not retry(store, late, NOON + DAY)
        assert not dead(store, late)
    for message in second:
        assert sent(store, message, post="post-1")
    assert claim(store, NOON + DAY) == ()
    assert store.read(lambda tx: tx.outbox.dead("BOD")) == ()


def test_no_more_is_lent_than_asked_and_new_cards_go_first(store):
    an_open_round(store)
    tell(store, "vng-vertegenwoordiger", "ipo-vertegenwoordiger")
    refresh(store)

    assert [each.kind for each in claim(store, limit=2)] == [MessageKind.REFRESH, MessageKind.TELL]
    assert [each.person for each in claim(store, limit=2)] == ["ipo-vertegenwoordiger"]


def test_a_card_that_stands_already_goes_after_what_is_sent_once(store):
    an_open_round(store)
    refresh(store)
    sent(store, claim(store)[0], post="post-1")
    refresh(store)
    announce(store)

    assert [each.kind for each in claim(store)] == [MessageKind.ANNOUNCE, MessageKind.REFRESH]


def test_nothing_is_lent_before_it_is_due(store, clock):
    an_open_round(store)
    clock.now = NOON + HOUR
    refresh(store)
    tell(store, "voorzitter")

    assert claim(store, NOON) == ()
    assert next_due(store) == NOON + HOUR
    assert len(claim(store, NOON + HOUR)) == 2


def test_the_oldest_message_tells_how_long_it_has_waited(store, clock):
    an_open_round(store)
    assert store.read(lambda tx: tx.delivery.oldest_undelivered()) is None
    tell(store, "voorzitter")
    clock.now = NOON + HOUR
    refresh(store)

    assert store.read(lambda tx: tx.delivery.oldest_undelivered()) == NOON
    told = next(each for each in claim(store, clock.now) if each.kind is MessageKind.TELL)
    sent(store, told)
    assert store.read(lambda tx: tx.delivery.oldest_undelivered()) == NOON + HOUR


def test_a_card_that_keeps_changing_has_waited_since_the_first_change_not_shown(store, clock):
    an_open_round(store)
    refresh(store)
    clock.now = NOON + HOUR
    refresh(store)

    assert store.read(lambda tx: tx.delivery.oldest_undelivered()) == NOON
    sent(store, claim(store, clock.now)[0], post="post-1")
    refresh(store)
    assert store.read(lambda tx: tx.delivery.oldest_undelivered()) == NOON + HOUR


def purge(store, before, most=10):
    return store.write(lambda tx: tx.delivery.purge(before, most)).result()


def test_no_more_is_forgotten_at_once_than_asked(store):
    an_open_round(store)
    tell(store, "voorzitter", "secretaris", "beheerder")
    for each in claim(store):
        sent(store, each)

    assert [purge(store, NOON + SECOND, 2) for _ in range(3)] == [2, 1, 0]


@pytest.mark.parametrize("notice", [Notice.OPENED, Notice.RESERVATION_DUE])
def test_a_notice_that_may_be_told_again_stays_as_long_as_its_item_is_unfinished(store, notice):
    item = an_open_round(store)
    tell(store, "voorzitter", notice=notice)
    sent(store, claim(store)[0])

    assert purge(store, NOON + 400 * DAY) == 0
    tell(store, "voorzitter", notice=notice)
    assert claim(store, NOON + 400 * DAY) == ()

    store.write(lambda tx: record(tx, replace(item, state=State.WITHDRAWN))).result()
    assert purge(store, NOON + 400 * DAY) == 1


def test_a_notice_of_a_mandate_that_ends_stays_until_the_mandate_is_over(store):
    load(store)
    tell = lambda tx: tx.outbox.tell(Notice.MANDATE_ENDS, ["voorzitter"], "BOD", 1, about="vng-1:30")  # noqa: E731
    store.write(tell).result()
    sent(store, claim(store)[0])

    assert purge(store, NOON + 31 * DAY) == 0
    store.write(tell).result()
    assert claim(store, NOON + DAY) == ()
    assert purge(store, NOON + 31 * DAY + SECOND) == 1


def test_only_what_was_sent_is_forgotten(store):
    an_open_round(store)
    tell(store, "voorzitter", "secretaris", "beheerder")
    first, second, _ = claim(store)
    sent(store, first)
    dead(store, second)

    assert purge(store, NOON) == 0
    assert purge(store, NOON + SECOND) == 1
    assert len(store.read(lambda tx: tx.outbox.dead("BOD"))) == 1
    assert next_due(store) == NOON


# --- organisations that are not reached --------------------------------------------------------------------------


def test_an_organisation_is_not_reached_when_no_holder_can_be_told_of_the_opening(store):
    item = an_open_round(store)
    tell(store, "vng-vertegenwoordiger", "ipo-vertegenwoordiger", notice=Notice.OPENED)
    told = {each.person: each for each in claim(store)}

    dead(store, told["vng-vertegenwoordiger"])
    sent(store, told["ipo-vertegenwoordiger"])

    reached = {each.organisation: each.reached for each in store.read(lambda tx: tx.rolls.of(item)).seats}
    assert reached == {"rijk": True, "vng": False, "ipo": True, "uvw": True}
    assert store.write(lambda tx: tx.rolls.seat(item, "vng")).result().reached is False


def test_an_organisation_is_reached_through_any_of_its_holders(store):
    item = an_open_round(store)
    deputy = replace(
        store.read(lambda tx: tx.people.mandates("BOD", "vng"))[0], id="vng-2", person="beheerder", sequence=0
    )
    store.write(lambda tx: tx.people.grant(deputy, events.mandate_granted(deputy, "code-beheerder", an_act()))).result()
    tell(store, "vng-vertegenwoordiger", "beheerder", notice=Notice.OPENED)
    told = {each.person: each for each in claim(store)}

    dead(store, told["vng-vertegenwoordiger"])
    assert store.read(lambda tx: tx.rolls.seat(item, "vng")).reached
    dead(store, told["beheerder"])
    assert not store.read(lambda tx: tx.rolls.seat(item, "vng")).reached


def test_a_dead_reminder_says_nothing_about_being_reached(store):
    item = an_open_round(store)
    tell(store, "vng-vertegenwoordiger")

    dead(store, claim(store)[0])

    assert store.read(lambda tx: tx.rolls.seat(item, "vng")).reached


@pytest.mark.parametrize("count", [3])
def test_cards_of_several_items_are_lent_together(store, count):
    load(store)
    for sequence in range(1, count + 1):
        number = ItemNumber("BOD", 2027, sequence)
        draft(store, number)
        open_round(store, number)
        refresh(store, number)

    assert [each.item.sequence for each in claim(store)] == [1, 2, 3]
