"""Scenario files: every form of a step, and how each wrong one is named with its line and the reason."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.problems import FileProblem
from bot.script import Expectation, Incident, Script, read_script
from tests.faults.world import board_text

HEAD = 'title = "Proef"\nboards = ["board.toml"]\nstart = "2027-01-11T09:00"\n'
STEP = '\n[[step]]\nat = "2027-01-11T10:00"\n'
SAY = STEP + 'as = "secretaris"\nin = "BOD"\nsay = "/consultatie lijst"\n'


def a_file(folder: Path, text: str) -> Path:
    (folder / "board.toml").write_text(board_text(), "utf-8")
    path = folder / "script.toml"
    path.write_text(text, "utf-8")
    return path


def read(folder: Path, text: str) -> Script:
    return read_script(a_file(folder, text))


def problem_of(folder: Path, text: str) -> FileProblem:
    with pytest.raises(FileProblem) as found:
        read(folder, text)
    return found.value


# --- what is right --------------------------------------------------------------------------------------------------


def test_the_head_names_boards_relative_to_the_file_and_a_start_in_board_time(tmp_path):
    script = read(tmp_path, HEAD)

    assert (script.title, script.steps) == ("Proef", ())
    assert [each.board.id for each in script.boards] == ["BOD"]
    assert script.start == datetime(2027, 1, 11, 8, 0, tzinfo=UTC)


def test_a_board_may_stand_in_the_script_itself(tmp_path):
    inline = board_text("DIG").replace("[board]", 'title = "Proef"\nstart = 2027-01-11T09:00:00Z\n[board]', 1)

    script = read(tmp_path, inline + STEP + 'as = "secretaris"\nin = "DIG"\nsay = "/help"\n')

    assert [each.board.id for each in script.boards] == ["DIG"]
    assert script.start == datetime(2027, 1, 11, 9, 0, tzinfo=UTC)


def test_an_instant_may_carry_an_offset_and_parts_of_a_second(tmp_path):
    script = read(tmp_path, HEAD + STEP.replace("10:00", "10:00:30.250+01:00"))

    assert script.steps[0].at == datetime(2027, 1, 11, 9, 0, 30, 250_000, tzinfo=UTC)


def test_a_line_is_typed_by_a_person_in_a_channel(tmp_path):
    step = read(tmp_path, HEAD + SAY).steps[0]

    assert (step.index, step.line) == (1, 5)
    assert (step.person, step.where, step.say, step.do) == ("secretaris", "BOD", "/consultatie lijst", None)
    assert step.expect == Expectation()


def test_a_form_gives_its_values_as_text(tmp_path):
    form = 'as = "voorzitter"\nin = "direct"\ndo = "consult open"\n'
    values = 'with = { item = 3, points = [1, 2], confirmed = true, urgent = false, text = "" }\n'

    step = read(tmp_path, HEAD + STEP + form + values).steps[0]

    assert (step.where, step.do, step.say) == ("direct", "consult open", None)
    assert step.values == {"item": "3", "points": "1,2", "confirmed": "true", "urgent": "false", "text": ""}


@pytest.mark.parametrize("incident", [each for each in Incident if each not in (Incident.BOT_UP, Incident.DUPLICATE)])
def test_every_incident_can_stand_in_a_step(tmp_path, incident):
    step = read(tmp_path, HEAD + STEP + f'event = "{incident}"\npersons = ["secretaris"]\n').steps[0]

    assert (step.incident, step.persons) == (incident, ("secretaris",))


def test_the_program_comes_up_after_it_went_down_and_an_act_may_arrive_twice(tmp_path):
    events = "".join(f'{STEP}event = "{each}"\n' for each in ("bot-down", "bot-up", "duplicate"))

    steps = read(tmp_path, HEAD + SAY + events).steps

    assert [each.incident for each in steps] == [None, Incident.BOT_DOWN, Incident.BOT_UP, Incident.DUPLICATE]


def test_a_step_may_be_only_the_clock_and_what_should_be_true(tmp_path):
    expected = """
  [step.expect]
  refusal = "*"
  reply = ["a"]
  posted = ["b"]
  absent = ["c"]
  notified = ["voorzitter"]
  text = ["d"]
  ranking = ["A = B"]
  chosen = "do 20 mei 2027 13:00"
  [step.expect.item]
  number = "BOD-2027-001"
  for = 8
  comments = { "1" = 2 }
  columns = { gemeenten = { for = 1 } }
  silent = []
