"""Calls from the server to the bot: which addresses it dials, over which connections, and what counts as an answer."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Lock
from urllib.parse import SplitResult, urljoin, urlsplit

from tests.servers.mattermost.faults import Fault, Faults, Kind
from tests.servers.mattermost.model import Settings

LONGEST_ANSWER = 1024 * 1024
REDIRECTS = 10
SHARED = ip_network("100.64.0.0/10")


class CallFailed(Exception):
    """The bot could not be reached, or gave no answer in time."""


@dataclass(frozen=True, slots=True)
class BotAnswer:
    """What the bot answered."""

    status: int
    reason: str
    media_type: str
    body: bytes


@dataclass(slots=True)
class Call:
    """One call to the bot, for the record: `kind` is command, click, dialog or lookup; `connection` numbers the sockets."""

    kind: str
    url: str
    headers: list[tuple[str, str]]
    body: bytes
    at: int
    connection: int = 0
    status: int = 0
    answer: bytes = b""
    error: str = ""


@dataclass(slots=True, eq=False)
class Line:
    """One open connection to the bot."""

    number: int
    http: HTTPConnection
    address: tuple[str, int]

    def is_closed(self) -> bool:
        """Whether the other side has closed it, or said something nobody asked for."""
        return self.http.sock is None or bool(select.select([self.http.sock], [], [], 0)[0])


@dataclass(slots=True)
class Caller:
    """Makes the calls. Commands share connections that stay open; each click and each form opens its own."""

    settings: Settings
    faults: Faults
    now: Callable[[], int]
    calls: list[Call] = field(default_factory=list)
    _free: list[Line] = field(default_factory=list)
    _idle: list[Line] = field(default_factory=list)
    _opened: int = 0
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def exchange(
        self, kind: str, url: str, body: bytes, media_type: str, authorization: str = ""
    ) -> Iterator[BotAnswer]:
        """Send a body to the bot and give its answer, whatever its status; what is done with it happens inside.

        Faults for calls to the bot apply here; answers that are to be reordered wait for each other.
        """
        fault = self.faults.take(kind, urlsplit(url).path)
        if fault is not None and fault.kind in (Kind.DROP, Kind.RESET) and not fault.applied:
            headers = _headers(urlsplit(url), "POST", body, media_type, authorization)
            with self._lock:
                self.calls.append(Call(kind, url, headers, body, self.now(), error="lost on the way"))
        with self._in_turn(fault, False):
            answer = None if fault is None else self._spoiled(fault, False)
            if fault is not None and fault.kind is Kind.DUPLICATE:
                self._post(kind, url, body, media_type, authorization)
            if answer is None:
                answer = self._post(kind, url, body, media_type, authorization)
        with self._in_turn(fault, True):
            yield (self._spoiled(fault, True) if fault is not None else None) or answer

    @contextmanager
    def _in_turn(self, fault: Fault | None, applied: bool) -> Iterator[None]:
        if fault is None or fault.order is None or fault.applied is not applied:
            yield
            return
        fault.order.enter()
        try:
            yield
        finally:
            fault.order.leave()

    def _spoiled(self, fault: Fault, applied: bool) -> BotAnswer | None:
        """What a fault makes of the call before it is sent, or of its answer; None when it goes on."""
        if fault.applied is not applied:
            return None
        fault.wait()
        if fault.kind in (Kind.DROP, Kind.RESET):
            raise CallFailed("lost on the way")
        is_answer = fault.kind is Kind.ANSWER
        return BotAnswer(fault.status, "", "application/json", b"{}") if is_answer else None

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            lines = self._free + self._idle
            self._free.clear()
            self._idle.clear()
        for line in lines:
            line.http.close()

    def _post(self, kind: str, url: str, body: bytes, media_type: str, authorization: str) -> BotAnswer:
        method = "POST"
        ends_at = time.monotonic() + self.settings.integration_timeout
        for _ in range(REDIRECTS):
            answer, location = self._exchange(kind, method, url, body, media_type, authorization, ends_at)
            if not location:
                return answer
            url = urljoin(url, location)
            if answer.status not in (307, 308):
                method, body = "GET", b""
        raise CallFailed("too many redirects")

    def _exchange(
        self, kind: str, method: str, url: str, body: bytes, media_type: str, authorization: str, ends_at: float
    ) -> tuple[BotAnswer, str]:
        parts = urlsplit(url)
        headers = _headers(parts, method, body, media_type, authorization)
        call = Call(kind, url, headers, body, self.now())
        with self._lock:
            self.calls.append(call)
        try:
            line = self._line(parts, kind == "command")
            call.connection = line.number
            answer, location = self._speak(line, method, parts, headers, body, ends_at)
        except (OSError, HTTPException, CallFailed) as error:
            call.error = f"{type(error).__name__}: {error}"
            raise CallFailed(call.error) from error
        call.status, call.answer = answer.status, answer.body
        self._keep(line, kind == "command")
        return answer, location

    def _line(self, parts: SplitResult, is_shared: bool) -> Line:
        host, port = parts.hostname or "", parts.port or 80
        if parts.scheme != "http":
            raise CallFailed(f"this server speaks no {parts.scheme}")
        with self._lock:
            while is_shared and self._free:
                line = self._free.pop()
                if line.address == (host, port) and not line.is_closed():
                    return line
                line.http.close()
            self._opened += 1
            number = self._opened
        self._guard(host, port)
        http = HTTPConnection(host, port, timeout=self.settings.connect_timeout)
        http.connect()
        http.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return Line(number, http, (host, port))

    def _guard(self, host: str, port: int) -> None:
        """Refuse to dial an address inside the own network that the administrator has not allowed."""
        allowed = self.settings.allowed_internal.replace(",", " ").split()
        if host in allowed:
            return
        for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            ip = ip_address(address[0])
            if is_reserved(ip) and not (ip.is_loopback and self.settings.trust_loopback) and not is_listed(ip, allowed):
                raise CallFailed(f"address forbidden: {host}")

    def _speak(
        self,
        line: Line,
        method: str,
        parts: SplitResult,
        headers: list[tuple[str, str]],
        body: bytes,
        ends_at: float,
    ) -> tuple[BotAnswer, str]:
        http = line.http
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            http.sock.settimeout(max(ends_at - time.monotonic(), 0.001))
            http.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in headers:
                http.putheader(name, value)
            http.endheaders(body or None)
            response = http.getresponse()
            content = response.read(LONGEST_ANSWER)
            if response.read(1):
                http.close()
        except BaseException:
            http.close()
            raise
        location = response.getheader("Location", "") if response.status in (301, 302, 303, 307, 308) else ""
        answer = BotAnswer(response.status, response.reason, response.getheader("Content-Type", ""), content)
        return answer, location

    def _keep(self, line: Line, is_shared: bool) -> None:
        with self._lock:
            if line.http.sock is None:
                return
            if is_shared:
                self._free.append(line)
                return
            self._idle.append(line)
            over = max(len(self._idle) - self.settings.idle_click_connections, 0)
            gone, self._idle = self._idle[:over], self._idle[over:]
        for old in gone:
            old.http.close()


def is_reserved(ip: IPv4Address | IPv6Address) -> bool:
    """Whether an address is not one of the public internet."""
    return not ip.is_global or ip.is_multicast or (isinstance(ip, IPv4Address) and ip in SHARED)


def is_listed(ip: IPv4Address | IPv6Address, allowed: list[str]) -> bool:
    """Whether an address falls in one of the networks that the administrator has written down."""
    for entry in allowed:
        try:
            if ip in ip_network(entry, strict=False):
                return True
        except ValueError:
            continue
    return False


def _headers(
    parts: SplitResult, method: str, body: bytes, media_type: str, authorization: str
) -> list[tuple[str, str]]:
    """The headers of a call, in the order of the real server."""
    headers = [("Host", parts.netloc), ("User-Agent", "Mattermost-Bot/1.1")]
    if method == "POST":
        headers.append(("Content-Length", str(len(body))))
    headers.append(("Accept", "application/json"))
    if authorization:
        headers.append(("Authorization", authorization))
    if method == "POST":
        headers.append(("Content-Type", media_type))
    headers.append(("Accept-Encoding", "gzip"))
    return headers
