"""Configuration files for one test, in a folder of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tui.config.load import Flags, Loaded, load_settings
from tui.config.problems import SettingsError
from tui.config.settings import Settings


@dataclass
class Place:
    """A user's configuration and a project below it."""

    root: Path

    @property
    def user(self) -> Path:
        return self.root / "config" / "sidestream" / "config.toml"

    @property
    def project(self) -> Path:
        return self.root / "src" / "repo" / ".sidestream.toml"

    def write(self, user: str | bytes | None = None, project: str | bytes | None = None) -> "Place":
        for file, content in ((self.user, user), (self.project, project)):
            file.parent.mkdir(parents=True, exist_ok=True)
            if content is not None:
                file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self

    def load(self, environment: Mapping[str, str] | None = None, flags: Flags | None = None) -> Loaded:
        """What is loaded in a folder of the project."""
        inner = self.project.parent / "a" / "b"
        inner.mkdir(parents=True, exist_ok=True)
        return load_settings(environment or {}, folder=inner, flags=flags)

    def settings(self, environment: Mapping[str, str] | None = None, flags: Flags | None = None) -> Settings:
        return self.load(environment, flags).settings

    def problems(self, environment: Mapping[str, str] | None = None) -> list[str]:
        """The sentences of the one error, with the folder left out."""
        with pytest.raises(SettingsError) as caught:
            self.load(environment)
        lines = [str(problem).replace(str(self.root), "") for problem in caught.value.problems]
        assert all(line.replace(str(self.root), "") in str(caught.value).replace(str(self.root), "") for line in lines)
        return lines
