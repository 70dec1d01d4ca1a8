"""`sidestream config`, and the configuration in the other commands."""

import json
import os
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.cli.command import ROOT, environment
from tests.cli.test_usage import Recorder, complaint, invoke, recorder
from tui.cli.commands import sidestream
from tui.config.schema import json_schema
from tui.core.redact import HIDDEN

__all__ = ["recorder"]

DAILY = """
lineup = "daily"
[providers.work]
base_url = "http://localhost:1/v1"
api_key = "sk-canary"
[lineups.daily]
system = "Be brief."
targets = ["work/a", "work/b"]
[lineups.other]
targets = ["ollama/x"]
[ui]
theme = "ember"
"""


@pytest.fixture
def user_file(user_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user's file goes; the working directory is empty."""
    monkeypatch.chdir(user_home)
    file = user_home / "config" / "sidestream" / "config.toml"
    file.parent.mkdir(parents=True)
    return file


# -- path, show, check, schema --------------------------------------------------------------------------------------


def test_the_paths(user_file: Path, user_home: Path) -> None:
    assert invoke("config", "path").stdout.splitlines()[0] == f"user     {user_file} (not there)"
    user_file.write_text("")
    (user_home / ".sidestream.toml").write_text("")
    assert invoke("config", "path").stdout.splitlines()[:2] == [
        f"user     {user_file}",
        f"project  {user_home / '.sidestream.toml'}",
    ]


def test_show_is_toml_with_the_origin_of_each_value(user_file: Path) -> None:
    user_file.write_text(DAILY)
    done = invoke("config", "show", env={"SIDESTREAM_TIMEOUTS__IDLE": "3", "SIDESTREAM_LIMITS__EVENT_BYTES": "1 MiB"})
    shown = tomllib.loads(done.stdout)
    assert shown["timeouts"] == {"connect": 10, "first_byte": 60, "first_token": 120, "idle": 3, "total": 1800}
    assert shown["limits"]["event_bytes"] == "1 MiB"
    assert shown["lineups"]["daily"] == {"system": "Be brief.", "targets": ["work/a", "work/b"]}
    origins = dict(re.findall(r"^(\w+) = .*?# (.*)$", done.stdout, re.MULTILINE))
    assert origins["idle"] == "SIDESTREAM_TIMEOUTS__IDLE"
    assert origins["theme"] == f"{user_file}, line 12"
    assert origins["connect"] == "built in"


def test_show_tells_no_key(user_file: Path) -> None:
    user_file.write_text(
        """
        [providers.literal]
        base_url = "http://localhost/v1"
        api_key = "sk-canary"
        proxy = "http://me:sk-canary@proxy.example:1"
        headers = { Authorization = "Basic sk-canary", X-Team = "blue", X-Api-Key = "${FROM}" }
        query = { token = "sk-canary" }
        [providers.mixed]
        base_url = "http://localhost/v1"
        api_key = "sk-canary${FROM}"
        [providers.place]
        base_url = "http://localhost/v1"
        api_key = "${FROM}"
        [providers.ring]
        base_url = "http://localhost/v1"
        api_key = "keyring:work"
        [providers.command]
        base_url = "http://localhost/v1"
        api_key_command = "vault --token sk-canary"
        """
    )
    done = invoke("config", "show", env={"FROM": "sk-canary", "SIDESTREAM_PROVIDERS__OPENAI__API_KEY": "sk-canary"})
    assert done.exit_code == 0
    assert "canary" not in done.output
    shown = tomllib.loads(done.stdout)["providers"]
    assert shown["literal"]["headers"] == {"Authorization": HIDDEN, "X-Team": "blue", "X-Api-Key": "${FROM}"}
    assert shown["command"]["api_key_command"] == f"vault {HIDDEN}"
    assert [shown[name]["api_key"] for name in ("place", "ring", "openai")] == ["${FROM}", "keyring:work", HIDDEN]


def test_check_says_what_is_good_and_which_keys_are_missing(user_file: Path) -> None:
    user_file.write_text(
        """
        [providers.work]
        base_url = "http://localhost/v1"
        api_key = "${WORK_KEY}"
        [providers.vault]
        base_url = "http://localhost/v1"
        api_key_command = "must-not-run"
        [providers.ring]
        base_url = "http://localhost/v1"
        api_key = "keyring:must-not-be-asked"
        [providers.xai]
        base_url = "https://gateway.example/v1"
        [lineups.daily]
        targets = ["groq/x", "name=ollama/y"]
        """
    )
    user_file.chmod(0o600)
    done = invoke("config", "check", env={"OPENAI_API_KEY": "sk-canary"})
    assert done.exit_code == 0
    said = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert said.pop(str(user_file)) == "good"
    assert said.pop("work").startswith("key missing: work needs a key: api_key of work in")
    assert said.pop("xai").startswith("no key is sent: it was moved to https://gateway.example/v1, and $XAI_API_KEY")
    assert said == {
        "groq": "key missing: groq needs a key: set the environment variable GROQ_API_KEY",
        "ollama": "needs no key",
        "openai": "key found",
        "ring": "the key comes from the keyring, which was not opened",
        "vault": "the key comes from a command, which was not run",
    }
    assert "canary" not in done.output


def test_check_says_all_that_is_wrong(user_file: Path) -> None:
    user_file.write_text("[timeouts]\nidel = 1\n[ui]\nmouse = 3")
    done = invoke("config", "check")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "sidestream: 2 problems in the configuration, so nothing of it was used:",
        f"  {user_file}, line 2: timeouts.idel: unknown key; did you mean idle?",
        f"  {user_file}, line 4: ui.mouse: found 3, expected true or false",
    ]


