"""Library exceptions to stream errors: the one place that knows how httpx and aiohttp word a broken connection."""

import errno
import socket
import ssl
from collections.abc import Iterator

import aiohttp
import httpx

from tui.core.clean import clean_line
from tui.core.failure import StreamError
from tui.core.target import Target
from tui.engine.connections import ProxyFault
from tui.engine.http2_errors import Http2ConnectionLost, Http2GoneAway, Http2StreamReset, Http2Violation

NETWORK_FAULTS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, aiohttp.ClientError, OSError)
"""What a request may raise for reasons outside of this program. Anything else is a bug and stays an exception."""


def unsendable(exc: ValueError, target: Target) -> StreamError:
    """A request that no library would put on the wire: a line end in a header, a host name that cannot be encoded."""
    return StreamError("protocol", f"a request to {_shown(target.base_url)} cannot be sent: {exc}")


def stream_error(exc: BaseException, target: Target) -> StreamError:
    """What happened to a request, in a sentence that says what to look at."""
    where = _shown(target.base_url)
    if isinstance(exc, ProxyFault):
        return _of_proxy(exc, where)
    for cause in _causes(exc):
        match cause:
            case ssl.SSLError():
                return _of_tls(cause, where)
            case Http2StreamReset() | Http2GoneAway() | Http2ConnectionLost() | Http2Violation():
                return _of_http2(cause)
            case aiohttp.ClientConnectorDNSError() | socket.gaierror():
                return _transport(f"there is no host of the name in {where}; check the base URL and the network")
            case aiohttp.InvalidURL() | httpx.InvalidURL() | httpx.UnsupportedProtocol():
                return StreamError("protocol", f"{where} is no address to send a request to")
            case httpx.DecodingError():
                return StreamError("protocol", str(cause) or "the answer cannot be unpacked")
            case ConnectionRefusedError():
                return _transport(f"nothing is listening at {where} (connection refused)")
            case aiohttp.ServerDisconnectedError():
                return _transport("the server closed the connection without answering")
            case aiohttp.ClientPayloadError():
                return _transport("the connection broke off before the end of the answer")
            case aiohttp.http_exceptions.LineTooLong():
                return StreamError("protocol", "the server does not answer in HTTP: a response header is too long")
            case aiohttp.ClientResponseError():
                found = " ".join(cause.message.split()).rstrip(" ^")  # a picture with an arrow below the place
                return StreamError("protocol", f"the server does not answer in HTTP: {found}")
            case ConnectionResetError() | BrokenPipeError():
                return _transport("the server reset the connection")
            case OSError() if cause.errno:
                return _transport(f"cannot reach {where}: {_reason(cause)}")
    return _transport(f"the connection to {where} failed: {str(exc) or type(exc).__name__}")


def _of_tls(exc: ssl.SSLError, where: str) -> StreamError:
    """Nothing of this is tried again: a certificate is as wrong the second time."""
    reason = getattr(exc, "reason", None)  # there only when OpenSSL itself spoke
    if isinstance(exc, ssl.SSLCertVerificationError):
        words = str(getattr(exc, "verify_message", "") or reason or exc)
        step = _CERTIFICATE_STEPS.get(getattr(exc, "verify_code", 0), "")
        return _transport(
            f"the certificate of {where} is not trusted: {words}{'; ' if step else ''}{step}", retry=False
        )
    match reason:
        case "WRONG_VERSION_NUMBER" | "HTTP_REQUEST":
            return _transport(f"{where} does not speak TLS; try http:// instead of https://", retry=False)
        case "UNSUPPORTED_PROTOCOL" | "TLSV1_ALERT_PROTOCOL_VERSION":
            old = f"{where} speaks no version of TLS that is still safe; it has to offer TLS 1.2 or newer"
            return _transport(old, retry=False)
        case "TLSV13_ALERT_CERTIFICATE_REQUIRED" | "SSLV3_ALERT_HANDSHAKE_FAILURE":
            words = "it offers no cipher in common, or asks for a client certificate, which is not supported"
            return _transport(f"TLS with {where} failed: {words}", retry=False)
    return _transport(f"TLS with {where} failed: {reason or exc}", retry=False)


