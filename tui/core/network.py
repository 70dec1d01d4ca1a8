"""How a provider is reached: configured with it, carried by each of its targets, carried out by `tui.engine.client`."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit


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


def is_loopback(host: str) -> bool:
    """Whether `host` can only be this machine. Of names that is `localhost` alone: others are what a server says."""
    try:
        address = ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return host.lower().rstrip(".") == "localhost"
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(mapped.is_loopback or mapped.is_unspecified)


def clear_text_refusal(url: str, network: Network, *, has_key: bool) -> str | None:
    """Why a request must not go to `url`: it would show a key to everybody on the way. None when it may go."""
    if network.allow_http or not has_key:
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:  # no address at all, which is said elsewhere
        return None
    if parts.scheme != "http" or not host or is_loopback(host):
        return None
    return (
        f"the key would go to {host} unencrypted, for everybody on the way to read; use https:// in the base URL, or "
        "set allow_http = true for this provider if the network is yours"
    )
