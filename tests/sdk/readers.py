"""Reading one body with a vendor's client and with ours, into the same plain values.

No server and no socket: each client gets a transport that answers every request with the body at hand. What a client
has no words for stays empty. A vendor's client is imported only when it reads, so that tests can be skipped without it.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import Any

import pytest

from tests.core.replay import folded
from tui.core.snapshot import ChoiceSnapshot, ToolCallSnapshot

EVENTS = "text/event-stream"
LINES = "application/x-ndjson"

Call = tuple[str, str, Any]
"""Id, name, arguments: text, or the parsed value where the vendor's client keeps no text."""

Usage = tuple[int | None, int | None] | None
"""Prompt and completion tokens. None when nothing was reported."""


@dataclass(frozen=True)
class Said:
    """One choice."""

    text: str = ""
    reasoning: str = ""
    calls: tuple[Call, ...] = ()
    finish: str | None = None
    """The server's own word. None when there was none."""


@dataclass(frozen=True)
class Reading:
    """What one reader made of one body."""

    choices: tuple[Said, ...] = ()
    usage: Usage = None
    verdict: str = "returned"
    """The phase our stream ended in; of a vendor's client, `returned` (as if all were well) or `raised`."""
    failure: str | None = None
    """The kind of our error, or the type of a vendor's exception. None when there was none."""
    words: str = field(default="", compare=False)
    """The message of the failure."""

    def cut_by(self, error: BaseException) -> "Reading":
        """The same, ended by an exception."""
        return replace(self, verdict="raised", failure=type(error).__name__, words=str(error))

    def with_parsed_arguments(self) -> "Reading":
        """The same with the arguments of calls as values, for clients that keep no text of them."""

        def parsed(said: Said) -> Said:
            return replace(said, calls=tuple((id_, name, _value(text)) for id_, name, text in said.calls))

        return replace(self, choices=tuple(map(parsed, self.choices)))


def agree(ours: Reading, theirs: Reading) -> bool:
    """Whether both took the same from a body and came to the same verdict: all is well, or it is not."""
    same = (ours.choices, ours.usage) == (theirs.choices, theirs.usage)
    return same and (ours.verdict == "complete") == (theirs.verdict == "returned")


@dataclass(frozen=True)
class Body:
    """One HTTP answer."""

    data: bytes
    status: int
    content_type: str

    def transport(self, httpx: Any) -> Any:
        """One of `httpx` (or of `httpx2`, the same under another name) that gives this answer to every request."""
        head = {"content-type": self.content_type}
        return httpx.MockTransport(lambda _: httpx.Response(self.status, headers=head, content=self.data))


@dataclass(frozen=True)
class Vendor:
    """One way to read a stream with a vendor's client."""

    name: str
    dialect: str
    package: str
    read: Callable[["Body"], Reading]
    parses_arguments: bool = False
    """Whether it keeps only the value of a call's arguments, not their text."""
    content_type: str = EVENTS

    def reading(self, body: bytes, *, status: int = 200, content_type: str | None = None) -> Reading:
        """What the vendor's client makes of `body`. Skips the test when the client is not installed."""
        pytest.importorskip(self.package)
        return self.read(Body(body, status, content_type or self.content_type))

    @property
    def version(self) -> str:
        """Of the client installed, for messages."""
        return f"{self.name} ({self.package} {version(self.package.replace('.', '-'))})"

    def ours(self, body: bytes) -> Reading:
        """What our stream makes of the same."""
        snapshot = folded([body], dialect=self.dialect).snapshot()
        usage, error = snapshot.usage, snapshot.error
        reading = Reading(
            tuple(map(_our_said, snapshot.choices)),
            (usage.prompt, usage.completion) if usage else None,
            snapshot.phase.value,
            error.kind if error else None,
            error.message if error else "",
        )
        return reading.with_parsed_arguments() if self.parses_arguments else reading


_URL = "http://provider.invalid/v1"
_ASKED: Any = [{"role": "user", "content": "Hi"}]


