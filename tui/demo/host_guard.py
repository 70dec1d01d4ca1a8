"""Refuses requests whose Host header is not this machine.

A page in a browser can make a name of its own resolve to 127.0.0.1 and so reach any server there; what it cannot do
is to send another Host header than that name.
"""

import ipaddress

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_REFUSAL = {
    "message": "The demo provider only answers on this machine: the Host header is neither localhost nor loopback.",
    "type": "invalid_request_error",
    "param": None,
    "code": "host_not_allowed",
}


class LoopbackHostOnly:
    """ASGI middleware: 403 unless the Host header is localhost or a loopback address, with or without a port."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        host = Headers(scope=scope).get("host", "") if scope["type"] == "http" else "localhost"
        if is_loopback_host(host):
            await self._app(scope, receive, send)
            return
        await JSONResponse({"error": _REFUSAL}, 403)(scope, receive, send)


def is_loopback_host(host: str) -> bool:
    """Whether a Host header value names this machine."""
    name, _, port = host.rpartition(":") if _has_port(host) else (host, "", "")
    if port and not port.isdecimal():
        return False
    if name.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


def _has_port(host: str) -> bool:
    return ":" in host.rpartition("]")[2]
