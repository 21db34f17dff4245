"""Board files: what a minimal one means, and how each wrong one is named: file, line, key, value and remedy."""

from __future__ import annotations

from datetime import date, time
from fractions import Fraction
from pathlib import Path

import pytest

from bot.boardfile import BoardFile, read_board
from bot.problems import FileProblem
from commands.domain.board import Account, Outage, Role
from commands.domain.mandate import MandateRole

MINIMAL = """\
[board]
id = "BOD"
name = "Overleg"

[[organisation]]
id = "vng"
name = "Vereniging"
"""

WHOLE = """\
[board]
id = "BOD"
name = "Overleg"
locale = "en"
closing_time = "16:30"
rule = "two-class"
term = "3 weeks"
quorum = { columns = 2, required = ["vng"] }
calendar = { country = "NL", closed = ["2027-05-07"], open = [2027-05-08] }
silence_subjects = ["overige"]
outage = "close"

[[organisation]]
id = "vng"
name = "Vereniging"
column = "gemeenten"
weight = "18.49"
oin = "00000099000000001000"

[[organisation]]
id = "npd"
name = "Netwerk"
short = "NPD"
voting = false

[[person]]
id = "anna"
name = "Anna"
console = "a"
mattermost = "anna"
prefers = "mattermost"

[[person]]
id = "bert"
name = "Bert"
locale = "nl"

[[mandate]]
person = "anna"
organisation = "vng"
from = 2026-01-01
until = 2026-12-31

[[mandate]]
person = "anna"
organisation = "vng"
role = "deputy"
from = "2027-01-01"

[[role]]
person = "bert"
role = "chair"
from = 2026-01-01

[rule.two-class]
title = "Eigen regel"
answers = "consent"
criteria = [{ column = "gemeenten", of = "for", base = "cast", at_least = "2/3" }]
"""


def a_file(folder: Path, text: str) -> Path:
    path = folder / "board.toml"
    path.write_text(text, "utf-8")
    return path


def read(folder: Path, text: str) -> BoardFile:
    return read_board(a_file(folder, text))


# --- what is right ---------------------------------------------------------------------------------------------------


def test_a_minimal_file_takes_every_default(tmp_path):
    board = read(tmp_path, MINIMAL).board

    assert (board.timezone, board.locale, board.closing_time) == ("Europe/Amsterdam", "nl", time(17))
    assert (board.rule, board.term, board.quorum) == ("consensus", "10 working days", None)
    assert (board.calendar.country, board.silence_subjects, board.outage) == ("NL", (), Outage.ASK_CHAIR)
    assert (board.organisations[0].short, board.organisations[0].column) == ("vng", "vng")
    assert (board.organisations[0].weight, board.organisations[0].voting) == (Fraction(1), True)
    assert (board.roles, board.rules, board.constituency_of) == ((), {}, None)


def test_every_key_of_a_board_is_read(tmp_path):
    file = read(tmp_path, WHOLE)

    board, anna, bert = file.board, *file.people
    assert (board.locale, board.closing_time, board.term, board.outage) == ("en", time(16, 30), "3 weeks", Outage.CLOSE)
    assert board.quorum is not None
    assert board.quorum.required == ("vng",)
    assert (board.calendar.closed, board.calendar.open) == ((date(2027, 5, 7),), (date(2027, 5, 8),))
    assert (board.organisations[0].weight, board.organisations[1].voting) == (Fraction(1849, 100), False)
    assert anna.accounts == (Account("console", "a"), Account("mattermost", "anna"))
    assert (anna.locale, anna.prefers, bert.locale) == ("en", "mattermost", "nl")
    assert [(each.id, each.role, each.until) for each in file.mandates] == [
        ("BOD-1", MandateRole.REPRESENTATIVE, date(2026, 12, 31)),
        ("BOD-2", MandateRole.DEPUTY, None),
    ]
    assert [(each.person, each.role, each.valid_from) for each in board.roles] == [
        ("bert", Role.CHAIR, date(2026, 1, 1))
    ]


def test_a_rule_of_ones_own_may_be_the_default_rule(tmp_path):
    board = read(tmp_path, WHOLE).board

    assert board.rule == "two-class"
    assert board.rules["two-class"].named_columns == ("gemeenten",)


def test_a_rule_may_be_named_in_dutch(tmp_path):
    board = read(tmp_path, MINIMAL.replace('name = "Overleg"', 'name = "Overleg"\nrule = "gewone-meerderheid"')).board

    assert board.rule == "simple-majority"


def test_two_mandates_of_one_person_may_follow_each_other_without_a_day_between(tmp_path):
    mandates = read(tmp_path, WHOLE).mandates

    assert (mandates[0].until, mandates[1].valid_from) == (date(2026, 12, 31), date(2027, 1, 1))


# --- what is wrong ---------------------------------------------------------------------------------------------------

PERSON = '\n[[person]]\nid = "anna"\nname = "Anna"\n'
MANDATE = '\n[[mandate]]\nperson = "anna"\norganisation = "vng"\nfrom = 2026-01-01\n'
ROLE = '\n[[role]]\nperson = "anna"\nrole = "chair"\n'

