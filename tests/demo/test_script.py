"""The scripts: what each model says and when."""

import json
import statistics
from itertools import pairwise
from typing import Any

import pytest

from tests.demo.asking import RAINBOW, ask, duration_s, steps_of, talk, text_of
from tui.demo.models import MODELS, SHORT_STOP_TOKENS
from tui.demo.question import Tool
from tui.demo.script import (
    Accept,
    Begin,
    Die,
    Finish,
    HttpError,
    Reasoning,
    Refusal,
    Spoken,
    Step,
    Text,
    TokenTally,
    ToolArguments,
    ToolCallStart,
    Wait,
)

ANSWERING = [name for name in MODELS if name not in ("limited", "fragile")]


@pytest.mark.parametrize("model", [*MODELS, "load-100-50"])
def test_equal_questions_get_equal_scripts(model: str) -> None:
    assert ask(model) == ask(model)


@pytest.mark.parametrize("model", ANSWERING)
def test_another_seed_means_another_schedule(model: str) -> None:
    assert steps_of(Wait, ask(model)) != steps_of(Wait, ask(model, seed=8))


@pytest.mark.parametrize("model", ANSWERING)
def test_a_script_is_accepted_then_begins_every_choice_then_finishes_each(model: str) -> None:
    script = [step for step in ask(model, choices=3) if not isinstance(step, Wait)]
    assert isinstance(script[0], Accept)
    assert [step.choice for step in script[1:4] if isinstance(step, Begin)] == [0, 1, 2]
    assert sorted(step.choice for step in steps_of(Finish, script)) == [0, 1, 2]
    assert isinstance(script[-1], Finish)


@pytest.mark.parametrize("model", ANSWERING)
def test_answers_take_seconds_and_not_minutes(model: str) -> None:
    assert 0.8 < duration_s(ask(model)) < 15


def test_the_first_token_of_deep_takes_its_time() -> None:
    script = ask("deep")
    first = next(index for index, step in enumerate(script) if isinstance(step, Text))
    assert 1.8 < duration_s(script[:first]) < 3.4


@pytest.mark.parametrize(("model", "expected"), [("swift", 140), ("scribe", 75), ("deep", 35), ("thinker", 90)])
def test_each_model_has_its_speed(model: str, expected: float) -> None:
    script = ask(model, "Tell me about sourdough")
    first = next(index for index, step in enumerate(script) if isinstance(step, Spoken))
    tokens = sum(step.tokens for step in script if isinstance(step, Spoken))
    assert tokens / duration_s(script[first:]) == pytest.approx(expected, rel=0.3)


def test_gaps_are_uneven_with_bursts_and_hiccups() -> None:
    gaps = [wait.duration_ns for wait in steps_of(Wait, ask("scribe"))[3:]]
    middle = statistics.median(gaps)
    assert statistics.pstdev(gaps) > 0.3 * middle
    assert min(gaps) < 0.2 * middle
    assert max(gaps) > 3 * middle


def test_some_models_pack_several_tokens_into_one_event() -> None:
    assert {step.tokens for step in steps_of(Text, ask("chorus"))} >= {2, 3}
    assert {step.tokens for step in steps_of(Text, ask("scribe"))} == {1}


def test_thinker_reasons_before_it_answers() -> None:
    kinds = [type(step) for step in ask("thinker") if isinstance(step, Spoken)]
    assert kinds[0] is Reasoning
    assert kinds == sorted(kinds, key=[Reasoning, Text].index)
    assert kinds[-1] is Text


def test_caller_makes_two_parallel_calls_with_nested_arguments() -> None:
    script = ask("caller")
    assert [start.name for start in steps_of(ToolCallStart, script)] == ["search_knowledge_base", "create_report"]
    arguments = [_arguments(script, call) for call in (0, 1)]
    assert arguments[0]["query"]["text"] == "how rainbows form"
    assert len(arguments[1]["sections"]) == 4
    assert len(steps_of(ToolArguments, script)) > 100
    assert steps_of(Finish, script) == [Finish(0, "tool_calls")]
    assert steps_of(Begin, script) == [Begin(0, calls_tools=True)]


def _arguments(script: list[Step], call: int) -> dict[str, Any]:
    whole = "".join(step.text for step in steps_of(ToolArguments, script) if step.call == call)
    arguments: dict[str, Any] = json.loads(whole)
    return arguments


