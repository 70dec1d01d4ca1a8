"""Comparing where base URLs point."""

from ipaddress import ip_address
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}


def origin_of(url: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port; None for what is no address."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None


def is_local(url: str) -> bool:
    """Whether `url` is on this machine: `localhost` or a loopback address."""
    origin = origin_of(url)
    if origin is None:
        return False
    if origin[1] == "localhost":
        return True
    try:
        return ip_address(origin[1]).is_loopback
    except ValueError:
        return False
