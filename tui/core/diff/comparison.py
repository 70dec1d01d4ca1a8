"""Lines of two texts set beside each other, and the words that differ in them.

Lines that stand once in both texts hold the two together. Between those, the words decide which lines belong to each
other; what is left is set side by side, blank line to blank line, and differs as a whole. A part of a line that is the
same but shorter than the changes around it is given to them: three words that happen to be in both make two sentences
no more alike. Where the work would not end in time, lines are compared only as wholes, and the result says so.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final, Literal

from tui.core.diff.alignment import Effort, Match, common_ends, matches
from tui.core.diff.words import is_blank, words

Kind = Literal["same", "removed", "added", "changed"]

ALIKE: Final = 0.3
"""The share of their words that two lines have in common at least, to be compared word by word."""


class Fidelity(StrEnum):
    """How closely two texts were compared, at the least close place."""

    WORDS = "words"
    LINES = "lines"
    """Where the texts are too long and too different, lines were found again only unchanged."""
    BLOCKS = "blocks"
    """Not even that: what is between common lines counts as different."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line on the left and what stands for it on the right; one of them may be empty."""

    left: str
    right: str

    @property
    def kind(self) -> Kind:
        """What happens to it on the way from left to right."""
        if self.left == self.right:
            return "same"
        return "added" if not self.left else "removed" if not self.right else "changed"


@dataclass(frozen=True, slots=True)
class Pair:
    """A line on the left and the one that belongs to it on the right; None where there is none."""

    left: int | None
    """Number of the line, from 0."""
    right: int | None
    parts: tuple[Part, ...]
    """In order; both sides joined give both lines."""

    @property
    def kind(self) -> Kind:
        """What happens to the line on the way from left to right."""
        if self.left is None or self.right is None:
            return "added" if self.left is None else "removed"
        return "same" if all(part.left == part.right for part in self.parts) else "changed"

    @property
    def is_whole(self) -> bool:
        """Whether the line differs as a whole, so that its words say nothing."""
        return self.left is None or self.right is None or not any(part.left == part.right for part in self.parts)


@dataclass(frozen=True, slots=True)
class Change:
    """A place to go to: some words of a line, or lines one after the other that differ as a whole."""

    pair: int
    part: int | None
    """None for whole lines."""
    pairs: int = 1


@dataclass(frozen=True)
class Comparison:
    """What `compare` found."""

    pairs: tuple[Pair, ...]
    similarity: float
    """Twice the characters of the parts that are the same, over the characters of both texts; blanks do not count.
    1 for texts with the same words, and for two empty ones."""
    fidelity: Fidelity

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """All changes from top to bottom."""
        return tuple(_changes(self.pairs))

    @property
    def is_identical(self) -> bool:
        """Whether the texts are the same, blanks included."""
        return not self.changes


def compare(left: str, right: str, effort: Effort | None = None) -> Comparison:
    """Compare two texts; the other way round gives the mirror image of the same.

    `effort` bounds the work. The time is about that of its cells, and a little for each character.
    """
    if (len(left), left) > (len(right), right):  # of several longest matches the same one is found both ways
        return mirrored(compare(right, left, effort))
    return _Comparer(left.split("\n"), right.split("\n"), effort or Effort()).comparison()


def mirrored(comparison: Comparison) -> Comparison:
    """The same, seen from the other side."""
    pairs = tuple(
        Pair(pair.right, pair.left, tuple([Part(part.right, part.left) for part in pair.parts]))
        for pair in comparison.pairs
    )
    return Comparison(pairs, comparison.similarity, comparison.fidelity)


