"""`standpunt nr standpunt`: an organisation files its position, or replaces it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from commands.domain.position import Basis, Filing, Reservation, ReservationKind, Stance
from tests.commands.changes import was_away
from tests.commands.table import (
    ADMIN,
    ADVISER,
    CHAIR,
    DEPUTY,
    GUEST,
    IPO,
    NUMBER,
    SECRETARY,
    UVW,
    VNG,
    Table,
)
from tests.factories import DAY, DEADLINE, MICROSECOND, NOON, SECOND

MITS = '/standpunt 001 mits "Voor bestaande contracten 2031." --punt 2'


# --- what is recorded ---------------------------------------------------------------------------------------


def test_a_position_is_kept_with_all_that_was_said(table: Table):
    table.opened()

    table.say(VNG, f"{MITS} --grondslag bestuur", at=NOON + DAY)

    position = table.current("vng")
    assert position is not None
    assert position.stance is Stance.AGREE_IF
    assert position.text == "Voor bestaande contracten 2031."
    assert position.points == (2,)
    assert position.basis is Basis.BOARD
    assert position.version == "1.0"
    assert position.received_at == NOON + DAY
    assert position.filing is Filing.IN_TIME


def test_a_receipt_says_what_for_whom_on_what_until_when_and_how_to_check(table: Table):
    table.opened()

    heard = table.say(VNG, MITS, at=NOON + DAY)

    position = table.current("vng")
    assert position is not None
    assert heard.text.splitlines() == [
        "Vastgelegd voor VNG: akkoord, mits. Het gaat om BOD-2027-001 – Kader, versie 1.0. "
        f"Kenmerk: {position.hash[:4]}-{position.hash[4:8]}-{position.hash[8:12]}.",
        "Beslispunt: 2.",
        "Tekst:",
        "    Voor bestaande contracten 2031.",
        "Ontvangen op dinsdag 12 januari 2027 om 12:00 (CET, UTC+01:00).",
        "U kunt dit wijzigen tot en met maandag 25 januari 2027 om 17:00 (CET, UTC+01:00).",
        f"Volledig kenmerk: {position.hash}. Bewaar het. Daarmee controleert u later of dit in het dossier staat.",
    ]


def test_the_log_names_organisation_version_and_the_entry_of_the_mandate_but_no_person(table: Table):
    table.opened()

    table.say(VNG, "/standpunt 001 akkoord")

    entry = table.entries()[-1]
    assert entry.kind == "position-filed"
    assert (entry.body["organisation"], entry.body["stance"], entry.body["version"]) == (
        "vng",
        "agree",
        "1.0",
    )
    assert entry.body["mandate"] == table.entries("BOD")[0].sequence
    assert "vng-vertegenwoordiger" not in str({**entry.body, "by": ""})


def test_english_words_are_the_same_command(table: Table):
    table.opened()

    table.say(VNG, '/position 001 agree-if "Funds first." --point 1,2 --basis members-vote')

    position = table.current("vng")
    assert position is not None
    assert (position.stance, position.points, position.basis) == (Stance.AGREE_IF, (1, 2), Basis.MEMBERS_VOTE)


def test_points_are_kept_in_order_and_once(table: Table):
    table.opened()

    table.say(VNG, '/standpunt 001 mits "Eerst geld." --punt 2,1,2')

    position = table.current("vng")
    assert position is not None
    assert position.points == (1, 2)


def test_a_button_files_a_first_position_without_a_question(table: Table):
    table.opened()

    heard = table.press(VNG, "position", item="001", stance="agree", text="")

    assert heard.text.startswith("Vastgelegd voor VNG: akkoord.")
    position = table.current("vng")
    assert position is not None
    assert position.stance is Stance.AGREE


def test_a_position_refreshes_the_card_and_posts_nothing(table: Table):
    table.opened()

    heard = table.say(VNG, "/standpunt 001 akkoord")

    table.wait_until(NOON + timedelta(minutes=10))
    assert heard.posted == ""
    assert "Gereageerd: 1 van 4 organisaties" in table.client.posts("BOD")[-1].text


# --- replacing ----------------------------------------------------------------------------------------------


def test_a_typed_replacement_is_carried_out_and_shows_old_and_new(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")

    heard = table.say(VNG, '/standpunt 001 bezwaar "De dekking ontbreekt."')

    assert heard.text.startswith("Vastgelegd voor VNG: was akkoord, nu bezwaar.")
    assert [each.stance for each in table.filed("vng")] == [Stance.AGREE, Stance.OBJECT]


def test_a_button_asks_before_it_replaces_and_records_nothing_by_asking(table: Table):
    table.opened()
    table.say(DEPUTY, '/standpunt 001 bezwaar "De dekking ontbreekt."')
    entries = table.kinds()

    heard = table.press(VNG, "position", item="001", stance="agree")

    assert "VNG heeft nu: bezwaar" in heard.text
    assert "door Persoon vng-plaatsvervanger" in heard.text
    assert "Er is nog niets vastgelegd." in heard.text
    assert table.kinds() == entries
    assert heard.told == []


def test_the_confirmed_answer_replaces(table: Table):
    table.opened()
    table.say(DEPUTY, '/standpunt 001 bezwaar "De dekking ontbreekt."')
    question = table.press(VNG, "position", item="001", stance="agree")

    heard = table.choose(VNG, question.buttons[0])

    assert heard.text.startswith("Vastgelegd voor VNG: was bezwaar, nu akkoord.")


def test_the_confirmed_answer_carries_every_argument(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")
    form = {
        "item": "001",
        "stance": "reservation",
        "text": "Dekking volgt.",
        "point": "1, 2",
        "for": "vng",
        "basis": "official",
        "kind": "financial",
        "suspensive": "true",
        "until": "2027-03-01",
    }
    question = table.press(VNG, "position", form)

    table.choose(VNG, question.buttons[0])

    position = table.current("vng")
    assert position is not None
    assert (position.stance, position.text, position.points, position.basis, position.reservation) == (
        Stance.RESERVATION,
        "Dekking volgt.",
        (1, 2),
        Basis.OFFICIAL,
        Reservation(ReservationKind.FINANCIAL, suspensive=True, until=date(2027, 3, 1)),
    )


def test_the_other_choice_only_shows_the_state(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")
    question = table.press(VNG, "position", item="001", stance="abstain")

    heard = table.choose(VNG, question.buttons[1])

    assert heard.text.startswith("Stand van BOD-2027-001")
    assert [each.stance for each in table.filed("vng")] == [Stance.AGREE]


# --- who is told --------------------------------------------------------------------------------------------


def test_a_first_position_is_told_to_the_other_holders_and_not_to_the_filer(table: Table):
    table.opened()

    heard = table.say(VNG, "/standpunt 001 akkoord")

    assert heard.told == [DEPUTY]
    assert "akkoord, door Persoon vng-vertegenwoordiger" in heard.messages[DEPUTY]


def test_a_replacement_by_the_deputy_is_told_to_the_representative(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")

    heard = table.say(DEPUTY, '/standpunt 001 bezwaar "De commissie heeft nog niet ingestemd."')

    assert heard.told == [VNG]
    assert "bezwaar, door Persoon vng-plaatsvervanger" in heard.messages[VNG]


def test_an_organisation_with_one_holder_tells_nobody(table: Table):
    table.opened()

    heard = table.say(IPO, "/standpunt 001 akkoord")

    assert heard.told == []


def test_a_holder_whose_mandate_has_ended_is_not_told(table: Table):
    table.opened()
    table.say(SECRETARY, f"/mandaat trek-in {DEPUTY} vng")

    heard = table.say(VNG, "/standpunt 001 akkoord")

    assert heard.told == []


# --- a reservation ------------------------------------------------------------------------------------------


def test_a_suspensive_reservation_keeps_its_kind_and_its_day(table: Table):
    table.opened()

    heard = table.say(
        VNG,
        '/standpunt 001 voorbehoud "Na de commissie." --soort achterban --opschortend --tot "20 januari 2027"',
    )

    position = table.current("vng")
    assert position is not None
    expected = Reservation(ReservationKind.CONSTITUENCY, suspensive=True, until=date(2027, 1, 20))
    assert position.reservation == expected
    assert "Soort voorbehoud: achterban, opschortend tot en met 20 januari 2027." in heard.text


def test_a_reservation_that_is_not_suspensive_needs_no_day(table: Table):
    table.opened()

    table.say(VNG, '/standpunt 001 voorbehoud "Na de commissie." --soort studie')

    position = table.current("vng")
    assert position is not None
    assert position.reservation == Reservation(ReservationKind.STUDY)


def test_today_is_not_past_for_a_reservation(table: Table):
    table.opened()

    heard = table.say(VNG, '/standpunt 001 voorbehoud "Vandaag nog." --soort studie --tot 2027-01-11')

    assert heard.refusal == ""


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ('voorbehoud "Na de commissie."', "missing-argument"),
        ('voorbehoud "Na de commissie." --soort studie --opschortend', "missing-argument"),
        ("voorbehoud --soort studie", "reason-required"),
        ('voorbehoud "Na de commissie." --soort studie --tot 2027-01-10', "deadline-past"),
        ('voorbehoud "Na de commissie." --soort studie --tot ooit', "deadline-unclear"),
        ("akkoord --soort studie", "only-with-reservation"),
        ("akkoord --opschortend", "only-with-reservation"),
        ("akkoord --tot 2027-03-01", "only-with-reservation"),
        ("mits", "reason-required"),
        ("bezwaar", "reason-required"),
        ('bezwaar " "', "reason-required"),
        ("akkoord --punt 3", "unknown-point"),
        ("akkoord --punt 0", "unknown-point"),
        ("steun", "wrong-kind"),
        ("voor", "wrong-kind"),
        ("akkoord --namens npd", "unknown-organisation"),
    ],
)
def test_what_is_not_whole_is_refused_and_leaves_no_trace(table: Table, line: str, refusal: str):
    table.opened()
    entries = table.kinds()

    heard = table.say(VNG, f"/standpunt 001 {line}")

    assert heard.refusal == refusal
    assert "Er is niets vastgelegd." in heard.text
    assert table.kinds() == entries


def test_the_refusal_of_a_missing_text_shows_a_line_that_is_accepted(table: Table):
    table.opened()
    refused = table.say(VNG, "/standpunt 001 mits")
    line = refused.text.partition("Typ bijvoorbeeld: ")[2]

    heard = table.say(VNG, line)

    assert heard.text.startswith("Vastgelegd voor VNG: akkoord, mits.")


def test_a_consultation_is_answered_by_the_other_command(table: Table):
    table.opened("--soort consultatie")

    heard = table.say(VNG, "/standpunt 001 akkoord")

    assert heard.refusal == "wrong-kind"
    assert "/reactie BOD-2027-001 steun" in heard.text


# --- who may ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "line", "refusal"),
    [
        (CHAIR, "akkoord", "no-mandate"),
        (SECRETARY, "akkoord --namens uvw", "no-mandate"),
        (ADMIN, "akkoord --namens uvw", "no-mandate"),
        (GUEST, "akkoord", "no-mandate"),
        (VNG, "akkoord --namens uvw", "no-mandate"),
        (ADVISER, "akkoord", "not-on-roll"),
        ("onbekende", "akkoord", "unknown-account"),
        ("npd-vertegenwoordiger", "akkoord", "unknown-account"),
    ],
)
def test_nobody_files_without_a_mandate_for_a_voting_organisation(table: Table, person: str, line: str, refusal: str):
    table.opened()
    entries = table.kinds()

    heard = table.say(person, f"/standpunt 001 {line}")

    assert heard.refusal == refusal
    assert table.kinds() == entries


def test_a_person_without_any_mandate_sees_the_own_account_and_whom_to_ask(table: Table):
    table.opened()

    heard = table.say(GUEST, "/standpunt 001 akkoord")

    assert "secretaris" in heard.text
    assert GUEST in heard.text


def test_the_mandate_comes_before_what_was_said(table: Table):
    table.opened()

    heard = table.say(CHAIR, "/standpunt 001 mits")

    assert heard.refusal == "no-mandate"


def test_an_organisation_that_joined_after_the_opening_is_not_on_the_roll(table: Table):
    table.opened()
    table.join("npd")

    heard = table.say("npd-vertegenwoordiger", "/standpunt 001 akkoord")

    assert heard.refusal == "not-on-roll"


def test_a_mandate_given_after_the_opening_is_good(table: Table):
    table.opened()
    table.say(SECRETARY, f"/mandaat verleen {GUEST} uvw")

    heard = table.say(GUEST, "/standpunt 001 akkoord")

    assert heard.text.startswith("Vastgelegd voor UVW: akkoord.")
    assert heard.told == [UVW]


def test_a_mandate_holds_to_the_end_of_its_last_day_and_not_a_moment_longer(table: Table):
    table.opened()
    table.say(SECRETARY, f"/mandaat verleen {GUEST} uvw --tot 2027-01-12")
    midnight = NOON.replace(day=12, hour=23, minute=0)  # 00:00 on the 13th in Amsterdam

    last = table.say(GUEST, "/standpunt 001 akkoord", at=midnight - MICROSECOND)
    late = table.say(GUEST, "/standpunt 001 geen-bezwaar", at=midnight)

    assert last.refusal == ""
    assert late.refusal == "mandate-expired"
    assert "12 januari 2027" in late.text
    assert "UVW" in late.text


def test_a_mandate_that_has_not_begun_is_refused_with_its_first_day(table: Table):
    table.opened()
    table.say(SECRETARY, f"/mandaat verleen {GUEST} uvw --van 2027-01-13")

    heard = table.say(GUEST, "/standpunt 001 akkoord", at=NOON + DAY)

    assert heard.refusal == "mandate-not-yet"
    assert "13 januari 2027" in heard.text


# --- when ---------------------------------------------------------------------------------------------------


def test_a_draft_takes_no_position(table: Table):
    table.drafted()

    heard = table.say(VNG, "/standpunt 001 akkoord")

    assert heard.refusal == "not-possible"


def test_a_position_after_an_early_close_is_kept_as_late(table: Table):
    table.opened()
    closed_at = NOON + DAY
    table.say(CHAIR, '/consultatie sluit 001 "Iedereen heeft gereageerd."', at=closed_at)

    heard = table.say(VNG, "/standpunt 001 akkoord", at=closed_at + SECOND)

    assert heard.refusal == "round-closed"
    assert "12 januari 2027 om 12:00" in heard.text
    assert [(each.stance, each.filing) for each in table.filed("vng")] == [(Stance.AGREE, Filing.LATE)]
    assert table.current("vng") is None


def test_a_late_position_never_supersedes_one_in_time(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")

    table.say(VNG, '/standpunt 001 bezwaar "Te laat."', at=DEADLINE + MICROSECOND)

    position = table.current("vng")
    assert position is not None
    assert position.stance is Stance.AGREE


def test_a_late_position_tells_nobody_else(table: Table):
    table.opened()

    heard = table.say(VNG, "/standpunt 001 akkoord", at=DEADLINE + SECOND)

    assert heard.refusal == "round-closed"
    assert DEPUTY not in heard.told


def test_what_was_late_stays_late_after_a_later_round_opens(table: Table):
    table.opened()
    table.say(VNG, '/standpunt 001 bezwaar "Te laat."', at=DEADLINE + SECOND)
    table.wait_until(DEADLINE + timedelta(seconds=5))

    table.say(CHAIR, '/consultatie open 001 --termijn "5 werkdagen"', at=DEADLINE + DAY)

    assert table.item.round is not None
    assert table.item.round.number == 2
    assert table.current("vng") is None


def test_while_the_chair_must_choose_after_an_outage_nothing_is_taken(table: Table):
    table.opened()
    was_away(table, DEADLINE - timedelta(hours=1), DEADLINE + timedelta(minutes=10))
    table.wait_until(DEADLINE + timedelta(minutes=11))

    heard = table.say(VNG, "/standpunt 001 akkoord")

    assert table.item.round is not None
    assert table.item.round.asked_at is not None
    assert heard.refusal == "round-closed"
    assert [each.filing for each in table.filed("vng")] == [Filing.LATE]


def test_a_clock_that_steps_back_does_not_reopen_what_waits_for_the_chair(table: Table):
    table.opened()
    was_away(table, DEADLINE - timedelta(hours=1), DEADLINE + timedelta(minutes=10))
    table.wait_until(DEADLINE + timedelta(minutes=11))
    entries = table.kinds()

    heard = table.say(VNG, "/standpunt 001 akkoord", at=DEADLINE - SECOND)

    assert heard.refusal == "round-closed"
    assert table.kinds() == entries


def test_what_was_received_in_time_but_came_up_after_the_close_leaves_no_trace(table: Table):
    table.opened()
    table.wait_until(DEADLINE + timedelta(seconds=5))
    entries = table.kinds()

    heard = table.say(VNG, "/standpunt 001 akkoord", at=DEADLINE)

    assert heard.refusal == "round-closed"
    assert "Er is niets vastgelegd." in heard.text
    assert table.kinds() == entries


def test_a_number_of_another_board_is_unknown_to_who_is_not_on_it(table: Table):
    table.opened()

    heard = table.say("npd-vertegenwoordiger", f"/standpunt {NUMBER} akkoord", channel="")

    assert heard.refusal == "unknown-item"


def test_a_recusal_needs_no_text(table: Table):
    table.opened()

    heard = table.say(VNG, "/standpunt 001 verschoning")

    assert heard.refusal == ""
    assert table.filed("vng")[-1].stance is Stance.RECUSE


@pytest.mark.parametrize(("points", "shown"), [("2", "Beslispunt: 2."), ("1,2", "Beslispunten: 1 en 2.")])
def test_one_decision_point_is_shown_as_one(table: Table, points: str, shown: str):
    table.opened()

    assert shown in table.say(VNG, f"/standpunt 001 akkoord --punt {points}").text
