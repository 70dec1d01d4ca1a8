"""Decides which requests get a fault, and counts them, so that a client's author can see what the client sent."""

from collections import Counter, OrderedDict
from collections.abc import Iterable
from itertools import cycle

from tui.demo.faults.fault import Fault
from tui.demo.faults.table import FAULTS, fault_of_model, faults_named

_REMEMBERED = 4096
"""Requests whose repetitions are counted; the oldest are forgotten."""


class FaultDesk:
    """The faults of one running server."""

    def __init__(self, forced: Iterable[str] = ()) -> None:
        """`forced`: names of faults which all requests get in turn. Raises UnknownFaultError."""
        chosen = faults_named(forced)
        self._forced = cycle(chosen) if chosen else None
        self._attempts: OrderedDict[tuple[str, str, str], int] = OrderedDict()
        self.seen: Counter[tuple[str, str]] = Counter()
        """How many requests met which fault at which path."""

    def fault_for(self, model: str) -> Fault | None:
        """The fault this request gets; None for a good answer. A model's own fault goes before those for all."""
        return fault_of_model(model) or (next(self._forced) if self._forced else None)

    def count(self, fault: Fault, path: str, fingerprint: str) -> int:
        """Note a request; which one it is among its equals, from 1."""
        self.seen[fault.name, path] += 1
        key = (fault.name, path, fingerprint)
        attempt = self._attempts.pop(key, 0) + 1
        self._attempts[key] = attempt
        while len(self._attempts) > _REMEMBERED:
            self._attempts.popitem(last=False)
        return attempt

    def report(self) -> list[dict[str, object]]:
        """All faults with what should happen, and the requests each has met by path."""
        paths: dict[str, dict[str, int]] = {}
        for (name, path), requests in self.seen.items():
            paths.setdefault(name, {})[path] = requests
        return [
            {
                "name": fault.name,
                "does": fault.does,
                "when": fault.moment,
                "should": fault.should,
                "dialects": fault.dialects,
                "requests": paths.get(fault.name, {}),
            }
            for fault in FAULTS.values()
        ]
