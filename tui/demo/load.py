"""The models for benchmarks: `load-<rate>-<tokens>` sends so many tokens at an exactly even rate.

Unlike the others they are a metronome on purpose: whatever jitter a client then measures is its own or the network's.
"""

import re
from dataclasses import dataclass

from tui.demo.pace import SECOND
from tui.demo.script import Accept, Begin, Finish, FinishReason, Script, Text, Wait

_NAME = re.compile(r"load-(\d{1,6})-(\d{1,8})")
_TOKEN_CHARACTERS = 4
_PAGE = """\
## A page under load

The quick stream carries **four characters** in each token, and this page comes round again and again, so that a \
reader of the screen sees ordinary Markdown: a *paragraph*, some `code`, a list and a table.

- first item, short
- second item, with a [link](https://example.org/load)
  - nested, for good measure

```python
def rate(tokens: int, seconds: float) -> float:
    return tokens / seconds if seconds else 0.0
```

| column | value |
|:-------|------:|
| even   |   1.0 |
| odd    |   2.0 |

> A quotation ends the page, and the next one begins.

"""
_PAGE_TOKENS = tuple(
    Text(0, _PAGE.ljust(-(-len(_PAGE) // _TOKEN_CHARACTERS) * _TOKEN_CHARACTERS, "\n")[at : at + _TOKEN_CHARACTERS])
    for at in range(0, len(_PAGE), _TOKEN_CHARACTERS)
)


@dataclass(frozen=True, slots=True)
class Load:
    """How much to send, how fast."""

    tokens_per_s: int
    tokens: int


def parse_load(name: str) -> Load | None:
    """The load a model name asks for; None when it is the name of another model or the rate is zero."""
    match = _NAME.fullmatch(name)
    if match is None or int(match[1]) == 0:
        return None
    return Load(tokens_per_s=int(match[1]), tokens=int(match[2]))


def write_load_script(load: Load, max_tokens: int | None = None) -> Script:
    """One choice of 4-character tokens, the first of them one interval after the request."""
    count = load.tokens if max_tokens is None else min(load.tokens, max_tokens)
    yield Accept()
    yield Begin(0)
    sent_ns = 0
    for number in range(1, count + 1):
        # Instants are computed from the start: adding up rounded intervals would drift.
        due_ns = number * SECOND // load.tokens_per_s
        yield Wait(due_ns - sent_ns)
        yield _PAGE_TOKENS[(number - 1) % len(_PAGE_TOKENS)]
        sent_ns = due_ns
    reason: FinishReason = "stop" if count == load.tokens else "length"
    yield Finish(0, reason)
