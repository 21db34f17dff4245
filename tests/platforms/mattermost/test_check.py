"""The check finds everything that can be wrong between the bot and its server, each as one finding with its remedy."""

from __future__ import annotations

import copy
import dataclasses
import json
import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.cli_mattermost import addresses_of
from bot.i18n import Catalogue
from bot.platforms.mattermost import check as checking
from bot.platforms.mattermost import setup as setting_up
from bot.platforms.mattermost.api import Api, Settings
from bot.platforms.mattermost.check import Check, Target
from bot.platforms.mattermost.findings import Weight, is_allowed, is_guarded
from bot.seal import Seal
from tests.servers.mattermost import User
from tests.servers.stage import TRIGGERS, Stage, a_stage

KEY = "a" * 40
DUTCH = Catalogue("nl", ZoneInfo("Europe/Amsterdam"))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stage for the whole file: a check changes nothing there."""
    with a_stage(tmp_path_factory.mktemp("check")) as made:
        yield made


def put_by(value: object) -> object:
    return copy.copy(value) if isinstance(value, set | dict | list) else value


@pytest.fixture
def stage(shared: Stage) -> Iterator[Stage]:
    """The stage, put back afterwards as it was."""
    world = shared.server.world
    commands = dict(world.commands)
    kept: list[Any] = [world.settings, shared.team, shared.channel, *world.users.values(), *commands.values()]
    before = [{each.name: put_by(getattr(one, each.name)) for each in dataclasses.fields(one)} for one in kept]
    yield shared
    shared.server.faults.clear()
    shared.server.callback_faults.clear()
    world.commands.clear()
    world.commands.update(commands)
    for one, values in zip(kept, before, strict=True):
        for name, value in values.items():
            setattr(one, name, value)
    world.caller.close()


def target(stage: Stage) -> Target:
    """What the configuration of the stage says."""
    assert stage.connections.mattermost is not None
    return Target(
        url=stage.server.url, site_url="", callback_url=stage.address, signed_clicks=True, triggers=TRIGGERS["nl"],
        tokens=stage.connections.mattermost.tokens, channels=(("BO Digitalisering", stage.channel.id),),
    )  # fmt: skip


def a_check(
    stage: Stage, *, admin: User | None = None, token: str = "", key: str = KEY, behind: int = 0, **more
) -> Check:
    """A check as the bot, on a clock that is so many seconds behind that of the server."""

    def now():
        return stage.clock.now() - timedelta(seconds=behind)

    def api(mine: str) -> Api:
        return Api(Settings(stage.server.url, mine), now, lambda _: None)

    aim = dataclasses.replace(target(stage), **more)
    return Check(
        api(token or stage.bot.token), aim, Seal([key]), now, addresses_of, api(admin.token) if admin else None
    )


def wrong(check: Check) -> dict[str, dict[str, Any]]:
    """What is wrong: the values of each finding by its code."""
    return {each.code: dict(each.line.values) for each in check.run() if each.weight is Weight.WRONG}


def notes(check: Check) -> dict[str, dict[str, Any]]:
    """What is worth a warning, where nothing is wrong."""
    findings = list(check.run())
    assert [each for each in findings if each.weight is Weight.WRONG] == []
    return {each.code: dict(each.line.values) for each in findings if each.weight is Weight.WARNING}


def admin_of(stage: Stage) -> User:
    return stage.server.user("sysadmin", [stage.team], admin=True)


# --- nothing wrong -----------------------------------------------------------------------------------------------


def test_on_a_good_server_nothing_is_wrong_and_the_way_round_is_proved(stage):
    findings = list(a_check(stage).run())

    assert [each for each in findings if each.weight in (Weight.WRONG, Weight.WARNING)] == []
    assert [each.code for each in findings] == ["reached", "bot", "no-whisper", "round", "click", "channel"]
    commands: Any = next(each for each in findings if each.code == "round").line.values["commands"]
    assert [each.text for each in commands] == [f"/{trigger}" for trigger in TRIGGERS["nl"]]


def test_nothing_of_a_check_stays_behind_and_nobody_is_told(stage):
    before = stage.app.store.read(lambda tx: [tx.log.head(log) for log in tx.log.logs("BOD")])

    list(a_check(stage).run())

    assert stage.app.store.read(lambda tx: [tx.log.head(log) for log in tx.log.logs("BOD")]) == before
    assert [post for post in stage.server.world.posts.values() if not post.deleted_at] == []


def test_a_note_of_the_check_does_nothing_for_anybody_else(stage):
    list(a_check(stage).run())
    typed = [call for call in stage.server.calls if call.kind == "command"]
    line = re.search(r"samenspraak-check%3A([^&]+)", typed[-1].body.decode())
    assert line is not None

    answer = stage.say("vng", f"/consultatie samenspraak-check:{line[1].replace('%3D', '=')}")

    assert "Er is niets vastgelegd." in answer


# --- the server --------------------------------------------------------------------------------------------------


def test_a_server_that_does_not_answer_is_found(stage):
    stage.server.faults.drop_before(times=-1)

    assert wrong(a_check(stage)).keys() == {"unreachable"}


def test_something_else_at_the_address_is_found(stage):
    stage.server.faults.answer(502, path="/system/ping", times=-1, people=True)

    assert wrong(a_check(stage))["not-mattermost"]["status"] == 502


@pytest.mark.parametrize(
    ("version", "weight"), [("11.5.9", Weight.WARNING), ("10.11.0", Weight.WARNING), ("10.10.9", Weight.WRONG)]
)
def test_a_server_that_is_too_old_is_found(stage, version, weight):
    stage.server.settings.version = version

    found = [each for each in a_check(stage).run() if each.code == "too-old"]

    assert [each.weight for each in found] == [weight]


@pytest.mark.parametrize("version", ["11.6.0", "11.10.2", "12.0.0"])
def test_a_supported_server_is_not_called_old(stage, version):
    stage.server.settings.version = version

    assert "too-old" not in {each.code for each in a_check(stage).run()}


def test_another_site_url_is_found_and_the_configured_one_is_right(stage):
    stage.server.settings.site_url = "https://chat.example.nl"

    assert wrong(a_check(stage))["site-url"]["site"].text == "https://chat.example.nl"
    assert wrong(a_check(stage, site_url="https://chat.example.nl")) == {}


def test_an_edit_limit_is_a_warning(stage):
    stage.server.settings.edit_limit = 300

    assert notes(a_check(stage))["edit-limit"]["seconds"].text == "300"


def test_commands_that_are_switched_off_are_found(stage):
    stage.server.settings.commands = False

    assert "commands-off" in wrong(a_check(stage))


@pytest.mark.parametrize(
    ("behind", "code", "weight"),
    [
        (2, "", None),
        (4, "clock-ahead", Weight.WARNING),
        (6, "clock-ahead", Weight.WRONG),
        (-30, "clock-behind", Weight.WARNING),
        (-56, "clock-behind", Weight.WRONG),
    ],
)
def test_clocks_that_differ_are_found_and_are_wrong_when_clicks_are_refused(stage, behind, code, weight):
    found = {each.code: each for each in a_check(stage, behind=behind).run() if each.code.startswith("clock")}

    assert {each: finding.weight for each, finding in found.items()} == ({code: weight} if code else {})
    assert [each.line.values["time"] for each in found.values()] == ([timedelta(seconds=abs(behind))] if code else [])


def test_a_rate_limit_is_a_warning(stage):
    stage.server.settings.rate_limit = True

    assert "rate-limit" in notes(a_check(stage))


def test_a_missing_key_is_wrong_where_signatures_are_wanted(stage):
    stage.server.settings.serves_key = False

    assert "no-key" in wrong(a_check(stage))


def test_running_without_signatures_is_a_warning(stage):
    assert "unsigned" in notes(a_check(stage, signed_clicks=False))


def test_the_missing_right_to_whisper_is_normal(stage):
    assert [each.weight for each in a_check(stage).run() if each.code == "no-whisper"] == [Weight.FINE]


# --- the bot -----------------------------------------------------------------------------------------------------


def test_a_wrong_token_and_a_bot_that_was_disabled_look_alike_without_an_administrator(stage):
    assert wrong(a_check(stage, token="f" * 26)).keys() == {"token-or-disabled"}
    stage.server.deactivate(stage.people["beheer"])
    assert wrong(a_check(stage)).keys() == {"token-or-disabled"}


def test_an_administrator_sees_that_the_token_is_wrong(stage):
    assert wrong(a_check(stage, token="f" * 26, admin=admin_of(stage))).keys() == {"token-wrong"}


def test_an_administrator_sees_that_the_bot_went_with_its_owner(stage):
    admin = admin_of(stage)
    stage.server.deactivate(stage.people["beheer"])

    found = wrong(a_check(stage, admin=admin))

    assert found.keys() == {"bot-disabled"}
    assert found["bot-disabled"]["owner"].text == "beheer"


def test_an_administrators_token_that_is_refused_is_found(stage):
    admin = admin_of(stage)
    stage.server.deactivate(admin)

    assert wrong(a_check(stage, admin=admin)).keys() == {"admin-token-refused"}


@pytest.mark.parametrize("role", ["system_admin", "system_post_all"])
def test_a_bot_that_may_too_much_is_a_warning(stage, role):
    stage.bot.roles.add(role)

    assert notes(a_check(stage))["too-much"]["role"].text == role


def test_a_bot_that_administers_a_team_is_a_warning(stage):
    stage.server.promote(stage.bot, stage.team)

    assert notes(a_check(stage))["team-admin"]["team"].text == "overheid"


def test_the_account_of_a_human_is_a_warning(stage):
    stage.bot.is_bot = False

    assert "no-bot" in notes(a_check(stage))


def test_a_bot_outside_the_team_is_found(stage):
    del stage.team.members[stage.bot.id]

    assert "not-in-team" in wrong(a_check(stage))


# --- commands and the way round ----------------------------------------------------------------------------------


def test_without_any_command_the_set_up_is_named(stage):
    assert "no-commands" in wrong(a_check(stage, tokens={}))


def test_a_missing_command_is_found(stage):
    gone = next(each for each in stage.server.world.commands.values() if each.trigger == "reactie")
    del stage.server.world.commands[gone.id]

    found = wrong(a_check(stage))

    assert [each.text for each in found["commands-missing"]["commands"]] == ["/reactie"]


def test_a_command_whose_token_is_not_known_is_found(stage):
    tokens = {name: token for name, token in target(stage).tokens.items() if not name.endswith("/besluit")}

    found = wrong(a_check(stage, tokens=tokens))

    assert found.keys() == {"tokens-missing"}
    assert [each.text for each in found["tokens-missing"]["commands"]] == ["/besluit"]


def test_a_command_with_another_token_is_refused_and_found(stage):
    next(each for each in stage.server.world.commands.values() if each.trigger == "besluit").token = "n" * 26

    found = wrong(a_check(stage))

    assert found.keys() == {"callback-refuses"}
    assert [each.text for each in found["callback-refuses"]["commands"]] == ["/besluit"]


def test_a_command_that_points_elsewhere_is_found(stage):
    command = next(each for each in stage.server.world.commands.values() if each.trigger == "mandaat")
    command.url = f"{stage.server.url}/api/v4/system/ping"
    stage.server.callback_faults.answer(200, method="command", path="/system/ping", times=-1)

    found = wrong(a_check(stage))

    assert found.keys() == {"command-elsewhere"}
    assert [each.text for each in found["command-elsewhere"]["commands"]] == ["/mandaat"]


def test_a_program_with_other_keys_is_not_taken_for_this_one(stage):
    assert {"command-elsewhere", "click-failed"} == wrong(a_check(stage, key="b" * 40)).keys()


def unreachable(stage: Stage) -> str:
    """An address where nobody listens, to which all commands point."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    for command in stage.server.world.commands.values():
        command.url = f"{address}/mattermost/command"
    return address


