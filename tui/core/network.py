"""How a provider is reached: configured with it, carried by each of its targets, carried out by `tui.engine.client`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Network:
    """The way to one provider. Two targets with equal values share one connection pool."""

    proxy: str | None = None
    """URL of the proxy to use. None asks HTTPS_PROXY, HTTP_PROXY and NO_PROXY; empty uses none at all. Loopback
    addresses are never reached through a proxy."""
    ca_file: str | None = None
    """PEM file of the certificates to trust instead of the system's. None trusts the system's."""
    http2: bool = False
    """Speak HTTP/2 where the server offers it. Needs the `http2` extra."""
    allow_http: bool = False
    """Whether the key may go over plain http to a host that is not loopback."""


DIRECT = Network()
