"""`python -m tui.demo`: the demo provider as a process of its own."""

from tui.demo.command import main

if __name__ == "__main__":
    raise SystemExit(main())
