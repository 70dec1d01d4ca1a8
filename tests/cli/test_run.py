"""`sidestream run`: the same engine without a screen, as scripts see it."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import COMMAND, PATIENCE_S, ROOT, environment, sidestream, within
from tests.cli.server import stalling_server
from tui.demo.process import DemoProcess

KEY = "sk-never-to-be-seen-0123456789"
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

TARGET_FIELDS = {
    *("name", "provider", "dialect", "model_requested", "model", "response_id", "complete", "state", "end"),
    *("schema_valid", "schema_errors"),
    *("choices", "usage", "cost", "remarks", "server_timings", "error", "attempts", "connection", "counts", "metrics"),
}
CHOICE_FIELDS = {
    *("index", "text", "reasoning", "refusal", "tool_calls", "function_call", "finish_reason", "finish_reason_raw"),
}
ERROR_FIELDS = {"kind", "message", "type", "code", "status", "retryable", "retry_after_s"}


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    """The base URL of a demo provider that answers at once."""
    with DemoProcess(seed=7, speed=0) as process:
        yield process.base_url


def run_json(demo: str, *words: str, status: int = 0) -> dict[str, Any]:
    done = within("run", "--base-url", demo, "--format", "json", *words)
    assert done.status == status, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


# -- text -----------------------------------------------------------------------------------------------------------


def test_one_answer_is_printed_alone(demo: str) -> None:
    done = sidestream("run", "Why is the sky blue?", "-m", "swift", "--base-url", demo)
    assert (done.status, done.err) == (0, "")
    assert done.out.strip()
    assert "##" not in done.out.splitlines()[0]


def test_several_answers_stand_under_their_names_in_the_order_asked(demo: str) -> None:
    words = ("-m", "b=swift", "-m", "a=polyglot", "-m", "swift")
    done = within("run", "Why is the sky blue?", *words, "--base-url", demo)
    assert done.status == 0
    heads = [line for line in done.out.splitlines() if line in ("## a", "## b", "## swift")]
    assert heads == ["## b", "## a", "## swift"]


def test_the_same_model_twice_is_told_apart(demo: str) -> None:
    found = run_json(demo, "hi", "-m", "swift", "-m", "swift,temperature=0")
    assert [target["name"] for target in found["targets"]] == ["swift#1", "swift#2"]


def test_output_is_utf_8_whatever_the_locale(demo: str) -> None:
    words = ("run", "Greet me.", "-m", "polyglot", "--base-url", demo)
    there, here = sidestream(*words, LC_ALL="C", PYTHONIOENCODING="ascii"), sidestream(*words)
    assert there == here
    assert not here.out.isascii()


def test_a_tool_call_is_printed_as_a_call(demo: str) -> None:
    done = within("run", "What is the weather in Oslo?", "-m", "caller", "--base-url", demo)
    assert done.status == 0
    assert "({" in done.out


# -- json -----------------------------------------------------------------------------------------------------------


def test_json_is_one_object_with_the_documented_names(demo: str) -> None:
    found = run_json(demo, "Why is the sky blue?", "-m", "swift", "-m", "caller")
    assert set(found) == {"schema", "id", "prompt", "started_at", "targets"}
    assert (found["schema"], found["prompt"]) == ("sidestream.run/1", "Why is the sky blue?")
    for target in found["targets"]:
        assert set(target) == TARGET_FIELDS
        assert set(target["counts"]) == {"payloads", "undecodable", "comments", "bytes", "reads", "attempts"}
        assert {"prompt", "completion", "reasoning", "cached"} <= set(target["usage"])
        for choice in target["choices"]:
            assert set(choice) == CHOICE_FIELDS
            for call in choice["tool_calls"]:
                assert set(call) == {"id", "type", "name", "arguments"}


def test_json_of_a_complete_answer(demo: str) -> None:
    (target,) = run_json(demo, "Why is the sky blue?", "-m", "mine=swift")["targets"]
    facts = {key: target[key] for key in ("name", "provider", "dialect", "model_requested", "complete", "state", "end")}
    assert facts == {
        "name": "mine",
        "provider": "custom",
        "dialect": "chat",
        "model_requested": "swift",
        "complete": True,
        "state": "complete",
        "end": "stop",
    }
    (choice,) = target["choices"]
    assert choice["text"]
    assert choice["finish_reason"] == choice["finish_reason_raw"] == "stop"
    assert target["error"] is None
    assert target["metrics"]["time_to_first_token_ms"] > 0
    assert target["metrics"]["output_tokens"] == target["usage"]["completion"]
    assert target["metrics"]["output_tokens_source"] == "reported"


def test_text_and_json_hold_the_same_answer(demo: str) -> None:
    (target,) = run_json(demo, "Why is the sky blue?", "-m", "swift")["targets"]
    done = within("run", "Why is the sky blue?", "-m", "swift", "--base-url", demo)
    assert done.out == target["choices"][0]["text"] + "\n"


def test_reasoning_has_a_place_of_its_own(demo: str) -> None:
    (target,) = run_json(demo, "Why is the sky blue?", "-m", "thinker")["targets"]
    (choice,) = target["choices"]
    assert choice["reasoning"]
    assert choice["reasoning"] not in choice["text"]


PRICES = {
    "type": "object",
    "properties": {
        "items": {"type": "array", "items": {"type": "object", "properties": {"price": {"type": "number"}}}}
    },
    "required": ["items"],
}


@pytest.mark.parametrize("dialect", ["chat", "responses", "anthropic"])
def test_an_answer_that_follows_its_schema(demo: str, dialect: str, tmp_path: Path) -> None:
    file = tmp_path / "prices.json"
    file.write_text(json.dumps(PRICES))
    (target,) = run_json(demo, "Price three things.", "-m", f"swift,dialect={dialect}", "--schema", str(file))[
        "targets"
    ]
    assert len(json.loads(target["choices"][0]["text"])["items"]) == 3
    assert (target["schema_valid"], target["schema_errors"]) == (True, [])
    assert target["end"] == "stop; follows the schema"


def test_an_answer_that_does_not_is_complete_and_its_failing_path_is_a_note(demo: str, tmp_path: Path) -> None:
    file = tmp_path / "prices.json"
    inner = {"type": "object", "properties": {"code": {"type": "string", "pattern": "^[0-9]{9}$"}}}
    file.write_text(json.dumps({"type": "object", "properties": {"thing": inner}, "required": ["thing"]}))
    words = ("run", "Name a thing.", "-m", "swift", "--base-url", demo, "--schema", str(file))
    done = within(*words)
    assert done.status == 0, "the exit status is about the streams"
    assert "swift: stop; does not follow the schema: $.thing.code: " in done.err
    assert json.loads(done.out)["thing"]
    found = json.loads(within(*words, "--format", "json").out)["targets"][0]
    assert found["schema_valid"] is False
    assert found["schema_errors"][0].startswith("$.thing.code: ")


def test_several_choices(demo: str) -> None:
    (target,) = run_json(demo, "Name a colour.", "-m", "chorus", "-o", "n=3")["targets"]
    assert [choice["index"] for choice in target["choices"]] == [0, 1, 2]
    assert all(choice["text"] for choice in target["choices"])


def test_json_of_an_error(demo: str) -> None:
    (target,) = run_json(demo, "hi", "-m", "limited", status=3)["targets"]
    assert (target["state"], target["complete"], target["choices"]) == ("failed", False, [])
    error = target["error"]
    assert set(error) == ERROR_FIELDS
    assert (error["kind"], error["status"], error["retryable"]) == ("http", 429, True)
    assert error["retry_after_s"] > 0


# -- prompts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prompt", ["plain", "zażółć 漢字 👩‍👩‍👧", "two\nlines"])
def test_the_prompt_may_come_from_standard_input(demo: str, prompt: str) -> None:
    done = sidestream(
        "run", "-", "-m", "swift", "--base-url", demo, "--format", "json", stdin=prompt.encode(), LC_ALL="C"
    )
    assert json.loads(done.out)["prompt"] == prompt


def test_the_prompt_may_come_from_a_file(demo: str, tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("from a file\n", encoding="utf-8")
    done = sidestream("run", "-f", "p.txt", "-m", "swift", "--base-url", demo, "--format", "json", cwd=tmp_path)
    assert json.loads(done.out)["prompt"] == "from a file\n"


@pytest.mark.parametrize("words", [(b"caf\xe9",), ("hi", "-s", b"caf\xe9")])
def test_an_argument_that_is_no_unicode_is_refused(demo: str, words: tuple[str | bytes, ...]) -> None:
    done = sidestream("run", *words, "-m", "swift", "--base-url", demo)
    assert (done.status, done.out) == (2, "")
    assert "UTF-8" in done.err
    assert done.err.count("\n") == 1


# -- statuses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("models", "status"),
    [
        (("swift", "polyglot"), 0),
        (("swift", "limited"), 1),
        (("fragile", "swift"), 1),
        (("limited", "fragile"), 3),
        (("brief",), 0),
        (("decliner",), 0),
    ],
)
def test_the_status_tells_how_many_completed(demo: str, models: tuple[str, ...], status: int) -> None:
    words = [word for model in models for word in ("-m", model)]
    done = within("run", "Tell me a long story about rivers.", *words, "--base-url", demo)
    assert done.status == status


def test_what_went_wrong_is_said_on_stderr_and_the_rest_is_printed(demo: str) -> None:
    done = sidestream("run", "hi", "-m", "swift", "-m", "limited", "--base-url", demo)
    assert "## swift" in done.out
    assert done.err.startswith("limited: error: 429 ")
    assert done.err.count("\n") == 1


def test_an_interrupted_answer_is_printed_as_far_as_it_came(demo: str) -> None:
    done = within("run", "Tell me a long story about rivers.", "-m", "fragile", "--base-url", demo)
    assert done.status == 3
    assert done.out.strip()
    assert "interrupted after" in done.err


def test_nobody_listening() -> None:
    done = within("run", "hi", "-m", "x", "--base-url", f"http://127.0.0.1:{closed_port()}/v1")
    assert (done.status, done.out.strip()) == (3, "")
    assert done.err.startswith("x: error: ")
    assert "Traceback" not in done.err


def test_a_time_limit_ends_a_silent_stream() -> None:
    with stalling_server(b"first words") as server:
        done = within("run", "hi", "-m", "x", "--base-url", server.base_url, SIDESTREAM_TIMEOUTS__IDLE="0.2")
    assert done.status == 3
    assert done.out.strip() == "first words"
    assert "idle limit" in done.err


# -- signals and pipes ----------------------------------------------------------------------------------------------


def started(*words: str, **streams: Any) -> subprocess.Popen[bytes]:
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    return subprocess.Popen([*COMMAND, *words], cwd=ROOT, env=environment(), **pipes)


@pytest.fixture
def hang_ups_arrive() -> Iterator[None]:
    """Under `nohup` the tests, and what they start, would not hear of one."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@posix_only
