"""The size of the terminal, looked at now and then: of many changes in quick succession Textual may miss the last ones.

It throttles them with a timer, and what falls between the timer and its callback is lost; the screen then stays as it
was until the next change. Reaches into Textual's driver, so it stands alone and every step is guarded.
"""

from textual.app import App
from textual.events import Resize
from textual.geometry import Size


def take_missed_size(app: App[object]) -> None:
    """Tell the screens the size the terminal really has, when they have another."""
    driver = app._driver
    look = getattr(driver, "_get_terminal_size", None)
    if driver is None or driver.is_headless or look is None:
        return
    if getattr(driver, "_in_band_window_resize", False):  # the terminal says its size itself, and has the last word
        return
    size = Size(*look())
    if size == app.screen.size:
        return
    app.post_message(Resize(size, size))
    for screen in app.screen_stack:
        screen.post_message(Resize(size, size))


class SizeWatch:
    """Tells once when a size that changed has come to rest."""

    def __init__(self) -> None:
        self._size = Size()
        self._is_at_rest = True

    def comes_to_rest(self, size: Size) -> bool:
        """Whether `size` is the one of the last call, and was another one before. To be asked now and then."""
        has_changed, self._size = size != self._size, size
        comes = not has_changed and not self._is_at_rest
        self._is_at_rest = not has_changed
        return comes
