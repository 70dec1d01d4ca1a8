"""What comparing two answers costs, beside difflib.

    python tests/benchmarks/diff.py [--difflib-seconds 20]

Prints a Markdown table. Each pair of texts is compared and laid out for two columns as the diff view does it, and
compared by difflib on the same words, which is stopped in a process of its own when it takes too long. `similar` is
how much each finds in common: ours counts characters of paired lines, difflib words anywhere. `row` is what drawing one
row costs, anywhere in the sheet: what scrolling is made of.
"""

import argparse
import multiprocessing
import random
import sys
import time
from difflib import SequenceMatcher
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from tui.app.diff.sheet import Layout, make_sheet
from tui.core.clean import Clean
from tui.core.diff import Effort
from tui.core.diff.words import words

CHARS = 200_000
VOCABULARY = 4_000
LAYOUT = Layout(2, 90)


def prose(chance: random.Random, chars: int = CHARS) -> str:
    """Paragraphs of words, common ones far more often than rare ones."""
    vocabulary = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 9))) for _ in range(VOCABULARY)]
    ranks = [1 / (rank + 2) for rank in range(VOCABULARY)]
    pieces = chance.choices(vocabulary, ranks, k=chars // 5)
    parts: list[str] = []
    for number, piece in enumerate(pieces, 1):
        parts.append(piece + ("." if number % 14 == 0 else "") + ("\n\n" if number % 84 == 0 else " "))
    text = "".join(parts)
    return text[:chars]


def edited(chance: random.Random, text: str, share: float) -> str:
    """`text` with that share of its words replaced."""
    return "".join(["changed" if word.isalpha() and chance.random() < share else word for word in words(text)])


def pairs() -> dict[str, tuple[str, str]]:
    """Texts of 200,000 characters in the relations that answers have to each other, and in bad ones."""
    chance = random.Random(11)
    text, other = prose(chance), prose(random.Random(11), CHARS)
    shuffled = other.split("\n\n")
    chance.shuffle(shuffled)
    unlike = prose(random.Random(12))
    mixed = other.split(" ")
    chance.shuffle(mixed)
    return {
        "one word in a hundred changed": (text, edited(chance, text, 0.01)),
        "one word in four changed": (text, edited(chance, text, 0.25)),
        "paragraphs shuffled": (text, "\n\n".join(shuffled)),
        "the same words, shuffled": (text, " ".join(mixed)),
        "other words": (text, unlike),
        "one line, the same words shuffled": (text.replace("\n", " "), " ".join(mixed).replace("\n", " ")),
        "one word over and over": ("so it goes " * (CHARS // 11), "it so goes on " * (CHARS // 14)),
    }


def by_difflib(left: str, right: str) -> float:
    """What it finds in common."""
    return SequenceMatcher(None, words(left), words(right), autojunk=False).ratio()


def difflib_cells(left: str, right: str, seconds: float) -> str:
    """Its time and its similarity, or that it was stopped."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        begun = time.perf_counter()
        try:
            ratio = pool.apply_async(by_difflib, (left, right)).get(seconds)
        except multiprocessing.TimeoutError:
            return f"over {seconds:.0f} s | –"
        return f"{time.perf_counter() - begun:.2f} s | {ratio:.0%}"


def our_cells(left: str, right: str) -> str:
    """Time of comparing, of breaking into rows, of drawing a row; similarity; cells of tables that were filled."""
    effort = Effort()
    begun = time.perf_counter()
    sheet = make_sheet(Clean(left), Clean(right), LAYOUT, None, effort)
    both = time.perf_counter() - begun
    begun = time.perf_counter()
    make_sheet(Clean(left), Clean(right), LAYOUT, sheet.comparison, effort)
    rows_s = time.perf_counter() - begun
    rows = sheet.columns[0]
    chance = random.Random(3)
    begun = time.perf_counter()
    for _ in range(1000):
        rows.row(chance.randrange(len(rows)))
    row_us = (time.perf_counter() - begun) * 1000
    found = sheet.comparison
    return (
        f"{both - rows_s:.2f} s | {rows_s * 1000:.0f} ms | {row_us:.0f} µs | {effort.spent / 1e9:.2f} G | "
        f"{found.fidelity} | {found.similarity:.0%}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--difflib-seconds", type=float, default=20)
    seconds = parser.parse_args().difflib_seconds
    print(f"2 × {CHARS:,} characters\n")
    print("| texts | compare | rows | row | cells | by | similar | difflib | similar |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, (left, right) in pairs().items():
        print(f"| {name} | {our_cells(left, right)} | {difflib_cells(left, right, seconds)} |", flush=True)


if __name__ == "__main__":
    main()