_OWN_AUTHORITY = (
    "if it is your network's own, name its authority's file as ca_file of this provider or in SSL_CERT_FILE"
)
_CERTIFICATE_STEPS = {
    9: "it is not valid yet; check this machine's clock",
    10: "its owner has to renew it, unless this machine's clock is wrong",
    18: _OWN_AUTHORITY,
    19: _OWN_AUTHORITY,
    20: _OWN_AUTHORITY,
    62: "check the host name in the base URL",
    64: "check the host in the base URL; certificates are mostly for names, not for addresses",
}
"""What to do about it, by OpenSSL's number of the reason (X509_V_ERR_…)."""


def _of_proxy(exc: ProxyFault, where: str) -> StreamError:
    """The proxy's own failures, which say that it was the proxy."""
    proxy = f"the proxy {exc.proxy}"
    for cause in _causes(exc):
        match cause:
            case aiohttp.ClientHttpProxyError(status=407) if exc.had_password:
                return _transport(f"{proxy} refuses the user name and password in its URL", retry=False)
            case aiohttp.ClientHttpProxyError(status=407):
                form = "http://USER:PASSWORD@HOST:PORT"
                return _transport(f"{proxy} asks for a user name and password; write its URL as {form}", retry=False)
            case aiohttp.ClientHttpProxyError(status=status, message=said) if status < 500:
                said = clean_line(said)[:_SAID_CHARS]
                step = "ask who runs it, or go without it by naming the host in NO_PROXY"
                return _transport(f"{proxy} does not let us connect to {where} ({status} {said}); {step}", retry=False)
            case aiohttp.ClientHttpProxyError(status=status, message=said):
                return _transport(f"{proxy} cannot reach {where} ({status} {clean_line(said)[:_SAID_CHARS]})")
            case aiohttp.ClientResponseError():
                return _transport(f"{proxy} does not answer as an HTTP proxy; check its address", retry=False)
            case aiohttp.ServerDisconnectedError():
                return _transport(f"{proxy} closed the connection instead of connecting to {where}")
            case ssl.SSLError():
                return StreamError("transport", _of_tls(cause, proxy).message)
            case socket.gaierror():
                return _transport(f"{proxy} cannot be found: there is no host of this name; {_PROXY_STEP}")
            case OSError() if cause.errno:
                return _transport(f"{proxy} cannot be reached: {_reason(cause)}; {_PROXY_STEP}")
    return _transport(f"{proxy} failed: {type(exc.__cause__ or exc).__name__}")


_PROXY_STEP = "check HTTPS_PROXY, or the proxy of this provider"
_SAID_CHARS = 100
"""How much of another side's own words stands in a sentence of ours."""


def _of_http2(exc: Http2StreamReset | Http2GoneAway | Http2ConnectionLost | Http2Violation) -> StreamError:
    match exc:
        case Http2StreamReset(code=13) | Http2GoneAway(code=13):
            words = "the server wants HTTP/1.1 for this request; turn http2 off for this provider"
            return _transport(words, retry=False)
        case Http2StreamReset():
            return _transport(f"the server broke off this answer: {_code_words(exc.code)} (RST_STREAM)")
        case Http2GoneAway():
            said = clean_line(exc.reason.decode("utf-8", "replace"))[:_SAID_CHARS]
            why = f"{_code_words(exc.code)}{': ' if said else ''}{said}"
            return _transport(f"the server is closing the connection: {why} (GOAWAY)")
        case Http2ConnectionLost(answered=True):
            return _transport("the connection broke off in the middle of the answer")
        case Http2ConnectionLost():
            return _transport("the server closed the connection without answering")
        case Http2Violation():
            return StreamError(
                "protocol", f"the server broke the rules of HTTP/2: {clean_line(str(exc))[:_SAID_CHARS]}"
            )


def _code_words(code: int) -> str:
    return _HTTP2_CODES.get(code) or f"error code {int(code)}"


_HTTP2_CODES = {
    0: "without an error",
    1: "it found our HTTP/2 wrong",
    2: "it has an internal error",
    3: "it found the flow control wrong",
    4: "it waited too long for our settings",
    5: "it had closed the stream already",
    6: "it found a frame of a wrong size",
    7: "it did not begin to work on it",
    8: "it cancelled it",
    9: "it lost track of the compressed headers",
    10: "its own connection broke",
    11: "it gets too many requests from here",
    12: "it finds the encryption too weak",
}
"""RFC 9113, section 7; 13 asks for HTTP/1.1."""


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
