"""The corpus is what it says it is; without that, all that is tested with it proves little."""

import unicodedata

import pytest

from tests.hostile.corpus import ARGUMENTS, CORPUS, LARGE, SMALL
from tests.support.controls import Control, ControlSplitter
from tui.core.clean import Cleaner, clean


@pytest.mark.parametrize("name", CORPUS)
def test_there_are_three_or_more_of_each_class(name: str) -> None:
    assert len(set(CORPUS[name])) >= 3


def test_it_would_act_on_a_terminal() -> None:
    parts = [part for text in SMALL for part in ControlSplitter().feed(text.encode("utf-8", "replace"))]
    introducers = {part.value[:2] for part in parts if isinstance(part, Control)}
    assert {"\x1b[", "\x1b]", "\x1bP", "\x1b_", "\x1b^", "\x1bX", "\x1bc", "\x9b2", "\x9d0"} <= introducers
    assert {unicodedata.category(char) for char in "".join(SMALL)} >= {"Cc", "Cf", "Cs", "Co", "Cn", "Mn"}
    assert len(ARGUMENTS) > 100


@pytest.mark.parametrize("split", [1, 2, 3, 7])
def test_any_split_is_cleaned_like_the_whole(split: int) -> None:
    for text in (*SMALL, *(text[:2_000] for text in LARGE)):
        cleaner = Cleaner()
        pieces = [cleaner.feed(text[at : at + split]) for at in range(0, len(text), split)]
        assert "".join([*pieces, cleaner.finish()]) == clean(text)
