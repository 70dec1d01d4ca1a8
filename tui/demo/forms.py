"""Answers in a wished form: haiku, list, table, code. All are built from the prompt's own words."""

import re
from random import Random

from tui.demo.prompt import Prompt

_SMALL_PROGRAMS: dict[str, tuple[str, str]] = {
    "fibonacci": (
        "Two numbers are enough to walk along the sequence:",
        "from collections.abc import Iterator\n\n\ndef fibonacci() -> Iterator[int]:\n"
        '    """The Fibonacci numbers, for ever."""\n    now, following = 0, 1\n    while True:\n'
        "        yield now\n        now, following = following, now + following",
    ),
    "prime": (
        "A divisor larger than the square root has a partner below it, so the search may stop there:",
        'def is_prime(number: int) -> bool:\n    """Whether number is prime."""\n    if number < 2:\n'
        "        return False\n    divisor = 2\n    while divisor * divisor <= number:\n"
        "        if number % divisor == 0:\n            return False\n        divisor += 1\n    return True",
    ),
    "palindrome": (
        "Compare the letters with their reverse, leaving out case and punctuation:",
        'def is_palindrome(text: str) -> bool:\n    """Whether text reads the same both ways."""\n'
        "    letters = [letter.casefold() for letter in text if letter.isalnum()]\n"
        "    return letters == letters[::-1]",
    ),
    "revers": (
        "A slice with step −1 reads a string backwards:",
        'def reverse(text: str) -> str:\n    """text from last to first."""\n    return text[::-1]\n\n\n'
        'assert reverse("stream") == "maerts"',
    ),
    "fizzbuzz": (
        "Collect the words first and fall back to the number:",
        'def fizzbuzz(number: int) -> str:\n    """Fizz for threes, Buzz for fives, both for fifteens."""\n'
        '    words = "Fizz" * (number % 3 == 0) + "Buzz" * (number % 5 == 0)\n    return words or str(number)',
    ),
    "factorial": (
        "Multiply upwards; the empty product covers zero:",
        'def factorial(number: int) -> int:\n    """number!, for number >= 0."""\n    product = 1\n'
        "    for factor in range(2, number + 1):\n        product *= factor\n    return product",
    ),
    "sort": (
        "Merge sort: halve, sort both halves, zip them together:",
        'def merge_sort(items: list[int]) -> list[int]:\n    """A sorted copy of items."""\n'
        "    if len(items) < 2:\n        return items[:]\n    middle = len(items) // 2\n"
        "    left, right = merge_sort(items[:middle]), merge_sort(items[middle:])\n    merged: list[int] = []\n"
        "    while left and right:\n        merged.append(left.pop(0) if left[0] <= right[0] else right.pop(0))\n"
        "    return merged + left + right",
    ),
}
_ITEM_TEXTS = (
    "**Start with one case.** Follow a single example of {first} all the way through before generalising.",
    "**Name the goal.** Say in one line what {subject} should achieve, and for whom.",
    "**Measure before you change.** Note how {first} stands today; memory is a poor baseline.",
    "**Change one thing at a time.** Otherwise nobody can tell what helped.",
    "**Look at the extremes.** The best and the worst day of {second} teach more than the average one.",
    "**Ask somebody who does it daily.** They know which part of {subject} is really hard.",
    "**Write it down.** A page about {first} that others can correct is worth more than a good conversation.",
    "**Prefer what can be undone.** Small, reversible steps are cheap to get wrong.",
    "**Set a date to look again.** Decisions about {second} age, and nobody notices on the day it happens.",
    "**Keep the tools simple.** If {first} needs a manual, the manual will not be read.",
    "**Mind the handovers.** Things get lost where one person's part of {subject} ends and another's begins.",
    "**Leave something out.** Of five good ideas about {second}, four can wait.",
)
_ROWS = (
    ("Main idea", "stands on its own", "stands on context"),
    ("Easy to begin with", "yes, after an hour", "yes, after a week"),
    ("Cost of a mistake", "small and visible", "larger, seen later"),
    ("Changes over time", "slowly", "with every use"),
    ("Best judged by", "trying it", "comparing results"),
    ("Typical error", "doing too much", "starting too late"),
)
_SEASONS = ("a window left ajar", "rain on the tin roof", "the cup is still warm", "one lamp down the road")
_MIDDLES = ("slowly the answer arrives", "the screen fills one word at a time", "nobody counts the minutes")
_LINE_STARTS = {1: "{word} in early light", 2: "{word} before dawn", 3: "{word} at dusk", 4: "{word} waits"}


