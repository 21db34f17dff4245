"""The driver's way to the server: one session with time-outs, and errors that keep what the server said."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

import requests
from mattermostdriver.client import Client
from requests.adapters import HTTPAdapter
from requests.utils import default_headers

CONNECTIONS: Final = 8
TRIES: Final = 3
LONGEST_PAUSE: Final = 5.0
"""Seconds that a call waits before it tries again; what must wait longer fails at once, and says how long."""

_HEADERS: Final = default_headers()
_REPEATABLE: Final = frozenset({"GET", "PUT", "DELETE"})
"""What may be sent again when nobody knows whether it arrived (RFC 9110, section 9.2.2)."""
_PENDING: Final = "api.post.deduplicate_create_post.pending"
"""The same post is being made by another request: asking again is safe, and tells what became of it."""
_OPEN: Final = ("/config/client", "/system/ping", "/actions/dialogs/open")
"""What the server answers whoever asks: it says nothing about our token."""
_TALKATIVE: Final = (
    "mattermostdriver.api",
    "mattermostdriver.api.channels",
    "mattermostdriver.websocket",
    "urllib3.connectionpool",
)


class MattermostError(Exception):
    """The server refused, or did not answer: `status` is 0 then.

    `error_id` is the server's word for what is wrong, empty when it was not Mattermost that answered. `retry_after` is
    in seconds, None when nothing was said.
    """

    def __init__(self, status: int, error_id: str = "", request_id: str = "", retry_after: float | None = None) -> None:
        super().__init__(f"{status} {error_id or '-'} {request_id or '-'}")
        self.status = status
        self.error_id = error_id
        self.request_id = request_id
        self.retry_after = retry_after


class PooledClient(Client):  # type: ignore[misc]  # the driver ships no types
    """A client of the driver that keeps its connections, always gives up in time, and knows no cookie and no proxy.

    Besides the options of the driver it takes `timeouts` (to connect, and between two bytes, in seconds), `sleep` and
    `now`. A refusal for its rate is repeated; what nobody knows to have arrived is repeated only where that is harmless.
    Safe to use from several threads.
    """

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__(options)
        self.token = options["token"]
        self.is_rejected = False
        """Whether the server refused our token when it last looked at it."""
        self.version = ""
        """The version of the server, as it last said."""
        self.is_limited = False
        """Whether the last answer counted our calls against a limit."""
        self.clock_skew: timedelta | None = None
        """How far the server's clock was ahead of ours when it last answered, to about a second."""
        self._timeouts: tuple[float, float] = options["timeouts"]
        self._sleep: Callable[[float], None] = options["sleep"]
        self._now: Callable[[], datetime] = options["now"]
        # What a session would add per call (redirects, cookies, proxies and passwords of the environment) is unwanted
        # here, and takes a third of the time of a call.
        self._connections = HTTPAdapter(pool_maxsize=CONNECTIONS, pool_block=True)

    def make_request(
        self,
        method: str,
        endpoint: str,
        options: Any = None,
        params: Mapping[str, Any] | None = None,
        data: Any = None,
        files: Any = None,
        basepath: str | None = None,
    ) -> requests.Response:
        """One call and its answer, tried a few times where that is safe. Raises `MattermostError`."""
        del basepath  # for the calls of another program behind the same address
        method = method.upper()
        failures = 0
        while True:
            try:
                return self._try(method, endpoint, options, params, data, files)
            except MattermostError as error:
                failures += 1
                pause = self._pause(method, error, failures)
                if pause is None:
                    raise
            self._sleep(pause)

    def get(self, endpoint: str, options: Any = None, params: Mapping[str, Any] | None = None) -> Any:
        """The decoded answer, or the answer itself when it is not JSON, as for a file."""
        del options  # a GET has no body
        answer = self.make_request("GET", endpoint, params=params)
        return answer.json() if _is_json(answer) else answer

    def post_once(self, endpoint: str, options: Any, timeouts: tuple[float, float]) -> Any:
        """A POST that is not tried again and has time-outs of its own, for what somebody waits for."""
        answer = self._try("POST", endpoint, options, None, None, None, timeouts)
        return answer.json() if _is_json(answer) else answer

    def _try(
        self,
        method: str,
        endpoint: str,
        options: Any,
        params: Mapping[str, Any] | None,
        data: Any,
        files: Any,
        timeouts: tuple[float, float] | None = None,
    ) -> requests.Response:
        has_json = method in ("POST", "PUT", "PATCH") and files is None and data is None
        request = requests.PreparedRequest()
        try:
            request.prepare(
                method,
                self.url + endpoint,
                params=params,
                data=data,
                files=files,
                json=({} if options is None else options) if has_json else None,
                headers={**_HEADERS, **self.auth_header()},
            )
            answer = self._connections.send(request, timeout=timeouts or self._timeouts, verify=self._verify)
            answer.content  # noqa: B018 - reads it whole, which may fail too
        except requests.RequestException:
            raise MattermostError(0) from None  # its words hold the address, which may be a secret
        self._look(endpoint, answer)
        if answer.status_code >= 300:
            raise _error(answer)
        return answer

    def _look(self, endpoint: str, answer: requests.Response) -> None:
        """Keep what an answer says about the server and about our token."""
        if answer.status_code == 401:
            self.is_rejected = True
        elif answer.ok and not endpoint.startswith(_OPEN):
            self.is_rejected = False
        self.version = answer.headers.get("X-Version-Id", self.version)
        self.is_limited = "X-Ratelimit-Limit" in answer.headers
        try:
            self.clock_skew = parsedate_to_datetime(answer.headers["Date"]) - self._now()
        except (KeyError, ValueError, TypeError):  # no date, none that can be read, none with a zone
            return

    def _pause(self, method: str, error: MattermostError, failures: int) -> float | None:
        """Seconds to wait before the same call may be made again; None when it may not."""
        if error.status == 429 or error.error_id == _PENDING:
            pause = error.retry_after or 1.0
        elif method in _REPEATABLE and error.status in (0, 500, 502, 503, 504):
            pause = error.retry_after or 0.2 * failures
        else:
            return None
        return pause if failures < TRIES and pause <= LONGEST_PAUSE else None


def silence() -> None:
    """Keep the driver and what is below it from logging addresses, answers and tokens, whatever level is asked for."""
    for name in _TALKATIVE:
        logging.getLogger(name).disabled = True


def _error(answer: requests.Response) -> MattermostError:
    try:
        body = answer.json() if _is_json(answer) else {}
    except ValueError:
        body = {}
    said = body if isinstance(body, dict) else {}
    return MattermostError(
        answer.status_code, str(said.get("id", "")), str(said.get("request_id", "")), _seconds(answer)
    )


def _seconds(answer: requests.Response) -> float | None:
    """What Retry-After says, when it says it in seconds."""
    said = answer.headers.get("Retry-After", "").strip()
    return float(said) if said.isascii() and said.isdigit() else None


def _is_json(answer: requests.Response) -> bool:
    return answer.headers.get("Content-Type", "").partition(";")[0].strip() == "application/json"
