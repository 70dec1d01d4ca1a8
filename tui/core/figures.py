"""Figures as text for people. A figure that does not exist is an en dash, never a zero."""

from math import floor, log10

NONE = "–"
_BARS = "▁▂▃▄▅▆▇█"


def duration_text(duration_ns: float | None, *, at_most: bool = False) -> str:
    """`312 ms`, `1.24 s`, `12.3 s`, `2:05`; three figures are as many as anyone compares. `≤312 ms` when the true
    duration may be notably shorter."""
    if duration_ns is None:
        return NONE
    if at_most:
        return f"≤{duration_text(duration_ns)}"
    ms = duration_ns / 1e6
    if ms < 999.5:
        return f"{ms:.0f} ms"
    seconds = ms / 1e3
    if seconds < 9.995:
        return f"{seconds:.2f} s"
    if seconds < 99.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def clock_text(duration_ns: int | None) -> str:
    """A running clock: tenths of a second, then minutes. Tenths, because hundredths only flicker."""
    if duration_ns is None:
        return NONE
    seconds = duration_ns / 1e9
    if seconds < 99.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


def rate_text(rate: float | None) -> str:
    """Tokens per second without the unit."""
    if rate is None:
        return NONE
    return f"{rate:.0f}" if rate >= 99.5 else f"{rate:.1f}"


def count_text(count: float | None, *, estimated: bool = False) -> str:
    """`412`, `≈412`, `12.3k`."""
    if count is None:
        return NONE
    text = f"{count:.0f}" if count < 10_000 else f"{count / 1000:.1f}k"
    return f"≈{text}" if estimated else text


def cost_text(dollars: float | None, *, estimated: bool = False) -> str:
    """`$1.24`, `$0.0123`, `<$0.000001`: cents from a dollar on, three figures below."""
    if dollars is None:
        return NONE
    if dollars >= 0.995:
        text = f"${dollars:,.2f}"
    elif dollars >= 0.000_001:
        text = f"${dollars:.{2 - floor(log10(dollars))}f}"
    else:
        text = "<$0.000001" if dollars else "$0"
    return f"≈{text}" if estimated else text


def grouped(count: float | None, *, estimated: bool = False) -> str:
    """`1 204`, `≈1 204`: a whole count whose size is seen at once, for sentences, borders and all that stands still."""
    if count is None:
        return NONE
    text = f"{count:,.0f}".replace(",", " ")
    return f"≈{text}" if estimated else text


def sparkline(values: list[float], width: int) -> str:
    """The last `width` values as bars, scaled to the highest; an empty bucket is the lowest bar, so silence is seen."""
    shown = values[-width:] if width > 0 else []
    peak = max(shown, default=0.0)
    if peak <= 0:
        return _BARS[0] * len(shown)
    top = len(_BARS) - 1
    return "".join(_BARS[round(value / peak * top)] for value in shown)
