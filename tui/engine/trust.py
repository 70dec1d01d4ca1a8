"""Whose certificates are believed: the system's, those of SSL_CERT_FILE and SSL_CERT_DIR, or a provider's own.

Checking is always on; there is no switch for it. Loading the certificates takes some 60 ms, so it is done off the event
loop, once for each way to the network.
"""

import os
import ssl
import sys
from pathlib import Path

from tui.core.errors import ConfigError

_SYSTEM_BUNDLES = (
    "/etc/ssl/cert.pem",  # Alpine, Arch, Fedora, the BSDs
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/pki/tls/certs/ca-bundle.crt",  # older ones of these
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu
    "/etc/ssl/ca-bundle.pem",  # SUSE
)
"""Where systems keep them when Python was built for another place, as those that come without a system are."""


def tls_context(ca_file: str | None = None) -> ssl.SSLContext:
    """A context that checks certificates. `ca_file`: trust those in it and no others.

    Raises `ConfigError` for a `ca_file` that cannot be used, OSError when the environment names such files.
    """
    if ca_file is not None:
        return _of_provider(ca_file)
    written, directory = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if written or directory:
        return ssl.create_default_context(cafile=written or None, capath=directory or None)
    return _of_system()


def key_log_notice() -> str | None:
    """What to say when the environment has TLS write down its keys, which opens every answer to who has that file."""
    path = os.environ.get("SSLKEYLOGFILE")
    return f"SSLKEYLOGFILE is set: the keys of every TLS connection are written to {path}" if path else None


def _of_provider(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=Path(ca_file).expanduser())
    except ssl.SSLError as exc:
        raise ConfigError(f"ca_file {ca_file} holds no certificates in PEM form") from exc
    except (OSError, ValueError, RuntimeError) as exc:
        reason = getattr(exc, "strerror", None) or str(exc)
        raise ConfigError(f"ca_file {ca_file} cannot be read: {reason}") from exc


def _of_system() -> ssl.SSLContext:
    if sys.platform in ("darwin", "win32"):  # their stores are asked, certificate by certificate, not read
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    usual = ssl.get_default_verify_paths()
    if usual.cafile or _has_certificates(usual.capath):
        return ssl.create_default_context()
    found = next((path for path in _SYSTEM_BUNDLES if Path(path).is_file()), None)
    if found is None:
        import certifi

        found = certifi.where()
    return ssl.create_default_context(cafile=found)


def _has_certificates(directory: str | None) -> bool:
    """Whether OpenSSL would find one there: it looks for names such as `5ed36f99.0`."""
    return directory is not None and any(Path(directory).glob("????????.[0-9]"))
