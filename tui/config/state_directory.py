"""Where what is neither configuration nor data goes: the log."""

from pathlib import Path

import platformdirs


def state_directory() -> Path:
    """The directory, which may not exist yet."""
    return platformdirs.user_state_path("sidestream", appauthor=False)
