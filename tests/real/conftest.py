"""A real server to test against: llama.cpp's, with a model so small that it can be part of the repository."""

import importlib.util
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

HERE = Path(__file__).parent
_READY_SECONDS = 60.0
_POLL_SECONDS = 0.05


@pytest.fixture(scope="session")
def llama_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL (`http://127.0.0.1:PORT/v1`) of a llama.cpp server which answers as the model `tiny`.

    One for each pytest process: it is ready in a fifth of a second and takes 40 MB, less than sharing it would cost.
    """
    if importlib.util.find_spec("xllamacpp") is None:
        pytest.skip("llama.cpp's server is not installed: pip install -e '.[real]'")
    log_file = tmp_path_factory.mktemp("llama-server") / "log.txt"
    with log_file.open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, HERE / "llama_server.py", HERE / "model/tiny.gguf"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
        )
    try:
        address = _wait_until_ready(server, log_file)
        yield f"{address}/v1"
    finally:
        server.kill()
        server.communicate()


def _wait_until_ready(server: subprocess.Popen[bytes], log_file: Path) -> str:
    deadline = time.monotonic() + _READY_SECONDS
    address = _address(server, deadline)
    while address and server.poll() is None and time.monotonic() < deadline:
        if _is_healthy(address):
            return address
        time.sleep(_POLL_SECONDS)
    raise RuntimeError(f"llama.cpp's server did not become ready; its log:\n{log_file.read_text(errors='replace')}")


def _address(server: subprocess.Popen[bytes], deadline: float) -> str:
    """The first line the server prints; empty when it ended or did not come in time."""
    assert server.stdout is not None
    line = b""
    while not line.endswith(b"\n"):
        readable, _, _ = select.select([server.stdout], [], [], max(0.0, deadline - time.monotonic()))
        data = os.read(server.stdout.fileno(), 1024) if readable else b""
        if not data:
            return ""
        line += data
    return line.decode().strip()


def _is_healthy(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health", timeout=5).is_success
    except httpx.TransportError:
        return False
