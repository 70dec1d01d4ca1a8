"""What streaming costs, and how true the stopwatch is: ours beside the vendor's SDK and others, on loopback.

    python tests/benchmarks/client.py [--quick]

Prints three Markdown tables. Client CPU is process time per chunk of about 230 bytes, imports excluded, each stack in a
process of its own. The error of a time to first token is the client's figure less the server's own (request arrived
to first event written), so it holds connecting, waiting in a pool and being late to read. The error of a gap is how
far the time between two events, as the client saw it, is from the time between their writes. The SDK is measured when
it is installed (the `bench` extra). Ratios are firmer than figures.
"""

import argparse
import asyncio
import importlib.util
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent))

from tests.benchmarks.stacks import STACKS, RunAll, Seen  # noqa: E402

STREAMS = 32
SDK = "vendor SDK"
OURS = "sidestream, the whole engine"


@dataclass(frozen=True)
class Effort:
    """How much is measured."""

    rounds: int
    paced_chunks: int
    fast_chunks: int
    openings: tuple[int, ...]


FULL = Effort(rounds=3, paced_chunks=100, fast_chunks=400, openings=(1, 16, 64, 256))
QUICK = Effort(rounds=1, paced_chunks=80, fast_chunks=200, openings=(64,))
GAP_MS = 10
STAMPED = "stamped-25-20"
"""What is opened: 25 events, 20 ms apart."""
TTFT_TARGET_MS, GAP_TARGET_MS = 2.0, 1.0


def main() -> None:
    """Measure every stack and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="one round, under 20 s")
    parser.add_argument("--measure", metavar="STACK", help="measure one stack and print JSON (used by this program)")
    parser.add_argument("--part", choices=("cost", "error"), help="what of it")
    parser.add_argument("--url", help="the server for --measure")
    arguments = parser.parse_args()
    effort = QUICK if arguments.quick else FULL
    if arguments.measure:
        part = {"cost": cost, "error": error}[arguments.part]
        print(json.dumps(asyncio.run(part(arguments.measure, arguments.url, effort))))
        return
    names = list(STACKS)
    if importlib.util.find_spec("openai") is None:
        print("The vendor SDK is not installed (pip install -e '.[bench]'), so nothing is compared with it.\n")
        names.remove(SDK)
    parts = [arguments.part] if arguments.part else ["cost", "error"]
    with server() as url:  # round by round, so that a busy moment of the machine does not hit one stack alone
        rounds = [
            {name: measured_apart(name, url, part, quick=arguments.quick) for name in names}
            for part in parts
            for _ in range(effort.rounds)
        ]
    results: dict[str, dict[str, float]] = {
        name: {key: median(row[name][key] for row in rounds if key in row[name]) for row in rounds for key in row[name]}
        for name in names
    }
    tables = {"cost": [cpu_table], "error": [ttft_table, gap_table]}
    print("\n\n".join(table(results, effort) for part in parts for table in tables[part]))


@contextmanager
def server() -> Iterator[str]:
    """The loopback server in a process of its own; it ends with its stdin."""
    with subprocess.Popen(
        [sys.executable, HERE / "loopback.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        finally:
            process.stdin.close()


def measured_apart(name: str, url: str, part: str, *, quick: bool) -> dict[str, float]:
    """One stack's figures, measured in a fresh process."""
    command = [
        sys.executable,
        __file__,
        "--measure",
        name,
        "--part",
        part,
        "--url",
        url,
        *(["--quick"] if quick else []),
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


async def cost(name: str, url: str, effort: Effort) -> dict[str, float]:
    """CPU in µs per chunk, paced and as fast as possible."""
    paced, fast = f"paced-{effort.paced_chunks}-{GAP_MS}", f"fast-{effort.fast_chunks}"
    async with STACKS[name](url) as run_all:
        await run_all("fast-50", STREAMS, 0)  # connects, and loads what is loaded on first use
        return {
            # Started a bit apart, so that no two streams have their events at the same moment.
            "paced": await cpu_per_chunk(run_all, paced, effort.paced_chunks, GAP_MS / STREAMS),
            "fast": median([await cpu_per_chunk(run_all, fast, effort.fast_chunks, 0) for _ in range(3)]),
        }


async def error(name: str, url: str, effort: Effort) -> dict[str, float]:
    """Median errors of times to first token and of gaps by number of streams, on a client without connections, ms."""
    figures = {}
    for count in effort.openings:
        for label, apart_s in (("apart", 0.002), ("together", 0.0)):
            async with STACKS[name](url) as run_all:
                await run_all("fast-1", 1, 0)
                seen = await run_all(STAMPED, count, apart_s)
            figures[f"ttft {label} {count}"] = median(ttft_error_ms(one) for one in seen)
            figures[f"gap {label} {count}"] = median(error for one in seen for error in gap_errors_ms(one))
    return figures


async def cpu_per_chunk(run_all: RunAll, model: str, chunks: int, apart_ms: float) -> float:
    """Process time of one run per chunk, µs."""
    before = time.process_time_ns()
    seen = await run_all(model, STREAMS, apart_ms / 1000)
    cost = time.process_time_ns() - before
    assert all(one.texts[1:] == [" word"] * (chunks - 1) for one in seen), "text was lost"
    return cost / 1000 / (chunks * STREAMS)


def ttft_error_ms(seen: Seen) -> float:
    """The client's time to first token less the server's."""
    arrived_ns, written_ns = map(int, seen.texts[0].split())
    return ((seen.read_ns[0] - seen.start_ns) - (written_ns - arrived_ns)) / 1e6


def gap_errors_ms(seen: Seen) -> list[float]:
    """How far each gap is from the server's."""
    written_ns = [int(text.split()[-1]) for text in seen.texts]
    late_ns = [read - written for read, written in zip(seen.read_ns, written_ns, strict=True)]
    return [abs(after - before) / 1e6 for before, after in pairwise(late_ns)]


def cpu_table(results: dict[str, dict[str, float]], effort: Effort) -> str:
    """µs per chunk, and how many times ours that is."""
    lines = [
        f"| client CPU, µs per chunk, {STREAMS} streams | one event per read | × ours | as fast as possible | × ours |",
        "|---|---:|---:|---:|---:|",
    ]
    ours = results[OURS]
    lines += [
        f"| {name} | {row['paced']:.1f} | {row['paced'] / ours['paced']:.1f} "
        f"| {row['fast']:.2f} | {row['fast'] / ours['fast']:.1f} |"
        for name, row in results.items()
    ]
    return "\n".join(lines)


def ttft_table(results: dict[str, dict[str, float]], effort: Effort) -> str:
    """Median error of the time to first token, ms."""
    return error_table(f"error of TTFT, p50, ms (target at once: <= {TTFT_TARGET_MS:.0f})", "ttft", results, effort)


def gap_table(results: dict[str, dict[str, float]], effort: Effort) -> str:
    """Median error of the gaps, ms."""
    return error_table(f"error of the gaps, p50, ms (target: <= {GAP_TARGET_MS:.0f})", "gap", results, effort)


def error_table(title: str, figure: str, results: dict[str, dict[str, float]], effort: Effort) -> str:
    """One figure for every stack and number of streams."""
    columns = [(label, count) for label in ("apart", "together") for count in effort.openings]
    titles = [f"{count} {'at once' if label == 'together' else '2 ms apart'}" for label, count in columns]
    lines = [f"| {title} | {' | '.join(titles)} |", "|---|" + "---:|" * len(columns)]
    for name, row in results.items():
        cells = (f"{row[f'{figure} {label} {count}']:.2f}" for label, count in columns)
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
