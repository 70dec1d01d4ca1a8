"""`sidestream run`: to a terminal nothing that acts, to a pipe the data as it is."""

import json
import subprocess
import sys
import unicodedata
from collections.abc import Iterator

import pytest

from tests.cli.command import COMMAND, PATIENCE_S, ROOT, environment
from tests.hostile.corpus import OF_EACH
from tests.hostile.server import HostileServer, hostile_server
from tests.support.controls import Control, ControlSplitter
from tests.support.terminal import Terminal, allowed_controls
from tui.core.clean import clean, escaped_json
from tui.core.text import joined

TOGETHER = "\n".join(OF_EACH)
NAME = "\x1b]0;x\x07\x9b2J\u202e"


@pytest.fixture(scope="module")
def server() -> Iterator[HostileServer]:
    with hostile_server((TOGETHER,)) as found:
        yield found


def words(server: HostileServer, format_: str) -> list[str]:
    models = [
        word for model in ("whole-0", "split-0", "error-0", "http-0") for word in ("-m", f"{NAME}{model}={model}")
    ]
    return ["run", "hi", *models, "--base-url", server.base_url, "--format", format_]


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals of POSIX")
@pytest.mark.parametrize("format_", ["text", "json"])
def test_a_terminal_gets_nothing_it_could_act_on(format_: str, server: HostileServer) -> None:
    command = [*COMMAND, *words(server, format_)]
    with Terminal(command, rows=40, cols=120, env={"PYTHONPATH": str(ROOT)}, cwd=ROOT) as terminal:
        assert terminal.wait_exit(PATIENCE_S) == 1
        parts = [part.value for part in ControlSplitter().feed(terminal.raw) if isinstance(part, Control)]
        assert set(parts) <= {"\r", "\n"}
        assert allowed_controls(terminal.raw) == []
        assert terminal.raw.count(b"whole-0") >= 1


def piped(server: HostileServer, format_: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *words(server, format_)], cwd=ROOT, env=environment(), capture_output=True, timeout=PATIENCE_S
    )


def test_a_pipe_gets_the_text_as_it_is(server: HostileServer) -> None:
    done = piped(server, "text")
    whole = joined([TOGETHER])
    assert done.stdout.decode().count(whole) >= 4, "text and refusal, whole and split"
    assert clean(done.stderr.decode()) == done.stderr.decode(), "notes are for people, wherever they go"


def test_json_holds_every_value_as_it_is_and_no_control_character(server: HostileServer) -> None:
    done = piped(server, "json")
    text = done.stdout.decode()
    assert [hex(ord(char)) for char in set(text) - {"\n"} if unicodedata.category(char) in ("Cc", "Cs", "Zl")] == []
    targets = json.loads(text)["targets"]
    assert [target["name"].startswith(NAME) for target in targets] == [True] * 4
    assert targets[0]["choices"][0]["text"] == targets[1]["choices"][0]["text"] == joined([TOGETHER])


@pytest.mark.parametrize("text", OF_EACH)
def test_escaping_changes_no_value(text: str) -> None:
    text = joined([text])
    document = json.dumps({text: [text]}, ensure_ascii=False, indent=2)
    escaped = escaped_json(document)
    assert json.loads(escaped) == json.loads(document)
    assert not [part for part in ControlSplitter().feed(escaped.encode()) if part == Control("\x1b")]


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "hi", "-m", "\x1b[2J/x"],
        ["run", "hi", "-m", "openai/x,\x9b2J=\x1b"],
        ["run", "hi", "--\x1b[31m\u202e"],
        ["run", "hi", "-f", "/nowhere/\x1b]0;x\x07"],
        ["run", "hi", "--format", "\x1b[2J"],
        ["serve", "--port", "\x1b[2J\x9b"],
        ["run", "hi", "--header", "\x1b[2J"],
    ],
)
def test_a_mistake_is_quoted_without_acting(arguments: list[str]) -> None:
    done = subprocess.run([*COMMAND, *arguments], cwd=ROOT, env=environment(), capture_output=True, timeout=PATIENCE_S)
    assert done.returncode == 2
    assert done.stderr
    assert clean(done.stderr.decode()) == done.stderr.decode()
