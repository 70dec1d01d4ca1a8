"""Library exceptions to stream errors: the one place that knows how httpx and aiohttp word a broken connection."""

import errno
import socket
import ssl
from collections.abc import Iterator

import aiohttp
import httpx

from tui.core.failure import StreamError
from tui.core.target import Target

NETWORK_FAULTS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, aiohttp.ClientError, OSError)
"""What a request may raise for reasons outside of this program. Anything else is a bug and stays an exception."""


def unsendable(exc: ValueError, target: Target) -> StreamError:
    """A request that no library would put on the wire: a line end in a header, a host name that cannot be encoded."""
    return StreamError("protocol", f"a request to {_shown(target.base_url)} cannot be sent: {exc}")


def stream_error(exc: BaseException, target: Target) -> StreamError:
    """What happened to a request, in a sentence that says what to look at."""
    where = _shown(target.base_url)
    for cause in _causes(exc):
        match cause:
            case ssl.SSLCertVerificationError():
                return _transport(f"the certificate of {where} is not trusted: {cause.verify_message}", retry=False)
            case ssl.SSLError(reason="WRONG_VERSION_NUMBER"):
                return _transport(f"{where} does not speak TLS; try http:// instead of https://", retry=False)
            case ssl.SSLError():
                return _transport(f"TLS with {where} failed: {cause.reason or cause}", retry=False)
            case aiohttp.ClientConnectorDNSError() | socket.gaierror():
                return _transport(f"there is no host of the name in {where}; check the base URL and the network")
            case aiohttp.InvalidURL() | httpx.InvalidURL() | httpx.UnsupportedProtocol():
                return StreamError("protocol", f"{where} is no address to send a request to")
            case httpx.DecodingError():
                return StreamError("protocol", str(cause))
            case ConnectionRefusedError():
                return _transport(f"nothing is listening at {where} (connection refused)")
            case aiohttp.ServerDisconnectedError():
                return _transport("the server closed the connection without answering")
            case aiohttp.ClientPayloadError():
                return _transport("the connection broke off before the end of the answer")
            case aiohttp.ClientResponseError():
                return StreamError("protocol", f"the server does not answer in HTTP: {cause.message}")
            case ConnectionResetError() | BrokenPipeError():
                return _transport("the server reset the connection")
            case OSError() if cause.errno:
                return _transport(f"cannot reach {where}: {_reason(cause)}")
    return _transport(f"the connection to {where} failed: {str(exc) or type(exc).__name__}")


def _shown(url: str) -> str:
    """`url` without a password somebody wrote into it."""
    scheme, slashes, rest = url.partition("//")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{slashes}{authority.rpartition('@')[2]}{slash}{path}"


def _causes(exc: BaseException) -> Iterator[BaseException]:
    """The innermost causes first: they say what happened, the wrappers only where."""
    chain: list[BaseException] = []
    pending: list[BaseException | None] = [exc]
    while pending:
        current = pending.pop()
        if current is None or current in chain:
            continue
        chain.append(current)
        nested = current.os_error if isinstance(current, aiohttp.ClientConnectorError) else None
        pending += [nested, current.__cause__ or current.__context__]
        if isinstance(current, BaseExceptionGroup):
            pending += current.exceptions
    return reversed(chain)


def _transport(message: str, *, retry: bool = True) -> StreamError:
    return StreamError("transport", message, retryable=retry)


def _reason(exc: OSError) -> str:
    words = {
        errno.ENETUNREACH: "the network is unreachable",
        errno.EHOSTUNREACH: "the host is unreachable",
        errno.ETIMEDOUT: "it did not answer",
        errno.ECONNREFUSED: "connection refused",
    }
    return words.get(exc.errno or 0) or exc.strerror or str(exc)
