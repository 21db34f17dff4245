"""`reactie`: a reaction in a consultation, or an adviser's comment; never counted."""

from __future__ import annotations

import pytest

from commands.domain.position import Filing, Stance
from tests.commands.table import ADVISER, CHAIR, DEPUTY, GUEST, IPO, SECRETARY, VNG, Table
from tests.factories import DEADLINE, MICROSECOND

ADVICE = '/reactie 001 "Wij adviseren een overgangstermijn." --punt 2'


def consultation(table: Table) -> None:
    """An open consultation without a rule."""
    table.opened("--soort consultatie")


# --- organisations with a vote ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "stance"),
    [
        ("steun", Stance.SUPPORT),
        ('steun-met-opmerkingen "Zie punt 2."', Stance.SUPPORT_WITH_COMMENTS),
        ("geen-opmerkingen", Stance.NO_COMMENTS),
        ('geen-steun "Te duur."', Stance.NO_SUPPORT),
    ],
)
def test_each_reaction_is_kept(table: Table, line: str, stance: Stance):
    consultation(table)

    table.say(VNG, f"/reactie 001 {line}")

    position = table.current("vng")
    assert position is not None
    assert position.stance is stance


def test_a_reaction_gives_a_receipt_with_its_points(table: Table):
    consultation(table)

    heard = table.say(VNG, '/comment 001 support-with-comments "See point 2." --point 2')

    position = table.current("vng")
    assert position is not None
    assert position.points == (2,)
    assert heard.text.startswith(
        "Vastgelegd voor VNG: steun met opmerkingen. Het gaat om BOD-2027-001 – Kader, versie 1.0."
    )
    assert "Beslispunt: 2." in heard.text


def test_a_reaction_is_replaced_and_told_like_a_position(table: Table):
    consultation(table)
    table.say(VNG, "/reactie 001 steun")

    heard = table.say(DEPUTY, '/reactie 001 geen-steun "Te duur."')

    assert heard.text.startswith("Vastgelegd voor VNG: was steun, nu geen steun.")
    assert heard.told == [VNG]


def test_a_button_asks_before_it_replaces_a_reaction(table: Table):
    consultation(table)
    table.say(VNG, "/reactie 001 steun")

    question = table.press(VNG, "comment", item="001", stance="no-comments")
    table.choose(VNG, question.buttons[0])

    assert "Wilt u dit vervangen door geen opmerkingen?" in question.text
    position = table.current("vng")
    assert position is not None
    assert position.stance is Stance.NO_COMMENTS


def test_the_same_reaction_again_is_not_recorded_twice(table: Table):
    consultation(table)
    table.say(VNG, "/reactie 001 steun")

    heard = table.say(VNG, "/reactie 001 steun")

    assert heard.text.startswith("Dit stond al vast voor VNG: steun.")
    assert len(table.filed("vng")) == 1


def test_a_reaction_after_the_deadline_is_kept_as_late(table: Table):
    consultation(table)

    heard = table.say(VNG, "/reactie 001 steun", at=DEADLINE + MICROSECOND)

    assert heard.refusal == "round-closed"
    assert "25 januari 2027 om 17:00" in heard.text
    assert [each.filing for each in table.filed("vng")] == [Filing.LATE]


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("steun-met-opmerkingen", "reason-required"),
        ("geen-steun", "reason-required"),
        ("steun --punt 3", "unknown-point"),
        ("akkoord", "wrong-kind"),
        ('"Alleen een tekst."', "missing-argument"),
        ("prachtig", "invalid-value"),
    ],
)
def test_what_is_not_whole_is_refused_and_leaves_no_trace(table: Table, line: str, refusal: str):
    consultation(table)
    entries = table.kinds()

    heard = table.say(VNG, f"/reactie 001 {line}")

    assert heard.refusal == refusal
    assert table.kinds() == entries


def test_the_refusal_of_a_missing_text_shows_a_line_that_is_accepted(table: Table):
    consultation(table)
    refused = table.say(VNG, "/reactie 001 geen-steun")
    line = refused.text.partition("Typ bijvoorbeeld: ")[2]

    heard = table.say(VNG, line)

    assert heard.text.startswith("Vastgelegd voor VNG: geen steun.")


def test_where_a_rule_decides_a_voter_uses_the_other_command(table: Table):
    table.opened()

    heard = table.say(VNG, "/reactie 001 steun")

    assert heard.refusal == "wrong-kind"
    assert "/standpunt BOD-2027-001 akkoord" in heard.text


@pytest.mark.parametrize(
    ("person", "line", "refusal"),
    [
        (CHAIR, "steun", "no-mandate"),
        (SECRETARY, "steun --namens vng", "no-mandate"),
        (GUEST, '"Een tekst."', "no-mandate"),
        (IPO, "steun --namens vng", "no-mandate"),
    ],
)
def test_nobody_reacts_without_a_mandate(table: Table, person: str, line: str, refusal: str):
    consultation(table)

    heard = table.say(person, f"/reactie 001 {line}")

    assert heard.refusal == refusal


def test_a_draft_takes_no_reaction(table: Table):
    table.drafted("--soort consultatie")

    assert table.say(VNG, "/reactie 001 steun").refusal == "not-possible"
    assert table.say(ADVISER, ADVICE).refusal == "not-possible"


# --- advisers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["--soort consultatie", "--soort instemming"])
def test_an_adviser_comments_on_any_open_item(table: Table, kind: str):
    table.opened(kind)

    heard = table.say(ADVISER, ADVICE)

    comments = table.read(lambda tx: tx.positions.comments(tx.items.get(table.item.number)))
    assert [(each.organisation, each.text, each.points) for each in comments] == [
        ("logius", "Wij adviseren een overgangstermijn.", (2,))
    ]
    assert heard.text.startswith(
        "Het advies van LOGIUS is vastgelegd bij BOD-2027-001 – Kader, versie 1.0. Het telt niet mee."
    )
    assert table.kinds()[-1] == "comment-made"


def test_an_advisers_comment_is_no_position(table: Table):
    consultation(table)

    table.say(ADVISER, ADVICE)

    assert table.read(lambda tx: tx.positions.all(tx.items.get(table.item.number))) == ()


def test_the_same_comment_again_is_not_recorded_twice(table: Table):
    consultation(table)
    table.say(ADVISER, ADVICE)
    entries = table.kinds()

    heard = table.say(ADVISER, ADVICE)

    assert heard.text.startswith("Dit advies van LOGIUS stond al vast")
    assert table.kinds() == entries


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("steun", "not-on-roll"),
        ('steun "Met een tekst."', "not-on-roll"),
        ("", "reason-required"),
        ('"Een tekst." --punt 3', "unknown-point"),
    ],
)
def test_an_adviser_has_no_stance_and_needs_a_text(table: Table, line: str, refusal: str):
    consultation(table)
    entries = table.kinds()

    heard = table.say(ADVISER, f"/reactie 001 {line}")

    assert heard.refusal == refusal
    assert table.kinds() == entries


def test_a_comment_counts_as_given_up_to_the_deadline_and_no_longer(table: Table):
    consultation(table)

    in_time = table.say(ADVISER, '/reactie 001 "Op tijd."', at=DEADLINE)
    late = table.say(ADVISER, '/reactie 001 "Te laat."', at=DEADLINE + MICROSECOND)

    assert in_time.refusal == ""
    assert late.refusal == "round-closed"
    comments = table.read(lambda tx: tx.positions.comments(tx.items.get(table.item.number)))
    assert [each.text for each in comments] == ["Op tijd."]
