"""The terminal's side of a pseudo-terminal: the picture, the modes, and the answers to a program's questions.

`terminal` feeds it. pyte draws the picture, but only from what it understands: it would print the rest of a sequence it
does not know (`CSI 4:3 m`) into the picture, or fail on it, so everything else is kept from it here.
"""

import re
from collections import deque

import pyte

from tests.support.controls import Control, ControlSplitter, Text

_MODE = re.compile(r"\x1b\[\?([\d;]+)([hl])")
_MODE_QUESTION = re.compile(r"\x1b\[\?(\d+)\$p")
_KEYBOARD = re.compile(r"\x1b\[([<>])(\d*)u")
_DRAWABLE = re.compile(r"[\x07-\x0d]|\x1b[78DEHMc]|\x1b\[[\d;]*[@A-HJ-MPXad-hlmr`']|\x1b\[\?7[hl]")

_ALTERNATE_SCREEN = 1049
_ON_AT_START = frozenset({7, 25})
_MODE_NAMES = {
    7: "line wrap",
    25: "cursor",
    1000: "mouse clicks",
    1002: "mouse drags",
    1003: "mouse moves",
    1004: "focus reports",
    1006: "mouse format SGR",
    1015: "mouse format urxvt",
    1016: "mouse format pixels",
    _ALTERNATE_SCREEN: "alternate screen",
    2004: "bracketed paste",
    2026: "synchronised output",
    2048: "in-band resize",
}
_UNKNOWN_MODES = frozenset({2048})


class Emulator:
    """What a terminal makes of a program's output. Not thread-safe; `terminal` holds its lock around every call."""

    def __init__(self, rows: int, cols: int) -> None:
        self._rows, self._cols = rows, cols
        self._splitter = ControlSplitter()
        self._modes: dict[int, bool] = {}
        self._keyboards = {False: 0, True: 0}
        self._undrawn: deque[Text | Control] = deque()
        self._normal = pyte.Screen(cols, rows)
        self._alternate: pyte.Screen | None = None

    def feed(self, data: bytes) -> bytes:
        """Take in output; return what the terminal answers to the questions in it, usually nothing."""
        reply = b""
        for part in self._splitter.feed(data):
            self._undrawn.append(part)
            if isinstance(part, Control):
                self._follow(part.value)
                reply += self._answer(part.value)
        return reply

    def picture(self) -> str:
        """The screen that is shown, as lines without the blanks at their ends."""
        return "\n".join("".join(row).rstrip() for row in self.cells())

    def cells(self) -> list[list[str]]:
        """The screen that is shown, by rows and columns."""
        self._draw()
        screen = self._shown()
        # Not Screen.display: it asserts widths that emoji sequences do not have. A wide character's second cell is "".
        return [[screen.buffer[y][x].data for x in range(screen.columns)] for y in range(screen.lines)]

    def is_on(self, mode: int) -> bool:
        """Whether a private mode is on."""
        return self._modes.get(mode, mode in _ON_AT_START)

    def resize(self, rows: int, cols: int) -> None:
        """Change the size of both screens, keeping what fits."""
        self._draw()
        self._rows, self._cols = rows, cols
        for screen in filter(None, (self._normal, self._alternate)):
            screen.resize(rows, cols)

    def leftovers(self) -> list[str]:
        """The modes which are not as they were at the start, in words."""
        changed = [mode for mode, is_on in sorted(self._modes.items()) if is_on != (mode in _ON_AT_START)]
        lines = [f"{_MODE_NAMES.get(mode, 'mode')} ({mode}) {'on' if self._modes[mode] else 'off'}" for mode in changed]
        if depth := sum(self._keyboards.values()):
            lines.append(f"kitty keyboard protocol pushed {depth} times")
        return lines

    def _follow(self, control: str) -> None:
        if match := _MODE.fullmatch(control):
            for mode in filter(None, match[1].split(";")):
                self._modes[int(mode)] = match[2] == "h"
        elif match := _KEYBOARD.fullmatch(control):
            # Each screen has a stack of its own, so a pop after leaving the alternate screen comes too late.
            screen = self.is_on(_ALTERNATE_SCREEN)
            change = 1 if match[1] == ">" else -int(match[2] or 1)
            self._keyboards[screen] = max(0, self._keyboards[screen] + change)

    def _answer(self, control: str) -> bytes:
        if match := _MODE_QUESTION.fullmatch(control):
            return f"\x1b[?{match[1]};{self._setting(int(match[1]))}$y".encode()
        match control:
            case "\x1b[c" | "\x1b[0c":
                return b"\x1b[?62;22c"
            case "\x1b[5n":
                return b"\x1b[0n"
            case "\x1b[6n":
                self._draw()
                cursor = self._shown().cursor
                return f"\x1b[{cursor.y + 1};{cursor.x + 1}R".encode()
        return b""

    def _setting(self, mode: int) -> int:
        """A mode as DECRPM says it: 0 not recognised, 1 set, 2 reset."""
        if mode in _UNKNOWN_MODES or mode not in _MODE_NAMES:
            return 0
        return 1 if self.is_on(mode) else 2

    def _shown(self) -> pyte.Screen:
        return self._alternate or self._normal

    def _draw(self) -> None:
        drawable: list[str] = []
        while self._undrawn:
            part = self._undrawn.popleft()
            match = _MODE.fullmatch(part.value) if isinstance(part, Control) else None
            if match and str(_ALTERNATE_SCREEN) in match[1].split(";"):
                self._feed_shown(drawable)
                self._alternate = pyte.Screen(self._cols, self._rows) if match[2] == "h" else None
            elif isinstance(part, Text) or _DRAWABLE.fullmatch(part.value):
                drawable.append(part.value)
        self._feed_shown(drawable)

    def _feed_shown(self, parts: list[str]) -> None:
        # Whole sequences only, so a new parser has nothing to remember from the one before.
        if parts:
            pyte.Stream(self._shown()).feed("".join(parts))
            parts.clear()
