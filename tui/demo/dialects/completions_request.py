"""Reads the body of `POST /v1/completions`."""

from tui.demo.dialects.completions_wire import CompletionsWriter
from tui.demo.dialects.openai_fields import boolean, include_usage, integer, known_model, stops, wrong_type
from tui.demo.exchange import BadRequestError, Exchange, Incoming
from tui.demo.question import Question, Turn

_MOST_CHOICES = 16
_USUAL_MAX_TOKENS = 16
"""What the real server stops at when it is not told, which surprises everybody once."""


def read_completions_request(incoming: Incoming) -> Exchange:
    """The exchange this body asks for. Raises BadRequestError, worded as OpenAI words it."""
    body = incoming.body
    model, prompt = known_model(body.get("model")), _prompt(body.get("prompt"))
    seed, limit = integer(body, "seed"), integer(body, "max_tokens", least=0)
    question = Question(
        model=model,
        turns=(Turn("user", prompt),),
        seed=incoming.default_seed if seed is None else seed,
        choices=integer(body, "n", least=1, most=_MOST_CHOICES) or 1,
        max_tokens=_USUAL_MAX_TOKENS if limit is None else limit,
        stop=stops(body.get("stop")),
        may_call=False,
        may_think=False,
    )
    is_stream = boolean(body, "stream")
    echo = prompt if boolean(body, "echo") else ""
    return Exchange(question, is_stream, CompletionsWriter(question, include_usage(body, is_stream), echo))


def _prompt(prompt: object) -> str:
    match prompt:
        case None:
            return "<|endoftext|>"
        case str() | [str()]:
            return prompt if isinstance(prompt, str) else prompt[0]
        case [str(), *_]:
            raise BadRequestError("The simulated models complete one prompt at a time.", param="prompt")
        case [int() | list(), *_]:
            raise BadRequestError("The simulated models have no vocabulary to read tokens with.", param="prompt")
        case _:
            raise wrong_type("prompt", "a string or an array of strings", prompt)