def test_an_address_that_the_server_cannot_reach_is_one_finding_with_both_remedies(stage):
    found = wrong(a_check(stage, callback_url=unreachable(stage)))

    assert found.keys() == {"callback-or-guard"}
    assert found["callback-or-guard"]["host"].text == "127.0.0.1"


def test_an_administrator_sees_that_nobody_listens(stage):
    stage.server.settings.allowed_internal = "127.0.0.0/8"

    found = wrong(a_check(stage, callback_url=unreachable(stage), admin=admin_of(stage)))

    assert found.keys() == {"callback-unreachable"}


def test_an_administrator_sees_that_the_server_may_not_call(stage):
    stage.server.settings.trust_loopback = False

    assert wrong(a_check(stage)).keys() == {"callback-or-guard"}
    assert wrong(a_check(stage, admin=admin_of(stage))).keys() == {"guard"}


def test_an_address_that_the_administrator_allowed_is_reached(stage):
    stage.server.settings.trust_loopback = False
    stage.server.settings.allowed_internal = "10.0.0.0/8 127.0.0.1"

    assert wrong(a_check(stage)) == {}


def test_a_click_that_does_not_arrive_is_found_where_commands_do(stage):
    stage.server.callback_faults.drop_before(method="click", times=-1)

    assert wrong(a_check(stage)).keys() == {"click-failed"}


