"""Setting up a server: what the token may do is done, once; the rest is told; and no token of an administrator stays."""

from __future__ import annotations

import json
import logging
import os
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import structlog

from bot import cli, usage
from bot.app import build_app
from bot.cli_mattermost import SECRET_FILE, addresses_of, write_secret
from bot.clock import SystemClock
from bot.config import ADMIN_VARIABLE, SECRETS_VARIABLE, read_config
from bot.connect import connect
from bot.i18n import Catalogue
from bot.platforms.mattermost.api import Api, Settings
from bot.platforms.mattermost.findings import Weight
from bot.platforms.mattermost.setup import Setup, Slash, Wish
from bot.scheduler import tick
from bot.slashes import slashes
from bot.startup import start
from commands import COMMANDS
from tests.servers.mattermost import Channel, FakeMattermost, Team, User
from tests.servers.stage import TRIGGERS, serving

CALLBACK = "http://127.0.0.1:9"
SLASHES = (Slash("standpunt", "nr akkoord", "Uw standpunt"), Slash("besluit", "toon|zoek", "Het register"))
BOARD = """
[board]
id = "BOD"
name = "BO Digitalisering"

[[organisation]]
id = "vng"
name = "Vereniging van Nederlandse Gemeenten"

[[person]]
id = "jan"
name = "Jan"
mattermost = "@Jan"

[[role]]
person = "jan"
role = "admin"
"""


@dataclass
class Place:
    """A server with a team, its people and a bot; `kept` is every state of the secret file, oldest first."""

    server: FakeMattermost
    team: Team
    owner: User
    admin: User
    jan: User
    bot: User
    private: Channel
    public: Channel
    kept: list[dict[str, str]] = field(default_factory=list)

    def api(self, token: str) -> Api:
        return Api(Settings(self.server.url, token), self.server.clock.now, lambda _: None)

    def setup(self, admin: User | None = None, *, is_dry: bool = False, **more) -> list[tuple[str, str]]:
        """Set up with what was kept so far; the findings as weight and code."""
        values: dict[str, Any] = {
            "url": self.server.url, "site_url": "", "callback_url": CALLBACK, "slashes": SLASHES,
            "tokens": self.kept[-1] if self.kept else {}, "teams": ("overheid",),
        }  # fmt: skip
        work = Setup(
            self.api(self.bot.token), Wish(**(values | more)), lambda found: self.kept.append(dict(found)), addresses_of,
            self.api(admin.token) if admin else None, is_dry,
        )  # fmt: skip
        return [(each.weight.value, each.code) for each in work.run()]

    def commands(self) -> dict[str, str]:
        """The token of each command, by `team/trigger`."""
        return {f"{each.team_id}/{each.trigger}": each.token for each in self.server.world.commands.values()}

    def changes(self) -> list[str]:
        """The requests that can change something."""
        return [f"{each.method} {each.path}" for each in self.server.requests if each.method != "GET"]


@pytest.fixture
def place() -> Iterator[Place]:
    with FakeMattermost(SystemClock()) as server:
        team = server.team("overheid")
        owner, jan = server.user("beheer", [team]), server.user("jan", [team])
        admin = server.user("sysadmin", [team], admin=True)
        bot = server.bot("samenspraak", owner, [team])
        private = server.channel("bod", team, private=True, members=[jan, admin])
        public = server.channel("plein", team)
        yield Place(server, team, owner, admin, jan, bot, private, public)


