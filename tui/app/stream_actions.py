"""What the dashboard does to streams: stop them, ask again, go on with an answer, give results for calls."""

from tui.app.calls.call_desk import CallDesk
from tui.app.dashboard_part import DashboardPart
from tui.app.notices import say
from tui.core.clean import clean_line


class StreamActions(DashboardPart):
    """The part of the dashboard that acts on the stream the user is at, or on all."""

    call_desk: CallDesk

    def action_cancel_stream(self) -> None:
        """Stop the stream the user is at."""
        name = self.view.target_name
        if name is not None and not self.run.cancel(name):
            say(self, f"{clean_line(self.run.called(name))} is not running.")
        self.show_now()

    def action_cancel_all(self) -> None:
        """Stop everything that runs."""
        if not self.run.cancel_all():
            say(self, f"Nothing is running. {self.key_named('app.quit')} quits.")
        self.show_now()

    def action_continue_stream(self) -> None:
        """Go on with the answer the user is at."""
        name = self.view.target_name
        if name is None:
            return
        way = self.run.go_on(name)
        if way is None:
            called = self.run.called(name)
            is_running = self.run.is_running(name)
            say(self, f"{called} is still running." if is_running else f"{called} has no answer that was cut off.")
        elif way == "ask" and not self.run.blind.hides:  # which servers have to be asked is known
            say(self, f"{name} cannot write on in its own answer, so it is asked to go on.")
        self.show_now({name})

    def action_retry_stream(self) -> None:
        """Ask the target the user is at again."""
        target = self.run.target(self.view.target_name)
        if target is None or self.run.prompt is None or self.run.state(target.name) is None:
            say(self, "There is nothing to retry yet.")
        elif self.run.retry(target):
            self.app.clear_notifications()
            self.show_now({target.name})
        else:
            called = clean_line(self.run.called(target.name))
            say(self, f"{called} is still running; {self.key_named('stream.cancel')} cancels it.")

    def action_retry_all(self) -> None:
        """Ask again every target that has ended."""
        if self.run.prompt is None:
            say(self, "There is nothing to retry yet.")
        elif self.run.retry_all():
            self.app.clear_notifications()
            self.show_figures()
        else:
            say(self, f"All are still running; {self.key_named('run.cancel')} cancels them.")

    def action_answer_calls(self) -> None:
        """Give results for the calls the user is at."""
        name = self.view.target_name
        if name is None:
            return
        called = clean_line(self.run.called(name))
        if self.run.is_running(name):
            say(self, f"{called} is still running.")
        elif not self.call_desk.open(self.app, name, self._calls_answered):
            say(self, f"{called} has made no calls that wait for a result.")

    def _calls_answered(self, names: set[str]) -> None:
        self.app.clear_notifications()
        self.show_now(names)
