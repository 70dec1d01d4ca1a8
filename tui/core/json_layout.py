"""JSON laid out to be read. It is not read into values, so numbers and escapes stay as they were written."""

import msgspec

_INDENT = 2


def laid_out(document: str, width: int) -> str | None:
    """`document` on indented lines; an object or array that fits into `width` characters stays on one.

    None when it is no JSON object or array, or nested beyond reason.
    """
    if document.lstrip()[:1] not in ("{", "["):
        return None
    try:
        formatted = msgspec.json.format(document.encode("utf-8", "replace"), indent=_INDENT)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    return "\n".join(_joined_where_short(formatted.decode("utf-8", "replace").split("\n"), width))


def _joined_where_short(lines: list[str], width: int) -> list[str]:
    """One line for each bracket and what is in it, from the inside out, where that is short enough.

    Strings cannot be mistaken for brackets: their lines begin and end with a quote, a comma apart.
    """
    found: list[str] = []
    opened: list[int] = []
    for line in lines:
        found.append(line)
        if line[-1:] in ("{", "["):
            opened.append(len(found) - 1)
        elif line.lstrip()[:1] in ("}", "]"):
            start = opened.pop()
            if sum(len(part.lstrip()) + 1 for part in found[start:]) + _depth(line) <= width + 2:
                found[start:] = [_joined(found[start:])]
    return found


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _joined(lines: list[str]) -> str:
    """`{`, its members and `}` as one line."""
    first, *inner, last = lines
    return first + " ".join(part.lstrip() for part in inner) + last.lstrip()
