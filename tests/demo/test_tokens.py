import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.demo.asking import RAINBOW
from tui.demo.polyglot import many_scripts
from tui.demo.prompt import read_prompt
from tui.demo.tokens import split_tokens
from tui.demo.topics import TOPICS, Topic


@given(st.text())
def test_joining_the_tokens_gives_the_text_back(text: str) -> None:
    assert "".join(split_tokens(text)) == text


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", []),
        ("The bow, again.", ["The", " bow", ",", " again", "."]),
        (" refraction", [" refra", "ction"]),
        ("12345", ["123", "45"]),
        ("# One\n\n- two", ["#", " One", "\n\n", "-", " two"]),
        ("it's", ["it's"]),
        ("彩虹", ["彩", "虹"]),
        ("\U0001f468\u200d\U0001f469", ["\U0001f468", "\u200d", "\U0001f469"]),  # a joined emoji is cut
    ],
)
def test_tokens_have_the_grain_of_a_real_tokenizer(text: str, tokens: list[str]) -> None:
    assert split_tokens(text) == tokens


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.search_phrase)
def test_english_costs_about_four_characters_a_token(topic: Topic) -> None:
    text = topic.prose[0]
    assert 3.5 < len(text) / len(split_tokens(text)) < 6


def test_no_token_is_long() -> None:
    assert max(len(token) for token in split_tokens(many_scripts(read_prompt(RAINBOW)))) <= 9
