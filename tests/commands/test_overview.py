"""`consultatie lijst`: everything that is not finished, first what waits for the reader."""

from __future__ import annotations

from datetime import timedelta

from tests.commands.changes import was_away
from tests.commands.table import (
    ADVISER,
    CHAIR,
    GUEST,
    IPO,
    NUMBER,
    RIJK,
    SECRETARY,
    UNREACHED,
    UVW,
    VNG,
    Table,
)
from tests.factories import DAY, DEADLINE, NOON

CLOSED = DEADLINE + timedelta(seconds=5)


def waiting(text: str) -> list[str]:
    """What waits for the reader, without the bullets."""
    lines = text.splitlines()
    if "Dit wacht op u:" not in lines:
        return []
    start = lines.index("Dit wacht op u:") + 1
    end = next(place for place, line in enumerate(lines) if line.startswith("Alles wat loopt"))
    return [line.removeprefix("- ") for line in lines[start:end]]


def test_every_item_that_is_not_finished_is_listed_to_everyone(table: Table):
    table.opened()

    heard = table.say(GUEST, "/consultatie lijst")

    assert heard.text.splitlines() == [
        "Overzicht van Overleg BOD",
        "Er wacht niets op u.",
        "Alles wat loopt bij Overleg BOD:",
        "- BOD-2027-001 – Kader: open tot en met maandag 25 januari 2027 om 17:00 (CET, UTC+01:00), "
        "nog 4 reacties te gaan",
    ]


def test_without_items_it_says_so(table: Table):
    assert table.say(CHAIR, "/consult list").text == "Er loopt niets bij Overleg BOD."


def test_an_open_item_waits_for_organisations_that_still_owe(table: Table):
    table.opened()
    table.say(IPO, "/standpunt 001 akkoord")

    owes = table.say(VNG, "/consultatie lijst")
    answered = table.say(IPO, "/consultatie lijst")
    adviser = table.say(ADVISER, "/consultatie lijst")

    assert waiting(owes.text) == [
        "BOD-2027-001 – Kader: VNG heeft nog niet gereageerd. "
        "Dat kan tot en met maandag 25 januari 2027 om 17:00 (CET, UTC+01:00)."
    ]
    assert waiting(answered.text) == []
    assert waiting(adviser.text) == []


def test_a_draft_waits_for_chair_and_secretary(table: Table):
    table.drafted()

    for person in (CHAIR, SECRETARY):
        heard = table.say(person, "/consultatie lijst")
        assert waiting(heard.text) == ["BOD-2027-001 – Kader: dit concept is nog niet geopend."]
    assert waiting(table.say(VNG, "/consultatie lijst").text) == []


def test_a_closed_item_waits_for_the_chair_to_establish_it(table: Table):
    table.opened()
    table.say(VNG, "/standpunt 001 akkoord")
    table.wait_until(CLOSED)

    chair = table.say(CHAIR, "/consultatie lijst")
    secretary = table.say(SECRETARY, "/consultatie lijst")

    assert waiting(chair.text) == [
        "BOD-2027-001 – Kader: gesloten met uitslag aangenomen, nog niet vastgesteld; "
        "het besluit kan worden vastgesteld."
    ]
    assert waiting(secretary.text) == []
    assert "- BOD-2027-001 – Kader: gesloten, uitslag aangenomen; het besluit kan worden vastgesteld" in secretary.text


def test_an_established_item_is_finished(table: Table):
    table.established()

    assert table.say(CHAIR, "/consultatie lijst").text == "Er loopt niets bij Overleg BOD."


def test_a_contested_version_waits_for_chair_and_secretary(table: Table):
    table.opened()
    editorial = '/consultatie versie 001 --versie 1.1 --redactioneel --toelichting "Komma." --tekst "1. Ja."'
    table.say(SECRETARY, editorial)
    during = table.say(VNG, "/consultatie lijst")
    table.say(VNG, '/standpunt 001 betwist "Wezenlijk."')

    after = table.say(SECRETARY, "/consultatie lijst")

    assert waiting(during.text)[1] == (
        "BOD-2027-001 – Kader: VNG kan versie 1.1 betwisten tot en met "
        "dinsdag 12 januari 2027 om 17:00 (CET, UTC+01:00)."
    )
    assert waiting(after.text) == ["BOD-2027-001 – Kader: versie 1.1 is betwist en wacht op een nieuwe ronde."]


