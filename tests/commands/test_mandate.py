"""`mandaat`: who may speak for which organisation."""

from __future__ import annotations

from datetime import date

import pytest

from commands.domain.mandate import Mandate, MandateRole
from tests.commands.table import ADMIN, ADVISER, CHAIR, DEPUTY, GUEST, IPO, SECRETARY, VNG, Table
from tests.factories import DAY, NOON

TODAY = date(2027, 1, 11)


def mandates(table: Table, organisation: str, person: str) -> list[Mandate]:
    """The mandates of a person for an organisation of BOD, in the order of granting."""
    found = table.read(lambda tx: tx.people.mandates("BOD", organisation))
    return [each for each in found if each.person == person]


# --- grant --------------------------------------------------------------------------------------------------


def test_the_secretary_grants_for_any_organisation_from_today(table: Table):
    heard = table.say(SECRETARY, f"/mandaat verleen @{GUEST} uvw", at=NOON)

    (mandate,) = mandates(table, "uvw", GUEST)
    assert (mandate.role, mandate.valid_from, mandate.until) == (MandateRole.REPRESENTATIVE, TODAY, None)
    assert heard.text.startswith("Vastgelegd: Persoon toehoorder is vertegenwoordiger van UVW vanaf 11 januari 2027.")


def test_role_first_and_last_day_are_kept(table: Table):
    table.say(SECRETARY, f"/mandate grant {GUEST} uvw --role deputy --from 2027-02-01 --until 2027-12-31", at=NOON)

    (mandate,) = mandates(table, "uvw", GUEST)
    assert (mandate.role, mandate.valid_from, mandate.until) == (
        MandateRole.DEPUTY,
        date(2027, 2, 1),
        date(2027, 12, 31),
    )


def test_a_representative_grants_for_the_own_organisation_by_that_mandate(table: Table):
    heard = table.say(VNG, f"/mandaat verleen {GUEST} vng --rol plaatsvervanger", at=NOON)

    assert heard.refusal == ""
    entry = table.entries("BOD")[-1]
    assert entry.kind == "mandate-granted"
    assert entry.body["mandate"] == table.entries("BOD")[0].sequence


def test_a_grant_stands_in_the_boards_log_without_the_name(table: Table):
    table.say(SECRETARY, f"/mandaat verleen {GUEST} uvw", at=NOON)

    entry = table.entries("BOD")[-1]
    assert (entry.kind, entry.body["organisation"], entry.body["person"]) == (
        "mandate-granted",
        "uvw",
        f"code-{GUEST}",
    )
    assert GUEST not in str({**entry.body, "person": "", "id": ""})


def test_a_grant_is_told_to_the_organisations_holders_and_not_to_the_granter(table: Table):
    by_secretary = table.say(SECRETARY, f"/mandaat verleen {GUEST} vng", at=NOON)
    by_representative = table.say(VNG, f"/mandaat verleen {IPO} vng")

    assert by_secretary.told == sorted([VNG, DEPUTY, GUEST])
    assert by_representative.told == sorted([DEPUTY, GUEST, IPO])
    assert "Nieuw mandaat voor VNG: Persoon toehoorder, vertegenwoordiger" in by_secretary.messages[VNG]


@pytest.mark.parametrize(
    ("person", "line", "refusal"),
    [
        (CHAIR, f"verleen {GUEST} vng", "not-allowed"),
        (ADMIN, f"verleen {GUEST} vng", "not-allowed"),
        (GUEST, f"verleen {GUEST} vng", "not-allowed"),
        (DEPUTY, f"verleen {GUEST} vng", "not-allowed"),
        (VNG, f"verleen {GUEST} uvw", "not-allowed"),
        (SECRETARY, f"verleen {SECRETARY} vng", "own-grant"),
        (VNG, f"verleen {VNG} vng", "own-grant"),
        (SECRETARY, "verleen npd-vertegenwoordiger vng", "unknown-person"),
        (SECRETARY, f"verleen {GUEST} npd", "unknown-organisation"),
        (SECRETARY, f"verleen {VNG} vng", "mandate-exists"),
        (SECRETARY, f"verleen {VNG} vng --van 2030-01-01", "mandate-exists"),
        (SECRETARY, f"verleen {GUEST} vng --van 2027-02-01 --tot 2027-01-31", "invalid-period"),
        (SECRETARY, f"verleen {GUEST} vng --van 2026-01-01 --tot 2027-01-10", "invalid-period"),
        (SECRETARY, f"verleen {GUEST} vng --tot ooit", "deadline-unclear"),
        (SECRETARY, f"verleen {GUEST}", "missing-argument"),
    ],
)
def test_a_grant_that_may_not_be_is_refused_and_leaves_no_trace(table: Table, person: str, line: str, refusal: str):
    entries = table.kinds("BOD")

    heard = table.say(person, f"/mandaat {line}", at=NOON)

    assert heard.refusal == refusal
    assert table.kinds("BOD") == entries
    assert heard.told == []


