"""Subjects with hand-written answers, so that the prompts people try first get an answer worth reading."""

from tui.demo.topics import binary_search, blue_sky, databases, handshake, rainbow
from tui.demo.topics.topic import Topic

__all__ = ["TOPICS", "Topic", "find_topic"]

TOPICS: tuple[Topic, ...] = (
    rainbow.TOPIC,
    handshake.TOPIC,
    binary_search.TOPIC,
    blue_sky.TOPIC,
    databases.TOPIC,
)


def find_topic(words: frozenset[str]) -> Topic | None:
    """The first topic that fits these lower-case words; None when no topic does."""
    return next((topic for topic in TOPICS if topic.fits(words)), None)
