"""Faults and abuse around filing a position, by their number in the catalogue of faults."""

from __future__ import annotations

from datetime import timedelta

import pytest

from commands.domain.position import Filing, Stance
from tests.commands.table import DEPUTY, IPO, SECRETARY, UVW, VNG, Table
from tests.factories import DAY, DEADLINE, MICROSECOND, NOON

MILLISECOND = timedelta(milliseconds=1)


# --- F6: the same act arrives again -------------------------------------------------------------------------


@pytest.mark.parametrize("times", [2, 5])
def test_f6_the_same_event_delivered_several_times_at_once_is_one_position(table: Table, times: int):
    table.opened()
    before = len(table.kinds())

    heard = table.at_once(VNG, "/standpunt 001 akkoord", ["the-event"] * times)

    assert len(table.kinds()) == before + 1
    position = table.current("vng")
    assert position is not None
    reference = f"{position.hash[:4]}-{position.hash[4:8]}-{position.hash[8:12]}"
    assert [reference in each.text for each in heard] == [True] * times
    assert ["Dit was al verwerkt op" in each.text for each in heard] == [False] + [True] * (times - 1)


def test_f6_identical_content_under_another_event_is_not_recorded_again(table: Table):
    table.opened()
    table.say(VNG, '/standpunt 001 mits "Eerst geld." --punt 2', at=NOON + DAY)
    entries = table.kinds()
    first = table.current("vng")
    assert first is not None

    heard = table.say(VNG, '/standpunt 001 mits "Eerst geld." --punt 2', at=NOON + 2 * DAY)

    reference = f"{first.hash[:4]}-{first.hash[4:8]}-{first.hash[8:12]}"
    assert table.kinds() == entries
    assert heard.text.startswith(
        "Dit stond al vast voor VNG: akkoord, mits. "
        f"Vastgelegd op dinsdag 12 januari 2027 om 12:00 (CET, UTC+01:00), kenmerk {reference}."
    )
    assert heard.told == []


def test_f6_two_events_with_the_same_content_at_once_are_one_position(table: Table):
    table.opened()
    before = len(table.kinds())

    table.at_once(VNG, "/standpunt 001 akkoord", ["one-event", "another-event"])

    assert len(table.kinds()) == before + 1


def test_f6_a_second_click_needs_no_question_when_it_says_the_same(table: Table):
    table.opened()
    table.press(VNG, "position", item="001", stance="agree")

    heard = table.press(VNG, "position", item="001", stance="agree")

    assert heard.text.startswith("Dit stond al vast voor VNG: akkoord.")
    assert heard.buttons == ()


@pytest.mark.parametrize(
    "line",
    [
        '/standpunt 001 mits "Eerst dekking." --punt 2',
        '/standpunt 001 mits "Eerst geld."',
        '/standpunt 001 mits "Eerst geld." --punt 1,2',
        '/standpunt 001 mits "Eerst geld." --punt 2 --grondslag bestuur',
        '/standpunt 001 bezwaar "Eerst geld." --punt 2',
    ],
)
def test_f6_any_other_content_is_a_position_of_its_own(table: Table, line: str):
    table.opened()
    table.say(VNG, '/standpunt 001 mits "Eerst geld." --punt 2')

    heard = table.say(VNG, line)

    assert heard.text.startswith("Vastgelegd voor VNG: was akkoord, mits, nu ")
    assert len(table.filed("vng")) == 2


def test_f6_the_same_on_a_later_version_is_recorded_for_that_version(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")
    table.say(
        SECRETARY,
        '/consultatie versie 001 --versie 1.1 --redactioneel --toelichting "Een komma." '
        '--tekst "Het overleg besluit:\n1. het kader, vast te stellen;\n2. het te evalueren."',
    )

    table.say(VNG, "/standpunt 001 akkoord")

    assert [each.version for each in table.filed("vng")] == ["1.0", "1.1"]


# --- F9: exactly at the deadline ----------------------------------------------------------------------------


@pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("shift", "filing"),
    [
        (-MILLISECOND, Filing.IN_TIME),
        (-MICROSECOND, Filing.IN_TIME),
        (timedelta(0), Filing.IN_TIME),
        (MICROSECOND, Filing.LATE),
        (MILLISECOND, Filing.LATE),
    ],
)
def test_f9_a_position_is_in_time_up_to_and_including_the_deadline(table: Table, shift: timedelta, filing: Filing):
    table.opened()

    heard = table.say(VNG, "/standpunt 001 akkoord", at=DEADLINE + shift)

    assert [(each.filing, each.received_at) for each in table.filed("vng")] == [(filing, DEADLINE + shift)]
    assert heard.refusal == ("" if filing is Filing.IN_TIME else "round-closed")


