"""What the command line makes of what was typed: targets in any order, and one sentence for each mistake."""

import socket
from collections.abc import Mapping
from itertools import permutations
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from tests.cli.command import sidestream
from tui import __version__
from tui.cli.commands import sidestream as command
from tui.cli.options import Asked
from tui.core.request import Prompt
from tui.core.target import Target

URL = "http://127.0.0.1:9/v1"
KEY = "sk-never-to-be-seen-0123456789"


class Recorder:
    """Stands for the headless run and the dashboard: keeps what they were asked."""

    def __init__(self) -> None:
        self.runs: list[tuple[list[Target], Prompt, str]] = []
        self.opened: list[tuple[Asked, str | None]] = []
        self.demos: list[dict[str, Any]] = []

    def run(self, targets: list[Target], prompt: Prompt, output: str) -> int:
        self.runs.append((targets, prompt, output))
        return 0

    def open_dashboard(self, request: Asked, theme: str | None, notice: str | None = None) -> int:
        self.opened.append((request, theme))
        return 0

    def open_demo(self, request: Asked, theme: str | None, **options: Any) -> int:
        self.demos.append({"asked": request, "theme": theme, **options})
        return 0


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setattr("tui.cli.headless.run", recorder.run)
    monkeypatch.setattr("tui.cli.dashboard.open_dashboard", recorder.open_dashboard)
    monkeypatch.setattr("tui.cli.dashboard.open_demo", recorder.open_demo)
    return recorder


def invoke(*arguments: str | Path, stdin: str | bytes | None = None, env: Mapping[str, str] | None = None) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments], input=stdin, env=env)


