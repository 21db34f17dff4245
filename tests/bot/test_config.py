"""Configuration: which source wins, and what is said of a wrong one, without ever showing a value that may be a secret."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest

from bot.config import SECRETS_VARIABLE, Config, data_folder, keys, read_config
from bot.problems import FileProblem

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "config.example.toml"
SECRET = "sqlite:////tmp/hunter2.db"


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch):
    for name in list(os.environ):
        if name.startswith("SAMENSPRAAK_"):
            monkeypatch.delenv(name)


def a_file(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return path


def a_secret(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    secrets = folder / "secrets"
    secrets.mkdir(exist_ok=True)
    (secrets / name).write_text(value, "utf-8")
    monkeypatch.setenv(SECRETS_VARIABLE, str(secrets))


def problem_of(path: Path | None = None) -> FileProblem:
    with pytest.raises(FileProblem) as found:
        read_config(path)
    return found.value


def everything_of(problem: FileProblem) -> str:
    """All that a problem carries, and what an error report would show of it."""
    return f"{problem} {problem.file} {problem.key} {problem.value} {problem.remedy} {problem.__context__!r}"


# --- which source wins --------------------------------------------------------------------------------------------


def test_without_any_source_the_defaults_hold():
    config = read_config()

    assert config.bot.tick_seconds == 3.0
    assert config.bot.grace_seconds == 2.0
    assert config.bot.health_port == 8080
    assert config.console.transcript == ""
    assert config.storage.url is None


def test_without_an_address_the_register_is_a_file_in_the_data_folder_of_the_user(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    address = read_config().storage_url

    assert address == f"sqlite:///{tmp_path}/samenspraak/samenspraak.db"
    assert data_folder() == tmp_path / "samenspraak"


def test_a_file_wins_over_the_defaults(tmp_path):
    path = a_file(tmp_path, "[bot]\nhealth_port = 9001\n")

    config = read_config(path)

    assert config.bot.health_port == 9001
    assert config.bot.tick_seconds == 3.0


def test_the_environment_wins_over_a_file(tmp_path, monkeypatch):
    path = a_file(tmp_path, "[bot]\nhealth_port = 9001\ngrace_seconds = 5.0\n")
    monkeypatch.setenv("SAMENSPRAAK_BOT__HEALTH_PORT", "9002")

    config = read_config(path)

    assert config.bot.health_port == 9002
    assert config.bot.grace_seconds == 5.0


def test_a_secret_file_wins_over_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("SAMENSPRAAK_STORAGE__URL", "sqlite:////tmp/environment.db")
    a_secret(tmp_path, monkeypatch, "storage__url", SECRET)

    config = read_config()

    assert config.storage_url == SECRET


def test_the_address_on_the_command_line_wins_over_everything(tmp_path, monkeypatch):
    monkeypatch.setenv("SAMENSPRAAK_STORAGE__URL", "sqlite:////tmp/environment.db")
    a_secret(tmp_path, monkeypatch, "storage__url", SECRET)

    config = read_config(url="sqlite:////tmp/command-line.db")

    assert config.storage_url == "sqlite:////tmp/command-line.db"


# --- what is wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "key", "suggestion"),
    [
        ("[bot]\nhelth_port = 1\n", "bot.helth_port", "bot.health_port"),
        ("[stroage]\nurl = 'x'\n", "stroage", "storage"),
    ],
)
def test_an_unknown_key_is_named_with_what_was_probably_meant(tmp_path, text, key, suggestion):
    path = a_file(tmp_path, text)

    problem = problem_of(path)

    assert (problem.file, problem.key) == (str(path), key)
    assert problem.remedy.key == "problem.unknown-key.suggested"
    assert str(problem.remedy.values["suggestion"]) == f"Code(text='{suggestion}')"


def test_an_unknown_key_that_resembles_none_is_named_without_a_guess(tmp_path):
    path = a_file(tmp_path, "[qqq]\nzzz = 1\n")

    problem = problem_of(path)

    assert (problem.key, problem.remedy.key) == ("qqq", "problem.unknown-key")


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("SAMENSPRAAK_STORAGE_URL", "SAMENSPRAAK_STORAGE__URL"),
        ("SAMENSPRAAK_BOT__HELTH_PORT", "SAMENSPRAAK_BOT__HEALTH_PORT"),
        ("SAMENSPRAAK_SECRET", "SAMENSPRAAK_SECRETS"),
    ],
)
def test_a_misspelt_variable_is_an_error_that_names_it(monkeypatch, name, suggestion):
    monkeypatch.setenv(name, "1")

    problem = problem_of()

    assert problem.file == name
    assert problem.remedy.key == "problem.unknown-variable.suggested"
    assert str(problem.remedy.values["suggestion"]) == f"Code(text='{suggestion}')"


def test_a_variable_of_another_program_is_left_alone(monkeypatch):
    monkeypatch.setenv("SAMENSPRAAKX", "1")

    config = read_config()

    assert config.bot.health_port == 8080


def test_a_named_file_that_is_not_there_is_an_error(tmp_path):
    problem = problem_of(tmp_path / "nothing.toml")

    assert problem.file == str(tmp_path / "nothing.toml")
    assert problem.remedy.key == "file.unreadable"


def test_a_named_folder_with_secrets_that_is_not_there_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv(SECRETS_VARIABLE, str(tmp_path / "nothing"))

    problem = problem_of()

    assert (problem.file, problem.remedy.key) == (SECRETS_VARIABLE, "problem.missing-folder")


def test_a_fault_in_the_toml_is_named_with_its_line(tmp_path):
    path = a_file(tmp_path, "[bot]\nhealth_port = 9001\ngrace_seconds = = 2\n")

    problem = problem_of(path)

    assert (problem.file, problem.line, problem.remedy.key) == (str(path), 3, "file.not-toml")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[bot]\ntick_seconds = 60\n", "bot.tick_seconds"),
        ("[bot]\ntick_seconds = 0\n", "bot.tick_seconds"),
        ("[bot]\ngrace_seconds = -1\n", "bot.grace_seconds"),
        ("[bot]\nhealth_port = 70000\n", "bot.health_port"),
        ("[bot]\nlog_level = 'loud'\n", "bot.log_level"),
        ("[bot]\nhealth_port = 'eighty'\n", "bot.health_port"),
        ("[console]\ntranscript = 3\n", "console.transcript"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_its_key(tmp_path, text, key):
    path = a_file(tmp_path, text)

    problem = problem_of(path)

    assert (problem.file, problem.key, problem.remedy.key) == (str(path), key, "problem.invalid-value")


@pytest.mark.parametrize("source", ["file", "environment", "secret file"])
def test_no_error_ever_shows_a_secret(tmp_path, monkeypatch, source):
    path = None
    if source == "file":
        path = a_file(tmp_path, f'[storage]\nurl = ["{SECRET}"]\n')
    elif source == "environment":
        monkeypatch.setenv("SAMENSPRAAK_STORAGE__URL__PASSWORD", SECRET)
    else:
        a_secret(tmp_path, monkeypatch, "storage__urll", SECRET)

    problem = problem_of(path)

    assert "hunter2" not in everything_of(problem)


def test_the_configuration_itself_does_not_show_the_address(tmp_path):
    config = read_config(url=SECRET)

    assert "hunter2" not in repr(config)
    assert config.storage_url == SECRET


# --- the example -----------------------------------------------------------------------------------------------------


def uncommented(text: str) -> str:
    """The example with every line in force that holds a key; of two examples of one key the first."""
    lines: dict[tuple[str, str], str] = {}
    section = ""
    for line in text.splitlines():
        found = re.fullmatch(r"# (?P<key>[a-z_]+) = .*", line)
        if found is not None:
            lines.setdefault((section, found["key"]), line.removeprefix("# "))
        elif line.startswith("["):
            section = line
            lines[section, ""] = line
    return "\n".join(lines.values()) + "\n"


def test_every_key_is_in_the_example_and_the_example_has_no_other():
    document = tomllib.loads(uncommented(EXAMPLE.read_text("utf-8")))

    assert {f"{section}.{key}" for section, held in document.items() for key in held} == set(keys())
    assert list(document) == list(Config.model_fields)


def test_the_example_loads_as_it_is_and_changes_nothing():
    assert read_config(EXAMPLE).model_dump() == read_config().model_dump()


def test_the_example_with_every_line_in_force_gives_the_defaults_and_the_address_that_it_shows(tmp_path):
    path = a_file(tmp_path, uncommented(EXAMPLE.read_text("utf-8")))

    config = read_config(path)

    assert config.bot == read_config().bot
    assert config.console == read_config().console
    assert config.mattermost.model_copy(update={"token": None}) == read_config().mattermost
    assert config.storage_url == "sqlite:////var/lib/samenspraak/samenspraak.db"


def mattermost(tmp_path, lines: str):
    return read_config(a_file(tmp_path, f"[mattermost]\n{lines}")).mattermost


@pytest.mark.parametrize(
    "address", ["chat.example.nl", "ftp://chat.example.nl", "https://u:p@chat.example.nl", "https://c/?a"]
)
def test_an_address_of_mattermost_that_is_none_is_refused(tmp_path, address):
    with pytest.raises(FileProblem) as raised:
        mattermost(tmp_path, f'url = "{address}"')

    assert raised.value.key == "mattermost.url"


def test_an_address_of_mattermost_is_kept_without_its_last_slash(tmp_path):
    assert mattermost(tmp_path, 'url = "https://chat.example.nl/"').url == "https://chat.example.nl"


def test_a_key_of_less_than_32_characters_is_refused_and_not_shown(tmp_path):
    with pytest.raises(FileProblem) as raised:
        mattermost(tmp_path, 'keys = ["kort-geheim"]')

    assert raised.value.key.startswith("mattermost.keys")
    assert "kort-geheim" not in str(raised.value)


def test_more_than_two_keys_are_refused(tmp_path):
    with pytest.raises(FileProblem):
        mattermost(tmp_path, f"keys = {['k' * 32] * 3}")


def test_a_server_with_an_address_alone_misses_what_it_needs(tmp_path):
    assert mattermost(tmp_path, 'url = "https://chat.example.nl"').missing == ("callback_url", "token", "keys")
    assert read_config().mattermost.missing == ()
