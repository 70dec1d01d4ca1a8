"""The command: fuzz one dialect, or `all`, for some seconds, or judge a saved find again.

python -m tests.fuzz chat --seconds 60 --seed 7
python -m tests.fuzz all --seconds 30
python -m tests.fuzz --again fuzz-finds/chat-raises-0123456789ab.bin
"""

import argparse
import secrets
import sys
import time
from pathlib import Path

from tests.fuzz.campaign import Campaign, judged_again, saved, shrunk
from tui.core.dialects import DIALECTS


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 1 when there are finds."""
    given = _parser().parse_args(arguments)
    if given.again:
        problem = judged_again(given.again)
        print(f"{problem.kind}: {problem.detail}" if problem else "mended")
        return 1 if problem else 0
    if not given.dialect:
        _parser().error("which dialect?")
    names = sorted(DIALECTS) if given.dialect == "all" else [given.dialect]
    seed = secrets.randbelow(10**6) if given.seed is None else given.seed
    found = [_fuzzed(name, seed, given.seconds, given.finds) for name in names]
    return 1 if any(found) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Throw damaged recordings at a decoder.")
    parser.add_argument("dialect", nargs="?", choices=[*sorted(DIALECTS), "all"])
    parser.add_argument("--seconds", type=float, default=10.0, help="how long, for each dialect (10)")
    parser.add_argument("--seed", type=int, help="the same seed makes the same inputs (random)")
    parser.add_argument("--finds", type=Path, default=Path("fuzz-finds"), help="where finds are saved (fuzz-finds)")
    parser.add_argument("--again", type=Path, metavar="FILE.bin", help="judge a saved find again")
    return parser


def _fuzzed(dialect: str, seed: int, seconds: float, folder: Path) -> int:
    campaign = Campaign(dialect, seed)
    started = time.monotonic()
    campaign.run(lambda: time.monotonic() - started < seconds)
    spent = time.monotonic() - started
    phases = ", ".join(f"{count} {phase}" for phase, count in campaign.phases.most_common())
    print(
        f"{dialect}: {campaign.number} inputs in {spent:.1f} s ({campaign.number / spent:.0f} inputs/s), seed {seed}: "
        f"{phases}; {len(campaign.finds)} finds"
    )
    for find in campaign.finds.values():
        path = saved(shrunk(find, dialect), dialect, seed, folder)
        print(f"  input {find.number} {find.problem.kind}: {find.problem.detail}\n    {path}")
    return len(campaign.finds)


if __name__ == "__main__":
    sys.exit(main())
