"""One try on the wire, as it can be looked at afterwards: what was sent, and everything that came back."""

from collections.abc import Mapping
from dataclasses import dataclass

from tui.core.connection import ConnectionFacts
from tui.core.request import HttpRequest
from tui.core.tape import Tape


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was sent and received. The tape of a running try still grows."""

    request: HttpRequest | None
    """As it went out, without the key. None when none was written."""
    tape: Tape
    """The body, as it came out of its compression. Of an error's body, what was read of it."""
    status: int | None = None
    """None until the response head arrived."""
    headers: Mapping[str, str] | None = None
    """The response's, as they may be shown. None until they arrived."""
    connection: ConnectionFacts | None = None
