"""Invents log probabilities for what a simulated model says, in the form the chat API has for them.

Most tokens are nearly certain and a few are not, as in real answers. The alternatives are tokens said before.
"""

import math
import random
from collections import deque

from tui.demo.tokens import split_tokens

MOST_ALTERNATIVES = 20
_WORDS = (" the", " a", " and", " of", " to", " in", " is", " that", ".", ",", " it", " with", " light", " as", " by")
_REMEMBERED = 48
_MOODS = ((0.90, 0.9999), (0.45, 0.90), (0.15, 0.45), (0.01, 0.15))
"""Ranges of probability from certain to surprised."""
_WEIGHTS = (72, 18, 7, 3)


class TokenOdds:
    """One answer's log probabilities, the same for the same dice and texts."""

    def __init__(self, dice: random.Random, alternatives: int) -> None:
        """`alternatives`: how many tokens are listed for each place, 0 for none."""
        self._dice = dice
        self._alternatives = alternatives
        self._said = deque(_WORDS, maxlen=_REMEMBERED)

    def of(self, text: str) -> list[dict[str, object]]:
        """The entries for a text, one a token."""
        return [self._entry(token) for token in split_tokens(text)]

    def _entry(self, token: str) -> dict[str, object]:
        (mood,) = self._dice.choices(_MOODS, _WEIGHTS)
        chance = self._dice.uniform(*mood)
        listed = sorted([(token, chance), *self._others(token, 1 - chance)], key=lambda pair: -pair[1])
        self._said.append(token)
        return _odds(token, chance) | {
            "top_logprobs": [_odds(other, share) for other, share in listed[: self._alternatives]]
        }

    def _others(self, token: str, rest: float) -> list[tuple[str, float]]:
        """Other tokens, each with a part of what is left of the whole."""
        pool = list(dict.fromkeys(other for other in self._said if other != token))
        chosen = self._dice.sample(pool, min(len(pool), self._alternatives))
        shares = []
        for other in chosen:
            share = rest * self._dice.uniform(0.4, 0.7)
            rest -= share
            shares.append((other, share))
        return shares


def _odds(token: str, chance: float) -> dict[str, object]:
    return {"token": token, "logprob": round(math.log(chance), 6), "bytes": list(token.encode())}