def haiku(prompt: Prompt, dice: Random) -> str:
    """Three lines that name the subject; five, seven and five syllables as far as spelling can tell."""
    word = prompt.key_words[-1]
    start = _LINE_STARTS.get(_syllables(word), "{word}").replace("{word}", word.capitalize())
    return f"{start} –  \n{dice.choice(_MIDDLES)},  \n{dice.choice(_SEASONS)}."


def item_list(prompt: Prompt, dice: Random) -> str:
    """A numbered list with as many items as were asked for (five when no number was named, 24 at most)."""
    count = min(prompt.items or 5, 2 * len(_ITEM_TEXTS))
    chosen = dice.sample(_ITEM_TEXTS, min(count, len(_ITEM_TEXTS)))
    # Asked for more than there are, the list goes round again for the second key word.
    chosen += [item.replace("{first}", "{second}") for item in chosen[: count - len(chosen)]]
    first, second = prompt.key_words[0], prompt.key_words[-1]
    lines = [
        f"{number}. " + item.replace("{first}", first).replace("{second}", second).replace("{subject}", prompt.subject)
        for number, item in enumerate(chosen, start=1)
    ]
    return f"Composed by a simulated model from your own words, on **{prompt.subject}**:\n\n" + "\n".join(lines)


def table(prompt: Prompt, dice: Random) -> str:
    """A comparison table of the two things the prompt names, or of two of its words."""
    left, right = _two_sides(prompt)
    chosen = sorted(dice.sample(range(len(_ROWS)), 5))
    rows = [f"| {aspect} | {one} | {two} |" for aspect, one, two in (_ROWS[index] for index in chosen)]
    note = "*A simulated comparison: the rows show the layout, not findings.*"
    return "\n".join([f"| | {left} | {right} |", "|:--|:--|:--|", *rows, "", note])


def code_answer(prompt: Prompt, dice: Random) -> str:
    """A small known program where the prompt names one, otherwise an honest skeleton named after its words."""
    for name, (lead, code) in _SMALL_PROGRAMS.items():
        if any(word.startswith(name) for word in prompt.key_words):
            return f"{lead}\n\n```python\n{code}\n```"
    return _skeleton(prompt, dice)


def _skeleton(prompt: Prompt, dice: Random) -> str:
    nouns = [re.sub(r"\W", "_", word) for word in prompt.key_words if word != "python"] or ["task"]
    thing = nouns[0] if nouns[0].isidentifier() else "item"
    step = dice.choice(("measure", "weigh", "rank"))
    limit = dice.choice((3, 5, 10))
    code = (
        f"from dataclasses import dataclass\n\n\n@dataclass(frozen=True)\nclass {thing.title().replace('_', '')}:\n"
        f"    name: str\n    score: float\n\n\n"
        f"def {step}_{thing}(candidates: list[{thing.title().replace('_', '')}], limit: int = {limit}) -> list[str]:\n"
        f'    """Names of the best candidates, best first."""\n'
        f"    ranked = sorted(candidates, key=lambda candidate: candidate.score, reverse=True)\n"
        f"    return [candidate.name for candidate in ranked[:limit]]"
    )
    return (
        f"A skeleton for **{prompt.subject}** "
        "(simulated models cannot write the real thing, but the shape is sound):\n\n"
        f"```python\n{code}\n```\n\nReplace the score by whatever decides in your case."
    )


def _two_sides(prompt: Prompt) -> tuple[str, str]:
    match = re.match(r"(.{1,40}?)\s+(?:and|versus|vs\.?|with|to|or)\s+(.{1,40})$", prompt.subject, re.IGNORECASE)
    if match:
        return _cell(match[1]), _cell(match[2])
    words = prompt.key_words
    return (_cell(words[0]), _cell(words[1])) if len(words) > 1 else (_cell(words[0]), "the alternative")


def _cell(text: str) -> str:
    return text.replace("|", "/").strip()


def _syllables(word: str) -> int:
    groups = re.findall(r"[aeiouy]+", word.lower().removesuffix("e") or word)
    return max(1, len(groups))