class _Comparer:
    """One comparison while it is made."""

    def __init__(self, left: list[str], right: list[str], effort: Effort) -> None:
        self._left = left
        self._right = right
        self._effort = effort
        self._pairs: list[Pair] = []
        self._fidelity = Fidelity.WORDS

    def comparison(self) -> Comparison:
        i = j = 0
        for line_left, line_right in (*_anchors(self._left, self._right), (len(self._left), len(self._right))):
            self._between(range(i, line_left), range(j, line_right))
            if line_left < len(self._left):
                self._same(line_left, line_right)
            i, j = line_left + 1, line_right + 1
        pairs = tuple(self._pairs)
        return Comparison(pairs, _similarity(pairs), self._fidelity)

    def _between(self, left: range, right: range) -> None:
        """Lines between two that are the same."""
        if not left or not right:
            self._apart(left, right)
            return
        found = self._lines_alike(left, right)
        is_by_words = found is not None
        if found is None:
            self._lower(Fidelity.LINES)
            found = matches([self._left[i] for i in left], [self._right[j] for j in right], self._effort)
            found = None if found is None else [(left[i], right[j]) for i, j in found]
        if found is None:
            self._lower(Fidelity.BLOCKS)
            found = []
        i, j = left.start, right.start
        for line_left, line_right in (*found, (left.stop, right.stop)):
            self._unlike(range(i, line_left), range(j, line_right), try_words=not is_by_words)
            if line_left < left.stop:
                self._by_words(line_left, line_right)
            i, j = line_left + 1, line_right + 1

    def _lines_alike(self, left: range, right: range) -> list[Match] | None:
        """Lines that share many words, ascending on both sides; None when that is too much work."""
        left_words, left_lines = _words_by_line(self._left, left)
        right_words, right_lines = _words_by_line(self._right, right)
        found = matches(left_words, right_words, self._effort)
        if found is None:
            return None
        shared: Counter[Match] = Counter()
        for i, j in found:
            shared[left_lines[i], right_lines[j]] += len(left_words[i])
        sizes_left = _sizes(left_words, left_lines)
        sizes_right = _sizes(right_words, right_lines)
        alike = {
            (i, j): count for (i, j), count in shared.items() if 2 * count >= ALIKE * (sizes_left[i] + sizes_right[j])
        }
        return _heaviest_chain(alike)

    def _unlike(self, left: range, right: range, *, try_words: bool) -> None:
        """Lines that have nothing to do with each other, set side by side so that blank lines meet."""
        if not left or not right:
            self._apart(left, right)
            return
        shapes_left = [str(is_blank(self._left[i])) for i in left]
        shapes_right = [str(is_blank(self._right[j])) for j in right]
        found = matches(shapes_left, shapes_right, self._effort)
        if found is None:
            found = [(at, at) for at in range(min(len(left), len(right)))]
        i, j = left.start, right.start
        for at_left, at_right in (*found, (len(left), len(right))):
            self._apart(range(i, left.start + at_left), range(j, right.start + at_right))
            i, j = left.start + at_left + 1, right.start + at_right + 1
            if at_left == len(left):
                return
            if try_words:
                self._by_words(i - 1, j - 1)
            else:
                self._add(i - 1, j - 1, [Part(self._left[i - 1], self._right[j - 1])])

    def _apart(self, left: range, right: range) -> None:
        """Lines without a partner."""
        for i in left:
            self._pairs.append(Pair(i, None, (Part(self._left[i], ""),)))
        for j in right:
            self._pairs.append(Pair(None, j, (Part("", self._right[j]),)))

    def _same(self, i: int, j: int) -> None:
        self._add(i, j, [Part(self._left[i], self._right[j])])

    def _by_words(self, i: int, j: int) -> None:
        self._add(i, j, parts_of_lines(self._left[i], self._right[j], self._effort))

    def _add(self, i: int, j: int, parts: list[Part]) -> None:
        self._pairs.append(Pair(i, j, tuple(parts)))

    def _lower(self, fidelity: Fidelity) -> None:
        if self._fidelity is not Fidelity.BLOCKS:
            self._fidelity = fidelity


def parts_of_lines(left: str, right: str, effort: Effort) -> list[Part]:
    """Two lines word by word; as a whole when they have too little in common or `effort` is used up."""
    whole = [Part(left, right)]
    if left == right:
        return whole
    left_words, right_words = words(left), words(right)
    left_at = [at for at, word in enumerate(left_words) if not word.isspace()]
    right_at = [at for at, word in enumerate(right_words) if not word.isspace()]
    found = matches([left_words[at] for at in left_at], [right_words[at] for at in right_at], effort)
    if found is None:
        return whole
    pairs = _with_blanks([(left_at[i], right_at[j]) for i, j in found], left_words, right_words)
    parts = _smoothed(list(_parts(pairs, left_words, right_words)))
    return parts if _shared(parts) * 2 >= ALIKE * (_visible(left) + _visible(right)) else whole


def _anchors(left: Sequence[str], right: Sequence[str]) -> list[Match]:
    """Lines that stand once in either text, in the same order in both, and those both begin and end with."""
    start, end = common_ends(left, right)
    inner_left, inner_right = left[start : len(left) - end], right[start : len(right) - end]
    places = _once(inner_right)
    unique = [(i, places[line]) for line, i in _once(inner_left).items() if line in places]
    return [
        *((at, at) for at in range(start)),
        *((start + i, start + j) for i, j in _longest_ascending(unique)),
        *((len(left) - at, len(right) - at) for at in range(end, 0, -1)),
    ]


def _once(lines: Sequence[str]) -> dict[str, int]:
    """The lines that are there once, with their numbers, in order."""
    counts = Counter(lines)
    return {line: at for at, line in enumerate(lines) if counts[line] == 1 and not is_blank(line)}


