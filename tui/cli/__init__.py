"""The command line: reads what the user asked for, wires the layers together, turns outcomes into exit statuses."""

import sys


def entry_point() -> None:
    """Run `sidestream` and leave with its status."""
    try:
        from tui.cli.commands import sidestream
        from tui.cli.crash import crashes_reported
        from tui.core.redact import Redactor

        with crashes_reported(redact=Redactor().text):
            sys.exit(sidestream(standalone_mode=True))
    except KeyboardInterrupt:  # before anything runs that handles the signal in an orderly way
        sys.exit(130)