def complaint(result: Result) -> str:
    """The one sentence of a usage error, without the program's name before it."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    line = result.stderr.removesuffix("\n")
    assert line.startswith("sidestream: ")
    assert "\n" not in line
    assert "Traceback" not in line
    return line.removeprefix("sidestream: ")


# -- order, defaults ------------------------------------------------------------------------------------------------

PIECES: list[list[str]] = [["run"], ["-m", "swift"], ["--format", "json"], ["--base-url", URL], ["-o", "temperature=0"]]


def test_option_order_never_matters(recorder: Recorder) -> None:
    for order in permutations(PIECES):
        result = invoke(*(word for piece in order for word in piece), "hello there")
        assert result.exit_code == 0, (order, result.output)
    (first, *others) = [
        ([(target.name, target.base_url, dict(target.options)) for target in targets], prompt.text, output)
        for targets, prompt, output in recorder.runs
    ]
    assert first == ([("swift", URL, {"temperature": 0})], "hello there", "json")
    assert all(other == first for other in others)


@pytest.mark.parametrize(
    "words",
    [
        ["run", "hello", "-m", "swift", "--base-url", URL],
        ["-m", "swift", "run", "hello", "--base-url", URL],
        ["-m", "swift", "--base-url", URL, "run", "hello"],
        ["-mswift", f"--base-url={URL}", "run", "hello"],
        ["run", "-m", "swift", "--base-url", URL, "--", "hello"],
    ],
)
def test_the_command_may_stand_anywhere_before_the_prompt(recorder: Recorder, words: list[str]) -> None:
    assert invoke(*words).exit_code == 0
    assert [(prompt.text, len(targets)) for targets, prompt, _ in recorder.runs] == [("hello", 1)]


def test_a_value_that_looks_like_a_command_is_a_value(recorder: Recorder) -> None:
    result = invoke("-s", "demo", "-m", "run", "--base-url", URL, "hello")
    assert result.exit_code == 0, result.output
    ((asked, _theme),) = recorder.opened
    assert (asked.system, asked.text, [target.model for target in asked.targets]) == ("demo", "hello", ["run"])


def test_after_two_dashes_a_command_is_a_prompt(recorder: Recorder) -> None:
    assert invoke("-m", "swift", "--base-url", URL, "--", "demo").exit_code == 0
    ((asked, _theme),) = recorder.opened
    assert asked.text == "demo"


def test_without_a_command_it_is_the_dashboard(recorder: Recorder) -> None:
    assert invoke("hello", "-m", "a", "-m", "b", "--base-url", URL, "--theme", "ember").exit_code == 0
    ((asked, theme),) = recorder.opened
    assert ([target.name for target in asked.targets], asked.text, theme) == (["a", "b"], "hello", "ember")


def test_with_nothing_at_all_it_is_the_demo_and_says_so(recorder: Recorder) -> None:
    assert invoke().exit_code == 0
    (demo,) = recorder.demos
    assert "demo" in demo["notice"]


def test_the_demos_models_seed_and_speed(recorder: Recorder) -> None:
    assert invoke("demo", "--speed", "0", "-m", "swift", "--seed", "3", "hello").exit_code == 0
    (demo,) = recorder.demos
    assert (demo["models"], demo["seed"], demo["speed"], demo["asked"].text) == (("swift",), 3, 0.0, "hello")


def test_timeouts_come_from_the_environment_and_the_flag_wins(recorder: Recorder) -> None:
    words = ["run", "hello", "-m", "swift", "--base-url", URL]
    env = {"SIDESTREAM_TIMEOUTS__IDLE": "3", "SIDESTREAM_TIMEOUTS__TOTAL": "7"}
    invoke(*words, env=env)
    invoke(*words, "--timeout", "5", env=env)
    limits = [target.policy.timeouts for targets, _, _ in recorder.runs for target in targets]
    assert [(limit.idle, limit.total) for limit in limits] == [(3.0, 7.0), (3.0, 5.0)]


def test_retries_come_from_the_environment(recorder: Recorder) -> None:
    words = ["run", "hello", "-m", "swift", "--base-url", URL]
    invoke(*words)
    invoke(*words, env={"SIDESTREAM_RETRIES__ATTEMPTS": "0"})
    assert [target.policy.retries.attempts for targets, _, _ in recorder.runs for target in targets] == [2, 0]


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("SIDESTREAM_RETRIES__ATTEMPTS", "-1", "expected a whole number from 0 to 10"),
        ("SIDESTREAM_RETRIES__ATTEMPTS", "many", "expected a whole number from 0 to 10"),
        ("SIDESTREAM_RETRIES__ATEMPTS", "1", "unknown key 'atempts' in retries"),
    ],
)
def test_rules_for_retries_that_cannot_be_used(variable: str, value: str, words: str, recorder: Recorder) -> None:
    result = invoke("run", "hello", "-m", "swift", "--base-url", URL, env={variable: value})
    assert (result.exit_code, recorder.runs) == (2, [])
    assert words in result.output


# -- prompts --------------------------------------------------------------------------------------------------------

RUN = ("run", "-m", "swift", "--base-url", URL)


@pytest.mark.parametrize("words", [("-",), ("-f", "-")])
def test_a_dash_reads_the_prompt_from_standard_input(recorder: Recorder, words: tuple[str, ...]) -> None:
    assert invoke(*RUN, *words, stdin="zażółć\nline two\n").exit_code == 0
    assert recorder.runs[0][1].text == "zażółć\nline two"


def test_a_file_is_the_prompt(recorder: Recorder, tmp_path: Path) -> None:
    file = tmp_path / "prompt.txt"
    file.write_text("漢字 from a file", encoding="utf-8")
    assert invoke(*RUN, "-f", file).exit_code == 0
    assert recorder.runs[0][1].text == "漢字 from a file"


def test_system_prompt_and_tools_go_along(recorder: Recorder, tmp_path: Path) -> None:
    file = tmp_path / "tools.json"
    file.write_text('[{"type": "function", "function": {"name": "now"}}]')
    assert invoke(*RUN, "hello", "-s", "Be brief.", "--tools", file).exit_code == 0
    prompt = recorder.runs[0][1]
    assert prompt.system == "Be brief."
    assert prompt.tools == ({"type": "function", "function": {"name": "now"}},)


def test_a_header_is_sent_as_written(recorder: Recorder) -> None:
    assert invoke(*RUN, "hello", "--header", "X-Team=a=b").exit_code == 0
    assert dict(recorder.runs[0][0][0].headers) == {"X-Team": "a=b"}


# -- mistakes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "hi", "-m", "opnai/gpt"), ("opnai", "openai")),
        (("run", "hi", "-m", "nowhere/gpt"), ("nowhere",)),
        (("run", "hi", "-m", "gpt"), ("gpt", "--base-url")),
        (("run", "hi", "-m", "openai/"), ("openai/",)),
        (("run", "hi", "-m", "openai/gpt-5.2"), ("OPENAI_API_KEY",)),
        (("run", "hi", "-m", "x", "--base-url", "ftp://example.com"), ("ftp://example.com",)),
        (("run", "hi", "-m", "x", "--base-url", "localhost:8080"), ("localhost:8080",)),
        (("run", "hi", "-m", "x", "--base-url", "http://[::1"), ("http://[::1",)),
        (("run", "hi", "-m", "x", "--base-url", "http://h:99999/"), ("99999",)),
        (("run", "hi", "--base-url", URL), ("-m MODEL",)),
        (("run", "hi"), ("-m",)),
        (RUN, ("prompt",)),
        ((*RUN, ""), ("prompt",)),
        ((*RUN, "hi", "-f", "also.txt"), ("also.txt",)),
        ((*RUN, "-f", "not-there.txt"), ("not-there.txt", "No such file")),
        ((*RUN, "-f", "/"), ("/", "directory")),
        ((*RUN, "hi", "--tools", "not-there.json"), ("not-there.json",)),
        ((*RUN, "hi", "--schema", "not-there.json"), ("not-there.json",)),
        ((*RUN, "hi", "--header", "nonsense"), ("nonsense", "NAME=VALUE")),
        ((*RUN, "hi", "--header", "=x"), ("=x",)),
        ((*RUN, "hi", "--header", "X=a\nB: c"), ("NAME=VALUE",)),
        ((*RUN, "hi", "--header", "X=żółć"), ("ASCII",)),
        ((*RUN, "hi", "-o", "temperature"), ("temperature", "key=value")),
        ((*RUN, "hi", "-o", "=1"), ("=1",)),
        ((*RUN, "hi", "-o", "dialect=klingon"), ("klingon",)),
        (("run", "hi", "-m", "x", "--base-url", URL, "--api-key-env", "NO_SUCH_VARIABLE"), ("NO_SUCH_VARIABLE",)),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else None,
)
def test_a_mistake_is_one_sentence_that_names_it(words: tuple[str, ...], said: tuple[str, ...]) -> None:
    sentence = complaint(invoke(*words))
    assert all(part in sentence for part in said), sentence


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("SIDESTREAM_TIMEOUTS__IDEL", "3", "idle"),
        ("SIDESTREAM_TIMEOUTS__IDLE", "soon", "soon"),
        ("SIDESTREAM_TIMEOUTS__IDLE", "0", "above 0"),
        ("SIDESTREAM_TIMEOUTS__IDLE", "-1", "above 0"),
        ("SIDESTREAM_TIMEOUTS__IDLE", "nan", "nan"),
        ("SIDESTREAM_TIMEOUT__IDLE", "3", "timeout"),
    ],
)
def test_a_wrong_setting_in_the_environment(variable: str, value: str, said: str) -> None:
    sentence = complaint(invoke(*RUN, "hi", env={variable: value}))
    assert variable in sentence
    assert said in sentence


@pytest.mark.parametrize("words", [("-f",), ("--tools",), ("--schema",)])
def test_a_file_that_is_no_utf_8(words: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "bytes"
    file.write_bytes(b"ok \xff\xfe")
    prompt = () if words == ("-f",) else ("hi",)
    sentence = complaint(invoke(*RUN, *prompt, *words, file))
    assert "UTF-8" in sentence
    assert "byte 3" in sentence


def test_a_schema_that_is_none_names_the_place_in_it(tmp_path: Path) -> None:
    file = tmp_path / "shop.json"
    file.write_text('{"type": "object", "properties": {"age": {"type": "years"}}}')
    sentence = complaint(invoke(*RUN, "hi", "--schema", file))
    assert f"{file}: $.properties.age.type: " in sentence


@pytest.mark.parametrize("text", ["", "{", "[1]", '"text"', "[{}]", '[{"type": 1}]', "[" * 100_000])
def test_tools_that_are_none(text: str, tmp_path: Path) -> None:
    file = tmp_path / "tools.json"
    file.write_text(text)
    assert str(file) in complaint(invoke(*RUN, "hi", "--tools", file))


def test_standard_input_that_is_no_utf_8() -> None:
    assert "UTF-8" in complaint(invoke(*RUN, "-", stdin=b"ok \xff\xfe"))


def test_an_empty_standard_input_is_no_prompt() -> None:
    assert "prompt" in complaint(invoke(*RUN, "-", stdin=""))


def test_a_key_that_no_header_can_carry_is_refused_without_being_shown() -> None:
    for bad in (f"{KEY}\n{KEY}", f"{KEY} {KEY}", f"{KEY}é"):
        sentence = complaint(invoke("run", "hi", "-m", "openai/gpt-5.2", env={"OPENAI_API_KEY": bad}))
        assert "OPENAI_API_KEY" in sentence
        assert KEY not in sentence


def test_a_providers_key_is_not_taken_for_another_address(recorder: Recorder) -> None:
    invoke("run", "hi", "-m", "openai/gpt-5.2", "--base-url", URL, env={"OPENAI_API_KEY": KEY})
    assert recorder.runs[0][0][0].key is None


@pytest.mark.parametrize("words", [("run", "--no-such-option"), ("run", "--format", "yaml"), ("run", "a", "b")])
def test_what_click_refuses_has_the_same_status(words: tuple[str, ...]) -> None:
    result = invoke(*words)
    assert result.exit_code == 2
    assert result.stdout == ""


# -- help, version, no terminal -------------------------------------------------------------------------------------


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize("words", [(), ("run",), ("demo",), ("serve",)])
def test_help_everywhere(words: tuple[str, ...], flag: str) -> None:
    result = invoke(*words, flag)
    assert result.exit_code == 0
    assert "Usage: " in result.stdout


def test_every_command_and_option_has_a_help_text() -> None:
    assert command.help
    for name, found in command.commands.items():
        assert found.help, name
        for option in found.params:
            if isinstance(option, click.Option) and name != "serve":
                assert option.help, (name, option.name)


@pytest.mark.parametrize("words", [("--version",), ("--version", "run")])
def test_the_version(words: tuple[str, ...]) -> None:
    result = invoke(*words)
    assert (result.exit_code, result.stdout) == (0, f"sidestream {__version__}\n")


def test_the_version_from_a_shell() -> None:
    done = sidestream("--version")
    assert (done.status, done.out, done.err) == (0, f"sidestream {__version__}\n", "")


@pytest.mark.parametrize("words", [("demo",), ("hi", "-m", "x", "--base-url", URL)])
def test_a_dashboard_needs_a_terminal(words: tuple[str, ...]) -> None:
    done = sidestream(*words)
    assert (done.status, done.out) == (2, "")
    assert "sidestream run" in done.err
    assert done.err.count("\n") == 1


def test_serving_on_a_port_in_use_is_one_sentence_that_says_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = complaint(invoke("serve", "--port", str(port)))
    assert said.startswith(f"cannot serve on port {port}: ")
    assert "--port" in said


def test_faults_are_listed_with_what_should_happen() -> None:
    found = invoke("serve", "--list-faults")
    assert found.exit_code == 0
    stall = next(line for line in found.output.splitlines() if line.startswith("stall "))
    assert "  interrupted, text kept  " in stall


def test_an_unknown_fault_is_a_sentence_with_the_nearest() -> None:
    said = complaint(invoke("serve", "--fault", "stal"))
    assert said.startswith("there is no fault 'stal'; did you mean stall?")
