"""Runs the README's demo command word for word: `check_demo.py COMMAND`, from the checkout, as a reader would."""

import os
import sys

from dashboard import CHECKOUT, use_dashboard


def main() -> None:
    """Use the demo once. The command may install something first, so it sees the real home and pip's settings."""
    installing = {name: value for name, value in os.environ.items() if name == "HOME" or name.startswith("PIP_")}
    use_dashboard(["bash", "-euo", "pipefail", "-c", sys.argv[1]], cwd=CHECKOUT, env=installing)


if __name__ == "__main__":
    main()