_WEATHER = Tool(
    "get_weather",
    {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 2, "maximum": 4}},
        "required": ["city"],
    },
)


def test_tools_of_the_client_are_called_with_arguments_that_fit_their_schema() -> None:
    script = ask("caller", tools=(_WEATHER,))
    assert [start.name for start in steps_of(ToolCallStart, script)] == ["get_weather"]
    arguments = _arguments(script, 0)
    assert isinstance(arguments["city"], str)
    assert arguments["days"] in (2, 3, 4)


def test_any_model_calls_when_the_client_insists_and_none_when_it_forbids() -> None:
    assert steps_of(ToolCallStart, ask("swift", tools=(_WEATHER,), must_call=True))
    assert not steps_of(ToolCallStart, ask("swift", tools=(_WEATHER,)))
    assert not steps_of(ToolCallStart, ask("caller", tools=(_WEATHER,), may_call=False))


def test_polyglot_writes_what_is_hard_to_lay_out() -> None:
    text = text_of(ask("polyglot"))
    for sample in ("虹", "\u200d", "\U0001f1ef\U0001f1f5", "\U0001f3fd", "العربية", "עברית", "e\u0301"):
        assert sample in text


def test_decliner_only_refuses() -> None:
    script = ask("decliner")
    assert "I'm sorry" in text_of(script, kind=Refusal)
    assert not steps_of(Text, script)
    assert steps_of(Finish, script) == [Finish(0, "stop")]


def test_sleeper_is_silent_for_about_six_seconds_in_the_middle() -> None:
    script = ask("sleeper")
    longest = max(steps_of(Wait, script), key=lambda wait: wait.duration_ns)
    assert 5e9 < longest.duration_ns < 7e9
    after = script[script.index(longest) :]
    assert 0.3 < len(steps_of(Text, after)) / len(steps_of(Text, script)) < 0.7


def test_fragile_dies_in_the_middle() -> None:
    script = ask("fragile")
    assert isinstance(script[-1], Die)
    assert len(steps_of(Text, script)) > 20
    assert not steps_of(Finish, script)


def test_limited_is_turned_down_before_it_is_accepted() -> None:
    script = [step for step in ask("limited") if not isinstance(step, Wait)]
    assert len(script) == 1
    error = script[0]
    assert isinstance(error, HttpError)
    assert (error.status, error.code, error.retry_after_s) == (429, "rate_limit_exceeded", 2)


def test_brief_stops_at_its_length_and_can_be_continued_to_the_end() -> None:
    prompt, said, rounds = "Tell me about sourdough", "", 0
    reason = "length"
    while reason == "length":
        turns = [("user", prompt)] + [("assistant", said), ("user", "Continue.")] * bool(said)
        script = talk("brief", *turns)  # type: ignore[arg-type]
        reason = steps_of(Finish, script)[0].reason
        assert sum(step.tokens for step in steps_of(Text, script)) <= SHORT_STOP_TOKENS
        said, rounds = said + text_of(script), rounds + 1
        assert rounds < 10
    assert rounds > 1
    assert said.startswith(text_of(ask("brief", prompt)))
    assert said.endswith(".")


def test_an_assistant_turn_at_the_end_is_continued() -> None:
    whole = text_of(ask("deep"))
    assert text_of(talk("deep", ("user", RAINBOW), ("assistant", whole[:100]))) == whole[100:]


@pytest.mark.parametrize("model", ["swift", "chorus", "polyglot"])
@pytest.mark.parametrize("prompt", [RAINBOW, "Tell me about sourdough", "List 3 ideas for lunch"])
def test_choices_are_distinct(model: str, prompt: str) -> None:
    script = ask(model, prompt, choices=12)
    answers = {text_of(script, choice) for choice in range(12)}
    assert len(answers) == (12 if model != "polyglot" else 1)  # polyglot has just one thing to show


def test_choices_come_interleaved() -> None:
    order = [step.choice for step in steps_of(Text, ask("chorus", choices=2))]
    assert sum(one != other for one, other in pairwise(order)) > 10


