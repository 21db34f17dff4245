"""Recorded traffic of a real Mattermost: read, told in the terms of a fake one, and made comparable."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.clock import SteppedClock
from tests.servers.mattermost import Channel, FakeMattermost, Post, Settings, Team, User
from tests.servers.mattermost.clients import Seen
from tests.servers.mattermost.server import START
from tests.servers.stub_bot import Reply, StubBot

FOLDER = Path(__file__).parent / "mattermost" / "recorded"
NAMES = sorted(file.stem for file in FOLDER.glob("*.json"))
RECORDED_IDS = {
    "vereniging": "4zr3y9axipnmtnr7w467xibbdh",
    "raad": "bkzn15tsq7dttfxhkc9j4177ao",
    "bestuur": "geroddkbupg1zqxr9ox6ka7f6w",
    "plein": "a4dno6pr77yhir59hnh15xkyta",
    "jan": "a437cho3djgguxg1nbmtgt5mmy",
    "piet": "mn4pysco8byidnkpkxotf5xsdy",
    "fatima": "5j31cbq4zigzm88rt4ikz85f3r",
    "noor": "isqqem4ygifb5mkw3553ktrtby",
    "buiten": "b84jg4a8wj8mpenr3jidh717uc",
    "gast": "s3ombq8en3d15f8ypdrm3bh5ry",
    "stem": "tazrtguq3fra3drpndzjsb8dey",
}
ID = re.compile(r"\b[ybndrfg8ejkmcpqxot1uwisza345h769]{26}\b")
BOT_ADDRESS = re.compile(r"http://127\.0\.0\.1:9\d\d\d")
SERVER_ADDRESS = re.compile(r"http://127\.0\.0\.1:8065")
SEALED = re.compile(r"[A-Za-z0-9+/=_-]{60,}")
FIRST_TIME = 1_400_000_000_000  # milliseconds: a larger number is a moment


@dataclass(slots=True)
class Stage:
    """The people and channels of the recordings on a fake server, with a bot that answers as it did then."""

    server: FakeMattermost
    bot: StubBot
    clock: SteppedClock
    team: Team = field(init=False)
    people: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)

    def __post_init__(self) -> None:
        server = self.server
        self.team = server.team("vereniging")
        owner = server.user("eigenaar", [self.team])
        for name in ("jan", "fatima", "piet", "noor", "daan", "buiten"):
            self.people[name] = server.user(name, [self.team], locale="nl", first_name=name.capitalize())
        self.people["gast"] = server.user("gast")
        self.people["stem"] = server.bot("stem", owner, [self.team])
        self.people["eigenaar"] = owner
        server.promote(self.people["stem"], self.team)
        inside = [self.people[name] for name in ("jan", "fatima", "piet", "noor", "daan", "stem")]
        self.channels["raad"] = server.channel("raad", self.team, members=inside)
        self.channels["bestuur"] = server.channel("bestuur", self.team, True, inside[:3])
        self.channels["plein"] = server.channel("plein", self.team, members=inside[:5])
        server.command("stem", self.team, f"{self.bot.url}/cmd", self.people["stem"])

    def __getitem__(self, name: str) -> User:
        return self.people[name]

    @property
    def council(self) -> Channel:
        """The public channel of most recordings."""
        return self.channels["raad"]

    def move(self, seconds: float) -> None:
        """Let time pass on the server."""
        self.clock.set(self.clock.now() + timedelta(seconds=seconds))

    def ids(self) -> dict[str, str]:
        """The id here of everything whose recorded id is known."""
        people = {name: one.id for name, one in self.people.items()}
        channels = {name: one.id for name, one in self.channels.items()}
        here = {**people, **channels, self.team.name: self.team.id}
        return {name: here[name] for name in RECORDED_IDS}

    def case(self, name: str) -> dict[str, Any]:
        """A recording with the ids and addresses of this stage."""
        text = (FOLDER / f"{name}.json").read_text("utf-8")
        for known, here in self.ids().items():
            text = text.replace(RECORDED_IDS[known], here)
        text = SERVER_ADDRESS.sub(self.server.url, BOT_ADDRESS.sub(self.bot.url, text))
        parsed: dict[str, Any] = json.loads(text)
        return parsed

    def prepare(self, case: Mapping[str, Any]) -> None:
        """Let the bot answer as it did in the recording."""
        given = case.get("bot_response")
        if given:
            headers = given.get("headers") or {"Content-Type": "application/json"}
            self.bot.reply = Reply(given.get("body", {}), given.get("status", 200), headers)

    def post(self, attachments: list[Any], message: str = "Stemming", author: str = "stem", **more: Any) -> Post:
        """A post in the council's channel."""
        props = {"attachments": attachments, **more.pop("props", {})}
        return self.server.say(self[author], self.council, message, props=props, **more)

    def button(
        self, context: Mapping[str, Any] | None = None, action_id: str = "ja", path: str = "/btn"
    ) -> dict[str, Any]:
        """A button that calls the bot."""
        integration = {"url": self.bot.url + path, "context": context or {"t": "geheim.mac"}}
        return {"id": action_id, "type": "button", "name": "Ja", "integration": integration}

    def normal(self, value: Any) -> Any:
        """A value without what differs from run to run: known ids by name, other ids, moments, seals, addresses."""
        if isinstance(value, Mapping):
            return {key: self.normal(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.normal(one) for one in value]
        if isinstance(value, str):
            for name, here in self.ids().items():
                value = value.replace(here, f"<{name}>")
            return SEALED.sub("<sealed>", ID.sub("<id>", value))
        is_moment = isinstance(value, int) and not isinstance(value, bool) and value > FIRST_TIME
        return "<moment>" if is_moment else value

    def check_answer(self, case: Mapping[str, Any], seen: Seen) -> None:
        """The caller got what the caller of the real server got."""
        recorded = case["mattermost_answer"]
        body = seen.body.decode() if isinstance(seen.body, bytes) else seen.body
        assert (seen.status, self.normal(body)) == (recorded["status"], self.normal(recorded["body"]))

    def check_request(self, case: Mapping[str, Any]) -> None:
        """The bot got what the bot of the recording got: path, headers and fields in the same order."""
        recorded, got = case["request_to_bot"], self.bot.received[0]
        assert (got.method, got.path) == (recorded["method"], recorded["path"])
        assert [pair[0] for pair in got.headers] == [pair[0] for pair in recorded["headers"]]
        varying = ("Host", "Content-Length", "Authorization")
        fixed = [list(pair) for pair in got.headers if pair[0] not in varying]
        assert fixed == [pair for pair in recorded["headers"] if pair[0] not in varying]
        assert list(got.body) == list(recorded["body"])
        assert comparable(self.normal(got.body)) == comparable(self.normal(recorded["body"]))


def comparable(body: dict[str, Any]) -> dict[str, Any]:
    """Mentions come in no particular order."""
    return {key: sorted(value) if key.endswith(("mentions", "mentions_ids")) else value for key, value in body.items()}


def shape(value: Any) -> Any:
    """Keys and types of a value, where its content belongs to the recorded server alone."""
    if isinstance(value, Mapping):
        return {key: shape(one) for key, one in value.items()}
    if isinstance(value, list):
        return [shape(one) for one in value]
    return type(value).__name__


def staged(bot: StubBot, **settings: Any) -> Stage:
    """A fresh stage; the recorded server already read the edit limit in the newer way."""
    bot.forget()
    clock = SteppedClock(START)
    return Stage(FakeMattermost(clock, Settings(version="11.7.0", **settings)), bot, clock)