@pytest.mark.usefixtures("hang_ups_arrive")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_cancels_and_prints_what_there_is(number: signal.Signals) -> None:
    with stalling_server(b"first words") as server:
        with started("run", "hi", "-m", "x", "--base-url", server.base_url, "--format", "json") as program:
            try:
                assert server.was_read.wait(PATIENCE_S)
                program.send_signal(number)
                out, err = program.communicate(timeout=PATIENCE_S)
            finally:
                program.kill()
        assert program.returncode == 128 + number
        (target,) = json.loads(out)["targets"]
        assert (target["state"], target["choices"][0]["text"]) == ("cancelled", "first words")
        assert b"Traceback" not in err


@posix_only
def test_a_reader_that_went_away_is_no_traceback(demo: str) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    with started("run", "hi", "-m", "swift", "--base-url", demo, stdout=write_end) as program:
        os.close(write_end)
        _, err = program.communicate(timeout=PATIENCE_S)
    assert (program.returncode, err) == (141, b"")


@posix_only
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_the_shell_closed_are_no_traceback(demo: str, closed: str) -> None:
    line = f'exec "$@" {closed}'
    words = ["sh", "-c", line, "sh", *COMMAND, "run", "hi", "-m", "swift", "-m", "limited", "--base-url", demo]
    done = subprocess.run(
        words, cwd=ROOT, env=environment(), capture_output=True, timeout=PATIENCE_S, stdin=subprocess.DEVNULL
    )
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr
    assert b"limited: error" not in done.stdout, "a note is no data"
    assert done.returncode == 1


