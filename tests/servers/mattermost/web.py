"""The web edge of the server: routing, sessions, limits, faults, and a record of every request."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.servers.mattermost.faults import Fault, Kind
from tests.servers.mattermost.model import Refused, User, invalid
from tests.servers.mattermost.wording import error_body
from tests.servers.mattermost.world import World


@dataclass(slots=True)
class Request:
    """One request, and in the end what came of it: the history that neither the bot nor the posts can tell."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    at: int
    connection: int
    user: User | None = None
    params: dict[str, str] = field(default_factory=dict)
    status: int = 0
    answer: bytes = b""
    fault: str = ""

    @property
    def caller(self) -> User:
        """The account that calls; routes that need one refuse before they ask."""
        if self.user is None:
            raise Refused(401, "api.context.session_expired.app_error")
        return self.user

    def json(self) -> Any:
        """The body, parsed."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise invalid("body") from None

    def fields(self) -> dict[str, Any]:
        """The body, parsed, an object."""
        parsed = self.json()
        if not isinstance(parsed, dict):
            raise invalid("body")
        return parsed


@dataclass(slots=True)
class Answer:
    """What goes back: a body to be written as JSON, or bytes as they are."""

    status: int
    body: Any
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The body as sent."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body, ensure_ascii=False).encode()


Handler = Callable[[World, Request], Answer]


class Route:
    """A method and a path; `{…_id}` takes letters and digits only, `{…}` takes anything up to the next slash.

    A route with `lock` runs under the lock of the world; the others call the bot and take it themselves.
    """

    def __init__(self, method: str, path: str, run: Handler, *, login: bool = True, lock: bool = True) -> None:
        self.method = method
        self.run = run
        self.login = login
        self.lock = lock
        pattern = re.sub(r"\{(\w+_id)\}", r"(?P<\1>[A-Za-z0-9]+)", path)
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
        self.pattern = re.compile(pattern)


class Edge:
    """Answers requests: limits and faults first, then the session, then the route."""

    def __init__(self, world: World, routes: Sequence[Route]) -> None:
        self.world = world
        self.routes = routes
        self.requests: list[Request] = []
        self._tokens = 0.0
        self._refilled = -1

    def answer(self, request: Request) -> Answer | Fault:
        """The answer to a request, or the fault that swallows it."""
        request.user = self._session(request)
        with self.world.lock:
            self.requests.append(request)
        by_person = request.user is not None and not request.user.is_bot
        fault = self.world.faults.take(request.method, request.path, by_person)
        request.fault = fault.kind.value if fault is not None else ""
        given = self._through(request, fault)
        if isinstance(given, Answer):
            request.status, request.answer = given.status, given.content
            given.headers.setdefault("X-Version-Id", f"{self.world.settings.version}.0.0.0.false")
        return given

    def _through(self, request: Request, fault: Fault | None) -> Answer | Fault:
        if fault is None:
            return self._limited(request)
        if fault.order is not None:
            fault.order.enter()
            try:
                return self._limited(request)
            finally:
                fault.order.leave()
        if not fault.applied:
            fault.wait()
            if fault.kind in (Kind.DROP, Kind.RESET):
                return fault
            if fault.kind is Kind.ANSWER:
                return self._spoiled(request, fault)
        if fault.kind is Kind.DUPLICATE:
            self._limited(request)
        answer = self._limited(request)
        if fault.applied:
            fault.wait()
            if fault.kind in (Kind.DROP, Kind.RESET):
                return fault
            if fault.kind is Kind.ANSWER:
                return self._spoiled(request, fault)
        return answer

    def _spoiled(self, request: Request, fault: Fault) -> Answer:
        if fault.status == 429:
            return limit_exceeded(fault.retry_after or 1, 101)
        headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        if not fault.error_id:
            return Answer(fault.status, b"<html><body>Bad gateway</body></html>", "text/html", headers)
        return self._refusal(request, Refused(fault.status, fault.error_id))

    def _limited(self, request: Request) -> Answer:
        settings = self.world.settings
        if settings.rate_limit and not self._take_token():
            return limit_exceeded(1, settings.rate_burst + 1)
        if len(request.body) > settings.max_payload and not request.path.endswith("/files"):
            return self._refusal(request, Refused(413, "api.context.request_body_too_large.app_error"))
        try:
            answer = self._routed(request)
        except Refused as refused:
            answer = self._refusal(request, refused)
        if settings.rate_limit:
            answer.headers["X-Ratelimit-Limit"] = str(settings.rate_burst + 1)
        return answer

    def _take_token(self) -> bool:
        """One bucket: every caller in a test has the same remote address."""
        settings, now = self.world.settings, self.world.milliseconds()
        with self.world.lock:
            full = float(settings.rate_burst + 1)
            gained = max(now - self._refilled, 0) * settings.rate_per_second / 1000
            self._tokens = full if self._refilled < 0 else min(self._tokens + gained, full)
            self._refilled = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True

    def _routed(self, request: Request) -> Answer:
        for route in self.routes:
            found = route.pattern.fullmatch(request.path) if route.method == request.method else None
            if found is None:
                continue
            if route.login and request.user is None:
                raise Refused(401, "api.context.session_expired.app_error")
            request.params = found.groupdict()
            if not route.lock:
                return route.run(self.world, request)
            with self.world.lock:
                return route.run(self.world, request)
        detail = f"There doesn't appear to be an api call for the url='{request.path}'.  "
        return Answer(
            404,
            {
                "id": "api.context.404.app_error",
                "message": "Sorry, we could not find the page.",
                "detailed_error": detail + "Typo? are you missing a team_id or user_id as part of the url?",
                "status_code": 404,
            },
        )

    def _session(self, request: Request) -> User | None:
        _, _, token = request.headers.get("authorization", "").partition(" ")
        return self.world.user_by_token(token) if token else None

    def _refusal(self, request: Request, refused: Refused) -> Answer:
        language = request.headers.get("accept-language", "")
        return Answer(refused.status, error_body(refused, language, self.world.new_id()))


def limit_exceeded(retry_after: int, limit: int) -> Answer:
    """The rate limiter's refusal: no JSON."""
    headers = {
        "Retry-After": str(retry_after),
        "X-Ratelimit-Limit": str(limit),
        "X-Ratelimit-Remaining": "0",
        "X-Ratelimit-Reset": "11",
    }
    return Answer(429, b"limit exceeded\n", "text/plain; charset=utf-8", headers)