def test_check_says_which_looks_and_keys_the_dashboard_cannot_use(user_file: Path) -> None:
    user_file.write_text('[ui]\ntheme = "embr"\n[keys]\n"stream.cancl" = "d"\n"pane.zoom" = "ctrl+m"\n')
    themes = user_file.parent / "themes"
    themes.mkdir()
    (themes / "mine.toml").write_text("name = 3")
    done = invoke("config", "check")
    assert done.exit_code == 0
    theme_file, theme, *keys = done.stdout.splitlines()[-4:]
    assert str(themes / "mine.toml") in theme_file
    assert theme == "[ui]: there is no theme 'embr'; did you mean ember?"
    assert keys[0] == "[keys]: there is no action 'stream.cancl'; did you mean 'stream.cancel'?"
    assert keys[1] == "[keys]: pane.zoom keeps 'z' 'f10': 'ctrl+m' is the same as enter in a terminal."


def test_the_example_of_own_keys_is_good(user_file: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", (ROOT / "docs" / "keys.md").read_text(), re.DOTALL)
    assert example is not None
    user_file.write_text(example[1])
    done = invoke("config", "check")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "[keys]" not in done.stdout


def test_check_warns_of_a_key_that_others_can_read(user_file: Path) -> None:
    user_file.write_text(DAILY)
    user_file.chmod(0o644)
    assert "work: key found; but" in invoke("config", "check").stdout


def test_the_schema_is_printed(user_file: Path) -> None:
    assert json.loads(invoke("config", "schema").stdout) == json_schema()


@pytest.mark.parametrize("words", [("show",), ("check",), ("path",)])
def test_a_named_file(user_file: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    user_file.write_text("not toml")
    named = tmp_path / "named.toml"
    named.write_text("[timeouts]\nidle = 3")
    orders: list[tuple[str | Path, ...]] = [
        ("config", *words, "--config", named),
        ("--config", named, "config", *words),
    ]
    for order in orders:
        done = invoke(*order)
        assert (done.exit_code, str(named) in done.stdout) == (0, True), done.output


# -- init -----------------------------------------------------------------------------------------------------------

FOUND = {
    "OPENAI_API_KEY": "sk-canary",
    "GROQ_API_KEY": "sk-canary",
    "OLLAMA_HOST": "0.0.0.0:1234",
    "OPENAI_BASE_URL": "https://gateway.example/v1",
}


def started(user_file: Path, environment: dict[str, str]) -> tuple[Result, str]:
    done = invoke("config", "init", env=environment)
    assert done.exit_code == 0, done.output
    return done, user_file.read_text(encoding="utf-8")


@pytest.mark.parametrize("environment", [{}, FOUND], ids=["nothing", "keys and servers"])
def test_a_first_file_loads_as_it_is(user_file: Path, environment: dict[str, str]) -> None:
    started(user_file, environment)
    assert invoke("config", "check", env=environment).exit_code == 0


def test_a_first_file_is_for_its_user_alone(user_file: Path) -> None:
    user_file.parent.rmdir()
    before = os.umask(0)
    try:
        started(user_file, {})
    finally:
        os.umask(before)
    assert stat.S_IMODE(user_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(user_file.parent.stat().st_mode) == 0o700


def test_a_first_file_has_what_was_found_but_no_key(user_file: Path) -> None:
    done, text = started(user_file, FOUND)
    assert "keys found for: openai, groq" in done.stdout
    assert "openai ($OPENAI_API_KEY)" in text
    assert '# targets = ["openai/MODEL", "groq/MODEL"]' in text
    assert "canary" not in text + done.output
    providers = tomllib.loads(text)["providers"]
    assert providers == {
        "ollama": {"base_url": "http://127.0.0.1:1234"},
        "openai": {"base_url": "https://gateway.example/v1"},
    }


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("gpu-box", "http://gpu-box:11434"),
        ("gpu-box:80/", "http://gpu-box:80"),
        ("https://ollama.example", "https://ollama.example:443"),
        (":1234", "http://127.0.0.1:1234"),
        ("[::]:1234", "http://[::1]:1234"),
        ("127.0.0.1", "http://127.0.0.1:11434"),
        ("localhost", None),
        ("not a host", None),
        ("ftp://x", None),
    ],
)
def test_ollamas_variable_in_each_of_its_forms(user_file: Path, host: str, url: str | None) -> None:
    _, text = started(user_file, {"OLLAMA_HOST": host})
    assert tomllib.loads(text).get("providers", {}).get("ollama", {}).get("base_url") == url


@pytest.mark.parametrize("source", ["api_key", "api_key_command", "api_key_file"])
def test_every_line_of_a_first_file_may_be_uncommented(user_file: Path, source: str) -> None:
    _, text = started(user_file, {})
    others = {"api_key", "api_key_command", "api_key_file"} - {source}
    text, count = re.subn(r'^# (?=\[|"?[\w.-]+"? = )', "", text, flags=re.MULTILINE)
    assert count > 55
    kept = [line for line in text.splitlines() if line.split(" ")[0] not in others]
    user_file.write_text("\n".join(kept))
    done = invoke("config", "check", env={"GATEWAY_KEY": "k"})
    assert done.exit_code == 0, done.output


def test_a_file_is_never_overwritten(user_file: Path) -> None:
    user_file.write_text("# mine")
    assert "was left as it is" in complaint(invoke("config", "init"))
    assert user_file.read_text() == "# mine"


def test_where_a_file_cannot_be_written_it_is_said(user_file: Path, user_home: Path) -> None:
    (user_home / "file").write_text("")
    assert "file cannot be made: File exists" in complaint(
        invoke("config", "init", "--config", user_home / "file" / "config.toml")
    )


# -- in the other commands ------------------------------------------------------------------------------------------


def test_a_named_lineup_with_a_target_beside_it(recorder: Recorder, user_file: Path) -> None:
    user_file.write_text(DAILY)
    assert invoke("run", "hi", "--lineup", "other", "-m", "work/c").exit_code == 0
    ((targets, prompt, _),) = recorder.runs
    assert ([target.name for target in targets], prompt.system) == (["x", "c"], None)


@pytest.mark.parametrize(("words", "system"), [((), "Be brief."), (("-s", "mine"), "mine"), (("-s", ""), "")])
def test_the_lineups_system_prompt_unless_another_is_said(
    recorder: Recorder, user_file: Path, words: tuple[str, ...], system: str
) -> None:
    user_file.write_text(DAILY)
    invoke("hi", "--lineup", "daily", *words)
    ((asked, theme),) = recorder.opened
    assert (asked.system, theme) == (system, "ember")


def test_without_targets_it_is_the_configured_lineup_and_says_so(recorder: Recorder, user_file: Path) -> None:
    user_file.write_text(DAILY)
    user_file.chmod(0o600)
    assert invoke().exit_code == 0
    ((asked, _),) = recorder.opened
    assert [target.name for target in asked.targets] == ["a", "b"]
    assert asked.notices == (f"No model was named, so this is the line-up daily ({user_file}, line 2).",)


def test_a_named_target_is_asked_alone(recorder: Recorder, user_file: Path) -> None:
    user_file.write_text(DAILY)
    invoke("hi", "-m", "ollama/y")
    ((asked, _),) = recorder.opened
    assert [target.name for target in asked.targets] == ["y"]
    assert (asked.notices, asked.system) == ((), None)


def test_with_lineups_but_no_default_the_demo_names_one(recorder: Recorder, user_file: Path) -> None:
    user_file.write_text('[lineups.mine]\ntargets = ["ollama/x"]')
    invoke()
    (demo,) = recorder.demos
    assert "--lineup mine" in demo["notice"]


def test_the_demo_takes_no_lineup(recorder: Recorder, user_file: Path) -> None:
    user_file.write_text(DAILY)
    invoke("demo")
    (demo,) = recorder.demos
    assert (demo["asked"].targets, demo["theme"]) == ([], "ember")


def test_the_theme_flag_wins(recorder: Recorder, user_file: Path) -> None:
    user_file.write_text(DAILY)
    invoke("--theme", "paper")
    ((_, theme),) = recorder.opened
    assert theme == "paper"


def test_a_run_notes_what_the_user_should_know(recorder: Recorder, user_file: Path) -> None:
    user_file.write_text(DAILY)
    user_file.chmod(0o644)
    done = invoke("run", "hi")
    assert (done.exit_code, done.stdout) == (0, "")
    assert [line.split(" ")[1] for line in done.stderr.splitlines()] == ["No", str(user_file)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--lineup", "dayly"), "there is no line-up 'dayly'; did you mean daily?"),
        (("--lineup", "daily", "--base-url", "http://localhost/v1", "-m", "x"), "ask without --base-url"),
        (("demo", "--lineup", "daily"), "ask without the demo"),
        (("-m", "wrok/x"), "unknown provider 'wrok' in 'wrok/x'; did you mean work?"),
        (("--config", "gone.toml"), "gone.toml: the file cannot be read: No such file"),
    ],
)
def test_mistakes(recorder: Recorder, user_file: Path, words: tuple[str, ...], said: str) -> None:
    user_file.write_text(DAILY)
    assert said in complaint(invoke("hi", *words) if words[0] != "demo" else invoke(*words))


