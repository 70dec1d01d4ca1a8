"""What kind of thing one payload on the wire is, in the words of its dialect: for lists of events, never for the fold.

Called for each payload of a tape that somebody looks at, so shapes are narrow and decoded by msgspec. A word is a name
of the wire where there is one (`response.output_text.delta`, `message_stop`) and a field's name otherwise (`content`,
`tool_calls`); what a payload holds besides is joined by `+`.
"""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import msgspec

from tui.core.sse import DONE, is_json

TypeOf: TypeAlias = Callable[[str, bytes], str]
"""From an event's name, often empty, and its data to the type. Raises msgspec's errors and ValueError."""

UNREADABLE: Final = "unreadable"
END: Final = "[DONE]"
_MAX_CHARS: Final = 48
_FAULTS: Final = (msgspec.DecodeError, ValueError, RecursionError)


def event_type(dialect: str, name: str, data: bytes) -> str:
    """The type of a payload, at most 48 characters; `unreadable` for what is no JSON. As the server wrote it: to be
    cleaned before it is drawn."""
    try:
        found = _TYPES.get(dialect, _chat)(name, data)
    except _FAULTS:
        found = _odd(name, data)
    return found[:_MAX_CHARS]


def _odd(name: str, data: bytes) -> str:
    stripped = data.strip()
    if stripped.startswith(DONE):
        return END
    if not is_json(stripped):
        return UNREADABLE
    return name or "other"


class _Delta(msgspec.Struct, frozen=True, gc=False):
    content: Any = None
    reasoning_content: Any = None
    reasoning: Any = None
    reasoning_details: Any = None
    refusal: Any = None
    tool_calls: Any = None
    function_call: Any = None
    role: Any = None


class _Choice(msgspec.Struct, frozen=True, gc=False):
    delta: _Delta | None = None
    message: _Delta | None = None
    text: Any = None
    finish_reason: Any = None


class _Chunk(msgspec.Struct, frozen=True, gc=False):
    choices: list[_Choice] | None = None
    usage: Any = None
    error: Any = None


_chunk = msgspec.json.Decoder(_Chunk).decode


def _chat(name: str, data: bytes) -> str:
    chunk = _chunk(data)
    if chunk.error:
        return "error"
    words: list[str] = []
    for choice in chunk.choices or ():
        delta = choice.delta or choice.message
        words += _delta_words(delta) if delta else []
        words += ["text"] if choice.text else []
        words += ["finish"] if choice.finish_reason else []
    if chunk.usage and (not words or words[-1] == "finish"):  # some servers repeat it in every chunk
        words.append("usage")
    return _joined(words) or name or ("role" if _has_role(chunk) else "empty")


def _delta_words(delta: _Delta) -> list[str]:
    found = {
        "reasoning": delta.reasoning_content or delta.reasoning or delta.reasoning_details,
        "content": delta.content,
        "refusal": delta.refusal,
        "tool_calls": delta.tool_calls or delta.function_call,
    }
    return [word for word, value in found.items() if value]


def _has_role(chunk: _Chunk) -> bool:
    return any(choice.delta and choice.delta.role for choice in chunk.choices or ())


class _Typed(msgspec.Struct, frozen=True, gc=False):
    type: str = ""
    error: Any = None


_typed = msgspec.json.Decoder(_Typed).decode


def _by_type(name: str, data: bytes) -> str:
    """Responses and Anthropic name each payload themselves."""
    typed = _typed(data)
    return typed.type or ("error" if typed.error else name) or "other"


class _Part(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    text: Any = None
    thought: Any = None
    function_call: Any = None
    executable_code: Any = None
    code_execution_result: Any = None
    inline_data: Any = None


class _Content(msgspec.Struct, frozen=True, gc=False):
    parts: list[_Part] | None = None


class _Candidate(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    content: _Content | None = None
    finish_reason: Any = None


class _Generated(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    candidates: list[_Candidate] | None = None
    prompt_feedback: Any = None
    usage_metadata: Any = None
    error: Any = None


_generated = msgspec.json.Decoder(_Generated).decode


def _gemini(name: str, data: bytes) -> str:
    chunk = _generated(data)
    if chunk.error:
        return "error"
    words = ["promptFeedback"] if chunk.prompt_feedback else []
    for candidate in chunk.candidates or ():
        parts = candidate.content.parts if candidate.content else None
        words += [_part_word(part) for part in parts or ()]
        words += ["finish"] if candidate.finish_reason else []
    return _joined(words) or name or ("usage" if chunk.usage_metadata else "empty")


def _part_word(part: _Part) -> str:
    for word, value in (
        ("functionCall", part.function_call),
        ("executableCode", part.executable_code),
        ("codeExecutionResult", part.code_execution_result),
        ("inlineData", part.inline_data),
    ):
        if value:
            return word
    return "thought" if part.thought else "text" if part.text else ""


class _Message(msgspec.Struct, frozen=True, gc=False):
    content: Any = None
    thinking: Any = None
    tool_calls: Any = None


class _Line(msgspec.Struct, frozen=True, gc=False):
    message: _Message | None = None
    response: Any = None
    thinking: Any = None
    done: Any = None
    error: Any = None


_line = msgspec.json.Decoder(_Line).decode


def _ollama(name: str, data: bytes) -> str:
    line = _line(data)
    if line.error:
        return "error"
    message = line.message or _Message()
    found = {
        "thinking": message.thinking or line.thinking,
        "content": message.content or line.response,
        "tool_calls": message.tool_calls,
        "done": line.done,
    }
    return _joined([word for word, value in found.items() if value]) or name or "empty"


def _joined(words: list[str]) -> str:
    """Each word once, in the order they came."""
    return words[0] if len(words) == 1 else "+".join(word for word in dict.fromkeys(words) if word)


_TYPES: Final[dict[str, TypeOf]] = {
    "chat": _chat,
    "completions": _chat,
    "responses": _by_type,
    "anthropic": _by_type,
    "gemini": _gemini,
    "ollama": _ollama,
}
