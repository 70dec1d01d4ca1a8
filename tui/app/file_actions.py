"""What the dashboard does with files: tools and a schema go in, the run comes out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from tui.app import exporting
from tui.app.dashboard_part import DashboardPart
from tui.app.dialogs.file_dialog import FileDialog
from tui.app.loading import SchemaFound, schema_at, tools_at
from tui.app.notices import say
from tui.core.clean import Clean, clean_line
from tui.core.export import ENDINGS
from tui.core.tool_definitions import tools_words

_JSON_PATH: Final = Clean("path of a JSON file; empty for none")


class FileActions(DashboardPart):
    """The part of the dashboard that reads and writes what the user names."""

    def action_load_tools(self) -> None:
        """Ask for a file with tools."""
        dialog = FileDialog(self.keymap, Clean("load tools"), _JSON_PATH, tools_at)
        self.app.push_screen(dialog, self._take_tools)

    def _take_tools(self, tools: tuple[Mapping[str, Any], ...] | None) -> None:
        if tools is not None:
            self.run.set_tools(tools)
            self.conversing.show()
            say(self, f"{tools_words(len(tools))} from now on." if tools else "No tools from now on.")

    def action_load_schema(self) -> None:
        """Ask for a file with a JSON schema."""
        dialog = FileDialog(self.keymap, Clean("load a schema"), _JSON_PATH, schema_at)
        self.app.push_screen(dialog, self._take_schema)

    def _take_schema(self, found: SchemaFound | None) -> None:
        if found is not None:
            self.run.set_schema(found.schema)
            self.conversing.show()
            said = "Answers have to follow the schema" if found.schema is not None else "Answers are free text"
            say(self, f"{said} from now on.")

    def action_export(self) -> None:
        """Ask where to, and write the run there."""
        if self.run.blind.hides:
            say(self, f"An export tells who is who; vote first ({self.run.blind.vote_key}).")
            return
        if exporting.is_empty(self.run):
            say(self, "There is nothing to export yet.")
            return
        dialog = FileDialog(
            self.keymap,
            Clean("export the run"),
            Clean("path of a file"),
            exporting.ChosenDestination(),
            path=exporting.usual_name(datetime.now()),
            hint=clean_line(f"Its ending is the format: {' '.join(ENDINGS)}"),
        )
        self.app.push_screen(dialog, self._export_to)

    def _export_to(self, to: exporting.Destination | None) -> None:
        if to is not None and not exporting.is_empty(self.run):
            self.run_worker(self._export(exporting.run_object(self.run), to))

    async def _export(self, found: dict[str, Any], to: exporting.Destination) -> None:
        say(self, await exporting.save(found, to))
