"""What a stream costs: its tokens times its target's price. The formula is in docs/metrics.md.

Unknown is None and never 0: a model without a price is not free. Before the server has reported its counts, and where
it never does, the estimates of the stopwatch take their place and the cost says so.
"""

import json
from dataclasses import dataclass

from tui.core.events import Usage
from tui.core.price import Tariff
from tui.core.request import Prompt
from tui.core.snapshot import Snapshot
from tui.core.stream import StreamState
from tui.core.text import estimated_tokens

CURRENCY = "USD"
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Cost:
    """One stream's cost so far, in US dollars; the parts add up."""

    input: float
    """The prompt without what came from the server's cache."""
    cached_input: float
    output: float
    """Everything written without the reasoning."""
    reasoning: float
    is_estimated: bool
    """Whether a count of tokens behind it is our own estimate."""
    source: str
    """Who says what a token costs."""

    @property
    def total(self) -> float:
        """All parts together."""
        return self.input + self.cached_input + self.output + self.reasoning


def cost_of(state: StreamState) -> Cost | None:
    """What `state`'s answer costs by now. None when its price or its prompt's length is unknown, or while nothing came
    that would be charged."""
    output, is_estimated = state.output_tokens
    return _cost(state.target.tariff, state.answer.usage, state.prompt_estimate, output, is_estimated)


def cost_of_snapshot(snapshot: Snapshot) -> Cost | None:
    """The same of an answer that was kept. None too when the server did not count its prompt."""
    metrics = snapshot.metrics
    return _cost(snapshot.target.tariff, snapshot.usage, None, metrics.output_tokens, metrics.tokens_are_estimated)


def _cost(
    tariff: Tariff | None,
    reported: Usage | None,
    prompt_estimate: float | None,
    output: float | None,
    output_is_estimated: bool,
) -> Cost | None:
    usage = reported or Usage()
    prompt = usage.prompt or prompt_estimate
    if tariff is None or output is None or prompt is None:
        return None
    if tariff.most_prompt_tokens is not None and prompt > tariff.most_prompt_tokens:
        return None
    price = tariff.price
    cached = min(usage.cached or 0, prompt)
    reasoning = min(usage.reasoning or 0, output)
    return Cost(
        input=_dollars(prompt - cached, price.input),
        cached_input=_dollars(cached, price.input if price.cached_input is None else price.cached_input),
        output=_dollars(output - reasoning, price.output),
        reasoning=_dollars(reasoning, price.output if price.reasoning is None else price.reasoning),
        is_estimated=output_is_estimated or not usage.prompt,
        source=tariff.source,
    )


def estimated_input(prompt: Prompt) -> float:
    """About how many tokens `prompt` is, for as long as the server has not said."""
    texts = [prompt.system or "", *(message.text for message in prompt.messages)]
    texts += [call.arguments for message in prompt.messages for call in message.calls]
    texts += [json.dumps(dict(extra), ensure_ascii=False) for extra in (*prompt.tools, prompt.schema or {}) if extra]
    return sum(map(estimated_tokens, texts))


def _dollars(tokens: float, per_million: float) -> float:
    return tokens * per_million / _MILLION
