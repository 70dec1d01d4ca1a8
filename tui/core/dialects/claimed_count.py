"""Numbers a server claims, kept only when they can be counts. Every decoder asks here before it believes one."""

_MAX_COUNT = 2**53
"""Above this a number of tokens or nanoseconds is noise, and no JSON reader agrees on its digits."""


def claimed_count(value: int | None) -> int | None:
    """The count, or None when it is missing, negative or absurd."""
    return value if value is not None and 0 <= value < _MAX_COUNT else None
