"""The command line of the demo provider's own process. `process.DemoProcess` starts it and reads its READY line."""

import argparse
import math
import sys
from collections.abc import Sequence

from tui.demo.app import DEFAULT_SEED
from tui.demo.server import serve


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to stop; the process's exit status. `argv` without the program's name, None for sys.argv."""
    options = _parser().parse_args(argv)
    try:
        return serve(
            options.port,
            seed=options.seed,
            speed=options.speed,
            announce=_print_ready,
            exit_with_stdin=options.exit_with_stdin,
        )
    except OSError as error:
        print(f"cannot listen on port {options.port}: {error.strerror or error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tui.demo",
        description="Serve simulated models on 127.0.0.1 over the APIs of OpenAI (chat, responses, completions), "
        "Azure, Anthropic, Gemini and Ollama. Needs no key and no network.",
    )
    parser.add_argument("--port", type=_port, default=0, help="port to listen on; 0 (default) takes a free one")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="seed of all answers (default %(default)s)")
    parser.add_argument(
        "--speed", type=_speed, default=1.0, help="multiplies the pace of all models; 0 answers without delays"
    )
    parser.add_argument("--exit-with-stdin", action="store_true", help="exit when standard input ends")
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is not between 0 and 65535")
    return port


def _speed(text: str) -> float:
    speed = float(text)
    if not (speed >= 0 and math.isfinite(speed)):
        raise argparse.ArgumentTypeError(f"{text} is not a number of 0 or more")
    return speed


def _print_ready(base_url: str) -> None:
    print(f"READY {base_url}", flush=True)
