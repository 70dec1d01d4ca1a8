"""Turns in, prompts out: what is sent after each thing a user can do, and what must hold for any of them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.talk import DIALECTS, answered, assert_acceptable, call, failed, target
from tui.core.continuation import writes_on
from tui.core.conversation import MAX_BRANCHES, Conversation
from tui.core.dialects import dialect_named
from tui.core.phase import Phase
from tui.core.request import CarriedPart, Message, Prompt
from tui.core.turns import GO_ON, NOT_ANSWERED, WayOn

A = target()


def said(prompt: Prompt) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in prompt.messages]


def talked(*pairs: tuple[str, str]) -> Conversation:
    talk = Conversation(A, Prompt((), "Be brief."))
    for question, answer in pairs:
        talk.ask(question)
        talk.take(answered(A, answer))
    return talk


# -- the next turn --------------------------------------------------------------------------------------------------


def test_each_prompt_holds_all_that_was_said_before() -> None:
    talk = talked(("1+1?", "2"))
    prompt = talk.ask("sure?")
    assert said(prompt) == [("user", "1+1?"), ("assistant", "2"), ("user", "sure?")]
    assert prompt.system == "Be brief."
    assert prompt.continues is None


def test_a_question_nobody_answered_is_asked_along_with_the_next() -> None:
    """Users and assistants take turns, and the model has not heard the first one yet."""
    talk = Conversation(A)
    talk.ask("Why?")
    talk.take(failed(A))
    assert said(talk.ask("Please.")) == [("user", "Why?\n\nPlease.")]


def test_an_answer_that_was_cut_off_counts_as_far_as_it_came() -> None:
    talk = Conversation(A)
    talk.ask("Count.")
    talk.take(answered(A, "1, 2", reason=None, phase=Phase.CANCELLED))
    assert said(talk.ask("Next?")) == [("user", "Count."), ("assistant", "1, 2"), ("user", "Next?")]


def test_a_refusal_is_what_the_model_said() -> None:
    talk = Conversation(A)
    talk.ask("Do it.")
    talk.take(answered(A, refusal="I will not."))
    assert said(talk.ask("Why?"))[1] == ("assistant", "I will not.")


def test_the_system_prompt_can_change_between_turns() -> None:
    talk = talked(("1+1?", "2"))
    talk.set_system("Rhyme.")
    assert talk.ask("And now?").system == "Rhyme."
    talk.set_system("")
    assert talk.ask("And now?").system is None


# -- tools ----------------------------------------------------------------------------------------------------------


def called(*ids: str) -> Conversation:
    talk = Conversation(A)
    talk.ask("Weather?")
    talk.take(answered(A, "Let me see.", calls=[call("look", '{"n": 1}', id_) for id_ in ids], reason="tool_calls"))
    return talk


def test_results_follow_their_calls() -> None:
    talk = called("x", "y")
    assert [open_call.id for open_call in talk.open_calls] == ["x", "y"]
    prompt = talk.answer_calls({"y": "rain", "x": "sun"})
    assert [(m.role, m.text, m.call_id, m.tool_name) for m in prompt.messages[2:]] == [
        ("tool", "sun", "x", "look"),
        ("tool", "rain", "y", "look"),
    ]
    assert talk.open_calls == ()


def test_a_call_without_a_result_is_sent_as_not_answered() -> None:
    prompt = called("x", "y").answer_calls({"x": "sun"})
    assert [(m.call_id, m.text) for m in prompt.messages[2:]] == [("x", "sun"), ("y", NOT_ANSWERED)]


def test_asking_on_answers_open_calls_with_a_stand_in() -> None:
    prompt = called("x").ask("Never mind.")
    assert said(prompt)[2:] == [("tool", NOT_ANSWERED), ("user", "Never mind.")]


def test_calls_without_ids_get_some_of_ours() -> None:
    talk = called("", "")
    ids = [open_call.id for open_call in talk.open_calls]
    assert len(set(ids)) == 2
    prompt = talk.answer_calls(dict(zip(ids, ["sun", "rain"], strict=True)))
    assert [message.text for message in prompt.messages[2:]] == ["sun", "rain"]


@pytest.mark.parametrize(("results", "words"), [({"z": "?"}, "no call with the id z"), ({"x": "1", "z": ""}, "id z")])
def test_a_result_for_a_call_that_was_not_made_is_refused(results: dict[str, str], words: str) -> None:
    talk = called("x")
    with pytest.raises(ValueError, match=words):
        talk.answer_calls(results)
    assert len(talk.turns) == 1


def test_results_are_refused_when_none_are_waited_for() -> None:
    with pytest.raises(ValueError, match="no call waits"):
        talked(("1+1?", "2")).answer_calls({})


@pytest.mark.parametrize("arguments", ['{"n": ', "[1]", "1", "nonsense"])
def test_a_call_no_server_would_take_back_is_left_out(arguments: str) -> None:
    talk = Conversation(A)
    talk.ask("Weather?")
    talk.take(answered(A, "Hm.", calls=[call("look", arguments, "x"), call("look", "{}", "y")], reason="tool_calls"))
    assert [open_call.id for open_call in talk.open_calls] == ["y"]


def test_parts_stay_beside_the_calls_that_are_left() -> None:
    parts = [CarriedPart({"n": 0}, 0, 0), CarriedPart({"n": 1}, 3, 1), CarriedPart({"n": 2}, 3, 2)]
    talk = Conversation(A)
    talk.ask("Weather?")
    talk.take(answered(A, "Hm.", calls=[call("bad", "[1", "x"), call("good", "{}", "y")], carried=parts))
    carried = talk.messages[-1].carried
    assert carried is not None
    assert [(part.value["n"], part.text_at, part.calls_at) for part in carried.parts] == [
        (0, 0, 0),
        (1, 3, 0),
        (2, 3, 1),
    ]


# -- going on -------------------------------------------------------------------------------------------------------

WAYS: list[tuple[str, str, str, WayOn]] = [
    ("chat", "openai", "gpt-5.2", "ask"),
    ("chat", "llamacpp", "tiny", "prefill"),
    ("chat", "vllm", "llama", "prefill"),
    ("responses", "openai", "gpt-5.2", "ask"),
    ("completions", "vllm", "base", "prefill"),
    ("ollama", "ollama", "qwen3", "prefill"),
    ("gemini", "gemini", "gemini-3-pro", "ask"),
    ("anthropic", "anthropic", "claude-3-5-haiku-latest", "prefill"),
    ("anthropic", "anthropic", "claude-sonnet-4-20250514", "prefill"),
    ("anthropic", "anthropic", "claude-opus-4-5-20251101", "prefill"),
    ("anthropic", "anthropic", "claude-opus-4-6", "ask"),
    ("anthropic", "anthropic", "claude-sonnet-5", "ask"),
    ("anthropic", "openrouter", "anthropic/claude-opus-4-7", "ask"),
    ("anthropic", "llamacpp", "tiny", "prefill"),
]


@pytest.mark.parametrize(("dialect", "provider", "model", "way"), WAYS)
def test_the_way_on_depends_on_who_answers(dialect: str, provider: str, model: str, way: WayOn) -> None:
    of = target(dialect, provider=provider, model=model)
    talk = Conversation(of)
    talk.ask("Count to four.")
    talk.take(answered(of, "1, 2", reason="length"))
    assert talk.way_on == way
    expected = [("user", "Count to four."), ("assistant", "1, 2")]
    assert said(talk.go_on()) == (expected if way == "prefill" else [*expected, ("user", GO_ON)])


@pytest.mark.parametrize(
    ("reason", "phase", "way"),
    [
        ("stop", Phase.COMPLETE, None),
        ("content_filter", Phase.COMPLETE, None),
        ("length", Phase.COMPLETE, "ask"),
        ("pause", Phase.COMPLETE, "resume"),
        (None, Phase.INTERRUPTED, "ask"),
        (None, Phase.CANCELLED, "ask"),
        (None, Phase.FAILED, "ask"),
    ],
)
def test_what_can_be_continued(reason: Any, phase: Phase, way: WayOn | None) -> None:
    talk = Conversation(A)
    talk.ask("Go.")
    talk.take(answered(A, "1, 2", reason=reason, phase=phase))
    assert talk.way_on == way


@pytest.mark.parametrize("text", ["", "  \n"])
def test_nothing_said_is_nothing_to_continue(text: str) -> None:
    talk = Conversation(A)
    assert talk.way_on is None
    talk.ask("Go.")
    assert talk.way_on is None
    talk.take(answered(A, text, reason=None, phase=Phase.INTERRUPTED))
    assert talk.way_on is None
    with pytest.raises(ValueError, match="nothing to continue"):
        talk.go_on()


def test_a_claude_that_thinks_is_asked_to_go_on() -> None:
    thinking = {"thinking": {"type": "enabled", "budget_tokens": 1024}}
    of = target("anthropic", provider="anthropic", model="claude-sonnet-4-0")
    assert writes_on(of)
    assert not writes_on(type(of)(of.name, of.provider, of.model, of.dialect, of.base_url, thinking))


def test_an_answer_in_two_pieces_goes_back_as_one() -> None:
    of = target("ollama")
    talk = Conversation(of)
    talk.ask("Count.")
    talk.take(answered(of, "1, 2", reason="length", carried=[CarriedPart({"n": 1}, 4, 0)]))
    talk.go_on()
    talk.take(answered(of, ", 3", carried=[CarriedPart({"n": 2}, 3, 0)]))
    prompt = talk.ask("Thanks.")
    assert said(prompt) == [("user", "Count."), ("assistant", "1, 2, 3"), ("user", "Thanks.")]
    carried = prompt.messages[1].carried
    assert carried is not None
    assert [part.text_at for part in carried.parts] == [4, 7]  # 4 characters of the first piece + 3 of the second
    assert talk.round_count == 2


def test_an_answer_that_pauses_twice_is_resumed_twice() -> None:
    of = target("anthropic")
    talk = Conversation(of)
    talk.ask("Search.")
    for text in ("One. ", "Two. "):
        talk.take(answered(of, text, reason="pause"))
        assert talk.way_on == "resume"
        prompt = talk.go_on()
    assert said(prompt) == [("user", "Search."), ("assistant", "One. Two. ")]


# -- again, edited, branched ----------------------------------------------------------------------------------------


def test_asking_again_puts_the_answer_aside() -> None:
    talk = talked(("1+1?", "2"), ("sure?", "no"))
    assert said(talk.ask_again()) == [("user", "1+1?"), ("assistant", "2"), ("user", "sure?")]
    assert [turn.answer.text for turn in talk.branches[0].turns if turn.answer] == ["2", "no"]
    assert talk.branches[0].at == 1


def test_asking_again_after_a_failure_leaves_no_branch() -> None:
    talk = Conversation(A)
    talk.ask("Go.")
    talk.take(failed(A))
    assert said(talk.ask_again()) == [("user", "Go.")]
    assert talk.branches == []


def test_an_edited_turn_takes_the_place_of_all_that_followed() -> None:
    talk = talked(("one", "1"), ("two", "2"), ("three", "3"))
    assert said(talk.edit(1, "zwei")) == [("user", "one"), ("assistant", "1"), ("user", "zwei")]
    assert [turn.text for turn in talk.branches[0].turns] == ["one", "two", "three"]


def test_only_what_a_user_said_can_be_edited() -> None:
    talk = called("x")
    talk.answer_calls({"x": "sun"})
    with pytest.raises(ValueError, match="turn 2 is no message of the user"):
        talk.edit(1, "rain")
    with pytest.raises(ValueError, match="there is no turn 8; there are 2"):
        talk.edit(7, "rain")


def test_a_conversation_branches_from_an_earlier_turn_and_back() -> None:
    talk = talked(("one", "1"), ("two", "2"))
    talk.branch(0)
    assert said(talk.ask("drei")) == [("user", "one"), ("assistant", "1"), ("user", "drei")]
    talk.take(answered(A, "3"))
    talk.switch(0)
    assert [turn.text for turn in talk.turns] == ["one", "two"]
    talk.switch(0)
    assert [turn.text for turn in talk.turns] == ["one", "drei"]
    assert len(talk.branches) == 1


def test_branches_are_kept_within_reason() -> None:
    talk = talked(("one", "1"))
    for number in range(MAX_BRANCHES + 5):
        talk.edit(0, str(number))
        talk.take(answered(A, "x"))
    assert len(talk.branches) == MAX_BRANCHES


# -- one answer for all ---------------------------------------------------------------------------------------------


def test_an_adopted_answer_takes_the_place_of_the_own_one() -> None:
    other = target("anthropic", "b")
    source = Conversation(other)
    source.ask("1+1?")
    source.take(answered(other, "two", carried=[CarriedPart({"signature": "s"}, 0, 0)]))
    talk = talked(("1+1?", "2"))
    talk.adopt(source.turns[source.last_round :], other)
    prompt = talk.ask("sure?")
    assert said(prompt) == [("user", "1+1?"), ("assistant", "two"), ("user", "sure?")]
    assert prompt.messages[1].carried is None
    assert [turn.source for turn in talk.turns] == ["b", ""]
    assert [turn.answer.text for turn in talk.branches[0].turns if turn.answer] == ["2"]


def test_an_answer_to_something_not_asked_here_comes_with_its_question() -> None:
    source = talked(("hello", "hi"), ("alone?", "yes"))
    talk = Conversation(target(name="b"))
    talk.ask("hello")
    talk.take(answered(A, "hey"))
    talk.adopt(source.turns[source.last_round :], A)
    assert said(talk.ask("ok")) == [
        *[("user", "hello"), ("assistant", "hey")],
        *[("user", "alone?"), ("assistant", "yes"), ("user", "ok")],
    ]


def test_an_adopted_call_is_answered_under_an_id_every_server_takes() -> None:
    source = called("functions.look:0")
    talk = Conversation(target("anthropic", "b"))
    talk.adopt(source.turns, A)
    (adopted,) = talk.open_calls
    assert adopted.id.isalnum()
    prompt = talk.answer_calls({adopted.id: "sun"})
    assert prompt.messages[-1].call_id == adopted.id


# -- responses the server keeps -------------------------------------------------------------------------------------

R = target("responses", provider="openai")


def kept() -> Conversation:
    talk = Conversation(R)
    talk.ask("1+1?")
    talk.take(answered(R, "2", kept_as="resp_1"))
    return talk


def test_a_response_that_is_kept_need_not_be_sent_again() -> None:
    prompt = kept().ask("sure?")
    assert prompt.continues == "resp_1"
    assert said(prompt) == [("user", "sure?")]


def test_results_go_on_from_the_response_that_called() -> None:
    talk = Conversation(R)
    talk.ask("Weather?")
    talk.take(answered(R, calls=[call("look", "{}", "x")], kept_as="resp_1"))
    prompt = talk.answer_calls({"x": "sun"})
    assert prompt.continues == "resp_1"
    assert said(prompt) == [("tool", "sun")]


def test_a_stand_in_is_sent_to_a_server_that_keeps_the_call() -> None:
    talk = Conversation(R)
    talk.ask("Weather?")
    talk.take(answered(R, calls=[call("look", "{}", "x")], kept_as="resp_1"))
    assert said(talk.ask("Never mind.")) == [("tool", NOT_ANSWERED), ("user", "Never mind.")]


@pytest.mark.parametrize("status", [400, 404])
def test_a_response_the_server_has_forgotten_is_sent_whole_with_the_next_attempt(status: int) -> None:
    talk = kept()
    talk.ask("sure?")
    talk.take(failed(R, status))
    prompt = talk.ask_again()
    assert prompt.continues is None
    assert said(prompt) == [("user", "1+1?"), ("assistant", "2"), ("user", "sure?")]


def test_a_failure_that_says_nothing_of_it_leaves_the_response_kept() -> None:
    talk = kept()
    talk.ask("sure?")
    talk.take(failed(R, 503))
    assert talk.ask_again().continues == "resp_1"


def test_another_server_does_not_have_what_one_keeps() -> None:
    source = kept()
    talk = Conversation(target("responses", "b"))
    talk.adopt(source.turns, R)
    assert talk.ask("sure?").continues is None


# -- whatever a user does -------------------------------------------------------------------------------------------

TEXTS = st.sampled_from(["", " ", "yes", "no\n"])
CALLS = st.lists(
    st.builds(call, st.just("look"), st.sampled_from(["{}", "", '{"a":1}', '{"a', "[]"]), st.sampled_from(["", "x1"])),
    max_size=2,
    unique_by=lambda made: made.id or id(made),
)
ENDS = st.sampled_from(
    [
        ("stop", Phase.COMPLETE),
        ("length", Phase.COMPLETE),
        ("tool_calls", Phase.COMPLETE),
        ("pause", Phase.COMPLETE),
        (None, Phase.INTERRUPTED),
        (None, Phase.CANCELLED),
    ]
)
VERBS = st.sampled_from(["ask", "ask", "answer", "go_on", "again", "edit", "branch", "switch", "adopt"])
STEPS = st.lists(st.tuples(VERBS, st.integers(0, 5), TEXTS, CALLS, ENDS, st.booleans()), max_size=12)


def do(talk: Conversation, other: Conversation, verb: str, number: int) -> Prompt | None:
    """One thing a user does; None when there is nothing to send after it."""
    user_turns = [at for at, turn in enumerate(talk.turns) if turn.is_of_user]
    match verb:
        case "answer" if talk.open_calls:
            return talk.answer_calls({made.id: f"{talk.target.name} result" for made in talk.open_calls[:number]})
        case "go_on" if talk.way_on:
            return talk.go_on()
        case "again" if talk.turns:
            return talk.ask_again()
        case "edit" if user_turns:
            return talk.edit(user_turns[number % len(user_turns)], f"{talk.target.name} edited")
        case "branch" if talk.turns:
            talk.branch(number % len(talk.turns))
        case "switch" if talk.branches:
            talk.switch(number % len(talk.branches))
        case "adopt" if other.turns and not other.is_answering and other.last_round < len(other.turns):
            talk.adopt(other.turns[other.last_round :], other.target)
        case "ask":
            return talk.ask(f"{talk.target.name} asked {number}")
    return None


@pytest.mark.parametrize("dialect", DIALECTS)
@given(steps=STEPS)
@settings(max_examples=60, deadline=None)
def test_every_prompt_is_one_that_servers_take(dialect: str, steps: list[Any]) -> None:
    """And carries nothing that another target's server wrote for itself."""
    talks = (Conversation(target(dialect, "a", "vllm")), Conversation(target("gemini", "b")))
    for verb, number, text, calls, (reason, phase), is_first in steps:
        talk, other = talks if is_first else talks[::-1]
        prompt = do(talk, other, verb, number)
        if prompt is None:
            continue
        whole = talk.prompt()
        assert whole == prompt
        is_prefilled = talk.turns[-1].way_on in ("prefill", "resume")
        assert (prompt.messages[-1].role == "assistant") == is_prefilled
        assert_acceptable(prompt.messages)
        for message in prompt.messages:
            assert message.carried is None or message.carried.parts[0].value == {"of": talk.target.name}
        if dialect != "completions" or not any(m.calls or m.role == "tool" for m in prompt.messages):
            dialect_named(talk.target.dialect).build_request(talk.target, prompt)  # refuses what it cannot say
        mark = CarriedPart({"of": talk.target.name}, len(text), len(calls))
        talk.take(answered(talk.target, text, calls=calls, reason=reason, phase=phase, carried=[mark]))


@given(steps=STEPS)
@settings(max_examples=60, deadline=None)
def test_nothing_that_was_said_is_lost(steps: list[Any]) -> None:
    """Every answer ever taken is in the conversation or in one of its branches."""
    talk, other = Conversation(A), Conversation(target(name="b"))
    other.ask("b")
    other.take(answered(other.target, "of b"))
    given_: list[Message] = []
    for place, (verb, number, _text, calls, (reason, phase), _) in enumerate(steps):
        if do(talk, other, verb, number) is not None:
            talk.take(answered(A, f"answer {place}", calls=calls, reason=reason, phase=phase))
            assert talk.turns[-1].answer is not None
            given_.append(talk.turns[-1].answer)
    everywhere = [talk.turns, *(branch.turns for branch in talk.branches)]
    kept_answers = [turn.answer for turns in everywhere for turn in turns]
    assert all(answer in kept_answers for answer in given_)
