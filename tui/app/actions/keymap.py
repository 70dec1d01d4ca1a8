"""Which keys each action has: the defaults, with what the user's `[keys]` changes where that can be.

Textual has a keymap of its own; it is not used, because it lets a remapped key take another action's without a word.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import combinations

from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode

from tui.app.actions import ACTIONS, BY_ID, Action, Place, actions_of
from tui.app.actions.keys import ALIASES, MULTIPLEXER_PREFIXES, is_text, key_name, shown_key
from tui.core.clean import clean_line

Wanted = Mapping[str, str | Sequence[str]]
"""The `[keys]` table: action id to one key, several in a list or with commas, or to nothing: then it has no key."""


class Keymap:
    """The keys in force. `problems` has a sentence for each wish that could not be granted; the default stays then."""

    def __init__(self, wanted: Wanted | None = None) -> None:
        self._keys = {action.id: _split(action.keys) for action in ACTIONS}
        self.problems: list[str] = []
        granted = dict(self._readable(wanted or {}))
        self._keys |= self._without_conflicts(granted)

    def keys_of(self, action: Action) -> tuple[str, ...]:
        """Textual's names of an action's keys; the first is the one to show."""
        return self._keys[action.id]

    def shown_keys(self, action: Action) -> list[str]:
        """An action's keys as people read them."""
        return [shown_key(key) for key in self.keys_of(action)]

    def bind(self, node: DOMNode, *places: Place, through: str = "") -> None:
        """Bind the actions of these places to a widget, a screen or the app, in place of what the keys meant there.

        `through` names a method that is given the action's id instead of the action's own. Two actions with the same
        key are asked in turn, by `check_action`, as Textual does.
        """
        with_keys = [action for action in actions_of(*places) if self.keys_of(action)]
        ours = BindingsMap(self._binding(action, through) for action in with_keys)
        # Private to Textual, and the only way to bind what is not known when the class is written.
        node._bindings.key_to_bindings.update(ours.key_to_bindings)

    def release(self, node: DOMNode, *places: Place) -> None:
        """Unbind the keys of these places from a widget that has meanings of its own for them, such as an editor."""
        for action in actions_of(*places):
            for key in self.keys_of(action):
                node._bindings.key_to_bindings.pop(key, None)

    def _binding(self, action: Action, through: str) -> Binding:
        keys = self.keys_of(action)
        return Binding(
            ",".join(keys),
            f"{through}({action.id!r})" if through else action.call,
            action.label,
            id=action.id,
            show=action.in_bar,
            priority=action.is_urgent,
        )

    def _readable(self, wanted: Wanted) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The wishes that name an action and keys that can be used."""
        for id, written in wanted.items():
            action = BY_ID.get(id)
            if action is None:
                near = get_close_matches(id, BY_ID, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                self._refuse(f"there is no action {clean_line(id)!r}{hint}")
                continue
            if not "".join(written) and not action.is_urgent:
                yield id, ()  # no key; the palette still has it
                continue
            keys: list[str] = []
            for name in [written] if isinstance(written, str) and written.strip() == "," else _names(written):
                if problem := _problem(name, action):
                    self._refuse(f"{id} keeps {self._spoken(action)}: {problem}")
                    break
                keys.append(key_name(name) or "")
            else:
                yield id, tuple(dict.fromkeys(keys))

    def _without_conflicts(self, granted: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        """`granted` less those that would take a key another action has at the same place."""
        while clash := _first_clash(self._keys | granted, granted):
            loser, other, key = clash
            del granted[loser.id]
            self._refuse(
                f"{loser.id} keeps {self._spoken(loser)}: {shown_key(key)!r} is {other.id!r} in the same place"
            )
        return granted

    def _spoken(self, action: Action) -> str:
        return " ".join(repr(shown_key(key)) for key in self._keys[action.id])

    def _refuse(self, sentence: str) -> None:
        self.problems.append(f"[keys]: {sentence}" if sentence.endswith("?") else f"[keys]: {sentence}.")


def _first_clash(keys: Mapping[str, Iterable[str]], changed: Mapping[str, object]) -> tuple[Action, Action, str] | None:
    """(the changed action that must give way, who has the key, the key); the later of two changed ones gives way."""
    by_key: dict[str, list[Action]] = defaultdict(list)
    for action in ACTIONS:
        for key in keys[action.id]:
            by_key[key].append(action)
    for key, actions in by_key.items():
        for first, second in combinations(actions, 2):
            if first.place.shares_keys_with(second.place):
                if second.id in changed:
                    return second, first, key
                if first.id in changed:
                    return first, second, key
    return None


def _problem(name: str, action: Action) -> str | None:
    """Why a key cannot be had; None when it can."""
    key = key_name(name)
    shown = repr(clean_line(name))
    if key is None:
        return f"there is no key {shown}; write for example 'x', 'ctrl+x', 'f5' or 'page down'"
    if key in ALIASES:
        return f"{shown} is the same as {ALIASES[key]} in a terminal"
    if key in MULTIPLEXER_PREFIXES:
        return f"{shown} belongs to tmux and screen"
    if action.place is Place.PROMPT and is_text(key):
        return f"{shown} is text in the prompt box"
    if action.is_urgent and is_text(key):
        return f"{shown} is text, and this works while text is typed"
    return None


def _names(written: str | Sequence[str]) -> list[str]:
    """The keys one by one, however they were listed."""
    return [name for part in ([written] if isinstance(written, str) else written) for name in part.split(",")]


def _split(keys: str) -> tuple[str, ...]:
    return tuple(name for key in keys.split(",") if (name := key_name(key)) is not None)
