"""Keys that a server repeats everywhere are looked for in everything the program writes: one test over all sinks.

To add a way for a key to come in, add a canary to `sources`; to add a place where texts leave the program, add a test
that ends with `assert_clean` over what was written there.
"""

import base64
import html
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.app.scripted import MS, draw, make_app
from tests.cli.command import COMMAND, ROOT, environment, sidestream
from tests.support.echo_server import PIECE, PLACES, echo_server, spellings
from tests.support.terminal import Terminal
from tui.core.export import ENDINGS
from tui.core.request import Prompt
from tui.core.secret import Secret
from tui.core.target import Target

KEY = "canary+key/5up3r&s3cr3t=a1b2"
HEADER = "canary+header/5up3r&s3cr3t=c3d4"
PASSWORD = "canary-password-5up3rs3cr3t-e5f6"
CANARIES = (KEY, HEADER, PASSWORD)
START_S = 30.0
TARGETS = [word for model in PLACES for word in ("-m", model)]
SHIFT_TAB = "\x1b[Z"
HELP = ("╭─ keys ─", "escape closes ─╯")
"""The first and the last row of the help."""
MARKED = set(PLACES) - {"redirect"}
"""Where the mark of a hidden key is on the screen; elsewhere nothing that held it is shown."""
COPIED = 5
"""Panes with an answer that can be copied."""


def sources(address: str) -> tuple[list[str], dict[str, str]]:
    """Ways a secret reaches the program, as arguments and environment. A URL with a password allows no key beside it,
    so it has a test of its own."""
    words = ["--base-url", f"http://{address}/v1", "--api-key-env", "WORK", "--header", f"X-Api-Key={HEADER}"]
    return words, {"WORK": KEY, "OPENAI_API_KEY": KEY, "SIDESTREAM_RETRIES__ATTEMPTS": "1"}


