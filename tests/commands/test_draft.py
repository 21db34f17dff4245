"""`consultatie nieuw`: an item with its first version, which concerns nobody yet."""

from __future__ import annotations

from datetime import date

import pytest

from commands.domain.board import Role, RoleGrant
from commands.domain.item import State, Visibility
from commands.domain.number import ItemNumber
from commands.domain.position import Kind
from commands.domain.rules.data import read_rule
from tests.commands.changes import change_board
from tests.commands.table import ADMIN, ADVISER, CHAIR, GUEST, NUMBER, SECRETARY, VNG, Table
from tests.factories import NOON

SHA256 = "ab" * 32


def new(*flags: str) -> str:
    """A line that drafts an item, with these flags."""
    return " ".join(['/consultatie nieuw "Kader" --tekst "1. Het kader vast te stellen."', *flags])


def test_a_draft_is_recorded_and_the_answer_says_what_was_understood(table: Table):
    heard = table.say(
        SECRETARY,
        '/consultatie nieuw "Kader  soevereine cloud"'
        ' --tekst "Het overleg besluit:\n1. het kader;\n2. de evaluatie"'
        ' --termijn "5 werkdagen" --versie 0.8 --vergadering "20 mei 2027" --zichtbaar na-sluiting',
        at=NOON,
    )

    item = table.item
    assert heard.refusal == ""
    assert (item.number, item.dossier, item.board) == (NUMBER, "BOD-2027-001", "BOD")
    assert (item.kind, item.rule, item.state, item.round) == (Kind.CONSENT, "consensus", State.DRAFT, None)
    assert (item.title, item.version.label, item.term) == ("Kader soevereine cloud", "0.8", "5 working days")
    assert item.version.text == "Het overleg besluit:\n1. het kader;\n2. de evaluatie"
    assert (item.created_at, item.version.created_at) == (NOON, NOON)
    assert (item.meeting, item.visible) == (date(2027, 5, 20), Visibility.AFTER_CLOSE)
    for part in (
        "BOD-2027-001",
        "“Kader soevereine cloud”",
        "versie 0.8",
        "2 genummerde",
        "2. de evaluatie",
    ):
        assert part in heard.text
    for part in ("5 werkdagen", "20 mei 2027", "verborgen", "/consultatie open BOD-2027-001"):
        assert part in heard.text


def test_a_draft_is_told_to_nobody_and_stands_in_its_own_log(table: Table):
    heard = table.say(SECRETARY, new())

    assert (heard.posted, heard.told) == ("", [])
    entry = table.entries()[-1]
    assert table.kinds() == ["item-drafted"]
    assert entry.body["by"] == "code-secretaris"
    assert entry.body["item_kind"] == "consent"


def test_a_consultation_has_no_rule(table: Table):
    heard = table.say(SECRETARY, new("--soort consultatie"))

    assert (table.item.kind, table.item.rule) == (Kind.CONSULTATION, "")
    assert "geen beslisregel" in heard.text


def test_a_form_is_the_same_command(table: Table):
    heard = table.press(CHAIR, "consult new", title="Kader", text="1. Het kader.", kind="consent", term="")

    assert heard.refusal == ""
    assert table.item.title == "Kader"


# --- who ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", [CHAIR, SECRETARY])
def test_chair_and_secretary_draft(table: Table, person: str):
    assert table.say(person, new()).refusal == ""


@pytest.mark.parametrize("person", [ADMIN, VNG, ADVISER, GUEST])
def test_nobody_else_drafts(table: Table, person: str):
    heard = table.say(person, new())

    assert heard.refusal == "not-allowed"
    assert "secretaris" in heard.text
    assert table.entries() == []


# --- numbers and dossiers -----------------------------------------------------------------------------------


def test_the_next_number_follows_the_highest_of_board_and_year(table: Table):
    table.say(SECRETARY, new("--nummer BOD-2027-007"))
    table.say(SECRETARY, new("--nummer BOD-2028-900"))

    heard = table.say(SECRETARY, new())

    assert "BOD-2027-008" in heard.text


