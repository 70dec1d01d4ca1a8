"""Uses the demo dashboard for a moment, as a person would, in a pseudo-terminal; for the checks beside this file."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))  # for the harness below; the program under test is another process

from tests.support.terminal import Terminal, allowed_controls  # noqa: E402

READY = "─ prompt ─"
"""The title of the prompt box, the last thing of the first screen to be painted."""
FINISHED = "✓ complete"
"""The glyph and the word of an answer that is whole, in the title of its pane (`tui/app/state_words.py`)."""
START_SECONDS = 120.0
ANSWER_SECONDS = 120.0
CTRL_Q = "\x11"


def use_dashboard(command: Sequence[str | Path], cwd: Path, env: Mapping[str, str] | None = None) -> None:
    """Start the demo, ask something, wait until a pane has finished, quit. Ends the process when anything is wrong."""
    with Terminal(command, rows=45, cols=150, cwd=cwd, env=env) as terminal:
        before = terminal.wait_for(READY, START_SECONDS)
        if FINISHED in before:
            sys.exit(f"a pane is finished before anything was asked:\n{before}")
        terminal.send("Tell me about tides.\r")
        print(terminal.wait_for(FINISHED, ANSWER_SECONDS))
        terminal.send(CTRL_Q)
        status = terminal.wait_exit(START_SECONDS)
        if status or not terminal.restored():
            sys.exit(f"the dashboard left with status {status} and {terminal.leftovers()}:\n{terminal.text()}")
        if found := allowed_controls(terminal.raw):
            sys.exit(f"the dashboard wrote more than the allowed control sequences: {sorted(set(found))}")
        print(f"{terminal!r}, terminal restored", flush=True)
