"""Playback: the exit codes, the JSON document, whose database it may be, and what goes wrong on purpose."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import structlog

from bot.config import Config
from bot.i18n import Catalogue
from bot.logs import configure_logs
from bot.playback import Played, play
from bot.problems import FileProblem
from bot.rehearsal import rehearse
from bot.script import read_script
from storage.store import open_store
from tests.factories import NOON
from tests.faults.world import board_text

WORDS = Catalogue("nl", ZoneInfo("Europe/Amsterdam"))

ENGLISH = Catalogue("en", ZoneInfo("Europe/Amsterdam"))

HEAD = 'title = "Proef"\nboards = ["board.toml"]\nstart = "2027-01-11T09:00"\n'
DRAFT = """
[[step]]
at = "2027-01-11T10:00"
as = "secretaris"
in = "BOD"
say = '/consultatie nieuw "Kader" --tekst "1. Het kader vast te stellen." --soort instemming'

[[step]]
at = "2027-01-11T10:05"
as = "voorzitter"
in = "BOD"
say = '/consultatie open 1 --sluit "25 januari 2027 17:00"'
"""


def act(at: str, person: str, line: str, *expected: str) -> str:
    return event(at, f'as = "{person}"\nin = "BOD"\nsay = \'{line}\'', *expected)


def event(at: str, what: str, *expected: str) -> str:
    lines = "\n".join(["[step.expect]", *expected]) if expected else ""
    return f'\n[[step]]\nat = "2027-01-{at}"\n{what}\n{lines}\n'


AGREE = act("12T09:00", "vng-vertegenwoordiger", "/standpunt 1 akkoord")


@pytest.fixture(autouse=True)
def _log_bugs_only():
    configure_logs("error")
    yield
    structlog.reset_defaults()


def a_script(folder: Path, *steps: str, name: str = "script.toml", outage: str = "close") -> Path:
    (folder / "board.toml").write_text(board_text(outage=outage), "utf-8")
    path = folder / name
    path.write_text(HEAD + "".join(steps), "utf-8")
    return path


def run(*paths: Path, as_json: bool = False, url: str | None = None) -> int:
    return rehearse(paths, WORDS, as_json=as_json, url=url, configuration=None)


def played(folder: Path, *steps: str, outage: str = "close") -> Played:
    config = Config.model_validate({"storage": {"url": f"sqlite:///{folder}/play.db"}})
    return play(read_script(a_script(folder, *steps, outage=outage)), config)


def said(result: Played, words: Catalogue = WORDS) -> list[str]:
    """What a playback says of each expectation that did not hold."""
    return [words.plain(each.what.key, each.what.values) for each in result.failures]


def told(result: Played, person: str) -> list[str]:
    return [each.text for each in result.messages if each.to == person]


# --- exit codes and what is printed -----------------------------------------------------------------------------------


def test_a_script_whose_expectations_hold_exits_with_0(tmp_path, capsys):
    code = run(
        a_script(
            tmp_path, DRAFT, act("12T09:00", "vng-vertegenwoordiger", "/standpunt 1 akkoord", 'reply = ["akkoord"]')
        )
    )

    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    assert out.startswith("Proef\n")
    assert out.endswith("Verwachtingen: 4 gehaald, 0 niet.\n")
    assert "vng-vertegenwoordiger in BOD: /standpunt 1 akkoord" in out


def test_a_script_with_an_expectation_that_fails_exits_with_1_and_names_file_line_and_step(tmp_path, capsys):
    path = a_script(
        tmp_path, DRAFT, act("12T09:00", "vng-vertegenwoordiger", "/standpunt 1 akkoord", 'reply = ["bezwaar"]')
    )

    code = run(path)

    out, err = capsys.readouterr()
    assert code == 1
    assert err.startswith(
        f"{path}, regel 17, stap 3: antwoord; verwacht: “bezwaar”; gezien: “Vastgelegd voor vng: akkoord."
    )
    assert "\nNIET ZOALS VERWACHT (regel 17, stap 3): antwoord; verwacht: “bezwaar”; gezien: “Vastgelegd" in out
    assert out.endswith("Verwachtingen: 3 gehaald, 1 niet.\n")


@pytest.mark.parametrize(
    "expected",
    [
        'refusal = "no-mandate"',
        'refusal = "*"',
        'reply = ["iets anders"]',
        'posted = ["iets anders"]',
        'absent = ["Vastgelegd"]',
        'notified = ["voorzitter"]',
        'text = ["besluit"]',
        'ranking = ["A"]',
        'chosen = "2027-05-20T11:00:00Z"',
        'item = { number = "BOD-2027-009" }',
        'item = { state = "closed" }',
        "item = { round = 2 }",
        'item = { version = "1.1" }',
        'item = { closes_at = "2027-01-25T16:00:01Z" }',
        'item = { outcome = "adopted" }',
        'item = { silent = ["rijk"] }',
        'item = { late = ["vng"] }',
        "item = { for = 1 }",
        'item = { comments = { "1" = 1 } }',
        "item = { columns = { vng = { for = 1 } } }",
        'item = { decision = "BOD-2027-001/B1" }',
    ],
)
def test_every_kind_of_expectation_can_fail(tmp_path, expected):
    result = played(tmp_path, DRAFT, act("12T09:00", "vng-vertegenwoordiger", "/standpunt 1 akkoord", expected))

    assert len(result.failures) == 1


@pytest.mark.parametrize(
    "expected",
    [
        'refusal = ""',
        'reply = ["vastgelegd   VOOR"]',
        'absent = ["bezwaar tegen"]',
        "notified = ['vng-plaatsvervanger']",
        'item = { number = "BOD-2027-001", state = "open", round = 1, version = "1.0", outcome = "", reason = "" }',
        'item = { closes_at = "2027-01-25T17:00:00+01:00", silent = ["uvw", "ipo", "rijk"], late = [], comments = {} }',
    ],
)
def test_every_kind_of_expectation_can_hold(tmp_path, expected):
    result = played(tmp_path, DRAFT, act("12T09:00", "vng-vertegenwoordiger", "/standpunt 1 akkoord", expected))

    assert result.failures == []


def test_a_refusal_that_nobody_expected_is_a_failure(tmp_path):
    result = played(tmp_path, act("12T09:00", "vng-vertegenwoordiger", "/standpunt 1 akkoord"))

    assert said(result) == ["weigering; verwacht: geen; gezien: unknown-item."]


# what a step expects, and what is said in Dutch and in English when it is not so
SAID = {
    'refusal = "no-mandate"': (
        "weigering; verwacht: no-mandate; gezien: geen.",
        "refusal; expected: no-mandate; seen: none.",
    ),
    'refusal = "*"': ("weigering; verwacht: welke dan ook; gezien: geen.", "refusal; expected: any; seen: none."),
    'posted = ["iets"]': (
        "in het kanaal; verwacht: “iets”; gezien: geen bericht.",
        "in the channel; expected: “iets”; seen: no post.",
    ),
    'text = ["iets"]': (
        "tekst van het besluit; verwacht: “iets”; gezien: geen besluit.",
        "text of the decision; expected: “iets”; seen: no decision.",
    ),
    'notified = ["voorzitter", "secretaris"]': (
        "persoonlijk bericht; verwacht: aan secretaris en voorzitter; gezien: aan vng-plaatsvervanger.",
        "direct message; expected: to secretaris and voorzitter; seen: to vng-plaatsvervanger.",
    ),
    'item = { number = "BOD-2027-009", state = "open" }': (
        "agendapunt; verwacht: BOD-2027-009; gezien: geen agendapunt met dit nummer.",
        "item; expected: BOD-2027-009; seen: no item of this number.",
    ),
    'item = { outcome = "adopted" }': (
        "item.outcome; verwacht: adopted; gezien: geen.",
        "item.outcome; expected: adopted; seen: none.",
    ),
    'item = { silent = ["uvw", "rijk"] }': (
        "item.silent; verwacht: rijk en uvw; gezien: ipo, rijk en uvw.",
        "item.silent; expected: rijk and uvw; seen: ipo, rijk and uvw.",
    ),
    'item = { closes_at = "2027-01-25T16:00:01Z" }': (
        "item.closes_at; verwacht: 2027-01-25T16:00:01Z; gezien: 2027-01-25T16:00:00Z.",
        "item.closes_at; expected: 2027-01-25T16:00:01Z; seen: 2027-01-25T16:00:00Z.",
    ),
}


@pytest.mark.parametrize("expected", SAID)
def test_what_was_expected_and_what_was_seen_is_said_in_the_readers_language(tmp_path, expected):
    result = played(tmp_path, DRAFT, act("12T09:00", "vng-vertegenwoordiger", "/standpunt 1 akkoord", expected))

    assert (said(result), said(result, ENGLISH)) == tuple([each] for each in SAID[expected])


def test_of_columns_only_what_was_expected_is_shown(tmp_path):
    closed = event("25T17:00:05", "", "item = { columns = { vng = { for = 0, against = 0 }, ipo = { for = 0 } } }")

    result = played(tmp_path, DRAFT, AGREE, closed)

    assert said(result) == [
        "item.columns; verwacht: vng = { for = 0, against = 0 } en ipo = { for = 0 }; "
        "gezien: vng = { for = 1, against = 0 } en ipo = { for = 0 }."
    ]


def test_of_what_should_be_absent_the_line_is_shown_in_which_it_stands(tmp_path):
    lists = act("12T09:00", "secretaris", "/help", 'absent = ["/consultatie lijst"]')

    result = played(tmp_path, DRAFT, lists)

    (line,) = said(result)
    assert line.startswith("antwoord en kanaal; verwacht: nergens “/consultatie lijst”; gezien: “")
    assert len(line) < 250


def test_a_long_text_is_shortened_in_a_failure(tmp_path):
    result = played(tmp_path, act("12T09:00", "secretaris", "/help", 'reply = ["iets anders"]'))

    (line,) = said(result)
    assert line.endswith(" …”.")
    assert len(line) < 500


def test_what_a_step_expects_without_a_number_concerns_the_item_that_changed_last(tmp_path):
    second = act("11T11:00", "secretaris", '/consultatie nieuw "Ander" --tekst "1. Nee." --soort instemming')
    agree = act("12T09:00", "vng-vertegenwoordiger", "/standpunt 1 akkoord", 'item = { number = "BOD-2027-001" }')
    unnumbered = event("12T09:01", "", 'item = { state = "open", silent = ["ipo", "rijk", "uvw"] }')

    result = played(tmp_path, DRAFT, second, agree, unnumbered)

    assert said(result) == []


@pytest.mark.parametrize(
    "wrong",
    [
        act("12T09:00", "secretaris", "/help", 'refusal = "no-mandat"'),
        event("12T09:00", "", 'item = { state = "opened" }'),
        event("12T09:00", 'as = "secretaris"\nin = "BOD"\ndo = "positoin"'),
        '\n[[step]]\nat = "2027-03-28T02:30"\n',
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_a_script_with_a_word_or_time_that_is_not_known_is_not_played_at_all(tmp_path, capsys, wrong, as_json):
    path, url = a_script(tmp_path, DRAFT, wrong), f"sqlite:///{tmp_path}/kept.db"

    with pytest.raises(FileProblem) as found:
        run(path, as_json=as_json, url=url)

    assert (found.value.file, found.value.key.split(", ")[0]) == (str(path), "step 3")
    assert capsys.readouterr().out == ""
    assert not (tmp_path / "kept.db").exists()


def test_the_document_of_a_script_that_fails_says_so_in_the_readers_language_and_exits_with_1(tmp_path, capsys):
    path = a_script(tmp_path, DRAFT, act("12T09:00", "vng-vertegenwoordiger", "/standpunt 1 akkoord", 'refusal = "*"'))

    code = rehearse([path], ENGLISH, as_json=True, url=None, configuration=None)

    out, err = capsys.readouterr()
    assert (code, err) == (1, "")
    assert json.loads(out)["expectations"] == {
        "passed": 2,
        "failed": 1,
        "failures": [f"{path}, line 17, step 3: refusal; expected: any; seen: none."],
    }


# --- who can act -------------------------------------------------------------------------------------------------------


TEAMS = "00000000-0000-4000-8000-000000000001/00000000-0000-4000-8000-000000000002"


def on_boards(tmp_path: Path, people: str, *steps: str) -> Played:
    """A playback on the ordinary board with more people in its file."""
    path = a_script(tmp_path, *steps)
    board = tmp_path / "board.toml"
    board.write_text(board.read_text("utf-8") + people, "utf-8")
    config = Config.model_validate({"storage": {"url": f"sqlite:///{tmp_path}/play.db"}})
    return play(read_script(path), config)


def test_whoever_is_in_a_board_file_can_act_and_is_shown_the_account_that_he_has(tmp_path):
    listener = f'\n[[person]]\nid = "toehoorder"\nname = "Toehoorder"\nteams = "{TEAMS}"\n'
    refused = act("12T09:00", "toehoorder", "/standpunt 1 akkoord", 'refusal = "no-mandate"', f'reply = ["{TEAMS}"]')

    result = on_boards(tmp_path, listener, DRAFT, refused)

    assert said(result) == []


def test_nobody_gets_the_console_account_of_somebody_else(tmp_path):
    people = (
        '\n[[person]]\nid = "toehoorder"\nname = "Toehoorder"\nmattermost = "vng-vertegenwoordiger"\n'
        '\n[[person]]\nid = "bezoeker"\nname = "Bezoeker"\nmattermost = "toehoorder"\n'
    )
    acts = [
        act("12T09:00", "vng-vertegenwoordiger", "/standpunt 1 akkoord", 'reply = ["Vastgelegd voor vng"]'),
        act("12T09:01", "toehoorder", "/standpunt 1 akkoord", 'refusal = "no-mandate"'),
        act("12T09:02", "bezoeker", "/standpunt 1 akkoord", 'refusal = "no-mandate"'),
    ]

    result = on_boards(tmp_path, people, DRAFT, *acts)

    assert said(result) == []
    assert [len(told(result, person)) for person in ("toehoorder", "bezoeker")] == [1, 1]


def test_somebody_whose_names_are_all_taken_still_gets_an_account_of_his_own(tmp_path):
    people = (
        '\n[[person]]\nid = "toehoorder"\nname = "Toehoorder"\n'
        '\n[[person]]\nid = "bezoeker"\nname = "Bezoeker"\nconsole = "toehoorder"\n'
    )
    acts = [act(f"12T09:0{n}", person, "/help") for n, person in enumerate(("toehoorder", "bezoeker"))]

    result = on_boards(tmp_path, people, DRAFT, *acts)

    assert said(result) == []
    assert [len(told(result, person)) for person in ("toehoorder", "bezoeker")] == [1, 1]


def test_a_person_who_differs_between_two_boards_is_refused_as_when_they_are_loaded(tmp_path):
    path = a_script(tmp_path)
    (tmp_path / "other.toml").write_text(
        board_text("DIG").replace('console = "secretaris"', 'console = "ander"'), "utf-8"
    )
    path.write_text(path.read_text("utf-8").replace('["board.toml"]', '["board.toml", "other.toml"]'), "utf-8")

    with pytest.raises(FileProblem) as found:
        run(path)

    assert (found.value.value, found.value.remedy.key) == ("secretaris", "file.person-of-other-board")


def test_wrong_files_are_found_before_anything_is_played(tmp_path, capsys):
    good, wrong = a_script(tmp_path, DRAFT), tmp_path / "wrong.toml"
    wrong.write_text(HEAD + "[[step]]\n", "utf-8")

    with pytest.raises(FileProblem) as found:
        run(good, wrong)

    assert (found.value.file, found.value.line) == (str(wrong), 4)
    assert capsys.readouterr().out == ""


# --- the document ------------------------------------------------------------------------------------------------------


CLOSED = (
    DRAFT,
    AGREE,
    act("13T09:00", "rijk-vertegenwoordiger", '/standpunt 1 bezwaar "Te duur." --punt 1 --grondslag bestuur'),
    event("25T17:00:05", "", 'item = { state = "closed" }'),
    act("25T17:01", "ipo-vertegenwoordiger", "/standpunt 1 akkoord", 'refusal = "round-closed"'),
    act("26T10:00", "voorzitter", '/consultatie stel-vast 1 --afwijkend "Het kan niet wachten."'),
)


@pytest.fixture(scope="module")
def document(tmp_path_factory, request):
    """The JSON of a round that closed on an objection and was established with a reason."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    folder = tmp_path_factory.mktemp("document")
    with capture.global_and_fixture_disabled():
        import contextlib
        import io

        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            assert run(a_script(folder, *CLOSED), as_json=True) == 0
    return json.loads(out.getvalue())


