"""From checked values to `Settings`, and the checks that need more than one value to be seen."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tui.config.addresses import is_local, origin_of
from tui.config.description import ROOT, Entries, Table
from tui.config.key_source import KeySource
from tui.config.kinds import Kind, found
from tui.config.layers import KeyPath, Layer, Leaf
from tui.config.problems import Problem, nearest
from tui.config.provider_names import check_dialect, provider_and_model
from tui.config.providers import PROVIDERS, Provider
from tui.config.settings import Lineup, Settings, ToolCommand, Ui
from tui.core.bounds import Bounds
from tui.core.deadlines import Timeouts
from tui.core.errors import TargetError
from tui.core.network import Network
from tui.core.policy import Policy
from tui.core.price import Price
from tui.core.retries import Retries
from tui.core.target import parse_target

_KEY_SOURCES = ("api_key", "api_key_command", "api_key_file")
BOUND_NAMES = {"response_bytes": "answer_chars"}
"""Where the user's word for a limit is not the program's."""


def settings_of(whole: Layer) -> Settings:
    """All settings, from values that were checked one by one."""
    return _Builder(whole).settings()


def problems_between(whole: Layer) -> list[Problem]:
    """What is wrong though each value is right: missing keys, and names of things that are not there."""
    return [*_missing(whole), *_unknown_lineup(whole), *_wrong_targets(whole), *_several_keys(whole)]


class _Builder:
    def __init__(self, whole: Layer) -> None:
        self._leaves = whole.leaves
        self._tables = whole.tables

    def settings(self) -> Settings:
        return Settings(
            policy=self._policy(()),
            providers=MappingProxyType(
                PROVIDERS | {name: self._provider(name) for name in (*PROVIDERS, *self._named("providers"))}
            ),
            lineups=MappingProxyType({name: self._lineup(name) for name in self._named("lineups")}),
            lineup=self._value(("lineup",)),
            prices=MappingProxyType({name: Price(**self._values(("prices", name))) for name in self._named("prices")}),
            keys=MappingProxyType(self._values(("keys",))),
            tools=MappingProxyType(
                {name: ToolCommand(name, **self._values(("tools", name))) for name in self._named("tools")}
            ),
            ui=Ui(**self._values(("ui",))),
        )

    def _named(self, table: str) -> list[str]:
        return [path[1] for path in self._tables if path[0] == table]

    def _value(self, path: KeyPath, default: Any = None) -> Any:
        leaf = self._leaves.get(path)
        return default if leaf is None else leaf.value

    def _values(self, table: KeyPath) -> dict[str, Any]:
        """The values directly in a table, by name."""
        return {name: leaf.value for name, leaf in self._leaves_in(table).items()}

    def _leaves_in(self, table: KeyPath) -> dict[str, Leaf]:
        depth = len(table)
        return {
            path[depth]: leaf for path, leaf in self._leaves.items() if len(path) == depth + 1 and path[:depth] == table
        }

    def _lineup(self, name: str) -> Lineup:
        table = ("lineups", name)
        options = MappingProxyType(self._values((*table, "options")))
        return Lineup(name, self._value((*table, "targets"), ()), self._value((*table, "system")), options)

    def _provider(self, name: str) -> Provider:
        table = ("providers", name)
        built_in = PROVIDERS.get(name)
        base = built_in or Provider(name, "")
        given = self._values(table)
        options = self._values((*table, "options"))
        if not given.get("include_usage", True):
            options.setdefault("include_usage", False)
        return replace(
            base,
            base_url=given.get("base_url", base.base_url),
            dialect=given.get("dialect", base.dialect),
            auth=given.get("auth", base.auth),
            key=self._key(table, base),
            other_bases=_moved_bases(base, given.get("base_url")),
            headers=MappingProxyType(self._values((*table, "headers"))),
            query=MappingProxyType(self._values((*table, "query"))),
            options=MappingProxyType(options),
            network=self._network(table),
            policy=self._policy(table),
        )

    def _key(self, table: KeyPath, base: Provider) -> KeySource:
        """The configured source of the highest rank, else the built-in one while the provider is where it was."""
        given = [(name, leaf) for name in _KEY_SOURCES if (leaf := self._leaves.get((*table, name)))]
        if given:
            name, leaf = max(given, key=lambda pair: pair[1].rank)
            return KeySource(**{name: leaf.value}, written_in=leaf.origin.file)
        base_url = self._value((*table, "base_url"), base.base_url)
        return KeySource() if is_elsewhere(base, base_url) else base.key

    def _network(self, table: KeyPath) -> Network:
        given = self._values(table)
        ca_file = self._leaves.get((*table, "ca_file"))
        return Network(
            proxy=given.get("proxy"),
            ca_file=str(_path(ca_file)) if ca_file else None,
            http2=given.get("http2", False),
            allow_http=given.get("allow_http", False),
        )

    def _policy(self, table: KeyPath) -> Policy:
        return Policy(
            timeouts=replace(Timeouts(), **self._patience(table, "timeouts")),
            retries=replace(Retries(), **self._patience(table, "retries")),
            bounds=replace(
                Bounds(),
                **{BOUND_NAMES.get(name, name): value for name, value in self._patience(table, "limits").items()},
            ),
        )

    def _patience(self, table: KeyPath, section: str) -> dict[str, Any]:
        """A provider's own values over the general ones, unless the general one was said for this run."""
        chosen = self._leaves_in((section,))
        if table:
            for name, own in self._leaves_in((*table, section)).items():
                general = chosen.get(name)
                if general is None or not general.rank.is_for_this_run or own.rank >= general.rank:
                    chosen[name] = own
        return {name: leaf.value for name, leaf in chosen.items()}


