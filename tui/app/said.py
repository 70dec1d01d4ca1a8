"""Everything that was said in one conversation with a line-up, put away as a whole and brought back as a whole."""

from dataclasses import dataclass
from datetime import datetime

from tui.core.conversation import Conversation
from tui.core.request import Prompt
from tui.core.stream import StreamState


@dataclass(slots=True)
class Said:
    """What a run knows of a conversation. Follows the line-up while it is away: targets may go, or be replaced."""

    talks: dict[str, Conversation]
    streams: dict[str, StreamState]
    choices: dict[str, int]
    prompt: Prompt | None
    started_at: datetime
    frame: Prompt
    """The system prompt, the tools and the schema that held in it."""

    def remove(self, name: str) -> None:
        """The target is gone, with all it said."""
        self.talks.pop(name, None)
        self.streams.pop(name, None)
        self.choices.pop(name, None)

    def rename(self, name: str, talk: Conversation | None, new_name: str) -> None:
        """`talk` is how the target goes on that is in the place of the one named; None when that one said nothing."""
        stream, choice = self.streams.get(name), self.choices.get(name)
        self.remove(name)
        if talk is not None:
            self.talks[new_name] = talk
        if stream is not None:
            self.streams[new_name] = stream
        if choice is not None:
            self.choices[new_name] = choice
