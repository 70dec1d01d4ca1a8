"""Binary search."""

from tui.demo.topics.topic import Topic

_SHORT_IDEA = """\
Binary search finds a value in a **sorted** list by halving. Look at the middle element: if it is too \
small, the answer can only be to the right; if it is too large, only to the left. Repeat with the half \
that is left.

Each look discards half of what remained, so a million elements need about 20 looks and a billion about \
30. In short: O(log n) time, no extra memory, and it only works if the list is sorted."""

_SHORT_CODE = """\
Keep two bounds around the place where the value must be, and halve the gap:

```python
def find(items: list[int], wanted: int) -> int:
    low, high = 0, len(items)
    while low < high:
        middle = (low + high) // 2
        if items[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low  # where wanted is, or would have to be inserted
```

The list must be sorted. The loop runs about log₂(n) times."""

_PROSE_INVARIANT = """\
Binary search is best understood through what stays true while it runs. Keep two positions, `low` and \
`high`, such that everything before `low` is smaller than the value you want and everything from `high` on \
is not. At the start that holds trivially: `low` is 0 and `high` is the length.

Now look at the middle. If the element there is too small, it and all before it belong to the left part, \
so `low` moves just past it. Otherwise `high` moves to the middle. Either way the statement stays true and \
the gap has halved. When the two meet, that place is the answer.

The cost follows from the halving: a list of n elements takes about log₂ n steps, so doubling the list \
adds one single step. Compare that with a linear scan, which does twice the work. The price is that the \
list has to be sorted, which pays off when you search far more often than you insert.

Most published bugs sit at the edges: `low = middle` instead of `middle + 1` never ends, an inclusive \
upper bound is mixed with an exclusive one, and in languages with fixed integers `low + high` can \
overflow. Writing the invariant down first avoids all three."""

_PROSE_GAME = """\
You already know binary search from the game of guessing a number between 1 and 100. Guess 50; hear \
"higher"; guess 75; hear "lower"; and after seven guesses at most you have it. Every answer throws away \
half of what was possible.

A computer does the same with a sorted list. It looks at the middle element, and the comparison tells \
which half can be forgotten. After k looks only n/2ᵏ candidates remain, and one is left when k reaches \
log₂ n: about 10 looks for a thousand elements, 20 for a million, 30 for a billion.

It works for more than lists. Whenever a question has the answer *no* up to some point and *yes* from \
there on, halving finds the point. Which commit broke the build? What is the smallest server that carries \
the load? `git bisect` is binary search over history.

Two conditions matter. The order must be the one you compare by, and access to the middle must be cheap: \
in a linked list you would walk there, and the advantage is gone. For data that changes a lot, a balanced \
tree keeps the same halving without moving elements."""

_DOCUMENT = """\
# Binary search

Finds a value in a **sorted** sequence by halving the range in which it can be.

## The code

```python
def binary_search(items: list[int], wanted: int) -> int | None:
    \"\"\"Index of wanted in the sorted list items, None if it is not there.\"\"\"
    low, high = 0, len(items)            # the answer lies in items[low:high]
    while low < high:
        middle = (low + high) // 2
        if items[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    found = low < len(items) and items[low] == wanted
    return low if found else None


print(binary_search([2, 3, 5, 7, 11, 13], 11))   # 4
```

## What it costs

| Elements | Linear scan, worst case | Binary search |
|---------:|------------------------:|--------------:|
| 16 | 16 | 5 |
| 1 000 | 1 000 | 10 |
| 1 000 000 | 1 000 000 | 20 |
| 1 000 000 000 | 1 000 000 000 | 30 |

## Why it is right

- Everything before `low` is smaller than `wanted`.
- Everything from `high` on is at least `wanted`.
- Each round keeps both true and makes the gap smaller:
  - too small at the middle: `low` moves *past* it,
  - otherwise: `high` moves *to* it.
- When they meet, only one place is left.

> Although the basic idea of binary search is comparatively straightforward, the details can be \
surprisingly tricky. — Donald Knuth

## Usual mistakes

1. The list is not sorted, or not by the same key.
2. `low = middle` makes the loop run for ever.
3. `low + high` overflows a 32-bit integer; write `low + (high - low) // 2` there.

In everyday Python use the `bisect` module."""

_REASONING = """\
Binary search. The asker probably knows lists and loops. I should lead with the idea, halving, and then be \
precise about the bounds, because that is where every wrong version goes wrong.

Half-open range [low, high). Invariant: everything left of low is too small, everything from high on is \
not. Check on a tiny case: items = [5], wanted = 5. low 0, high 1, middle 0, 5 < 5 is false, high = 0, \
loop ends, low = 0. Right. wanted = 9: 5 < 9, low = 1, ends, low = 1 = len, not found. Right. Empty list: \
the loop does not run, low = 0. Right.

Steps: ceil(log2(n + 1)). For a million that is 20. Good.

I will mention that the list must be sorted before anything else."""

TOPIC = Topic(
    triggers=(frozenset({"binary", "search"}), frozenset({"bisect"}), frozenset({"bisection"})),
    search_phrase="binary search algorithm",
    short=(_SHORT_IDEA, _SHORT_CODE),
    prose=(_PROSE_INVARIANT, _PROSE_GAME),
    document=_DOCUMENT,
    reasoning=_REASONING,
)
