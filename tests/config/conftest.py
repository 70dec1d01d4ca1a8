"""What the tests of configuration share."""

from pathlib import Path

import pytest

from tests.config.files import Place


@pytest.fixture
def place(user_home: Path) -> Place:
    """Nothing configured yet."""
    return Place(user_home).write()
