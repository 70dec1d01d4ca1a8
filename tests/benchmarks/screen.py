"""What the dashboard costs and how soon it answers a key, seen from outside through a real pseudo-terminal.

    python tests/benchmarks/screen.py [--quick]

Prints two Markdown tables with the targets beside the figures. The dashboard, the server and this program are three
processes; CPU is the dashboard's own, as a share of one core. Each scenario is watched in slices and the median slice
is reported. A key's latency runs from writing it to the terminal until the read that shows it. Linux only.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median, quantiles

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT))

from tests.benchmarks.raw_terminal import RawTerminal  # noqa: E402
from tui.demo.process import DemoProcess  # noqa: E402

COLUMNS, ROWS = 160, 48
PANES = 16
SHORT = 2_000
LETTERS = "bcdfghjkmpqvwxz"
SHOWN_LETTERS = 4
"""A typed letter is looked for together with the ones before it: alone it stands in many texts."""
LINE_LETTERS = 60
KEY_PAUSE_S = (0.02, 0.14)
"""Between two keys: uneven, so that they meet every moment between two frames."""
EMPTY_LINE = b"\x15"
"""ctrl+u."""
ECHO = """
import os, tty
tty.setraw(0)
os.write(1, b"ready")
line = b""
while key := os.read(0, 64):
    line = b"" if key == b"\\x15" else line + key
    os.write(1, line + b"\\r")
