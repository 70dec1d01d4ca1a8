"""Colour themes: TOML files of colours, checked before Textual sees them.

The app registers `load_themes([shipped_directory(), user_directory]).themes`, shows `.problems`, and returns
`variables_for(self.current_theme)` (or `variable_defaults(dark)`) from `get_theme_variable_defaults()`, so that
every variable our TCSS names exists under every theme, Textual's built-in ones included.
"""

from tui.app.themes.catalogue import ThemeCatalogue, load_themes, shipped_directory
from tui.app.themes.file import ThemeFileError, load_theme_file
from tui.app.themes.variables import VARIABLES, variable_defaults, variables_for

__all__ = [
    "VARIABLES",
    "ThemeCatalogue",
    "ThemeFileError",
    "load_theme_file",
    "load_themes",
    "shipped_directory",
    "variable_defaults",
    "variables_for",
]
