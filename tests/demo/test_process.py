"""The provider as a process: it starts, answers, and never outlives its parent."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.demo.asking import RAINBOW
from tests.demo.test_dialects import WIRES, Wire
from tui.demo.command import main
from tui.demo.process import DemoProcess, DemoStartError

ROOT = Path(__file__).parents[2]
PATIENCE_S = 10
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals and sessions of POSIX")


@pytest.fixture(scope="module")
def provider() -> Iterator[DemoProcess]:
    with DemoProcess(seed=3, speed=0) as process:
        yield process


def ask(base_url: str, model: str, **options: object) -> bytes:
    body = {"model": model, "messages": [{"role": "user", "content": RAINBOW}], "stream": True} | options
    reply = httpx.post(f"{base_url}/chat/completions", json=body, timeout=PATIENCE_S, trust_env=False)
    return reply.content


@contextlib.contextmanager
def running(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """A program with pipes to all its streams; it is gone at the end, whatever the test found."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as child:
        try:
            yield child
        finally:
            child.kill()


def is_listening(base_url: str) -> bool:
    url = httpx.URL(base_url)
    with socket.socket() as probe:
        return probe.connect_ex((url.host, url.port)) == 0


def test_it_answers_over_a_real_socket(provider: DemoProcess) -> None:
    assert provider.base_url.startswith("http://127.0.0.1:")
    assert ask(provider.base_url, "swift").endswith(b"data: [DONE]\n\n")


def test_two_processes_with_one_seed_send_the_same_bytes(provider: DemoProcess) -> None:
    with DemoProcess(seed=3, speed=0) as twin:
        assert ask(twin.base_url, "caller") == ask(provider.base_url, "caller")


@pytest.mark.parametrize("is_stream", [True, False])
def test_fragile_closes_the_connection_in_mid_body(provider: DemoProcess, is_stream: bool) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        ask(provider.base_url, "fragile", stream=is_stream)


@pytest.mark.parametrize("is_stream", [True, False])
@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
def test_fragile_does_so_in_every_dialect(provider: DemoProcess, wire: Wire, is_stream: bool) -> None:
    request = wire.request("fragile", is_stream)
    url, headers = provider.root_url + request.pop("url"), {"anthropic-version": "2023-06-01"}
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(url, **request, headers=headers, timeout=PATIENCE_S, trust_env=False)


def test_the_vendors_client_reads_the_stream(provider: DemoProcess) -> None:
    openai = pytest.importorskip("openai")
    with openai.OpenAI(base_url=provider.base_url, api_key="none", max_retries=0) as client:
        stream = client.chat.completions.create(
            model="thinker",
            messages=[{"role": "user", "content": RAINBOW}],
            stream=True,
            stream_options={"include_usage": True},
        )
        *chunks, usage = list(stream)
        assert "42°" in "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
        assert chunks[-1].choices[0].finish_reason == "stop"
        assert usage.usage.completion_tokens_details.reasoning_tokens > 100
        with pytest.raises(openai.RateLimitError):
            client.chat.completions.create(model="limited", messages=[{"role": "user", "content": "hi"}])
        assert "swift" in {model.id for model in client.models.list()}


def test_the_vendors_client_collects_tool_calls(provider: DemoProcess) -> None:
    openai = pytest.importorskip("openai")
    with openai.OpenAI(base_url=provider.base_url, api_key="none", max_retries=0) as client:
        messages = [{"role": "user", "content": RAINBOW}]
        with client.chat.completions.stream(model="caller", messages=messages) as stream:
            message = stream.get_final_completion().choices[0].message
    assert [call.function.name for call in message.tool_calls] == ["search_knowledge_base", "create_report"]


def test_stop_leaves_nothing_and_may_be_repeated() -> None:
    process = DemoProcess(speed=0)
    base_url = process.start()
    pid = process.pid
    assert is_listening(base_url)
    assert repr(process) == f"<DemoProcess {pid} at {base_url}>"
    process.stop()
    assert not is_listening(base_url)
    process.stop()
    assert repr(process) == "<DemoProcess not running>"
    with pytest.raises(RuntimeError):
        _ = process.base_url


def test_it_may_be_started_again_after_a_stop() -> None:
    process = DemoProcess(speed=0)
    process.start()
    process.stop()
    with process:
        assert is_listening(process.base_url)