def test_the_document_has_exactly_these_parts(document):
    assert list(document) == ["title", "items", "polls", "messages", "expectations"]
    assert (document["title"], document["polls"]) == ("Proef", [])
    assert document["expectations"] == {"passed": 8, "failed": 0, "failures": []}
    assert {tuple(each) for each in document["messages"]} == {("at", "to", "board", "text")}


def test_an_item_in_the_document_has_exactly_these_keys(document):
    (item,) = document["items"]

    assert set(item) == {"number", "title", "board", "kind", "state", "dossier", "rounds", "decision"}
    assert (item["number"], item["dossier"], item["kind"]) == ("BOD-2027-001", "BOD-2027-001", "consent")
    assert item["decision"] == {
        "number": "BOD-2027-001/B1",
        "at": "2027-01-26T09:00:00Z",
        "text": item["decision"]["text"],
        "deviates": True,
    }


def test_a_round_in_the_document_has_exactly_these_keys(document):
    (round_,) = document["items"][0]["rounds"]

    assert set(round_) == {
        "number", "version", "opened_at", "closes_at", "closed_at", "rule", "roll", "positions", "silent", "outcome",
    }  # fmt: skip
    assert (round_["closes_at"], round_["silent"]) == ("2027-01-25T16:00:00Z", ["ipo", "uvw"])
    assert round_["roll"][0] == {"organisation": "rijk", "column": "rijk", "weight": "1"}


