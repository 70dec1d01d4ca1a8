"""The whole suite's guards: no network but loopback, no user's settings, no keys, one time zone, steady pictures.

Everything is set when pytest starts, not by fixtures: fixtures come too late for what is imported while tests are
collected, and a guard that a test can forget is none. Programs which tests start inherit the environment.
"""

import gc
import ipaddress
import os
import shutil
import socket
import sys
import tempfile
import time
from pathlib import Path

import hypothesis
import pytest

from tests.support.steady import steady_textual

_LONGEST = Path(__file__).parent / "hostile/test_terminal.py"
_KEPT = {"TEXTUAL_SNAPSHOT_TEMPDIR"}
"""Set by the snapshot plugin itself, before this file is read."""
_FOREIGN_NAMES = ("SIDESTREAM_", "TEXTUAL_", "OTEL_", "XDG_")
_FOREIGN_ENDINGS = ("_API_KEY", "_PROXY")
_FOREIGN = frozenset({"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "ESCDELAY", "SSLKEYLOGFILE"})
_STEADY = {
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "TEXTUAL_ANIMATIONS": "none",
    "TEXTUAL_SMOOTH_SCROLL": "0",
    "TEXTUAL_COLOR_SYSTEM": "truecolor",
}


class OutsideNetworkError(RuntimeError):
    """A test tried to leave the machine. Not an OSError, so that no code under test takes it for an answer."""


def pytest_configure(config: pytest.Config) -> None:
    """Put the guards up before anything of the project is imported."""
    gc.disable()  # until all is collected: half of that time went into looking for garbage where there is none
    home = Path(tempfile.mkdtemp(prefix="sidestream-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))
    _scrub_environment(home)
    steady_textual()
    sys.addaudithook(_refuse_outside_network)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """With several processes, let one that has nothing left take from the others."""
    if getattr(config.option, "numprocesses", None) and config.option.dist == "no":
        config.option.dist = "worksteal"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, and mostly waits: at the end it would wait alone."""
    items.sort(key=lambda item: item.path != _LONGEST)


def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what was collected, which stays until the end, and look less often for the
    rest: at Python's own pace, made for little memory, it took a quarter of the suite's time."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


def _scrub_environment(home: Path) -> None:
    for name in list(os.environ):
        upper = name.upper()
        if upper in _KEPT:
            continue
        if upper.startswith(_FOREIGN_NAMES) or upper.endswith(_FOREIGN_ENDINGS) or upper in _FOREIGN:
            del os.environ[name]
    os.environ.update(_STEADY)
    os.environ.update(_directories(home))
    time.tzset()


def _directories(home: Path) -> dict[str, str]:
    return {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
    }


def _refuse_outside_network(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook, because it sees every way to a socket, also names imported before the guard was put up."""
    match event, arguments:
        case (("socket.connect" | "socket.sendto" | "socket.sendmsg"), (_, (str() as host, *_))):
            _refuse_unless_loopback(host)
        case (("socket.getaddrinfo" | "socket.gethostbyname"), (host, *_)):
            _refuse_unless_loopback(host)


def _refuse_unless_loopback(host: object) -> None:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "localhost")
    if name.endswith(".invalid"):
        # Reserved never to exist (RFC 6761), so tests of "no such host" get their answer without asking anybody.
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    if not _is_loopback(name):
        raise OutsideNetworkError(f"a test tried to reach {name!r}; the suite runs without any network but loopback")


def _is_loopback(name: str) -> bool:
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return name == "localhost"
    return address.is_loopback or address.is_unspecified


@pytest.fixture
def user_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, with the XDG directories in it, for one test that reads or writes the user's files."""
    for name, directory in _directories(tmp_path).items():
        monkeypatch.setenv(name, directory)
    return tmp_path


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Asyncio only: the transport under the client is aiohttp's."""
    return "asyncio"


hypothesis.settings.register_profile("local", deadline=None, database=None)
hypothesis.settings.register_profile("ci", deadline=None, database=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")