def _longest_ascending(pairs: list[Match]) -> list[Match]:
    """Of pairs that ascend on the left, the most that ascend on the right too."""
    tails: list[int] = []
    """The smallest right side on which a series of each length can end."""
    ends: list[int] = []
    before: list[int] = []
    for at, (_, j) in enumerate(pairs):
        length = bisect_left(tails, j)
        tails[length : length + 1] = [j]
        ends[length : length + 1] = [at]
        before.append(ends[length - 1] if length else -1)
    chain: list[Match] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _words_by_line(lines: Sequence[str], numbers: range) -> tuple[list[str], list[int]]:
    """The visible words of some lines, and for each the line it is in."""
    found: list[str] = []
    places: list[int] = []
    for number in numbers:
        visible = [word for word in words(lines[number]) if not word.isspace()]
        found += visible
        places += [number] * len(visible)
    return found, places


def _sizes(found: list[str], places: list[int]) -> Counter[int]:
    sizes: Counter[int] = Counter()
    for word, place in zip(found, places, strict=True):
        sizes[place] += len(word)
    return sizes


def _heaviest_chain(weights: dict[Match, int]) -> list[Match]:
    """Of pairs in ascending order, those with the most weight together of which no two share a line."""
    pairs = list(weights)
    best = [0]
    """The most weight that the first n pairs can have."""
    free: list[int] = []
    """How many pairs end before either line of a pair. The pairs ascend on both sides, so these are the first ones."""
    count = 0
    for at, (i, j) in enumerate(pairs):
        while count < at and pairs[count][0] < i and pairs[count][1] < j:
            count += 1
        free.append(count)
        best.append(max(best[-1], best[count] + weights[i, j]))
    chain: list[Match] = []
    at = len(pairs)
    while at:
        if best[at] == best[at - 1]:
            at -= 1
        else:
            chain.append(pairs[at - 1])
            at = free[at - 1]
    return chain[::-1]


def _with_blanks(found: list[Match], left: list[str], right: list[str]) -> list[Match]:
    """The matches and the blanks beside them that are the same too."""
    pairs: list[Match] = []
    for i, j in found:
        last_i, last_j = pairs[-1] if pairs else (-1, -1)
        if i - 1 > last_i and j - 1 > last_j and left[i - 1] == right[j - 1] and left[i - 1].isspace():
            pairs.append((i - 1, j - 1))
        pairs.append((i, j))
        if i + 1 < len(left) and j + 1 < len(right) and left[i + 1] == right[j + 1] and left[i + 1].isspace():
            pairs.append((i + 1, j + 1))
    return pairs


def _parts(pairs: list[Match], left: list[str], right: list[str]) -> Iterator[Part]:
    """Matches and what is between them, alternating."""
    i = j = 0
    same: list[str] = []
    for at_left, at_right in (*pairs, (len(left), len(right))):
        if at_left > i or at_right > j:
            if same:
                yield Part("".join(same), "".join(same))
                same = []
            yield Part("".join(left[i:at_left]), "".join(right[j:at_right]))
        if at_left < len(left):
            same.append(left[at_left])
        i, j = at_left + 1, at_right + 1
    if same:
        yield Part("".join(same), "".join(same))


def _smoothed(parts: list[Part]) -> list[Part]:
    """Parts that are the same but shorter than the changes on both sides of them become part of one change."""
    result: list[Part] = []
    for at, part in enumerate(parts):
        stays = not result or (part.kind == "same" and not _is_slight(part, result[-1], parts[at + 1 : at + 2]))
        if stays or result[-1].kind == "same":
            result.append(part)
        else:
            result[-1] = Part(result[-1].left + part.left, result[-1].right + part.right)
    return result


def _is_slight(same: Part, before: Part, after: list[Part]) -> bool:
    return bool(after) and len(same.left.strip()) <= min(_size(before), _size(after[0]))


def _size(part: Part) -> int:
    return max(len(part.left.strip()), len(part.right.strip()))


def _visible(text: str) -> int:
    return len("".join(text.split()))


def _shared(parts: Sequence[Part]) -> int:
    return sum(_visible(part.left) for part in parts if part.left == part.right)


def _similarity(pairs: Sequence[Pair]) -> float:
    total = sum(_visible(part.left) + _visible(part.right) for pair in pairs for part in pair.parts)
    return 2 * sum(_shared(pair.parts) for pair in pairs) / total if total else 1.0


def _changes(pairs: Sequence[Pair]) -> Iterator[Change]:
    at = 0
    while at < len(pairs):
        pair = pairs[at]
        if pair.kind == "same":
            at += 1
        elif pair.is_whole:
            end = next(
                (n for n in range(at, len(pairs)) if pairs[n].kind == "same" or not pairs[n].is_whole), len(pairs)
            )
            yield Change(at, None, end - at)
            at = end
        else:
            yield from (Change(at, number) for number, part in enumerate(pair.parts) if part.left != part.right)
            at += 1
