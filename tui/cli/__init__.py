"""The command line: reads what the user asked for, wires the layers together, turns outcomes into exit statuses."""

import sys


def entry_point() -> None:
    """Run `sidestream` and leave with its status."""
    from tui.cli.commands import sidestream

    sys.exit(sidestream(standalone_mode=True))
