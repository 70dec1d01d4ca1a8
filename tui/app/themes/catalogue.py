"""All theme files of some directories as one set of themes by name.

Called by the app at start and when the user asks to reload. A bad file costs that file and a sentence, never the rest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from textual.theme import BUILTIN_THEMES, Theme

from tui.app.themes.file import ThemeFileError, load_theme_file

_TUI = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class ThemeCatalogue:
    """`themes` sorted by name, each name once; `problems` are sentences for the user, each naming its file."""

    themes: tuple[Theme, ...]
    problems: tuple[str, ...]

    @property
    def choosable(self) -> frozenset[str]:
        """Names of all themes there are, Textual's own included."""
        return frozenset([*BUILTIN_THEMES, *(theme.name for theme in self.themes)])


def shipped_directory() -> Path:
    """Where sidestream's own themes are: beside the package's code when installed, in `themes/` in a checkout."""
    return _shipped_beside(_TUI)


def _shipped_beside(package: Path) -> Path:
    installed = package / "themes"
    return installed if installed.is_dir() else package.parent / "themes"


def load_themes(directories: Iterable[Path]) -> ThemeCatalogue:
    """Load every `*.toml` of each directory; a later directory's theme replaces an earlier one of that name.

    A directory that does not exist holds no themes and is no problem: the user's usually is not there.
    """
    themes: dict[str, Theme] = {}
    problems: list[str] = []
    for directory in directories:
        found, complaints = _load_directory(directory)
        themes |= found
        problems += complaints
    return ThemeCatalogue(tuple(themes[name] for name in sorted(themes)), tuple(problems))


def _load_directory(directory: Path) -> tuple[dict[str, Theme], list[str]]:
    themes: dict[str, Theme] = {}
    holders: dict[str, Path] = {}
    problems: list[str] = []
    try:
        paths = _theme_paths(directory)
    except OSError as error:
        cause = ThemeFileError(directory, (f"themes cannot be listed: {error.strerror or type(error).__name__}",))
        return {}, list(cause.complaints)
    for path in paths:
        try:
            theme = load_theme_file(path)
            _refuse_second(theme, path, holders)
        except ThemeFileError as error:
            problems += error.complaints
        else:
            themes[theme.name] = theme
    return themes, problems


def _theme_paths(directory: Path) -> list[Path]:
    try:
        entries = sorted(directory.iterdir())
    except FileNotFoundError:
        return []
    return [path for path in entries if path.suffix == ".toml" and not path.name.startswith(".")]


def _refuse_second(theme: Theme, path: Path, holders: dict[str, Path]) -> None:
    """Within one directory neither file is later, so the second is refused by name rather than by luck."""
    holder = holders.setdefault(theme.name, path)
    if holder is not path:
        raise ThemeFileError(path, (f'"{theme.name}" is already the name of {holder.name}, expected another',))