"""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    settle_s: float
    slices: int
    slice_s: float
    keys: int
    starts: int
    rounds: int
    """How often the two lengths are compared, in alternation."""
    long: int
    """Characters of the long beginning."""
    long_settle_s: float
    """Until all of it is rendered; the views put off what is out of sight."""
    paced: tuple[int, ...]
    """Which of the paced scenarios."""


FULL = Effort(3, slices=5, slice_s=2, keys=150, starts=7, rounds=2, long=200_000, long_settle_s=30, paced=(0, 1, 2, 3))
QUICK = Effort(1, slices=2, slice_s=1, keys=30, starts=2, rounds=1, long=20_000, long_settle_s=4, paced=(2, 3))


@dataclass(frozen=True, slots=True)
class Scenario:
    """Panes that stream evenly. The targets are None where none is set."""

    name: str
    panes: int
    model: str
    cpu_target: float | None = None
    """Percent of one core."""
    has_key_target: bool = False


PACED = (
    Scenario("1 pane, 100 tok/s", 1, "load-100-60000"),
    Scenario("4 panes, 100 tok/s", 4, "load-100-60000"),
    Scenario("16 panes, 100 tok/s", PANES, "load-100-60000", cpu_target=30, has_key_target=True),
    Scenario("16 panes, 400 tok/s", PANES, "load-400-60000"),
)


def filled(characters: int) -> Scenario:
    """The third of them, with so much text there already."""
    return Scenario(f"16 panes, 100 tok/s, {characters:,} characters there", PANES, f"filled-{characters}-100")


@dataclass(frozen=True, slots=True)
class Watched:
    """What was seen of one scenario."""

    cpu_percent: float
    frames_per_s: float
    cpu_ms_per_frame: float
    bytes_per_s: float
    key_ms: list[float]
    rss_mib: float


@dataclass(frozen=True, slots=True)
class Start:
    """How long a command takes; medians of several."""

    name: str
    wall_s: float
    cpu_s: float
    target: str = ""


def main() -> None:
    """Measure everything and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a few seconds per scenario, under 40 s in all")
    parser.add_argument("--only", metavar="TEXT", help="only scenarios whose name contains TEXT; no start figures")
    arguments = parser.parse_args()
    effort = QUICK if arguments.quick else FULL
    wanted = arguments.only or ""
    with tempfile.TemporaryDirectory(prefix="screen-benchmark-") as directory:
        home = Path(directory)
        if not arguments.only:
            print(start_table(starts(home, effort.starts)), end="\n\n", flush=True)
        floor_ms = echoed(home, effort.keys)
        rows = list(scenarios(home, effort, wanted))
    print(screen_table(rows))
    p50, p99 = percentiles(floor_ms)
    print(f"\nFloor of the key latencies, a program that only echoes: p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    costs = [watched.cpu_ms_per_frame for scenario, watched in rows if scenario.model.startswith("filled")]
    if len(costs) == 2:
        print(
            f"\nCPU per frame with {effort.long:,} characters in each pane against {SHORT:,}: "
            f"x {costs[1] / costs[0]:.2f} (target: x 1.0, within noise)"
        )


def scenarios(home: Path, effort: Effort, wanted: str) -> Iterator[tuple[Scenario, Watched]]:
    """Each scenario in turn."""
    paced = [PACED[number] for number in effort.paced if wanted in PACED[number].name]
    if paced:
        with DemoProcess() as demo:
            for scenario in paced:
                yield scenario, watch(scenario, demo.base_url, home, effort)
    lengths = {filled(SHORT): effort.settle_s, filled(effort.long): effort.long_settle_s}
    lengths = {scenario: settle_s for scenario, settle_s in lengths.items() if wanted in scenario.name}
    seen: dict[Scenario, list[Watched]] = {scenario: [] for scenario in lengths}
    if lengths:
        with prefilled_server() as url:
            for _ in range(effort.rounds):
                for scenario, settle_s in lengths.items():
                    once = replace(effort, settle_s=settle_s, keys=effort.keys // effort.rounds)
                    seen[scenario].append(watch(scenario, url, home, once))
        yield from ((scenario, combined(rounds)) for scenario, rounds in seen.items())


@contextmanager
def prefilled_server() -> Iterator[str]:
    """The server whose answers begin long, in a process of its own."""
    with subprocess.Popen(
        [sys.executable, HERE / "prefilled.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        finally:
            process.stdin.close()


def dashboard(home: Path, *arguments: str) -> RawTerminal:
    """The program under test."""
    command = [sys.executable, "-m", "tui", *arguments]
    return RawTerminal(command, cols=COLUMNS, rows=ROWS, home=home, cwd=ROOT)


def watch(scenario: Scenario, url: str, home: Path, effort: Effort) -> Watched:
    """Run one scenario: first left alone, then with keys typed."""
    targets = [part for number in range(1, scenario.panes + 1) for part in ("-m", f"p{number}={scenario.model}")]
    with dashboard(home, "hello", *targets, "--base-url", url) as terminal:
        terminal.watch(b"TTFT")
        terminal.wait_seen(30)
        time.sleep(effort.settle_s)
        slices = [one_slice(terminal, effort.slice_s) for _ in range(effort.slices)]
        key_ms = typed(terminal, effort.keys)
        rss_mib = terminal.rss_mib()
    cpu, frames, per_frame, output = (median(column) for column in zip(*slices, strict=True))
    return Watched(cpu, frames, per_frame, output, key_ms, rss_mib)


def one_slice(terminal: RawTerminal, length_s: float) -> tuple[float, float, float, float]:
    """CPU percent, frames per second, CPU ms per frame, and bytes per second over a while."""
    before = terminal.reading()
    time.sleep(length_s)
    after = terminal.reading()
    passed_s = after.at_s - before.at_s
    cpu_s = after.cpu_s - before.cpu_s
    frames = after.frames - before.frames
    output = after.output_bytes - before.output_bytes
    return cpu_s / passed_s * 100, frames / passed_s, cpu_s * 1000 / max(1, frames), output / passed_s


def typed(terminal: RawTerminal, count: int) -> list[float]:
    """Type letters into the prompt, each after the one before was seen; their latencies, ms."""
    random = Random(count)
    line = ""
    latencies: list[float] = []
    while len(latencies) < count:
        if len(line) >= LINE_LETTERS:
            terminal.send(EMPTY_LINE)
            time.sleep(0.3)
            line = ""
        time.sleep(random.uniform(*KEY_PAUSE_S))
        # Not the letter before once more, so that a repaint of the old line cannot pass for the new one.
        line += random.choice(LETTERS.replace(line[-1], "") if line else LETTERS)
        terminal.watch(line[-SHOWN_LETTERS:].encode())
        sent_s = time.perf_counter()
        terminal.send(line[-1].encode())
        seen_s, _ = terminal.wait_seen(10)
        if len(line) > SHOWN_LETTERS:
            latencies.append((seen_s - sent_s) * 1000)
    return latencies


def echoed(home: Path, count: int) -> list[float]:
    """The same keys typed into the least a program can do: what terminal, scheduler and this program take, ms."""
    with RawTerminal([sys.executable, "-c", ECHO], cols=COLUMNS, rows=ROWS, home=home, cwd=ROOT) as terminal:
        terminal.watch(b"ready")
        terminal.wait_seen(10)
        return typed(terminal, count)


def percentiles(values: list[float]) -> tuple[float, float]:
    """The 50th and the 99th."""
    cuts = quantiles(values, n=100, method="inclusive")
    return cuts[49], cuts[98]


def combined(rounds: list[Watched]) -> Watched:
    """Several rounds as one."""
    return Watched(
        median(one.cpu_percent for one in rounds),
        median(one.frames_per_s for one in rounds),
        median(one.cpu_ms_per_frame for one in rounds),
        median(one.bytes_per_s for one in rounds),
        [latency for one in rounds for latency in one.key_ms],
        max(one.rss_mib for one in rounds),
    )


def starts(home: Path, count: int) -> list[Start]:
    """Start-up times, and what no Textual program gets below."""
    python = sys.executable
    return [
        command_start("`python -c pass` (floor)", [python, "-c", "pass"], count),
        command_start("`sidestream --version`", [python, "-m", "tui", "--version"], count, "wall < 0.1 s"),
        command_start("`import textual.app` (floor)", [python, "-c", "import textual.app"], count),
        first_paint(home, count),
    ]


def command_start(name: str, command: list[str], count: int, target: str = "") -> Start:
    """A command that ends by itself."""

    def once() -> tuple[float, float]:
        before = getrusage(RUSAGE_CHILDREN)
        start_s = time.perf_counter()
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        wall_s = time.perf_counter() - start_s
        after = getrusage(RUSAGE_CHILDREN)
        return wall_s, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return medians(name, once, count, target)


def first_paint(home: Path, count: int) -> Start:
    """From the start of the program to the read that shows the last pane's title and the prompt under it."""
    targets = [part for number in range(1, PANES + 1) for part in ("-m", f"p{number}=m")]

    def once() -> tuple[float, float]:
        # Nothing is asked, so nobody needs to listen at the address.
        with dashboard(home, *targets, "--base-url", "http://127.0.0.1:9/v1") as terminal:
            terminal.watch(b"palette")
            seen_s, cpu_s = terminal.wait_seen(30)
            return seen_s - terminal.started_s, cpu_s

    return medians(f"first paint, {PANES} panes", once, count, "CPU < 0.6 s")


def medians(name: str, once: Callable[[], tuple[float, float]], count: int, target: str) -> Start:
    """Wall and CPU of several runs; the first, which fills the file cache, is thrown away."""
    once()
    walls, cpus = zip(*(once() for _ in range(count)), strict=True)
    return Start(name, median(walls), median(cpus), target)


def start_table(rows: list[Start]) -> str:
    """Start-up as Markdown."""
    lines = ["| start | wall, s | CPU, s | target |", "|---|---:|---:|---|"]
    lines += [f"| {row.name} | {row.wall_s:.3f} | {row.cpu_s:.3f} | {row.target} |" for row in rows]
    return "\n".join(lines)


def screen_table(rows: list[tuple[Scenario, Watched]]) -> str:
    """The scenarios as Markdown, targets in brackets."""
    lines = [
        f"| {COLUMNS}x{ROWS} | CPU, % of a core | frames/s | CPU ms/frame "
        "| key p50, ms | key p99, ms | kB/s | RSS, MiB |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for scenario, seen in rows:
        p50, p99 = percentiles(seen.key_ms)
        keys = scenario.has_key_target
        cells = [
            scenario.name,
            f"{seen.cpu_percent:.0f}{f' (<= {scenario.cpu_target:.0f})' if scenario.cpu_target else ''}",
            f"{seen.frames_per_s:.0f}{' (>= 25)' if keys else ''}",
            f"{seen.cpu_ms_per_frame:.1f}",
            f"{p50:.1f}{' (< 15)' if keys else ''}",
            f"{p99:.1f}{' (< 50)' if keys else ''}",
            f"{seen.bytes_per_s / 1000:.0f}",
            f"{seen.rss_mib:.0f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
