"""Looking up what a target names: its provider and its dialect."""

from collections.abc import Collection

from tui.config.kinds import found
from tui.config.problems import nearest
from tui.core.dialects import DIALECTS
from tui.core.errors import TargetError


def check_dialect(dialect: object) -> None:
    """Raises `TargetError` for a dialect there is not. None is the provider's own."""
    if dialect is not None and dialect not in DIALECTS:
        raise TargetError(f"unknown dialect {found(dialect)}; {nearest(str(dialect), DIALECTS)}")


def provider_and_model(path: str, providers: Collection[str]) -> tuple[str, str]:
    """Provider and model of `PROVIDER/MODEL`. Raises `TargetError` naming the nearest provider there is."""
    name, slash, model = path.partition("/")
    if not slash or not model:
        raise TargetError(
            f"{path!r} names no provider; write PROVIDER/MODEL, or give the server with --base-url. "
            f"Known providers: {', '.join(sorted(providers))}"
        )
    if name not in providers:
        raise TargetError(f"unknown provider {name!r} in {path!r}; {nearest(name, providers)}")
    return name, model
