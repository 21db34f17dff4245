"""The chat platforms that the configuration names, made and started."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Final

import structlog
from starlette.routing import Route

from bot.app import App
from bot.aside import Asides
from bot.clock import Clock, SystemClock
from bot.config import Config, MattermostSection
from bot.platforms.base import Platform, PlatformRefused, PlatformUnavailable
from bot.platforms.console.client import ConsoleClient
from bot.platforms.mattermost.api import Api, Settings
from bot.platforms.mattermost.client import MattermostClient
from bot.platforms.mattermost.render import Renderer
from bot.platforms.mattermost.trigger import TriggerKey, Triggers
from bot.problems import FileProblem
from bot.seal import Seal
from bot.webhooks import Mattermost, Webhooks
from commands.domain.values import Line

LIFETIME: Final = timedelta(days=5 * 366)
"""How long a button is good: as long as a round can last. What it does is checked when it is pressed."""

WATCH: Final = 300.0
"""Seconds between two looks at whether the server still accepts our token."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Connections:
    """The platforms that are served; `mattermost` is None when none is configured."""

    platforms: tuple[Platform, ...]
    mattermost: Mattermost | None = None

    @contextlib.contextmanager
    def serving(self, app: App) -> Iterator[list[Route]]:
        """The routes on which the platforms reach us; private answers go out for as long as the context lasts."""
        if self.mattermost is None:
            yield []
            return
        asides = Asides(self.mattermost.client)
        _greet(self.mattermost, app)
        with asides.sending(), _watched(self.mattermost):
            yield Webhooks(app, self.mattermost, asides).routes()


def connect(config: Config, clock: Clock) -> Connections:
    """Make what the configuration names; it reaches no server yet. Raises FileProblem for what is missing in it."""
    if config.mattermost.url:
        mattermost = make_mattermost(config.mattermost, clock)
        return Connections((mattermost.client,), mattermost)
    transcript = Path(config.console.transcript) if config.console.transcript else None
    return Connections((ConsoleClient(clock.now, transcript),))


def account_finder(config: Config) -> Callable[[str], str] | None:
    """What finds the id of an account by its name at the configured server; None without a server, or without its token."""
    section = config.mattermost
    if not section.url or section.token is None:
        return None
    clock = SystemClock()
    return Api(Settings(section.url, section.token.get_secret_value()), clock.now).account_id


def make_mattermost(section: MattermostSection, clock: Clock) -> Mattermost:
    """A Mattermost server as configured. Raises FileProblem when a key is missing."""
    for missing in section.missing:
        raise FileProblem("", None, f"mattermost.{missing}", "", Line("problem.mattermost-needs", {}))
    keys = [each.get_secret_value() for each in section.keys]
    token = section.token.get_secret_value() if section.token is not None else ""
    seal = Seal(keys)
    renderer = Renderer(seal, f"{section.callback_url}/mattermost/click", clock.now, LIFETIME, _id_key(token))
    client = MattermostClient(Settings(section.url, token, ca_file=section.ca_file), renderer, clock.now)
    triggers = Triggers(TriggerKey(client.signing_key), required=section.signed_clicks)
    tokens = {name: each.get_secret_value() for name, each in section.command_tokens.items()}
    return Mattermost(client, renderer, seal, triggers, tokens, section.callback_url)


@contextlib.contextmanager
def _watched(mattermost: Mattermost) -> Iterator[None]:
    """Ask the server now and then whether it still knows us: a bot is disabled when its owner leaves."""
    stopping = Event()

    def watch() -> None:
        was_rejected = False
        while not stopping.wait(WATCH):
            with contextlib.suppress(PlatformUnavailable, PlatformRefused):
                mattermost.client.me()
            if mattermost.client.is_rejected is not was_rejected:
                was_rejected = mattermost.client.is_rejected
                log.warning("mattermost-token", actie="bewaken", resultaat="geweigerd" if was_rejected else "hersteld")

    thread = Thread(target=watch, name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def _id_key(token: str) -> bytes:
    """What the ids of buttons are made with: it outlives a change of the sealing keys, as the cards that stand there do."""
    return hmac.digest(token.encode(), b"samenspraak button ids 1", hashlib.sha256)


def _greet(mattermost: Mattermost, app: App) -> None:
    """Look at the server once, so that the first click finds its key here; a server that is down is met later."""
    try:
        mattermost.client.me()
        mattermost.triggers.key.load(app.clock.now())
    except (PlatformUnavailable, PlatformRefused) as error:
        log.warning("mattermost-away", actie="start", resultaat=str(error), oorsprong="mattermost")
