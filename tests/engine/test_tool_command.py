"""Programs that answer calls, with real processes: what they write, how they end, and that nothing of them stays."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest

from tui.engine.tool_command import ERROR_BYTES, CommandOutcome, run_tool_command

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(sys.platform == "win32", reason="process groups are POSIX")]

PATIENCE_S = 30


async def run(program: str, *arguments: str, call: str = "{}", **limits: Any) -> CommandOutcome:
    """A Python program, to its end."""
    command = [sys.executable, "-c", program, *arguments]
    with anyio.fail_after(PATIENCE_S):
        return await run_tool_command(
            command, call, {"PATH": os.defpath}, **{"timeout_s": PATIENCE_S, "output_bytes": 64 * 1024} | limits
        )


async def test_arguments_come_as_input_and_the_output_is_the_result() -> None:
    done = await run(
        "import sys; print(sys.stdin.read() + ' ' + sys.argv[1])", "; rm -rf $HOME", call='{"city": "Tromsø"}'
    )
    assert done == CommandOutcome('{"city": "Tromsø"} ; rm -rf $HOME\n', "", 0, "")


async def test_the_environment_is_the_one_it_was_given() -> None:
    done = await run("import os; print(sorted(set(os.environ) - {'LC_CTYPE'}))")
    assert done.output == "['PATH']\n"


async def test_status_and_standard_error_are_told_and_the_output_is_kept() -> None:
    done = await run("import sys; print('half'); print('no such city', file=sys.stderr); sys.exit(3)")
    assert (done.output, done.errors, done.status) == ("half\n", "no such city\n", 3)
    assert done.problem.endswith(" ended with status 3.")


async def test_a_crash_names_the_signal() -> None:
    done = await run("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert done.status == -signal.SIGSEGV
    assert done.problem.endswith(f" was ended by signal {int(signal.SIGSEGV)}.")


@pytest.mark.parametrize("size", [0, 1_000_000])
async def test_one_that_does_not_read_its_input_still_answers(size: int) -> None:
    done = await run("print('done')", call="x" * size)
    assert (done.output, done.problem) == ("done\n", "")


async def test_a_large_input_and_a_large_output_at_the_same_time() -> None:
    echo = "import sys\nfor line in sys.stdin: sys.stdout.write(line)"
    text = "line\n" * 100_000
    assert (await run(echo, call=text, output_bytes=len(text))).output == text


async def test_a_flood_is_cut_at_its_bound_and_stopped() -> None:
    done = await run("while True: print('y' * 1000)", output_bytes=2048)
    assert len(done.output) == 2048
    assert done.status is None
    assert done.problem.endswith(" wrote more than 2 KiB and was stopped; the rest is cut off.")


async def test_of_standard_error_the_end_is_kept() -> None:
    done = await run("import sys; sys.stderr.write('x' * 200_000 + 'the reason'); print('ok')")
    assert len(done.errors) == ERROR_BYTES
    assert done.errors.endswith("the reason")
    assert done.output == "ok\n"


async def test_output_that_is_no_utf_8_is_shown_where_it_can_be() -> None:
    done = await run(r"import sys; sys.stdout.buffer.write(b'caf\xe9 \xff ok')")
    assert done.output == "caf\ufffd \ufffd ok"


async def test_one_that_hangs_is_stopped_at_its_time_limit_with_what_it_wrote() -> None:
    done = await run("import time; print('begun', flush=True); time.sleep(600)", timeout_s=1)
    assert (done.output, done.status) == ("begun\n", None)
    assert done.problem.endswith(" did not finish within 1 s and was stopped.")


async def test_what_it_leaves_running_is_ended_with_it(tmp_path: Path) -> None:
    """A grandchild that holds the pipes must neither keep the answer nor stay."""
    left = tmp_path / "pid"
    program = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "open(sys.argv[1], 'w').write(str(child.pid)); print('done')"
    )
    done = await run(program, str(left))
    assert (done.output, done.problem) == ("done\n", "")
    await gone(int(left.read_text()))


async def test_cancelling_ends_it_and_what_it_started(tmp_path: Path) -> None:
    started = tmp_path / "pids"
    program = (
        "import os, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "open(sys.argv[1] + '.new', 'w').write(f'{os.getpid()} {child.pid}')\n"
        "os.rename(sys.argv[1] + '.new', sys.argv[1]); time.sleep(600)"
    )
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run, program, str(started))
        with anyio.fail_after(PATIENCE_S):
            while not started.exists():  # noqa: ASYNC110 - another process makes it
                await anyio.sleep(0.01)
        tasks.cancel_scope.cancel()
    for pid in started.read_text().split():
        await gone(int(pid))


async def gone(pid: int) -> None:
    """Wait until a process is no more; a zombie that nobody reaps in a container counts as gone."""
    with anyio.fail_after(PATIENCE_S):
        while _is_alive(pid):  # noqa: ASYNC110 - another process ends
            await anyio.sleep(0.01)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["not-there-at-all"], "not-there-at-all cannot be started: no such file or directory."),
        (["/"], " cannot be started: permission denied."),
        (["echo", "a\0b"], "echo cannot be started: there is a NUL in its arguments."),
    ],
)
async def test_what_cannot_be_started_is_said(command: list[str], words: str) -> None:
    done = await run_tool_command(command, "{}", {"PATH": os.defpath}, timeout_s=5, output_bytes=100)
    assert (done.output, done.status) == ("", None)
    assert done.problem == words


async def test_a_file_that_is_no_program_is_said(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("hello")
    done = await run_tool_command([str(file)], "{}", {}, timeout_s=5, output_bytes=100)
    assert done.problem == "notes.txt cannot be started: permission denied."
