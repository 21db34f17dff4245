"""What a Mattermost server knows: settings, people, channels, posts, and how it refuses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


class Refused(Exception):
    """An error of the server: HTTP status, the stable id, and values for its sentence."""

    def __init__(self, status: int, error_id: str, **words: object) -> None:
        super().__init__(f"{status} {error_id}")
        self.status = status
        self.error_id = error_id
        self.words = words


def forbidden() -> Refused:
    """The caller lacks a right."""
    return Refused(403, "api.context.permissions.app_error")


def invalid(name: str) -> Refused:
    """A field of the request is missing or wrong."""
    return Refused(400, "api.context.invalid_body_param.app_error", name=name)


@dataclass(slots=True)
class Settings:
    """What an administrator of the server can set; a test may change a field at any moment.

    `edit_limit` is `PostEditTimeLimit` in seconds, -1 for none. `every_edit_limited` chooses the reading of that limit:
    only a patch with a message, or every write by REST; None follows the version. `integration_timeout` is in real
    seconds, `trigger_life` in seconds of the server's clock. `create_seconds` is how long creating a post takes.
    `commands` is `EnableCommands`, and without `serves_key` the server tells nobody the key of its trigger ids.
    """

    version: str = "11.6.0"
    site_url: str = ""
    edit_limit: int = -1
    every_edit_limited: bool | None = None
    rate_limit: bool = False
    rate_per_second: int = 10
    rate_burst: int = 100
    integration_timeout: float = 30.0
    connect_timeout: float = 3.0
    trigger_life: int = 30
    allowed_internal: str = ""
    trust_loopback: bool = True
    max_payload: int = 300_000
    max_post: int = 16_383
    max_props: int = 800_000
    max_notifications: int = 1000
    restrict_direct: bool = False
    show_email: bool = True
    bots_follow_owner: bool = True
    username_override: bool = False
    create_seconds: float = 0.0
    idle_click_connections: int = 32
    commands: bool = True
    serves_key: bool = True

    @property
    def release(self) -> tuple[int, int]:
        """Major and minor version."""
        major, minor = self.version.split(".")[:2]
        return int(major), int(minor)

    @property
    def limits_every_edit(self) -> bool:
        """Whether the edit limit refuses every write by REST, not only a changed message."""
        return self.release >= (11, 7) if self.every_edit_limited is None else self.every_edit_limited


@dataclass(slots=True, eq=False)
class Team:
    """A team; `members` holds the roles of each member by user id."""

    id: str
    name: str
    members: dict[str, set[str]] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class User:
    """A person or a bot. `token` opens the REST interface as that account."""

    id: str
    name: str
    token: str
    created_at: int
    locale: str = "en"
    first_name: str = ""
    last_name: str = ""
    timezone: str = "Europe/Amsterdam"
    roles: set[str] = field(default_factory=lambda: {"system_user"})
    is_bot: bool = False
    owner: User | None = None
    deactivated_at: int = 0
    mention_keys: tuple[str, ...] = ()
    first_name_mentions: bool = False
    channel_mentions: bool = True

    @property
    def is_guest(self) -> bool:
        """A guest sees only the channels it was put in."""
        return "system_guest" in self.roles

    @property
    def is_system_admin(self) -> bool:
        """May do nearly everything."""
        return "system_admin" in self.roles


@dataclass(slots=True, eq=False)
class Membership:
    """One person in one channel; `explicit` counts posts that name the person, `mentions` what the server shows."""

    joined_at: int
    mentions: int = 0
    explicit: int = 0


@dataclass(slots=True, eq=False)
class Channel:
    """A channel: `kind` is O (public), P (private) or D (direct, without a team)."""

    id: str
    name: str
    kind: str
    team: Team | None
    created_at: int
    creator_id: str
    members: dict[str, Membership] = field(default_factory=dict)
    deleted_at: int = 0
    post_count: int = 0
    root_count: int = 0
    last_post_at: int = 0


@dataclass(slots=True, eq=False)
class File:
    """A file, first in a channel, then attached to a post."""

    id: str
    user_id: str
    channel_id: str
    name: str
    media_type: str
    content: bytes
    created_at: int
    post_id: str = ""


@dataclass(slots=True, eq=False)
class Post:
    """A post as stored: `props` still hold the integrations of its buttons. `history` holds what each write replaced."""

    id: str
    user_id: str
    channel_id: str
    message: str
    props: Json
    created_at: int
    updated_at: int
    root_id: str = ""
    type: str = ""
    edited_at: int = 0
    deleted_at: int = 0
    is_pinned: bool = False
    has_reactions: bool = False
    file_ids: list[str] = field(default_factory=list)
    reactions: list[Json] = field(default_factory=list)
    history: list[Json] = field(default_factory=list)

    @property
    def attachments(self) -> list[Json]:
        """The attachments of the post, in order."""
        found = self.props.get("attachments")
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    @property
    def actions(self) -> list[Json]:
        """All buttons and menus, in order."""
        return [action for one in self.attachments for action in one.get("actions") or ()]


@dataclass(slots=True, eq=False)
class Command:
    """A slash command of a team."""

    id: str
    token: str
    creator_id: str
    team_id: str
    trigger: str
    created_at: int
    updated_at: int
    url: str
    method: str = "P"
    display_name: str = ""
    description: str = ""
    auto_complete: bool = False
    auto_complete_desc: str = ""
    auto_complete_hint: str = ""
    username: str = ""
    icon_url: str = ""


@dataclass(slots=True, eq=False)
class Hook:
    """A `response_url`: who ran which command where, and how often it was used."""

    id: str
    command_id: str
    user_id: str
    channel_id: str
    root_id: str
    created_at: int
    uses: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """What the server told one user's client over its websocket."""

    user_id: str
    name: str
    data: Json
    at: int
