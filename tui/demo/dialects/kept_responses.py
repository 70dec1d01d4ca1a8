"""The responses the demo keeps, so that a request may go on from one by its id."""

from collections import OrderedDict
from typing import Any

_MOST = 256
"""Responses kept at a time; the oldest is forgotten first."""


class KeptResponses:
    """The items said up to each response, its own included."""

    def __init__(self) -> None:
        self._items: OrderedDict[str, list[Any]] = OrderedDict()

    def keep(self, response_id: str, items: list[Any]) -> None:
        """Remember what was said."""
        self._items[response_id] = items
        self._items.move_to_end(response_id)
        if len(self._items) > _MOST:
            self._items.popitem(last=False)

    def items_of(self, response_id: str) -> list[Any] | None:
        """What was said; None for a response that was never kept, or is forgotten."""
        return self._items.get(response_id)


KEPT = KeptResponses()