# -- secrets --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["text", "json"])
def test_no_output_holds_a_key(demo: str, format_: str) -> None:
    words = ("-m", "swift", "-m", "limited", "--base-url", demo, "--api-key-env", "MY_KEY", "--format", format_)
    done = sidestream("run", "hi", *words, MY_KEY=KEY)
    assert done.status == 1
    assert KEY not in done.out + done.err


def test_the_key_is_sent_to_the_server_it_was_named_for() -> None:
    with stalling_server(b"x") as server:
        words = ("-m", "x", "--base-url", server.base_url, "--api-key-env", "MY_KEY")
        done = within("run", "hi", *words, MY_KEY=KEY, SIDESTREAM_TIMEOUTS__IDLE="0.2")
    assert KEY.encode() in server.requests[0]
    assert KEY not in done.out + done.err


def test_a_providers_key_does_not_go_to_another_host() -> None:
    with stalling_server(b"x") as server:
        words = ("-m", "openai/gpt-5.2", "--base-url", server.base_url)
        within("run", "hi", *words, OPENAI_API_KEY=KEY, SIDESTREAM_TIMEOUTS__IDLE="0.2")
    assert KEY.encode() not in server.requests[0]


def test_an_internal_error_prints_no_key(demo: str, tmp_path: Path) -> None:
    """A bug of ours, injected: the traceback must not hold what the variables hold."""
    (tmp_path / "sitecustomize.py").write_text(
        "import tui.core.report\n"
        "def broken(*arguments):\n    raise RuntimeError(f'a bug {arguments[3][0].target!r}')\n"
        "tui.core.report.run_object = broken\n"
    )
    done = subprocess.run(
        [*COMMAND, "run", "hi", "-m", "x", "--base-url", demo, "--api-key-env", "MY_KEY", "--format", "json"],
        cwd=tmp_path,
        env=environment(MY_KEY=KEY) | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.returncode, done.stdout) == (70, b"")
    assert done.stderr.count(b"\n") == 1, done.stderr
    assert b"internal error (RuntimeError)" in done.stderr
    (report,) = Path(os.environ["XDG_STATE_HOME"], "sidestream").glob("crash-*.txt")
    written = report.read_text()
    report.unlink()
    assert "tui/cli/headless.py" in written
    assert KEY not in written + done.stderr.decode()


def test_tls_keys_written_to_a_file_are_not_kept_quiet(demo: str, tmp_path: Path) -> None:
    path = tmp_path / "keys.log"
    done = sidestream("run", "hi", "-m", "swift", "--base-url", demo, SSLKEYLOGFILE=str(path))
    assert done.status == 0
    assert done.err == f"sidestream: SSLKEYLOGFILE is set: the keys of every TLS connection are written to {path}\n"
