"""The time axis that waterfall and plot share: it grows in steps, so that what is drawn on it mostly holds still."""

from dataclasses import dataclass
from typing import Final

_STEPS: Final = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
_TICKS_S: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600)
_TICK_CELLS: Final = 8
"""Two ticks are at least this far apart."""
_NS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Axis:
    """From 0 to `length_ns` on so many cells."""

    length_ns: int
    cells: int

    @classmethod
    def covering(cls, duration_ns: int, cells: int) -> "Axis":
        """The axis for at least this long, at least a second."""
        return cls(round(rounded_up(max(duration_ns, _NS) / _NS) * _NS), max(1, cells))

    def cell(self, at_ns: float) -> int:
        """The cell an instant falls into; the end falls into the last."""
        return min(self.cells - 1, int(at_ns * self.cells / self.length_ns))

    def ticks(self) -> str:
        """The scale, as a row of text."""
        step = next((s for s in _TICKS_S if s * _NS * self.cells >= _TICK_CELLS * self.length_ns), _TICKS_S[-1])
        row = ""
        for number in range(int(self.length_ns / (step * _NS)) + 1):
            at = self.cell(number * step * _NS)
            label = f"╷{_seconds(number * step)}"
            if at < len(row) or at + len(label) > self.cells:
                continue
            row = row.ljust(at) + label
        return row.ljust(self.cells)[: self.cells]


def rounded_up(value: float) -> float:
    """The next number with few figures: 1, 1.2, 1.5, 2, … 8, 10, 12, …"""
    scale = 1.0
    while value > scale * 10:
        scale *= 10
    return next((scale * step for step in _STEPS if scale * step >= value), scale * 10)


def _seconds(value: float) -> str:
    if value >= 60:
        return f"{int(value) // 60}:{int(value) % 60:02d}"
    return f"{value:g} s"
