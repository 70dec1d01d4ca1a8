"""How often and how patiently a request is tried again. Only says what is allowed; `tui.engine` waits and sends."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retries:
    """The rules of one provider; durations in seconds."""

    attempts: int = 2
    """Tries after the first one. 0 sends every request once."""
    first_wait: float = 0.5
    """Before the first retry; doubled for each one after it."""
    longest_wait: float = 8.0
    """Where doubling stops."""
    longest_retry_after: float = 60.0
    """The longest wait a server may ask for. When it asks for more the stream fails at once and names the time."""