def test_every_position_that_was_filed_is_in_the_document(document):
    positions = document["items"][0]["rounds"][0]["positions"]

    assert {tuple(sorted(each)) for each in positions} == {
        ("ballot", "basis", "in_time", "organisation", "points", "received_at", "stance", "text", "version")
    }
    assert [(each["organisation"], each["stance"], each["in_time"]) for each in positions] == [
        ("vng", "agree", True), ("rijk", "object", True), ("ipo", "agree", False),
    ]  # fmt: skip
    assert (positions[1]["text"], positions[1]["points"], positions[1]["basis"]) == ("Te duur.", [1], "board")
    assert positions[1]["received_at"] == "2027-01-13T08:00:00Z"


def test_the_outcome_in_the_document_has_counts_columns_and_an_explanation(document):
    outcome = document["items"][0]["rounds"][0]["outcome"]

    assert set(outcome) == {"code", "reason", "counts", "columns", "explanation"}
    assert (outcome["code"], outcome["reason"]) == ("no-decision", "objection")
    assert outcome["counts"] == {"for": 1, "against": 1, "abstain": 0, "silent": 2, "recused": 0, "eligible": 4}
    assert set(outcome["columns"]) == {"rijk", "vng", "ipo", "uvw"}
    assert outcome["explanation"].endswith("Uitslag: geen besluit, bezwaar.")


