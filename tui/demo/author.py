"""Writes the script of one answer: what the model says, cut into tokens, and the instant of each.

Pure and seeded: equal questions get equal scripts. Content depends on the seed, the model, the prompt and the choice
only, so that a continued or limited answer is a part of the whole one; ids and timing depend on everything asked.
"""

import dataclasses
import heapq
import json
from collections.abc import Callable, Iterable, Iterator
from random import Random

from tui.demo.composer import compose
from tui.demo.models import MODELS, SHORT_STOP_TOKENS, SILENCE_NS, Habit, Model
from tui.demo.pace import Pace
from tui.demo.polyglot import many_scripts
from tui.demo.prompt import asks_to_go_on, prompt_of
from tui.demo.question import Question
from tui.demo.script import (
    Accept,
    Begin,
    Die,
    Finish,
    FinishReason,
    HttpError,
    Reasoning,
    Refusal,
    Script,
    Spoken,
    Step,
    Text,
    ToolArguments,
    ToolCallStart,
    Wait,
)
from tui.demo.structured import instance_of
from tui.demo.tokens import split_tokens
from tui.demo.tool_calls import ToolCall, calls_for
from tui.demo.tool_results import answer_from_results
from tui.demo.topics import find_topic

RETRY_AFTER_S = 2
_REFUSAL = (
    "I'm sorry, but I can't help with {subject}. This model declines every request, so that you can see what a refusal "
    "looks like. I would be glad to point you to a model that answers: try swift or deep."
)


def write_script(question: Question) -> Script:
    """The script for a question to one of `MODELS`.

    Raises KeyError for a model that is not in the catalogue.
    """
    model = MODELS[question.model]
    opening = question.dice("opening")
    head_ns, first_ns = model.pace.opening_ns(opening)
    yield Wait(head_ns)
    if model.habit is Habit.IS_LIMITED:
        yield _rate_limited(model.name)
        return
    yield Accept()
    # Opening a choice costs no token and happens before the first one is ready: a client that takes it for the first
    # token will measure something else than one that does not.
    begin_ns = (head_ns + first_ns) // 2
    yield Wait(begin_ns - head_ns)
    calls = [calls_for(question, model.habit is Habit.CALLS_TOOLS, choice) for choice in range(question.choices)]
    yield from (Begin(choice, calls_tools=bool(made)) for choice, made in enumerate(calls))
    yield Wait(first_ns - begin_ns)
    yield from _merged([_timeline(question, model, choice, made) for choice, made in enumerate(calls)])


def _rate_limited(name: str) -> HttpError:
    return HttpError(
        status=429,
        message=f"Rate limit reached for {name} on requests per min (RPM): Limit 3, Used 3, Requested 1. "
        f"Please try again in {RETRY_AFTER_S}s.",
        kind="requests",
        code="rate_limit_exceeded",
        retry_after_s=RETRY_AFTER_S,
    )


def _merged(timelines: list[Iterator[tuple[int, Step]]]) -> Script:
    """The choices in one sequence by time; death ends all of them."""
    now_ns = 0
    for at_ns, step in heapq.merge(*timelines, key=lambda moment: moment[0]):
        if at_ns > now_ns:
            yield Wait(at_ns - now_ns)
            now_ns = at_ns
        yield step
        if isinstance(step, Die):
            return


def _timeline(question: Question, model: Model, choice: int, calls: list[ToolCall]) -> Iterator[tuple[int, Step]]:
    """The steps of one choice with their instants, ns after the first token is due."""
    dice = question.dice(f"timing/{choice}")
    gaps = model.pace.gaps_ns(dice)
    at_ns = 0
    for step in _packed(_choice_steps(question, model, choice, calls), model.pace, dice):
        if isinstance(step, Wait):
            at_ns += int(step.duration_ns * dice.uniform(0.9, 1.1))
            continue
        yield at_ns, step
        if isinstance(step, Spoken):
            at_ns += sum(next(gaps) for _ in range(step.tokens))


def _packed(steps: Iterable[Step], pace: Pace, dice: Random) -> Iterator[Step]:
    """Joins neighbouring text steps into events of as many tokens as the model sends at once."""
    fewest, most = pace.tokens_per_event
    held: Text | Reasoning | Refusal | ToolArguments | None = None
    room = 0
    for step in steps:
        if held is not None and room > 0 and isinstance(step, type(held)) and _same_place(held, step):
            held = dataclasses.replace(held, text=held.text + step.text, tokens=held.tokens + step.tokens)
            room -= 1
            continue
        if held is not None:
            yield held
            held = None
        if isinstance(step, Text | Reasoning | Refusal | ToolArguments):
            held, room = step, dice.randint(fewest, most) - 1
        else:
            yield step
    if held is not None:
        yield held


def _same_place(one: Step, other: Step) -> bool:
    calls = (one.call, other.call) if isinstance(one, ToolArguments) and isinstance(other, ToolArguments) else (0, 0)
    return calls[0] == calls[1]


