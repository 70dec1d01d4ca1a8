"""Figures side by side, and what lies between them in words."""

from dataclasses import replace

import pytest

from tests.app.scripted import ManualClock, ScriptedEngine, target
from tui.app.diff.metric_table import MetricRow, metric_lines, metric_rows
from tui.core.request import Prompt
from tui.core.stream import StreamState


def answered(name: str, first_ms: float, words: int, gap_ms: float) -> StreamState:
    engine = ScriptedEngine(ManualClock())
    engine.launch(target(name), Prompt.of("why?"))
    engine.connect(name, after_ms=10)
    engine.clock.advance(first_ms - 10)
    for _ in range(words):
        engine.receive(name, {"content": "word"})
        engine.clock.advance(gap_ms)
    engine.receive(name, {}, finish="stop")
    engine.done(name)
    return engine.state(name)


@pytest.fixture
def rows() -> dict[str, MetricRow]:
    """11 tokens of four characters, one every 50 ms from 200 ms on; 6 every 100 ms from 300 ms on."""
    found = metric_rows(answered("ada", 200, 11, 50), answered("bob", 300, 6, 100), 0)
    return {row.label: row for row in found}


@pytest.mark.parametrize(
    ("label", "left", "right", "words", "better"),
    [
        ("TTFT", "200 ms", "300 ms", "100 ms later, +50%", "left"),
        ("connect", "10 ms", "10 ms", "the same", None),
        # 11 tokens in 500 ms; 6 in 500 ms
        ("average, tok/s", "22.0", "12.0", "10.0 tok/s slower, -45%", "left"),
        ("tokens", "≈11", "≈6", "5 fewer, -45%", None),
        ("longest gap", "50 ms", "100 ms", "50 ms longer, +100%", "left"),
        # 200 + 11 x 50 ms; 300 + 6 x 100 ms
        ("elapsed", "750 ms", "900 ms", "150 ms longer, +20%", "left"),
        ("answer, chars", "44", "24", "20 fewer, -45%", None),
        ("attempts", "1", "1", "the same", None),
        ("end", "stop", "stop", "", None),
    ],
)
def test_a_figure(
    rows: dict[str, MetricRow], label: str, left: str, right: str, words: str, better: str | None
) -> None:
    row = rows[label]
    assert (row.left, row.right, row.words, row.better) == (left, right, words, better)


def test_what_is_missing_is_a_dash_and_judged_by_nobody() -> None:
    for one, two in ((None, answered("bob", 300, 6, 100)), (answered("bob", 300, 6, 100), None), (None, None)):
        for row in metric_rows(one, two, 0):
            assert row.better is None
            assert row.words == ""
            assert "–" in (row.left, row.right)


@pytest.mark.parametrize("width", [56, 60, 90, 200])
def test_the_table_fits_and_keeps_its_columns(width: int) -> None:
    table = metric_rows(answered("ada", 200, 11, 50), answered("bob", 300, 6, 100), 0)
    table.append(replace(table[0], left="a long end " * 9, right="漢字" * 20, words="many words " * 20))
    lines = [line.plain for line in metric_lines(table, ("a-very-long-name-of-a-target", "漢字" * 20), width)]
    assert all(line.cell_length <= width for line in metric_lines(table, ("ada", "漢字" * 20), width))
    assert lines[1].index("200 ms") + len("200 ms") == lines[5].index("22.0") + len("22.0")
    assert ("100 ms later" in lines[1]) == (width > 60)
