"""The JSON shapes of OpenAI Responses, as tolerant as the gateways in front of it are different.

Every field may be missing or null, unknown fields cost nothing, and `Any` stands where one name means different things
in different payloads; `tui.core.dialects.responses` narrows those in the lines that use them.
"""

from typing import Any

import msgspec

from tui.core.dialects.chat_wire import WireLogprob


class WirePart(msgspec.Struct, frozen=True, gc=False):
    """One element of an item's `content` or `summary`, or the `part` of an event."""

    type: str | None = None
    text: str | None = None
    refusal: str | None = None


class WireItem(msgspec.Struct, frozen=True, gc=False):
    """One element of `output`, or the `item` of an event."""

    type: str | None = None
    id: str | None = None
    call_id: str | None = None
    name: str | None = None
    arguments: Any = None
    input: Any = None
    content: str | list[WirePart] | None = None
    summary: list[WirePart] | None = None
    encrypted_content: str | None = None


class InputDetails(msgspec.Struct, frozen=True, gc=False):
    """`input_tokens_details`."""

    cached_tokens: int | None = None


class OutputDetails(msgspec.Struct, frozen=True, gc=False):
    """`output_tokens_details`."""

    reasoning_tokens: int | None = None


class WireUsage(msgspec.Struct, frozen=True, gc=False):
    """`usage`."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    input_tokens_details: InputDetails | None = None
    output_tokens_details: OutputDetails | None = None


class IncompleteDetails(msgspec.Struct, frozen=True, gc=False):
    """`incomplete_details`."""

    reason: str | None = None


class Response(msgspec.Struct, frozen=True, gc=False):
    """`response` of an event."""

    id: str | None = None
    model: str | None = None
    status: str | None = None
    output: list[WireItem] | None = None
    usage: WireUsage | None = None
    error: Any = None
    incomplete_details: IncompleteDetails | None = None
    store: Any = None
    """Whether it is kept; servers repeat what they were asked, and some repeat it without keeping anything."""


class Event(msgspec.Struct, frozen=True, gc=False):
    """One payload: an event, a whole response (its fields then stand here), or an error."""

    type: str | None = None
    delta: Any = None
    item_id: str | None = None
    output_index: int | None = None
    content_index: int | None = None
    summary_index: int | None = None
    sequence_number: int | None = None
    text: Any = None
    refusal: str | None = None
    arguments: Any = None
    input: Any = None
    name: str | None = None
    call_id: str | None = None
    logprobs: list[WireLogprob] | None = None
    item: WireItem | None = None
    part: WirePart | None = None
    response: Response | None = None
    error: Any = None
    code: Any = None
    message: Any = None
    detail: Any = None
    object: str | None = None
    id: str | None = None
    model: str | None = None
    status: str | None = None
    output: list[WireItem] | None = None
    usage: WireUsage | None = None
    incomplete_details: IncompleteDetails | None = None
    store: Any = None