def test_a_substantive_version_waits_for_its_round(table: Table):
    table.opened()
    table.say(
        SECRETARY,
        '/consultatie versie 001 --versie 1.1 --wezenlijk --toelichting "Anders." --tekst "1. Ja."',
    )

    heard = table.say(CHAIR, "/consultatie lijst")

    assert waiting(heard.text) == ["BOD-2027-001 – Kader: versie 1.1 wacht op een nieuwe ronde."]


def test_an_adjourned_item_waits_for_the_chair_with_its_meeting(table: Table):
    table.opened("--vergadering 2027-02-20")
    table.say(IPO, "/standpunt 001 naar-vergadering")

    heard = table.say(CHAIR, "/consultatie lijst")

    assert waiting(heard.text) == ["BOD-2027-001 – Kader: aangehouden, vergadering op 20 februari 2027."]


def test_an_outage_waits_for_the_choice_of_the_chair(table: Table):
    table.opened()
    was_away(table, DEADLINE - timedelta(hours=1), DEADLINE + timedelta(minutes=10))
    table.wait_until(DEADLINE + timedelta(minutes=11))

    heard = table.say(CHAIR, "/consultatie lijst")

    assert waiting(heard.text) == [
        "BOD-2027-001 – Kader: kies na de storing rond maandag 25 januari 2027 om 17:00 (CET, UTC+01:00) "
        "tussen verlengen en sluiten."
    ]


def test_a_suspensive_reservation_whose_day_passed_waits_for_organisation_and_chair(table: Table):
    table.opened()
    for person in (RIJK, IPO, UVW):
        table.say(person, "/standpunt 001 akkoord")
    table.say(VNG, '/standpunt 001 voorbehoud "Later." --soort studie --opschortend --tot 2027-01-13')

    due = "BOD-2027-001 – Kader: het opschortende voorbehoud van VNG liep tot 13 januari 2027 en geldt nog."
    on_the_day = table.say(VNG, "/consultatie lijst", at=NOON + 2 * DAY)
    after = table.say(VNG, "/consultatie lijst", at=NOON + 3 * DAY)
    assert due not in waiting(on_the_day.text)
    assert due in waiting(after.text)
    assert due in waiting(table.say(CHAIR, "/consultatie lijst").text)
    assert due not in waiting(table.say(IPO, "/consultatie lijst").text)
    table.say(VNG, "/standpunt 001 hef-op")
    assert due not in waiting(table.say(VNG, "/consultatie lijst").text)


def test_a_message_that_could_not_be_delivered_waits_for_chair_and_secretary(table: Table):
    table.say(SECRETARY, f"/mandaat verleen {UNREACHED} uvw", at=NOON - DAY)
    table.opened()

    missed = "Een bericht over BOD-2027-001 is niet bezorgd aan Persoon zonder-account."
    assert missed in waiting(table.say(CHAIR, "/consultatie lijst").text)
    assert missed in waiting(table.say(SECRETARY, "/consultatie lijst").text)
    assert missed not in waiting(table.say(UVW, "/consultatie lijst").text)


def test_a_direct_message_covers_every_board_of_the_person(table: Table):
    table.opened()
    vp = table.on_vp()

    direct = table.say(VNG, "/consultatie lijst", channel="")
    channel = table.say(VNG, "/consultatie lijst")

    assert str(NUMBER) in direct.text
    assert str(vp) in direct.text
    assert str(vp) not in channel.text


def test_items_of_a_board_that_the_person_is_not_on_are_never_listed(table: Table):
    table.opened()
    table.on_vp()

    heard = table.say("npd-vertegenwoordiger", "/consultatie lijst", channel="")

    assert "VP-2027-001" in heard.text
    assert str(NUMBER) not in heard.text


def test_a_direct_message_can_name_one_board(table: Table):
    table.opened()
    vp = table.on_vp()

    heard = table.say(VNG, "/consultatie lijst --overleg vp", channel="")

    assert str(vp) in heard.text
    assert str(NUMBER) not in heard.text


def test_a_closed_consultation_waits_for_the_chair_but_not_to_be_established(table: Table):
    table.opened("--soort consultatie")
    table.wait_until(CLOSED)

    chair = table.say(CHAIR, "/consultatie lijst")

    assert waiting(chair.text) == ["BOD-2027-001 – Kader: deze consultatie is gesloten. Kies wat ermee gebeurt."]
