"""Whether the dashboard stays as it is when it runs for long: memory, files, tasks, and how late its event loop is.

    python tests/benchmarks/soak.py [--minutes 20]

Sixteen panes at 100 tokens/s in a real pseudo-terminal, two of them at a server whose every answer goes wrong. The
prompt is typed again and again: once while all still run, which cancels them, then when they have ended; and twice a
minute nothing runs until every kept connection has been closed, for only then can one moment be compared with another.
Prints a Markdown table with the targets beside the figures; the status is 1 when one is missed. Linux only.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression, median
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT))

from tests.benchmarks.raw_terminal import RawTerminal, Reading  # noqa: E402
from tui.demo.process import DemoProcess  # noqa: E402

COLUMNS, ROWS = 160, 48
QUESTION, ESCAPE, CANCEL_ALL, TO_PROMPT, NEW = b"once more\r", b"\x1b", b"X", b"i", b"\x0e"
ESCAPE_S = 0.5
"""An escape and a letter that come together are the letter with alt."""
PANES, FAULTY = 16, 2
MODEL = "load-100-800"
QUESTIONS_S = (3.0, 9.0, 9.0)
"""From each question of a round to the next. The answers take eight seconds, so the first is cut short."""
REST_S = 8.0
"""From the end of a round to the next, measured at its end. The demo provider closes what is idle for five seconds."""
WARM_UP_SHARE = 0.5
"""Textual's caches of layouts and styles fill for some minutes, and each new longest answer leaves its room behind."""
SLOPE_MB, LAG_P99_MS = 1.0, 50.0


@dataclass(frozen=True, slots=True)
class Rest:
    """The program at a moment at which nothing ran."""

    at_s: float
    rss_mb: float
    files: int
    tasks: int
    objects: int | None
    """Those the garbage collector knows. None unless garbage is collected."""


def main() -> int:
    """Soak and print the table; 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=20.0, help="how long, warm-up included (default 20)")
    parser.add_argument("--collect", action="store_true", help="collect garbage at rest, to tell it from a leak")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as directory, DemoProcess() as demo, faulty_server() as faulty_url:
        home, report = Path(directory), Path(directory) / "report.jsonl"
        program = [sys.executable, str(HERE / "soak_program.py"), str(report), demo.base_url, faulty_url]
        command = [*program, str(PANES), str(FAULTY), MODEL, *(["collect"] if arguments.collect else [])]
        with RawTerminal(command, cols=COLUMNS, rows=ROWS, home=home, cwd=ROOT) as terminal:
            terminal.watch(b"palette")
            terminal.wait_seen(30)
            before = terminal.reading()
            rests = list(soak(terminal, report, arguments.minutes * 60))
            after = terminal.reading()
        lines = [json.loads(line) for line in report.read_text().splitlines()]
    rows, is_met = judged(rests, lines, before, after)
    print("\n".join([f"| soak, {arguments.minutes:g} minutes | | target |", "|---|---:|---|", *rows]))
    return 0 if is_met else 1


@contextmanager
def faulty_server() -> Iterator[str]:
    """The server whose answers go wrong, in a process of its own."""
    with subprocess.Popen(
        [sys.executable, HERE / "faulty.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        finally:
            process.stdin.close()


def soak(terminal: RawTerminal, report: Path, length_s: float) -> Iterator[Rest]:
    """Ask again and again; what the program holds each time nothing runs."""
    until_s = time.perf_counter() + length_s
    while time.perf_counter() < until_s:
        terminal.send(NEW)  # or the conversation, and with it each request, would grow for ever
        for pause_s in QUESTIONS_S:
            terminal.send(QUESTION)
            time.sleep(pause_s)
        terminal.send(ESCAPE)  # out of the prompt, where X is a letter
        time.sleep(ESCAPE_S)
        terminal.send(CANCEL_ALL)  # a stream of pings has no end of its own
        line = rested(report)
        yield Rest(line["at_s"], terminal.rss_mib() * 2**20 / 1e6, terminal.files(), line["tasks"], line["objects"])
        terminal.send(TO_PROMPT)


def rested(report: Path) -> dict[str, Any]:
    """The first report after a rest in which nothing runs. Raises TimeoutError when there is none."""
    asked_s = time.perf_counter()
    while time.perf_counter() < asked_s + 60:
        time.sleep(0.2)
        line: dict[str, Any] = json.loads(report.read_text().splitlines()[-1])
        if line["at_s"] > asked_s + REST_S and not line["running"]:
            return line
    raise TimeoutError("a stream does not end")


def judged(rests: list[Rest], lines: list[dict[str, Any]], before: Reading, after: Reading) -> tuple[list[str], bool]:
    """The rows of the table, and whether every target is met."""
    warm_s = before.at_s + WARM_UP_SHARE * (after.at_s - before.at_s)
    warm = [rest for rest in rests if rest.at_s >= warm_s]
    slope, _ = linear_regression([rest.at_s for rest in warm], [rest.rss_mb for rest in warm])
    grown_mb = slope * 600
    files, tasks = {rest.files for rest in warm}, {rest.tasks for rest in warm}
    lag = lines[-1]["all"]
    minutes = [line["minute"]["p99_ns"] / 1e6 for line in lines if line["at_s"] >= warm_s]
    ended = " · ".join(f"{count} {how}" for how, count in sorted(lines[-1]["ended"].items()))
    passed_s = after.at_s - before.at_s
    checks = [
        ("memory at rest, slope per 10 minutes, MB", f"{grown_mb:+.2f}", f"< {SLOPE_MB:g}", grown_mb < SLOPE_MB),
        ("file descriptors at rest", span(files), "constant", len(files) == 1),
        ("tasks at rest", span(tasks), "constant", len(tasks) == 1),
        (
            "lag of the event loop, p99, ms",
            f"{lag['p99_ns'] / 1e6:.1f}",
            f"< {LAG_P99_MS:g}",
            lag["p99_ns"] < LAG_P99_MS * 1e6,
        ),
    ]
    facts = [
        ("streams", ended),
        ("memory at rest, first and last, MB", f"{warm[0].rss_mb:.1f}, {warm[-1].rss_mb:.1f}"),
        *([("objects at rest, first and last", f"{warm[0].objects}, {warm[-1].objects}")] if warm[0].objects else []),
        ("lag, p50 and longest, ms", f"{lag['p50_ns'] / 1e6:.1f}, {lag['max_ns'] / 1e6:.0f}"),
        ("lag, p99 of a minute, median and worst, ms", f"{median(minutes):.1f}, {max(minutes):.1f}"),
        ("CPU, % of a core", f"{(after.cpu_s - before.cpu_s) / passed_s * 100:.0f}"),
        ("frames/s", f"{(after.frames - before.frames) / passed_s:.0f}"),
    ]
    rows = [
        f"| {name} | {value} | {target}{'' if is_met else ' **missed**'} |" for name, value, target, is_met in checks
    ]
    rows += [f"| {name} | {value} | |" for name, value in facts]
    return rows, all(is_met for *_, is_met in checks)


def span(values: set[int]) -> str:
    """`17`, or `17 to 19`."""
    return f"{min(values)}" if len(values) == 1 else f"{min(values)} to {max(values)}"


if __name__ == "__main__":
    sys.exit(main())
