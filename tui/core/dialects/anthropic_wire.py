"""The JSON shapes of Anthropic Messages: one struct for every event, for a whole message, and for errors.

Every field may be missing or null; `tui.core.dialects.anthropic` decides by `type` what an event means.
"""

from typing import Any

import msgspec


class Delta(msgspec.Struct, frozen=True, gc=False):
    """`delta` of a `content_block_delta`, or of the `message_delta` that carries the stop reason."""

    type: str | None = None
    text: str | None = None
    thinking: str | None = None
    signature: str | None = None
    partial_json: Any = None
    stop_reason: str | None = None
    stop_details: Any = None


class Block(msgspec.Struct, frozen=True, gc=False):
    """A content block: as it is announced, or whole."""

    type: str | None = None
    text: str | None = None
    thinking: str | None = None
    id: str | None = None
    name: str | None = None
    input: Any = None
    signature: str | None = None
    data: str | None = None
    server_name: str | None = None
    tool_use_id: str | None = None
    content: Any = None
    is_error: Any = None
    caller: Any = None
    file_id: Any = None


class OutputDetails(msgspec.Struct, frozen=True, gc=False):
    """`output_tokens_details`."""

    thinking_tokens: int | None = None


class WireUsage(msgspec.Struct, frozen=True, gc=False):
    """`usage`. Input counts leave out what the cache gave or took."""

    input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    output_tokens: int | None = None
    output_tokens_details: OutputDetails | None = None


class WireMessage(msgspec.Struct, frozen=True, gc=False):
    """`message` of a `message_start`."""

    id: str | None = None
    model: str | None = None
    content: list[Block] | str | None = None
    stop_reason: str | None = None
    stop_details: Any = None
    usage: WireUsage | None = None


class Event(msgspec.Struct, frozen=True, gc=False):
    """One payload: an event, a whole message (its fields then stand at the top), or an error."""

    type: str | None = None
    index: int | None = None
    delta: Delta | None = None
    content_block: Block | None = None
    message: WireMessage | str | None = None
    """The message that begins; in a flat error the sentence."""
    usage: WireUsage | None = None
    error: Any = None
    id: str | None = None
    model: str | None = None
    content: list[Block] | str | None = None
    stop_reason: str | None = None
    stop_details: Any = None
    detail: Any = None
    object: str | None = None
    code: Any = None