def without_hand(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [each for each in found if each[0] != "hand"]


# --- commands ----------------------------------------------------------------------------------------------------


def test_an_administrators_token_makes_the_commands_and_their_tokens_are_kept_one_by_one(place):
    found = place.setup(place.admin)

    assert without_hand(found) == [("fine", "bot"), ("done", "command-made"), ("done", "command-made")]
    assert [len(each) for each in place.kept] == [1, 2]
    assert place.kept[-1] == place.commands()
    made = {each.trigger: each for each in place.server.world.commands.values()}
    assert (made["standpunt"].url, made["standpunt"].method) == (f"{CALLBACK}/mattermost/command", "P")
    assert (made["standpunt"].auto_complete_hint, made["standpunt"].auto_complete_desc) == (
        "nr akkoord",
        "Uw standpunt",
    )
    assert (made["standpunt"].auto_complete, made["standpunt"].display_name) == (True, "Samenspraak")


def test_a_team_administrator_is_enough(place):
    place.server.promote(place.jan, place.team)

    assert ("done", "command-made") in place.setup(place.jan)


def test_a_bot_that_administers_the_team_makes_them_itself(place):
    place.server.promote(place.bot, place.team)

    assert ("done", "command-made") in place.setup()


def test_doing_it_again_changes_nothing(place):
    place.setup(place.admin)
    before, requests = place.commands(), len(place.changes())

    found = place.setup(place.admin)

    assert without_hand(found) == [("fine", "bot"), ("fine", "command-same"), ("fine", "command-same")]
    assert place.commands() == before
    assert len(place.changes()) == requests
    assert len(place.kept) == 2


def test_a_new_address_is_put_in_the_commands_and_their_tokens_stay(place):
    place.setup(place.admin)
    before = place.commands()

    found = place.setup(place.admin, callback_url="http://127.0.0.1:10")

    assert without_hand(found)[1:] == [("done", "command-changed"), ("done", "command-changed")]
    assert {each.url for each in place.server.world.commands.values()} == {"http://127.0.0.1:10/mattermost/command"}
    assert place.commands() == before


def test_a_token_that_was_lost_is_read_back(place):
    place.setup(place.admin)

    found = place.setup(place.admin, tokens={})

    assert without_hand(found)[1:] == [("done", "token-kept"), ("done", "token-kept")]
    assert place.kept[-1] == place.commands()


def test_a_token_that_the_server_does_not_tell_is_made_anew(place):
    place.setup(place.admin)
    for command in place.server.world.commands.values():
        command.token = ""

    place.setup(place.admin, tokens={})

    assert all(len(token) == 26 for token in place.commands().values())
    assert place.kept[-1] == place.commands()


def test_a_command_of_somebody_else_is_left_alone(place):
    other = place.server.command("besluit", place.team, "https://elders.example.nl/hook", place.jan)

    found = place.setup(place.admin)

    assert ("wrong", "command-taken") in found
    assert other.url == "https://elders.example.nl/hook"
    assert list(place.kept[-1]) == [f"{place.team.id}/standpunt"]


def test_a_trigger_of_the_server_itself_is_refused_and_named(place):
    found = place.setup(place.admin, slashes=(Slash("leave", "", "x"), SLASHES[0]))

    assert without_hand(found)[1:] == [("wrong", "command-taken"), ("done", "command-made")]


def test_a_plain_bot_alone_makes_nothing_and_says_what_to_make_by_hand(place):
    found = place.setup()

    assert found[1:4] == [("wrong", "commands-need-admin"), ("hand", "command-by-hand"), ("hand", "command-by-hand")]
    assert place.commands() == {}


def test_a_plain_bot_is_content_with_commands_that_are_there(place):
    place.setup(place.admin)

    assert without_hand(place.setup()) == [("fine", "bot"), ("fine", "commands-there")]


def test_without_a_team_named_it_is_done_in_each_team_of_the_bot(place):
    other = place.server.team("provincies")
    other.members[place.bot.id] = {"team_user"}

    place.setup(place.admin, teams=())

    # the administrator of the system is in one of them only: the listing of the other is refused
    assert {each.team_id for each in place.server.world.commands.values()} == {place.team.id}
    other.members[place.admin.id] = {"team_user"}
    place.setup(place.admin, teams=())
    assert {each.team_id for each in place.server.world.commands.values()} == {place.team.id, other.id}


@pytest.mark.parametrize(
    ("which", "expected"), [("nl", TRIGGERS["nl"]), ("en", TRIGGERS["en"]), ("both", TRIGGERS["nl"] + TRIGGERS["en"])]
)
def test_the_commands_are_those_that_are_declared_in_the_languages_wished_for(which, expected):
    found = slashes(COMMANDS, which)

    assert sorted(each.trigger for each in found) == sorted(expected)
    assert all(each.hint and 0 < len(each.description) <= 128 for each in found)


def test_a_hint_names_the_verbs_or_what_comes_first():
    hints = {each.trigger: each.hint for each in slashes(COMMANDS, "both")}

    assert hints["mandaat"] == "toon|verleen|vervang|trek-in|help"
    assert hints["position"] == "item agree|no-objection|agree-if|reservation|abstain|object|recuse"


# --- bot, team and channels --------------------------------------------------------------------------------------


def test_a_wrong_token_is_one_finding_and_nothing_more_is_done(place):
    place.bot.token = "x" * 26

    assert place.setup(place.admin) == [("wrong", "token-wrong")]
    assert place.changes() == []


def test_an_administrators_token_that_is_refused_ends_it(place):
    place.server.deactivate(place.admin)

    assert place.setup(place.admin) == [("wrong", "admin-token-refused")]


def test_a_server_that_does_not_answer_is_named(place):
    place.server.close()

    assert place.setup() == [("wrong", "unreachable")]


def test_the_bot_is_put_in_the_team_with_an_administrators_token(place):
    del place.team.members[place.bot.id]

    found = place.setup(place.admin)

    assert ("done", "joined-team") in found
    assert place.bot.id in place.team.members


def test_without_one_the_invitation_is_to_be_made_by_hand(place):
    del place.team.members[place.bot.id]

    assert ("wrong", "not-in-team") in place.setup()


def test_a_bot_in_no_team_is_named(place):
    del place.team.members[place.bot.id]

    assert ("wrong", "no-team") in place.setup(teams=())


def test_the_bot_joins_a_public_channel_by_itself(place):
    found = place.setup(channels=("plein",))

    assert ("done", "joined") in found
    assert place.bot.id in place.public.members


def test_it_is_put_in_a_private_channel_with_an_administrators_token(place):
    found = place.setup(place.admin, channels=("overheid/bod",))

    assert ("done", "joined") in found
    assert place.bot.id in place.private.members


def test_a_private_channel_takes_an_invitation_otherwise(place):
    assert ("wrong", "invite") in place.setup(channels=("bod",))
    place.server.join(place.bot, place.private)
    assert ("fine", "in-channel") in place.setup(channels=("bod",))


# --- settings ----------------------------------------------------------------------------------------------------


def test_every_setting_that_is_not_as_it_must_be_is_listed(place):
    place.server.settings.site_url = "https://chat.example.nl"
    place.server.settings.edit_limit = 0
    place.server.settings.commands = False
    place.server.settings.rate_limit = True

    found = [code for weight, code in place.setup(place.admin) if weight == "hand"]

    assert found == ["set-site-url", "set-edit-limit", "set-commands", "set-guard", "set-owner", "set-rate"]


def test_a_server_with_the_right_settings_leaves_nothing_to_do_by_hand(place):
    place.server.settings.allowed_internal = "127.0.0.1"
    place.server.settings.bots_follow_owner = False

    assert [each for each in place.setup(place.admin) if each[0] == "hand"] == []


# --- a dry run ---------------------------------------------------------------------------------------------------


def test_a_dry_run_says_what_it_would_do_and_changes_nothing(place):
    del place.team.members[place.bot.id]
    found = place.setup(place.admin, is_dry=True, channels=("bod",))

    assert [code for weight, code in found if weight == "would"] == [
        "would-join-team", "would-make-command", "would-make-command", "would-join",
    ]  # fmt: skip
    assert place.changes() == []
    assert place.kept == []


def test_a_dry_run_changes_no_command_that_is_there(place):
    place.setup(place.admin)
    requests = len(place.changes())

    found = place.setup(place.admin, is_dry=True, callback_url="http://127.0.0.1:10")

    assert [code for weight, code in found if weight == Weight.WOULD.value] == ["would-change-command"] * 2
    assert len(place.changes()) == requests


# --- the secret file ---------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for secrets, in an environment that has nothing else of ours."""
    for name in [each for each in os.environ if each.startswith("SAMENSPRAAK_")]:
        monkeypatch.delenv(name)
    made = tmp_path / "secrets"
    made.mkdir()
    monkeypatch.setenv(SECRETS_VARIABLE, str(made))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    yield made
    structlog.reset_defaults()


def test_the_secret_file_is_read_back_as_it_was_written_and_by_its_owner_only(folder):
    tokens = {"kq1o5mkqi7d7xx8jfdpsmjfmzr/standpunt": "a" * 26, "kq1o5mkqi7d7xx8jfdpsmjfmzr/stem": "b" * 26}

    write_secret(folder / SECRET_FILE, {"oud": "c" * 26})
    write_secret(folder / SECRET_FILE, tokens)

    read = read_config().mattermost.command_tokens
    assert {name: each.get_secret_value() for name, each in read.items()} == tokens
    assert stat.S_IMODE((folder / SECRET_FILE).stat().st_mode) == 0o600
    assert [each.name for each in folder.iterdir()] == [SECRET_FILE]


# --- the program -------------------------------------------------------------------------------------------------


@dataclass
class Done:
    """What a command ended in, with everything that it said."""

    code: int
    said: str


Run = Callable[..., Done]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Run:
    """Run the program in this process, in English."""
    words = Catalogue("en", ZoneInfo("Europe/Amsterdam"))
    monkeypatch.setattr(usage, "WORDS", words)
    monkeypatch.setattr(cli, "WORDS", words)
    caplog.set_level(logging.DEBUG)

    def run(*given: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["samenspraak", *map(str, given)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capfd.readouterr()
        code = ended.value.code
        return Done(code if isinstance(code, int) else 0, out + err + caplog.text)

    return run


def configured(place: Place, folder: Path, callback: str) -> Path:
    """The configuration as an administrator writes it, with the secrets beside it."""
    path = folder.parent / "config.toml"
    path.write_text(
        f'[storage]\nurl = "sqlite:///{folder.parent}/register.db"\n'
        f'[mattermost]\nurl = "{place.server.url}"\ncallback_url = "{callback}"\n',
        "utf-8",
    )
    (folder / "mattermost__token").write_text(place.bot.token)
    (folder / "mattermost__keys").write_text(json.dumps(["k" * 40]))
    return path


def test_a_set_up_from_nothing_followed_by_a_check_finds_nothing_wrong(place, folder, run, monkeypatch):
    place.server.settings.allowed_internal = "127.0.0.1"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        path = configured(place, folder, f"http://127.0.0.1:{listening.getsockname()[1]}")
        (folder.parent / "board.toml").write_text(BOARD, "utf-8")
        monkeypatch.setenv(ADMIN_VARIABLE, place.admin.token)

        loaded = run("board", "load", folder.parent / "board.toml", "--config", path)
        made = run("mattermost", "setup", "--channel", "bod", "--board", "BOD", "--config", path)
        monkeypatch.delenv(ADMIN_VARIABLE)
        config = read_config(path)
        connections = connect(config, SystemClock())
        with build_app(config, SystemClock(), connections.platforms) as app:
            start(app)
            tick(app)
            with connections.serving(app) as routes, serving(app, routes, listening):
                checked = run("mattermost", "check", "--config", path)
                seen = place.server.execute(place.jan, place.private, "/overlegbeheer deelnemers")

    assert f"Mattermost account Jan has the id {place.jan.id}" in loaded.said
    assert (loaded.code, made.code, checked.code) == (0, 0, 0), made.said + checked.said
    assert "the channel now belongs to board BOD" in made.said
    assert "Nothing is wrong." in checked.said
    assert "BO Digitalisering" in seen.body["text"]


def test_nothing_of_the_administrators_token_stays_anywhere(place, folder, run, tmp_path):
    path = configured(place, folder, CALLBACK)
    (tmp_path / "admin").write_text(place.admin.token + "\n")

    made = run("mattermost", "setup", "--admin-token-file", tmp_path / "admin", "--config", path)
    (tmp_path / "admin").unlink()
    place.server.close()
    failed = run("mattermost", "check", "--config", path)

    secrets = [place.admin.token, place.bot.token, *place.commands().values()]
    assert made.code == 0, made.said
    assert failed.code == 1
    assert [each for each in secrets if each in made.said + failed.said] == []
    written = [each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()]
    assert [each for each in written if place.admin.token.encode() in each] == []


def test_a_dry_run_of_the_program_writes_nothing(place, folder, run, monkeypatch):
    path = configured(place, folder, CALLBACK)
    monkeypatch.setenv(ADMIN_VARIABLE, place.admin.token)

    done = run("mattermost", "setup", "--dry-run", "--channel", "plein", "--config", path)

    assert (done.code, "WOULD DO: make /consultatie in team overheid." in done.said) == (0, True)
    assert "Nothing was changed." in done.said
    assert place.changes() == []
    assert sorted(each.name for each in folder.iterdir()) == ["mattermost__keys", "mattermost__token"]


def test_what_cannot_be_done_ends_with_1(place, folder, run):
    done = run("mattermost", "setup", "--config", configured(place, folder, CALLBACK))

    assert done.code == 1
    assert f"address {CALLBACK}/mattermost/command" in done.said


@pytest.mark.parametrize("command", ["setup", "check"])
def test_without_a_configured_server_it_is_wrong_use_that_names_the_key(folder, run, command):
    done = run("mattermost", command)

    assert done.code == 2
    assert "mattermost.url" in done.said


def test_without_a_folder_for_secrets_nothing_is_done(place, folder, run, monkeypatch):
    path = configured(place, folder, CALLBACK)
    monkeypatch.delenv(SECRETS_VARIABLE)
    monkeypatch.setenv("SAMENSPRAAK_MATTERMOST__TOKEN", place.bot.token)

    done = run("mattermost", "setup", "--config", path)

    assert done.code == 2
    assert SECRETS_VARIABLE in done.said
    assert place.server.requests == []


@pytest.mark.parametrize("content", ["", "two words"])
def test_a_token_file_holds_one_token(place, folder, run, tmp_path, content):
    (tmp_path / "admin").write_text(content)

    done = run(
        "mattermost", "setup", "--admin-token-file", tmp_path / "admin", "--config", configured(place, folder, CALLBACK)
    )

    assert done.code == 2
    assert place.server.requests == []


def test_a_board_without_its_channel_is_wrong_use(place, folder, run):
    done = run("mattermost", "setup", "--board", "BOD", "--config", configured(place, folder, CALLBACK))

    assert done.code == 2


def test_an_unknown_board_is_wrong_and_no_channel_is_linked(place, folder, run, monkeypatch, tmp_path):
    path = configured(place, folder, CALLBACK)
    (tmp_path / "board.toml").write_text(BOARD, "utf-8")
    monkeypatch.setenv(ADMIN_VARIABLE, place.admin.token)
    run("board", "load", tmp_path / "board.toml", "--config", path)

    done = run("mattermost", "setup", "--channel", "plein", "--board", "XYZ", "--config", path)

    assert done.code == 1
    assert "there is no board XYZ" in done.said


def test_a_token_file_that_is_not_there_is_named(place, folder, run, tmp_path):
    path = configured(place, folder, CALLBACK)

    done = run("mattermost", "check", "--admin-token-file", tmp_path / "none", "--config", path)

    assert done.code == 2
    assert str(tmp_path / "none") in done.said
