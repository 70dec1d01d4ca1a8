"""The simulated models: what each is for, how fast it answers and how it behaves."""

from dataclasses import dataclass
from enum import Enum

from tui.demo.composer import Voice
from tui.demo.pace import MS, SECOND, Pace


class Habit(Enum):
    """What a model does besides answering."""

    ANSWERS = "answers"
    THINKS = "thinks"
    CALLS_TOOLS = "calls tools"
    WRITES_MANY_SCRIPTS = "writes many scripts"
    REFUSES = "refuses"
    STOPS_SHORT = "stops short"
    FALLS_SILENT = "falls silent"
    DIES = "dies"
    IS_LIMITED = "is limited"


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of the model list."""

    name: str
    description: str
    pace: Pace
    voice: Voice = Voice.PROSE
    habit: Habit = Habit.ANSWERS
    take: int = 0
    """Which of several answers to the same prompt this model gives first, so that models differ."""


_CATALOGUE = (
    Model(
        "swift",
        "Fast and short: first token in a quarter of a second, about 140 tokens/s.",
        Pace(90 * MS, 240 * MS, 140, tokens_per_event=(1, 2)),
        Voice.SHORT,
    ),
    Model(
        "deep",
        "Takes its time: about 2.5 s to the first token, then a steady 35 tokens/s.",
        Pace(300 * MS, 2500 * MS, 35, raggedness=0.25),
    ),
    Model(
        "scribe",
        "Writes long Markdown: headings, a table, code, nested lists; about 75 tokens/s.",
        Pace(160 * MS, 600 * MS, 75),
        Voice.DOCUMENT,
    ),
    Model(
        "thinker",
        "Reasons first, then answers; about 90 tokens/s.",
        Pace(140 * MS, 480 * MS, 90),
        Voice.PROSE,
        Habit.THINKS,
        take=1,
    ),
    Model(
        "caller",
        "Calls two tools in parallel with large nested arguments; about 80 tokens/s.",
        Pace(150 * MS, 700 * MS, 80, tokens_per_event=(1, 3)),
        Voice.SHORT,
        Habit.CALLS_TOOLS,
        take=1,
    ),
    Model(
        "polyglot",
        "Writes nine scripts, emoji sequences and combining marks; about 85 tokens/s.",
        Pace(130 * MS, 450 * MS, 85),
        Voice.PROSE,
        Habit.WRITES_MANY_SCRIPTS,
    ),
    Model(
        "decliner",
        "Refuses politely; about 30 tokens/s.",
        Pace(120 * MS, 650 * MS, 30),
        Voice.SHORT,
        Habit.REFUSES,
    ),
    Model(
        "brief",
        "Stops at its length limit every 64 tokens; ask it to continue. About 40 tokens/s.",
        Pace(110 * MS, 380 * MS, 40),
        Voice.PROSE,
        Habit.STOPS_SHORT,
        take=2,
    ),
    Model(
        "sleeper",
        "Falls silent for about 6 s in mid-answer, then goes on; about 60 tokens/s.",
        Pace(140 * MS, 520 * MS, 60),
        Voice.PROSE,
        Habit.FALLS_SILENT,
        take=2,
    ),
    Model(
        "fragile",
        "Loses its connection in mid-answer; about 35 tokens/s.",
        Pace(150 * MS, 560 * MS, 35),
        Voice.PROSE,
        Habit.DIES,
        take=1,
    ),
    Model(
        "limited",
        "Always answers 429 with Retry-After.",
        Pace(120 * MS, 400 * MS, 50),
        habit=Habit.IS_LIMITED,
    ),
    Model(
        "chorus",
        "Made for n > 1: each choice is another answer; about 50 tokens/s per choice.",
        Pace(170 * MS, 620 * MS, 50, tokens_per_event=(2, 3)),
        Voice.SHORT,
        take=2,
    ),
)

MODELS: dict[str, Model] = {model.name: model for model in _CATALOGUE}

SILENCE_NS = 6 * SECOND
"""How long a model that falls silent is silent, before jitter."""

SHORT_STOP_TOKENS = 64
"""After how many tokens a model that stops short stops."""