def test_two_mandates_of_one_person_may_follow_each_other(table: Table):
    table.say(SECRETARY, f"/mandaat verleen {GUEST} uvw --tot 2027-01-31", at=NOON)

    overlap = table.say(SECRETARY, f"/mandaat verleen {GUEST} uvw --van 2027-01-31")
    after = table.say(SECRETARY, f"/mandaat verleen {GUEST} uvw --van 2027-02-01")

    assert overlap.refusal == "mandate-exists"
    assert after.refusal == ""
    assert len(mandates(table, "uvw", GUEST)) == 2


def test_after_a_revocation_a_mandate_can_be_granted_again(table: Table):
    table.say(SECRETARY, f"/mandaat trek-in {DEPUTY} vng", at=NOON)

    heard = table.say(SECRETARY, f"/mandaat verleen {DEPUTY} vng")

    assert heard.refusal == ""


# --- revoke -------------------------------------------------------------------------------------------------


def test_a_mandate_ends_at_the_instant_of_the_revocation(table: Table):
    heard = table.say(VNG, f"/mandaat trek-in @{DEPUTY} vng", at=NOON)

    (mandate,) = mandates(table, "vng", DEPUTY)
    assert mandate.revoked_at == NOON
    assert table.kinds("BOD")[-1] == "mandate-revoked"
    assert heard.text.startswith(
        "Vastgelegd: het mandaat van Persoon vng-plaatsvervanger voor VNG is geëindigd op "
        "maandag 11 januari 2027 om 12:00 (CET, UTC+01:00)."
    )


def test_an_organisation_left_without_any_holder_is_named(table: Table):
    one_left = table.say(SECRETARY, f"/mandaat trek-in {DEPUTY} vng", at=NOON)
    none_left = table.say(SECRETARY, f"/mandaat trek-in {VNG} vng")

    assert "Niemand heeft nu een geldig mandaat" not in one_left.text
    assert "Niemand heeft nu een geldig mandaat voor VNG." in none_left.text


def test_what_was_filed_with_a_revoked_mandate_stays(table: Table):
    table.opened()
    table.say(DEPUTY, "/standpunt 001 akkoord")

    table.say(SECRETARY, f"/mandaat trek-in {DEPUTY} vng")

    assert table.current("vng") is not None


@pytest.mark.parametrize(
    ("person", "line", "refusal"),
    [
        (CHAIR, f"trek-in {DEPUTY} vng", "not-allowed"),
        (DEPUTY, f"trek-in {VNG} vng", "not-allowed"),
        (IPO, f"trek-in {DEPUTY} vng", "not-allowed"),
        (SECRETARY, f"trek-in {IPO} vng", "no-such-mandate"),
        (SECRETARY, f"trek-in {GUEST} uvw", "no-such-mandate"),
    ],
)
def test_a_revocation_that_may_not_be_is_refused(table: Table, person: str, line: str, refusal: str):
    entries = table.kinds("BOD")

    heard = table.say(person, f"/mandaat {line}", at=NOON)

    assert heard.refusal == refusal
    assert table.kinds("BOD") == entries


def test_an_ended_mandate_cannot_be_revoked_again(table: Table):
    table.say(SECRETARY, f"/mandaat trek-in {DEPUTY} vng", at=NOON)

    heard = table.say(SECRETARY, f"/mandaat trek-in {DEPUTY} vng")

    assert heard.refusal == "no-such-mandate"


# --- replace ------------------------------------------------------------------------------------------------


def test_a_replacement_ends_one_mandate_and_grants_the_same_to_another(table: Table):
    table.say(SECRETARY, f"/mandaat verleen {IPO} vng --rol plaatsvervanger --tot 2027-06-30", at=NOON)

    heard = table.say(SECRETARY, f"/mandaat vervang @{IPO} @{GUEST} vng", at=NOON + DAY)

    (old,), (new,) = mandates(table, "vng", IPO), mandates(table, "vng", GUEST)
    assert old.revoked_at == NOON + DAY
    assert (new.role, new.valid_from, new.until) == (
        MandateRole.DEPUTY,
        date(2027, 1, 12),
        date(2027, 6, 30),
    )
    assert "Persoon toehoorder vervangt Persoon ipo-vertegenwoordiger" in heard.text
    assert table.kinds("BOD")[-2:] == ["mandate-revoked", "mandate-granted"]


