"""How far the terminal is behind. Reaches into Textual's driver, so it stands alone and every step is guarded.

Textual writes through a thread with a queue of 30 frames. When a slow line lets it fill, writing blocks the event loop,
and with it the reading of the network; skipping frames while it is not empty keeps both free.
"""

from queue import Queue

from textual.app import App


def terminal_backlog(app: App[object]) -> int:
    """Frames waiting to be written; 0 when that cannot be known."""
    thread = getattr(app._driver, "_writer_thread", None)
    queue = getattr(thread, "_queue", None)
    return queue.qsize() if isinstance(queue, Queue) else 0
