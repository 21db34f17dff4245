"""A Mattermost server for tests: real HTTP on loopback, and the rules that the real server enforces."""

from __future__ import annotations

from tests.servers.mattermost.clients import Dialog, NotShown, Seen
from tests.servers.mattermost.model import Channel, Command, Event, File, Post, Settings, Team, User
from tests.servers.mattermost.outgoing import Call
from tests.servers.mattermost.server import FakeMattermost
from tests.servers.mattermost.web import Request

__all__ = [
    "Call",
    "Channel",
    "Command",
    "Dialog",
    "Event",
    "FakeMattermost",
    "File",
    "NotShown",
    "Post",
    "Request",
    "Seen",
    "Settings",
    "Team",
    "User",
]
