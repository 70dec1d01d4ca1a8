"""Keys one after the other, however quickly they come.

Textual hands a key to the focused widget at once, but what it means is decided later, when it has bubbled up to the
bindings. Keys that come right behind it (from a macro, `tmux send-keys`, or a terminal that was held up) overtake it:
of ctrl+n and a question in one go the question was sent first and then forgotten, and of `i` and a text the letters
were commands. So a key waits until the one before it has had its effect.

That is when a message posted behind the key has gone the same way up to the app twice: the second time behind what the
key's action may have posted on its part, such as "sent" or "go there". It is for the focus too, which Textual moves in
a callback of the app's, and for a dialog, through which the second lap goes when the key opened one.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Final

from textual import events
from textual.app import App
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

_LAPS: Final = 2
LOOK_S: Final = 0.05
"""How often it is looked whether the widget is still there: with it, the message would be gone too."""
_MOST_LOOKS: Final = 100
"""After which the next key is let in all the same."""


class KeyPassed(Message):
    """Goes the way a key went."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class KeyOrder:
    """The keys and pastes that wait, and the one on its way."""

    def __init__(self, app: App[Any], dispatch: Callable[[events.Event], Awaitable[None]]) -> None:
        """`dispatch` is Textual's own way with an event."""
        self._app = app
        self._dispatch = dispatch
        self._waiting: deque[events.Event] = deque()
        self._is_busy = False
        self._number = 0
        """Of the key on its way; what was posted for another one came too late."""
        self._laps = 0
        self._screen: Screen[Any] | None = None
        self._widget: Widget | None = None
        """Where the key was sent."""
        self._way: Widget | None = None
        """Where the message was sent."""
        self._look: asyncio.TimerHandle | None = None
        self._looks = 0

    @property
    def is_at_rest(self) -> bool:
        """Whether every key has had its effect."""
        return not self._is_busy and not self._waiting

    async def take(self, event: events.Event) -> None:
        """Pass `event` on, now or when its turn comes."""
        self._waiting.append(event)
        await self._next()

    async def passed(self, message: KeyPassed) -> None:
        """A message of ours has arrived at the app."""
        if message.number == self._number and self._is_busy:
            self._laps += 1
            self._lap()

    async def _next(self) -> None:
        while self._waiting and not self._is_busy:
            self._is_busy, self._laps = True, 0
            self._number += 1
            self._screen, self._widget = self._app.screen, self._app.focused
            self._way, self._looks = None, 0
            self._look_later()
            await self._dispatch(self._waiting.popleft())
            self._lap()

    def _lap(self) -> None:
        screen = self._app.screen
        self._way = self._widget if self._widget is not None and screen is self._screen else screen
        if self._laps == _LAPS or not self._way.post_message(KeyPassed(self._number)):
            self._arrive(self._number)

    def _look_later(self) -> None:
        self._look = asyncio.get_running_loop().call_later(LOOK_S, self._look_after, self._number)

    def _look_after(self, number: int) -> None:
        if number != self._number or not self._is_busy:
            return
        self._looks += 1
        is_gone = self._way is not None and not self._way.is_attached
        if is_gone or self._looks == _MOST_LOOKS:
            self._arrive(number)
        else:
            self._look_later()

    def _arrive(self, number: int) -> None:
        self._app.call_later(self._arrived, number)  # behind the callbacks by which the focus moves

    async def _arrived(self, number: int) -> None:
        if number == self._number and self._is_busy:
            self._is_busy = False
            if self._look is not None:
                self._look.cancel()
            await self._next()
