"""`samenspraak mattermost setup`: the slash commands and the bot's places, as far as a token allows; the rest is told.

It can be repeated: what is right already stays as it is. A dry run calls nothing that changes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.platforms.base import PlatformRefused, PlatformUnavailable
from bot.platforms.mattermost.api import Api, Json, error_of
from bot.platforms.mattermost.findings import (
    ALLOWED,
    COMMAND_PATH,
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
from commands.domain.values import Code

DISPLAY_NAME: Final = "Samenspraak"
_DUPLICATE: Final = "api.command.duplicate_trigger.app_error"


@dataclass(frozen=True, slots=True)
class Slash:
    """A slash command as people see it: what they type, what may follow, and what it is for."""

    trigger: str
    hint: str
    description: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What should be there in the end. `teams` and `channels` are names; without teams, all that the bot is in are meant.

    A channel is `name`, or `team/name` where there are several teams. `tokens` are those that are known already.
    """

    url: str
    site_url: str
    callback_url: str
    slashes: Sequence[Slash]
    tokens: Mapping[str, str]
    teams: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    bot: str = "samenspraak"


@dataclass
class Setup:
    """One set-up. `keep` stores all tokens at once; it is never called in a dry run.

    `linked` holds the channels that were found in the end, by the name that was wished for.
    """

    api: Api
    wish: Wish
    keep: Callable[[Mapping[str, str]], None]
    resolve: Resolve
    admin: Api | None = None
    is_dry: bool = False
    linked: dict[str, str] = field(default_factory=dict)

    def run(self) -> Iterator[Finding]:
        """Do what can be done, step by step, and tell each."""
        try:
            me = self.api.me()
        except (PlatformUnavailable, PlatformRefused) as error:
            status, _ = error_of(error)
            if status == 401:
                yield token_refused(self.admin, self.wish.bot)
            else:
                code = "not-mattermost" if status else "unreachable"
                yield found(Weight.WRONG, code, url=Code(self.wish.url), status=status)
            return
        if self.admin is not None:
            try:
                self.admin.me()
            except (PlatformUnavailable, PlatformRefused):
                yield found(Weight.WRONG, "admin-token-refused")
                return
        own, name = str(me["id"]), str(me.get("username", ""))
        if me.get("is_bot"):
            yield found(Weight.FINE, "bot", bot=Code(name), id=Code(own))
        else:
            yield found(Weight.WARNING, "no-bot", bot=Code(name))
        teams: dict[str, str] = {}
        yield from self._teams(own, name, teams)
        tokens = dict(self.wish.tokens)
        for id, team in teams.items():
            yield from self._commands(id, team, tokens)
        for wanted in self.wish.channels:
            yield from self._channel(wanted, own, name, teams)
        yield from self._by_hand(name)

    # --- teams -------------------------------------------------------------------------------------------------

    def _teams(self, own: str, bot: str, teams: dict[str, str]) -> Iterator[Finding]:
        """Fill `teams` with the names of the teams that are meant and that the bot is in, or would be in, by id."""
        if not self.wish.teams:
            try:
                teams.update((str(each["id"]), str(each["name"])) for each in self.api.own_teams())
            except (PlatformUnavailable, PlatformRefused) as error:
                yield failed_call("GET /users/me/teams", error)
                return
            if not teams:
                yield found(Weight.WRONG, "no-team", bot=Code(bot))
        for name in self.wish.teams:
            yield from self._team(name, own, bot, teams)

    def _team(self, name: str, own: str, bot: str, teams: dict[str, str]) -> Iterator[Finding]:
        try:
            team = self.api.team_by_name(name)
            self.api.team_member(str(team["id"]), own)
        except PlatformRefused:
            yield from self._invited(name, own, bot, teams)
        except PlatformUnavailable as error:
            yield failed_call("GET /teams", error)
        else:
            teams[str(team["id"])] = name

    def _invited(self, name: str, own: str, bot: str, teams: dict[str, str]) -> Iterator[Finding]:
        """Put the bot in a team with the administrator's token."""
        try:
            if self.admin is None:
                raise PlatformRefused("nobody who may")
            id = str(self.admin.team_by_name(name)["id"])
            if not self.is_dry:
                self.admin.join_team(id, own)
        except (PlatformUnavailable, PlatformRefused):
            yield found(Weight.WRONG, "not-in-team", team=Code(name), bot=Code(bot))
            return
        teams[id] = name
        yield self._did("joined-team", "would-join-team", team=Code(name), bot=Code(bot))

    # --- commands ----------------------------------------------------------------------------------------------

    def _commands(self, team: str, name: str, tokens: dict[str, str]) -> Iterator[Finding]:
        """The commands of one team. Each new token is kept before the next command is made."""
        writer = self.admin or self.api
        try:
            there = {str(each.get("trigger", "")): each for each in writer.commands(team)}
        except PlatformRefused:
            yield from self._seen_only(team, name)
            return
        except PlatformUnavailable as error:
            yield failed_call("GET /commands", error)
            return
        for slash in self.wish.slashes:
            try:
                yield from self._command(writer, team, name, slash, there.get(slash.trigger), tokens)
            except PlatformRefused as error:
                is_taken = error_of(error)[1] == _DUPLICATE
                code = "command-taken" if is_taken else "command-not-allowed"
                yield found(Weight.WRONG, code, team=Code(name), command=Code(f"/{slash.trigger}"))
            except PlatformUnavailable as error:
                yield failed_call("POST /commands", error)
                return

    def _command(
        self, writer: Api, team: str, name: str, slash: Slash, there: Json | None, tokens: dict[str, str]
    ) -> Iterator[Finding]:
        key, shown = f"{team}/{slash.trigger}", {"team": Code(name), "command": Code(f"/{slash.trigger}")}
        wanted = self._wanted(team, slash)
        if there is None:
            if not self.is_dry:
                self._keep(tokens, key, str(writer.create_command(wanted).get("token", "")))
            yield self._did("command-made", "would-make-command", **shown)
            return
        if not self._is_ours(there, tokens.get(key, "")):
            yield found(Weight.WRONG, "command-taken", **shown)
            return
        differs = any(there.get(each) != value for each, value in wanted.items())
        if differs and not self.is_dry:
            writer.update_command(str(there["id"]), {**there, **wanted})
        token = str(there.get("token", "")) or tokens.get(key, "")
        if not token and not self.is_dry:
            token = writer.renew_command_token(str(there["id"]))
        is_new = token != tokens.get(key) or not token
        if is_new and not self.is_dry:
            self._keep(tokens, key, token)
        if differs:
            yield self._did("command-changed", "would-change-command", **shown)
        elif is_new:
            yield self._did("token-kept", "would-keep-token", **shown)
        else:
            yield found(Weight.FINE, "command-same", **shown)

    def _is_ours(self, there: Json, known: str) -> bool:
        """Whether a command with our trigger is one of ours: it points to a program like this one, or has our token."""
        is_known = bool(known) and there.get("token") == known
        return is_known or str(there.get("url", "")).endswith(COMMAND_PATH)

    def _wanted(self, team: str, slash: Slash) -> Json:
        return {
            "team_id": team,
            "trigger": slash.trigger,
            "method": "P",
            "url": self.wish.callback_url + COMMAND_PATH,
            "display_name": DISPLAY_NAME,
            "description": slash.description,
            "auto_complete": True,
            "auto_complete_hint": slash.hint,
            "auto_complete_desc": slash.description,
        }

    def _keep(self, tokens: dict[str, str], key: str, token: str) -> None:
        tokens[key] = token
        self.keep(tokens)

    def _seen_only(self, team: str, name: str) -> Iterator[Finding]:
        """Without the right to make commands: whether they are there already, and else what to make by hand."""
        try:
            shown = {str(each.get("trigger", "")) for each in self.api.shown_commands(team)}
        except (PlatformUnavailable, PlatformRefused) as error:
            yield failed_call("GET /teams/…/commands/autocomplete", error)
            return
        lacking = [
            each
            for each in self.wish.slashes
            if each.trigger not in shown or f"{team}/{each.trigger}" not in self.wish.tokens
        ]
        if not lacking:
            yield found(Weight.FINE, "commands-there", team=Code(name))
            return
        yield found(Weight.WRONG, "commands-need-admin", team=Code(name))
        for each in lacking:
            url = Code(self.wish.callback_url + COMMAND_PATH)
            command, key = Code(f"/{each.trigger}"), Code(f"{team}/{each.trigger}")
            yield found(Weight.HAND, "command-by-hand", command=command, url=url, hint=Code(each.hint), key=key)

    # --- channels ----------------------------------------------------------------------------------------------

    def _channel(self, wanted: str, own: str, bot: str, teams: Mapping[str, str]) -> Iterator[Finding]:
        team, _, name = wanted.rpartition("/")
        ids = [id for id, each in teams.items() if team in ("", each)]
        shown = {"channel": Code(wanted), "bot": Code(bot)}
        if len(ids) != 1:
            yield found(Weight.WRONG, "which-team", channel=Code(wanted))
            return
        for viewer in filter(None, (self.api, self.admin)):
            try:
                id = str(viewer.channel_by_name(ids[0], name)["id"])
                is_in = self._is_in(viewer, id, own)
                if not is_in and not self.is_dry:
                    viewer.join(id, own)
            except (PlatformUnavailable, PlatformRefused):
                continue
            self.linked[wanted] = id
            yield found(Weight.FINE, "in-channel", **shown) if is_in else self._did("joined", "would-join", **shown)
            return
        yield found(Weight.WRONG, "invite", **shown)

    def _is_in(self, viewer: Api, channel: str, account: str) -> bool:
        try:
            viewer.channel_member(channel, account)
        except PlatformRefused:
            return False
        return True

    # --- what only an administrator of the server can do ---------------------------------------------------------

    def _by_hand(self, bot: str) -> Iterator[Finding]:
        """Each setting that is not as it must be, or that cannot be seen and matters, with the value that it needs."""
        try:
            seen = self.api.client_config()
        except (PlatformUnavailable, PlatformRefused) as error:
            yield failed_call("GET /config/client", error)
            return
        config, expected = settings_of(self.admin), self.wish.site_url or self.wish.url
        if str(seen.get("SiteURL", "")).rstrip("/") != expected:
            yield found(Weight.HAND, "set-site-url", value=Code(expected), site=Code(str(seen.get("SiteURL", ""))))
        if str(seen.get("PostEditTimeLimit", "-1")) != "-1":
            yield found(Weight.HAND, "set-edit-limit", seconds=Code(str(seen["PostEditTimeLimit"])))
        if str(seen.get("EnableCommands", "true")) == "false":
            yield found(Weight.HAND, "set-commands")
        yield from self._guard(config)
        if setting(config, "ServiceSettings", "DisableBotsWhenOwnerIsDeactivated") is not False:
            yield found(Weight.HAND, "set-owner", bot=Code(bot))
        if self.api.is_limited:
            yield found(Weight.HAND, "set-rate")

    def _guard(self, config: Json | None) -> Iterator[Finding]:
        callback, host = self.wish.callback_url, host_of(self.wish.callback_url)
        if not is_guarded(callback, self.wish.url, self.resolve):
            return
        allowed = setting(config, "ServiceSettings", ALLOWED)
        if allowed is None or not is_allowed(callback, str(allowed), self.resolve):
            yield found(Weight.HAND, "set-guard", host=host)

    def _did(self, code: str, would: str, **values: Code) -> Finding:
        return found(Weight.WOULD, would, **values) if self.is_dry else found(Weight.DONE, code, **values)
