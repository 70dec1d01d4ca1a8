"""The HTTP clients all streams share: an `httpx.AsyncClient` for each way to the network."""

import ssl
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from tui import __version__
from tui.core.errors import ConfigError
from tui.core.network import DIRECT, Network
from tui.engine.http1 import AiohttpTransport
from tui.engine.trust import tls_context


def build_client(tls: ssl.SSLContext | None = None, network: Network = DIRECT) -> httpx.AsyncClient:
    """Make the client for one way to the network. `tls`: instead of what `network` would trust.

    Loads the TLS roots (some 60 ms), so build it late, and off the event loop. The connection pool inside is opened by
    the first request, in the loop that sends it. Raises `ConfigError` for what cannot work, OSError when the
    environment names certificates that cannot be read.
    """
    return httpx.AsyncClient(
        transport=_transport(network, tls),
        timeout=None,
        follow_redirects=False,
        trust_env=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        headers={
            "Accept": "text/event-stream, application/json",
            "Accept-Encoding": "identity",  # a compressor holds tokens back until its block is full
            "User-Agent": f"sidestream/{__version__}",
        },
    )


def _transport(network: Network, tls: ssl.SSLContext | None) -> AiohttpTransport:
    if not network.http2:
        return AiohttpTransport(tls or tls_context(network.ca_file))
    try:
        from tui.engine.http2 import Http2Transport
    except ImportError as exc:
        raise ConfigError("HTTP/2 is not installed; get it with pip install 'sidestream[http2]'") from exc
    offering = tls_context(network.ca_file)
    offering.set_alpn_protocols(["h2", "http/1.1"])
    return Http2Transport(tls_context(network.ca_file), offering)