def test_a_number_may_carry_the_prefix_of_a_higher_board(table: Table):
    change_board(table, higher_board="VP")

    heard = table.say(SECRETARY, new("--nummer vp-2027-003"))

    assert heard.refusal == ""
    assert table.read(lambda tx: tx.items.get(ItemNumber("VP", 2027, 3))).board == "BOD"


@pytest.mark.parametrize("number", ["VP-2027-003", "003", "BOD-27-3", "BOD-2027-000"])
def test_any_other_number_is_refused(table: Table, number: str):
    assert table.say(SECRETARY, new(f"--nummer {number}")).refusal == "invalid-number"


def test_a_number_is_never_used_again(table: Table):
    table.say(SECRETARY, new("--nummer BOD-2027-007"))
    table.say(CHAIR, '/consultatie trek-in 007 "Achterhaald."')

    assert table.say(SECRETARY, new("--nummer BOD-2027-007")).refusal == "number-taken"


def test_an_item_joins_an_existing_dossier_and_its_log(table: Table):
    table.say(SECRETARY, new())

    heard = table.say(SECRETARY, new("--dossier 001"))

    second = table.read(lambda tx: tx.items.get(ItemNumber("BOD", 2027, 2)))
    assert second.dossier == "BOD-2027-001"
    assert table.kinds() == ["item-drafted", "item-drafted"]
    assert "Dossier: BOD-2027-001" in heard.text


def test_a_dossier_that_is_not_there_is_refused(table: Table):
    assert table.say(SECRETARY, new("--dossier 009")).refusal == "unknown-item"


def test_a_dossier_of_another_board_than_the_one_asked_for_is_refused(table: Table):
    table.say(SECRETARY, new())
    board = table.read(lambda tx: tx.boards.get("BOD"))
    assert board is not None
    change_board(table, roles=(*board.roles, RoleGrant(VNG, Role.SECRETARY)))

    heard = table.say(VNG, new("--overleg VP --dossier BOD-2027-001"))

    assert heard.refusal == "unknown-item"
    assert table.kinds() == ["item-drafted"]


def test_a_board_that_the_person_is_not_on_is_unknown(table: Table):
    assert table.say(SECRETARY, new("--overleg VP")).refusal == "unknown-board"


def test_in_a_direct_message_the_only_board_of_the_person_is_meant(table: Table):
    heard = table.say(SECRETARY, new(), channel="")

    assert heard.refusal == ""
    assert table.item.board == "BOD"


# --- kind, rule, term ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["stemming", "stilte", "keuze", "goedkeuring", "rangorde", "punten"])
def test_a_kind_that_is_not_built_yet_is_refused_by_its_name(table: Table, kind: str):
    heard = table.say(SECRETARY, new(f"--soort {kind}"))

    assert heard.refusal == "not-in-this-version"
    assert kind in heard.text


@pytest.mark.parametrize(
    "word, rule",
    [
        ("consensus", "consensus"),
        ("Ruwe-Consensus", "rough-consensus"),
        ("strict-unanimity", "strict-unanimity"),
        ("unanimiteit-strikt", "strict-unanimity"),
        ("gewone-meerderheid", "simple-majority"),
    ],
)
def test_a_rule_has_an_id_and_a_dutch_name(table: Table, word: str, rule: str):
    table.say(SECRETARY, new(f"--regel {word}"))

    assert table.item.rule == rule


def test_a_board_has_rules_of_its_own(table: Table):
    own = read_rule("eigen", {"title": "Eigen regel", "answers": "consent", "criteria": [{"of": "for", "minimum": 1}]})
    change_board(table, rules={"eigen": own})

    heard = table.say(SECRETARY, new("--regel EIGEN"))

    assert table.item.rule == "eigen"
    assert "Eigen regel" in heard.text


def test_the_rule_of_the_board_holds_where_none_is_named(table: Table):
    change_board(table, rule="strict-unanimity")

    table.say(SECRETARY, new())

    assert table.item.rule == "strict-unanimity"


def test_an_unknown_rule_is_refused_with_the_nearest_name(table: Table):
    heard = table.say(SECRETARY, new("--regel consenus"))

    assert heard.refusal == "unknown-rule"
    assert "Bedoelt u consensus?" in heard.text


