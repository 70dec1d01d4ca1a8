"""Targets made, and line-ups kept, while the dashboard runs. What the dialogs and the dashboard ask of the
configuration; it draws nothing and waits for nothing but a key."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from tui.config.lineup_file import SavedLineups
from tui.config.provider_names import check_dialect
from tui.config.resolve import CUSTOM, Overrides, Resolver
from tui.config.settings import Lineup, Settings
from tui.config.written import distinct_name, own_options, written_target
from tui.core.dialects import dialect_named
from tui.core.errors import ConfigError, RequestError, SidestreamError, TargetError
from tui.core.request import Prompt
from tui.core.target import Target, TargetSpec, parse_target
from tui.core.votes import identity
from tui.storage.last_lineup import MAX_TARGETS, KeptLineup, LastLineup

__all__ = ["FULL", "MAX_TARGETS", "Draft", "Lineups", "OwnServer"]

FULL: Final = f"A line-up has {MAX_TARGETS} targets at most; remove one first."
_NAME_CHARS = 60


@dataclass(frozen=True, slots=True)
class OwnServer:
    """A server that no provider of the configuration is: the demo, or one given with `--base-url`."""

    name: str
    """What its targets have as their provider."""
    overrides: Overrides


@dataclass(frozen=True, slots=True)
class Draft:
    """What a user wants of a target, before anything is looked up."""

    provider: str
    model: str = ""
    name: str = ""
    """Empty for the model's."""
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """`dialect` among them, unless it is the provider's."""