def test_a_provider_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    process = DemoProcess(speed=-1)
    with pytest.raises(DemoStartError, match=r"exited before it was ready(?s:.*)-1 is not a number of 0 or more"):
        process.start()
    assert process.pid is None
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(DemoStartError, match="/nowhere/python"):
        DemoProcess().start()


def test_a_provider_that_is_too_slow_is_stopped() -> None:
    process = DemoProcess()
    process.launch()
    with pytest.raises(DemoStartError, match="not ready within 0 s"):
        process.wait_ready(timeout_s=0)
    assert process.pid is None


@posix_only
def test_stopping_ends_the_waiting_of_another_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    never_ready = tmp_path / "python"
    never_ready.write_text("#!/bin/sh\nexec cat\n")
    never_ready.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(never_ready))
    process = DemoProcess()
    process.launch()
    failures: list[RuntimeError] = []
    started = threading.Event()

    def wait() -> None:
        started.set()
        try:
            process.wait_ready()
        except RuntimeError as error:  # DemoStartError, or RuntimeError when the stop was the quicker one
            failures.append(error)

    waiter = threading.Thread(target=wait)
    waiter.start()
    assert started.wait(PATIENCE_S)
    process.stop()
    waiter.join(PATIENCE_S)
    assert len(failures) == 1


@posix_only
def test_the_child_sees_the_environment_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OURS", "hush-hush")
    given = {name: value for name, value in os.environ.items() if name != "OURS"}
    with DemoProcess(environment={**given, "KEYBOARD": "hush-no"}) as process:
        if not Path("/proc").is_dir():
            pytest.skip("needs /proc to look at another process")
        environment = Path(f"/proc/{process.pid}/environ").read_bytes()
    assert b"hush-hush" not in environment
    assert b"KEYBOARD=hush-no" in environment


@posix_only
def test_the_child_has_a_session_of_its_own(provider: DemoProcess) -> None:
    assert provider.pid is not None
    assert os.getsid(provider.pid) == provider.pid


_PARENT = """
import sys
from tui.demo.process import DemoProcess
process = DemoProcess(speed=1)
print(process.start(), process.pid, flush=True)
sys.stdin.read()
"""


@posix_only
def test_the_child_dies_with_a_killed_parent() -> None:
    """The stream that the child was sending breaks off: were the child alive, it would come to its end."""
    with running([sys.executable, "-c", _PARENT]) as parent:
        assert parent.stdout is not None
        base_url = parent.stdout.readline().split()[0]
        body = {"model": "load-100-300", "messages": [{"role": "user", "content": "x"}], "stream": True}
        with httpx.stream(
            "POST", f"{base_url}/chat/completions", json=body, timeout=PATIENCE_S, trust_env=False
        ) as reply:
            pieces = reply.iter_raw()
            assert next(pieces).startswith(b"data: ")
            parent.kill()
            with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
                list(pieces)


@posix_only
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_signal_stops_it_cleanly_even_in_mid_stream(number: signal.Signals, status: int) -> None:
    with running([sys.executable, "-m", "tui.demo", "--speed", "1"]) as child:
        assert child.stdout is not None
        base_url = child.stdout.readline().split()[1]
        body = {"model": "load-100-100000", "messages": [{"role": "user", "content": "x"}], "stream": True}
        with httpx.stream(
            "POST", f"{base_url}/chat/completions", json=body, timeout=PATIENCE_S, trust_env=False
        ) as reply:
            pieces = reply.iter_raw()  # kept: an iterator that is thrown away closes the connection
            assert next(pieces)
            child.send_signal(number)
            said, complained = child.communicate(timeout=PATIENCE_S)
    assert child.returncode == status
    assert (said, complained) == ("", "")


def test_planned_deaths_are_not_logged() -> None:
    with running([sys.executable, "-m", "tui.demo", "--speed", "0", "--exit-with-stdin"]) as child:
        assert child.stdout is not None
        base_url = child.stdout.readline().split()[1]
        with pytest.raises(httpx.RemoteProtocolError):
            ask(base_url, "fragile")
        assert child.communicate(timeout=PATIENCE_S) == ("", "")


def test_a_port_in_use_is_an_error_with_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port)]) == 1
    assert f"cannot listen on port {port}: " in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--port", "70000"], ["--speed", "inf"], ["--seed", "x"]])
def test_wrong_options_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert arguments[0] in capsys.readouterr().err