def test_messages_are_to_a_person_or_to_the_channel(document):
    to = {each["to"] for each in document["messages"]}

    assert to >= {"channel", "secretaris", "vng-plaatsvervanger"}
    assert {each["board"] for each in document["messages"] if each["to"] == "channel"} == {"BOD"}


def test_several_files_give_a_list_and_one_gives_a_document(tmp_path, capsys):
    one, two = a_script(tmp_path, DRAFT), a_script(tmp_path, DRAFT, AGREE, name="two.toml")

    code = run(one, two, as_json=True)

    documents: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert code == 0
    assert [each["expectations"]["passed"] for each in documents] == [2, 3]
    assert [each["items"][0]["number"] for each in documents] == ["BOD-2027-001", "BOD-2027-001"]


# --- whose database ----------------------------------------------------------------------------------------------------


def test_a_playback_may_use_an_empty_database_and_then_marks_it(tmp_path):
    url = f"sqlite:///{tmp_path}/kept.db"

    assert run(a_script(tmp_path, DRAFT), url=url) == 0

    with open_store(url, lambda: NOON) as store:
        assert store.read(lambda tx: tx.beats.is_rehearsal())


def test_a_playback_may_go_on_in_a_database_that_playback_made(tmp_path):
    url = f"sqlite:///{tmp_path}/kept.db"
    run(a_script(tmp_path, DRAFT), url=url)

    code = run(a_script(tmp_path, AGREE), url=url)

    assert code == 0