"""

    step = read(tmp_path, HEAD + STEP + expected).steps[0]

    assert (step.say, step.do, step.incident) == (None, None, None)
    assert step.expect.refusal == "*"
    assert step.expect.lists == {
        "reply": ("a",), "posted": ("b",), "absent": ("c",), "notified": ("voorzitter",), "text": ("d",), "ranking": ("A = B",),
    }  # fmt: skip
    assert step.expect.chosen == "do 20 mei 2027 13:00"
    assert step.expect.item == {
        "number": "BOD-2027-001", "for": 8, "comments": {"1": 2}, "columns": {"gemeenten": {"for": 1}}, "silent": [],
    }  # fmt: skip


# --- what is wrong ---------------------------------------------------------------------------------------------------

# the text, the line, the key, the value and the remedy
WRONG = {
    "no title": (HEAD.replace('title = "Proef"\n', ""), 1, "title", "", "file.missing-key"),
    "no start": (HEAD.replace('start = "2027-01-11T09:00"\n', ""), 1, "start", "", "file.missing-key"),
    "unreadable start": (HEAD.replace("2027-01-11T09:00", "11 januari"), 3, "start", "11 januari", "file.wrong-type"),
    "no board": ('title = "x"\nstart = "2027-01-11T09:00"\n', 1, "boards", "", "file.missing-key"),
    "unknown key": (HEAD + 'tittle = "x"\n', 4, "tittle", "x", "file.unknown-key.suggested"),
    "no instant": (HEAD + "\n[[step]]\n", 5, "step.at", "", "file.missing-key"),
    "unreadable instant": (
        HEAD + STEP.replace("2027-01-11T10:00", "straks"),
        6,
        "step.at",
        "straks",
        "file.wrong-type",
    ),
    "clock goes back": (
        HEAD + SAY + STEP.replace("10:00", "09:59"),
        12,
        "step.at",
        "2027-01-11T09:59",
        "file.step-backwards",
    ),
    "before the start": (
        HEAD + STEP.replace("10:00", "08:59"),
        6,
        "step.at",
        "2027-01-11T08:59",
        "file.step-backwards",
    ),
    "two acts": (HEAD + SAY + 'do = "help"\n', 9, "step.say", "/consultatie lijst", "file.one-act"),
    "act and incident": (HEAD + SAY + 'event = "restart"\n', 9, "step.say", "/consultatie lijst", "file.one-act"),
    "nobody acts": (HEAD + SAY.replace('as = "secretaris"\n', ""), 5, "step.as", "", "file.missing-key"),
    "stranger": (HEAD + SAY.replace("secretaris", "niemand"), 7, "step.as", "niemand", "file.unknown-person"),
    "nowhere": (HEAD + SAY.replace('in = "BOD"\n', ""), 5, "step.in", "", "file.missing-key"),
    "unknown board": (HEAD + SAY.replace('in = "BOD"', 'in = "DIG"'), 8, "step.in", "DIG", "file.unknown-board"),
    "unknown incident": (HEAD + STEP + 'event = "fire"\n', 7, "step.event", "fire", "file.choice"),
    "incident without persons": (HEAD + STEP + 'event = "undeliverable"\n', 5, "step.persons", "", "file.missing-key"),
    "incident of a stranger": (
        HEAD + STEP + 'event = "undeliverable"\npersons = ["niemand"]\n',
        8,
        "step.persons",
        "niemand",
        "file.unknown-person",
    ),
    "misspelt step": (HEAD + SAY + 'wth = { a = "b" }\n', 10, "step.wth", "{'a': 'b'}", "file.unknown-key.suggested"),
    "values that are no table": (
        HEAD + SAY.replace("say", "with"),
        9,
        "step.with",
        "/consultatie lijst",
        "file.wrong-type",
    ),
    "misspelt expectation": (
        HEAD + SAY + "  [step.expect]\n  refused = 'x'\n",
        5,
        "step.expect.refused",
        "x",
        "file.unknown-key.suggested",
    ),
    "expected text that is no list": (
        HEAD + SAY + "  [step.expect]\n  reply = 'x'\n",
        5,
        "step.expect.reply",
        "x",
        "file.wrong-type",
    ),
    "stranger notified": (
        HEAD + SAY + "  [step.expect]\n  notified = ['niemand']\n",
        5,
        "step.expect.notified",
        "niemand",
        "file.unknown-person",
    ),
    "misspelt state": (
        HEAD + SAY + "  [step.expect.item]\n  sate = 'open'\n",
        5,
        "step.expect.item.sate",
        "open",
        "file.unknown-key.suggested",
    ),
    "number as text": (
        HEAD + SAY + "  [step.expect.item]\n  for = '8'\n",
        5,
        "step.expect.item.for",
        "8",
        "file.wrong-type",
    ),
    "act while the program is down": (
        HEAD + STEP + 'event = "bot-down"\n' + SAY,
        10,
        "step.at",
        "2",
        "file.bot-is-down",
    ),
    "twice down": (HEAD + (STEP + 'event = "bot-down"\n') * 2, 10, "step.at", "2", "file.bot-is-down"),
    "up while it is up": (HEAD + STEP + 'event = "bot-up"\n', 7, "step.event", "bot-up", "file.bot-is-up"),
    "nothing to repeat": (HEAD + STEP + 'event = "duplicate"\n', 7, "step.event", "duplicate", "file.no-act-before"),
    "not TOML": (HEAD + "\n[[step\n", 5, "", "", "file.not-toml"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_script_is_named_with_line_key_value_and_reason(tmp_path, name):
    text, line, key, value, remedy = WRONG[name]

    problem = problem_of(tmp_path, text)

    assert (problem.key, problem.value, problem.remedy.key) == (key, value, remedy)
    assert (problem.file, problem.line) == (str(tmp_path / "script.toml"), line)


def test_a_board_file_that_is_not_there_is_named_itself(tmp_path):
    problem = problem_of(tmp_path, HEAD.replace("board.toml", "borad.toml"))

    assert (problem.file, problem.remedy.key) == (str(tmp_path / "borad.toml"), "file.unreadable")


def test_a_wrong_board_file_is_named_itself(tmp_path):
    path = a_file(tmp_path, HEAD)
    (tmp_path / "board.toml").write_text(board_text().replace('rule = "consensus"', 'rule = "dobbelsteen"'), "utf-8")

    with pytest.raises(FileProblem) as found:
        read_script(path)

    assert (found.value.file, found.value.key) == (str(tmp_path / "board.toml"), "board.rule")
