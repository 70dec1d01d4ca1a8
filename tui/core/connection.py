"""How one request came to its connection: what the inspector shows beside the answer, and part of the JSON."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConnectionFacts:
    """One connection as one request found it. Durations are of this request's own waiting, in ns."""

    http_version: str
    """`HTTP/1.1` or `HTTP/2`."""
    reused: bool
    """Whether it was open before this request wanted it; then nothing was looked up, connected or encrypted."""
    peer: str | None = None
    """Address and port of the other end: the proxy's where there is one. None when the system did not say."""
    proxy: str | None = None
    """Host and port of the proxy, never its password. None for a direct connection."""
    tls_version: str | None = None
    """Such as `TLSv1.3`. None for plain http."""
    cipher: str | None = None
    slot_wait_ns: int | None = None
    """Waited for other requests to leave room in the pool. None when there was room."""
    dns_ns: int | None = None
    """Name to addresses; next to nothing for a name remembered from a moment ago. None for a written address, behind
    a proxy, and when reused."""
    tcp_ns: int | None = None
    """To the established connection; behind a proxy to the proxy's word that the tunnel stands. None when reused."""
    tls_ns: int | None = None
    """The handshake. None for plain http and when reused."""
    http2_declined: bool = False
    """Whether HTTP/2 was asked for and the server offered only HTTP/1.1."""
