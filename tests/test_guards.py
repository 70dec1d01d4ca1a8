"""The guards of conftest.py stand: nothing leaves the machine, and nothing of the user's comes in."""

import os
import socket
import time
from pathlib import Path

import httpx
import pytest
import textual.constants

from tests.conftest import OutsideNetworkError


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80, 0, 0)])
def test_a_connection_to_another_machine_is_refused(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as outside, pytest.raises(OutsideNetworkError, match=address[0]):
        outside.connect(address)


@pytest.mark.parametrize("host", ["example.com", b"example.com", "192.0.2.1", "localhost.example.com"])
def test_a_name_of_another_machine_is_not_looked_up(host: str | bytes) -> None:
    with pytest.raises(OutsideNetworkError):
        socket.getaddrinfo(host, 80)


@pytest.mark.anyio
async def test_the_http_client_cannot_leave_either() -> None:
    async with httpx.AsyncClient() as client:
        with pytest.raises(OutsideNetworkError):
            await client.get("http://example.com/")


def test_a_name_reserved_not_to_exist_does_not_exist() -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("nowhere.invalid", 80)


def test_loopback_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()


def test_nothing_of_the_user_is_seen() -> None:
    assert not [name for name in os.environ if name.upper().endswith(("_API_KEY", "_PROXY"))]
    assert not [name for name in os.environ if name.startswith("SIDESTREAM_")]
    assert "sidestream-tests-" in str(Path.home())
    assert os.environ["XDG_CONFIG_HOME"].startswith(str(Path.home()))


def test_a_home_of_its_own(user_home: Path) -> None:
    assert Path.home() == user_home
    assert list(user_home.iterdir()) == []


def test_time_zone_and_animations_are_fixed() -> None:
    assert time.tzname == ("UTC", "UTC")
    assert textual.constants.TEXTUAL_ANIMATIONS == "none"
