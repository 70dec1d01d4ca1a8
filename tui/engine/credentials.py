"""Adds the key to a request at the last moment, and only for the origin it belongs to.

An `httpx.Auth` rather than a header set beforehand: a headers dict becomes a local variable of the HTTP library, and a
traceback with locals would print it.
"""

from collections.abc import Generator

import httpx

from tui.core.target import Target


class TargetAuth(httpx.Auth):
    """`Authorization: Bearer` for one target, or nothing when it has no key."""

    def __init__(self, target: Target) -> None:
        self._key = target.key
        self._scheme = target.auth
        self._origin = _origin(httpx.URL(target.base_url))

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign `request` unless it goes somewhere else."""
        if self._key is not None and _origin(request.url) == self._origin:
            if self._scheme == "bearer":
                request.headers["Authorization"] = f"Bearer {self._key.reveal()}"
            else:
                request.headers[self._scheme] = self._key.reveal()
        yield request


def _origin(url: httpx.URL) -> tuple[str, bytes, int | None]:
    """Who answers at `url`, as the client itself reads it: a second opinion could be talked into another host."""
    return url.scheme, url.raw_host, url.port or {"http": 80, "https": 443}.get(url.scheme)
