"""A running demo provider for the vendors' own clients, which judge whether it speaks their protocols.

The clients are test-only (the `sdk` extra); a test without its client is skipped.
"""

from collections.abc import Iterator

import pytest

from tui.demo.process import DemoProcess


@pytest.fixture(scope="session")
def root() -> Iterator[str]:
    """The provider's URL without any path; its models answer without delay."""
    with DemoProcess(speed=0) as process:
        yield process.root_url