def test_a_replacement_hands_over_what_is_still_to_begin_as_well(table: Table):
    table.say(SECRETARY, f"/mandaat verleen {IPO} vng --tot 2027-01-31", at=NOON)
    table.say(SECRETARY, f"/mandaat verleen {IPO} vng --van 2027-02-01")

    table.say(SECRETARY, f"/mandaat vervang {IPO} {GUEST} vng")

    assert [(each.valid_from, each.until) for each in mandates(table, "vng", GUEST)] == [
        (TODAY, date(2027, 1, 31)),
        (date(2027, 2, 1), None),
    ]


def test_a_replacement_is_told_to_who_holds_it_from_then_on(table: Table):
    heard = table.say(VNG, f"/mandaat vervang {DEPUTY} {GUEST} vng", at=NOON)

    assert heard.told == [GUEST]


@pytest.mark.parametrize(
    ("person", "line", "refusal"),
    [
        (SECRETARY, f"vervang {IPO} {GUEST} vng", "no-such-mandate"),
        (SECRETARY, f"vervang {VNG} {DEPUTY} vng", "mandate-exists"),
        (SECRETARY, f"vervang {VNG} {SECRETARY} vng", "own-grant"),
        (DEPUTY, f"vervang {VNG} {GUEST} vng", "not-allowed"),
        (SECRETARY, f"vervang {VNG} onbekende vng", "unknown-person"),
    ],
)
def test_a_replacement_that_may_not_be_is_refused_whole(table: Table, person: str, line: str, refusal: str):
    entries = table.kinds("BOD")

    heard = table.say(person, f"/mandaat {line}", at=NOON)

    assert heard.refusal == refusal
    assert table.kinds("BOD") == entries
    (mandate,) = mandates(table, "vng", VNG)
    assert mandate.revoked_at is None


# --- show ---------------------------------------------------------------------------------------------------


def test_the_secretary_sees_every_mandate_with_its_state(table: Table):
    table.say(SECRETARY, f"/mandaat trek-in {DEPUTY} vng", at=NOON)
    table.say(SECRETARY, f"/mandaat verleen {GUEST} uvw --van 2027-02-01")

    heard = table.say(SECRETARY, "/mandaat toon")

    lines = heard.text.splitlines()
    assert lines[0] == "Mandaten bij Overleg BOD voor RIJK, VNG, IPO, UVW en LOGIUS"
    assert (
        "- Organisatie: VNG; Persoon: Persoon vng-vertegenwoordiger; Rol: vertegenwoordiger; "
        "Vanaf: 1 januari 2026; Stand: geldig"
    ) in lines
    assert (
        "- Organisatie: VNG; Persoon: Persoon vng-plaatsvervanger; Rol: plaatsvervanger; "
        "Vanaf: 1 januari 2026; Stand: ingetrokken op maandag 11 januari 2027 om 12:00 (CET, UTC+01:00)"
    ) in lines
    assert any("Persoon toehoorder" in line and "nog niet begonnen" in line for line in lines)


def test_an_ended_mandate_is_shown_as_ended(table: Table):
    table.say(SECRETARY, f"/mandaat verleen {GUEST} uvw --tot 2027-01-12", at=NOON)

    heard = table.say(SECRETARY, "/mandaat toon uvw", at=NOON + 3 * DAY)

    assert any("Persoon toehoorder" in line and "verlopen" in line for line in heard.text.splitlines())


@pytest.mark.parametrize("person", [VNG, DEPUTY])
def test_a_mandate_holder_sees_those_of_the_own_organisation(table: Table, person: str):
    heard = table.say(person, "/mandaat toon", at=NOON)

    assert "VNG" in heard.text
    assert "IPO" not in heard.text


@pytest.mark.parametrize(
    ("person", "line"), [(VNG, "toon ipo"), (GUEST, "toon"), (CHAIR, "toon vng"), (ADVISER, "toon vng")]
)
def test_nobody_else_sees_who_speaks_for_an_organisation(table: Table, person: str, line: str):
    heard = table.say(person, f"/mandaat {line}", at=NOON)

    assert heard.refusal == "not-allowed"
