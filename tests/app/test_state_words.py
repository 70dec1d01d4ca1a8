"""What a stream is called: a stream that is complete can hold an answer that is not."""

import pytest

from tests.app.scripted import ManualClock, ScriptedEngine, target
from tui.app.state_words import END_WORDS, choice_glyph, state_word
from tui.core.comparison import COLUMNS, Entry, in_order
from tui.core.phase import Phase
from tui.core.request import Prompt

STATE = next(column for column in COLUMNS if column.id == "state")


def ended(*reasons: str, name: str = "ada", engine: ScriptedEngine | None = None) -> ScriptedEngine:
    """A choice for each reason; all of it came."""
    engine = engine or ScriptedEngine(ManualClock())
    engine.launch(target(name), Prompt.of("why?"))
    engine.connect(name)
    for index, reason in enumerate(reasons):
        engine.receive(name, {"content": "half an ans"}, finish=reason, choice=index)
    engine.done(name)
    return engine


@pytest.mark.parametrize(
    ("reasons", "shown"),
    [
        (["stop"], "✓ complete"),
        (["tool_calls"], "✓ complete"),
        (["something_new"], "✓ complete"),
        (["length"], "△ cut"),
        (["content_filter"], "⊘ filtered"),
        (["abort"], "△ cut"),
        (["length", "length"], "△ cut"),
        (["length", "content_filter"], "△ cut"),
        (["length", "stop"], "✓ complete"),
    ],
)
def test_an_answer_that_was_cut_is_not_called_complete(reasons: list[str], shown: str) -> None:
    state = ended(*reasons).state("ada")
    word = state_word(state, 0)
    assert f"{word.glyph} {word.word}" == shown
    assert word.word in END_WORDS
    assert state.phase is Phase.COMPLETE, "all that was sent is here"


def test_each_choice_has_its_own_sign() -> None:
    choices = ended("stop", "length", "content_filter").state("ada").answer.ordered_choices()
    assert [choice_glyph(choice) for choice in choices] == ["✓", "△", "⊘"]


def test_sorted_by_state_the_cut_stand_together_behind_the_whole() -> None:
    engine = ScriptedEngine(ManualClock())
    reasons = {"ada": "length", "bob": "stop", "cleo": "length", "dan": "stop"}
    for name, reason in reasons.items():
        ended(reason, name=name, engine=engine)
    entries = [Entry.of(at, name, engine.state(name), 0) for at, name in enumerate(reasons)]
    assert [entry.name for entry in in_order(entries, STATE, descending=False)] == ["bob", "dan", "ada", "cleo"]


def test_every_end_has_a_word_in_the_summary() -> None:
    assert {str(phase) for phase in Phase if phase.is_terminal} | {"cut", "filtered"} == set(END_WORDS)
