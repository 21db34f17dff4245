"""The program `samenspraak`: exit codes, what goes to which stream, both languages, and never a traceback."""

from __future__ import annotations

import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import structlog

from bot import cli, usage
from bot.i18n import Catalogue
from storage.migrate import SchemaState
from tests.faults.world import CHAIR, DEADLINE, DEPUTY, HOUR, SECRETARY, VNG, World, board_text

ROOT = Path(__file__).parent.parent.parent
COMMANDS = (
    "backup",
    "board",
    "cases",
    "check-config",
    "console",
    "demo",
    "export",
    "mattermost",
    "migrate",
    "play",
    "run",
    "verify",
)


@dataclass(frozen=True, slots=True)
class Done:
    """What a command ended in."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """An environment without settings, a data folder of the test's own, and English."""
    for name in [each for each in os.environ if each.startswith("SAMENSPRAAK_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    speak(monkeypatch, "en")
    yield
    structlog.reset_defaults()


def speak(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    words = Catalogue(language, ZoneInfo("Europe/Amsterdam"))
    monkeypatch.setattr(usage, "WORDS", words)
    monkeypatch.setattr(cli, "WORDS", words)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the program in this process, as its entry point does."""

    def run(*words: object) -> Done:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["samenspraak", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        code = ended.value.code
        return Done(code if isinstance(code, int) else 0, out, err)

    return run


@pytest.fixture
def board(tmp_path: Path) -> Path:
    path = tmp_path / "board.toml"
    path.write_text(board_text(), "utf-8")
    return path


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/new.db"


@pytest.fixture
def decided(world: World) -> World:
    """BOD-2027-001 is closed and established; the program has stopped. `receipts` has that of the VNG."""
    world.open_item()
    world.must(VNG, '/standpunt 1 akkoord "Wij doen mee."')
    world.advance(DEADLINE + HOUR)
    world.must(CHAIR, "/consultatie stel-vast 1")
    world.down()
    return world


# --- help and wrong use --------------------------------------------------------------------------------------------


def in_a_process(*words: str, language: str, **more: str) -> Done:
    environment = {"PATH": os.environ["PATH"], "HOME": more.pop("home", "/nonexistent"), "LC_ALL": language, **more}
    done = subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("language", "heading", "other"),
    [("nl_NL.UTF-8", "Gebruik: samenspraak", "Usage"), ("en_GB.UTF-8", "Usage: samenspraak", "Gebruik")],
)
def test_help_is_in_the_language_of_the_locale_whole_and_on_stdout(language, heading, other):
    done = in_a_process("--help", language=language)

    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(heading)
    assert other not in done.out
    assert [word for word in COMMANDS if not re.search(rf"^  {word} ", done.out, re.MULTILINE)] == []
    assert "..." not in done.out


@pytest.mark.parametrize(
    "words",
    [(each,) for each in COMMANDS]
    + [("board", each) for each in ("load", "show", "check")]
    + [("mattermost", each) for each in ("setup", "check")],
)
def test_every_command_explains_itself_and_takes_config_and_database(run, words):
    done = run(*words, "--help")

    assert (done.code, done.err) == (0, "")
    if words not in (("board",), ("mattermost",)):
        assert "--config" in done.out
        assert "--database" in done.out


def test_the_version_is_that_of_the_project(run):
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None

    assert version[1] in run("--version").out


@pytest.mark.parametrize(
    ("words", "english", "dutch"),
    [
        (
            ["plya"],
            "There is no command “plya”. Did you mean play?",
            "De opdracht “plya” bestaat niet. Bedoelt u play?",
        ),
        (["play", "--jsn", "x"], "There is no option “--jsn”. Did you mean --json?", "De optie “--jsn” bestaat niet."),
        (["play"], "is missing.", "ontbreekt."),
        (
            ["export", "--format", "xml"],
            "of --format is not possible. Choose from csv, json, md and dossier.",
            "Kies uit csv",
        ),
        (["export", "--out"], "The value of “--out” is missing", "De waarde bij “--out” ontbreekt"),
        (["export", "--out", "README.md", "1"], "--out takes a folder; this is a file.", "Bij --out hoort een map"),
        (["verify", "a", "b"], "There is too much in this command.", "Er staat te veel in deze opdracht."),
        (["board", "lod", "x"], "There is no command “lod”. Did you mean load?", "De opdracht “lod” bestaat niet."),
    ],
)
def test_wrong_use_exits_with_2_and_is_named_in_the_language_of_the_reader(run, monkeypatch, words, english, dutch):
    monkeypatch.chdir(ROOT)

    done = run(*words)
    assert (done.code, done.out) == (2, "")
    assert english in done.err

    speak(monkeypatch, "nl")
    done = run(*words)
    assert (done.code, done.out) == (2, "")
    assert dutch in done.err


def test_wrong_use_names_the_help_of_the_command(run):
    assert "Nothing was done. For help: samenspraak export --help" in run("export", "--format", "xml").err


def test_the_program_alone_shows_its_help_and_exits_with_2(run):
    done = run()

    assert (done.code, done.out) == (2, "")
    assert "demo" in done.err


def test_a_terminal_that_lacks_a_sign_gets_a_question_mark_and_no_traceback():
    done = in_a_process("board", "lod", language="en_GB.UTF-8", PYTHONIOENCODING="latin-1")

    assert (done.code, done.out) == (2, "")
    assert "There is no command ?lod?" in done.err


# --- board files -----------------------------------------------------------------------------------------------------


def test_a_good_board_file_is_checked_without_a_database(run, board, tmp_path):
    assert run("board", "check", board) == Done(0, "Board BOD is good: 4 organisations, 8 persons.\n", "")
    assert not (tmp_path / "data").exists()


def test_a_wrong_board_file_exits_with_2_and_names_file_line_key_value_and_remedy(run, board):
    board.write_text(board_text().replace('rule = "consensus"', 'rule = "dice"'), "utf-8")

    done = run("board", "check", board)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"{board}, line 4, board.rule, “dice”: this decision rule does not exist;")
    assert done.err.endswith("Nothing was changed.\n")


def test_loading_shows_the_difference_first_and_then_applies_it(run, board, url):
    done = run("board", "load", board, "--database", url)

    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "New board BOD: 4 organisations, 8 persons.",
        "channel BOD on console is added",
        "Board BOD is updated. Running rounds keep their roll.",
    ]


CHANGES = [
    ('rule = "consensus"', 'rule = "simple-majority"', "rule: was consensus, becomes simple-majority"),
    ('rule = "consensus"', 'rule = "consensus"\nterm = "5 working days"', "term: was 10 working days, becomes 5 working days"),
    ('rule = "consensus"', 'rule = "consensus"\nclosing_time = "16:30"', "closing_time: was 17:00, becomes 16:30"),
    (
        'rule = "consensus"',
        'rule = "consensus"\nquorum = { organisations = "2/3" }',
        "quorum.organisations: was (nothing), becomes 2/3",
    ),
    (
        'rule = "consensus"',
        'rule = "consensus"\ncalendar = { country = "NL", closed = [2027-05-07] }',
        "calendar.closed: was (nothing), becomes 2027-05-07",
    ),
    (
        'rule = "consensus"',
        'rule = "consensus"\nsilence_subjects = ["budget", "staff"]',
        "silence_subjects: was (nothing), becomes budget, staff",
    ),
    ('outage = "close"', 'outage = "ask-chair"', "outage: was close, becomes ask-chair"),
    (
        "[[organisation]]",
        '[rule.own]\ntitle = "Own"\nanswers = "consent"\n'
        'criteria = [{ of = "for", at_least = "2/3", base = "cast" }]\n\n[[organisation]]',
        "rules.own.title: was (nothing), becomes Own",
    ),
    ('"Organisatie vng"', '"De VNG"', "organisation vng, name: was Organisatie vng, becomes De VNG"),
    ('"Persoon beheerder"', '"De beheerder"', "person beheerder, name: was Persoon beheerder, becomes De beheerder"),
    (
        'role = "deputy"',
        'role = "representative"',
        f"mandate {DEPUTY} vng 2026-01-01, role: was deputy, becomes representative",
    ),
    (
        'role = "admin"',
        'role = "admin"\nuntil = 2027-12-31',
        "role beheerder admin, until: was (nothing), becomes 2027-12-31",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line"), CHANGES, ids=[each[2].partition(":")[0] for each in CHANGES])
def test_each_kind_of_change_is_shown_with_what_it_was_and_becomes_and_is_applied(run, board, url, old, new, line):
    run("board", "load", board, "--database", url)
    board.write_text(board_text().replace(old, new, 1), "utf-8")

    done = run("board", "load", board, "--database", url)

    assert (done.code, done.err) == (0, "")
    assert line in done.out.splitlines()
    assert done.out.endswith("Board BOD is updated. Running rounds keep their roll.\n")
    assert run("board", "load", board, "--database", url).out == "Board BOD: the file changes nothing.\n"


def test_a_dry_run_shows_and_changes_nothing(run, board, url):
    done = run("board", "load", board, "--dry-run", "--database", url)

    assert done.code == 0
    assert done.out.endswith("Nothing was recorded. Leave out --dry-run to apply this.\n")
    assert run("board", "show", "--database", url).code == 1


def test_loading_the_same_file_again_says_that_nothing_changes(run, board, url):
    run("board", "load", board, "--database", url)

    assert run("board", "load", board, "--database", url) == Done(0, "Board BOD: the file changes nothing.\n", "")


def test_show_tells_what_is_kept(run, board, url):
    run("board", "load", board, "--database", url)

    done = run("board", "show", "bod", "--database", url)

    assert (done.code, done.err) == (0, "")
    assert "Board BOD: Overleg BOD (revision 1)" in done.out
    assert "organisation vng: Organisatie vng, column vng, weight 1" in done.out
    assert "person voorzitter: Persoon voorzitter; role chair; accounts console: voorzitter" in done.out
    assert "channel console: BOD" in done.out


def test_a_board_that_is_not_there_exits_with_1(run, board, url):
    run("board", "load", board, "--database", url)

    done = run("board", "show", "DIG", "--database", url)

    assert (done.code, done.out) == (1, "")
    assert "There is no such board." in done.err


# --- configuration and database ----------------------------------------------------------------------------------------


def test_without_configuration_the_register_is_in_the_data_folder(run, tmp_path):
    done = run("check-config")

    assert (done.code, done.err) == (0, "")
    assert f"{tmp_path}/data/samenspraak/samenspraak.db" in done.out


def test_the_password_of_a_database_is_not_shown(run):
    done = run("check-config", "--database", "postgresql+psycopg://user:hunter2@host/name")

    assert done.code == 0
    assert "hunter2" not in done.out
    assert "user:***@host/name" in done.out


def test_a_database_that_cannot_be_reached_is_refused_without_its_password(run):
    done = run("board", "show", "--database", "postgresql+psycopg://user:hunter2@127.0.0.1:1/name?connect_timeout=2")

    assert (done.code, done.out) == (2, "")
    assert "hunter2" not in done.err
    assert done.err.startswith("The database cannot be used (OperationalError).")


def test_a_wrong_configuration_exits_with_2_and_names_file_key_and_remedy(run, tmp_path):
    path = tmp_path / "config.toml"
    path.write_text("[bot]\nhelth_port = 1\n", "utf-8")

    done = run("check-config", "--config", path)

    assert (done.code, done.out) == (2, "")
    assert (
        done.err == f"{path}, bot.helth_port: this key is unknown; did you mean bot.health_port? Nothing was changed.\n"
    )


def test_a_misspelt_variable_exits_with_2(run, monkeypatch):
    monkeypatch.setenv("SAMENSPRAAK_STORAGE_URL", "sqlite:////tmp/hunter2.db")

    done = run("check-config")

    assert done.code == 2
    assert done.err.startswith(
        "SAMENSPRAAK_STORAGE_URL: this variable is unknown; did you mean SAMENSPRAAK_STORAGE__URL?"
    )
    assert "hunter2" not in done.err


@pytest.mark.parametrize("address", ["nonsense", "mysql://host/name", "sqlite://", "sqlite:///:memory:"])
def test_an_address_that_cannot_hold_a_register_is_refused_by_every_command(run, address, board):
    for words in (["board", "show"], ["check-config"], ["migrate"], ["console"], ["board", "load", board]):
        done = run(*words, "--database", address)

        assert (done.code, done.out) == (2, "")
        assert done.err.startswith("The address of the database is wrong.")


def test_a_database_of_another_program_is_refused_and_left_alone(run, tmp_path, board):
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
        connection.commit()
    before = path.read_bytes()

    for words in (["board", "load", board], ["migrate"], ["console"], ["run"]):
        done = run(*words, "--database", f"sqlite:///{path}")
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith("This database belongs to another program.")
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused(run, tmp_path):
    path = tmp_path / "register.db"
    path.write_bytes(b"this is no database at all" * 100)

    done = run("board", "show", "--database", f"sqlite:///{path}")

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("The database cannot be used (DatabaseError).")


def test_a_database_of_a_newer_version_is_refused_with_a_sentence_and_left_alone(run, board, url, tmp_path):
    run("board", "load", board, "--database", url)
    with closing(sqlite3.connect(tmp_path / "new.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()

    for words in (["board", "show"], ["migrate"], ["console"], ["export", "--board", "BOD"], ["run"]):
        done = run(*words, "--database", url)
        assert (done.code, done.out) == (2, "")
        assert done.err == (
            "This database is of a newer version of the program. Use that version. Nothing was changed.\n"
        )


def test_migrate_brings_an_empty_database_up_and_says_when_there_is_nothing_to_do(run, url):
    assert run("migrate", "--database", url) == Done(0, "The database now has the schema of this version.\n", "")
    assert run("migrate", "--database", url) == Done(0, "The database has the schema of this version already.\n", "")


@pytest.mark.parametrize(
    "words", [("board", "show"), ("export", "1"), ("export", "--board", "BOD"), ("console",), ("backup", "copy.db")]
)
def test_a_command_that_reads_makes_no_register_at_a_misspelt_address(run, tmp_path, monkeypatch, words):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    done = run(*words, "--database", f"sqlite:///{tmp_path}/misspelt/register.db")

    assert (done.code, done.out) == (1, "")
    assert f"{tmp_path}/misspelt/register.db. Check the address" in done.err
    assert "samenspraak board load FILE" in done.err
    assert [each for each in tmp_path.rglob("*") if each.name != "here"] == []


def test_a_register_that_is_not_there_is_named_without_its_password(run, monkeypatch):
    monkeypatch.setattr("storage.migrate.schema_state", lambda _: SchemaState.EMPTY)

    done = run("board", "show", "--database", "postgresql+psycopg://user:hunter2@host/name")

    assert (done.code, done.out) == (1, "")
    assert "user:***@host/name" in done.err
    assert "hunter2" not in done.err


def test_a_folder_of_the_database_that_cannot_be_made_is_named(run, tmp_path):
    (tmp_path / "file").write_text("")

    done = run("migrate", "--database", f"sqlite:///{tmp_path}/file/x/register.db")

    assert (done.code, done.out) == (2, "")
    assert f"{tmp_path}/file" in done.err


# --- the record ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "suffix"), [("csv", ".csv"), ("json", ".json"), ("md", ".md"), ("dossier", ".zip")])
def test_export_writes_one_dossier_and_names_the_file(run, decided, tmp_path, form, suffix):
    out = tmp_path / "out" / "deep"

    done = run("export", "1", "--format", form, "--out", out, "--database", decided.url)

    assert (done.code, done.err) == (0, "")
    (path,) = map(Path, done.out.split())
    assert path.parent == out
    assert path.suffix == suffix
    assert list(out.iterdir()) == [path]


def test_export_of_a_board_writes_all_its_dossiers_and_its_own(run, decided, tmp_path):
    done = run("export", "--board", "bod", "--out", tmp_path / "out", "--database", decided.url)

    assert done.code == 0
    assert len(done.out.split()) == 2
    assert all(run("verify", path).code == 0 for path in done.out.split())


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ([], 2, "Give a number or --board. Nothing was written."),
        (["1", "--board", "BOD"], 2, "Give a number or --board. Nothing was written."),
        (["77"], 1, "There is no dossier or board of that name. Nothing was written."),
        (["--board", "XYZ"], 1, "There is no dossier or board of that name. Nothing was written."),
    ],
)
def test_export_of_nothing_writes_nothing(run, decided, tmp_path, words, code, sentence):
    out = tmp_path / "out"

    done = run("export", *words, "--out", out, "--database", decided.url)

    assert done == Done(code, "", sentence + "\n")
    assert not out.exists()


@pytest.fixture
def hiding(decided: World) -> World:
    """Beside the decided item: BOD-2027-002, open, with positions that are hidden until it closes."""
    decided.up()
    draft = '/consultatie nieuw "Geheim" --tekst "1. Akkoord." --soort instemming --zichtbaar na-sluiting'
    decided.must(SECRETARY, draft)
    decided.must(CHAIR, "/consultatie open 2 --termijn '10 werkdagen'")
    decided.must(VNG, '/standpunt 2 bezwaar "Dit blijft nog binnenskamers."')
    decided.down()
    return decided


def test_export_of_a_board_leaves_out_what_is_hidden_and_says_which(run, hiding, tmp_path):
    out = tmp_path / "out"

    done = run("export", "--board", "BOD", "--out", out, "--database", hiding.url)

    assert done.code == 0
    assert sorted(map(Path, done.out.split())) == sorted(out.iterdir())
    assert sorted(each.name for each in out.iterdir()) == ["BOD-2027-001.zip", "BOD.zip"]
    assert done.err.startswith("BOD-2027-002 is left out: positions are hidden until it closes on ")
    assert not any(b"binnenskamers" in each.read_bytes() for each in out.iterdir())


def test_export_of_an_item_that_is_hidden_writes_nothing_and_exits_with_1(run, hiding, tmp_path):
    out = tmp_path / "out"

    done = run("export", "2", "--out", out, "--database", hiding.url)

    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("BOD-2027-002 is left out: positions are hidden until it closes on ")
    assert done.err.endswith("\nNothing was written.\n")
    assert not out.exists()


@pytest.fixture
def dossier(run, decided, tmp_path) -> Path:
    return Path(run("export", "1", "--out", tmp_path / "out", "--database", decided.url).out.strip())


def test_a_good_dossier_is_accepted_also_with_a_receipt_and_a_head(run, dossier, decided):
    (receipt,) = decided.receipts

    assert run("verify", dossier).code == 0
    assert run("verify", dossier, "--receipt", receipt).code == 0
    assert run("verify", dossier, "--head", receipt).code == 0


def test_a_receipt_of_something_else_is_not_so(run, dossier):
    done = run("verify", dossier, "--receipt", "0" * 64)

    assert (done.code, done.err) == (1, "")


def test_a_receipt_that_is_no_hash_is_wrong_use(run, dossier):
    done = run("verify", dossier, "--receipt", "gisteren")

    assert (done.code, done.out) == (2, "")
    assert "gisteren" in done.err


def test_a_flipped_byte_is_named_with_its_entry(run, dossier, tmp_path):
    import zipfile

    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(dossier) as archive:
        archive.extractall(folder)
    log = next(folder.rglob("events.jsonl"))
    lines = log.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b'"', b"'", 1)
    log.write_bytes(b"".join(lines))

    done = run("verify", log.parent)

    assert (done.code, done.err) == (1, "")
    assert "2" in done.out.splitlines()[0]


@pytest.mark.parametrize("content", [b"", b"garbage", b"PK\x03\x04 broken zip", b"\x00" * 50])
def test_garbage_is_no_dossier(run, tmp_path, content):
    path = tmp_path / "dossier.zip"
    path.write_bytes(content)

    done = run("verify", path)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"{path} is not a dossier that can be read.")


def test_a_dossier_that_is_not_there_is_named(run, tmp_path):
    done = run("verify", tmp_path / "nothing.zip")

    assert (done.code, done.out) == (2, "")
    assert "nothing.zip" in done.err


def test_a_backup_is_checked_and_can_be_put_back(run, decided, tmp_path):
    copy = tmp_path / "copy.db"

    done = run("backup", copy, "--database", decided.url)

    assert (done.code, done.err) == (0, "")
    assert str(copy) in done.out
    exported = run("export", "1", "--out", tmp_path / "restored", "--database", f"sqlite:///{copy}")
    assert run("verify", exported.out.strip(), "--receipt", decided.receipts[0]).code == 0


def test_a_backup_overwrites_nothing(run, decided, tmp_path):
    copy = tmp_path / "copy.db"
    copy.write_text("precious")

    done = run("backup", copy, "--database", decided.url)

    assert (done.code, done.out) == (2, "")
    assert copy.read_text() == "precious"


def test_a_backup_into_a_folder_that_is_not_there_is_refused(run, decided, tmp_path):
    done = run("backup", tmp_path / "nowhere" / "copy.db", "--database", decided.url)

    assert (done.code, done.out) == (2, "")
    assert f"The folder {tmp_path}/nowhere does not exist." in done.err


def test_there_is_no_backup_of_a_register_that_is_not_there(run, url, tmp_path):
    done = run("backup", tmp_path / "copy.db", "--database", url)

    assert (done.code, done.out) == (1, "")
    assert not (tmp_path / "copy.db").exists()


# --- scripts, cases, console ----------------------------------------------------------------------------------------------


SCENARIOS = ROOT / "tests" / "scenarios"


def test_play_tells_the_story_on_stdout(run):
    done = run("play", SCENARIOS / "english.toml")

    assert (done.code, done.err) == (0, "")
    assert "Answer to secretary alone:" in done.out


def test_play_gives_one_document_and_nothing_else(run):
    done = run("play", "--json", SCENARIOS / "storing.toml")

    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out)["expectations"]["failed"] == 0


def test_play_of_a_wrong_file_exits_with_2_and_gives_line_and_reason(run, tmp_path):
    path = tmp_path / "script.toml"
    path.write_text('title = "x"\nstart = "soon"\n', "utf-8")

    done = run("play", path)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"{path}, ")


def test_play_refuses_a_database_with_a_real_board(run, board, url):
    run("board", "load", board, "--database", url)

    done = run("play", SCENARIOS / "english.toml", "--database", url)

    assert done.code == 2
    assert done.err.startswith("--database: this database was not made by play or demo.")


def test_cases_that_hold_exit_with_0_and_others_with_1(run, tmp_path):
    path = tmp_path / "phrases.toml"
    text = 'now = "2027-01-11T10:00"\n[[phrase]]\ntext = "vrijdag 17:00"\nat = "2027-01-15T16:00:00Z"\n'
    path.write_text(text, "utf-8")
    good = run("cases", path)

    path.write_text(text.replace("01-15", "01-16"), "utf-8")
    wrong = run("cases", path)

    assert (good.code, wrong.code) == (0, 1)
    assert good.out.splitlines()[-1] == "1 right, 0 different, 0 not run."
    assert wrong.out.splitlines()[0] == (
        f"{path}, line 2, phrase vrijdag 17:00; expected: 2027-01-16T16:00:00Z; seen: 2027-01-15T16:00:00Z."
    )


def test_cases_name_the_row_that_this_version_does_not_know_and_fail_on_it_only_with_all(run, tmp_path):
    path = tmp_path / "phrases.toml"
    path.write_text('now = "2027-01-11T10:00"\n[[phrase]]\ntext = "x"\nkleur = "rood"\n', "utf-8")

    assert run("cases", path).code == 0
    done = run("cases", "--all", path)

    assert (done.code, done.err) == (1, "")
    assert done.out.startswith(f"{path}, line 2, phrase x")
    assert "; not run, because this version does not know it.\n" in done.out


def test_cases_of_a_wrong_file_exit_with_2_and_give_the_reason_on_stderr(run, tmp_path):
    path = tmp_path / "phrases.toml"
    path.write_text('now = "2027-01-11T10:00"\n[[phrase]]\nat = 1\n', "utf-8")

    done = run("cases", path)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"{path}, line 2, phrase[0].")


def test_play_exits_with_1_and_names_on_stderr_what_was_expected_and_seen(run, board, tmp_path):
    path = tmp_path / "script.toml"
    head = f'title = "x"\nboards = ["{board}"]\nstart = "2027-01-11T09:00"\n'
    step = (
        '[[step]]\nat = "2027-01-11T09:01"\nas = "secretaris"\nin = "BOD"\nsay = "/help"\nexpect = { refusal = "*" }\n'
    )
    path.write_text(head + step, "utf-8")

    done = run("play", path)

    assert (done.code, done.err) == (1, f"{path}, line 4, step 1: refusal; expected: any; seen: none.\n")
    assert "NOT AS EXPECTED (line 4, step 1): refusal; expected: any; seen: none.\n" in done.out


def test_play_of_a_code_that_does_not_exist_exits_with_2_and_names_the_nearest(run, board, tmp_path):
    path = tmp_path / "script.toml"
    head = f'title = "x"\nboards = ["{board}"]\nstart = "2027-01-11T09:00"\n'
    path.write_text(head + '[[step]]\nat = "2027-01-11T09:01"\nexpect.refusal = "no-mandat"\n', "utf-8")

    done = run("play", "--json", path)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(
        f"{path}, line 6, step 1, expect.refusal, “no-mandat”: this is unknown; did you mean no-mandate?"
    )


def test_the_console_without_a_board_says_how_to_load_one(run, url):
    run("migrate", "--database", url)

    done = run("console", "--database", url)

    assert (done.code, done.out) == (1, "")
    assert "samenspraak board load FILE" in done.err


def test_the_console_of_a_board_without_accounts_says_what_to_add(run, board, url):
    lines = [line for line in board_text().splitlines() if not line.startswith("console")]
    board.write_text("\n".join(lines), "utf-8")
    run("board", "load", board, "--database", url)

    done = run("console", "--database", url)

    assert (done.code, done.out) == (1, "")
    assert "a key console" in done.err


def test_the_console_for_somebody_unknown_exits_with_2(run, board, url):
    run("board", "load", board, "--database", url)

    done = run("console", "--as", "nobody", "--database", url)

    assert (done.code, done.out) == (2, "")
    assert "nobody" in done.err


def test_the_console_only_reads_where_a_chat_platform_is_configured(run, board, url, monkeypatch):
    run("board", "load", board, "--database", url)
    monkeypatch.setenv("SAMENSPRAAK_MATTERMOST__URL", "https://chat.example.nl")
    monkeypatch.setattr(
        sys, "stdin", io.StringIO('/consultatie nieuw "Kader" --tekst "Wij besluiten."\n/consultatie lijst\n')
    )

    done = run("console", "--as", SECRETARY, "--database", url)

    assert (done.code, done.err) == (0, "A chat platform is configured: here you can only read.\n")
    assert "In dit venster kunt u alleen lezen. Er is niets vastgelegd." in done.out
    assert "Kader" not in done.out.rpartition("/consultatie lijst")[2]
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        assert database.execute("SELECT count(*) FROM items").fetchone() == (0,)


def test_the_console_acts_on_what_playback_made_whatever_is_configured(run, board, url, tmp_path, monkeypatch):
    script = tmp_path / "script.toml"
    script.write_text(
        'title = "Kort"\nboards = ["board.toml"]\nstart = "2027-01-11T09:00"\n[[step]]\nat = "2027-01-11T10:00"\n'
    )
    run("play", script, "--database", url)
    monkeypatch.setenv("SAMENSPRAAK_MATTERMOST__URL", "https://chat.example.nl")
    monkeypatch.setattr(sys, "stdin", io.StringIO('/consultatie nieuw "Kader" --tekst "Wij besluiten."\n'))

    done = run("console", "--as", SECRETARY, "--database", url)

    assert (done.code, done.err) == (0, "")
    assert "alleen lezen" not in done.out
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        assert database.execute("SELECT count(*) FROM items").fetchone() == (1,)


def test_loading_a_board_with_a_name_that_no_server_can_look_up_names_the_remedy(run, board, url):
    board.write_text(board_text().replace(f'console = "{VNG}"', 'mattermost = "jan"'), "utf-8")

    done = run("board", "load", board, "--database", url)

    assert (done.code, done.out) == (2, "")
    assert "person.mattermost, “jan”" in done.err
    assert "mattermost.url" in done.err


def test_the_demo_takes_no_database(run, url):
    done = run("demo", "--database", url)

    assert (done.code, done.out) == (2, "")


# --- what nobody foresaw ---------------------------------------------------------------------------------------------------


def test_a_bug_is_one_sentence_with_the_reference_of_a_log_line(run, monkeypatch, board):
    def wrong(path: Path) -> None:
        raise RuntimeError("hunter2")

    monkeypatch.setattr("bot.boardfile.read_board", wrong)

    done = run("board", "check", board)

    assert (done.code, done.out) == (1, "")
    line, sentence = done.err.splitlines()
    assert json.loads(line)["object"] in sentence
    assert sentence.startswith("Something went wrong in the program.")


def test_whoever_reads_no_further_gets_no_complaint():
    command = f"{sys.executable} -m bot play tests/scenarios/consultatie.toml | head -1"
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "nl_NL.UTF-8"}

    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )

    assert (done.stdout.count("\n"), done.stderr) == (1, "")
