"""The calls to a Mattermost server, each in one line, with the two failures that a platform has."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias
from urllib.parse import quote, urlsplit

from mattermostdriver import Driver

from bot.platforms.base import PlatformRefused, PlatformUnavailable
from bot.platforms.mattermost.pooled import MattermostError, PooledClient, silence

Json: TypeAlias = dict[str, Any]

QUICK: Final = (1.0, 2.0)
"""Seconds to connect, and between two bytes of an answer, for what somebody waits for."""

ID: Final = re.compile(r"[a-z0-9]{26}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Which server, and as whom. `timeout` is in seconds: to connect, and between two bytes of an answer.

    `ca_file` has the certificates to trust; without it they are those that come with the program.
    """

    url: str
    token: str = field(repr=False)
    timeout: tuple[float, float] = (3, 15)
    ca_file: str = ""


class Api:
    """What can be asked of the server. All methods block, and raise `PlatformUnavailable` or `PlatformRefused` alone.

    Refused is what the server itself will never accept. Everything else is unavailable: no answer, an answer by
    something in between, too many calls, a token that is not accepted now. Safe to use from several threads.
    """

    def __init__(
        self, settings: Settings, now: Callable[[], datetime], sleep: Callable[[float], None] = time.sleep
    ) -> None:
        silence()
        parts = urlsplit(settings.url)
        host = parts.hostname or ""
        self._driver = Driver(
            {
                "scheme": parts.scheme,
                "url": f"[{host}]" if ":" in host else host,
                "port": parts.port or (443 if parts.scheme == "https" else 80),
                "basepath": f"{parts.path.rstrip('/')}/api/v4",
                "verify": settings.ca_file or True,
                "token": settings.token,
                "timeouts": settings.timeout,
                "sleep": sleep,
                "now": now,
            },
            client_cls=PooledClient,
        )
        self._client: PooledClient = self._driver.client

    # --- the server ----------------------------------------------------------------------------------------

    @property
    def is_rejected(self) -> bool:
        """Whether the server refused our token when it last looked at it: clicks still come in, posts do not go out."""
        return self._client.is_rejected

    @property
    def version(self) -> str:
        """The version that the server told in its last answer; empty before the first."""
        return self._client.version

    @property
    def clock_skew(self) -> timedelta | None:
        """How far the server's clock was ahead of ours at its last answer, to about a second."""
        return self._client.clock_skew

    @property
    def is_limited(self) -> bool:
        """Whether the server counts our calls, by its last answer."""
        return self._client.is_limited

    def ping(self) -> Json:
        """Whether the server is well; it answers without a token too."""
        return self._object(self._driver.system.check_system_health)

    def client_config(self) -> Json:
        """Its settings as clients see them: all values are texts, and without a good token there are few."""
        return self._object(self._driver.system.get_client_configuration, {"format": "old"})

    def signing_key(self) -> str:
        """The public key under its trigger ids, base64 of the DER form; empty when it tells none."""
        return str(self.client_config().get("AsymmetricSigningPublicKey", ""))

    # --- people, teams and channels ------------------------------------------------------------------------

    def me(self) -> Json:
        """The account behind our token."""
        return self._object(self._driver.users.get_user, "me")

    def user(self, user: str) -> Json:
        """An account, by id."""
        return self._object(self._driver.users.get_user, _path(user))

    def user_by_name(self, name: str) -> Json:
        """An account, by user name."""
        return self._object(self._driver.users.get_user_by_username, _path(name))

    def account_id(self, name: str) -> str:
        """The id of an account by its user name, or by that id itself; empty when there is none. One that is closed has one."""
        with suppress(PlatformRefused):
            return str(self.user_by_name(name.lower())["id"])
        if ID.fullmatch(name):
            with suppress(PlatformRefused):
                return str(self.user(name)["id"])
        return ""

    def team(self, team: str) -> Json:
        """A team, by id."""
        return self._object(self._driver.teams.get_team, _path(team))

    def own_teams(self) -> list[Json]:
        """The teams of the account behind our token."""
        return self._list(self._client.get, "/users/me/teams")

    def team_by_name(self, name: str) -> Json:
        """A team, by the name in its address."""
        return self._object(self._driver.teams.get_team_by_name, _path(name))

    def join_team(self, team: str, user: str) -> Json:
        """Put an account in a team."""
        return self._object(self._client.post, f"/teams/{_path(team)}/members", {"team_id": team, "user_id": user})

    def team_member(self, team: str, user: str) -> Json:
        """A membership, with its roles; refused when there is none."""
        return self._object(self._driver.teams.get_team_member, _path(team), _path(user))

    def channel(self, channel: str) -> Json:
        """A channel; `delete_at` is not 0 when it is archived."""
        return self._object(self._driver.channels.get_channel, _path(channel))

    def channel_member(self, channel: str, user: str) -> Json:
        """A membership; refused when there is none."""
        return self._object(self._driver.channels.get_channel_member, _path(channel), _path(user))

    def channel_by_name(self, team: str, name: str) -> Json:
        """A channel of a team that we may read, by the name in its address."""
        return self._object(self._client.get, f"/teams/{_path(team)}/channels/name/{_path(name)}")

    def join(self, channel: str, user: str) -> Json:
        """Put an account in a channel."""
        return self._object(self._client.post, f"/channels/{_path(channel)}/members", {"user_id": user})

    def direct_channel(self, one: str, other: str) -> Json:
        """The channel of two accounts, or of one account with itself, made when it is not there yet."""
        return self._object(self._driver.channels.create_direct_message_channel, [one, other])

    # --- what administrators see -----------------------------------------------------------------------------

    def whole_config(self) -> Json:
        """All settings of the server, for a system administrator."""
        return self._object(self._client.get, "/config")

    def bot(self, user: str) -> Json:
        """A bot account with its owner, also one that is disabled, for an administrator."""
        return self._object(self._client.get, f"/bots/{_path(user)}", None, {"include_deleted": "true"})

    # --- commands, forms and posts -------------------------------------------------------------------------

    def commands(self, team: str) -> list[Json]:
        """The own slash commands of a team with their tokens, for who may see these."""
        return self._list(self._driver.commands.list_commands_for_team, {"team_id": team, "custom_only": "true"})

    def shown_commands(self, team: str) -> list[Json]:
        """The slash commands that any member sees, without tokens and addresses."""
        return self._list(self._client.get, f"/teams/{_path(team)}/commands/autocomplete")

    def create_command(self, command: Mapping[str, Any]) -> Json:
        """Register a slash command; the answer holds its token."""
        return self._object(self._driver.commands.create_command, dict(command))

    def update_command(self, command: str, changed: Mapping[str, Any]) -> Json:
        """Replace a slash command; its token stays."""
        return self._object(self._client.put, f"/commands/{_path(command)}", dict(changed))

    def renew_command_token(self, command: str) -> str:
        """Give a slash command another token, and return that; the old one is no good from then on."""
        return str(self._object(self._client.put, f"/commands/{_path(command)}/regen_token").get("token", ""))

    def run_command(self, channel: str, team: str, text: str) -> Json:
        """Type a slash command as the account behind our token."""
        typed = {"channel_id": channel, "team_id": team, "command": text}
        return self._object(self._driver.commands.execute_command, typed)

    def press(self, post: str, action: str) -> Json:
        """Click a button as the account behind our token."""
        return self._object(self._driver.posts.perform_post_action, _path(post), _path(action))

    def write(self, post: Mapping[str, Any]) -> Json:
        """Make a post as it is given."""
        return self._object(self._driver.posts.create_post, dict(post))

    def read_post(self, post: str) -> Json:
        """A post."""
        return self._object(self._driver.posts.get_post, _path(post))

    def erase(self, post: str) -> None:
        """Delete a post of ours."""
        self._object(self._driver.posts.delete_post, _path(post))

    def whisper(self, channel: str, user: str, text: str) -> Json:
        """Show a text to one person in a channel; only few accounts may."""
        shown = {"user_id": user, "post": {"channel_id": channel, "message": text}}
        return self._object(self._client.post, "/posts/ephemeral", shown)

    def open_dialog(self, trigger_id: str, url: str, dialog: Mapping[str, Any]) -> None:
        """Open a form for whoever the trigger id is of, within half a minute; `url` is where it is sent.

        It is tried once and not for long, as somebody waits for it.
        """
        shown = {"trigger_id": trigger_id, "url": url, "dialog": dict(dialog)}
        self._object(self._client.post_once, "/actions/dialogs/open", shown, QUICK)

    # --- calling -------------------------------------------------------------------------------------------

    def _object(self, call: Callable[..., Any], *args: Any) -> Json:
        with failures():
            answer = call(*args)
        if not isinstance(answer, dict):
            raise PlatformUnavailable("an answer that is no JSON object")
        return answer

    def _list(self, call: Callable[..., Any], *args: Any) -> list[Json]:
        with failures():
            answer = call(*args)
        if not isinstance(answer, Sequence):
            raise PlatformUnavailable("an answer that is no JSON list")
        return list(answer)


@contextmanager
def failures() -> Iterator[None]:
    """Turn what goes wrong with a call into the two failures of a platform."""
    try:
        yield
    except MattermostError as error:
        raise failure(error) from error
    except ValueError:
        raise PlatformUnavailable("an answer that cannot be read") from None


def error_of(failed: PlatformUnavailable | PlatformRefused) -> tuple[int, str]:
    """The status and the error id that the server gave; 0 and empty when it gave none."""
    cause = failed.__cause__
    return (cause.status, cause.error_id) if isinstance(cause, MattermostError) else (0, "")


def failure(error: MattermostError) -> PlatformUnavailable | PlatformRefused:
    """What an error is to a caller: a refusal only when Mattermost itself said so, and could not say otherwise later."""
    is_final = 400 <= error.status < 500 and error.status not in (401, 408, 429)
    if is_final and (error.error_id or error.status == 413):
        return PlatformRefused(str(error))
    return PlatformUnavailable(str(error), error.retry_after)


def _path(part: str) -> str:
    """One part of an address, whatever it is; the driver puts it there as it is."""
    return quote(part, safe="") if part not in ("", ".", "..") else "-"
