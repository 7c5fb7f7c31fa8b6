"""What stands before every route: hosts, origins, the token, the size and form of a body.

Pure ASGI, outermost, so that a path that is not there is guarded like one that is.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tuner.errors import Problem
from tuner.service.limits import Limits
from tuner.service.problems import HttpProblemError, problem_response
from tuner.service.strict_json import parse_strictly
from tuner.service.tokens import is_token

Count: TypeAlias = Callable[[str, int], None]

HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]+)(?::(\d{1,5}))?")
SAFE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Headers of every answer that does not set its own."""

CHALLENGES = 'Bearer realm="cliffside", Basic realm="cliffside"'
SAME_SITE = ("same-origin", "none")


@dataclass(frozen=True, slots=True)
class Door:
    """Who may come in.

    Parameters
    ----------
    hosts : frozenset of str
        Names that the Host header may have, in small letters, without a port.
    token_digest : bytes or None
        SHA-256 of the token that every request needs; None: there is none.
    """

    hosts: frozenset[str]
    token_digest: bytes | None = None


class Guard:
    """The middleware.

    Parameters
    ----------
    app : ASGI application
        What is guarded.
    door : Door
        Who may come in.
    limits : Limits
        Of bodies and of requests at the same time.
    count : callable
        Hears method and status of every answer.
    """

    def __init__(self, app: ASGIApp, *, door: Door, limits: Limits, count: Count) -> None:
        self._app, self._door, self._limits, self._count = app, door, limits, count
        self._at_work = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # no WebSocket is served; the server answers 403

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SAFE_HEADERS.items():
                    headers.setdefault(name, value)
                self._count(scope["method"], message["status"])
            await send(message)

        self._at_work += 1
        try:
            self._check(scope["method"], Headers(scope=scope))
            passed = await self._read(scope, receive)
        except HttpProblemError as error:
            challenge = {"WWW-Authenticate": CHALLENGES} if error.status == 401 else {}
            answer = problem_response(
                error.status, error.problem, headers=challenge, retry_seconds=error.retry_seconds
            )
            await answer(scope, receive, told)
            return
        else:
            await self._app(scope, passed, told)
        finally:
            self._at_work -= 1

    def _check(self, method: str, headers: Headers) -> None:
        """Refuse what may not come in."""
        if self._at_work > self._limits.most_requests:
            got = f"{self._at_work}"
            raise HttpProblemError(
                503,
                Problem(
                    f"at most {self._limits.most_requests} requests at once",
                    got,
                    "service",
                    "Try again later.",
                ),
                retry_seconds=1,
            )
        host = headers.getlist("host")
        name = host_name(host[0]) if len(host) == 1 else None
        if name not in self._door.hosts:
            known = ", ".join(sorted(self._door.hosts))
            raise _refused(421, f"one of {known}", ", ".join(host)[:100] or "none", "header Host")
        for origin in headers.getlist("origin"):
            if not is_same_origin(origin, host[0]):
                raise _refused(403, "the service's own origin", origin[:100], "header Origin")
        site = headers.get("sec-fetch-site")
        if site is not None and site not in SAME_SITE and method not in ("GET", "HEAD"):
            raise _refused(403, "a request of the same origin", site[:100], "header Sec-Fetch-Site")
        digest = self._door.token_digest
        if digest is not None and not is_token(digest, headers.get("authorization")):
            got = "another" if "authorization" in headers else "none"
            raise _refused(401, "the token of the service", got, "header Authorization")

    async def _read(self, scope: Scope, receive: Receive) -> Receive:
        """Read the whole body, within its bounds, and give it to who asks next."""
        headers, most = Headers(scope=scope), self._limits.largest_body_bytes
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length[:20]) > most:
            raise _too_large(most, f"{length[:20]} bytes")
        body = bytearray()
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                more = True
                while more:
                    message = await receive()
                    if message["type"] != "http.request":
                        raise _refused(408, "a whole body", f"{len(body)} bytes of it", "body")
                    body += message.get("body", b"")
                    if len(body) > most:
                        raise _too_large(most, "more")
                    more = message.get("more_body", False)
        except TimeoutError as error:
            within = f"a body within {self._limits.body_seconds} s"
            raise _refused(408, within, f"{len(body)} bytes of it", "body") from error
        if body:
            self._check_body(bytes(body), headers.get("content-type", ""))
        return _again(bytes(body), receive)

    def _check_body(self, body: bytes, content_type: str) -> None:
        """Refuse a body that is not JSON as it is meant."""
        if content_type.partition(";")[0].strip().lower() != "application/json":
            got = content_type[:100] or "none"
            raise _refused(415, "application/json", got, "header Content-Type")
        try:
            parse_strictly(body, deepest=self._limits.deepest_json)
        except ValueError as error:
            raise _refused(
                422, "JSON, each key once, finite numbers", str(error), "body"
            ) from error


def host_name(host: str) -> str | None:
    """Give the name of a Host header without its port, in small letters; None where it has none.

    Examples
    --------
    >>> host_name("LocalHost:8377"), host_name("[::1]:80"), host_name("a b")
    ('localhost', '[::1]', None)
    """
    found = HOST.fullmatch(host)
    return None if found is None else found[1].lower()


def is_same_origin(origin: str, host: str) -> bool:
    """Tell whether an Origin header names the host that a request went to.

    Parameters
    ----------
    origin, host : str
        The two headers.

    Examples
    --------
    >>> is_same_origin("http://localhost:80", "localhost"), is_same_origin("null", "localhost")
    (True, False)
    """
    try:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or parts.path or parts.query:
            return False
        default = 443 if parts.scheme == "https" else 80
        found = HOST.fullmatch(host)
        if found is None or HOST.fullmatch(parts.netloc) is None:
            return False
        same_name = host_name(parts.netloc) == host_name(host)
        return same_name and (parts.port or default) == int(found[2] or default)
    except ValueError:
        return False


def _again(body: bytes, receive: Receive) -> Callable[[], Awaitable[MutableMapping[str, Any]]]:
    """Give a body that was read once more; then what else comes, such as the end of the client."""
    given = False

    async def once() -> MutableMapping[str, Any]:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once


def _refused(status: int, expected: str, got: str, where: str) -> HttpProblemError:
    """Say why a request may not come in."""
    return HttpProblemError(status, Problem(expected, got, where, "See docs/service.md."))


def _too_large(most: int, got: str) -> HttpProblemError:
    """Say that a body is too large."""
    return _refused(413, f"a body of at most {most:,} bytes", got, "body")