def _value(text: Any) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _usage(usage: Any, prompt: str, completion: str) -> Usage:
    counts = (getattr(usage, prompt, None), getattr(usage, completion, None))
    return None if counts == (None, None) else counts


def _our_said(choice: ChoiceSnapshot) -> Said:
    return Said(choice.text, choice.reasoning, tuple(map(_our_call, choice.tool_calls)), choice.finish_reason_raw)


def _our_call(call: ToolCallSnapshot) -> Call:
    return call.id, call.name, call.arguments


@dataclass
class _Joined:
    """A choice while its pieces are joined by hand, for clients which leave that to their caller."""

    text: str = ""
    reasoning: str = ""
    calls: tuple[Call, ...] = ()
    finish: str | None = None

    def said(self) -> Said:
        return Said(self.text, self.reasoning, self.calls, self.finish)


# -- openai -------------------------------------------------------------------------------------------------------


def _openai(body: Body) -> Any:
    import httpx2
    import openai

    http = httpx2.Client(transport=body.transport(httpx2))
    return openai.OpenAI(base_url=_URL, api_key="none", max_retries=0, http_client=http)


def _read_chat(body: Body) -> Reading:
    """With the helper that folds."""
    from openai.lib.streaming.chat import ChatCompletionStreamState

    state: Any = ChatCompletionStreamState()
    with _openai(body) as client:
        try:
            for chunk in client.chat.completions.create(model="tiny", messages=_ASKED, stream=True):
                state.handle_chunk(chunk)
            return _chat_reading(state.get_final_completion())
        except Exception as error:
            try:
                return _chat_reading(state.current_completion_snapshot).cut_by(error)
            except AssertionError:
                return Reading().cut_by(error)


def _chat_reading(completion: Any) -> Reading:
    return Reading(
        tuple(_chat_said(choice) for choice in sorted(completion.choices, key=lambda choice: choice.index)),
        _usage(completion.usage, "prompt_tokens", "completion_tokens"),
    )


def _chat_said(choice: Any) -> Said:
    message = choice.message
    calls = tuple(
        (call.id, call.function.name, call.function.arguments) if call.function else (call.id, "", "")
        for call in message.tool_calls or ()
    )
    return Said(message.content or "", getattr(message, "reasoning_content", ""), calls, choice.finish_reason)


def _read_chat_chunks(body: Body) -> Reading:
    """Without the helper, joining the text alone."""

    def pieces(client: Any) -> Iterable[tuple[Any, str]]:
        for chunk in client.chat.completions.create(model="tiny", messages=_ASKED, stream=True):
            yield chunk, "delta"

    return _joined_chunks(body, pieces)


def _read_completions(body: Body) -> Reading:
    """There is no helper."""

    def pieces(client: Any) -> Iterable[tuple[Any, str]]:
        for chunk in client.completions.create(model="tiny", prompt="Hi", stream=True):
            yield chunk, "text"

    return _joined_chunks(body, pieces)


def _joined_chunks(body: Body, pieces: Callable[[Any], Iterable[tuple[Any, str]]]) -> Reading:
    found: dict[int, _Joined] = {}
    usage: Usage = None

    def reading() -> Reading:
        return Reading(tuple(found[index].said() for index in sorted(found)), usage)

    with _openai(body) as client:
        try:
            for chunk, kind in pieces(client):
                for choice in getattr(chunk, "choices", None) or ():
                    joined = found.setdefault(choice.index, _Joined())
                    joined.text += (choice.delta.content if kind == "delta" else choice.text) or ""
                    joined.finish = choice.finish_reason or joined.finish
                usage = _usage(getattr(chunk, "usage", None), "prompt_tokens", "completion_tokens") or usage
        except Exception as error:
            return reading().cut_by(error)
    return reading()


