"""The live panel's lines fit every width, and what matters most stays longest."""

from collections.abc import Callable

import pytest
from rich.cells import cell_len

from tests.app.scripted import ManualClock, ScriptedEngine, target
from tui.app.panel_lines import Line, panel_lines
from tui.core.failure import StreamError
from tui.core.request import Prompt

Scene = Callable[[ScriptedEngine], None]


def words(lines: list[Line]) -> list[str]:
    return ["".join(text for text, _ in line) for line in lines]


def queued(engine: ScriptedEngine) -> None:
    """Nothing yet."""


def waiting_with_pings(engine: ScriptedEngine) -> None:
    engine.connect("ada")
    engine.raw("ada", b": ping\n\n" * 12)
    engine.clock.advance(12_345)


def thinking(engine: ScriptedEngine) -> None:
    engine.connect("ada")
    engine.clock.advance(480)
    engine.receive("ada", {"reasoning_content": "because " * 400})
    engine.clock.advance(2_000)


def streaming(engine: ScriptedEngine) -> None:
    thinking(engine)
    for _ in range(300):
        engine.clock.advance(200)
        engine.receive("ada", {"content": "word " * 9})


def quiet(engine: ScriptedEngine) -> None:
    streaming(engine)
    engine.clock.advance(754_000)
    engine.raw("ada", b": ping\n\n")


def complete(engine: ScriptedEngine) -> None:
    streaming(engine)
    engine.receive("ada", {}, finish="stop")
    usage = {"completion_tokens": 123_456, "completion_tokens_details": {"reasoning_tokens": 54_321}}
    engine.send("ada", {"choices": [], "usage": usage})
    engine.done("ada")


def failed(engine: ScriptedEngine) -> None:
    engine.connect("ada")
    engine.fail("ada", StreamError("transport", "gone"))


def many_choices(engine: ScriptedEngine) -> None:
    engine.connect("ada")
    for choice in range(20):
        engine.receive("ada", {"content": "word"}, choice=choice)
    engine.clock.advance(500)


SCENES = (queued, waiting_with_pings, thinking, streaming, quiet, complete, failed, many_choices)


def played(scene: Scene) -> ScriptedEngine:
    engine = ScriptedEngine(ManualClock())
    engine.launch(target("ada"), Prompt.of("why?"))
    scene(engine)
    return engine


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("rows", [1, 2])
def test_no_line_is_wider_than_the_panel(scene: Scene, rows: int) -> None:
    engine = played(scene)
    for width in range(1, 121):
        for line in words(panel_lines(engine.state("ada"), engine.clock.now_ns(), width, rows)):
            assert cell_len(line) <= width, (width, line)


@pytest.mark.parametrize("scene", SCENES)
def test_a_low_pane_has_one_line_of_figures(scene: Scene) -> None:
    engine = played(scene)
    lines = panel_lines(engine.state("ada"), engine.clock.now_ns(), 60, 1)
    assert len(lines) == (2 if scene is many_choices else 1), "choices keep their tabs"


def test_a_target_that_was_not_asked_has_no_figures() -> None:
    assert words(panel_lines(None, 5, 80, 2)) == [""]


def test_figures_leave_from_the_least_important_on() -> None:
    engine = played(complete)
    lines = [words(panel_lines(engine.state("ada"), engine.clock.now_ns(), width, 1))[0] for width in (60, 35, 28, 14)]
    assert [("TTFT" in line, "tok/s" in line, "123.5k tok" in line, "62.5 s" in line) for line in lines] == [
        (True, True, True, True),
        (True, True, True, False),
        (True, True, False, False),
        (True, False, False, False),
    ]


def test_what_has_no_place_in_the_first_line_moves_to_the_second() -> None:
    engine = played(streaming)
    first, second, *_ = words(panel_lines(engine.state("ada"), engine.clock.now_ns(), 34, 2))
    assert "62.5 s" not in first
    assert "62.5 s" in second


def test_a_figure_that_our_own_loop_may_have_delayed_is_marked() -> None:
    engine = played(streaming)
    state = engine.state("ada")
    first_ns = state.timeline.first_token_ns
    assert first_ns is not None
    assert "TTFT 483 ms" in words(panel_lines(state, engine.clock.now_ns(), 60, 2))[0]
    state.timeline.loop_was_late(first_ns - 30_000_000, first_ns)
    assert "TTFT ≤483 ms" in words(panel_lines(state, engine.clock.now_ns(), 60, 2))[0]
    engine.receive("ada", {}, finish="stop")
    engine.done("ada")
    state.timeline.first_output_ns = first_ns
    assert "longest gap 2.20 s" in words(panel_lines(state, engine.clock.now_ns(), 60, 2))[1]
    for at_ns in state.timeline.read_stamps:  # the longest gap is one of them
        state.timeline.loop_was_late(at_ns - 100_000_000, at_ns)
    assert "longest gap ≤2.20 s" in words(panel_lines(state, engine.clock.now_ns(), 60, 2))[1]


def test_reported_reasoning_tokens_take_the_place_of_characters() -> None:
    engine = played(thinking)
    now_ns = engine.clock.now_ns()
    assert "3200 chars" in words(panel_lines(engine.state("ada"), now_ns, 60, 2))[2]
    engine = played(complete)
    assert "54.3k tok" in words(panel_lines(engine.state("ada"), engine.clock.now_ns(), 60, 2))[2]


def test_the_shown_choice_is_marked_without_colour() -> None:
    engine = played(many_choices)
    last = words(panel_lines(engine.state("ada"), engine.clock.now_ns(), 120, 2, choice=1))[-1]
    assert "[2●]" in last
    assert "[1●]" not in last


@pytest.mark.parametrize("choice", [0, 7, 19])
def test_the_shown_choice_is_in_view_however_many_there_are(choice: int) -> None:
    engine = played(many_choices)
    for width in (10, 34, 120):
        last = words(panel_lines(engine.state("ada"), engine.clock.now_ns(), width, 2, choice=choice))[-1]
        assert f"[{choice + 1}●]" in last, width


def test_a_notice_is_worded_shorter_before_it_is_left_out() -> None:
    engine = played(quiet)
    said = {}
    for width in range(1, 121):
        line = words(panel_lines(engine.state("ada"), engine.clock.now_ns(), width, 2))[1]
        said[width] = "754 s" in line
    assert [width for width, is_said in said.items() if not is_said] == list(range(1, 11))


def test_a_panel_of_one_row_says_how_long_it_has_been_quiet_where_a_rate_would_stand() -> None:
    engine = played(quiet)
    [line] = panel_lines(engine.state("ada"), engine.clock.now_ns(), 36, 1)
    assert ("quiet 754 s", "notice") in line
    assert "tok/s" not in "".join(text for text, _ in line)
