"""The program under test of `soak.py`: the dashboard as it is, in a terminal, which also tells what only it can know.

    python soak_program.py REPORT DEMO_URL FAULTY_URL PANES FAULTY MODEL [collect]

Once a second a line of JSON is appended to REPORT. Run by path. What is reported comes from a fleet that inherits from
the real one, so that nothing of this is part of the program.
"""

import asyncio
import gc
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import TaskStatus

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tui.cli.dashboard import open_dashboard
from tui.cli.options import Asked
from tui.core.request import Prompt
from tui.core.stream import StreamState
from tui.core.target import Target
from tui.engine import fleet

REPORT_S = 1.0


class TellingFleet(fleet.Fleet):
    """Counts how streams end, and reports."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._ended: Counter[str] = Counter()
        self._report_file = Path(sys.argv[1]).open("a", encoding="utf-8")  # noqa: SIM115  # as long as the program

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """The real one, and the reports beside it."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._report)
            await super().run(task_status=task_status)

    def launch_each(self, asked: Iterable[tuple[Target, Prompt]]) -> list[StreamState]:
        """Count how the streams ended that are now replaced; what still runs is cancelled by that."""
        self._ended.update(str(state.phase) if state.is_over else "cancelled" for state in self.board)
        return super().launch_each(asked)

    async def _report(self) -> None:
        while True:
            await anyio.sleep(REPORT_S)
            running = sum(not state.is_over for state in self.board)
            objects = None
            if not running and sys.argv[7:]:  # both hold up the loop, so they are no part of an ordinary soak
                gc.collect()
                objects = len(gc.get_objects())
            line = {
                "at_s": time.perf_counter(),
                "running": running,
                "tasks": len(asyncio.all_tasks()),
                "ended": self._ended,
                "objects": objects,
                "minute": asdict(self.loop_lag.last_minute()),
                "all": asdict(self.loop_lag.since_start()),
            }
            print(json.dumps(line), file=self._report_file, flush=True)


def main() -> int:
    """Open the dashboard on the targets the arguments describe."""
    demo_url, faulty_url, panes, faulty, model = sys.argv[2:7]
    targets = [Target(f"p{number}", "demo", model, "chat", demo_url) for number in range(int(panes) - int(faulty))]
    targets += [Target(f"f{number}", "faulty", "faulty", "chat", faulty_url) for number in range(int(faulty))]
    fleet.Fleet = TellingFleet  # type: ignore[misc]  # `open_dashboard` looks it up when it runs
    return open_dashboard(Asked(None, None, targets), None)


if __name__ == "__main__":
    sys.exit(main())
