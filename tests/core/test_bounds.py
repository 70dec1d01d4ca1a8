"""Everything a server can make grow has a bound, and a stream that passes one ends with the bound's name.

The bounds of events, answers, calls and choices are tested in test_chat_body.py, where bodies are cut in every way.
"""

import pytest

from tests.core.replay import START_NS, chunk, cut, fed, folded, sse
from tui.core.bounds import Bounds
from tui.core.endings import ending
from tui.core.events import Remarked
from tui.core.fold import Answer
from tui.core.phase import Phase
from tui.core.stream import StreamState

KIB = 1024
WHOLE = sse(chunk({"content": "Hi"}, "stop"))


def logprobs(count: int, top: int = 0, text: str = "x") -> dict[str, object]:
    """A chunk with `count` tokens and `top` alternatives for each."""
    alternatives = [{"token": text, "logprob": -1.0}] * top
    token = {"token": text, "logprob": -0.5, "top_logprobs": alternatives}
    return {"choices": [{"index": 0, "delta": {"content": "x"}, "logprobs": {"content": [token] * count}}]}


def cut_off(state: StreamState) -> str:
    """The bound's name, of a stream that passed one."""
    assert state.error is not None
    assert (state.error.kind, state.error.type, state.error.retryable) == ("protocol", "bound", False)
    return state.error.message.removeprefix("cut off: ")


@pytest.mark.parametrize("prefix", [b": ", b"data: ", b"event: ", b"id: ", b"junk ", b""])
def test_a_line_without_an_end(prefix: bytes) -> None:
    state = fed(cut(prefix + b"x" * 5 * KIB, 512), bounds=Bounds(event_bytes=4 * KIB))
    assert cut_off(state) == "a line of the event stream is over the limit of 4 KiB"
    assert state.phase is Phase.FAILED, "nothing came before it"
    assert state.reads < 10, "what follows is not looked at"


@pytest.mark.parametrize("line", [b": ping\n", b"data: x\n", b"junk\n", b"\n", b"event: x\n"])
def test_lines_without_an_end(line: bytes) -> None:
    """Short lines for ever: those that add up are bounded, those that do not take no memory."""
    state = fed([line * 100] * 100, bounds=Bounds(event_bytes=4 * KIB))
    if line in (b"data: x\n", b"junk\n"):
        assert cut_off(state) in {
            "an event is over the limit of 4 KiB",
            "text outside of any event is over the limit of 4 KiB",
        }
    else:
        assert not state.is_over
        assert not state._decoder._body.sse._line_parts  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param([logprobs(1)] * 101, id="tokens"),
        pytest.param([logprobs(1, top=20)] * 5, id="alternatives"),
        pytest.param([logprobs(1, text="x" * 64 * 101)], id="a huge token"),
        pytest.param([logprobs(1, top=1, text="x" * 64 * 50)], id="a huge alternative"),
    ],
)
def test_log_probabilities(chunks: list[dict[str, object]]) -> None:
    state = folded([sse(*chunks)], bounds=Bounds(logprobs=100))
    assert cut_off(state) == "the number of log probabilities is over the limit of 100"
    assert state.phase is Phase.INTERRUPTED
    assert len(state.answer.choices[0].logprobs) <= 100


def test_log_probabilities_of_a_usual_answer_are_all_kept() -> None:
    state = folded([sse(*[logprobs(1, top=20)] * 500, chunk({}, "stop"))])
    assert (state.phase, len(state.answer.choices[0].logprobs)) == (Phase.COMPLETE, 500)


@pytest.mark.parametrize("field", ["id", "type"])
def test_the_id_of_a_tool_call(field: str) -> None:
    call = {"index": 0, "function": {"name": "f"}, field: "x" * 5000}
    state = folded([sse(chunk({"tool_calls": [call]}))])
    assert cut_off(state) == "the id of a tool call is over the limit of 4096 characters"


def test_remarks_beyond_their_bound_are_left_out_and_end_nothing() -> None:
    answer = Answer(Bounds(remarks=3))
    for number in range(1000):
        answer.apply(Remarked(f"remark {number}"))
    assert answer.remarks == ["remark 0", "remark 1", "remark 2", "further remarks are left out"]


def test_names_that_are_shown_in_a_border() -> None:
    state = folded([sse(chunk({"content": "Hi"}, "r" * 10_000, model="m" * 10_000))])
    assert state.phase is Phase.COMPLETE
    assert (len(state.answer.model), len(ending(state))) == (500, 500)


DEEP = b"[" * 100_000 + b"]" * 100_000
DIGITS = b"9" * 100_000


@pytest.mark.parametrize("dialect", ["chat", "responses", "completions", "anthropic", "gemini", "ollama"])
@pytest.mark.parametrize(
    "value",
    [
        pytest.param(DEEP, id="deep"),
        pytest.param(DEEP[:100_000], id="deep and open"),
        pytest.param(b'{"a":' * 50_000, id="deep objects"),
        pytest.param(DIGITS, id="digits"),
        pytest.param(b"-" + DIGITS, id="negative"),
        pytest.param(b"1e" + DIGITS, id="exponent"),
    ],
)
def test_json_that_is_too_deep_or_a_number_that_is_too_long(dialect: str, value: bytes) -> None:
    """Where the dialect expects something else, where it expects anything, and as the whole body: nothing is raised."""
    for body in (
        b'data: {"type":"x","choices":[{"index":0,"delta":{"content":%b}}],"usage":{"completion_tokens":%b}}\n\n',
        b'data: {"unknown":%b,"more":%b}\n\n',
        b'{"message":%b,"candidates":%b}\n',
        b"[%b,%b]",
    ):
        state = folded([body % (value, value)], dialect=dialect)
        assert state.is_over
        assert state.phase is not Phase.COMPLETE
        state.snapshot()


def test_an_event_that_cannot_be_read_does_not_hide_the_ones_after_it() -> None:
    state = folded([b'data: {"choices":' + DEEP + b"}\n\n" + WHOLE])
    assert (state.phase, state.answer.choices[0].text.text()) == (Phase.COMPLETE, "Hi")
    assert state.remarks == ("1 event of the answer could not be read",)


def test_a_bound_is_never_passed_twice() -> None:
    """What a stream said of its bound stays, whatever comes after."""
    state = fed([b"data: " + b"x" * 5 * KIB], bounds=Bounds(event_bytes=KIB))
    said = state.error
    state.receive(WHOLE, START_NS)
    state.end(START_NS)
    assert (state.error, state.phase) == (said, Phase.FAILED)
