"""What can be set while the program runs. Each change shows at once and holds until the end of the session."""

from collections.abc import Callable
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from tui.app.actions import Place
from tui.app.actions.keymap import Keymap
from tui.app.dialogs.dialog import Dialog
from tui.app.shown import Words, assembled
from tui.core.clean import Clean, clean_line

_LABEL_WIDTH = 16


@dataclass(frozen=True, slots=True)
class Setting:
    """One row: a choice of several values."""

    label: str
    key: str
    """Its name in the configuration, `ui.theme`."""
    values: tuple[str, ...]
    """As the configuration writes them."""
    get: Callable[[], str]
    set: Callable[[str], None]

    def moved(self, by: int) -> str:
        """The value `by` places on, round and round."""
        now = self.get()
        at = self.values.index(now) if now in self.values else 0
        return self.values[(at + by) % len(self.values)]

    def permanent(self) -> str:
        """The line of the configuration that makes the value in force the usual one."""
        value = self.get()
        section, _, name = self.key.partition(".")
        written = value if value in ("true", "false") else f'"{value}"'
        return f"[{section}] {name} = {written}"


class SettingRow(Words):
    """One setting; a click chooses the next value."""

    DEFAULT_CSS = """
    SettingRow { width: 100%; height: 1; padding: 0 1; }
    SettingRow.-current { background: $panel; text-style: bold; }
    """

    @dataclass
    class Clicked(Message):
        """The user clicked this row."""

        index: int

    def __init__(self, index: int, setting: Setting) -> None:
        super().__init__()
        self._index = index
        self._setting = setting

    def show_value(self, is_current: bool) -> None:
        """Draw the value in force."""
        self.set_class(is_current, "-current")
        self.show(
            assembled(
                (clean_line(f"{self._setting.label:<{_LABEL_WIDTH}}"), "$metric-label"),
                (Clean("‹ ") if is_current else Clean("  "), "$accent"),
                (clean_line(self._setting.get()), ""),
                (Clean(" ›") if is_current else Clean(""), "$accent"),
            )
        )

    def on_click(self) -> None:
        """Tell which one."""
        self.post_message(self.Clicked(self._index))


class SettingsScreen(Dialog[None]):
    """Rows of settings: up and down choose one, left and right change it."""

    DEFAULT_CSS = """
    SettingsScreen {
        background: $background 20%;  /* themes are tried here */
        & > Vertical {
            width: 64; height: auto;
        }
        & #permanent { height: auto; margin-top: 1; padding: 0 1; color: $text-muted; }
    }
    """

    def __init__(self, keymap: Keymap, settings: list[Setting]) -> None:
        super().__init__()
        keymap.bind(self, Place.SETTINGS)
        self._settings = settings
        self._at = 0
        self._rows = [SettingRow(index, setting) for index, setting in enumerate(settings)]
        self._permanent = Words(id="permanent")

    def compose(self) -> ComposeResult:
        """The rows, and how to keep what was chosen."""
        with Vertical() as box:
            box.border_title = "settings"
            box.border_subtitle = "arrows choose and change · escape closes"
            yield from self._rows
            yield self._permanent

    def on_mount(self) -> None:
        """Show the values in force."""
        self._show()

    def on_setting_row_clicked(self, message: SettingRow.Clicked) -> None:
        """The next value of that row."""
        self._at = message.index
        self.action_change_setting(1)

    def action_choose_setting(self, by: int) -> None:
        """Another row."""
        self._at = (self._at + by) % len(self._settings)
        self._show()

    def action_change_setting(self, by: int) -> None:
        """Another value, in force at once."""
        setting = self._settings[self._at]
        setting.set(setting.moved(by))
        self._show()

    def action_close_settings(self) -> None:
        """Back to the dashboard."""
        self.dismiss()

    def _show(self) -> None:
        for index, row in enumerate(self._rows):
            row.show_value(index == self._at)
        line = self._settings[self._at].permanent()
        self._permanent.show(
            assembled((Clean("to keep it, write in config.toml\n"), ""), (clean_line(line), "$foreground"))
        )