@pytest.mark.parametrize("words", [(), ("demo",), ("run", "hi"), ("config", "show"), ("config", "check")])
def test_nothing_starts_on_a_wrong_configuration(recorder: Recorder, user_file: Path, words: tuple[str, ...]) -> None:
    user_file.write_text("[ui]\nmouse = 3")
    assert "line 2: ui.mouse: found 3" in complaint(invoke(*words))
    assert recorder.opened + recorder.demos + recorder.runs == []


# -- completion -----------------------------------------------------------------------------------------------------


def completed(*words: str) -> list[str]:
    """What bash is offered for the last word."""
    env = {
        "_SIDESTREAM_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(["sidestream", *words]),
        "COMP_CWORD": str(len(words)),
    }
    done = CliRunner().invoke(sidestream, prog_name="sidestream", env=env)
    return [line.split(",", 1)[1] for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("c",), ["config"]),
        (("config", ""), ["check", "init", "path", "schema", "show"]),
        (("-m", "wo"), ["work/a", "work/b", "work/"]),
        (("run", "hi", "-m", "op"), ["openai/", "openrouter/"]),
        (("--lineup", ""), ["daily", "other"]),
        (("--li",), ["--lineup"]),
        (("config", "check", "--co"), ["--config"]),
    ],
)
def test_the_shell_completes(user_file: Path, words: tuple[str, ...], offered: list[str]) -> None:
    user_file.write_text(DAILY)
    assert completed(*words) == offered


def test_a_wrong_configuration_spoils_no_completion(user_file: Path) -> None:
    user_file.write_text("nonsense")
    assert completed("-m", "op") == ["openai/", "openrouter/"]


@pytest.mark.parametrize("words", [("--version",), ("-h",), ("run", "-h"), ("config", "-h")])
def test_what_needs_no_configuration_does_not_even_import_the_loader(user_file: Path, words: tuple[str, ...]) -> None:
    user_file.write_text("nonsense")
    command = [sys.executable, "-X", "importtime", "-m", "tui", *words]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), check=True)
    assert "tui.core" in done.stderr or words == ("--version",)
    assert not [line for line in done.stderr.splitlines() if "tui.config" in line or "tomllib" in line]
