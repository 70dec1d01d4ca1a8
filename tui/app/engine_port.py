"""What the screen needs of the engine, so that a test can hand in a scripted one."""

from collections.abc import Iterable
from typing import Protocol

from tui.core.request import Prompt
from tui.core.stream import StreamState
from tui.core.target import Target
from tui.engine.board import Board


class Engine(Protocol):
    """Starts and stops streams; `tui.engine.fleet.Fleet` is the real one. Only `models_of` waits."""

    board: Board

    def warm_up(self) -> None:
        """Load what the first prompt will need."""

    def learn(self, target: Target) -> None:
        """Hide the secrets of a target that was added, before anything of it is shown."""

    async def models_of(self, endpoint: Target) -> list[str]:
        """The models its provider lists, sorted. Waits. Raises `ModelListError`."""

    def launch(self, target: Target, prompt: Prompt) -> StreamState:
        """Start one stream."""

    def launch_each(self, asked: Iterable[tuple[Target, Prompt]]) -> list[StreamState]:
        """Start one stream per target, all wanted at this moment."""

    def cancel(self, stream_id: str) -> bool:
        """Stop one stream; False when it was not running."""

    def cancel_all(self) -> int:
        """Stop all; how many were running."""
