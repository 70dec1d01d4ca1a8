"""The live panel's lines fit every width, and what matters most stays longest."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.cells import cell_len

from tests.app.scripted import ManualClock, ScriptedEngine, target
from tui.app.panes.panel_lines import Line, panel_lines
from tui.core.deadlines import Timeouts
from tui.core.failure import StreamError, http_error
from tui.core.policy import Policy
from tui.core.request import Prompt
from tui.core.stream import StreamState

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


def retrying(engine: ScriptedEngine) -> None:
    """Refused 1 s after the start; the next attempt is due 7 s later, and 2.4 s of them have passed."""
    state = StreamState(target("ada"), engine.clock.now_ns(), jitter=0.0)
    engine.board.put("ada", state)
    state.start(engine.clock.now_ns())
    engine.clock.advance(1_000)
    engine.fail("ada", http_error(429, {"retry-after": "7"}, b'{"error": "slow down"}'))
    engine.clock.advance(2_400)


def tried_again(engine: ScriptedEngine) -> None:
    """The second attempt, under way since 5 s."""
    retrying(engine)
    engine.clock.advance(4_600)
    engine.state("ada").start(engine.clock.now_ns())
    engine.clock.advance(5_000)


def third_time_lucky(engine: ScriptedEngine) -> None:
    """The first token 200 ms after the second start, 13.2 s after the first."""
    tried_again(engine)
    engine.clock.advance(200)
    engine.receive("ada", {"content": "word " * 9})


def calling(engine: ScriptedEngine) -> None:
    """A tool call that stopped in its arguments 12 s ago, with a ping after it."""
    engine.connect("ada")
    call = {"index": 0, "id": "c", "type": "function", "function": {"name": "look", "arguments": '{"a": '}}
    engine.receive("ada", {"tool_calls": [call]})
    engine.clock.advance(11_000)
    engine.raw("ada", b": ping\n\n")
    engine.clock.advance(1_000)


def silent(engine: ScriptedEngine) -> None:
    engine.connect("ada")
    engine.clock.advance(12_000)


SCENES = (
    queued,
    waiting_with_pings,
    thinking,
    streaming,
    quiet,
    complete,
    failed,
    many_choices,
    retrying,
    tried_again,
    third_time_lucky,
    calling,
    silent,
)


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


def test_there_is_no_empty_line_over_what_failed_at_once() -> None:
    engine = played(failed)
    assert len(panel_lines(engine.state("ada"), engine.clock.now_ns(), 60, 2)) == 1


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


@pytest.mark.parametrize(
    ("scene", "width", "said"),
    [
        (retrying, 80, "retrying in 5 s · attempt 2 of 3 · 429 rate limited"),
        (retrying, 40, "in 5 s · 2 of 3 · 429 rate limited"),
        (retrying, 33, "retrying in 5 s · attempt 2 of 3"),
        (retrying, 20, "retrying in 5 s"),
        (tried_again, 80, "connecting 5 s of 10 s · attempt 2 of 3"),
        (tried_again, 30, "connecting 5 s of 10 s"),
        (waiting_with_pings, 80, "server alive, 12 pings, no text for 12 s of 120 s"),
        (waiting_with_pings, 40, "server alive, no text for 12 s of 120 s"),
        (waiting_with_pings, 36, "alive, no text for 12 s of 120 s"),
        (waiting_with_pings, 25, "alive, no text for 12 s"),
        (silent, 80, "waiting 12 s of 120 s"),
        (calling, 80, "server alive, no arguments for 12 s of 60 s"),
        (calling, 36, "server alive, no arguments for 12 s"),
        (quiet, 80, "server alive, no text for 754 s of 60 s"),
    ],
)
def test_what_is_waited_for_and_how_long_it_may_take(scene: Scene, width: int, said: str) -> None:
    engine = played(scene)
    second = words(panel_lines(engine.state("ada"), engine.clock.now_ns(), width, 2))[1]
    assert said in second


def test_a_limit_is_not_spoken_of_before_anybody_wonders() -> None:
    engine = ScriptedEngine(ManualClock())
    engine.launch(target("ada"), Prompt.of("why?"))
    engine.connect("ada")
    engine.clock.advance(2_000)
    assert words(panel_lines(engine.state("ada"), engine.clock.now_ns(), 80, 2))[1] == ""


def test_the_narrowest_limit_is_the_one_that_is_shown() -> None:
    engine = ScriptedEngine(ManualClock())
    hasty = replace(target("ada"), policy=Policy(Timeouts(total=5)))
    engine.launch(hasty, Prompt.of("why?"))
    engine.connect("ada")
    engine.clock.advance(3_500)
    assert "waiting 3 s of 5 s" in words(panel_lines(engine.state("ada"), engine.clock.now_ns(), 80, 2))[1]


def test_an_answer_that_will_soon_be_cut_off_by_the_total_limit_says_so() -> None:
    engine = ScriptedEngine(ManualClock())
    engine.launch(replace(target("ada"), policy=Policy(Timeouts(total=300))), Prompt.of("why?"))
    engine.connect("ada")
    for _ in range(120):
        engine.receive("ada", {"content": "word "})
        engine.clock.advance(2_000)
        line = words(panel_lines(engine.state("ada"), engine.clock.now_ns(), 80, 2))[1]
        assert ("in all" in line) is (engine.clock.now_ns() >= 241_003_000_000), "the last of 300 s"
    assert "240 s of 300 s in all" in line


def test_a_panel_of_one_row_counts_down_too() -> None:
    engine = played(retrying)
    [line] = words(panel_lines(engine.state("ada"), engine.clock.now_ns(), 60, 1))
    assert line == "retrying in 5 s · attempt 2 of 3 · 429 rate limited  3.4 s"


def test_latency_is_told_with_and_without_the_failed_attempts() -> None:
    engine = played(third_time_lucky)
    [line] = words(panel_lines(engine.state("ada"), engine.clock.now_ns(), 80, 1))
    assert "TTFT 13.2 s" in line
    assert "last try 5.20 s" in line
    assert "last try" not in words(panel_lines(played(streaming).state("ada"), 0, 80, 1))[0]


@pytest.mark.parametrize(("width", "said"), [(60, "waiting 12 s of 120 s"), (30, "waiting 12 s of 120 s"), (20, "")])
def test_a_panel_of_one_row_says_what_is_waited_for_too(width: int, said: str) -> None:
    engine = played(silent)
    [line] = words(panel_lines(engine.state("ada"), engine.clock.now_ns(), width, 1))
    assert said in line
    assert ("waiting" in line) is bool(said)
