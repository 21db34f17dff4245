"""Who may do what on the server, as its default roles say."""

from __future__ import annotations

from tests.servers.mattermost.model import Channel, Team, User, forbidden


def is_member(user: User, channel: Channel) -> bool:
    """Whether an account is in a channel."""
    return user.id in channel.members


def is_team_admin(user: User, team: Team | None) -> bool:
    """Whether an account administers a team."""
    return user.is_system_admin or (team is not None and "team_admin" in team.members.get(user.id, ()))


def may_read(user: User, channel: Channel) -> bool:
    """Members read; a public channel is read by everybody in its team who is no guest, joined or not."""
    if user.is_system_admin or is_member(user, channel):
        return True
    return channel.kind == "O" and channel.team is not None and user.id in channel.team.members and not user.is_guest


def may_post(user: User, channel: Channel) -> bool:
    """Members post; administrators of the team and holders of a posting role anywhere in it."""
    if user.is_system_admin or is_member(user, channel) or "system_post_all" in user.roles:
        return True
    if channel.kind == "D":
        return False
    return is_team_admin(user, channel.team) or (channel.kind == "O" and "system_post_all_public" in user.roles)


def may_add(user: User, channel: Channel, other: User) -> bool:
    """Members add others, anybody of the team joins a public channel, an administrator of the team goes anywhere."""
    if channel.team is None or other.id not in channel.team.members:
        return False
    joins = other is user and channel.kind == "O" and not user.is_guest
    return joins or (is_member(user, channel) and not user.is_guest) or is_team_admin(user, channel.team)


def may_command(user: User, team: Team) -> bool:
    """Slash commands are made and listed by administrators of the team."""
    return is_team_admin(user, team)


def require(is_allowed: bool) -> None:
    """Refuse with the server's one answer to a missing right."""
    if not is_allowed:
        raise forbidden()
