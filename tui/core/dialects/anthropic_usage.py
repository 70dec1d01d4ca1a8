"""Token counts of a Messages answer, merged from several events.

Later counts replace earlier ones field by field; missing ones keep what was said.
"""

from tui.core.dialects.anthropic_wire import WireUsage
from tui.core.dialects.claimed_count import claimed_count
from tui.core.events import Usage


class UsageSoFar:
    """What the server has counted up to now."""

    __slots__ = ("_cache_read", "_cache_written", "_input", "_output", "_output_is_counted", "_thinking")

    def __init__(self) -> None:
        self._input: int | None = None
        self._cache_written: int | None = None
        self._cache_read: int | None = None
        self._output: int | None = None
        self._thinking: int | None = None
        self._output_is_counted = False

    def merge(self, wire: WireUsage, *, is_start: bool) -> Usage:
        """Take over what `wire` says and return the whole.

        `is_start`: the message only begins. Its output count is then a start value (1, or 0 from compatible servers)
        and no count of anything received, so it stays unknown until a later usage replaces or confirms it.
        """
        details = wire.output_tokens_details
        self._input = _newer(wire.input_tokens, self._input)
        self._cache_written = _newer(wire.cache_creation_input_tokens, self._cache_written)
        self._cache_read = _newer(wire.cache_read_input_tokens, self._cache_read)
        self._output = _newer(wire.output_tokens, self._output)
        self._thinking = _newer(details.thinking_tokens if details else None, self._thinking)
        self._output_is_counted = self._output_is_counted or not is_start
        return Usage(
            prompt=self._prompt(),
            completion=self._output if self._output_is_counted else None,
            reasoning=self._thinking if self._output_is_counted else None,
            cached=self._cache_read,
        )

    def _prompt(self) -> int | None:
        """The server's input count leaves out what went to the cache or came from it."""
        if self._input is None:
            return None
        return self._input + (self._cache_written or 0) + (self._cache_read or 0)


def _newer(value: int | None, known: int | None) -> int | None:
    """`value` when it can be a count, else what was known."""
    count = claimed_count(value)
    return known if count is None else count