def test_a_click_that_something_else_answers_is_found(stage):
    stage.server.callback_faults.answer(200, method="click", times=-1)

    assert wrong(a_check(stage)).keys() == {"click-elsewhere"}


def test_a_call_that_fails_otherwise_is_named_with_its_error(stage):
    stage.server.faults.answer(403, "api.context.permissions.app_error", path="/posts$", method="POST", times=-1)

    found = wrong(a_check(stage))["call-failed"]

    assert (found["call"].text, found["status"], found["error"].text) == (
        "POST /posts", 403, "api.context.permissions.app_error",
    )  # fmt: skip


# --- channels ----------------------------------------------------------------------------------------------------


def test_a_channel_that_the_bot_is_not_in_is_found(stage):
    stage.server.leave(stage.bot, stage.channel)

    assert wrong(a_check(stage)).keys() == {"not-in-channel"}


def test_an_archived_channel_is_found(stage):
    stage.server.archive(stage.channel)

    assert wrong(a_check(stage))["channel-archived"]["board"] == "BO Digitalisering"


def test_a_public_channel_is_a_warning(stage):
    stage.channel.kind = "O"

    assert notes(a_check(stage))["channel-public"]["channel"].text == "bo-digitalisering"


def test_a_server_without_a_channel_is_a_warning(stage):
    assert "no-channel" in notes(a_check(stage, channels=()))


