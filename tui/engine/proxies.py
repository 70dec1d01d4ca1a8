"""Which proxy a request goes through: the provider's own, the environment's, or none.

The environment is read as the standard library reads it (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, small
letters first), with the address ranges in `NO_PROXY` that many networks write there. A name and password in a proxy's
URL go to the proxy and are shown nowhere.
"""

import base64
import os
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from urllib.parse import unquote, urlsplit

from tui.core.errors import ConfigError
from tui.core.network import Network, is_loopback
from tui.core.target import Target

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy."""

    url: str
    """Without name and password."""
    shown: str
    """Host and port."""
    authorization: str | None = field(default=None, repr=False)
    """The value of `Proxy-Authorization`. None for a proxy that asks for nothing."""

    @property
    def headers(self) -> dict[str, str]:
        """What the proxy alone is to read."""
        return {"Proxy-Authorization": self.authorization} if self.authorization else {}


def proxy_for(url: str, network: Network) -> Proxy | None:
    """The proxy for a request to `url`; None when it goes straight there.

    Raises `ConfigError` when what is written cannot be used, which names the place it was written in.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # no address at all, which is said elsewhere
        return None
    if network.proxy == "" or not host or is_loopback(host):
        return None
    if network.proxy is not None:
        return _parsed(network.proxy, "the provider's proxy")
    return _from_environment(parts.scheme, host, port)


def proxy_words(target: Target) -> str:
    """What to say of the proxy for `target` before anything is sent, or of what is wrong with it; empty without one."""
    try:
        proxy = proxy_for(target.base_url, target.network)
    except ConfigError as exc:
        return str(exc)
    return f"through the proxy {proxy.shown}" if proxy else ""


def _from_environment(scheme: str, host: str, port: int | None) -> Proxy | None:
    if not any(
        os.environ.get(name) for which in (scheme, "all") for name in (f"{which}_proxy", f"{which}_proxy".upper())
    ):
        return None  # nearly always; what follows costs an import that the first screen would wait for
    from urllib.request import getproxies_environment, proxy_bypass

    proxies = getproxies_environment()
    name = scheme if proxies.get(scheme) else "all"
    written = proxies.get(name)
    excepted = proxies.get("no", "")
    address = f"[{host}]" if ":" in host else host
    where = f"{address}:{port or _DEFAULT_PORTS.get(scheme, 443)}"
    if not written or proxy_bypass(where) or _is_in_a_range(host, excepted):
        return None
    return _parsed(written, f"{name.upper()}_PROXY")


def _is_in_a_range(host: str, excepted: str) -> bool:
    """Whether a written address lies in one of the ranges of `NO_PROXY`, or everything is excepted."""
    entries = [entry.strip() for entry in excepted.split(",")]
    if "*" in entries:
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    for entry in entries:
        try:
            if address in ip_network(entry.strip("[]"), strict=False):
                return True
        except ValueError:  # a name
            continue
    return False


def _parsed(written: str, source: str) -> Proxy:
    url = written if "://" in written else f"http://{written}"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
        parts = urlsplit("")
    if parts.scheme.startswith("socks"):
        raise ConfigError(
            f"{source} names a SOCKS proxy, which is not supported; name an HTTP proxy, as http://HOST:PORT"
        )
    if host is None or parts.scheme not in _DEFAULT_PORTS:
        raise ConfigError(f"{source} is no address of a proxy; write it as http://HOST:PORT")
    address = f"[{host}]" if ":" in host else host
    shown = f"{address}:{port or _DEFAULT_PORTS[parts.scheme]}"
    return Proxy(f"{parts.scheme}://{shown}", shown, _authorization(parts.username, parts.password))


def _authorization(name: str | None, password: str | None) -> str | None:
    if not name and not password:
        return None
    pair = f"{unquote(name or '')}:{unquote(password or '')}".encode()
    return f"Basic {base64.b64encode(pair).decode()}"
