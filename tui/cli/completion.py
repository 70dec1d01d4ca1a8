"""What the shell offers after tab: targets and line-ups by the configuration, with nobody on the network asked.

A configuration with mistakes offers what is built in: a half-typed line is no place for complaints.
"""

import os

from click import Context, Parameter
from click.shell_completion import CompletionItem


def complete_target(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:
    """`PROVIDER/` for every provider, and whole targets as the line-ups have them."""
    from tui.config.load import load_or_default

    settings = load_or_default(os.environ, ctx.params.get("config"))
    lineups = {target: lineup.name for lineup in settings.lineups.values() for target in lineup.targets}
    found = [CompletionItem(target, help=f"in line-up {name}") for target, name in lineups.items()]
    found += [CompletionItem(f"{name}/", help=provider.base_url) for name, provider in settings.providers.items()]
    return [item for item in found if item.value.startswith(incomplete)]


def complete_lineup(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:
    """The line-ups by name, each with its targets."""
    from tui.config.load import load_or_default

    settings = load_or_default(os.environ, ctx.params.get("config"))
    return [
        CompletionItem(name, help=", ".join(lineup.targets))
        for name, lineup in settings.lineups.items()
        if name.startswith(incomplete)
    ]


def complete_provider(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:
    """Every provider, each with its address."""
    from tui.config.load import load_or_default

    providers = load_or_default(os.environ, ctx.params.get("config")).providers
    return [
        CompletionItem(name, help=provider.base_url)
        for name, provider in providers.items()
        if name.startswith(incomplete)
    ]
