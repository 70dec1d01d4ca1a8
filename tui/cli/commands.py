"""The commands. Each imports what it needs when it runs, so that `--help` and `--version` stay instant."""

import os
from pathlib import Path
from typing import Any

import click

from tui import __version__
from tui.cli.completion import complete_provider
from tui.cli.config_commands import config
from tui.cli.group import DEFAULT, SidestreamGroup
from tui.cli.request_options import blind_option, config_option, request_options, theme_option
from tui.cli.vote_commands import votes
from tui.core.errors import UsageError


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


@sidestream.command(DEFAULT, hidden=True)
@request_options
@theme_option
@blind_option
def compare(**options: Any) -> None:
    """Open the dashboard; with a prompt it runs at once. Without targets it asks the last ones, or it is the demo."""
    from tui.cli.dashboard import last_lineup, open_dashboard, open_demo
    from tui.cli.options import asked

    request = asked(**options, last=last_lineup())
    theme = request.settings.ui.theme
    if request.targets:
        status = open_dashboard(request, theme, notice="\n".join(request.notices) or None)
    else:
        why = "\n".join([*request.notices, _why_the_demo(list(request.settings.lineups))])
        status = open_demo(request, theme, notice=why)
    raise SystemExit(status)


def _why_the_demo(lineups: list[str]) -> str:
    if lineups:
        return f"No models were named, so these are the demo's. Name a line-up of yours with --lineup {lineups[0]}."
    return "No models were named, so these are the demo's. Name yours with -m PROVIDER/MODEL."


@sidestream.command()
@request_options
@theme_option
@blind_option
@click.option("--seed", type=int, default=7, show_default=True, help="Seed of the simulated models.")
@click.option(
    "--speed", type=click.FloatRange(min=0), default=1.0, show_default=True, help="How fast they answer; 0 is at once."
)
def demo(seed: int, speed: float, **options: Any) -> None:
    """Open the dashboard on simulated models: real HTTP on loopback, no key, no network.

    -m MODEL chooses among them and -m MODEL,dialect=NAME the protocol they are asked in; the seed and the prompt decide
    what they say.
    """
    from tui.cli.dashboard import open_demo
    from tui.cli.options import asked

    models = options.pop("models")
    request = asked(models=(), is_demo=True, **options)
    theme = request.settings.ui.theme
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

    Exit status: 0 all complete, 1 some target failed, 2 usage, 3 all failed, 70 internal error, 130 interrupted.
    """
    from tui.cli.headless import run as run_headless
    from tui.cli.options import asked

    request = asked(**options)
    if not request.targets:
        raise UsageError("no target was named; add -m PROVIDER/MODEL, -m MODEL with --base-url URL, or --lineup NAME")
    for notice in request.notices:
        click.echo(f"sidestream: {notice}", err=True)
    raise SystemExit(run_headless(request.targets, request.prompt(), output))


@sidestream.command()
@click.argument("provider", required=False, shell_complete=complete_provider)
@click.option("--base-url", metavar="URL", help="Ask the server there instead.")
@click.option("--api-key-env", metavar="VAR", help="Environment variable with the key for --base-url.")
@click.option(
    "--dialect",
    type=click.Choice(["anthropic", "chat", "completions", "gemini", "ollama", "responses"]),
    help="The protocol spoken at --base-url; chat unless said.",
)
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Names as -m takes them, or JSON. A terminal gets the names in columns, a pipe one per line.",
)
@config_option
def models(provider: str | None, config: Path | None, **options: Any) -> None:
    """Print the models a provider lists; without a name, those of every provider whose key is there.

    Exit status: 0 all lists came, 1 some did not, 2 usage, 3 none came, 70 internal error, 130 interrupted.
    """
    from tui.cli.models import print_models

    raise SystemExit(print_models(provider, config, **options))


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


sidestream.add_command(config)
sidestream.add_command(votes)
