"""Where sidestream keeps its own files on each system."""

from pathlib import Path

import platformdirs


def user_state_directory() -> Path:
    """For what is written without being asked for: crash reports. It may not exist."""
    return platformdirs.user_state_path("sidestream", appauthor=False)
