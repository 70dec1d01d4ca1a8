"""Between the run and the form for results: which calls wait, who else asked the same, and sending what was typed."""

from collections.abc import Callable

from textual.app import App

from tui.app.actions.keymap import Keymap
from tui.app.calls.calls_screen import CallResults, CallsScreen
from tui.app.calls.programs import Programs
from tui.app.run import Run
from tui.core.request import CallMade
from tui.core.same_calls import ask_the_same, passed_on


class CallDesk:
    """Opens the form for one target. What was typed in a form that was closed is there again when it opens."""

    def __init__(self, run: Run, keymap: Keymap, programs: Programs) -> None:
        self._run = run
        self._keymap = keymap
        self._programs = programs
        self._drafts: dict[str, tuple[tuple[CallMade, ...], dict[str, str]]] = {}
        """By target: the calls that waited, and what was typed for them."""

    def open(self, app: App[None], name: str, sent: Callable[[set[str]], None]) -> bool:
        """Bring up the form; False when no call of this target waits. `sent` is told whose streams go on."""
        calls = self._run.open_calls(name)
        if not calls:
            return False
        others = [other for other in self._others(name) if ask_the_same(calls, self._run.open_calls(other))]
        shown = [self._run.called(other) for other in others]
        screen = CallsScreen(
            self._keymap, self._run.called(name), calls, self._drafts_for(name, calls), self._programs, shown
        )

        def take(found: CallResults | None) -> None:
            if found is not None:
                sent(self._send(name, calls, found, others if found.for_all else []))

        app.push_screen(screen, take)
        return True

    def _send(self, name: str, calls: tuple[CallMade, ...], found: CallResults, others: list[str]) -> set[str]:
        results = {name: found.results}
        for other in others:
            if passed := passed_on(calls, found.results, self._run.open_calls(other)):
                results[other] = passed
        self._run.answer_calls(results)
        for answered in results:
            self._drafts.pop(answered, None)
        return set(results)

    def _others(self, name: str) -> list[str]:
        return [target.name for target in self._run.targets if target.name != name]

    def _drafts_for(self, name: str, calls: tuple[CallMade, ...]) -> dict[str, str]:
        kept_calls, drafts = self._drafts.get(name, ((), {}))
        if kept_calls != calls:  # another answer may use the same ids
            drafts = {}
            self._drafts[name] = (calls, drafts)
        return drafts
