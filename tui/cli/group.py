"""Groups of commands in which the order of words does not matter, and the one with a default command."""

from collections.abc import Iterator
from typing import Any

import click
from click.shell_completion import CompletionItem

from tui.cli.outcome import INTERRUPTED
from tui.core.clean import clean
from tui.core.errors import SidestreamError

DEFAULT = "compare"
"""The command that is meant when none is named: `sidestream "PROMPT" -m …`."""
_OWN_OPTIONS = ("--help", "-h", "--version")


class AnyOrderGroup(click.Group):
    """A group whose subcommand may stand anywhere among the options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse them in the order click wants."""
        if not args or args[0] not in _OWN_OPTIONS:
            args = self.ordered(ctx, args)
        return super().parse_args(ctx, args)

    def ordered(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The words with the command first, if the first plain word names one."""
        at = self._first_word(args)
        if at is not None and args[at] in self.commands:
            return [args[at], *args[:at], *args[at + 1 :]]
        return self.without_command(ctx, args)

    def without_command(self, ctx: click.Context, args: list[str]) -> list[str]:
        """What words without a command's name stand for."""
        return args

    def _first_word(self, args: list[str]) -> int | None:
        """The index of the first argument that is neither an option nor an option's value."""
        takes_value = {
            name
            for command in _commands_below(self)
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


class SidestreamGroup(AnyOrderGroup):
    """The whole command line: without a command's name it is the dashboard."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; our own errors become a sentence and status 2. What was typed may be quoted in any."""
        try:
            return super().invoke(ctx)
        except SidestreamError as exc:
            from tui.core.redact import Redactor

            click.echo(clean(f"sidestream: {Redactor().text(str(exc))}"), err=True)
            ctx.exit(2)
        except click.UsageError as exc:
            raise click.UsageError(clean(exc.format_message()), exc.ctx) from None
        except KeyboardInterrupt:  # click would print "Aborted!" and end with 1
            ctx.exit(INTERRUPTED)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands, and what the default one takes."""
        default = self.commands[DEFAULT]
        with click.Context(default, parent=ctx, info_name=DEFAULT, resilient_parsing=True) as inner:
            options = click.Command.shell_complete(default, inner, incomplete)
        known = super().shell_complete(ctx, incomplete)
        values = {item.value for item in known}
        return [*known, *(item for item in options if item.value not in values)]

    def without_command(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The dashboard; but a shell that completes the first word may be about to name a command."""
        return args if not args and ctx.resilient_parsing else [DEFAULT, *args]


def _commands_below(group: click.Group) -> Iterator[click.Command]:
    for command in group.commands.values():
        yield command
        if isinstance(command, click.Group):
            yield from _commands_below(command)
