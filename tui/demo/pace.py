"""When a model's tokens come: seeded, uneven gaps around an average speed.

Gaps are lognormal, with short bursts (several tokens almost at once) and small hiccups, because a metronome would
make a client's rate and stall displays look right when they are not.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

MS = 1_000_000
SECOND = 1_000 * MS

_BURST_CHANCE = 0.02
_BURST_TOKENS = (3, 7)
_BURST_FACTOR = 0.12
_HICCUP_CHANCE = 0.006
_HICCUP_NS = (60 * MS, 240 * MS)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a model answers."""

    head_ns: int
    """From the request to the head of the response, before jitter."""
    first_token_ns: int
    """From the request to the first token, before jitter; longer than `head_ns`."""
    tokens_per_s: float
    """Average over a whole answer, hiccups not counted."""
    raggedness: float = 0.45
    """Sigma of the lognormal gaps; 0 would be even."""
    tokens_per_event: tuple[int, int] = (1, 1)
    """Fewest and most tokens that travel together."""

    def opening_ns(self, dice: Random) -> tuple[int, int]:
        """When the head and the first token come, ns after the request."""
        head = int(self.head_ns * dice.lognormvariate(0, 0.12))
        return head, head + int((self.first_token_ns - self.head_ns) * dice.lognormvariate(0, 0.15))

    def gaps_ns(self, dice: Random) -> Iterator[int]:
        """Endless gaps per token, ns."""
        mean_ns = SECOND / self.tokens_per_s
        mu = math.log(mean_ns) - self.raggedness**2 / 2
        burst_left = 0
        while True:
            gap = dice.lognormvariate(mu, self.raggedness)
            if burst_left:
                burst_left -= 1
                gap *= _BURST_FACTOR
            elif dice.random() < _BURST_CHANCE:
                burst_left = dice.randint(*_BURST_TOKENS)
            elif dice.random() < _HICCUP_CHANCE:
                gap += dice.uniform(*_HICCUP_NS)
            yield int(gap)
