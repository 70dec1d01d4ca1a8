"""The errors sidestream raises on purpose.

    SidestreamError
    ├── UsageError        what the user typed cannot be used; the message says what would work
    │   ├── TargetError   a `-m` target
    │   └── ConfigError   a configured value or environment variable
    ├── StorageError      what is kept between two starts cannot be read or written
    ├── RequestError      a request that cannot be built for this target, found before anything is sent
    └── BoundExceeded     a server sent more than we are willing to hold

A failure of one stream is not an exception: it is a value, `tui.core.failure.StreamError`, kept with its stream.
"""


class SidestreamError(Exception):
    """Base of everything raised on purpose; `str()` is a sentence for the user."""


class UsageError(SidestreamError):
    """What the user asked for cannot be done as written."""


class TargetError(UsageError):
    """A target specification that cannot be understood."""


class ConfigError(UsageError):
    """A configured value that is missing, unknown or of the wrong type."""


class StorageError(SidestreamError):
    """What is kept on this machine cannot be read or written; nothing of it was changed."""


class RequestError(SidestreamError):
    """A request this target's dialect cannot express."""


class BoundExceeded(SidestreamError):  # noqa: N818 - a fact about a stream, caught where it happens
    """A server sent more of something than `limit` allows; the stream ends and names the bound."""

    def __init__(self, bound: str, limit: str) -> None:
        super().__init__(f"{bound} is over the limit of {limit}")
        self.bound = bound
        self.limit = limit