def _read_responses(body: Body) -> Reading:
    """With the helper, `get_final_response`; only the text of its events when there is none."""
    told = ""
    with _openai(body) as client:
        try:
            with client.responses.stream(model="tiny", input="Hi") as stream:
                for event in stream:
                    told += event.delta if event.type == "response.output_text.delta" else ""
                return _responses_reading(stream.get_final_response())
        except Exception as error:
            return Reading((Said(told),) if told else ()).cut_by(error)


def _read_responses_events(body: Body) -> Reading:
    """Without the helper: the response in the last event; only the text of the events when there is none."""
    told, last = "", None
    with _openai(body) as client:
        try:
            for event in client.responses.create(model="tiny", input="Hi", stream=True):
                if event.type in ("response.completed", "response.incomplete", "response.failed"):
                    last = event.response
                told += event.delta if event.type == "response.output_text.delta" else ""
        except Exception as error:
            return Reading((Said(told),) if told else ()).cut_by(error)
    return _responses_reading(last) if last is not None else Reading((Said(told),) if told else ())


def _responses_reading(response: Any) -> Reading:
    text, reasoning, calls = "", [], []
    for item in response.output or ():
        if item.type == "message":
            text += "".join(part.text for part in item.content if part.type == "output_text")
        elif item.type == "reasoning":
            reasoning += [part.text for part in [*(item.summary or ()), *(item.content or ())]]
        elif item.type == "function_call":
            calls.append((item.call_id, item.name, item.arguments))
    details = response.incomplete_details
    said = Said(text, "\n\n".join(reasoning), tuple(calls), details.reason if details else response.status)
    return Reading((said,), _usage(response.usage, "input_tokens", "output_tokens"))


# -- anthropic ----------------------------------------------------------------------------------------------------


def _anthropic(body: Body) -> Any:
    import anthropic
    import httpx2

    http = httpx2.Client(transport=body.transport(httpx2))
    return anthropic.Anthropic(base_url=_URL, api_key="none", max_retries=0, http_client=http)


def _read_messages(body: Body) -> Reading:
    """With the helper and its snapshot."""
    stream: Any = None
    with _anthropic(body) as client:
        try:
            with client.messages.stream(model="tiny", max_tokens=9, messages=_ASKED) as stream:
                return _message_reading(stream.get_final_message())
        except Exception as error:
            try:
                return _message_reading(stream.current_message_snapshot).cut_by(error)
            except (AssertionError, AttributeError):  # before the first event, before the stream
                return Reading().cut_by(error)


def _message_reading(message: Any) -> Reading:
    text, reasoning, calls = "", "", []
    for block in message.content:
        if block.type == "text":
            text += block.text
        elif block.type == "thinking":
            reasoning += block.thinking
        elif block.type == "tool_use":
            calls.append((block.id, block.name, block.input))
    usage = message.usage
    prompt = usage.input_tokens + (usage.cache_creation_input_tokens or 0) + (usage.cache_read_input_tokens or 0)
    return Reading((Said(text, reasoning, tuple(calls), message.stop_reason),), (prompt, usage.output_tokens))


def _read_message_events(body: Body) -> Reading:
    """Without the helper, joining the text alone."""
    joined, is_empty = _Joined(), True
    with _anthropic(body) as client:
        for event in client.messages.create(model="tiny", max_tokens=9, messages=_ASKED, stream=True):
            is_empty = False
            if event.type == "content_block_delta" and event.delta.type == "text_delta":
                joined.text += event.delta.text
    return Reading(() if is_empty else (joined.said(),))


# -- google -------------------------------------------------------------------------------------------------------


def _read_gemini(body: Body) -> Reading:
    """There is no helper that folds."""
    import httpx
    from google import genai

    http = httpx.Client(transport=body.transport(httpx))
    options: Any = {"base_url": _URL, "api_version": "v1beta", "httpx_client": http}
    chunks: list[Any] = []
    with http, genai.Client(api_key="none", http_options=options) as client:
        try:
            chunks.extend(client.models.generate_content_stream(model="tiny", contents="Hi"))
        except Exception as error:
            return _gemini_reading(chunks).cut_by(error)
    return _gemini_reading(chunks)


