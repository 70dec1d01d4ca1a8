"""What HTTP/2 can do to a stream, as exceptions; apart from the rest of it, which needs the `http2` extra."""

import httpx


class Http2StreamReset(httpx.RemoteProtocolError):
    """The server ended one stream with RST_STREAM; others on its connection go on."""

    def __init__(self, code: int) -> None:
        super().__init__(f"RST_STREAM {code}")
        self.code = code


class Http2GoneAway(httpx.RemoteProtocolError):
    """The server closes the connection (GOAWAY), and this stream is none of those it still serves."""

    def __init__(self, code: int, reason: bytes) -> None:
        super().__init__(f"GOAWAY {code}")
        self.code = code
        self.reason = reason
        """What the server wrote beside its code, for its own people to debug; often empty."""


class Http2Violation(httpx.RemoteProtocolError):
    """The server broke the rules of HTTP/2, which ends the connection."""


class Http2ConnectionLost(httpx.ReadError):
    """The connection ended under its streams."""

    def __init__(self, *, answered: bool) -> None:
        super().__init__("connection lost")
        self.answered = answered
        """Whether the response had begun."""
