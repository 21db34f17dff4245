"""What a real Mattermost server sent, and what is needed to check it again."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

from bot.platforms.mattermost.trigger import read_trigger

FOLDER: Final = Path(__file__).parent.parent.parent / "servers" / "mattermost" / "recorded"
MOMENT: Final = timedelta(milliseconds=40)
"""How long after the server's stamp a request is taken to have come in."""


def case(name: str) -> dict[str, Any]:
    """One recorded case, by the name of its file."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return found


def body(name: str) -> bytes:
    """The body of the request of a case, as it came in."""
    raw: str = case(name)["request_to_bot"]["body_raw"]
    return raw.encode()


def headers(name: str) -> dict[str, str]:
    """The headers of the request of a case."""
    return dict(case(name)["request_to_bot"]["headers"])


def received(trigger_id: str) -> datetime:
    """When a request with this trigger id came in."""
    return read_trigger(trigger_id).at + MOMENT


def key() -> str:
    """The key with which the recorded server signed."""
    found: str = case("trigger_id_signature")["effect"]["AsymmetricSigningPublicKey"]
    return found


def commands() -> dict[str, bytes]:
    """The bodies of all recorded commands, by case."""
    return {name: raw for name, raw in _bodies().items() if b"response_url=" in raw}


def clicks() -> dict[str, bytes]:
    """The bodies of all recorded clicks, by case."""
    return {name: raw for name, raw in _bodies().items() if raw.startswith(b"{") and "trigger_id" in json.loads(raw)}


def submissions() -> dict[str, bytes]:
    """The bodies of all recorded forms, by case."""
    return {name: raw for name, raw in _bodies().items() if b'"type":"dialog_submission"' in raw}


def trigger_ids() -> dict[str, tuple[str, str]]:
    """All recorded trigger ids with the user of the request, by case."""
    found = {name: json.loads(raw) for name, raw in clicks().items()}
    found |= {
        name: {each: values[0] for each, values in parse_qs(raw.decode()).items()} for name, raw in commands().items()
    }
    return {name: (fields["trigger_id"], fields["user_id"]) for name, fields in found.items()}


def _bodies() -> dict[str, bytes]:
    cases = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}
    return {
        name: found["request_to_bot"]["body_raw"].encode()
        for name, found in cases.items()
        if isinstance(found.get("request_to_bot"), dict) and "body_raw" in found["request_to_bot"]
    }
