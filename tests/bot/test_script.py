"""Scenario files: every form of a step, and how each wrong one is named with its line and the reason."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.problems import FileProblem
from bot.script import Expectation, Incident, Script, read_script
from bot.scriptwords import REFUSALS
from commands.domain.values import Code, Line
from tests.bot.test_words import refusals
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
    values = 'with = { item = 3, term = ["a", "b"], confirmed = true, urgent = false, closes = "" }\n'

    step = read(tmp_path, HEAD + STEP + form + values).steps[0]

    assert (step.where, step.do, step.say) == ("direct", "consult open", None)
    assert step.values == {"item": "3", "term": "a,b", "confirmed": "true", "urgent": "false", "closes": ""}


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
  columns = { vng = { for = 1 } }
  closes_at = "2027-01-25T17:00"
  decision = "bod-2027-001/b1"
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
        "number": "BOD-2027-001", "for": 8, "comments": {"1": 2}, "columns": {"vng": {"for": 1}}, "silent": [],
        "closes_at": datetime(2027, 1, 25, 16, 0, tzinfo=UTC), "decision": "BOD-2027-001/B1",
    }  # fmt: skip


# --- what is wrong ---------------------------------------------------------------------------------------------------

# the text, the line, the key, the value and the remedy
WRONG = {
    "no title": (HEAD.replace('title = "Proef"\n', ""), 1, "title", "", "file.missing-key"),
    "no start": (HEAD.replace('start = "2027-01-11T09:00"\n', ""), 1, "start", "", "file.missing-key"),
    "unreadable start": (HEAD.replace("2027-01-11T09:00", "11 januari"), 3, "start", "11 januari", "file.wrong-type"),
    "no board": ('title = "x"\nstart = "2027-01-11T09:00"\n', 1, "boards", "", "file.missing-key"),
    "unknown key": (HEAD + 'tittle = "x"\n', 4, "tittle", "x", "file.unknown-key.suggested"),
    "no instant": (HEAD + "\n[[step]]\n", 5, "step 1, at", "", "file.missing-key"),
    "unreadable instant": (
        HEAD + STEP.replace("2027-01-11T10:00", "straks"),
        6,
        "step 1, at",
        "straks",
        "file.wrong-type",
    ),
    "clock goes back": (
        HEAD + SAY + STEP.replace("10:00", "09:59"),
        12,
        "step 2, at",
        "2027-01-11T09:59",
        "file.step-backwards",
    ),
    "before the start": (
        HEAD + STEP.replace("10:00", "08:59"),
        6,
        "step 1, at",
        "2027-01-11T08:59",
        "file.step-backwards",
    ),
    "two acts": (HEAD + SAY + 'do = "help"\n', 9, "step 1, say", "/consultatie lijst", "file.one-act"),
    "act and incident": (HEAD + SAY + 'event = "restart"\n', 9, "step 1, say", "/consultatie lijst", "file.one-act"),
    "nobody acts": (HEAD + SAY.replace('as = "secretaris"\n', ""), 5, "step 1, as", "", "file.missing-key"),
    "stranger": (HEAD + SAY.replace("secretaris", "niemand"), 7, "step 1, as", "niemand", "file.unknown-person"),
    "nowhere": (HEAD + SAY.replace('in = "BOD"\n', ""), 5, "step 1, in", "", "file.missing-key"),
    "unknown board": (HEAD + SAY.replace('in = "BOD"', 'in = "DIG"'), 8, "step 1, in", "DIG", "file.unknown-board"),
    "unknown incident": (HEAD + STEP + 'event = "fire"\n', 7, "step 1, event", "fire", "file.choice"),
    "incident without persons": (
        HEAD + STEP + 'event = "undeliverable"\n',
        5,
        "step 1, persons",
        "",
        "file.missing-key",
    ),
    "incident of a stranger": (
        HEAD + STEP + 'event = "undeliverable"\npersons = ["niemand"]\n',
        8,
        "step 1, persons",
        "niemand",
        "file.unknown-person",
    ),
    "misspelt step": (
        HEAD + SAY + 'wth = { a = "b" }\n',
        10,
        "step 1, wth",
        "{'a': 'b'}",
        "file.unknown-key.suggested",
    ),
    "values that are no table": (
        HEAD + SAY.replace("say", "with"),
        9,
        "step 1, with",
        "/consultatie lijst",
        "file.wrong-type",
    ),
    "misspelt expectation": (
        HEAD + SAY + "  [step.expect]\n  refused = 'x'\n",
        11,
        "step 1, expect.refused",
        "x",
        "file.unknown-key.suggested",
    ),
    "expected text that is no list": (
        HEAD + SAY + "  [step.expect]\n  reply = 'x'\n",
        11,
        "step 1, expect.reply",
        "x",
        "file.wrong-type",
    ),
    "stranger notified": (
        HEAD + SAY + "  [step.expect]\n  notified = ['niemand']\n",
        11,
        "step 1, expect.notified",
        "niemand",
        "file.unknown-person",
    ),
    "misspelt state": (
        HEAD + SAY + "  [step.expect.item]\n  sate = 'open'\n",
        11,
        "step 1, expect.item.sate",
        "open",
        "file.unknown-key.suggested",
    ),
    "number as text": (
        HEAD + SAY + "  [step.expect.item]\n  for = '8'\n",
        11,
        "step 1, expect.item.for",
        "8",
        "file.wrong-type",
    ),
    "act while the program is down": (
        HEAD + STEP + 'event = "bot-down"\n' + SAY,
        10,
        "step 2, at",
        "2",
        "file.bot-is-down",
    ),
    "twice down": (HEAD + (STEP + 'event = "bot-down"\n') * 2, 10, "step 2, at", "2", "file.bot-is-down"),
    "up while it is up": (HEAD + STEP + 'event = "bot-up"\n', 7, "step 1, event", "bot-up", "file.bot-is-up"),
    "nothing to repeat": (HEAD + STEP + 'event = "duplicate"\n', 7, "step 1, event", "duplicate", "file.no-act-before"),
    "not TOML": (HEAD + "\n[[step\n", 5, "", "", "file.not-toml"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_script_is_named_with_line_key_value_and_reason(tmp_path, name):
    text, line, key, value, remedy = WRONG[name]

    problem = problem_of(tmp_path, text)

    assert (problem.key, problem.value, problem.remedy.key) == (key, value, remedy)
    assert (problem.file, problem.line) == (str(tmp_path / "script.toml"), line)


# --- codes and other closed vocabularies ------------------------------------------------------------------------------

FORM = STEP + 'as = "secretaris"\nin = "BOD"\n'
EXPECT = SAY + "  [step.expect]\n  "
ITEM = SAY + "  [step.expect.item]\n  "

# the text, the line, the key, the value, and the nearest one that is known
MISSPELT = {
    "refusal": (EXPECT + 'refusal = "no-mandat"\n', 11, "expect.refusal", "no-mandat", "no-mandate"),
    "state": (ITEM + 'state = "opened"\n', 11, "expect.item.state", "opened", "open"),
    "outcome": (ITEM + 'outcome = "adoptd"\n', 11, "expect.item.outcome", "adoptd", "adopted"),
    "reason": (ITEM + 'reason = "objections"\n', 11, "expect.item.reason", "objections", "objection"),
    "inline": (EXPECT + 'item = { state = "opened" }\n', 11, "expect.item.state", "opened", "open"),
    "silent": (ITEM + 'silent = ["vgn"]\n', 11, "expect.item.silent", "vgn", "vng"),
    "late": (ITEM + 'late = ["ippo"]\n', 11, "expect.item.late", "ippo", "ipo"),
    "column": (ITEM + "columns = { rik = { for = 1 } }\n", 11, "expect.item.columns.rik", "rik", "rijk"),
    "form": (FORM + 'do = "consult opn"\n', 9, "do", "consult opn", "consult open"),
    "argument": (FORM + 'do = "position"\nwith = { stanse = "agree" }\n', 10, "with.stanse", "stanse", "stance"),
    "event": (STEP + 'event = "bot-don"\n', 7, "event", "bot-don", "bot-down"),
    "person": (SAY.replace("secretaris", "secretaries"), 7, "as", "secretaries", "secretaris"),
    "board": (SAY.replace("BOD", "BOOD"), 8, "in", "BOOD", "BOD"),
    "notified": (EXPECT + 'notified = ["secretariss"]\n', 11, "expect.notified", "secretariss", "secretaris"),
}


@pytest.mark.parametrize("name", MISSPELT)
def test_a_misspelt_word_is_named_with_the_nearest_that_is_known(tmp_path, name):
    text, line, key, value, nearest = MISSPELT[name]

    problem = problem_of(tmp_path, HEAD + text)

    assert (problem.line, problem.key, problem.value) == (line, f"step 1, {key}", value)
    assert (problem.remedy.key, problem.remedy.values["suggestion"]) == ("file.choice.suggested", Code(nearest))


@pytest.mark.parametrize(
    "text",
    [
        EXPECT + 'refusal = "xyz"\n',
        ITEM + 'state = ""\n',
        ITEM + 'outcome = "yes"\n',
        FORM + 'do = ""\n',
        FORM + 'do = "comment"\nwith = { rule = "x" }\n',
    ],
)
def test_a_word_that_resembles_none_is_named_with_all_that_are_known(tmp_path, text):
    problem = problem_of(tmp_path, HEAD + text)

    assert problem.remedy.key == "file.choice"
    choices = problem.remedy.values["choices"]
    assert isinstance(choices, tuple)
    assert len(choices) > 3


@pytest.mark.parametrize(
    ("text", "key", "remedy"),
    [
        (SAY + 'with = { item = "1" }\n', "with", "file.no-form"),
        (STEP + 'as = "secretaris"\n', "say", "file.missing-key"),
        (FORM + 'do = "position"\nwith = { text = { a = "b" } }\n', "with.text", "file.wrong-type"),
        (ITEM + 'number = "003"\n', "expect.item.number", "file.wrong-type"),
        (ITEM + 'decision = "BOD-2027-003"\n', "expect.item.decision", "file.wrong-type"),
        (ITEM + 'closes_at = "morgen"\n', "expect.item.closes_at", "file.wrong-type"),
        (ITEM + 'comments = { "1" = "2" }\n', "expect.item.comments.1", "file.wrong-type"),
        (ITEM + "columns = { vng = 1 }\n", "expect.item.columns.vng", "file.wrong-type"),
        (ITEM + "columns = { vng = { form = 1 } }\n", "expect.item.columns.vng.form", "file.unknown-key.suggested"),
        (STEP.replace("2027", "9999"), "at", "file.wrong-type"),
    ],
)
def test_what_cannot_be_played_or_held_is_named_before_anything_is_played(tmp_path, text, key, remedy):
    problem = problem_of(tmp_path, HEAD + text)

    assert (problem.key, problem.remedy.key) == (f"step 1, {key}", remedy)


@pytest.mark.parametrize(
    "code",
    [
        *("*", "mandate-expired", "no-mandate", "not-allowed", "unknown-item", "round-closed", "reason-required"),
        *("urgency-not-confirmed", "subject-not-listed", "invalid-ballot", "over-budget", "deadline-unclear"),
        *("deadline-ambiguous", "deadline-impossible", "deadline-past", "deadline-gap", "deadline-fold"),
        *("hidden-until-close", "internal-error"),
    ],
)
def test_every_code_of_a_refusal_can_be_expected_also_of_procedures_to_come(tmp_path, code):
    assert read(tmp_path, HEAD + EXPECT + f'refusal = "{code}"\n').steps[0].expect.refusal == code


def test_no_refusal_has_a_code_that_a_script_cannot_expect():
    codes = {each.code for each in refusals()}

    assert codes - set(REFUSALS) == set()


@pytest.mark.parametrize(
    "form",
    [
        'do = "Position"\nwith = { Item = "1", confirmed = true }',
        'do = "straw new"\nwith = { question = "?", options = ["A", "B"], per = "person" }',
        'do = "vote"\nwith = { item = "1", ballot = "A > B" }',
        'do = "consult new"\nwith = { title = "x", subject = "y", constituency = "BOD-2027-003" }',
    ],
)
def test_a_form_is_known_by_its_english_name_also_one_of_procedures_to_come(tmp_path, form):
    step = read(tmp_path, HEAD + FORM + form + "\n").steps[0]

    assert step.do is not None
    assert len(step.values) >= 2


# --- local times -------------------------------------------------------------------------------------------------------


def test_a_local_time_that_the_clock_jumps_over_is_named_with_the_two_instants_that_it_may_mean(tmp_path):
    gap = HEAD + STEP.replace("2027-01-11T10:00", "2027-03-28T02:30")

    problem = problem_of(tmp_path, gap)

    assert (problem.line, problem.key, problem.value) == (6, "step 1, at", "2027-03-28T02:30")
    assert problem.remedy == Line(
        "file.time-gap",
        {"earlier": Code("2027-03-28T01:30:00+01:00"), "later": Code("2027-03-28T03:30:00+02:00")},
    )


def test_a_local_time_that_comes_twice_is_named_with_the_two_instants_that_it_may_mean(tmp_path):
    fold = HEAD.replace("2027-01-11T09:00", "2027-10-31T02:30")

    problem = problem_of(tmp_path, fold)

    assert (problem.line, problem.key, problem.value) == (3, "start", "2027-10-31T02:30")
    assert problem.remedy == Line(
        "file.time-fold",
        {"earlier": Code("2027-10-31T02:30:00+02:00"), "later": Code("2027-10-31T02:30:00+01:00")},
    )


def test_with_an_offset_a_time_that_comes_twice_is_clear(tmp_path):
    script = read(tmp_path, HEAD.replace("2027-01-11T09:00", "2027-10-31T02:30:00+01:00"))

    assert script.start == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


# --- boards ------------------------------------------------------------------------------------------------------------


def test_a_board_file_that_is_not_there_is_named_itself(tmp_path):
    problem = problem_of(tmp_path, HEAD.replace("board.toml", "borad.toml"))

    assert (problem.file, problem.remedy.key) == (str(tmp_path / "borad.toml"), "file.unreadable")


def test_a_wrong_board_file_is_named_itself(tmp_path):
    path = a_file(tmp_path, HEAD)
    (tmp_path / "board.toml").write_text(board_text().replace('rule = "consensus"', 'rule = "dobbelsteen"'), "utf-8")

    with pytest.raises(FileProblem) as found:
        read_script(path)

    assert (found.value.file, found.value.key) == (str(tmp_path / "board.toml"), "board.rule")
