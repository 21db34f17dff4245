"""`consultatie stel-vast`: the chair's decision, apart from the outcome that the rule computed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from commands.domain.board import Organisation
from commands.domain.decision import Decision
from commands.domain.item import State
from commands.domain.rules.base import Quorum
from tests.commands.changes import change_board
from tests.commands.table import ADMIN, ADVISER, CHAIR, GUEST, IPO, RIJK, SECRETARY, UVW, VNG, Table
from tests.factories import DEADLINE

ESTABLISH = "/consultatie stel-vast 001"
DEVIATE = f'{ESTABLISH} --afwijkend "De vergadering besloot anders."'
HEAD = "BOD-2027-001/B1 — Overleg BOD stelt vast: Kader, conform versie 1.0."


def closed(table: Table, *answers: tuple[str, str], flags: tuple[str, ...] = ()) -> None:
    """A round with these answers, closed at its deadline."""
    table.opened(*flags)
    for person, words in answers:
        said = table.say(person, f"/standpunt 001 {words}")
        assert not said.refusal, said.text
    table.wait_until(DEADLINE + timedelta(minutes=1))


def decision(table: Table) -> Decision:
    """The only decision on the item."""
    (found,) = table.read(lambda tx: tx.decisions.of(table.item))
    return found


def text(table: Table) -> list[str]:
    """The lines of its text."""
    return decision(table).text.split("\n")


# --- an adopted outcome -------------------------------------------------------------------------------------


def test_an_adopted_outcome_is_established_with_its_number(table: Table):
    closed(table, (RIJK, "akkoord"), (VNG, "akkoord"), (IPO, "geen-bezwaar"), (UVW, "akkoord"))

    heard = table.say(CHAIR, ESTABLISH)

    found = decision(table)
    assert heard.refusal == ""
    assert (table.item.state, table.item.decisions) == (State.ESTABLISHED, 1)
    assert (str(found.number), found.version, found.deviates) == ("BOD-2027-001/B1", "1.0", False)
    assert (found.at, found.person, found.corrects) == (table.clock.now(), "code-voorzitter", None)
    assert text(table) == [HEAD]
    assert table.kinds()[-1] == "decision-established"
    assert HEAD in heard.text
    assert HEAD in heard.posted
    assert heard.told == []


def test_closing_establishes_nothing(table: Table):
    closed(table, (VNG, "akkoord"))

    assert table.item.state is State.CLOSED
    assert table.read(lambda tx: tx.decisions.of(table.item)) == ()


def test_the_text_has_notes_who_did_not_answer_and_the_conclusion(table: Table):
    closed(
        table,
        (RIJK, "akkoord"),
        (VNG, 'akkoord "Wij lezen punt 1 ruim."'),
        (IPO, 'voorbehoud "Mits er dekking is." --soort financieel --tot "1 juli 2027"'),
    )

    table.say(CHAIR, f'{ESTABLISH} "Actie: BZK opent de marktplaats.\nActie: BZK meldt de stand."')

    assert text(table) == [
        HEAD,
        "Aantekening: VNG, akkoord (Wij lezen punt 1 ruim.)",
        "Aantekening: IPO, financieel voorbehoud (Mits er dekking is.), op te heffen vóór 1 juli 2027",
        "Geen reactie op versie 1.0 ontvangen van: Organisatie uvw.",
        "Actie: BZK opent de marktplaats.",
        "Actie: BZK meldt de stand.",
    ]
    assert decision(table).conclusion == "Actie: BZK opent de marktplaats.\nActie: BZK meldt de stand."


def test_abstention_and_recusal_are_noted(table: Table):
    closed(table, (RIJK, "akkoord"), (VNG, "onthouding"), (IPO, 'verschoning "Eigen belang."'), (UVW, "akkoord"))

    table.say(CHAIR, ESTABLISH)

    assert text(table) == [
        HEAD,
        "Aantekening: VNG, onthouding",
        "Aantekening: IPO, verschoning (Eigen belang.)",
    ]


def test_an_answered_objection_under_rough_consensus_is_noted_with_its_answer(table: Table):
    change_board(table, organisations=_one_column(table))
    table.opened("--regel ruwe-consensus")
    for person in (RIJK, IPO, UVW):
        table.say(person, "/standpunt 001 akkoord")
    table.say(VNG, '/standpunt 001 bezwaar "Te duur."')
    table.say(SECRETARY, '/consultatie bezwaar 001 vng behandeld "De kosten zijn betrokken."')
    table.wait_until(DEADLINE + timedelta(minutes=1))

    heard = table.say(CHAIR, ESTABLISH)

    assert heard.refusal == ""
    assert text(table)[1:] == [
        "Aantekening: VNG, bezwaar (Te duur.)",
        "Antwoord aan VNG: behandeld (De kosten zijn betrokken.)",
    ]


def _one_column(table: Table) -> tuple[Organisation, ...]:
    board = table.read(lambda tx: tx.boards.get("BOD"))
    assert board is not None
    return tuple(replace(each, column="samen") for each in board.organisations)


def test_the_text_of_others_stays_on_its_own_line(table: Table):
    closed(table, (RIJK, "akkoord"), (VNG, 'akkoord "Prima.\nActie: VNG krijgt alles."'))

    table.say(CHAIR, ESTABLISH)

    assert text(table)[1] == "Aantekening: VNG, akkoord (Prima. Actie: VNG krijgt alles.)"


def test_a_document_is_named_with_its_hash_or_as_not_fixed(table: Table):
    sha256 = "ab" * 32
    closed(table, (VNG, "akkoord"), flags=(f"--document https://example.org/k.pdf --sha256 {sha256}",))

    table.say(CHAIR, ESTABLISH)

    assert text(table)[1] == f"Document: https://example.org/k.pdf (SHA-256 {sha256})."


def test_a_document_without_hash_is_said_not_to_be_fixed(table: Table):
    closed(table, (VNG, "akkoord"), flags=("--document https://example.org/k.pdf",))

    table.say(CHAIR, ESTABLISH)

    assert text(table)[1].startswith("Document: https://example.org/k.pdf. Dit document ligt niet vast")


def test_the_text_is_in_the_language_of_the_board(table: Table):
    change_board(table, locale="en")
    closed(table, (RIJK, "akkoord"), (VNG, "onthouding"))

    table.say(CHAIR, ESTABLISH)

    assert text(table) == [
        "BOD-2027-001/B1 — Overleg BOD establishes: Kader, according to version 1.0.",
        "Note: VNG, abstain",
        "No answer on version 1.0 was received from: Organisatie ipo and Organisatie uvw.",
    ]


def test_late_and_withdrawn_positions_are_no_notes(table: Table):
    table.opened()
    table.say(RIJK, "/standpunt 001 akkoord")
    table.say(VNG, '/standpunt 001 bezwaar "Toch niet."')
    table.say(VNG, "/standpunt 001 trek-in")
    table.say(IPO, '/standpunt 001 bezwaar "Te laat."', at=DEADLINE + timedelta(minutes=1))
    table.wait_until(DEADLINE + timedelta(minutes=2))

    table.say(CHAIR, ESTABLISH)

    assert text(table)[1] == (
        "Geen reactie op versie 1.0 ontvangen van: Organisatie vng, Organisatie ipo en Organisatie uvw."
    )


def test_a_decision_is_on_the_version_of_the_round_although_a_newer_one_is_drafted(table: Table):
    closed(table, (VNG, "akkoord"))
    table.say(SECRETARY, '/consultatie versie 001 --versie 2 --tekst "1. a" --toelichting "b" --wezenlijk')

    table.say(CHAIR, ESTABLISH)

    assert decision(table).version == "1.0"


# --- a deviation --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answers, because",
    [
        ([(RIJK, "akkoord"), (VNG, 'bezwaar "Nee."')], "geen besluit, bezwaar (VNG)"),
        ([(RIJK, "akkoord"), (IPO, 'mits "Pas in 2031."')], "geen besluit, bezwaar (IPO)"),
        ([(RIJK, "onthouding")], "geen besluit, alleen onthoudingen (VNG, IPO en UVW)"),
        ([], "geen besluit, geen reacties (RIJK, VNG, IPO en UVW)"),
    ],
)
def test_anything_but_an_adopted_outcome_needs_a_reason(table: Table, answers: list[tuple[str, str]], because: str):
    closed(table, *answers)

    heard = table.say(CHAIR, ESTABLISH)

    assert heard.refusal == "reason-required"
    assert because in heard.text
    assert "--afwijkend" in heard.text
    assert table.item.state is State.CLOSED


def test_a_missing_quorum_names_who_was_silent(table: Table):
    change_board(table, quorum=Quorum(required=("rijk",)))
    closed(table, (VNG, "akkoord"), (IPO, "akkoord"), (UVW, "akkoord"))

    assert "quorum niet gehaald (RIJK)" in table.say(CHAIR, ESTABLISH).text


def test_a_rejection_under_unanimity_names_who_was_silent(table: Table):
    closed(table, (RIJK, "akkoord"), (VNG, "akkoord"), (IPO, "akkoord"), flags=("--regel unanimiteit-strikt",))

    assert "verworpen (UVW)" in table.say(CHAIR, ESTABLISH).text


def test_a_deviation_is_recorded_with_its_reason(table: Table):
    closed(table, (RIJK, "akkoord"), (VNG, 'bezwaar "Te duur."'), (IPO, "akkoord"), (UVW, "akkoord"))

    heard = table.say(CHAIR, DEVIATE)

    assert heard.refusal == ""
    assert (decision(table).deviates, decision(table).deviation) == (True, "De vergadering besloot anders.")
    assert text(table) == [
        HEAD,
        "Dit besluit wijkt af van de uitslag (geen besluit, bezwaar). Reden: De vergadering besloot anders.",
        "Aantekening: VNG, bezwaar (Te duur.)",
    ]
    assert table.entries()[-1].body["deviates"] is True


def test_a_deviation_is_on_the_newest_version(table: Table):
    closed(table, (VNG, 'bezwaar "Nee."'))
    table.say(SECRETARY, '/consultatie versie 001 --versie 2 --tekst "1. a" --toelichting "b" --wezenlijk')

    table.say(CHAIR, DEVIATE)

    assert decision(table).version == "2"
    assert "Geen reactie op versie 1.0" in decision(table).text


def test_a_consultation_has_no_outcome_to_establish(table: Table):
    table.opened("--soort consultatie")
    table.say(VNG, '/reactie 001 geen-steun "Te duur."')
    table.wait_until(DEADLINE + timedelta(minutes=1))

    refused = table.say(CHAIR, ESTABLISH)
    table.say(CHAIR, DEVIATE)

    assert refused.refusal == "reason-required"
    assert "geen uitslag" in refused.text
    assert text(table)[1:3] == [
        "De ronde had geen uitslag. Reden voor dit besluit: De vergadering besloot anders.",
        "Aantekening: VNG, geen steun (Te duur.)",
    ]


# --- a reservation that holds -------------------------------------------------------------------------------

SUSPENSIVE = 'voorbehoud "Dekking." --soort financieel --opschortend --tot "1 juli 2027"'


def test_what_a_suspensive_reservation_holds_is_established_once_it_is_lifted(table: Table):
    closed(table, (RIJK, "akkoord"), (VNG, SUSPENSIVE), (IPO, SUSPENSIVE), (UVW, "akkoord"))
    held = table.say(CHAIR, ESTABLISH)
    table.say(VNG, "/standpunt 001 hef-op")
    half = table.say(CHAIR, ESTABLISH)
    table.say(IPO, '/standpunt 001 hef-op "Dekking is er."')

    heard = table.say(CHAIR, ESTABLISH)

    assert (held.refusal, half.refusal, heard.refusal) == ("reason-required", "reason-required", "")
    assert "aangehouden, voorbehoud (VNG en IPO)" in held.text
    assert "aangehouden, voorbehoud (IPO)" in half.text
    assert decision(table).deviates is False
    assert text(table) == [
        HEAD,
        "Aantekening: VNG hief na de sluiting op: voorbehoud (25 januari 2027)",
        "Aantekening: IPO hief na de sluiting op: voorbehoud (25 januari 2027). Toelichting: Dekking is er.",
    ]


def test_a_suspensive_reservation_is_noted_when_the_chair_deviates_from_it(table: Table):
    closed(table, (RIJK, "akkoord"), (VNG, SUSPENSIVE), (IPO, "akkoord"), (UVW, "akkoord"))

    table.say(CHAIR, DEVIATE)

    assert text(table)[2] == ("Aantekening: VNG, financieel voorbehoud (Dekking.), opschortend tot 1 juli 2027")


def test_lifting_an_objection_after_closing_leaves_the_outcome_as_it_is(table: Table):
    closed(table, (RIJK, "akkoord"), (VNG, 'bezwaar "Nee."'))
    table.say(VNG, "/standpunt 001 hef-op")

    assert table.say(CHAIR, ESTABLISH).refusal == "reason-required"


# --- in a meeting -------------------------------------------------------------------------------------------


def test_an_adjourned_item_is_decided_in_the_meeting_with_a_reason(table: Table):
    closed(table, (VNG, "akkoord"), flags=('--vergadering "20 mei 2027"',))
    table.say(CHAIR, '/consultatie houd-aan 001 "Naar de vergadering."')

    refused = table.say(CHAIR, ESTABLISH)
    heard = table.say(CHAIR, DEVIATE, at=datetime(2027, 5, 20, 15, tzinfo=UTC))

    assert (refused.refusal, heard.refusal) == ("reason-required", "")
    assert "aangehouden" in refused.text
    assert text(table)[1:3] == [
        "Besloten in de vergadering van 20 mei 2027.",
        "Dit besluit wijkt af van de uitslag (aangenomen). Reden: De vergadering besloot anders.",
    ]


def test_a_decision_does_not_name_a_meeting_that_is_still_to_come(table: Table):
    closed(table, (VNG, "akkoord"), flags=('--vergadering "20 mei 2027"',))
    table.say(CHAIR, '/consultatie houd-aan 001 "Naar de vergadering."')

    table.say(CHAIR, DEVIATE)

    assert "vergadering van" not in "".join(text(table))


# --- who and when -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", [SECRETARY, ADMIN, VNG, ADVISER, GUEST])
def test_only_the_chair_establishes(table: Table, person: str):
    closed(table, (VNG, "akkoord"))

    assert table.say(person, ESTABLISH).refusal == "not-allowed"
    assert table.item.state is State.CLOSED


def test_an_open_round_is_not_established(table: Table):
    table.opened()

    assert table.say(CHAIR, DEVIATE).refusal == "not-possible"


def test_a_decision_is_established_once(table: Table):
    table.established()

    assert table.say(CHAIR, ESTABLISH).refusal == "not-possible"


def test_a_form_asks_first_and_shows_the_text(table: Table):
    closed(table, (VNG, "akkoord"))

    asked = table.press(CHAIR, "consult establish", item="001", conclusion="Actie: geen.")
    before = table.item.state
    table.choose(CHAIR, asked.buttons[0])

    assert HEAD in asked.text
    assert "Actie: geen." in asked.text
    assert (before, table.item.state) == (State.CLOSED, State.ESTABLISHED)
    assert decision(table).conclusion == "Actie: geen."
