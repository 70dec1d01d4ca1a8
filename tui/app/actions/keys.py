"""Names of keys: what a user may write in `[keys]`, what Textual calls it, and what the screen shows."""

import re
from typing import Final

from textual.keys import Keys

_MODIFIERS: Final = ("alt", "ctrl", "hyper", "meta", "shift", "super")
_NAMED: Final = frozenset(key.value for key in Keys if key.value.isalnum())
_SIGNS: Final = {
    "!": "exclamation_mark", '"': "quotation_mark", "#": "number_sign", "$": "dollar_sign", "%": "percent_sign",
    "&": "ampersand", "'": "apostrophe", "(": "left_parenthesis", ")": "right_parenthesis", "*": "asterisk",
    "+": "plus", ",": "comma", "-": "minus", ".": "full_stop", "/": "slash", ":": "colon", ";": "semicolon",
    "<": "less_than_sign", "=": "equals_sign", ">": "greater_than_sign", "?": "question_mark", "@": "at",
    "[": "left_square_bracket", "\\": "backslash", "]": "right_square_bracket", "^": "circumflex_accent",
    "_": "underscore", "`": "grave_accent", "{": "left_curly_bracket", "|": "vertical_line",
    "}": "right_curly_bracket", "~": "tilde",
}  # fmt: skip
_SHOWN: Final = {name: sign for sign, name in _SIGNS.items()} | {
    "up": "↑", "down": "↓", "left": "←", "right": "→", "pagedown": "page down", "pageup": "page up",
}  # fmt: skip
_SHORT: Final = {"escape": "esc", "page down": "pgdn", "page up": "pgup"}

ALIASES: Final = {
    "ctrl+m": "enter", "ctrl+i": "tab", "ctrl+h": "backspace", "ctrl+left_square_bracket": "escape",
}  # fmt: skip
"""Keys that most terminals send as the same byte as another one."""
MULTIPLEXER_PREFIXES: Final = frozenset({"ctrl+a", "ctrl+b"})
"""What tmux and screen keep for themselves."""


def key_name(written: str) -> str | None:
    """Textual's name for a key as somebody wrote it (`?`, `Ctrl+X`, `page down`); None when there is no such key."""
    *modifiers, base = re.split(r"\+(?!$)", written.strip())
    names = {modifier.strip().lower() for modifier in modifiers}
    base = base.strip()
    if not names.issubset(_MODIFIERS) or len(names) < len(modifiers):
        return None
    if names == {"shift"} and len(base) == 1 and base.isalpha():
        return base.upper()
    if len(base) == 1:
        base = base.lower() if names else base
        named = _SIGNS.get(base, base)
        found = named if base.isprintable() and not base.isspace() else None
    else:
        named = base.lower().replace(" ", "_")
        spoken = named.replace("_", "")
        found = spoken if spoken in _NAMED else named if named in _SHOWN else None
    return None if found is None else "+".join([*sorted(names), found])


def is_text(key: str) -> bool:
    """Whether a key types something, so that it cannot be an action where text is written."""
    return len(key) == 1 or key == "space" or key in _SIGNS.values()


def shown_key(key: str) -> str:
    """A key as it is written for people: `page down`, `?`, `ctrl+x`."""
    *modifiers, base = key.split("+")
    return "+".join([*modifiers, _SHOWN.get(base, base)])


def short_key(key: str) -> str:
    """A key in few cells, for the key bar: `^x`, `esc`."""
    shown = shown_key(key)
    shown = _SHORT.get(shown, shown)
    return f"^{shown.removeprefix('ctrl+')}" if shown.startswith("ctrl+") else shown
