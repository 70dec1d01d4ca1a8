"""What is pasted is text, whatever is in it: never keys.

Textual's parser takes an escape character inside a bracketed paste for the beginning of a key: the rest of the paste is
then typed, line ends send it and control characters act. So the escape is made visible before the parser sees it. The
parser's class is private to Textual, and this the only module that knows it; a test pastes into the real one.
"""

from collections.abc import Iterable

from textual._xterm_parser import XTermParser
from textual.message import Message

_BEGIN = "\x1b[200~"
_END = "\x1b[201~"
_VISIBLE_ESCAPE = "\u241b"


class PasteParser(XTermParser):
    """The terminal's input as messages, with pastes that hold no escapes."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._is_pasting = False
        self._recent = ""
        """The last characters, in which a paste may have begun to begin."""
        self._held = ""
        """What may be the beginning of the end of a paste."""

    def feed(self, data: str) -> Iterable[Message]:
        """Take in what the terminal sent; empty at its end."""
        guarded = self._guarded(data)
        if data and not guarded:
            return ()  # all of it is held, and an empty text would mean the end
        return super().feed(guarded)

    def _guarded(self, data: str) -> str:
        parts: list[str] = []
        while data:
            part, data = self._pasted(data) if self._is_pasting else self._typed(data)
            parts.append(part)
        return "".join(parts)

    def _typed(self, data: str) -> tuple[str, str]:
        """What is typed in `data`, up to and with the beginning of a paste, and the rest."""
        seen = self._recent + data
        at = seen.find(_BEGIN)
        if at < 0:
            self._recent = seen[1 - len(_BEGIN) :]
            return data, ""
        end = at + len(_BEGIN) - len(self._recent)
        self._recent, self._is_pasting = "", True
        return data[:end], data[end:]

    def _pasted(self, data: str) -> tuple[str, str]:
        """What is pasted in `data`, up to and with the end of the paste, and the rest."""
        data, self._held = self._held + data, ""
        text, end, rest = data.partition(_END)
        if end:
            self._is_pasting = False
        else:
            size = next((size for size in range(len(_END) - 1, 0, -1) if text.endswith(_END[:size])), 0)
            text, self._held = text[: len(text) - size], text[len(text) - size :]
        return text.replace("\x1b", _VISIBLE_ESCAPE) + end, rest


def guard_pastes() -> None:
    """Have the terminal driver read through `PasteParser`. POSIX only: Windows has its own driver."""
    from textual.drivers import linux_driver

    linux_driver.XTermParser = PasteParser  # type: ignore[attr-defined]
