"""The legacy Completions dialect: OpenAI's `/completions`, where a prompt is one text and the answer goes on from it.

Base models and fill-in-the-middle are still asked this way. Its chunks differ from those of Chat Completions by `text`
instead of `delta` and by the form of `logprobs`, and servers mix the two, so one decoder reads both.
"""

from typing import Any, Literal

import msgspec

from tui.core.dialects.chat import ChatDecoder
from tui.core.dialects.options import encoded, place_options
from tui.core.errors import RequestError
from tui.core.request import HttpRequest, Message, Prompt
from tui.core.target import Target

_OPTIONS: dict[str, str | None] = {
    "reasoning_effort": None,
    "tool_choice": None,
    "parallel_tool_calls": None,
    "top_logprobs": "logprobs",
}
_ASKED_LOGPROBS = 1
"""What `logprobs=true` asks for: 0 would do at OpenAI, and means "none" elsewhere."""
_SPEAKERS = {"user": "User", "assistant": "Assistant"}


class PlainChoice(msgspec.Struct, frozen=True, gc=False):
    """The first choice, going on."""

    text: str
    index: Literal[0] | None = None
    delta: None = None
    message: None = None
    finish_reason: None = None
    logprobs: None = None


class PlainChunk(msgspec.Struct, frozen=True, gc=False):
    """A chunk that says nothing but more text."""

    choices: tuple[PlainChoice]
    usage: None = None
    error: None = None
    x_groq: None = None
    object: Literal["text_completion"] | None = None


_decode_plain = msgspec.json.Decoder(PlainChunk).decode


class CompletionsDecoder(ChatDecoder):
    """One response body of this dialect to events."""

    def plain_texts(self, payloads: list[bytes]) -> list[str] | None:
        """The texts of chunks that hold nothing else."""
        return [_decode_plain(payload).choices[0].text for payload in payloads]


def build_request(target: Target, prompt: Prompt) -> HttpRequest:
    """The streaming request for `prompt`. `include_usage` (true by default) asks for usage at the end.

    Raises `RequestError` for tools, a schema, or going on from a response: this API has none of them.
    """
    _refuse_what_is_missing(target, prompt)
    options = dict(target.options)
    body: dict[str, Any] = {"model": target.model, "prompt": prompt_text(prompt), "stream": True}
    if options.pop("include_usage", True):
        body["stream_options"] = {"include_usage": True}
    if isinstance(wanted := options.get("logprobs"), bool):
        del options["logprobs"]
        alternatives = options.pop("top_logprobs", _ASKED_LOGPROBS)
        if wanted:
            options["logprobs"] = alternatives
    place_options(body, options, _OPTIONS, target)
    return HttpRequest(target.url("completions"), encoded(body, target), dict(target.headers))


def prompt_text(prompt: Prompt) -> str:
    """The conversation as one text. A single message stands alone, so that a base model can go on from it."""
    system = [prompt.system] if prompt.system else []
    if len(prompt.messages) == 1:
        return "\n\n".join([*system, prompt.messages[0].text])
    if [message.role for message in prompt.messages] == ["user", "assistant"]:  # an answer to be written on
        return "\n\n".join([*system, prompt.messages[0].text + prompt.messages[1].text])
    turns = [f"{_SPEAKERS.get(message.role, 'User')}: {message.text}" for message in prompt.messages]
    is_begun = prompt.messages[-1].role == "assistant"
    return "\n\n".join([*system, *turns, *([] if is_begun else [f"{_SPEAKERS['assistant']}:"])])


def _refuse_what_is_missing(target: Target, prompt: Prompt) -> None:
    missing = {
        "tools": bool(prompt.tools) or any(_has_calls(message) for message in prompt.messages),
        "answers by a schema": prompt.schema is not None,
        "responses kept at the server to go on from": bool(prompt.continues),
    }
    for what, is_asked in missing.items():
        if is_asked:
            raise RequestError(f"{target.name}: the completions dialect has no {what}; leave this target out")


def _has_calls(message: Message) -> bool:
    return message.role == "tool" or bool(message.calls)
