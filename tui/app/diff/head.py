"""The row above the columns: what is compared, how alike it is, which change the user is at."""

from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from textual import events
from textual.message import Message

from tui.app.diff.subject import Subject
from tui.app.shown import Styled, Words, assembled
from tui.core.clean import Clean, clean_line
from tui.core.diff import Comparison, Fidelity

_FIDELITY: Final = {
    Fidelity.WORDS: "",
    Fidelity.LINES: "very long and different: compared by lines",
    Fidelity.BLOCKS: "very long and different: compared by blocks",
}


class DiffHead(Words):
    """Shows what it is told; a click on a subject chooses it."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    DiffHead { height: 1; padding: 0 1; background: $surface; color: $text-muted; }
    """

    @dataclass
    class Chosen(Message):
        """The user clicked on a subject."""

        subject: Subject

    def __init__(self) -> None:
        super().__init__()
        self._places: list[tuple[int, int, Subject]] = []

    def show_words(self, subject: Subject, words: list[str]) -> None:
        """The subjects, as many as there is room for beside the words; the words first, the first of them foremost."""
        room = self.content_size.width
        said = _fitting(words, room - len(f"[{subject}]") - 2)
        every = " ".join(f"[{each}]" if each is subject else f" {each} " for each in Subject)
        shown = list(Subject) if cell_len(every) + 2 + cell_len(said) <= room else [subject]
        parts: list[Styled] = []
        self._places = []
        at = 1
        for each in shown:
            label = f"[{each}]" if each is subject else f" {each} "
            self._places.append((at, at + len(label), each))
            at += len(label) + 1
            parts += [(clean_line(label), "bold $foreground" if each is subject else ""), (Clean(" "), "")]
        self.show(assembled(*parts, (clean_line(f" {said}"), "")))

    def on_click(self, event: events.Click) -> None:
        """Choose the subject under the pointer."""
        for start, end, subject in self._places:
            if start <= event.x < end:
                self.post_message(self.Chosen(subject))


def comparison_words(comparison: Comparison, current: int | None) -> list[str]:
    """How alike two texts are, and where the user is, the most important first."""
    count = len(comparison.changes)
    if not count:
        return ["the same, word for word"]
    place = f"{count} change{'' if count == 1 else 's'}" if current is None else f"change {current + 1} of {count}"
    words = [f"{similarity_text(comparison)} alike", place, _FIDELITY[comparison.fidelity]]
    return [word for word in words if word]


def similarity_text(comparison: Comparison) -> str:
    """In whole per cent; 100 only for texts without a difference, 0 only for those with nothing in common."""
    if comparison.is_identical:
        return "100 %"
    percent = int(comparison.similarity * 100)
    return f"{min(99, percent)} %" if percent or not comparison.similarity else "<1 %"


def _fitting(words: list[str], room: int) -> str:
    """As many as fit, from the first on."""
    shown = ""
    for word in words:
        longer = f"{shown} · {word}" if shown else word
        if cell_len(longer) > room:
            break
        shown = longer
    return shown