@pytest.mark.parametrize("word", ["trap", "ladder"])
def test_a_rule_that_is_not_built_yet_is_refused_by_its_name(table: Table, word: str):
    heard = table.say(SECRETARY, new(f"--regel {word}"))

    assert heard.refusal == "not-in-this-version"
    assert word in heard.text


def test_a_rule_for_another_kind_is_refused(table: Table):
    votes = read_rule("stemmen", {"title": "Stemmen", "answers": "vote", "criteria": [{"of": "for", "minimum": 1}]})
    change_board(table, rules={"stemmen": votes})

    assert table.say(SECRETARY, new("--regel stemmen")).refusal == "wrong-rule"
    assert table.say(SECRETARY, new("--soort consultatie --regel consensus")).refusal == "wrong-rule"


def test_a_term_is_a_length_of_time_and_no_date(table: Table):
    assert table.say(SECRETARY, new('--termijn "vrijdag 17:00"')).refusal == "deadline-unclear"


# --- texts --------------------------------------------------------------------------------------------------


def test_a_document_is_fixed_by_its_hash(table: Table):
    heard = table.say(SECRETARY, new(f"--document https://example.org/kader.pdf --sha256 {SHA256.upper()}"))

    document = table.item.document
    assert document is not None
    assert (document.url, document.sha256) == ("https://example.org/kader.pdf", SHA256)
    assert SHA256 in heard.text


def test_a_document_without_hash_is_kept_and_said_not_to_be_fixed(table: Table):
    heard = table.say(SECRETARY, new("--document https://example.org/kader.pdf"))

    assert table.item.document is not None
    assert table.item.document.sha256 == ""
    assert "ligt niet vast" in heard.text


@pytest.mark.parametrize(
    "flags",
    [f"--sha256 {SHA256}", "--document https://example.org --sha256 abc", f"--document x --sha256 {SHA256}0"],
)
def test_a_hash_needs_its_document_and_64_digits(table: Table, flags: str):
    assert table.say(SECRETARY, new(flags)).refusal == "document-incomplete"


@pytest.mark.parametrize(
    "line",
    [
        f'/consultatie nieuw "{"t" * 201}" --tekst "1. a"',
        f'/consultatie nieuw "t" --tekst "{"a" * 100_001}"',
        f'/consultatie nieuw "t" --tekst "1. a" --versie {"1" * 21}',
        f'/consultatie nieuw "t" --tekst "1. a" --document {"d" * 2_001}',
    ],
    ids=["title", "text", "version", "document"],
)
def test_a_text_has_a_limit(table: Table, line: str):
    assert table.say(SECRETARY, line).refusal == "text-too-long"


def test_a_meeting_in_the_past_is_refused(table: Table):
    assert table.say(SECRETARY, new("--vergadering gisteren")).refusal == "deadline-past"


def test_a_document_is_an_address_on_the_web(table: Table):
    assert table.say(SECRETARY, new('--document "javascript:alert(1)"')).refusal == "document-incomplete"


def test_a_text_without_numbered_lines_has_no_points(table: Table):
    heard = table.say(SECRETARY, '/consultatie nieuw "Kader" --tekst "Wij stellen het kader vast."')

    assert table.item.version.points == ()
    assert "geen genummerde beslispunten" in heard.text


@pytest.mark.parametrize(
    "line, code",
    [
        ('/consultatie nieuw "Kader"', "missing-argument"),
        ('/consultatie nieuw --tekst "1. a"', "missing-argument"),
        (new("--onderwerp iets"), "unknown-flag"),
        (new('"A" "B"'), "surplus-word"),
    ],
)
def test_nothing_is_dropped_in_silence(table: Table, line: str, code: str):
    assert table.say(SECRETARY, line).refusal == code
    assert table.entries() == []


def test_the_label_of_a_first_version_has_a_figure_in_it(table: Table):
    heard = table.say(SECRETARY, '/consultatie nieuw "Kader" --tekst "1. Ja." --versie concept')

    assert heard.refusal == "invalid-version"
    assert "Deze versies" not in heard.text