def test_a_playback_refuses_a_database_with_a_real_board_and_leaves_it_as_it_was(world, tmp_path):
    world.down()
    before = contents(tmp_path / "register.db")

    with pytest.raises(FileProblem) as found:
        run(a_script(tmp_path, DRAFT), url=world.url)

    assert (found.value.file, found.value.remedy.key) == ("--database", "problem.not-rehearsal")
    assert contents(tmp_path / "register.db") == before


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables}


# --- incidents -----------------------------------------------------------------------------------------------------------


def test_while_the_program_is_down_nothing_closes_and_afterwards_it_does(tmp_path):
    result = played(
        tmp_path, DRAFT, AGREE,
        event("25T16:59", 'event = "bot-down"'),
        event("25T18:30", 'event = "bot-up"', 'item = { state = "closed", outcome = "adopted" }', 'posted = ["Uitslag"]'),
    )  # fmt: skip

    assert result.failures == []
    assert result.items[0]["rounds"][0]["closed_at"] == "2027-01-25T16:00:00Z"  # as of the deadline


def test_with_ask_chair_an_outage_before_the_deadline_leaves_the_choice_to_the_chair(tmp_path):
    result = played(
        tmp_path, DRAFT, AGREE,
        event("25T16:30", 'event = "bot-down"'),
        event("25T18:30", 'event = "bot-up"', 'item = { state = "open" }', 'notified = ["voorzitter"]'),
        outage="ask-chair",
    )  # fmt: skip

    assert result.failures == []


