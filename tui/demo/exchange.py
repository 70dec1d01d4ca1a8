"""The seam between the server and a dialect: a request to be read, and a writer for its answer."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tui.demo.question import Question
from tui.demo.script import HttpError, Step


@dataclass(frozen=True, slots=True)
class Incoming:
    """One HTTP request, as far as a dialect looks at it."""

    body: dict[str, Any]
    default_seed: int
    """The seed to use when the body names none."""
    path: Mapping[str, str] = field(default_factory=dict)
    """The parameters in the URL's path, such as Gemini's model."""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """A request that gets no answer, in one dialect's form."""

    status: int
    body: bytes
    headers: dict[str, str]
    """With the content type. They go on top of the headers of an answer, where there was to be one."""


class AnswerWriter(Protocol):
    """Puts one answer on the wire in one dialect. Made per request, fed its steps in order, pauses included."""

    @property
    def stream_media_type(self) -> str: ...

    @property
    def whole_media_type(self) -> str: ...

    def headers(self, processing_ms: int) -> dict[str, str]:
        """What the real server adds to the response head. `processing_ms` is the time it took until now."""
        ...

    def write(self, step: Step) -> bytes:
        """The bytes of one step: any number of events, b"" for a step this dialect does not show."""
        ...

    def ending(self) -> Iterable[bytes]:
        """What follows the last step, one item per event. Not asked for when the connection dies."""
        ...

    def whole(self, steps: Iterable[Step]) -> bytes:
        """The JSON body of a request that did not ask for a stream."""
        ...

    def error(self, error: HttpError) -> ErrorReply:
        """The reply when the model turns the request down."""
        ...

    def stream_error(self, error: HttpError) -> bytes:
        """The event that tells of an error when the answer has begun."""
        ...


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request of any dialect, ready to be answered."""

    question: Question
    is_stream: bool
    writer: AnswerWriter


class BadRequestError(Exception):
    """A request the server cannot serve. `param` names the field at fault; None when it is none in particular."""

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Dialect:
    """One wire format: how its requests are read, and how those that cannot be served are told."""

    name: str
    """As `-m MODEL,dialect=NAME` has it; Azure's are those it wraps."""
    read: Callable[[Incoming], Exchange]
    """Raises BadRequestError, worded as the vendor words it."""
    turn_down: Callable[[BadRequestError], ErrorReply]