# --- the guard ---------------------------------------------------------------------------------------------------

NAMES = {
    "bot.intern": ["10.1.2.3"],
    "bot.nl": ["8.8.8.8"],
    "chat.nl": ["8.8.4.4"],
    "zelf.nl": ["8.8.4.4"],
    "cgn": ["100.64.1.1"],
}


def look_up(host: str) -> list[str]:
    try:
        return NAMES[host]
    except KeyError:
        raise OSError from None


@pytest.mark.parametrize(
    ("host", "is_held"),
    [("bot.intern", True), ("bot.nl", False), ("zelf.nl", True), ("cgn", True), ("onbekend", False)],
)
def test_inside_a_network_and_on_the_same_machine_the_server_calls_nobody(host, is_held):
    assert is_guarded(f"http://{host}:8080/x", "https://chat.nl", look_up) is is_held


@pytest.mark.parametrize(
    ("allowed", "is_let"),
    [
        ("", False),
        ("bot.intern", True),
        ("bot.intern:8080", False),
        ("10.0.0.0/8", True),
        ("a, 10.1.2.3", True),
        ("10.2.0.0/16", False),
    ],
)
def test_the_setting_holds_hosts_without_a_port_and_networks(allowed, is_let):
    assert is_allowed("http://bot.intern:8080", allowed, look_up) is is_let


# --- words -------------------------------------------------------------------------------------------------------


def codes_in(module) -> set[str]:
    """The codes of findings that a module names."""
    text = Path(module.__file__).read_text("utf-8")
    named = set(re.findall(r'(?:found|Finding)\(\s*Weight\.\w+,\s*"([a-z-]+)"', text))
    return named | set(re.findall(r'_did\("([a-z-]+)"', text)) | set(re.findall(r'_did\("[a-z-]+", "([a-z-]+)"', text))


@pytest.mark.parametrize("module", [checking, setting_up])
@pytest.mark.parametrize("locale", ["nl", "en"])
def test_every_finding_has_its_sentence(module, locale):
    words = Catalogue(locale, ZoneInfo("Europe/Amsterdam"))

    codes = codes_in(module)

    assert len(codes) > 20
    assert [code for code in codes if not words.has(f"mattermost.{code}")] == []


def test_no_finding_holds_a_secret(stage):
    stage.server.settings.trust_loopback = False
    admin = admin_of(stage)

    shown = " ".join(DUTCH.plain(each.line.key, each.line.values) for each in a_check(stage, admin=admin).run())

    secrets = [stage.bot.token, admin.token, KEY, *target(stage).tokens.values()]
    assert [each for each in secrets if each in shown + json.dumps(shown)] == []
