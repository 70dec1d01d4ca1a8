"""The `sidestream` command, and `python -m tui`. Everything heavy is imported later, by the command that needs it."""

import sys


def main() -> None:
    """Run the command line and leave with its exit status."""
    if sys.argv[1:] == ["--version"]:  # the one command a script may call in a loop: answered before click loads
        from tui import __version__

        print(f"sidestream {__version__}")
        return
    from tui.cli import entry_point

    entry_point()


if __name__ == "__main__":
    main()
