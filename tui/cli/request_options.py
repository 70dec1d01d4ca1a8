"""The options that commands share. What they add up to is read by `tui.cli.options`, once a command runs.

Nothing of the configuration is imported here: `-h` has to answer at once.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from tui.cli.completion import complete_lineup, complete_target

F = TypeVar("F", bound=Callable[..., Any])

config_option = click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Read this file instead of the user's and the project's.",
)

theme_option = click.option(
    "--theme",
    metavar="NAME",
    help="Colours to start with; see the palette (ctrl+p) for the list.",
)


blind_option = click.option(
    "--blind",
    is_flag=True,
    help="Letters in the place of names and figures until you vote; see docs/blind.md.",
)


def request_options(command: F) -> F:
    """Everything that says what is asked of whom."""
    for decorate in (
        click.argument("prompt", required=False),
        click.option(
            "-f",
            "--file",
            "file",
            type=click.Path(path_type=Path),
            help="Read the prompt from a file, or - for stdin.",
        ),
        click.option(
            "-m",
            "--model",
            "models",
            multiple=True,
            metavar="TARGET",
            help=(
                "A target: [NAME=]PROVIDER/MODEL[,key=value…]. May be given several times. "
                "dialect=NAME chooses the protocol: anthropic, chat, completions, gemini, ollama, responses."
            ),
            shell_complete=complete_target,
        ),
        click.option(
            "--lineup",
            metavar="NAME",
            help="The targets of a line-up of the configuration; -m adds to them.",
            shell_complete=complete_lineup,
        ),
        click.option("-s", "--system", help="System prompt."),
        click.option(
            "-o", "--option", "options", multiple=True, metavar="KEY=VALUE", help="Request option for all targets."
        ),
        click.option("--base-url", metavar="URL", help="Server for all targets; -m then names just a model."),
        click.option("--api-key-env", metavar="VAR", help="Environment variable with the key for --base-url."),
        click.option("--header", "headers", multiple=True, metavar="KEY=VALUE", help="Extra request header."),
        click.option(
            "--tools", type=click.Path(path_type=Path), metavar="FILE", help="JSON file with tool definitions."
        ),
        click.option(
            "--schema",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="JSON file with a JSON schema the answers have to follow.",
        ),
        click.option(
            "--timeout", type=click.FloatRange(min=0, min_open=True), help="Limit of a whole answer, seconds."
        ),
        config_option,
    ):
        command = decorate(command)
    return command
