"""Two texts compared word by word: which lines belong together, and what differs in them."""

from tui.core.diff.alignment import Effort
from tui.core.diff.comparison import Change, Comparison, Fidelity, Pair, Part, compare, mirrored
from tui.core.diff.normal_json import normal_json

__all__ = ["Change", "Comparison", "Effort", "Fidelity", "Pair", "Part", "compare", "mirrored", "normal_json"]
