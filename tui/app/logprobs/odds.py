"""Log probabilities as people read them: shares, levels, perplexity, and which tokens deserve a look. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from heapq import nsmallest
from math import exp, inf
from typing import Final

from tui.core.events import TokenLogprob
from tui.core.stream import StreamState

LEVELS: Final = (("sure", 0.9), ("fair", 0.5), ("doubtful", 0.2), ("unlikely", 0.0))
"""Names of levels with the least probability of each, most certain first."""
UNKNOWN: Final = "unknown"
"""The level of a token without a log probability."""
_FEWEST = 10
"""How many tokens are worth a look where none is unlikely."""


def chance(logprob: float) -> float:
    """The probability, 0 to 1. Servers that overflow may say more than 0; no token is likelier than certain."""
    return exp(min(logprob, 0.0))


def level_of(token: TokenLogprob) -> str:
    """In which of `LEVELS` a token is."""
    if token.logprob is None:
        return UNKNOWN
    found = chance(token.logprob)
    return next(name for name, least in LEVELS if found >= least)


def share_text(logprob: float) -> str:
    """`34.2 %`, `<0.1 %`, `>99.9 %`: what is not certain is never said to be."""
    found = chance(logprob) * 100
    if 99.95 <= found < 100:
        return ">99.9 %"
    return f"{found:.1f} %" if found >= 0.05 else "<0.1 %"


class Odds:
    """The figures of an answer whose tokens may still be coming."""

    def __init__(self) -> None:
        self.count = 0
        self.levels: list[str] = []
        """The level of each token."""
        self._known = 0
        self._sum = 0.0
        self._unlikely: list[int] = []
        self._least: list[tuple[float, int]] = []

    def extend(self, tokens: Iterable[TokenLogprob]) -> None:
        """Take further tokens."""
        new = []
        for number, token in enumerate(tokens, self.count):
            level = level_of(token)
            self.levels.append(level)
            if token.logprob is not None:
                self._known += 1
                self._sum += min(token.logprob, 0.0)
                new.append((token.logprob, number))
            if level == "unlikely":
                self._unlikely.append(number)
        self.count = len(self.levels)
        self._least = nsmallest(_FEWEST, [*self._least, *new])

    @property
    def perplexity(self) -> float | None:
        """exp of the mean of -logprob. None when no token has one."""
        if not self._known:
            return None
        mean = -self._sum / self._known
        return exp(mean) if mean < 700 else inf

    @property
    def unlikely_count(self) -> int:
        """How many tokens are less likely than the last level but one."""
        return len(self._unlikely)

    @property
    def worth_a_look(self) -> Sequence[int]:
        """The unlikely tokens in their order; where there are none, the few least likely ones."""
        return self._unlikely or sorted(number for _, number in self._least)

    def next_look(self, at: int, by: int) -> int | None:
        """The token worth a look after `at` (1) or before it (-1), round and round; None when there is none."""
        found = self.worth_a_look
        if not found:
            return None
        place = bisect_right(found, at) if by > 0 else bisect_left(found, at) - 1
        return found[place % len(found)]


def shown_tokens(state: StreamState, choice: int) -> Sequence[TokenLogprob]:
    """The tokens of a choice that may be shown: none when they spell a known secret, and while the answer grows not
    those at the end that could yet become one."""
    found = state.answer.choices.get(choice)
    if found is None:
        return ()
    tokens = found.logprobs
    text = "".join([token.token for token in tokens])
    hider = state.redactor.stream()
    shown = hider.feed(text)
    if state.is_over:
        shown += hider.finish()
    if not text.startswith(shown):
        return ()
    end = len(tokens)
    rest = len(text) - len(shown)
    while rest > 0:
        end -= 1
        rest -= len(tokens[end].token)
    return tokens[:end]