def _choice_steps(question: Question, model: Model, choice: int, calls: list[ToolCall]) -> Iterator[Step]:
    """Everything one choice says after it began, one token per step, with `Finish` or `Die` at its end."""
    spoken = list(_spoken(question, model, choice, calls))
    reason: FinishReason = "tool_calls" if calls else "stop"
    stopped_by = None if calls else _cut_at_stop(question, _remaining_answer(question, model, choice))[1]
    limit = question.max_tokens
    if model.habit is Habit.STOPS_SHORT:
        limit = SHORT_STOP_TOKENS if limit is None else min(limit, SHORT_STOP_TOKENS)
    if limit is not None and len(spoken) > limit:
        spoken, reason, stopped_by = spoken[:limit], "length", None
    yield from _with_accident(spoken, model, question.dice(f"accident/{choice}"))
    if model.habit is not Habit.DIES:
        yield Finish(choice, reason, stopped_by)


def _with_accident(spoken: list[Step], model: Model, dice: Random) -> Iterator[Step]:
    """The steps, with the silence or the death of a model that has such a habit somewhere in the middle."""
    accidents: dict[Habit, Step] = {Habit.DIES: Die(), Habit.FALLS_SILENT: Wait(SILENCE_NS)}
    accident = accidents.get(model.habit)
    if accident is None:
        yield from spoken
        return
    middle = int(len(spoken) * dice.uniform(0.4, 0.6))
    yield from spoken[:middle]
    yield accident
    if not isinstance(accident, Die):
        yield from spoken[middle:]


def _spoken(question: Question, model: Model, choice: int, calls: list[ToolCall]) -> Iterator[Step]:
    if model.habit is Habit.THINKS and question.may_think:
        yield from (Reasoning(choice, piece) for piece in split_tokens(_reasoning(question)))
    if calls:
        yield from _call_steps(calls, choice)
        return
    say: Callable[[int, str], Step] = Refusal if model.habit is Habit.REFUSES else Text
    text, _ = _cut_at_stop(question, _remaining_answer(question, model, choice))
    yield from (say(choice, piece) for piece in split_tokens(text))


def _call_steps(calls: list[ToolCall], choice: int) -> Iterator[Step]:
    for number, call in enumerate(calls):
        yield ToolCallStart(choice, number, call.call_id, call.name)
        yield from (ToolArguments(choice, number, piece) for piece in split_tokens(call.arguments))


def _remaining_answer(question: Question, model: Model, choice: int) -> str:
    """What is left to say: the whole text without what an earlier turn already said of it."""
    text = _whole_answer(question, model, choice)
    said = _said_before(question)
    return text[len(said) :] if said and text.startswith(said) and len(said) < len(text) else text


def _cut_at_stop(question: Question, text: str) -> tuple[str, str | None]:
    """The text before the first stop sequence in it, and that sequence."""
    found = [(text.find(stop), stop) for stop in question.stop if stop and stop in text]
    if not found:
        return text, None
    end, stop = min(found)
    return text[:end], stop


def _said_before(question: Question) -> str:
    """What the assistant has said of the answer that is to be continued; "" when this is a fresh question."""
    said: list[str] = []
    for turn in reversed(question.turns):
        if turn.role == "assistant":
            said.append(turn.text)
        elif not (turn.role == "user" and asks_to_go_on(turn.text)):
            break
    return "".join(reversed(said))


def _whole_answer(question: Question, model: Model, choice: int) -> str:
    prompt = prompt_of(question)
    dice = Random(f"{question.seed}/{model.name}/{prompt.text}/{choice}")
    if question.turns and question.turns[-1].role == "tool":
        return answer_from_results(question, prompt.subject)
    if question.schema is not None:
        return json.dumps(instance_of(question.schema, prompt, dice), ensure_ascii=False, indent=2)
    match model.habit:
        case Habit.REFUSES:
            return _REFUSAL.replace("{subject}", prompt.subject)
        case Habit.WRITES_MANY_SCRIPTS:
            return many_scripts(prompt)
        case _:
            return compose(prompt, model.voice, model.name, model.take, choice, dice)


def _reasoning(question: Question) -> str:
    prompt = prompt_of(question)
    topic = find_topic(prompt.words)
    if topic is not None:
        return topic.reasoning
    words = ", ".join(prompt.key_words[:4])
    return (
        f"The prompt is about {prompt.subject}. The words that carry it: {words}. I am a simulated model, so I have no "
        f"facts to draw on and should say so early rather than invent any.\n\nWhat form is wanted? I read it as "
        f"{prompt.form.value}{', and brief' if prompt.is_brief else ''}. I can offer a way of approaching "
        f"{prompt.key_words[0]}: one case in detail, then what cases have in common, then a check against numbers.\n\n"
        "Keep the paragraphs short, name the subject once at the start, and stop when the point is made."
    )
