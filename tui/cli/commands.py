"""The commands. Each imports what it needs when it runs, so that `--help` and `--version` stay instant."""

import os
from typing import Any

import click

from tui import __version__
from tui.cli.options import asked, request_options
from tui.core.errors import SidestreamError, UsageError

DEFAULT = "compare"
"""The command that is meant when none is named: `sidestream "PROMPT" -m …`."""


class SidestreamGroup(click.Group):
    """A group with a default command, whose subcommand may stand anywhere among the options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command first: the named one if the first plain word names one, the default otherwise."""
        if args and args[0] in ("--help", "-h", "--version"):
            return super().parse_args(ctx, args)
        at = self._first_word(args)
        if at is not None and args[at] in self.commands:
            args = [args[at], *args[:at], *args[at + 1 :]]
        else:
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; our own errors become a sentence and status 2."""
        try:
            return super().invoke(ctx)
        except SidestreamError as exc:
            click.echo(f"sidestream: {exc}", err=True)
            ctx.exit(2)

    def _first_word(self, args: list[str]) -> int | None:
        """The index of the first argument that is neither an option nor an option's value."""
        takes_value = {
            name
            for command in self.commands.values()
            for option in command.params
            if isinstance(option, click.Option) and not option.is_flag
            for name in option.opts
        }
        skip = False
        for index, arg in enumerate(args):
            if skip:
                skip = False
            elif arg == "--":
                return None
            elif arg.startswith("-") and arg != "-":
                skip = arg in takes_value
            else:
                return index
        return None


@click.group(cls=SidestreamGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="sidestream %(version)s")
def sidestream() -> None:
    """Stream several LLM APIs side by side, with an honest stopwatch on each.

    \b
    sidestream demo                                   the dashboard on simulated models
    sidestream "PROMPT" -m openai/gpt-5.2 -m …        the dashboard, already running
    sidestream "PROMPT" -m NAME --base-url http://127.0.0.1:8080/v1
    sidestream run "PROMPT" -m …                      the same without a screen
    """


def _display_options(command: Any) -> Any:
    return click.option(
        "--theme", metavar="NAME", help="Colours to start with; see the palette (ctrl+p) for the list."
    )(command)


@sidestream.command(DEFAULT, hidden=True)
@request_options
@_display_options
def compare(theme: str | None, **options: Any) -> None:
    """Open the dashboard; with a prompt it runs at once, without targets it is the demo."""
    from tui.cli.dashboard import open_dashboard, open_demo

    request = asked(**options)
    if request.targets:
        status = open_dashboard(request, theme)
    else:
        notice = "No models were named, so these are the demo's. Name yours with -m PROVIDER/MODEL."
        status = open_demo(request, theme, notice=notice)
    raise SystemExit(status)


@sidestream.command()
@request_options
@_display_options
@click.option("--seed", type=int, default=7, show_default=True, help="Seed of the simulated models.")
@click.option(
    "--speed", type=click.FloatRange(min=0), default=1.0, show_default=True, help="How fast they answer; 0 is at once."
)
def demo(theme: str | None, seed: int, speed: float, **options: Any) -> None:
    """Open the dashboard on simulated models: real HTTP on loopback, no key, no network.

    -m MODEL chooses among them and -m MODEL,dialect=NAME the protocol they are asked in; the seed and the prompt decide
    what they say.
    """
    from tui.cli.dashboard import open_demo

    models = options.pop("models")
    request = asked(models=(), **options)
    raise SystemExit(open_demo(request, theme, models=models, seed=seed, speed=speed))


@sidestream.command()
@request_options
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Answers alone, or one JSON object with everything known.",
)
def run(output: str, **options: Any) -> None:
    """Stream the answers without a screen: data on stdout, notes on stderr.

    Exit status: 0 all complete, 1 some target failed, 2 usage, 3 all failed, 130 interrupted.
    """
    from tui.cli.headless import run as run_headless

    request = asked(**options)
    if not request.targets:
        raise UsageError("no target was named; add -m PROVIDER/MODEL, or -m MODEL with --base-url URL")
    raise SystemExit(run_headless(request.targets, request.prompt(), output))


@sidestream.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="Loopback port; 0 picks one."
)
@click.option("--seed", type=int, default=7, show_default=True, help="Seed of the simulated models.")
@click.option(
    "--speed", type=click.FloatRange(min=0), default=1.0, show_default=True, help="How fast they answer; 0 is at once."
)
@click.option(
    "--fault", "faults", metavar="NAME", multiple=True, help="Let every request meet this fault; several take turns."
)
@click.option("--list-faults", is_flag=True, help="List the faults with what a client should make of each, and exit.")
def serve(port: int, seed: int, speed: float, faults: tuple[str, ...], list_faults: bool) -> None:
    """Serve the demo's models on a loopback port, for trying any client.

    Beside the good models there are those named fault/NAME, which misbehave in one way each. GET /faults tells which
    requests met which fault.
    """
    from tui.demo.faults.table import UnknownFaultError, listing

    if list_faults:
        click.echo(listing())
        return
    from tui.demo.server import serve as serve_demo

    try:
        status = serve_demo(port=port, seed=seed, speed=speed, faults=faults)
    except UnknownFaultError as exc:
        raise UsageError(str(exc)) from exc
    except OSError as exc:
        reason = os.strerror(exc.errno) if exc.errno else str(exc)  # the text of `exc` repeats the address
        advice = "choose another with --port, or 0 for a free one"
        raise UsageError(f"cannot serve on port {port}: {reason}; {advice}") from exc
    raise SystemExit(status)