def _gemini_reading(chunks: list[Any]) -> Reading:
    found: dict[int, _Joined] = {}
    usage: Usage = None
    for chunk in chunks:
        for candidate in chunk.candidates or ():
            joined = found.setdefault(candidate.index or 0, _Joined())
            for part in (candidate.content and candidate.content.parts) or ():
                _join_part(joined, part)
            joined.finish = candidate.finish_reason.value if candidate.finish_reason else joined.finish
        usage = _gemini_usage(chunk.usage_metadata) or usage
    return Reading(tuple(found[index].said() for index in sorted(found)), usage)


def _join_part(joined: _Joined, part: Any) -> None:
    if (call := part.function_call) is not None:
        joined.calls += ((call.id or "", call.name, call.args or {}),)
    elif part.thought:
        joined.reasoning += part.text or ""
    else:
        joined.text += part.text or ""


def _gemini_usage(usage: Any) -> Usage:
    if usage is None:
        return None
    known = [count for count in (usage.candidates_token_count, usage.thoughts_token_count) if count is not None]
    return usage.prompt_token_count, sum(known) if known else None


# -- ollama -------------------------------------------------------------------------------------------------------


def _read_ollama_chat(body: Body) -> Reading:
    """There is no helper that folds."""

    def pieces(client: Any) -> Iterable[Any]:
        for chunk in client.chat(model="tiny", messages=_ASKED, stream=True):
            yield chunk, chunk.message.content, chunk.message.thinking, chunk.message.tool_calls or ()

    return _read_ollama(body, pieces)


def _read_ollama_generate(body: Body) -> Reading:
    """There is no helper that folds."""

    def pieces(client: Any) -> Iterable[Any]:
        for chunk in client.generate(model="tiny", prompt="Hi", stream=True):
            yield chunk, chunk.response, chunk.thinking, ()

    return _read_ollama(body, pieces)


def _read_ollama(body: Body, pieces: Callable[[Any], Iterable[Any]]) -> Reading:
    import httpx
    import ollama

    joined: list[_Joined] = []
    usage: Usage = None

    def reading() -> Reading:
        return Reading(tuple(choice.said() for choice in joined), usage)

    with ollama.Client(host=_URL, transport=body.transport(httpx)) as client:
        try:
            for chunk, text, thinking, calls in pieces(client):
                joined = joined or [_Joined()]
                joined[0].text += text or ""
                joined[0].reasoning += thinking or ""
                joined[0].calls += tuple(
                    (getattr(call, "id", ""), call.function.name, dict(call.function.arguments)) for call in calls
                )
                joined[0].finish = chunk.done_reason or joined[0].finish
                usage = _usage(chunk, "prompt_eval_count", "eval_count")
        except Exception as error:
            return reading().cut_by(error)
    return reading()


CHAT = Vendor("chat helper", "chat", "openai", _read_chat)
CHAT_CHUNKS = Vendor("chat chunks", "chat", "openai", _read_chat_chunks)
COMPLETIONS = Vendor("completions", "completions", "openai", _read_completions)
RESPONSES = Vendor("responses helper", "responses", "openai", _read_responses)
RESPONSES_EVENTS = Vendor("responses events", "responses", "openai", _read_responses_events)
MESSAGES = Vendor("messages helper", "anthropic", "anthropic", _read_messages, parses_arguments=True)
MESSAGE_EVENTS = Vendor("messages events", "anthropic", "anthropic", _read_message_events, parses_arguments=True)
GEMINI = Vendor("gemini", "gemini", "google.genai", _read_gemini, parses_arguments=True)
OLLAMA = Vendor("ollama chat", "ollama", "ollama", _read_ollama_chat, parses_arguments=True, content_type=LINES)
GENERATE = Vendor(
    "ollama generate", "ollama", "ollama", _read_ollama_generate, parses_arguments=True, content_type=LINES
)