def test_f9_one_microsecond_late_is_refused_with_the_exact_deadline_though_no_timer_ran(table: Table):
    table.opened()

    heard = table.say(VNG, "/standpunt 001 akkoord", at=DEADLINE + MICROSECOND)

    assert "maandag 25 januari 2027 om 17:00 (CET, UTC+01:00)" in heard.text
    assert "telt niet mee, maar blijft als te laat bewaard" in heard.text


def test_f9_what_was_received_on_the_deadline_is_counted_by_the_close(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord", at=DEADLINE)

    table.wait_until(DEADLINE + timedelta(seconds=5))

    round = table.item.round
    assert round is not None
    assert round.outcome is not None
    assert round.outcome.counts.for_ == 1


# --- F33: an organisation is renamed ------------------------------------------------------------------------


def test_f33_answers_use_the_name_of_today_and_the_roll_that_of_the_opening(table: Table):
    table.opened()
    table.rename("vng", "Gemeenten")

    heard = table.say(VNG, "/standpunt 001 akkoord --namens gemeenten")

    seat = table.read(lambda tx: tx.rolls.seat(tx.items.get(table.item.number), "vng"))
    assert heard.text.startswith("Vastgelegd voor Gemeenten: akkoord.")
    assert seat is not None
    assert seat.short == "VNG"


def test_f33_the_id_stays_the_key_of_a_position(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")
    table.rename("vng", "Gemeenten")

    heard = table.say(DEPUTY, "/standpunt 001 geen-bezwaar --namens vng")

    assert heard.text.startswith("Vastgelegd voor Gemeenten: was akkoord, nu geen bezwaar.")
    assert {each.organisation for each in table.filed("vng")} == {"vng"}


# --- F35: one person, several organisations; several persons, one organisation ------------------------------


def test_f35_who_speaks_for_two_organisations_must_say_for_which(table: Table):
    table.opened()
    table.say(SECRETARY, f"/mandaat verleen {IPO} uvw")
    entries = table.kinds()

    heard = table.say(IPO, "/standpunt 001 akkoord")

    assert heard.refusal == "choose-organisation"
    assert "IPO en UVW" in heard.text
    assert "--namens" in heard.text
    assert table.kinds() == entries


def test_f35_each_organisation_gets_the_position_that_names_it(table: Table):
    table.opened()
    table.say(SECRETARY, f"/mandaat verleen {IPO} uvw")

    table.say(IPO, "/standpunt 001 akkoord --namens IPO")
    heard = table.say(IPO, "/standpunt 001 geen-bezwaar --namens uvw")

    assert [each.stance for each in table.filed("ipo")] == [Stance.AGREE]
    assert [each.stance for each in table.filed("uvw")] == [Stance.NO_OBJECTION]
    assert heard.told == [UVW]


def test_f35_of_five_delegates_the_last_accepted_position_counts_and_the_others_are_told(table: Table):
    table.opened()
    delegates = [VNG, DEPUTY, "toehoorder", IPO, UVW]
    for person in delegates[2:]:
        table.say(SECRETARY, f"/mandaat verleen {person} vng")

    told = [
        table.say(person, f'/standpunt 001 mits "Nummer {number}." --namens vng').told
        for number, person in enumerate(delegates)
    ]

    position = table.current("vng")
    assert position is not None
    assert position.text == "Nummer 4."
    assert told == [sorted(set(delegates) - {person}) for person in delegates]


def test_f35_a_delegate_who_moved_can_no_longer_speak_for_the_old_organisation(table: Table):
    table.opened()
    table.say(DEPUTY, "/standpunt 001 akkoord")
    table.say(SECRETARY, f"/mandaat vervang {DEPUTY} toehoorder vng")
    table.say(SECRETARY, f"/mandaat verleen {DEPUTY} uvw")

    old = table.say(DEPUTY, '/standpunt 001 bezwaar "Nee." --namens vng')
    new = table.say(DEPUTY, "/standpunt 001 geen-bezwaar")

    assert old.refusal == "mandate-expired"
    assert new.text.startswith("Vastgelegd voor UVW: geen bezwaar.")
    position = table.current("vng")
    assert position is not None
    assert position.stance is Stance.AGREE