class Lineups:
    """Makes targets; saves, finds and remembers line-ups."""

    def __init__(
        self,
        settings: Settings | None = None,
        environment: Mapping[str, str] = MappingProxyType({}),
        targets: Iterable[Target] = (),
        *,
        overrides: Overrides | None = None,
        own: OwnServer | None = None,
        saved: SavedLineups | None = None,
        last: LastLineup | None = None,
        name: str | None = None,
    ) -> None:
        """`overrides`: what the command line says for all targets; `targets` those it made, whose keys are known.

        `saved` None: line-ups cannot be saved; `last` None: the one at the end is forgotten. `name` is the line-up
        the targets are of.
        """
        self.settings = settings or Settings()
        overrides = overrides or Overrides()
        self.usual_options = overrides.options
        """Options the command line gives all targets; a new one starts with them."""
        self.lists: dict[str, list[str]] = {}
        """The providers' own lists of models, as far as they were fetched in this session."""
        self.lineups = dict(self.settings.lineups)
        self.name = name
        """The line-up that is asked. None when it was not saved under a name."""
        self.is_changed = False
        """Whether the targets are no longer those of `name`."""
        self._own = own
        self._saved = saved
        self._last = last
        self._is_problem_taken = False
        usual = Overrides(headers=overrides.headers)
        self._resolver = Resolver(usual, environment, self.settings)
        self._resolver.learn(targets)
        self._own_resolver = Resolver(replace(own.overrides, options={}), environment, self.settings) if own else None

    # -- targets ----------------------------------------------------------------------------------------------------

    def providers(self) -> list[str]:
        """Whom a target can be of: this run's own server, then all that are configured."""
        return [*([self._own.name] if self._own else []), *sorted(self.settings.providers)]

    def asks_for_key(self, provider: str) -> bool:
        """Whether a command has to be run for the key, which may ask its question on the terminal."""
        known = self.settings.providers.get(provider)
        return bool(
            not self._is_own(provider)
            and known is not None
            and known.key.api_key_command
            and not self._resolver.is_key_known(provider)
        )

    def endpoint(self, provider: str) -> Target:
        """The provider as such, for its list. May wait for a key. Raises `SidestreamError`."""
        if self._is_own(provider) and self._own is not None and self._own_resolver is not None:
            return replace(self._own_resolver.endpoint(provider), provider=provider)
        return self._resolver.endpoint(provider)

    def make(self, draft: Draft, taken: Iterable[str]) -> Target:
        """The target a draft means, under a name that is none of those `taken`. May wait for a key.

        Raises `SidestreamError` saying what is wrong with the draft.
        """
        model = _one_line("model", draft.model)
        check_dialect(draft.options.get("dialect"))
        name = model if draft.name.strip() in ("", model) else _checked_name(draft.name)
        if self._is_own(draft.provider) and self._own_resolver is not None:
            spec = TargetSpec(name, model, draft.options)
            target = replace(self._own_resolver.target(spec, {}), provider=draft.provider)
        else:
            target = self._resolver.target(TargetSpec(name, f"{draft.provider}/{model}", draft.options), {})
        return _sendable(replace(target, name=distinct_name(name, taken)))

    def draft_of(self, target: Target) -> Draft:
        """What somebody would have asked for to get this target."""
        return Draft(target.provider, target.model, target.name, own_options(target, self.settings))

    def identity(self, target: Target) -> str:
        """Who a target is in votes: the same in every session, whatever it is called."""
        provider = self.settings.providers.get(target.provider)
        return identity(target, provider.dialect if provider else "chat", with_address=target.provider == CUSTOM)

    def _is_own(self, provider: str) -> bool:
        return self._own is not None and provider == self._own.name

    # -- line-ups ---------------------------------------------------------------------------------------------------

    def targets_of(self, name: str) -> list[Target]:
        """The targets of a line-up. May wait for keys. Raises `SidestreamError`."""
        targets = self._resolver.targets((), self.lineups[name])
        if len(targets) > MAX_TARGETS:
            raise TargetError(f"the line-up {name} has {len(targets)} targets; {MAX_TARGETS} are the most")
        return targets

    def asks_for_keys(self, name: str) -> bool:
        """Whether a command has to be run for some key of this line-up."""
        providers = {parse_target(target).path.partition("/")[0] for target in self.lineups[name].targets}
        return any(map(self.asks_for_key, providers))

    def can_delete(self, name: str) -> bool:
        """Whether this line-up was saved from a dashboard; others are in files the user writes."""
        return self._saved is not None and name in self._saved.lineups()

    def save(self, name: str, targets: Iterable[Target], system: str | None) -> None:
        """Keep these targets under a name. Raises `SidestreamError` when it cannot be had or written."""
        name = _one_line("name", name)
        if self._saved is None:
            raise ConfigError("line-ups are kept beside your own configuration file, which --config replaces")
        if name in self.lineups and not self.can_delete(name):
            raise ConfigError(f"the line-up {name} is written in a configuration file of yours; choose another name")
        lineup = Lineup(name, tuple(map(self._written, targets)), system)
        self._saved.save(lineup)
        self.lineups[name] = lineup
        self.name, self.is_changed = name, False

    def delete(self, name: str) -> None:
        """Forget a saved line-up; its targets go on. Raises `SidestreamError`."""
        if self._saved is None:
            raise ConfigError(f"the line-up {name} was not saved from here")
        self._saved.delete(name)
        self.lineups.pop(name, None)
        if self.name == name:
            self.name = None

    def remember(self, targets: Iterable[Target], system: str | None) -> None:
        """Keep this line-up for the next start, if its targets can be had again then."""
        if self._last is None:
            return
        try:
            written = tuple(map(self._written, targets))
        except SidestreamError:
            return
        self._last.write(KeptLineup(written, None if self.is_changed else self.name, system))

    def _written(self, target: Target) -> str:
        if self._is_own(target.provider):
            raise TargetError(f"{target.name} is at an address of this run alone; add it as a provider to save it")
        return written_target(target, self.settings)

    def take_problem(self) -> str | None:
        """What kept the line-up from being remembered, once; None when nothing did, or it was taken before."""
        problem = self._last.problem if self._last is not None and not self._is_problem_taken else None
        self._is_problem_taken = self._is_problem_taken or problem is not None
        return problem


def _one_line(what: str, text: str) -> str:
    text = text.strip()
    if not text:
        raise TargetError(f"a {what} is missing")
    if not text.isprintable():
        raise TargetError(f"the {what} holds characters that cannot be shown")
    return text


def _checked_name(name: str) -> str:
    name = _one_line("name", name)
    if any(sign in name for sign in "/=,") or len(name) > _NAME_CHARS:
        raise TargetError(f"a name has no slash, comma or equals sign and {_NAME_CHARS} characters at most")
    return name


def _sendable(target: Target) -> Target:
    """The target, if a request can be made for it."""
    try:
        dialect_named(target.dialect).build_request(target, Prompt.of("?"))
    except RequestError as exc:
        raise TargetError(str(exc)) from None
    return target
