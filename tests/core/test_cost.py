"""What a stream costs. One million tokens at a dollar make the arithmetic easy to check by eye."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tui.core.cost import CURRENCY, cost_of, cost_of_snapshot, estimated_input
from tui.core.price import Price, Tariff
from tui.core.report import target_object
from tui.core.request import CallMade, Message, Prompt
from tui.core.stream import StreamState
from tui.core.target import Target

MS = 1_000_000
TARGET = Target("m", "work", "m", "chat", "http://127.0.0.1:9/v1")
PRICE = Price(input=2, output=10, cached_input=0.5, reasoning=4)


def stream(price: Price | None = PRICE, most: int | None = None) -> StreamState:
    """A stream that is being answered, of a target with this price."""
    tariff = Tariff(price, "configuration", most) if price else None
    state = StreamState(replace(TARGET, tariff=tariff), 0)
    state.start(0)
    state.respond(200, {"content-type": "text/event-stream"}, MS)
    return state


def send(state: StreamState, *payloads: dict[str, Any]) -> None:
    state.receive(b"".join(b"data: " + json.dumps(payload).encode() + b"\n\n" for payload in payloads), 2 * MS)


def say(text: str) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": text}}]}


def usage(prompt: int, completion: int, cached: int = 0, reasoning: int = 0) -> dict[str, Any]:
    return {
        "choices": [],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "prompt_tokens_details": {"cached_tokens": cached},
            "completion_tokens_details": {"reasoning_tokens": reasoning},
        },
    }


def test_each_kind_of_token_has_its_price() -> None:
    state = stream()
    send(state, say("hello"), usage(1000, 500, cached=400, reasoning=100))
    cost = cost_of(state)
    assert cost is not None
    # 600 x 2 + 400 x 0.5 + 400 x 10 + 100 x 4, by the million
    assert (cost.input, cost.cached_input) == pytest.approx((0.0012, 0.0002))
    assert (cost.output, cost.reasoning) == pytest.approx((0.004, 0.0004))
    assert cost.total == pytest.approx(0.0058)
    assert not cost.is_estimated
    assert cost_of_snapshot(state.snapshot()) == cost


def test_kinds_without_a_price_of_their_own_cost_what_the_rest_does() -> None:
    state = stream(Price(input=2, output=10))
    send(state, say("hello"), usage(1000, 500, cached=400, reasoning=100))
    cost = cost_of(state)
    assert cost is not None
    assert cost.total == pytest.approx(0.002 + 0.005)


def test_without_a_price_the_cost_is_unknown_and_not_zero() -> None:
    state = stream(None)
    send(state, say("hello"), usage(1000, 500))
    assert cost_of(state) is None
    assert target_object(state)["cost"] is None


def test_a_price_of_zero_is_a_cost_of_zero() -> None:
    state = stream(Price(0, 0))
    send(state, say("hello"), usage(1000, 500))
    cost = cost_of(state)
    assert cost is not None
    assert cost.total == 0


def test_while_it_runs_the_cost_is_estimated_from_both_sides() -> None:
    state = stream()
    state.prompt_estimate = 50.0
    send(state, say("x" * 400))  # about 100 tokens
    cost = cost_of(state)
    assert cost is not None
    assert cost.is_estimated
    assert cost.total == pytest.approx((50 * 2 + 100 * 10) / 1e6)


def test_a_cancelled_answer_keeps_its_estimate() -> None:
    state = stream()
    state.prompt_estimate = 50.0
    send(state, say("x" * 400))
    state.cancel(3 * MS)
    cost = cost_of(state)
    assert cost is not None
    assert cost.is_estimated


def test_a_prompt_of_unknown_length_makes_the_cost_unknown() -> None:
    state = stream()
    send(state, say("x" * 400))
    assert cost_of(state) is None


def test_nothing_is_charged_before_the_first_token() -> None:
    state = stream()
    state.prompt_estimate = 50.0
    assert cost_of(state) is None


@pytest.mark.parametrize(("prompt", "is_known"), [(1000, True), (1001, False)])
def test_a_price_holds_up_to_its_longest_prompt(prompt: int, is_known: bool) -> None:
    state = stream(most=1000)
    send(state, say("hello"), usage(prompt, 500))
    assert (cost_of(state) is not None) == is_known


def test_more_cached_than_asked_is_never_a_negative_price() -> None:
    state = stream()
    send(state, say("hello"), usage(100, 50, cached=900, reasoning=900))
    cost = cost_of(state)
    assert cost is not None
    assert (cost.input, cost.output) == (0, 0)


def test_the_json_has_the_parts_the_currency_and_who_says_so() -> None:
    state = stream()
    send(state, say("hello"), usage(1000, 500, cached=400, reasoning=100))
    assert target_object(state)["cost"] == {
        "total": 0.0058,
        "input": 0.0012,
        "cached_input": 0.0002,
        "output": 0.004,
        "reasoning": 0.0004,
        "currency": CURRENCY,
        "tokens_source": "reported",
        "price_source": "configuration",
    }


def test_a_prompt_is_everything_that_is_sent() -> None:
    call = CallMade("1", "weather", "c" * 40)
    prompt = Prompt((Message("user", "u" * 40), Message("assistant", "", (call,))), system="s" * 40)
    assert estimated_input(prompt) == 30
    with_tools = replace(prompt, tools=({"type": "function"},), schema={"type": "object"})
    # {"type": "function"} and {"type": "object"} are 20 and 18 characters
    assert estimated_input(with_tools) == 30 + 20 / 4 + 18 / 4