def test_models_answer_the_same_prompt_differently() -> None:
    answers = {text_of(ask(model)) for model in ("swift", "deep", "scribe", "thinker", "sleeper", "chorus", "polyglot")}
    assert len(answers) == 7


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        (RAINBOW, "42°"),
        ("Explain the TCP handshake", "SYN"),
        ("How does binary search work?", "sorted"),
        ("Why is the sky blue?", "scatter"),
        ("Compare two databases", "SQLite"),
        ("Tell me about sourdough starters", "sourdough starters"),
        ("Write a Python function that computes fibonacci numbers", "```python"),
        ("Make a table of tea and coffee", "| tea | coffee |"),
        ("Translate thank you to German", "**Danke**"),
        ("List 7 tips for gardening", "\n7. "),
        ("Hello", "Hello! This is *swift*"),
        ("A haiku about thunder", "Thunder"),
    ],
)
def test_the_answer_fits_the_prompt(prompt: str, expected: str) -> None:
    assert expected in text_of(ask("swift", prompt))


@pytest.mark.parametrize("prompt", ["Tell me about {subject} and {x}", "", "\x00\ud7ff", "```", "| a | b |", "9 items"])
@pytest.mark.parametrize("model", ANSWERING)
def test_any_prompt_gets_an_answer(model: str, prompt: str) -> None:
    assert any(isinstance(step, Spoken) for step in ask(model, prompt))


def test_a_haiku_has_three_lines() -> None:
    assert len(text_of(ask("deep", "Write a haiku about autumn rain")).splitlines()) == 3


@pytest.mark.parametrize("count", [1, 3, 12, 20])
def test_a_list_has_as_many_items_as_asked_for(count: int) -> None:
    lines = text_of(ask("swift", f"Give me {count} tips for gardening")).splitlines()
    assert sum(line[:1].isdigit() for line in lines) == count


def test_scribe_uses_every_block_of_markdown() -> None:
    text = text_of(ask("scribe"))
    for block in ("# ", "\n## ", "```python", "|---", "\n   - ", "\n> ", "\n- "):
        assert block in text.replace("|:--", "|---")


def test_the_token_limit_counts_reasoning_too() -> None:
    script = ask("thinker", max_tokens=30)
    tally = TokenTally()
    for step in script:
        tally.count(step)
    assert (tally.completion, tally.reasoning) == (30, 30)
    assert steps_of(Finish, script) == [Finish(0, "length")]


def test_a_limit_cuts_the_same_answer() -> None:
    assert text_of(ask("deep")).startswith(text_of(ask("deep", max_tokens=20)))


def test_a_stop_sequence_ends_the_answer_before_it() -> None:
    whole = text_of(ask("deep"))
    cut = text_of(ask("deep", stop=("\n\n",)))
    assert cut == whole.partition("\n\n")[0]


def test_a_tool_result_is_used_in_the_answer() -> None:
    result = '{"weather": {"temperature": 18, "sky": ["clear", "windy"]}}'
    script = talk("caller", ("user", "How is the weather?"), ("assistant", ""), ("tool", result), ("tool", "plain"))
    text = text_of(script)
    assert "`weather.temperature`: 18" in text
    assert "`weather.sky 2`: windy" in text
    assert "- plain" in text
    assert steps_of(Finish, script) == [Finish(0, "stop")]


def test_a_schema_is_filled() -> None:
    schema: dict[str, object] = {
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "kind": {"enum": ["light", "sound"]},
            "steps": {
                "type": "array",
                "items": {"type": "object", "properties": {"n": {"type": "number"}}},
                "minItems": 4,
            },
            "note": {"anyOf": [{"type": "null"}, {"type": "string"}]},
        },
    }
    answer = json.loads(text_of(ask("swift", schema=schema)))
    assert answer["title"] == "rainbow forms"
    assert answer["kind"] in ("light", "sound")
    assert [isinstance(step["n"], float) for step in answer["steps"]] == [True] * 4
    assert answer["note"] is None


def test_load_sends_four_character_tokens_at_an_even_rate() -> None:
    script = ask("load-300-1000")
    assert {len(step.text) for step in steps_of(Text, script)} == {4}
    assert len(steps_of(Text, script)) == 1000
    assert {wait.duration_ns for wait in steps_of(Wait, script)} == {3_333_333, 3_333_334}  # a third of 10 ms
    assert duration_s(script) == pytest.approx(1000 / 300)


def test_load_honours_a_limit() -> None:
    script = ask("load-100-50", max_tokens=10)
    assert len(steps_of(Text, script)) == 10
    assert script[-1] == Finish(0, "length")
