"""What the dashboard does to its line-up: targets come, go and change while the others stream."""

from collections.abc import Mapping

from tui.app.dashboard_part import DashboardPart
from tui.app.dialogs.yes_no import YesNo
from tui.app.lineup.lineup_dialog import LineupDialog, Wish
from tui.app.lineup.lineups import FULL, MAX_TARGETS, Draft
from tui.app.lineup.target_form import TargetForm
from tui.app.notices import say
from tui.app.shown import Words, content, toast
from tui.app.terminal.key_waiting import off_the_loop
from tui.core.clean import clean, clean_line
from tui.core.errors import SidestreamError
from tui.core.target import Target


class LineupActions(DashboardPart):
    """The part of the dashboard that changes the line-up."""

    # -- one target -------------------------------------------------------------------------------------------------

    def action_add_target(self) -> None:
        """Ask which, then add it behind the one the user is at."""
        if self._is_open() and self._has_room():
            at = self._target()
            provider = at.provider if at else self.lineups.providers()[0]
            draft = Draft(provider, options=self.lineups.usual_options)
            self.run_worker(self._add("add a target", draft, at))

    def action_duplicate_target(self) -> None:
        """The same once more, with the form open for what is to differ."""
        at = self._target()
        if self._is_open() and at is not None and self._has_room():
            self.run_worker(self._add(f"duplicate {at.name}", self.lineups.draft_of(at), at))

    def action_edit_target(self) -> None:
        """Change it, for the next prompt."""
        at = self._target()
        if self._is_open() and at is not None:
            self.run_worker(self._edit(at))

    def action_remove_target(self) -> None:
        """Take it out; a stream that runs is only given up after a yes."""
        at = self._target()
        if at is None or not self._is_open():
            return
        if len(self.run.targets) == 1:
            say(self, "This is the only target; add another one before you remove it.")
            return
        self.run_worker(self._remove(at))

    def action_move_target(self, by: int) -> None:
        """Change places with its neighbour."""
        at = self._target()
        if self._is_open() and at is not None and self.run.move(at.name, by):
            self._changed()

    async def _add(self, title: str, draft: Draft, at: Target | None) -> None:
        target = await self._filled_in(title, draft, [each.name for each in self.run.targets])
        if target is not None and self._has_room():
            self.run.add(target, at.name if at else None)
            self._changed()
            self.call_after_refresh(self.view.go_to_added, target.name)  # there is a pane only then
            say(self, f"Added {clean_line(target.name)}; the next prompt asks it too.")

    async def _edit(self, at: Target) -> None:
        others = [each.name for each in self.run.targets if each.name != at.name]
        target = await self._filled_in(f"edit {at.name}", self.lineups.draft_of(at), others)
        if target is None or at not in self.run.targets:
            return
        if target.name != at.name and self._runs(at.name):
            say(self, f"{clean_line(at.name)} is still running; cancel it before you give it another name.")
            return
        self.run.replace(at.name, target)
        self._changed({at.name: target.name})
        say(self, f"The next prompt asks {clean_line(target.name)} in this way.")

    async def _remove(self, at: Target) -> None:
        if self._runs(at.name) and not await self._sure(f"{at.name} is still running. Stop it and remove it?"):
            return
        if at.name in [each.name for each in self.run.targets] and len(self.run.targets) > 1:
            self.run.remove(at.name)
            self._changed()
            say(self, f"Removed {clean_line(at.name)}.")

    async def _filled_in(self, title: str, draft: Draft, taken: list[str]) -> Target | None:
        form = TargetForm(self.keymap, title, draft, self.lineups, self.run.engine, taken)
        return await self.app.push_screen_wait(form)

    # -- all of them ------------------------------------------------------------------------------------------------

    def action_lineups(self) -> None:
        """Switch, save, delete."""
        if self._is_open():
            self.run_worker(self._choose_lineup())

    async def _choose_lineup(self) -> None:
        wish = await self.app.push_screen_wait(LineupDialog(self.keymap, self.lineups))
        try:
            match wish:
                case Wish("switch", name):
                    await self._switch(name)
                case Wish("save", name):
                    await self._save(name)
                case Wish("delete", name):
                    await self._delete(name)
        except SidestreamError as exc:
            words = str(exc)
            say(self, f"{words[:1].upper()}{words[1:]}.", warning=True)

    async def _switch(self, name: str) -> None:
        running = sum(self._runs(target.name) for target in self.run.targets)
        streams = "1 stream is" if running == 1 else f"{running} streams are"
        if running and not await self._sure(f"{streams} still running. Stop and switch to {name}?"):
            return
        asks = self.lineups.asks_for_keys(name)
        targets = await off_the_loop(self.app, lambda: self.lineups.targets_of(name), asks=asks)
        if not self._is_open():  # a prompt was sent while a key was waited for
            return
        for target in targets:
            self.run.engine.learn(target)
        self.lineups.name, self.lineups.is_changed = name, False
        self.run.start_over(targets, self.lineups.lineups[name].system)
        self._show_others({})
        say(self, f"Line-up {clean_line(name)}.")

    async def _save(self, name: str) -> None:
        is_another = name in self.lineups.lineups and name != self.lineups.name
        if is_another and not await self._sure(f"There is a line-up {name}. Put this one in its place?"):
            return
        self.lineups.save(name, self.run.targets, self.run.system)
        self._remember()
        say(self, f"Saved as {clean_line(name)}; --lineup {clean_line(name)} asks it.")

    async def _delete(self, name: str) -> None:
        if not self.lineups.can_delete(name):
            say(self, f"{clean_line(name)} is written in a configuration file of yours; delete it there.")
        elif await self._sure(f"Delete the line-up {name}? Its targets here go on."):
            self.lineups.delete(name)
            self._remember()
            say(self, f"Deleted {clean_line(name)}.")

    # -- helpers ----------------------------------------------------------------------------------------------------

    def _target(self) -> Target | None:
        """The target the user is at; without one, the last."""
        name = self.view.target_name
        return next((each for each in self.run.targets if each.name == name), self.run.targets[-1])

    def _runs(self, name: str) -> bool:
        state = self.run.state(name)
        return state is not None and not state.is_over

    def _is_open(self) -> bool:
        """Whether the line-up may be looked at and changed; says why not."""
        if self.run.blind.hides:
            say(self, f"Vote first ({self.run.blind.vote_key}), or leave blind mode: the line-up tells who is who.")
        return not self.run.blind.hides

    def _has_room(self) -> bool:
        if len(self.run.targets) < MAX_TARGETS:
            return True
        say(self, FULL)
        return False

    async def _sure(self, question: str) -> bool:
        return await self.app.push_screen_wait(YesNo(self.keymap, [Words(content(clean(question)))]))

    def _changed(self, renamed: Mapping[str, str] | None = None) -> None:
        self.lineups.is_changed = True
        self._show_others(renamed or {})

    def _show_others(self, renamed: Mapping[str, str]) -> None:
        self.end_round_for_line_up()
        for view in self.all_views():
            view.targets_changed(renamed)
        self._remember()
        self.refresh_bindings()
        self.call_after_refresh(self.show_now)

    def _remember(self) -> None:
        self.lineups.remember(self.run.targets, self.run.system)
        self.say_what_is_forgotten()

    def say_what_is_forgotten(self) -> None:
        """That the line-up cannot be remembered: once, and beside what else is said of this change."""
        if problem := self.lineups.take_problem():
            self.call_later(toast, self.app, clean_line(problem), "warning", seconds=8)
