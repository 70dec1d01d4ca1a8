"""Figures as people read them."""

import pytest

from tui.app.panes.code_blocks import last_code_block
from tui.core.figures import clock_text, count_text, duration_text, grouped, rate_text, sparkline

MS = 1_000_000
S = 1_000 * MS


@pytest.mark.parametrize(
    ("duration_ns", "expected"),
    [
        (None, "–"),
        (0, "0 ms"),
        (499_999, "0 ms"),
        (312 * MS, "312 ms"),
        (999.4 * MS, "999 ms"),
        (999.6 * MS, "1.00 s"),
        (1.24 * S, "1.24 s"),
        (9.994 * S, "9.99 s"),
        (9.996 * S, "10.0 s"),
        (12.34 * S, "12.3 s"),
        (99.94 * S, "99.9 s"),
        (99.96 * S, "1:40"),
        (125 * S, "2:05"),
        (119.6 * S, "2:00"),
        (3600 * S, "60:00"),
    ],
)
def test_durations_have_three_figures(duration_ns: float | None, expected: str) -> None:
    assert duration_text(duration_ns) == expected


@pytest.mark.parametrize(
    ("count", "expected"), [(None, "–"), (0, "0"), (999, "999"), (1204, "1 204"), (2_078_412, "2 078 412")]
)
def test_whole_counts_are_grouped_by_spaces(count: int | None, expected: str) -> None:
    assert grouped(count) == expected
    assert grouped(count, estimated=True) == (expected if count is None else f"≈{expected}")


def test_a_duration_that_may_be_shorter_says_so() -> None:
    assert duration_text(312 * MS, at_most=True) == "≤312 ms"
    assert duration_text(None, at_most=True) == "–"


@pytest.mark.parametrize(
    ("duration_ns", "expected"),
    [
        (None, "–"),
        (0, "0.0 s"),
        (1_549 * MS, "1.5 s"),
        (99_900 * MS, "99.9 s"),
        (100 * S, "1:40"),
        (3_725 * S, "62:05"),
    ],
)
def test_a_running_clock_has_tenths_then_minutes(duration_ns: int | None, expected: str) -> None:
    assert clock_text(duration_ns) == expected


@pytest.mark.parametrize(
    ("rate", "expected"), [(None, "–"), (0.0, "0.0"), (3.14, "3.1"), (99.4, "99.4"), (99.6, "100"), (1234.5, "1234")]
)
def test_rates(rate: float | None, expected: str) -> None:
    assert rate_text(rate) == expected


@pytest.mark.parametrize(
    ("count", "estimated", "expected"),
    [
        (None, False, "–"),
        (None, True, "–"),
        (0, False, "0"),
        (412, False, "412"),
        (411.6, True, "≈412"),
        (9_999, False, "9999"),
        (12_345, False, "12.3k"),
        (12_345, True, "≈12.3k"),
    ],
)
def test_counts_say_when_they_are_estimated(count: float | None, estimated: bool, expected: str) -> None:
    assert count_text(count, estimated=estimated) == expected


@pytest.mark.parametrize(
    ("values", "width", "expected"),
    [
        ([], 5, ""),
        ([1.0], 0, ""),
        ([1.0], -3, ""),
        ([0.0, 0.0], 5, "▁▁"),
        ([0.0, 7.0], 5, "▁█"),
        ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], 7, "▂▃▄▅▆▇█"),
        ([100.0, 0.0, 7.0], 2, "▁█"),  # scaled to what is shown
    ],
)
def test_a_sparkline_is_scaled_to_its_highest_bar(values: list[float], width: int, expected: str) -> None:
    assert sparkline(values, width) == expected


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("", None),
        ("only `inline` code", None),
        ("```\none\n```", "one\n"),
        ("```python\none\n```\ntext\n~~~\ntwo\nthree\n~~~\nend", "two\nthree\n"),
        ("text\n\n    indented\n", "indented\n"),
        ("```\nstill open", "still open\n"),
        ("````\n```\ninner\n```\n````", "```\ninner\n```\n"),
        ("- item\n\n  ```\n  in a list\n  ```\n", "in a list\n"),
    ],
)
def test_the_last_code_block(markdown: str, expected: str | None) -> None:
    block = last_code_block(markdown)
    assert (block.rstrip("\n") if block is not None else None) == (expected.rstrip("\n") if expected else None)
