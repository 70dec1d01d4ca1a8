"""Telling text from control sequences in what a program wrote to its terminal, and judging the sequences.

Used by `terminal` (to answer queries and to keep from the picture what pyte cannot draw) and by the safety tests, which
look at everything a run wrote. It follows the grammar of ECMA-48 instead of a list of known sequences, because a list
would let pass exactly what nobody thought of.
"""

import codecs
import re
from dataclasses import dataclass

_STRING_BODY = r"[^\x07\x18\x1a\x1b\x9c]*"
_STRING_END = r"(?:\x07|\x1b\\|\x9c|(?=[\x18\x1a]|\x1b[^\\]))"
_SEQUENCE = re.compile(
    r"(?P<csi>(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~])"
    rf"|(?P<string>(?:\x1b[\]P^_X]|[\x90\x98\x9d-\x9f]){_STRING_BODY}{_STRING_END})"
    r"|(?P<escape>\x1b[ -/]*(?![\[\]P^_X])[0-~])"
    r"|(?P<control>[\x00-\x1f\x7f-\x9f])"
)
_UNFINISHED = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*\Z"
    rf"|(?:\x1b[\]P^_X]|[\x90\x98\x9d-\x9f]){_STRING_BODY}\x1b?\Z"
    r"|\x1b[ -/]*\Z"
)
_INTRODUCER = re.compile(r"[\x1b\x90\x98\x9b\x9d-\x9f]")


@dataclass(frozen=True, slots=True)
class Text:
    """Characters to be drawn; never empty."""

    value: str


@dataclass(frozen=True, slots=True)
class Control:
    """One control sequence or control character, complete with its introducer."""

    value: str


class ControlSplitter:
    """Splits terminal output into text and controls, however the bytes were cut into reads.

    A byte which is not UTF-8 becomes a lone surrogate (`surrogateescape`), so that it is seen and not repaired.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._held = ""

    def feed(self, data: bytes) -> list[Text | Control]:
        """Return what is complete so far, in order; an unfinished sequence waits for the next call."""
        text = self._held + self._decoder.decode(data)
        complete, self._held = _cut_unfinished(text)
        return _split(complete)

    def close(self) -> list[Text | Control]:
        """Return what was still unfinished, as it is."""
        text, self._held = self._held + self._decoder.decode(b"", final=True), ""
        return [Control(text)] if text else []


def _cut_unfinished(text: str) -> tuple[str, str]:
    for introducer in _INTRODUCER.finditer(text):
        if _UNFINISHED.match(text, introducer.start()):
            return text[: introducer.start()], text[introducer.start() :]
    return text, ""


def _split(text: str) -> list[Text | Control]:
    parts: list[Text | Control] = []
    at = 0
    for match in _SEQUENCE.finditer(text):
        if match.start() > at:
            parts.append(Text(text[at : match.start()]))
        parts.append(Control(match.group()))
        at = match.end()
    if at < len(text):
        parts.append(Text(text[at:]))
    return parts


# What a Textual application needs in order to draw and to put the terminal back: move the cursor, colours, its modes
# and the two modes it asks about, the keyboard protocol, the pointer's shape. OSC 52 (clipboard) is not here: only a
# user's copy may write it, and a test which copies can say so.
_MODES = "7|25|1000|1003|1004|1006|1015|1016|1049|2004|2026|2048"
_ALLOWED = re.compile(
    r"\x1b\[(?:\d+;\d+)?H"
    r"|\x1b\[\d+G"
    r"|\x1b\[[\d;:]*m"
    rf"|\x1b\[\?(?:{_MODES})[hl]"
    r"|\x1b\[\?(?:2026|2048)\$p"
    r"|\x1b\[[<>]\d*u"
    r"|\x1b\]22;[a-z-]*(?:\x07|\x1b\\)"
)
_LINE_END = (Control("\r"), Control("\n"))

# Not controls to a terminal's parser, but they turn the order of the text round, hide text, or end lines.
_HARMFUL_CHARACTER = re.compile(
    r"[\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)


def allowed_controls(raw: bytes) -> list[str]:
    """List what a run wrote beyond the allowed controls, in order; an empty list is a clean run.

    A line end is CR LF, which the terminal driver makes of LF: Textual ends rows with it when it repaints everything.
    A CR alone would overwrite its line. Invisible characters that reorder or hide text are listed too.
    """
    splitter = ControlSplitter()
    parts = [*splitter.feed(raw), *splitter.close()]
    found: list[str] = []
    for part, before, after in zip(parts, [None, *parts], [*parts[1:], None], strict=False):
        if isinstance(part, Text):
            found.extend(_HARMFUL_CHARACTER.findall(part.value))
        elif not (_ALLOWED.fullmatch(part.value) or (part, after) == _LINE_END or (before, part) == _LINE_END):
            found.append(part.value)
    return found
