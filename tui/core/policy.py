"""How patient and how generous we are with one provider: configured as a whole, carried by each of its targets."""

from dataclasses import dataclass, field

from tui.core.bounds import Bounds
from tui.core.deadlines import Timeouts
from tui.core.retries import Retries


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules for the streams of one target."""

    timeouts: Timeouts = field(default_factory=Timeouts)
    retries: Retries = field(default_factory=Retries)
    bounds: Bounds = field(default_factory=Bounds)
