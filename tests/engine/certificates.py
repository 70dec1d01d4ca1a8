"""An authority of our own, and servers whose certificates are right or wrong in one way each."""

import ssl
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import trustme

HOST = "api.invalid"
"""A name that is looked up nowhere: only a proxy, which decides for itself, can lead there."""


@cache
def authority() -> trustme.CA:
    """Made once for all tests: keys take time."""
    return trustme.CA()


def ca_file(directory: Path) -> str:
    """A file with the authority's certificate."""
    path = directory / "authority.pem"
    authority().cert_pem.write_to_path(str(path))
    return str(path)


def server_context(*hosts: str, alpn: tuple[str, ...] = (), **fields: Any) -> ssl.SSLContext:
    """What a server for `hosts` uses; `fields` go to its certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _certificate(hosts or (HOST, "localhost", "127.0.0.1"), **fields).configure_cert(context)
    if alpn:
        context.set_alpn_protocols(alpn)
    return context


def expired() -> ssl.SSLContext:
    """A server whose certificate ran out long ago."""
    return server_context("localhost", not_before=datetime(2001, 1, 1), not_after=datetime(2002, 1, 1))


def _certificate(hosts: tuple[str, ...], **fields: Any) -> trustme.LeafCert:
    return _usual(hosts) if not fields else authority().issue_cert(*hosts, **fields)


@cache
def _usual(hosts: tuple[str, ...]) -> trustme.LeafCert:
    return authority().issue_cert(*hosts)
