"""Starts the demo provider as a child process and makes sure that it never outlives its parent.

Called by the command line for `sidestream demo` and by tests. Only the standard library is imported, so that it costs
a quick start-up nothing. The child holds the read end of a pipe from the parent as its standard input: the system
closes that pipe when the parent ends, by SIGKILL too, and the child exits at its end.
"""

import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO

_READY = "READY "
_IMPORT_ROOT = Path(__file__).resolve().parents[2]
_STOP_PATIENCE_S = 3.0
_SHOWN_STDERR_LINES = 5


class DemoStartError(RuntimeError):
    """The demo provider did not start; the message says why and quotes what it wrote."""


class _Child:
    """A launched provider, until its end."""

    def __init__(self, process: subprocess.Popen[bytes], stderr: IO[bytes]) -> None:
        self.process = process
        self.first_line: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        """Gets what the child says first; b"" when it says nothing."""
        self._stderr = stderr
        self._last_words: str | None = None
        # A thread that waits for the child and one that stops it may both come to end it.
        self._ending = threading.Lock()
        self._reader = threading.Thread(target=self._read_first_line, daemon=True)
        self._reader.start()

    def end(self) -> str:
        """End the process, reap it and release its pipes; its last words. May be called again and by any thread."""
        with self._ending:
            if self._last_words is None:
                self._shut_down()
                self._last_words = self._read_last_words()
            return self._last_words

    def _shut_down(self) -> None:
        """Closing its standard input asks the child to exit; it is killed when it does not."""
        assert self.process.stdin is not None and self.process.stdout is not None  # noqa: PT018
        self.process.stdin.close()
        try:
            self.process.wait(_STOP_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        # With the process gone the reader is at its end of file; closing the pipe under its hands would be an error.
        self._reader.join()
        self.process.stdout.close()

    def _read_first_line(self) -> None:
        assert self.process.stdout is not None
        self.first_line.put(self.process.stdout.readline())

    def _read_last_words(self) -> str:
        with self._stderr as stderr:
            stderr.seek(0)
            said = stderr.read().decode(errors="replace").strip().splitlines()
        return "\n".join(said[-_SHOWN_STDERR_LINES:])


class DemoProcess:
    """One demo provider in a process of its own.

    `start` is `launch` followed by `wait_ready`; only the latter blocks, and it may be called in a thread.
    """

    def __init__(
        self, seed: int | None = None, speed: float = 1.0, environment: Mapping[str, str] | None = None
    ) -> None:
        """`seed` None leaves the provider's own default; `speed` multiplies the pace of its models, 0 for no delays.

        `environment` is the child's; None gives it our own. It needs no key, so it should be given none.
        """
        self._arguments = ["--port", "0", "--speed", str(speed), "--exit-with-stdin"]
        if seed is not None:
            self._arguments += ["--seed", str(seed)]
        self._environment = os.environ if environment is None else environment
        self._child: _Child | None = None
        self._base_url: str | None = None

    def __repr__(self) -> str:
        if self._child is None:
            return "<DemoProcess not running>"
        return f"<DemoProcess {self.pid} at {self._base_url or 'a port not known yet'}>"

    def __enter__(self) -> "DemoProcess":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        """For example `http://127.0.0.1:40123/v1`. Raises RuntimeError unless the provider is ready."""
        if self._base_url is None:
            raise RuntimeError("the demo provider is not running")
        return self._base_url

    @property
    def root_url(self) -> str:
        """`base_url` without its path, for the dialects whose paths begin elsewhere. Raises RuntimeError likewise."""
        return self.base_url.removesuffix("/v1")

    @property
    def pid(self) -> int | None:
        """The child's process id; None while there is no child."""
        return None if self._child is None else self._child.process.pid

    def start(self, timeout_s: float = 15.0) -> str:
        """Launch the provider, wait until it answers and return its base URL. Raises DemoStartError."""
        self.launch()
        return self.wait_ready(timeout_s)

    def launch(self) -> None:
        """Start the child without waiting for it. Raises DemoStartError when there is no way to run it."""
        if self._child is not None:
            raise RuntimeError("the demo provider was already launched")
        # A file and not a pipe: nobody reads it while all is well, and a full pipe would stop the child.
        stderr = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
        try:
            process = _spawn([sys.executable, "-m", "tui.demo", *self._arguments], stderr, self._environment)
        except OSError as error:
            stderr.close()
            raise DemoStartError(f"cannot run {sys.executable}: {error.strerror or error}") from error
        self._child = _Child(process, stderr)

    def wait_ready(self, timeout_s: float = 15.0) -> str:
        """Wait until the launched child answers and return its base URL; calling it again is free.

        Raises DemoStartError, and stops the child, when it exits, is stopped meanwhile or is not ready in time.
        """
        child = self._child
        if child is None:
            raise RuntimeError("the demo provider was not launched")
        if self._base_url is not None:
            return self._base_url
        try:
            line = child.first_line.get(timeout=timeout_s).decode(errors="replace").strip()
        except queue.Empty:
            raise self._failed(child, f"was not ready within {timeout_s:g} s") from None
        if self._child is not child:
            raise DemoStartError("the demo provider was stopped before it was ready")
        if not line.startswith(_READY):
            raise self._failed(child, f"said {line!r} instead of READY" if line else "exited before it was ready")
        self._base_url = line.removeprefix(_READY)
        return self._base_url

    def stop(self) -> None:
        """Stop the child and wait for its end, at most some seconds. Does nothing when it is not running."""
        child, self._child, self._base_url = self._child, None, None
        if child is not None:
            child.end()

    def _failed(self, child: _Child, what: str) -> DemoStartError:
        """Stops the child; the error to raise, with the child's last words."""
        said = child.end()
        if self._child is child:
            self._child = None
        return DemoStartError(f"the demo provider {what}\n{said}".strip())


def _spawn(command: list[str], stderr: IO[bytes], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    creation_flags = 0
    if sys.platform == "win32":
        creation_flags = subprocess.CREATE_NEW_PROCESS_GROUP
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        # `-m` puts the working directory first on the import path: with the user's own, a file lying there would
        # be imported, and this package might not be found.
        cwd=_IMPORT_ROOT,
        # This switch would keep the working directory off the import path.
        env={name: value for name, value in environment.items() if name != "PYTHONSAFEPATH"},
        # A session of its own: the terminal's ctrl+c is for the parent.
        start_new_session=sys.platform != "win32",
        creationflags=creation_flags,
    )
