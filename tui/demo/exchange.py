"""The seam between the server and a dialect: a request read, and a writer for its answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from tui.demo.question import Question
from tui.demo.script import HttpError, Step


class AnswerWriter(Protocol):
    """Puts one answer on the wire in one dialect. Made per request, fed its steps in order."""

    stream_media_type: str

    def write(self, step: Step) -> bytes:
        """The bytes of one step; b"" for a step this dialect does not show."""
        ...

    def ending(self) -> Iterable[bytes]:
        """What follows the last step, one item per event. Not asked for when the connection dies."""
        ...

    def whole(self, steps: Iterable[Step]) -> bytes:
        """The JSON body of a request that did not ask for a stream."""
        ...

    def error(self, error: HttpError) -> bytes:
        """The JSON body of a request that is turned down."""
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
