"""`samenspraak mattermost check`: everything between the bot and its server that can be wrong, each with its remedy.

It goes the whole way round: the bot types its own commands and presses its own button in the direct channel with itself,
and what it sent must come back through the running program. Nobody sees anything of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from bot.platforms.base import PlatformRefused, PlatformUnavailable
from bot.platforms.mattermost import proof
from bot.platforms.mattermost.api import Api, Json, error_of
from bot.platforms.mattermost.findings import (
    ALLOWED,
    CLICK_PATH,
    COMMAND_PATH,
    Failed,
    Finding,
    Resolve,
    Weight,
    failed_call,
    found,
    host_of,
    is_allowed,
    is_guarded,
    setting,
    settings_of,
    token_refused,
)
from bot.platforms.mattermost.trigger import AHEAD, OLDEST
from bot.seal import Seal
from commands.domain.values import Code

OLDEST_SUPPORTED: Final = (11, 6)
OLDEST_USABLE: Final = (10, 11)
"""The first version with which everything works, and the first with which one can work at all."""
NOTABLE: Final = timedelta(seconds=2)
_POWERS: Final = ("system_admin", "system_post_all", "system_post_all_public")
_FAILED: Final = "api.command.execute_command.failed.app_error"
_REFUSED: Final = "api.command.execute_command.failed_resp.app_error"
_NOT_FOUND: Final = "api.command.execute_command.not_found.app_error"
_CLICK_FAILED: Final = "api.post.do_action.action_integration.app_error"


@dataclass(frozen=True, slots=True)
class Target:
    """What the configuration says, and what must be there.

    `triggers` are the commands that there should be in each team, `tokens` their tokens by `team/trigger`. `teams` are
    names of more teams to look at; without any, those of the tokens are. `channels` are those of the boards: the name
    of the board, and the channel's id. `bot` is the user name of the bot, which matters when its token is refused.
    """

    url: str
    site_url: str
    callback_url: str
    signed_clicks: bool
    triggers: tuple[str, ...]
    tokens: Mapping[str, str]
    teams: tuple[str, ...] = ()
    channels: tuple[tuple[str, str], ...] = ()
    bot: str = "samenspraak"


@dataclass(frozen=True)
class Check:
    """One check. `admin` may see more, so that findings which look alike are told apart."""

    api: Api
    target: Target
    seal: Seal
    now: Callable[[], datetime]
    resolve: Resolve
    admin: Api | None = None

    def run(self) -> Iterator[Finding]:
        """Everything that was found, the worst first where it ends the check; fine things are told too."""
        try:
            self.api.ping()
        except (PlatformUnavailable, PlatformRefused) as error:
            status, _ = error_of(error)
            code = "not-mattermost" if status else "unreachable"
            yield found(Weight.WRONG, code, url=Code(self.target.url), status=status)
            return
        yield from self._version()
        admin = self.admin
        if admin is not None:
            try:
                admin.me()
            except (PlatformUnavailable, PlatformRefused):
                yield found(Weight.WRONG, "admin-token-refused")
                admin = None
        yield from Sight(self, admin).run()

    def _version(self) -> Iterator[Finding]:
        version = self.api.version
        parts = version.split(".")[:2]
        if len(parts) < 2 or not all(each.isdecimal() for each in parts):
            return
        number = (int(parts[0]), int(parts[1]))
        if number < OLDEST_SUPPORTED:
            weight = Weight.WARNING if number >= OLDEST_USABLE else Weight.WRONG
            yield found(weight, "too-old", version=Code(".".join(parts)))
        else:
            yield found(Weight.FINE, "reached", url=Code(self.target.url), version=Code(".".join(parts)))


@dataclass
class Sight:
    """A check of a server that answers; `admin` has a token that is good, `bot` is the user name of the bot."""

    check: Check
    admin: Api | None
    bot: str = ""

    @property
    def api(self) -> Api:
        """What the bot itself sees."""
        return self.check.api

    @property
    def target(self) -> Target:
        """What should be there."""
        return self.check.target

    @cached_property
    def settings(self) -> Json | None:
        """All settings, for who may see them."""
        return settings_of(self.admin)

    def run(self) -> Iterator[Finding]:
        """Everything that was found."""
        try:
            me = self.api.me()
        except (PlatformUnavailable, PlatformRefused) as error:
            is_token = error_of(error)[0] == 401
            yield token_refused(self.admin, self.target.bot) if is_token else failed_call("GET /users/me", error)
            return
        own, self.bot = str(me["id"]), str(me.get("username", ""))
        yield from self._account(me)
        yield from self._clock()
        yield from self._server()
        teams: dict[str, str] = {}
        yield from self._teams(own, teams)
        shown = yield from self._commands(teams)
        yield from self._round(own, shown)
        yield from self._channels(own)
        if self.api.is_limited:
            yield found(Weight.WARNING, "rate-limit")

    # --- the bot and the server --------------------------------------------------------------------------------

    def _account(self, me: Json) -> Iterator[Finding]:
        name = Code(self.bot)
        if not me.get("is_bot"):
            yield found(Weight.WARNING, "no-bot", bot=name)
        else:
            yield found(Weight.FINE, "bot", bot=name, id=Code(str(me["id"])))
        for role in str(me.get("roles", "")).split():
            if role in _POWERS:
                yield found(Weight.WARNING, "too-much", bot=name, role=Code(role))

    def _clock(self) -> Iterator[Finding]:
        skew = self.api.clock_skew
        if skew is None or abs(skew) <= NOTABLE:
            return
        is_wrong = skew > AHEAD or -skew > OLDEST - AHEAD
        code = "clock-ahead" if skew > timedelta(0) else "clock-behind"
        yield found(Weight.WRONG if is_wrong else Weight.WARNING, code, time=abs(skew))

    def _server(self) -> Iterator[Finding]:
        try:
            seen = self.api.client_config()
        except (PlatformUnavailable, PlatformRefused) as error:
            yield failed_call("GET /config/client", error)
            return
        site, expected = str(seen.get("SiteURL", "")), self.target.site_url or self.target.url
        if site.rstrip("/") != expected:
            yield found(Weight.WRONG, "site-url" if site else "site-url-empty", site=Code(site), url=Code(expected))
        limit = str(seen.get("PostEditTimeLimit", "-1"))
        if limit != "-1":
            yield found(Weight.WARNING, "edit-limit", seconds=Code(limit))
        if str(seen.get("EnableCommands", "true")) == "false":
            yield found(Weight.WRONG, "commands-off")
        if not self.target.signed_clicks:
            yield found(Weight.WARNING, "unsigned")
        elif not seen.get("AsymmetricSigningPublicKey"):
            yield found(Weight.WRONG, "no-key")

    # --- teams and commands ------------------------------------------------------------------------------------

    def _teams(self, own: str, teams: dict[str, str]) -> Iterator[Finding]:
        """Fill `teams` with the names of the teams that the bot is in, by id."""
        known = dict.fromkeys(each.partition("/")[0] for each in self.target.tokens)
        if not self.target.teams and not known:
            yield found(Weight.WRONG, "no-commands")
        for each in self.target.teams or known:
            look = self.api.team_by_name if self.target.teams else self.api.team
            yield from self._team(look, each, own, teams)

    def _team(self, look: Callable[[str], Json], name: str, own: str, teams: dict[str, str]) -> Iterator[Finding]:
        try:
            team = look(name)
            member = self.api.team_member(str(team["id"]), own)
        except PlatformRefused:
            yield found(Weight.WRONG, "not-in-team", team=Code(name), bot=Code(self.bot))
            return
        except PlatformUnavailable as error:
            yield failed_call("GET /teams", error)
            return
        teams[str(team["id"])] = str(team["name"])
        if member.get("scheme_admin") or "team_admin" in str(member.get("roles", "")).split():
            yield found(Weight.WARNING, "team-admin", team=Code(str(team["name"])), bot=Code(self.bot))

    def _commands(self, teams: Mapping[str, str]) -> Generator[Finding, None, list[tuple[str, str]]]:
        """What is missing; returns the commands that are there and whose token we have, as pairs of team and trigger."""
        ready: list[tuple[str, str]] = []
        for id, name in teams.items():
            try:
                shown = {str(each.get("trigger", "")) for each in self.api.shown_commands(id)}
            except (PlatformUnavailable, PlatformRefused) as error:
                yield failed_call("GET /teams/…/commands/autocomplete", error)
                continue
            missing = [each for each in self.target.triggers if each not in shown]
            unknown = [
                each for each in self.target.triggers if each in shown and f"{id}/{each}" not in self.target.tokens
            ]
            if missing:
                yield found(Weight.WRONG, "commands-missing", team=Code(name), commands=_slashed(missing))
            if unknown:
                yield found(Weight.WRONG, "tokens-missing", team=Code(name), commands=_slashed(unknown))
            ready += [(id, each) for each in self.target.triggers if each not in missing and each not in unknown]
        return ready

    # --- the whole way round -----------------------------------------------------------------------------------

    def _round(self, own: str, ready: list[tuple[str, str]]) -> Iterator[Finding]:
        try:
            direct = str(self.api.direct_channel(own, own)["id"])
        except (PlatformUnavailable, PlatformRefused) as error:
            yield failed_call("POST /channels/direct", error)
            return
        yield from self._whisper(own, direct)
        came: dict[str, list[str]] = {}
        for team, trigger in ready:
            came.setdefault(self._typed(own, direct, team, trigger), []).append(trigger)
        for result, triggers in came.items():
            yield self._judged(result, tuple(dict.fromkeys(triggers)))
        if _FAILED not in came:
            yield self._pressed(own, direct)

    def _typed(self, own: str, direct: str, team: str, trigger: str) -> str:
        """Type one command; what came of it: empty when it went round, `other` when something else answered, or an error."""
        nonce = secrets.token_hex(16)
        line = proof.typed(trigger, self.check.seal, own, nonce, self.check.now())
        try:
            answer = self.api.run_command(direct, team, line)
        except (PlatformUnavailable, PlatformRefused) as error:
            status, id = error_of(error)
            return id or f"status {status}"
        return "" if answer.get("text") == nonce else "other"

    def _judged(self, result: str, triggers: tuple[str, ...]) -> Finding:
        commands, address = _slashed(triggers), Code(self.target.callback_url + COMMAND_PATH)
        match result:
            case "":
                return found(Weight.FINE, "round", commands=commands)
            case "other":
                return found(Weight.WRONG, "command-elsewhere", commands=commands, address=address)
            case error if error == _FAILED:
                return self._unreached(address)
            case error if error == _REFUSED:
                return found(Weight.WRONG, "callback-refuses", commands=commands, address=address)
            case error if error == _NOT_FOUND:
                return found(Weight.WRONG, "command-gone", commands=commands)
            case _:
                return found(Weight.WRONG, "command-failed", commands=commands, error=Code(result))

    def _pressed(self, own: str, direct: str) -> Finding:
        """Press a button of our own, in a post that is deleted afterwards."""
        nonce = secrets.token_hex(16)
        address = self.target.callback_url + CLICK_PATH
        button = proof.button(address, self.check.seal, own, nonce, self.check.now())
        post = {
            "channel_id": direct,
            "message": "samenspraak mattermost check",
            "props": {"attachments": [{"actions": [button]}]},
        }
        try:
            id = str(self.api.write(post)["id"])
        except (PlatformUnavailable, PlatformRefused) as error:
            return failed_call("POST /posts", error)
        try:
            self.api.press(id, str(button["id"]))
            is_back = self.api.read_post(id).get("message") == nonce
        except (PlatformUnavailable, PlatformRefused) as error:
            return self._click_failed(error, Code(address))
        finally:
            self._erase(id)
        return found(Weight.FINE, "click") if is_back else found(Weight.WRONG, "click-elsewhere", address=Code(address))

    def _erase(self, post: str) -> None:
        try:
            self.api.erase(post)
        except (PlatformUnavailable, PlatformRefused):
            return  # it stands where only the bot itself looks

    def _click_failed(self, error: Failed, address: Code) -> Finding:
        if error_of(error)[1] != _CLICK_FAILED:
            return failed_call("POST /posts/…/actions", error)
        if self._guard() is True:
            return self._unreached(address)
        return found(Weight.WRONG, "click-failed", address=address, host=host_of(self.target.callback_url))

    def _unreached(self, address: Code) -> Finding:
        """The server got no answer from us: we are not there, or it may not call us. Only its settings tell which."""
        guard, host = self._guard(), host_of(self.target.callback_url)
        code = {None: "callback-or-guard", True: "guard", False: "callback-unreachable"}[guard]
        return found(Weight.WRONG, code, address=address, host=host)

    def _guard(self) -> bool | None:
        """Whether the server's own guard keeps it from calling us; None when that cannot be seen."""
        allowed = setting(self.settings, "ServiceSettings", ALLOWED)
        if allowed is None:
            return None
        callback, resolve = self.target.callback_url, self.check.resolve
        return is_guarded(callback, self.target.url, resolve) and not is_allowed(callback, str(allowed), resolve)

    def _whisper(self, own: str, direct: str) -> Iterator[Finding]:
        try:
            self.api.whisper(direct, own, "samenspraak mattermost check")
        except PlatformRefused:
            yield found(Weight.FINE, "no-whisper")
        except PlatformUnavailable as error:
            yield failed_call("POST /posts/ephemeral", error)

    # --- channels ----------------------------------------------------------------------------------------------

    def _channels(self, own: str) -> Iterator[Finding]:
        if not self.target.channels:
            yield found(Weight.WARNING, "no-channel")
        for board, id in self.target.channels:
            name = Code(id)
            try:
                channel = self.api.channel(id)
                name = Code(str(channel.get("name", "")))
                if channel.get("delete_at"):
                    yield found(Weight.WRONG, "channel-archived", board=board, channel=name)
                    continue
                self.api.channel_member(id, own)
            except PlatformRefused:
                yield found(Weight.WRONG, "not-in-channel", board=board, channel=name, bot=Code(self.bot))
                continue
            except PlatformUnavailable as error:
                yield failed_call("GET /channels", error)
                continue
            if channel.get("type") == "O":
                yield found(Weight.WARNING, "channel-public", board=board, channel=name)
            else:
                yield found(Weight.FINE, "channel", board=board, channel=name)


def _slashed(triggers: tuple[str, ...] | list[str]) -> tuple[Code, ...]:
    return tuple(Code(f"/{each}") for each in triggers)
