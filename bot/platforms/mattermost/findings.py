"""What was found about a server and its bot: how bad it is, as a sentence to come with its remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from bot.platforms.base import PlatformRefused, PlatformUnavailable
from bot.platforms.mattermost.api import Api, Json, error_of
from commands.domain.values import Code, Line, Value

Failed: TypeAlias = PlatformUnavailable | PlatformRefused
Resolve: TypeAlias = Callable[[str], Iterable[str]]
"""The addresses of a host name, as texts; raises OSError when there are none."""

COMMAND_PATH: Final = "/mattermost/command"
CLICK_PATH: Final = "/mattermost/click"
ALLOWED: Final = "AllowedUntrustedInternalConnections"
_SHARED: Final = ip_network("100.64.0.0/10")


class Weight(StrEnum):
    """How bad a finding is; `DONE` and `WOULD` are what a set-up did, or would do. Only `WRONG` is a failure."""

    WRONG = "wrong"
    WARNING = "warning"
    HAND = "hand"
    DONE = "done"
    WOULD = "would"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found, and what to do about it."""

    weight: Weight
    line: Line

    @property
    def code(self) -> str:
        """What it is, without words."""
        return self.line.key.removeprefix("mattermost.")


def found(weight: Weight, code: str, **values: Value) -> Finding:
    """A finding with its sentence."""
    return Finding(weight, Line(f"mattermost.{code}", values))


def failed_call(what: str, error: Failed) -> Finding:
    """A call that went wrong in a way that says nothing more; `what` is its name in the interface of the server."""
    status, id = error_of(error)
    return found(Weight.WRONG, "call-failed", call=Code(what), status=status, error=Code(id))


def token_refused(admin: Api | None, bot_name: str) -> Finding:
    """Our token is not accepted: it is wrong, or the bot was disabled, which only an administrator can tell apart."""
    if admin is None:
        return found(Weight.WRONG, "token-or-disabled", bot=Code(bot_name))
    try:
        user = admin.user_by_name(bot_name)
    except (PlatformUnavailable, PlatformRefused):
        return found(Weight.WRONG, "token-or-disabled", bot=Code(bot_name))
    if not user.get("delete_at"):
        return found(Weight.WRONG, "token-wrong", bot=Code(bot_name))
    return found(Weight.WRONG, "bot-disabled", bot=Code(bot_name), owner=Code(_gone_owner(admin, str(user["id"]))))


def _gone_owner(admin: Api, bot: str) -> str:
    """The name of the bot's owner when his account is closed; empty when it is not, or cannot be seen."""
    try:
        owner = admin.user(str(admin.bot(bot).get("owner_id", "")))
    except (PlatformUnavailable, PlatformRefused):
        return ""
    return str(owner.get("username", "")) if owner.get("delete_at") else ""


def settings_of(admin: Api | None) -> Json | None:
    """All settings of the server; None without an administrator of the system."""
    if admin is None:
        return None
    try:
        return admin.whole_config()
    except (PlatformUnavailable, PlatformRefused):
        return None


def setting(config: Json | None, section: str, name: str) -> object:
    """One setting; None when it cannot be seen."""
    inside = (config or {}).get(section)
    return inside.get(name) if isinstance(inside, dict) else None


def is_guarded(callback: str, server: str, resolve: Resolve) -> bool:
    """Whether a server refuses to call an address by itself: one inside a network, or one of the server's own machine.

    Names are looked up here, and may mean something else there.
    """
    try:
        addresses = {ip_address(each.partition("%")[0]) for each in resolve(_host(callback))}
    except (OSError, ValueError):
        return False
    try:
        own = {ip_address(each.partition("%")[0]) for each in resolve(_host(server))}
    except (OSError, ValueError):
        own = set()
    return any(_is_reserved(each) or each in own for each in addresses)


def is_allowed(callback: str, allowed: str, resolve: Resolve) -> bool:
    """Whether the setting lets an address through: its host stands there as it is, or each of its addresses lies inside."""
    host, entries = _host(callback), allowed.replace(",", " ").split()
    if host in entries:
        return True
    networks = []
    for entry in entries:
        try:
            networks.append(ip_network(entry, strict=False))
        except ValueError:
            continue
    try:
        addresses = [ip_address(each.partition("%")[0]) for each in resolve(host)]
    except (OSError, ValueError):
        return False
    return bool(addresses) and all(any(each in network for network in networks) for each in addresses)


def host_of(address: str) -> Code:
    """The host in an address, as it belongs in the setting: without a port."""
    return Code(_host(address))


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""


def _is_reserved(address: IPv4Address | IPv6Address) -> bool:
    return not address.is_global or address.is_multicast or (isinstance(address, IPv4Address) and address in _SHARED)
