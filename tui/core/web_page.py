"""The words of a web page that came where an API answer should have been: a gateway's error page, a login form.

Called for the error message alone. It splits instead of matching, because a pattern that looks for the end of a tag
from each `<` takes quadratic time on a page made of nothing else, and all panes wait for it.
"""

_HIDDEN = frozenset({"script", "style"})


def words_of_page(page: str) -> str:
    """The title, or the visible text when there is none; white space as single blanks, markup left out."""
    before, *pieces = page.split("<")
    title: list[str] = []
    visible = [before]
    hidden, in_title = "", False
    for piece in pieces:
        tag, _, text = piece.partition(">")
        name = next(iter(tag[:32].lower().split()), "")
        if hidden:
            hidden = "" if name == f"/{hidden}" else hidden
        elif name in _HIDDEN:
            hidden = name
        in_title = name == "title" or (in_title and name != "/title")
        if not hidden:
            (title if in_title else visible).append(text)
    return " ".join(" ".join(title).split()) or " ".join(" ".join(visible).split())
