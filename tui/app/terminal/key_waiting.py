"""Work that may wait for a key: never on the event loop, and with the terminal left to a command that asks for one.

Streams go on meanwhile; only drawing rests while a command has the terminal.
"""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from textual.app import App, SuspendNotSupported

from tui.core.errors import ConfigError, SidestreamError

T = TypeVar("T")


async def off_the_loop(app: App[Any], work: Callable[[], T], *, asks: bool) -> T:
    """What `work` returns. `asks`: a command may put a question on the terminal. Raises what `work` raises."""
    if not asks:
        return await asyncio.to_thread(work)
    problem: SidestreamError | None = None
    found: list[T] = []
    try:
        # As for the editor: Textual's writer is stopped meanwhile, and a full queue would hold up the whole program.
        with app.batch_update(), app.suspend():
            try:
                found.append(await asyncio.to_thread(work))
            except SidestreamError as exc:
                problem = exc  # not raised in here: `suspend` would not take the terminal back
    except SuspendNotSupported:
        raise ConfigError("this terminal cannot be left for a key command; start with one of its targets") from None
    app.refresh(layout=True)
    if problem is not None:
        raise problem
    return found[0]