def is_elsewhere(built_in: Provider, base_url: str) -> bool:
    """Whether a built-in provider of one host was given another one, which its usual key is not for.

    A server on this machine is the user's own wherever it moves.
    """
    if not built_in.base_url or is_local(built_in.base_url):
        return False
    return origin_of(built_in.base_url) != origin_of(base_url)


def _moved_bases(base: Provider, base_url: str | None) -> Mapping[str, str]:
    """Where a moved provider speaks its other dialects: at the same paths below its new address."""
    if base_url is None:
        return base.other_bases
    moved = base_url.rstrip("/")
    return MappingProxyType(
        {
            dialect: moved + other.removeprefix(base.base_url)
            for dialect, other in base.other_bases.items()
            if other.startswith(base.base_url)
        }
    )


def _path(leaf: Leaf) -> Path:
    try:
        path = Path(leaf.value).expanduser()
    except RuntimeError:  # `~somebody` who is not known here
        path = Path(leaf.value)
    return path if leaf.origin.file is None else leaf.origin.file.parent / path


def _missing(whole: Layer) -> Iterator[Problem]:
    for table, origin in whole.tables.items():
        section = ROOT.field(table[0])
        assert section is not None
        assert isinstance(section.shape, Entries)
        assert isinstance(section.shape.of, Table)
        for key in section.shape.of.fields:
            is_required = key.is_required or (key.name == "base_url" and table[1] not in PROVIDERS)
            if is_required and (*table, key.name) not in whole.leaves:
                assert isinstance(key.shape, Kind)
                yield Problem(origin, (*table, key.name), f"missing, expected {key.shape.expected}")


def _unknown_lineup(whole: Layer) -> Iterator[Problem]:
    leaf = whole.leaves.get(("lineup",))
    names = [path[1] for path in whole.tables if path[0] == "lineups"]
    if leaf is not None and leaf.value not in names:
        yield Problem(
            leaf.origin, ("lineup",), f"there is no line-up {found(leaf.value)}; {nearest(leaf.value, names)}"
        )


def _wrong_targets(whole: Layer) -> Iterator[Problem]:
    providers = {*PROVIDERS, *(path[1] for path in whole.tables if path[0] == "providers")}
    for path, leaf in whole.leaves.items():
        if path[0] == "lineups" and path[-1] == "targets" and len(path) == 3:
            for complaint in _complaints_about(leaf.value, providers):
                yield Problem(leaf.origin, path, complaint)


def _complaints_about(targets: Iterable[str], providers: Collection[str]) -> Iterator[str]:
    for written in targets:
        try:
            spec = parse_target(written)
            check_dialect(spec.options.get("dialect"))
            provider_and_model(spec.path, providers)
        except TargetError as problem:
            yield str(problem)


def _several_keys(whole: Layer) -> Iterator[Problem]:
    """Two places for one key in one source; of several sources the higher one wins."""
    for table in whole.tables:
        given = [(name, leaf) for name in _KEY_SOURCES if (leaf := whole.leaves.get((*table, name)))]
        ranks = [leaf.rank for _, leaf in given]
        for name, leaf in given[1:]:
            if ranks.count(leaf.rank) > 1 and leaf.rank == max(ranks):
                yield Problem(leaf.origin, (*table, name), f"{given[0][0]} is set as well; keep one of them")