def test_a_restart_loses_nothing(tmp_path):
    result = played(
        tmp_path, DRAFT, AGREE,
        event("13T09:00", 'event = "restart"', 'item = { state = "open", silent = ["ipo", "rijk", "uvw"] }'),
        event("25T17:00:05", "", 'item = { state = "closed", for = 1 }'),
    )  # fmt: skip

    assert result.failures == []


def test_an_act_that_arrives_twice_is_recorded_once_and_answered_again(tmp_path):
    result = played(
        tmp_path, DRAFT, AGREE, event("12T09:00:01", 'event = "duplicate"', 'refusal = ""', 'reply = ["Vastgelegd"]')
    )

    assert result.failures == []
    assert len(result.items[0]["rounds"][0]["positions"]) == 1
    assert len(told(result, "vng-plaatsvervanger")) == 2  # the opening and one notice, not two


def test_a_platform_that_is_down_gets_everything_when_it_is_back(tmp_path):
    down = event("11T10:30", 'event = "platform-down"')
    missed = act("12T09:00", "vng-vertegenwoordiger", "/standpunt 1 akkoord", "notified = []")
    back = event("12T12:00", 'event = "platform-up"')
    later = event("12T12:10", "", 'notified = ["vng-plaatsvervanger"]')

    result = played(tmp_path, DRAFT, down, missed, back, later)

    assert result.failures == []
    assert len(told(result, "vng-plaatsvervanger")) == 2


def test_of_somebody_who_cannot_be_reached_the_chair_is_told(tmp_path):
    result = played(
        tmp_path,
        event("11T09:30", 'event = "undeliverable"\npersons = ["ipo-vertegenwoordiger"]'),
        DRAFT,
        event("11T10:06", "", "notified = []"),
        event("11T11:00", 'event = "deliverable"\npersons = ["ipo-vertegenwoordiger"]'),
        act("12T09:00", "secretaris", "/consultatie herinner 1",
            "notified = ['rijk-vertegenwoordiger', 'vng-vertegenwoordiger', 'ipo-vertegenwoordiger', 'uvw-vertegenwoordiger']"),
    )  # fmt: skip

    assert result.failures == []
    assert [text for text in told(result, "voorzitter") if "ipo-vertegenwoordiger" in text]


def test_what_is_due_on_the_way_happens_in_order(tmp_path):
    second = act("11T10:10", "secretaris", '/consultatie nieuw "Tweede" --tekst "1. Ja." --soort instemming')
    opened = act("11T10:11", "voorzitter", '/consultatie open 2 --sluit "20 januari 2027 17:00"')

    result = played(tmp_path, DRAFT, second, opened, event("29T12:00", "", 'posted = ["BOD-2027-001", "BOD-2027-002"]'))

    assert result.failures == []
    closings = [each.at.day for each in result.messages if each.to == "channel" and "sloot" in each.text]
    assert closings == [20, 25]
