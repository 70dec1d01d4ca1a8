"""What the simulated models know well: one topic with its answers in every voice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """Hand-written answers about one subject.

    Paragraphs are separated by blank lines, the first two stand on their own, so an answer asked to be brief may
    stop there.
    """

    triggers: tuple[frozenset[str], ...]
    """A prompt is about this topic when it holds every word of any one of these sets."""
    search_phrase: str
    """What somebody would type into a search box about it."""
    short: tuple[str, ...]
    """Takes of one or two paragraphs."""
    prose: tuple[str, ...]
    """Takes of about four paragraphs."""
    document: str
    """A Markdown page with headings, a table, code, a nested list and a quote."""
    reasoning: str
    """What a thinking model mutters before it answers."""

    def fits(self, words: frozenset[str]) -> bool:
        """Whether a prompt with these lower-case words is about this topic."""
        return any(trigger <= words for trigger in self.triggers)
