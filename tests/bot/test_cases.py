"""Tables of cases: every kind of row holds, fails, is not run, or is named as wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.cases import CaseResult, Status, run_cases
from bot.problems import FileProblem

PASSED, FAILED, NOT_RUN = Status.PASSED, Status.FAILED, Status.NOT_RUN

DEADLINES = """\
title = "Terms of a board"

[calendar]
country = "NL"
closed = ["2027-02-08"]

[[year]]
year = 2027
working_days = 252
weekdays_closed = ["2027-01-01", "2027-02-08", "2027-03-26", "2027-03-29", "2027-04-27", "2027-05-05", "2027-05-06", \
"2027-05-07", "2027-05-17"]

[terms]
deadline = [
  { opened = "2027-03-15T10:00", term = "10 working days", local = "2027-03-31T17:00", at = "2027-03-31T15:00:00Z" },
  # a comment between the rows
  { opened = "2027-05-04T16:00", term = "72 hours", guard_working_days = 2, at = "2027-05-11T14:00:00Z" },
  { opened = 2027-05-04T16:00:00, term = "72 hours", at = "2027-05-07T14:00:00Z" },
]
child = [
  { parent = "2027-03-31T15:00:00Z", buffer_working_days = 3, latest = "2027-03-24T16:00:00Z" },
]
reminder = [
  { opened = "2027-05-04T16:00", closes = "2027-05-11T16:00", at = ["2027-05-10T09:00", "2027-05-11T12:00"] },
]
receipt = [
  { closes_at = "2027-05-12T15:30:00Z", received_at = "2027-05-12T15:30:00Z", in_time = true },
  { closes_at = "2027-05-12T15:30:00Z", received_at = "2027-05-12T15:30:00.000001Z", in_time = false },
]
refused = [
  { local = "2027-03-28T02:30", refusal = "deadline-gap", offered = ["2027-03-28T00:30:00Z", "2027-03-28T01:30:00Z"] },
  { local = "2027-10-31T02:30", refusal = "deadline-fold", offered = ["2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z"] },
]
accepted = [
  { local = "2027-03-28T03:00", at = "2027-03-28T01:00:00Z" },
]
warning = [
  { opened = "2028-12-20T10:00", term = "10 working days", warning = "calendar-end" },
]
"""

PHRASES = """\
now = "2026-11-23T16:00"
phrase = [
  { text = "vrijdag 17:00", at = "2026-11-27T16:00:00Z" },
  { text = "friday 17:00", lang = "en", at = "2026-11-27T16:00:00Z" },
  { text = "48 uur", now = "2027-03-26T18:00", at = "2027-03-28T17:00:00Z" },
  { text = "1 week", base = "2026-12-01T12:00", at = "2026-12-08T16:00:00Z" },
  { text = "maandag", refusal = "deadline-ambiguous" },
]
"""


def run(folder: Path, text: str) -> list[CaseResult]:
    file = folder / "table.toml"
    file.write_text(text, encoding="utf-8")
    return list(run_cases([file]))


def one(folder: Path, section: str, row: str, **values: Any) -> CaseResult:
    """The result of a file with one row below `[terms]`."""
    (result,) = run(folder, f"[terms]\n{section} = [\n  {{ {row} }},\n]\n")
    return result


def problem(folder: Path, text: str) -> FileProblem:
    with pytest.raises(FileProblem) as caught:
        run(folder, text)
    return caught.value


@pytest.mark.parametrize(
    "text,sections",
    [
        (
            DEADLINES,
            "year deadline deadline deadline child reminder receipt receipt refused refused accepted warning",
        ),
        (PHRASES, "phrase phrase phrase phrase phrase"),
        (PHRASES + DEADLINES.partition("\n")[2], None),
    ],
)
def test_every_kind_of_row_can_hold(tmp_path, text, sections):
    results = run(tmp_path, text)

    assert [(each.name, each.expected, each.got) for each in results if each.status is not PASSED] == []
    assert len(results) == 17 if sections is None else [each.section for each in results] == sections.split()


@pytest.mark.parametrize(
    "old,new,section,index,got",
    [
        ("working_days = 252", "working_days = 253", "year", 0, None),
        ('"2027-01-01", ', "", "year", 0, None),
        (
            'local = "2027-03-31T17:00"',
            'local = "2027-03-31T18:00"',
            "deadline",
            0,
            "2027-03-31T17:00 2027-03-31T15:00:00Z",
        ),
        ("2027-05-11T14:00:00Z", "2027-05-10T14:00:00Z", "deadline", 1, "2027-05-11T14:00:00Z"),
        ("2027-03-24T16:00:00Z", "2027-03-25T16:00:00Z", "child", 0, "2027-03-24T16:00:00Z"),
        ('"2027-05-10T09:00", ', "", "reminder", 0, "2027-05-10T09:00 2027-05-11T12:00"),
        ("in_time = true", "in_time = false", "receipt", 0, "true"),
        ("in_time = false", "in_time = true", "receipt", 1, "false"),
        (
            '"deadline-gap"',
            '"deadline-fold"',
            "refused",
            0,
            "deadline-gap 2027-03-28T00:30:00Z 2027-03-28T01:30:00Z",
        ),
        (
            "2027-10-31T01:30:00Z",
            "2027-10-31T02:30:00Z",
            "refused",
            1,
            "deadline-fold 2027-10-31T00:30:00Z 2027-10-31T01:30:00Z",
        ),
        ('local = "2027-10-31T02:30"', 'local = "2027-10-31T03:30"', "refused", 1, "2027-10-31T02:30:00Z"),
        ("2027-03-28T01:00:00Z", "2027-03-28T02:00:00Z", "accepted", 0, "2027-03-28T01:00:00Z"),
        ('local = "2027-03-28T03:00"', 'local = "2027-03-28T02:59"', "accepted", 0, "deadline-gap"),
        ('opened = "2028-12-20T10:00"', 'opened = "2028-12-01T10:00"', "warning", 0, ""),
    ],
)
def test_every_kind_of_row_can_fail(tmp_path, old, new, section, index, got):
    results = run(tmp_path, DEADLINES.replace(old, new))

    (failed,) = [each for each in results if each.status is not PASSED]
    assert (failed.status, failed.section, failed.index) == (FAILED, section, index)
    assert got is None or failed.got == got


@pytest.mark.parametrize(
    "old,new,got",
    [
        (
            '2026-11-27T16:00:00Z" },\n  { text = "friday',
            '2026-11-27T15:00:00Z" },\n  { text = "friday',
            "2026-11-27T16:00:00Z",
        ),
        ('"deadline-ambiguous"', '"deadline-unclear"', "deadline-ambiguous"),
        (
            '"maandag", refusal = "deadline-ambiguous"',
            '"dinsdag", refusal = "deadline-ambiguous"',
            "2026-11-24T16:00:00Z",
        ),
    ],
)
def test_a_phrase_can_fail(tmp_path, old, new, got):
    results = run(tmp_path, PHRASES.replace(old, new))

    (failed,) = [each for each in results if each.status is not PASSED]
    assert (failed.status, failed.got) == (FAILED, got)


def test_a_result_names_its_file_its_line_and_its_row(tmp_path):
    results = run(tmp_path, DEADLINES)

    lines = DEADLINES.splitlines()
    assert {each.file for each in results} == {str(tmp_path / "table.toml")}
    assert [each.line for each in results[:4]] == [7, 14, 16, 17]
    assert all("{" in lines[each.line - 1] for each in results[1:] if each.line)
    assert results[1].name == "deadline 2027-03-15T10:00 · 10 working days"


def test_rows_that_do_not_stand_on_lines_of_their_own_have_no_line(tmp_path):
    (result,) = run(tmp_path, 'now = "2026-11-23T16:00"\nphrase = [{ text = "vrijdag", at = "2026-11-27T16:00:00Z" }]')

    assert (result.status, result.line) == (PASSED, None)


@pytest.mark.parametrize(
    "section,row",
    [
        ("deadline", 'opened = "2027-03-15T10:00", term = "2 months", at = "2027-05-15T15:00:00Z"'),
        (
            "deadline",
            'opened = "2027-03-15T10:00", term = "2 weeks", recess = true, at = "2027-03-29T15:00:00Z"',
        ),
        ("slot", 'text = "di 18 mei 14:00-15:30"'),
    ],
)
def test_a_row_that_this_version_does_not_know_is_not_run(tmp_path, section, row):
    result = one(tmp_path, section, row)

    assert (result.status, result.section, result.line) == (NOT_RUN, section, 3)


def test_a_table_that_this_version_does_not_know_is_not_run_beside_one_that_it_does(tmp_path):
    results = run(tmp_path, PHRASES + '[[recess]]\nname = "a"\n[[recess]]\nname = "b"\n')

    assert [(each.name, each.status, each.line) for each in results[5:]] == [
        ("recess 1", NOT_RUN, 9),
        ("recess 2", NOT_RUN, 11),
    ]


def test_a_board_can_try_its_own_calendar(tmp_path):
    text = """
        [calendar]
        country = ""
        timezone = "America/New_York"
        closing_time = "12:30"
        closed = [2027-03-16]
        open = ["2027-03-20"]
        [terms]
        deadline = [
          { opened = "2027-03-15T10:00", term = "5 working days", at = "2027-03-22T16:30:00Z" },
          { opened = "2027-03-15T10:00", term = "4 working days", at = "2027-03-20T16:30:00Z" },
        ]
    """

    assert [each.status for each in run(tmp_path, text)] == [PASSED, PASSED]


@pytest.mark.parametrize(
    "text,line,key,value,remedy",
    [
        ("now = ", 1, "", "", "file.not-toml"),
        ("", None, "", "", "file.no-cases"),
        ('[board]\nid = "BOD"', None, "", "", "file.no-cases"),
        ('title = "x"\n[calendar]\ncountry = "NL"', None, "", "", "file.no-cases"),
        (PHRASES + "wrong = 1", 9, "wrong", "", "file.unknown-key"),
        ('phrase = [\n  { text = "vrijdag" },\n]', 2, "phrase[0].refusal", "", "file.missing-key"),
        ('phrase = [\n  { text = "vrijdag", refusal = "x" },\n]', 2, "phrase[0].now", "", "file.missing-key"),
        (
            'now = "x"\nphrase = [\n  { text = "vrijdag", refusal = "x" },\n]',
            3,
            "phrase[0].now",
            "x",
            "file.wrong-type",
        ),
        ("phrase = [\n  1,\n]", None, "phrase[0]", "1", "file.wrong-type"),
        ("phrase = 1", 1, "phrase", "1", "file.wrong-type"),
        ("terms = 1", 1, "terms", "1", "file.wrong-type"),
        ('[[year]]\nyear = "2027"', 1, "year[0].year", "2027", "file.wrong-type"),
        ("[[year]]\nyear = 3027", 1, "year[0].year", "3027", "file.wrong-type"),
        ("[[year]]\nyear = 27", 1, "year[0].year", "27", "file.wrong-type"),
        ("[[year]]\nyear = true", 1, "year[0].year", "true", "file.wrong-type"),
        ('[calendar]\ncountry = "BE"\n[terms]', 2, "calendar.country", "BE", "file.choice"),
        ('[calendar]\nlocale = "nl"\n[terms]', 2, "calendar.locale", "nl", "file.unknown-key"),
        ('[calendar]\ntimezone = "Mars"\n[terms]', 2, "calendar.timezone", "Mars", "file.wrong-type"),
        ('[calendar]\nclosing_time = "5pm"\n[terms]', 2, "calendar.closing_time", "5pm", "file.wrong-type"),
        ('[calendar]\nclosed = ["7 mei"]\n[terms]', 2, "calendar.closed", "['7 mei']", "file.wrong-type"),
    ],
)
def test_a_wrong_file_is_named_with_line_key_value_and_remedy(tmp_path, text, line, key, value, remedy):
    found = problem(tmp_path, text)

    assert found.file == str(tmp_path / "table.toml")
    assert (found.line, found.key, found.value, found.remedy.key) == (line, key, value, remedy)


@pytest.mark.parametrize(
    "section,row,key",
    [
        ("deadline", 'opened = "2027-03-28T02:30", term = "1 week", at = "2027-04-04T15:00:00Z"', "opened"),
        ("deadline", 'opened = "2027-03-15T10:00", term = "1 week", at = "2027-03-22T16:00:00"', "at"),
        ("deadline", 'opened = "9999-12-31T10:00", term = "1 week", at = "2027-03-22T16:00:00Z"', "opened"),
        (
            "child",
            'parent = "2027-03-31T15:00:00Z", buffer_working_days = 1000, latest = ""',
            "buffer_working_days",
        ),
        (
            "child",
            'parent = "2027-03-31T15:00:00Z", buffer_working_days = -1, latest = ""',
            "buffer_working_days",
        ),
        (
            "child",
            'parent = "2027-03-31T15:00:00Z", buffer_working_days = true, latest = ""',
            "buffer_working_days",
        ),
        ("deadline", 'opened = "2027-03-15T10:00", term = 1, at = "2027-03-22T16:00:00Z"', "term"),
        ("reminder", 'opened = "2027-03-15T10:00", closes = "2027-03-22T17:00", at = [1]', "at"),
        ("accepted", 'local = "half drie", at = "2027-03-22T16:00:00Z"', "local"),
        ("receipt", 'closes_at = "x", received_at = "2027-03-22T16:00:00Z", in_time = true', "closes_at"),
        (
            "receipt",
            'closes_at = "2027-03-22T16:00:00Z", received_at = "2027-03-22T16:00:00Z", in_time = 1',
            "in_time",
        ),
    ],
)
def test_a_value_that_cannot_be_read_is_named_with_its_line(tmp_path, section, row, key):
    found = problem(tmp_path, f"[terms]\n{section} = [\n  {{ {row} }},\n]\n")

    assert (found.line, found.key, found.remedy.key) == (3, f"{section}[0].{key}", "file.wrong-type")


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    missing, binary = tmp_path / "missing.toml", tmp_path / "binary.toml"
    binary.write_bytes(b'now = "x"\nphrase = "\xff"')

    with pytest.raises(FileProblem) as unreadable:
        list(run_cases([missing]))
    with pytest.raises(FileProblem) as undecodable:
        list(run_cases([binary]))

    assert (unreadable.value.file, unreadable.value.remedy.key) == (str(missing), "file.unreadable")
    assert (undecodable.value.line, undecodable.value.remedy.key) == (2, "file.not-utf-8")


def test_files_are_run_in_order(tmp_path):
    first, second = tmp_path / "b.toml", tmp_path / "a.toml"
    first.write_text(PHRASES, encoding="utf-8")
    second.write_text(DEADLINES, encoding="utf-8")

    results = list(run_cases([first, second]))

    assert [each.file for each in results] == [str(first)] * 5 + [str(second)] * 12