def found_in(data: str | bytes) -> list[str]:
    """The canaries that can be read in `data`, in any of the ways they are written."""
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
    return [
        f"{canary} as {spelling}"
        for canary in CANARIES
        for spelling in (*spellings_found(canary), canary[: len(canary) * 3 // 4])
        if spelling in text
    ]


def spellings_found(canary: str) -> list[str]:
    """What to look for; of base64 the part that does not depend on its neighbours."""
    in_base64 = [base64.b64encode(b"x" * before + canary.encode()).decode()[4:-4] for before in range(3)]
    in_json = json.dumps(canary)[1:-1]
    in_url = [quote(canary), quote(canary, safe="")]
    return [canary, *in_url, in_json, in_json.replace("/", "\\/"), html.escape(canary), *in_base64]


def assert_clean(what: str, data: str | bytes) -> None:
    """Nothing of a canary is in `data`, which something was written to."""
    assert data, f"{what} is empty"
    assert found_in(data) == [], what


def assert_files_clean(home: Path, at_least: int = 1) -> None:
    """Nothing of a canary is in any file the program left."""
    files = [path for path in home.rglob("*") if path.is_file()]
    assert len(files) >= at_least, "the log is there"
    for path in files:
        assert_clean(str(path), path.read_bytes())
        assert path.stat().st_mode & 0o077 == 0, f"{path} can be read by others"


def test_the_canaries_would_be_found() -> None:
    for canary in CANARIES:
        for spelling in spellings(canary):
            assert found_in(f"before{spelling}after".encode()), spelling
        assert found_in(canary[:-2])
    assert not found_in("canary ‹…a1b2›")


@pytest.mark.parametrize("output", ["text", "json"])
def test_headless_output_holds_no_key(output: str, user_home: Path) -> None:
    with echo_server() as address:
        words, environment = sources(address)
        done = sidestream(
            "run", f"My key is {KEY}", *TARGETS, *words, "--format", output, stdin=b"", cwd=ROOT, **environment
        )
    assert done.status == 1
    assert "You sent ‹" in done.out
    assert "Incorrect key: You sent ‹" in done.err
    assert_clean("stdout", done.out)
    assert_clean("stderr", done.err)
    assert_files_clean(user_home)


def test_a_password_in_a_url_is_in_no_output(user_home: Path) -> None:
    with echo_server() as address:
        url = f"http://me:{PASSWORD}@{address}/v1"
        done = sidestream("run", "Hello", *TARGETS, "--base-url", url, "--format", "json", cwd=ROOT)
    assert "You sent bWU6‹…" in done.out, "the Basic credentials, whose first word is the user's name"
    assert_clean("stdout", done.out)
    assert_clean("stderr", done.err)
    assert_files_clean(user_home)


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals of POSIX")
def test_the_screen_the_clipboard_and_exports_hold_no_key(tmp_path: Path) -> None:
    """Every place in a pane of its own, one after the other on the whole screen; then all of them in every format."""
    home = tmp_path / "home"
    home.mkdir()
    pictures: dict[str, str] = {}
    exported = [tmp_path / f"run{ending}" for ending in ENDINGS]
    with echo_server() as address:
        words, environment = sources(address)
        command = [*COMMAND, "Hello", *TARGETS, *words]
        env = {"PYTHONPATH": str(ROOT), "SIDESTREAM_UI__LAYOUT": "tabs", **environment}
        with Terminal(command, rows=50, cols=250, env=env, home=home, cwd=ROOT) as terminal:
            terminal.wait_for(re.compile(r"\d+ failed"), START_S)
            terminal.wait_for(lambda picture: " running" not in picture.splitlines()[-1], START_S)
            for model in reversed(PLACES):  # backwards, so that the first step, too, is seen before the next key
                terminal.send(SHIFT_TAB)
                terminal.wait_for(re.compile(rf"^╭.* · {model}[ ─]", re.MULTILINE))
                terminal.send("\x14y")  # unfold the reasoning, copy the answer
                terminal.send("?")  # once the help is there, all keys before it have been carried out
                terminal.wait_for(lambda picture: all(part in picture for part in HELP))
                terminal.send("\x1b")
                pictures[model] = terminal.wait_for(lambda picture: not any(part in picture for part in HELP))
            for path in exported:
                terminal.send("\x05")
                terminal.wait_for("export the run")
                terminal.send(f"\x15{path}\r")
                terminal.wait_for(f"Saved {len(PLACES)} answers to {path}")
            terminal.send("\x11")
            assert terminal.wait_exit() == 0
        assert_clean("what was written to the terminal", terminal.raw)
        assert terminal.raw.count(b"\x1b]52;c;") >= COPIED
        assert {model for model, picture in pictures.items() if "‹" in picture} >= MARKED
        for model, picture in pictures.items():
            assert_clean(f"what is on the screen of {model}", picture)
            assert_clean(f"what is on the screen of {model}, unwrapped", re.sub(r"[\s│]+", "", picture))
    for path in exported:
        assert_clean(f"the export {path.name}", path.read_bytes())
    assert_files_clean(home)


def configured(home: Path, address: str, key_lines: str) -> list[str]:
    """A configuration in which `key_lines` say where the key of `work` comes from; what to say on the command line."""
    path = home / "config.toml"
    path.touch(0o600)
    path.write_text(f'[providers.work]\nbase_url = "http://{address}/v1"\n{key_lines}\n')
    targets = [word for model in PLACES for word in ("-m", f"work/{model}")]
    return ["--config", str(path), *targets]


@pytest.mark.parametrize("source", ["literal", "variable", "command", "file"])
def test_a_key_is_in_no_output_wherever_it_came_from(source: str, user_home: Path) -> None:
    key_file = user_home / "key"
    key_file.touch(0o600)
    key_file.write_text(KEY)
    lines = {
        "literal": f'api_key = "{KEY}"',
        "variable": 'api_key = "${WORK}"',
        "command": f"api_key_command = 'cat \"{key_file}\"'",
        "file": f"api_key_file = '{key_file}'",
    }
    with echo_server() as address:
        words = configured(user_home, address, lines[source])
        done = sidestream(
            "run", "Hello", *words, "--format", "json", cwd=ROOT, WORK=KEY, SIDESTREAM_RETRIES__ATTEMPTS="0"
        )
        shown = sidestream("config", "show", *words[:2], cwd=ROOT, WORK=KEY)
    for path in (key_file, Path(words[1])):
        path.unlink()
    assert "You sent ‹" in done.out
    assert shown.status == 0, shown.err
    for written in (done, shown):
        assert_clean("stdout", written.out)
        assert found_in(written.err) == []
    assert_files_clean(user_home)


@pytest.mark.parametrize("place", ["in the engine", "at the start"])
def test_a_crash_report_holds_no_key(place: str, user_home: Path) -> None:
    """The bug's message holds another key; ours are in the stream, the variables and the environment."""
    with echo_server() as address:
        words, env = sources(address)
        command = [sys.executable, "-m", "tests.cli.broken", place, "run", f"My key is {KEY}", *TARGETS, *words]
        done = subprocess.run(
            command, cwd=ROOT, env=environment(**env), capture_output=True, check=False, timeout=START_S
        )
    assert done.returncode == 70
    assert list(user_home.rglob("crash-*.txt"))
    assert_clean("stderr", done.stderr)
    assert_files_clean(user_home)


async def _screenshot_of(text: str, size: tuple[int, int]) -> str:
    target = Target("m", "p", "m", "chat", f"http://me:{PASSWORD}@127.0.0.1:1/v1", key=Secret(KEY))
    app, engine = make_app(targets=[target])
    async with app.run_test(size=size) as pilot:
        before = app.export_screenshot()
        (state,) = engine.launch_each([(target, Prompt.of("Hello"))])
        state.start(0)
        for number, at in enumerate(range(0, len(text), PIECE)):
            chunk = {"choices": [{"index": 0, "delta": {"content": text[at : at + PIECE]}}]}
            state.receive(f"data: {json.dumps(chunk)}\n\n".encode(), number * MS)
            engine.board.mark("m")
            draw(app)
            await pilot.pause()
        return before + app.export_screenshot()


@pytest.mark.anyio
async def test_a_picture_holds_no_key() -> None:
    """Drawn after every delta, so that a key is never shown while it grows either."""
    picture = await _screenshot_of(f"You sent {KEY} to me.", (120, 30))
    assert "You&#160;sent" in picture
    assert_clean("the picture", picture.replace("&#160;", " "))
    assert_clean("the picture's words", html.unescape(re.sub("<[^>]*>", "", picture)))


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc to look at another process")
def test_a_child_is_given_no_key(tmp_path: Path) -> None:
    _, environment = sources("127.0.0.1:1")
    env = {"PYTHONPATH": str(ROOT), **environment, "GATEWAY": "sk-canary-key-5up3rs3cr3t"}
    with Terminal(
        [*COMMAND, "demo", "-m", "swift", "--api-key-env", "WORK"], env=env, home=tmp_path, cwd=ROOT
    ) as terminal:
        terminal.wait_for("swift", START_S)
        children = _descendants(terminal.pid)
        assert children, "the demo's provider is one"
        for pid in children:
            for name in ("environ", "cmdline"):
                data = Path(f"/proc/{pid}/{name}").read_bytes()
                assert_clean(f"{name} of a child", data)
                assert b"canary" not in data
        assert b"canary" in Path(f"/proc/{terminal.pid}/environ").read_bytes()


def _descendants(pid: int) -> list[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:  # it ended meanwhile
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    return [child for child, parent in parents.items() if parent == pid and child != os.getpid()]
