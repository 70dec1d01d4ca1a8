import pytest

from tui.demo.prompt import Form, asks_to_go_on, read_prompt


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Explain how a rainbow forms, briefly.", "rainbow forms"),
        ("What is the TCP handshake?", "TCP handshake"),
        ("Give me five tips for sleeping better", "sleeping better"),
        ("What are the differences between tea and coffee?", "tea and coffee"),
        ("Tell me about jazz in 3 sentences", "jazz"),
        ("Write a haiku about autumn rain", "autumn rain"),
        ("", "your message"),
        ("请解释彩虹", "请解释彩虹"),
    ],
)
def test_the_subject_is_what_is_left_without_the_request_around_it(text: str, subject: str) -> None:
    assert read_prompt(text).subject == subject


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Write a Python function that reverses a string", Form.CODE),
        ("Show the planets in a table", Form.TABLE),
        ("Compare tea and coffee", Form.COMPARISON),
        ("A haiku about rain", Form.HAIKU),
        ("Translate good morning to French", Form.TRANSLATION),
        ("List 7 reasons to learn Rust", Form.LIST),
        ("Hello!", Form.GREETING),
        ("How do sourdough starters work?", Form.PROSE),
    ],
)
def test_the_wished_form_is_recognised(text: str, form: Form) -> None:
    assert read_prompt(text).form is form


@pytest.mark.parametrize(("text", "items"), [("three ideas", 3), ("12 tips", 12), ("ideas", None), ("3 apples", None)])
def test_a_number_of_items_is_read(text: str, items: int | None) -> None:
    assert read_prompt(text).items == items


def test_brevity_may_be_asked_for_by_the_system_prompt() -> None:
    assert read_prompt("What is a prism?", "Be brief.").is_brief
    assert not read_prompt("What is a prism?").is_brief


@pytest.mark.parametrize(
    ("text", "goes_on"), [("Continue.", True), ("go on from where you left off", True), ("Go", False)]
)
def test_a_request_to_continue_is_recognised(text: str, goes_on: bool) -> None:
    assert asks_to_go_on(text) is goes_on


@pytest.mark.parametrize("text", ["?" * 5000, "a " * 5000, "translate " * 2000, "please " * 3000, "-" * 5000])
def test_long_odd_prompts_are_read_quickly(text: str) -> None:
    assert read_prompt(text).key_words