# what is added at the end, or replaced, the line, the key, the value and the remedy
WRONG = {
    "no board": ("", MINIMAL[MINIMAL.index("[[") :], 1, "board", "", "file.missing-key"),
    "no id": ('id = "BOD"\n', "", 1, "board.id", "", "file.missing-key"),
    "no name": ('name = "Overleg"\n', "", 1, "board.name", "", "file.missing-key"),
    "empty name": ('name = "Overleg"', 'name = " "', 3, "board.name", " ", "file.empty"),
    "id of a board": ('id = "BOD"', 'id = "B-O"', 2, "board.id", "B-O", "file.board-id"),
    "id that is a number": ('id = "BOD"', "id = 3", 2, "board.id", "3", "file.wrong-type"),
    "time zone": (
        'id = "BOD"',
        'id = "BOD"\ntimezone = "Europe/Utrecht"',
        3,
        "board.timezone",
        "Europe/Utrecht",
        "file.timezone",
    ),
    "language": ('id = "BOD"', 'id = "BOD"\nlocale = "fr"', 3, "board.locale", "fr", "file.choice"),
    "closing time": (
        'id = "BOD"',
        'id = "BOD"\nclosing_time = "25:00"',
        3,
        "board.closing_time",
        "25:00",
        "file.clock-time",
    ),
    "unknown rule": (
        'id = "BOD"',
        'id = "BOD"\nrule = "dobbelsteen"',
        3,
        "board.rule",
        "dobbelsteen",
        "file.unknown-rule",
    ),
    "unclear term": ('id = "BOD"', 'id = "BOD"\nterm = "gauw"', 3, "board.term", "gauw", "file.term"),
    "outage": ('id = "BOD"', 'id = "BOD"\noutage = "wait"', 3, "board.outage", "wait", "file.choice"),
    "misspelt key": (
        'id = "BOD"',
        'id = "BOD"\nclosing_tme = "17:00"',
        3,
        "board.closing_tme",
        "17:00",
        "file.unknown-key.suggested",
    ),
    "unknown key": ('id = "BOD"', 'id = "BOD"\nzzz = "1"', 3, "board.zzz", "1", "file.unknown-key"),
    "unknown table": (
        "",
        MINIMAL + '\n[[organization]]\nid = "x"\n',
        1,
        "organization",
        "[{'id': 'x'}]",
        "file.unknown-key.suggested",
    ),
    "country": (
        'id = "BOD"',
        'id = "BOD"\ncalendar = { country = "BE" }',
        3,
        "board.calendar.country",
        "BE",
        "file.choice",
    ),
    "closed day": (
        'id = "BOD"',
        'id = "BOD"\ncalendar = { closed = ["7 mei"] }',
        3,
        "board.calendar.closed",
        "['7 mei']",
        "file.wrong-type",
    ),
    "quorum": (
        'id = "BOD"',
        'id = "BOD"\nquorum = { colums = 4 }',
        3,
        "board.quorum.colums",
        "colums",
        "rule-problem.unknown-key",
    ),
    "quorum of a stranger": (
        'id = "BOD"',
        'id = "BOD"\nquorum = { required = ["rijk"] }',
        3,
        "board.quorum",
        "rijk",
        "file.unknown-organisation",
    ),
    "subjects": (
        'id = "BOD"',
        'id = "BOD"\nsilence_subjects = "alles"',
        3,
        "board.silence_subjects",
        "alles",
        "file.wrong-type",
    ),
    "no organisation": ("", MINIMAL[: MINIMAL.index("[[")], 1, "organisation", "", "file.no-organisation"),
    "organisation as one table": ("[[organisation]]", "[organisation]", 1, "organisation", "", "file.wrong-type"),
    "organisation twice": (
        "",
        MINIMAL + '\n[[organisation]]\nid = "VNG"\nname = "x"\n',
        10,
        "organisation.id",
        "VNG",
        "file.taken",
    ),
    "id of an organisation": ('id = "vng"', 'id = "v n g"', 6, "organisation.id", "v n g", "file.id"),
    "weight below nothing": ('id = "vng"', 'id = "vng"\nweight = "-1"', 7, "organisation.weight", "-1", "file.weight"),
    "weight as a fraction": (
        'id = "vng"',
        'id = "vng"\nweight = "1/3"',
        7,
        "organisation.weight",
        "1/3",
        "file.weight",
    ),
    "weight in powers": ('id = "vng"', 'id = "vng"\nweight = "1e9"', 7, "organisation.weight", "1e9", "file.weight"),
    "voting": ('id = "vng"', 'id = "vng"\nvoting = "ja"', 7, "organisation.voting", "ja", "file.wrong-type"),
    "OIN": ('id = "vng"', 'id = "vng"\noin = "123"', 7, "organisation.oin", "123", "file.oin"),
    "person twice": ("", MINIMAL + PERSON + PERSON, 14, "person.id", "anna", "file.taken"),
    "account twice": (
        "",
        MINIMAL + PERSON + 'console = "a"\n' + PERSON.replace("anna", "bert") + 'console = "a"\n',
        17,
        "person.console",
        "a",
        "file.taken",
    ),
    "language of a person": ("", MINIMAL + PERSON + 'locale = "fr"\n', 12, "person.locale", "fr", "file.choice"),
    "preference": ("", MINIMAL + PERSON + 'prefers = "fax"\n', 12, "person.prefers", "fax", "file.choice"),
    "mandate of a stranger": ("", MINIMAL + MANDATE, 10, "mandate.person", "anna", "file.unknown-person"),
    "mandate for a stranger": (
        "",
        MINIMAL + PERSON + MANDATE.replace("vng", "ipo"),
        15,
        "mandate.organisation",
        "ipo",
        "file.unknown-organisation",
    ),
    "mandate without a beginning": (
        "",
        MINIMAL + PERSON + MANDATE.replace("from = 2026-01-01\n", ""),
        13,
        "mandate.from",
        "",
        "file.missing-key",
    ),
    "mandate that ends first": (
        "",
        MINIMAL + PERSON + MANDATE + "until = 2025-12-31\n",
        17,
        "mandate.until",
        "2025-12-31",
        "file.period",
    ),
    "mandate with another role": (
        "",
        MINIMAL + PERSON + MANDATE + 'role = "chair"\n',
        17,
        "mandate.role",
        "chair",
        "file.choice",
    ),
    "mandates that overlap": (
        "",
        MINIMAL + PERSON + MANDATE + MANDATE,
        21,
        "mandate.from",
        "2026-01-01",
        "file.overlap",
    ),
    "role of a stranger": ("", MINIMAL + ROLE, 10, "role.person", "anna", "file.unknown-person"),
    "unknown role": ("", MINIMAL + PERSON + ROLE.replace("chair", "boss"), 15, "role.role", "boss", "file.choice"),
    "role that ends first": (
        "",
        MINIMAL + PERSON + ROLE + "from = 2026-02-01\nuntil = 2026-01-01\n",
        17,
        "role.until",
        "2026-01-01",
        "file.period",
    ),
    "name of a known rule": (
        "",
        MINIMAL + '\n[rule.consensus]\ntitle = "x"\n',
        9,
        "rule.consensus",
        "",
        "file.rule-name-taken",
    ),
    "rule of an unknown column": (
        "",
        WHOLE.replace('column = "gemeenten", of', 'column = "waterschappen", of'),
        58,
        "rule.two-class.criteria",
        "waterschappen",
        "file.unknown-column",
    ),
    "rule with a wrong share": (
        "",
        WHOLE.replace('"2/3"', '"0.7.1"'),
        58,
        "rule.two-class.criteria[1].at_least",
        "0.7.1",
        "rule-problem.exact-number",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_named_with_line_key_value_and_remedy(tmp_path, name):
    old, new, line, key, value, remedy = WRONG[name]
    text = MINIMAL.replace(old, new, 1) if old else new
    path = a_file(tmp_path, text)

    with pytest.raises(FileProblem) as found:
        read_board(path)

    problem = found.value
    assert (problem.key, problem.value, problem.remedy.key) == (key, value, remedy)
    assert (problem.file, problem.line) == (str(path), line)


def test_mandates_that_share_one_day_overlap(tmp_path):
    text = WHOLE.replace('from = "2027-01-01"', 'from = "2026-12-31"')

    with pytest.raises(FileProblem) as found:
        read(tmp_path, text)

    assert (found.value.key, found.value.value, found.value.remedy.key) == (
        "mandate.from",
        "2026-12-31",
        "file.overlap",
    )


def test_mandates_of_one_person_for_two_organisations_may_overlap(tmp_path):
    text = WHOLE.replace('organisation = "vng"\nrole', 'organisation = "npd"\nrole').replace(
        '"2027-01-01"', '"2026-01-01"'
    )

    mandates = read(tmp_path, text).mandates

    assert [each.organisation for each in mandates] == ["vng", "npd"]


def test_a_fault_in_the_toml_is_named_with_its_line(tmp_path):
    with pytest.raises(FileProblem) as found:
        read(tmp_path, MINIMAL + "\n[[person]\n")

    assert (found.value.line, found.value.remedy.key) == (9, "file.not-toml")


def test_a_file_that_is_not_utf_8_is_named_with_its_line(tmp_path):
    path = tmp_path / "board.toml"
    path.write_bytes(MINIMAL.encode() + b"# caf\xe9\n")

    with pytest.raises(FileProblem) as found:
        read_board(path)

    assert (found.value.line, found.value.remedy.key) == (8, "file.not-utf-8")


def test_a_long_value_is_shown_in_part(tmp_path):
    with pytest.raises(FileProblem) as found:
        read(tmp_path, MINIMAL.replace('"BOD"', f'"{"x" * 500}"'))

    assert found.value.value == "x" * 60
